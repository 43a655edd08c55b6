import { describe, expect, it } from "vitest";
import { FakeMediaDevices, named } from "../testing/browser";
import { settle } from "../testing/clock";
import { CAMERA, MICROPHONES, World } from "../testing/setup";

async function connected(settings: Partial<World["settings"]> = {}): Promise<World> {
  const world = new World();
  world.settings = { ...world.settings, ...settings };
  await world.connect();
  return world;
}

describe("muting", () => {
  it("silences the track and is shown", async () => {
    const world = await connected();
    world.connection.setMuted("audio", true);
    expect(world.devices.live[0]!.enabled).toBe(false);
    expect(world.view.muted.audio).toBe(true);
    world.connection.setMuted("audio", false);
    expect(world.devices.live[0]!.enabled).toBe(true);
  });

  it("holds over a change of device", async () => {
    const world = await connected();
    world.connection.setMuted("audio", true);
    await world.connection.switchDevice("audio", "built-in");
    expect(world.devices.live).toMatchObject([{ deviceId: "built-in", enabled: false }]);
  });

  it("is over with the stream", async () => {
    const world = await connected();
    world.connection.setMuted("audio", true);
    world.connection.stop();
    await settle();
    await world.connect();
    expect(world.view.muted.audio).toBe(false);
    expect(world.devices.live[0]!.enabled).toBe(true);
  });
});

describe("a button to talk", () => {
  it("is all that lets the microphone be heard, over changes of device too", async () => {
    const world = await connected({ pushToTalk: true });
    expect(world.devices.live[0]!.enabled).toBe(false);
    world.connection.talk(true);
    expect(world.devices.live[0]!.enabled).toBe(true);
    await world.connection.switchDevice("audio", "built-in");
    expect(world.devices.live).toMatchObject([{ deviceId: "built-in", enabled: true }]);
    world.connection.setMuted("audio", true);
    expect(world.devices.live[0]!.enabled).toBe(false);
    world.connection.setMuted("audio", false);
    world.connection.talk(false);
    expect(world.devices.live[0]!.enabled).toBe(false);
  });
});

describe("another device", () => {
  it("replaces the one in use without a new connection, and is used next time", async () => {
    const world = await connected();
    await world.connection.switchDevice("audio", "built-in");
    expect(world.view.current.audio).toBe("built-in");
    expect(world.peer.senders[0]!.track).toBe(world.devices.live[0]);
    expect(world.devices.live).toHaveLength(1);
    expect(world.view.local?.getTracks()).toEqual(world.devices.live);
    expect(world.peers).toHaveLength(1);
    world.connection.stop();
    await settle();
    await world.connect();
    expect(world.view.current.audio).toBe("built-in");
  });

  it("of last time is asked for exactly, and as a wish when it is gone", async () => {
    const world = await connected();
    await world.connection.switchDevice("audio", "built-in");
    world.connection.stop();
    await settle();
    world.devices.list = world.devices.list.filter((device) => device.deviceId !== "built-in");
    world.devices.asked.length = 0;
    await world.connect();
    const wanted = world.devices.asked.map((ask) => (ask.audio as MediaTrackConstraints).deviceId);
    expect(wanted).toEqual([{ exact: "built-in" }, { ideal: "built-in" }]);
    expect(world.view.current.audio).toBe("headset");
  });

  it("that cannot be opened leaves the one in use", async () => {
    const world = await connected();
    world.devices.failures.push(named("OverconstrainedError"));
    await world.connection.switchDevice("audio", "built-in");
    expect(world.view.current.audio).toBe("headset");
    expect(world.view.notice).toContain("Built-in cannot be used");
  });

  it("is opened after the first is let go, where a phone has only one at a time", async () => {
    const world = await connected();
    const first = world.devices.live[0]!;
    world.devices.failures.push(named("NotReadableError"));
    await world.connection.switchDevice("audio", "built-in");
    expect(first.readyState).toBe("ended");
    expect(world.view.current.audio).toBe("built-in");
  });

  it("that arrives after the end is let go again", async () => {
    const world = await connected();
    let open!: () => void;
    world.devices.gate = new Promise((resolve) => (open = resolve));
    const switching = world.connection.switchDevice("audio", "built-in");
    world.connection.stop();
    open();
    await switching;
    await settle();
    expect(world.devices.opened).toHaveLength(2);
    expect(world.devices.live).toEqual([]);
  });
});

describe("an unplugged device", () => {
  function unplug(devices: FakeMediaDevices, deviceId: string): void {
    devices.list = devices.list.filter((device) => device.deviceId !== deviceId);
    devices.live.find((track) => track.deviceId === deviceId)?.unplug();
    devices.ondevicechange?.();
  }

  it("gives way to another, and the person is told", async () => {
    const world = await connected();
    unplug(world.devices, "headset");
    await settle();
    expect(world.view.current.audio).toBe("built-in");
    expect(world.peer.senders[0]!.track).toBe(world.devices.live[0]);
    expect(world.view.notice).toContain("Built-in");
    expect(world.name).toBe("connected");
    expect(world.devices.live).toHaveLength(1);
  });

  it("that was the last leaves the conversation open until one comes", async () => {
    const world = await connected();
    world.devices.list = [MICROPHONES[0]!];
    unplug(world.devices, "headset");
    await settle();
    expect(world.name).toBe("connected");
    expect(world.peer.senders[0]!.track).toBeNull();
    expect(world.view.notice).toContain("no other");
    world.devices.list = [MICROPHONES[1]!];
    world.devices.ondevicechange?.();
    await settle();
    expect(world.view.current.audio).toBe("built-in");
    expect(world.peer.senders[0]!.track).toBe(world.devices.live[0]);
  });

  it("is not replaced once the stream has ended", async () => {
    const world = await connected();
    unplug(world.devices, "headset");
    world.connection.stop();
    await settle();
    expect(world.devices.live).toEqual([]);
    expect(world.view.notice).toBeNull();
  });

  it("of one kind does not touch the other", async () => {
    const world = new World();
    world.settings = { ...world.settings, modality: "audio-video" };
    await world.connect();
    unplug(world.devices, CAMERA.deviceId);
    await settle();
    expect(world.devices.live).toMatchObject([{ kind: "audio", deviceId: "headset" }]);
    expect(world.view.notice).toContain("camera");
  });
});
