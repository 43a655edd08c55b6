"""What the published component guide shows of conversations, with the import changed and no more.

What a page has to start, and what reaches other components, is in
``tests/browser/test_published_guides.py``.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.gradio_serving import GradioServed
from tests.support.published_programs import run
from tests.support.recognisable_tracks import SineTrack, VoiceTrack, tone
from tests.support.sessions import until
from tests.support.synthetic_speech import say
from tests.support.voice_client import QUESTION, loud_seconds


@pytest.fixture(autouse=True)
def no_analytics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_ANALYTICS_ENABLED", "False")


def answer() -> list[np.ndarray]:
    return [tone(500.0, 8000.0, number * 4800, 4800).reshape(1, -1) for number in range(5)]


async def test_reply_on_pause() -> None:
    names = run(
        """
        import gradio as gr
        from gradio_webrtc import WebRTC, ReplyOnPause

        def response(audio: tuple[int, np.ndarray]):
            for numpy_array in answer():
                yield (48000, numpy_array, "mono")

        with gr.Blocks() as demo:
            gr.HTML("<h1>Chat</h1>")
            with gr.Column():
                with gr.Group():
                    audio = WebRTC(
                        mode="send-receive",
                        modality="audio",
                    )
                audio.stream(fn=ReplyOnPause(response),
                             inputs=[audio], outputs=[audio],
                             time_limit=60)
        """,
        answer=answer,
    )
    async with GradioServed(names["demo"]) as server:
        voice = VoiceTrack()
        client = server.client(names["audio"], send=[voice])
        await client.connect()
        await until(lambda: any(message["data"] == "listening" for message in client.messages))
        voice.say(say(QUESTION))
        await until(lambda: loud_seconds(client) > 0.3)


async def test_a_stream_handler() -> None:
    names = run(
        """
        import gradio as gr
        from gradio_webrtc import WebRTC, StreamHandler
        from queue import Queue

        class EchoHandler(StreamHandler):
            def __init__(self) -> None:
                super().__init__()
                self.queue = Queue()

            def receive(self, frame: tuple[int, np.ndarray]) -> None:
                self.queue.put(frame)

            def emit(self) -> None:
                return self.queue.get()

            def copy(self) -> StreamHandler:
                return EchoHandler()

        with gr.Blocks() as demo:
            with gr.Column():
                with gr.Group():
                    audio = WebRTC(
                        mode="send-receive",
                        modality="audio",
                    )
                audio.stream(fn=EchoHandler(), inputs=[audio], outputs=[audio], time_limit=2)
        """
    )
    async with GradioServed(names["demo"]) as server:
        client = server.client(names["audio"], send=[SineTrack()])
        await client.connect()
        await until(lambda: loud_seconds(client) > 0.5)
        assert (await client.message("end_stream"))["reason"] == "time_limit"
