import { beforeEach, describe, expect, it } from "vitest";
import { type GradioCalls, mendCalls, type ShownPage } from "./gradio_calls";
import { FakeClock, settle } from "./testing/clock";

const JOIN = "http://localhost/gradio_api/queue/join?";
const RUN = "http://localhost/gradio_api/run/predict";
const [OURS, ALSO_OURS] = [7, 8];

/** Gradio's client as far as it is used; requests are answered by the test. */
class FakeClient implements GradioCalls {
  readonly stream_status = { open: false };
  readonly unclosed_events = new Set<string>();
  readonly pending_stream_messages: Record<string, unknown[]> = {};
  readonly config = { dependencies: [{ id: 3, outputs: [1] }, { id: 5, outputs: [2, OURS] }] };
  readonly asked: { url: string; body: unknown; answer: (value: unknown) => void; fail: () => void }[] = [];
  readonly streams: string[] = [];
  opened = 0;

  stream(url: URL): unknown {
    this.streams.push(url.toString());
    return { onmessage: null };
  }

  post_data(url: string, body: unknown): Promise<unknown> {
    return new Promise((answer, fail) => this.asked.push({ url, body, answer, fail }));
  }

  open_stream(): Promise<void> {
    this.opened += 1;
    this.stream_status.open = true;
    return Promise.resolve();
  }

  bodies(): unknown[] {
    return this.asked.map(({ body }) => body);
  }
}

let client: FakeClient;
let clock: FakeClock;
let hidden: boolean;
beforeEach(() => {
  [client, clock, hidden] = [new FakeClient(), new FakeClock(), false];
  mendCalls(client, OURS, page());
});

const page = (): ShownPage => ({ clock, hidden: () => hidden });

describe("the calls of one listener", () => {
  it("are made in order, each when the one before is in the queue", async () => {
    const first = client.post_data(JOIN, { fn_index: 3, data: ["one"] });
    const second = client.post_data(JOIN, { fn_index: 3, data: ["two"] });
    await settle();
    expect(client.bodies()).toEqual([{ fn_index: 3, data: ["one"] }]);
    client.asked[0]!.answer("taken");
    expect(await first).toBe("taken");
    await settle();
    expect(client.bodies()).toHaveLength(2);
    client.asked[1]!.answer("taken too");
    expect(await second).toBe("taken too");
  });

  it("go on after one that failed", async () => {
    const first = client.post_data(JOIN, { fn_index: 3 });
    void client.post_data(JOIN, { fn_index: 3 });
    client.asked[0]!.fail();
    await expect(first).rejects.toBeUndefined();
    await settle();
    expect(client.asked).toHaveLength(2);
  });

  it("wait for no other listener's, and for nothing that is over", async () => {
    void client.post_data(JOIN, { fn_index: 3 });
    void client.post_data(JOIN, { fn_index: 4 });
    void client.post_data(RUN, { fn_index: 3 });
    expect(client.asked).toHaveLength(3);
    client.asked[0]!.answer(null);
    await settle();
    void client.post_data(JOIN, { fn_index: 3 });
    expect(client.asked).toHaveLength(4);
  });
});

describe("the answer to a call", () => {
  /** What is shown, in this order; Gradio shows what it kept of a call together with the answer. */
  let shown: unknown[];
  beforeEach(() => {
    shown = [];
    const kept = client.pending_stream_messages;
    void client.post_data(JOIN, { fn_index: 3 }).then(() => shown.push(...(kept["second"] ?? [])));
  });

  const answer = (): void => client.asked[0]!.answer([{ event_id: "second" }, 200]);

  /** Gradio reads results of two calls and knows the first alone, which a timer shows. */
  function read(first: string, second: string): void {
    clock.set(() => shown.push(first), 0);
    (client.pending_stream_messages["second"] ??= []).push(second);
  }

  it("comes after what was read before the call's own results", async () => {
    answer();
    read("one", "two");
    await clock.pass(0);
    expect(shown).toEqual(["one", "two"]);
  });

  it("comes after what is read while it waits for that", async () => {
    answer();
    await settle();
    read("one", "two");
    await clock.pass(0);
    expect(shown).toEqual(["one", "two"]);
  });

  it("waits for no timer in a page that nobody sees", async () => {
    hidden = true;
    client.pending_stream_messages["second"] = ["two"];
    answer();
    await settle();
    expect([shown, clock.armed]).toEqual([["two"], 0]);
  });
});

describe("calls outside of the queue", () => {
  it("keep their order when they tell the component something", async () => {
    void client.post_data(RUN, { fn_index: 5, data: [440] });
    void client.post_data(RUN, { fn_index: 5, data: [880] });
    expect(client.bodies()).toEqual([{ fn_index: 5, data: [440] }]);
    client.asked[0]!.answer(null);
    await settle();
    expect(client.asked).toHaveLength(2);
  });

  it("are otherwise the app's own matter", () => {
    for (let count = 0; count < 2; count += 1) {
      void client.post_data(RUN, { fn_index: 3 });
      void client.post_data("http://localhost/gradio_api/reset", undefined);
    }
    expect(client.asked).toHaveLength(4);
  });

  it("keep it for every component of the page", () => {
    client.config.dependencies.push({ id: 6, outputs: [ALSO_OURS] });
    mendCalls(client, ALSO_OURS, page());
    for (let count = 0; count < 2; count += 1) void client.post_data(RUN, { fn_index: 6 });
    expect(client.asked).toHaveLength(1);
  });
});

describe("the stream of results", () => {
  async function close(): Promise<void> {
    client.stream_status.open = false;
    await settle();
  }

  it("is opened again for a call that seemed to have it", async () => {
    client.stream_status.open = true;
    client.unclosed_events.add("crossed");
    await close();
    expect([client.opened, client.stream_status.open]).toEqual([1, true]);
    client.unclosed_events.delete("crossed");
    await close();
    expect([client.opened, client.stream_status.open]).toEqual([1, false]);
  });

  it("is opened once for each call, ended or not", async () => {
    client.stream_status.open = true;
    client.unclosed_events.add("forgotten");
    await close();
    await close();
    expect(client.opened).toBe(1);
    client.stream_status.open = true;
    client.unclosed_events.add("another");
    await close();
    expect(client.opened).toBe(2);
  });

  it("is not opened twice where Gradio does it", async () => {
    client.stream_status.open = true;
    client.unclosed_events.add("next");
    client.stream_status.open = false;
    void client.open_stream();
    await settle();
    expect(client.opened).toBe(1);
  });
});

it("gives each stream an address of its own, which the browser's cache keeps apart", () => {
  const url = new URL("http://localhost/gradio_api/queue/data?session_hash=a&__sign=b");
  expect(client.stream(url)).toEqual({ onmessage: null });
  client.stream(url);
  expect(client.streams).toEqual([`${url}&stream=1`, `${url}&stream=2`]);
  expect(url.searchParams.has("stream")).toBe(false);
});

it("mends a client once, whoever asks", () => {
  const post = Object.getOwnPropertyDescriptor(client, "post_data");
  mendCalls(client, ALSO_OURS, page());
  expect(Object.getOwnPropertyDescriptor(client, "post_data")).toEqual(post);
});

it("leaves a client alone that it does not know", () => {
  const unknown = { post_data: null, stream_status: { open: false } };
  mendCalls(unknown, OURS, page());
  unknown.stream_status.open = true;
  expect(unknown).toEqual({ post_data: null, stream_status: { open: true } });
});
