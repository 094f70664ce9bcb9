"""Mistakes in definitions: file, line, column, path, what was expected, what stands there."""

import json
from pathlib import Path

import pytest

from schemas.catalog import Catalog
from streams.domain.definitions import Definition
from streams.engine.errors import ConfigurationError
from topology.definitions.check import CheckedDefinitions, check_definitions
from topology.definitions.load import load_directory

RATING = {"name": "rating", "type": "long"}
EVENTS = Catalog.from_documents({"new_review": {"type": "record", "name": "new_review", "fields": [RATING]}})

SEGMENT = """\
kind: segment
id: reviewers
type: auto-update
filter:
  junction: and
  events.new_review.count: {conditions: {$more_than: [1]}}
"""
DISTRIBUTION = """\
---
kind: distribution
id: thanks
trigger: {segment_entered: reviewers}
message: {channel: email, template: thanks}
limits: {cooldown: P7D, on: [event, time]}
status: live
"""
EARNING = """\
---
kind: campaign
id: club
---
kind: earning_rule
id: bonus
campaign: club
trigger: {event: new_review}
points: {type: proportional, every: 5, points: 1, property: rating}
"""
ALL = SEGMENT + DISTRIBUTION + EARNING


def check(tmp_path: Path, text: str = ALL) -> CheckedDefinitions:
    """Check a directory of one file."""
    (tmp_path / "d.yaml").write_text(text, encoding="utf-8")
    return check_definitions(load_directory(tmp_path), EVENTS)


def test_what_is_good_is_compiled(tmp_path: Path) -> None:
    """All definitions come back with version 1 and a ruleset of them."""
    checked = check(tmp_path)
    assert [(each.kind, each.id, each.version) for each in checked.definitions] == [
        ("segment", "reviewers", 1),
        ("distribution", "thanks", 1),
        ("campaign", "club", 1),
        ("earning_rule", "bonus", 1),
    ]
    assert list(checked.ruleset.segments) == ["reviewers"]
    assert isinstance(checked.definitions[0], Definition)


MISTAKES = [
    (
        "kind: segment",
        "kind: segmnt",
        "1:7: segmnt/reviewers: kind: expected one of segment,",
        "did you mean segment?",
    ),
    ("kind: segment\n", "", "1:1: definition/reviewers: kind: expected one of segment,", "found nothing"),
    (
        "id: reviewers",
        "id: the reviewers",
        "2:5: segment/the reviewers: id: expected an id of up to",
        '"the reviewers"',
    ),
    ("id: reviewers", "id: 5", "2:5: segment/5: id: expected an id of up to", "found 5 (put it in quotes)"),
    ("id: reviewers\n", "", "1:1: segment/?: id: expected an id of up to", "found nothing"),
    ("auto-update", "auto-updat", "3:7: segment/reviewers: type: expected", "did you mean auto-update?"),
    ("filter:", "fliter:", "4:1: segment/reviewers: fliter: expected one of", "did you mean filter?"),
    ("junction: and", "junction: nand", "5:13: segment/reviewers: filter.junction: expected", '"nand"'),
    (
        "new_review.count",
        "new_reveiw.count",
        "6:3: segment/reviewers: filter.events.new_reveiw.count: expected a defined event",
        "did you mean new_review?",
    ),
    (
        "review.count",
        "review.counts",
        "6:3: segment/reviewers: filter.events.new_review.counts: expected",
        "did you mean count?",
    ),
    (
        "$more_than",
        "$more_then",
        "6:42: segment/reviewers: filter.events.new_review.count.conditions.$more_then: expected one of",
        "did you mean $more_than?",
    ),
    (
        "$more_than: [1]",
        "$more_than: [yes]",
        "6:42: segment/reviewers: filter.events.new_review.count.conditions.$more_than: expected",
        'found ["yes"]',
    ),
    (
        "segment_entered: reviewers",
        "segment_entered: reviewer",
        "10:28: distribution/thanks: trigger.segment_entered: expected a defined segment",
        "did you mean reviewers?",
    ),
    (
        "cooldown: P7D",
        "cooldown: 7 days",
        "12:20: distribution/thanks: limits.cooldown: expected a duration",
        '"7 days"',
    ),
    ("on: [event, time]", "on: [event, tme]", "12:37: distribution/thanks: limits.on[1]: expected", '"tme"'),
    (
        "status: live",
        "status: alive",
        "13:9: distribution/thanks: status: expected one of draft, live, paused",
        "did you mean live?",
    ),
    (
        "template: thanks",
        'template: thanks, data: {n: "{{event.metadata.rating}}"}',
        "11:55: distribution/thanks: message.data.n: expected",
        "event.metadata.rating",
    ),
    (
        "{event: new_review}",
        "{event: newreview}",
        "21:18: earning_rule/bonus: trigger.event: expected a defined event",
        "did you mean new_review?",
    ),
    ("every: 5", "every: 0", "22:37: earning_rule/bonus: points.every: expected", "found 0"),
    (
        "property: rating",
        "property: ratng",
        "22:61: earning_rule/bonus: points.property: expected",
        "mean rating?",
    ),
]


