import { expect, it } from "vitest";
import { FakeClock } from "./testing/clock";
import { WakeTimer } from "./wake_timer";

function start(): { clock: FakeClock; timer: WakeTimer; woken: number[] } {
  const clock = new FakeClock();
  const woken: number[] = [];
  return { clock, woken, timer: new WakeTimer(clock, () => woken.push(clock.now())) };
}

it("wakes once, at its moment", async () => {
  const { clock, timer, woken } = start();
  timer.set(100);
  await clock.pass(99);
  expect(woken).toEqual([]);
  await clock.pass(500);
  expect(woken).toEqual([100]);
});

it("wakes at the moment that was set last", async () => {
  const { clock, timer, woken } = start();
  timer.set(100);
  timer.set(300);
  expect(clock.armed).toBe(1);
  await clock.pass(500);
  expect(woken).toEqual([300]);
});

it("wakes at once for a moment that has passed", async () => {
  const { clock, timer, woken } = start();
  await clock.pass(500);
  timer.set(100);
  await clock.pass(0);
  expect(woken).toEqual([500]);
});

it("rests when there is no moment", async () => {
  const { clock, timer, woken } = start();
  timer.set(100);
  timer.set(null);
  expect(clock.armed).toBe(0);
  await clock.pass(500);
  expect(woken).toEqual([]);
});
