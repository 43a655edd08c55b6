/**
 * One attempt at a connection over a websocket, for audio that finds no way by WebRTC. It looks to
 * the rest of the page as a peer connection does.
 */

import type { Environment, Link, LinkEvents } from "../connection/environment";
import { talkMessage } from "../connection/messages";
import { parseSocketPath } from "../connection/signaling";
import { MARGIN_MS, type DrainReading } from "../playback/jitter_buffer_drain";
import type { Report } from "../playback/statistics";
import { PlayoutReport } from "../turns/playout_report";
import type { Kind } from "../types";
import type { AudioLine } from "./audio_line";
import { chooseCodec, type AudioCodec } from "./audio_codecs";
import { mediaMessage, parseIncoming, PING, startMessage, STOP } from "./socket_messages";
import { SocketStatistics } from "./socket_statistics";

/** As on the data channel; behind proxies it also keeps a silent connection from being dropped. */
export const PING_MS = 5_000;
const FRAMES_PER_SECOND = 50;

export interface WebsocketLinkOptions {
  readonly id: string;
  /** The id of this page's own earlier session, whose place this one takes over. */
  readonly replaces: string | null;
  /** Names the values that the app keeps for this start. */
  readonly start: string | null;
  /** What is sent at first; `null` for nothing. */
  readonly track: MediaStreamTrack | null;
  /** Of what is sent, bits per second, where the codec has a choice. */
  readonly bitrate: number;
  /** Whether the person talks by a button. */
  readonly pushToTalk: boolean;
}

type Parts = Pick<
  Environment,
  "clock" | "server" | "sessionHash" | "newSocket" | "openAudioLine" | "webCodecs"
>;

