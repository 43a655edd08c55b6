import { describe, expect, it } from "vitest";
import { loudnessOf, LevelTracker, rms } from "./audio_level";

const LOUD = new Float32Array(256).fill(0.3);
const STILL = new Float32Array(256);

describe("loudness", () => {
  it("is the root mean square", () => {
    expect(rms(Float32Array.from([0.5, -0.5, 0.5, -0.5]))).toBeCloseTo(0.5);
    const sine = Float32Array.from({ length: 480 }, (_, n) => Math.sin((2 * Math.PI * n) / 48));
    expect(rms(sine)).toBeCloseTo(Math.SQRT1_2, 3);
    expect(rms([])).toBe(0);
  });

  it("fills the meter in decibels, from silence to full", () => {
    expect(loudnessOf(0)).toBe(0);
    expect(loudnessOf(0.0005)).toBe(0);
    expect(loudnessOf(1)).toBe(1);
    const step = loudnessOf(0.1) - loudnessOf(0.01);
    expect(step).toBeCloseTo(20 / 50);
    expect(loudnessOf(0.02) - loudnessOf(0.002)).toBeCloseTo(step);
  });
});

describe("a meter", () => {
  it("rises at once and sinks slowly", () => {
    const tracker = new LevelTracker();
    const top = tracker.update(LOUD, 0).loudness;
    expect(top).toBeGreaterThan(0.7);
    const soon = tracker.update(STILL, 50).loudness;
    expect(soon).toBeLessThan(top);
    expect(soon).toBeGreaterThan(top - 0.2);
    expect(tracker.update(STILL, 2_000).loudness).toBe(0);
  });

  it("holds a speaker over the gaps between words, and not longer", () => {
    const tracker = new LevelTracker();
    expect(tracker.update(STILL, 0).speaking).toBe(false);
    expect(tracker.update(LOUD, 50).speaking).toBe(true);
    expect(tracker.update(STILL, 350).speaking).toBe(true);
    expect(tracker.update(STILL, 600).speaking).toBe(false);
  });

  it("does not take a quiet room for speech", () => {
    const room = new Float32Array(256).fill(0.003);
    expect(new LevelTracker().update(room, 0).speaking).toBe(false);
  });
});
