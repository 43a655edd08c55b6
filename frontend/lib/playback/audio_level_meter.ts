/**
 * Measures the loudness of streams, and nothing while nobody looks: a timer runs only between
 * `watch` and `stop`, and each reading costs two short sums.
 */

import { LevelTracker, SILENT_LEVEL, type Level } from "./audio_level";
import type { Clock } from "../types";

/** Twenty readings a second: the eye sees it as continuous. */
export const READING_MS = 50;
/** 1024 samples are 21 ms at 48 kHz, long enough to hold a period of the lowest voice. */
const FFT_SIZE = 1024;

export type Direction = "in" | "out";
export type Levels = Readonly<Record<Direction, Level>>;
export const SILENT_LEVELS: Levels = { in: SILENT_LEVEL, out: SILENT_LEVEL };

interface Probe {
  readonly stream: MediaStream;
  readonly source: MediaStreamAudioSourceNode;
  readonly analyser: AnalyserNode;
  readonly samples: Float32Array<ArrayBuffer>;
  readonly tracker: LevelTracker;
}

export class AudioLevelMeter {
  #context: AudioContext | null = null;
  readonly #probes = new Map<Direction, Probe>();
  #timer: number | null = null;

  constructor(
    private readonly newContext: () => AudioContext,
    private readonly clock: Clock,
    private readonly report: (levels: Levels) => void,
  ) {}

  /** Measures these streams from now on; `null` for a side that is silent. */
  watch(streams: Readonly<Record<Direction, MediaStream | null>>): void {
    for (const side of ["in", "out"] as const) this.#attach(side, streams[side]);
    if (this.#probes.size === 0) return this.stop();
    if (this.#timer === null) this.#read();
  }

  /** Stops measuring and gives back the audio hardware. */
  stop(): void {
    if (this.#timer !== null) this.clock.clear(this.#timer);
    this.#timer = null;
    for (const side of [...this.#probes.keys()]) this.#detach(side);
    if (this.#context !== null) {
      void this.#context.close();
      this.#context = null;
      this.report(SILENT_LEVELS);
    }
  }

  #attach(side: Direction, stream: MediaStream | null): void {
    if (this.#probes.get(side)?.stream === stream) return;
    this.#detach(side);
    if (stream === null || stream.getAudioTracks().length === 0) return;
    this.#context ??= this.newContext();
    const source = this.#context.createMediaStreamSource(stream);
    const analyser = this.#context.createAnalyser();
    analyser.fftSize = FFT_SIZE;
    source.connect(analyser);
    const samples = new Float32Array(FFT_SIZE);
    this.#probes.set(side, { stream, source, analyser, samples, tracker: new LevelTracker() });
  }

  #detach(side: Direction): void {
    this.#probes.get(side)?.source.disconnect();
    this.#probes.delete(side);
  }

  #read(): void {
    const now = this.clock.now();
    const level = (side: Direction): Level => {
      const probe = this.#probes.get(side);
      if (!probe) return SILENT_LEVEL;
      probe.analyser.getFloatTimeDomainData(probe.samples);
      return probe.tracker.update(probe.samples, now);
    };
    this.report({ in: level("in"), out: level("out") });
    this.#timer = this.clock.set(() => this.#read(), READING_MS);
  }
}
