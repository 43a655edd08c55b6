/** Which devices there are, which one the person chose last time, and which to take instead. */

import type { Kind } from "../types";

export type DeviceKind = MediaDeviceKind;

export interface Device {
  readonly deviceId: string;
  readonly label: string;
}

export type DeviceLists = Readonly<Record<DeviceKind, readonly Device[]>>;

export const NO_DEVICES: DeviceLists = { audioinput: [], audiooutput: [], videoinput: [] };

/** The capturing device of a kind of media. */
export function inputOf(kind: Kind): DeviceKind {
  return kind === "audio" ? "audioinput" : "videoinput";
}

const NAMES: Record<DeviceKind, string> = {
  audioinput: "Microphone",
  audiooutput: "Speaker",
  videoinput: "Camera",
};

/**
 * Sorts what `enumerateDevices` gave. Before permission entries have no id and are left out.
 * Chromium lists the system's choice again as "communications", which would read as one more device.
 */
export function group(infos: readonly MediaDeviceInfo[]): DeviceLists {
  const lists: Record<DeviceKind, Device[]> = { audioinput: [], audiooutput: [], videoinput: [] };
  for (const { kind, deviceId, label } of infos) {
    if (deviceId === "" || deviceId === "communications") continue;
    const list = lists[kind];
    list.push({ deviceId, label: label || `${NAMES[kind]} ${list.length + 1}` });
  }
  return lists;
}

/**
 * Finds a device again: by id, else by label, as browsers change ids when site data is cleared.
 */
export function find(devices: readonly Device[], wanted: Device | null): Device | null {
  if (wanted === null) return null;
  return (
    devices.find((device) => device.deviceId === wanted.deviceId) ??
    devices.find((device) => device.label === wanted.label) ??
    null
  );
}

/** The device to take when `gone` has been unplugged; `null` when there is none left. */
export function fallback(devices: readonly Device[], gone: string | null): Device | null {
  return devices.find((device) => device.deviceId !== gone) ?? null;
}

const STORAGE_PREFIX = "gradio_webrtc.device.";

/**
 * Remembers a choice. Storage may be full, forbidden or absent (private windows, sandboxed
 * frames); then the choice holds for this page only.
 */
export function remember(storage: Storage | null, kind: DeviceKind, device: Device): void {
  try {
    storage?.setItem(STORAGE_PREFIX + kind, JSON.stringify(device));
  } catch {
    // See above: not being able to remember is no error.
  }
}

export function recall(storage: Storage | null, kind: DeviceKind): Device | null {
  try {
    const stored: unknown = JSON.parse(storage?.getItem(STORAGE_PREFIX + kind) ?? "null");
    if (typeof stored !== "object" || stored === null) return null;
    const { deviceId, label } = stored as Record<string, unknown>;
    if (typeof deviceId !== "string" || typeof label !== "string") return null;
    return { deviceId, label };
  } catch {
    return null;
  }
}
