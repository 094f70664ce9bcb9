from pathlib import Path

import pytest

from streams.engine.errors import ConfigurationError
from topology.scenarios.reading import read_directory, read_scenarios, scenario_files


def refusal(tmp_path: Path, text: str) -> list[str]:
    """The lines with which a file is refused, its directory left out."""
    file = tmp_path / "s.scenario.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        read_scenarios(file)
    return str(refused.value).replace(f"{tmp_path}/", "").splitlines()


INSTANT = "expected an instant such as 2026-11-23T10:00:00Z, found"
WRONG = [
    ("clock: sun", "2:8", 'clock: expected one of wall, stream, found "sun"'),
    ("when: {}", "2:1", "when: expected a list of steps, found {}"),
    ("when: [5]", "2:8", "when[0]: expected a mapping, found 5"),
    ("when: [{tick: soon}]", "2:15", f'when[0].tick: {INSTANT} "soon"'),
    ("when: [{event: visit, now: 5}]", "2:28", f"when[0].now: {INSTANT} 5"),
    ("when: [{tick: 2026-01-01, who: c}]", "2:32", 'when[0].who: expected one of tick, found "who"'),
    ("when: [{apply: {}}]", "2:9", "when[0].apply: expected a list of definitions, found {}"),
    ("definitions: [{kind: segment}]", "2:15", "definitions[0].id: expected a text, found nothing"),
    (
        "definitions: [{kind: k, id: i, version: 0}]",
        "2:41",
        "definitions[0].version: expected a whole number",
    ),
    ("customers: [{source_id: c, name: 5}]", "2:34", "customers[0].name: expected text, or null, found"),
    ("customers: [{name: Ann}]", "2:13", "customers[0].source_id: expected a text, found nothing"),
    (
        "customers: [{source_id: c}, {source_id: c}]",
        "2:41",
        "customers[1].source_id: expected each customer once",
    ),
    ("only: [1]", "2:8", "only[0]: expected a text, found 1"),
    ("then: {point-events: [{point: 1}]}", "2:31", "then.point-events[0].point: expected one of balance,"),
    ("then: {point-events: [{occurred_at: 1}]}", "2:37", f"then.point-events[0].occurred_at: {INSTANT} 1"),
    ("then: {}\nrefused: []", "3:1", 'refused: expected either then or refused, found "both"'),
    ("refused: [{pth: a}]", "2:17", "refused[0].pth: expected one of expected, found, hint, id, kind, path"),
    ("---\ncase: c", "3:7", "case: expected each case once; the first stands at s.scenario.yaml:1:1"),
    ("when: [{]", "2:9", "not YAML: did not find expected node content"),
]


@pytest.mark.parametrize(("written", "place", "words"), WRONG)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, written: str, place: str, words: str) -> None:
    """File, line and column, what was expected and what stands there."""
    (found,) = refusal(tmp_path, f"case: c\n{written}\n")
    assert found.startswith(f"s.scenario.yaml:{place}: {words}")


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("case: 5", "1:7: case: expected a text, found 5"),
        ("when: []", "1:1: case: expected a text, found nothing"),
        ("- case", '1:1: top: expected a mapping, found ["case"]'),
    ],
)
def test_a_scenario_has_a_sentence(tmp_path: Path, written: str, words: str) -> None:
    """It is a mapping, and says what it shows."""
    assert refusal(tmp_path, written) == [f"s.scenario.yaml:{words}"]


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("case: c\nwehn: []", "did you mean when?"),
        ("case: c\nthen: {segment-change: []}", "did you mean segment-changes?"),
        ("case: c\nwhen: [{tik: 2026-01-01}]", "did you mean tick?"),
        ("case: c\nevents: {e: {a: txt}}", "did you mean text?"),
    ],
)
def test_a_misspelt_name_is_met_with_the_nearest(tmp_path: Path, written: str, hint: str) -> None:
    """Of keys, topics, steps and types of attributes."""
    (found,) = refusal(tmp_path, written)
    assert found.endswith(f"({hint})")


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    """Nobody mends a directory fault by fault."""
    (tmp_path / "a.scenario.yaml").write_text("case: 5\nclock: sun\n", encoding="utf-8")
    (tmp_path / "b.scenario.yaml").write_text("case: [", encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        read_directory(tmp_path)
    assert len(str(refused.value).splitlines()) == 3


def test_instants_may_be_written_with_any_offset(tmp_path: Path) -> None:
    """Those of expected records are compared as instants."""
    file = tmp_path / "s.yaml"
    file.write_text(
        "case: c\nthen: {segment-changes: [{occurred_at: 2026-03-01T01:00:00+01:00}]}", encoding="utf-8"
    )
    (scenario,) = read_scenarios(file)
    assert scenario.then["segment-changes"] == [{"occurred_at": "2026-03-01T00:00:00Z"}]


def test_files_of_scenarios_are_known_by_name_or_directory(tmp_path: Path) -> None:
    """Hidden ones are left out, and so is all that is no YAML."""
    names = ("a.scenario.yaml", "b.scenario.yml", "tests/c.yaml", "tests/deep/d.yml", "e/tests/f.yaml")
    others = ("g.yaml", "tests/h.json", ".i.scenario.yaml", ".j/tests/k.yaml", "tests.yaml")
    for name in (*names, *others):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    assert {str(file.relative_to(tmp_path)) for file in scenario_files(tmp_path)} == set(names)


def test_a_directory_without_scenarios_is_told(tmp_path: Path) -> None:
    """With what was looked for."""
    with pytest.raises(ConfigurationError, match="expected scenarios in"):
        read_directory(tmp_path)
