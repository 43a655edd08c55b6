import { describe, expect, it } from "vitest";
import { CONNECT_MS, FALLBACK_AGAIN_MS, FALLBACK_MS, RETRY_MS } from "./state_model";
import { connected, connecting, FULL, GONE, LOST, Run, UP, type Told } from "../testing/run";
import { settle } from "../testing/clock";
import { expectClean, World } from "../testing/setup";

const ANSWERED: Told = { type: "answered" };
const START: Told = { type: "start", media: false, fallbackMs: FALLBACK_MS };

/** A page that may fall back, and whose offer the server has answered. */
function looking(): Run {
  return new Run().tell(START).tell(ANSWERED);
}

function fallen(): Run {
  return looking().pass(FALLBACK_MS);
}

describe("when ICE finds no path", () => {
  it.each<[string, () => Run]>([
    ["for a while", () => looking().pass(FALLBACK_MS)],
    ["and says so", () => looking().tell(LOST)],
  ])("%s, the websocket takes the place of the session that waits", (_, found) => {
    const run = found();
    expect(run.machine).toMatchObject({ name: "connecting", way: "websocket" });
    expect(run.effects).toEqual([
      { type: "retire_peer" },
      { type: "connect", id: "fresh", replaces: true, way: "websocket" },
    ]);
    run.tell(ANSWERED).tell(UP);
    expect(run.machine).toMatchObject({ name: "connected", way: "websocket", wakeAt: null });
    expect(run.effects).toEqual([{ type: "announce", what: "started" }]);
  });

  it("nothing is done before, and nothing at all once it is connected", () => {
    expect(looking().pass(FALLBACK_MS - 1).did).toEqual([]);
    expect(looking().tell(UP).pass(FALLBACK_MS).machine).toMatchObject({ way: "webrtc" });
  });

  it("a server that does not answer is not asked another way", () => {
    const run = new Run().tell(START).pass(FALLBACK_MS);
    expect(run.machine).toMatchObject({ name: "connecting", way: "webrtc" });
    run.pass(CONNECT_MS);
    expect(run.machine).toMatchObject({ name: "failed", problem: { code: "connect_timeout" } });
  });

  it("it fails where the author wants no other way", () => {
    const run = connecting().tell(ANSWERED);
    expect(run.pass(FALLBACK_MS).did).toEqual([]);
    expect(run.tell(LOST).machine.problem).toEqual({ code: "ice_failed" });
  });
});

describe("when there is no websocket either", () => {
  it.each<[string, (run: Run) => Run]>([
    ["is not reached", (run) => run.tell({ type: "unreachable" })],
    ["is cut off at once", (run) => run.tell({ type: "channel_closed" })],
    ["does not answer", (run) => run.pass(RETRY_MS)],
    ["cannot be had", (run) => run.tell({ type: "refused", problem: { code: "websocket_unavailable" } })],
    ["cannot be heard", (run) => run.tell({ type: "refused", problem: { code: "setup_failed" } })],
  ])("which %s, what is told is what has to be mended, and the place is free", (_, happens) => {
    const run = happens(fallen());
    expect(run.machine).toMatchObject({ name: "failed", problem: { code: "ice_failed" } });
    expect(run.did).toContain("leave");
  });

  it("a full stream is waited for, and then the websocket is tried", () => {
    const run = fallen().tell(FULL);
    expect(run.machine.name).toBe("waiting");
    run.tell({ type: "admitted" });
    expect(run.effects).toEqual([
      { type: "connect", id: "reserved", replaces: false, way: "websocket" },
    ]);
  });
});

describe("a stream that fell back", () => {
  it("reconnects by the websocket", () => {
    const run = fallen().tell(ANSWERED).tell(UP).tell({ type: "channel_closed" }).pass(0);
    expect(run.effects).toEqual([
      { type: "connect", id: "fresh", replaces: true, way: "websocket" },
    ]);
    expect(run.tell(UP).machine).toMatchObject({ name: "connected", way: "websocket" });
  });

  it("tries WebRTC again when it is started anew", () => {
    const run = fallen().tell(UP).tell({ type: "restart", fallbackMs: FALLBACK_AGAIN_MS });
    expect(run.effects.at(-1)).toMatchObject({ way: "webrtc" });
    run.tell(ANSWERED).pass(FALLBACK_AGAIN_MS);
    expect(run.machine.way).toBe("websocket");
  });

  it("may also do so after it was told to while it ended", () => {
    const again: Told = { type: "restart", fallbackMs: FALLBACK_MS };
    const run = looking().tell({ type: "stop" }).tell(again).tell({ type: "left" }).tell(ANSWERED);
    expect(run.pass(FALLBACK_MS).machine.way).toBe("websocket");
  });
});

