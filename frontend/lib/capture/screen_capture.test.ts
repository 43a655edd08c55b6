import { describe, expect, it } from "vitest";
import { isMirrored, SCREEN_DEFAULTS, screenConstraints, usableSources } from "./screen_capture";
import { FakeMediaDevices, FakeStream, FakeTrack, named } from "../testing/browser";
import { settle } from "../testing/clock";
import { expectClean, MICROPHONES, CAMERA, World } from "../testing/setup";
import type { Modality, VideoSource } from "../types";

/** Devices of a computer, which can share its screen. */
class ScreenDevices extends FakeMediaDevices {
  readonly shared: { ask: DisplayMediaStreamOptions; inThePress: boolean }[] = [];
  /** Whether the person's press is being handled, as browsers want it. */
  pressed = false;

  async getDisplayMedia(ask: DisplayMediaStreamOptions): Promise<MediaStream> {
    this.shared.push({ ask, inThePress: this.pressed });
    await this.gate;
    const failure = this.failures.shift();
    if (failure) throw failure;
    const track = new FakeTrack("video", "screen:0");
    this.opened.push(track);
    return new FakeStream([track]) as unknown as MediaStream;
  }
}

function world(sources: VideoSource[], modality: Modality = "video"): [World, ScreenDevices] {
  const devices = new ScreenDevices([...MICROPHONES, CAMERA]);
  const made = new World({ mediaDevices: devices as unknown as MediaDevices });
  made.settings = { ...made.settings, modality, videoSources: sources };
  return [made, devices];
}

async function connect(made: World): Promise<void> {
  await made.start();
  made.peer.connect();
  await settle();
}

describe("what is asked of a screen", () => {
  it("keeps text readable", () => {
    expect(screenConstraints(null)).toEqual(SCREEN_DEFAULTS);
  });

  it("is what the author asks, as wishes and without what only cameras have", () => {
    const author = {
      video: {
        width: { exact: 800 },
        height: { min: 200, max: 600 },
        frameRate: 5,
        facingMode: "user",
        deviceId: "cam",
        advanced: [{ width: 1 }],
      },
    };
    expect(screenConstraints(author)).toEqual({
      width: { ideal: 800 },
      height: { ideal: 200, max: 600 },
      frameRate: 5,
    });
  });
});

describe("the sources", () => {
  it("are the author's, without the screen where no browser function shares it", () => {
    const computer = new ScreenDevices([]) as unknown as MediaDevices;
    const phone = new FakeMediaDevices([]) as unknown as MediaDevices;
    expect(usableSources(["screen", "camera"], computer)).toEqual(["screen", "camera"]);
    expect(usableSources(["screen", "camera"], phone)).toEqual(["camera"]);
  });

  it("are nothing to choose from in a stream without own video", () => {
    const [made] = world(["camera", "screen"], "audio");
    expect(made.view.sources).toEqual([]);
  });

  it("are mirrored only when they show the person's face", () => {
    expect(isMirrored("camera", null)).toBe(true);
    expect(isMirrored("camera", "user")).toBe(true);
    expect(isMirrored("camera", "environment")).toBe(false);
    expect(isMirrored("screen", null)).toBe(false);
  });
});

