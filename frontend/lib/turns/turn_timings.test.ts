import { expect, it } from "vitest";
import { timingsOf, turnNote, turnRows } from "./turn_timings";
import { compare, type Stats } from "../playback/statistics";

const TURN = {
  webrtc_id: "abc",
  decided_s: 0.512,
  transcribed_s: null,
  first_token_s: 0.7,
  first_audio_s: 0.75,
  first_heard_s: 0.8,
  interrupted: false,
  speculative: false,
};

function timings(data: unknown): NonNullable<ReturnType<typeof timingsOf>> {
  return timingsOf({ type: "turn_timings", data, reason: null })!;
}

it("is read from a message about a turn, whatever else that says", () => {
  expect(timings({ ...TURN, decided_s: "soon", interrupted: 1 })).toMatchObject({
    decided_s: null,
    first_token_s: 0.7,
    interrupted: false,
  });
  expect(timingsOf({ type: "log", data: TURN, reason: null })).toBeNull();
  for (const data of ["", null, 7]) expect(timingsOf({ type: "turn_timings", data, reason: null })).toBeNull();
});

it("shows what is known, and what the person experiences", () => {
  const rows = turnRows(timings(TURN), compare([], null));
  expect(rows).toEqual([
    { name: "Decided", text: "0.51 s" },
    { name: "First token", text: "0.70 s" },
    { name: "First audio", text: "0.75 s" },
    { name: "Heard", text: "0.80 s" },
  ]);
  const way: Stats[] = [
    { id: "T", type: "transport", selectedCandidatePairId: "P" },
    { id: "P", type: "candidate-pair", currentRoundTripTime: 0.04 },
    { id: "I", type: "inbound-rtp", kind: "audio", jitterBufferDelay: 80, jitterBufferEmittedCount: 1_000 },
    { id: "M", type: "media-playout", totalPlayoutDelay: 20, totalSamplesCount: 1_000 },
  ];
  expect(turnRows(timings(TURN), compare(way, null)).at(-1)).toEqual({ name: "Heard", text: "0.92 s" });
  expect(turnRows(timings({ ...TURN, first_heard_s: null }), compare(way, null)).at(-1)?.name).toBe("First audio");
});

it("says what was special", () => {
  expect(turnNote(timings(TURN))).toBe("");
  expect(turnNote(timings({ ...TURN, interrupted: true, speculative: true }))).toBe("begun early, interrupted");
});
