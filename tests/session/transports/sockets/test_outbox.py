"""Sending in order, to a client that reads, one that is slow, and one that never does."""

from __future__ import annotations

import asyncio

import pytest

from gradio_webrtc.transports.sockets import outbox as limits
from gradio_webrtc.transports.sockets.outbox import MAX_MEDIA, SEND_SECONDS, Outbox
from tests.support.memory_socket import MemorySocket
from tests.support.sessions import settle

pytestmark = pytest.mark.looptime


class Sender:
    """An outbox, its socket, and what it said of its failure."""

    def __init__(self) -> None:
        self.socket = MemorySocket()
        self.failed: list[str | None] = []
        self.box = Outbox(self.socket, self.failed.append)

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.socket.sent]


async def test_all_goes_out_in_order() -> None:
    sender = Sender()
    sender.box.send("a")
    await sender.box.play(["b", "c"])
    sender.box.send("d")
    await sender.box.flushed()
    assert sender.texts == ["a", "b", "c", "d"]
    await sender.box.aclose(1)


async def test_playing_waits_for_a_client_that_is_slow() -> None:
    sender = Sender()
    sender.socket.reads.clear()

    async def play() -> None:
        for number in range(100):
            await sender.box.play([str(number)])

    playing = asyncio.ensure_future(play())
    await asyncio.sleep(SEND_SECONDS - 1)
    assert not playing.done()
    assert 0 < len(sender.box._waiting) <= MAX_MEDIA
    sender.socket.reads.set()
    await playing
    await sender.box.flushed()
    assert sender.texts == [str(number) for number in range(100)]
    assert sender.failed == []
    await sender.box.aclose(1)


async def test_sound_that_waits_can_be_forgotten() -> None:
    sender = Sender()
    sender.socket.reads.clear()
    sender.box.send("first")
    await settle()
    await sender.box.play(["sound"])
    sender.box.send("said")
    await sender.box.play(["sound"])
    sender.box.drop_media()
    sender.socket.reads.set()
    await sender.box.flushed()
    assert sender.texts == ["first", "said"]
    await sender.box.aclose(1)


async def test_a_client_that_never_reads_is_given_up_and_lets_everybody_go() -> None:
    sender = Sender()
    sender.socket.reads.clear()
    for _ in range(2):
        await sender.box.play(["sound"] * MAX_MEDIA)
        await settle()
    waiting = [
        asyncio.ensure_future(sender.box.flushed()),
        asyncio.ensure_future(sender.box.play(["more"])),
    ]
    began = asyncio.get_running_loop().time()
    await asyncio.wait(waiting)
    passed = asyncio.get_running_loop().time() - began
    assert passed == pytest.approx(SEND_SECONDS, abs=0.6)
    assert sender.failed == ["The client took nothing of what it was sent for 10 seconds."]
    sender.box.send("late")
    assert not sender.box._waiting
    await sender.box.aclose(1)


async def test_a_client_that_always_takes_something_is_kept_for_hours() -> None:
    sender = Sender()
    for _ in range(500):
        sender.socket.reads.clear()
        sender.box.send("a")
        await asyncio.sleep(SEND_SECONDS - 2)
        sender.socket.reads.set()
        await asyncio.sleep(0.1)
    assert sender.failed == []
    assert len(sender.texts) == 500
    await sender.box.aclose(1)


@pytest.mark.parametrize("what", ["MAX_MESSAGES", "MAX_CHARACTERS"])
async def test_texts_that_wait_are_bounded(what: str) -> None:
    sender = Sender()
    sender.socket.reads.clear()
    text = "x" if what == "MAX_MESSAGES" else "x" * 100_000
    for _ in range(limits.MAX_MESSAGES + 5):
        sender.box.send(text)
    assert sender.failed == ["The client does not read what it is sent."]
    assert not sender.box._waiting
    await sender.box.aclose(1)


async def test_a_text_of_any_length_goes_out_when_nothing_waits() -> None:
    sender = Sender()
    sender.box.send("x" * (2 * limits.MAX_CHARACTERS))
    await sender.box.flushed()
    assert len(sender.texts[0]) == 2 * limits.MAX_CHARACTERS
    assert sender.failed == []
    await sender.box.aclose(1)


async def test_a_client_that_is_gone() -> None:
    sender = Sender()
    sender.socket.hang_up()
    with pytest.raises(Exception, match="client_closed"):
        await sender.socket.receive()
    sender.box.send("a")
    await settle()
    assert sender.failed == [None]
    await sender.box.aclose(1)


async def test_a_broken_socket_is_logged_and_told(caplog: pytest.LogCaptureFixture) -> None:
    sender = Sender()

    async def broken(text: str) -> None:
        raise ValueError("a mistake")

    sender.socket.send = broken
    sender.box.send("a")
    await settle()
    assert sender.failed == [None]
    assert "a mistake" in caplog.text
    await sender.box.aclose(1)


async def test_closing_sends_what_waits_and_does_not_wait_for_ever() -> None:
    sender = Sender()
    sender.box.send("goodbye")
    await sender.box.aclose(1)
    await sender.box.aclose(1)
    assert sender.texts == ["goodbye"]
    stuck = Sender()
    stuck.socket.reads.clear()
    stuck.box.send("goodbye")
    began = asyncio.get_running_loop().time()
    await stuck.box.aclose(1)
    assert asyncio.get_running_loop().time() - began == pytest.approx(1, abs=0.1)
    assert stuck.failed == []
