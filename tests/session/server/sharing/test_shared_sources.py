"""Which viewers watch which source, and how long that runs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.emission import Emission
from gradio_webrtc.handlers.emitted import CloseStream
from gradio_webrtc.handlers.protocol import Handler, MediaKind
from gradio_webrtc.media.emitted_media import EmittedAudio
from gradio_webrtc.server.quotas import Requester
from gradio_webrtc.server.session_builder import Line
from gradio_webrtc.server.session_registry import SessionRegistry
from gradio_webrtc.server.settings import StreamSettings
from gradio_webrtc.server.sharing.shared_sources import LINGER_SECONDS, MOST_LINGERING
from gradio_webrtc.server.stream_host import StreamHost
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.session.transport import TransportListener
from gradio_webrtc.transports.sharing.watching_handler import Shared
from tests.support.emissions import emission_of
from tests.support.memory_transport import MemoryTransport, Wire
from tests.support.scripted_handler import ScriptedHandler
from tests.support.sessions import settle

pytestmark = pytest.mark.looptime


def code() -> None:
    """Stand for the author's function."""


class Reel(ScriptedHandler):
    """A run whose audio is real: what ``say`` was given of it comes out as it is."""

    def __init__(self) -> None:
        super().__init__(receives=[])

    async def emit(self, kind: MediaKind) -> Emission:
        value = await self._script[kind].get()
        if isinstance(value, BaseException):
            raise value
        return value if isinstance(value, Emission) else emission_of(value, kind)


SECOND = Emission(audio=EmittedAudio(16_000, np.full((1, 16_000), 1234, np.int16)))


class Cinema:
    """A shared stream of audio, its runs, and who listens over a wire that takes samples."""

    def __init__(self, *, needs_args: bool = False, asks_args: bool = False) -> None:
        self.runs: list[Reel] = []
        self.outboxes: dict[str, Wire] = {}
        self._inboxes: dict[str, Wire] = {}
        shared = Shared(code, ("audio",), needs_args, asks_args)
        settings = StreamSettings(self._run, mode="receive", modality="audio", shared=shared)
        self.host = StreamHost(settings, SessionRegistry(None))

    def _run(self) -> Handler:
        self.runs.append(Reel())
        return self.runs[-1]

    async def comes(
        self, name: str, args: Sequence[Any] | None = None, host: StreamHost | None = None
    ) -> Session:
        """Let a viewer in."""
        inbox, outbox = Wire(), Wire()
        self._inboxes[name], self.outboxes[name] = inbox, outbox

        def make(listener: TransportListener, handler: Handler) -> MemoryTransport:
            return MemoryTransport(listener, inbox, outbox)

        session = await (host or self.host).open_session(name, Requester(), Line(make))
        if args is not None:
            session.set_args(args)
        await settle()
        return session

    def leaves(self, name: str) -> None:
        self._inboxes[name].put_nowait(None)

    def heard(self, name: str) -> set[int]:
        """Return which samples came to a viewer."""
        outbox, found = self.outboxes[name], set()
        while not outbox.empty():
            piece = outbox.get_nowait()
            if isinstance(piece, bytes):
                found |= {int(each) for each in np.unique(np.frombuffer(piece, np.int16))}
        return found


async def test_it_begins_with_the_first_and_ends_some_seconds_after_the_last() -> None:
    cinema = Cinema()
    assert not cinema.runs
    await cinema.comes("a")
    await cinema.comes("b")
    [run] = cinema.runs
    assert run.started == 1
    cinema.leaves("a")
    await asyncio.sleep(2 * LINGER_SECONDS)
    assert not run.closed
    cinema.leaves("b")
    await asyncio.sleep(LINGER_SECONDS - 1)
    assert not run.closed
    await cinema.comes("c")  # back in time
    await asyncio.sleep(2 * LINGER_SECONDS)
    assert not run.closed
    cinema.leaves("c")
    await asyncio.sleep(1)
    assert cinema.host.occupied()  # a process that ends now closes the generator first
    await asyncio.sleep(LINGER_SECONDS)
    assert run.closed == 1
    assert not cinema.host.occupied()
    await cinema.comes("d")
    assert len(cinema.runs) == 2
    await cinema.host.aclose()
    assert cinema.runs[1].closed == 1


