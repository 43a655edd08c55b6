"""A turn detector decides, or silence does."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import numpy as np
import pytest

from gradio_webrtc.turns.end_of_turn.question import EndOfTurnQuestion
from tests.support.sessions import until

SAID = np.arange(800, dtype=np.int16).reshape(1, -1)


class Detector:
    """Answers what the test wants."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[int, np.ndarray]] = []
        self.threads: list[threading.Thread] = []

    def finished(self, utterance: tuple[int, np.ndarray]) -> Any:
        self.asked.append(utterance)
        self.threads.append(threading.current_thread())
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class AsyncDetector(Detector):
    async def finished(self, utterance: tuple[int, np.ndarray]) -> Any:
        return super().finished(utterance)


@pytest.mark.parametrize("kind", [Detector, AsyncDetector])
@pytest.mark.parametrize(
    ("answer", "finished"), [(0.9, True), (0.5, True), (0.49, False), (0, False)]
)
async def test_it_decides_by_the_threshold(kind: Any, answer: float, finished: bool) -> None:
    detector = kind(answer)
    question = EndOfTurnQuestion(detector, 0.5, 5.0)
    assert await question.finished(16_000, SAID) is finished
    rate, said = detector.asked[0]
    assert rate == 16_000
    assert np.array_equal(said, SAID)
    on_loop = detector.threads[0] is threading.current_thread()
    assert on_loop == (kind is AsyncDetector)
    await question.aclose()


async def test_it_is_given_one_channel() -> None:
    detector = Detector(1.0)
    question = EndOfTurnQuestion(detector, 0.5, 5.0)
    await question.finished(16_000, np.vstack([SAID, SAID * 3]))
    assert np.array_equal(detector.asked[0][1], SAID * 2)
    assert detector.asked[0][1].dtype == np.int16
    await question.aclose()


@pytest.mark.parametrize("kind", [Detector, AsyncDetector])
@pytest.mark.parametrize("answer", [ValueError("no model"), float("nan"), 7, "yes"])
async def test_one_that_fails_leaves_it_to_silence_and_is_named_once(
    kind: Any, answer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    question = EndOfTurnQuestion(kind(answer), 0.5, 5.0)
    for _ in range(3):
        assert await question.finished(16_000, SAID) is None
    assert caplog.text.count("the turn ends by silence") == 1
    assert kind.__name__ in caplog.text
    await question.aclose()


async def test_one_that_is_slow_is_not_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    gate = threading.Event()

    class Slow(Detector):
        def finished(self, utterance: Any) -> float:
            super().finished(utterance)
            gate.wait(20)
            return 0.0

    detector = Slow(0.0)
    question = EndOfTurnQuestion(detector, 0.5, 0.1)
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert await question.finished(16_000, SAID) is None
    assert loop.time() - began < 5
    # Still busy: it is not asked again before it has answered.
    assert await question.finished(16_000, SAID) is None
    assert len(detector.asked) == 1
    gate.set()
    await until(lambda: question._asked is not None and question._asked.done())
    patient = EndOfTurnQuestion(detector, 0.5, 5.0)
    assert await patient.finished(16_000, SAID) is False
    await question.aclose()
    await patient.aclose()
    assert caplog.text.count("took longer") == 1


async def test_closing_does_not_wait_for_it() -> None:
    class Stuck:
        async def finished(self, utterance: Any) -> float:
            await asyncio.Event().wait()
            return 1.0

    question = EndOfTurnQuestion(Stuck(), 0.5, 0.05)
    assert await question.finished(16_000, SAID) is None
    await asyncio.wait_for(question.aclose(), 5)


@pytest.mark.parametrize("kind", [Detector, AsyncDetector])
async def test_one_that_cannot_tell_says_so_and_is_not_blamed(
    kind: Any, caplog: pytest.LogCaptureFixture
) -> None:
    question = EndOfTurnQuestion(kind(None), 0.5, 5.0)
    assert await question.finished(16_000, SAID) is None
    assert not caplog.text
    await question.aclose()


async def test_the_answer_that_nobody_wants_any_more_is_waited_for_by_the_next_question(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gate, began = threading.Event(), threading.Event()

    class Slow(Detector):
        def finished(self, utterance: Any) -> float:
            super().finished(utterance)
            began.set()
            gate.wait(30)
            return 1.0

    detector = Slow(1.0)
    question = EndOfTurnQuestion(detector, 0.5, 30.0)
    first = asyncio.ensure_future(question.finished(16_000, SAID))
    await until(began.is_set)
    first.cancel()
    second = asyncio.ensure_future(question.finished(16_000, SAID * 2))
    await asyncio.sleep(0.05)
    assert len(detector.asked) == 1
    gate.set()
    assert await second is True
    assert np.array_equal(detector.asked[1][1], SAID * 2)
    assert first.cancelled()
    assert not caplog.text
    await question.aclose()


async def test_what_fails_when_nobody_wants_it_any_more_is_no_failure_of_the_next_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answers: list[asyncio.Future[float]] = []

    class Asks:
        async def finished(self, utterance: Any) -> float:
            answers.append(asyncio.get_running_loop().create_future())
            return await answers[-1]

    question = EndOfTurnQuestion(Asks(), 0.5, 30.0)
    first = asyncio.ensure_future(question.finished(16_000, SAID))
    await until(lambda: answers)
    first.cancel()
    second = asyncio.ensure_future(question.finished(16_000, SAID))
    answers[0].set_exception(ValueError("no model"))
    await until(lambda: len(answers) == 2)
    answers[1].set_result(1.0)
    assert await second is True
    assert not caplog.text
    await question.aclose()
