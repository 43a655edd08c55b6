/**
 * From samples to what a meter shows. Loudness is heard in decibels and a display that jumps is
 * hard to read, so the level rises at once and sinks slowly.
 */

/** Quieter than this is an empty meter: the noise of a quiet room. dB relative to full scale. */
const FLOOR_DB = -60;
/** Louder than this is a full one: speech close to the microphone peaks about here. */
const CEILING_DB = -10;
/** How far a meter sinks in a second, as a part of its whole height. */
const DECAY_PER_S = 1.6;
const SPEAKING_FROM = 0.35;
/** Speech has gaps between its words; shorter than this is still the same person speaking. */
const HOLD_MS = 400;

/** Root mean square of samples in -1..1. */
export function rms(samples: ArrayLike<number>): number {
  if (samples.length === 0) return 0;
  let sum = 0;
  for (let index = 0; index < samples.length; index += 1) sum += samples[index]! ** 2;
  return Math.sqrt(sum / samples.length);
}

/** Loudness as a meter shows it, 0..1, for an RMS value. */
export function loudnessOf(amplitude: number): number {
  if (amplitude <= 0) return 0;
  const decibels = 20 * Math.log10(amplitude);
  return Math.min(1, Math.max(0, (decibels - FLOOR_DB) / (CEILING_DB - FLOOR_DB)));
}

export interface Level {
  /** 0..1, for display. */
  readonly loudness: number;
  readonly speaking: boolean;
}

export const SILENT_LEVEL: Level = { loudness: 0, speaking: false };

/** Follows one audio signal over time. */
export class LevelTracker {
  #loudness = 0;
  #at: number | null = null;
  #spokeAt: number | null = null;

  /** Takes the newest samples at `now` (ms). */
  update(samples: ArrayLike<number>, now: number): Level {
    const current = loudnessOf(rms(samples));
    const elapsed = this.#at === null ? 0 : Math.max(0, now - this.#at) / 1000;
    this.#at = now;
    this.#loudness = Math.max(current, this.#loudness - DECAY_PER_S * elapsed);
    if (current >= SPEAKING_FROM) this.#spokeAt = now;
    const speaking = this.#spokeAt !== null && now - this.#spokeAt <= HOLD_MS;
    return { loudness: this.#loudness, speaking };
  }
}
