"""The Realtime demo as a person uses it, against a service that speaks the same protocol."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.browser.conftest import Open, Serve
from tests.browser.fake_microphone import microphone
from tests.browser.pages import Component, Visit
from tests.support import demos
from tests.support.realtime_service import KEY, RealtimeService

LONG = "Let me think about that for a while. " * 8
"""An answer that goes on when the next question is asked."""


@pytest.fixture(scope="module")
def hearing(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Flags: the microphone asks the same question every few seconds."""
    path = tmp_path_factory.mktemp("voice") / "question.wav"
    return microphone(path, 1.0, "What is the capital of France?", 5.0)


def heard_ms(service: RealtimeService) -> list[int]:
    """Return how much of each answer that was cut the service was told was heard."""
    return [cut["audio_end_ms"] for cut in service.of("conversation.item.truncate")]


@pytest.fixture
def talk(
    serve: Serve, visit: Open, hearing: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """Return a function that opens the demo, connected to a service."""
    with ExitStack() as stack:

        def opened(service: RealtimeService | None = None, key: str = KEY) -> Component:
            monkeypatch.setenv("OPENAI_API_KEY", key)
            if service is not None:
                stack.enter_context(service.running())
                monkeypatch.setenv("OPENAI_BASE_URL", service.url)
            demo = demos.load("talk_to_realtime_api").demo
            return visit(serve(demo), flags=hearing).component()

        yield opened


def messages(visit: Visit) -> list[str]:
    """Return what the chat shows, the person's and the service's words in turn."""
    shown = visit.page.locator("[data-testid=user], [data-testid=bot]").all_inner_texts()
    return [" ".join(each.split()) for each in shown]


def test_a_question_is_answered_aloud_and_in_writing(talk: Any) -> None:
    service = RealtimeService()
    component = talk(service)
    component.start()
    visit = component.visit
    visit.until(lambda: component.turn() == "replying", "the answer")
    visit.until(component.hears, "its voice")
    visit.until(
        lambda: messages(visit)[:2] == [service.question, service.answer],
        lambda: f"both in writing; there is {messages(visit)}",
    )
    visit.until(lambda: component.turn() == "listening", "its end")
    took = iter(component.turns())
    assert all(
        turn in took for turn in ["listening", "speaking", "thinking", "replying", "listening"]
    )
    component.stop()
    assert service.problems == []
    asked = service.of("session.update")[0]["session"]["audio"]
    assert asked["input"]["format"] == asked["output"]["format"]
    assert asked["input"]["format"] == {"type": "audio/pcm", "rate": 24_000}


def test_speaking_into_an_answer_stops_it_and_tells_how_much_was_heard(talk: Any) -> None:
    service = RealtimeService(answer=LONG, names="audio")
    component = talk(service)
    component.start()
    visit = component.visit
    visit.until(lambda: component.turn() == "replying", "the answer")
    visit.until(component.hears, "its voice")
    visit.until(lambda: component.turn() == "speaking", "the next question")
    assert not component.hears(), f"still heard; the turns were {component.turns()}"
    # Between two questions there are seven seconds; the answer takes eighteen. A busy machine may
    # tear a question apart, and then an answer to its beginning is cut by its end.
    visit.until(
        lambda: any(3_000 < each < 12_000 for each in heard_ms(service)),
        lambda: f"how much was heard; it was {heard_ms(service)} ms",
    )
    # The service sent all of it at once; what was not heard is not shown.
    said = [words for words in messages(visit) if LONG.startswith(words[:30])]
    assert said
    assert all(len(words) < 0.8 * len(LONG) for words in said)
    visit.until(lambda: component.turn() == "replying", "the next answer")


def test_what_the_service_cannot_do_is_shown_and_one_can_go_on(talk: Any) -> None:
    component = talk(RealtimeService(error="The model is overloaded."))
    component.start()
    component.page.get_by_text("The model is overloaded.").first.wait_for()
    component.visit.until(lambda: component.turn() == "listening", "readiness for another try")
    assert component.state() == "connected"


def test_a_service_that_hangs_up_ends_the_stream_with_words(talk: Any) -> None:
    component = talk(RealtimeService(hang_up=True))
    component.start()
    component.reach("failed")
    assert "The speech service has ended the conversation." in (component.error() or "")


@pytest.mark.parametrize(
    ("key", "words"),
    [("", "Set the environment variable OPENAI_API_KEY"), ("sk-wrong", "check OPENAI_API_KEY")],
)
def test_a_missing_or_wrong_key_is_named_in_the_page(talk: Any, key: str, words: str) -> None:
    component = talk(RealtimeService(), key=key)
    component.part("webrtc-start").click()
    component.reach("failed")
    assert words in (component.error() or "")
