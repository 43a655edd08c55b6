import { describe, expect, it } from "vitest";
import { layOut, availableTools, TOOL_IDS, type ToolbarState } from "./toolbar";

const ALL = new Set(TOOL_IDS);
const LIVE: ToolbarState = {
  active: true,
  composing: false,
  capturing: ["audio", "video"],
  playing: ["audio", "video"],
  receiving: true,
  source: "camera",
  sources: 2,
  cameras: 2,
  recorded: false,
  buttons: ["snapshot", "recording"],
  statistics: true,
  fullScreen: true,
  pictureInPicture: true,
};

describe("the tools that are offered", () => {
  it("are all of them while everything goes on", () => {
    expect(availableTools(LIVE)).toEqual(ALL);
  });

  it("are few at rest: what the next start sends, and the whole screen", () => {
    const idle = { ...LIVE, active: false, capturing: [], playing: [] };
    expect([...availableTools(idle)]).toEqual(["source", "fullscreen"]);
  });

  it("have no camera to turn while the screen is shared, or with one only", () => {
    expect(availableTools({ ...LIVE, source: "screen" }).has("flip")).toBe(false);
    expect(availableTools({ ...LIVE, cameras: 1 }).has("flip")).toBe(false);
  });

  it("have the author's buttons only where the author wants them", () => {
    const plain = availableTools({ ...LIVE, buttons: [], statistics: false });
    for (const id of ["snapshot", "recording", "statistics"] as const) expect(plain.has(id)).toBe(false);
  });

  it("have no frame to save in a stream of audio, and audio to record", () => {
    const voice = availableTools({ ...LIVE, capturing: ["audio"], playing: ["audio"] });
    expect(voice.has("snapshot")).toBe(false);
    expect(voice.has("picture-in-picture")).toBe(false);
    expect(voice.has("recording")).toBe(true);
  });

  it("leave the microphone to a composer", () => {
    expect(availableTools({ ...LIVE, composing: true }).has("microphone")).toBe(false);
  });

  it("keep the way to stop a recording while a connection is made anew", () => {
    expect(availableTools({ ...LIVE, playing: [], recorded: true }).has("recording")).toBe(true);
  });
});

describe("the bar", () => {
  it("has room for everything when it is wide", () => {
    const wide = layOut(1000, ALL, true);
    expect(wide.stacked).toBe(false);
    expect(wide.panel).toEqual([]);
    expect(wide.before).toEqual(["microphone", "camera", "source", "flip"]);
  });

  it("keeps microphone and camera in the narrowest column, beside the panel's button", () => {
    const narrow = layOut(160, ALL, true);
    expect(narrow.stacked).toBe(true);
    expect([...narrow.before, ...narrow.after]).toEqual(["microphone", "camera"]);
    expect(narrow.panel).toHaveLength(TOOL_IDS.length - 2);
  });

  it("never loses or doubles a tool, nor needs more than its width", () => {
    for (let width = 160; width <= 1200; width += 7) {
      const { before, after, panel, stacked } = layOut(width, ALL, true);
      expect([...before, ...after, ...panel].sort()).toEqual([...TOOL_IDS].sort());
      const bar = [...before, ...after];
      const gap = width <= 200 ? 0 : 8;
      const tools = bar.reduce((sum, id) => sum + (id === "volume" ? 140 : 44) + gap, 44);
      expect(tools + (stacked ? 0 : 150)).toBeLessThanOrEqual(width - (width <= 200 ? 12 : 24));
    }
  });

  it("has a panel's button only when something is in the panel", () => {
    const two = new Set(["microphone", "fullscreen"] as const);
    expect(layOut(160, two, false).panel).toEqual([]);
    expect(layOut(160, ALL, false).panel).not.toEqual([]);
  });
});
