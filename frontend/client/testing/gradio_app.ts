/** A Gradio app that answers as a test says. */

import type { GradioConfig } from "../signaling/gradio_config";

export const CONFIG: GradioConfig = {
  components: [
    { id: 1, type: "textbox", props: { value: "red" } },
    {
      id: 2,
      type: "webrtc",
      props: { ...{ label: "Voice", elem_id: "voice", mode: "send-receive", modality: "audio" }, ...{ value: null } },
    },
    { id: 3, type: "json", props: { value: null } },
    {
      id: 5,
      type: "webrtc",
      props: { ...{ label: "Radio", mode: "receive", modality: "audio", push_to_talk: true }, ...{ value: null } },
    },
    { id: 6, type: "button" },
  ],
  dependencies: [
    { id: 10, targets: [[2, "tick"]], inputs: [2, 1], outputs: [] },
    { id: 11, targets: [[2, "state_change"]], inputs: [3], outputs: [3] },
    { id: 12, targets: [[6, "click"]], inputs: [1], outputs: [5] },
  ],
};

interface Call {
  readonly fn: number;
  readonly data: unknown[];
}

export class FakeApp {
  config: unknown = CONFIG;
  /** What server functions were asked, by name. */
  readonly asked: { name: string; body: Record<string, unknown> }[] = [];
  readonly answers: Record<string, unknown[]> = {};
  readonly calls: Call[] = [];
  readonly urls: string[] = [];
  readonly requests: RequestInit[] = [];
  /** What calls of an event lead to: messages of the app's, without the call's id. */
  results: Record<number, Record<string, unknown>[]> = {
    11: [{ msg: "process_completed", success: true, output: { data: ["heard"] } }],
    12: [{ msg: "process_completed", success: true, output: { data: ["start:token"] } }],
  };
  /** How many streams of events were left before their end. */
  left = 0;
  readonly #read = new WeakSet<object>();
  loggedIn = true;
  down = false;

  fetch(url: string, init: RequestInit): Promise<Response> {
    if (this.down) return Promise.reject(new TypeError("Failed to fetch"));
    this.urls.push(url);
    this.requests.push(init);
    return Promise.resolve(this.#answer(new URL(url).pathname.replace(/^\/gradio/, ""), init.body));
  }

  names(): string[] {
    return this.asked.map(({ name }) => name);
  }

  #answer(path: string, body: unknown): Response {
    if (path === "/login") {
      this.loggedIn = (body as URLSearchParams).get("password") === "secret";
      return this.loggedIn ? json({ success: true }) : json({ detail: "Incorrect credentials." }, 400);
    }
    if (!this.loggedIn) return json({ detail: "Not authenticated" }, 401);
    if (path === "/config") return this.#config();
    if (path === "/gradio_api/queue/data") return this.#events();
    const asked = JSON.parse(body as string) as Record<string, unknown>;
    if (path === "/gradio_api/queue/join") {
      this.calls.push({ fn: asked.fn_index as number, data: asked.data as unknown[] });
      return json({ event_id: `event-${this.calls.length}` });
    }
    const name = asked.fn_name as string;
    const data = asked.data as Record<string, unknown>;
    this.asked.push({ name, body: data });
    return json(this.answers[name]?.shift() ?? this.#kindly(name, data));
  }

  #config(): Response {
    if (typeof this.config === "string") return new Response(this.config);
    return this.config === null ? json({ detail: "Not Found" }, 404) : json(this.config);
  }

  #kindly(name: string, { type }: Record<string, unknown>): object {
    if (name === "websocket") return { path: "/gradio_api/gradio_webrtc/websocket?ticket=t" };
    if (name === "ice_configuration") return { rtc_configuration: { iceServers: [{ urls: "stun:app" }] } };
    if (name === "wait_for_place") return { status: "admitted" };
    return type === "offer" ? { type: "answer", sdp: "v=0" } : { status: "success" };
  }

  #events(): Response {
    const { fn } = this.calls.at(-1)!;
    const completed = { msg: "process_completed", success: true, output: { data: [] } };
    const other = { msg: "process_completed", event_id: "another page's", output: { data: ["no"] } };
    const ours = (this.results[fn] ?? [completed]).map((each) => ({ event_id: `event-${this.calls.length}`, ...each }));
    const text = [{ msg: "estimation" }, other, ...ours].map((each) => `data: ${JSON.stringify(each)}\n\n`).join("");
    const bytes = new TextEncoder().encode(text);
    const cancel = (): void => void (this.left += 1);
    const body = new ReadableStream({
      cancel,
      pull: (stream) => {
        if (this.#read.has(stream)) return stream.close();
        this.#read.add(stream);
        stream.enqueue(bytes);
      },
    });
    return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
  }
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status });
}
