/** A browser's audio codecs: a packet is one byte for each thousand samples, and a sample a byte. */

import type { WebCodecs } from "../websocket/audio_codecs";

class FakeCodec {
  state: "unconfigured" | "configured" | "closed" = "unconfigured";
  config: unknown = null;

  configure(config: unknown): void {
    this.state = "configured";
    this.config = config;
  }

  close(): void {
    if (this.state === "closed") throw new Error("InvalidStateError");
    this.state = "closed";
  }
}

export class FakeEncoder extends FakeCodec {
  readonly times: number[] = [];

  constructor(private readonly init: AudioEncoderInit) {
    super();
  }

  encode({ timestamp }: AudioData): void {
    this.times.push(timestamp);
    const copyTo = (into: Uint8Array): void => into.set([1]);
    this.init.output({ byteLength: 1, copyTo } as unknown as EncodedAudioChunk, {});
  }
}

export class FakeDecoder extends FakeCodec {
  readonly #waiting: EncodedAudioChunkInit[] = [];

  constructor(
    private readonly init: AudioDecoderInit,
    private readonly opened: (count: number) => void,
  ) {
    super();
  }

  decode(chunk: EncodedAudioChunk): void {
    this.#waiting.push(chunk as unknown as EncodedAudioChunkInit);
  }

  /** Decodes what waits: browsers take their time. */
  deliver(): void {
    for (const { timestamp, data } of this.#waiting.splice(0)) {
      const bytes = data as Uint8Array;
      this.opened(1);
      const copyTo = (into: Float32Array): void => into.set(bytes);
      const close = (): void => this.opened(-1);
      const decoded = { numberOfFrames: bytes.length, timestamp, copyTo, close };
      this.init.output(decoded as unknown as AudioData);
    }
  }
}

export class FakeCodecs implements WebCodecs {
  encoder!: FakeEncoder;
  decoder!: FakeDecoder;
  /** Pieces of audio that nobody has closed. */
  open = 0;

  constructor(private readonly able: boolean | Error = true) {}

  supports(): Promise<boolean> {
    return this.able instanceof Error ? Promise.reject(this.able) : Promise.resolve(this.able);
  }

  newEncoder(init: AudioEncoderInit): AudioEncoder {
    return (this.encoder = new FakeEncoder(init)) as unknown as AudioEncoder;
  }

  newDecoder(init: AudioDecoderInit): AudioDecoder {
    this.decoder = new FakeDecoder(init, (count) => (this.open += count));
    return this.decoder as unknown as AudioDecoder;
  }

  newData(init: AudioDataInit): AudioData {
    this.open += 1;
    return { ...init, close: () => void (this.open -= 1) } as unknown as AudioData;
  }

  newChunk(init: EncodedAudioChunkInit): EncodedAudioChunk {
    return init as unknown as EncodedAudioChunk;
  }
}
