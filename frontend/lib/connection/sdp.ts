/** The one thing a page has to say in its offer that browsers leave out. Pure. */

/**
 * Asks for stereo in every Opus section of an offer. Browsers decode Opus to one channel unless
 * their own description says `stereo=1` (RFC 7587, section 6.1); Firefox says it by itself. It is
 * about what this page plays: what it sends follows the server's answer.
 */
export function askForStereo(sdp: string): string {
  const opus = new Set([...sdp.matchAll(/^a=rtpmap:(\d+) opus\/48000/gim)].map(([, type]) => type));
  const lines = sdp.split("\r\n");
  const described = new Set(lines.map((line) => /^a=fmtp:(\d+) /.exec(line)?.[1]));
  return lines
    .map((line) => {
      const [, attribute, type] = /^a=(fmtp|rtpmap):(\d+) /.exec(line) ?? [];
      if (!opus.has(type)) return line;
      if (attribute === "rtpmap") return described.has(type) ? line : `${line}\r\na=fmtp:${type} stereo=1`;
      return /[ ;]stereo=/.test(line) ? line : `${line};stereo=1`;
    })
    .join("\r\n");
}
