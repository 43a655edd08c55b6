"""The exception tree: typed data with effect-free constructors; the edges translate it."""

from __future__ import annotations

from typing import Any, ClassVar

from gradio_webrtc.json_values import Json


class GradioWebRTCError(Exception):
    """Base of every error this package raises on purpose."""


class WebRTCError(GradioWebRTCError):
    """Raise this in a handler: the session ends and the page shows ``message`` word for word."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ConfigurationError(GradioWebRTCError, ValueError):
    """The app's author passed arguments that cannot work; the text says which and what to pass."""


class MediaFormatError(GradioWebRTCError, ValueError):
    """A handler emitted what is no frame; the text names what was expected and what came."""


class AudioTypeError(MediaFormatError, TypeError):
    """What was to be converted is no array of a type that audio comes in."""


class MediaFileError(MediaFormatError):
    """An encoded file cannot be played, or not to its end.

    Attributes:
        source: what the page may call it: the file's name, ``bytes of 1234`` or the URL.
        reason: what is wrong and, where it is known, what to do.
    """

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class SpeechEngineError(GradioWebRTCError):
    """A speech engine cannot be loaded, or failed; the text says what to do."""


class MissingExtraError(SpeechEngineError, ImportError):
    """An engine needs a package that is not installed; the text has the command to install it."""


class ModelDownloadError(SpeechEngineError):
    """A model's files cannot be had; the text says which, why, and what to do instead."""


class TurnCredentialsError(GradioWebRTCError):
    """A provider gave no TURN credentials; the text says which, why, and what to do.

    ``provider`` is its name, ``status`` that of its HTTP answer, and ``retry_after`` the seconds
    after which it wants to be asked again; ``None`` where there is none.
    """

    def __init__(
        self, provider: str, text: str, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(text)
        self.provider = provider
        self.status = status
        self.retry_after = retry_after


class TelephoneError(GradioWebRTCError):
    """A telephone call cannot be answered or placed; the text says what to do."""


class MissingTwilioError(TelephoneError, ImportError):
    """Calls need the library ``twilio``; the text has the command to install it."""


class HandlerError(GradioWebRTCError):
    """User code raised; ``__cause__`` is the original exception, ``str()`` what the page shows."""


class VideoTooLargeError(GradioWebRTCError):
    """A client sends larger pictures than ``max_resolution`` allows; they are not decoded.

    Attributes:
        size: width and height in pixels of the first one.
        limit: the largest resolution that is decoded, by area.
    """

    def __init__(self, size: tuple[int, int], limit: tuple[int, int]) -> None:
        super().__init__(
            f"The video of {size[0]}x{size[1]} pixels is larger than this app accepts "
            f"({limit[0]}x{limit[1]}) and is not shown. Choose a lower resolution or a smaller "
            "screen or window to share."
        )
        self.size = size
        self.limit = limit


class ReplacedNameError(GradioWebRTCError, ImportError):
    """A published name that does not exist here; the text says what to use instead."""


class SessionClosedError(GradioWebRTCError):
    """The operation needs an open session, and this one is closing or closed."""


class SpeechRefusedError(GradioWebRTCError):
    """Too much waits to be said in this connection already; the text says how much."""


class SignalingError(GradioWebRTCError):
    """A client's request was refused. ``code`` and ``meta`` travel in the answer's ``meta``."""

    code: ClassVar[str] = "invalid_request"

    def __init__(self, message: str, **meta: Json) -> None:
        super().__init__(message)
        self.message = message
        self.meta = meta

    def refusal(self) -> dict[str, Any]:
        """The wire form: ``{"status": "failed", "meta": {"error": CODE, "message": ..., ...}}``."""
        return {
            "status": "failed",
            "meta": {"error": self.code, "message": self.message, **self.meta},
        }


class ConcurrencyLimitReachedError(SignalingError):
    """Every place is taken; ``meta["limit"]`` is how many there are."""

    code = "concurrency_limit_reached"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"All {limit} places are taken." if limit > 1 else "Someone else is connected.",
            limit=limit,
        )


class ServerFullError(SignalingError):
    """Every UDP port of this machine that may carry media is taken."""

    code = "server_full"

    def __init__(self) -> None:
        super().__init__("This server is full. Try again in a moment.")


class ServerDrainingError(SignalingError):
    """This process takes no new sessions, because it will stop; another one may."""

    code = "server_draining"

    def __init__(self) -> None:
        super().__init__("This server is about to stop. Try again in a moment.")


class TooManyRequestsError(SignalingError):
    """One page or one address holds more than its share of what all share; try again later."""

    code = "too_many_requests"


class OriginNotAllowedError(SignalingError):
    """The request was made by a web page of another site; see ``allowed_origins``."""

    code = "origin_not_allowed"


class InvalidSignatureError(SignalingError):
    """A request about a call was not signed by Twilio with the account's auth token."""

    code = "invalid_signature"


class ConnectionAlreadyExistsError(SignalingError):
    """The id is in use by a live session."""

    code = "connection_already_exists"


class UnknownConnectionError(SignalingError):
    """No session has this id, or it belongs to somebody else."""

    code = "unknown_connection"


class WrongProcessError(SignalingError):
    """The session is at another process of this server; ``meta["process"]`` is who answers."""

    code = "wrong_process"

    def __init__(self, process: str) -> None:
        super().__init__(
            "This request has reached another process than the one that has the connection. "
            "Whoever runs this server has to send all requests of a client to the same process.",
            process=process,
        )


class ConnectionClosedError(SignalingError):
    """The session with this id has ended; ids are not used twice."""

    code = "connection_closed"


class InvalidCandidateError(SignalingError):
    """The ICE candidate cannot be parsed."""

    code = "invalid_candidate_format"


class TooManyCandidatesError(SignalingError):
    """More ICE candidates than any real browser sends."""

    code = "too_many_candidates"


class InvalidOfferError(SignalingError):
    """The offer is not SDP, is too large, or carries no usable media."""

    code = "invalid_offer"


class UnexpectedTrackError(SignalingError):
    """The offer has a track this stream does not take (see ``allow_extra_tracks``)."""

    code = "unexpected_track"


class InvalidIdError(SignalingError):
    """The ``webrtc_id`` is missing, too long, or has characters that no URL's path has."""

    code = "invalid_webrtc_id"


class UnsupportedModalityError(SignalingError):
    """The stream has video, and what should carry it carries sound only."""

    code = "unsupported_modality"

    def __init__(self, modality: str) -> None:
        super().__init__(
            f'This stream is "{modality}". Websockets and telephones carry audio only: connect by '
            'WebRTC, or make the stream one of modality="audio".',
            modality=modality,
        )


class WebSocketUnavailableError(SignalingError):
    """A page wants to fall back to a websocket, and the server has none for it."""

    code = "websocket_unavailable"


class UnknownStartError(SignalingError):
    """The offer's ``start`` names no press of this page's, or one that is long past."""

    code = "unknown_start"


class InvalidSubmissionError(SignalingError):
    """A submitted value is not what a composer sends, or its text is too long."""

    code = "invalid_submission"


class InvalidMessageError(SignalingError):
    """A control message is not JSON, is too large, or is of an unknown type."""

    code = "invalid_message"


class MessageTooLargeError(InvalidMessageError):
    """A message over a socket is larger than any that a client needs to send."""

    code = "message_too_large"


class InvalidFormatError(SignalingError):
    """A websocket's client asks for sound in a form that there is not."""

    code = "invalid_format"


class NotStartedError(SignalingError):
    """A websocket's client did not begin with ``start``, or not in time."""

    code = "not_started"
