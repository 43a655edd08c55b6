/** The sending side of a connection: what is captured, from which source, and how it is shown. */

import { Capture } from "./capture";
import { kindsOf, sends } from "./constraints";
import { NO_DEVICES } from "./devices";
import type { Environment, Settings, View } from "../connection/environment";
import { problemOfMediaError, type Problem } from "../connection/problems";
import { usableSources, wasCancelled } from "./screen_capture";
import type { Kind, VideoSource } from "../types";

export interface OutgoingMediaEvents {
  replaced(kind: Kind, track: MediaStreamTrack | null): void;
  changed(): void;
  notice(text: string): void;
  /** The person ended the sharing of the screen, the only source there is. */
  sharingEnded(): void;
}

type OutgoingMediaView = Pick<
  View,
  "local" | "muted" | "devices" | "current" | "source" | "sources" | "facing"
>;

export class OutgoingMedia {
  readonly #capture: Capture | null;
  #local: MediaStream | null = null;
  /** What the person wants to send video from, once they said so. */
  #wanted: VideoSource | null = null;

  constructor(
    private readonly env: Environment,
    private readonly settings: () => Settings,
    events: OutgoingMediaEvents,
  ) {
    if (env.mediaDevices === undefined) {
      this.#capture = null;
      return;
    }
    this.#capture = new Capture(env.mediaDevices, env.storage, {
      ...events,
      replaced: (kind, track) => {
        this.#gather();
        events.replaced(kind, track);
      },
    });
  }

  get tracks(): ReadonlyMap<Kind, MediaStreamTrack> {
    return this.#capture?.tracks ?? new Map();
  }

  /** The author's sources that this browser has, when video is sent at all. */
  get sources(): VideoSource[] {
    const { mode, modality, videoSources } = this.settings();
    if (!sends(mode) || !kindsOf(modality).includes("video")) return [];
    return usableSources(videoSources, this.env.mediaDevices);
  }

  /** Where video comes from, now or at the next start. */
  get source(): VideoSource {
    // What the person changed to while live holds for the next start too: it is what they saw.
    if (this.#local !== null && this.#capture) this.#wanted = this.#capture.source;
    const [first = this.settings().videoSources[0] ?? "camera", ...others] = this.sources;
    return others.find((source) => source === this.#wanted) ?? first;
  }

  get view(): OutgoingMediaView {
    const capture = this.#capture;
    return {
      local: this.#local,
      muted: {
        audio: capture?.isMuted("audio") ?? false,
        video: capture?.isMuted("video") ?? false,
      },
      devices: capture?.lists ?? NO_DEVICES,
      current: {
        audio: capture?.current("audio") ?? null,
        video: capture?.current("video") ?? null,
      },
      source: this.source,
      sources: this.sources,
      facing: capture?.facing ?? null,
    };
  }

  /**
   * Opens what the settings say, if it is still `wanted` when the caller's own step has ended.
   * Returns what stood in the way: nothing, a problem, or that the person chose nothing to share.
   */
  async open(wanted: () => boolean): Promise<Problem | "cancelled" | null> {
    // Every other answer also comes later than the question.
    await Promise.resolve();
    if (!wanted()) return null;
    if (!this.env.secure) return { code: "insecure_origin" };
    if (this.#capture === null) return { code: "unsupported_browser" };
    const { modality, trackConstraints: constraints, pushToTalk } = this.settings();
    const { source, sources } = this;
    const kinds = kindsOf(modality);
    if (kinds.includes("video") && sources.length === 0) return { code: "no_screen_sharing" };
    try {
      await this.#capture.acquire({ kinds, constraints, source, sources, pushToTalk });
      return null;
    } catch (error) {
      return wanted() && wasCancelled(error) ? "cancelled" : problemOfMediaError(error);
    }
  }

  /** Makes the opened tracks the stream that is shown and sent. */
  begin(): void {
    this.#gather();
  }

  release(): void {
    this.#capture?.release();
    this.#local = null;
  }

  setMuted(kind: Kind, muted: boolean): void {
    this.#capture?.setMuted(kind, muted);
  }

  talk(pressed: boolean): void {
    this.#capture?.talk(pressed);
  }

  async switchTo(kind: Kind, deviceId: string): Promise<void> {
    await this.#capture?.switchTo(kind, deviceId);
  }

  async flip(): Promise<void> {
    await this.#capture?.flip();
  }

  /** At once while live, else from the next start on. Call it within the person's press. */
  async useSource(source: VideoSource): Promise<void> {
    if (this.#local === null) this.#wanted = source;
    else await this.#capture?.useSource(source);
  }

  #gather(): void {
    this.#local = this.env.newStream([...this.tracks.values()]);
  }
}
