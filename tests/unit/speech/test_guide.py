"""The examples of the guide on speech engines."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradio_webrtc.speech.synthesis.espeak import EspeakTTS

GUIDE = Path(__file__).parents[3] / "docs/guides/speech.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="pocketsphinx has no wheels for it")
async def test_the_first_example_repeats_what_it_hears():
    """On a running loop, because Gradio makes itself one that it does not close otherwise."""
    app: dict[str, Any] = {"__name__": "app"}
    exec(compile(EXAMPLES[0], str(GUIDE), "exec"), app)
    rate, samples = EspeakTTS().tts("one two three four five")
    spoken = list(app["repeat"]((rate, samples[np.newaxis])))
    expected = EspeakTTS().tts("You said: one two three four five")[1]
    assert sum(len(s) for _, s in spoken) == pytest.approx(len(expected), rel=0.05)


def test_options_of_the_built_in_voice_can_be_used_as_shown():
    from gradio_webrtc import EspeakTTSOptions

    voice = EspeakTTS()
    assert 'EspeakTTSOptions(voice="de", speed=0.9, pitch=60)' in EXAMPLES[1]
    assert len(voice.tts("Guten Tag", EspeakTTSOptions(voice="de", speed=0.9, pitch=60))[1]) > 0
    assert len(voice.tts("Hush", EspeakTTSOptions(voice="en-us+whisper"))[1]) > 0
