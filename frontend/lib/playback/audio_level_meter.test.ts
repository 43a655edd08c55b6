import { describe, expect, it } from "vitest";
import { SILENT_LEVELS, READING_MS, AudioLevelMeter, type Levels } from "./audio_level_meter";
import { FakeClock } from "../testing/clock";

/** An audio context that hears the same loudness all the time. */
class FakeContext {
  closed = false;
  connected = 0;

  constructor(private readonly loudness: number) {}

  createMediaStreamSource(): { connect(): void; disconnect(): void } {
    return { connect: () => (this.connected += 1), disconnect: () => (this.connected -= 1) };
  }

  createAnalyser(): { fftSize: number; getFloatTimeDomainData(into: Float32Array): void } {
    return { fftSize: 0, getFloatTimeDomainData: (into) => into.fill(this.loudness) };
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

function stream(tracks = 1): MediaStream {
  return { getAudioTracks: () => Array.from({ length: tracks }) } as unknown as MediaStream;
}

function setUp(): {
  clock: FakeClock;
  contexts: FakeContext[];
  seen: Levels[];
  meter: AudioLevelMeter;
} {
  const clock = new FakeClock();
  const contexts: FakeContext[] = [];
  const seen: Levels[] = [];
  const create = (): AudioContext => {
    contexts.push(new FakeContext(0.2));
    return contexts.at(-1) as unknown as AudioContext;
  };
  return { clock, contexts, seen, meter: new AudioLevelMeter(create, clock, (now) => seen.push(now)) };
}

describe("the audio level meter", () => {
  it("reads both sides at its own pace", async () => {
    const { clock, seen, meter } = setUp();
    meter.watch({ in: stream(), out: null });
    await clock.pass(READING_MS * 10);
    expect(seen).toHaveLength(11);
    expect(seen.at(-1)?.in.speaking).toBe(true);
    expect(seen.at(-1)?.out).toEqual(SILENT_LEVELS.out);
  });

  it("follows an exchanged stream without a second timer", async () => {
    const { clock, contexts, meter } = setUp();
    meter.watch({ in: stream(), out: stream() });
    meter.watch({ in: stream(), out: stream() });
    await clock.pass(READING_MS);
    expect(clock.armed).toBe(1);
    expect(contexts).toHaveLength(1);
    expect(contexts[0]!.connected).toBe(2);
  });

  it("leaves nothing running when it stops", () => {
    const { clock, contexts, seen, meter } = setUp();
    meter.watch({ in: stream(), out: stream() });
    meter.stop();
    expect(clock.armed).toBe(0);
    expect(contexts[0]).toMatchObject({ closed: true, connected: 0 });
    expect(seen.at(-1)).toEqual(SILENT_LEVELS);
  });

  it("opens no audio hardware for streams without audio", () => {
    const { clock, contexts, meter } = setUp();
    meter.watch({ in: stream(0), out: null });
    expect(contexts).toHaveLength(0);
    expect(clock.armed).toBe(0);
  });
});
