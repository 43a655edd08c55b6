/** Peer connections and a server whose behaviour a test decides. */

import type { Server } from "../types";
import type { FakeTrack } from "./browser";

export class FakeSender {
  parameters = { encodings: [{ active: true }], transactionId: "1" } as unknown as RTCRtpSendParameters;

  constructor(public track: FakeTrack | null) {}

  replaceTrack(track: FakeTrack | null): Promise<void> {
    this.track = track;
    return Promise.resolve();
  }

  getParameters(): RTCRtpSendParameters {
    return this.parameters;
  }

  setParameters(parameters: RTCRtpSendParameters): Promise<void> {
    this.parameters = parameters;
    return Promise.resolve();
  }
}

export class FakeChannel {
  readyState: "connecting" | "open" | "closed" = "connecting";
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  readonly sent: string[] = [];

  send(text: string): void {
    if (this.readyState !== "open") throw new Error("InvalidStateError");
    this.sent.push(text);
  }
}

export class FakePeer {
  readonly channel = new FakeChannel();
  readonly senders: FakeSender[] = [];
  readonly transceivers: { source: FakeTrack | string; direction: string }[] = [];
  /** The order of video codecs that was asked for, if one was. */
  codecs: RTCRtpCodec[] | null = null;
  connectionState = "new";
  closed = false;
  stats = new Map<string, object>();
  localDescription: { sdp: string } | null = null;
  remoteDescription: { sdp: string } | null = null;
  onconnectionstatechange: (() => void) | null = null;
  onicecandidate: ((event: { candidate: unknown }) => void) | null = null;
  ontrack: ((event: { track: FakeTrack }) => void) | null = null;

  constructor(readonly configuration: RTCConfiguration) {}

  createDataChannel(): FakeChannel {
    return this.channel;
  }

  addTransceiver(
    source: FakeTrack | string,
    { direction }: { direction: string },
  ): { sender: FakeSender; setCodecPreferences: (codecs: RTCRtpCodec[]) => void } {
    const sender = new FakeSender(typeof source === "string" ? null : source);
    this.senders.push(sender);
    this.transceivers.push({ source, direction });
    const setCodecPreferences = (codecs: RTCRtpCodec[]): void => void (this.codecs = codecs);
    return { sender, setCodecPreferences };
  }

  getStats(): Promise<Map<string, object>> {
    return Promise.resolve(this.stats);
  }

  /** What the browser would offer by itself. */
  static offered = "v=0 offer";

  createOffer(): Promise<{ type: string; sdp: string }> {
    return Promise.resolve({ type: "offer", sdp: FakePeer.offered });
  }

  setLocalDescription(description?: { sdp: string }): Promise<void> {
    this.localDescription = description ?? { sdp: FakePeer.offered };
    return Promise.resolve();
  }

  setRemoteDescription(description: { sdp: string }): Promise<void> {
    this.remoteDescription = description;
    return Promise.resolve();
  }

  close(): void {
    this.closed = true;
    this.channel.readyState = "closed";
  }

  // -- what a test lets happen --

  become(state: string): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  connect(): void {
    this.become("connected");
    this.channel.readyState = "open";
    this.channel.onopen?.();
  }

  /** What happens when the other side is gone: browsers then report the channel closed. */
  vanish(): void {
    this.channel.readyState = "closed";
    this.channel.onclose?.();
  }

  receive(message: object): void {
    this.channel.onmessage?.({ data: JSON.stringify(message) });
  }

  find(candidate: string | null): void {
    const init = candidate === null ? null : { candidate, sdpMid: "0", sdpMLineIndex: 0 };
    this.onicecandidate?.({ candidate: init && { toJSON: () => init } });
  }
}

type Body = Record<string, unknown>;

/** Records what it is asked and answers from a queue, or else kindly. */
export class FakeServer implements Server {
  readonly asked: { what: keyof Server; body: Body }[] = [];
  /** Answers to come, by function; a promise keeps the page waiting. */
  readonly answers: Partial<Record<keyof Server, unknown[]>> = {};

  offer(body: Body): Promise<unknown> {
    const kind = body.type === "offer" ? { type: "answer", sdp: "v=0 answer" } : { status: "success" };
    return this.#answer("offer", body, kind, body.type === "offer");
  }

  websocket(body: Body): Promise<unknown> {
    return this.#answer("websocket", body, { path: "/socket" });
  }

  ice_configuration(body: Body): Promise<unknown> {
    return this.#answer("ice_configuration", body, { rtc_configuration: null });
  }

  wait_for_place(body: Body): Promise<unknown> {
    return this.#answer("wait_for_place", body, { status: "admitted" });
  }

  leave(body: Body): Promise<unknown> {
    return this.#answer("leave", body, { status: "success" });
  }

  outputs_waiting(body: Body): Promise<unknown> {
    return this.#answer("outputs_waiting", body, { waiting: 0, taken: 0 });
  }

  reach(body: Body): Promise<unknown> {
    return this.#answer("reach", body, { status: "success" });
  }

  bodies(what: keyof Server, type?: string): Body[] {
    const all = this.asked.filter((question) => question.what === what);
    return all.map(({ body }) => body).filter((body) => type === undefined || body.type === type);
  }

  #answer(what: keyof Server, body: Body, kindly: unknown, queued = true): Promise<unknown> {
    this.asked.push({ what, body });
    const answers = this.answers[what];
    if (!queued || !answers || answers.length === 0) return Promise.resolve(kindly);
    return Promise.resolve(answers.shift());
  }
}

export const FULL = {
  status: "failed",
  meta: { error: "concurrency_limit_reached", message: "Someone else is connected.", limit: 1 },
};
