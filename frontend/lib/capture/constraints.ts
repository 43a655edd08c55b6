/** What to ask of devices and of the connection, from mode, modality and the author's wishes. */

import type { Kind, Modality, Mode, TrackConstraints } from "../types";

/**
 * Plain values are wishes: a device that cannot fulfil one still works, where `exact` would make
 * `getUserMedia` fail on it. The three audio ones are what makes a spoken conversation through a
 * loudspeaker possible at all.
 */
export const DEFAULTS: Record<Kind, MediaTrackConstraints> = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  video: {
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 30 },
    facingMode: "user",
  },
};

const ONLY_AUDIO = new Set([
  "autoGainControl",
  "channelCount",
  "echoCancellation",
  "latency",
  "noiseSuppression",
  "sampleRate",
  "sampleSize",
]);

/** The kinds of media that a modality carries. */
export function kindsOf(modality: Modality): Kind[] {
  return modality === "audio-video" ? ["audio", "video"] : [modality];
}

export function sends(mode: Mode): boolean {
  return mode !== "receive";
}

export function receives(mode: Mode): boolean {
  return mode !== "send";
}

/** The transceivers' direction as the page sees it. */
export function directionOf(mode: Mode): RTCRtpTransceiverDirection {
  if (mode === "send") return "sendonly";
  return mode === "receive" ? "recvonly" : "sendrecv";
}

function isPerKind(
  author: TrackConstraints,
): author is { audio?: MediaTrackConstraints | null; video?: MediaTrackConstraints | null } {
  return "audio" in author || "video" in author;
}

/** The author's wishes for one kind. A flat object serves both kinds, each with what concerns it. */
export function authorConstraints(kind: Kind, author: TrackConstraints | null): MediaTrackConstraints {
  if (!author) return {};
  if (isPerKind(author)) return author[kind] ?? {};
  const entries = Object.entries(author).filter(([name]) => {
    if (name === "deviceId" || name === "groupId" || name === "advanced") return true;
    return ONLY_AUDIO.has(name) === (kind === "audio");
  });
  return Object.fromEntries(entries);
}

/** A device to use: `exact` when the person just chose it, else a wish it may be missing from. */
export interface Wanted {
  readonly deviceId: string;
  readonly exact: boolean;
}

export function trackConstraints(
  kind: Kind,
  author: TrackConstraints | null,
  wanted: Wanted | null,
): MediaTrackConstraints {
  const merged = { ...DEFAULTS[kind], ...authorConstraints(kind, author) };
  if (wanted === null) return merged;
  // A chosen device decides by itself where it looks: "user" could only contradict the choice.
  const { facingMode: _facing, ...others } = merged;
  const { deviceId } = wanted;
  return { ...others, deviceId: wanted.exact ? { exact: deviceId } : { ideal: deviceId } };
}
