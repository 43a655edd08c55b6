"""Cartesia, a web service that speaks: ``POST /tts/bytes``, answered with raw samples as they come.

Fields and headers are those of https://docs.cartesia.ai/api-reference/tts/bytes. Texts and voice
leave this machine; what they cost is the service's to say.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass, field

import httpx
import numpy as np

from gradio_webrtc.errors import ConfigurationError, SpeechEngineError
from gradio_webrtc.media.audio.conversion import aggregate_bytes_to_16bit
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.speech.speech_notes import noted
from gradio_webrtc.speech.synthesis.async_speech import as_async_stream
from gradio_webrtc.speech.synthesis.sentences import sentences
from gradio_webrtc.speech.synthesis.tts import Speech, TTSOptions, check_text, checked_options

SERVICE = "https://api.cartesia.ai"
KEY_VARIABLE = "CARTESIA_API_KEY"

CONNECT_S, SILENT_S = 5.0, 20.0
"""How long connecting may take, and how long the service may say nothing."""
MOST_SECONDS = 120
"""Of speech for one sentence, which has 300 characters at most."""
_MOST_REASON = 300
"""Characters of the service's own words in an error."""


@dataclass
class CartesiaTTSOptions(TTSOptions):
    """How Cartesia speaks.

    Attributes:
        voice: id of a voice.
        language: of the text, such as ``"en"``.
        emotion: the published way to ask for emotions, ``["positivity:high"]``; sent when given,
            newer models ignore it.
        cartesia_version: of the service's interface, a date.
        model: id of a model.
        sample_rate: in Hz, of the speech.

    Raises:
        ConfigurationError: values that cannot work.
    """

    voice: str = "71a7ad14-091c-4e8e-a314-022ece01c121"
    language: str = "en"
    emotion: list[str] = field(default_factory=list)
    cartesia_version: str = "2024-06-10"
    model: str = "sonic-2"
    sample_rate: int = 22_050

    def __post_init__(self) -> None:
        """Check the values."""
        for name in ("voice", "language", "model", "cartesia_version"):
            value = getattr(self, name)
            if not (isinstance(value, str) and re.fullmatch(r"[\w.-]+", value, re.ASCII)):
                raise ConfigurationError(f"{name} must be a name, not {value!r}.")
        if not 8_000 <= self.sample_rate <= 48_000:
            raise ConfigurationError(
                f"sample_rate must be from 8000 to 48000, not {self.sample_rate!r}."
            )


