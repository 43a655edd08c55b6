/** Additional outputs, by the app's own event source: one for each connection of a call. */

import type { Clock } from "../../lib/types";
import { LAST_MS } from "./host";

/** What a browser's event source is asked for. */
export type Source = Pick<EventSource, "addEventListener" | "close">;

export class OutputFeed {
  #source: Source | null = null;
  #timer: number | null = null;
  #over = false;

  constructor(
    private readonly clock: Clock,
    private readonly open: (id: string) => Source,
    private readonly received: (output: unknown) => void,
  ) {}

  /** Reads the outputs of the connection with this id, in place of those of an earlier one. */
  follow(id: string): void {
    this.close();
    this.#over = false;
    const source = (this.#source = this.open(id));
    const take = ({ data }: MessageEvent<unknown>): void => {
      if (source === this.#source && typeof data === "string") this.received(valueOf(data));
    };
    source.addEventListener("message", take);
    // Published apps name their events so.
    source.addEventListener("output", take as (event: Event) => void);
    source.addEventListener("error", () => {
      // While the call goes on a browser asks again by itself; after that it would do so for ever.
      if (this.#over && source === this.#source) this.close();
    });
  }

  /** The call is over: the source ends by itself when all was read, and is not opened again. */
  finish(): void {
    if (this.#source === null || this.#over) return;
    this.#over = true;
    this.#timer = this.clock.set(() => this.close(), LAST_MS);
  }

  close(): void {
    if (this.#timer !== null) this.clock.clear(this.#timer);
    this.#timer = null;
    this.#source?.close();
    this.#source = null;
  }
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
