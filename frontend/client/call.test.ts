import { describe, expect, it } from "vitest";
import { FakeTrack } from "../lib/testing/browser";
import { settle } from "../lib/testing/clock";
import { HandlerError } from "./errors";
import type { ConnectOptions } from "./options";
import { LAST_MS } from "./signaling/host";
import { Page } from "./testing/page";

/** What the callbacks were told. */
function noting(told: unknown[]): ConnectOptions {
  return {
    onMessage: ({ type, data }) => told.push(`${type} ${String(data)}`),
    onText: (text) => told.push(text),
    onTurn: (turn) => told.push(`turn ${turn}`),
    onOutput: (output) => told.push(output),
    onWarning: (text) => told.push(`warning ${text}`),
    onRemote: (stream) => told.push(stream === null ? "remote gone" : "remote"),
    onLocal: (stream) => told.push(stream === null ? "local gone" : "local"),
    onEnd: ({ code }) => told.push(`end ${code}`),
  };
}

describe("what is received", () => {
  it("is played, and handed over whenever it is another stream", async () => {
    const page = new Page();
    let played = 0;
    const element = {
      srcObject: null as unknown,
      play: () => {
        played += 1;
        return Promise.resolve();
      },
    };
    const call = await page.connect({
      ...noting(page.told),
      element: element as unknown as HTMLMediaElement,
    });
    page.peer.ontrack?.({ track: new FakeTrack("audio", "server") });
    expect(element.srcObject).toBe(call.remote);
    expect(call.remote).not.toBeNull();
    expect(played).toBe(1);
    await call.hangUp();
    expect(element.srcObject).toBeNull();
    expect(page.told).toEqual(["local", "remote", "local gone", "remote gone", "end hung_up"]);
  });

  it("is told: messages, the handler's own texts, warnings and turns", async () => {
    const page = new Page();
    const call = await page.connect(noting(page.told));
    page.told.length = 0;
    page.peer.receive({ type: "log", data: "started_talking" });
    page.peer.receive({ type: "warning", data: "Slowly!" });
    page.peer.receive({ mood: "fine" });
    expect(page.told).toEqual([
      "turn speaking",
      "log started_talking",
      "warning Slowly!",
      "warning Slowly!",
      '{"mood":"fine"}',
    ]);
    expect(call.turn).toBe("speaking");
  });
});

describe("outputs", () => {
  it("come by the app's own event source, parsed where they are JSON, and are read to their end", async () => {
    const page = new Page();
    const options = { ...noting(page.told), outputs: "/outputs?webrtc_id={webrtc_id}" };
    const call = await page.connect(options);
    page.told.length = 0;
    expect(page.source.url).toBe("https://example.org/outputs?webrtc_id=id-1");
    page.source.emit("message", '{"seconds": 2}');
    page.source.emit("output", "as it is");
    // While the call goes on, a browser opens it again.
    page.source.emit("error");
    expect(page.source.closed).toBe(false);
    void call.hangUp();
    await settle();
    page.source.emit("message", "7");
    expect(page.told).toEqual([{ seconds: 2 }, "as it is", "local gone", "end hung_up", 7]);
    page.source.emit("error");
    expect(page.left).toEqual([]);
  });

  it("of an app that never ends them are not waited for longer than that", async () => {
    const page = new Page();
    const call = await page.connect({ outputs: "outputs/{webrtc_id}" });
    expect(page.source.url).toBe("https://example.org/stream/outputs/id-1");
    await call.hangUp();
    await page.clock.pass(LAST_MS);
    expect(page.left).toEqual([]);
  });
});

describe("inputs", () => {
  it("are posted whenever the handler asks for them, and when the program likes", async () => {
    const page = new Page();
    const inputValues = (): { higher: number } => ({ higher: 1.4 });
    const call = await page.connect({ inputs: "/input_hook", inputValues });
    page.peer.receive({ type: "send_input" });
    await settle();
    await call.sendInput({ higher: 2 });
    await call.sendInput([2, "loud"]);
    const posted = page.asked.filter(({ url }) => url === "https://example.org/input_hook");
    expect(posted.map(({ body }) => body)).toEqual([
      { webrtc_id: "id-1", higher: 1.4 },
      { webrtc_id: "id-1", higher: 2 },
      { webrtc_id: "id-1", values: [2, "loud"] },
    ]);
  });

  it("that the app does not take are an error with its words", async () => {
    const page = new Page();
    const call = await page.connect({ ...noting(page.told), inputs: "/input_hook", inputValues: () => ({}) });
    page.answers.push(422, 422, "offline");
    await expect(call.sendInput()).rejects.toMatchObject({ code: "invalid_request", message: "No: 422." });
    page.peer.receive({ type: "send_input" });
    await settle();
    expect(page.told).toContain("warning No: 422.");
    await expect(call.sendInput()).rejects.toMatchObject({ code: "server_unreachable" });
    page.answers.push(204);
    await expect(call.sendInput()).resolves.toBeUndefined();
    await call.hangUp();
    await expect(call.sendInput()).rejects.toMatchObject({ code: "connection_lost" });
    await expect((await page.connect()).sendInput()).rejects.toMatchObject({
      remedy: expect.stringContaining("/input_hook") as string,
    });
  });
});

