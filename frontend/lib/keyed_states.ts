/**
 * What goes on when Gradio puts one instance of a component in the place of another. `gr.render`
 * makes every custom component of the page anew, also one that its `key` says is the same; the new
 * instance may come before the old one goes, or a little after.
 */

import type { Clock } from "./types";

/** How long something is kept for an instance that may come, ms: a few renderings of the page. */
export const GRACE_MS = 250;

interface KeptState<T> {
  readonly state: T;
  /** Who has it; whoever claims it takes it from the one before. */
  owner: symbol | null;
  timer: number | null;
}

export interface Claim<T> {
  readonly state: T;
  /** Whether another instance had it. */
  readonly resumed: boolean;
  /** This instance goes away: `end` is called soon, unless another one has the state or comes. */
  release(end: () => void): void;
}

export class KeyedStates<T> {
  readonly #kept = new Map<string, KeptState<T>>();

  constructor(private readonly clock: Clock) {}

  /** Takes what was kept under `id`, or makes it. Without an id nothing is kept. */
  claim(id: string | null, make: () => T): Claim<T> {
    if (id === null) return { state: make(), resumed: false, release: (end) => end() };
    const found = this.#kept.get(id);
    const kept = found ?? { state: make(), owner: null, timer: null };
    this.#kept.set(id, kept);
    const owner = Symbol(id);
    kept.owner = owner;
    this.#stop(kept);
    const release = (end: () => void): void => {
      if (kept.owner !== owner) return;
      this.#stop(kept);
      kept.timer = this.clock.set(() => {
        this.#kept.delete(id);
        end();
      }, GRACE_MS);
    };
    return { state: kept.state, resumed: found !== undefined, release };
  }

  #stop(kept: KeptState<T>): void {
    if (kept.timer !== null) this.clock.clear(kept.timer);
    kept.timer = null;
  }
}
