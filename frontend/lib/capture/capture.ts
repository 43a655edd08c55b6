/**
 * What the person sends: microphone, camera or screen. Opened, muted, exchanged while live, and
 * replaced by another when one is unplugged.
 */

import { fallback, find, group, inputOf, NO_DEVICES, recall, remember } from "./devices";
import type { Device, DeviceLists } from "./devices";
import { facingOf, nextCamera, type Facing } from "./camera_facing";
import { constraintsFor, isNamed, NO_CAPTURE, openAll, openDevices } from "./open_devices";
import type { CaptureOptions } from "./open_devices";
import { openScreen, wasCancelled } from "./screen_capture";
import type { Kind, VideoSource } from "../types";

export interface CaptureEvents {
  /** The track to send is another one now; `null` when no device is left. */
  replaced(kind: Kind, track: MediaStreamTrack | null): void;
  /** Lists, choices or mute changed. */
  changed(): void;
  notice(text: string): void;
  /** The person ended the sharing of the screen, the only source there is. */
  sharingEnded(): void;
}

const NAMES: Record<Kind, string> = { audio: "microphone", video: "camera" };

function exactly(device: Device): MediaTrackConstraints {
  return { deviceId: { exact: device.deviceId } };
}

export class Capture {
  readonly #tracks = new Map<Kind, MediaStreamTrack>();
  readonly #muted = new Set<Kind>();
  #lists: DeviceLists = NO_DEVICES;
  #options: CaptureOptions = NO_CAPTURE;
  #source: VideoSource = "camera";
  /** Whether the camera was off when the screen took its place: it comes back as it was left. */
  #cameraOff = false;
  #pressed = false;
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

  /** Where video comes from now. */
  get source(): VideoSource {
    return this.#source;
  }

