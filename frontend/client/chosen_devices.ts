/**
 * A browser's devices, as far as they are to be used: tracks of one's own stand in for some, others
 * are left alone. The connection opens and closes them as it does those of people.
 */

import type { Kind } from "../lib/types";
import { isTrack, sentKinds, type Sources } from "./options";

export class ChosenDevices implements Pick<MediaDevices, "getUserMedia" | "enumerateDevices"> {
  constructor(
    private readonly real: MediaDevices | undefined,
    private readonly sources: Sources,
    private readonly newStream: (tracks: readonly MediaStreamTrack[]) => MediaStream,
  ) {}

  /** The browser's own, where nothing stands in their way; `undefined` where they are needed and missing. */
  static of(...[real, sources, newStream]: ConstructorParameters<typeof ChosenDevices>): MediaDevices | undefined {
    const devices = sentKinds(sources).filter((kind) => !isTrack(sources[kind]));
    if (devices.length === 2 || (real === undefined && devices.length > 0)) return real;
    if (sources.video === "screen") return real;
    return new ChosenDevices(real, sources, newStream) as unknown as MediaDevices;
  }

  set ondevicechange(listener: MediaDevices["ondevicechange"]) {
    if (this.real) this.real.ondevicechange = listener;
  }

  async getUserMedia(ask: MediaStreamConstraints): Promise<MediaStream> {
    const kinds = (["audio", "video"] as const).filter((kind) => ask[kind]);
    const devices = kinds.filter((kind) => this.#isDevice(kind));
    const rest = Object.fromEntries(devices.map((kind) => [kind, ask[kind]]));
    const opened = devices.length > 0 && this.real ? (await this.real.getUserMedia(rest)).getTracks() : [];
    // Copies, as they are stopped with the call: what was given may be used for another one.
    const given = kinds.map((kind) => this.sources[kind]).filter(isTrack);
    return this.newStream([...opened, ...given.map((track) => track.clone())]);
  }

  async enumerateDevices(): Promise<MediaDeviceInfo[]> {
    const all = (await this.real?.enumerateDevices()) ?? [];
    return all.filter(({ kind }) => kind === "audiooutput" || this.#isDevice(kind === "audioinput" ? "audio" : "video"));
  }

  #isDevice(kind: Kind): boolean {
    const source = this.sources[kind];
    return source !== false && !isTrack(source);
  }
}
