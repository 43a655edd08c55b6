/**
 * Records what is seen and heard in the page. Sound is mixed, so that devices and connections may
 * change under it; when the picture becomes another track, which no recorder takes, the file ends
 * and the next part begins.
 */

import type { View } from "../connection/environment";
import { extensionOf, fileName, recordingType } from "./file_names";
import type { Clock } from "../types";

export interface Scene {
  /** The picture that is seen. */
  readonly video: MediaStreamTrack | null;
  /** What is heard and said. */
  readonly sounds: readonly MediaStreamTrack[];
}

/** The parts of a browser that a recorder needs. */
export interface Studio {
  readonly clock: Clock;
  today(): Date;
  supports(type: string): boolean;
  newRecorder(stream: MediaStream, type: string): MediaRecorder;
  newStream(tracks: readonly MediaStreamTrack[]): MediaStream;
  newContext(): AudioContext;
  save(blob: Blob, name: string): void;
}

export interface RecorderEvents {
  /** Milliseconds recorded so far, once a second; `null` when nothing is recorded. */
  elapsed(ms: number | null): void;
  notice(text: string): void;
}

const TICK_MS = 1_000;
/** Data is handed over this often, so that whatever ends the page leaves little behind. */
const SLICE_MS = 1_000;

/** One file in the making. */
interface Part {
  readonly recorder: MediaRecorder;
  readonly video: MediaStreamTrack | null;
}

export class Recorder {
  #label: string | null = null;
  #startedAt = 0;
  #today = new Date(0);
  #parts = 0;
  #part: Part | null = null;
  #timer: number | null = null;
  #context: AudioContext | null = null;
  #mix: MediaStreamAudioDestinationNode | null = null;
  readonly #sources = new Map<MediaStreamTrack, MediaStreamAudioSourceNode>();

  constructor(
    private readonly studio: Studio,
    private readonly events: RecorderEvents,
  ) {}

  get running(): boolean {
    return this.#label !== null;
  }

  /** Begins to record; `label` becomes part of the file's name. */
  start(label: string, scene: Scene): void {
    if (this.running) return;
    this.#label = label;
    this.#startedAt = this.studio.clock.now();
    this.#today = this.studio.today();
    this.#parts = 0;
    this.#context = this.studio.newContext();
    this.#mix = this.#context.createMediaStreamDestination();
    this.follow(scene);
    this.#tick();
  }

  /** The scene may have changed: tracks come, go and are replaced. */
  follow(scene: Scene): void {
    if (!this.running) return;
    this.#connect(scene.sounds);
    const nothing = scene.video === null && scene.sounds.length === 0;
    if (this.#part && (nothing || this.#part.video !== scene.video)) this.#endPart();
    if (!this.#part && !nothing) this.#beginPart(scene.video);
  }

  /** Ends the recording and saves it. */
  stop(): void {
    if (!this.running) return;
    this.#endPart();
    this.#label = null;
    if (this.#timer !== null) this.studio.clock.clear(this.#timer);
    this.#timer = null;
    for (const source of this.#sources.values()) source.disconnect();
    this.#sources.clear();
    void this.#context?.close();
    this.#context = this.#mix = null;
    this.events.elapsed(null);
  }

  #connect(sounds: readonly MediaStreamTrack[]): void {
    for (const [track, source] of this.#sources) {
      if (sounds.includes(track)) continue;
      source.disconnect();
      this.#sources.delete(track);
    }
    for (const track of sounds) {
      if (this.#sources.has(track) || !this.#context || !this.#mix) continue;
      const source = this.#context.createMediaStreamSource(this.studio.newStream([track]));
      source.connect(this.#mix);
      this.#sources.set(track, source);
    }
  }

  #beginPart(video: MediaStreamTrack | null): void {
    const sound = this.#sources.size > 0 ? (this.#mix?.stream.getAudioTracks() ?? []) : [];
    const type = recordingType(video !== null, (each) => this.studio.supports(each));
    let recorder: MediaRecorder;
    try {
      const stream = this.studio.newStream(video ? [video, ...sound] : sound);
      recorder = this.studio.newRecorder(stream, type);
      this.#parts += 1;
      this.#collect(recorder, type);
      recorder.start(SLICE_MS);
    } catch {
      // No codec, or a track that ended in this very moment. The conversation goes on.
      this.events.notice("This browser could not record. Nothing is being recorded.");
      return this.stop();
    }
    this.#part = { recorder, video };
  }

  #collect(recorder: MediaRecorder, type: string): void {
    const chunks: Blob[] = [];
    const [label, part, today] = [this.#label ?? "", this.#parts, this.#today];
    recorder.ondataavailable = ({ data }) => {
      if (data.size > 0) chunks.push(data);
    };
    recorder.onstop = () => {
      const made = recorder.mimeType || type;
      const name = fileName(label, today, extensionOf(made), part);
      if (chunks.length > 0) this.studio.save(new Blob(chunks, { type: made }), name);
      // The browser stops by itself when every track has ended.
      if (this.#part?.recorder === recorder) this.#part = null;
    };
  }

  #endPart(): void {
    const part = this.#part;
    this.#part = null;
    if (part && part.recorder.state !== "inactive") part.recorder.stop();
  }

  #tick(): void {
    if (!this.running) return;
    this.events.elapsed(this.studio.clock.now() - this.#startedAt);
    this.#timer = this.studio.clock.set(() => this.#tick(), TICK_MS);
  }
}

/** What of a connection is seen, heard and said: the app's picture, or one's own when only sending. */
export function sceneOf(view: Pick<View, "local" | "remote">, receiving: boolean): Scene {
  const seen = receiving ? view.remote : view.local;
  const live = (track: MediaStreamTrack): boolean => track.readyState === "live";
  const sounds = [view.remote, view.local].flatMap((stream) => stream?.getAudioTracks() ?? []);
  return { video: seen?.getVideoTracks().find(live) ?? null, sounds: sounds.filter(live) };
}
