/**
 * Which of Gradio's calls still run, seen from the page: from when one is made until what it gave is
 * in the components. Gradio tells the component of a call's end, but not one that was drawn anew
 * meanwhile; so it is seen at the client, which hands out the results one by one.
 */

/** The part of Gradio's client that makes calls. */
interface Submitting {
  submit(listener: unknown, ...rest: unknown[]): Partial<AsyncIterator<unknown>>;
}

export class RunningCalls {
  /** How many calls of each listener run. */
  readonly #running = new Map<unknown, number>();
  readonly #watched = new Set<unknown>();
  #waiting: (() => void)[] = [];

  /** From now on the calls of these listeners are waited for, too. */
  watch(listeners: Iterable<number>): void {
    for (const listener of listeners) this.#watched.add(listener);
  }

  /** Resolves once no call of a watched listener runs. */
  over(): Promise<void> {
    if (!this.#busy()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** A call begins; the result tells that it has ended, once and for all. */
  begin(listener: unknown): () => void {
    this.#running.set(listener, (this.#running.get(listener) ?? 0) + 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      const left = this.#running.get(listener)! - 1;
      if (left > 0) this.#running.set(listener, left);
      else this.#running.delete(listener);
      if (this.#busy()) return;
      for (const resolve of this.#waiting.splice(0)) resolve();
    };
  }

  #busy(): boolean {
    return [...this.#running.keys()].some((listener) => this.#watched.has(listener));
  }
}

const known = new WeakMap<object, RunningCalls>();

/** The calls of a page's client. One of another shape makes none that could be seen. */
export function runningCallsOf(client: object): RunningCalls {
  let calls = known.get(client);
  if (calls === undefined) {
    known.set(client, (calls = new RunningCalls()));
    if (typeof (client as Partial<Submitting>).submit === "function") {
      follow(client as Submitting, calls);
    }
  }
  return calls;
}

function follow(client: Submitting, calls: RunningCalls): void {
  const submit = client.submit.bind(client);
  client.submit = (listener, ...rest) => {
    const results = submit(listener, ...rest);
    endWith(results, calls.begin(listener));
    return results;
  };
}

/**
 * Gradio takes a result, puts it into the components and asks for the next; it stops asking with
 * the last one.
 */
function endWith(results: Partial<AsyncIterator<unknown>>, end: () => void): void {
  const next = results.next?.bind(results);
  const stop = results.return?.bind(results);
  const fail = results.throw?.bind(results);
  if (!next) return end();
  results.next = async (...given) => {
    try {
      const result = await next(...given);
      if (result.done === true) end();
      return result;
    } catch (error) {
      end();
      throw error;
    }
  };
  if (stop) {
    results.return = (...given) => {
      end();
      return stop(...given);
    };
  }
  if (fail) {
    results.throw = (...given) => {
      end();
      return fail(...given);
    };
  }
}
