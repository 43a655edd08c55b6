"""espeak-ng as a test needs it: the same words always sound the same.

The library's state goes on from one text to the next, so that what it says differs by some samples
with what the process said before. A recogniser or a voice detector at its limit then decides by the
order of the tests. Here each text is spoken by a copy of the library that has said nothing yet.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.speech.synthesis.espeak import EspeakTTS, EspeakTTSOptions
from gradio_webrtc.speech.synthesis.espeak_library import EspeakLibrary, library_path


def repeatably_spoken(
    text: str, options: EspeakTTSOptions | None = None, voice: EspeakTTS | None = None
) -> tuple[int, Int16Array]:
    """Return ``text`` spoken, ``(22050, int16 of shape (samples,))``, alike in every process.

    It takes some milliseconds and leaves less than a megabyte behind: keep what you say often.

    Raises:
        ConfigurationError: ``text`` is no text, or there is no such voice.
        SpeechEngineError: the library cannot be loaded, or failed.
    """
    # The system knows a loaded library by its file: only a copy has a state of its own. A system
    # that keeps files of loaded libraries in place (Windows) keeps the copy too.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        copy = shutil.copy(library_path(), Path(folder))
        library = EspeakLibrary(str(copy))
        try:
            return (voice or EspeakTTS()).tts_by(library, text, options)
        finally:
            library.close()
