"""A program of ``program.py`` in a process of its own, with a real client that is connected."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from aiortc.mediastreams import MediaStreamTrack

from tests.packaging.processes import default_signals, environment, free_port
from tests.processes import program
from tests.support.client import LoopbackClient
from tests.support.recognisable_tracks import SineTrack
from tests.support.sessions import until

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
HEARD_SECONDS = 1.5
"""How long the client speaks before the program is ended."""


@dataclass
class Ended:
    """How a program ended.

    Attributes:
        status: its exit status, negative when a signal ended it.
        seconds: from the signal to its end, which on a busy machine Python itself takes long for.
        noted: seconds from the signal to the last note.
        reasons: of the ``end_stream`` messages that the client got.
        ends: what the handler and the recording noted.
        heard: seconds of sound that had come back to the client.
        output: what it printed.
        recordings: the files it left.
    """

    status: int
    seconds: float
    noted: float
    reasons: list[str]
    ends: list[str]
    heard: float
    output: str
    recordings: list[Path] = field(default_factory=list)


def launched(how: str) -> list[str]:
    """Return the command that serves the page as ``how`` says."""
    return [sys.executable, "-m", program.__name__, *how.split()]


def with_uvicorn(factory: str, port: int) -> list[str]:
    """Return the command line of a server of an application."""
    target = f"{program.__name__}:{factory}"
    return [sys.executable, "-m", "uvicorn", "--factory", target, "--port", str(port)]


class Program:
    """A running program."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path, url: str) -> None:
        self.process = process
        self.folder = folder
        self.http = httpx.AsyncClient(base_url=url, timeout=60)
        self.client: LoopbackClient | None = None
        self._reading: list[asyncio.Task[None]] = []

    async def ready(self) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process.returncode is None, self.output()
            with contextlib.suppress(httpx.TransportError):
                await self.http.get("/")
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"it did not start:\n{self.output()}")

    async def connect(
        self, *, page: bool, only_offer: bool = False, microphone: MediaStreamTrack | None = None
    ) -> LoopbackClient:
        """Connect a client that speaks, as a page with its heartbeat or as a plain client.

        With ``only_offer`` it has made its offer and nothing more. A ``microphone`` of its own says
        what the test wants, and nothing of it is waited for.
        """
        if page:
            self._read("/gradio_api/heartbeat/someone")
            config = (await self.http.get("/config")).json()
            [component] = [each for each in config["components"] if each["type"] == "webrtc"]

        async def signal_(body: dict[str, Any]) -> dict[str, Any]:
            if not page:
                answer = await self.http.post("/stream/webrtc/offer", json=body)
            else:
                request = {
                    "session_hash": "someone",
                    "component_id": component["id"],
                    "fn_name": "offer",
                    "data": {**body, "session_hash": "someone"},
                }
                answer = await self.http.post("/gradio_api/component_server/", json=request)
            result: dict[str, Any] = answer.json()
            return result

        client = LoopbackClient(signal_, send=[microphone or SineTrack()])
        self.client = client
        if only_offer:
            await client.offer(await client.make_offer())
            return client
        await client.connect()
        if not page:
            self._read(f"/outputs/{client.webrtc_id}")
        if microphone is None:
            await until(lambda: client.heard > HEARD_SECONDS, 30)
        return client

    def signal(self, *numbers: signal.Signals) -> None:
        """Send it signals, or a line where it waits for one."""
        for number in numbers:
            self.process.send_signal(number)
        if not numbers:
            assert self.process.stdin is not None
            self.process.stdin.write(b"go on\n")

    async def ended(self, *, within: float = 20.0) -> Ended:
        """Wait for its end, counted from now."""
        began, clock = time.monotonic(), time.time()
        heard = self.client.heard if self.client is not None else 0.0
        try:
            await asyncio.wait_for(self.process.wait(), within)
        except asyncio.TimeoutError:
            raise AssertionError(f"it did not end:\n{self.output()}") from None
        recordings, notes = self.folder / "recordings", self.folder / "ends"
        return Ended(
            status=self.process.returncode or 0,
            seconds=time.monotonic() - began,
            noted=notes.stat().st_mtime - clock if notes.exists() else 0.0,
            reasons=self.reasons,
            ends=self.ends,
            heard=heard,
            output=self.output(),
            recordings=sorted(recordings.iterdir()) if recordings.exists() else [],
        )

    @property
    def reasons(self) -> list[str]:
        """Of the ``end_stream`` messages that the client got."""
        messages = [] if self.client is None else self.client.messages
        return [each["reason"] for each in messages if each["type"] == "end_stream"]

    @property
    def ends(self) -> list[str]:
        """What the handler, the recording and the program noted so far."""
        notes = self.folder / "ends"
        return notes.read_text().splitlines() if notes.exists() else []

    def output(self) -> str:
        """Return what it printed so far."""
        return (self.folder / "output").read_text(errors="replace")

    def _read(self, url: str) -> None:
        """Read an answer that goes on for as long as the server lets it."""

        async def read() -> None:
            with contextlib.suppress(httpx.TransportError):
                async with self.http.stream("GET", url) as answer:
                    async for _ in answer.aiter_lines():
                        pass

        self._reading.append(asyncio.create_task(read()))

    async def close(self) -> None:
        """Leave nothing of it."""
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        if self.client is not None:
            await self.client.close()
        for reading in self._reading:
            reading.cancel()
        if self._reading:
            await asyncio.wait(self._reading)
        await self.http.aclose()


@asynccontextmanager
async def running(folder: Path, how: str) -> AsyncIterator[Program]:
    """Run a program until the block is left: ``how`` of ``launched``, or a uvicorn factory.

    Its files go to ``folder``, which must be there.
    """
    port = free_port()
    command: Sequence[str]
    command = with_uvicorn(how, port) if how.startswith("mounted") else launched(how)
    with (folder / "output").open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            env=environment(
                ECHO_FOLDER=str(folder), ECHO_PORT=str(port), PYTHONPATH=os.fspath(ROOT)
            ),
            stdin=asyncio.subprocess.PIPE,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            preexec_fn=default_signals,
        )
    served = Program(process, folder, f"http://127.0.0.1:{port}")
    try:
        await served.ready()
        yield served
    finally:
        await served.close()
