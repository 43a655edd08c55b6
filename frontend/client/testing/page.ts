/** A page with a mounted stream to talk to, in a world of fakes. */

import { settle } from "../../lib/testing/clock";
import { FakeBrowser } from "../../lib/testing/fake_browser";
import type { Call } from "../call";
import { makeCall, type Browser } from "../connect";
import type { ConnectOptions } from "../options";
import { FakeSource } from "./fake_source";
import type { FakeApp } from "./gradio_app";

interface Asked {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: Record<string, unknown>;
}

export const FULL = {
  status: "failed",
  meta: { error: "concurrency_limit_reached", message: "Someone else is connected.", limit: 1 },
};

export class Page extends FakeBrowser {
  readonly sources: FakeSource[] = [];
  readonly asked: Asked[] = [];
  /** Answers to come: a body, an HTTP error, or that nobody answers. */
  readonly answers: (object | number | "offline")[] = [];
  readonly states: string[] = [];
  readonly told: unknown[] = [];
  /** Where a Gradio app is served at `/gradio`. */
  app: FakeApp | null = null;
  secure = true;
  mediaDevices: MediaDevices | undefined = this.devices as unknown as MediaDevices;
  hidden: (() => void)[] = [];
  call!: Call;

  get source(): FakeSource {
    return this.sources.at(-1)!;
  }

  bodies(type: string): Record<string, unknown>[] {
    return this.asked.map(({ body }) => body).filter((body) => body.type === type);
  }

  /** Begins a call, and lets it go as far as it goes by itself. */
  async begin(options: ConnectOptions = {}, url = "/stream"): Promise<Call> {
    this.call = await makeCall(this.#browser(), url, {
      ...options,
      onState: (state, call) => {
        this.states.push(state);
        options.onState?.(state, call);
      },
    });
    this.call.begin();
    await settle();
    return this.call;
  }

  /** The same, connected by WebRTC. */
  async connect(options: ConnectOptions = {}): Promise<Call> {
    const call = await this.begin(options);
    this.peer.connect();
    await settle();
    return call;
  }

  /** What is still open. */
  get left(): unknown[] {
    return [
      ...this.open,
      ...this.sources.filter((source) => !source.closed),
      ...this.hidden,
      ...Array.from({ length: this.clock.armed }, () => "timer"),
    ];
  }

  #browser(): Browser {
    return {
      address: "https://example.org/app/page.html",
      clock: this.clock,
      fetch: (url, init) => this.#fetch(url as string, init!),
      newId: () => "this page",
      environment: (server, root, sessionHash) => {
        const { secure, mediaDevices } = this;
        const all = this.environment(server, root);
        return { ...all, secure, mediaDevices, sessionHash: () => sessionHash };
      },
      newEventSource: (url) => {
        this.sources.push(new FakeSource(url));
        return this.source;
      },
      onPageHide: (callback) => {
        this.hidden.push(callback);
        return () => (this.hidden = this.hidden.filter((each) => each !== callback));
      },
    };
  }

  #fetch(url: string, init: RequestInit): Promise<Response> {
    if (this.app !== null) return this.app.fetch(url, init);
    const { headers, body } = init;
    const asked = JSON.parse((body ?? "{}") as string) as Record<string, unknown>;
    this.asked.push({ url, headers: headers as Record<string, string>, body: asked });
    const kindly = asked.type === "offer" ? { type: "answer", sdp: "v=0", process: "p1" } : { status: "success" };
    const answer = asked.type === "ice-candidate" ? kindly : (this.answers.shift() ?? kindly);
    if (answer === "offline") return Promise.reject(new TypeError("Failed to fetch"));
    const status = typeof answer === "number" ? answer : 200;
    const json = typeof answer === "number" ? { detail: `No: ${answer}.` } : answer;
    const read = (): Promise<object> => (status === 204 ? Promise.reject(new SyntaxError()) : Promise.resolve(json));
    return Promise.resolve({ ok: status < 400, status, json: read } as Response);
  }
}
