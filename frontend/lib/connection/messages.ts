/**
 * Control messages on the data channel: JSON `{type, data}`, `end_stream` also with a `reason`.
 * `tests/contract/messages.json` is decoded by this file and by the server's `session/messages.py`.
 */

export const MESSAGE_TYPES = [
  "send_input",
  "fetch_output",
  "end_stream",
  "stopword",
  "error",
  "warning",
  "info",
  "log",
  "update_connection",
  "ping",
  "submitted",
  "push_to_talk",
  "turn_timings",
  "playout",
] as const;

export type MessageType = (typeof MESSAGE_TYPES)[number];

export interface Message {
  readonly type: MessageType;
  readonly data: unknown;
  /** Only on `end_stream`: the code of why the stream ended. */
  readonly reason: string | null;
}

function isMessageType(value: unknown): value is MessageType {
  return (MESSAGE_TYPES as readonly unknown[]).includes(value);
}

/** Parses a message; `null` when it is not JSON or not one of ours, which a page ignores. */
export function decode(wire: string): Message | null {
  let body: unknown;
  try {
    body = JSON.parse(wire);
  } catch {
    return null;
  }
  if (typeof body !== "object" || body === null || !("type" in body)) return null;
  const { type, data = "", reason } = body as { type: unknown; data?: unknown; reason?: unknown };
  if (!isMessageType(type)) return null;
  return { type, data, reason: typeof reason === "string" ? reason : null };
}

/** The wire form of a message that the page sends. */
export function encode(type: "ping" | "end_stream"): string {
  return JSON.stringify({ type, data: "" });
}

/** Tells the server how late received audio is heard here, ms; `null` while that is not known. */
export function encodePlayout(ms: number | null): string {
  return JSON.stringify({ type: "playout", data: ms === null ? null : Math.round(ms) });
}

/** Tells that the person holds their button to talk, or let go of it. */
export function talkMessage(pressed: boolean): string {
  return JSON.stringify({ type: "push_to_talk", data: pressed ? "pressed" : "released" });
}

/** How many outputs a `fetch_output` is about; it says so when there is more than one. */
export function countOf(message: Message): number {
  return typeof message.data === "number" && message.data > 1 ? message.data : 1;
}

/** A message's data as words to show; empty when it carries none. */
export function textOf(message: Message): string {
  return typeof message.data === "string" ? message.data : "";
}
