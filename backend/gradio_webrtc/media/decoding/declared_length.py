"""Lengths that files declare, which are wrong more often than files are cut off.

Who streams writes the header before anybody knows the length: 0, the largest number there is, or
any large one. And who ends early has played all there was. So a length that cannot be is unknown,
and one that was not reached is logged and ends nobody's stream. What cannot be decoded is an error
wherever it is: bytes that are damaged, and frames that an index lists and the file does not have.
"""

from __future__ import annotations

import logging

logger = logging.getLogger(__name__)

MOST_BYTES = 1_900_000_000
"""Lengths from here on are placeholders: 2,000,000,000, the largest signed and unsigned numbers of
32 bits, and these without the header. It is eleven hours of a voice at 24 kHz."""
MOST_SECONDS = 86_400.0
"""So are lengths above a day."""
TOLERATED_S = 0.75
"""Less than this may be missing: rounding, damaged frames, encoders that count one too many."""


def believed(size: int) -> int | None:
    """Return a declared number of bytes, ``None`` if it is a placeholder."""
    return size if 0 < size < MOST_BYTES else None


def note_missing(name: str, seconds: float) -> None:
    """Log that a file ended so many seconds before the end it declared, if that is worth it."""
    if TOLERATED_S < seconds <= MOST_SECONDS:
        logger.warning(
            "%s is %.2f s shorter than it says: it is cut off, or its header was written before "
            "its length was known. All that is there was played.",
            name,
            seconds,
        )
