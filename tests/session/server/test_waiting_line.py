"""The line in front of a full stream."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from gradio_webrtc.errors import ConcurrencyLimitReachedError, UnknownConnectionError
from gradio_webrtc.server import waiting_line as waiting
from gradio_webrtc.server.waiting_line import POLL_SECONDS, RESERVED_SECONDS, WaitingLine
from tests.support.sessions import settle

pytestmark = pytest.mark.looptime


class Places:
    """Places that the test takes and frees."""

    def __init__(self, free: int | None) -> None:
        self.free = free
        self.line = WaitingLine(lambda: self.free)

    def add(self, count: int = 1) -> None:
        assert self.free is not None
        self.free += count
        self.line.admit()


@pytest.fixture
def full() -> Iterator[Places]:
    places = Places(0)
    yield places
    places.line.close()


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_a_free_place_is_reserved_at_once() -> None:
    places = Places(1)
    assert await places.line.wait("a", None) == 0
    assert now() == 0
    assert places.line.take("a", None)
    places.line.close()


async def test_without_a_limit_nobody_waits() -> None:
    places = Places(None)
    assert places.line.take("anybody", None)
    assert await places.line.wait("a", None) == 0
    places.line.close()


async def test_the_first_answer_tells_the_position_at_once(full: Places) -> None:
    positions = [await full.line.wait(name, None) for name in "abc"]
    assert positions == [1, 2, 3]
    assert now() == 0


async def test_a_poll_answers_in_time_when_nothing_happens(full: Places) -> None:
    assert await full.line.wait("a", None) == 1
    assert await full.line.wait("a", None) == 1
    assert now() == pytest.approx(POLL_SECONDS, abs=0.1)


async def test_first_come_first_served(full: Places) -> None:
    for name in "abc":
        await full.line.wait(name, None)
    polls = {name: asyncio.ensure_future(full.line.wait(name, None)) for name in "cab"}
    await settle()
    full.add()
    await settle()
    assert {name: await poll for name, poll in polls.items()} == {"a": 0, "b": 1, "c": 2}
    assert now() == 0
    assert not full.line.take("b", None)
    assert full.line.take("a", None)


async def test_a_newcomer_cannot_overtake_a_reservation(full: Places) -> None:
    await full.line.wait("a", None)
    full.add()
    assert not full.line.take("newcomer", None)
    assert await full.line.wait("newcomer", None) == 1
    assert full.line.take("a", None)


async def test_two_places_admit_two(full: Places) -> None:
    for name in "abc":
        await full.line.wait(name, None)
    full.add(2)
    assert [await full.line.wait(name, None) for name in "ab"] == [0, 0]
    assert not full.line.take("c", None)


async def test_a_reservation_that_is_not_used_goes_to_the_next(full: Places) -> None:
    await full.line.wait("ghost", None)
    await full.line.wait("b", None)
    poll = asyncio.ensure_future(full.line.wait("b", None))
    await settle()
    full.add()
    assert await poll == 1  # it moved up, behind the reservation
    assert await full.line.wait("b", None) == 0
    assert now() == pytest.approx(RESERVED_SECONDS, abs=0.1)
    assert not full.line.take("ghost", None)
    assert full.line.take("b", None)


async def test_who_stops_asking_is_forgotten(full: Places) -> None:
    await full.line.wait("ghost", None)
    await full.line.wait("b", None)
    poll = asyncio.ensure_future(full.line.wait("b", None))
    assert await poll == 1
    assert now() == pytest.approx(RESERVED_SECONDS, abs=0.1)
    assert len(full.line) == 1


async def test_a_poll_in_progress_is_no_ghost(full: Places) -> None:
    for _ in range(4):
        assert await full.line.wait("a", None) == 1
    assert now() > 2 * RESERVED_SECONDS
    assert len(full.line) == 1


async def test_a_cancelled_poll_leaves_a_ghost_that_expires(full: Places) -> None:
    await full.line.wait("a", None)
    poll = asyncio.ensure_future(full.line.wait("a", None))
    await settle()
    poll.cancel()
    await asyncio.gather(poll, return_exceptions=True)
    await asyncio.sleep(RESERVED_SECONDS - 1)
    assert len(full.line) == 1
    await asyncio.sleep(2)
    assert len(full.line) == 0


async def test_leaving_moves_the_others_up(full: Places) -> None:
    for name in "abc":
        await full.line.wait(name, None)
    polls = [asyncio.ensure_future(full.line.wait(name, None)) for name in "bc"]
    await settle()
    assert full.line.leave("a", None)
    assert await asyncio.gather(*polls) == [1, 2]
    assert now() == 0
    assert not full.line.leave("a", None)


async def test_leaving_ends_ones_own_poll(full: Places) -> None:
    await full.line.wait("a", None)
    poll = asyncio.ensure_future(full.line.wait("a", None))
    await settle()
    full.line.leave("a", None)
    with pytest.raises(UnknownConnectionError):
        await poll


async def test_leaving_a_reservation_admits_the_next(full: Places) -> None:
    await full.line.wait("a", None)
    await full.line.wait("b", None)
    full.add()
    assert await full.line.wait("a", None) == 0
    assert full.line.leave("a", None)
    assert await full.line.wait("b", None) == 0


async def test_nobody_acts_for_another(full: Places) -> None:
    await full.line.wait("a", "owner")
    with pytest.raises(UnknownConnectionError):
        await full.line.wait("a", "thief")
    assert not full.line.leave("a", "thief")
    full.add()
    assert not full.line.take("a", "thief")
    assert full.line.take("a", "owner")


async def test_the_line_itself_is_bounded(full: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "MAX_WAITING", 3)
    for name in "abc":
        await full.line.wait(name, None)
    with pytest.raises(ConcurrencyLimitReachedError):
        await full.line.wait("d", None)
    assert len(full.line) == 3


async def test_closing_wakes_everybody(full: Places) -> None:
    for name in "ab":
        await full.line.wait(name, None)
    polls = [asyncio.ensure_future(full.line.wait(name, None)) for name in "ab"]
    await settle()
    full.line.close()
    results = await asyncio.gather(*polls, return_exceptions=True)
    assert [type(result) for result in results] == [UnknownConnectionError] * 2
    assert now() == 0
