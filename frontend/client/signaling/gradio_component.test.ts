import { describe, expect, it, vi } from "vitest";
import { settle } from "../../lib/testing/clock";
import type { Call } from "../call";
import type { StreamError } from "../errors";
import type { ConnectOptions, Ending } from "../options";
import { FakeApp } from "../testing/gradio_app";
import { Page } from "../testing/page";

const TAKEN = { status: "failed", meta: { error: "concurrency_limit_reached", message: "One at a time.", limit: 1 } };

/** A page with an app; what requests and their streams do takes more than promises. */
async function begin(page: Page, options: ConnectOptions = {}): Promise<Call> {
  page.app ??= new FakeApp();
  const call = await page.begin({ component: "voice", ...options }, "/gradio");
  await vi.waitFor(() => expect(["acquiring"]).not.toContain(call.state));
  return call;
}

async function connect(page: Page, options: ConnectOptions = {}): Promise<Call> {
  const call = await begin(page, options);
  await vi.waitFor(() => expect(page.app!.names()).toContain("offer"));
  await settle();
  page.peer.connect();
  await call.opened;
  return call;
}

async function refusal(page: Page, options: ConnectOptions, url = "/gradio"): Promise<unknown> {
  return page.begin({ component: "voice", ...options }, url).then(
    (call) => call.opened.catch((error: unknown) => error),
    (error: unknown) => error,
  );
}

describe("a Gradio app's component", () => {
  it("is asked by its server functions, as a page of its own", async () => {
    const page = new Page();
    const call = await connect(page);
    const [offer] = page.app!.asked;
    expect(offer).toMatchObject({ name: "offer", body: { type: "offer", webrtc_id: "id-1", session_hash: "this page" } });
    expect(page.app!.urls[0]).toBe("https://example.org/gradio/config");
    expect(page.app!.urls).toContain("https://example.org/gradio/gradio_api/component_server/");
    await call.hangUp();
    await vi.waitFor(() => expect(page.app!.names()).toContain("leave"));
    await vi.waitFor(() => expect(page.left).toEqual([]));
  });

  it("gives its handler the values of its page, or others, in order", async () => {
    const page = new Page();
    const call = await connect(page);
    const { calls } = page.app!;
    await vi.waitFor(() => expect(calls).toEqual([{ fn: 10, data: ["id-1", "red"] }]));
    await call.sendInput(["blue"]);
    expect(calls.at(-1)).toEqual({ fn: 10, data: ["id-1", "blue"] });
    await expect(call.sendInput({ colour: "blue" })).rejects.toThrow("no names");
    const other = new Page();
    await connect(other, { inputValues: () => ["green"] });
    await vi.waitFor(() => expect(other.app!.calls).toEqual([{ fn: 10, data: ["id-1", "green"] }]));
    other.peer.receive({ type: "send_input" });
    await vi.waitFor(() => expect(other.app!.calls).toHaveLength(2));
  });

  it("has outputs, also those that grow, and several are fetched by one call", async () => {
    const page = new Page();
    page.app = new FakeApp();
    page.app.results[11] = [
      { msg: "process_generating", success: true, output: { data: [{ said: "He" }] } },
      { msg: "process_generating", success: true, output: { data: [[["append", ["said"], "llo"]]] } },
      { msg: "process_completed", success: true, output: { data: [[]] } },
    ];
    const told: unknown[] = [];
    await connect(page, { onOutput: (output) => told.push(output) });
    for (let times = 0; times < 3; times += 1) page.peer.receive({ type: "fetch_output" });
    await vi.waitFor(() => expect(told).toEqual([[{ said: "He" }], [{ said: "Hello" }]]));
    await settle();
    expect(page.app.calls.filter(({ fn }) => fn === 11)).toEqual([{ fn: 11, data: [null] }]);
    page.peer.receive({ type: "fetch_output" });
    // The next call sees what the one before has shown.
    await vi.waitFor(() => expect(page.app!.calls.at(-1)).toEqual({ fn: 11, data: [{ said: "Hello" }] }));
    // The server would strike out the next call.
    expect(page.app.left).toBe(0);
  });

  it("is told of where an event of its app fails", async () => {
    const page = new Page();
    page.app = new FakeApp();
    page.app.results[11] = [{ msg: "process_completed", success: false, output: { error: "no paper" } }];
    const told: string[] = [];
    await connect(page, { onWarning: (text) => told.push(text) });
    page.peer.receive({ type: "fetch_output" });
    await vi.waitFor(() => expect(told).toEqual(["The app's event failed: no paper."]));
  });

  it("that only sends is started by its button", async () => {
    const page = new Page();
    await connect(page, { component: "Radio", inputValues: () => ["now"] });
    expect(page.app!.calls).toEqual([{ fn: 12, data: ["now"] }]);
    expect(page.app!.asked[0]).toMatchObject({ body: { type: "offer", start: "token" } });
    expect(page.devices.asked).toEqual([]);
    expect(page.peer.transceivers).toMatchObject([{ direction: "recvonly" }]);
  });

  it("goes over a websocket of its own", async () => {
    const page = new Page();
    const call = await begin(page, { by: "websocket" });
    await vi.waitFor(() => expect(page.sockets).toHaveLength(1));
    expect(page.socket.path).toBe("https://example.org/gradio/gradio_api/gradio_webrtc/websocket?ticket=t");
    page.socket.connect();
    await call.opened;
    expect(call.way).toBe("websocket");
  });

  it("is connected as its author chose, unless the program says otherwise", async () => {
    const page = new Page();
    page.app = new FakeApp();
    const props = { mode: "send-receive", modality: "video", rtc_configuration: { iceServers: [] } };
    const constrained = { ...props, track_constraints: { width: 320 } };
    page.app.config = { components: [{ id: 4, type: "webrtc", props: constrained }] };
    await connect(page, { component: 0, modality: "audio", audio: true });
    expect(page.devices.asked.at(-1)).toMatchObject({ video: { width: 320 } });
    expect(page.peer.configuration).toEqual({ iceServers: [] });
    const other = new Page();
    other.app = new FakeApp();
    other.app.config = { components: [{ id: 4, type: "webrtc", props: { ...props, dynamic_rtc_configuration: true } }] };
    await connect(other, { component: 0 });
    expect(other.peer.configuration).toEqual({ iceServers: [{ urls: "stun:app" }] });
  });
});

