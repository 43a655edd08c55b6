/** What the person types as reactive state, for components to render. */

import { Composer, type ComposerEvents, type ComposerView } from "../lib/composer";
import type { StateName } from "../lib/connection/state_model";
import type { Clock } from "../lib/types";

export class ComposerStore {
  readonly #composer: Composer;
  #view: ComposerView;

  constructor(clock: Clock, events: Omit<ComposerEvents, "changed">) {
    this.#composer = new Composer(clock, { ...events, changed: (view) => (this.#view = view) });
    this.#view = $state.raw(this.#composer.view);
  }

  get view(): ComposerView {
    return this.#view;
  }

  write(draft: string): void {
    this.#composer.write(draft);
  }

  submit(talking: boolean): void {
    this.#composer.submit(talking);
  }

  follow(name: StateName): void {
    this.#composer.follow(name);
  }

  taken(number: number): void {
    this.#composer.taken(number);
  }

  close(): void {
    this.#composer.close();
  }
}
