"""A conversation by voice: both sides stand in the chat afterwards, as sound to play again."""

from __future__ import annotations

import os
from collections.abc import Iterator

import gradio as gr
import numpy as np
from small_talk import answer, is_farewell

from gradio_webrtc import (
    AdditionalOutputs,
    CloseStream,
    Reply,
    ReplyOnPause,
    WebRTC,
    audio_to_file,
    current_reply,
    get_stt_model,
    get_tts_model,
)

HELD = os.environ.get("PUSH_TO_TALK") == "1"
"""Whether a button is held to talk, instead of pausing."""

HOW = (
    "Press Start, then hold the button or the space bar to talk. Let go, and you are answered; "
    "hold it again, and the answer stops."
    if HELD
    else "Press Start and talk. When you pause, you are answered; "
    "speak into the answer, and it stops."
)

Audio = tuple[int, np.ndarray]
Said = tuple[str, str, str]
"""Who, a file with the sound, and the words."""


class Conversation(ReplyOnPause):
    """Replies to one person; every connection has a copy of its own."""

    def __init__(self) -> None:
        super().__init__(self.reply, startup_fn=self.greet, speculative=True)
        self.last: Spoken | None = None

    def copy(self) -> Conversation:
        """Make the handler of one connection."""
        return Conversation()

    def greet(self) -> Iterator[object]:
        """Speak first."""
        yield from self.speak("Hello! I am listening. What is on your mind?")

    def reply(self, audio: Audio) -> Iterator[object]:
        """Answer what was said: (sample_rate, int16 array of shape (1, samples))."""
        cut_off = [] if self.last is None else self.last.cut_off()
        heard = get_stt_model().stt(audio)
        yield AdditionalOutputs(*cut_off, ("user", audio_to_file(audio), heard))
        yield from self.speak(answer(heard))
        if is_farewell(heard):
            yield CloseStream("The conversation is over. Press the button to start another one.")

    def speak(self, text: str) -> Iterator[object]:
        """Speak sentence by sentence, and put it into the chat."""
        spoken = Spoken(current_reply())
        for rate, samples in get_tts_model().stream_tts_sync(text):
            spoken.add(rate, samples)
            yield rate, samples
            self.last = spoken  # not reached by a reply that was begun in a pause and forgotten
        # Not reached when somebody speaks into it; its last half second may still be to be heard.
        spoken.shown = True
        yield AdditionalOutputs(("assistant", spoken.sound(), text))


class Spoken:
    """One reply as it is spoken, to be shown as it was heard."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.shown = False
        self.rate = 0
        self.pieces: list[np.ndarray] = []

    def add(self, rate: int, samples: np.ndarray) -> None:
        """Keep what is played."""
        self.rate = rate
        self.pieces.append(samples.ravel())

    def sound(self, seconds: float | None = None) -> str:
        """Make a file of all of it, or of the first seconds."""
        samples = np.concatenate(self.pieces)
        end = samples.size if seconds is None else int(seconds * self.rate)
        return audio_to_file((self.rate, samples[:end]))

    def cut_off(self) -> list[Said]:
        """Return what is to be shown if somebody spoke into it: what they heard, to the word."""
        if not self.reply.interrupted or not self.reply.heard_text:
            return []
        role = "instead" if self.shown else "assistant"
        return [(role, self.sound(self.reply.heard_s), self.reply.heard_text)]


def show(chat: list[dict], *said: Said) -> list[dict]:
    """Append what was said, as sound to play and as text; or put it in place of the last one."""
    for role, file, text in said:
        if role == "instead":
            chat, role = chat[:-1], "assistant"
        chat = [*chat, {"role": role, "content": [{"path": file}, text]}]
    return chat


with gr.Blocks(title="Conversation") as demo:
    gr.Markdown(f"# Conversation\n{HOW} Say goodbye, or press stop, to end.")
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            audio = WebRTC(label="Talk", modality="audio", push_to_talk=HELD)
            stop = gr.Button("Stop the conversation")
        with gr.Column(scale=3, min_width=280):
            chat = gr.Chatbot(
                label="What was said", height=480, placeholder="Both sides can be played here."
            )
    audio.stream(Conversation(), inputs=[audio], outputs=[audio], concurrency_limit=10)
    audio.on_additional_outputs(
        show, inputs=[chat], outputs=[chat], show_progress="hidden", concurrency_limit=10
    )
    stop.click(audio.close_stream, inputs=[audio])

if __name__ == "__main__":
    demo.launch()
