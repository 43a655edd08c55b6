import { describe, expect, it } from "vitest";
import { compare, roundTripText, rows, type Stats } from "./statistics";

/** What Chromium reports of a video stream both ways, shortened to what is read and some more. */
function report(at: number, seconds: number): Map<string, Stats> {
  const all: Stats[] = [
    { id: "T01", type: "transport", timestamp: at, selectedCandidatePairId: "CP1" },
    { id: "CP1", type: "candidate-pair", timestamp: at, nominated: true, currentRoundTripTime: 0.0042 },
    { id: "CP2", type: "candidate-pair", timestamp: at, nominated: false, currentRoundTripTime: 3 },
    { id: "COT97", type: "codec", timestamp: at, mimeType: "video/VP8", payloadType: 97 },
    { id: "SV2", type: "media-source", timestamp: at, kind: "video", frames: 30 * seconds, framesPerSecond: 30 },
    {
      id: "OT1",
      type: "outbound-rtp",
      timestamp: at,
      kind: "video",
      codecId: "COT97",
      mediaSourceId: "SV2",
      remoteId: "RI1",
      bytesSent: 125_000 * seconds,
      packetsSent: 100 * seconds,
      framesEncoded: 28 * seconds,
      frameWidth: 1280,
      frameHeight: 720,
    },
    { id: "RI1", type: "remote-inbound-rtp", timestamp: at, kind: "video", packetsLost: seconds, jitter: 0.003 },
    {
      id: "IT1",
      type: "inbound-rtp",
      timestamp: at,
      kind: "video",
      codecId: "COT97",
      bytesReceived: 50_000 * seconds,
      packetsReceived: 99 * seconds,
      packetsLost: seconds,
      framesDecoded: 25 * seconds,
      framesDropped: 4,
      frameWidth: 640,
      frameHeight: 480,
      jitter: 0.0126,
    },
  ];
  return new Map(all.map((stats) => [stats.id, stats]));
}

describe("the path", () => {
  function pathOf(ours: object, theirs: object): string | null {
    const found = report(1000, 1);
    const pair = found.get("CP1")!;
    found.set("CP1", { ...pair, localCandidateId: "L", remoteCandidateId: "R" });
    found.set("L", { id: "L", type: "local-candidate", ...ours });
    found.set("R", { id: "R", type: "remote-candidate", ...theirs });
    return compare(found, null).path;
  }

  it("is direct, or by whose relay and how that is reached", () => {
    const host = { candidateType: "host" };
    expect(pathOf(host, { candidateType: "prflx" })).toBe("direct");
    expect(pathOf({ candidateType: "relay", relayProtocol: "tcp" }, host)).toBe("relay over TCP");
    expect(pathOf({ candidateType: "relay" }, { candidateType: "relay" })).toBe("relay");
    expect(pathOf(host, { candidateType: "relay" })).toBe("the server's relay");
  });

  it("is a websocket where there is no WebRTC", () => {
    const found = new Map([["line", { id: "line", type: "transport", protocol: "websocket" }]]);
    expect(compare(found, null).path).toBe("websocket");
  });

  it("is not known before a pair is in use", () => {
    expect(compare(report(1000, 1), null).path).toBeNull();
    expect(compare(new Map(), null).path).toBeNull();
  });
});

describe("two reports", () => {
  it("say how much flows each way", () => {
    const { roundTrip, in: received, out } = compare(report(3000, 3), report(1000, 1));
    expect(roundTrip).toBeCloseTo(4.2);
    expect(out.video).toMatchObject({
      bitrate: 1_000_000,
      codec: "VP8",
      framesPerSecond: 28,
      width: 1280,
      height: 720,
      dropped: 6,
      jitter: 3,
    });
    expect(out.video!.lost).toBeCloseTo(0.99, 1);
    expect(received.video).toMatchObject({ bitrate: 400_000, framesPerSecond: 25, dropped: 4 });
    expect(received.video!.lost).toBeCloseTo(1);
    expect(received.audio).toBeUndefined();
  });

  it("of which there is one say what has no history", () => {
    const { in: received } = compare(report(1000, 1), null);
    expect(received.video).toMatchObject({ bitrate: null, framesPerSecond: null, codec: "VP8" });
  });

  it("of two connections are not compared: counters began anew", () => {
    const { out } = compare(report(2000, 1), report(1000, 50));
    expect(out.video!.bitrate).toBeNull();
    expect(out.video!.lost).toBeNull();
  });

  it("from a browser that says less leave gaps, not wrong numbers", () => {
    const firefox = new Map<string, Stats>([
      ["p", { id: "p", type: "candidate-pair", nominated: true, timestamp: 1 }],
      ["i", { id: "i", type: "inbound-rtp", kind: "audio", timestamp: 2000, bytesReceived: 900 }],
    ]);
    const { roundTrip, in: received, out } = compare(firefox, firefox);
    expect(roundTrip).toBeNull();
    expect(received.audio).toMatchObject({ bitrate: null, codec: null, lost: null });
    expect(out).toEqual({});
    expect(rows({ roundTrip, path: null, in: received, out })).toEqual([]);
  });
});

describe("the overlay", () => {
  it("shows each number with its unit", () => {
    const statistics = compare(report(3000, 3), report(1000, 1));
    expect(roundTripText(statistics)).toBe("4.2 ms");
    expect(rows(statistics)).toEqual([
      { name: "Codec", in: "VP8", out: "VP8" },
      { name: "Bitrate", in: "400 kbit/s", out: "1.0 Mbit/s" },
      { name: "Frames", in: "25 fps", out: "28 fps" },
      { name: "Size", in: "640×480", out: "1280×720" },
      { name: "Dropped", in: "4", out: "6" },
      { name: "Lost", in: "1.0 %", out: "1.0 %" },
      { name: "Jitter", in: "13 ms", out: "3 ms" },
    ]);
  });
});
