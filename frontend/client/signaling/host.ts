/** What a call asks of a server beside its media: of a mounted stream, or of a Gradio app's component. */

import type { Message } from "../../lib/connection/messages";
import type { Clock, Server } from "../../lib/types";
import type { ConnectOptions, InputValues } from "../options";

export interface Host extends Server {
  /** The address of the stream or of the app, without a slash at its end; websockets are below it. */
  readonly base: string;
  /** Names this page to the server; empty where that wants no name. */
  readonly sessionHash: string;
  /** Whether ICE servers are asked of it, anew for every connection. */
  readonly configures: boolean;
  /** Whether a place is waited for, also while one is asked for. */
  readonly waiting: boolean;
  /** What names the values with which the stream starts; `null` where it needs none. */
  start(): Promise<string | null>;
  /** The server has taken the connection with this id. */
  connected(id: string): void;
  /** A control message came. */
  receive(message: Message, id: string): void;
  /** Gives the handler values for its further inputs. Rejects with a `StreamError`. */
  give(values: InputValues, id: string): Promise<void>;
  /** The call is over: what was said last may still arrive. */
  finish(): void;
  /** Everything is over at once. */
  close(): void;
}

/** What a program wants to be told, and how long it wants to wait. */
export type HostOptions = Pick<
  ConnectOptions,
  "inputs" | "inputValues" | "outputs" | "onOutput" | "onWarning" | "placeWithinMs"
>;

/** How long what was emitted last may take to arrive when the call is over, ms. */
export const LAST_MS = 2_000;

export const FULL = "concurrency_limit_reached";

/** How long a place has been waited for. */
export class Patience {
  #since: number | null = null;
  /** What the server says for want of a place. */
  full: unknown = refusal(FULL, "Every place is taken.");

  constructor(
    private readonly clock: Clock,
    private readonly ms: number,
  ) {}

  get waiting(): boolean {
    return this.#since !== null;
  }

  /** How long to go on waiting, ms; not positive where that is over. */
  left(): number {
    this.#since ??= this.clock.now();
    return this.#since + this.ms - this.clock.now();
  }

  /** Keeps the words of an answer that there is no place. */
  answered(answer: unknown): void {
    const { meta } = (answer ?? {}) as { meta?: { error?: unknown } };
    if (meta?.error === FULL) this.full = answer;
  }

  over(): void {
    this.#since = null;
  }
}

/** A refusal in the form of the wire protocol. */
export function refusal(error: string, message: string): unknown {
  return { status: "failed", meta: { error, message } };
}
