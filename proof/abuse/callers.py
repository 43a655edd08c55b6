"""``python -m proof.abuse.callers PORT HANDLER ...``: clients of handlers that make mistakes.

They have a process of their own, and less of the processor than others want: in life they are at
other machines, and what they decode must not hold up the clients that are measured.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from bench.client import Client
from bench.clips import Clip
from bench.process import ROOT, START_SECONDS
from bench.results import BenchError
from gradio_webrtc.concurrency.waiting import finished_within
from proof.abuse import quiet_logs
from proof.calls.people import LiveTrack, bursts, pictures

LOOK_SECONDS = 0.2
"""How soon a client notices that its session is over."""
AGAIN_SECONDS = 1.0
"""After which it comes again."""
END_SECONDS = 30.0
"""How long they may take to hang up, all of them at once, and then to end."""
NICE = 19
BEGUN = b"begun"


@dataclass
class Callers:
    """Those in the other process.

    Attributes:
        process: the other process.
        ended: how many had been hung up on; known when they have hung up themselves.
    """

    process: asyncio.subprocess.Process
    ended: int = 0


@contextlib.asynccontextmanager
async def calling(
    port: int, handlers: Sequence[str], *, pictures: bool = False, again: bool = False
) -> AsyncIterator[Callers]:
    """Have a client of each handler for as long as this is open.

    Args:
        port: of the server.
        handlers: their names at the server.
        pictures: whether the clients send pictures rather than sound.
        again: whether each comes again as soon as its session has ended.

    Raises:
        BenchError: one could not connect, and was not to come again.
        TimeoutError: they neither hung up nor ended.
    """
    options = [*["--pictures"] * pictures, *["--again"] * again]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "proof.abuse.callers", *options, str(port), *handlers),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        said = await asyncio.wait_for(process.stdout.readline(), START_SECONDS)
        if said.strip() != BEGUN:
            raise BenchError("the callers did not begin")
        callers = Callers(process)
        yield callers
        if process.returncode is not None:
            raise BenchError(f"the callers of {', '.join(handlers)} are gone")
        process.stdin.close()
        callers.ended = int(await asyncio.wait_for(process.stdout.readline(), END_SECONDS))
    finally:
        process.stdin.close()  # the end of its input is its end, as that of this process is
        if not await finished_within(process.wait(), END_SECONDS):
            process.kill()
            await process.wait()


async def call(port: int, handlers: Sequence[str], clip: Clip, *, again: bool) -> None:
    """Call each handler until the standard input ends.

    Raises:
        BenchError: one could not connect, and was not to come again.
    """
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin, ended.set)
    over = asyncio.ensure_future(ended.wait())
    calls = [asyncio.ensure_future(_calls(port, name, clip, again=again)) for name in handlers]
    sys.stdout.buffer.write(BEGUN + b"\n")
    sys.stdout.flush()
    try:
        done, _ = await asyncio.wait([over, *calls], return_when=asyncio.FIRST_COMPLETED)
        for each in done - {over}:
            each.result()
    finally:
        for each in calls:
            each.cancel()
        hung_up_on = await asyncio.gather(*calls, return_exceptions=True)
    sys.stdout.write(f"{sum(each is True for each in hung_up_on)}\n")


async def _calls(port: int, handler: str, clip: Clip, *, again: bool) -> bool:
    """Call, and call again when it is over if that is wanted.

    Returns, when it is cancelled, whether the session was over by then.
    """
    while True:
        client = Client(port, handler, LiveTrack(clip))
        try:
            await client.open()
            while client.ending is None or not again:  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(LOOK_SECONDS)
        except asyncio.CancelledError:
            return client.ending is not None
        except BenchError:  # refused, or over before it is connected, when its handler raises
            if not again:
                raise
        finally:
            await client.aclose()
        await asyncio.sleep(AGAIN_SECONDS)


def main() -> None:
    """Call until the standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m proof.abuse.callers", description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("handlers", nargs="+", metavar="HANDLER")
    parser.add_argument("--pictures", action="store_true", help="send pictures, not sound")
    parser.add_argument("--again", action="store_true", help="come again when a session is over")
    arguments = parser.parse_args()
    os.nice(NICE)
    quiet_logs()
    clip = pictures() if arguments.pictures else bursts()
    asyncio.run(call(arguments.port, arguments.handlers, clip, again=arguments.again))


if __name__ == "__main__":
    main()
