"""What you say, written while you say it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import gradio as gr
import numpy as np
from writing import ABOUT, transcribe

from gradio_webrtc import (
    AdditionalOutputs,
    AsyncStreamHandler,
    Listener,
    SpeechStarted,
    TurnEnded,
    WebRTC,
)

PARTIAL_S = 0.8
"""Seconds of new speech after which what was said so far is written anew."""
RATE = 16_000


class LiveTranscript(AsyncStreamHandler):
    """Writes down one person's speech: a draft while they speak, the text at the pause."""

    def __init__(self) -> None:
        super().__init__(input_sample_rate=RATE)
        self.listener = Listener(RATE, on_silence=self.listened)
        self.written: asyncio.Queue[AdditionalOutputs] = asyncio.Queue(100)
        self.draft: asyncio.Task[None] | None = None
        self.drafted = 0.0

    def copy(self) -> LiveTranscript:
        """Make the handler of one connection."""
        return LiveTranscript()

    async def receive(self, frame: tuple[int, np.ndarray]) -> None:
        """Listen; start a draft now and then, and finish at the pause."""
        await self.listened(await self.listener.hear(frame))
        idle = self.draft is None or self.draft.done()
        if idle and self.listener.speech_s - self.drafted >= PARTIAL_S:
            self.drafted = self.listener.speech_s
            self.draft = asyncio.create_task(self.write(self.listener.turn_so_far(), "draft"))

    async def listened(self, events: Sequence[SpeechStarted | TurnEnded]) -> None:
        """Finish at the pause, also when it is one because the microphone was switched off."""
        for event in events:
            if isinstance(event, TurnEnded):
                if self.draft is not None:  # what it says would come after the text
                    await self.draft
                await self.write(event.utterance, "final")
                self.draft, self.drafted = None, 0.0

    async def write(self, samples: np.ndarray, kind: str) -> None:
        """Put what is said in the sound into the page."""
        text = await asyncio.to_thread(transcribe, (RATE, samples), kind == "final")
        if text:
            await self.written.put(AdditionalOutputs(kind, text))

    async def emit(self) -> AdditionalOutputs:
        """Wait for the next piece of text; nothing is played."""
        return await self.written.get()

    async def shutdown(self) -> None:
        """Let go of the detector."""
        if self.draft is not None:
            await asyncio.wait({self.draft})
        await self.listener.aclose()


def show(lines: list[str], kind: str, text: str) -> tuple[list[str], str, str]:
    """Return the finished lines, and both boxes: what is finished, and the draft."""
    if kind == "final":
        lines, text = [*lines, text], ""
    return lines, "\n".join(lines), text


with gr.Blocks(title="Live transcript") as demo:
    gr.Markdown(f"# Live transcript\nPress Start and speak. {ABOUT}")
    lines = gr.State([])
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            audio = WebRTC(label="Microphone", mode="send", modality="audio")
        with gr.Column(scale=3, min_width=280):
            draft = gr.Textbox(label="Being said", lines=2)
            text = gr.Textbox(label="Said", lines=8, autoscroll=True)
    audio.stream(LiveTranscript(), inputs=[audio], outputs=[audio], concurrency_limit=10)
    audio.on_additional_outputs(
        show,
        inputs=[lines],
        outputs=[lines, text, draft],
        show_progress="hidden",
        concurrency_limit=10,
    )

if __name__ == "__main__":
    demo.launch()
