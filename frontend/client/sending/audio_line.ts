/** What stands in for a microphone: files and arrays, said one after the other. */

import { StreamError } from "../errors";

/** Sound as numbers from -1 to 1, or 16 bit integers, of one channel. */
export interface Samples {
  readonly sampleRate: number;
  readonly samples: Float32Array | Int16Array;
}

export type AudioToSend = Blob | URL | AudioBuffer | Samples;

/** The part of an audio context that a line needs. */
export type LineContext = Pick<
  AudioContext,
  | "createMediaStreamDestination"
  | "createConstantSource"
  | "createBuffer"
  | "createBufferSource"
  | "decodeAudioData"
  | "resume"
  | "close"
>;

export class AudioLine {
  readonly #out: MediaStreamAudioDestinationNode;
  /** When all is said that is to be. */
  #said: Promise<unknown> = Promise.resolve();
  #playing: AudioBufferSourceNode | null = null;
  /** How often it was hushed: what was asked for before is not said any more. */
  #hushed = 0;

  /** A browser lets it make sound once the person has clicked on the page. */
  constructor(private readonly context: LineContext = new AudioContext()) {
    this.#out = context.createMediaStreamDestination();
    // Without a source nothing is sent, not even silence, and the other side waits for sound.
    const silence = context.createConstantSource();
    silence.offset.value = 0;
    silence.connect(this.#out);
    silence.start();
    // Before a click this waits for one, and so does what is said.
    context.resume().catch(() => undefined);
  }

  /** Goes to `connect()` as `audio`, also to several; silent between what is said. */
  get track(): MediaStreamTrack {
    return this.#out.stream.getAudioTracks()[0]!;
  }

  /**
   * Says it after what is being said, and resolves when that is over. Rejects with a `StreamError` where
   * it cannot be read.
   */
  say(audio: AudioToSend): Promise<void> {
    const { context } = this;
    const asked = this.#hushed;
    const buffer = bufferOf(audio, context);
    const said = this.#said.then(async () => {
      const found = await buffer;
      if (found !== null && asked === this.#hushed) await this.#play(found);
    });
    this.#said = said.catch(() => undefined);
    // It is told when its turn comes.
    buffer.catch(() => undefined);
    return said;
  }

  /** Drops what is being said, and what was to be said after it. */
  hush(): void {
    this.#hushed += 1;
    this.#playing?.stop();
  }

  /** Ends the track. */
  close(): void {
    this.hush();
    this.track.stop();
    this.context.close().catch(() => undefined);
  }

  #play(buffer: AudioBuffer): Promise<void> {
    const { context } = this;
    const source = (this.#playing = context.createBufferSource());
    source.buffer = buffer;
    source.connect(this.#out);
    context.resume().catch(() => undefined);
    return new Promise((resolve) => {
      source.onended = () => {
        source.disconnect();
        resolve();
      };
      source.start();
    });
  }
}

/** What is to be played; `null` where that is nothing. */
async function bufferOf(audio: AudioToSend, context: LineContext): Promise<AudioBuffer | null> {
  if (audio instanceof URL || audio instanceof Blob) {
    try {
      return await context.decodeAudioData(await (await blobOf(audio)).arrayBuffer());
    } catch (error) {
      throw unreadable(audio, error, "Use a file that browsers play, such as WAV, MP3 or Opus.");
    }
  }
  if (!("samples" in audio)) return audio;
  const { sampleRate, samples } = audio;
  if (samples.length === 0) return null;
  const buffer = context.createBuffer(1, samples.length, sampleRate);
  const scale = samples instanceof Int16Array ? 1 / 0x8000 : 1;
  buffer.copyToChannel(Float32Array.from(samples, (sample) => sample * scale), 0);
  return buffer;
}

/** What is at an address, or a file itself. */
export async function blobOf(file: Blob | URL): Promise<Blob> {
  if (file instanceof Blob) return file;
  const answer = await fetch(file);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.blob();
}

/** Why a file or address cannot be sent. */
export function unreadable(file: Blob | URL, error: unknown, remedy: string): StreamError {
  const name = file instanceof URL ? file.href : file instanceof File ? file.name : `a ${file.type || "blob"}`;
  const why = error instanceof Error ? error.message : String(error);
  return new StreamError("unreadable_media", `${name} cannot be read: ${why}`, remedy);
}
