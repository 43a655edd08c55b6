/** Follows the turns of a connection, and keeps an interrupted reply from being heard any further. */

import { Alarm } from "../alarm";
import type { View } from "../connection/environment";
import { textOf, type Message } from "../connection/messages";
import { NO_TURNS, step, type TurnEvent, type Turns } from "./turn_machine";
import type { Clock } from "../types";

export class TurnTaking {
  #known: Turns = NO_TURNS;
  #remote: MediaStream | null = null;
  readonly #alarm: Alarm;

  constructor(
    private readonly clock: Clock,
    private readonly changed: (turns: Turns) => void,
  ) {
    this.#alarm = new Alarm(clock, () => this.#tell({ type: "wake" }));
  }

  /** The connection changed. */
  follow({ machine, remote }: View): void {
    this.#remote = remote;
    this.#tell({ type: "connection", name: machine.name });
    this.#hush();
  }

  /** The server said something. */
  hear(message: Message): void {
    if (message.type === "log") this.#tell({ type: "log", event: textOf(message) });
    if (message.type === "stopword") this.#tell({ type: "stopword", word: textOf(message).trim() });
  }

  close(): void {
    this.#alarm.set(null);
  }

  #tell(event: TurnEvent): void {
    const known = step(this.#known, event, this.clock.now());
    const same = known === this.#known;
    this.#known = known;
    this.#alarm.set(known.wakeAt);
    this.#hush();
    if (!same) this.changed(known);
  }

  /**
   * The track and not the element that plays it: meter and recording take the sound from there too,
   * and the element's volume is the person's own.
   */
  #hush(): void {
    for (const track of this.#remote?.getAudioTracks() ?? []) {
      if (track.enabled === this.#known.hushed) track.enabled = !this.#known.hushed;
    }
  }
}
