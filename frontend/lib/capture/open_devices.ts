/** Opening what the person sends: the devices of last time first, the screen before them. */

import { trackConstraints } from "./constraints";
import { inputOf, recall } from "./devices";
import { openScreen } from "./screen_capture";
import type { Kind, TrackConstraints, VideoSource } from "../types";

export interface CaptureOptions {
  readonly kinds: readonly Kind[];
  readonly constraints: TrackConstraints | null;
  /** Where video comes from at first, and all that they may come from. */
  readonly source: VideoSource;
  readonly sources: readonly VideoSource[];
  /** Whether the microphone sends sound only while the person holds a button. */
  readonly pushToTalk?: boolean;
}

export const NO_CAPTURE: CaptureOptions = {
  kinds: [],
  constraints: null,
  source: "camera",
  sources: [],
};

export function isNamed(error: unknown, name: string): boolean {
  return (error as { name?: string } | null)?.name === name;
}

/**
 * Opens the devices of last time. Browsers may pass over a device that is only wished for, so it
 * is asked for exactly, and as a wish when it is not there any more. Throws what `getUserMedia`
 * throws.
 */
export async function openDevices(
  devices: MediaDevices,
  storage: Storage | null,
  kinds: readonly Kind[],
  constraints: TrackConstraints | null,
): Promise<MediaStreamTrack[]> {
  const last = new Map(kinds.map((kind) => [kind, recall(storage, inputOf(kind))]));
  const open = async (exact: boolean): Promise<MediaStreamTrack[]> => {
    const ask: MediaStreamConstraints = {};
    for (const [kind, device] of last) {
      const wanted = device && { deviceId: device.deviceId, exact };
      ask[kind] = trackConstraints(kind, constraints, wanted);
    }
    return (await devices.getUserMedia(ask)).getTracks();
  };
  try {
    return await open(true);
  } catch (error) {
    const missing = isNamed(error, "OverconstrainedError");
    if (!missing || [...last.values()].every((device) => device === null)) throw error;
    // That was rejected before the person was asked anything: nobody is asked twice.
    return open(false);
  }
}

/** The author's constraints with `ask`, which names one device or one side, in place of theirs. */
export function constraintsFor(
  kind: Kind,
  author: TrackConstraints | null,
  ask: MediaTrackConstraints,
): MediaTrackConstraints {
  // Another device decides by itself where it looks, and the other side decides which device.
  const { facingMode: _facing, deviceId: _device, ...others } = trackConstraints(kind, author, null);
  return { ...others, ...ask };
}

/** Opens a track of each kind. Throws what `getUserMedia` and `getDisplayMedia` throw. */
export async function openAll(
  devices: MediaDevices,
  storage: Storage | null,
  { kinds, constraints, source }: CaptureOptions,
): Promise<MediaStreamTrack[]> {
  if (source === "camera" || !kinds.includes("video")) {
    return openDevices(devices, storage, kinds, constraints);
  }
  // The screen first: browsers let a page ask for it only shortly after a press.
  const screen = await openScreen(devices, constraints);
  const others = kinds.filter((kind) => kind !== "video");
  if (others.length === 0) return [screen];
  try {
    return [screen, ...(await openDevices(devices, storage, others, constraints))];
  } catch (error) {
    screen.stop();
    throw error;
  }
}
