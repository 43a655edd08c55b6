import { describe, expect, it } from "vitest";
import { fitted } from "./video_line";

describe("a picture in a frame of another shape", () => {
  it.each([
    ["as large", { width: 640, height: 480 }, [0, 0, 640, 480]],
    ["wider", { width: 1_280, height: 480 }, [0, 120, 640, 240]],
    ["higher", { width: 100, height: 200 }, [200, 0, 240, 480]],
  ])("is in its middle, as large as fits: %s", (_, shown, place) => {
    expect(fitted(shown, { width: 640, height: 480 })).toEqual(place);
  });
});
