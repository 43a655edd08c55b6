"""One pocketsphinx decoder, which recognises one utterance after another.

The package's own module keeps the interpreter's lock while it recognises, a fifth of the time
that the utterance lasts, and meanwhile no other thread runs: every connection of the server would
stutter. The library inside that module can be called through ctypes, which lets go of the lock.
Where it cannot (its functions are not visible on every system), the module is used, in pieces so
short that the other threads get their turns, and without the second pass, which is one long call.
"""

from __future__ import annotations

import ctypes
import functools
import os
import threading
from typing import Any, Protocol

import numpy as np

from gradio_webrtc.errors import MissingExtraError, SpeechEngineError
from gradio_webrtc.media.audio.pcm import Int16Array

SAMPLE_RATE = 16_000
"""In Hz, of the acoustic model that comes with pocketsphinx."""

_PIECE = SAMPLE_RATE // 50
"""20 ms, which keep the interpreter's lock for a few milliseconds."""

_LIBRARY_CALLS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "err_set_loglevel_str": (ctypes.c_char_p, (ctypes.c_char_p,)),
    "ps_config_init": (ctypes.c_void_p, (ctypes.c_void_p,)),
    "ps_config_set_str": (ctypes.c_void_p, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p)),
    "ps_config_set_int": (ctypes.c_void_p, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_long)),
    "ps_config_free": (ctypes.c_int, (ctypes.c_void_p,)),
    "ps_init": (ctypes.c_void_p, (ctypes.c_void_p,)),
    "ps_free": (ctypes.c_int, (ctypes.c_void_p,)),
    "ps_start_utt": (ctypes.c_int, (ctypes.c_void_p,)),
    "ps_process_raw": (
        ctypes.c_int,
        (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int),
    ),
    "ps_end_utt": (ctypes.c_int, (ctypes.c_void_p,)),
    "ps_get_hyp": (ctypes.c_char_p, (ctypes.c_void_p, ctypes.c_void_p)),
}


_SEARCH = {"maxhmmpf": 2000, "maxwpf": 10, "topn": 2, "pl_window": 5}
"""A narrower search than the default: it takes 40 % of the time for the same errors (see the guide
on speech engines for how they were counted)."""


class Decoder(Protocol):
    """Recognises one utterance at a time."""

    def recognise(self, samples: Int16Array) -> str:
        """Return the words in ``samples``, mono of shape ``(n,)`` at 16 kHz; maybe none."""
        ...


def new_decoder() -> Decoder:
    """Load a decoder with the model that comes with pocketsphinx: about a second, 90 MB.

    Raises:
        MissingExtraError: pocketsphinx is not installed.
        SpeechEngineError: it cannot be loaded.
    """
    package = _package()
    model = package.get_model_path("en-us")
    files = {
        "hmm": os.path.join(model, "en-us"),
        "lm": os.path.join(model, "en-us.lm.bin"),
        "dict": os.path.join(model, "cmudict-en-us.dict"),
    }
    library = _library()
    if library is not None:
        return LibraryDecoder(library, files)
    return ModuleDecoder(package, files)


class LibraryDecoder:
    """The decoder of the library, called without the interpreter's lock."""

    def __init__(self, library: Any, files: dict[str, str]) -> None:
        self._library = library
        config = library.ps_config_init(None)
        for name, value in files.items():
            library.ps_config_set_str(config, name.encode(), os.fsencode(value))
        for name, number in _SEARCH.items():
            library.ps_config_set_int(config, name.encode(), number)
        self._decoder = library.ps_init(config)
        library.ps_config_free(config)
        if not self._decoder:
            raise SpeechEngineError(
                f"pocketsphinx cannot load its model from {files['hmm']}. Install the package "
                "anew: pip install --force-reinstall pocketsphinx"
            )

    def __del__(self) -> None:
        if decoder := getattr(self, "_decoder", None):
            self._library.ps_free(decoder)

    def recognise(self, samples: Int16Array) -> str:
        """Return the words in ``samples``; see :class:`Decoder`."""
        samples = np.ascontiguousarray(samples, np.int16)
        library, decoder = self._library, self._decoder
        library.ps_start_utt(decoder)
        processed = library.ps_process_raw(decoder, samples.ctypes.data, samples.size, 0, 1)
        ended = library.ps_end_utt(decoder)
        if processed < 0 or ended < 0:
            raise SpeechEngineError("pocketsphinx failed to recognise an utterance.")
        return (library.ps_get_hyp(decoder, None) or b"").decode("utf-8", "replace")


class ModuleDecoder:
    """The decoder of the Python module, in pieces.

    In pieces it cannot know the mean of the whole utterance, which it subtracts to forget the
    microphone, and without that it mistakes most words. A second decoder that searches for next to
    nothing tells the mean beforehand, within 3 ms.
    """

    def __init__(self, package: Any, files: dict[str, str]) -> None:
        try:
            self._decoder = package.Decoder(
                package.Config(loglevel="FATAL", fwdflat=False, **_SEARCH, **files)
            )
            self._mean_estimator = package.Decoder(
                package.Config(
                    loglevel="FATAL", hmm=files["hmm"], lm=None, keyphrase="a", ds=20, topn=1
                )
            )
        except (RuntimeError, ValueError) as error:
            raise SpeechEngineError(f"pocketsphinx cannot load its model: {error}") from error

    def recognise(self, samples: Int16Array) -> str:
        """Return the words in ``samples``; see :class:`Decoder`."""
        self._mean_estimator.start_utt()
        self._mean_estimator.process_raw(samples.tobytes(), no_search=True, full_utt=True)
        mean = self._mean_estimator.get_cmn(False)
        self._mean_estimator.end_utt()
        self._decoder.set_cmn(mean)
        self._decoder.start_utt()
        for start in range(0, samples.size, _PIECE):
            self._decoder.process_raw(samples[start : start + _PIECE].tobytes())
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return found.hypstr if found else ""


def _package() -> Any:
    try:
        import pocketsphinx
    except ImportError as error:
        raise MissingExtraError(
            "The built-in recognition needs the package pocketsphinx: pip install pocketsphinx. "
            "It has no wheels for Python 3.14 yet; use Python 3.13 there, or another engine: "
            'pip install "gradio_webrtc[stt]".'
        ) from error
    return pocketsphinx


_LOADING = threading.Lock()


def _library() -> Any:
    with _LOADING:
        return _library_once()


@functools.cache
def _library_once() -> Any:
    """Return the library inside the package's module, or None where its functions are hidden."""
    from pocketsphinx import _pocketsphinx

    try:
        library = ctypes.CDLL(_pocketsphinx.__file__)
        for name, (result, arguments) in _LIBRARY_CALLS.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError):
        return None
    library.err_set_loglevel_str(b"FATAL")
    return library
