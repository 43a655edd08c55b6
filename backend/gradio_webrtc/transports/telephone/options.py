"""What an author says about telephone calls."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from gradio_webrtc.errors import ConfigurationError

AUTH_TOKEN_VARIABLE = "TWILIO_AUTH_TOKEN"
MAX_WORDS = 500


@dataclass(frozen=True)
class TelephoneOptions:
    """How a ``Stream`` answers telephone calls; pass it as ``Stream(telephone=...)``.

    Attributes:
        auth_token: of the Twilio account, with which every request about a call must be signed.
            ``None`` takes the environment variable ``TWILIO_AUTH_TOKEN``, and if that is not set
            either, nothing is checked; ``""`` never checks, for providers that sign otherwise.
        public_url: how this server is reached from outside, such as ``"https://example.org"``,
            where what stands before it does not say so. By default what the request was made to.
        greeting: what Twilio's own voice says before the handler is connected; empty for nothing.
        busy: what it says when every place is taken.
        goodbye: what it says when the handler or a limit has ended the stream, before it hangs up;
            empty for nothing.
        language: of these words, as Twilio's ``<Say>`` takes it, such as ``"de-DE"``.
        voice: that says them, as ``<Say>`` takes it; empty for Twilio's default.

    Raises:
        ConfigurationError: a value that cannot work.
    """

    auth_token: str | None = field(default=None, repr=False)
    public_url: str | None = None
    greeting: str = ""
    busy: str = "All lines are busy. Please call again later."
    goodbye: str = ""
    language: str = "en-US"
    voice: str = ""

    def __post_init__(self) -> None:
        """Check the values."""
        for name in ("greeting", "busy", "goodbye", "language", "voice"):
            value = getattr(self, name)
            if not isinstance(value, str) or len(value) > MAX_WORDS:
                raise ConfigurationError(
                    f"{name} must be text of at most {MAX_WORDS} characters, not {value!r:.80}."
                )
        if self.auth_token is not None and not isinstance(self.auth_token, str):
            raise ConfigurationError("auth_token must be text, or None for TWILIO_AUTH_TOKEN.")
        if self.public_url is not None:
            _check_public_url(self.public_url)

    def token(self) -> str:
        """Return the auth token that signs requests now; empty when nothing is checked."""
        if self.auth_token is None:
            return os.environ.get(AUTH_TOKEN_VARIABLE, "").strip()
        return self.auth_token


def _check_public_url(value: str) -> None:
    parts = urlsplit(value) if isinstance(value, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.netloc or parts.query:
        raise ConfigurationError(
            f'public_url must be an address such as "https://example.org", not {value!r}.'
        )
