"""Tests that need Moonshine's real weights, which ``make test`` installs where they exist."""

from __future__ import annotations

import pytest

from gradio_webrtc.speech.recognition.moonshine_files import has_wheels

needs_weights = pytest.mark.skipif(
    not has_wheels(), reason="the package with Moonshine's weights has no wheel for this system"
)
"""Only there: where it could be installed and is not, the test fails."""
