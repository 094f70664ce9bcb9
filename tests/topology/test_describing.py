"""The installation as text."""

from pathlib import Path

from schemas.catalog import Catalog
from topology.definitions.published import NOTHING_LIVE, LiveDefinitions, PublishedDefinition
from topology.describing import describe_events, describe_live, describe_settings, describe_topics, sections
from topology.settings import Settings
from topology.topics import topics_of

TOPICS = """\
topic                              key                 partitions  kept            record
---------------------------------  ------------------  ----------  --------------  ------
shop.custom-events                 customer id         12          7 days          an event; from producers and the gateway
shop.customers                     customer id         12          newest per key  profile upsert; a null value deletes the customer
shop.definitions                   kind/id             1           newest per key  one versioned definition
shop.segment-changes               customer id         12          7 days          `entered` or `left`, with cause
shop.distribution-triggers         customer id         12          7 days          one message to send
shop.point-events                  customer id         12          7 days          points that came to a loyalty card or went
shop.internal-events               customer id         12          7 days          `customer.*` events
shop.rejected-events               origin              12          30 days         the original bytes and headers, and why
shop.segment-memberships           customer id         12          newest per key  the segments the customer is in, since when
shop.point-balances                customer id + card  12          newest per key  points on one card
shop.tidemark.customers.changelog  customer id         12          newest per key  state of one customer; private
shop.tidemark.rejected.replays     position            12          newest per key  that a rejected event was replayed; private
shop.redemption-requests           customer id         12          7 days          may a customer redeem; from services and the gateway
shop.redemption-decisions          customer id         12          7 days          the answer to a request
shop.distribution-suppressions     customer id         12          7 days          a message that was held back, and why
shop.segment-lists                 segment + customer  12          newest per key  a customer is on a segment's list; null: off it

Equal partition counts, or no worker starts: shop.custom-events, shop.customers, \
shop.redemption-requests, \
shop.segment-lists, shop.tidemark.customers.changelog, shop.segment-memberships.
Keys are UTF-8, partitioned by murmur2 as Java clients do."""  # noqa: E501 - a table as it is printed


def test_topics_read_like_this() -> None:
    """Every topic with key, partitions, retention and meaning; below, what must fit together."""
    assert describe_topics(topics_of(Settings(topic_prefix="shop.", partitions=12))) == TOPICS


def test_settings_show_variable_value_and_meaning() -> None:
    """Durations are written as they are set; secrets are named, never shown."""
    settings = Settings(
        state_directory=Path("/state"), kafka={"sasl.password": "hunter2", "sasl.username": "u"}
    )
    lines = describe_settings(settings).splitlines()
    cells = {line.split()[0]: line.split()[1] for line in lines[2:] if line}
    assert cells["TIDEMARK_DUPLICATE_WINDOW"] == "P1D"
    assert cells["TIDEMARK_STATE_DIRECTORY"] == "/state"
    assert cells["TIDEMARK_TOPIC_PREFIX"] == "-"
    assert "sasl.password sasl.username" in "\n".join(lines)
    assert "hunter2" not in "\n".join(lines)


def test_events_show_their_attributes() -> None:
    """A star for mandatory ones, an ellipsis where others are allowed."""
    fields = [
        {"name": "rating", "type": "long"},
        {"name": "text", "type": ["null", "string"], "default": None},
    ]
    catalog = Catalog.from_documents(
        {
            "review": {"type": "record", "name": "review", "fields": fields},
            "click": {"type": "record", "name": "click", "fields": [], "additional": True},
        },
    )
    click, review = describe_events(catalog).splitlines()[2:]
    assert click.split() == ["click", "…"]
    assert review.split(maxsplit=1) == ["review", "rating* number, text text"]


def test_live_definitions_show_version_and_when_applied() -> None:
    """By key; an installation without any says what to do."""
    held = PublishedDefinition("segment", "a", 3, {}, "2026-11-23T10:00:00Z")
    assert describe_live(LiveDefinitions({"segment/a": held}, 1)).splitlines()[2].split() == [
        "segment/a",
        "3",
        "2026-11-23T10:00:00Z",
    ]
    assert "tidemark apply DIR" in describe_live(NOTHING_LIVE)


def test_sections_have_titles() -> None:
    """Titles are underlined, parts are apart."""
    assert sections({"One": "1", "Three": "3"}) == "One\n===\n1\n\nThree\n=====\n3"
