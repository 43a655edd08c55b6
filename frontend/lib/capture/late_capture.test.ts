import { describe, expect, it } from "vitest";
import { DISCONNECT_MS } from "../connection/state_model";
import { named } from "../testing/browser";
import { settle } from "../testing/clock";
import { FULL } from "../testing/peers";
import { expectClean, World } from "../testing/setup";

async function connected(): Promise<World> {
  const world = new World();
  world.connection.start(false);
  await settle();
  world.peer.connect();
  await settle();
  return world;
}

function sending(world: World): unknown {
  return world.peer.senders[0]!.track;
}

describe("a connection without a microphone", () => {
  it("asks nobody for anything and is ready to send all the same", async () => {
    const world = await connected();
    expect(world.states).toEqual(["connecting", "connected"]);
    expect(world.devices.asked).toEqual([]);
    expect(world.peer.transceivers).toEqual([{ source: "audio", direction: "sendrecv" }]);
    expect(world.view.local).toBeNull();
  });

  it("works where there is no microphone to be had", async () => {
    const world = new World({ mediaDevices: undefined, secure: false });
    world.connection.start(false);
    await settle();
    world.peer.connect();
    expect(world.name).toBe("connected");
    await world.connection.media.open();
    expect(world.view.mediaProblem).toEqual({ code: "insecure_origin" });
    expect(world.name).toBe("connected");
  });

  it("sends the microphone as soon as it is opened, and nothing once it is closed", async () => {
    const world = await connected();
    const opening = world.connection.media.open();
    expect(world.view.asking).toBe(true);
    await opening;
    expect(world.view).toMatchObject({ asking: false, mediaProblem: null });
    expect(sending(world)).toBe(world.devices.live[0]);
    expect(world.view.local?.getTracks()).toEqual(world.devices.live);
    world.connection.media.close();
    expect(sending(world)).toBeNull();
    expect(world.devices.live).toEqual([]);
    expect(world.view.current.audio).toBeNull();
    expect(world.name).toBe("connected");
    await world.connection.media.open();
    expect(sending(world)).toBe(world.devices.live[0]);
  });

  it("goes on when the person says no", async () => {
    const world = await connected();
    world.devices.failures.push(named("NotAllowedError"));
    await world.connection.media.open();
    expect(world.view).toMatchObject({ asking: false, mediaProblem: { code: "permission_denied" } });
    expect(world.name).toBe("connected");
    world.connection.media.forget();
    expect(world.view.mediaProblem).toBeNull();
  });

  it("lets go of a microphone that comes after it was closed", async () => {
    const world = await connected();
    let allow!: () => void;
    world.devices.gate = new Promise((resolve) => (allow = resolve));
    const opening = world.connection.media.open();
    await settle();
    void world.connection.media.open(); // asks once
    world.connection.media.close();
    allow();
    await opening;
    await settle();
    expect(world.devices.asked).toHaveLength(1);
    expect(world.devices.live).toEqual([]);
    expect(sending(world)).toBeNull();
  });

  it("lets go of it at the end, also while it is asked for", async () => {
    const world = await connected();
    await world.connection.media.open();
    world.connection.stop();
    await settle();
    expectClean(world);

    const other = await connected();
    let allow!: () => void;
    other.devices.gate = new Promise((resolve) => (allow = resolve));
    const opening = other.connection.media.open();
    other.connection.stop();
    allow();
    await opening;
    await settle();
    expect(other.view.asking).toBe(false);
    expectClean(other);
  });

  it.each(["reconnecting", "waiting"])("takes an opened one along through %s", async (name) => {
    const world = await connected();
    await world.connection.media.open();
    if (name === "waiting") world.server.answers.offer = [FULL];
    world.peer.become("disconnected");
    await world.clock.pass(DISCONNECT_MS);
    world.peer.connect();
    await settle();
    expect(world.states).toContain(name);
    expect(world.name).toBe("connected");
    expect(world.peers.length).toBeGreaterThan(1);
    expect(sending(world)).toBe(world.devices.live[0]);
  });
});
