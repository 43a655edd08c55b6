"""Where speech is in a recording, under the published options. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from gradio_webrtc.turns.detection.speech_window import Hysteresis
from gradio_webrtc.turns.detection.vad import SpeechSegment
from gradio_webrtc.turns.options import SileroVadOptions


def speech_segments(
    probabilities: Sequence[float],
    window_samples: int,
    sample_rate: int,
    total: int,
    options: SileroVadOptions,
) -> list[SpeechSegment]:
    """Return the segments of speech, in order and without overlap.

    Gaps below ``min_silence_duration_ms`` are closed, segments below ``min_speech_duration_ms``
    left out, those above ``max_speech_duration_s`` cut, and what remains is given
    ``speech_pad_ms`` on both sides, or half of the gap to its neighbour.

    Args:
        probabilities: one for each window, as a detector gives them.
        window_samples: length of a window.
        sample_rate: in Hz, of the windows and of the answer.
        total: samples of the recording.
        options: what counts as speech.
    """

    def samples(milliseconds: float) -> int:
        return int(milliseconds * sample_rate / 1000)

    runs = _runs(probabilities, window_samples, total, options.threshold)
    joined = _joined(runs, samples(options.min_silence_duration_ms))
    shortest = samples(options.min_speech_duration_ms)
    speech = [one for one in joined if one["end"] - one["start"] >= shortest]
    pieces = _cut(speech, options.max_speech_duration_s * sample_rate)
    return _padded(pieces, samples(options.speech_pad_ms), total)


def _runs(
    probabilities: Sequence[float], window_samples: int, total: int, threshold: float
) -> list[SpeechSegment]:
    hysteresis = Hysteresis(threshold)
    windows: list[SpeechSegment] = []
    for index, probability in enumerate(probabilities):
        if hysteresis.push(probability):
            start = index * window_samples
            windows.append({"start": start, "end": min(total, start + window_samples)})
    return _joined(windows, 1)


def _joined(segments: list[SpeechSegment], gap: int) -> list[SpeechSegment]:
    """Join what is less than ``gap`` samples apart."""
    joined: list[SpeechSegment] = []
    for one in segments:
        if joined and one["start"] - joined[-1]["end"] < gap:
            joined[-1]["end"] = one["end"]
        else:
            joined.append({"start": one["start"], "end": one["end"]})
    return joined


def _cut(segments: list[SpeechSegment], longest: float) -> list[SpeechSegment]:
    pieces: list[SpeechSegment] = []
    for one in segments:
        start = one["start"]
        while one["end"] - start > longest:
            pieces.append({"start": start, "end": start + int(longest)})
            start += int(longest)
        pieces.append({"start": start, "end": one["end"]})
    return pieces


def _padded(segments: list[SpeechSegment], pad: int, total: int) -> list[SpeechSegment]:
    padded: list[SpeechSegment] = []
    for index, one in enumerate(segments):
        before = segments[index - 1]["end"] if index else -total
        after = segments[index + 1]["start"] if index + 1 < len(segments) else 2 * total
        padded.append(
            {
                "start": max(0, one["start"] - min(pad, (one["start"] - before) // 2)),
                "end": min(total, one["end"] + min(pad, (after - one["end"]) // 2)),
            }
        )
    return padded
