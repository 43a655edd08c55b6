"""Which request is made for which arguments and environment, and what is missing."""

from __future__ import annotations

import pytest

from gradio_webrtc.credentials.credential_request import (
    automatic_request,
    cloudflare_request,
    hugging_face_request,
    twilio_request,
)
from gradio_webrtc.errors import ConfigurationError

KEYS = {"CLOUDFLARE_TURN_KEY_ID": "id", "CLOUDFLARE_TURN_KEY_API_TOKEN": "api"}
TWILIO = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "auth"}
SPACE = {"SPACE_ID": "somebody/space", "HF_TOKEN": "hf_1"}


def test_the_requests_are_those_of_the_documentation() -> None:
    hf = hugging_face_request("hf_1", 600)
    assert (hf.method, hf.url) == ("GET", "https://turn.fastrtc.org/credentials?ttl=600")
    assert dict(hf.headers) == {"Authorization": "Bearer hf_1"}
    cloudflare = cloudflare_request("id", "api", None, 60)
    assert cloudflare.url == (
        "https://rtc.live.cloudflare.com/v1/turn/keys/id/credentials/generate-ice-servers"
    )
    assert (cloudflare.method, cloudflare.content) == ("POST", b'{"ttl": 60}')
    assert dict(cloudflare.headers)["Authorization"] == "Bearer api"
    twilio = twilio_request("AC1", "auth")
    assert twilio.url == "https://api.twilio.com/2010-04-01/Accounts/AC1/Tokens.json"
    assert dict(twilio.headers) == {"Authorization": "Basic QUMxOmF1dGg="}


@pytest.mark.parametrize(
    ("arguments", "environment", "provider"),
    [
        ((None, None, None), KEYS, "Cloudflare"),
        ((None, None, None), {**KEYS, "HF_TOKEN": "hf_1"}, "Hugging Face"),
        (("id", "api", None), {"HF_TOKEN": "hf_1"}, "Cloudflare"),
        (("id", None, None), {**KEYS, "HF_TOKEN": "hf_1"}, "Cloudflare"),
        (("id", "api", "hf_1"), {}, "Hugging Face"),
        ((None, None, ""), {**KEYS, "HF_TOKEN": "hf_1"}, "Cloudflare"),
        ((None, None, None), {**KEYS, "HF_TOKEN": " "}, "Cloudflare"),
    ],
)
def test_what_is_passed_wins_and_a_token_over_a_key(
    arguments: tuple[str | None, ...],
    environment: dict[str, str],
    provider: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    key_id, api_token, token = arguments
    assert cloudflare_request(key_id, api_token, token, 600).provider == provider


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match=r"token=.*HF_TOKEN"):
        hugging_face_request(None, 600)
    with pytest.raises(ConfigurationError, match=r"KEY_ID.*and.*KEY_API_TOKEN.*HF_TOKEN"):
        cloudflare_request(None, None, None, 600)
    monkeypatch.setenv("CLOUDFLARE_TURN_KEY_ID", "id")
    with pytest.raises(ConfigurationError, match=r"servers turn_key_api_token \(.*\) must"):
        cloudflare_request(None, None, None, 600)
    with pytest.raises(ConfigurationError, match=r"TWILIO_ACCOUNT_SID.*and.*TWILIO_AUTH_TOKEN"):
        twilio_request(None, None)
    with pytest.raises(ConfigurationError, match=r"servers twilio_token \(.*\) must"):
        twilio_request("AC1", None)


@pytest.mark.parametrize("ttl", [0, -1, 1.5, True, "600"])
def test_a_ttl_that_cannot_be_is_refused(ttl: int) -> None:
    with pytest.raises(ConfigurationError, match="ttl must be"):
        hugging_face_request("hf_1", ttl)
    with pytest.raises(ConfigurationError, match="ttl must be"):
        cloudflare_request("id", "api", None, ttl)


def test_a_ttl_of_months_is_a_week(caplog: pytest.LogCaptureFixture) -> None:
    assert hugging_face_request("hf_1", 6_000_000).url.endswith("?ttl=604800")
    assert "ttl=6000000" in caplog.text


@pytest.mark.parametrize("secret", ["hf_hunter2\nX-Other: 1", "hf hunter2", "hf_hunter2\u20ac"])
def test_what_is_no_token_never_becomes_a_header_nor_part_of_an_error(secret: str) -> None:
    for make in (
        lambda: hugging_face_request(secret, 600),
        lambda: cloudflare_request("id", secret, None, 600),
        lambda: twilio_request("AC1", secret),
        lambda: twilio_request(secret, "auth"),
        lambda: cloudflare_request(f"{secret}/../", "api", None, 600),
    ):
        with pytest.raises(ConfigurationError) as refused:
            make()
        assert "hunter2" not in str(refused.value)


def test_a_token_pasted_with_its_line_end_is_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_1\n")
    assert dict(hugging_face_request(None, 600).headers) == {"Authorization": "Bearer hf_1"}


def test_a_requests_text_has_no_secret() -> None:
    for request in (cloudflare_request("id", "api-x", None, 600), twilio_request("AC1", "auth-x")):
        assert "-x" not in repr(request)
        assert "Authorization" not in repr(request)


def test_an_address_of_ones_own_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_WEBRTC_HF_TURN_URL", "https://gateway.example/hf/")
    assert hugging_face_request("t", 9).url == "https://gateway.example/hf/credentials?ttl=9"
    for wrong in ("ftp://gateway.example", "gateway.example", "https://me:hunter2@gateway.example"):
        monkeypatch.setenv("GRADIO_WEBRTC_HF_TURN_URL", wrong)
        with pytest.raises(ConfigurationError, match="GRADIO_WEBRTC_HF_TURN_URL") as refused:
            hugging_face_request("t", 9)
        assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("environment", "provider"),
    [
        ({}, None),
        ({"HF_TOKEN": "hf_1"}, None),
        ({"SPACE_ID": "somebody/space"}, None),
        ({"TWILIO_ACCOUNT_SID": "AC1"}, None),
        (SPACE, "Hugging Face"),
        (KEYS, "Cloudflare"),
        (TWILIO, "Twilio"),
        ({**SPACE, **KEYS, **TWILIO}, "Cloudflare"),
        ({**SPACE, **TWILIO}, "Hugging Face"),
        ({**TWILIO, "HF_TOKEN": "hf_1"}, "Twilio"),
    ],
)
def test_the_environment_chooses(environment: dict[str, str], provider: str | None) -> None:
    request = automatic_request(environment, 600)
    assert (request.provider if request is not None else None) == provider


def test_half_a_key_is_named_and_not_replaced_by_a_token() -> None:
    with pytest.raises(ConfigurationError, match="servers turn_key_api_token"):
        automatic_request({**SPACE, "CLOUDFLARE_TURN_KEY_ID": "id"}, 600)


def test_only_who_asks_for_it_is_kept_to_the_relay() -> None:
    assert dict(twilio_request("AC1", "auth").extra) == {"iceTransportPolicy": "relay"}
    automatic = automatic_request(TWILIO, 600)
    assert automatic is not None
    assert automatic.extra == ()
