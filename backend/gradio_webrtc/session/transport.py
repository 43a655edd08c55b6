"""The seam between a session and the wire that carries it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from gradio_webrtc.handlers.protocol import MediaKind, PlaybackControl, ReceivedVideo
from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.media.emitted_media import EmittedAudio, EmittedVideo
from gradio_webrtc.recording.recorder import RecordedVideo, Recorder
from gradio_webrtc.session.messages import Message
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.session.submissions import Submissions


class TransportedVideo(ReceivedVideo, RecordedVideo, Protocol):
    """A received frame, for handlers and for recordings."""


class WireLosses(Protocol):
    """What a wire drops, counted.

    Attributes:
        stale_audio: packets of sound that came long before this process could read them.
    """

    stale_audio: int

    def drop_stale_audio(self) -> None:
        """Count one, and drop all that came before it and has not reached the handler."""
        ...


class TransportListener(Protocol):
    """What a transport tells its session. Every call is made on the event loop and never waits.

    Attributes:
        recorder: is told of what goes onto the wire as it does: paced, and not cleared.
        submissions: is told of the keys of a telephone.
        losses: counts what the wire itself drops.
    """

    recorder: Recorder
    submissions: Submissions
    losses: WireLosses

    def on_reached(self) -> None:
        """The client tries to connect: one of its ICE checks arrived."""
        ...

    def on_connected(self) -> None:
        """Media can flow both ways."""
        ...

    def on_activity(self) -> None:
        """The client gave a sign of life."""
        ...

    def on_audio(self, pcm: Pcm) -> None:
        """Audio arrived."""
        ...

    def on_video(self, frame: TransportedVideo) -> None:
        """A frame arrived."""
        ...

    def on_message(self, text: str | bytes) -> None:
        """A control message arrived, unparsed."""
        ...

    def on_input_ended(self, kind: MediaKind) -> None:
        """No more media of this kind will come."""
        ...

    def on_closed(self, reason: CloseReason) -> None:
        """The wire is gone: closed by the client, lost, or failed."""
        ...


class Transport(Protocol):
    """What a session asks of the wire.

    A wire brings a negotiation of its own, tells its listener what comes in, and carries what is
    played: ``media.outgoing_audio.OutgoingAudio`` does the queueing and pacing for all of them.
    """

    @property
    def playback(self) -> PlaybackControl:
        """The audio that is played, for whoever takes turns."""
        ...

    async def play_audio(self, audio: EmittedAudio) -> None:
        """Queue audio; waits while enough is queued (back-pressure).

        Raises:
            MediaFormatError: its values are no audio.
        """
        ...

    async def play_video(self, frame: EmittedVideo) -> None:
        """Show a frame at its time, or else as soon as one may be shown; waits until then."""
        ...

    async def drain(self) -> None:
        """Wait until everything queued has been played, of all kinds of media."""
        ...

    def send(self, message: Message) -> None:
        """Send a control message, at once or as soon as the control channel opens."""
        ...

    def send_text(self, text: str) -> None:
        """Send text as it is over the control channel."""
        ...

    async def aclose(self) -> None:
        """Deliver what is still to be sent, then close. Idempotent."""
        ...


MakeTransport = Callable[[TransportListener], Transport]
"""Makes a session's wire, which tells that session what happens."""
