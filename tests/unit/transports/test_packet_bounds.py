"""Queues and sessions that strangers cannot make grow."""

from __future__ import annotations

import pylibsrtp
import pytest

from gradio_webrtc.transports.packet_bounds import MAX_SSRCS, BoundedQueue, BoundedSession


class FakeSrtp:
    """Takes each packet for authentic that does not end in a cross."""

    def unprotect(self, data: bytes) -> bytes:
        if data.endswith(b"x"):
            raise pylibsrtp.Error("authentication failure")
        return b"media"

    def unprotect_rtcp(self, data: bytes) -> bytes:
        self.unprotect(data)
        return b"report"


def media(ssrc: int, end: bytes = b"") -> bytes:
    return bytes(8) + ssrc.to_bytes(4, "big") + end


def report(ssrc: int) -> bytes:
    return bytes(4) + ssrc.to_bytes(4, "big")


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def session(complaints: list[str]) -> BoundedSession:
    return BoundedSession(FakeSrtp(), complaints.append)


def test_media_and_reports_of_a_source_count_as_one(
    session: BoundedSession, complaints: list[str]
) -> None:
    for ssrc in range(MAX_SSRCS):
        assert session.unprotect(media(ssrc)) == b"media"
        assert session.unprotect_rtcp(report(ssrc)) == b"report"
    assert complaints == []


def test_one_source_too_many_is_refused_and_the_others_go_on(
    session: BoundedSession, complaints: list[str]
) -> None:
    for ssrc in range(MAX_SSRCS):
        session.unprotect(media(ssrc))
    for unprotect, data in ((session.unprotect, media(999)), (session.unprotect_rtcp, report(999))):
        with pytest.raises(pylibsrtp.Error, match="too many sources"):
            unprotect(data)
    assert complaints == [f"it sends from more than {MAX_SSRCS} sources"] * 2
    assert session.unprotect(media(0)) == b"media"


def test_who_has_no_keys_uses_up_no_place(session: BoundedSession) -> None:
    for ssrc in range(10 * MAX_SSRCS):
        with pytest.raises(pylibsrtp.Error, match="authentication"):
            session.unprotect(media(ssrc, b"x"))
    assert session.unprotect(media(MAX_SSRCS)) == b"media"


async def test_a_full_queue_drops_what_comes_but_never_its_end() -> None:
    queue: BoundedQueue[int] = BoundedQueue(2)
    for number in range(5):
        queue.put_nowait(number)
    assert queue.qsize() == 2
    queue.put_nowait(None)
    assert [queue.get_nowait() for _ in range(queue.qsize())] == [1, None]


async def test_what_can_be_taken_at_once_is_unless_something_waits_before_it() -> None:
    taken: list[int] = []

    def even(number: int) -> bool:
        if number % 2 == 0:
            taken.append(number)
        return number % 2 == 0

    queue: BoundedQueue[int] = BoundedQueue(10, even)
    for number in (0, 2, 3, 4, 5):
        queue.put_nowait(number)
    queue.put_nowait(None)
    assert taken == [0, 2]
    assert [queue.get_nowait() for _ in range(queue.qsize())] == [3, 4, 5, None]
