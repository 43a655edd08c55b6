"""What all tests share."""

from __future__ import annotations

import os

from tests.support.event_loop import (
    pytest_collection_modifyitems as pytest_collection_modifyitems,
)
from tests.support.event_loop import pytest_configure as pytest_configure

pytest_plugins = ["tests.support.scheduling"]

# Tests install onnxruntime, and must not go and fetch the models it could run.
os.environ["GRADIO_WEBRTC_STT"] = "sphinx"
os.environ["GRADIO_WEBRTC_TTS"] = "espeak"
os.environ["HF_HUB_OFFLINE"] = "1"
