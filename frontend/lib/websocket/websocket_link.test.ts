import { describe, expect, it } from "vitest";
import type { Message } from "../connection/messages";
import type { Problem } from "../connection/problems";
import { MARGIN_MS } from "../playback/jitter_buffer_drain";
import { SETTLED_MS } from "../turns/playout_report";
import { FakeTrack } from "../testing/browser";
import { FakeClock, settle } from "../testing/clock";
import { FakeServer, FULL } from "../testing/peers";
import { FakeAudioLine, FakeSocket } from "../testing/sockets";
import { FakeCodecs } from "../testing/codecs";
import { BITRATE } from "./audio_codecs";
import { PING_MS, WebsocketLink, type WebsocketLinkOptions } from "./websocket_link";

/** 20 ms of 24 kHz. */
const FRAME = 480;

const MICROPHONE = new FakeTrack("audio", "headset") as unknown as MediaStreamTrack;

class Bench {
  readonly clock = new FakeClock();
  readonly server = new FakeServer();
  readonly sockets: FakeSocket[] = [];
  readonly lines: FakeAudioLine[] = [];
  readonly events: string[] = [];
  readonly problems: Problem[] = [];
  readonly messages: Message[] = [];
  /** While set, the audio graph takes this long to open. */
  gate: Promise<void> = Promise.resolve();
  readonly link: WebsocketLink;

