"""The manifests of Kubernetes: valid by its own schemas, and true of the app that they run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.support.image_recipe import described

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
MANIFESTS = {
    each["kind"]: each
    for each in yaml.safe_load_all((DEPLOY / "kubernetes" / "app.yaml").read_text())
}
VERSIONS = ("1.30", "1.34", "1.37")
"""Of Kubernetes: some that are in use."""


@pytest.fixture
def pod() -> dict[str, Any]:
    spec: dict[str, Any] = MANIFESTS["Deployment"]["spec"]["template"]["spec"]
    return spec


@pytest.fixture
def container(pod: dict[str, Any]) -> dict[str, Any]:
    [only] = pod["containers"]
    return dict(only)


def probes(container: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in ("startupProbe", "livenessProbe", "readinessProbe"):
        yield name, container[name]["httpGet"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", sorted(MANIFESTS))
def test_a_manifest_is_valid(kind: str, version: str) -> None:
    kubernetes_validate.validate(MANIFESTS[kind], version, strict=True)


def test_what_is_misspelt_is_not_valid() -> None:
    wrong = yaml.safe_load(yaml.safe_dump(MANIFESTS["Deployment"]))
    wrong["spec"]["template"]["spec"]["hostNetworks"] = True
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


def test_everything_finds_the_pods(container: dict[str, Any]) -> None:
    labels = MANIFESTS["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert MANIFESTS["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert MANIFESTS["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    service = MANIFESTS["Service"]["spec"]
    assert service["selector"] == labels
    assert service["sessionAffinity"] == "ClientIP", "requests of one client reach one pod"
    names = {each["name"] for each in container["ports"]}
    assert {each["targetPort"] for each in service["ports"]} <= names
    assert {probe["port"] for _, probe in probes(container)} <= names
    [rule] = MANIFESTS["Ingress"]["spec"]["rules"]
    backend = rule["http"]["paths"][0]["backend"]["service"]
    assert backend["name"] == MANIFESTS["Service"]["metadata"]["name"]
    assert backend["port"]["name"] in {each["name"] for each in service["ports"]}


def test_a_pod_has_the_ports_of_its_node(pod: dict[str, Any], container: dict[str, Any]) -> None:
    said = described(DEPLOY / "app").variables
    assert pod["hostNetwork"] is True
    [port] = container["ports"]
    assert port["hostPort"] == port["containerPort"] == int(said["PORT"])
    given = {each["name"]: each.get("value") for each in container["env"]}
    assert given["GRADIO_WEBRTC_UDP_PORTS"] == said["GRADIO_WEBRTC_UDP_PORTS"]


def test_a_pod_asks_for_what_the_app_answers(
    pod: dict[str, Any], container: dict[str, Any]
) -> None:
    app = (DEPLOY / "app" / "app.py").read_text()
    paths = {name: probe["path"] for name, probe in probes(container)}
    assert paths["readinessProbe"] == "/webrtc/health"
    # A pod that is emptied is well.
    assert paths["livenessProbe"] == paths["startupProbe"] == "/alive"
    assert '@app.get("/alive")' in app
    read = set(re.findall(r'os\.environ\.get\("(\w+)"', app)) | {"COTURN_STATIC_AUTH_SECRET"}
    given = {each["name"] for each in container["env"]}
    known = {"GRADIO_WEBRTC_UDP_PORTS", "FORWARDED_ALLOW_IPS"}
    assert given - known <= read
    _, script = container["lifecycle"]["preStop"]["exec"]["command"]
    assert (DEPLOY / "app" / script).is_file()
    [limit] = re.findall(r"time_limit=(\d+)", app)
    assert pod["terminationGracePeriodSeconds"] >= int(limit) + 30
