/**
 * Records what is seen and heard in the page. Audio is mixed, so that devices and connections may
 * change under it; when the picture becomes another track, which no recorder takes, the file ends
 * and the next part begins.
 */

import type { View } from "../connection/environment";
import { extensionOf, fileName, recordingType } from "./file_names";
import type { Clock } from "../types";

export interface RecordedTracks {
  /** The picture that is seen. */
  readonly video: MediaStreamTrack | null;
  /** What is heard and said. */
  readonly audio: readonly MediaStreamTrack[];
}

/** The parts of a browser that a recorder needs. */
export interface RecorderEnvironment {
  readonly clock: Clock;
  today(): Date;
  supports(type: string): boolean;
  newRecorder(stream: MediaStream, type: string): MediaRecorder;
  newStream(tracks: readonly MediaStreamTrack[]): MediaStream;
  newContext(): AudioContext;
  save(blob: Blob, name: string): void;
}

export interface PageRecorderEvents {
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

export class PageRecorder {
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
    private readonly env: RecorderEnvironment,
    private readonly events: PageRecorderEvents,
  ) {}

  get running(): boolean {
    return this.#label !== null;
  }

  /** Begins to record; `label` becomes part of the file's name. */
  start(label: string, tracks: RecordedTracks): void {
    if (this.running) return;
    this.#label = label;
    this.#startedAt = this.env.clock.now();
    this.#today = this.env.today();
    this.#parts = 0;
    this.#context = this.env.newContext();
    this.#mix = this.#context.createMediaStreamDestination();
    this.follow(tracks);
    this.#tick();
  }

  /** The tracks may have changed: they come, go and are replaced. */
  follow(tracks: RecordedTracks): void {
    if (!this.running) return;
    this.#connect(tracks.audio);
    const nothing = tracks.video === null && tracks.audio.length === 0;
    if (this.#part && (nothing || this.#part.video !== tracks.video)) this.#endPart();
    if (!this.#part && !nothing) this.#beginPart(tracks.video);
  }

  /** Ends the recording and saves it. */
  stop(): void {
    if (!this.running) return;
    this.#endPart();
    this.#label = null;
    if (this.#timer !== null) this.env.clock.clear(this.#timer);
    this.#timer = null;
    for (const source of this.#sources.values()) source.disconnect();
    this.#sources.clear();
    void this.#context?.close();
    this.#context = this.#mix = null;
    this.events.elapsed(null);
  }

  #connect(audio: readonly MediaStreamTrack[]): void {
    for (const [track, source] of this.#sources) {
      if (audio.includes(track)) continue;
      source.disconnect();
      this.#sources.delete(track);
    }
    for (const track of audio) {
      if (this.#sources.has(track) || !this.#context || !this.#mix) continue;
      const source = this.#context.createMediaStreamSource(this.env.newStream([track]));
      source.connect(this.#mix);
      this.#sources.set(track, source);
    }
  }

  #beginPart(video: MediaStreamTrack | null): void {
    const mixed = this.#sources.size > 0 ? (this.#mix?.stream.getAudioTracks() ?? []) : [];
    const kinds = { video: video !== null, audio: mixed.length > 0 };
    const type = recordingType(kinds, (each) => this.env.supports(each));
    let recorder: MediaRecorder;
    try {
      const stream = this.env.newStream(video ? [video, ...mixed] : mixed);
      recorder = this.env.newRecorder(stream, type);
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
      if (chunks.length > 0) this.env.save(new Blob(chunks, { type: made }), name);
      else if (part === 1) this.events.notice("This browser recorded nothing. No file was saved.");
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
    this.events.elapsed(this.env.clock.now() - this.#startedAt);
    this.#timer = this.env.clock.set(() => this.#tick(), TICK_MS);
  }
}

/** What of a connection is seen, heard and said: the app's picture, or one's own when only sending. */
export function recordedTracks(view: Pick<View, "local" | "remote">, receiving: boolean): RecordedTracks {
  const seen = receiving ? view.remote : view.local;
  const live = (track: MediaStreamTrack): boolean => track.readyState === "live";
  const audio = [view.remote, view.local].flatMap((stream) => stream?.getAudioTracks() ?? []);
  return { video: seen?.getVideoTracks().find(live) ?? null, audio: audio.filter(live) };
}
