"""Speech in Firefox: who speaks is answered, and who speaks again interrupts the answer."""

from __future__ import annotations

from pathlib import Path

from tests.browser.conftest import Open, Serve
from tests.browser.firefox.apps import REPLY_HZ, conversation_app
from tests.browser.firefox.spoken_microphone import speaking
from tests.browser.firefox.test_streams import hears, turn_is


def test_a_question_is_answered_and_the_next_one_interrupts(
    serve: Serve, visit: Open, tmp_path: Path
) -> None:
    asking = speaking(tmp_path / "question.wav", 1.0, "What is the capital of France?", 4.0)
    component = visit(serve(conversation_app()), script=asking).component()
    component.start()
    turn_is(component, "replying")
    hears(component, REPLY_HZ)
    turn_is(component, "speaking")
    component.visit.until(lambda: not component.hears(), "the reply to fall silent")
    turn_is(component, "replying")
    hears(component, REPLY_HZ)
    component.stop()
    # On a busy machine a question may be torn apart, which adds turns and changes no order.
    took = iter(component.turns())
    assert all(turn in took for turn in ["listening", *2 * ["speaking", "replying"]])