async def test_all_hear_the_same_and_the_end() -> None:
    cinema = Cinema()
    sessions = [await cinema.comes(name) for name in "ab"]
    cinema.runs[0].say(SECOND)
    await asyncio.sleep(0.5)
    sessions.append(await cinema.comes("late"))
    cinema.runs[0].say(CloseStream("Good night."))
    await asyncio.sleep(5)
    for name, session in zip(["a", "b", "late"], sessions, strict=True):
        assert 1234 in cinema.heard(name)
        assert session.ending is not None
        assert (session.ending.reason, session.ending.text) == (
            CloseReason.HANDLER_FINISHED,
            "Good night.",
        )
    assert not cinema.host.sources.live()


async def test_an_error_is_everybodys_with_the_same_id(caplog: pytest.LogCaptureFixture) -> None:
    cinema = Cinema()
    sessions = [await cinema.comes(name) for name in "ab"]
    cinema.runs[0].say(ValueError("a secret"))
    await asyncio.sleep(1)
    endings = [session.ending for session in sessions]
    assert endings[0] is not None
    assert endings[0].reason is CloseReason.HANDLER_ERROR
    assert "secret" not in endings[0].text
    assert endings == [endings[0]] * 2
    failures = [each for each in caplog.records if each.levelname == "ERROR"]
    assert len(failures) == 1


async def test_the_same_values_are_one_source_and_others_another() -> None:
    cinema = Cinema(needs_args=True)
    await cinema.comes("undecided")
    assert not cinema.runs
    for name, args in (("a", ["north", 1]), ("b", ["south", 1]), ("c", ["north", 1])):
        await cinema.comes(name, args)
    assert [run.args for run in cinema.runs] == [[("north", 1)], [("south", 1)]]
    later = cinema.host.find("a")
    assert later is not None
    later.set_args(["south", 2])  # what is watched is chosen once
    await settle()
    assert len(cinema.runs) == 2
    await cinema.host.aclose()


async def test_who_does_not_answer_watches_what_needs_no_values() -> None:
    cinema = Cinema(asks_args=True)
    await cinema.comes("a")
    assert not cinema.runs
    await asyncio.sleep(6)
    assert [run.args for run in cinema.runs] == [[()]]
    await cinema.host.aclose()


async def test_values_that_cannot_be_compared_end_only_their_viewer() -> None:
    cinema = Cinema(needs_args=True)
    fine = await cinema.comes("a", [1])
    refused = await cinema.comes("b", [object()])
    await asyncio.sleep(1)
    assert refused.ending is not None
    assert refused.ending.reason is CloseReason.HANDLER_ERROR
    assert fine.ending is None
    await cinema.host.aclose()


async def test_settings_that_cannot_be_served_leave_no_source() -> None:
    cinema = Cinema()

    def refuse() -> Handler:
        raise ConfigurationError("no such model")

    cinema.host.settings.make_handler = refuse
    session = await cinema.comes("a")
    await asyncio.sleep(1)
    assert session.ending is not None
    assert session.ending.reason is CloseReason.HANDLER_ERROR
    assert not cinema.host.sources.live()


async def test_few_sources_go_on_without_viewers() -> None:
    cinema = Cinema(needs_args=True)
    for number in range(MOST_LINGERING + 2):
        await cinema.comes(str(number), [number])
        cinema.leaves(str(number))
        await asyncio.sleep(0.1)
    await settle()
    assert [run.closed for run in cinema.runs] == [1, 1] + [0] * MOST_LINGERING
    await cinema.comes("again", [0])
    assert len(cinema.runs) == MOST_LINGERING + 3
    await cinema.host.aclose()
    assert all(run.closed == 1 for run in cinema.runs)


async def test_a_page_and_the_routes_of_a_stream_share_their_sources() -> None:
    cinema = Cinema()
    beside = cinema.host.beside(cinema.host.settings)
    await cinema.comes("a")
    await cinema.comes("b", host=beside)
    assert len(cinema.runs) == 1
    await cinema.host.aclose()


async def test_a_viewer_whose_code_is_another_does_not_join() -> None:
    cinema = Cinema()
    await cinema.comes("a")
    cinema.host.settings.shared = Shared(lambda: None, ("audio",))
    await cinema.comes("b")
    assert len(cinema.runs) == 2
    await cinema.host.aclose()
