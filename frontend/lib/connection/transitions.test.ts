import { describe, expect, it } from "vitest";
import { BACKOFF_MS, CONNECT_MS, DRAIN_MS, INITIAL, LEAVE_MS, STABLE_MS, WAIT_MS } from "./state_model";
import type { Machine, Step } from "./state_model";
import { close, connect, connected, drain, ended, fail, reconnect, rest, restart, start, stay, wait } from "./transitions";

const NOW = 5_000;
const LIVE: Machine = { ...INITIAL, name: "connected", attempt: 3, connectedAt: 1_000 };
const LOST = { code: "connection_lost" };
const orders = (step: Step): string[] => step.effects.map((effect) => effect.type);

it("staying orders nothing", () => {
  expect(stay(LIVE)).toEqual({ machine: LIVE, effects: [] });
});

describe("what comes to rest", () => {
  it("keeps the count of attempts and nothing else", () => {
    const { machine, effects } = rest(LIVE, { name: "idle" }, [{ type: "release_media" }]);
    expect(machine).toEqual({ ...INITIAL, attempt: 4 });
    expect(effects).toEqual([{ type: "release_media" }, { type: "announce", what: "stopped" }]);
  });

  it("announces no end where nothing had begun", () => {
    expect(rest({ ...LIVE, connectedAt: null }, { name: "idle" }, []).effects).toEqual([]);
  });

  it("after a failure says why, and leaves unless the server knows", () => {
    expect(fail(LIVE, LOST).machine).toMatchObject({ name: "failed", problem: LOST, wakeAt: null });
    expect(orders(fail(LIVE, LOST))).toEqual(["close_peer", "release_media", "leave", "announce"]);
    expect(orders(fail(LIVE, LOST, false))).not.toContain("leave");
  });

  it("while closing waits for the server, but not for ever", () => {
    const step = close(LIVE, NOW);
    expect(step.machine).toMatchObject({ name: "closing", wakeAt: NOW + LEAVE_MS });
    expect(step.effects[0]).toEqual({ type: "close_peer", polite: true });
  });
});

describe("a start", () => {
  it("asks for media first, where there is to be some", () => {
    expect(orders(start(INITIAL, { type: "start", media: true }, NOW))).toEqual(["acquire"]);
    expect(orders(start(INITIAL, { type: "start", media: false }, NOW))).toEqual(["connect"]);
    expect(start(INITIAL, { type: "start", media: true }, NOW).machine).toMatchObject({ name: "acquiring", attempt: 1 });
  });

  it("connects within a time, under the id that is asked for", () => {
    const { machine, effects } = connect({ ...LIVE, position: 2 }, "reserved", NOW);
    expect(machine).toMatchObject({ name: "connecting", position: null, wakeAt: NOW + CONNECT_MS });
    expect(effects).toEqual([{ type: "connect", id: "reserved", replaces: false, way: "webrtc" }]);
  });

  it("in place of another keeps that one until the new one is there", () => {
    const step = restart(LIVE, NOW);
    expect(orders(step)).toEqual(["announce", "retire_peer", "connect"]);
    expect(step.effects.at(-1)).toEqual({ type: "connect", id: "fresh", replaces: true, way: "webrtc" });
    expect(step.machine.attempt).toBe(4);
  });

  it("is announced once, not after each loss", () => {
    const first = connected({ ...LIVE, name: "connecting", connectedAt: null }, NOW);
    expect(first.effects).toEqual([{ type: "announce", what: "started" }]);
    expect(connected({ ...LIVE, name: "reconnecting" }, NOW).effects).toEqual([]);
  });
});

describe("waiting in line", () => {
  it("closes the connection that was refused", () => {
    const step = wait(LIVE, NOW, true);
    expect(orders(step)).toEqual(["close_peer", "wait_for_place"]);
    expect(step.machine).toMatchObject({ name: "waiting", attempt: 4, wakeAt: NOW + WAIT_MS });
    expect(orders(wait(LIVE, NOW, false))).toEqual(["wait_for_place"]);
  });
});

describe("a loss", () => {
  it("is tried to be mended, at longer and longer intervals", () => {
    let machine = LIVE;
    for (const [index, pause] of BACKOFF_MS.entries()) {
      ({ machine } = reconnect(machine, LOST, NOW));
      expect(machine).toMatchObject({ name: "reconnecting", tries: index + 1, wakeAt: NOW + pause });
    }
    expect(reconnect(machine, LOST, NOW).machine).toMatchObject({ name: "failed", problem: LOST });
  });

  it("gets all its tries again after the connection was stable", () => {
    const worn: Machine = { ...LIVE, tries: BACKOFF_MS.length };
    expect(reconnect(worn, LOST, NOW).machine.name).toBe("failed");
    const stable = { ...worn, connectedAt: NOW - STABLE_MS };
    expect(reconnect(stable, LOST, NOW).machine).toMatchObject({ name: "reconnecting", tries: 1 });
  });
});

describe("an end", () => {
  it("of the handler's own is played out, for so long at most", () => {
    const step = drain(LIVE, { code: "handler_finished" }, NOW);
    expect(orders(step)).toEqual(["drain_playback"]);
    expect(step.machine).toMatchObject({ name: "connected", wakeAt: NOW + DRAIN_MS });
  });

  it.each(["handler_error", "connect_timeout"])("by %s is a failure that frees its place", (code) => {
    const step = ended(LIVE, code, "words", NOW);
    expect(step.machine).toMatchObject({ name: "failed", problem: { code, message: "words" } });
    expect(orders(step)).not.toContain("leave");
  });

  it.each(["peer_lost", "transport_failed"])("by %s is a loss", (code) => {
    expect(ended(LIVE, code, "", NOW).machine.name).toBe("reconnecting");
  });

  it("for any other reason is told, but not to who asked for it", () => {
    const told = ended(LIVE, "time_limit", "words", NOW).machine;
    expect(told).toMatchObject({ name: "idle", ending: { code: "time_limit", message: "words" } });
    expect(ended(LIVE, "client_closed", "", NOW).machine.ending).toBeNull();
  });
});
