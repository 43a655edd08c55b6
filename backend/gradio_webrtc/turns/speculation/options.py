"""What an author can tune about replies that are begun early."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gradio_webrtc.errors import ConfigurationError

SHORTEST_PAUSE_MS = 60.0
"""The closure of a "t" lasts as long, in the middle of a word."""


@dataclass(frozen=True)
class SpeculationOptions:
    """When a reply is begun before the turn has ended.

    Attributes:
        after_ms: the pause after which the function is called, 60 ms or more. It must be shorter
            than the pause that ends a turn to make a difference.
        most_per_turn: how often it may be called in one turn; somebody who often stops to think
            is answered without speculation after that.

    Raises:
        ConfigurationError: values that cannot work.
    """

    after_ms: float = 160.0
    most_per_turn: int = 4

    def __post_init__(self) -> None:
        """Check the values."""
        if not SHORTEST_PAUSE_MS <= self.after_ms < math.inf:
            raise ConfigurationError(
                f"after_ms must be {SHORTEST_PAUSE_MS:g} or more, not {self.after_ms!r}."
            )
        if self.most_per_turn < 1:
            raise ConfigurationError(
                f"most_per_turn must be 1 or more, not {self.most_per_turn!r}; to reply only when "
                "the turn has ended pass speculative=False."
            )


def speculation_of(speculative: bool | SpeculationOptions) -> SpeculationOptions | None:
    """Return what an author's ``speculative`` comes to; ``None``: no speculation.

    Raises:
        ConfigurationError: it is neither of the two.
    """
    if isinstance(speculative, SpeculationOptions):
        return speculative
    if not isinstance(speculative, bool):
        raise ConfigurationError(
            f"speculative must be True, False or SpeculationOptions(...), not {speculative!r}."
        )
    return SpeculationOptions() if speculative else None
