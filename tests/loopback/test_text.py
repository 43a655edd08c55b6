"""A plain client's texts, handed to its session by the app."""

from __future__ import annotations

from queue import Queue
from typing import Any

from gradio_webrtc import Stream, StreamHandler, WebRTCData
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
