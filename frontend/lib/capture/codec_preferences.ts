/** How media is to be encoded: the author's codec first, and at most the author's bitrate. */

import type { RtpParams, VideoCodec } from "../types";

/**
 * The browser's codecs with the wanted one first; `null` to leave them alone. H.264 in its
 * constrained baseline profile, packetized (`packetization-mode=1`), is the one that every server
 * and every phone's chip can do, so it comes before the browser's other ways of H.264.
 */
export function preferred(
  codecs: readonly RTCRtpCodec[],
  wanted: VideoCodec | null,
): RTCRtpCodec[] | null {
  const mimeType = `video/${wanted ?? ""}`.toLowerCase();
  const rank = (codec: RTCRtpCodec): number => {
    if (codec.mimeType.toLowerCase() !== mimeType) return 2;
    if (wanted !== "H264") return 0;
    const line = codec.sdpFmtpLine ?? "";
    return /profile-level-id=42e0/i.test(line) && line.includes("packetization-mode=1") ? 0 : 1;
  };
  if (wanted === null || codecs.every((codec) => rank(codec) === 2)) return null;
  return [...codecs].sort((a, b) => rank(a) - rank(b));
}

/**
 * The browser's own sending parameters with the author's, encoding by encoding; `null` when the
 * author asks for nothing. A bitrate in `rtp_params` is more particular and wins over the limit.
 */
export function sendParameters(
  current: RTCRtpSendParameters,
  wanted: RtpParams | null,
  maxBitrate: number | undefined,
): RTCRtpSendParameters | null {
  if (wanted === null && maxBitrate === undefined) return null;
  const encodings = current.encodings.map((encoding, index) => ({
    ...encoding,
    ...(maxBitrate !== undefined && { maxBitrate }),
    ...wanted?.encodings?.[index],
  }));
  return { ...current, ...wanted, encodings };
}

/** Bits per second. */
const MOST_AT_START = 1_000_000;

/**
 * The server's answer with a bitrate to begin with, for Chromium and its kin: they would start at
 * 0.3 Mbit/s and grow by 8 % a second, half a minute to 4. Half the limit, and no more than most uplinks
 * take: a start that overruns the network is paid for with a long crawl. Other browsers pass over the parameter.
 */
export function withStartBitrate(sdp: string, maxBitrate: number | undefined): string {
  const payload = /^m=video \d+ \S+ (\d+)/m.exec(sdp)?.[1];
  if (maxBitrate === undefined || payload === undefined || maxBitrate < 600_000) return sdp;
  const start = `x-google-start-bitrate=${Math.round(Math.min(maxBitrate / 2, MOST_AT_START) / 1000)}`;
  const line = new RegExp(`^a=fmtp:${payload} [^\\r\\n]*`, "m");
  if (line.test(sdp)) return sdp.replace(line, (found) => `${found};${start}`);
  const map = new RegExp(`^a=rtpmap:${payload} [^\\r\\n]*`, "m");
  return sdp.replace(map, (found) => `${found}\r\na=fmtp:${payload} ${start}`);
}
