"""What is played to a caller: paced as everywhere, silenced by ``clear``, counted by marks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from gradio_webrtc.concurrency.wakeup import Wakeup
from gradio_webrtc.media.audio import mu_law
from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.media.outgoing_audio import OutgoingAudio
from gradio_webrtc.transports.telephone.played_marks import PlayedMarks, SentFrame
from gradio_webrtc.transports.telephone.twilio_messages import SAMPLE_RATE


class CallWire(Protocol):
    """The other end of a call, on the event loop."""

    def silence(self) -> None:
        """Let it drop what it has not played."""
        ...

    def send_again(self, frame: SentFrame) -> None:
        """Send a frame and its mark, whatever else waits."""
        ...


class CallPlayback(OutgoingAudio):
    """A ``handlers.protocol.PlaybackControl`` for which played is what the caller has heard.

    When a reply is held the other end is told to fall silent at once, and what it had not played
    is sent again when the reply goes on.

    Args:
        wire: the other end.
        sent: called with each 20 ms as they go out, for recordings.
    """

    def __init__(self, wire: CallWire, sent: Callable[[Pcm], None]) -> None:
        super().__init__(SAMPLE_RATE, max_channels=1, sent=sent)
        self._wire = wire
        self._marks = PlayedMarks()
        self._marked = Wakeup()
        self._held = False

    @property
    def played_s(self) -> float:
        """Seconds of what was emitted that the caller has heard. Any thread."""
        return self._marks.heard_s

    @property
    def queued_s(self) -> float:
        """Seconds that wait here or at the other end. Any thread."""
        return super().queued_s + self._marks.unheard_s

    def hold(self) -> None:
        """Fall silent and keep what is queued, at the other end too. Any thread. Idempotent."""
        self._in_turn(self._hold)

    def release(self) -> None:
        """Go on where ``hold`` stopped. Any thread. Idempotent."""
        self._in_turn(self._release)

    async def drain(self) -> None:
        """Wait until the caller has heard everything queued."""
        await super().drain()
        while not self._stopped:
            left = self._marks.expire(self._loop.time())
            if left is None and not self._marks.held:
                return
            await self._marked.wait(left)

    async def until_played(self, seconds: float) -> None:
        """Wait until the caller has heard more than ``seconds``, or it has been stopped."""
        while self.played_s <= seconds and not self._stopped:
            await self._marked.wait(self._marks.expire(self._loop.time()))

    # -- for the wire ----------------------------------------------------------------------------

    async def next_sent(self) -> SentFrame | None:
        """Return the next frame to send when it is due; ``None`` when it has been stopped."""
        while (frame := await self.next_frame()) is not None:
            now = self._loop.time()
            self._marks.expire(now)
            # While it is held only its fading away is left, which a clear has cut off already.
            if not self._held:
                self._marked.set()  # whoever waits for the marks knows now how long to
                return self._marks.sent(mu_law.encode(frame.samples), super().played_s, now)
        return None

    def marked(self, name: str) -> None:
        """A mark came back."""
        self._marks.returned(name, self._loop.time())
        self._marked.set()

    def stop(self) -> None:
        """Let everybody go who waits here. Idempotent."""
        super().stop()
        self._marked.set()

    # -- inside ----------------------------------------------------------------------------------

    def _clear(self) -> None:
        super()._clear()
        self._hush()
        self._marks.clear(self._loop.time())
        self._marked.set()

    def _hold(self) -> None:
        self._pacer.hold()
        if not self._held:
            self._held = True
            self._hush()
            self._marks.hold(self._loop.time())

    def _release(self) -> None:
        self._pacer.release()
        self._held = False
        for frame in self._marks.release(self._loop.time()):
            self._wire.send_again(frame)

    def _hush(self) -> None:
        if self._marks.playing:
            self._wire.silence()
