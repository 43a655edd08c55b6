"""Finding the pitch of a sound, and drawing it."""

from __future__ import annotations

import numpy as np

NAMES = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"]
RATE = 24_000
WINDOW = 4096  # samples, 0.17 s: ten periods of the lowest note
HISTORY = 80  # bars in the chart


def pitch_and_loudness(samples: np.ndarray) -> tuple[float, float]:
    """Return the pitch in Hz, 0 for none, and the loudness in dB below full scale."""
    loudness = 20 * np.log10(np.sqrt(np.mean(samples**2)) + 1e-5)
    spectrum = np.fft.rfft(samples * np.hanning(samples.size), 2 * samples.size)
    likeness = np.fft.irfft(np.abs(spectrum) ** 2)[: samples.size]  # to itself, so much later
    likeness /= likeness[0] + 1e-9
    shortest, longest = RATE // 1000, RATE // 60
    rising = np.flatnonzero(np.diff(likeness[:longest]) > 0)
    first = max(shortest, rising[0]) if rising.size else longest
    if loudness < -50 or first >= longest:
        return 0.0, float(loudness)
    # The first period that fits nearly as well as the best: twice the period fits too.
    peaks = likeness[first:longest]
    period = first + int(np.flatnonzero(peaks > 0.9 * peaks.max())[0])
    period += int(likeness[period : period + 2 + period // 4].argmax())
    if likeness[period] < 0.5:
        return 0.0, float(loudness)
    before, here, after = likeness[period - 1 : period + 2]
    exact = period + 0.5 * (before - after) / (before - 2 * here + after)
    return float(RATE / exact), float(loudness)


def note_of(frequency: float) -> tuple[str, float]:
    """Return the nearest note's name and how many hundredths of a semitone it is off."""
    pitch = 69 + 12 * np.log2(frequency / 440)
    nearest = round(pitch)
    return f"{NAMES[nearest % 12]}{nearest // 12 - 1}", 100 * (pitch - nearest)


def dial(frequency: float, levels: list[float]) -> str:
    """Draw the note, a needle for how true it is, and the loudness of the last seconds."""
    name, cents = note_of(frequency) if frequency else ("?", 0.0)
    colour = "#22c55e" if frequency and abs(cents) < 10 else "var(--color-accent)"
    detail = f"{frequency:.1f} Hz · {cents:+.0f} cents" if frequency else "sing or play a note"
    x = 200 + 3 * cents
    ticks = "".join(f"<path d='M{200 + 30 * t} 128v{14 if t else 24}'/>" for t in range(-5, 6))
    bars = "".join(
        f"<rect x='{5 * (HISTORY - len(levels) + i)}' y='{240 - h:.0f}' width='3.5' "
        f"height='{h:.0f}' rx='1.5' opacity='{0.3 + 0.7 * i / HISTORY:.2f}'/>"
        for i, h in enumerate(max(2, 70 + level) for level in levels)
    )
    return (
        f"<svg viewBox='0 0 400 245' role='img' aria-label='{name}, {detail}' "
        f"style='width:100%;max-width:560px;display:block;margin:auto' text-anchor='middle'>"
        f"<text x='200' y='82' font-size='84' font-weight='700' fill='{colour}'>{name}</text>"
        f"<text x='200' y='112' font-size='15' fill='var(--body-text-color)'>{detail}</text>"
        f"<g stroke='var(--border-color-primary)' stroke-width='2'>{ticks}</g>"
        f"<circle cx='{x:.0f}' cy='140' r='9' fill='{colour}'/>"
        f"<g fill='var(--color-accent)'>{bars}</g></svg>"
    )
