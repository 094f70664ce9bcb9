"""Plans as text and as JSON."""

import json

from topology.definitions.differences import ABSENT, Difference
from topology.definitions.plan import Change, Plan
from topology.definitions.plan_text import plan_json, plan_text
from topology.definitions.published import NOTHING_LIVE
from topology.settings import Settings
from topology.topics import TopicPlan, topics_of

TOPICS = topics_of(Settings(topic_prefix="shop."))
PLAN = Plan(
    (
        Change("create", "event", "refund", 1, {"type": "record"}, ()),
        Change("delete", "distribution", "old-news", 3, None, ()),
        Change(
            "update",
            "segment",
            "lapsing",
            2,
            {},
            (
                Difference(
                    ("filter", "events.purchase.last_occurred", "conditions", "$more_than", 0), 60, 90
                ),
                Difference(("filter", "groups", 1), ABSENT, {"junction": "or"}),
                Difference(("name",), "Lapsing " * 20, ABSENT),
            ),
        ),
        Change("unchanged", "segment", "reviewers", 4, {}, ()),
    ),
    TopicPlan((TOPICS.custom_events, TOPICS.definitions), ()),
    NOTHING_LIVE,
)

TEXT = """\
Applying will make these changes:

  + topic shop.custom-events                   4 partitions, delete
  + topic shop.definitions                     1 partition, compact
  + event/refund                               version 1
  - distribution/old-news                      version 3
  ~ segment/lapsing                            version 1 -> 2
      filter.events.purchase.last_occurred.conditions.$more_than[0]: 60 -> 90
      filter.groups[1]: (none) -> {"junction":"or"}
      name: "Lapsing Lapsing Lapsing Lapsing Lapsing Lapsing Lapsing La… -> (none)

Definitions: 1 to create, 1 to change, 1 to delete, 1 unchanged; 2 topics to create."""


def test_a_plan_reads_like_this() -> None:
    """Topics, then definitions with sign, version and changed paths, then the sum."""
    assert plan_text(PLAN) == TEXT


def test_a_plan_without_changes_says_so() -> None:
    """One line, that names what was compared."""
    plan = Plan((PLAN.changes[3],), TopicPlan((), ()), NOTHING_LIVE)
    assert plan_text(plan) == "Nothing to do: 1 definition is live as written, every topic is there."


def test_a_program_reads_the_same_plan_as_json() -> None:
    """Paths are lists, a side that is not there is left out, unchanged definitions are included."""
    document = json.loads(plan_json(PLAN))
    assert [topic["name"] for topic in document["topics"]] == ["shop.custom-events", "shop.definitions"]
    assert [(each["action"], each["id"], each["version"]) for each in document["definitions"]] == [
        ("create", "refund", 1),
        ("delete", "old-news", 3),
        ("update", "lapsing", 2),
        ("unchanged", "reviewers", 4),
    ]
    assert document["definitions"][2]["differences"][:2] == [
        {
            "path": ["filter", "events.purchase.last_occurred", "conditions", "$more_than", 0],
            "old": 60,
            "new": 90,
        },
        {"path": ["filter", "groups", 1], "new": {"junction": "or"}},
    ]
