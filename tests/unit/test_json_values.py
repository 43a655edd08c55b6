"""The type of what clients send."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

from gradio_webrtc.json_values import Json


def takes(body: Json) -> None:
    """Have an annotation as the server functions have."""


def test_annotations_can_be_read_when_the_app_runs() -> None:
    kinds: set[Any] = set(get_args(get_type_hints(takes)["body"]))
    assert {bool, int, float, str, type(None)} < kinds
