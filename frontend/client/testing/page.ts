/** A page with a mounted stream to talk to, in a world of fakes. */

import type { Environment } from "../../lib/connection/environment";
import { settle } from "../../lib/testing/clock";
import { FakeBrowser } from "../../lib/testing/fake_browser";
import type { Call } from "../call";
import { makeCall, type Browser } from "../connect";
import type { ConnectOptions } from "../options";
import { FakeSource } from "./fake_source";

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
    this.call = makeCall(this.#browser(), url, {
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
      environment: (server, root) => this.environment(server, root),
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

  override environment(server: Environment["server"], root: string): Environment {
    const { secure, mediaDevices } = this;
    return { ...super.environment(server, root), secure, mediaDevices, sessionHash: () => "" };
  }

  #fetch(url: string, { headers, body }: RequestInit): Promise<Response> {
    const asked = JSON.parse(body as string) as Record<string, unknown>;
    this.asked.push({ url, headers: headers as Record<string, string>, body: asked });
    const kindly = asked.type === "offer" ? { type: "answer", sdp: "v=0", process: "p1" } : { status: "success" };
    const answer = asked.type === "ice-candidate" ? kindly : (this.answers.shift() ?? kindly);
    if (answer === "offline") return Promise.reject(new TypeError("Failed to fetch"));
    const status = typeof answer === "number" ? answer : 200;
    const json = typeof answer === "number" ? { detail: `No: ${answer}.` } : answer;
    return Promise.resolve({ ok: status < 400, status, json: () => Promise.resolve(json) } as Response);
  }
}
