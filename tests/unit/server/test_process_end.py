"""Who is ended with the process, and which signals are watched; ``tests/processes`` does it."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Iterator

import pytest

from gradio_webrtc.server import process_end
from gradio_webrtc.server.process_end import end_with_process, running_hosts, watch_signals


class FakeHost:
    """A host with a session that says when it was ended."""

    def __init__(self) -> None:
        self.stopped = threading.Event()

    def occupied(self) -> bool:
        return not self.stopped.is_set()

    async def stop_serving(self) -> None:
        self.stopped.set()


@pytest.fixture
def default_signals() -> Iterator[None]:
    before = {name: signal.signal(name, signal.SIG_DFL) for name in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


async def test_a_host_is_known_with_its_loop_and_once() -> None:
    host, loop = FakeHost(), asyncio.get_running_loop()
    for _ in range(3):
        end_with_process(host)
    assert [its for known, its in running_hosts() if known is host] == [loop]
    assert [known for known, _ in running_hosts(loop) if known is host] == [host]
    other = asyncio.new_event_loop()
    assert running_hosts(other) == []
    other.close()


def test_a_host_whose_loop_is_over_is_ended_no_more() -> None:
    host = FakeHost()

    async def serve() -> None:
        end_with_process(host)

    asyncio.run(serve())
    assert host not in [known for known, _ in running_hosts()]


@pytest.mark.usefixtures("default_signals")
def test_signals_that_end_a_process_at_once_are_watched() -> None:
    watch_signals()
    for number in (signal.SIGTERM, signal.SIGHUP):
        assert signal.getsignal(number) is process_end._on_signal
    assert signal.getsignal(signal.SIGINT) is not process_end._on_signal


@pytest.mark.usefixtures("default_signals")
def test_a_handler_of_somebody_else_stays() -> None:
    def own(number: int, frame: object) -> None:
        """Somebody else's."""

    signal.signal(signal.SIGTERM, own)
    watch_signals()
    assert signal.getsignal(signal.SIGTERM) is own


@pytest.mark.usefixtures("default_signals")
def test_other_threads_set_no_handlers() -> None:
    thread = threading.Thread(target=watch_signals)
    thread.start()
    thread.join()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


@pytest.mark.usefixtures("default_signals")
async def test_a_later_handler_that_calls_ours_has_the_sessions_ended_and_nothing_else() -> None:
    host = FakeHost()
    end_with_process(host)
    watch_signals()
    ours = signal.getsignal(signal.SIGTERM)
    assert callable(ours)
    signal.signal(signal.SIGTERM, lambda number, frame: None)
    ours(signal.SIGTERM, None)
    await asyncio.wait_for(asyncio.to_thread(host.stopped.wait, 5), 5)
    assert not host.occupied()
