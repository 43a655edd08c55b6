/** An event source whose events a test makes. */

export class FakeSource {
  closed = false;
  readonly #listeners = new Map<string, ((event: never) => void)[]>();

  constructor(readonly url: string) {}

  addEventListener(name: string, listener: unknown): void {
    const known = this.#listeners.get(name) ?? [];
    this.#listeners.set(name, [...known, listener as (event: never) => void]);
  }

  close(): void {
    this.closed = true;
  }

  emit(name: string, data?: unknown): void {
    for (const listener of this.#listeners.get(name) ?? []) listener({ data } as never);
  }
}
