"""The dashboard shows what is exported, and is what its list of panels says."""

from itertools import pairwise
from typing import Any

import pytest

from deploy.grafana.dashboard import DASHBOARD, dashboard, read_rows, written
from tests.deploy.exported import exported, read

ROWS = read_rows()
PANELS = {panel["title"]: panel for row in ROWS for panel in row["panels"]}
EXPORTED = exported()
_AT_LEAST_A_SCRAPE = {"[$__rate_interval]": "[5m]"}


def queries(panel: dict[str, Any]) -> list[str]:
    """The queries of a panel, with Grafana's own variable replaced."""
    ((variable, interval),) = _AT_LEAST_A_SCRAPE.items()
    return [query.replace(variable, interval) for query in panel["queries"].values()]


def test_the_file_is_made_of_the_list() -> None:
    """If it is not: ``python -m deploy.grafana``."""
    assert DASHBOARD.read_text(encoding="utf-8") == written(ROWS)


@pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS)
def test_a_panel_reads_what_is_exported(panel: dict[str, Any]) -> None:
    """Each series exists, has the labels that are asked for, and is of the installation that was chosen."""
    for query in queries(panel):
        selectors, grouped = read(query)
        assert selectors
        for name, matched in selectors:
            assert "job" in matched
            assert matched | grouped <= EXPORTED[name]


@pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS)
def test_a_legend_names_labels_that_are_left(panel: dict[str, Any]) -> None:
    """Those that the query sums up by; without a sum, any of the series."""
    for legend, query in zip(panel["queries"], queries(panel), strict=True):
        selectors, grouped = read(query)
        labels = {part.partition("}}")[0] for part in legend.split("{{")[1:]}
        assert labels <= (grouped or EXPORTED[selectors[0].name])


def test_whatever_a_worker_and_a_gateway_count_is_shown() -> None:
    """But for what says the same in another form: records beside seconds, sums beside buckets, the fingerprint."""
    shown = {
        selector.name for panel in PANELS.values() for query in queries(panel) for selector in read(query)[0]
    }
    ours = {
        name for name in EXPORTED if name.startswith("tidemark_") and not name.endswith(("_sum", "_count"))
    }
    assert ours - shown == {
        "tidemark_lag_records",
        "tidemark_rejection_storm",
        "tidemark_partition_waits_for_schema",
        "tidemark_ruleset_info",
    }


def test_panels_stand_below_and_beside_each_other() -> None:
    """Three in a line, none over another, each row below the one before."""
    places = [
        (panel["gridPos"]["y"], panel["gridPos"]["x"], panel["gridPos"]["w"])
        for panel in dashboard(ROWS)["panels"]
    ]
    assert len(set(places)) == len(places)
    assert places == sorted(places)
    for (top, left, width), (below, beside, _) in pairwise(places):
        assert below > top or beside == left + width
    assert max(left + width for _, left, width in places) == 24
