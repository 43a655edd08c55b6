import { describe, expect, it } from "vitest";
import { DEFAULTS, directionOf, kindsOf, receives, sends, trackConstraints } from "./constraints";

describe("constraints", () => {
  it("default to wishes that no device fails on", () => {
    expect(JSON.stringify(DEFAULTS)).not.toContain("exact");
    expect(trackConstraints("audio", null, null)).toEqual({
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
    });
    expect(trackConstraints("video", null, null)).toMatchObject({ facingMode: "user" });
  });

  it("let the author's wishes win and keep the other defaults", () => {
    const merged = trackConstraints("audio", { echoCancellation: false, sampleRate: 16_000 }, null);
    expect(merged).toMatchObject({
      echoCancellation: false,
      noiseSuppression: true,
      sampleRate: 16_000,
    });
  });

  it("give each kind its own part", () => {
    const author = { audio: { channelCount: 1 }, video: { width: 640 } };
    expect(trackConstraints("audio", author, null)).toMatchObject({ channelCount: 1 });
    expect(trackConstraints("audio", author, null)).not.toHaveProperty("width");
    expect(trackConstraints("video", author, null)).toMatchObject({ width: 640 });
    expect(trackConstraints("audio", { video: { width: 640 } }, null)).toEqual(DEFAULTS.audio);
  });

  it("share out a flat object by what concerns each kind", () => {
    const author = { width: 640, channelCount: 1 };
    expect(trackConstraints("audio", author, null)).not.toHaveProperty("width");
    expect(trackConstraints("video", author, null)).not.toHaveProperty("channelCount");
  });

  it("ask for a remembered device as a wish, for a chosen one exactly", () => {
    const remembered = trackConstraints("video", null, { deviceId: "cam", exact: false });
    expect(remembered.deviceId).toEqual({ ideal: "cam" });
    expect(remembered).not.toHaveProperty("facingMode");
    const chosen = trackConstraints("video", { deviceId: "other" }, { deviceId: "cam", exact: true });
    expect(chosen.deviceId).toEqual({ exact: "cam" });
  });
});

describe("what mode and modality mean", () => {
  it.each([
    ["send-receive", "sendrecv", true, true],
    ["send", "sendonly", true, false],
    ["receive", "recvonly", false, true],
  ] as const)("%s is %s", (mode, direction, sending, receiving) => {
    expect(directionOf(mode)).toBe(direction);
    expect(sends(mode)).toBe(sending);
    expect(receives(mode)).toBe(receiving);
  });

  it("audio-video is both kinds", () => {
    expect(kindsOf("audio-video")).toEqual(["audio", "video"]);
    expect(kindsOf("audio")).toEqual(["audio"]);
  });
});
