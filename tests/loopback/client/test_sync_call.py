"""Calls from functions that are no coroutines, and the guide's examples."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from gradio_webrtc import ReplyOnPause, Stream
from gradio_webrtc.client import ServerUnreachableError, connect_sync
from tests.loopback.client.test_call import Echo, tone
from tests.support.client_server import address_of
from tests.support.synthetic_speech import say, silence
from tests.support.voice_client import tones

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "clients.md"


def frequency(rate: int, samples: np.ndarray) -> float:
    return float(np.abs(np.fft.rfft(samples)).argmax() * rate / samples.size)


async def test_a_plain_function_talks_and_listens():
    def talk(url: str) -> None:
        with connect_sync(url, audio=tone(60.0)) as call:
            rate, samples = call.listen(1.5)
            assert abs(frequency(rate, samples) - 440) < 10
            assert call.message("fetch_output").type == "fetch_output"
            assert call.heard()[1].size >= samples.size
            assert call.ended() is None
        assert call.call.ending is not None

    async with address_of(Stream(Echo(), modality="audio")) as url:
        await asyncio.to_thread(talk, url)


async def test_frames_come_one_by_one():
    def look(url: str) -> tuple[int, ...]:
        with connect_sync(url, video=np.zeros((120, 160, 3), np.uint8)) as call:
            return next(call.frames()).shape

    async with address_of(Stream(lambda image: image, modality="video")) as url:
        assert await asyncio.to_thread(look, url) == (120, 160, 3)


def test_a_call_that_does_not_come_about_leaves_nothing():
    with (
        pytest.raises(ServerUnreachableError),
        connect_sync("http://127.0.0.1:9/stream"),
    ):
        pass


def write(path: Path, samples: np.ndarray) -> None:
    with av.open(str(path), "w") as file:
        stream = file.add_stream("pcm_s16le", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis], "s16", "mono")
        frame.sample_rate = 48_000
        file.mux(stream.encode(frame))


async def test_the_guides_examples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def answer(audio: Any) -> Any:
        yield from tones(1.0)

    examples = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    asynchronous, synchronous = (each for each in examples if "question.wav" in each)
    monkeypatch.chdir(tmp_path)
    question = np.concatenate([say("What is the capital of France?"), silence(0.2)])
    write(tmp_path / "question.wav", question)
    async with address_of(Stream(ReplyOnPause(answer), modality="audio")) as url:
        names: dict[str, Any] = {}
        text = asynchronous.replace("http://localhost:8000/stream", url)
        exec(compile(text.replace("asyncio.run(main())", ""), str(GUIDE), "exec"), names)
        await names["main"]()
        assert "48000 (2, 960)" in capsys.readouterr().out
        text = synchronous.replace("http://localhost:8000/stream", url)
        code = compile(text, str(GUIDE), "exec")
        await asyncio.to_thread(exec, code, names)
        assert abs(frequency(names["sample_rate"], names["samples"]) - 500) < 20
