"""Which web pages may make requests."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.datastructures import Headers

from gradio_webrtc.errors import ConfigurationError, OriginNotAllowedError
from gradio_webrtc.server.origins import check_origin, checked_origins

FOREIGN = {"host": "app.example.org", "origin": "https://evil.example"}


def allows(headers: dict[str, str], allowed: list[str] | None = None, app: Any = None) -> bool:
    try:
        check_origin(Headers(headers), allowed, app)
    except OriginNotAllowedError:
        return False
    return True


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "app.example.org"},  # no browser
        {"host": "app.example.org", "origin": "https://app.example.org"},
        {"host": "APP.example.org:443", "origin": "https://app.example.org"},
        {"host": "192.168.1.5:7860", "origin": "http://192.168.1.5:7860"},
        {"host": "[2001:db8::1]:7860", "origin": "http://[2001:db8::1]:7860"},
        # Behind a proxy that names itself, and one that does not: the browser says where it asked.
        {
            "host": "127.0.0.1:7860",
            "x-forwarded-host": "app.example.org",
            "origin": "https://app.example.org",
        },
        {
            "host": "upstream",
            "origin": "https://app.example.org",
            "sec-fetch-site": "same-origin",
        },
        # A development server on another port, as Gradio allows it.
        {
            "host": "localhost:7860",
            "origin": "http://localhost:5173",
            "sec-fetch-site": "same-site",
        },
        {"host": "127.0.0.1:7860", "origin": "http://localhost:7860"},
        {"host": "app.example.org", "sec-fetch-site": "none"},
    ],
)
def test_our_own_pages_and_other_clients_may(headers: dict[str, str]) -> None:
    assert allows(headers)
    assert allows(headers, [])


@pytest.mark.parametrize(
    "headers",
    [
        FOREIGN,
        {**FOREIGN, "sec-fetch-site": "cross-site"},
        {"host": "app.example.org", "sec-fetch-site": "cross-site"},
        {"host": "app.example.org", "origin": "null"},
        {"host": "app.example.org", "origin": "https://app.example.org.evil.example"},
        {"host": "app.example.org", "origin": "https://app.example.org@evil.example"},
        {"host": "app.example.org", "origin": "https://other.example.org"},
        {"host": "app.example.org", "origin": "https://app.example.org:8443"},
        {"host": "127.0.0.1:7860", "origin": "https://evil.example"},
        {"host": "localhost:7860", "origin": "https://localhost.evil.example"},
        {"host": "app.example.org", "origin": "http://localhost:7860"},
        {"host": "app.example.org", "origin": "https://[::1"},
        {"host": "app.example.org", "origin": "https://x:99999999"},
        {"host": "app.example.org", "origin": ""},
        {"origin": "https://evil.example"},
    ],
)
def test_pages_of_other_sites_may_not(headers: dict[str, str]) -> None:
    assert not allows(headers)
    assert not allows(headers, ["https://friend.example"])


def test_sites_that_are_named_may() -> None:
    assert allows(FOREIGN, ["https://evil.example"])
    assert allows(FOREIGN, ["https://friend.example", "https://EVIL.example/"])
    assert allows(FOREIGN, ["*"])
    assert allows({**FOREIGN, "origin": "null"}, ["null"])
    assert not allows(FOREIGN, ["http://evil.example"])


@pytest.mark.parametrize(
    ("options", "allowed"),
    [
        ({"allow_origins": ["https://evil.example"]}, True),
        ({"allow_origins": ["*"]}, True),
        ({"allow_origin_regex": r"https://.*\.example"}, True),
        ({"allow_origins": ["https://friend.example"]}, False),
        ({"allow_origin_regex": r"https://evil"}, False),
        ({}, False),
    ],
)
def test_by_default_the_apps_own_cors_middleware_counts(options: Any, allowed: bool) -> None:
    app = FastAPI()
    app.add_middleware(CORSMiddleware, **options)
    assert allows(FOREIGN, None, app) is allowed
    # What is said explicitly wins.
    assert not allows(FOREIGN, [], app)


def test_the_refusal_says_what_to_do() -> None:
    with pytest.raises(OriginNotAllowedError, match=r"allowed_origins=\[") as caught:
        check_origin(Headers({**FOREIGN, "origin": "https://" + "x" * 5000}), None)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("value", ["https://a.example", ["a.example"], ["https://a/b"], [7], 7])
def test_what_is_no_list_of_origins(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="allowed_origins must be a list"):
        checked_origins(value)


def test_lists_of_origins() -> None:
    assert checked_origins(None) is None
    assert checked_origins(("https://a.example:8443", "*", "null")) == [
        *("https://a.example:8443", "*", "null")
    ]
