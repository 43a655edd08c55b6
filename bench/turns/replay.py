"""Playing a recording to a listener with the embedded detector, and judging what it finds."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from bench.turns.material import Recording
from bench.turns.sounds import RATE
from gradio_webrtc.turns.detection.listener import Listener
from gradio_webrtc.turns.detection.speech_events import SpeechStarted, TurnEnded
from gradio_webrtc.turns.options import AlgoOptions

CHUNK = RATE // 50
"""Samples in a chunk: 20 ms, as they come out of Opus packets; nothing is known before its end."""
TOLERANCE = 0.15
"""Seconds before its beginning in which speech may be found: a few of the detector's windows."""


@dataclass
class Findings:
    """What a replay showed.

    Attributes:
        seconds: length of the recording.
        turns: how many there are in it.
        found: how many were found, as one turn each.
        false_starts: starts where nobody spoke.
        cut_offs: ends before somebody had finished.
        missed: turns that were not found.
        clipped: utterances without the beginning or the end of what was said.
        start_delays: seconds from each turn's beginning to when it was noticed.
        end_delays: seconds from each turn's end to when it was over.
    """

    seconds: float = 0.0
    turns: int = 0
    found: int = 0
    false_starts: int = 0
    cut_offs: int = 0
    missed: int = 0
    clipped: int = 0
    start_delays: list[float] = field(default_factory=list)
    end_delays: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class _Found:
    """A turn that was found, in seconds: of the speech, and when it was noticed and over."""

    first: float
    noticed: float
    over: float
    utterance: tuple[float, float]


def replay(recording: Recording, algo: AlgoOptions | None = None) -> Findings:
    """Play ``recording`` as fast as it can be judged; nothing but the clock is made up."""
    seconds = len(recording.samples) / RATE
    findings = Findings(seconds, len(recording.turns))
    found = asyncio.run(_listen(recording, algo or AlgoOptions()))
    for begin, end in recording.turns:
        mine = [one for one in found if begin - TOLERANCE <= one.first <= end]
        _judge_turn(findings, begin, end, mine)
    findings.false_starts = sum(
        all(not begin - TOLERANCE <= one.first <= end for begin, end in recording.turns)
        for one in found
    )
    return findings


def _judge_turn(findings: Findings, begin: float, end: float, found: Sequence[_Found]) -> None:
    if not found:
        findings.missed += 1
        return
    findings.cut_offs += len(found) - 1
    findings.found += 1
    findings.start_delays.append(found[0].noticed - begin)
    findings.end_delays.append(found[-1].over - end)
    findings.clipped += found[0].utterance[0] > begin or found[-1].utterance[1] < end


async def _listen(recording: Recording, algo: AlgoOptions) -> list[_Found]:
    # As while a reply is played: nothing waits for more before it is judged.
    listener = Listener(RATE, algo=algo, hurry=lambda: True)
    found: list[_Found] = []
    first = noticed = 0.0
    for stop in range(CHUNK, len(recording.samples) + 1, CHUNK):
        samples = recording.samples[None, stop - CHUNK : stop]
        for event in await listener.hear((RATE, samples)):
            if isinstance(event, SpeechStarted):
                first, noticed = event.time, stop / RATE
            else:
                place = _place(recording, event, stop)
                found.append(_Found(first, noticed, stop / RATE, place))
    await listener.aclose()
    return found


def _place(recording: Recording, event: TurnEnded, stop: int) -> tuple[float, float]:
    """Find where an utterance lies in the sound up to sample ``stop``."""
    utterance = event.utterance[0]
    length = len(utterance)
    oldest = max(0, stop - length - RATE)
    starts = np.arange(oldest, stop - length + 1)
    # Its loudest moment is nowhere else; a few samples of that are enough to find it.
    loudest = min(int(np.abs(utterance.astype(np.int32)).argmax()), length - 16)
    for offset in range(loudest, loudest + 16):
        starts = starts[recording.samples[starts + offset] == utterance[offset]]
    for start in starts.tolist():
        if (recording.samples[start : start + length] == utterance).all():
            return start / RATE, (start + length) / RATE
    raise AssertionError("an utterance that was not in the recording")
