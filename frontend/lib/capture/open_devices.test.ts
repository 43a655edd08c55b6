import { beforeEach, describe, expect, it } from "vitest";
import { FakeMediaDevices, FakeStorage, FakeTrack, named } from "../testing/browser";
import { CAMERA, MICROPHONES } from "../testing/setup";
import { remember } from "./devices";
import { constraintsFor, isNamed, openAll, openDevices } from "./open_devices";

let devices: FakeMediaDevices;
let storage: FakeStorage;
beforeEach(() => {
  devices = new FakeMediaDevices([...MICROPHONES, CAMERA]);
  storage = new FakeStorage();
});

const browser = (): MediaDevices => devices as unknown as MediaDevices;
const ids = (tracks: readonly MediaStreamTrack[]): unknown[] =>
  tracks.map((track) => track.getSettings().deviceId);

describe("the devices of last time", () => {
  const BUILT_IN = { deviceId: "built-in", label: "Built-in" };

  it("are asked for exactly", async () => {
    remember(storage, "audioinput", BUILT_IN);
    expect(ids(await openDevices(browser(), storage, ["audio", "video"], null))).toEqual(["built-in", "cam"]);
    expect(devices.asked).toHaveLength(1);
  });

  it("are a wish when they are not there any more", async () => {
    remember(storage, "audioinput", { deviceId: "gone", label: "Gone" });
    expect(ids(await openDevices(browser(), storage, ["audio"], null))).toEqual(["headset"]);
    expect(devices.asked[1]).toMatchObject({ audio: { deviceId: { ideal: "gone" } } });
  });

  it("are no reason to ask twice where none are remembered, or the person says no", async () => {
    devices.failures.push(named("OverconstrainedError"));
    await expect(openDevices(browser(), storage, ["audio"], null)).rejects.toThrow();
    remember(storage, "audioinput", BUILT_IN);
    devices.failures.push(named("NotAllowedError"));
    await expect(openDevices(browser(), storage, ["audio"], null)).rejects.toThrow();
    expect(devices.asked).toHaveLength(2);
  });
});

it("puts what is asked for in place of the author's device and side", () => {
  const author = { video: { facingMode: "user", deviceId: "cam", width: 320 } };
  const asked = constraintsFor("video", author, { facingMode: { exact: "environment" } });
  expect(asked).toMatchObject({ facingMode: { exact: "environment" }, width: 320 });
  expect(asked).not.toHaveProperty("deviceId");
});

describe("a screen", () => {
  const OPTIONS = { constraints: null, source: "screen", sources: ["screen"] } as const;
  const screen = new FakeTrack("video", "screen:0");
  const order: string[] = [];
  beforeEach(() => {
    order.length = 0;
    screen.readyState = "live";
    const getUserMedia = devices.getUserMedia.bind(devices);
    Object.assign(devices, {
      getDisplayMedia: () => {
        order.push("screen");
        return Promise.resolve({ getTracks: () => [screen] });
      },
      getUserMedia: (ask: MediaStreamConstraints) => {
        order.push("microphone");
        return getUserMedia(ask);
      },
    });
  });

  it("is asked for first, while the person's press still counts", async () => {
    const tracks = await openAll(browser(), storage, { ...OPTIONS, kinds: ["audio", "video"] });
    expect(ids(tracks)).toEqual(["screen:0", "headset"]);
    expect(order).toEqual(["screen", "microphone"]);
  });

  it("is let go of when the microphone cannot be had", async () => {
    devices.failures.push(named("NotAllowedError"));
    const opened = openAll(browser(), storage, { ...OPTIONS, kinds: ["audio", "video"] });
    await expect(opened).rejects.toThrow();
    expect(screen.readyState).toBe("ended");
  });

  it("asks for no other device where there is nothing else to send", async () => {
    expect(await openAll(browser(), storage, { ...OPTIONS, kinds: ["video"] })).toEqual([screen]);
    expect(order).toEqual(["screen"]);
  });

  it("is no matter for a stream of audio", async () => {
    expect(ids(await openAll(browser(), storage, { ...OPTIONS, kinds: ["audio"] }))).toEqual(["headset"]);
    expect(order).toEqual(["microphone"]);
  });
});

it("tells errors apart by their names, whatever was thrown", () => {
  expect(isNamed(named("AbortError"), "AbortError")).toBe(true);
  expect([isNamed(null, "AbortError"), isNamed("AbortError", "AbortError")]).toEqual([false, false]);
});
