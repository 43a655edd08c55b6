import { describe, expect, it } from "vitest";
import { MOST_S, PlayoutBuffer, TARGET_S } from "./playout_buffer";

const RATE = 48_000;
/** What an AudioWorklet is asked for at a time. */
const QUANTUM = 128;
const FRAME = RATE / 50;
const FADED = 0.003 * RATE;

function frame(value: number, seconds = 0.02): Float32Array {
  return new Float32Array(Math.round(seconds * RATE)).fill(value);
}

function pull(buffer: PlayoutBuffer, seconds: number): number[] {
  const heard: number[] = [];
  for (let steps = Math.round((seconds * RATE) / QUANTUM); steps > 0; steps -= 1) {
    const out = new Float32Array(QUANTUM);
    buffer.pull(out);
    heard.push(...out);
  }
  return heard;
}

/** Pushes a frame every 20 ms, as the server paces them, and pulls what is heard meanwhile. */
function stream(buffer: PlayoutBuffer, seconds: number, value: (index: number) => number): number[] {
  const heard: number[] = [];
  let [due, index] = [0, 0];
  for (let time = 0; time < seconds * RATE; time += QUANTUM) {
    for (; due <= time; due += FRAME) buffer.push(frame(value(index++)));
    const out = new Float32Array(QUANTUM);
    buffer.pull(out);
    heard.push(...out);
  }
  return heard;
}

/** Seconds until the first sample that is not silent. */
function delay(heard: number[]): number {
  return heard.findIndex((sample) => sample !== 0) / RATE;
}

describe("playing", () => {
  it("begins when a little has gathered, and then has no gap", () => {
    const heard = stream(new PlayoutBuffer(RATE), 1, () => 0.5);
    expect(delay(heard)).toBeGreaterThan(TARGET_S - 0.021);
    expect(delay(heard)).toBeLessThan(TARGET_S + 0.021);
    const start = heard.findIndex((sample) => sample !== 0);
    expect(heard.slice(start + FADED).every((sample) => sample === 0.5)).toBe(true);
  });

  it("plays something short as well, and fades out of it", () => {
    const buffer = new PlayoutBuffer(RATE);
    buffer.push(frame(0.5));
    const heard = pull(buffer, 0.3);
    expect(delay(heard)).toBeCloseTo(TARGET_S, 1);
    const loud = heard.filter((sample) => sample !== 0).length;
    expect(loud).toBeGreaterThanOrEqual(FRAME);
    expect(loud).toBeLessThanOrEqual(FRAME + FADED);
    const steps = heard.slice(1).map((sample, at) => Math.abs(sample - heard[at]!));
    expect(Math.max(...steps)).toBeLessThan(0.01);
    expect(buffer.waiting).toBe(0);
  });

  it("keeps the samples in order", () => {
    const buffer = new PlayoutBuffer(RATE);
    const ramp = Float32Array.from({ length: RATE / 2 }, (_, index) => (index + 1) / RATE);
    for (let at = 0; at < ramp.length; at += 777) buffer.push(ramp.subarray(at, at + 777));
    const heard = pull(buffer, 0.5).slice(FADED);
    const end = ramp.length - heard.length - FADED;
    expect(end).toBeLessThan(QUANTUM);
    expect(heard[1000]).toBeCloseTo(ramp[FADED + 1000]!, 6);
    expect(heard.at(-FADED)).toBeCloseTo(ramp[FADED + heard.length - FADED]!, 6);
  });
});

describe("interrupting", () => {
  it("is silent within 3 ms, and what comes after is played anew", () => {
    const buffer = new PlayoutBuffer(RATE);
    for (let index = 0; index < 50; index += 1) buffer.push(frame(0.5));
    pull(buffer, 0.2);
    buffer.clear();
    expect(buffer.waiting).toBe(0);
    const heard = pull(buffer, 0.2);
    expect(heard.slice(FADED).every((sample) => sample === 0)).toBe(true);
    const next = stream(buffer, 0.3, () => 0.25);
    // No longer than before: to be interrupted is not a stall of the network.
    expect(delay(next)).toBeLessThan(TARGET_S + 0.021);
    expect(next.at(-1)).toBe(0.25);
  });
});

describe("an uneven network", () => {
  it("waits longer after a stall, and shorter again after a calm time", () => {
    const buffer = new PlayoutBuffer(RATE);
    stream(buffer, 0.5, () => 0.5);
    pull(buffer, 0.2);
    expect(delay(stream(buffer, 0.5, () => 0.5))).toBeGreaterThan(TARGET_S + 0.005);
    stream(buffer, 11, () => 0.5);
    pull(buffer, 1);
    expect(delay(stream(buffer, 0.5, () => 0.5))).toBeLessThan(TARGET_S + 0.005);
  });

  it("does not take a pause between two sentences for a stall", () => {
    const buffer = new PlayoutBuffer(RATE);
    for (let sentence = 0; sentence < 10; sentence += 1) {
      expect(delay(stream(buffer, 0.3, () => 0.5))).toBeLessThan(TARGET_S + 0.005);
      pull(buffer, 0.6);
    }
  });

  it("catches up in the pauses, and leaves out no word", () => {
    const buffer = new PlayoutBuffer(RATE);
    // A stall of half a second, after which all comes at once.
    for (let index = 0; index < 25; index += 1) buffer.push(frame(0.5));
    // Words of 0.3 s and pauses of 0.2 s.
    const speech = (index: number): number => (index % 25 < 15 ? 0.5 : 0);
    const heard = stream(buffer, 6, speech);
    expect(buffer.waiting).toBeLessThan(0.2);
    const sent = Math.floor((6 * RATE) / FRAME) + 1;
    const words = Array.from({ length: sent }, (_, index) => speech(index)).filter(Boolean).length;
    const spoken = heard.filter((sample) => sample > 0.4).length / FRAME;
    expect(spoken).toBeGreaterThan(words + 25 - 15);
  });

  it("keeps no more than two seconds, and then the newest", () => {
    const buffer = new PlayoutBuffer(RATE);
    for (let index = 0; index < 300; index += 1) buffer.push(frame(index < 200 ? 0.1 : 0.9));
    expect(buffer.waiting).toBeCloseTo(MOST_S, 3);
    expect(pull(buffer, 0.1).at(-1)).toBeCloseTo(0.9, 5);
  });

  it("is not taken for full by a steady stream", () => {
    const buffer = new PlayoutBuffer(RATE);
    stream(buffer, 5, () => 0);
    expect(buffer.waiting).toBeGreaterThan(TARGET_S - 0.03);
    expect(buffer.waiting).toBeLessThan(TARGET_S + 0.03);
  });
});
