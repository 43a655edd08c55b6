/** Requests to a server; HTTP errors become the refusals of the wire protocol. */

import { errorOf, type StreamError } from "../errors";
import { EventReader } from "./event_reader";
import { refusal } from "./host";

/** What servers say of these is "Not Found" and the like. */
const SILENT = new Set(["access_denied", "stream_not_found"]);

export interface HttpOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Whether cookies go along to other sites too, as a login wants. */
  readonly credentials?: RequestCredentials;
  /** The origin of the page where the server's is another; `null` otherwise. */
  readonly foreign: string | null;
}

export class Http {
  constructor(
    private readonly ask: typeof fetch,
    private readonly options: HttpOptions,
  ) {}

  /** What it means that nothing, or nothing known, was answered. */
  get unreachable(): StreamError {
    return errorOf({ code: "server_unreachable" }, [], this.options.foreign);
  }

  /** The origin of the page where the server's is another. */
  get foreign(): string | null {
    return this.options.foreign;
  }

  /**
   * Gets JSON. Returns it, `null` where something else is answered, the refusal that an HTTP error
   * stands for, and `undefined` where the server fails rather than refuses.
   */
  get(url: string, signal: AbortSignal | null = null): Promise<unknown> {
    return this.#request(url, { headers: this.options.headers, signal });
  }

  /** Posts JSON, and returns the same. */
  post(url: string, body: unknown): Promise<unknown> {
    const headers = { ...this.options.headers, "Content-Type": "application/json" };
    return this.#request(url, { method: "POST", headers, body: JSON.stringify(body) });
  }

  /** Posts a form; the cookie of the answer is the browser's own affair. */
  postForm(url: string, fields: Readonly<Record<string, string>>): Promise<unknown> {
    const body = new URLSearchParams(fields);
    return this.#request(url, { method: "POST", headers: this.options.headers, body });
  }

  /** Goes through the data of a server's events, until they end or `signal` says so. */
  async *events(url: string, signal: AbortSignal): AsyncGenerator<string> {
    const { headers, credentials } = this.options;
    // Chromium's cache asks twice for what is asked for again in the moment in which it was given up,
    // and each event goes to one of the two.
    const init: RequestInit = { headers, signal, cache: "no-store" };
    const response = await this.ask(url, { ...init, ...(credentials && { credentials }) });
    if (!response.ok || response.body === null) throw new Error(`There are no events at ${url}.`);
    const [reader, decoder] = [response.body.getReader(), new TextDecoder()];
    try {
      const parts = new EventReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        yield* parts.take(decoder.decode(value, { stream: true }));
      }
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }

  async #request(url: string, init: RequestInit): Promise<unknown> {
    const { credentials } = this.options;
    const response = await this.ask(url, { ...init, ...(credentials && { credentials }) });
    const answer: unknown = await response.json().catch(() => null);
    if (response.ok) return answer;
    const { detail } = (answer ?? {}) as { detail?: unknown };
    const code = codeOf(response.status);
    const says = typeof detail === "string" && !SILENT.has(code ?? "");
    return code && refusal(code, says ? detail : "");
  }
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
