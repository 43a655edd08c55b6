import { expect, test, vi } from "vitest";
import { GRACE_MS, Keeping } from "./keyed_instances";
import { FakeClock } from "./testing/clock";

const make = (): object => ({});

test("another instance of the same component goes on with it", async () => {
  const clock = new FakeClock();
  const keeping = new Keeping<object>(clock);
  const [first, end] = [keeping.claim("a", make), vi.fn()];
  first.release(end);
  const second = keeping.claim("a", make);
  expect(second.thing).toBe(first.thing);
  expect([first.taken, second.taken]).toEqual([false, true]);
  await clock.pass(10 * GRACE_MS);
  expect(end).not.toHaveBeenCalled();
});

test("also one that comes before the other goes", async () => {
  const clock = new FakeClock();
  const keeping = new Keeping<object>(clock);
  const [first, end] = [keeping.claim("a", make), vi.fn()];
  const second = keeping.claim("a", make);
  first.release(end);
  await clock.pass(10 * GRACE_MS);
  expect(end).not.toHaveBeenCalled();
  second.release(end);
  await clock.pass(GRACE_MS);
  expect(end).toHaveBeenCalledOnce();
  expect(keeping.claim("a", make).taken).toBe(false);
});

test("it ends when nobody comes in time", async () => {
  const clock = new FakeClock();
  const keeping = new Keeping<object>(clock);
  const [first, end] = [keeping.claim("a", make), vi.fn()];
  first.release(end);
  keeping.claim("b", make);
  await clock.pass(GRACE_MS - 1);
  expect(end).not.toHaveBeenCalled();
  await clock.pass(1);
  expect(end).toHaveBeenCalledOnce();
  expect(keeping.claim("a", make).thing).not.toBe(first.thing);
});

test("it ends at once without an id", () => {
  const keeping = new Keeping<object>(new FakeClock());
  const end = vi.fn();
  keeping.claim(null, make).release(end);
  expect(end).toHaveBeenCalledOnce();
});
