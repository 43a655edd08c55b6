/**
 * What a websocket carried, counted, and told in the words of `RTCPeerConnection.getStats()`, so
 * that whoever reads those reads these.
 */

import type { Report, Stats } from "../playback/statistics";

export class SocketStatistics {
  #sent = 0;
  #received = 0;
  #frames = 0;
  #dropped = 0;
  #waited = 0;
  #waits = 0;
  #roundTripMs: number | null = null;

  /** Audio was sent: bytes of it, without what wraps them. */
  sent(bytes: number): void {
    this.#sent += bytes;
    this.#frames += 1;
  }

  /** A captured frame was not sent, since the network takes no more. */
  dropped(): void {
    this.#dropped += 1;
  }

  received(bytes: number): void {
    this.#received += bytes;
  }

  /** So many seconds of audio wait to be played; counted as a jitter buffer's samples are. */
  waiting(seconds: number): void {
    if (seconds <= 0) return;
    this.#waited += seconds;
    this.#waits += 1;
  }

  roundTrip(ms: number): void {
    this.#roundTripMs = ms;
  }

  /** The report of this moment, ms. */
  report(codec: string, now: number): Report {
    const media = { kind: "audio", timestamp: now, codecId: "codec" };
    const all: Stats[] = [
      { id: "codec", type: "codec", mimeType: `audio/${codec}` },
      { id: "transport", type: "transport", selectedCandidatePairId: "socket", protocol: "websocket" },
      {
        id: "socket",
        type: "candidate-pair",
        ...(this.#roundTripMs !== null && { currentRoundTripTime: this.#roundTripMs / 1000 }),
      },
      {
        ...{ id: "in", type: "inbound-rtp", ...media, bytesReceived: this.#received },
        ...{ jitterBufferDelay: this.#waited, jitterBufferEmittedCount: this.#waits },
      },
      {
        ...{ id: "out", type: "outbound-rtp", ...media, remoteId: "there" },
        ...{ bytesSent: this.#sent, packetsSent: this.#frames },
      },
      { id: "there", type: "remote-inbound-rtp", packetsLost: this.#dropped },
    ];
    return all;
  }
}
