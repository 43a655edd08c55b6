import { describe, expect, it } from "vitest";
import { CONNECT_MS } from "./state_model";
import { PING_MS } from "./peer_connection";
import { named } from "../testing/browser";
import { settle } from "../testing/clock";
import { FakePeer, FULL } from "../testing/peers";
import { expectClean, World } from "../testing/setup";

function ping(): string {
  return '{"type":"ping","data":""}';
}

describe("connecting", () => {
  it("offers at once, trickles candidates after the answer, and is connected", async () => {
    const world = new World();
    let answer!: (body: unknown) => void;
    world.server.answers.offer = [new Promise((resolve) => (answer = resolve))];
    await world.start();
    expect(world.server.bodies("offer", "offer")).toEqual([
      { type: "offer", sdp: "v=0 offer", webrtc_id: "id-1", session_hash: "page" },
    ]);
    world.peer.find("candidate:1");
    await settle();
    expect(world.server.bodies("offer", "ice-candidate")).toEqual([]);
    answer({ type: "answer", sdp: "v=0 answer" });
    await settle();
    world.peer.find(null);
    await settle();
    const candidates = world.server.bodies("offer", "ice-candidate");
    expect(candidates.map((body) => body.candidate)).toEqual([
      { candidate: "candidate:1", sdpMid: "0", sdpMLineIndex: 0 },
      null,
    ]);
    expect(candidates[0]).toMatchObject({ webrtc_id: "id-1", session_hash: "page" });
    world.peer.connect();
    expect(world.states).toEqual(["acquiring", "connecting", "connected"]);
    expect(world.events).toEqual(["identified id-1", "started"]);
  });

  it.each([
    ["send-receive", "audio", ["audio"], "sendrecv"],
    ["send-receive", "audio-video", ["audio", "video"], "sendrecv"],
    ["send", "video", ["video"], "sendonly"],
    ["receive", "audio", ["audio"], "recvonly"],
  ] as const)("%s %s opens what it needs", async (mode, modality, kinds, direction) => {
    const world = new World();
    world.settings = { ...world.settings, mode, modality };
    await world.start();
    expect(world.peer.transceivers.map((transceiver) => transceiver.direction)).toEqual(
      kinds.map(() => direction),
    );
    const opened = world.devices.live.map((track) => track.kind);
    expect(opened).toEqual(mode === "receive" ? [] : kinds);
  });

  it("uses no ICE server unless there is one, and asks anew when it is resolved per connection", async () => {
    const local = new World();
    await local.start();
    expect(local.peer.configuration).toEqual({});
    expect(local.server.bodies("ice_configuration")).toEqual([]);

    const turn = { iceServers: [{ urls: "turn:turn.example" }] };
    const remote = new World();
    remote.settings = { ...remote.settings, dynamicRtcConfiguration: true };
    remote.server.answers.ice_configuration = [{ rtc_configuration: turn }];
    await remote.start();
    expect(remote.peer.configuration).toEqual(turn);
  });

  it("applies the author's sending parameters to the browser's own", async () => {
    const world = new World();
    const rtpParams = {
      degradationPreference: "maintain-framerate",
      encodings: [{ maxBitrate: 500_000 }],
    } as unknown as RTCRtpSendParameters;
    world.settings = { ...world.settings, rtpParams };
    await world.start();
    expect(world.peer.senders[0]!.parameters).toEqual({
      transactionId: "1",
      degradationPreference: "maintain-framerate",
      encodings: [{ active: true, maxBitrate: 500_000 }],
    });
  });

  it("ends in time when nothing comes of it", async () => {
    const world = new World();
    await world.start();
    await world.clock.pass(CONNECT_MS);
    expect(world.view.machine.problem).toEqual({ code: "connect_timeout" });
    expect(world.server.bodies("leave")).toHaveLength(1);
    expectClean(world);
  });
});

describe("what stands in the way", () => {
  it.each([
    ["insecure_origin", { secure: false }],
    ["unsupported_browser", { mediaDevices: undefined }],
  ])("%s is said before anything is asked", async (code, env) => {
    const world = new World(env);
    await world.start();
    expect(world.view.machine).toMatchObject({ name: "failed", problem: { code } });
    expect(world.devices.asked).toEqual([]);
    expectClean(world);
  });

  it("a refused permission asks the server for nothing", async () => {
    const world = new World();
    world.devices.failures.push(named("NotAllowedError"));
    await world.start();
    expect(world.view.machine.problem).toEqual({ code: "permission_denied" });
    expect(world.server.asked).toEqual([]);
  });

  it.each([
    [{ status: "failed", meta: { error: "invalid_offer", message: "No." } }, "invalid_offer"],
    [undefined, "server_unreachable"],
  ])("an answer %j is %s", async (answer, code) => {
    const world = new World();
    world.server.answers.offer = [answer];
    await world.start();
    expect(world.view.machine).toMatchObject({ name: "failed", problem: { code } });
    expectClean(world);
  });

  it("an answer that never comes through is server_unreachable", async () => {
    const world = new World();
    world.server.offer = () => Promise.reject(new Error("offline"));
    await world.start();
    expect(world.view.machine.problem).toEqual({ code: "server_unreachable" });
    expectClean(world);
  });

  it("a configuration the browser refuses is shown in its words", async () => {
    const world = new World({
      newPeer: () => {
        throw named("SyntaxError", "'bad:url' is not a valid ICE server");
      },
    });
    await world.start();
    expect(world.view.machine.problem?.message).toContain("bad:url");
    expectClean(world);
  });
});

