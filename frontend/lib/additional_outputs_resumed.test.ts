import { beforeEach, describe, expect, it } from "vitest";
import { ARRIVAL_MS, LATE_MS } from "./additional_outputs";
import { settle } from "./testing/clock";
import { OutputPage } from "./testing/output_page";

let page: OutputPage;
beforeEach(() => {
  page = new OutputPage();
});

describe("another instance of the component goes on", () => {
  it("asks what is left of a call whose end it is not told", async () => {
    page.outputs.announced();
    page.outputs.progressed({ fn_index: 7, status: "pending" });
    page.count = { waiting: 2, taken: 1, busy: true };
    page.outputs.resume();
    await settle();
    expect([page.asked, page.rounds]).toEqual([1, 1]);
    await page.clock.pass(ARRIVAL_MS);
    expect(page.rounds).toBe(2);
    page.count = { waiting: 0, taken: 3 };
    page.call(7);
    await settle();
    expect(page.clock.armed).toBe(0);
  });

  it("lets what a call made arrive that was over before it asked", async () => {
    page.outputs.announced();
    page.outputs.progressed({ fn_index: 7, status: "pending" });
    page.count = { waiting: 2, taken: 1 };
    page.outputs.resume();
    await settle();
    await page.clock.pass(ARRIVAL_MS - 1);
    expect(page.rounds).toBe(1);
    await page.clock.pass(1);
    expect(page.rounds).toBe(2);
  });

  it("waits for what a call made as long as it is on its way to the page", async () => {
    page.outputs.announced();
    const arrived = page.calls.begin(7);
    page.count = { waiting: 2, taken: 1 };
    page.outputs.resume();
    await settle();
    await page.clock.pass(LATE_MS - 1);
    expect(page.rounds).toBe(1);
    arrived();
    await settle();
    expect(page.rounds).toBe(2);
    expect(page.clock.armed).toBe(0);
  });

  it("waits for it when nothing else waits yet, too", async () => {
    page.outputs.announced();
    const arrived = page.calls.begin(7);
    page.outputs.resume();
    await settle();
    page.outputs.announced();
    await page.clock.pass(ARRIVAL_MS);
    expect(page.rounds).toBe(1);
    arrived();
    await settle();
    expect(page.rounds).toBe(2);
  });

  it("goes on when it never arrives", async () => {
    page.outputs.announced();
    page.calls.begin(7);
    page.count = { waiting: 2, taken: 1 };
    page.outputs.resume();
    await settle();
    await page.clock.pass(ARRIVAL_MS + LATE_MS);
    expect(page.rounds).toBe(2);
    expect(page.clock.armed).toBe(0);
  });

  it("lets the call be over before the rest is fetched for a component that goes", async () => {
    page.outputs.announced();
    const arrived = page.calls.begin(7);
    page.count = { waiting: 1, taken: 1, busy: true };
    page.outputs.close();
    await settle();
    await page.clock.pass(ARRIVAL_MS);
    expect(page.rounds).toBe(1);
    arrived();
    await settle();
    expect(page.rounds).toBe(2);
  });

  it("asks when it was at rest, too: announcements may have been lost", async () => {
    page.count = { waiting: 1, taken: 0 };
    page.outputs.resume();
    await settle();
    expect([page.asked, page.rounds]).toEqual([1, 1]);
  });
});
