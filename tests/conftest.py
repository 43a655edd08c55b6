"""What all tests share."""

from __future__ import annotations

import gc
import os

from tests.support.event_loop import pytest_configure as pytest_configure

# Tests install onnxruntime, and must not go and fetch the models it could run.
os.environ["GRADIO_WEBRTC_STT"] = "sphinx"
os.environ["GRADIO_WEBRTC_TTS"] = "espeak"
os.environ["HF_HUB_OFFLINE"] = "1"


def pytest_collection_finish() -> None:
    """Set aside what imports made: collecting garbage for leaks then looks at a test's own."""
    gc.collect()
    gc.freeze()