  /** The side the camera looks to; `null` when it is not known, and for a screen. */
  get facing(): Facing | null {
    const track = this.#tracks.get("video");
    if (!track || this.#source === "screen") return null;
    return facingOf(track.getSettings(), track.label);
  }

  isMuted(kind: Kind): boolean {
    return this.#muted.has(kind);
  }

  /** The device in use, `null` when there is none; a screen is no device. */
  current(kind: Kind): string | null {
    if (kind === "video" && this.#source === "screen") return null;
    return this.#tracks.get(kind)?.getSettings().deviceId ?? null;
  }

  /**
   * Asks for the devices, and the person for permission. Throws what `getUserMedia` and
   * `getDisplayMedia` throw.
   */
  async acquire(options: CaptureOptions): Promise<void> {
    this.release();
    this.#options = options;
    this.#source = options.source;
    const generation = this.#generation;
    const tracks = await openAll(this.devices, this.storage, options);
    if (generation !== this.#generation) {
      for (const track of tracks) track.stop();
      return;
    }
    for (const track of tracks) this.#adopt(track.kind as Kind, track);
    this.devices.ondevicechange = () => void this.#devicesChanged();
    // Labels and ids are known only after permission. Nobody waits for the list to connect.
    void this.#refresh();
  }

  setMuted(kind: Kind, muted: boolean): void {
    if (muted) this.#muted.add(kind);
    else this.#muted.delete(kind);
    this.#enable(kind);
    this.events.changed();
  }

  /** Where the microphone waits for a button: whether that is held. */
  talk(pressed: boolean): void {
    this.#pressed = pressed;
    this.#enable("audio");
  }

  /** Changes to the device the person chose, and remembers it. */
  async switchTo(kind: Kind, deviceId: string): Promise<void> {
    const device = this.#lists[inputOf(kind)].find((known) => known.deviceId === deviceId);
    if (!device || deviceId === this.current(kind)) return;
    await this.#change(kind, [exactly(device)], device.label);
  }

  /** Turns from the front to the rear camera and back, or to the next one. */
  async flip(): Promise<void> {
    const next = nextCamera(this.#lists.videoinput, this.current("video"), this.facing);
    if (next === null || this.#source !== "camera") return;
    await this.#change("video", next.asks, "The other camera");
  }

  /** Sends the screen instead of the camera, or the other way round. */
  async useSource(source: VideoSource): Promise<void> {
    if (source === this.#source) return;
    const generation = this.#generation;
    if (source === "camera") return this.#backToCamera("", "The camera cannot be used just now.");
    let track: MediaStreamTrack;
    try {
      track = await openScreen(this.devices, this.#options.constraints);
    } catch (error) {
      if (generation !== this.#generation) return;
      return this.events.notice(
        wasCancelled(error)
          ? "Nothing was shared; your camera is still the source."
          : "The screen cannot be shared just now; your camera is still the source.",
      );
    }
    if (generation !== this.#generation) return track.stop();
    this.#cameraOff = this.#muted.delete("video");
    this.#take("video", track, "screen");
  }

  /** Lets go of every device. Also ends an `acquire` that is still asking. */
  release(): void {
    this.#generation += 1;
    this.devices.ondevicechange = null;
    for (const kind of [...this.#tracks.keys()]) this.#drop(kind);
    this.#muted.clear();
    this.#cameraOff = false;
  }

  /** Changes to what the person chose; when that cannot be opened, to what there was before. */
  async #change(kind: Kind, asks: readonly MediaTrackConstraints[], name: string): Promise<void> {
    const list = this.#lists[inputOf(kind)];
    const before = this.current(kind);
    const generation = this.#generation;
    for (const ask of asks) {
      if (!(await this.#open(kind, ask))) continue;
      const now = this.#lists[inputOf(kind)].find(({ deviceId }) => deviceId === this.current(kind));
      if (now) remember(this.storage, inputOf(kind), now);
      return;
    }
    if (generation !== this.#generation) return;
    this.events.notice(`${name} cannot be used just now.`);
    const previous = list.find((known) => known.deviceId === before);
    if (previous && !this.#tracks.has(kind)) await this.#open(kind, exactly(previous));
  }

  /** Opens one device and sends it from now on. False when it cannot be opened. */
  async #open(kind: Kind, ask: MediaTrackConstraints): Promise<boolean> {
    const constraints = constraintsFor(kind, this.#options.constraints, ask);
    const generation = this.#generation;
    let stream: MediaStream;
    try {
      stream = await this.devices.getUserMedia({ [kind]: constraints });
    } catch (error) {
      // Phones cannot open a second camera while the first is on: let go of it and ask again.
      if (!isNamed(error, "NotReadableError") || !this.#tracks.has(kind)) return false;
      this.#drop(kind);
      return this.#open(kind, ask);
    }
    const track = stream.getTracks()[0];
    if (!track) return false;
    if (generation !== this.#generation) {
      track.stop();
      return false;
    }
    this.#take(kind, track, kind === "video" ? "camera" : this.#source);
    return true;
  }

  #take(kind: Kind, track: MediaStreamTrack, source: VideoSource): void {
    this.#drop(kind);
    this.#source = source;
    this.#adopt(kind, track);
    this.events.replaced(kind, track);
  }

  #adopt(kind: Kind, track: MediaStreamTrack): void {
    track.onended = () => void this.#lost(kind, track);
    this.#tracks.set(kind, track);
    this.#enable(kind);
  }

  #enable(kind: Kind): void {
    const track = this.#tracks.get(kind);
    const waits = kind === "audio" && this.#options.pushToTalk && !this.#pressed;
    if (track) track.enabled = !waits && !this.#muted.has(kind);
  }

  #drop(kind: Kind): void {
    const track = this.#tracks.get(kind);
    if (!track) return;
    track.onended = null;
    track.stop();
    this.#tracks.delete(kind);
  }

  /** A device was unplugged, its permission withdrawn, or the sharing ended by the browser's bar. */
  async #lost(kind: Kind, track: MediaStreamTrack): Promise<void> {
    if (this.#tracks.get(kind) !== track) return;
    if (kind === "video" && this.#source === "screen") return this.#sharingEnded();
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

  async #sharingEnded(): Promise<void> {
    if (!this.#options.sources.includes("camera")) return this.events.sharingEnded();
    const ended = "Your screen is no longer shared";
    const camera = this.#cameraOff ? "your camera is off, as before" : "your camera is sent instead";
    await this.#backToCamera(`${ended}; ${camera}.`, `${ended}, and the camera cannot be used.`);
  }

  async #backToCamera(worked: string, failed: string): Promise<void> {
    const generation = this.#generation;
    let track: MediaStreamTrack | undefined;
    try {
      const { constraints } = this.#options;
      [track] = await openDevices(this.devices, this.storage, ["video"], constraints);
    } catch {
      // Refused, unplugged or in use: what the person needs to know is said below.
    }
    if (generation !== this.#generation) return track?.stop();
    if (track) {
      if (this.#cameraOff) this.#muted.add("video");
      else this.#muted.delete("video");
      this.#take("video", track, "camera");
      void this.#refresh();
    } else if (this.#tracks.get("video")?.readyState === "ended") {
      this.#drop("video");
      this.#source = "camera";
      this.events.replaced("video", null);
    }
    const text = track ? worked : failed;
    if (text) this.events.notice(text);
  }

  async #replaceLost(kind: Kind, gone: string | null): Promise<boolean> {
    const list = this.#lists[inputOf(kind)];
    const device = find(list, recall(this.storage, inputOf(kind)));
    const next = device !== null && device.deviceId !== gone ? device : fallback(list, gone);
    if (next === null || !(await this.#open(kind, exactly(next)))) return false;
    this.events.notice(`Now using ${next.label}: your other ${NAMES[kind]} is gone.`);
    return true;
  }

  async #devicesChanged(): Promise<void> {
    const generation = this.#generation;
    await this.#refresh();
    for (const kind of this.#options.kinds) {
      if (generation !== this.#generation || this.#tracks.has(kind)) continue;
      const [device] = this.#lists[inputOf(kind)];
      if (device && (await this.#open(kind, exactly(device)))) {
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
