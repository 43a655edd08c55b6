/**
 * What a websocket carries: events, among them the audio, and the control messages that otherwise
 * travel on the data channel. See docs/wire-protocol.md.
 */

import { decode, type Message } from "../connection/messages";
import { refusalOf } from "../connection/signaling";
import type { Problem } from "../connection/problems";
import { fromBase64, toBase64 } from "./pcm";

export type Incoming =
  | { kind: "media"; payload: Uint8Array<ArrayBuffer> }
  /** The server has opened the session. */
  | { kind: "started" }
  | { kind: "pong" }
  /** What was sent and is not played yet is not to be heard any more. */
  | { kind: "clear" }
  | { kind: "refused"; problem: Problem }
  | { kind: "message"; message: Message };

/** Parses what the server sent; `null` when it is nothing we know, which a page ignores. */
export function parseIncoming(wire: string): Incoming | null {
  let body: unknown;
  try {
    body = JSON.parse(wire);
  } catch {
    return null;
  }
  if (typeof body !== "object" || body === null) return null;
  const { event, media, status } = body as { event?: unknown; media?: unknown; status?: unknown };
  if (status === "failed") return { kind: "refused", problem: refusalOf(body) };
  if (event === "started" || event === "pong" || event === "clear") return { kind: event };
  if (event === "media") {
    const { payload } = (media ?? {}) as { payload?: unknown };
    const bytes = typeof payload === "string" ? fromBase64(payload) : null;
    return bytes && { kind: "media", payload: bytes };
  }
  const message = decode(wire);
  return message && { kind: "message", message };
}

export interface Start {
  readonly id: string;
  /** The id of this page's own earlier session, whose place this one takes over. */
  readonly replaces: string | null;
  /** Names the values that the app keeps for this start. */
  readonly start: string | null;
  readonly format: { readonly encoding: string; readonly rate: number };
}

export function startMessage({ id, replaces, start, format }: Start): string {
  const both = { encoding: format.encoding, sample_rate: format.rate };
  return JSON.stringify({
    event: "start",
    websocket_id: id,
    // Who asks for a format is told when the session is open, and when to fall silent.
    format: { input: both, output: both },
    ...(replaces !== null && { replaces }),
    ...(start !== null && { start }),
  });
}

export function mediaMessage(payload: Uint8Array): string {
  return JSON.stringify({ event: "media", media: { payload: toBase64(payload) } });
}

export const PING = JSON.stringify({ event: "ping" });
export const STOP = JSON.stringify({ event: "stop" });
