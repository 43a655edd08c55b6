/** One moment to wake at, or none. */

import type { Clock } from "./types";

export class WakeTimer {
  #timer: number | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly ring: () => void,
  ) {}

  /** Rings at `at`, ms, instead of whenever it was set to before. */
  set(at: number | null): void {
    const { clock } = this;
    if (this.#timer !== null) clock.clear(this.#timer);
    this.#timer = at === null ? null : clock.set(this.ring, Math.max(0, at - clock.now()));
  }
}
