import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock, settle } from "../testing/clock";
import { FakePeer, FakeServer, FULL } from "../testing/peers";
import { SETTLED_MS } from "../turns/playout_report";
import { encodePlayout, type Message } from "./messages";
import { PeerConnection, PING_MS, type PeerConnectionOptions } from "./peer_connection";

const OPTIONS: PeerConnectionOptions = {
  id: "id-1",
  sessionHash: "page",
  replaces: null,
  start: null,
  direction: "sendrecv",
  kinds: ["audio"],
  tracks: new Map(),
  rtpParams: null,
  videoCodec: null,
  maxBitrate: {},
  codecs: [],
  pushToTalk: false,
  drawn: () => Promise.resolve(),
};
const ADDRESS = { webrtc_id: "id-1", session_hash: "page" };

let browser: FakePeer;
let server: FakeServer;
let clock: FakeClock;
let told: unknown[];
beforeEach(() => {
  [browser, server, clock, told] = [new FakePeer({}), new FakeServer(), new FakeClock(), []];
});

function make(options: Partial<PeerConnectionOptions> = {}): PeerConnection {
  const pc = browser as unknown as RTCPeerConnection;
  return new PeerConnection(pc, server, clock, { ...OPTIONS, ...options }, {
    answered: () => told.push("answered"),
    refused: ({ code }) => told.push(["refused", code]),
    unreachable: () => told.push("unreachable"),
    connection: (state) => told.push(state),
    channelClosed: () => told.push("channel closed"),
    message: ({ type }: Message) => told.push(type),
    incoming: (tracks) => told.push(["incoming", tracks.length]),
    text: (text) => told.push(`text ${text}`),
    warning: (text) => told.push(text),
  });
}

describe("the offer", () => {
  it("names the page, and nothing that is not so", async () => {
    await make().open();
    expect(told).toEqual(["answered"]);
    expect(server.bodies("offer", "offer")).toEqual([{ type: "offer", sdp: FakePeer.offered, ...ADDRESS }]);
  });

  it("names the session that it replaces and the values that it starts with", async () => {
    await make({ replaces: "id-0", start: "token" }).open();
    expect(server.bodies("offer", "offer")[0]).toMatchObject({ replaces: "id-0", start: "token" });
  });

  it("that is refused, or not answered, is told of", async () => {
    server.answers.offer = [FULL, Promise.reject(new Error("offline"))];
    await make().open();
    await make().open();
    expect(told).toEqual([["refused", "concurrency_limit_reached"], "unreachable"]);
  });

  it("that is answered after the end gives its place back", async () => {
    const peer = make();
    const opened = peer.open();
    peer.close(false);
    await opened;
    await peer.settled;
    expect(told).toEqual([]);
    expect(server.bodies("offer")).toEqual([]);
    let answer: (body: unknown) => void = () => undefined;
    browser = new FakePeer({});
    server.answers.offer = [new Promise((resolve) => (answer = resolve))];
    const late = make();
    const opening = late.open();
    await settle();
    late.close(false);
    answer({ type: "answer", sdp: "v=0" });
    await opening;
    expect(server.bodies("leave")).toEqual([ADDRESS]);
  });
});

describe("candidates", () => {
  it("wait for the answer and then travel as they come", async () => {
    const peer = make();
    browser.find("early");
    expect(server.bodies("offer", "ice-candidate")).toEqual([]);
    await peer.open();
    browser.find("late");
    await settle();
    const sent = server.bodies("offer", "ice-candidate").map((body) => body.candidate);
    expect(sent).toMatchObject([{ candidate: "early" }, { candidate: "late" }]);
  });
});

describe("the control channel", () => {
  it("is kept awake while it is open", async () => {
    await make().open();
    browser.connect();
    await clock.pass(2 * PING_MS);
    expect(browser.channel.sent.map((text) => JSON.parse(text) as unknown)).toEqual(
      Array(3).fill({ type: "ping", data: "" }),
    );
    browser.vanish();
    await clock.pass(PING_MS);
    expect([clock.armed, told.at(-1)]).toEqual([0, "channel closed"]);
  });

  it("tells of the button that is held to talk, first of all that there is one", async () => {
    const peer = make({ pushToTalk: true });
    await peer.open();
    peer.talk(true); // nobody can be told yet
    browser.connect();
    peer.talk(true);
    peer.talk(false);
    peer.close(false);
    peer.talk(true);
    const said = browser.channel.sent.map((text) => JSON.parse(text) as Message);
    expect(said.filter(({ type }) => type === "push_to_talk").map(({ data }) => data)).toEqual([
      "released",
      "pressed",
      "released",
    ]);
  });

  it("passes on messages that are ours, and a handler's own as they are", async () => {
    await make().open();
    browser.receive({ type: "send_input" });
    browser.receive({ type: "reboot" });
    expect(told).toEqual(["answered", "send_input", 'text {"type":"reboot"}']);
  });
});

