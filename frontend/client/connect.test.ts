import { describe, expect, it } from "vitest";
import { FakeTrack } from "../lib/testing/browser";
import { settle } from "../lib/testing/clock";
import { AGAIN_MS } from "./signaling/mounted_stream";
import { DeviceError, NetworkError, RefusedError, StreamError } from "./errors";
import { FULL, Page } from "./testing/page";

async function failure(page: Page): Promise<StreamError> {
  const error: unknown = await page.call.opened.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StreamError);
  return error as StreamError;
}

describe("by WebRTC", () => {
  it("the stream's own route is asked, and nothing that only a page of Gradio's knows is sent", async () => {
    const page = new Page();
    const call = await page.begin({ headers: { Authorization: "Bearer x" } });
    expect(page.asked).toEqual([
      {
        url: "https://example.org/stream/webrtc/offer",
        headers: { Authorization: "Bearer x", "Content-Type": "application/json" },
        body: { type: "offer", sdp: "v=0 offer", webrtc_id: "id-1" },
      },
    ]);
    page.peer.find("candidate:1");
    page.peer.connect();
    await expect(call.opened).resolves.toBe(call);
    // Candidates name the process that answered.
    expect(page.bodies("ice-candidate")).toMatchObject([{ webrtc_id: "id-1", process: "p1" }]);
    expect([call.id, call.state, call.way]).toEqual(["id-1", "connected", "webrtc"]);
    expect(page.states).toEqual(["acquiring", "connecting", "connected"]);
    expect(page.peer.transceivers).toMatchObject([{ direction: "sendrecv" }]);
    await call.hangUp();
    expect(page.left).toEqual([]);
  });

  it("the configuration may be asked for, and what it asks may fail", async () => {
    const page = new Page();
    const iceServers = [{ urls: "stun:example.org" }];
    await page.begin({ rtcConfiguration: () => Promise.resolve({ iceServers }) });
    expect(page.peer.configuration).toEqual({ iceServers });
    await page.begin({ rtcConfiguration: () => Promise.reject(new Error("no credentials")) });
    expect(await failure(page)).toMatchObject({
      code: "configuration_error",
      remedy: expect.stringContaining("no credentials") as string,
    });
  });

  it("video and both are what is sent, or what is said", async () => {
    const page = new Page();
    await page.connect({ video: true });
    expect(page.peer.senders).toHaveLength(2);
    await page.connect({ audio: false, video: { width: 640 } });
    expect(page.devices.asked.at(-1)).toMatchObject({ video: { width: 640 } });
    expect(page.peer.senders).toHaveLength(1);
    await page.connect({ mode: "receive", modality: "video" });
    expect(page.devices.asked).toHaveLength(2);
    expect(page.peer.transceivers).toMatchObject([{ source: "video", direction: "recvonly" }]);
  });

  it("a call without a microphone asks for none", async () => {
    const page = new Page();
    await page.connect({ audio: false, modality: "audio" });
    expect(page.devices.asked).toEqual([]);
    expect(page.peer.transceivers).toMatchObject([{ source: "audio", direction: "sendrecv" }]);
  });

  it("a track of one's own is sent as a copy, on an insecure address too", async () => {
    const page = new Page();
    [page.secure, page.mediaDevices] = [false, undefined];
    const tone = new FakeTrack("audio", "tone");
    const call = await page.connect({ audio: tone as unknown as MediaStreamTrack });
    expect(page.peer.senders[0]!.track).toBe(tone.copies[0]);
    await call.hangUp();
    expect([tone.readyState, tone.copies[0]!.readyState]).toEqual(["live", "ended"]);
  });
});

