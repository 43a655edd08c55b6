/** The person's screen as a source of video: what is asked of it, and what a refusal means. */

import { authorConstraints } from "./constraints";
import type { Facing } from "./camera_facing";
import type { TrackConstraints, VideoSource } from "../types";

/**
 * Text stays readable at these, and a whole 4K screen would cost more bits and more of the server
 * than a model makes use of. Screens change seldom: sharpness is worth more than frames.
 */
export const SCREEN_DEFAULTS: MediaTrackConstraints = {
  width: { max: 1920 },
  height: { max: 1080 },
  frameRate: { ideal: 15, max: 30 },
};

/** What makes sense for a camera only. */
const CAMERAS_OWN = new Set(["advanced", "deviceId", "facingMode", "groupId"]);

/** Phones have no such function; pages on insecure origins have no devices at all. */
export function canShareScreen(devices: MediaDevices | undefined): boolean {
  return devices !== undefined && "getDisplayMedia" in devices;
}

/** The author's sources without those that this browser does not have. */
export function usableSources(
  sources: readonly VideoSource[],
  devices: MediaDevices | undefined,
): VideoSource[] {
  return sources.filter((source) => source === "camera" || canShareScreen(devices));
}

/**
 * What to ask of a screen. `getDisplayMedia` throws on `exact` and `min` (Screen Capture, section
 * 5.1), which an author may have meant for the camera: here they are wishes.
 */
export function screenConstraints(author: TrackConstraints | null): MediaTrackConstraints {
  const wishes = Object.entries(authorConstraints("video", author))
    .filter(([name]) => !CAMERAS_OWN.has(name))
    .map(([name, value]) => [name, asWish(value)]);
  return { ...SCREEN_DEFAULTS, ...(Object.fromEntries(wishes) as MediaTrackConstraints) };
}

function asWish(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const { exact, min, ideal, max } = value as Record<string, unknown>;
  const wish = ideal ?? exact ?? min;
  return { ...(wish !== undefined && { ideal: wish }), ...(max !== undefined && { max }) };
}

/** The screen could not be had; `cancelled` when the person closed the picker without choosing. */
export class ScreenError extends Error {
  override readonly name = "ScreenError";
  readonly cancelled: boolean;

  constructor(cause: unknown) {
    const { name = "", message = "" } = (cause ?? {}) as { name?: string; message?: string };
    super(message, { cause });
    // Chromium adds "by system" when the operating system forbids it, which the person must be told.
    this.cancelled = name === "NotAllowedError" && !/system/i.test(message);
  }
}

/**
 * Lets the person choose what to share. Call it within their press of a button: browsers ask at no
 * other time. Throws `ScreenError`.
 */
export async function openScreen(
  devices: MediaDevices,
  author: TrackConstraints | null,
): Promise<MediaStreamTrack> {
  let track: MediaStreamTrack | undefined;
  try {
    const ask = { video: screenConstraints(author), audio: false };
    [track] = (await devices.getDisplayMedia(ask)).getTracks();
  } catch (error) {
    throw new ScreenError(error);
  }
  if (!track) throw new ScreenError(null);
  // Letters must not be blurred for the sake of smooth movement.
  track.contentHint = "detail";
  return track;
}

/** Whether the person closed the browser's picker without choosing, which is no error. */
export function wasCancelled(error: unknown): boolean {
  return error instanceof ScreenError && error.cancelled;
}

export function otherSource(source: VideoSource): VideoSource {
  return source === "screen" ? "camera" : "screen";
}

/** The person's own picture is a mirror when it is their face: no screen, and no rear camera. */
export function isMirrored(source: VideoSource, facing: Facing | null): boolean {
  return source === "camera" && facing !== "environment";
}
