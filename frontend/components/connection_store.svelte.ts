/** The connection and its levels as reactive state, for components to render. */

import { Connection } from "../lib/connection/connection";
import { MediaToolsStore } from "./media_tools_store.svelte";
import type { ConnectionEvents, Environment, Settings, View } from "../lib/connection/environment";
import { SILENT_LEVELS, AudioLevelMeter, type Levels } from "../lib/playback/audio_level_meter";
import { PushToTalk } from "../lib/turns/push_to_talk";
import { TurnTaking } from "../lib/turns/turn_taking";
import { NO_TURNS, type Turns } from "../lib/turns/turn_machine";

export class ConnectionStore {
  readonly connection: Connection;
  readonly mediaTools: MediaToolsStore;
  readonly #meter: AudioLevelMeter;
  #view: View;
  #levels: Levels = $state.raw(SILENT_LEVELS);
  #turns: Turns = $state.raw(NO_TURNS);
  #pressed = $state.raw(false);
  /** The button that is held to talk, where there is one. */
  readonly talking = new PushToTalk((pressed) => {
    this.#pressed = pressed;
    this.connection.talk(pressed);
  });
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
        this.#taking.receive(message);
        this.mediaTools.receive(message);
        events.message(message);
      },
      changed: (view) => {
        this.#view = view;
        this.#taking.follow(view);
        this.mediaTools.follow(view);
        this.talking.follow(view.machine.name === "connected" && view.local !== null);
        events.changed?.(view);
      },
    });
    this.mediaTools = new MediaToolsStore(env, settings, () => this.connection.statistics());
    this.#view = $state.raw(this.connection.view);
    this.#meter = new AudioLevelMeter(
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

  /** Whether the person holds their button. */
  get pressed(): boolean {
    return this.#pressed;
  }

  /** Measures the audio while connected and in sight, and costs nothing otherwise. */
  measure(insight: boolean): void {
    const { machine, local, remote } = this.#view;
    if (insight && machine.name === "connected") this.#meter.watch({ in: local, out: remote });
    else this.#meter.stop();
  }

  close(): void {
    this.#meter.stop();
    this.#taking.close();
    // First the recording: it saves what is there before its tracks end.
    this.mediaTools.close();
    this.connection.dispose();
  }
}
