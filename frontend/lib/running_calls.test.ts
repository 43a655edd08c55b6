import { describe, expect, it } from "vitest";
import { RunningCalls, runningCallsOf } from "./running_calls";
import { settle } from "./testing/clock";

interface Results extends AsyncIterableIterator<unknown> {
  return: () => Promise<IteratorResult<unknown>>;
  throw: (error: Error) => Promise<IteratorResult<unknown>>;
}

/** Gradio's client: every call gives these results. */
function clientWith(...results: unknown[]): { submit: (listener: number) => Results } {
  return {
    submit: () => {
      const left = [...results];
      const iterator: Results = {
        [Symbol.asyncIterator]: () => iterator,
        next: (): Promise<IteratorResult<unknown>> => {
          if (left[0] instanceof Error) return Promise.reject(left[0]);
          const done = left.length === 0;
          return Promise.resolve({ value: left.shift(), done });
        },
        return: () => Promise.resolve({ value: undefined, done: true as const }),
        throw: (error: Error): Promise<IteratorResult<unknown>> => Promise.reject(error),
      };
      return iterator;
    },
  };
}

function watched(client: object): { calls: RunningCalls; over: () => Promise<boolean> } {
  const calls = runningCallsOf(client);
  calls.watch([7]);
  const over = async (): Promise<boolean> => {
    let resolved = false;
    void calls.over().then(() => (resolved = true));
    await settle();
    return resolved;
  };
  return { calls, over };
}

describe("a call is over", () => {
  it("when its last result has been put into the page", async () => {
    const client = clientWith("data", "complete");
    const { over } = watched(client);
    const seen: unknown[] = [];
    for await (const result of client.submit(7)) {
      seen.push(result, await over());
      if (result === "complete") break;
    }
    expect(seen).toEqual(["data", false, "complete", false]);
    expect(await over()).toBe(true);
  });

  it("when there are no more results", async () => {
    const client = clientWith("data");
    const { over } = watched(client);
    for await (const _ of client.submit(7)) expect(await over()).toBe(false);
    expect(await over()).toBe(true);
  });

  it("when it fails, at either side", async () => {
    const client = clientWith(new Error("no stream"));
    const { over } = watched(client);
    await expect(client.submit(7).next()).rejects.toThrow("no stream");
    expect(await over()).toBe(true);
    await expect(client.submit(7).throw(new Error("no more"))).rejects.toThrow("no more");
    expect(await over()).toBe(true);
  });

  it("when all are that run at once", async () => {
    const client = clientWith("data");
    const { over } = watched(client);
    const [first, second] = [client.submit(7), client.submit(7)];
    await first.return();
    await first.return();
    expect(await over()).toBe(false);
    await second.return();
    expect(await over()).toBe(true);
  });
});

describe("what is not waited for", () => {
  it("is another listener's call", async () => {
    const client = clientWith("data");
    const { over } = watched(client);
    client.submit(3);
    expect(await over()).toBe(true);
  });

  it("is what a client of another shape does", async () => {
    const { over } = watched({ submit: null });
    expect(await over()).toBe(true);
  });
});

it("follows a page's client once, for all of its components", async () => {
  const client = clientWith("data");
  const { calls, over } = watched(client);
  expect(runningCallsOf(client)).toBe(calls);
  const results = client.submit(7);
  expect(await over()).toBe(false);
  await results.return();
  expect(await over()).toBe(true);
});
