import { expect, test, vi } from "vitest";
import { GRACE_MS, KeyedStates } from "./keyed_states";
import { FakeClock } from "./testing/clock";

const make = (): object => ({});

test("another instance of the same component goes on with it", async () => {
  const clock = new FakeClock();
  const keyedStates = new KeyedStates<object>(clock);
  const [first, end] = [keyedStates.claim("a", make), vi.fn()];
  first.release(end);
  const second = keyedStates.claim("a", make);
  expect(second.state).toBe(first.state);
  expect([first.resumed, second.resumed]).toEqual([false, true]);
  await clock.pass(10 * GRACE_MS);
  expect(end).not.toHaveBeenCalled();
});

test("also one that comes before the other goes", async () => {
  const clock = new FakeClock();
  const keyedStates = new KeyedStates<object>(clock);
  const [first, end] = [keyedStates.claim("a", make), vi.fn()];
  const second = keyedStates.claim("a", make);
  first.release(end);
  await clock.pass(10 * GRACE_MS);
  expect(end).not.toHaveBeenCalled();
  second.release(end);
  await clock.pass(GRACE_MS);
  expect(end).toHaveBeenCalledOnce();
  expect(keyedStates.claim("a", make).resumed).toBe(false);
});

test("it ends when nobody comes in time", async () => {
  const clock = new FakeClock();
  const keyedStates = new KeyedStates<object>(clock);
  const [first, end] = [keyedStates.claim("a", make), vi.fn()];
  first.release(end);
  keyedStates.claim("b", make);
  await clock.pass(GRACE_MS - 1);
  expect(end).not.toHaveBeenCalled();
  await clock.pass(1);
  expect(end).toHaveBeenCalledOnce();
  expect(keyedStates.claim("a", make).state).not.toBe(first.state);
});

test("it ends at once without an id", () => {
  const keyedStates = new KeyedStates<object>(new FakeClock());
  const end = vi.fn();
  keyedStates.claim(null, make).release(end);
  expect(end).toHaveBeenCalledOnce();
});
