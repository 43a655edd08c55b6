/** Follows the turns of a connection, and keeps an interrupted reply from being heard any further. */

import { WakeTimer } from "../wake_timer";
import type { View } from "../connection/environment";
import { textOf, type Message } from "../connection/messages";
import { NO_TURNS, step, type TurnEvent, type Turns } from "./turn_machine";
import type { Clock } from "../types";

export class TurnTaking {
  #known: Turns = NO_TURNS;
  #remote: MediaStream | null = null;
  readonly #wakeTimer: WakeTimer;

  constructor(
    private readonly clock: Clock,
    private readonly changed: (turns: Turns) => void,
  ) {
    this.#wakeTimer = new WakeTimer(clock, () => this.#dispatch({ type: "wake" }));
  }

  /** The connection changed. */
  follow({ machine, remote }: View): void {
    this.#remote = remote;
    this.#dispatch({ type: "connection", name: machine.name });
    this.#applyMute();
  }

  /** The server said something. */
  receive(message: Message): void {
    if (message.type === "log") this.#dispatch({ type: "log", event: textOf(message) });
    if (message.type === "stopword") this.#dispatch({ type: "stopword", word: textOf(message).trim() });
  }

  close(): void {
    this.#wakeTimer.set(null);
  }

  #dispatch(event: TurnEvent): void {
    const known = step(this.#known, event, this.clock.now());
    const same = known === this.#known;
    this.#known = known;
    this.#wakeTimer.set(known.wakeAt);
    this.#applyMute();
    if (!same) this.changed(known);
  }

  /**
   * The track and not the element that plays it: meter and recording take the audio from there too,
   * and the element's volume is the person's own.
   */
  #applyMute(): void {
    for (const track of this.#remote?.getAudioTracks() ?? []) {
      if (track.enabled === this.#known.replyMuted) track.enabled = !this.#known.replyMuted;
    }
  }
}
