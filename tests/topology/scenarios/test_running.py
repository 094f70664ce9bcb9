import pytest

from streams.engine.errors import ConfigurationError
from tests.topology.scenarios.conftest import Judge


def visit(event: str, customer: str, at: str) -> str:
    """A step: somebody visits."""
    who = f"customer: {{source_id: {customer}}}, occurred_at: {at}"
    return f"{{id: {event}, event: visit, {who}, metadata: {{seconds: 5}}}}"


FIRST = visit("v1", "c-1", "2026-03-01T10:00:00Z")
SECOND = visit("v2", "c-1", "2026-03-02T10:00:00Z")
OTHER = visit("w1", "c-2", "2026-03-02T10:00:00Z")


def test_the_definitions_of_the_directory_are_in_force(judge: Judge) -> None:
    """Two visits and five days bring about all that is written down, time's changes at their own instants."""
    (verdict,) = judge(f"""
        case: A second visit makes a regular, who is welcomed by name.
        customers: [{{source_id: c-1, name: Ann}}]
        when: [{FIRST}, {SECOND}, {{tick: 2026-03-31T00:00:00Z}}]
        then:
          segment-changes:
            - {{segment_id: recent, change: entered, occurred_at: 2026-03-01T10:00:00Z}}
            - {{segment_id: regulars, change: entered, event_id: v2}}
            - {{segment_id: recent, change: left, cause: time, occurred_at: 2026-03-07T10:00:00Z, event_id: null}}
          distribution-triggers: [{{message: {{to: Ann}}, customer: {{name: Ann}}}}]
          point-events: [{{balance: 10}}, {{balance: 20, event: {{id: v2, name: visit}}}}]
    """)
    assert verdict.holds, verdict.mismatches


def test_a_topic_that_is_left_out_stays_empty(judge: Judge) -> None:
    """What came on it is told with the step that brought it about; internal events alone may come unlisted."""
    (verdict,) = judge(f"""
        case: Nothing happens.
        when: [{FIRST}]
    """)
    assert [(one.topic, one.customer, one.step) for one in verdict.mismatches] == [
        ("segment-changes", "c-1", "when[0]"),
        ("point-events", "c-1", "when[0]"),
    ]
    assert [one.expected for one in verdict.mismatches] == [None, None]


def test_internal_events_that_are_listed_are_compared(judge: Judge) -> None:
    """All of them, in order."""
    holds, fails = judge(f"""
        case: All are listed.
        only: [regulars, welcome]
        given: [{FIRST}]
        when: [{SECOND}]
        then:
          segment-changes: [{{segment_id: regulars}}]
          distribution-triggers: [{{distribution_id: welcome}}]
          internal-events:
            - event: customer.segment.entered
              metadata: {{segment_id: regulars, segment_version: 1, cause: event}}
        ---
        case: One is not.
        only: [regulars, visits]
        given: [{FIRST}]
        when: [{SECOND}]
        then:
          segment-changes: [{{segment_id: regulars}}]
          point-events: [{{points: 10}}]
          internal-events: [{{event: customer.segment.entered}}]
    """)
    assert holds.holds, holds.mismatches
    assert [(one.topic, one.expected) for one in fails.mismatches] == [("internal-events", None)]


def test_what_was_given_is_not_compared(judge: Judge) -> None:
    """The steps under given move customers and clock, and their records are of no interest."""
    (verdict,) = judge(f"""
        case: After a first visit the second one makes a regular.
        only: [regulars]
        given: [{FIRST}]
        when: [{SECOND}]
        then: {{segment-changes: [{{segment_id: regulars, change: entered}}]}}
    """)
    assert verdict.holds, verdict.mismatches


def test_each_customer_has_records_of_its_own(judge: Judge) -> None:
    """Records are compared customer by customer, whatever the order between customers; one clock moves all."""
    (verdict,) = judge(f"""
        case: Two visit.
        only: [recent]
        when: [{FIRST}, {OTHER}, {{tick: 2026-03-07T09:59:59Z}}]
        then:
          segment-changes:
            - {{customer_id: c-2, change: entered}}
            - {{customer_id: c-1, change: entered}}
            - {{customer_id: c-1, change: left, occurred_at: 2026-03-06T10:00:00Z}}
    """)
    assert verdict.holds, verdict.mismatches


def test_records_say_whose_they_are_where_there_are_several(judge: Judge) -> None:
    """A record that does not is refused with its place."""
    with pytest.raises(
        ConfigurationError, match=r"s.scenario.yaml:4:\d+: then.segment-changes\[0\].customer_id: "
    ):
        judge(f"""
            case: Two visit.
            when: [{FIRST}, {OTHER}]
            then: {{segment-changes: [{{change: entered}}]}}
        """)


