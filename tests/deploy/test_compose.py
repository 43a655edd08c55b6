"""The services of Docker's compose file fit the files that they run, and each other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from tests.support.image_recipe import described

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
FILE = DEPLOY / "docker" / "compose.yaml"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text())["services"]


def test_what_is_named_is_there() -> None:
    assert (FILE.parent / SERVICES["app"]["build"] / "Dockerfile").is_file()
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source, target, rights = volume.split(":")
            assert rights == "ro"
            if source.startswith("."):
                assert (FILE.parent / source).is_file(), source
                assert target.startswith("/etc/")


def test_the_ports_are_those_of_the_image_and_of_nginx() -> None:
    exposed = described(DEPLOY / "app").ports
    page, media = SERVICES["app"]["ports"]
    assert page.startswith("127.0.0.1:"), "or anybody goes past nginx"
    assert f"{page.split(':')[-1]}/tcp" == exposed[0]
    # The same number on both sides: it is announced as it is.
    outside, inside = media.removesuffix("/udp").split(":")
    assert outside == inside == SERVICES["app"]["environment"]["GRADIO_WEBRTC_UDP_PORTS"]
    assert media.endswith("/udp")
    assert f"{inside}/udp" == exposed[1]
    assert f"proxy_pass http://{page.rsplit(':', 1)[0]};" in (DEPLOY / "nginx/tls.conf").read_text()
    assert SERVICES["nginx"]["network_mode"] == SERVICES["turn"]["network_mode"] == "host"


def test_every_variable_is_told_of() -> None:
    text = FILE.read_text()
    head, body = text.split("services:\n")
    assert set(re.findall(r"\$\{(\w+)", body)) == set(re.findall(r"(?m)^#   (\w+)=", head))
