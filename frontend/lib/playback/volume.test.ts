import { describe, expect, it } from "vitest";
import { FakeStorage } from "../testing/browser";
import { FULL, recallVolume, rememberVolume, toggled, withLevel } from "./volume";

describe("the slider", () => {
  it("unmutes when it is moved, and mutes at nought", () => {
    expect(withLevel(0.3)).toEqual({ level: 0.3, muted: false });
    expect(withLevel(0)).toEqual({ level: 0, muted: true });
  });

  it("stays within its ends", () => {
    expect(withLevel(-1)).toEqual({ level: 0, muted: true });
    expect(withLevel(7)).toEqual({ level: 1, muted: false });
  });
});

describe("the mute button", () => {
  it("keeps the level", () => {
    const muted = toggled({ level: 0.3, muted: false });
    expect(muted).toEqual({ level: 0.3, muted: true });
    expect(toggled(muted)).toEqual({ level: 0.3, muted: false });
  });

  it("makes a silent slider audible", () => {
    expect(toggled({ level: 0, muted: true })).toEqual({ level: 0.5, muted: false });
  });
});

describe("the next time", () => {
  it("is as loud as the last", () => {
    const storage = new FakeStorage();
    rememberVolume(storage, { level: 0.3, muted: true });
    expect(recallVolume(storage)).toEqual({ level: 0.3, muted: true });
  });

  it("is at full volume without storage, or with one that is full or forbidden", () => {
    expect(() => rememberVolume(null, FULL)).not.toThrow();
    expect(recallVolume(null)).toEqual(FULL);
    const broken = new FakeStorage();
    broken.setItem = broken.getItem = () => {
      throw new Error("QuotaExceededError");
    };
    expect(() => rememberVolume(broken, FULL)).not.toThrow();
    expect(recallVolume(broken)).toEqual(FULL);
  });

  it.each(["nonsense", "null", "7", "{}", '{"level":2}', '{"level":-1}', '{"level":"1"}'])(
    "is at full volume after %s",
    (stored) => {
      const storage = new FakeStorage();
      storage.setItem("gradio_webrtc.volume", stored);
      expect(recallVolume(storage)).toEqual(FULL);
    },
  );
});
