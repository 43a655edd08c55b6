"""Moonshine, a small and accurate model of English speech, run by onnxruntime.

Files and signature are those of the ONNX export ``onnx-community/moonshine-base-ONNX`` (and
``-tiny-``): an encoder that takes the waveform, and a decoder with and without cache merged into
one graph, which gives a token at a time.
"""

from __future__ import annotations

import json
import math
import os
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gradio_webrtc.errors import ConfigurationError, SpeechEngineError
from gradio_webrtc.media.audio.pcm import Float32Array, to_float32
from gradio_webrtc.speech.model_files import cached_file, model_file
from gradio_webrtc.speech.onnx_model import check_inputs, onnxruntime, open_model
from gradio_webrtc.speech.recognition.model_audio import mono_at

SAMPLE_RATE = 16_000
REPOSITORIES = {
    "moonshine/base": "onnx-community/moonshine-base-ONNX",
    "moonshine/tiny": "onnx-community/moonshine-tiny-ONNX",
}
ENCODER, DECODER, TOKENIZER = (
    "onnx/encoder_model.onnx",
    "onnx/decoder_model_merged.onnx",
    "tokenizer.json",
)

_BEGIN, _END = 1, 2
_TOKENS_A_SECOND = 6.5
"""Nobody speaks faster. A model that got into a loop is stopped there, as its authors advise."""
_SPARE_TOKENS, _MOST_TOKENS = 8, 192
_LONGEST = 30 * SAMPLE_RATE
"""What the model was trained on; longer audio is cut where it is quietest shortly before."""
_CUT_IN = 5 * SAMPLE_RATE
_SHORTEST = SAMPLE_RATE // 10
_CACHE = re.compile(r"past_key_values\.\d+\.(decoder|encoder)\.(key|value)")


@dataclass(frozen=True)
class _Parts:
    encoder: Any
    decoder: Any
    cache: dict[str, tuple[int, ...]]
    words: dict[int, str]


class MoonshineSTT:
    """Speech to text by Moonshine. One serves all connections, from any thread."""

    def __init__(
        self, model: str = "moonshine/base", *, folder: str | os.PathLike[str] | None = None
    ) -> None:
        """Recognise with ``model``. Nothing is loaded yet.

        Args:
            model: ``"moonshine/base"`` (62 million parameters) or ``"moonshine/tiny"`` (27).
            folder: has the model's files, under the names they have in the repository; otherwise
                they are fetched on first use.

        Raises:
            ConfigurationError: no such model.
        """
        if model not in REPOSITORIES:
            raise ConfigurationError(
                f"There is no model {model!r}; there are: {', '.join(REPOSITORIES)}."
            )
        self._source = REPOSITORIES[model] if folder is None else folder
        self._lock = threading.Lock()
        self._parts: _Parts | None = None

    def load(self) -> None:
        """Load the model now, fetching it if need be, instead of with the first utterance.

        Raises:
            MissingExtraError: onnxruntime is not installed.
            ModelDownloadError: a file cannot be fetched.
            SpeechEngineError: the files are not those of this model.
        """
        self._loaded()

    def stt(self, audio: tuple[int, Any]) -> str:
        """Return what is said in ``audio``, English, with capitals and punctuation; maybe ``""``.

        Args:
            audio: ``(sample_rate in Hz, int16 or float32)``, shape ``(samples,)`` or ``(channels,
                samples)``, any rate.

        Raises:
            MediaFormatError: ``audio`` is something else.
            SpeechEngineError: as ``load``.
        """
        samples = mono_at(SAMPLE_RATE, audio)
        if samples.size < _SHORTEST or not samples.any():
            return ""
        parts = self._loaded()
        said = [
            _text(_tokens(parts, piece[np.newaxis]), parts.words)
            for piece in _pieces(to_float32(samples))
        ]
        return " ".join(text for text in said if text)

    def _loaded(self) -> _Parts:
        with self._lock:
            if self._parts is None:
                self._parts = _load(self._source)
            return self._parts


def files_are_here(model: str) -> bool:
    """Whether all files of ``model`` were fetched once. Asks no network."""
    files = (ENCODER, DECODER, TOKENIZER)
    return all(cached_file(REPOSITORIES[model], name) is not None for name in files)


