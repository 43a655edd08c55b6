import { describe, expect, it } from "vitest";
import {
  BACKOFF_MS,
  CONNECT_MS,
  DISCONNECT_MS,
  LEAVE_MS,
  RETRY_MS,
  STABLE_MS,
  WAIT_MS,
  type StateName,
} from "./state_model";
import { connected, connecting, FULL, GONE, LOST, REACHED, Run, UP, type Told } from "../testing/run";

describe("the way to a connection", () => {
  it("asks for media, then connects, then announces the start", () => {
    const run = new Run().tell({ type: "start", media: true });
    expect(run.machine.name).toBe("acquiring");
    expect(run.did).toEqual(["acquire"]);
    run.tell({ type: "media_ready" });
    expect(run.machine.name).toBe("connecting");
    expect(run.effects).toEqual([{ type: "connect", id: "fresh", replaces: false, way: "webrtc" }]);
    run.tell(UP);
    expect(run.machine).toMatchObject({ name: "connected", wakeAt: null });
    expect(run.effects).toEqual([{ type: "announce", what: "started" }]);
  });

  it("needs no media to receive", () => {
    const run = new Run().tell({ type: "start", media: false });
    expect(run.machine.name).toBe("connecting");
    expect(run.did).toEqual(["connect"]);
  });

  it("fails with the reason when media is refused, and can start again", () => {
    const run = new Run().tell({ type: "start", media: true });
    run.tell({ type: "media_failed", problem: { code: "permission_denied" } });
    expect(run.machine).toMatchObject({ name: "failed", problem: { code: "permission_denied" } });
    expect(run.did).not.toContain("leave");
    run.tell({ type: "start", media: true });
    expect(run.machine).toMatchObject({ name: "acquiring", problem: null });
  });

  it("fails when it is not connected in time, and not a moment earlier", () => {
    const run = connecting().pass(CONNECT_MS - 1);
    expect(run.machine.name).toBe("connecting");
    run.pass(1);
    expect(run.machine).toMatchObject({ name: "failed", problem: { code: "connect_timeout" } });
    expect(run.did).toEqual(["close_peer", "release_media", "leave"]);
    expect(run.machine.wakeAt).toBeNull();
  });

  it.each<[Told, string]>([
    [LOST, "ice_failed"],
    [{ type: "unreachable" }, "server_unreachable"],
    [{ type: "refused", problem: { code: "invalid_offer" } }, "invalid_offer"],
  ])("fails on %j with %s", (event, code) => {
    expect(connecting().tell(event).machine).toMatchObject({ name: "failed", problem: { code } });
  });

  it("takes nothing from an attempt that was given up", () => {
    const run = connecting();
    const old = run.machine.attempt;
    run.tell({ type: "stop" }).tell({ type: "left" }).tell({ type: "start", media: true });
    run.tell({ type: "media_ready" });
    const before = run.machine;
    for (const event of [UP, LOST, FULL, { type: "unreachable" }] as Told[]) run.tell(event, old);
    expect(run.machine).toBe(before);
  });
});

describe("waiting for a place", () => {
  it("stands in line, learns its place and is admitted under the same id", () => {
    const run = connecting().tell(FULL);
    expect(run.machine).toMatchObject({ name: "waiting", position: null });
    expect(run.did).toEqual(["close_peer", "wait_for_place"]);
    run.tell({ type: "queued", position: 3 });
    expect(run.machine).toMatchObject({ name: "waiting", position: 3 });
    expect(run.did).toEqual(["wait_for_place"]);
    run.tell({ type: "admitted" });
    expect(run.machine).toMatchObject({ name: "connecting", position: null });
    expect(run.effects).toEqual([{ type: "connect", id: "reserved", replaces: false, way: "webrtc" }]);
  });

  it("stands in line again when the place lapsed", () => {
    const run = connecting().tell(FULL).tell({ type: "admitted" }).tell(FULL);
    expect(run.machine.name).toBe("waiting");
  });

  it("can be given up", () => {
    const run = connecting().tell(FULL).tell({ type: "stop" });
    expect(run.machine.name).toBe("closing");
    expect(run.did).toContain("leave");
    expect(run.did).toContain("release_media");
  });

  it("asks again after a pause when the server is silent, but not for ever", () => {
    const run = connecting().tell(FULL).pass(WAIT_MS);
    expect(run.machine.name).toBe("waiting");
    expect(run.did).toEqual([]);
    run.pass(BACKOFF_MS[1]!);
    expect(run.did).toEqual(["wait_for_place"]);
    run.tell({ type: "unreachable" }).pass(BACKOFF_MS[2]!).tell({ type: "unreachable" });
    expect(run.machine).toMatchObject({ name: "failed", problem: { code: "server_unreachable" } });
  });
});

