/** A mounted stream's routes, asked as the connection wants to ask. See docs/wire-protocol.md. */

import type { Message } from "../../lib/connection/messages";
import type { Clock } from "../../lib/types";
import { joined } from "../addresses";
import { StreamError } from "../errors";
import type { InputValues } from "../options";
import { Patience, refusal, type Host, type HostOptions } from "./host";
import type { Http } from "./http";
import { OutputFeed, type Source } from "./output_feed";

type Body = Record<string, unknown>;

/** How often a place is asked for while all are taken: a mounted stream has no line to stand in. */
export const AGAIN_MS = 1_000;

/** Asks for ICE servers. */
export type Configuration = () => Promise<RTCConfiguration | null>;

export class MountedStream implements Host {
  readonly sessionHash = "";
  /** The process that has the session, where there are several. */
  #process: unknown = null;
  readonly #patience: Patience;
  readonly #outputs: OutputFeed | null;
  #stopWaiting: () => void = () => undefined;

  constructor(
    readonly base: string,
    private readonly http: Http,
    private readonly clock: Clock,
    private readonly options: HostOptions,
    private readonly configuration: Configuration | null,
    newEventSource: (url: string) => Source,
  ) {
    this.#patience = new Patience(clock, options.placeWithinMs ?? 0);
    const { outputs } = options;
    const open = (id: string): Source =>
      newEventSource(joined(base, outputs!.replaceAll("{webrtc_id}", encodeURIComponent(id))));
    this.#outputs =
      outputs === undefined ? null : new OutputFeed(clock, open, (output) => options.onOutput?.(output));
  }

  get configures(): boolean {
    return this.configuration !== null;
  }

  get waiting(): boolean {
    return this.#patience.waiting;
  }

  start(): Promise<null> {
    return Promise.resolve(null);
  }

  async offer(told: Body): Promise<unknown> {
    // What only a page of Gradio's has.
    const { session_hash: _page, start: _start, ...body } = told;
    const known = body.type === "offer" || this.#process === null ? {} : { process: this.#process };
    const answer = await this.http.post(`${this.base}/webrtc/offer`, { ...body, ...known });
    if (body.type !== "offer") return answer;
    this.#process = ((answer ?? {}) as { process?: unknown }).process ?? null;
    this.#patience.answered(answer);
    return answer;
  }

  websocket(): Promise<unknown> {
    return Promise.resolve({ path: "/websocket/offer" });
  }

  async ice_configuration(): Promise<unknown> {
    try {
      return { rtc_configuration: (await this.configuration?.()) ?? null };
    } catch (error) {
      return refusal("configuration_error", `rtcConfiguration failed: ${String(error)}`);
    }
  }

  /** Lets some time pass: whoever asks again first gets the place. */
  async wait_for_place(): Promise<unknown> {
    const { clock } = this;
    const left = this.#patience.left();
    if (left <= 0) return this.#patience.full;
    await new Promise<void>((resolve) => {
      const timer = clock.set(resolve, Math.min(left, AGAIN_MS));
      this.#stopWaiting = () => {
        clock.clear(timer);
        resolve();
      };
    });
    return { status: "admitted" };
  }

  /** Closing the link says it; nobody waits for a place any more. */
  leave(): Promise<unknown> {
    this.#patience.over();
    this.#stopWaiting();
    return Promise.resolve({ status: "success" });
  }

  /** Only pages of Gradio's ask. */
  outputs_waiting(): Promise<unknown> {
    return Promise.resolve(undefined);
  }

  reach(): Promise<unknown> {
    return this.http.get(`${this.base}/webrtc/health`);
  }

  connected(id: string): void {
    this.#patience.over();
    this.#outputs?.follow(id);
  }

  receive(message: Message, id: string): void {
    const { inputs, inputValues, onWarning } = this.options;
    if (message.type !== "send_input" || inputs === undefined || inputValues === undefined) return;
    this.give(inputValues(), id).catch((error: unknown) => onWarning?.((error as Error).message));
  }

  async give(values: InputValues, id: string): Promise<void> {
    const { inputs } = this.options;
    if (inputs === undefined) {
      const remedy = 'Name the app\'s own route for them: connect(url, {inputs: "/input_hook"}).';
      throw new StreamError("invalid_request", "There is no route for inputs.", remedy);
    }
    const body = { ...named(values), webrtc_id: id };
    const answer = await this.http.post(joined(this.base, inputs), body).catch(() => undefined);
    if (answer === undefined) throw this.http.unreachable;
    const { status, meta } = (answer ?? {}) as { status?: unknown; meta?: { message?: unknown } };
    if (status !== "failed") return;
    const words = typeof meta?.message === "string" ? meta.message : "";
    const remedy = "Check the route that inputs names, and what it takes.";
    throw new StreamError("invalid_request", words || "The app did not take the values.", remedy);
  }

  finish(): void {
    this.#outputs?.finish();
  }

  close(): void {
    this.#outputs?.close();
  }
}

function named(values: InputValues): Readonly<Record<string, unknown>> {
  return Array.isArray(values) ? { values: values as unknown } : (values as Record<string, unknown>);
}