describe("the microphone", () => {
  it("waits for a button where it is to, and the server is told", async () => {
    const page = new Page();
    const call = await page.connect({ pushToTalk: true });
    const [track] = page.devices.live;
    const said = (): unknown[] =>
      page.peer.channel.sent.filter((text) => text.includes("push_to_talk")).map((text) => JSON.parse(text) as unknown);
    expect(track!.enabled).toBe(false);
    call.talk(true);
    expect(track!.enabled).toBe(true);
    call.talk(false);
    expect(said()).toEqual([
      { type: "push_to_talk", data: "released" },
      { type: "push_to_talk", data: "pressed" },
      { type: "push_to_talk", data: "released" },
    ]);
  });

  it("is muted, and exchanged for another", async () => {
    const page = new Page();
    const call = await page.connect();
    call.setMuted("audio", true);
    expect([call.isMuted("audio"), page.devices.live[0]!.enabled]).toEqual([true, false]);
    expect(call.devices.audio.map(({ deviceId }) => deviceId)).toEqual(["headset", "built-in"]);
    await call.switchDevice("audio", "built-in");
    expect(page.peer.senders[0]!.track!.deviceId).toBe("built-in");
  });
});

describe("the end", () => {
  it("of the server's making has its reason and words", async () => {
    const page = new Page();
    const call = await page.connect();
    page.peer.receive({ type: "end_stream", data: "Until tomorrow.", reason: "time_limit" });
    expect(await call.ended).toEqual({ code: "time_limit", message: "Until tomorrow.", error: null });
    expect(page.left).toEqual([]);
  });

  it("by an error of the handler's is one", async () => {
    const page = new Page();
    const call = await page.connect();
    page.peer.receive({ type: "end_stream", data: "No oracle today", reason: "handler_error" });
    const { error } = await call.ended;
    expect(error).toBeInstanceOf(HandlerError);
    expect(error?.message).toBe("No oracle today");
  });

  it("comes by itself when the page goes away, and twice does no harm", async () => {
    const page = new Page();
    const call = await page.connect({ ...noting(page.told), outputs: "/outputs/{webrtc_id}" });
    page.hidden[0]!();
    call.dispose();
    expect(page.left).toEqual([]);
    expect(page.told.filter((each) => String(each).startsWith("end"))).toEqual(["end hung_up"]);
    expect(await call.hangUp()).toMatchObject({ code: "hung_up", error: null });
    expect(page.peer.channel.sent.at(-1)).toContain("end_stream");
  });

  it("of a connection is none of the call's: it is made again, and its outputs are read on", async () => {
    const page = new Page();
    const call = await page.connect({ outputs: "/outputs?webrtc_id={webrtc_id}" });
    page.peer.vanish();
    await page.clock.pass(0);
    page.peer.connect();
    await settle();
    expect(page.bodies("offer").at(-1)).toMatchObject({ webrtc_id: "id-2", replaces: "id-1" });
    expect([call.id, page.sources.length, page.sources[0]!.closed]).toEqual(["id-2", 2, true]);
    expect(page.states).toEqual(["acquiring", "connecting", "connected", "reconnecting", "connected"]);
  });
});

describe("a connection that is lost", () => {
  it("is kept while a mounted stream cannot be reached either", async () => {
    const page = new Page();
    const call = await page.connect();
    page.answers.push("offline");
    page.online = false;
    page.peer.become("failed");
    await settle();
    expect(call.state).toBe("reconnecting");
    expect(page.asked.at(-1)!.url).toBe("https://example.org/stream/webrtc/health");
    page.peer.become("connected");
    expect(call.state).toBe("connected");
    expect(page.bodies("offer")).toHaveLength(1);
    page.peer.become("failed");
    await settle();
    await page.clock.pass(0);
    expect(page.bodies("offer")).toHaveLength(2);
    call.dispose();
  });
});
