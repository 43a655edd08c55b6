/**
 * What audio looks like on a websocket: Opus where the browser encodes and decodes it for a page, a
 * tenth of what 16-bit PCM takes, and PCM where it does not. Mono.
 */

import { fromPcm16, toPcm16 } from "./pcm";

export interface AudioCodecEvents {
  encoded(payload: Uint8Array): void;
  decoded(samples: Float32Array<ArrayBuffer>): void;
}

export interface AudioCodec {
  /** As statistics call it. */
  readonly name: string;
  /** As the server calls it. */
  readonly encoding: "opus" | "pcm16";
  /** Of both directions, Hz. */
  readonly rate: number;
  /** Bytes of messages that half a second of audio takes. */
  readonly halfSecond: number;
  /** Encodes 20 ms. */
  encode(samples: Float32Array<ArrayBuffer>): void;
  decode(payload: Uint8Array<ArrayBuffer>): void;
  /** Forgets what is not decoded yet. */
  clear(): void;
  close(): void;
}

/** The browser's codecs: https://www.w3.org/TR/webcodecs/ */
export interface WebCodecs {
  /** Whether audio can be encoded and decoded like this. */
  supports(encoder: AudioEncoderConfig, decoder: AudioDecoderConfig): Promise<boolean>;
  newEncoder(init: AudioEncoderInit): AudioEncoder;
  newDecoder(init: AudioDecoderInit): AudioDecoder;
  newData(init: AudioDataInit): AudioData;
  newChunk(init: EncodedAudioChunkInit): EncodedAudioChunk;
}

/** As much as WebRTC gives to a voice. */
export const BITRATE = 32_000;
const OPUS_RATE = 48_000;
/** Wideband and more: what voices need, at half of what 48 kHz would take of the network. */
const PCM_RATE = 24_000;
const FRAME_US = 20_000;

/** The best codec that this browser has; `codecs` is `null` where it has none for pages. */
export async function chooseCodec(
  codecs: WebCodecs | null,
  bitrate: number,
  events: AudioCodecEvents,
): Promise<AudioCodec> {
  const format = { codec: "opus", sampleRate: OPUS_RATE, numberOfChannels: 1 };
  const encoder = { ...format, bitrate, opus: { frameDuration: FRAME_US } };
  const usable = (await codecs?.supports(encoder, format).catch(() => false)) ?? false;
  return usable ? new OpusCodec(codecs!, encoder, format, events) : new PcmCodec(events);
}

class PcmCodec implements AudioCodec {
  readonly name = "PCM";
  readonly encoding = "pcm16";
  readonly rate = PCM_RATE;
  readonly halfSecond = 34_000;

  constructor(private readonly events: AudioCodecEvents) {}

  encode(samples: Float32Array<ArrayBuffer>): void {
    this.events.encoded(toPcm16(samples));
  }

  decode(payload: Uint8Array<ArrayBuffer>): void {
    this.events.decoded(fromPcm16(payload));
  }

  clear(): void {
    // Nothing is ever on its way.
  }

  close(): void {
    // There is nothing to give back.
  }
}

class OpusCodec implements AudioCodec {
  readonly name = "Opus";
  readonly encoding = "opus";
  readonly rate = OPUS_RATE;
  readonly halfSecond: number;
  readonly #encoder: AudioEncoder;
  readonly #decoder: AudioDecoder;
  #sent = 0;
  #received = 0;
  /** What was received before this is not wanted any more, µs. */
  #wantedFrom = 0;

  constructor(
    private readonly codecs: WebCodecs,
    encoder: AudioEncoderConfig,
    decoder: AudioDecoderConfig,
    events: AudioCodecEvents,
  ) {
    // Base64 takes a third more, and each of 25 messages some 50 characters around it.
    this.halfSecond = Math.round((encoder.bitrate! / 16) * (4 / 3)) + 1_250;
    // A codec that fails is closed by the browser: a silence, and the server may say more.
    const error = (): void => undefined;
    this.#encoder = codecs.newEncoder({
      error,
      output: (chunk) => {
        const payload = new Uint8Array(chunk.byteLength);
        chunk.copyTo(payload);
        events.encoded(payload);
      },
    });
    this.#decoder = codecs.newDecoder({
      error,
      output: (data) => {
        const samples = new Float32Array(data.numberOfFrames);
        data.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
        const wanted = data.timestamp >= this.#wantedFrom;
        data.close();
        if (wanted) events.decoded(samples);
      },
    });
    this.#encoder.configure(encoder);
    this.#decoder.configure(decoder);
  }

  encode(samples: Float32Array<ArrayBuffer>): void {
    if (this.#encoder.state !== "configured") return;
    const data = this.codecs.newData({
      ...{ format: "f32-planar", sampleRate: OPUS_RATE, numberOfChannels: 1 },
      ...{ numberOfFrames: samples.length, timestamp: this.#sent, data: samples },
    });
    this.#sent += FRAME_US;
    this.#encoder.encode(data);
    data.close();
  }

  decode(payload: Uint8Array<ArrayBuffer>): void {
    if (this.#decoder.state !== "configured" || payload.length === 0) return;
    const chunk = { type: "key" as const, timestamp: this.#received, data: payload };
    this.#received += FRAME_US;
    this.#decoder.decode(this.codecs.newChunk(chunk));
  }

  clear(): void {
    this.#wantedFrom = this.#received;
  }

  close(): void {
    for (const codec of [this.#encoder, this.#decoder]) {
      if (codec.state !== "closed") codec.close();
    }
  }
}
