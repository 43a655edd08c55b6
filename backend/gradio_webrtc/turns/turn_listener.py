"""What finds the turns of a person for a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.turns.detection.speech_events import Heard, Pause, TurnEnded


class TurnListener(Protocol):
    """What a conversation needs of a ``Listener``."""

    @property
    def speech_s(self) -> float:
        """Seconds of speech in the turn that is going on."""
        ...

    @property
    def silence_left_s(self) -> float | None:
        """Seconds of silence after which something happens; ``None``: nothing waits for it."""
        ...

    def pause_so_far(self) -> Pause | None:
        """Return how long nobody has spoken in a turn that is passed on; ``None``: cannot tell."""
        ...

    def turn_so_far(self, after: int = 0) -> Int16Array:
        """Return the audio of the turn that goes on, as its utterance will begin.

        Args:
            after: how many samples of its beginning are left out.
        """
        ...

    async def hear(self, frame: tuple[int, Int16Array]) -> Sequence[Heard]:
        """Return what the next audio leads to."""
        ...

    async def absent(self, seconds: float) -> Sequence[Heard]:
        """Return what it leads to that no audio came for so long."""
        ...

    def end_turn(self) -> TurnEnded | None:
        """End the turn that is going on, if any."""
        ...

    def resume_turn(self) -> bool:
        """Go on with the turn that ended last; return whether there was one."""
        ...

    def reset(self) -> None:
        """Forget all audio so far."""
        ...

    async def aclose(self) -> None:
        """Let go of the detector."""
        ...
