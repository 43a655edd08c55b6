import { describe, expect, it } from "vitest";
import { fallback, find, group, recall, remember } from "./devices";
import { FakeStorage } from "../testing/browser";

function info(kind: MediaDeviceKind, deviceId: string, label = ""): MediaDeviceInfo {
  return { kind, deviceId, label, groupId: "" } as MediaDeviceInfo;
}

describe("the list of devices", () => {
  it("is sorted by kind, with names for the nameless", () => {
    const lists = group([
      info("audioinput", "a", "Headset"),
      info("audioinput", "b"),
      info("videoinput", "c"),
      info("audiooutput", "d", "Speakers"),
    ]);
    expect(lists.audioinput).toEqual([
      { deviceId: "a", label: "Headset" },
      { deviceId: "b", label: "Microphone 2" },
    ]);
    expect(lists.videoinput).toEqual([{ deviceId: "c", label: "Camera 1" }]);
    expect(lists.audiooutput).toHaveLength(1);
  });

  it("leaves out what cannot be chosen", () => {
    const lists = group([
      info("audioinput", ""),
      info("audioinput", "communications", "Communications - Headset"),
    ]);
    expect(lists.audioinput).toEqual([]);
  });
});

describe("a choice", () => {
  const headset = { deviceId: "a", label: "Headset" };
  const builtIn = { deviceId: "b", label: "Built-in" };

  it("is found again by id, then by label", () => {
    expect(find([builtIn, headset], headset)).toBe(headset);
    expect(find([builtIn, { ...headset, deviceId: "new" }], headset)?.deviceId).toBe("new");
    expect(find([builtIn], headset)).toBeNull();
    expect(find([builtIn], null)).toBeNull();
  });

  it("falls back to another device than the one that is gone", () => {
    expect(fallback([headset, builtIn], "a")).toBe(builtIn);
    expect(fallback([headset], "a")).toBeNull();
    expect(fallback([], null)).toBeNull();
  });

  it("is remembered for each kind of device", () => {
    const storage = new FakeStorage();
    remember(storage, "audioinput", headset);
    expect(recall(storage, "audioinput")).toEqual(headset);
    expect(recall(storage, "videoinput")).toBeNull();
  });

  it("survives storage that is absent, forbidden or spoilt", () => {
    expect(recall(null, "audioinput")).toBeNull();
    remember(null, "audioinput", headset);
    const forbidden = new FakeStorage();
    forbidden.setItem = () => {
      throw new Error("QuotaExceededError");
    };
    remember(forbidden, "audioinput", headset);
    for (const spoilt of ["{", "null", "7", '{"deviceId":7}']) {
      const storage = new FakeStorage();
      storage.setItem("gradio_webrtc.device.audioinput", spoilt);
      expect(recall(storage, "audioinput")).toBeNull();
    }
  });
});
