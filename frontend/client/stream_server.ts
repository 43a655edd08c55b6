/** A mounted stream's routes, asked as the connection wants to ask. See docs/wire-protocol.md. */

import type { Clock, Server } from "../lib/types";

type Body = Record<string, unknown>;

/** How often a place is asked for while all are taken: a mounted stream has no line to stand in. */
export const AGAIN_MS = 1_000;

const SILENT = new Set(["access_denied", "stream_not_found"]);

const FULL = "concurrency_limit_reached";

export interface StreamServerOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly placeWithinMs: number;
  /** Asks for ICE servers. */
  readonly configuration: () => Promise<RTCConfiguration | null>;
}

export class StreamServer implements Server {
  /** The process that has the session, where there are several. */
  #process: unknown = null;
  /** What the server says for want of a place. */
  #full: unknown = refusal(FULL, "Every place is taken.");
  #waitingSince: number | null = null;
  #stopWaiting: () => void = () => undefined;

  constructor(
    private readonly base: string,
    private readonly options: StreamServerOptions,
    private readonly ask: typeof fetch,
    private readonly clock: Clock,
  ) {}

  /** Whether a place is waited for, also while one is asked for. */
  get waiting(): boolean {
    return this.#waitingSince !== null;
  }

  async offer(told: Body): Promise<unknown> {
    // What only a page of Gradio's has.
    const { session_hash: _page, start: _start, ...body } = told;
    const known = body.type === "offer" || this.#process === null ? {} : { process: this.#process };
    const answer = await this.post(`${this.base}/webrtc/offer`, { ...body, ...known });
    if (body.type !== "offer") return answer;
    const { process, meta } = (answer ?? {}) as { process?: unknown; meta?: { error?: unknown } };
    this.#process = process ?? null;
    if (meta?.error === FULL) this.#full = answer;
    return answer;
  }

  websocket(): Promise<unknown> {
    return Promise.resolve({ path: "/websocket/offer" });
  }

  async ice_configuration(): Promise<unknown> {
    try {
      return { rtc_configuration: await this.options.configuration() };
    } catch (error) {
      return refusal("configuration_error", `rtcConfiguration failed: ${String(error)}`);
    }
  }

  /** Lets some time pass: whoever asks again first gets the place. */
  async wait_for_place(): Promise<unknown> {
    const { clock } = this;
    this.#waitingSince ??= clock.now();
    const left = this.#waitingSince + this.options.placeWithinMs - clock.now();
    if (left <= 0) return this.#full;
    await new Promise<void>((resolve) => {
      const timer = clock.set(resolve, Math.min(left, AGAIN_MS));
      this.#stopWaiting = () => {
        clock.clear(timer);
        resolve();
      };
    });
    return { status: "admitted" };
  }

  /** The server has taken the connection. */
  taken(): void {
    this.#waitingSince = null;
  }

  /** Closing the link says it; nobody waits for a place any more. */
  leave(): Promise<unknown> {
    this.taken();
    this.#stopWaiting();
    return Promise.resolve({ status: "success" });
  }

  /** Only pages of Gradio's ask. */
  outputs_waiting(): Promise<unknown> {
    return Promise.resolve(undefined);
  }

  /** Posts JSON, and returns the answer, or the refusal that an HTTP error stands for. */
  async post(url: string, body: Body): Promise<unknown> {
    const response = await this.ask(url, {
      method: "POST",
      headers: { ...this.options.headers, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return answer;
    const { detail } = (answer ?? {}) as { detail?: unknown };
    const code = codeOf(response.status);
    // What servers say of these is "Not Found" and the like.
    const says = typeof detail === "string" && !SILENT.has(code ?? "");
    return code && refusal(code, says ? detail : "");
  }
}

function refusal(error: string, message: string): unknown {
  return { status: "failed", meta: { error, message } };
}

/** The code of a refusal; `undefined` where the server fails rather than refuses. */
function codeOf(status: number): string | undefined {
  switch (status) {
    case 401:
      return "access_denied";
    case 403:
      return "origin_not_allowed";
    case 404:
    case 405:
      return "stream_not_found";
    case 429:
      return "too_many_requests";
    default:
      return status < 500 ? "invalid_request" : undefined;
  }
}
