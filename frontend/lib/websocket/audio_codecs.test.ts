import { describe, expect, it } from "vitest";
import { BITRATE, chooseCodec, type AudioCodec } from "./audio_codecs";
import { FakeCodecs } from "../testing/codecs";

interface Heard {
  codec: AudioCodec;
  payloads: Uint8Array[];
  samples: Float32Array[];
}

async function choose(codecs: FakeCodecs | null): Promise<Heard> {
  const [payloads, samples]: [Uint8Array[], Float32Array[]] = [[], []];
  const codec = await chooseCodec(codecs, BITRATE, {
    encoded: (payload) => payloads.push(payload),
    decoded: (part) => samples.push(part),
  });
  return { codec, payloads, samples };
}

it.each([
  ["there are no codecs for pages", null],
  ["they have no Opus", new FakeCodecs(false)],
  ["they cannot say", new FakeCodecs(new Error("odd"))],
])("is 16-bit PCM where %s", async (_, codecs) => {
  const { codec, payloads, samples } = await choose(codecs);
  expect(codec).toMatchObject({ encoding: "pcm16", rate: 24_000 });
  codec.encode(Float32Array.of(0, 1));
  expect(payloads).toEqual([Uint8Array.of(0, 0, 0xff, 0x7f)]);
  codec.decode(Uint8Array.of(0, 0x40));
  expect(samples).toEqual([Float32Array.of(0.5)]);
});

describe("Opus", () => {
  it("is asked for in packets of 20 ms, one voice", async () => {
    const codecs = new FakeCodecs();
    const { codec } = await choose(codecs);
    expect(codec).toMatchObject({ encoding: "opus", rate: 48_000 });
    expect(codecs.encoder.config).toEqual({
      ...{ codec: "opus", sampleRate: 48_000, numberOfChannels: 1, bitrate: 32_000 },
      opus: { frameDuration: 20_000 },
    });
  });

  it("encodes and decodes one packet after the other", async () => {
    const codecs = new FakeCodecs();
    const { codec, payloads, samples } = await choose(codecs);
    codec.encode(new Float32Array(960));
    codec.encode(new Float32Array(960));
    expect(codecs.encoder.times).toEqual([0, 20_000]);
    expect(payloads).toHaveLength(2);
    codec.decode(Uint8Array.of(7));
    codec.decode(Uint8Array.of());
    codecs.decoder.deliver();
    expect(samples).toEqual([Float32Array.of(7)]);
    expect(codecs.open).toBe(0);
  });

  it("plays nothing of what was under way when it was cleared", async () => {
    const codecs = new FakeCodecs();
    const { codec, samples } = await choose(codecs);
    codec.decode(Uint8Array.of(1));
    codec.clear();
    codec.decode(Uint8Array.of(2));
    codecs.decoder.deliver();
    expect(samples).toEqual([Float32Array.of(2)]);
  });

  it("is silent after it failed, and can be closed twice", async () => {
    const codecs = new FakeCodecs();
    const { codec, payloads } = await choose(codecs);
    codecs.encoder.close();
    codec.encode(new Float32Array(960));
    expect(payloads).toEqual([]);
    codec.close();
    codec.close();
    codec.decode(Uint8Array.of(1));
    expect([codecs.encoder.state, codecs.decoder.state]).toEqual(["closed", "closed"]);
  });
});
