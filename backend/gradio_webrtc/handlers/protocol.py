"""The one shape every accepted callable becomes, and what it may ask of its session."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

from gradio_webrtc.handlers.emission import Emission
from gradio_webrtc.handlers.emitted import AdditionalOutputs
from gradio_webrtc.json_values import JsonObject
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.media.emitted_media import MediaKind as MediaKind
from gradio_webrtc.media.video.frames import FrameFormat, ImageArray

Mode = Literal["send-receive", "send", "receive"]
Modality = Literal["audio", "video", "audio-video"]
Layout = Literal["mono", "stereo"]


TurnLog = Literal[
    "listening",
    "started_talking",
    "pause_detected",
    "response_starting",
    "interrupted",
    "response_ended",
]
"""What a client is told about turns, as the ``data`` of a ``log`` message. ``listening``: the
handler waits for speech, at its start or after speech that it makes nothing of."""


ReceivedAudio: TypeAlias = tuple[int, Int16Array]
"""``(sample_rate in Hz, int16 array)``, shape ``(1, samples)`` mono or ``(2, samples)`` stereo."""


class ReceivedVideo(Protocol):
    """A video frame that is converted when and where it is used."""

    def to_array(self, frame_format: FrameFormat) -> ImageArray:
        """Return ``uint8`` of shape ``(height, width, 3)``, for ``"gray"`` ``(height, width)``."""
        ...


class EndOfStream(Exception):
    """Raised by ``Handler.emit`` when nothing more will come for that kind of media.

    A signal like ``StopAsyncIteration``, not an error.
    """


@dataclass(frozen=True)
class AudioFormat:
    """What audio a handler wants to receive, and means to emit.

    Attributes:
        sample_rate: in Hz; chunks are resampled to it.
        layout: ``"mono"`` gives arrays of shape ``(1, samples)``, ``"stereo"`` ``(2, samples)``.
        output_sample_rate: in Hz, the rate it means to emit at; what it emits says its own. Wires
            whose rate is up to us send at this one.
    """

    sample_rate: int = 48_000
    layout: Layout = "mono"
    output_sample_rate: int = 24_000


class PlaybackControl(Protocol):
    """The audio that a connection plays. Safe from any thread, except ``drain``."""

    def clear(self) -> None:
        """Drop the audio that is queued and not yet played."""
        ...

    def hold(self) -> None:
        """Fall silent at once, and keep what is queued. Idempotent.

        Meanwhile what is emitted waits when enough is queued. ``clear`` works as always.
        """
        ...

    def release(self) -> None:
        """Go on where ``hold`` stopped. Idempotent."""
        ...

    def allow_backlog(self, seconds: float) -> None:
        """Queue so many seconds more than usual for a while: as much came in at once.

        What follows it is as late as that until it has been caught up with, and it can be caught up
        with only where it is queued. On the session's event loop only.
        """
        ...

    async def drain(self) -> None:
        """Wait until all audio that left ``emit`` and reached the wire has been played.

        On the session's event loop only. While the audio is held this waits, unless nothing is
        queued.
        """
        ...

    async def until_played(self, seconds: float) -> None:
        """Wait until ``played_s`` is above ``seconds``, or nothing will be played any more.

        On the session's event loop only.
        """
        ...

    @property
    def played_s(self) -> float:
        """Seconds of the handler's audio that were played since the connection began.

        It stands still while the audio is held, and does not count what was cleared.
        """
        ...

    @property
    def queued_s(self) -> float:
        """Seconds of the handler's audio that wait to be played, sent and not played among it."""
        ...

    def before_clear(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` on the session's event loop before each clearing.

        For what is on its way to be queued, and must not be queued behind the clearing.
        """
        ...


class TextChannel(Protocol):
    """What published handlers use of their channel."""

    def send(self, text: str, /) -> None:
        """Send ``text`` to the client over the control channel, as it is."""
        ...


class ClientChannel(TextChannel, Protocol):
    """What is said to the client, and what it says of itself. Safe from any thread."""

    @property
    def playout_s(self) -> float | None:
        """Seconds from when audio reaches the client to when it is heard; ``None``: not known."""
        ...

    def log(self, event: TurnLog) -> None:
        """Tell the client of a turn-taking event."""
        ...

    def turn_timings(self, values: JsonObject) -> None:
        """Tell a client that shows such things when what happened in a turn."""
        ...

    def stopword(self, word: str) -> None:
        """Tell the client that ``word``, which a reply waited for, was heard."""
        ...

    def request_inputs(self) -> None:
        """Ask the client for the current values of the other inputs."""
        ...


@dataclass(frozen=True)
class Link:
    """What a running handler has of its session.

    Attributes:
        webrtc_id: the session's id.
        loop: the event loop the session runs on.
        client: says things to the client.
        playback: the audio that is played to it.
        composer: whether the client has a text composer, so that functions get a ``WebRTCData``.
        phone_mode: whether nobody can send the values of other inputs.
        put_outputs: takes ``AdditionalOutputs`` that come beside what is emitted. On ``loop`` only.
    """

    webrtc_id: str
    loop: asyncio.AbstractEventLoop
    client: ClientChannel
    playback: PlaybackControl
    composer: bool = False
    phone_mode: bool = False
    put_outputs: Callable[[AdditionalOutputs], None] = lambda outputs: None


class Handler(Protocol):
    """One connection's user code in the one shape a session drives.

    A session calls ``start`` once, then ``receive_audio`` or ``receive_video`` and ``emit`` from
    one task per kind of media each, and ``aclose`` once, whatever happened. Receiving may take as
    long as user code takes: the session bounds what waits before it (audio in order, video newest
    only).
    """

    @property
    def receives(self) -> frozenset[MediaKind]:
        """The kinds of media it takes."""
        ...

    @property
    def emits(self) -> frozenset[MediaKind]:
        """The kinds of media it gives."""
        ...

    @property
    def audio_format(self) -> AudioFormat:
        """What audio it wants to receive."""
        ...

    @property
    def fps(self) -> int:
        """How many frames a second are shown at most, 1 to 60; known before ``start``."""
        ...

    @property
    def video_backlog(self) -> int:
        """How many received frames may wait; 1 is the newest only. Known before ``start``."""
        ...

    @property
    def dropped(self) -> int:
        """How many frames the handler took and then dropped for newer ones."""
        ...

    @property
    def user_code(self) -> Any:
        """What the author wrote: this connection's copy of a stream handler, or the function.

        ``None`` while there is no copy: before ``start``, and after ``aclose``.
        """
        ...

    async def start(self, link: Link) -> None:
        """Prepare user code for this connection. ``audio_format`` is final once this returned."""
        ...

    def set_args(self, args: Sequence[Any]) -> None:
        """Take the current values of the other inputs, without the WebRTC component's own."""
        ...

    async def submit(self, args: Sequence[Any]) -> None:
        """Take what the person submitted, a ``WebRTCData``, and the values of the other inputs.

        Returns when user code was told. The session waits for that before the next one.
        """
        ...

    async def press(self, digit: str) -> None:
        """Tell user code of a key of a telephone; returns when it was told."""
        ...

    def talk(self, pressed: bool) -> None:
        """Take that the person holds a button to talk, or let go of it; also before ``start``."""
        ...

    async def receive_audio(self, audio: ReceivedAudio) -> None:
        """Hand over the next audio, in ``audio_format``."""
        ...

    async def receive_video(self, frame: ReceivedVideo) -> None:
        """Hand over the newest video frame."""
        ...

    async def emit(self, kind: MediaKind) -> Emission:
        """Wait for the next value user code emits.

        Raises:
            EndOfStream: nothing more will come.
            MediaFormatError: it emitted what is no media; the text names what came from where.
        """
        ...

    async def aclose(self) -> None:
        """Run the user's ``shutdown`` once, close generators, release threads. Idempotent."""
        ...
