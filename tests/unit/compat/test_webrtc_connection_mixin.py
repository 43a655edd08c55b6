"""The mixin's methods are those of ``Stream`` and ``WebRTC``."""

from __future__ import annotations

import pytest

from gradio_webrtc import ReplacedNameError


def test_the_mixin_names_who_has_its_methods():
    with pytest.raises(ReplacedNameError, match="Stream and WebRTC have its methods"):
        from gradio_webrtc.webrtc_connection_mixin import (
            WebRTCConnectionMixin,  # noqa: F401
        )
