import { describe, expect, it } from "vitest";
import { preferred, sendParameters, withStartBitrate } from "./codec_preferences";
import { World } from "../testing/setup";

/** What Chromium's `getCapabilities` says, shortened. */
const CODECS: RTCRtpCodec[] = [
  { mimeType: "video/VP8" },
  { mimeType: "video/rtx" },
  { mimeType: "video/VP9", sdpFmtpLine: "profile-id=0" },
  { mimeType: "video/H264", sdpFmtpLine: "packetization-mode=1;profile-level-id=42001f" },
  { mimeType: "video/H264", sdpFmtpLine: "packetization-mode=0;profile-level-id=42e01f" },
  { mimeType: "video/H264", sdpFmtpLine: "packetization-mode=1;profile-level-id=42e01f" },
  { mimeType: "video/H264", sdpFmtpLine: "packetization-mode=1;profile-level-id=4d001f" },
].map((codec) => ({ clockRate: 90_000, ...codec }));

describe("the order of codecs", () => {
  it("is the browser's where the author wants none, or one that is missing", () => {
    expect(preferred(CODECS, null)).toBeNull();
    expect(preferred(CODECS.slice(0, 3), "H264")).toBeNull();
  });

  it("has the author's first and all others after it", () => {
    const order = preferred(CODECS, "H264")!;
    expect(order.map((codec) => codec.sdpFmtpLine?.slice(-6)).slice(0, 4)).toEqual([
      "42e01f",
      "42001f",
      "42e01f",
      "4d001f",
    ]);
    expect(order[0]!.sdpFmtpLine).toContain("packetization-mode=1");
    expect(order).toHaveLength(CODECS.length);
    expect(preferred([...CODECS].reverse(), "VP8")![0]!.mimeType).toBe("video/VP8");
  });

  it("is asked of the video transceiver of a connection", async () => {
    const world = new World();
    world.codecs = CODECS;
    world.settings = { ...world.settings, modality: "audio-video", videoCodec: "H264" };
    await world.connect();
    expect(world.peer.codecs?.[0]?.mimeType).toBe("video/H264");
  });
});

describe("what is sent", () => {
  const current = { encodings: [{ active: true }], transactionId: "1" } as unknown as RTCRtpSendParameters;

  it("is as the browser likes where the author says nothing", () => {
    expect(sendParameters(current, null, undefined)).toBeNull();
  });

  it("has at most the author's bits", () => {
    expect(sendParameters(current, null, 4_000_000)?.encodings).toEqual([
      { active: true, maxBitrate: 4_000_000 },
    ]);
  });

  it("keeps the particular wishes of rtp_params over the limit", () => {
    const wanted = { encodings: [{ maxBitrate: 100_000 }], degradationPreference: "balanced" } as const;
    expect(sendParameters(current, wanted as never, 4_000_000)).toEqual({
      encodings: [{ active: true, maxBitrate: 100_000 }],
      degradationPreference: "balanced",
      transactionId: "1",
    });
  });

  it("is limited kind by kind", async () => {
    const world = new World();
    world.settings = { ...world.settings, modality: "audio-video", maxBitrate: { audio: 32_000 } };
    await world.connect();
    const limits = world.peer.senders.map((sender) => sender.parameters.encodings[0]!.maxBitrate);
    expect(limits).toEqual([32_000, undefined]);
  });
});

describe("the bitrate to begin with", () => {
  const answer = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 97 98\r\na=rtpmap:97 VP8/90000\r\na=mid:0\r\n";

  it("is at most half the author's limit, on the codec that is sent", () => {
    expect(withStartBitrate(answer, 4_000_000)).toContain(
      "a=rtpmap:97 VP8/90000\r\na=fmtp:97 x-google-start-bitrate=1000\r\na=mid",
    );
    expect(withStartBitrate(answer, 800_000)).toContain("x-google-start-bitrate=400\r\n");
    const h264 = answer.replace("a=mid", "a=fmtp:97 packetization-mode=1\r\na=mid");
    expect(withStartBitrate(h264, 4_000_000)).toContain(
      "a=fmtp:97 packetization-mode=1;x-google-start-bitrate=1000\r\n",
    );
  });

  it("is the browser's own without a limit, below its own start, and without video", () => {
    expect(withStartBitrate(answer, undefined)).toBe(answer);
    expect(withStartBitrate(answer, 300_000)).toBe(answer);
    expect(withStartBitrate("v=0\r\nm=audio 9 X 96\r\n", 4_000_000)).not.toContain("x-google");
  });
});
