"""A spoken question over a real connection is in the figures when it has been answered."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
from fastapi import FastAPI

from tests.support.serving import Served
from tests.support.sessions import until
from tests.support.synthetic_speech import say
from tests.support.voice_client import QUESTION, Audio, connected, saw, stream, tones


def answer(audio: Audio) -> Iterator[Audio]:
    yield from tones(0.2)


async def test_a_turn_is_scraped_with_its_latencies() -> None:
    talking = stream(answer)
    app = FastAPI()
    talking.mount(app, "/scraped", metrics=True)
    transport = httpx.ASGITransport(app)
    async with (
        Served(talking) as server,
        httpx.AsyncClient(transport=transport, base_url="http://test") as http,
    ):
        client, voice = await connected(server)
        voice.say(say(QUESTION))
        await saw(client, "response_ended")
        tally = talking.host.answering.tally
        await until(lambda: tally.turns.total() == 1, 30)
        text = (await http.get("/scraped/webrtc/metrics")).text
    labels = 'stage="first_heard",stream="/stream"'
    assert f"gradio_webrtc_turn_seconds_count{{{labels}}} 1.0" in text
    [total] = [line for line in text.splitlines() if f"turn_seconds_sum{{{labels}}}" in line]
    assert 0.1 < float(total.split()[-1]) < 30
    assert 'gradio_webrtc_sessions{state="open",stream="/stream"} 1.0' in text
    assert 'gradio_webrtc_turns_total{interrupted="false",stream="/stream"} 1.0' in text
