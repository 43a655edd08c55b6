"""Talk to a language model: any endpoint that speaks OpenAI's chat completions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import gradio as gr
import numpy as np
from chat_endpoint import (
    API_KEY,
    CONFIGURED,
    HOW_TO,
    MODEL,
    EndpointError,
    Message,
    complete,
    sentences,
)
from history import alternating

from gradio_webrtc import (
    AdditionalOutputs,
    Reply,
    ReplyOnPause,
    WebRTC,
    current_reply,
    get_stt_model,
    get_tts_model,
)

CHARACTER = (
    "You talk with somebody by voice. Answer in one to three short sentences that sound well when "
    "they are spoken: plain words, no lists, no markup. What you are given was recognised from "
    "speech and may be misheard: guess what was meant."
)
PARDON = "I did not understand that. Please say it again."
SORRY = "Sorry, my language model fails me."


class VoiceChat(ReplyOnPause):
    """One person's conversation; every connection has a copy of its own."""

    def __init__(self) -> None:
        # Where a request may cost money, none is made before it is clear that it is needed.
        super().__init__(self.reply, speculative=not API_KEY)
        self.history: list[Message] = []
        self.asked: list[Message] = []
        self.last: Reply | None = None

    def copy(self) -> VoiceChat:
        """Make the handler of one connection."""
        return VoiceChat()

    async def reply(self, audio: tuple[int, np.ndarray], character: str) -> AsyncIterator[object]:
        """Answer what was said: (sample_rate, int16 array of shape (1, samples))."""
        history, mine = self.settled(), current_reply()
        question = await asyncio.to_thread(get_stt_model().stt, audio)
        if not question:
            async for sound in get_tts_model().stream_tts(PARDON):
                yield sound
            return
        history.append({"role": "user", "content": question})
        self.last, self.asked = mine, history
        yield AdditionalOutputs([*history])
        messages = [{"role": "system", "content": character}, *alternating(history)]
        try:
            async for sentence in sentences(complete(messages)):
                yield AdditionalOutputs([*history, said(f"{mine.text} {sentence}".strip())])
                async for sound in get_tts_model().stream_tts(sentence):
                    yield sound
        except EndpointError as error:
            yield AdditionalOutputs([*history, said(f"⚠️ {error}")])
            async for sound in get_tts_model().stream_tts(SORRY):
                yield sound

    def settled(self) -> list[Message]:
        """Return what was said so far: of the last reply what was heard, and no more.

        One that was begun in a pause and forgotten was never asked for, so it leaves nothing.
        """
        last, self.last = self.last, None
        if last is not None and not last.speculative:
            heard = last.heard_text.removesuffix(SORRY).strip()
            self.history = [*self.asked, said(heard)] if heard else self.asked
        return [*self.history]


def said(text: str) -> Message:
    return {"role": "assistant", "content": text}


with gr.Blocks(title="Voice chat") as demo:
    gr.Markdown(
        "# Voice chat\nTalk to a language model. You see what it says while you hear it; "
        "speak into its answer, and it stops and remembers only what you heard."
    )
    gr.Markdown(f"⚠️ {HOW_TO}", visible=not CONFIGURED, elem_id="how-to")
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            audio = WebRTC(label=f"Talk to {MODEL}", mode="send-receive", modality="audio")
            character = gr.Textbox(CHARACTER, label="Instructions", lines=4)
        with gr.Column(scale=3, min_width=280):
            chat = gr.Chatbot(
                label="What was said", height=480, placeholder="What you both say stands here."
            )
    audio.stream(VoiceChat(), inputs=[audio, character], outputs=[audio], concurrency_limit=10)
    audio.on_additional_outputs(
        lambda messages: messages, outputs=[chat], show_progress="hidden", concurrency_limit=10
    )

if __name__ == "__main__":
    demo.launch()
