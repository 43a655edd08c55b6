import { beforeEach, describe, expect, it } from "vitest";
import type { Environment, Settings } from "../connection/environment";
import { FakeMediaDevices, FakeStorage, FakeStream, named, type FakeTrack } from "../testing/browser";
import { CAMERA, MICROPHONES, World } from "../testing/setup";
import { NO_DEVICES } from "./devices";
import { OutgoingMedia } from "./outgoing_media";

const yes = (): boolean => true;

let devices: FakeMediaDevices;
let settings: Settings;
let told: unknown[];
beforeEach(() => {
  devices = new FakeMediaDevices([...MICROPHONES, CAMERA]);
  settings = { ...new World().settings, modality: "audio-video" };
  told = [];
});

function make(env: Partial<Environment> = {}): OutgoingMedia {
  const full = {
    secure: true,
    mediaDevices: devices as unknown as MediaDevices,
    storage: new FakeStorage(),
    newStream: (tracks: readonly MediaStreamTrack[]) =>
      new FakeStream(tracks as unknown as FakeTrack[]) as unknown as MediaStream,
    ...env,
  } as Environment;
  return new OutgoingMedia(full, () => settings, {
    replaced: (kind, track) => told.push([kind, track]),
    changed: () => undefined,
    notice: (text) => told.push(text),
    sharingEnded: () => told.push("sharing ended"),
  });
}

describe("what stands in the way", () => {
  it("is an address that is not secure, or a browser without devices", async () => {
    expect(await make({ secure: false }).open(yes)).toEqual({ code: "insecure_origin" });
    const none = make({ mediaDevices: undefined });
    expect(await none.open(yes)).toEqual({ code: "unsupported_browser" });
    expect(none.view).toMatchObject({ local: null, devices: NO_DEVICES, facing: null });
  });

  it("is a screen that this browser cannot share", async () => {
    settings = { ...settings, videoSources: ["screen"] };
    const media = make();
    expect(media.sources).toEqual([]);
    expect(await media.open(yes)).toEqual({ code: "no_screen_sharing" });
  });

  it("is what the browser says", async () => {
    devices.failures.push(named("NotAllowedError"));
    expect(await make().open(yes)).toEqual({ code: "permission_denied" });
  });
});

describe("opening", () => {
  it("asks nobody when it is not wanted any more", async () => {
    expect(await make().open(() => false)).toBeNull();
    expect(devices.asked).toEqual([]);
  });

  it("is shown and sent once it is begun with, and let go of at the end", async () => {
    const media = make();
    expect(await media.open(yes)).toBeNull();
    expect([...media.tracks.keys()]).toEqual(["audio", "video"]);
    expect(media.view.local).toBeNull();
    media.begin();
    expect(media.view.local?.getTracks()).toEqual(devices.live);
    media.release();
    expect([media.view.local, devices.live]).toEqual([null, []]);
  });
});

describe("the source", () => {
  it("is no matter where no video is sent", () => {
    settings = { ...settings, modality: "audio" };
    expect(make().sources).toEqual([]);
    settings = { ...settings, modality: "video", mode: "receive" };
    expect(make().sources).toEqual([]);
  });

  it("is the author's first until the person chooses another", async () => {
    Object.assign(devices, { getDisplayMedia: () => Promise.reject(named("NotAllowedError")) });
    settings = { ...settings, videoSources: ["camera", "screen"] };
    const media = make();
    expect(media.source).toBe("camera");
    await media.useSource("screen");
    expect(media.source).toBe("screen");
    // Closing the browser's picker is a choice and no error.
    expect(await media.open(yes)).toBe("cancelled");
  });
});

it("sends another track from the moment it is there", async () => {
  const media = make();
  await media.open(yes);
  media.begin();
  await media.switchTo("audio", "built-in");
  expect(told).toEqual([["audio", media.tracks.get("audio")]]);
  expect(media.view.local?.getTracks()).toEqual([...media.tracks.values()]);
  expect(media.view.current.audio).toBe("built-in");
  media.setMuted("video", true);
  expect(media.view.muted).toEqual({ audio: false, video: true });
});
