import { describe, expect, it } from "vitest";
import { askForStereo } from "./sdp";

const offer = (...lines: string[]): string =>
  ["v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9", ...lines, "a=rtpmap:9 G722/8000", ""].join("\r\n");

describe("askForStereo", () => {
  it("adds to what the browser says of Opus, and of nothing else", () => {
    const before = offer(
      "a=rtpmap:111 opus/48000/2",
      "a=fmtp:111 minptime=10;useinbandfec=1",
      "a=rtpmap:63 red/48000/2",
      "a=fmtp:63 111/111",
    );
    expect(askForStereo(before)).toBe(
      before.replace("useinbandfec=1", "useinbandfec=1;stereo=1"),
    );
  });

  it("describes Opus where the browser does not", () => {
    const before = offer("a=rtpmap:111 opus/48000/2");
    expect(askForStereo(before)).toBe(
      before.replace("opus/48000/2", "opus/48000/2\r\na=fmtp:111 stereo=1"),
    );
  });

  it("leaves alone what already says it", () => {
    for (const said of ["stereo=1;useinbandfec=1", "maxplaybackrate=48000;stereo=0"]) {
      const before = offer("a=rtpmap:111 opus/48000/2", `a=fmtp:111 ${said}`);
      expect(askForStereo(before)).toBe(before);
    }
  });

  it("is not misled by what the other side would send", () => {
    const before = offer("a=rtpmap:111 opus/48000/2", "a=fmtp:111 sprop-stereo=1");
    expect(askForStereo(before)).toContain("sprop-stereo=1;stereo=1");
  });
});
