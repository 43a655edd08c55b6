"""Running Moonshine: an encoder that takes the waveform, and a decoder, a token at a time.

Signatures are those of the ONNX export ``onnx-community/moonshine-base-ONNX`` (and ``-tiny-``), and
of the package ``moonshine-voice``: the decoders with and without cache merged into one graph.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradio_webrtc.errors import SpeechEngineError
from gradio_webrtc.media.audio.pcm import Float32Array
from gradio_webrtc.speech.onnx_model import check_inputs, onnxruntime, open_model
from gradio_webrtc.speech.recognition.moonshine_files import MoonshineFiles
from gradio_webrtc.speech.recognition.moonshine_vocabulary import read_vocabulary

_BEGIN, _END = 1, 2
_CACHE = re.compile(r"past_key_values\.\d+\.(decoder|encoder)\.(key|value)")


@dataclass(frozen=True)
class Recognised:
    """What the model made of some audio.

    Attributes:
        tokens: without those of begin and end.
        confidence: geometric mean of their probabilities and that of the end, 0 to 1.
        ended: whether the model came to an end by itself.
    """

    tokens: list[int]
    confidence: float
    ended: bool


@dataclass(frozen=True)
class MoonshineModel:
    """A loaded model. Any thread may run it."""

    encoder: Any
    decoder: Any
    cache: dict[str, tuple[int, ...]]
    pieces: dict[int, bytes]

    def recognise(self, samples: Float32Array, most_tokens: int) -> Recognised:
        """Return the tokens for ``samples``, shape ``(n,)`` at 16 kHz, taking the likeliest each.

        Raises:
            SpeechEngineError: onnxruntime failed.
        """
        try:
            return self._recognise(samples[np.newaxis], most_tokens)
        except Exception as error:
            raise SpeechEngineError(f"Moonshine failed: {error}") from error

    def _recognise(self, samples: Float32Array, most_tokens: int) -> Recognised:
        fixed = self._encoded(samples)
        cache = {name: np.zeros(shape, np.float32) for name, shape in self.cache.items()}
        renewed = [o.name.replace("present", "past_key_values") for o in self.decoder.get_outputs()]
        tokens, certainty = [_BEGIN], 0.0
        for step in range(most_tokens):
            results = self.decoder.run(
                None,
                {
                    "input_ids": np.array([tokens[-1:]], np.int64),
                    "use_cache_branch": np.array([step > 0]),
                    **fixed,
                    **cache,
                },
            )
            token, logarithm = _likeliest(results[renewed.index("logits")][0, -1])
            certainty += logarithm
            if token == _END:
                return Recognised(tokens[1:], math.exp(certainty / (step + 1)), ended=True)
            tokens.append(token)
            for name, value in zip(renewed, results, strict=True):
                # With the cache in use, what came of the encoder stays as at the first step.
                if name in cache and (step == 0 or ".decoder." in name):
                    cache[name] = value
        return Recognised(tokens[1:], math.exp(certainty / max(most_tokens, 1)), ended=False)

    def _encoded(self, samples: Float32Array) -> dict[str, NDArray[Any]]:
        mask = np.ones(samples.shape, np.int64)
        given: dict[str, NDArray[Any]] = {"input_values": samples}
        if "attention_mask" in {i.name for i in self.encoder.get_inputs()}:
            given["attention_mask"] = mask
        fixed = {"encoder_hidden_states": self.encoder.run(None, given)[0]}
        if "encoder_attention_mask" in {i.name for i in self.decoder.get_inputs()}:
            fixed["encoder_attention_mask"] = mask
        return fixed


def load_model(files: MoonshineFiles) -> MoonshineModel:
    """Load ``files``.

    Raises:
        MissingExtraError: onnxruntime is not installed.
        SpeechEngineError: they are not those of this model, or damaged; the text says what to do.
    """
    onnxruntime("stt")  # what is missing then is not a file
    try:
        return _load(files)
    except SpeechEngineError as error:
        raise SpeechEngineError(f"{str(error).rstrip('.')}. {files.remedy}") from error


def _load(files: MoonshineFiles) -> MoonshineModel:
    encoder, decoder = open_model(files.encoder, "stt"), open_model(files.decoder, "stt")
    check_inputs(encoder, files.encoder, ["input_values"])
    check_inputs(decoder, files.decoder, ["input_ids", "encoder_hidden_states", "use_cache_branch"])
    cache: dict[str, tuple[int, ...]] = {
        given.name: (0, int(given.shape[1]), 1, int(given.shape[3]))
        for given in decoder.get_inputs()
        if _CACHE.fullmatch(given.name)
    }
    if not cache:
        raise SpeechEngineError(f"{files.decoder} is not the merged decoder: it has no cache.")
    tokens = next((o.shape[-1] for o in decoder.get_outputs() if o.name == "logits"), None)
    if tokens is None:
        raise SpeechEngineError(f"{files.decoder} is not the decoder: it has no logits.")
    known = tokens if isinstance(tokens, int) else None
    return MoonshineModel(encoder, decoder, cache, read_vocabulary(files.tokenizer, known))


def _likeliest(logits: Float32Array) -> tuple[int, float]:
    """Return the likeliest token, and the logarithm of its probability."""
    token = int(logits.argmax())
    return token, -math.log(float(np.exp(logits - logits[token]).sum()))
