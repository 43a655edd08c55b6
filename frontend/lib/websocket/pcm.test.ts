import { describe, expect, it } from "vitest";
import { fromBase64, fromPcm16, toBase64, toPcm16 } from "./pcm";

describe("16-bit PCM", () => {
  it("is little-endian, and what is too loud is clipped", () => {
    expect([...toPcm16(Float32Array.of(0, 1, -1, 2, -2, 1 / 32767))]).toEqual(
      [[0, 0], [0xff, 0x7f], [0x01, 0x80], [0xff, 0x7f], [0x01, 0x80], [1, 0]].flat(),
    );
  });

  it("comes back as it was, from the middle of a buffer too", () => {
    const samples = Float32Array.from({ length: 480 }, (_, index) => Math.sin(index / 7) * 0.9);
    const bytes = toPcm16(samples);
    const shifted = new Uint8Array([9, ...bytes, 7]).subarray(1);
    const back = fromPcm16(shifted);
    expect(back).toHaveLength(480);
    for (const [index, sample] of samples.entries()) expect(back[index]).toBeCloseTo(sample, 3);
  });
});

describe("base64", () => {
  it("carries any bytes, also many", () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 31) % 256);
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    expect(toBase64(Uint8Array.of(0, 255))).toBe("AP8=");
  });

  it("is nothing when it is none", () => {
    expect(fromBase64("%%%")).toBeNull();
  });
});
