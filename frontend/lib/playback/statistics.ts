/**
 * What two reports of `RTCPeerConnection.getStats()`, some time apart, say about a connection.
 * Names: W3C "Identifiers for WebRTC's Statistics API".
 */

import type { Kind } from "../types";

/** The part of a report that is read; `RTCStatsReport` is one. */
export interface Report {
  forEach(visit: (stats: Stats) => void): void;
}

export type Stats = Readonly<Record<string, unknown>> & { id: string; type: string };

/** One kind of media in one direction; `null` where the browser does not say, or not yet. */
export interface Flow {
  /** Bits per second of media. */
  readonly bitrate: number | null;
  /** Such as "VP8". */
  readonly codec: string | null;
  readonly framesPerSecond: number | null;
  readonly width: number | null;
  readonly height: number | null;
  /** Frames that were not shown, or not sent, since the start. */
  readonly dropped: number | null;
  /** Packets that did not arrive, percent of those since the report before. */
  readonly lost: number | null;
  /** Variation of the packets' arrival, ms. */
  readonly jitter: number | null;
  /** Of received audio: from its arrival to when it is heard, ms. */
  readonly playout: number | null;
}

export interface Statistics {
  /** There and back again on the network, ms. */
  readonly roundTrip: number | null;
  /** The way that packets take, in words. */
  readonly path: string | null;
  readonly in: Readonly<Partial<Record<Kind, Flow>>>;
  readonly out: Readonly<Partial<Record<Kind, Flow>>>;
}

class Index {
  readonly #all = new Map<string, Stats>();