it("a network that has changed to one without a path is noticed while reconnecting", () => {
  const live = new Run().tell(START).tell(ANSWERED).tell(UP);
  const run = live.tell(GONE).pass(0).tell(ANSWERED).pass(FALLBACK_MS);
  expect(run.machine).toMatchObject({ name: "reconnecting", way: "websocket", trying: true });
  expect(run.tell(UP).machine.name).toBe("connected");
  const without = connected().tell(GONE).pass(0).tell(ANSWERED).pass(RETRY_MS);
  expect(without.machine).toMatchObject({ name: "reconnecting", way: "webrtc", trying: false });
});

describe("the page", () => {
  async function fellBack(): Promise<World> {
    const world = new World();
    world.settings = { ...world.settings, fallback: "websocket" };
    await world.start();
    await world.clock.pass(FALLBACK_MS);
    return world;
  }

  it("goes on over a websocket in place of the session that found no path", async () => {
    const world = await fellBack();
    expect(world.server.bodies("websocket")).toEqual([{ session_hash: "page" }]);
    expect(world.socket.path).toBe("/socket");
    world.socket.open();
    expect(world.socket.said).toMatchObject([
      { event: "start", websocket_id: "id-2", replaces: "id-1" },
    ]);
    expect(world.peer.closed).toBe(false);
    world.socket.receive({ event: "started" });
    expect(world.peer.closed).toBe(true);
    expect(world.states).toEqual(["acquiring", "connecting", "connected"]);
    expect(world.events).toEqual(["identified id-1", "identified id-2", "started"]);
    expect(world.view.remote).not.toBeNull();
    world.connection.stop();
    await settle();
    expect(world.socket.said.at(-1)).toEqual({ event: "stop" });
    expect(world.server.bodies("leave")).toEqual([{ webrtc_id: "id-2", session_hash: "page" }]);
    expectClean(world);
  });

  it("does not for video, whose bitrate TCP does not carry", async () => {
    const world = new World();
    world.settings = { ...world.settings, modality: "video", fallback: "websocket" };
    await world.start();
    await world.clock.pass(CONNECT_MS);
    expect(world.view.machine.problem).toEqual({ code: "connect_timeout" });
    expect(world.sockets).toEqual([]);
  });

  it("waits less at the next start, and forgets nothing of the one before", async () => {
    const world = await fellBack();
    world.socket.connect();
    world.connection.stop();
    await settle();
    await world.start();
    expect(world.peers).toHaveLength(2);
    await world.clock.pass(FALLBACK_AGAIN_MS);
    expect(world.sockets).toHaveLength(2);
    world.socket.connect();
    expect(world.name).toBe("connected");
  });

  it("carries a start from the first on that asks for it, and is told of as what it is", async () => {
    const world = new World();
    world.settings = { ...world.settings, way: "websocket" };
    await world.start();
    expect(world.peers).toEqual([]);
    world.socket.connect();
    expect(world.view.machine).toMatchObject({ name: "connected", way: "websocket" });
    world.connection.stop();
    await settle();
    await world.start();
    world.socket.vanish();
    expect(world.view.machine.problem).toEqual({ code: "server_unreachable" });
    expectClean(world);
  });

  it("carries every start of a browser that has no WebRTC", async () => {
    const world = new World({ webrtc: false });
    world.settings = { ...world.settings, fallback: "websocket" };
    await world.start();
    world.socket.connect();
    expect(world.view.machine).toMatchObject({ name: "connected", way: "websocket" });
    expect(world.peers).toEqual([]);
  });

  it("says that there is no WebRTC where nothing else will do", async () => {
    const world = new World({ webrtc: false });
    await world.start();
    expect(world.view.machine.problem?.message).toContain("has no WebRTC");
    expectClean(world);
  });

  it("is clean when it is stopped while the websocket opens", async () => {
    const world = await fellBack();
    world.connection.stop();
    await settle();
    expect(world.name).toBe("idle");
    expect(world.server.bodies("leave").map((body) => body.webrtc_id)).toEqual(["id-2", "id-1"]);
    expectClean(world);
  });
});
