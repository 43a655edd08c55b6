"""The tunnel's rules, read as cloudflared documents them; cloudflared itself is not run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

CONFIGURATION = Path(__file__).resolve().parents[2] / "deploy" / "cloudflared" / "config.yml"
RULES = yaml.safe_load(CONFIGURATION.read_text())["ingress"]


def service(host: str, path: str) -> str:
    """Return what the first rule that fits says, as the tunnel takes it."""
    for rule in RULES:
        if rule.get("hostname", host) == host and re.search(rule.get("path", ""), path):
            return str(rule["service"])
    raise AssertionError("the last rule has to fit everything")


@pytest.mark.parametrize(
    ("host", "path", "expected"),
    [
        ("voice.example.org", "/", "http://127.0.0.1:7860"),
        ("voice.example.org", "/webrtc/offer", "http://127.0.0.1:7860"),
        ("voice.example.org", "/webrtc/health", "http_status:404"),
        ("voice.example.org", "/rtc/webrtc/metrics", "http_status:404"),
        ("elsewhere.example.org", "/", "http_status:404"),
    ],
)
def test_the_tunnel_leads_to_the_app_and_hides_how_it_does(
    host: str, path: str, expected: str
) -> None:
    assert service(host, path) == expected


def test_the_last_rule_takes_everything() -> None:
    assert set(RULES[-1]) == {"service"}
