"""Finds turns by a button once somebody uses one, and as before until then."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gradio_webrtc.media.audio.pcm import Int16Array, Pcm, remix
from gradio_webrtc.media.audio.resampler import StreamResampler
from gradio_webrtc.turns.detection.speech_events import Heard, Pause, TurnEnded
from gradio_webrtc.turns.push_to_talk.pressed_turns import PressedTurns
from gradio_webrtc.turns.turn_listener import TurnListener


class PushToTalkListener:
    """A ``TurnListener`` that hands over to a person's button.

    Args:
        found: finds the turns of who has no button.
        rate: of the utterances, in Hz.
        channels: of the utterances.
        longest_s: the longest turn in seconds.

    Attributes:
        by_button: whether only the button makes turns: from the first word of it on.
    """

    def __init__(
        self, found: TurnListener, rate: int, channels: int, longest_s: float = math.inf
    ) -> None:
        self.by_button = False
        self._found = found
        self._turns = PressedTurns(rate, channels, longest_s)
        self._rate = rate
        self._channels = channels
        self._converter = StreamResampler(rate, channels)

    def button(self, pressed: bool) -> None:
        """Take that the button is held or not. What that leads to ``hear`` returns."""
        if not self.by_button:
            self.by_button = True
            if self._found.speech_s > 0:
                self._turns.drop_speech()
            self._found.reset()
        if pressed:
            self._turns.press()
        else:
            self._turns.release()

    @property
    def speech_s(self) -> float:
        """Seconds of speech in the turn that goes on: who holds a button means to interrupt."""
        if self.by_button:
            return math.inf if self._turns.talking else 0.0
        return self._found.speech_s

    @property
    def silence_left_s(self) -> float | None:
        """Seconds of silence after which something happens; ``None``: nothing waits for it."""
        return (self._turns if self.by_button else self._found).silence_left_s

    def pause_so_far(self) -> Pause | None:
        """Return how long nobody has spoken; with a button no pause means anything."""
        return None if self.by_button else self._found.pause_so_far()

    def turn_so_far(self, after: int = 0) -> Int16Array:
        """Return the audio of the turn that goes on, as its utterance will begin."""
        return (self._turns if self.by_button else self._found).turn_so_far(after)

    async def hear(self, frame: tuple[int, Int16Array]) -> Sequence[Heard]:
        """Return what has happened, with more audio; by a button also without any samples."""
        if not self.by_button:
            return await self._found.hear(frame)
        rate, samples = frame
        if rate != self._rate:
            samples = self._converter.push(Pcm(rate, samples))
        elif samples.shape[0] != self._channels:
            samples = remix(samples, self._channels)
        return self._turns.push(samples)

    async def absent(self, seconds: float) -> Sequence[Heard]:
        """Return what it leads to that no audio came for so long."""
        if not self.by_button:
            return await self._found.absent(seconds)
        return self._turns.absent(seconds)

    def end_turn(self) -> TurnEnded | None:
        """End the turn that is going on, if any."""
        return (self._turns if self.by_button else self._found).end_turn()

    def resume_turn(self) -> bool:
        """Go on with the turn that ended last; one that a button ended has ended."""
        return not self.by_button and self._found.resume_turn()

    def reset(self) -> None:
        """Forget all audio so far."""
        self._turns.reset()
        self._found.reset()

    async def aclose(self) -> None:
        """Let go of the detector."""
        self._turns.reset()
        await self._found.aclose()
