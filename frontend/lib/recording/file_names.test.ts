import { describe, expect, it } from "vitest";
import { elapsedText, extensionOf, fileName, recordingType } from "./file_names";
import { FakeStorage } from "../testing/browser";
import { FULL, recallVolume, rememberVolume, toggled, withLevel } from "../playback/volume";

const AT = new Date(2026, 0, 31, 14, 5, 9);

describe("file names", () => {
  it.each([
    ["Camera", 1, "Camera-2026-01-31-140509.png"],
    ["Meine Kamera: Küche/Süd", 1, "Meine-Kamera-Küche-Süd-2026-01-31-140509.png"],
    ["../..", 1, "stream-2026-01-31-140509.png"],
    ["カメラ", 2, "カメラ-2026-01-31-140509-part2.png"],
  ])("of %s, part %i", (label, part, name) => {
    expect(fileName(label, AT, "png", part)).toBe(name);
  });

  it("end as their container is called", () => {
    expect(extensionOf("video/webm;codecs=vp8,opus")).toBe("webm");
    expect(extensionOf("video/mp4")).toBe("mp4");
    expect(extensionOf("audio/mp4")).toBe("m4a");
    expect(extensionOf("")).toBe("webm");
  });
});

describe("what a recording is made of", () => {
  it("is the best the browser has", () => {
    const film = { video: true, audio: true };
    const sound = { video: false, audio: true };
    expect(recordingType(film, () => true)).toBe("video/webm;codecs=vp8,opus");
    expect(recordingType(film, (type) => type.includes("mp4"))).toBe("video/mp4");
    expect(recordingType(sound, (type) => type.includes("mp4"))).toBe("audio/mp4");
    expect(recordingType(sound, () => false)).toBe("");
    // Firefox would wait for the sound that is named.
    expect(recordingType({ video: true, audio: false }, () => true)).toBe("video/webm;codecs=vp8");
  });

  it("is counted in minutes and seconds", () => {
    expect([0, 999, 65_000, 3_605_000].map(elapsedText)).toEqual(["0:00", "0:00", "1:05", "1:00:05"]);
  });
});

describe("the volume", () => {
  it("is kept for next time", () => {
    const storage = new FakeStorage();
    expect(recallVolume(storage)).toEqual(FULL);
    rememberVolume(storage, { level: 0.25, muted: true });
    expect(recallVolume(storage)).toEqual({ level: 0.25, muted: true });
  });

  it("is full where storage holds nonsense or is forbidden", () => {
    const storage = new FakeStorage();
    for (const nonsense of ["{", "7", '{"level":9}', '{"level":"1"}']) {
      storage.setItem("gradio_webrtc.volume", nonsense);
      expect(recallVolume(storage)).toEqual(FULL);
    }
    expect(recallVolume(null)).toEqual(FULL);
  });

  it("comes back audible when it is unmuted", () => {
    expect(withLevel(0)).toEqual({ level: 0, muted: true });
    expect(withLevel(2)).toEqual({ level: 1, muted: false });
    expect(toggled(withLevel(0))).toEqual({ level: 0.5, muted: false });
    expect(toggled({ level: 0.7, muted: false })).toEqual({ level: 0.7, muted: true });
  });
});
