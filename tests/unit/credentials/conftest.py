"""A provider on this machine, an environment without keys, and nothing known from before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gradio_webrtc.credentials.credential_cache import CACHE
from tests.support.turn_provider import Provider, turn_provider

VARIABLES = (
    "HF_TOKEN", "SPACE_ID", "CLOUDFLARE_TURN_KEY_ID", "CLOUDFLARE_TURN_KEY_API_TOKEN",
    "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "COTURN_STATIC_AUTH_SECRET",
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    CACHE.forget()
    yield
    CACHE.forget()


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    with turn_provider() as running:
        for name, value in running.environment().items():
            monkeypatch.setenv(name, value)
        yield running