it("tells of each track that comes together with those before it", async () => {
  await make({ kinds: ["audio", "video"] }).open();
  browser.ontrack?.({ track: {} as never });
  browser.ontrack?.({ track: {} as never });
  expect(told.slice(1)).toEqual([["incoming", 1], ["incoming", 2]]);
});

it("tells of the states that matter, and of none after its end", async () => {
  const peer = make();
  await peer.open();
  for (const state of ["connecting", "connected", "disconnected", "failed"]) browser.become(state);
  expect(told.slice(1)).toEqual(["connected", "disconnected", "failed"]);
  peer.close(false);
  browser.become("connected");
  browser.vanish();
  expect(told.slice(1)).toEqual(["connected", "disconnected", "failed"]);
});

describe("a reply that is played", () => {
  it("is measured, and the server told how long it waits here", async () => {
    const connection = make();
    browser.channel.readyState = "open";
    const waited = { jitterBufferDelay: 480, jitterBufferEmittedCount: 4_800 };
    browser.stats.set("in", { id: "in", type: "inbound-rtp", kind: "audio", ...waited });
    const say = (data: string): void => browser.channel.onmessage?.({ data: JSON.stringify({ type: "log", data }) });
    say("response_starting");
    await clock.pass(SETTLED_MS);
    expect(browser.channel.sent).toEqual([encodePlayout(null), encodePlayout(100)]);
    say("response_starting");
    connection.close(false);
    await clock.pass(SETTLED_MS);
    expect(browser.channel.sent).toHaveLength(2);
    expect(clock.armed).toBe(0);
  });
});

describe("the end", () => {
  it("is said to the server where that is polite", async () => {
    const peer = make();
    await peer.open();
    browser.connect();
    peer.close(true);
    peer.close(true);
    expect(browser.channel.sent.map((text) => (JSON.parse(text) as Message).type)).toEqual(["ping", "end_stream"]);
    expect([browser.closed, clock.armed, await peer.statistics()]).toEqual([true, 0, null]);
  });
});

it("warns of parameters that the browser does not take, and goes on", async () => {
  const peer = make({ maxBitrate: { audio: 32_000 } });
  browser.senders[0]!.setParameters = () => Promise.reject(new Error("InvalidModificationError"));
  await peer.open();
  expect(told).toEqual([
    "answered",
    "The browser did not accept rtp_params: Error: InvalidModificationError",
  ]);
});

it("asks for the author's codec first", () => {
  const codecs = ["video/VP8", "video/H264"].map((mimeType) => ({ mimeType, clockRate: 90_000 }));
  make({ kinds: ["video"], videoCodec: "H264", codecs });
  expect(browser.codecs?.map(({ mimeType }) => mimeType)).toEqual(["video/H264", "video/VP8"]);
});

it("sends another track without a new offer", async () => {
  const peer = make();
  await peer.open();
  const track = { kind: "audio" } as MediaStreamTrack;
  await peer.replaceTrack("audio", track);
  await peer.replaceTrack("video", track);
  expect(browser.senders[0]!.track).toBe(track);
  expect(server.bodies("offer", "offer")).toHaveLength(1);
});

describe("what is left to be played", () => {
  const decoded = { type: "inbound-rtp", kind: "video", framesReceived: 9, framesDecoded: 9 };

  it("has come to its end when the last picture has been drawn, not only decoded", async () => {
    let draw: () => void = () => undefined;
    const drawn = new Promise<void>((resolve) => (draw = resolve));
    const peer = make({ kinds: ["video"], drawn: () => drawn });
    browser.stats.set("v", decoded);
    expect((await peer.drain()).over).toBe(false);
    let over = false;
    const last = peer.drain().then((reading) => (over = reading.over));
    await settle();
    expect(over).toBe(false);
    draw();
    await last;
    expect(over).toBe(true);
  });

  it.each([
    { kinds: ["audio"], direction: "sendrecv" },
    { kinds: ["audio", "video"], direction: "sendonly" },
  ] as const)("does not wait for pictures where none are received", async (sent) => {
    const never = new Promise<void>(() => undefined);
    const peer = make({ ...sent, kinds: [...sent.kinds], drawn: () => never });
    browser.stats.set("a", { type: "inbound-rtp", kind: "audio", jitterBufferEmittedCount: 1 });
    await peer.drain();
    expect((await peer.drain()).over).toBe(true);
  });
});