def test_an_event_is_checked_as_a_worker_does(judge: Judge) -> None:
    """What is no event is a record of rejected-events, and moves neither customer nor clock."""
    (verdict,) = judge("""
        case: A visit takes a second at least.
        when: [{event: visit, customer: {source_id: c-1}, occurred_at: 2026-03-01T10:00:00Z, metadata: {seconds: 0}}]
        then: {rejected-events: [{reason: out_of_limits, path: metadata.seconds, customer_id: c-1}]}
    """)
    assert verdict.holds, verdict.mismatches


def test_a_clock_that_is_told_rejects_what_is_ahead_of_it(judge: Judge) -> None:
    """More than five minutes are too many; without `now` the clock reads the time of the event."""
    (verdict,) = judge("""
        case: The clock of the sender is wrong.
        clock: wall
        when:
          - event: visit
            now: 2026-03-01T10:00:00Z
            customer: {source_id: c-1}
            occurred_at: 2026-03-01T10:05:01Z
            metadata: {seconds: 1}
        then: {rejected-events: [{reason: future}]}
    """)
    assert verdict.holds, verdict.mismatches


def test_an_event_without_a_time_occurs_as_it_comes(judge: Judge) -> None:
    """When the clock has not begun, it has none, and is rejected."""
    untold = "{event: visit, customer: {source_id: c-1}, metadata: {seconds: 1}}"
    early, late = judge(f"""
        case: No clock.
        when: [{untold}]
        then: {{rejected-events: [{{reason: invalid_time}}]}}
        ---
        case: A clock.
        only: [regulars]
        when: [{FIRST}, {{tick: 2026-03-03T00:00:00Z}}, {untold}]
        then: {{segment-changes: [{{occurred_at: 2026-03-03T00:00:00Z}}]}}
    """)
    assert early.holds, early.mismatches
    assert late.holds, late.mismatches


def test_definitions_of_its_own_replace_those_of_the_directory(judge: Judge) -> None:
    """Events of its own stand beside those that are defined."""
    (verdict,) = judge(f"""
        case: Somebody waves after a visit.
        events: {{wave: {{}}}}
        definitions: [{{kind: segment, id: waving, filter: count(wave) = 1 and count(visit) = 1}}]
        when: [{FIRST}, {{event: wave, customer: {{source_id: c-1}}, occurred_at: 2026-03-02T10:00:00Z}}]
        then: {{segment-changes: [{{segment_id: waving, change: entered}}]}}
    """)
    assert verdict.holds, verdict.mismatches


@pytest.mark.parametrize(
    ("more", "place", "words"),
    [
        ("only: [reglars]", "3:8", 'only[0]: expected a defined definition, found "reglars" (did you mean'),
        ("definitions: [{kind: segment, id: s, filter: {}}]", "3:38", "segment/s: filter: expected at least"),
        ("when: [{apply: [{kind: segment, id: s, filter: {}}]}]", "3:40", "segment/s: filter: expected at"),
        ("definitions: [{kind: segmnt, id: s}]", "3:22", "kind: expected one of segment, distribution"),
        (
            "events: {wave: {type: record, fields: 5, name: wave}}",
            "3:1",
            "event/wave at fields: expected a list",
        ),
    ],
)
def test_what_cannot_be_run_is_refused(judge: Judge, more: str, place: str, words: str) -> None:
    """The operator's mistakes are told with file, line and column."""
    with pytest.raises(ConfigurationError) as refused:
        judge(f"\ncase: It does not matter.\n{more}\n")
    assert f"s.scenario.yaml:{place}: " in str(refused.value)
    assert words in str(refused.value)


def test_refused_definitions_are_compared_with_what_is_wrong(judge: Judge) -> None:
    """Fault by fault; definitions that are accepted after all do not hold."""
    right, wrong, accepted = judge("""
        case: The fault is named.
        definitions: [{kind: segment, id: s, filter: count(vist) > 1}]
        refused: [{kind: segment, id: s, path: [filter, events.vist.count]}]
        ---
        case: Another fault is named.
        definitions: [{kind: segment, id: s, filter: count(vist) > 1}]
        refused: [{kind: segment, id: s, path: [type]}]
        ---
        case: There is none.
        definitions: [{kind: segment, id: s, filter: count(visit) > 1}]
        refused: [{kind: segment, id: s}]
    """)
    assert right.holds, right.mismatches
    ((difference,),) = [one.pair.differences for one in wrong.mismatches]
    assert (difference.path, difference.expected, difference.found) == (
        "path",
        ["type"],
        ["filter", "events.vist.count"],
    )
    assert [one.found for one in accepted.mismatches] == [None]
