"""The manifests are what Kubernetes takes, and agree with the rest of the project; no cluster is needed to see that."""

import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

import deploy
from topology.settings import Settings, readings_of_settings, variable_of

DEPLOY = Path(deploy.__file__).parent
KUBERNETES = DEPLOY / "kubernetes"
VERSION = "1.31"
MANIFESTS = {
    (file.stem, document["kind"]): document
    for file in sorted(KUBERNETES.glob("*.yaml"))
    for document in yaml.safe_load_all(file.read_text(encoding="utf-8"))
    if document["kind"] != "Kustomization"
}
PODS = {
    name: manifest["spec"]["template"]["spec"]
    for (name, _), manifest in MANIFESTS.items()
    if "template" in manifest["spec"]
}
MONITORING = KUBERNETES / "monitoring"


def read(path: Path) -> Any:
    """A file of one document."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def container(name: str) -> dict[str, Any]:
    """The only container of a pod."""
    (only,) = PODS[name]["containers"]
    return dict(only)


@pytest.mark.parametrize("manifest", MANIFESTS.values(), ids=["-".join(name) for name in MANIFESTS])
def test_kubernetes_takes_the_manifest(manifest: dict[str, Any]) -> None:
    """By its own schema, in which nothing unknown may stand."""
    kubernetes_validate.validate(manifest, VERSION, strict=True)


@pytest.mark.parametrize("directory", [KUBERNETES, MONITORING])
def test_a_kustomization_lists_what_stands_beside_it(directory: Path) -> None:
    """All of it, but the job that is run once for each change."""
    beside = {file.name for file in directory.glob("*.yaml")} - {"kustomization.yaml", "apply.yaml"}
    assert set(read(directory / "kustomization.yaml")["resources"]) == beside


@pytest.mark.parametrize("name", PODS)
def test_what_is_set_is_a_setting(name: str) -> None:
    """A misspelt variable would be ignored in silence; a value is one that the setting takes."""
    known = {variable_of(setting) for setting in readings_of_settings()}
    given = {
        one["name"]: one["value"].replace("$(POD_IP)", "10.0.0.1")
        for one in container(name)["env"]
        if "value" in one
    }
    named = {one["name"] for one in container(name)["env"]} - {"POD_IP"}
    assert named <= known
    assert Settings.from_environment(given) != Settings()


def test_the_configuration_names_settings() -> None:
    """As ``NAME=value``, which is how an overlay changes them."""
    (settings,) = read(KUBERNETES / "kustomization.yaml")["configMapGenerator"]
    for literal in settings["literals"]:
        variable, _, value = literal.partition("=")
        assert Settings.from_environment({variable: value}) != Settings()
    for name in ("worker", "gateway"):
        assert container(name)["envFrom"] == [{"configMapRef": {"name": settings["name"]}}]


@pytest.mark.parametrize(("name", "setting"), [("worker", "http_port"), ("gateway", "gateway_port")])
def test_a_container_is_asked_where_it_serves(name: str, setting: str) -> None:
    """Its port, its probes and its service say the same."""
    one = container(name)
    assert one["ports"] == [{"name": "http", "containerPort": getattr(Settings(), setting)}]
    assert {one[f"{probe}Probe"]["httpGet"]["port"] for probe in ("startup", "liveness", "readiness")} == {
        "http"
    }
    service = MANIFESTS[name, "Service"]["spec"]
    labels = next(
        each["spec"]["template"]["metadata"]["labels"]
        for (file, _), each in MANIFESTS.items()
        if file == name and "template" in each["spec"]
    )
    assert service["selector"].items() <= labels.items()
    assert MANIFESTS[name, "PodDisruptionBudget"]["spec"]["selector"]["matchLabels"].items() <= labels.items()


@pytest.mark.parametrize("name", PODS)
def test_a_container_runs_as_the_user_of_the_image(name: str) -> None:
    """Who is not root, and has no other rights."""
    recipe = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    (user,) = re.findall(r"--uid (\d+)", recipe)
    assert PODS[name]["securityContext"]["runAsUser"] == int(user)
    assert container(name)["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert PODS[name]["enableServiceLinks"] is False


def test_a_worker_keeps_its_name_and_its_stores() -> None:
    """The pod's name is its static membership; the volume is where the image keeps state."""
    variables = {one["name"]: one for one in container("worker")["env"]}
    field = variables["TIDEMARK_GROUP_INSTANCE_ID"]["valueFrom"]["fieldRef"]["fieldPath"]
    assert field == "metadata.name"
    recipe = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    (mounted,) = container("worker")["volumeMounts"]
    assert f"TIDEMARK_STATE_DIRECTORY={mounted['mountPath']}" in recipe
    (claim,) = MANIFESTS["worker", "StatefulSet"]["spec"]["volumeClaimTemplates"]
    assert claim["metadata"]["name"] == mounted["name"]


def test_a_stop_is_given_more_time_than_it_takes() -> None:
    """A worker stops within ten seconds."""
    assert PODS["worker"]["terminationGracePeriodSeconds"] > 10


def test_a_restore_is_no_reason_to_kill_a_worker() -> None:
    """Alive is whoever answers; ready, whoever serves."""
    one = container("worker")
    paths = {probe: one[f"{probe}Probe"]["httpGet"]["path"] for probe in ("startup", "liveness", "readiness")}
    assert paths == {"startup": "/ping", "liveness": "/ping", "readiness": "/ready"}


def test_customers_data_is_shown_to_those_alone_who_are_named() -> None:
    """Prometheus, and pods that say that they ask."""
    (rule,) = MANIFESTS["network", "NetworkPolicy"]["spec"]["ingress"]
    allowed = [tuple(peer["podSelector"]["matchLabels"].items()) for peer in rule["from"]]
    assert allowed == [(("tidemark/asks", "true"),), (("app.kubernetes.io/name", "prometheus"),)]


def test_the_rules_of_the_operator_are_those_of_prometheus() -> None:
    """One list of alerts in two forms."""
    rules, alerts = read(MONITORING / "rules.yaml"), read(DEPLOY / "prometheus" / "alerts.yaml")
    assert rules["kind"] == "PrometheusRule"
    assert rules["spec"] == alerts


def test_prometheus_scrapes_workers_and_gateways() -> None:
    """On the port and path where they show their metrics."""
    monitor = read(MONITORING / "pods.yaml")["spec"]
    (endpoint,) = monitor["podMetricsEndpoints"]
    assert (endpoint["port"], endpoint["path"]) == ("http", "/metrics")
    (expression,) = monitor["selector"]["matchExpressions"]
    scraped = {
        each["spec"]["template"]["metadata"]["labels"][expression["key"]]
        for (name, _), each in MANIFESTS.items()
        if name in {"worker", "gateway"} and "template" in each["spec"]
    }
    assert set(expression["values"]) == scraped
