/** The parts of a browser that the connection uses, behaving as a test tells them to. */

import type { Kind } from "../types";

export class FakeTrack {
  enabled = true;
  readyState: "live" | "ended" = "live";
  onended: (() => void) | null = null;
  label = "";
  contentHint = "";
  settings: MediaTrackSettings = {};
  readonly copies: FakeTrack[] = [];

  constructor(
    readonly kind: Kind,
    readonly deviceId: string,
  ) {}

  getSettings(): MediaTrackSettings {
    return { deviceId: this.deviceId, ...this.settings };
  }

  stop(): void {
    this.readyState = "ended";
  }

  /** Notes the copy, which ends by itself. */
  clone(): FakeTrack {
    const copy = new FakeTrack(this.kind, this.deviceId);
    this.copies.push(copy);
    return copy;
  }

  /** What a browser does when the device is unplugged. */
  unplug(): void {
    this.readyState = "ended";
    this.onended?.();
  }
}

export class FakeStream {
  constructor(readonly tracks: readonly FakeTrack[]) {}

  getTracks(): readonly FakeTrack[] {
    return this.tracks;
  }

  getAudioTracks(): readonly FakeTrack[] {
    return this.tracks.filter(({ kind }) => kind === "audio");
  }
}

export interface FakeDevice {
  kind: MediaDeviceKind;
  deviceId: string;
  label: string;
}

export class FakeMediaDevices {
  ondevicechange: (() => void) | null = null;
  /** Every track that was ever opened. */
  readonly opened: FakeTrack[] = [];
  readonly asked: MediaStreamConstraints[] = [];
  /** Thrown by the next requests, one each. */
  readonly failures: Error[] = [];
  /** While set, requests wait: the person has not answered the browser's question. */
  gate: Promise<void> | null = null;

  constructor(public list: FakeDevice[]) {}

  get live(): FakeTrack[] {
    return this.opened.filter((track) => track.readyState === "live");
  }

  async getUserMedia(ask: MediaStreamConstraints): Promise<MediaStream> {
    this.asked.push(ask);
    await this.gate;
    const failure = this.failures.shift();
    if (failure) throw failure;
    const kinds = (["audio", "video"] as const).filter((kind) => ask[kind]);
    const tracks = kinds.map((kind) => this.#open(kind, ask[kind] as MediaTrackConstraints));
    this.opened.push(...tracks);
    return new FakeStream(tracks) as unknown as MediaStream;
  }

  enumerateDevices(): Promise<MediaDeviceInfo[]> {
    return Promise.resolve(this.list as unknown as MediaDeviceInfo[]);
  }

  #open(kind: Kind, constraints: MediaTrackConstraints): FakeTrack {
    const wanted = constraints.deviceId as ConstrainDOMStringParameters | undefined;
    const devices = this.list.filter((device) => device.kind === `${kind}input`);
    const exact = devices.find((device) => device.deviceId === wanted?.exact);
    const ideal = devices.find((device) => device.deviceId === wanted?.ideal);
    const device = wanted?.exact ? exact : (ideal ?? devices[0]);
    if (!device) throw named(wanted?.exact ? "OverconstrainedError" : "NotFoundError");
    return new FakeTrack(kind, device.deviceId);
  }
}

export class FakeStorage implements Storage {
  [name: string]: unknown;
  readonly #items = new Map<string, string>();

  get length(): number {
    return this.#items.size;
  }

  clear(): void {
    this.#items.clear();
  }

  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }

  key(index: number): string | null {
    return [...this.#items.keys()][index] ?? null;
  }

  removeItem(key: string): void {
    this.#items.delete(key);
  }

  setItem(key: string, value: string): void {
    this.#items.set(key, value);
  }
}

/** An error with the name by which browsers tell their errors apart. */
export function named(name: string, message = ""): Error {
  return Object.assign(new Error(message), { name });
}
