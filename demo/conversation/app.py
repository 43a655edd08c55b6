"""A conversation by voice: both sides stand in the chat afterwards, as sound to play again."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr
import numpy as np
from small_talk import answer, is_farewell

from gradio_webrtc import (
    AdditionalOutputs,
    CloseStream,
    ReplyOnPause,
    WebRTC,
    audio_to_file,
    current_reply,
    get_stt_model,
    get_tts_model,
)

Audio = tuple[int, np.ndarray]


class Conversation(ReplyOnPause):
    """Replies to one person; every connection has a copy of its own."""

    def __init__(self) -> None:
        super().__init__(self.reply, startup_fn=self.greet)
        self.cut_off: list[tuple[str, str, str]] = []

    def copy(self) -> Conversation:
        """Make the handler of one connection."""
        return Conversation()

    def greet(self) -> Iterator[object]:
        """Speak first."""
        yield from self.say("Hello! I am listening. What is on your mind?")

    def reply(self, audio: Audio) -> Iterator[object]:
        """Answer what was said: (sample_rate, int16 array of shape (1, samples))."""
        heard = get_stt_model().stt(audio)
        cut_off, self.cut_off = self.cut_off, []
        yield AdditionalOutputs(*cut_off, ("user", audio_to_file(audio), heard))
        yield from self.say(answer(heard))
        if is_farewell(heard):
            yield CloseStream("The conversation is over. Press the button to start another one.")

    def say(self, text: str) -> Iterator[object]:
        """Speak sentence by sentence, and put into the chat what was heard of it."""
        spoken: list[np.ndarray] = []
        rate = 0
        try:
            for rate, samples in get_tts_model().stream_tts_sync(text):
                spoken.append(samples.ravel())
                yield rate, samples
        except GeneratorExit:  # somebody spoke into it: nothing can be said or shown any more now
            heard = np.concatenate(spoken)[: int(rate * current_reply().heard_s)]
            if heard.size:
                self.cut_off = [("assistant", audio_to_file((rate, heard)), "(interrupted)")]
            raise
        yield AdditionalOutputs(("assistant", audio_to_file((rate, np.concatenate(spoken))), text))


def show(chat: list[dict], *said: tuple[str, str, str]) -> list[dict]:
    """Append what was said, as sound to play and as text."""
    new = [{"role": role, "content": [{"path": file}, text]} for role, file, text in said]
    return [*chat, *new]


with gr.Blocks(title="Conversation") as demo:
    gr.Markdown(
        "# Conversation\nPress Start and talk. When you pause, you are answered; "
        "speak into the answer, and it stops. Say goodbye, or press stop, to end."
    )
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            audio = WebRTC(label="Talk", mode="send-receive", modality="audio")
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
