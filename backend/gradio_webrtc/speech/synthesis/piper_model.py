"""A Piper voice's model, whose sound can be had from its beginning on.

What takes longest in it turns frames into samples, by convolutions that look a few frames around.
So the model is cut before that, and the frames are turned into samples some at a time: the first
sound of a long sentence comes when its frames are there, a third of the whole work. Models that
cannot be cut there are run as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from gradio_webrtc.errors import SpeechEngineError
from gradio_webrtc.media.audio.pcm import Float32Array
from gradio_webrtc.speech.onnx_graph import cut_before
from gradio_webrtc.speech.onnx_model import check_inputs, open_model
from gradio_webrtc.speech.synthesis.full_scale import within_full_scale

_VOCODER = "/dec/conv_pre/Conv"
"""The first node of what makes samples, in all exports by Piper."""
_FIRST_FRAMES, _GROWTH = 24, 3
"""Frames (of 256 samples, mostly) that are turned at first, and how many times more each time.

0.3 s, 0.8 s, 2.5 s: each is made in a third of the time that the one before is played, at most.
"""
_AROUND = 12
"""Frames on both sides that a sample depends on; measured: with 12 the parts equal the whole to
4e-6, with 8 to 6e-4."""


class PiperModel:
    """A model that onnxruntime runs. Any thread may."""

    def __init__(self, path: Path) -> None:
        """Load the model.

        Raises:
            MissingExtraError: onnxruntime is not installed.
            SpeechEngineError: it is no model of a Piper voice.
        """
        try:
            halves = cut_before(path.read_bytes(), _VOCODER)
        except (ValueError, OSError) as error:
            raise SpeechEngineError(f"onnxruntime cannot load {path}: {error}") from error
        self._cut = halves.cut if halves else ()
        self._vocoder: Any = None
        if halves is not None:
            self._vocoder = open_model(path, "voice", contents=halves.second)
        self._session: Any = open_model(path, "voice", contents=halves.first if halves else None)
        check_inputs(self._session, path, ["input", "input_lengths", "scales"])
        self._takes_speaker = any(given.name == "sid" for given in self._session.get_inputs())

    def speak(
        self, ids: list[int], scales: tuple[float, float, float], speaker: int
    ) -> Iterator[Float32Array]:
        """Yield the sound of ``ids``, float32 of shape ``(samples,)``, from its beginning on.

        Args:
            ids: of the symbols, with start, pads and end.
            scales: noise, length and noise of the lengths.
            speaker: a number, which a model of one speaker does not ask for.

        Raises:
            SpeechEngineError: the model failed.
        """
        given: dict[str, Any] = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array(scales, np.float32),
        }
        if self._takes_speaker:
            given["sid"] = np.array([speaker], np.int64)
        made = _run(self._session, given)
        if self._vocoder is None:
            yield within_full_scale(made[0])
            return
        frames, *conditions = made
        same = dict(zip(self._cut[1:], conditions, strict=True))
        for samples in self._samples(frames, same):
            yield within_full_scale(samples)

    def _samples(
        self, frames: Float32Array, same: dict[str, Float32Array]
    ) -> Iterator[Float32Array]:
        """Yield the samples of ``frames``, of shape ``(1, channels, frames)``, some at a time."""
        count, start, some = frames.shape[2], 0, _FIRST_FRAMES
        while start < count:
            # No short rest, which would take as long for what is around it.
            end = count if start + some + _FIRST_FRAMES > count else start + some
            before, after = max(0, start - _AROUND), min(count, end + _AROUND)
            part = {self._cut[0]: frames[:, :, before:after], **same}
            samples = _run(self._vocoder, part)[0].reshape(-1)
            each = len(samples) // (after - before)
            yield samples[(start - before) * each : (end - before) * each]
            start, some = end, some * _GROWTH


def _run(session: Any, given: dict[str, Any]) -> list[Float32Array]:
    try:
        return [np.asarray(made, np.float32) for made in session.run(None, given)]
    except Exception as error:
        raise SpeechEngineError(
            f"The Piper voice failed; do its two files belong together? {error}"
        ) from error
