/** The connection and its levels as reactive state, for components to render. */

import { Connection } from "../lib/connection/connection";
import { Extras } from "./media_tools.svelte";
import type { ConnectionEvents, Environment, Settings, View } from "../lib/connection/environment";
import { QUIET, SoundMeter, type Levels } from "../lib/playback/level_meter";
import { TurnTaking } from "../lib/turns/turn_taking";
import { NO_TURNS, type Turns } from "../lib/turns/turn_machine";

export class Live {
  readonly connection: Connection;
  readonly extras: Extras;
  readonly #meter: SoundMeter;
  #view: View;
  #levels: Levels = $state.raw(QUIET);
  #turns: Turns = $state.raw(NO_TURNS);
  readonly #taking: TurnTaking;

  constructor(
    env: Environment,
    settings: () => Settings,
    events: Omit<ConnectionEvents, "changed"> & { changed?: (view: View) => void },
  ) {
    this.#taking = new TurnTaking(env.clock, (turns) => (this.#turns = turns));
    this.connection = new Connection(env, settings, {
      ...events,
      message: (message) => {
        this.#taking.hear(message);
        events.message(message);
      },
      changed: (view) => {
        this.#view = view;
        this.#taking.follow(view);
        this.extras.follow(view);
        events.changed?.(view);
      },
    });
    this.extras = new Extras(env, settings, () => this.connection.statistics());
    this.#view = $state.raw(this.connection.view);
    this.#meter = new SoundMeter(
      () => new AudioContext(),
      env.clock,
      (levels) => (this.#levels = levels),
    );
  }

  get view(): View {
    return this.#view;
  }

  get levels(): Levels {
    return this.#levels;
  }

  /** Whose turn it is, and what has just been heard. */
  get turns(): Turns {
    return this.#turns;
  }

  /** Measures the sound while connected and in sight, and costs nothing otherwise. */
  measure(insight: boolean): void {
    const { machine, local, remote } = this.#view;
    if (insight && machine.name === "connected") this.#meter.watch({ in: local, out: remote });
    else this.#meter.stop();
  }

  close(): void {
    this.#meter.stop();
    this.#taking.close();
    // First the recording: it saves what is there before its tracks end.
    this.extras.close();
    this.connection.dispose();
  }
}
