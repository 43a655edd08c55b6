"""Published as ``fastrtc.speech_to_text``."""

from __future__ import annotations

from gradio_webrtc.speech.recognition.chunks import stt, stt_for_chunks
from gradio_webrtc.speech.recognition.moonshine import MoonshineSTT
from gradio_webrtc.speech.recognition.stt import STTModel
from gradio_webrtc.speech.registry import get_stt_model

__all__ = ["MoonshineSTT", "STTModel", "get_stt_model", "stt", "stt_for_chunks"]
