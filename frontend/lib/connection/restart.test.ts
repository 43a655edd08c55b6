import { describe, expect, it } from "vitest";
import { settle } from "../testing/clock";
import { FULL } from "../testing/peers";
import { expectClean, World } from "../testing/setup";

function receiving(): World {
  const world = new World();
  world.settings = { ...world.settings, mode: "receive" };
  return world;
}

async function press(world: World, token: string): Promise<void> {
  world.connection.restart(token);
  await settle();
}

describe("a start from the app", () => {
  it("asks for no device and names the values", async () => {
    const world = receiving();
    await press(world, "one");
    expect(world.server.bodies("offer", "offer")).toEqual([
      { type: "offer", sdp: "v=0 offer", webrtc_id: "id-1", session_hash: "page", start: "one" },
    ]);
    world.peer.connect();
    expect(world.devices.asked).toEqual([]);
    expect(world.states).toEqual(["connecting", "connected"]);
  });

  it("replaces the session that goes on until it is replaced", async () => {
    const world = receiving();
    await press(world, "one");
    world.peer.connect();
    const first = world.peer;
    let answer!: (body: unknown) => void;
    world.server.answers.offer = [new Promise((resolve) => (answer = resolve))];
    await press(world, "two");
    expect(world.server.bodies("offer", "offer").at(-1)).toMatchObject({
      webrtc_id: "id-2",
      replaces: "id-1",
      start: "two",
    });
    expect(world.view.remote).toBeNull();
    expect(first.closed).toBe(false);
    answer({ type: "answer", sdp: "v=0 answer" });
    await settle();
    expect(first.closed).toBe(true);
    world.peer.connect();
    expect(world.events).toEqual([
      ...["identified id-1", "started", "stopped", "identified id-2", "started"],
    ]);
    expect(world.server.bodies("leave")).toEqual([]);
  });

  it("waits for an offer under way, and of several presses only the last one counts", async () => {
    const world = receiving();
    let answer!: (body: unknown) => void;
    world.server.answers.offer = [new Promise((resolve) => (answer = resolve))];
    await press(world, "one");
    await press(world, "two");
    await press(world, "three");
    expect(world.server.bodies("offer", "offer")).toHaveLength(1);
    answer({ type: "answer", sdp: "v=0 answer" });
    await settle();
    const offers = world.server.bodies("offer", "offer");
    expect(offers.map(({ start, replaces }) => [start, replaces])).toEqual([
      ["one", undefined],
      ["three", "id-1"],
    ]);
    world.peer.connect();
    expect(world.peers.filter((peer) => !peer.closed)).toEqual([world.peer]);
    expect(world.events).toEqual(["identified id-2", "started"]);
  });

  it("changes the values of one who waits, not the place in line", async () => {
    const world = receiving();
    world.server.answers.offer = [FULL];
    let admit!: (body: unknown) => void;
    world.server.answers.wait_for_place = [new Promise((resolve) => (admit = resolve))];
    await press(world, "one");
    await press(world, "two");
    expect(world.name).toBe("waiting");
    admit({ status: "admitted" });
    await settle();
    expect(world.server.bodies("offer", "offer").at(-1)).toMatchObject({
      webrtc_id: "id-1",
      start: "two",
    });
    expect(world.server.bodies("wait_for_place")).toHaveLength(1);
  });

  it("reconnects with the same values", async () => {
    const world = receiving();
    await press(world, "one");
    world.peer.connect();
    world.peer.vanish();
    await world.clock.pass(0);
    expect(world.server.bodies("offer", "offer").at(-1)).toMatchObject({
      replaces: "id-1",
      start: "one",
    });
  });

  it.each(["stop", "dispose"] as const)("leaves nothing when %s comes in between", async (end) => {
    const world = receiving();
    await press(world, "one");
    world.peer.connect();
    let answer!: (body: unknown) => void;
    world.server.answers.offer = [new Promise((resolve) => (answer = resolve))];
    await press(world, "two");
    await press(world, "three");
    world.connection[end]();
    await settle();
    answer({ type: "answer", sdp: "v=0 answer" });
    await world.clock.pass(3_000);
    expect(world.name).toBe("idle");
    const left = world.server.bodies("leave").map((body) => body.webrtc_id);
    expect(new Set(left)).toEqual(new Set(["id-1", "id-2"]));
    expectClean(world);
  });
});

describe("the end of what is received", () => {
  it("is played before the connection is closed", async () => {
    const world = receiving();
    await press(world, "one");
    world.peer.connect();
    world.peer.stats.set("a", { type: "inbound-rtp", kind: "audio", jitterBufferEmittedCount: 1 });
    world.peer.receive({ type: "end_stream", data: "", reason: "handler_finished" });
    await world.clock.pass(50);
    expect(world.name).toBe("connected");
    expect(world.peer.closed).toBe(false);
    // The server has hung up; what has arrived is still being played.
    world.peer.vanish();
    world.peer.become("failed");
    expect(world.name).toBe("connected");
    await world.clock.pass(400);
    expect(world.name).toBe("idle");
    expect(world.events.at(-1)).toBe("stopped");
    expectClean(world);
  });

  it("is at once where nothing is received", async () => {
    const world = new World();
    await world.connect();
    world.peer.receive({ type: "end_stream", data: "Enough.", reason: "handler_finished" });
    await world.clock.pass(0);
    expect(world.view.machine).toMatchObject({ name: "idle", ending: { message: "Enough." } });
    expectClean(world);
  });
});
