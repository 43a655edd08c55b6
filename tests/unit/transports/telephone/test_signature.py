"""Requests that Twilio has signed, and others."""

from __future__ import annotations

import pytest
from twilio.request_validator import RequestValidator

from gradio_webrtc.errors import InvalidSignatureError
from gradio_webrtc.transports.telephone.signature import check_signature

TOKEN = "12345"
# Twilio's own example: https://www.twilio.com/docs/usage/webhooks/webhooks-security
URL = "https://example.com/myapp.php?foo=1&bar=2"
FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675310",
    "Digits": "1234",
    "From": "+14158675310",
    "To": "+18005551212",
}
SIGNATURE = "L/OH5YylLD5NRKLltdqwSvS0BnU="


def test_twilios_own_example_is_right() -> None:
    check_signature(TOKEN, [URL], SIGNATURE, FORM)


def test_one_of_several_addresses_is_enough() -> None:
    check_signature(TOKEN, ["https://inner.example/", URL], SIGNATURE, FORM)


def test_the_handshake_of_a_websocket_is_signed_without_a_form() -> None:
    url = "wss://example.com/telephone/handler"
    signature = RequestValidator(TOKEN).compute_signature(url, {})
    check_signature(TOKEN, [url], signature)


@pytest.mark.parametrize(
    ("token", "url", "signature", "form"),
    [
        ("54321", URL, SIGNATURE, FORM),
        (TOKEN, URL + "&more=3", SIGNATURE, FORM),
        (TOKEN, URL, SIGNATURE, {**FORM, "Digits": "1235"}),
        (TOKEN, URL, SIGNATURE[:-2] + "A=", FORM),
        (TOKEN, URL, "ü" * 28, FORM),
        (TOKEN, URL, "A" * 100_000, FORM),
        (TOKEN, URL, "", FORM),
        (TOKEN, URL, None, FORM),
    ],
)
def test_anything_else_is_refused_and_the_token_is_not_in_the_words(
    token: str, url: str, signature: str | None, form: dict[str, str]
) -> None:
    with pytest.raises(InvalidSignatureError) as refused:
        check_signature(token, [url], signature, form)
    assert token not in str(refused.value)
    assert refused.value.refusal()["meta"]["error"] == "invalid_signature"


def test_without_a_token_nothing_is_checked() -> None:
    check_signature("", [URL], None, FORM)