describe("waiting for a place", () => {
  it("keeps the microphone, asks until admitted, and offers under the same id", async () => {
    const world = new World();
    world.server.answers.offer = [FULL];
    let admit!: (body: unknown) => void;
    world.server.answers.wait_for_place = [
      { status: "waiting", position: 2 },
      new Promise((resolve) => (admit = resolve)),
    ];
    await world.start();
    expect(world.view.machine).toMatchObject({ name: "waiting", position: 2 });
    expect(world.devices.live).toHaveLength(1);
    admit({ status: "admitted" });
    await settle();
    world.peer.connect();
    expect(world.name).toBe("connected");
    const ids = world.server.asked.map(({ body }) => body.webrtc_id);
    expect(new Set(ids)).toEqual(new Set(["id-1"]));
    expect(world.server.bodies("offer", "offer")).toHaveLength(2);
  });

  it("can be given up, which leaves the line", async () => {
    const world = new World();
    world.server.answers.offer = [FULL];
    world.server.answers.wait_for_place = [new Promise(() => undefined)];
    await world.start();
    world.connection.stop();
    await settle();
    expect(world.server.bodies("leave")).toEqual([{ webrtc_id: "id-1", session_hash: "page" }]);
    expect(world.name).toBe("idle");
    expectClean(world);
  });
});

describe("while connected", () => {
  it("sends a heartbeat, and nothing else by itself", async () => {
    const world = new World();
    await world.connect();
    expect(world.peer.channel.sent).toEqual([ping()]);
    await world.clock.pass(PING_MS * 3);
    expect(world.peer.channel.sent).toEqual([ping(), ping(), ping(), ping()]);
    expect(world.clock.armed).toBe(1);
  });

  it("hands on messages and ignores what is none", async () => {
    const world = new World();
    await world.connect();
    world.peer.receive({ type: "send_input", data: [] });
    world.peer.receive({ type: "reboot" });
    world.peer.channel.onmessage?.({ data: "not json" });
    world.peer.channel.onmessage?.({ data: new ArrayBuffer(4) });
    expect(world.messages.map((message) => message.type)).toEqual(["send_input"]);
    expect(world.name).toBe("connected");
  });

  it.each([
    ["send-receive", "audio", true],
    ["receive", "audio-video", true],
    ["send", "audio", false],
    ["send-receive", "video", false],
  ] as const)("asks for stereo where it plays audio: %s %s", async (mode, modality, asks) => {
    const plain = FakePeer.offered;
    FakePeer.offered = "v=0\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 useinbandfec=1\r\n";
    try {
      const world = new World();
      world.settings = { ...world.settings, mode, modality };
      await world.connect();
      const [body] = world.server.bodies("offer", "offer");
      expect(String(body?.sdp).includes("stereo=1")).toBe(asks);
      expect(world.peer.localDescription?.sdp).toBe(body?.sdp);
    } finally {
      FakePeer.offered = plain;
    }
  });

  it("shows what comes in", async () => {
    const world = new World();
    await world.connect();
    const track = world.devices.opened[0]!;
    world.peer.ontrack?.({ track });
    expect(world.view.remote?.getTracks()).toEqual([track]);
  });

  it("says why the server ended it", async () => {
    const world = new World();
    await world.connect();
    world.peer.receive({ type: "end_stream", data: "The time limit is over.", reason: "time_limit" });
    expect(world.view.machine).toMatchObject({
      name: "idle",
      ending: { code: "time_limit", message: "The time limit is over." },
    });
    expect(world.events.at(-1)).toBe("stopped");
    expectClean(world);
  });

  it("shows a handler's error also when the ending does not repeat it", async () => {
    const world = new World();
    await world.connect();
    world.peer.receive({ type: "error", data: "division by zero" });
    world.peer.receive({ type: "end_stream", data: "", reason: "handler_error" });
    expect(world.view.machine).toMatchObject({
      name: "failed",
      problem: { code: "handler_error", message: "division by zero" },
    });
    expectClean(world);
    expect(world.messages).toEqual([]);
  });

  it("hands on an error that ends nothing", async () => {
    const world = new World();
    await world.connect();
    world.peer.receive({ type: "error", data: "one sentence was lost" });
    await world.clock.pass(1_000);
    expect(world.messages).toMatchObject([{ type: "error", data: "one sentence was lost" }]);
    expect(world.name).toBe("connected");
  });
});
