"""The espeak-ng library, called through ctypes from any thread, one call at a time.

The library holds its voice, its parameters and the text it is at in global variables, so one lock
guards it. Nobody holds that lock while somebody else's code runs: what is to be spoken comes in
short pieces, and a piece is spoken to its end, which takes a thousandth of the time it lasts.
"""

from __future__ import annotations

import ctypes
import functools
import os
import threading
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradio_webrtc.errors import ConfigurationError, MissingExtraError, SpeechEngineError
from gradio_webrtc.media.audio.pcm import Int16Array

# From espeak-ng's speak_lib.h.
_SYNCHRONOUS = 2
_DO_NOT_EXIT = 0x8000
_BUFFER_MS = 60
_TEXT_IS_UTF8 = 1
_IPA = 0x02
_PAUSE_AT_END = 0x1000
_POSITION_IN_CHARACTERS = 1
_PARAMETERS = {"rate": 1, "volume": 2, "pitch": 3, "range": 4, "word_gap": 7}
_LONGEST_PATH = 159

_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("unused", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


class EspeakLibrary:
    """One process's espeak-ng. Get it from :func:`espeak_library`; safe from any thread.

    What it says sounds a little different by what it said before. An instance of another ``path``
    (a copy of the library's file) has a state of its own.
    """

    def __init__(self, path: str | None = None) -> None:
        self._lock = threading.Lock()
        self._library, data = _load(path)
        self._pieces: list[Int16Array] = []
        # The library keeps a bare pointer to the callback, so it must live as long as the library.
        self._callback = _CALLBACK(self._receive)
        self.sample_rate: int = self._library.espeak_Initialize(
            _SYNCHRONOUS, _BUFFER_MS, data, _DO_NOT_EXIT
        )
        if self.sample_rate <= 0:
            too_long = len(data) > _LONGEST_PATH
            raise SpeechEngineError(
                f"espeak-ng cannot read its data in {os.fsdecode(data)}"
                + (
                    f": the path is longer than {_LONGEST_PATH} bytes. Install into a shorter one."
                    if too_long
                    else ". Install the package anew: pip install --force-reinstall espeakng-loader"
                )
            )
        self._library.espeak_SetSynthCallback(self._callback)

    def speak(
        self, text: str, voice: str, parameters: Mapping[str, int], *, pause_after: bool
    ) -> Int16Array:
        """Return ``text`` spoken, int16 of shape ``(samples,)`` at ``sample_rate``.

        Args:
            text: a sentence or two; nothing else is spoken meanwhile.
            voice: a language or voice, with a variant after ``+`` if wanted: ``"en-us+f3"``.
            parameters: ``rate`` in words a minute, ``volume``, ``pitch``, ``range``, ``word_gap``.
            pause_after: whether the pause that belongs after a sentence is added.

        Raises:
            ConfigurationError: there is no such voice.
            SpeechEngineError: the library failed.
        """
        encoded = _encoded(text)
        flags = _TEXT_IS_UTF8 | (_PAUSE_AT_END if pause_after else 0)
        with self._lock:
            self._use(voice)
            for name, value in parameters.items():
                self._library.espeak_SetParameter(_PARAMETERS[name], value, 0)
            self._pieces = []
            status = self._library.espeak_Synth(
                encoded, len(encoded) + 1, 0, _POSITION_IN_CHARACTERS, 0, flags, None, None
            )
            pieces, self._pieces = self._pieces, []
        if status != 0:
            raise SpeechEngineError(f"espeak-ng failed with status {status} to speak {text[:60]!r}")
        return np.concatenate(pieces) if pieces else np.zeros(0, np.int16)

    def phonemes(self, text: str, voice: str) -> list[str]:
        """Return the IPA of each clause of ``text``, with stress marks and without punctuation.

        Raises:
            ConfigurationError: there is no such voice.
        """
        rest = ctypes.c_char_p(_encoded(text))
        clauses = []
        with self._lock:
            self._use(voice)
            while rest.value is not None:
                said = self._library.espeak_TextToPhonemes(ctypes.byref(rest), _TEXT_IS_UTF8, _IPA)
                clauses.append((said or b"").decode("utf-8", "replace"))
        return clauses

    def close(self) -> None:
        """Give back what it holds; nothing may be spoken any more."""
        with self._lock:
            self._library.espeak_Terminate()

    def voices(self) -> list[str]:
        """Return the languages that can be spoken, such as ``"en-us"``, in order."""
        with self._lock:
            return sorted(self._languages())

    def _use(self, voice: str) -> None:
        if self._library.espeak_SetVoiceByName(_encoded(voice)) == 0:
            return
        # A language whose file has another name, such as "fr-fr".
        language, plus, variant = voice.partition("+")
        files = self._languages()
        file = files.get(language.lower(), "") + plus + variant
        if self._library.espeak_SetVoiceByName(_encoded(file)) != 0:
            raise ConfigurationError(
                f"espeak-ng has no voice {voice!r}. It has: {', '.join(sorted(files))}; each also "
                "with a variant, such as 'en-us+f3'."
            )

    def _languages(self) -> dict[str, str]:
        """Return the file of the voice of each language."""
        listed = self._library.espeak_ListVoices(None)
        found: dict[str, str] = {}
        at = 0
        while listed[at]:
            voice = listed[at].contents
            # A priority byte comes before the language.
            language = voice.languages[1:].decode("utf-8", "replace").lower()
            found.setdefault(language, voice.identifier.decode("utf-8", "replace"))
            at += 1
        return found

    def _receive(self, samples: Any, count: int, events: Any) -> int:
        if count > 0 and samples:
            self._pieces.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0


@functools.cache
def _library_once() -> EspeakLibrary:
    return EspeakLibrary()


_LOADING = threading.Lock()


def espeak_library() -> EspeakLibrary:
    """Return the process's library, loaded on the first call (about a millisecond).

    Raises:
        MissingExtraError: the package ``espeakng-loader`` is not installed.
        SpeechEngineError: the library or its data cannot be loaded.
    """
    with _LOADING:
        return _library_once()


def library_path() -> str:
    """Return the file of the installed library.

    Raises:
        MissingExtraError: the package ``espeakng-loader`` is not installed.
    """
    return str(_loader().get_library_path())


def _loader() -> Any:
    try:
        import espeakng_loader
    except ImportError as error:
        raise MissingExtraError(
            "The built-in voice needs the package espeakng-loader: pip install espeakng-loader"
        ) from error
    return espeakng_loader


def _load(path: str | None) -> tuple[Any, bytes]:
    path = path or library_path()
    try:
        library = ctypes.CDLL(path)
        data = os.fsencode(_loader().get_data_path())
    except (OSError, RuntimeError) as error:
        raise SpeechEngineError(
            f"espeak-ng cannot be loaded from {path}: {error}. Is there a wheel of espeakng-loader "
            "for this system? Use another engine otherwise: see the guide on speech engines."
        ) from error
    library.espeak_Synth.argtypes = (
        ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint,
        ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p,
    )  # fmt: skip
    library.espeak_SetVoiceByName.argtypes = (ctypes.c_char_p,)
    library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    library.espeak_TextToPhonemes.argtypes = (
        ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int,
    )  # fmt: skip
    return library, data


def _encoded(text: str) -> bytes:
    return text.replace("\0", " ").encode("utf-8", "replace")