describe("by a websocket", () => {
  it("it is opened at the stream, at once where that is asked for", async () => {
    const page = new Page();
    const call = await page.begin({ by: "websocket" }, "wss://other.example/voice/websocket/offer");
    expect(page.socket.path).toBe("https://other.example/voice/websocket/offer");
    page.socket.connect();
    await expect(call.opened).resolves.toBe(call);
    expect([call.way, page.peers.length]).toEqual(["websocket", 0]);
    await call.hangUp();
    expect(page.socket.said.at(-1)).toEqual({ event: "stop" });
    expect(page.left).toEqual([]);
  });

  it("it takes over where WebRTC finds no way, unless that is not wanted", async () => {
    const page = new Page();
    const call = await page.begin();
    page.peer.become("failed");
    await settle();
    page.socket.connect();
    await settle();
    expect([call.way, call.state]).toEqual(["websocket", "connected"]);
    await page.begin({ fallback: null });
    page.peer.become("failed");
    const error = await failure(page);
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ code: "ice_failed", remedy: expect.stringContaining("TURN") as string });
  });
});

describe("a call that does not come about", () => {
  it.each<[string, object | number | "offline", string, typeof StreamError]>([
    ["no server", "offline", "server_unreachable", NetworkError],
    ["a server that fails", 502, "server_unreachable", NetworkError],
    ["no stream there", 404, "stream_not_found", NetworkError],
    ["another site's page", 403, "origin_not_allowed", RefusedError],
    ["no credentials", 401, "access_denied", RefusedError],
    ["a refusal", { status: "failed", meta: { error: "unexpected_track" } }, "unexpected_track", RefusedError],
    ["no place", FULL, "concurrency_limit_reached", RefusedError],
  ])("says why and what to do: %s", async (_, answer, code, type) => {
    const page = new Page();
    page.answers.push(answer);
    const call = await page.begin();
    const error = await failure(page);
    expect(error).toBeInstanceOf(type);
    expect(error.code).toBe(code);
    expect([error.message, error.remedy].map((text) => text.length > 10)).toEqual([true, true]);
    expect(await call.ended).toEqual({ code, message: expect.any(String) as string, error });
    expect(page.left).toEqual([]);
  });

  it("has the limit where every place is taken", async () => {
    const page = new Page();
    page.answers.push(FULL);
    await page.begin();
    expect(await failure(page)).toMatchObject({ limit: 1, message: "Someone else is connected." });
  });

  it("names the device that it could not have", async () => {
    const page = new Page();
    page.devices.failures.push(Object.assign(new Error(), { name: "NotAllowedError" }));
    await page.begin();
    const error = await failure(page);
    expect(error).toBeInstanceOf(DeviceError);
    expect(error).toMatchObject({ code: "permission_denied", message: "The microphone is blocked" });
  });

  it("may be given up before and while it is made", async () => {
    const page = new Page();
    await page.begin({ signal: AbortSignal.abort() });
    expect(await failure(page)).toMatchObject({ code: "cancelled", name: "CancelledError" });
    const giving = new AbortController();
    await page.begin({ signal: giving.signal });
    giving.abort();
    expect(await failure(page)).toMatchObject({ code: "cancelled" });
    expect(page.left).toEqual([]);
  });

  it.each(["file:///stream", "mailto:a@example.org"])("has no address: %s", async (url) => {
    await expect(new Page().begin({}, url)).rejects.toThrow(TypeError);
  });
});

describe("where every place is taken", () => {
  it("one is waited for as long as that is wanted", async () => {
    const page = new Page();
    page.answers.push(FULL, FULL);
    const call = await page.begin({ placeWithinMs: 5_000 });
    await page.clock.pass(AGAIN_MS);
    expect(page.states).toEqual(["acquiring", "connecting", "waiting"]);
    await page.clock.pass(AGAIN_MS);
    page.peer.connect();
    await expect(call.opened).resolves.toBe(call);
    expect(page.states.at(-1)).toBe("connected");
    await call.hangUp();
    page.answers.push(FULL, FULL, FULL, FULL);
    await page.begin({ placeWithinMs: 1_500 });
    await page.clock.pass(5_000);
    expect(await failure(page)).toMatchObject({ code: "concurrency_limit_reached" });
    expect(page.left).toEqual([]);
  });

  it("nobody waits any more who has hung up", async () => {
    const page = new Page();
    page.answers.push(FULL);
    const call = await page.begin({ placeWithinMs: 60_000 });
    expect(call.state).toBe("waiting");
    void call.hangUp();
    await settle();
    expect(call.state).toBe("idle");
    expect(page.left).toEqual([]);
  });
});
