import { expect, it } from "vitest";
import { FakeClock } from "../testing/clock";
import { PlayoutReport, SETTLED_MS } from "./playout_report";
import type { Report, Stats } from "../playback/statistics";

/** Audio that waited so many seconds in all, and how many samples that were. */
function received(jitterBufferDelay: number, jitterBufferEmittedCount: number): Report {
  const inbound = { type: "inbound-rtp", kind: "audio", jitterBufferDelay, jitterBufferEmittedCount };
  return [{ id: "in", ...inbound } as Stats];
}

class Page {
  readonly clock = new FakeClock();
  readonly sent: unknown[] = [];
  measured = 0;
  report: Report | null = received(480, 4_800);
  readonly playout = new PlayoutReport(
    this.clock,
    () => {
      this.measured += 1;
      return this.report === null ? Promise.reject(new Error("closed")) : Promise.resolve(this.report);
    },
    (text) => this.sent.push((JSON.parse(text) as { data: unknown }).data),
  );

  log(data: string): void {
    this.playout.receive({ type: "log", data, reason: null });
  }
}

it("says once that it will, in a conversation only", () => {
  const page = new Page();
  page.playout.receive({ type: "info", data: "hello", reason: null });
  expect(page.sent).toEqual([]);
  page.log("listening");
  page.log("started_talking");
  expect(page.sent).toEqual([null]);
  expect(page.clock.armed).toBe(0);
});

it("measures in the midst of each reply, and what waited since the one before", async () => {
  const page = new Page();
  page.log("response_starting");
  await page.clock.pass(SETTLED_MS);
  page.report = received(480 + 240, 4_800 + 4_800);
  page.log("response_ended");
  await page.clock.pass(60_000);
  expect(page.measured).toBe(1);
  page.log("response_starting");
  await page.clock.pass(SETTLED_MS);
  expect(page.sent).toEqual([null, 100, 50]);
  expect(page.clock.armed).toBe(0);
});

it("does not measure a reply that is spoken into at once, nor after the end", async () => {
  const page = new Page();
  page.log("response_starting");
  page.log("interrupted");
  await page.clock.pass(SETTLED_MS);
  page.log("response_starting");
  page.playout.close();
  await page.clock.pass(SETTLED_MS);
  expect(page.measured).toBe(0);
});

it("says nothing of what cannot be measured", async () => {
  const page = new Page();
  for (const report of [null, [], received(0, 0)]) {
    page.report = report;
    page.log("response_starting");
    await page.clock.pass(SETTLED_MS);
  }
  expect(page.measured).toBe(3);
  expect(page.sent).toEqual([null]);
});
