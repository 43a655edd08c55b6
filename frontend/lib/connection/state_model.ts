/**
 * What the connection machine knows, hears and orders: its data, and how long things may take.
 * `state_machine.ts` decides, `connection.ts` carries out.
 */

import type { Problem } from "./problems";

export type StateName =
  | "idle"
  | "acquiring"
  | "connecting"
  | "waiting"
  | "connected"
  | "reconnecting"
  | "closing"
  | "failed";

/** What carries the media. */
export type Way = "webrtc" | "websocket";

export interface Machine {
  readonly name: StateName;
  readonly attempt: number;
  readonly way: Way;
  /**
   * How long ICE may look for a path once the server has answered before the websocket is taken
   * instead, ms; `null` where that is not to be.
   */
  readonly fallbackMs: number | null;
  /** Whether the server has taken this attempt, so that only a path to it is missing. */
  readonly answered: boolean;
  /** Tries since the connection was last stable, or polls that failed while waiting. */
  readonly tries: number;
  /** In `reconnecting` and `waiting`: whether a try is running, as opposed to a pause before one. */
  readonly trying: boolean;
  /** When the stream was last connected, ms; `null` until it was for the first time. */
  readonly connectedAt: number | null;
  /** Place in line, 1 is next; `null` when not known. */
  readonly position: number | null;
  readonly wakeAt: number | null;
  /** Why it failed. */
  readonly problem: Problem | null;
  /** Why it ended, when nothing is wrong. */
  readonly ending: Problem | null;
  /** In `connected`: set when it is over, while what has been received is still being played. */
  readonly draining: Draining | null;
  /** In `reconnecting`: set while the connection there was may still come back by itself. */
  readonly outage: Outage | null;
  /** In `closing`: whether it was told to start anew, which then follows. */
  readonly again: boolean;
}

/** The connection is lost, and it is not known yet whether the whole network is. */
export interface Outage {
  /** When the connection is given up in any case, ms. */
  readonly until: number;
  /** Whether the server could not be reached either, which a new connection would not mend. */
  readonly everything: boolean;
  /** Whether it can be reached again, so that the connection has a moment left to come back. */
  readonly over: boolean;
  /** How many requests in a row were refused, as by a machine that has no server any more. */
  readonly refused: number;
}

/** The server answers; or its machine does, without it; or nothing gets through. */
export type Reached = "server" | "refused" | "nothing";

export interface Draining {
  readonly ending: Problem;
  /** Whether the buffers are empty, so that only a fixed time is left. */
  readonly over: boolean;
  /** When it ends in any case, ms. */
  readonly deadline: number;
}

export type MachineEvent =
  | { type: "start"; media: boolean; fallbackMs?: number | null; way?: Way }
  /** Start without media of one's own, in place of whatever is under way. */
  | { type: "restart"; fallbackMs?: number | null }
  | { type: "stop" }
  | { type: "dispose" }
  | { type: "wake" }
  | { type: "media_ready"; attempt: number }
  | { type: "media_failed"; attempt: number; problem: Problem }
  | { type: "refused"; attempt: number; problem: Problem }
  | { type: "unreachable"; attempt: number }
  | { type: "admitted"; attempt: number }
  | { type: "queued"; attempt: number; position: number | null }
  /** The server has taken the connection. */
  | { type: "answered"; attempt: number }
  | { type: "peer"; attempt: number; peer: "connected" | "disconnected" | "failed" }
  | { type: "channel_closed"; attempt: number }
  /** What became of a request to the server. */
  | { type: "probed"; attempt: number; found: Reached }
  | { type: "ended"; attempt: number; reason: string; text: string }
  | { type: "remaining"; attempt: number; ms: number; over: boolean }
  | { type: "left"; attempt: number };

export type Effect =
  | { type: "acquire" }
  /** Open a connection: under a fresh id or the one a place is reserved for. */
  | { type: "connect"; id: "fresh" | "reserved"; replaces: boolean; way: Way }
  | { type: "wait_for_place" }
  | { type: "leave" }
  | { type: "close_peer"; polite: boolean }
  /** Silence the peer, and close it once the connection that replaces it is there. */
  | { type: "retire_peer" }
  /** Find out whether the server answers requests. */
  | { type: "probe" }
  /** Find out whether what has been received has been played. */
  | { type: "drain_playback" }
  | { type: "release_media" }
  | { type: "announce"; what: "started" | "stopped" };

export interface Step {
  readonly machine: Machine;
  readonly effects: readonly Effect[];
}

/** A connection that is not there after this long will not come. */
export const CONNECT_MS = 30_000;
/**
 * ICE finds a path within a second or two, TURN over TCP on a slow network included. Where UDP is
 * dropped it gives up after 15 to 30 s, which is longer than people wait.
 */
export const FALLBACK_MS = 6_000;
/** The same at a later start of a page that had to fall back: it is likely to have to again. */
export const FALLBACK_AGAIN_MS = 2_000;
/** One try to reconnect gets this long, but for the last. */
export const RETRY_MS = 10_000;
/** ICE often recovers by itself within this time; only then is a new connection worth it. */
export const DISCONNECT_MS = 3_000;
/**
 * How long a lost connection is kept while the server cannot be reached either: whatever interrupts
 * the network mostly passes, and then that connection is back a second later with all that the
 * session knows. With what it takes a browser to notice that is an outage of some 20 s, as long as
 * the server waits for a client it does not hear.
 */
export const OUTAGE_MS = 12_000;
/** How often the server is asked meanwhile; each request may go on for longer. */
export const PROBE_MS = 1_000;
/**
 * After so many refusals in a row there is no server to go back to. A single one proves nothing:
 * devices change networks, and some lose one without knowing that they are offline.
 */
export const REFUSALS = 4;
/** How long a connection has to come back once the server can be reached again. */
export const RETURN_MS = 2_000;
export const BACKOFF_MS: readonly number[] = [0, 1_000, 3_000];
/** After this long a connection counts as stable, and a later loss gets all its tries again. */
export const STABLE_MS = 30_000;
/** The server answers a wait within 25 s. */
export const WAIT_MS = 40_000;
/** How long a stop may wait for the server to confirm that the place is free. */
export const LEAVE_MS = 2_000;

/** How long the end of a stream may go on playing. The server may have hung up by then. */
export const DRAIN_MS = 2_000;

export const INITIAL: Machine = {
  name: "idle",
  attempt: 0,
  way: "webrtc",
  fallbackMs: null,
  answered: false,
  tries: 0,
  trying: false,
  connectedAt: null,
  position: null,
  wakeAt: null,
  problem: null,
  ending: null,
  draining: null,
  outage: null,
  again: false,
};

/**
 * How long try number `tries` to reconnect may take. The last one waits as long as a first connection
 * does: a server that takes the request and does not answer is busy, and most come back.
 */
export function retryMs(tries: number): number {
  return tries < BACKOFF_MS.length ? RETRY_MS : CONNECT_MS;
}

/** Whether the websocket is to be tried, since the server can be reached, but not by WebRTC. */
export function mayFallBack({ way, fallbackMs, answered }: Machine): boolean {
  return way === "webrtc" && fallbackMs !== null && answered;
}

/** Whether a connection that was there may be going. */
export function isUnsteady({ name, wakeAt, draining }: Machine): boolean {
  return name === "connected" && wakeAt !== null && draining === null;
}

/** Whether the person is in a stream or on the way to one. */
export function isActive(name: StateName): boolean {
  return name !== "idle" && name !== "failed" && name !== "closing";
}
