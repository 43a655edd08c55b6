"""Published as ``fastrtc.reply_on_pause``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from gradio_webrtc.compat.replaced import replaced
from gradio_webrtc.turns.app_state import AppState
from gradio_webrtc.turns.detection.silero import get_silero_model
from gradio_webrtc.turns.detection.silero import get_silero_model as get_vad_model
from gradio_webrtc.turns.detection.vad import ModelOptions, PauseDetectionModel
from gradio_webrtc.turns.options import AlgoOptions, SileroVadOptions
from gradio_webrtc.turns.reply_on_pause import ReplyOnPause

__all__ = [
    "AlgoOptions",
    "AppState",
    "ModelOptions",
    "PauseDetectionModel",
    "ReplyFnGenerator",
    "ReplyOnPause",
    "SileroVadOptions",
    "get_silero_model",
    "get_vad_model",
]

ReplyFnGenerator: TypeAlias = Callable[..., Any]

__getattr__ = replaced("reply_on_pause", {"iterate": "call next(generator)."})