describe("sharing the screen", () => {
  it("starts with the author's first source", async () => {
    const [made, devices] = world(["screen", "camera"]);
    expect(made.view.source).toBe("screen");
    await connect(made);
    expect(made.name).toBe("connected");
    expect(devices.live).toMatchObject([{ deviceId: "screen:0", contentHint: "detail" }]);
    expect(made.view.current.video).toBeNull();
    made.connection.stop();
    await settle();
    expectClean(made);
    expect(made.storage.length).toBe(0);
  });

  it("asks for the screen before the microphone, whose question may take long", async () => {
    const [made, devices] = world(["screen"], "audio-video");
    await connect(made);
    expect(devices.opened.map((track) => track.kind)).toEqual(["video", "audio"]);
    expect(made.peer.senders.map((sender) => sender.track?.deviceId)).toEqual(["headset", "screen:0"]);
  });

  it("lets go of the screen when the microphone is refused, and says so", async () => {
    const [made, devices] = world(["screen"], "audio-video");
    devices.getUserMedia = () => Promise.reject(named("NotAllowedError"));
    await made.start();
    expect(made.view.machine.problem?.code).toBe("permission_denied");
    expect(devices.live).toEqual([]);
  });

  it("is called off by closing the picker: idle again, with a plain word", async () => {
    const [made, devices] = world(["screen"]);
    devices.failures.push(named("NotAllowedError", "Permission denied"));
    await made.start();
    expect(made.name).toBe("idle");
    expect(made.view.notice).toContain("Nothing was shared");
    expectClean(made);
    await connect(made);
    expect(made.view.notice).toBeNull();
  });

  it("that the system forbids is an error with a remedy", async () => {
    const [made, devices] = world(["screen"]);
    devices.failures.push(named("NotAllowedError", "Permission denied by system"));
    await made.start();
    expect(made.view.machine.problem?.code).toBe("screen_failed");
  });

  it("is refused with a reason where there is no other source and no way to do it", async () => {
    const made = new World();
    made.settings = { ...made.settings, modality: "video", videoSources: ["screen"] };
    await made.start();
    expect(made.view.machine.problem?.code).toBe("no_screen_sharing");
  });

  it("ends the stream when the person ends it in the browser's own bar", async () => {
    const [made, devices] = world(["screen"]);
    await connect(made);
    devices.live[0]!.unplug();
    await settle();
    expect(made.name).toBe("idle");
    expect(made.view.notice).toContain("stopped sharing");
    expectClean(made);
  });

  it("gives way to the camera when there is one to give way to", async () => {
    const [made, devices] = world(["screen", "camera"]);
    await connect(made);
    devices.live[0]!.unplug();
    await settle();
    expect(made.name).toBe("connected");
    expect(made.view.source).toBe("camera");
    expect(devices.live).toMatchObject([{ deviceId: CAMERA.deviceId }]);
    expect(made.peer.senders[0]!.track).toBe(devices.live[0]);
    expect(made.view.notice).toContain("no longer shared");
  });
});

describe("changing the source while live", () => {
  it("replaces the track, within the press and without a new connection", async () => {
    const [made, devices] = world(["camera", "screen"]);
    await connect(made);
    devices.pressed = true;
    const changing = made.connection.useSource("screen");
    devices.pressed = false;
    await changing;
    expect(devices.shared).toMatchObject([{ inThePress: true }]);
    expect(made.view.source).toBe("screen");
    expect(devices.live).toMatchObject([{ deviceId: "screen:0" }]);
    expect(made.peer.senders[0]!.track).toBe(devices.live[0]);
    await made.connection.useSource("camera");
    expect(devices.live).toMatchObject([{ deviceId: CAMERA.deviceId }]);
    expect(made.peer.senders[0]!.track).toBe(devices.live[0]);
    expect(made.peers).toHaveLength(1);
  });

  it("leaves the camera on when the picker is closed", async () => {
    const [made, devices] = world(["camera", "screen"]);
    await connect(made);
    devices.failures.push(named("NotAllowedError", "Permission denied"));
    await made.connection.useSource("screen");
    expect(made.view.source).toBe("camera");
    expect(devices.live).toMatchObject([{ deviceId: CAMERA.deviceId }]);
    expect(made.view.notice).toContain("Nothing was shared");
  });

  it("shows the screen though the camera was off, and leaves the camera off afterwards", async () => {
    const [made, devices] = world(["camera", "screen"]);
    await connect(made);
    made.connection.setMuted("video", true);
    await made.connection.useSource("screen");
    expect(devices.live).toMatchObject([{ deviceId: "screen:0", enabled: true }]);
    devices.live[0]!.unplug();
    await settle();
    expect(devices.live).toMatchObject([{ deviceId: CAMERA.deviceId, enabled: false }]);
    expect(made.view.muted.video).toBe(true);
  });

  it("that is answered after the end lets go of the screen again", async () => {
    const [made, devices] = world(["camera", "screen"]);
    await connect(made);
    let answer!: () => void;
    devices.gate = new Promise((resolve) => (answer = resolve));
    const changing = made.connection.useSource("screen");
    made.connection.stop();
    answer();
    await changing;
    await settle();
    expectClean(made);
  });

  it("holds for the next start, and may be made before the first", async () => {
    const [made, devices] = world(["camera", "screen"]);
    await made.connection.useSource("screen");
    expect(devices.shared).toEqual([]);
    expect(made.view.source).toBe("screen");
    await connect(made);
    expect(devices.live).toMatchObject([{ deviceId: "screen:0" }]);
  });
});
