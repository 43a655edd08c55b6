"""Functions that tests run on executors: of a module, as other processes need them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

# From where they are: each process imports this, and the package's own names bring Gradio.
from gradio_webrtc.errors import WebRTCError
from gradio_webrtc.session.context import get_current_context, show_info
from gradio_webrtc.turns.replies.current_reply import current_reply


def two_processes() -> ProcessPoolExecutor:
    """Return a pool of two, begun anew: a fork of a program with threads may hang."""
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


def where(*values: Any) -> tuple[int, tuple[Any, ...]]:
    return os.getpid(), values


def doubled(image: np.ndarray) -> np.ndarray:
    return 2 * image


def nothing(*values: Any) -> None:
    return None


def refuses(text: str) -> None:
    raise WebRTCError(text)


def raises(error: type[BaseException], text: str) -> None:
    raise error(text)


class Peculiar(Exception):
    """Cannot be made of its own arguments, so not be sent."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} {second}")


def peculiar() -> None:
    raise Peculiar("very", "odd")


def a_lock() -> Any:
    return threading.Lock()


def yields_a_lock() -> Iterator[Any]:
    yield threading.Lock()


def returns_a_generator(count: int) -> Any:
    return iter(range(count))


def note(path: str, text: str) -> None:
    with Path(path).open("a") as file:
        file.write(f"{text}\n")


def notes(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def counts(path: str, count: int = 1000) -> Iterator[Any]:
    """Yield numbers; note each step, and the close."""
    try:
        for number in range(count):
            note(path, str(number))
            yield os.getpid(), number
    finally:
        note(path, "closed")


def fails_in_the_middle() -> Iterator[int]:
    yield 1
    raise WebRTCError("no more")


def fails_when_closed() -> Iterator[int]:
    try:
        yield 1
        yield 2
    finally:
        raise ValueError("of closing")


def times_out_when_closed() -> Iterator[int]:
    try:
        yield 1
        yield 2
    finally:
        raise TimeoutError("of closing")


def dies(*values: Any) -> None:
    os._exit(3)


def dies_in_the_middle() -> Iterator[int]:
    yield 1
    os._exit(3)


def once_there(begun: str, gate: str, then: str = "") -> str:
    """Note that it has begun, and wait until the file ``gate`` is there."""
    note(begun, "begun")
    while not Path(gate).exists():
        time.sleep(0.01)
    return then


def dies_once_there(begun: str, gate: str) -> None:
    once_there(begun, gate)
    os._exit(3)


def notes_its_end(begun: str, gate: str, ended: str) -> None:
    """Do as ``once_there``, and note what it was interrupted by."""
    try:
        once_there(begun, gate)
    except BaseException as error:
        note(ended, type(error).__name__)
        raise


def says_where_it_is() -> str:
    context = get_current_context()
    context.send_message("sent from a worker")
    show_info("told from a worker")
    return context.webrtc_id


def a_reply(path: str) -> Iterator[Any]:
    """Mark, speak, and note what was heard when it is closed."""
    reply = current_reply()
    try:
        reply.mark("begun")
        reply.speaking("one two")
        yield 24_000, np.full((1, 12_000), 8_000, np.int16)
        while True:
            yield 24_000, np.full((1, 12_000), 8_000, np.int16)
    finally:
        note(path, f"{reply.heard_s:.2f},{reply.interrupted}")


def keeps_talking(path: str) -> Iterator[Any]:
    """Note the process, and speak until it is closed, which is noted as well."""
    note(path, f"process-{os.getpid()}")
    try:
        while True:
            yield 24_000, np.full((1, 12_000), 8_000, np.int16)
    finally:
        note(path, "closed")


def talks_when_asked(path: str, audio: Any) -> Iterator[Any]:
    yield from keeps_talking(path)


here: list[str] = []


def note_here(text: str) -> None:
    here.append(text)


def noted_here() -> str:
    return " ".join(here)


def is_gone(process: int) -> bool:
    """Whether a process has ended; one that nobody has asked for its status yet has."""
    try:
        os.kill(process, 0)
        status = Path(f"/proc/{process}/stat").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return True
    return status.rpartition(")")[2].split()[0] == "Z"


NOT_OF_A_MODULE: Callable[[], int] = lambda: 1  # noqa: E731 - a lambda is what is tested


def replies_until_closed(path: str, audio: Any) -> Iterator[Any]:
    yield from a_reply(path)


def says_for_two_seconds(audio: Any) -> Iterator[Any]:
    for _ in range(4):
        yield 24_000, np.full((1, 12_000), 8_000, np.int16)


def dies_when_asked(audio: tuple[int, np.ndarray]) -> Iterator[Any]:
    if value_of(audio) == 7:
        os._exit(3)
    yield 24_000, np.full((1, 12_000), 8_000, np.int16)


def value_of(audio: tuple[int, np.ndarray]) -> int | None:
    """Return what ``Talk.asks`` asked."""
    return int(audio[1][0, 0]) if audio[1].size else None


def radio(log: str) -> Iterator[Any]:
    """Sound at 500 Hz for ever; write down the process that does it, and the end."""
    with Path(log).open("a", encoding="utf-8") as file:
        file.write(f"begun {os.getpid()}\n")
    try:
        while True:
            at = np.arange(4_800) / 48_000
            yield 48_000, (10_000 * np.sin(2 * np.pi * 500 * at)).astype(np.int16)
    finally:
        with Path(log).open("a", encoding="utf-8") as file:
            file.write("closed\n")
