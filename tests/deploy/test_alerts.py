"""Alerts: what they read is exported, what they say is in the runbook, and they come when they should and not else.

The last is asked of Prometheus itself, ``promtool test rules``, where that is installed.
"""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

import deploy
from tests.deploy.exported import exported, read

DEPLOY = Path(deploy.__file__).parent
FILE = DEPLOY / "prometheus" / "alerts.yaml"
RUNBOOK = (DEPLOY / "RUNBOOK.md").read_text(encoding="utf-8")
RULES: dict[str, dict[str, Any]] = {
    rule["alert"]: rule
    for group in yaml.safe_load(FILE.read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
}
CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "alert_cases.yaml").read_text(encoding="utf-8")
)
PROMTOOL = shutil.which("promtool")


@pytest.mark.parametrize("alert", RULES)
def test_an_alert_reads_what_is_exported(alert: str) -> None:
    """Each series exists, with the labels that the alert asks for, sums up by and shows."""
    known = exported()
    rule = RULES[alert]
    selectors, grouped = read(rule["expr"])
    assert selectors
    for name, matched in selectors:
        assert matched | grouped <= known[name]
    shown = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
    assert shown <= (grouped or known[selectors[0].name])


def test_the_runbook_has_a_section_for_each_alert_in_their_order() -> None:
    """And none for an alert that is not."""
    assert re.findall(r"^## (\w+)$", RUNBOOK, re.MULTILINE) == [*RULES]


@pytest.mark.parametrize("alert", RULES)
def test_an_alert_leads_to_its_section(alert: str) -> None:
    """Which begins with how much it matters."""
    rule = RULES[alert]
    assert rule["annotations"]["runbook"] == f"deploy/RUNBOOK.md#{alert.lower()}"
    (severity,) = re.findall(rf"^## {alert}\n\n\*(\w+)\.\*", RUNBOOK, re.MULTILINE)
    assert rule["labels"] == {"severity": severity}


def test_every_alert_is_tried_with_what_it_is_about_and_with_what_is_no_matter() -> None:
    """At least one case each in which it comes, and in which it does not."""
    assert {case["alert"] for case in CASES if "says" in case} == RULES.keys()
    assert {case["alert"] for case in CASES if "says" not in case} == RULES.keys()


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed; it comes with Prometheus")
@pytest.mark.parametrize(
    "case", CASES, ids=[f"{case['alert']}{'' if 'says' in case else '-quiet'}" for case in CASES]
)
def test_an_alert_comes_when_it_should(case: dict[str, Any], tmp_path: Path) -> None:
    """By Prometheus' own evaluation, with what it says and of whom."""
    rule = RULES[case["alert"]]
    expected = [
        {
            "exp_labels": {**rule["labels"], **{name: told[name] for name in told if name != "summary"}},
            "exp_annotations": {**rule["annotations"], "summary": told["summary"]},
        }
        for told in case.get("says", [])
    ]
    tried = {"eval_time": case["after"], "alertname": case["alert"], "exp_alerts": expected}
    series = [{"series": name, "values": values} for name, values in case["series"].items()]
    test = {"interval": "1m", "input_series": series, "alert_rule_test": [tried]}
    file = tmp_path / "test.yaml"
    file.write_text(yaml.safe_dump({"rule_files": [str(FILE)], "tests": [test]}), encoding="utf-8")
    done = subprocess.run(
        [str(PROMTOOL), "test", "rules", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
