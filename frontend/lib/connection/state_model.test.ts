import { describe, expect, it } from "vitest";
import { BACKOFF_MS, CONNECT_MS, INITIAL, isActive, isUnsteady, RETRY_MS, retryMs } from "./state_model";
import type { Machine, StateName } from "./state_model";

it("gives the last try to reconnect as long as a first connection", () => {
  const tries = BACKOFF_MS.map((_, index) => retryMs(index + 1));
  expect(tries).toEqual([RETRY_MS, RETRY_MS, CONNECT_MS]);
});

describe("a connection", () => {
  const connected: Machine = { ...INITIAL, name: "connected", connectedAt: 0 };

  it("is unsteady while it is waited for", () => {
    expect(isUnsteady(connected)).toBe(false);
    expect(isUnsteady({ ...connected, wakeAt: 3_000 })).toBe(true);
  });

  it("is not unsteady while its end is played", () => {
    const ending = { code: "handler_finished" };
    const draining = { ending, over: false, deadline: 2_000 };
    expect(isUnsteady({ ...connected, wakeAt: 2_000, draining })).toBe(false);
  });

  it("that is not there is not unsteady", () => {
    expect(isUnsteady({ ...connected, name: "reconnecting", wakeAt: 3_000 })).toBe(false);
  });
});

it.each<[StateName, boolean]>([
  ["idle", false],
  ["acquiring", true],
  ["connecting", true],
  ["waiting", true],
  ["connected", true],
  ["reconnecting", true],
  ["closing", false],
  ["failed", false],
])("%s is active: %s", (name, active) => {
  expect(isActive(name)).toBe(active);
});
