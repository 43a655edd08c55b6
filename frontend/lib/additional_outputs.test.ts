import { beforeEach, describe, expect, it } from "vitest";
import { ARRIVAL_MS, PAUSE_MS } from "./additional_outputs";
import { settle } from "./testing/clock";
import { OutputPage } from "./testing/output_page";

let page: OutputPage;
beforeEach(() => {
  page = new OutputPage();
});

describe("one round at a time", () => {
  it("fetches an output as soon as it is announced, and asks no more of the server", async () => {
    page.outputs.announced();
    expect(page.rounds).toBe(1);
    page.call(7);
    await settle();
    expect(page.asked).toBe(0);
    page.outputs.announced();
    expect(page.rounds).toBe(2);
  });

  it("asks what is left after outputs that were announced together", async () => {
    page.count = { waiting: 0, taken: 3 };
    page.outputs.announced(3);
    expect(page.rounds).toBe(1);
    page.call(7);
    await settle();
    expect(page.asked).toBe(1);
  });

  it("waits for the call before it fetches what came meanwhile, in one round", () => {
    page.outputs.announced();
    page.outputs.progressed({ fn_index: 7, status: "pending" });
    for (let n = 0; n < 60; n++) page.outputs.announced();
    expect(page.rounds).toBe(1);
    page.outputs.progressed({ fn_index: 7, status: "generating" });
    expect(page.rounds).toBe(1);
    page.outputs.progressed({ fn_index: 7, status: "complete" });
    expect(page.rounds).toBe(2);
  });

  it("waits for every listener, one after the other", () => {
    page.listeners = [7, 9];
    page.outputs.announced();
    page.call(7);
    page.outputs.announced();
    expect(page.rounds).toBe(1);
    page.call(9);
    expect(page.rounds).toBe(2);
  });

  it("does not take old news, or another event's, for the end of its call", () => {
    page.outputs.announced();
    page.outputs.announced();
    page.outputs.progressed({ fn_index: 7, status: "complete" });
    page.call(3);
    page.outputs.progressed({});
    expect(page.rounds).toBe(1);
    page.outputs.progressed({ fn_index: 7, status: "pending" });
    page.outputs.progressed({ fn_index: 7, status: "pending" });
    page.outputs.progressed({ fn_index: 7, status: "complete" });
    expect(page.rounds).toBe(2);
  });

  it("does nothing for an app that does not listen", async () => {
    page.listeners = [];
    page.outputs.announced();
    page.outputs.fetchRemaining();
    page.outputs.close();
    await settle();
    expect([page.rounds, page.asked]).toEqual([0, 0]);
  });
});

describe("nothing is left behind", () => {
  it("asks after a round for several, which may have left some", async () => {
    page.outputs.announced();
    page.outputs.progressed({ fn_index: 7, status: "pending" });
    page.outputs.announced();
    page.outputs.announced();
    page.outputs.progressed({ fn_index: 7, status: "complete" });
    page.count = { waiting: 1, taken: 2 };
    page.call(7);
    await settle();
    expect(page.rounds).toBe(3);
    page.call(7);
    await settle();
    expect([page.rounds, page.asked]).toEqual([3, 1]);
  });

  it("asks when a stream is over, for announcements that were lost with it", async () => {
    page.count = { waiting: 2, taken: 5 };
    page.outputs.fetchRemaining();
    await settle();
    expect(page.rounds).toBe(1);
    page.count = { waiting: 0, taken: 7 };
    page.call(7);
    await settle();
    expect([page.rounds, page.asked]).toEqual([1, 2]);
  });

  it("asks after the round that runs when a stream is over meanwhile", async () => {
    page.outputs.announced();
    page.outputs.fetchRemaining();
    expect(page.asked).toBe(0);
    page.count = { waiting: 1, taken: 1 };
    page.call(7);
    await settle();
    expect([page.rounds, page.asked]).toEqual([2, 1]);
  });

  it("asks once more when a stream is over while it asks", async () => {
    page.outputs.fetchRemaining();
    page.outputs.fetchRemaining();
    await settle();
    expect(page.asked).toBe(2);
  });

  it("rests when the server cannot be asked, until the next announcement", async () => {
    page.count = new Error("offline");
    page.outputs.fetchRemaining();
    await settle();
    page.count = "nonsense";
    page.outputs.fetchRemaining();
    await settle();
    expect(page.rounds).toBe(0);
    page.outputs.announced();
    expect(page.rounds).toBe(1);
  });

  it("fetches a last time when the component goes away, and then never", async () => {
    page.outputs.announced();
    page.call(7);
    page.outputs.announced();
    page.outputs.announced();
    page.call(7);
    page.count = { waiting: 1, taken: 2 };
    page.outputs.announced();
    page.outputs.close();
    page.outputs.close();
    await settle();
    await page.clock.pass(ARRIVAL_MS);
    const { rounds, asked } = page;
    page.outputs.progressed({ fn_index: 7, status: "complete" });
    page.outputs.announced();
    page.outputs.fetchRemaining();
    await settle();
    expect([page.rounds, page.asked]).toEqual([rounds, asked]);
  });

  it("lets a call that runs be over before it fetches the rest for a component that goes", async () => {
    page.outputs.announced();
    page.outputs.progressed({ fn_index: 7, status: "pending" });
    page.outputs.announced();
    page.count = { waiting: 1, taken: 1, busy: true };
    page.outputs.close();
    await settle();
    // The call is over on the server; what it made is on its way.
    expect([page.rounds, page.asked]).toEqual([1, 1]);
    await page.clock.pass(ARRIVAL_MS);
    expect(page.rounds).toBe(2);
  });

  it("leaves it at that when the call has taken all", async () => {
    page.outputs.announced();
    page.outputs.progressed({ fn_index: 7, status: "pending" });
    page.outputs.announced();
    page.count = { waiting: 0, taken: 2, busy: true };
    page.outputs.close();
    await page.clock.pass(ARRIVAL_MS);
    expect(page.rounds).toBe(1);
  });

  it("waits for a call of before it was shown again", async () => {
    page.count = { waiting: 2, taken: 1, busy: true };
    page.outputs.fetchRemaining();
    await settle();
    expect(page.rounds).toBe(0);
    await page.clock.pass(ARRIVAL_MS);
    expect(page.rounds).toBe(1);
  });
});

describe("a call that fails", () => {
  it("does not keep later outputs", async () => {
    page.outputs.announced();
    page.count = { waiting: 1, taken: 1 };
    page.call(7, "error");
    await settle();
    expect(page.rounds).toBe(2);
    page.count = { waiting: 1, taken: 2 };
    page.call(7, "error");
    await settle();
    expect(page.rounds).toBe(3);
    expect(page.clock.armed).toBe(0);
  });

  it("is tried again after a pause when it took nothing, such as with a full queue", async () => {
    page.outputs.announced();
    page.count = { waiting: 1, taken: 0 };
    page.call(7, "error");
    await settle();
    page.call(7, "error");
    await settle();
    expect(page.rounds).toBe(2);
    await page.clock.pass(PAUSE_MS);
    expect(page.rounds).toBe(3);
  });

  it("is not tried again when the component has gone", async () => {
    page.count = { waiting: 1, taken: 0 };
    page.outputs.announced();
    page.call(7, "error");
    await settle();
    page.call(7, "error");
    await settle();
    page.outputs.close();
    // A last call for what is left, and no timer.
    expect(page.rounds).toBe(3);
    expect(page.clock.armed).toBe(0);
  });
});
