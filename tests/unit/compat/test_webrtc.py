"""The component, and the handlers that once were beside it."""

from __future__ import annotations

import gradio_webrtc.webrtc as webrtc
import pytest

import gradio_webrtc
from gradio_webrtc import ReplacedNameError


def test_component_and_handlers_are_those_of_the_package_itself():
    assert webrtc.WebRTC is gradio_webrtc.WebRTC
    assert webrtc.StreamHandler is gradio_webrtc.StreamHandler


def test_there_are_no_tracks_here_either():
    with pytest.raises(ReplacedNameError, match=r"webrtc\.VideoCallback of fastrtc"):
        webrtc.VideoCallback  # noqa: B018
