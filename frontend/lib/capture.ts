/**
 * The person's own microphone and camera: opened, muted, exchanged while live, and replaced by
 * another when one is unplugged.
 */

import { trackConstraints, type Wanted } from "./constraints";
import { fallback, find, group, inputOf, NO_DEVICES, recall, remember } from "./devices";
import type { Device, DeviceLists } from "./devices";
import type { Kind, TrackConstraints } from "./types";

export interface CaptureOptions {
  readonly kinds: readonly Kind[];
  readonly constraints: TrackConstraints | null;
}

export interface CaptureEvents {
  /** The track to send is another one now; `null` when no device is left. */
  replaced(kind: Kind, track: MediaStreamTrack | null): void;
  /** Lists, choices or mute changed. */
  changed(): void;
  notice(text: string): void;
}

const NAMES: Record<Kind, string> = { audio: "microphone", video: "camera" };

export class Capture {
  readonly #tracks = new Map<Kind, MediaStreamTrack>();
  readonly #muted = new Set<Kind>();
  #lists: DeviceLists = NO_DEVICES;
  #options: CaptureOptions = { kinds: [], constraints: null };
  /** Counts acquisitions, so that a device that arrives after its release is let go again. */
  #generation = 0;

  constructor(
    private readonly devices: MediaDevices,
    private readonly storage: Storage | null,
    private readonly events: CaptureEvents,
  ) {}

  get tracks(): ReadonlyMap<Kind, MediaStreamTrack> {
    return this.#tracks;
  }

  get lists(): DeviceLists {
    return this.#lists;
  }

  isMuted(kind: Kind): boolean {
    return this.#muted.has(kind);
  }

  /** The device in use, `null` when there is none. */
  current(kind: Kind): string | null {
    return this.#tracks.get(kind)?.getSettings().deviceId ?? null;
  }

  /** Asks for the devices, and the person for permission. Throws what `getUserMedia` throws. */
  async acquire(options: CaptureOptions): Promise<void> {
    this.release();
    this.#options = options;
    const generation = this.#generation;
    const stream = await this.#openAll();
    if (generation !== this.#generation) {
      for (const track of stream.getTracks()) track.stop();
      return;
    }
    for (const track of stream.getTracks()) this.#adopt(track.kind as Kind, track);
    this.devices.ondevicechange = () => void this.#devicesChanged();
    // Labels and ids are known only after permission. Nobody waits for the list to connect.
    void this.#refresh();
  }

  setMuted(kind: Kind, muted: boolean): void {
    if (muted) this.#muted.add(kind);
    else this.#muted.delete(kind);
    const track = this.#tracks.get(kind);
    if (track) track.enabled = !muted;
    this.events.changed();
  }

