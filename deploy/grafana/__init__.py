"""The dashboard for Grafana, and what makes it."""
