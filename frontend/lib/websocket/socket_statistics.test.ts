import { expect, it } from "vitest";
import { compare, roundTripText, rows } from "../playback/statistics";
import { SocketStatistics } from "./socket_statistics";

it("is read as what a peer connection measures is", () => {
  const counted = new SocketStatistics();
  const before = counted.report("PCM", 1_000);
  for (let frame = 0; frame < 50; frame += 1) {
    counted.sent(960);
    counted.received(480);
  }
  for (let frame = 0; frame < 50; frame += 1) counted.dropped();
  counted.roundTrip(42);
  counted.waiting(0.07);
  counted.waiting(0);
  const seen = compare(counted.report("PCM", 2_000), before);
  expect(seen.path).toBe("websocket");
  expect(roundTripText(seen)).toBe("42 ms");
  expect(rows(seen)).toEqual([
    { name: "Codec", in: "PCM", out: "PCM" },
    { name: "Bitrate", in: "192 kbit/s", out: "384 kbit/s" },
    { name: "Lost", in: "", out: "50.0 %" },
    { name: "Playout", in: "70 ms", out: "" },
  ]);
});

it("says nothing of a round trip before there was one", () => {
  const counted = new SocketStatistics();
  expect(roundTripText(compare(counted.report("PCM", 0), null))).toBe("");
});
