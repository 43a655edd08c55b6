/**
 * The microphone as frames and frames as a stream to hear, without WebRTC: the Web Audio graph.
 * What is heard is a `MediaStreamTrack` like that of a peer connection, so that volume, speaker,
 * meters, recordings and the silence after an interruption work on it as they do there.
 */

import { CAPTURE, PLAYOUT, type ToPlayout } from "./worklet/processor_messages";

export interface AudioLineOptions {
  /** Of both directions, Hz. */
  readonly rate: number;
  /** Samples in each captured frame. */
  readonly frame: number;
  readonly captured: (samples: Float32Array<ArrayBuffer>) => void;
}

export interface AudioLine {
  /** What is heard; silent while nothing is played. */
  readonly output: MediaStreamTrack;
  /** Captures this track from now on, or nothing. */
  capture(track: MediaStreamTrack | null): void;
  play(samples: Float32Array<ArrayBuffer>): void;
  /** Drops what waits to be played. */
  clear(): void;
  /** Seconds that wait to be played. */
  waiting(): Promise<number>;
  close(): void;
}

/** The browser's own parts. */
export interface WebAudio {
  newContext(rate: number): AudioContext;
  newNode(context: AudioContext, name: string, options: AudioWorkletNodeOptions): AudioWorkletNode;
  newStream(tracks: readonly MediaStreamTrack[]): MediaStream;
  /** Where the script of the audio thread is. */
  scriptUrl(): string;
  /** Calls back at the next press or key, after which a browser lets a page be heard. */
  onGesture(callback: () => void): () => void;
}

/** Opens the graph. Throws what the browser throws when it cannot. */
export async function openAudioLine(audio: WebAudio, options: AudioLineOptions): Promise<AudioLine> {
  const context = audio.newContext(options.rate);
  try {
    await context.audioWorklet.addModule(audio.scriptUrl());
    return new WebAudioLine(audio, context, options);
  } catch (error) {
    void context.close();
    throw error;
  }
}

class WebAudioLine implements AudioLine {
  readonly output: MediaStreamTrack;
  readonly #capture: AudioWorkletNode;
  readonly #playout: AudioWorkletNode;
  readonly #asking: ((seconds: number) => void)[] = [];
  readonly #forgetGesture: () => void;
  #source: MediaStreamAudioSourceNode | null = null;

  constructor(
    private readonly audio: WebAudio,
    private readonly context: AudioContext,
    { frame, captured }: AudioLineOptions,
  ) {
    const mono = { numberOfOutputs: 1, outputChannelCount: [1] };
    const mixed = { channelCount: 1, channelCountMode: "explicit" as const };
    this.#capture = audio.newNode(context, CAPTURE, {
      numberOfInputs: 1,
      ...mono,
      ...mixed,
      processorOptions: { frame },
    });
    this.#playout = audio.newNode(context, PLAYOUT, { numberOfInputs: 0, ...mono });
    const output = context.createMediaStreamDestination();
    // Nothing is captured by a node that leads nowhere; what it adds is silence.
    this.#capture.connect(output);
    this.#playout.connect(output);
    this.output = output.stream.getAudioTracks()[0]!;
    this.#capture.port.onmessage = ({ data }: MessageEvent<Float32Array<ArrayBuffer>>) => captured(data);
    this.#playout.port.onmessage = ({ data }: MessageEvent<number>) => this.#asking.shift()?.(data);
    this.#forgetGesture = audio.onGesture(() => void context.resume());
    void context.resume();
  }

  capture(track: MediaStreamTrack | null): void {
    this.#source?.disconnect();
    this.#source = null;
    if (track === null) return;
    this.#source = this.context.createMediaStreamSource(this.audio.newStream([track]));
    this.#source.connect(this.#capture);
  }

  play(samples: Float32Array<ArrayBuffer>): void {
    this.#tell(samples, [samples.buffer]);
  }

  clear(): void {
    this.#tell("clear");
  }

  waiting(): Promise<number> {
    // A page that was not allowed to be heard yet plays nothing, and nobody waits for that.
    if (this.context.state !== "running") return Promise.resolve(0);
    return new Promise((resolve) => {
      this.#asking.push(resolve);
      this.#tell("ask");
    });
  }

  close(): void {
    this.#forgetGesture();
    this.capture(null);
    this.#tell("close");
    this.#capture.disconnect();
    this.output.stop();
    for (const answer of this.#asking.splice(0)) answer(0);
    void this.context.close();
  }

  #tell(what: ToPlayout, given: Transferable[] = []): void {
    this.#playout.port.postMessage(what, given);
  }
}
