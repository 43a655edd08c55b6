import { describe, expect, it } from "vitest";
import { PageRecorder, recordedTracks, type RecordedTracks, type RecorderEnvironment } from "./page_recorder";
import { FakeStream, FakeTrack } from "../testing/browser";
import { FakeClock } from "../testing/clock";

class FakeRecorder {
  state = "inactive";
  mimeType = "video/webm";
  ondataavailable: ((event: { data: Blob }) => void) | null = null;
  onstop: (() => void) | null = null;
  data = "end";

  constructor(
    readonly stream: FakeStream,
    readonly type: string,
  ) {}

  start(): void {
    this.state = "recording";
  }

  stop(): void {
    this.state = "inactive";
    this.ondataavailable?.({ data: new Blob([this.data]) });
    this.onstop?.();
  }
}

class FakeNode {
  connected = false;
  readonly stream = { getAudioTracks: () => [new FakeTrack("audio", "mix")] };

  connect(): void {
    this.connected = true;
  }

  disconnect(): void {
    this.connected = false;
  }
}

class FakeContext {
  readonly sources: FakeNode[] = [];
  closed = false;

  createMediaStreamDestination(): FakeNode {
    return new FakeNode();
  }

  createMediaStreamSource(): FakeNode {
    this.sources.push(new FakeNode());
    return this.sources.at(-1)!;
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

function start(): {
  clock: FakeClock;
  recorders: FakeRecorder[];
  context: FakeContext;
  saved: string[];
  elapsed: (number | null)[];
  notices: string[];
  recorder: PageRecorder;
  broken: { now: boolean };
} {
  const made = {
    clock: new FakeClock(),
    recorders: [] as FakeRecorder[],
    context: new FakeContext(),
    saved: [] as string[],
    elapsed: [] as (number | null)[],
    notices: [] as string[],
    broken: { now: false },
  };
  const parts = {
    clock: made.clock,
    today: () => new Date(2026, 0, 31, 14, 5, 9),
    supports: () => true,
    newRecorder: (stream: unknown, type: string) => {
      if (made.broken.now) throw new Error("NotSupportedError");
      made.recorders.push(new FakeRecorder(stream as FakeStream, type));
      return made.recorders.at(-1);
    },
    newStream: (tracks: readonly FakeTrack[]) => new FakeStream(tracks),
    newContext: () => made.context,
    save: (_blob: Blob, name: string) => made.saved.push(name),
  } as unknown as RecorderEnvironment;
  const events = {
    elapsed: (ms: number | null) => made.elapsed.push(ms),
    notice: (text: string) => made.notices.push(text),
  };
  return { ...made, recorder: new PageRecorder(parts, events) };
}

const track = (kind: "audio" | "video", id: string = kind): MediaStreamTrack =>
  new FakeTrack(kind, id) as unknown as MediaStreamTrack;
const NO_CAPTURE: RecordedTracks = { video: null, audio: [] };

describe("a recording", () => {
  it("names the codec of sound only where there is sound", () => {
    const { recorder, recorders } = start();
    recorder.start("Call", { video: track("video"), audio: [] });
    recorder.follow({ video: track("video", "other"), audio: [track("audio")] });
    const types = ["video/webm;codecs=vp8", "video/webm;codecs=vp8,opus"];
    expect(recorders.map((each) => each.type)).toEqual(types);
  });

  it("that came to nothing says so", () => {
    const { recorder, recorders, saved, notices } = start();
    recorder.start("Call", { video: track("video"), audio: [] });
    recorders[0]!.data = "";
    recorder.stop();
    expect(saved).toEqual([]);
    expect(notices).toEqual(["This browser recorded nothing. No file was saved."]);
  });

  it("is one file of the picture and the mixed audio, saved when it is stopped", async () => {
    const { recorder, recorders, context, clock, saved, elapsed } = start();
    recorder.start("Call", { video: track("video"), audio: [track("audio", "theirs"), track("audio", "mine")] });
    expect(recorders[0]!.stream.tracks.map((each) => each.deviceId)).toEqual(["video", "mix"]);
    expect(context.sources.map((source) => source.connected)).toEqual([true, true]);
    await clock.pass(2500);
    recorder.stop();
    expect(saved).toEqual(["Call-2026-01-31-140509.webm"]);
    expect(elapsed).toEqual([0, 1000, 2000, null]);
    expect(context.closed).toBe(true);
    expect(clock.armed).toBe(0);
  });

  it("goes on in the same file when an audio track is replaced", () => {
    const { recorder, recorders, context } = start();
    const video = track("video");
    recorder.start("Call", { video, audio: [track("audio", "one")] });
    recorder.follow({ video, audio: [track("audio", "two")] });
    expect(recorders).toHaveLength(1);
    expect(context.sources.map((source) => source.connected)).toEqual([false, true]);
  });

  it("goes on in a next part when the picture becomes another track", () => {
    const { recorder, saved } = start();
    recorder.start("Call", { video: track("video", "camera"), audio: [] });
    recorder.follow({ video: track("video", "screen"), audio: [] });
    expect(saved).toEqual(["Call-2026-01-31-140509.webm"]);
    recorder.stop();
    expect(saved[1]).toBe("Call-2026-01-31-140509-part2.webm");
  });

  it("saves what there is when everything is gone, and goes on when it is back", () => {
    const { recorder, recorders, saved } = start();
    recorder.start("Call", { video: track("video"), audio: [] });
    recorder.follow(NO_CAPTURE);
    expect(saved).toHaveLength(1);
    expect(recorder.running).toBe(true);
    recorder.follow({ video: track("video"), audio: [] });
    expect(recorders.at(-1)!.state).toBe("recording");
  });

  it("that the browser ended with its tracks is saved once", () => {
    const { recorder, recorders, saved } = start();
    recorder.start("Call", { video: track("video"), audio: [] });
    recorders[0]!.stop();
    recorder.stop();
    expect(saved).toHaveLength(1);
  });

  it("that no browser can make is called off with a word", () => {
    const { recorder, broken, notices, clock } = start();
    broken.now = true;
    recorder.start("Call", { video: track("video"), audio: [] });
    expect(recorder.running).toBe(false);
    expect(notices).toHaveLength(1);
    expect(clock.armed).toBe(0);
  });
});

describe("what is recorded", () => {
  const stream = (...tracks: MediaStreamTrack[]): MediaStream =>
    ({
      getAudioTracks: () => tracks.filter((each) => each.kind === "audio"),
      getVideoTracks: () => tracks.filter((each) => each.kind === "video"),
    }) as unknown as MediaStream;

  it("is the app's picture, what it says and what one says oneself", () => {
    const [theirs, mine] = [track("video", "theirs"), track("video", "mine")];
    const [voice, own] = [track("audio", "voice"), track("audio", "own")];
    const view = { remote: stream(theirs, voice), local: stream(mine, own) };
    expect(recordedTracks(view, true)).toEqual({ video: theirs, audio: [voice, own] });
    expect(recordedTracks({ ...view, remote: null }, false)).toEqual({ video: mine, audio: [own] });
  });

  it("has no track that has ended", () => {
    const gone = track("video");
    gone.stop();
    expect(recordedTracks({ remote: stream(gone), local: null }, true)).toEqual(NO_CAPTURE);
  });
});
