from tests.bench.contestants import CONTESTANTS, TIDEMARK
from tests.bench.figures import Window
from tests.bench.job import Verdict
from tests.bench.report import Report, markdown
from tests.bench.running import Outcome, Size
from tests.bench.standings import busy_warnings, standings

RIGHT = Verdict(expected=10, found=10, missing=0, doubled=0, foreign=0)
LOSSY = Verdict(expected=10, found=9, missing=1, doubled=0, foreign=0)
PEER = next(contestant for contestant in CONTESTANTS if contestant.name == "quix")


def outcome(
    rate: float, *, verdict: Verdict = RIGHT, finished: bool = True, complaint: str = "", busy: float = 0.0
) -> Outcome:
    """A run with this throughput, in which all else is ordinary."""
    return Outcome(
        events=1_000,
        finished=finished,
        committed=1_000,
        window=Window(seconds=1.0, events=int(rate), cpu_seconds=0.5),
        whole_seconds=3.0,
        first_commit_seconds=1.0,
        stop_seconds=0.1,
        peak_bytes=50 * 2**20,
        busy_percent=busy,
        verdict=verdict,
        complaint=complaint,
    )


def test_ratios_are_to_tidemark() -> None:
    """A peer of half the throughput, and twice the CPU, is told as 2.0x; Tidemark itself has no ratio."""
    ours, theirs = standings(
        CONTESTANTS,
        {"tidemark": [outcome(600), outcome(620)], "quix": [outcome(300), outcome(310)]},
        TIDEMARK.name,
    )
    assert ours.ours_to_theirs is None
    assert str(theirs.ours_to_theirs) == "2.0x"
    assert str(theirs.theirs_to_ours_cpu) == "2.0x"
    assert theirs.peak_mebibytes.median == 50


def test_without_tidemark_there_are_no_ratios() -> None:
    """Peers can be measured alone."""
    (row,) = standings(CONTESTANTS, {"quix": [outcome(300)]}, TIDEMARK.name)
    assert row.ours_to_theirs is None


def test_one_wrong_run_makes_the_result_wrong() -> None:
    """Being right most of the time is wrong, and the table says how often."""
    (row,) = standings([PEER], {"quix": [outcome(300), outcome(300, verdict=LOSSY)]}, TIDEMARK.name)
    assert row.result == "WRONG: 1 missing in 1 of 2 runs"


def test_an_unfinished_run_says_why() -> None:
    """The first line of the complaint stands in the table."""
    late = outcome(300, finished=False, complaint="10 of 1,000 events committed in 75 s\nmore", verdict=LOSSY)
    (row,) = standings([PEER], {"quix": [late]}, TIDEMARK.name)
    assert row.result == "UNFINISHED in 1 of 1 runs: 10 of 1,000 events committed in 75 s"


def test_a_busy_machine_is_told() -> None:
    """Figures that were taken while somebody else worked carry a warning."""
    (warning,) = busy_warnings({"quix": [outcome(300), outcome(300, busy=60)], "tidemark": [outcome(1)]})
    assert "60 % busy before a run of quix" in warning


def test_the_page_shows_every_contestant_with_its_command() -> None:
    """Who reads the page can see what ran, with which packages, and make it again."""
    outcomes = {"tidemark": [outcome(600)], "quix": [outcome(300)]}
    rows = standings(CONTESTANTS, outcomes, TIDEMARK.name)
    report = Report(
        "python -m tests.bench", "2026-01-01", {"cores": "2"}, Size(1_000, 100), rows, outcomes, ["take care"]
    )
    page = markdown(report)
    rows_of_cells = {line.count("|") for line in page.splitlines() if line.startswith("|")}
    assert rows_of_cells == {9}
    assert (
        "| program | events | events/s | CPU s per million | peak MiB | Tidemark is | by CPU | outputs |"
        in page
    )
    assert "| Tidemark,<br>exactly once, 0.1 s | 1,000 | 600 |" in page
    assert "`quix` with the packages of `peers/quix/requirements.txt`" in page
    assert "python -m tests.bench" in page
    assert "> take care" in page
    assert "- cores: 2" in page


def test_every_contestant_can_be_filled_in() -> None:
    """No text of a contestant asks for a placeholder that a run does not have."""
    values = {name: name.upper() for name in ("run", "bootstrap", "state", "python", "bin")}
    for contestant in CONTESTANTS:
        texts = [
            *contestant.command,
            *contestant.environment.values(),
            contestant.group,
            contestant.input_topic,
        ]
        texts += [contestant.output_topic, *(part for command in contestant.prepare for part in command)]
        assert not any("{" in contestant.fill(text, values) for text in texts)
