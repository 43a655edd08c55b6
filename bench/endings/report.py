"""The table of what end-of-turn detectors said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.endings.clips import Clip
from bench.report import markdown

THRESHOLD = 0.5


@dataclass(frozen=True)
class Answer:
    """What a detector said of a clip.

    Attributes:
        clip: the clip.
        likely: that it is finished, 0 to 1; ``None``: it could not tell.
        cpu_s: CPU seconds it took.
    """

    clip: Clip
    likely: float | None
    cpu_s: float

    @property
    def waits(self) -> bool:
        """Whether the person is let go on."""
        return self.likely is not None and self.likely < THRESHOLD


def table(found: Mapping[str, Sequence[Answer]]) -> str:
    """Return a Markdown table, a line for each detector."""
    heading = ("detector", "unfinished: waits", "finished: answers", "CPU, ms")
    return markdown([heading, *([name, *_cells(answers)] for name, answers in found.items())])


def _cells(answers: Sequence[Answer]) -> list[str]:
    finished = [one for one in answers if one.clip.finished]
    unfinished = [one for one in answers if not one.clip.finished]
    times = sorted(one.cpu_s for one in answers)
    return [
        f"{sum(one.waits for one in unfinished)} of {len(unfinished)}",
        f"{sum(not one.waits for one in finished)} of {len(finished)}",
        f"{1000 * times[len(times) // 2]:.0f}",
    ]


def asides(heard: Iterable[tuple[Clip, str, str]]) -> Iterator[str]:
    """Yield a line for each clip: what was said, what was recognised, what was concluded."""
    for clip, text, reason in heard:
        kind = "finished" if clip.finished else "unfinished"
        yield f"{kind}: {clip.text!r} was recognised as {text!r}: {reason}"
