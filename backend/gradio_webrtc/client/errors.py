"""What goes wrong for a client, each with what to do about it."""

from __future__ import annotations

from gradio_webrtc.errors import GradioWebRTCError
from gradio_webrtc.json_values import Json, JsonObject


class ClientError(GradioWebRTCError):
    """Base of every error of :mod:`gradio_webrtc.client`; the text says what to do."""


class ServerUnreachableError(ClientError):
    """Nothing answers at the address: no server, a wrong host or port, or no network."""


class ServerFailedError(ClientError):
    """What answers fails, or answers nonsense: a proxy's error page, a server that is starting.

    Attributes:
        status: of its HTTP answer; ``None`` without one.
    """

    def __init__(self, text: str, status: int | None = None) -> None:
        super().__init__(text)
        self.status = status


class StreamNotFoundError(ClientError):
    """A server answers, and it has no such stream; the text says what it has."""


class AccessDeniedError(ClientError):
    """The server wants credentials, or others."""


class RefusedError(ClientError):
    """The server refused the connection.

    Attributes:
        code: why, one of those of the wire protocol, such as ``"unexpected_track"``.
        meta: what it told besides.
    """

    def __init__(self, text: str, code: str, meta: JsonObject) -> None:
        super().__init__(text)
        self.code = code
        self.meta = meta


class NoPlaceError(RefusedError):
    """Everybody's place is taken; ``meta["limit"]`` says how many there are."""


class ConnectTimeoutError(ClientError):
    """The server answered, and then no media could flow in time."""


class CallEndedError(ClientError):
    """What was asked for needs a call, and this one is over.

    Attributes:
        reason: why it ended, such as ``"handler_error"``; see the guide about endings.
    """

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(text)
        self.reason = reason


class NothingCameError(ClientError, TimeoutError):
    """What was waited for did not come in time; the text says what came instead."""


REMEDIES = {
    "concurrency_limit_reached": "Try again later, raise the stream's concurrency_limit, or give "
    "connect() a place_within_s.",
    "unexpected_track": "Pass the modality that the stream has to connect().",
    "invalid_offer": "Pass the modality that the stream has to connect().",
    "unsupported_modality": 'Only sound goes over a websocket: connect with by="webrtc".',
    "too_many_requests": "Wait some seconds, and end calls that are not needed any more.",
    "origin_not_allowed": "Leave the header Origin out, or add it to the stream's allowed_origins.",
    "no_stream": "The app's author has to call stream() of this component.",
}


def refusal(body: JsonObject) -> RefusedError:
    """Return the error that ``{"status": "failed", "meta"}`` stands for."""
    told: Json = body.get("meta")
    meta = told if isinstance(told, dict) else {}
    code = str(meta.get("error") or "refused")
    said = str(meta.get("message") or "").strip() or f"The server refused: {code}."
    text = f"{said} {REMEDIES.get(code, '')}".strip()
    kind = NoPlaceError if code == "concurrency_limit_reached" else RefusedError
    return kind(text, code, meta)
