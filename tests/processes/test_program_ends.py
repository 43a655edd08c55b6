"""A process that ends with people connected: they are told, and nothing of them is lost."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from signal import SIGHUP, SIGINT, SIGTERM, Signals

import pytest

from tests.processes.serving import Ended, Program, running
from tests.support.recordings import decode
from tests.support.sessions import until

PROMPT_SECONDS = 15
"""It is little more than one where nothing else runs, and the package's own limit is two. Whatever
waits for somebody who does not come waits for longer."""

Case = tuple[str, tuple[Signals, ...], int]
"""How a program is served, what it is sent, and its exit status."""

GRADIO: list[Case] = [
    ("launch", (SIGINT,), 0),
    ("launch", (SIGTERM,), -SIGTERM),
    ("launch", (SIGHUP,), -SIGHUP),
    ("sleep", (SIGTERM,), -SIGTERM),
]
MAIN_THREAD: list[Case] = [
    ("sleep", (SIGINT,), -SIGINT),
    ("exit", (), 3),
    ("exception", (), 1),
]
UVICORN: list[Case] = [
    ("mounted", (SIGINT,), 0),
    ("mounted", (SIGTERM,), -SIGTERM),
    ("mounted_page", (SIGINT,), 0),
    ("mounted_page", (SIGTERM,), -SIGTERM),
]


def own_folder(folder: Path, number: int) -> Path:
    """Make a folder in ``folder``."""
    path = folder / str(number)
    path.mkdir()
    return path


async def programs(stack: AsyncExitStack, folder: Path, ways: list[str]) -> list[Program]:
    """Start a program for each of ``ways`` at the same time, with somebody connected to each."""

    async def start(number: int, how: str) -> Program:
        program = await stack.enter_async_context(running(own_folder(folder, number), how))
        await program.connect(page=how != "mounted")
        return program

    return list(await asyncio.gather(*(start(*each) for each in enumerate(ways))))


def is_complete(ended: Ended) -> bool:
    """Whether the one recording has its end, and all that was heard."""
    [path] = ended.recordings
    recorded = decode(path)
    return recorded.duration is not None and recorded.sound.shape[1] / 48_000 > ended.heard


@pytest.mark.parametrize("cases", [GRADIO, MAIN_THREAD, UVICORN], ids=["gradio", "main", "uvicorn"])
async def test_people_are_told_and_recordings_completed(tmp_path: Path, cases: list[Case]) -> None:
    async with AsyncExitStack() as stack:
        served = await programs(stack, tmp_path, [how for how, _, _ in cases])
        for program, (how, signals, status) in zip(served, cases, strict=True):
            program.signal(*signals)
            ended = await program.ended()
            words = f"{how} {signals}: {ended}"
            assert ended.reasons == ["server_shutdown"], words
            size = ended.recordings[0].stat().st_size
            assert ended.ends == ["shutdown", f"finished {size}"], words
            assert is_complete(ended), words
            assert ended.status == status, words
            assert ended.noted < PROMPT_SECONDS, words


async def test_a_handler_that_does_not_shut_down_and_a_second_signal(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        once, twice, keyboard = await programs(stack, tmp_path, ["launch stubborn"] * 3)
        once.signal(SIGTERM)
        ended = await once.ended(within=30)  # of the sixty that it would take
        assert (ended.status, ended.ends, ended.reasons) == (
            -SIGTERM,
            ["shutdown"],
            ["server_shutdown"],
        )
        assert is_complete(ended)  # though nobody was there to tell of it

        for program, number in ((twice, SIGTERM), (keyboard, SIGINT)):
            program.signal(number)
            await until(lambda program=program: program.reasons)
            program.signal(number)
            ended = await program.ended()
            assert ended.status == -number, ended
            assert ended.ends == [], ended  # not even the goodbye was waited for


async def test_an_app_keeps_its_own_handlers_and_its_children_the_default(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        handled, forking = await programs(stack, tmp_path, ["handled", "forking"])
        handled.signal()
        await until(lambda: "kept True" in handled.ends)
        handled.signal(SIGTERM)
        ended = await handled.ended()
        assert ended.status == 7
        assert ended.ends[:3] == ["kept True", "the author's handler", "shutdown"]
        assert ended.reasons == ["server_shutdown"]
        forking.signal()
        ended = await forking.ended()
        assert ended.status == 0
        assert ended.ends[:2] == [f"child {-SIGTERM}", "shutdown"]
        assert len(ended.ends) == 3  # the child had no part in the end


async def test_nobody_connected_or_nobody_yet(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:

        async def start(number: int) -> Program:
            return await stack.enter_async_context(running(own_folder(tmp_path, number), "launch"))

        nobody, connecting = await asyncio.gather(start(0), start(1))
        nobody.signal(SIGTERM)
        ended = await nobody.ended()
        assert (ended.status, ended.ends) == (-SIGTERM, [])
        assert ended.seconds < PROMPT_SECONDS
        await connecting.connect(page=True, only_offer=True)
        connecting.signal(SIGTERM)
        ended = await connecting.ended()
        assert (ended.status, ended.ends) == (-SIGTERM, [])  # no handler was started for it
        assert ended.seconds < PROMPT_SECONDS
