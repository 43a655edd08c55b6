/**
 * How long what has been received still plays: what waits in the jitter buffers, which even out the
 * network, and in the sound card's. Names: Identifiers for WebRTC's Statistics API.
 */

/** What else is on its way: a packet that comes after the goodbye, the last picture's rendering. */
export const MARGIN_MS = 120;

type Stats = Readonly<Record<string, unknown>>;

function mean(stats: Stats, sum: string, count: string): number {
  const [total, number] = [stats[sum], stats[count]];
  return typeof total === "number" && typeof number === "number" && number > 0
    ? total / number
    : 0;
}

/** The milliseconds until all has been played; 0 when nothing is received. */
export function remainingMs(report: Iterable<Stats>): number {
  let [receiving, buffered, card] = [false, 0, 0];
  for (const stats of report) {
    if (stats.type === "inbound-rtp") {
      receiving = true;
      const delay = mean(stats, "jitterBufferDelay", "jitterBufferEmittedCount");
      const target = mean(stats, "jitterBufferTargetDelay", "jitterBufferEmittedCount");
      buffered = Math.max(buffered, delay, target);
    } else if (stats.type === "media-playout") {
      card = Math.max(card, mean(stats, "totalPlayoutDelay", "totalSamplesCount"));
    }
  }
  return receiving ? Math.round((buffered + card) * 1000) + MARGIN_MS : 0;
}