describe("a loss", () => {
  it("is waited out for a moment, as ICE often recovers", () => {
    const run = connected().tell({ type: "peer", peer: "disconnected" });
    expect(run.machine).toMatchObject({ name: "connected", wakeAt: run.now + DISCONNECT_MS });
    run.tell(UP);
    expect(run.machine.wakeAt).toBeNull();
    run.tell({ type: "peer", peer: "disconnected" }).pass(DISCONNECT_MS);
    expect(run.machine.name).toBe("reconnecting");
  });

  it.each<Told[]>([[LOST, REACHED], [GONE]])("reconnects in the old one's place: %j", (...events) => {
    const run = connected();
    for (const event of events) run.tell(event);
    expect(run.machine.name).toBe("reconnecting");
    expect(run.did).toEqual(["close_peer"]);
    run.pass(BACKOFF_MS[0]!);
    expect(run.effects).toEqual([{ type: "connect", id: "fresh", replaces: true, way: "webrtc" }]);
    run.tell(UP);
    expect(run.machine.name).toBe("connected");
    expect(run.did).toEqual([]);
  });

  it("is given three tries, then fails and announces the end once", () => {
    const run = connected().tell(GONE);
    for (const pause of BACKOFF_MS) {
      expect(run.machine.name).toBe("reconnecting");
      run.pass(pause);
      expect(run.did).toEqual(["connect"]);
      run.pass(RETRY_MS);
    }
    // The last one waits for a server that is busy, as long as a first connection would.
    expect(run.machine.name).toBe("reconnecting");
    run.pass(CONNECT_MS - RETRY_MS);
    expect(run.machine).toMatchObject({ name: "failed", problem: { code: "connection_lost" } });
    expect(run.did).toEqual(["close_peer", "release_media", "leave", "announce"]);
  });

  it("gets all its tries again only after a stable time", () => {
    const flapping = connected();
    for (let loss = 0; loss < 3; loss += 1) flapping.tell(GONE).pass(BACKOFF_MS[loss]!).tell(UP);
    expect(flapping.machine.name).toBe("connected");
    flapping.tell(GONE);
    expect(flapping.machine.name).toBe("failed");

    const stable = connected();
    for (let loss = 0; loss < 5; loss += 1) {
      stable.tell(GONE).pass(0).tell(UP);
      stable.now += STABLE_MS;
    }
    expect(stable.tell(GONE).machine.name).toBe("reconnecting");
  });

  it("whose place somebody else has, stands in line", () => {
    const run = connected().tell(GONE).pass(0).tell(FULL);
    expect(run.machine.name).toBe("waiting");
    run.tell({ type: "admitted" }).tell(UP);
    expect(run.did).toEqual([]);
  });
});

