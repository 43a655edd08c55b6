/**
 * What the person types: kept until the server has it. A submitted text waits in the outbox while
 * there is no connection, is sent in order, one at a time, and is gone once the server says that it
 * took it. Whatever comes in between, the text comes back into the field instead of being lost.
 */

import { isActive, type StateName } from "./connection/state_model";
import type { Clock } from "./types";

/** As many characters as the server takes. */
export const MAX_TEXT = 32_768;
/** The server answers within a round trip unless its handler is stuck. */
export const TAKE_MS = 10_000;
const MAX_WAITING = 20;

export interface Entry {
  /** Counts the submits of this page from 1, so that the server takes each once. */
  readonly number: number;
  /** Empty when the person only spoke. */
  readonly text: string;
}

export interface ComposerView {
  /** What the field holds. */
  readonly draft: string;
  readonly outbox: readonly Entry[];
  readonly notice: string | null;
}

export interface ComposerEvents {
  /** Connect; the person's microphone is not needed for it. */
  connect(): void;
  send(entry: Entry): void;
  changed(view: ComposerView): void;
}

/** The part of a `KeyboardEvent` that matters. */
export interface Key {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly isComposing: boolean;
  readonly keyCode: number;
}

/**
 * Whether a key submits. Enter also confirms what an input method composes, and Safari reports that
 * one after the composition has ended, with the key code 229.
 */
export function isSubmit({ key, shiftKey, isComposing, keyCode }: Key): boolean {
  return key === "Enter" && !shiftKey && !isComposing && keyCode !== 229;
}

export class Composer {
  #draft = "";
  #outbox: Entry[] = [];
  #notice: string | null = null;
  #name: StateName = "idle";
  #number = 0;
  /** The first of the outbox is with the server. */
  #underway = false;
  /** A submit came while the last stream was still ending: connect when it has. */
  #wanted = false;
  #timer: number | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly events: ComposerEvents,
  ) {}

  get view(): ComposerView {
    return { draft: this.#draft, outbox: this.#outbox, notice: this.#notice };
  }

  /** The person changed the field. */
  write(draft: string): void {
    this.#draft = draft;
    this.#notice = null;
    this.#changed();
  }

  /** Submits the field; an empty one only when the person is `talking`. */
  submit(talking: boolean): void {
    const text = this.#draft.trim();
    if (text === "" && !(talking && this.#name === "connected")) return;
    if (this.#outbox.length >= MAX_WAITING) {
      this.#notice = "Too many messages wait to be sent. Send this one a little later.";
      return this.#changed();
    }
    this.#number += 1;
    this.#outbox = [...this.#outbox, { number: this.#number, text }];
    this.#draft = "";
    this.#notice = null;
    this.#changed();
    if (this.#name === "closing") this.#wanted = true;
    else if (isActive(this.#name)) this.#pump();
    else this.events.connect();
  }

  /** The connection is in this state now. */
  follow(name: StateName): void {
    if (name === this.#name) return;
    this.#name = name;
    if (name === "connected") return this.#pump();
    // What was under way on a connection that is lost is sent again on the next.
    this.#settle();
    if (isActive(name)) return;
    if (name !== "closing" && this.#wanted) {
      this.#wanted = false;
      return this.events.connect();
    }
    this.#takeBack(null);
  }

  /** The server has taken the entry with this number. */
  taken(number: number): void {
    if (!this.#underway || this.#outbox[0]?.number !== number) return;
    this.#settle();
    this.#outbox = this.#outbox.slice(1);
    this.#changed();
    this.#pump();
  }

  /** The component goes away. */
  close(): void {
    this.#settle();
  }

  #pump(): void {
    const [first] = this.#outbox;
    if (first === undefined || this.#underway || this.#name !== "connected") return;
    this.#underway = true;
    this.#timer = this.clock.set(() => {
      this.#settle();
      this.#takeBack("The app did not take your message. Try to send it again.");
    }, TAKE_MS);
    this.events.send(first);
  }

  #settle(): void {
    if (this.#timer !== null) this.clock.clear(this.#timer);
    this.#timer = null;
    this.#underway = false;
  }

  #takeBack(notice: string | null): void {
    const texts = [...this.#outbox.map((entry) => entry.text), this.#draft];
    this.#draft = texts.filter((text) => text !== "").join("\n");
    this.#outbox = [];
    this.#notice = notice;
    this.#changed();
  }

  #changed(): void {
    this.events.changed(this.view);
  }
}
