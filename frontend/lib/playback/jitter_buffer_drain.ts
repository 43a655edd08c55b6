/**
 * Whether what has been received has been played: what waits in the jitter buffers, which even out
 * the network, and in the audio device's. Browsers have no event for it, so their counters are read a
 * few times at the end of a stream. Names: Identifiers for WebRTC's Statistics API.
 */

/** Audio leaves its buffer every 20 ms: a counter that stands still this long has come to its end. */
export const STEP_MS = 60;
/** What has left the buffers still has to be heard and drawn. */
export const MARGIN_MS = 100;

type Stats = Readonly<Record<string, unknown>>;

export interface DrainReading {
  /** Audio samples that have left their buffer. */
  readonly samples: number;
  readonly over: boolean;
  /** How long until it is worth looking again, or until all is played when it is `over`. */
  readonly ms: number;
}

function count(stats: Stats, name: string): number {
  const value = stats[name];
  return typeof value === "number" ? value : 0;
}

/** Milliseconds that audio takes through the audio device's own buffer. */
function deviceDelayMs(stats: Stats): number {
  const played = count(stats, "totalSamplesCount");
  return played > 0 ? (1000 * count(stats, "totalPlayoutDelay")) / played : 0;
}

/** Compares the browser's counters, given the reading before, or `null` for the first. */
export function readDrain(report: Iterable<Stats>, before: DrainReading | null): DrainReading {
  let [receiving, samples, frames, deviceMs] = [false, 0, 0, 0];
  for (const stats of report) {
    if (stats.type === "media-playout") deviceMs = Math.max(deviceMs, deviceDelayMs(stats));
    if (stats.type !== "inbound-rtp") continue;
    receiving = true;
    if (stats.kind === "audio") samples += count(stats, "jitterBufferEmittedCount");
    else frames += undecodedFrames(stats);
  }
  if (!receiving) return { samples, over: true, ms: 0 };
  const over = frames <= 0 && before !== null && before.samples === samples;
  return { samples, over, ms: over ? MARGIN_MS + Math.round(deviceMs) : STEP_MS };
}

/** Frames that have arrived and are not decoded yet. */
function undecodedFrames(stats: Stats): number {
  const done = count(stats, "framesDecoded") + count(stats, "framesDropped");
  return count(stats, "framesReceived") - done;
}
