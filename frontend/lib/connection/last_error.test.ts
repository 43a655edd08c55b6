import { beforeEach, expect, it } from "vitest";
import { FakeClock } from "../testing/clock";
import { ERROR_MS, LastError } from "./last_error";
import type { Message } from "./messages";

const message = (data: string): Message => ({ type: "error", data, reason: null });

let clock: FakeClock;
let forwarded: unknown[];
let last: LastError;
beforeEach(() => {
  clock = new FakeClock();
  forwarded = [];
  last = new LastError(clock, ({ data }) => forwarded.push(data));
});

it("forwards an error that no ending follows", async () => {
  last.receive(message("one sentence was lost"));
  await clock.pass(ERROR_MS - 1);
  expect(forwarded).toEqual([]);
  await clock.pass(1);
  expect(forwarded).toEqual(["one sentence was lost"]);
});

it("keeps the words for an ending, and forwards nothing then", async () => {
  last.receive(message("division by zero"));
  last.cancel();
  await clock.pass(10 * ERROR_MS);
  expect([last.text, forwarded]).toEqual(["division by zero", []]);
});

it("takes the newest of several errors", async () => {
  last.receive(message("first"));
  last.receive(message("second"));
  expect(clock.armed).toBe(1);
  await clock.pass(ERROR_MS);
  expect([last.text, forwarded]).toEqual(["second", ["second"]]);
});

it("forgets the words when a stream starts anew", () => {
  expect(last.text).toBe("");
  last.receive(message("old"));
  last.forget();
  expect(last.text).toBe("");
});
