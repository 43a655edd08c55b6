import { describe, expect, it } from "vitest";
import { DISCONNECT_MS } from "./state_model";
import { settle } from "../testing/clock";
import { expectClean, World } from "../testing/setup";

describe("reconnecting", () => {
  it("keeps the microphone and takes over its own place under a fresh id", async () => {
    const world = new World();
    await world.connect();
    world.peer.become("disconnected");
    await world.clock.pass(DISCONNECT_MS);
    expect(world.name).toBe("reconnecting");
    expect(world.server.bodies("offer", "offer").at(-1)).toMatchObject({
      webrtc_id: "id-2",
      replaces: "id-1",
    });
    expect(world.devices.asked).toHaveLength(1);
    world.peer.connect();
    expect(world.name).toBe("connected");
    expect(world.events.filter((word) => word === "started")).toHaveLength(1);
  });

  it("replaces the session the server took last, not a try it never saw", async () => {
    const world = new World();
    await world.connect();
    world.server.answers.offer = [undefined];
    world.peer.vanish();
    await world.clock.pass(2_000);
    const offers = world.server.bodies("offer", "offer");
    expect(offers.map((body) => [body.webrtc_id, body.replaces])).toEqual([
      ["id-1", undefined],
      ["id-2", "id-1"],
      ["id-3", "id-1"],
    ]);
  });

  it("gives up after three tries and leaves every place it may hold", async () => {
    const world = new World();
    await world.connect();
    world.server.answers.offer = [undefined, undefined, undefined];
    world.peer.vanish();
    await world.clock.pass(30_000);
    expect(world.view.machine).toMatchObject({
      name: "failed",
      problem: { code: "connection_lost" },
    });
    const left = world.server.bodies("leave").map((body) => body.webrtc_id);
    expect(left).toEqual(["id-4", "id-1"]);
    expectClean(world);
  });
});

describe("ending", () => {
  it("tells the server both ways, lets go of everything, and is then idle", async () => {
    const world = new World();
    await world.connect();
    world.connection.stop();
    expect(world.name).toBe("closing");
    expect(world.peer.channel.sent.at(-1)).toBe('{"type":"end_stream","data":""}');
    await settle();
    expect(world.name).toBe("idle");
    expect(world.server.bodies("leave")).toEqual([{ webrtc_id: "id-1", session_hash: "page" }]);
    expect(world.events.at(-1)).toBe("stopped");
    expectClean(world);
  });

  it("during the offer still frees the place that the offer took", async () => {
    const world = new World();
    let answer!: (body: unknown) => void;
    world.server.answers.offer = [new Promise((resolve) => (answer = resolve))];
    await world.start();
    world.connection.stop();
    await settle();
    answer({ type: "answer", sdp: "v=0 answer" });
    await settle();
    const order = world.server.asked.map(({ what }) => what);
    expect(order).toEqual(["offer", "leave", "leave"]);
    expectClean(world);
  });

  it("during the permission question lets go of the device that comes late", async () => {
    const world = new World();
    let allow!: () => void;
    world.devices.gate = new Promise((resolve) => (allow = resolve));
    await world.start();
    world.connection.stop();
    allow();
    await settle();
    expect(world.devices.opened).toHaveLength(1);
    expect(world.name).toBe("idle");
    expect(world.server.asked).toEqual([]);
    expectClean(world);
  });

  it.each(["acquiring", "connecting", "connected"])("with the page, while %s", async (name) => {
    const world = new World();
    if (name === "acquiring") world.devices.gate = new Promise(() => undefined);
    await world.start();
    if (name === "connected") world.peer.connect();
    expect(world.name).toBe(name);
    world.connection.dispose();
    await settle();
    expect(world.name).toBe("idle");
    expectClean(world);
  });
});

describe("when the server has let go of a stream", () => {
  it("tells so when the server ends it, and once more after a place was given back", async () => {
    const world = new World();
    await world.connect();
    world.peer.receive({ type: "end_stream", data: "", reason: "handler_finished" });
    await world.clock.pass(0);
    expect(world.released).toBe(1);
    await world.connect();
    world.connection.stop();
    await settle();
    expect(world.released).toBe(3);
  });

  it("does not tell so while a connection is only replaced", async () => {
    const world = new World();
    await world.connect();
    world.peer.receive({ type: "end_stream", data: "", reason: "transport_failed" });
    await settle();
    expect(world.released).toBe(0);
  });
});
