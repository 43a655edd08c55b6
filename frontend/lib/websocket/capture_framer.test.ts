import { expect, it } from "vitest";
import { CaptureFramer } from "./capture_framer";

it("makes frames of one length of steps of any", () => {
  const frames: number[][] = [];
  const framer = new CaptureFramer(5, (frame) => frames.push([...frame]));
  framer.push(Float32Array.of(1, 2, 3));
  expect(frames).toEqual([]);
  framer.push(Float32Array.of(4, 5, 6, 7, 8, 9, 10, 11));
  framer.push(Float32Array.of());
  framer.push(Float32Array.of(12, 13, 14, 15));
  expect(frames).toEqual([[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [11, 12, 13, 14, 15]]);
});
