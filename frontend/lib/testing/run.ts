/** The machine, run by hand. */

import { step } from "../connection/state_machine";
import { INITIAL, type Effect, type Machine, type MachineEvent } from "../connection/state_model";

/** Every event but those of other attempts, told without naming the attempt. */
export type Told = MachineEvent extends infer E ? (E extends unknown ? Omit<E, "attempt"> : never) : never;

/** Runs the machine by hand, remembering the effects of the last event. */
export class Run {
  machine: Machine = INITIAL;
  effects: readonly Effect[] = [];
  now = 1_000;

  tell(event: Told, attempt = this.machine.attempt): this {
    const full = { ...event, attempt } as MachineEvent;
    ({ machine: this.machine, effects: this.effects } = step(this.machine, full, this.now));
    return this;
  }

  pass(ms: number): this {
    this.now += ms;
    return this.tell({ type: "wake" });
  }

  get did(): string[] {
    return this.effects.map((effect) => effect.type);
  }
}

export const FULL: Told = { type: "refused", problem: { code: "concurrency_limit_reached", limit: 1 } };
export const UP: Told = { type: "peer", peer: "connected" };
/** What makes a live connection be replaced at once. */
export const GONE: Told = { type: "channel_closed" };
export const REACHED: Told = { type: "probed", found: "server" };
export const UNREACHED: Told = { type: "probed", found: "nothing" };
export const REFUSED: Told = { type: "probed", found: "refused" };
export const LOST: Told = { type: "peer", peer: "failed" };

export function connecting(): Run {
  return new Run().tell({ type: "start", media: true }).tell({ type: "media_ready" });
}

export function connected(): Run {
  return connecting().tell(UP);
}