  /** Changes to the device the person chose, and remembers it. */
  async switchTo(kind: Kind, deviceId: string): Promise<void> {
    const device = this.#lists[inputOf(kind)].find((known) => known.deviceId === deviceId);
    if (!device || deviceId === this.current(kind)) return;
    const before = this.current(kind);
    const generation = this.#generation;
    if (await this.#open(kind, device)) {
      remember(this.storage, inputOf(kind), device);
      return;
    }
    if (generation !== this.#generation) return;
    this.events.notice(`${device.label} cannot be used just now.`);
    const previous = this.#lists[inputOf(kind)].find((known) => known.deviceId === before);
    if (previous && !this.#tracks.has(kind)) await this.#open(kind, previous);
  }

  /** Lets go of every device. Also ends an `acquire` that is still asking. */
  release(): void {
    this.#generation += 1;
    this.devices.ondevicechange = null;
    for (const kind of [...this.#tracks.keys()]) this.#drop(kind);
    this.#muted.clear();
  }

  /**
   * Opens the devices of last time. Browsers may pass over a device that is only wished for, so it
   * is asked for exactly, and as a wish when it is not there any more.
   */
  async #openAll(): Promise<MediaStream> {
    const { kinds, constraints } = this.#options;
    const last = new Map(kinds.map((kind) => [kind, recall(this.storage, inputOf(kind))]));
    const open = (exact: boolean): Promise<MediaStream> => {
      const ask: MediaStreamConstraints = {};
      for (const [kind, device] of last) {
        const wanted = device && { deviceId: device.deviceId, exact };
        ask[kind] = trackConstraints(kind, constraints, wanted);
      }
      return this.devices.getUserMedia(ask);
    };
    try {
      return await open(true);
    } catch (error) {
      const missing = (error as { name?: string }).name === "OverconstrainedError";
      if (!missing || [...last.values()].every((device) => device === null)) throw error;
      // That was rejected before the person was asked anything: nobody is asked twice.
      return open(false);
    }
  }

  /** Opens one device and sends it from now on. False when it cannot be opened. */
  async #open(kind: Kind, device: Device): Promise<boolean> {
    const wanted: Wanted = { deviceId: device.deviceId, exact: true };
    const ask = { [kind]: trackConstraints(kind, this.#options.constraints, wanted) };
    const generation = this.#generation;
    let stream: MediaStream;
    try {
      stream = await this.devices.getUserMedia(ask);
    } catch (error) {
      // Phones cannot open a second camera while the first is on: let go of it and ask again.
      const busy = (error as { name?: string }).name === "NotReadableError";
      if (!busy || !this.#tracks.has(kind)) return false;
      this.#drop(kind);
      return this.#open(kind, device);
    }
    const track = stream.getTracks()[0];
    if (!track) return false;
    if (generation !== this.#generation) {
      track.stop();
      return false;
    }
    this.#drop(kind);
    this.#adopt(kind, track);
    this.events.replaced(kind, track);
    return true;
  }

  #adopt(kind: Kind, track: MediaStreamTrack): void {
    track.enabled = !this.#muted.has(kind);
    track.onended = () => void this.#lost(kind, track);
    this.#tracks.set(kind, track);
  }

  #drop(kind: Kind): void {
    const track = this.#tracks.get(kind);
    if (!track) return;
    track.onended = null;
    track.stop();
    this.#tracks.delete(kind);
  }

  /** A device was unplugged, or its permission withdrawn, while it was in use. */
  async #lost(kind: Kind, track: MediaStreamTrack): Promise<void> {
    if (this.#tracks.get(kind) !== track) return;
    const gone = this.current(kind);
    this.#drop(kind);
    const generation = this.#generation;
    await this.#refresh();
    if (generation !== this.#generation) return;
    if ((await this.#replaceLost(kind, gone)) || generation !== this.#generation) return;
    this.events.replaced(kind, null);
    this.events.notice(
      `Your ${NAMES[kind]} is gone and there is no other. ` +
        "The conversation goes on; plug one in to be back in it.",
    );
  }

  async #replaceLost(kind: Kind, gone: string | null): Promise<boolean> {
    const list = this.#lists[inputOf(kind)];
    const device = find(list, recall(this.storage, inputOf(kind)));
    const next = device !== null && device.deviceId !== gone ? device : fallback(list, gone);
    if (next === null || !(await this.#open(kind, next))) return false;
    this.events.notice(`Now using ${next.label}: your other ${NAMES[kind]} is gone.`);
    return true;
  }

  async #devicesChanged(): Promise<void> {
    const generation = this.#generation;
    await this.#refresh();
    for (const kind of this.#options.kinds) {
      if (generation !== this.#generation || this.#tracks.has(kind)) continue;
      const [device] = this.#lists[inputOf(kind)];
      if (device && (await this.#open(kind, device))) {
        this.events.notice(`Now using ${device.label}.`);
      }
    }
  }

  async #refresh(): Promise<void> {
    const infos = await this.devices.enumerateDevices().catch((): MediaDeviceInfo[] => []);
    this.#lists = group(infos);
    this.events.changed();
  }
}