  constructor(report: Report | null) {
    report?.forEach((stats) => this.#all.set(stats.id, stats));
  }

  get(id: unknown): Stats | undefined {
    return typeof id === "string" ? this.#all.get(id) : undefined;
  }

  of(type: string): Stats[] {
    return [...this.#all.values()].filter((stats) => stats.type === type);
  }
}

function number(stats: Stats | undefined, name: string): number | null {
  const value = stats?.[name];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** How much a counter grew; `null` before there are two readings, or when it began anew. */
function growth(now: Stats | undefined, before: Stats | undefined, name: string): number | null {
  const [last, first] = [number(now, name), number(before, name)];
  return last === null || first === null || last < first ? null : last - first;
}

/** Growth a second. */
function rate(now: Stats, before: Stats | undefined, name: string): number | null {
  const [more, passed] = [growth(now, before, name), growth(now, before, "timestamp")];
  return more === null || !passed ? null : (more * 1000) / passed;
}

/** The pair of addresses in use. */
function pairInUse(index: Index): Stats | undefined {
  const chosen = index.of("transport").map((each) => index.get(each.selectedCandidatePairId))[0];
  // Firefox has no transport entry; there the pair in use is marked by itself.
  return chosen ?? index.of("candidate-pair").find((each) => each.nominated === true);
}

function roundTrip(index: Index): number | null {
  const seconds = number(pairInUse(index), "currentRoundTripTime");
  return seconds === null ? null : seconds * 1000;
}

function path(index: Index): string | null {
  if (index.of("transport").some((each) => each.protocol === "websocket")) return "websocket";
  const pair = pairInUse(index);
  const [ours, theirs] = [index.get(pair?.localCandidateId), index.get(pair?.remoteCandidateId)];
  if (ours?.candidateType === "relay") {
    const { relayProtocol } = ours;
    return typeof relayProtocol === "string" ? `relay over ${relayProtocol.toUpperCase()}` : "relay";
  }
  if (theirs?.candidateType === "relay") return "the server's relay";
  return ours === undefined ? null : "direct";
}

function codec(stats: Stats, index: Index): string | null {
  const mimeType = index.get(stats.codecId)?.mimeType;
  return typeof mimeType === "string" ? mimeType.replace(/^\w+\//, "") : null;
}

/** Percent of packets lost between two readings; the stats may be our own or the receiver's. */
function lost(now: Stats | undefined, before: Stats | undefined, arrived: number | null): number | null {
  const missing = growth(now, before, "packetsLost");
  if (missing === null || arrived === null || missing + arrived === 0) return null;
  return (missing * 100) / (missing + arrived);
}

/** What waits against the unevenness of the network, and in the audio device's own buffer. */
function playout(now: Stats, before: Stats | undefined, index: Index): number | null {
  const reading = (name: string): number | null => growth(now, before, name) ?? number(now, name);
  const [seconds, count] = [reading("jitterBufferDelay"), reading("jitterBufferEmittedCount")];
  if (now.kind !== "audio" || seconds === null || !count) return null;
  const [device] = index.of("media-playout");
  const played = number(device, "totalSamplesCount");
  const waited = played ? (number(device, "totalPlayoutDelay") ?? 0) / played : 0;
  return 1000 * (seconds / count + waited);
}

function incoming(now: Stats, before: Stats | undefined, index: Index): Flow {
  const jitter = number(now, "jitter");
  const bytes = rate(now, before, "bytesReceived");
  return {
    bitrate: bytes === null ? null : bytes * 8,
    codec: codec(now, index),
    framesPerSecond: rate(now, before, "framesDecoded"),
    width: number(now, "frameWidth"),
    height: number(now, "frameHeight"),
    dropped: number(now, "framesDropped"),
    lost: lost(now, before, growth(now, before, "packetsReceived")),
    jitter: jitter === null ? null : jitter * 1000,
    playout: playout(now, before, index),
  };
}

function outgoing(now: Stats, before: Stats | undefined, index: Index, earlier: Index): Flow {
  // What arrived on the other side, which it reports back.
  const theirs = index.get(now.remoteId);
  const jitter = number(theirs, "jitter");
  const bytes = rate(now, before, "bytesSent");
  const source = number(index.get(now.mediaSourceId), "frames");
  const encoded = number(now, "framesEncoded");
  return {
    bitrate: bytes === null ? null : bytes * 8,
    codec: codec(now, index),
    framesPerSecond: rate(now, before, "framesEncoded"),
    width: number(now, "frameWidth"),
    height: number(now, "frameHeight"),
    dropped: source === null || encoded === null ? null : Math.max(0, source - encoded),
    lost: lost(theirs, earlier.get(theirs?.id), growth(now, before, "packetsSent")),
    jitter: jitter === null ? null : jitter * 1000,
    playout: null,
  };
}

/** Compares a report with the one before it; without one, what has no history is known already. */
export function compare(report: Report, before: Report | null): Statistics {
  const [now, earlier] = [new Index(report), new Index(before)];
  const flows = (type: string, flow: (stats: Stats) => Flow): Partial<Record<Kind, Flow>> => {
    const entries = now.of(type).map((stats) => [stats.kind, flow(stats)] as const);
    return Object.fromEntries(entries) as Partial<Record<Kind, Flow>>;
  };
  return {
    roundTrip: roundTrip(now),
    path: path(now),
    in: flows("inbound-rtp", (stats) => incoming(stats, earlier.get(stats.id), now)),
    out: flows("outbound-rtp", (stats) => outgoing(stats, earlier.get(stats.id), now, earlier)),
  };
}

export interface Row {
  readonly name: string;
  readonly in: string;
  readonly out: string;
}

function rounded(value: number | null | undefined, unit: string, digits = 0): string {
  return value === null || value === undefined ? "" : `${value.toFixed(digits)}${unit}`;
}

function bits(value: number | null): string {
  if (value === null) return "";
  return value >= 1e6 ? rounded(value / 1e6, " Mbit/s", 1) : rounded(value / 1e3, " kbit/s");
}

function size({ width, height }: Flow): string {
  return width === null || height === null ? "" : `${width}×${height}`;
}

const ROWS: readonly [name: string, kinds: readonly Kind[], text: (flow: Flow) => string][] = [
  ["Codec", ["audio", "video"], (flow) => flow.codec ?? ""],
  ["Bitrate", ["audio", "video"], (flow) => bits(flow.bitrate)],
  ["Frames", ["video"], (flow) => rounded(flow.framesPerSecond, " fps")],
  ["Size", ["video"], size],
  ["Dropped", ["video"], (flow) => rounded(flow.dropped, "")],
  ["Lost", ["audio", "video"], (flow) => rounded(flow.lost, " %", 1)],
  ["Jitter", ["audio", "video"], (flow) => rounded(flow.jitter, " ms")],
  ["Playout", ["audio"], (flow) => rounded(flow.playout, " ms")],
];

/** The lines of the overlay: one kind after the other, leaving out what nothing is known of. */
export function rows(statistics: Statistics): Row[] {
  const kinds = (["video", "audio"] as const).filter((kind) => statistics.in[kind] ?? statistics.out[kind]);
  const several = kinds.length > 1;
  const found = kinds.flatMap((kind) =>
    ROWS.filter(([, of]) => of.includes(kind)).map(([name, , text]) => {
      const [received, sent] = [statistics.in[kind], statistics.out[kind]];
      const prefix = several && name === "Codec" ? (kind === "video" ? "Video" : "Audio") : name;
      return { name: prefix, in: received ? text(received) : "", out: sent ? text(sent) : "" };
    }),
  );
  return found.filter((row) => row.in !== "" || row.out !== "");
}

/** The round trip in words, empty when it is not known. */
export function roundTripText({ roundTrip: ms }: Statistics): string {
  return rounded(ms, " ms", ms !== null && ms < 10 ? 1 : 0);
}