export class WebsocketLink implements Link {
  readonly #statistics = new SocketStatistics();
  readonly #playout: PlayoutReport;
  #line: AudioLine | null = null;
  #codec: AudioCodec | null = null;
  #socket: WebSocket | null = null;
  #track: MediaStreamTrack | null;
  #started = false;
  #closed = false;
  #pingTimer: number | null = null;
  #pingedAt: number | null = null;
  #settle!: () => void;
  readonly settled = new Promise<void>((resolve) => (this.#settle = resolve));

  constructor(
    private readonly env: Parts,
    private readonly options: WebsocketLinkOptions,
    private readonly events: LinkEvents,
  ) {
    this.#track = options.track;
    this.#playout = new PlayoutReport(
      env.clock,
      () => this.statistics(),
      (text) => this.#send(text),
    );
  }

  async open(): Promise<void> {
    try {
      // Neither needs the other: the graph takes as long to open as the server to answer.
      const [reply, line] = await Promise.all([this.#ask(), this.#openLine()]);
      if (line === null) return;
      if (reply.kind === "ok") return this.#connect(reply.value);
      if (reply.kind === "refused") this.events.refused(reply.problem);
      else this.events.unreachable();
    } catch (error) {
      this.#settle();
      throw error;
    }
    this.#settle();
  }

  replaceTrack(kind: Kind, track: MediaStreamTrack | null): Promise<void> {
    if (kind === "audio") {
      this.#track = track;
      this.#line?.capture(track);
    }
    return Promise.resolve();
  }

  talk(pressed: boolean): void {
    if (this.#started) this.#send(talkMessage(pressed));
  }

  async statistics(): Promise<Report | null> {
    const name = this.#codec?.name;
    if (this.#closed || name === undefined || this.#line === null) return null;
    this.#statistics.waiting(await this.#line.waiting());
    return this.#statistics.report(name, this.env.clock.now());
  }

  async drain(): Promise<DrainReading> {
    const seconds = (await this.#line?.waiting()) ?? 0;
    return { samples: 0, over: true, ms: Math.round(seconds * 1000) + MARGIN_MS };
  }

  close(polite: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#pingTimer !== null) this.env.clock.clear(this.#pingTimer);
    this.#playout.close();
    if (polite) this.#send(STOP);
    this.#socket?.close();
    this.#line?.close();
    this.#codec?.close();
    this.#settle();
  }

  /** A method, as TypeScript takes a field to be the same after an `await`. */
  #isClosed(): boolean {
    return this.#closed;
  }

  async #ask(): Promise<ReturnType<typeof parseSocketPath>> {
    const question = { session_hash: this.env.sessionHash() };
    return parseSocketPath(await this.env.server.websocket(question).catch(() => undefined));
  }

  /** Opens codec and audio graph; `null` when nobody wants them any more. */
  async #openLine(): Promise<AudioLine | null> {
    const codec = await chooseCodec(this.env.webCodecs, this.options.bitrate, {
      encoded: (payload) => this.#encoded(payload),
      decoded: (samples) => this.#line?.play(samples),
    });
    const options = { rate: codec.rate, frame: codec.rate / FRAMES_PER_SECOND };
    const captured = (samples: Float32Array<ArrayBuffer>): void => this.#captured(samples);
    const line = await this.env.openAudioLine({ ...options, captured }).catch((error: unknown) => {
      codec.close();
      throw error;
    });
    if (this.#isClosed()) {
      codec.close();
      line.close();
      return null;
    }
    this.#codec = codec;
    line.capture(this.#track);
    return (this.#line = line);
  }

  #connect(path: string): void {
    if (this.#closed) return;
    const { id, replaces, start } = this.options;
    const socket = (this.#socket = this.env.newSocket(path));
    socket.onopen = () => {
      this.#send(startMessage({ id, replaces, start, format: this.#codec! }));
    };
    socket.onmessage = ({ data }) => {
      if (typeof data === "string" && !this.#closed) this.#receive(data);
    };
    socket.onclose = () => {
      this.#settle();
      if (this.#closed) return;
      if (this.#started) this.events.channelClosed();
      else this.events.unreachable();
    };
  }

  #receive(wire: string): void {
    const incoming = parseIncoming(wire);
    switch (incoming?.kind) {
      case "started":
        return this.#begin();
      case "media":
        this.#statistics.received(incoming.payload.length);
        return this.#codec?.decode(incoming.payload);
      case "clear":
        this.#codec?.clear();
        return this.#line?.clear();
      case "pong":
        return this.#ponged();
      case "refused":
        this.#settle();
        return this.events.refused(incoming.problem);
      case "message":
        this.#playout.receive(incoming.message);
        return this.events.message(incoming.message);
      case undefined:
        // An event that we do not know is none of the handler's texts.
        if (!wire.startsWith('{"event"')) this.events.text(wire);
    }
  }

  #begin(): void {
    if (this.#started) return;
    this.#started = true;
    this.#settle();
    this.events.answered();
    if (this.#line !== null) this.events.incoming([this.#line.output]);
    this.events.connection("connected");
    this.#ping();
    if (this.options.pushToTalk) this.talk(false);
  }

  #captured(samples: Float32Array<ArrayBuffer>): void {
    if (!this.#started || this.#closed || this.#track === null) return;
    // What is captured while half a second of it waits to be sent would come too late.
    const waiting = this.#socket?.bufferedAmount ?? 0;
    if (waiting > this.#codec!.halfSecond) return this.#statistics.dropped();
    this.#codec!.encode(samples);
  }

  #encoded(payload: Uint8Array): void {
    this.#statistics.sent(payload.length);
    this.#send(mediaMessage(payload));
  }

  #ping(): void {
    if (this.#closed) return;
    this.#pingedAt ??= this.env.clock.now();
    this.#send(PING);
    this.#pingTimer = this.env.clock.set(() => this.#ping(), PING_MS);
  }

  #ponged(): void {
    if (this.#pingedAt !== null) this.#statistics.roundTrip(this.env.clock.now() - this.#pingedAt);
    this.#pingedAt = null;
  }

  #send(text: string): void {
    if (this.#socket?.readyState === OPEN) this.#socket.send(text);
  }
}

/** `WebSocket.OPEN`. */
const OPEN = 1;
