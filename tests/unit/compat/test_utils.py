"""What published handlers do with ``utils``: messages, outputs taken apart, conversions."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import gradio_webrtc.utils as utils
import numpy as np
import pytest

import gradio_webrtc
from gradio_webrtc import AdditionalOutputs, CloseStream, ReplacedNameError


def test_names_are_those_of_the_package_itself():
    for name in set(utils.__all__) & set(gradio_webrtc.__all__):
        assert getattr(utils, name) is getattr(gradio_webrtc, name)


def test_a_message_is_json():
    assert json.loads(utils.create_message("log", "pause_detected")) == {
        "type": "log",
        "data": "pause_detected",
    }
    assert json.loads(utils.create_message("error", "no"))["message"] == "no"


def test_an_output_is_taken_apart():
    audio = (24_000, np.zeros(480, np.int16))
    side = AdditionalOutputs(1)
    assert utils.split_output(audio) == (audio, None)
    assert utils.split_output(side) == (None, side)
    assert utils.split_output((audio, side)) == (audio, side)
    close = CloseStream("bye")
    assert utils.split_output((audio, close)) == (audio, close)


def test_a_warning_outside_of_a_session_goes_to_the_log(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING):
        utils.Warning("low on tea")
    assert "low on tea" in caplog.text


def test_an_import_of_what_was_replaced_says_by_what():
    with pytest.raises(ReplacedNameError, match=r"use get_current_context\(\)"):
        from gradio_webrtc.utils import current_channel  # noqa: F401


def test_nothing_of_it_is_loaded_unless_it_is_asked_for():
    code = (
        "import sys, gradio_webrtc\n"
        "print([m for m in sys.modules if m.startswith('gradio_webrtc.compat')])\n"
        "print('gradio_webrtc.utils' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "False"]
