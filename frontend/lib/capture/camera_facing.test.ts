import { describe, expect, it } from "vitest";
import { facingOf, nextCamera } from "./camera_facing";
import { FakeTrack, named } from "../testing/browser";
import { settle } from "../testing/clock";
import { CAMERA, World } from "../testing/setup";

const CAMERAS = ["one", "two", "three"].map((deviceId) => ({ deviceId, label: deviceId }));

describe("the side a camera looks to", () => {
  it.each([
    [{ facingMode: "environment" }, "Camera", "environment"],
    [{ facingMode: "user" }, "Back camera", "user"],
    [{}, "camera2 0, facing back", "environment"],
    [{}, "Front Camera", "user"],
    [{}, "HD Webcam", null],
    [{ facingMode: "left" }, "HD Webcam", null],
  ] as const)("of %j called %s is %s", (settings, label, side) => {
    expect(facingOf(settings, label)).toBe(side);
  });
});

describe("the next camera", () => {
  it("is the other side's, or else the next in the list", () => {
    expect(nextCamera(CAMERAS, "one", "user")?.asks).toEqual([
      { facingMode: { exact: "environment" } },
      { deviceId: { exact: "two" } },
    ]);
  });

  it("comes in turn where no side is known", () => {
    expect(nextCamera(CAMERAS, "three", null)?.asks).toEqual([{ deviceId: { exact: "one" } }]);
    expect(nextCamera(CAMERAS, "gone", null)?.asks).toEqual([{ deviceId: { exact: "one" } }]);
  });

  it("is none where there is only one", () => {
    expect(nextCamera(CAMERAS.slice(2), "three", "user")).toBeNull();
  });
});

describe("turning the camera", () => {
  async function live(): Promise<World> {
    const world = new World();
    world.devices.list = [CAMERA, { kind: "videoinput", deviceId: "rear", label: "Rear camera" }];
    world.settings = { ...world.settings, modality: "video" };
    await world.connect();
    return world;
  }

  it("opens the other one, sends it, and remembers it", async () => {
    const world = await live();
    await world.connection.flipCamera();
    await settle();
    expect(world.devices.live).toMatchObject([{ deviceId: "rear" }]);
    expect(world.peer.senders[0]!.track).toBe(world.devices.live[0]);
    expect(world.storage.getItem("gradio_webrtc.device.videoinput")).toContain("rear");
    expect(world.view.facing).toBeNull();
  });

  it("asks a phone for the other side, without the first camera's id", async () => {
    const world = await live();
    world.devices.live[0]!.settings = { facingMode: "user" };
    await world.connection.flipCamera();
    const ask = world.devices.asked.at(-1)!.video as MediaTrackConstraints;
    expect(ask.facingMode).toEqual({ exact: "environment" });
    expect(ask).not.toHaveProperty("deviceId");
  });

  it("keeps the first where the other cannot be opened", async () => {
    const world = await live();
    const busy = named("NotReadableError");
    world.devices.failures.push(busy, busy);
    await world.connection.flipCamera();
    expect(world.devices.live).toMatchObject([{ deviceId: CAMERA.deviceId }]);
    expect(world.view.notice).toContain("cannot be used");
    expect(world.peer.senders[0]!.track).toBe(world.devices.live[0] as FakeTrack);
  });
});
