import { describe, expect, it } from "vitest";
import { startToken } from "../connection/start_command";
import { MARGIN_MS, read, STEP_MS } from "./jitter_buffer_drain";

function sound(samples: number): Record<string, unknown> {
  return { type: "inbound-rtp", kind: "audio", jitterBufferEmittedCount: samples };
}

function pictures(received: number, decoded: number, dropped = 0): Record<string, unknown> {
  return {
    type: "inbound-rtp",
    kind: "video",
    framesReceived: received,
    framesDecoded: decoded,
    framesDropped: dropped,
  };
}

const CARD = { type: "media-playout", totalPlayoutDelay: 480, totalSamplesCount: 9_600 };

describe("what is left to be played", () => {
  it("is nothing when nothing is received", () => {
    expect(read([{ type: "outbound-rtp", kind: "audio" }], null)).toMatchObject({
      over: true,
      ms: 0,
    });
  });

  it("is sound while the counter moves, and then what the sound card holds", () => {
    const first = read([sound(4_800), CARD], null);
    expect(first).toMatchObject({ over: false, ms: STEP_MS });
    const second = read([sound(5_760), CARD], first);
    expect(second).toMatchObject({ over: false, ms: STEP_MS });
    expect(read([sound(5_760), CARD], second)).toMatchObject({ over: true, ms: MARGIN_MS + 50 });
  });

  it("is pictures that are not decoded", () => {
    const first = read([pictures(30, 27)], null);
    expect(read([pictures(30, 27)], first).over).toBe(false);
    expect(read([pictures(30, 28, 2)], first)).toMatchObject({ over: true, ms: MARGIN_MS });
  });

  it("is both kinds", () => {
    const first = read([sound(960), pictures(3, 3)], null);
    expect(read([sound(1_920), pictures(3, 3)], first).over).toBe(false);
    expect(read([sound(960), pictures(3, 2)], first).over).toBe(false);
    expect(read([sound(960), pictures(3, 3)], first).over).toBe(true);
  });
});

describe("a command to start", () => {
  it.each([
    ["start:abc-_123", "abc-_123"],
    ["start:", ""],
    ["3f0c9a52-7f27-4f0e-9b1e-6b3f0e8a5d11", null],
    ["restart:abc", null],
    [null, null],
    [undefined, null],
    [{ webrtc_id: "start:abc" }, null],
  ])("%j", (value, token) => expect(startToken(value)).toBe(token));
});
