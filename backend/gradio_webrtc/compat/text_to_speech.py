"""Published as ``fastrtc.text_to_speech``."""

from __future__ import annotations

from gradio_webrtc.compat.replaced import replaced
from gradio_webrtc.speech.registry import get_tts_model
from gradio_webrtc.speech.synthesis.cartesia import CartesiaTTS as CartesiaTTSModel
from gradio_webrtc.speech.synthesis.cartesia import CartesiaTTSOptions
from gradio_webrtc.speech.synthesis.kokoro import KokoroTTS as KokoroTTSModel
from gradio_webrtc.speech.synthesis.kokoro import KokoroTTSOptions
from gradio_webrtc.speech.synthesis.tts import TTSModel, TTSOptions

__all__ = [
    "CartesiaTTSModel",
    "CartesiaTTSOptions",
    "KokoroTTSModel",
    "KokoroTTSOptions",
    "TTSModel",
    "TTSOptions",
    "get_tts_model",
]

__getattr__ = replaced(
    "text_to_speech",
    {"KokoroFixedBatchSize": "the kokoro engine cuts long texts by itself."},
)
