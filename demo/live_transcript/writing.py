"""Speech to text: the embedded recogniser, or Whisper at Hugging Face for what is finished."""

from __future__ import annotations

import os

import numpy as np
from huggingface_hub import InferenceClient

from gradio_webrtc import audio_to_bytes, get_stt_model, show_warning

TOKEN = os.environ.get("HF_TOKEN")
WHISPER = os.environ.get("LIVE_TRANSCRIPT_WHISPER", "openai/whisper-large-v3")
"""A name at Hugging Face, or the address of an endpoint of one's own."""
ABOUT = (
    f"Drafts are written by the built-in recogniser, finished sentences by {WHISPER}."
    if TOKEN
    else "Recognition is built in, English and rough; with a token of Hugging Face in `HF_TOKEN`, "
    "Whisper writes what is finished."
)

client = InferenceClient(token=TOKEN, timeout=20) if TOKEN else None


def transcribe(audio: tuple[int, np.ndarray], finished: bool) -> str:
    """Return what is said in ``audio``."""
    if client is not None and finished:
        try:
            sound = audio_to_bytes(audio)
            return client.automatic_speech_recognition(sound, model=WHISPER).text.strip()
        except Exception as error:  # noqa: BLE001 - whatever fails there, we can go on without
            why = " ".join(str(error).split())[:200] or type(error).__name__
            show_warning(f"Whisper at Hugging Face does not answer: {why}")
    return get_stt_model().stt(audio).strip()
