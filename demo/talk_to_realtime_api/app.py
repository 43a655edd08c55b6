"""Talk to a speech-to-speech model: a handler that bridges its websocket and the page."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from contextlib import aclosing

import gradio as gr
import numpy as np
from realtime import RATE, TURNS, Service, failure

from gradio_webrtc import AdditionalOutputs, AsyncStreamHandler, WebRTC, show_warning


class Realtime(AsyncStreamHandler):
    """One conversation: the microphone to the service, its voice and words to the page."""

    def __init__(self) -> None:
        super().__init__(input_sample_rate=RATE, output_sample_rate=RATE)
        self.service = Service()
        self.queue: asyncio.Queue = asyncio.Queue()  # sound, (item, words), None after a reply
        self.chat: dict[str, dict[str, str]] = {}
        self.response = self.item = ""
        self.began = 0.0

    async def start_up(self) -> None:
        """Follow what the service says until the end."""
        async with aclosing(self.service.events()) as events:
            async for event in events:
                await self.hear(event["type"], event)

    async def receive(self, frame: tuple[int, np.ndarray]) -> None:
        """Pass on 20 ms of the microphone: (24000, int16 array of shape (1, samples))."""
        await self.service.send_sound(frame[1])

    async def hear(self, name: str, event: dict) -> None:
        """Act on what the service says."""
        if name == "input_audio_buffer.speech_started":
            await self.fall_silent()
            self.chat[event["item_id"]] = {"role": "user", "content": ""}
        elif name == "conversation.item.input_audio_transcription.completed":
            self.chat[event["item_id"]] = {"role": "user", "content": event["transcript"].strip()}
            self.queue.put_nowait((event["item_id"], ""))
        elif name == "response.created":
            self.response, self.item = event["response"]["id"], ""
        elif name == "response.done" and event["response"]["id"] == self.response:
            self.queue.put_nowait(None)
        elif event.get("response_id") == self.response:  # not late parts of one cut short
            if name == "response.output_audio.delta":
                await self.play(event["item_id"], b64decode(event["delta"]))
            elif name == "response.output_audio_transcript.delta":
                self.queue.put_nowait((event["item_id"], event["delta"]))
        if name in TURNS:
            await self.tell(TURNS[name])
        if problem := failure(event):
            show_warning(problem)

    async def play(self, item: str, sound: bytes) -> None:
        """Queue the sound of a reply."""
        if self.item != item:
            self.item, self.began = item, self.seconds_played()
            await self.tell("response_starting")
        self.queue.put_nowait((RATE, np.frombuffer(sound, "<i2")))

    async def fall_silent(self) -> None:
        """The person speaks: drop what is left of a reply, and say how much of it was heard."""
        while not self.queue.empty():
            self.queue.get_nowait()
        self.clear_queue()
        if self.item:
            heard = round(1000 * (self.seconds_played() - self.began))
            cut = {"item_id": self.item, "content_index": 0, "audio_end_ms": heard}
            await self.service.send("conversation.item.truncate", **cut)
        self.response = self.item = ""

    async def emit(self) -> tuple[int, np.ndarray] | AdditionalOutputs | None:
        """Give sound, and words once the sound before them has been given."""
        value = await self.queue.get()
        if value is None:
            await self.wait_until_played()
            self.item = ""
            await self.tell("response_ended")
        elif isinstance(value[0], str):
            entry = self.chat.setdefault(value[0], {"role": "assistant", "content": ""})
            entry["content"] += value[1]
            return AdditionalOutputs([dict(each) for each in self.chat.values() if each["content"]])
        return value

    async def tell(self, turn: str) -> None:
        """Have the page show whose turn it is."""
        await self.send_message(json.dumps({"type": "log", "data": turn}))

    def copy(self) -> Realtime:
        """Make the handler of one connection."""
        return Realtime()


with gr.Blocks(title="Realtime API") as demo:
    gr.Markdown(
        "# Realtime API\nTalk to a model that hears and speaks by itself. "
        "Speak whenever you like, also into an answer."
    )
    with gr.Row():
        with gr.Column(scale=2):
            audio = WebRTC(label="Conversation", modality="audio")
        with gr.Column(scale=3):
            words = gr.Chatbot(label="What was said", height=420)
    audio.stream(Realtime(), inputs=[audio], outputs=[audio], concurrency_limit=10)
    audio.on_additional_outputs(lambda chat: chat, outputs=[words], show_progress="hidden")

if __name__ == "__main__":
    demo.launch()