def _load(source: str | os.PathLike[str]) -> _Parts:
    onnxruntime("stt")  # before the files are fetched
    files = {name: model_file(source, name) for name in (ENCODER, DECODER, TOKENIZER)}
    encoder, decoder = open_model(files[ENCODER], "stt"), open_model(files[DECODER], "stt")
    check_inputs(encoder, files[ENCODER], ["input_values"])
    check_inputs(
        decoder, files[DECODER], ["input_ids", "encoder_hidden_states", "use_cache_branch"]
    )
    cache: dict[str, tuple[int, ...]] = {
        given.name: (0, int(given.shape[1]), 1, int(given.shape[3]))
        for given in decoder.get_inputs()
        if _CACHE.fullmatch(given.name)
    }
    if not cache:
        raise SpeechEngineError(f"{files[DECODER]} is not the merged decoder: it has no cache.")
    return _Parts(encoder, decoder, cache, _vocabulary(files[TOKENIZER]))


def _vocabulary(path: Path) -> dict[int, str]:
    try:
        found = json.loads(path.read_text("utf-8"))
        special = {token["id"] for token in found["added_tokens"] if token["special"]}
        return {n: word for word, n in found["model"]["vocab"].items() if n not in special}
    except (ValueError, KeyError, TypeError) as error:
        raise SpeechEngineError(f"{path} is no tokenizer of this model: {error!r}") from error


def _pieces(samples: Float32Array) -> list[Float32Array]:
    pieces = []
    while samples.size > _LONGEST:
        # The quietest tenth of a second shortly before the longest the model takes.
        late = samples[_LONGEST - _CUT_IN : _LONGEST].reshape(-1, SAMPLE_RATE // 10)
        slot = late.shape[1]
        at = _LONGEST - _CUT_IN + int(np.argmin((late**2).sum(axis=1))) * slot + slot // 2
        pieces.append(samples[:at])
        samples = samples[at:]
    return [*pieces, samples] if samples.size >= _SHORTEST else pieces


def _tokens(parts: _Parts, samples: Float32Array) -> list[int]:
    """Return the tokens for ``samples`` of shape ``(1, n)``, always taking the likeliest."""
    given = {"input_values": samples}
    mask = np.ones(samples.shape, np.int64)
    takes = {i.name for i in parts.encoder.get_inputs()}
    hidden = parts.encoder.run(
        None, {**given, "attention_mask": mask} if "attention_mask" in takes else given
    )[0]
    fixed = {"encoder_hidden_states": hidden}
    if "encoder_attention_mask" in {i.name for i in parts.decoder.get_inputs()}:
        fixed["encoder_attention_mask"] = mask
    cache = {name: np.zeros(shape, np.float32) for name, shape in parts.cache.items()}
    renewed = [o.name.replace("present", "past_key_values") for o in parts.decoder.get_outputs()]
    tokens = [_BEGIN]
    most = _SPARE_TOKENS + math.ceil(samples.shape[1] / SAMPLE_RATE * _TOKENS_A_SECOND)
    for step in range(min(most, _MOST_TOKENS)):
        results = parts.decoder.run(
            None,
            {
                "input_ids": np.array([tokens[-1:]], np.int64),
                "use_cache_branch": np.array([step > 0]),
                **fixed,
                **cache,
            },
        )
        tokens.append(int(results[renewed.index("logits")][0, -1].argmax()))
        if tokens[-1] == _END:
            break
        for name, value in zip(renewed, results, strict=True):
            # With the cache in use, what came of the encoder stays as it was at the first step.
            if name in cache and (step == 0 or ".decoder." in name):
                cache[name] = value
    return tokens[1:]


def _text(tokens: list[int], words: dict[int, str]) -> str:
    """Join pieces of words: a low line is a space, ``<0x41>`` a byte of UTF-8."""
    joined = bytearray()
    for token in tokens:
        piece = words.get(token, "")
        byte = re.fullmatch(r"<0x([0-9A-F]{2})>", piece)
        joined += bytes([int(byte[1], 16)]) if byte else piece.replace("\u2581", " ").encode()
    return joined.decode("utf-8", "replace").strip()
