"""Published as ``fastrtc.pause_detection``."""

from __future__ import annotations

from gradio_webrtc.turns.detection.silero import SileroVad as SileroVADModel
from gradio_webrtc.turns.detection.silero import get_silero_model
from gradio_webrtc.turns.detection.vad import ModelOptions, PauseDetectionModel
from gradio_webrtc.turns.options import SileroVadOptions

__all__ = [
    "ModelOptions",
    "PauseDetectionModel",
    "SileroVADModel",
    "SileroVadOptions",
    "get_silero_model",
]
