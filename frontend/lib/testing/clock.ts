/** Time that moves only when a test says so. */

import type { Clock } from "../types";

export class FakeClock implements Clock {
  #now = 0;
  #next = 1;
  readonly #timers = new Map<number, { at: number; callback: () => void }>();

  now(): number {
    return this.#now;
  }

  set(callback: () => void, ms: number): number {
    const timer = this.#next++;
    this.#timers.set(timer, { at: this.#now + ms, callback });
    return timer;
  }

  clear(timer: number): void {
    this.#timers.delete(timer);
  }

  /** How many timers are armed: nothing may be left when all is at rest. */
  get armed(): number {
    return this.#timers.size;
  }

  /** Lets `ms` pass, running each timer at its moment and what it brings about after it. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= end);
      const [first] = due.sort(([, a], [, b]) => a.at - b.at);
      if (!first) break;
      const [timer, { at, callback }] = first;
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, at);
      callback();
      await settle();
    }
    this.#now = end;
  }
}

/** Lets every promise that can go on do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) await Promise.resolve();
}
