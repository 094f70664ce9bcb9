"""Writes the dashboard's file anew."""

from deploy.grafana.dashboard import DASHBOARD, read_rows, written

DASHBOARD.write_text(written(read_rows()), encoding="utf-8")
