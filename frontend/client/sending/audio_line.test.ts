import { afterEach, describe, expect, it, vi } from "vitest";
import { settle } from "../../lib/testing/clock";
import { StreamError } from "../errors";
import { AudioLine, type LineContext } from "./audio_line";

class FakeSourceNode {
  buffer: unknown = null;
  onended: () => void = () => undefined;
  state = "new";
  readonly offset = { value: 1 };

  connect(): void {}

  disconnect(): void {
    this.state = "disconnected";
  }

  start(): void {
    this.state = "playing";
  }

  stop(): void {
    this.onended();
  }
}

/** Sound whose pieces end when a test says so. */
class FakeContext {
  readonly played: FakeSourceNode[] = [];
  readonly silence = new FakeSourceNode();
  readonly track = { stop: vi.fn() };
  closed = false;

  createMediaStreamDestination(): unknown {
    return { stream: { getAudioTracks: () => [this.track] } };
  }

  createBuffer(channels: number, length: number, sampleRate: number): unknown {
    const told = { channels, length, sampleRate, samples: [] as number[] };
    return { ...told, copyToChannel: (samples: Float32Array) => told.samples.push(...samples), told };
  }

  createConstantSource(): FakeSourceNode {
    return this.silence;
  }

  createBufferSource(): FakeSourceNode {
    this.played.push(new FakeSourceNode());
    return this.played.at(-1)!;
  }

  async decodeAudioData(data: ArrayBuffer): Promise<unknown> {
    if (data.byteLength === 0) throw new Error("no sound");
    return Promise.resolve({ bytes: data.byteLength });
  }

  resume(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

function makeLine(): [AudioLine, FakeContext] {
  const context = new FakeContext();
  return [new AudioLine(context as unknown as LineContext), context];
}

it("is silent from the start: without a source nothing would be sent", () => {
  const [, context] = makeLine();
  expect([context.silence.state, context.silence.offset.value]).toEqual(["playing", 0]);
});

const samples = (...values: number[]): { sampleRate: number; samples: Float32Array } => ({
  sampleRate: 24_000,
  samples: Float32Array.from(values),
});

afterEach(() => vi.unstubAllGlobals());

describe("what is said in place of a microphone", () => {
  it("is said one after the other, each waited for", async () => {
    const [line, context] = makeLine();
    const told: string[] = [];
    void line.say(samples(0.5)).then(() => told.push("first"));
    void line.say(new Blob(["a file"])).then(() => told.push("second"));
    await vi.waitFor(() => expect(context.played).toHaveLength(1));
    expect(told).toEqual([]);
    context.played[0]!.onended();
    await vi.waitFor(() => expect(context.played).toHaveLength(2));
    expect([told, context.played[0]!.state, context.played[1]!.buffer]).toEqual([["first"], "disconnected", { bytes: 6 }]);
    context.played[1]!.onended();
    await vi.waitFor(() => expect(told).toEqual(["first", "second"]));
  });

  it.each([
    ["numbers", Float32Array.from([0.5, -1]), [0.5, -1]],
    ["integers", Int16Array.from([16_384, -32_768]), [0.5, -1]],
  ])("is an array of %s", async (_, given, expected) => {
    const [line, context] = makeLine();
    void line.say({ sampleRate: 16_000, samples: given });
    await settle();
    expect(context.played[0]!.buffer).toMatchObject({
      told: { channels: 1, length: 2, sampleRate: 16_000, samples: expected },
    });
    await expect(makeLine()[0].say(samples())).resolves.toBeUndefined();
  });

  it("is dropped, with what was to come, when it is hushed", async () => {
    const [line, context] = makeLine();
    const [first, second] = [line.say(samples(1)), line.say(samples(1))];
    await settle();
    line.hush();
    await Promise.all([first, second]);
    expect(context.played).toHaveLength(1);
    void line.say(samples(1));
    await settle();
    expect(context.played).toHaveLength(2);
  });

  it("is an error where it cannot be read, and what comes after it is said", async () => {
    const [line, context] = makeLine();
    const broken = line.say(new File([], "broken.wav"));
    void line.say(samples(1));
    await expect(broken).rejects.toBeInstanceOf(StreamError);
    await expect(broken).rejects.toMatchObject({
      code: "unreadable_media",
      message: "broken.wav cannot be read: no sound",
      remedy: expect.stringContaining("WAV") as string,
    });
    await vi.waitFor(() => expect(context.played).toHaveLength(1));
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("", { status: 404 })));
    const [other] = makeLine();
    await expect(other.say(new URL("https://example.org/a.wav"))).rejects.toThrow("https://example.org/a.wav cannot be read: HTTP 404");
  });

  it("ends with the line", async () => {
    const [line, context] = makeLine();
    const saying = line.say(samples(1));
    await settle();
    line.close();
    await saying;
    expect([context.track.stop.mock.calls.length, context.closed]).toEqual([1, true]);
  });
});