describe("an end", () => {
  it("by the person is polite and waits for the place to be free", () => {
    const run = connected().tell({ type: "stop" });
    expect(run.machine.name).toBe("closing");
    expect(run.effects).toEqual([
      { type: "close_peer", polite: true },
      { type: "release_media" },
      { type: "leave" },
      { type: "announce", what: "stopped" },
    ]);
    run.tell({ type: "left" });
    expect(run.machine).toMatchObject({ name: "idle", wakeAt: null });
  });

  it("does not hang on a silent server", () => {
    expect(connected().tell({ type: "stop" }).pass(LEAVE_MS).machine.name).toBe("idle");
  });

  it.each<[string, StateName]>([
    ["client_closed", "idle"],
    ["time_limit", "idle"],
    ["server_shutdown", "idle"],
    ["replaced", "idle"],
    ["a reason of a newer server", "idle"],
    ["handler_error", "failed"],
    ["connect_timeout", "failed"],
    ["peer_lost", "reconnecting"],
    ["transport_failed", "reconnecting"],
  ])("by the server for %s leads to %s", (reason, name) => {
    const run = connected().tell({ type: "ended", reason, text: "words" });
    expect(run.machine.name).toBe(name);
    expect(run.did).not.toContain("leave");
  });

  it("keeps the server's words", () => {
    const text = "The time limit of 15 s is over.";
    const over = connected().tell({ type: "ended", reason: "time_limit", text });
    expect(over.machine.ending).toEqual({ code: "time_limit", message: text });
    const broken = connected().tell({ type: "ended", reason: "handler_error", text: "Größe?" });
    expect(broken.machine.problem).toEqual({ code: "handler_error", message: "Größe?" });
    expect(connected().tell({ type: "ended", reason: "client_closed", text }).machine.ending).toBeNull();
  });
});

describe("a share that is used up", () => {
  const BUSY: Told = { type: "refused", problem: { code: "too_many_requests" } };

  it("fails what the person just began, with the reason", () => {
    expect(connecting().tell(BUSY).machine).toMatchObject({
      name: "failed",
      problem: { code: "too_many_requests" },
    });
  });

  it("is one lost try of a page that reconnects, and of one that waits", () => {
    const lost = connected().tell(GONE).pass(BACKOFF_MS[0]!);
    lost.tell(BUSY);
    expect(lost.machine).toMatchObject({ name: "reconnecting", tries: 2, trying: false });
    const waiting = connecting().tell(FULL).tell(BUSY);
    expect(waiting.machine).toMatchObject({ name: "waiting", tries: 1, trying: false });
    waiting.pass(BACKOFF_MS[1]!);
    expect(waiting.did).toContain("wait_for_place");
  });
});

describe("every state", () => {
  const runs: Record<StateName, () => Run> = {
    idle: () => new Run(),
    acquiring: () => new Run().tell({ type: "start", media: true }),
    connecting,
    waiting: () => connecting().tell(FULL),
    connected,
    reconnecting: () => connected().tell(GONE),
    closing: () => connected().tell({ type: "stop" }),
    failed: () => connecting().tell(LOST),
  };

  it.each(Object.entries(runs))("%s ends at once when the page goes", (name, make) => {
    const run = make();
    expect(run.machine.name).toBe(name);
    const open = !["idle", "closing", "failed"].includes(name);
    run.tell({ type: "dispose" });
    expect(run.machine).toMatchObject({ name: "idle", wakeAt: null });
    expect(run.did.includes("release_media")).toBe(open);
  });

  it.each(["acquiring", "connecting", "waiting", "connected", "reconnecting"] as const)(
    "%s can be stopped, which lets go of the devices",
    (name) => {
      const run = runs[name]().tell({ type: "stop" });
      expect(["closing", "idle"]).toContain(run.machine.name);
      expect(run.did).toContain("release_media");
    },
  );

  it.each(Object.entries(runs))("%s ignores a second start while active", (name, make) => {
    const run = make();
    const before = run.machine;
    run.tell({ type: "start", media: true });
    if (name === "idle" || name === "failed") expect(run.machine.name).toBe("acquiring");
    else expect(run.machine).toBe(before);
  });

  it("wakes nobody at rest", () => {
    for (const name of ["idle", "failed", "acquiring", "connected"] as const) {
      expect(runs[name]().machine.wakeAt).toBeNull();
    }
  });
});
