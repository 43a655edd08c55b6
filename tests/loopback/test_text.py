"""A plain client's texts, handed to its session by the app."""

from __future__ import annotations

from queue import Queue
from typing import Any

import pytest

from gradio_webrtc import AdditionalOutputs, Stream, StreamHandler, WebRTCData
from tests.support.client import RefusedError
from tests.support.recognisable_tracks import SineTrack, purity, tone
from tests.support.serving import Served
from tests.support.sessions import until


class Answering(StreamHandler):
    """Answers a submit with two seconds of the pitch that it asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.replies: Queue[Any] = Queue()

    def receive(self, frame: Any) -> None:
        pass

    def emit(self) -> Any:
        return self.replies.get()

    def trigger_response(self) -> None:
        data, loudness = self.latest_args
        self.replies.put((48_000, tone(float(data.textbox), loudness, 0, 96_000)))

    def copy(self) -> StreamHandler:
        return Answering()


async def test_a_submit_is_answered_over_the_wire() -> None:
    stream = Stream(Answering(), modality="audio")
    async with Served(stream) as server:
        client = await server.connected(SineTrack(440, 8000))
        stream.set_input(client.webrtc_id, WebRTCData(client.webrtc_id, "700"), 9000)
        await until(lambda: client.heard > 0.5 and purity(client.sound(0.5), 700) > 0.98)


class Noting(Answering):
    """Also says beside the stream what it was asked, and goes on emitting to nobody."""

    def trigger_response(self) -> None:
        data = self.latest_args[0]
        self.replies.put((48_000, tone(500, 8000, 0, 96_000)))
        self.replies.put(AdditionalOutputs(data.textbox.upper()))

    def copy(self) -> StreamHandler:
        return Noting()


async def test_a_client_that_only_types_needs_no_media() -> None:
    stream = Stream(Noting(), modality="audio")
    async with Served(stream, silence=0.5) as server:
        client = await server.connected()
        assert "m=audio" not in client.pc.localDescription.sdp
        client.say("handshake")
        for text in ("hello", "still there?"):
            stream.set_input(client.webrtc_id, WebRTCData(client.webrtc_id, text))
            outputs = await stream.fetch_latest_output(client.webrtc_id)
            assert outputs.args == (text.upper(),)
        assert not client.closed, "who types is silent for long"
        client.say('{"type":"end_stream"}')
        await until(lambda: client.closed)


async def test_a_stream_of_video_needs_some() -> None:
    async with Served(Stream(lambda image: image)) as server:
        with pytest.raises(RefusedError, match="video"):
            await server.connected()