@pytest.mark.parametrize(
    ("good", "bad", "begins", "says"), MISTAKES, ids=[bad or good for good, bad, *_ in MISTAKES]
)
def test_a_mistake_is_shown_where_it_stands(
    tmp_path: Path, good: str, bad: str, begins: str, says: str
) -> None:
    """One line: place, definition, path, expected, found, and what was probably meant."""
    assert good in ALL
    with pytest.raises(ConfigurationError) as refusal:
        check(tmp_path, ALL.replace(good, bad, 1))
    lines = str(refusal.value).replace(f"{tmp_path}/d.yaml:", "").splitlines()
    fitting = [line for line in lines if line.startswith(begins)]
    assert fitting, lines
    assert says in fitting[0]


def test_all_mistakes_are_shown_at_once(tmp_path: Path) -> None:
    """Whoever mends definitions sees every fault in one go."""
    text = ALL.replace("auto-update", "auto").replace("P7D", "seven").replace("every: 5", "every: x")
    with pytest.raises(ConfigurationError) as refusal:
        check(tmp_path, text)
    assert len(str(refusal.value).splitlines()) == 3


def test_an_id_twice_names_both_places(tmp_path: Path) -> None:
    """The second one is refused, and the first one pointed at, also in another file."""
    (tmp_path / "a.yaml").write_text(SEGMENT, encoding="utf-8")
    with pytest.raises(ConfigurationError) as refusal:
        check(tmp_path, SEGMENT)
    message = str(refusal.value).replace(f"{tmp_path}/", "")
    assert message.startswith(
        "d.yaml:2:5: segment/reviewers: id: expected each id once; the first stands at a.yaml:2:5"
    )


def test_different_kinds_may_share_an_id(tmp_path: Path) -> None:
    """A segment and a distribution of one name are two things."""
    checked = check(tmp_path, SEGMENT + DISTRIBUTION.replace("id: thanks", "id: reviewers"))
    assert [each.id for each in checked.definitions] == ["reviewers", "reviewers"]


def test_events_of_the_directory_can_be_used_by_its_rules(tmp_path: Path) -> None:
    """An Avro file beside the definitions adds an event."""
    document = {"type": "record", "name": "refund", "fields": []}
    (tmp_path / "refund.avsc").write_text(json.dumps(document), encoding="utf-8")
    checked = check(tmp_path, SEGMENT.replace("new_review", "refund"))
    assert set(checked.catalog.definitions) == {"new_review", "refund"}
    assert checked.events == {"refund": document}


def test_a_mistake_in_an_event_definition_is_shown_where_it_stands(tmp_path: Path) -> None:
    """The catalog's path of names is found again in the file."""
    text = '{"type": "record", "name": "refund", "fields": [\n  {"name": "why", "type": "varchar"}]}'
    (tmp_path / "refund.avsc").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as refusal:
        check(tmp_path)
    message = str(refusal.value).replace(f"{tmp_path}/", "")
    assert message.startswith("refund.avsc:2:")
    assert "fields.why" in message
    assert "varchar" in message


def test_an_event_twice_names_both_files(tmp_path: Path) -> None:
    """Two Avro files must not fight over one event."""
    for name in ("a.avsc", "b.avsc"):
        (tmp_path / name).write_text('{"type": "record", "name": "refund", "fields": []}', encoding="utf-8")
    with pytest.raises(ConfigurationError) as refusal:
        check(tmp_path)
    message = str(refusal.value).replace(f"{tmp_path}/", "")
    assert message == "b.avsc:1:1: event/refund: expected each event once, found it in a.avsc too"


def test_an_event_that_only_tidemark_tells_of_cannot_be_defined(tmp_path: Path) -> None:
    """Its attributes are Tidemark's; other internal events may be defined anew."""
    for name in ("customer.created", "customer.order.paid"):
        record = {"type": "record", "name": name.replace(".", "_"), "event": name, "fields": list[str]()}
        (tmp_path / f"{name}.avsc").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(ConfigurationError) as refusal:
        check(tmp_path)
    message = str(refusal.value).replace(f"{tmp_path}/", "")
    assert message == (
        "customer.created.avsc:1:1: event/customer.created: expected an event of your own, "
        "found one that only Tidemark tells of"
    )
