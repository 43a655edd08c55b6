/**
 * Offers, answers and candidates: what the server's answers mean, and when candidates may travel.
 * An offer leaves as soon as it exists, before any candidate is known; the server learns a candidate
 * only after it knows the offer, so candidates wait for the answer and then trickle.
 */

import type { Problem } from "./problems";

export type Reply<T> =
  | { kind: "ok"; value: T }
  | { kind: "refused"; problem: Problem }
  /** No answer, or none we understand: a stopped server, a proxy's error page. */
  | { kind: "unreachable" };

const UNREACHABLE = { kind: "unreachable" } as const;

function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

/** The problem that a refusal, `{status: "failed", meta}`, stands for. */
export function refusalOf(body: unknown): Problem {
  const meta = asRecord(asRecord(body)?.meta) ?? {};
  return {
    code: typeof meta.error === "string" ? meta.error : "refused",
    ...(typeof meta.message === "string" && { message: meta.message }),
    ...(typeof meta.limit === "number" && { limit: meta.limit }),
  };
}

/** Parses an answer, taking its value out with `read`; `undefined` from `read` means nonsense. */
function parse<T>(
  body: unknown,
  read: (record: Record<string, unknown>) => T | undefined,
): Reply<T> {
  const record = asRecord(body);
  if (record === null) return UNREACHABLE;
  if (record.status === "failed") return { kind: "refused", problem: refusalOf(record) };
  const value = read(record);
  return value === undefined ? UNREACHABLE : { kind: "ok", value };
}

/** The answer's SDP. */
export function parseAnswer(body: unknown): Reply<string> {
  return parse(body, ({ type, sdp }) =>
    type === "answer" && typeof sdp === "string" ? sdp : undefined,
  );
}

export type Place = { status: "admitted" } | { status: "waiting"; position: number | null };

export function parsePlace(body: unknown): Reply<Place> {
  return parse<Place>(body, ({ status, position }) => {
    if (status === "admitted") return { status };
    if (status !== "waiting") return undefined;
    return { status, position: typeof position === "number" ? position : null };
  });
}

export function parseIceConfiguration(body: unknown): Reply<RTCConfiguration | null> {
  return parse<RTCConfiguration | null>(body, ({ rtc_configuration: configuration }) => {
    if (configuration === null || configuration === undefined) return null;
    return asRecord(configuration) === null ? undefined : configuration;
  });
}

/** That it is a server of ours. */
export function parseSign(body: unknown): Reply<true> {
  return parse(body, () => true);
}

/** Where this page's websocket is, below the app's own address. */
export function parseSocketPath(body: unknown): Reply<string> {
  return parse(body, ({ path }) =>
    typeof path === "string" && path.startsWith("/") ? path : undefined,
  );
}

export type Candidate = RTCIceCandidateInit | null;

/**
 * Holds candidates until `open`, then passes each on as it comes, and the end of candidates
 * (`null`) once all before it have arrived. A candidate the server refuses is one path fewer, which
 * ICE is made for; it is no reason to end the connection.
 */
export class CandidateQueue {
  #held: Candidate[] = [];
  #underway: Promise<unknown>[] = [];
  #phase: "held" | "open" | "closed" = "held";

  constructor(private readonly send: (candidate: Candidate) => Promise<unknown>) {}

  add(candidate: Candidate): void {
    if (this.#phase === "held") this.#held.push(candidate);
    else if (this.#phase === "open") void this.#pass(candidate);
  }

  open(): void {
    if (this.#phase !== "held") return;
    this.#phase = "open";
    for (const candidate of this.#held.splice(0)) void this.#pass(candidate);
  }

  close(): void {
    this.#phase = "closed";
    this.#held = [];
  }

  async #pass(candidate: Candidate): Promise<void> {
    if (candidate === null) await Promise.allSettled(this.#underway);
    if (this.#phase !== "open") return;
    const sent = this.send(candidate).catch(() => undefined);
    this.#underway.push(sent);
    await sent;
  }
}
