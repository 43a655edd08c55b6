/** Front and rear cameras: which one is on, and which comes at the press of a button. */

import type { Device } from "./devices";

export type Facing = "user" | "environment";

/** The side a camera looks to; `null` when neither its settings nor its name tell. */
export function facingOf(settings: MediaTrackSettings, label: string): Facing | null {
  const { facingMode } = settings;
  if (facingMode === "user" || facingMode === "environment") return facingMode;
  if (/\b(back|rear|environment)\b/i.test(label)) return "environment";
  return /\b(front|user|facetime)\b/i.test(label) ? "user" : null;
}

export interface NextCamera {
  /** What to ask for, best first. */
  readonly asks: readonly MediaTrackConstraints[];
}

/**
 * The camera to turn to. Phones have several on one side and know which of them is the main one,
 * so they are asked for the other side; elsewhere it is the next in the list. `null` with one only.
 */
export function nextCamera(
  cameras: readonly Device[],
  current: string | null,
  facing: Facing | null,
): NextCamera | null {
  if (cameras.length < 2) return null;
  const at = cameras.findIndex((camera) => camera.deviceId === current);
  const next = cameras[(at + 1) % cameras.length]!;
  const inOrder: MediaTrackConstraints = { deviceId: { exact: next.deviceId } };
  if (facing === null) return { asks: [inOrder] };
  const other: Facing = facing === "user" ? "environment" : "user";
  return { asks: [{ facingMode: { exact: other } }, inOrder] };
}
