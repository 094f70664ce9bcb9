"""Makes the dashboard that Grafana imports from the list of panels that people read.

Decides where each panel stands: three in a line, below the title of its row. What is shown is the list's business. The
form is that of Grafana's dashboard JSON, schema version 39 (Grafana 10.4 and later).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

DIRECTORY = Path(__file__).parent
PANELS, DASHBOARD = DIRECTORY / "panels.yaml", DIRECTORY / "tidemark.json"

_SOURCE = {"type": "prometheus", "uid": "${source}"}
_COLUMNS, _WIDTH, _HEIGHT = 3, 8, 8


def dashboard(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The dashboard of these rows."""
    return {
        "uid": "tidemark",
        "title": "Tidemark",
        "tags": ["tidemark"],
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "templating": {"list": [_source(), _job()]},
        "panels": [{"id": number, **panel} for number, panel in enumerate(_panels(rows), 1)],
    }


def written(rows: Sequence[Mapping[str, Any]]) -> str:
    """The dashboard as its file holds it."""
    return json.dumps(dashboard(rows), indent=1) + "\n"


def read_rows() -> list[dict[str, Any]]:
    """The rows of the list."""
    rows: list[dict[str, Any]] = yaml.safe_load(PANELS.read_text(encoding="utf-8"))
    return rows


def _panels(rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    top = 0
    for row in rows:
        place = {"x": 0, "y": top, "w": _COLUMNS * _WIDTH, "h": 1}
        yield {"type": "row", "title": row["row"], "collapsed": False, "gridPos": place, "panels": []}
        top += 1
        for number, panel in enumerate(row["panels"]):
            line, column = divmod(number, _COLUMNS)
            yield _panel(panel, {"x": column * _WIDTH, "y": top + line * _HEIGHT, "w": _WIDTH, "h": _HEIGHT})
        top += -(-len(row["panels"]) // _COLUMNS) * _HEIGHT


def _panel(panel: Mapping[str, Any], place: Mapping[str, int]) -> dict[str, Any]:
    queries = panel["queries"].items()
    return {
        "type": "timeseries",
        "title": panel["title"],
        "description": panel["about"],
        "datasource": _SOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": {"unit": panel["unit"], "min": 0}, "overrides": []},
        "options": {"tooltip": {"mode": "multi", "sort": "desc"}},
        "targets": [
            {"refId": chr(ord("A") + number), "datasource": _SOURCE, "expr": query, "legendFormat": legend}
            for number, (legend, query) in enumerate(queries)
        ],
    }


def _source() -> dict[str, Any]:
    return {"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus"}


def _job() -> dict[str, Any]:
    """Which installation; the processes of one may be scraped as several jobs."""
    query = 'label_values({__name__=~"tidemark_partitions|tidemark_gateway_request_seconds_count"}, job)'
    return {
        "name": "job",
        "type": "query",
        "datasource": _SOURCE,
        "query": {"query": query, "refId": "job"},
        "refresh": 2,
        "multi": True,
        "includeAll": True,
        "current": {"text": "All", "value": "$__all"},
    }
