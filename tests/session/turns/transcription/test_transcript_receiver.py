"""What an author's function that takes transcripts may do."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from gradio_webrtc import AdditionalOutputs, Transcript
from gradio_webrtc.concurrency.worker import Worker
from gradio_webrtc.turns.transcription.transcript_receiver import TranscriptReceiver

SAID = Transcript("hello", "world")


def returning(said: Transcript) -> AdditionalOutputs:
    assert threading.current_thread().name == "transcripts"
    return AdditionalOutputs(said.text)


async def returning_async(said: Transcript) -> AdditionalOutputs:
    return AdditionalOutputs(said.text)


def yielding(said: Transcript) -> Iterator[AdditionalOutputs]:
    assert threading.current_thread().name == "transcripts"
    yield AdditionalOutputs(said.committed)
    yield AdditionalOutputs(said.tentative)


async def yielding_async(said: Transcript) -> AsyncIterator[AdditionalOutputs]:
    yield AdditionalOutputs(said.committed)
    yield AdditionalOutputs(said.tentative)


async def taken(to: Any, times: int = 1) -> list[Any]:
    put: list[Any] = []
    worker = Worker("transcripts")
    receiver = TranscriptReceiver(to, worker, lambda outputs: put.append(outputs.args))
    for _ in range(times):
        await receiver.take(SAID)
    await worker.aclose()
    return put


@pytest.mark.parametrize("to", [returning, returning_async])
async def test_what_it_returns_is_delivered(to: Any) -> None:
    assert await taken(to) == [("hello world",)]


@pytest.mark.parametrize("to", [yielding, yielding_async])
async def test_what_it_yields_is_delivered(to: Any) -> None:
    assert await taken(to) == [("hello",), ("world",)]


async def test_it_may_give_nothing() -> None:
    assert await taken(lambda said: None) == []


async def test_what_it_raises_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    def broken(said: Transcript) -> None:
        raise ValueError("no such label")

    assert await taken(broken, times=3) == []
    (record,) = caplog.records
    assert "the conversation goes on" in record.message
    assert record.exc_info is not None
    assert "no such label" in str(record.exc_info[1])


async def test_it_cannot_play_anything(caplog: pytest.LogCaptureFixture) -> None:
    assert await taken(lambda said: "a text") == []
    (record,) = caplog.records
    assert record.exc_info is not None
    assert "may return or yield AdditionalOutputs" in str(record.exc_info[1])
