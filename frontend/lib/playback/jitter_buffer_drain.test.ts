import { describe, expect, it } from "vitest";
import { startToken } from "../connection/start_command";
import { MARGIN_MS, readDrain, STEP_MS } from "./jitter_buffer_drain";

function audio(samples: number): Record<string, unknown> {
  return { type: "inbound-rtp", kind: "audio", jitterBufferEmittedCount: samples };
}

function frames(received: number, decoded: number, dropped = 0): Record<string, unknown> {
  return {
    type: "inbound-rtp",
    kind: "video",
    framesReceived: received,
    framesDecoded: decoded,
    framesDropped: dropped,
  };
}

const DEVICE = { type: "media-playout", totalPlayoutDelay: 480, totalSamplesCount: 9_600 };

describe("what is left to be played", () => {
  it("is nothing when nothing is received", () => {
    expect(readDrain([{ type: "outbound-rtp", kind: "audio" }], null)).toMatchObject({
      over: true,
      ms: 0,
    });
  });

  it("is audio while the counter moves, and then what the audio device holds", () => {
    const first = readDrain([audio(4_800), DEVICE], null);
    expect(first).toMatchObject({ over: false, ms: STEP_MS });
    const second = readDrain([audio(5_760), DEVICE], first);
    expect(second).toMatchObject({ over: false, ms: STEP_MS });
    expect(readDrain([audio(5_760), DEVICE], second)).toMatchObject({ over: true, ms: MARGIN_MS + 50 });
  });

  it("is frames that are not decoded", () => {
    const first = readDrain([frames(30, 27)], null);
    expect(readDrain([frames(30, 27)], first).over).toBe(false);
    expect(readDrain([frames(30, 28, 2)], first)).toMatchObject({ over: true, ms: MARGIN_MS });
  });

  it("is both kinds", () => {
    const first = readDrain([audio(960), frames(3, 3)], null);
    expect(readDrain([audio(1_920), frames(3, 3)], first).over).toBe(false);
    expect(readDrain([audio(960), frames(3, 2)], first).over).toBe(false);
    expect(readDrain([audio(960), frames(3, 3)], first).over).toBe(true);
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
