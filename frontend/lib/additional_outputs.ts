/**
 * When the page fetches additional outputs. The server announces them; fetching is a Gradio
 * event, which every listener of the app answers with one call. There is one round of calls at a
 * time, so results come in order, and a call that begins sees what the last one has made of its
 * inputs. What was announced meanwhile is fetched by the next round, however much it is.
 */

import type { Clock } from "./types";

/** What Gradio tells of a call: its `loading_status`. */
export interface CallProgress {
  readonly fn_index?: number;
  readonly status?: string | null;
}

/** A round that failed without taking anything is tried again after this long, ms. */
export const PAUSE_MS = 1_000;

/** Gradio makes a call that it was asked for within this, ms, if it does at all. */
export const ARRIVAL_MS = 300;

/** What a call made is waited for at most this long after the call is over on the server, ms. */
export const LATE_MS = 10_000;

/** The calls that run in the page, of all instances of all components. */
export interface Calls {
  /** These listeners' calls take additional outputs. */
  watch(listeners: Iterable<number>): void;
  /** Resolves once what such calls gave is in the page. */
  over(): Promise<void>;
}

interface Count {
  readonly waiting: number;
  readonly taken: number;
  /** Whether a call was running when the server was asked. It is over when it answers. */
  readonly busy: boolean;
}

function parseCount(body: unknown): Count | null {
  const { waiting, taken, busy } = (body ?? {}) as Record<string, unknown>;
  if (typeof waiting !== "number" || typeof taken !== "number") return null;
  return { waiting, taken, busy: busy === true };
}

type Phase = "idle" | "fetching" | "asking" | "pausing" | "closed";

export class OutputFetcher {
  #phase: Phase = "idle";
  /** Announced since the last round began. */
  #announced = 0;
  /** Announced before the round that runs. */
  #fetching = 0;
  /** Whether to ask the server before resting: announcements may have been lost. */
  #unsure = false;
  #failed = false;
  /** Whether a call that nothing is told of may have just ended. */
  #resumed = false;
  #taken = -1;
  #timer: number | null = null;
  /** The calls of this round that are not over, and whether each has begun. */
  readonly #calls = new Map<number, boolean>();

  constructor(
    private readonly clock: Clock,
    private readonly listeners: () => readonly number[],
    private readonly dispatch: () => void,
    private readonly count: () => Promise<unknown>,
    private readonly calls: () => Calls,
  ) {}

  /** So many more outputs wait on the server. */
  announced(count = 1): void {
    this.#announced += count;
    if (this.#phase === "idle") this.#fetch();
  }

  /** Nothing more is announced, or something may have been missed: ask what is left. */
  fetchRemaining(): void {
    if (this.listeners().length === 0) return;
    this.#unsure = true;
    this.#askIfUnsure();
  }

  /**
   * Another instance of the component goes on. How a call ends that the one before began is not told
   * to it: it may be over on the server while what it made is still on its way to the page.
   */
  resume(): void {
    if (this.#phase !== "fetching") return this.fetchRemaining();
    this.#resumed = true;
    this.#calls.clear();
    void this.#ask();
  }

  /** A call has made progress. The same news may come again. */
  progressed({ fn_index: id, status }: CallProgress): void {
    if (this.#phase !== "fetching" || id === undefined || !this.#calls.has(id)) return;
    if (status === "pending" || status === "generating") {
      this.#calls.set(id, true);
    } else if ((status === "complete" || status === "error") && this.#calls.get(id)) {
      // One that has not begun is the end of an earlier call, told once more.
      this.#calls.delete(id);
      this.#failed ||= status === "error";
      if (this.#calls.size === 0) this.#settle();
    }
  }

  /** The component goes away and hears nothing any more; a last call needs nobody to wait for it. */
  close(): void {
    if (this.#phase === "closed") return;
    const fetching = this.#phase === "fetching";
    const left = this.#announced > 0 && this.listeners().length > 0;
    this.#phase = "closed";
    if (this.#timer !== null) this.clock.clear(this.#timer);
    if (fetching) void this.#fetchRest();
    else if (left) this.dispatch();
  }

  /** Fetches what the calls that still run leave, once what they made is in the page. */
  async #fetchRest(): Promise<void> {
    const count = parseCount(await this.count().catch(() => undefined));
    if (count !== null && count.waiting > 0) this.#onceArrived(() => this.dispatch());
  }

  #fetch(): void {
    this.#fetching = this.#announced;
    this.#announced = 0;
    this.#failed = false;
    const listeners = this.listeners();
    if (listeners.length === 0) {
      this.#phase = "idle";
      return;
    }
    this.#phase = "fetching";
    this.#calls.clear();
    for (const id of listeners) this.#calls.set(id, false);
    this.calls().watch(listeners);
    this.dispatch();
  }

  #settle(): void {
    if (this.#announced > 0 && !this.#failed) this.#fetch();
    // A call may leave some of what it found; of a single one nothing is left.
    else if (this.#fetching > 1 || this.#failed || this.#unsure) void this.#ask();
    else this.#phase = "idle";
  }

  async #ask(): Promise<void> {
    this.#phase = "asking";
    this.#unsure = false;
    const count = parseCount(await this.count().catch(() => undefined));
    if (this.#isClosed()) return;
    const arriving = this.#resumed || count?.busy === true;
    this.#resumed = false;
    const stuck = this.#failed && count !== null && count.taken === this.#taken;
    this.#taken = count?.taken ?? -1;
    this.#announced = Math.max(this.#announced, count?.waiting ?? 0);
    if (arriving) {
      // The next call is to see what that one made of its inputs, even if nothing waits yet.
      this.#phase = "pausing";
      this.#onceArrived(() => {
        if (!this.#isClosed()) this.#goOn();
      });
    } else if (stuck && this.#announced > 0) {
      this.#phase = "pausing";
      this.#timer = this.clock.set(() => this.#fetch(), PAUSE_MS);
    } else {
      this.#goOn();
    }
  }

  #goOn(): void {
    if (this.#announced > 0) return this.#fetch();
    this.#phase = "idle";
    this.#askIfUnsure();
  }

  /** Goes on once what calls gave that are over on the server is in the page. */
  #onceArrived(goOn: () => void): void {
    let done = false;
    const once = (): void => {
      if (done) return;
      done = true;
      if (this.#timer !== null) this.clock.clear(this.#timer);
      this.#timer = null;
      goOn();
    };
    this.#timer = this.clock.set(() => {
      this.#timer = this.clock.set(once, LATE_MS);
      void this.calls().over().then(once);
    }, ARRIVAL_MS);
  }

  #askIfUnsure(): void {
    if (this.#unsure && this.#phase === "idle") void this.#ask();
  }

  #isClosed(): boolean {
    return this.#phase === "closed";
  }
}