class CartesiaTTS:
    """Text to speech by Cartesia. One serves all connections, from any thread.

    Speech comes as ``(sample_rate, int16 of shape (samples,))``, a sentence after the other, each
    as it is received.
    """

    def __init__(
        self,
        api_key: str | None = None,
        options: CartesiaTTSOptions | None = None,
        *,
        cartesia_api_key: str | None = None,
        url: str = SERVICE,
    ) -> None:
        """Speak with ``options`` where a call brings none. Nothing is connected yet.

        Args:
            api_key: the account's key; by default ``CARTESIA_API_KEY`` of the environment.
            options: voice, language and model.
            cartesia_api_key: the same, under its published name.
            url: where the service is, without a path.

        Raises:
            ConfigurationError: there is no key.
        """
        chosen = checked_options(CartesiaTTSOptions, "cartesia", options)
        self._options = chosen or CartesiaTTSOptions()
        key = api_key or cartesia_api_key or os.environ.get(KEY_VARIABLE)
        if not key:
            raise ConfigurationError(
                "Cartesia needs the key of an account: "
                'get_tts_model("cartesia", cartesia_api_key=...), or set the environment variable '
                f"{KEY_VARIABLE}."
            )
        self._key = key
        self._url = f"{url.rstrip('/')}/tts/bytes"

    def tts(self, text: str, options: CartesiaTTSOptions | None = None) -> tuple[int, Int16Array]:
        """Return all of ``text`` spoken; nothing speakable gives no samples.

        Raises:
            ConfigurationError: ``text`` is no text.
            SpeechEngineError: the service cannot be reached, refused, or broke off.
        """
        chosen = self._chosen(options)
        pieces = [samples for _, samples in noted(text, self._spoken(text, chosen))]
        return chosen.sample_rate, np.concatenate(pieces) if pieces else np.zeros(0, np.int16)

    def stream_tts_sync(
        self, text: str, options: CartesiaTTSOptions | None = None
    ) -> Generator[tuple[int, Int16Array], None, None]:
        """Speak ``text`` as the speech is received; raises as ``tts`` does."""
        yield from noted(text, self._spoken(text, self._chosen(options)))

    def stream_tts(
        self, text: str, options: CartesiaTTSOptions | None = None
    ) -> AsyncGenerator[Speech, None]:
        """Do the same on a thread of its own; raises as ``tts`` does."""
        return as_async_stream(self.stream_tts_sync(text, options))

    def _chosen(self, options: CartesiaTTSOptions | None) -> CartesiaTTSOptions:
        return checked_options(CartesiaTTSOptions, "cartesia", options) or self._options

    def _spoken(
        self, text: str, options: CartesiaTTSOptions
    ) -> Generator[tuple[str, int, Int16Array], None, None]:
        check_text(text)
        with httpx.Client(timeout=httpx.Timeout(SILENT_S, connect=CONNECT_S)) as client:
            for sentence in sentences(text):
                words = sentence
                for samples in aggregate_bytes_to_16bit(self._ask(client, sentence, options)):
                    yield words, options.sample_rate, samples[0]
                    words = ""  # the sentence goes on

    def _ask(
        self, client: httpx.Client, sentence: str, options: CartesiaTTSOptions
    ) -> Generator[bytes, None, None]:
        """Yield the samples of one sentence as they are received.

        Raises:
            SpeechEngineError: with the service's reason, and never the key.
        """
        headers = {"X-API-Key": self._key, "Cartesia-Version": options.cartesia_version}
        most = MOST_SECONDS * options.sample_rate * 2
        try:
            body = _request(sentence, options)
            with client.stream("POST", self._url, headers=headers, json=body) as answer:
                if not answer.is_success:
                    raise SpeechEngineError(_refusal(answer))
                for part in answer.iter_bytes():
                    most -= len(part)
                    if most < 0:
                        raise SpeechEngineError(
                            f"Cartesia sent more than {MOST_SECONDS} seconds for one sentence."
                        )
                    yield part
        except httpx.HTTPError as error:
            raise SpeechEngineError(
                f"Cartesia cannot be reached, or broke off ({type(error).__name__}). "
                "See whether this machine may connect to it."
            ) from error


def _request(
    sentence: str, options: CartesiaTTSOptions
) -> dict[str, str | dict[str, str | int | dict[str, list[str]]]]:
    voice: dict[str, str | int | dict[str, list[str]]] = {"mode": "id", "id": options.voice}
    if options.emotion:
        voice["__experimental_controls"] = {"emotion": options.emotion}
    return {
        "model_id": options.model,
        "transcript": sentence,
        "language": options.language,
        "voice": voice,
        "output_format": {
            "container": "raw",
            "encoding": "pcm_s16le",
            "sample_rate": options.sample_rate,
        },
    }


def _refusal(answer: httpx.Response) -> str:
    """Return what the service said, with what to do about it."""
    said = ""
    for part in answer.iter_text():
        said += part
        if len(said) > _MOST_REASON:
            break
    reason = " ".join(said[:_MOST_REASON].split()) or answer.reason_phrase
    if answer.status_code in (401, 403):
        return f"Cartesia refused the key ({answer.status_code}): {reason}"
    if answer.status_code == 429:
        return f"Cartesia refused, as the account's limit is reached (429): {reason}"
    return f"Cartesia refused ({answer.status_code}): {reason}"
