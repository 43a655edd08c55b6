"""Where the ball's wisdom comes from: the twenty answers it always had, or a hosted model."""

from __future__ import annotations

import os
import random

import numpy as np
from huggingface_hub import InferenceClient

from gradio_webrtc import audio_to_bytes, get_stt_model, get_tts_model, show_warning

POSITIVE = [
    "It is certain", "It is decidedly so", "Without a doubt", "Yes, definitely",
    "You may rely on it", "As I see it, yes", "Most likely", "Outlook good", "Yes",
    "Signs point to yes",
]  # fmt: skip
NEGATIVE = [
    "Don't count on it", "My reply is no", "My sources say no", "Outlook not so good",
    "Very doubtful",
]  # fmt: skip
HAZY = [
    "Reply hazy, try again", "Ask again later", "Better not tell you now", "Cannot predict now",
    "Concentrate and ask again",
]  # fmt: skip
ANSWERS = [*POSITIVE, *NEGATIVE, *HAZY]
"""The twenty answers of the toy of 1950: ten of yes, five of no, five of neither."""

TOKEN = os.environ.get("HF_TOKEN")
WHISPER = os.environ.get("MAGIC_8_BALL_WHISPER", "openai/whisper-large-v3")
MODEL = os.environ.get("MAGIC_8_BALL_MODEL", "meta-llama/Llama-3.1-8B-Instruct")
"""Names at Hugging Face, or the addresses of endpoints of one's own."""

CHARACTER = (
    "You are a magic 8 ball. Whatever you are asked, answer with one short cryptic saying of at "
    "most twelve words that can be read as yes, no or perhaps, like an adage turned on its head. "
    "Speak the saying only: no quotation marks, no emoji, no explanation, never your own name. "
    "What makes no sense at all gets: Foolish questions get foolish answers."
)

Audio = tuple[int, np.ndarray]


ABOUT = (
    f"It listens with {WHISPER} and answers with {MODEL}, both at Hugging Face."
    if TOKEN
    else "It needs no key: ears, answers and voice are all here. With a "
    "token of Hugging Face in `HF_TOKEN`, Whisper listens and a language model answers."
)


class Oracle:
    """Understands questions and answers them; shared by all connections."""

    def __init__(self) -> None:
        self.client = InferenceClient(token=TOKEN, timeout=20) if TOKEN else None
        self.random = random.SystemRandom()

    def wake(self) -> None:
        """Load ears and voice, so that the first question need not wait for them."""
        get_stt_model()
        get_tts_model()

    def understand(self, audio: Audio) -> str:
        """Return the question in words, as well as they were understood."""
        if self.client is not None:
            try:
                sound = audio_to_bytes(audio)
                heard = self.client.automatic_speech_recognition(sound, model=WHISPER)
                return heard.text.strip()
            except Exception as error:  # noqa: BLE001 - see complain()
                complain("Whisper", error)
        return get_stt_model().stt(audio).strip()

    def answer(self, question: str) -> str:
        """Return the answer; where there was nothing to understand, one of the hazy ones."""
        if not question:
            return self.random.choice(HAZY)
        if self.client is not None:
            try:
                said = self.client.chat_completion(
                    [
                        {"role": "system", "content": CHARACTER},
                        {"role": "user", "content": question},
                    ],
                    model=MODEL,
                    max_tokens=48,
                    temperature=1.0,
                )
                if text := (said.choices[0].message.content or "").strip().strip("\"'“”"):
                    return text
            except Exception as error:  # noqa: BLE001 - see complain()
                complain("The language model", error)
        return self.random.choice(ANSWERS)


def complain(who: str, error: Exception) -> None:
    """Tell the person why a hosted service does not answer.

    Any exception: each version of huggingface_hub has its own HTTP library with errors of its own,
    and whatever goes wrong there, the ball can answer without.
    """
    why = " ".join(str(error).split())[:200] or type(error).__name__
    show_warning(f"{who} at Hugging Face does not answer, so the ball goes by itself. {why}")
