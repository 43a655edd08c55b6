from __future__ import annotations

import sys
from itertools import islice

import numpy as np
import pytest

from gradio_webrtc.client.sending.microphone import Microphone, MicrophoneError


def test_a_device_of_ffmpegs_is_heard():
    """lavfi is the one input device that every machine has: a tone in place of a microphone."""
    microphone = Microphone("sine=frequency=500:sample_rate=16000", format="lavfi")
    pieces = list(islice(microphone.pieces(), 20))
    sound = np.concatenate([piece.samples[0] for piece in pieces]).astype(float)
    assert pieces[0].sample_rate == 16_000
    assert abs(np.abs(np.fft.rfft(sound)).argmax() * 16_000 / sound.size - 500) < 5


def test_a_machine_without_a_microphone_says_so():
    with pytest.raises(MicrophoneError, match="Is there one"):
        next(Microphone("no such device").pieces())


def test_windows_microphones_have_names(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "platform", "win32")
    microphone = Microphone()
    assert (microphone.format, microphone.device) == ("dshow", None)
    with pytest.raises(MicrophoneError, match="audio=Microphone"):
        next(microphone.pieces())