  constructor(options: Partial<WebsocketLinkOptions> = {}, webCodecs: FakeCodecs | null = null) {
    const environment = {
      webCodecs,
      clock: this.clock,
      server: this.server,
      sessionHash: () => "page",
      newSocket: (path: string) => {
        this.sockets.push(new FakeSocket(path));
        return this.socket as unknown as WebSocket;
      },
      openAudioLine: async (wanted: FakeAudioLine["options"]) => {
        await this.gate;
        this.lines.push(new FakeAudioLine(wanted));
        return this.line;
      },
    };
    const all = { id: "abc", replaces: null, start: null, track: MICROPHONE, bitrate: BITRATE, pushToTalk: false, ...options };
    this.link = new WebsocketLink(environment, all, {
      answered: () => this.events.push("answered"),
      refused: (problem) => this.problems.push(problem),
      unreachable: () => this.events.push("unreachable"),
      connection: (peer) => this.events.push(peer),
      channelClosed: () => this.events.push("closed"),
      message: (message) => this.messages.push(message),
      incoming: (tracks) => this.events.push(`incoming ${tracks.length}`),
      text: (text) => this.events.push(`text ${text}`),
      warning: (text) => this.events.push(text),
    });
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  get line(): FakeAudioLine {
    return this.lines.at(-1)!;
  }

  async connect(): Promise<this> {
    await this.link.open();
    this.socket.connect();
    await settle();
    return this;
  }
}

it("tells of the button that is held to talk, first of all that there is one", async () => {
  const bench = await new Bench({ pushToTalk: true }).connect();
  bench.link.talk(true);
  const told = bench.socket.said.filter((said) => (said as { type?: string }).type === "push_to_talk");
  expect(told).toEqual([
    { type: "push_to_talk", data: "released" },
    { type: "push_to_talk", data: "pressed" },
  ]);
});

describe("opening", () => {
  it("asks where the socket is, says who it is, and is connected when the server says so", async () => {
    const bench = new Bench({ replaces: "old", start: "token" });
    await bench.link.open();
    expect(bench.socket.path).toBe("/socket");
    bench.socket.open();
    expect(bench.socket.said).toEqual([
      {
        ...{ event: "start", websocket_id: "abc", replaces: "old", start: "token" },
        format: {
          input: { encoding: "pcm16", sample_rate: 24_000 },
          output: { encoding: "pcm16", sample_rate: 24_000 },
        },
      },
    ]);
    expect(bench.events).toEqual([]);
    bench.socket.receive({ event: "started" });
    bench.socket.receive({ event: "started" });
    expect(bench.events).toEqual(["answered", "incoming 1", "connected"]);
    expect(bench.line.captured).toBe(MICROPHONE);
    await bench.link.settled;
  });

  it.each([
    ["before there is a socket", (bench: Bench) => (bench.server.answers.websocket = [FULL])],
    ["by the socket", () => undefined],
  ])("is refused %s", async (_, prepare) => {
    const bench = new Bench();
    prepare(bench);
    await bench.link.open();
    if (bench.sockets.length > 0) {
      bench.socket.open();
      bench.socket.receive(FULL);
    }
    await bench.link.settled;
    expect(bench.problems).toMatchObject([{ code: "concurrency_limit_reached", limit: 1 }]);
    expect(bench.events).toEqual([]);
  });

  it("fails where nobody answers", async () => {
    const silent = new Bench();
    silent.server.answers.websocket = [undefined];
    await silent.link.open();
    const cut = new Bench();
    await cut.link.open();
    cut.socket.vanish();
    await Promise.all([silent.link.settled, cut.link.settled]);
    expect([silent.events, cut.events]).toEqual([["unreachable"], ["unreachable"]]);
  });

  it("leaves nothing open when nobody wants it any more", async () => {
    const bench = new Bench();
    let opened!: () => void;
    bench.gate = new Promise((resolve) => (opened = resolve));
    const opening = bench.link.open();
    bench.link.close(true);
    opened();
    await opening;
    expect(bench.sockets).toEqual([]);
    expect(bench.line.closed).toBe(true);
    expect(bench.events).toEqual([]);
  });
});

describe("audio", () => {
  it("is captured in frames of 20 ms, once the session is open", async () => {
    const bench = new Bench();
    await bench.link.open();
    bench.line.options.captured(new Float32Array(FRAME));
    bench.socket.connect();
    bench.line.options.captured(new Float32Array(FRAME).fill(0.5));
    const sent = bench.socket.said.filter(({ event }) => event === "media");
    expect(sent).toHaveLength(1);
    const { payload } = sent[0]!.media as { payload: string };
    expect(atob(payload)).toHaveLength(FRAME * 2);
    expect(bench.line.options).toMatchObject({ rate: 24_000, frame: 480 });
  });

  it("is not sent where there is no microphone, and then from the one that comes", async () => {
    const bench = await new Bench({ track: null }).connect();
    bench.line.options.captured(new Float32Array(FRAME));
    expect(bench.socket.said).toHaveLength(1);
    await bench.link.replaceTrack("audio", MICROPHONE);
    expect(bench.line.captured).toBe(MICROPHONE);
    bench.line.options.captured(new Float32Array(FRAME));
    expect(bench.socket.said).toHaveLength(2);
  });

  it("is left out rather than sent late", async () => {
    const bench = await new Bench().connect();
    bench.socket.bufferedAmount = 40_000;
    bench.line.options.captured(new Float32Array(FRAME));
    expect(bench.socket.said).toHaveLength(1);
    bench.socket.bufferedAmount = 0;
    bench.line.options.captured(new Float32Array(FRAME));
    expect(bench.socket.said).toHaveLength(2);
  });

  it("is played as it comes, and not any more when it is cleared", async () => {
    const bench = await new Bench().connect();
    bench.socket.hear(Float32Array.of(0, 0.5));
    expect(bench.line.played).toHaveLength(1);
    expect(bench.line.played[0]![1]).toBeCloseTo(0.5, 3);
    bench.socket.receive({ event: "clear" });
    expect(bench.line.cleared).toBe(1);
  });

  it("is Opus where the browser has it, and nothing of that stays open", async () => {
    const codecs = new FakeCodecs();
    const bench = await new Bench({}, codecs).connect();
    expect(bench.socket.said[0]).toMatchObject({ format: { input: { encoding: "opus" } } });
    expect(bench.line.options).toMatchObject({ rate: 48_000, frame: 960 });
    bench.line.options.captured(new Float32Array(960));
    expect(bench.socket.said.at(-1)).toEqual({ event: "media", media: { payload: "AQ==" } });
    bench.socket.receive({ event: "media", media: { payload: "Bw==" } });
    codecs.decoder.deliver();
    expect(bench.line.played).toEqual([Float32Array.of(7)]);
    bench.link.close(false);
    expect([codecs.encoder.state, codecs.decoder.state]).toEqual(["closed", "closed"]);
  });

  it("is heard to its end", async () => {
    const bench = await new Bench().connect();
    bench.line.seconds = 0.12;
    expect(await bench.link.drain()).toEqual({ samples: 0, over: true, ms: 120 + MARGIN_MS });
  });
});

describe("a connection", () => {
  it("carries the messages of the data channel", async () => {
    const bench = await new Bench().connect();
    bench.socket.receive({ type: "log", data: "pause_detected" });
    expect(bench.messages).toEqual([{ type: "log", data: "pause_detected", reason: null }]);
    bench.events.length = 0;
    bench.socket.receive({ mood: "fine" });
    bench.socket.receive({ event: "dance" });
    expect(bench.events).toEqual(['text {"mood":"fine"}']);
  });

  it("pings, and knows the round trip by the answer", async () => {
    const bench = await new Bench().connect();
    await bench.clock.pass(30);
    bench.socket.receive({ event: "pong" });
    await bench.clock.pass(2 * PING_MS);
    expect(bench.socket.sent.filter((text) => text === '{"event":"ping"}')).toHaveLength(3);
    const found: unknown[] = [];
    (await bench.link.statistics())?.forEach((stats) => found.push(stats.currentRoundTripTime));
    expect(found).toContain(0.03);
  });

  it("tells the server how long a reply waits here before it is heard", async () => {
    const bench = await new Bench().connect();
    bench.line.seconds = 0.07;
    bench.socket.receive({ type: "log", data: "response_starting" });
    await bench.clock.pass(SETTLED_MS);
    const told = bench.socket.said.filter(({ type }) => type === "playout").map(({ data }) => data);
    expect(told).toEqual([null, 70]);
    bench.socket.receive({ type: "log", data: "response_starting" });
    bench.link.close(true);
    await bench.clock.pass(SETTLED_MS);
    expect(bench.clock.armed).toBe(0);
  });

  it("tells that it was cut, and nothing once it was closed", async () => {
    const bench = await new Bench().connect();
    bench.socket.vanish();
    expect(bench.events.at(-1)).toBe("closed");
    bench.link.close(false);
    bench.link.close(true);
    bench.socket.onclose?.();
    expect(bench.events.filter((event) => event === "closed")).toHaveLength(1);
    expect(bench.line.closed).toBe(true);
    expect(bench.clock.armed).toBe(0);
    expect(await bench.link.statistics()).toBeNull();
  });

  it("says goodbye where that is polite", async () => {
    const bench = await new Bench().connect();
    bench.link.close(true);
    expect(bench.socket.said.at(-1)).toEqual({ event: "stop" });
    expect(bench.socket.closed).toBe(true);
  });
});
