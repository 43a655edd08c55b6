"""Every public name of the published packages exists as it was, or says what replaced it.

``tests/contract/published_names.json`` lists for ``fastrtc`` 0.0.34 and ``gradio_webrtc`` 0.0.31,
by submodule, what is public there: ``called_with`` are a function's parameters, ``made_with`` those
of a class, ``=`` marks a default; further the methods and attributes of a class, a dict's keys.
"""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import gradio_webrtc
from gradio_webrtc import ReplacedNameError

PUBLISHED: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "contract" / "published_names.json").read_text()
)

REPLACED = {
    "AudioCallback", "KokoroFixedBatchSize", "OutputQueue", "ServerToClientAudio",
    "ServerToClientVideo", "Track", "VideoCallback", "VideoStreamHander", "VideoStreamHandler_",
    "WebRTCConnectionMixin", "WebRTCModel", "WebSocketDataChannel", "WebSocketHandler",
    "convert_to_mulaw", "current_channel", "current_context", "iterate", "player_worker_decode",
    "webrtc_error_handler",
}  # fmt: skip
"""What has no counterpart; importing it says what to use."""
KEYWORDS_ONLY = {
    ("gradio_webrtc 0.0.31", "ReplyOnPause"),
    ("gradio_webrtc 0.0.31", "ReplyOnStopWords"),
    ("gradio_webrtc 0.0.31", "StreamHandlerBase"),
    ("gradio_webrtc 0.0.31", "WebRTC"),
}
"""Of these the order was another one later, in ``fastrtc``, which counts."""
INNER = {
    *("connection_timeout", "convert_to_aiortc_format", "get_rtc_configuration", "handle_offer"),
    *("quit_output_stream", "resolve_rtc_configuration", "turn", "wait_for_time_limit"),
}
"""Methods by which the published ``Stream`` and ``WebRTC`` work inside; no app calls them."""
WITHOUT_COUNTERPART = {
    ("fastrtc 0.0.34", "SileroVADModel"): "the inner steps of their detector, download_model to "
    "get_speech_timestamps; vad() and warmup() are what turn taking uses",
    ("gradio_webrtc 0.0.31", "SileroVADModel"): "as above, and vad() says where speech is, too",
    ("gradio_webrtc 0.0.31", "STTModel"): "a model of torch; it is a protocol with stt() now",
    ("gradio_webrtc 0.0.31", "stt_for_chunks"): "of two shapes, see test_chunks.py",
}
"""What is not compared, and why."""


def _names() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for package, names in PUBLISHED.items():
        for module, members in names.items():
            if module:
                for name, facts in members.items():
                    yield package, module, name, facts


def _mismatch(function: Callable[..., Any], published: list[str], *, ordered: bool = True) -> str:
    """Return what of a published call does not fit, nothing if all does."""
    own = [p for p in inspect.signature(function).parameters.values() if p.name != "self"]
    for place, word in enumerate(published):
        if word.strip("*"):
            by_place = ordered and "*" not in published[:place]
            wrong = _unlike(own, word, place if by_place else None)
            if wrong:
                return wrong
    known = {word.strip("=*") for word in published}
    needed = [p.name for p in own if p.default is p.empty and p.kind not in VARIABLE]
    return "".join(f"{name} is needed" for name in needed if name not in known)


VARIABLE = {"*": inspect.Parameter.VAR_POSITIONAL, "**": inspect.Parameter.VAR_KEYWORD}.values()


def _unlike(own: list[inspect.Parameter], word: str, place: int | None) -> str:
    """Return what is wrong about one published parameter."""
    kinds = [parameter.kind for parameter in own]
    if word.startswith("**"):
        return "" if inspect.Parameter.VAR_KEYWORD in kinds else f"no {word}"
    if word.startswith("*"):
        return "" if inspect.Parameter.VAR_POSITIONAL in kinds else f"no {word}"
    name = word.rstrip("=")
    names = [parameter.name for parameter in own]
    if name not in names:
        return f"no parameter {name}"
    if place is not None and names.index(name) != place:
        return f"{name} is at another place"
    default = own[names.index(name)].default
    return f"{name} has no default" if word != name and default is inspect.Parameter.empty else ""


CASES = [pytest.param(*case, id=f"{case[0]} {case[1]}.{case[2]}") for case in _names()]


@pytest.mark.parametrize(("package", "module", "name", "facts"), CASES)
def test_a_name_of_a_submodule(package: str, module: str, name: str, facts: dict[str, Any]):
    found = importlib.import_module(f"gradio_webrtc.{module}")
    if name in REPLACED:
        with pytest.raises(ReplacedNameError, match=rf"{module}\.{name} of fastrtc .*: .*\.$"):
            getattr(found, name)
        return
    value = getattr(found, name)
    if (package, name) in WITHOUT_COUNTERPART:
        return
    ordered = (package, name) not in KEYWORDS_ONLY
    for kind in ("called_with", "made_with"):
        if kind in facts:
            wrong = _mismatch(value, facts[kind], ordered=ordered)
            assert not wrong, f"{name}{inspect.signature(value)}: {wrong}"
    methods = {k: v for k, v in facts.get("methods", {}).items() if k not in INNER}
    for method, parameters in methods.items():
        wrong = _mismatch(getattr(value, method), parameters)
        assert not wrong, f"{name}.{method}: {wrong}"
    for key in facts.get("keys", ()):
        assert key in value.__annotations__


@pytest.mark.parametrize("package", PUBLISHED)
def test_the_names_of_the_package_itself(package: str):
    names = set(PUBLISHED[package][""])
    assert not names - set(gradio_webrtc.__all__)
