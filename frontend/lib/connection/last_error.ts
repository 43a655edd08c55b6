/** The last `error` message: of a stream that goes on, or the words for an ending that follows. */

import { textOf, type Message } from "./messages";
import type { Clock } from "../types";

/**
 * An error that ends the stream is shown in the component; handing it on as well would show it
 * twice. The ending follows its error at once, so an error is handed on when none came this long.
 */
export const ERROR_MS = 300;

export class LastError {
  #message: Message | null = null;
  #timer: number | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly forward: (message: Message) => void,
  ) {}

  /** Its words; empty when there was none. */
  get text(): string {
    return this.#message === null ? "" : textOf(this.#message);
  }

  receive(message: Message): void {
    this.cancel();
    this.#message = message;
    this.#timer = this.clock.set(() => {
      this.#timer = null;
      this.forward(message);
    }, ERROR_MS);
  }

  /** Forwards nothing any more. */
  cancel(): void {
    if (this.#timer !== null) this.clock.clear(this.#timer);
    this.#timer = null;
  }

  forget(): void {
    this.#message = null;
  }
}
