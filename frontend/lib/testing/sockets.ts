/** A websocket and an audio graph whose behaviour a test decides. */

import type { AudioLine, AudioLineOptions } from "../websocket/audio_line";
import { toBase64, toPcm16 } from "../websocket/pcm";
import { FakeTrack } from "./browser";

export class FakeSocket {
  readyState = 0;
  bufferedAmount = 0;
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  readonly sent: string[] = [];

  constructor(readonly path: string) {}

  send(text: string): void {
    if (this.readyState !== 1) throw new Error("InvalidStateError");
    this.sent.push(text);
  }

  close(): void {
    this.readyState = 3;
  }

  get closed(): boolean {
    return this.readyState === 3;
  }

  /** What was sent, without heartbeats. */
  get said(): Record<string, unknown>[] {
    const all = this.sent.map((text) => JSON.parse(text) as Record<string, unknown>);
    return all.filter(({ event, type }) => event !== "ping" && type !== "ping");
  }

  // -- what a test lets happen --

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  /** The server takes the session. */
  connect(): void {
    this.open();
    this.receive({ event: "started" });
  }

  receive(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  hear(samples: Float32Array): void {
    this.receive({ event: "media", media: { payload: toBase64(toPcm16(samples)) } });
  }

  vanish(): void {
    this.readyState = 3;
    this.onclose?.();
  }
}

export class FakeAudioLine implements AudioLine {
  readonly output = new FakeTrack("audio", "line") as unknown as MediaStreamTrack;
  captured: MediaStreamTrack | null = null;
  readonly played: Float32Array[] = [];
  cleared = 0;
  seconds = 0;
  closed = false;

  constructor(readonly options: AudioLineOptions) {}

  capture(track: MediaStreamTrack | null): void {
    this.captured = track;
  }

  play(samples: Float32Array): void {
    this.played.push(samples);
  }

  clear(): void {
    this.cleared += 1;
  }

  waiting(): Promise<number> {
    return Promise.resolve(this.seconds);
  }

  close(): void {
    this.closed = true;
  }
}
