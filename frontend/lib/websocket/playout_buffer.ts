/**
 * Evens out audio that comes over TCP: in order and whole, but late whenever a packet was lost on
 * the way, and then all at once. Pure: time is the samples that are pulled.
 *
 * It waits for a little audio before it begins, waits again when it has run dry, and a little longer
 * each time that happens in the midst of something. What has piled up behind a stall is caught up
 * with in the pauses of speech: words are never left out, short of two seconds of them.
 */

/** How much audio waits before it is played, seconds: three frames and the browser's own jitter. */
export const TARGET_S = 0.07;
/** The most it grows to where the network is uneven, and how much longer each time. */
export const MOST_TARGET_S = 0.25;
const LONGER_S = 0.03;
/** A stall was one if the audio goes on this soon; later it is something new that is said. */
const STALL_S = 0.4;
/** After this long without a stall the wait is shortened again. */
const CALM_S = 10;
/** Delay that is not worth catching up with, and the time over which it is judged. */
const SLACK_S = 0.05;
const JUDGED_S = 1;
/** What may be left out to catch up: this long, and nowhere louder than -40 dB. */
const PAUSE_S = 0.01;
const QUIET = 0.01;
/** More than this is never kept; the oldest goes first. */
export const MOST_S = 2;
/** Ends and beginnings that were not meant are faded over this long, so that nothing clicks. */
const FADE_S = 0.003;

export class PlayoutBuffer {
  #parts: Float32Array[] = [];
  /** Samples of the first part that are played already. */
  #offset = 0;
  #waiting = 0;
  #playing = false;
  /** Samples pulled since the first one that waits arrived, or since it ran dry. */
  #since = 0;
  #target: number;
  #calm = 0;
  /** The least that waited since `#judged` began to count. */
  #least = Infinity;
  #judged = 0;
  /** How much of the delay is to be caught up with. */
  #excess = 0;
  #last = 0;
  /** Goes to 1 when playing begins, and the last sample to 0 when it ends. */
  #gain = 0;

  constructor(private readonly rate: number) {
    this.#target = TARGET_S * rate;
  }

  /** Seconds of audio that wait to be played. */
  get waiting(): number {
    return this.#waiting / this.rate;
  }

  push(samples: Float32Array): void {
    if (samples.length === 0) return;
    if (this.#waiting === 0) this.#begin();
    this.#parts.push(samples);
    this.#waiting += samples.length;
    const most = MOST_S * this.rate;
    if (this.#waiting > most) this.#skip(this.#waiting - most);
  }

  /** Drops all that waits. */
  clear(): void {
    this.#parts = [];
    this.#offset = this.#waiting = this.#excess = 0;
    this.#playing = false;
    this.#since = Infinity;
  }

  /** Fills `out` with what is to be heard now. */
  pull(out: Float32Array): void {
    if (!this.#playing && this.#isReady()) this.#playing = true;
    if (this.#playing) this.#catchUp(out.length);
    const taken = this.#playing ? this.#take(out) : 0;
    this.#fadeOut(out, taken);
    if (this.#playing && taken < out.length) {
      this.#playing = false;
      this.#since = 0;
    }
    this.#since += out.length;
    this.#calm += out.length;
    if (this.#calm >= CALM_S * this.rate) this.#setTarget(-LONGER_S);
  }

  /** The first sample after a silence: was that a stall, or is it something new? */
  #begin(): void {
    const stalled = !this.#playing && this.#since > 0 && this.#since < STALL_S * this.rate;
    if (stalled) this.#setTarget(LONGER_S);
    this.#since = 0;
    this.#least = Infinity;
    this.#judged = 0;
  }

  #setTarget(change: number): void {
    const seconds = this.#target / this.rate + change;
    this.#target = Math.min(MOST_TARGET_S, Math.max(TARGET_S, seconds)) * this.rate;
    this.#calm = 0;
  }

  /** Something short is played as well: what waits long enough need not be long. */
  #isReady(): boolean {
    return this.#waiting > 0 && (this.#waiting >= this.#target || this.#since >= this.#target);
  }

  #catchUp(step: number): void {
    this.#least = Math.min(this.#least, this.#waiting);
    this.#judged += step;
    if (this.#judged >= JUDGED_S * this.rate) {
      const late = this.#least - this.#target;
      this.#excess = late > SLACK_S * this.rate ? late : 0;
      this.#least = Infinity;
      this.#judged = 0;
    }
    const pause = Math.round(PAUSE_S * this.rate);
    while (this.#excess >= pause && this.#waiting > pause + step && this.#isQuiet(pause)) {
      this.#skip(pause);
      this.#excess -= pause;
    }
  }

  #isQuiet(length: number): boolean {
    let [left, offset] = [length, this.#offset];
    for (const part of this.#parts) {
      const end = Math.min(part.length, offset + left);
      for (let at = offset; at < end; at += 1) if (Math.abs(part[at]!) > QUIET) return false;
      left -= end - offset;
      if (left === 0) break;
      offset = 0;
    }
    return true;
  }

  /** Moves samples into `out` and returns how many there were. */
  #take(out: Float32Array): number {
    let filled = 0;
    for (let part = this.#parts[0]; part && filled < out.length; part = this.#parts[0]) {
      const samples = part.subarray(this.#offset, this.#offset + out.length - filled);
      out.set(samples, filled);
      filled += samples.length;
      this.#skip(samples.length);
    }
    const fade = 1 / (FADE_S * this.rate);
    for (let at = 0; at < filled && this.#gain < 1; at += 1) {
      this.#gain = Math.min(1, this.#gain + fade);
      out[at]! *= this.#gain;
    }
    if (filled > 0) this.#last = out[filled - 1]!;
    return filled;
  }

  #skip(samples: number): void {
    this.#waiting -= samples;
    this.#offset += samples;
    for (let part = this.#parts[0]; part && this.#offset >= part.length; part = this.#parts[0]) {
      this.#offset -= part.length;
      this.#parts.shift();
    }
  }

  /** Silence from `start` on, into which the last sample is faded. */
  #fadeOut(out: Float32Array, start: number): void {
    const fade = 1 / (FADE_S * this.rate);
    for (let at = start; at < out.length; at += 1) {
      this.#gain = Math.max(0, this.#gain - fade);
      out[at] = this.#last * this.#gain;
    }
  }
}