describe("a component that cannot be had", () => {
  it.each<[string, (app: FakeApp) => void, ConnectOptions, string]>([
    ["no server", (app) => (app.down = true), {}, "server_unreachable"],
    ["no app", (app) => (app.config = null), {}, "stream_not_found"],
    ["another name", () => undefined, { component: "Camera" }, "stream_not_found"],
    ["a login", (app) => (app.loggedIn = false), {}, "access_denied"],
    ["a wrong password", (app) => (app.loggedIn = false), { auth: ["me", "wrong"] }, "access_denied"],
  ])("is told: %s", async (_, prepare, options, code) => {
    const page = new Page();
    page.app = new FakeApp();
    prepare(page.app);
    const endings: Ending[] = [];
    const error = await refusal(page, { ...options, onEnd: (ending) => endings.push(ending) });
    expect(error).toMatchObject({ code, message: expect.stringMatching(/.{10}/) as string });
    expect(endings).toMatchObject([{ code, error }]);
  });

  it("is had with the right password, whose cookie goes with every request", async () => {
    const page = new Page();
    page.app = new FakeApp();
    page.app.loggedIn = false;
    await connect(page, { auth: ["me", "secret"] });
    expect(new Set(page.app.requests.map(({ credentials }) => credentials))).toEqual(new Set(["include"]));
  });

  it("of another site says what that has to allow", async () => {
    const page = new Page();
    page.app = new FakeApp();
    page.app.down = true;
    const abroad = await refusal(page, {}, "https://other.example/gradio");
    expect(abroad).toMatchObject({ code: "server_unreachable", remedy: expect.stringContaining("CORSMiddleware") as string });
    expect((abroad as StreamError).remedy).toContain("https://example.org there");
    expect(((await refusal(page, {})) as StreamError).remedy).not.toContain("CORSMiddleware");
    expect(((await refusal(page, { component: undefined }, "https://other.example/s")) as StreamError).remedy).toContain("CORS");
    [page.app.down, page.app.loggedIn] = [false, false];
    const denied = (await refusal(page, {}, "https://other.example/gradio")) as StreamError;
    expect([denied.code, denied.remedy]).toEqual(["access_denied", expect.stringMatching(/auth.*headers/)]);
  });

  it("is had where a token is given, and is no page of something else", async () => {
    const page = new Page();
    await connect(page, { headers: { Authorization: "Bearer x" } });
    const sent = page.app!.requests.map(({ headers }) => (headers as Record<string, string>).Authorization);
    expect(new Set(sent)).toEqual(new Set(["Bearer x"]));
    page.app!.config = "<!doctype html>";
    expect(await refusal(page, {})).toMatchObject({ code: "stream_not_found" });
  });

  it("has no routes, and a mounted stream no login", async () => {
    const page = new Page();
    page.app = new FakeApp();
    expect(await refusal(page, { inputs: "/input_hook" })).toBeInstanceOf(TypeError);
    expect(await refusal(page, { outputs: "/outputs" })).toBeInstanceOf(TypeError);
    expect(await refusal(page, { component: undefined, auth: ["me", "secret"] })).toBeInstanceOf(TypeError);
  });
});

describe("the line of an app whose places are taken", () => {
  it("is stood in, with the place told", async () => {
    const page = new Page();
    page.app = new FakeApp();
    page.app.answers.offer = [TAKEN];
    page.app.answers.wait_for_place = [{ status: "waiting", position: 2 }];
    const positions: unknown[] = [];
    const onState = (state: string, call: Call): unknown => state === "waiting" && positions.push(call.position);
    const call = await begin(page, { placeWithinMs: 60_000, onState });
    await vi.waitFor(() => expect(page.app!.names().filter((name) => name === "offer")).toHaveLength(2));
    await settle();
    page.peer.connect();
    await call.opened;
    expect(page.states).toContain("waiting");
    expect(page.app.names().filter((name) => name === "wait_for_place")).toHaveLength(2);
  });

  it("is left after the time it may take", async () => {
    const page = new Page();
    page.app = new FakeApp();
    page.app.answers.offer = [TAKEN, TAKEN];
    const call = await begin(page);
    await expect(call.opened).rejects.toMatchObject({ code: "concurrency_limit_reached", limit: 1 });
    expect(page.app.names()).toEqual(["offer", "leave"]);
  });
});
