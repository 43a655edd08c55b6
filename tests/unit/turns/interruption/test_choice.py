"""What an author's options come to."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from gradio_webrtc import ConfigurationError, InterruptionOptions, InterruptionWords, ReplyOnPause
from gradio_webrtc.concurrency.pooled_threads import POOLED
from gradio_webrtc.handlers.invoke import call
from gradio_webrtc.turns.interruption import choice
from gradio_webrtc.turns.interruption.choice import understanding_of

TINY = "moonshine/tiny"


class Model:
    def stt(self, audio: Any) -> str:
        return ""


def reply(audio: Any) -> None:
    """Reply nothing."""


async def test_by_default_words_decide_where_an_accurate_recogniser_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert understanding_of(InterruptionOptions()) is None, "pocketsphinx is none"
    monkeypatch.setenv("GRADIO_WEBRTC_STT", "a-web-service")
    assert understanding_of(InterruptionOptions()) is None, "it may cost money"
    asked = understanding_of(InterruptionOptions(words="en"))
    assert asked is not None
    assert asked.stt == "a-web-service"
    monkeypatch.setattr(choice, "ready_stt_engine", lambda: TINY)
    understanding = understanding_of(InterruptionOptions())
    assert understanding is not None
    assert understanding.stt == TINY
    assert await call(understanding.judge, "Stop.", worker=POOLED) is True


@pytest.mark.parametrize(
    "options",
    [
        InterruptionOptions(words=None, stt=Model()),
        InterruptionOptions(resume=False, stt=Model()),
        InterruptionOptions(min_speech_s=0, stt=Model()),
    ],
)
def test_words_can_be_without_use(options: InterruptionOptions) -> None:
    assert understanding_of(options) is None


async def test_words_a_language_or_a_function() -> None:
    words = InterruptionWords(ends=frozenset({"basta"}))
    for chosen, said in ((words, "basta"), ("en", "stop"), (lambda text: text == "x", "x")):
        model = Model()
        understanding = understanding_of(InterruptionOptions(words=chosen, stt=model))
        assert understanding is not None
        assert understanding.stt is model
        assert await call(understanding.judge, said, worker=POOLED) is True


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"words": "en"}, "none is installed"),
        ({"words": lambda text: None}, "none is installed"),
        ({"words": "xx", "stt": Model()}, "no interruption words for 'xx'"),
        ({"words": 3, "stt": Model()}, "words must be"),
    ],
)
def test_what_cannot_work_is_refused_where_it_is_written(
    options: dict[str, Any], words: str
) -> None:
    make = partial(ReplyOnPause, reply, interruption=InterruptionOptions(**options))
    with pytest.raises(ConfigurationError, match=words):
        make()


def test_what_is_no_recogniser_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"stt must have stt\(audio\)"):
        InterruptionOptions(stt=3)  # type: ignore[arg-type]
