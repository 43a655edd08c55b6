/**
 * One attempt at a connection: one RTCPeerConnection, its control channel and its candidates. It
 * reports what happens and decides nothing; a new attempt is a new PeerConnection.
 */

import { preferred, sendParameters, withStartBitrate } from "../capture/codec_preferences";
import { decode, encode, talkMessage } from "./messages";
import { readDrain, type DrainReading } from "../playback/jitter_buffer_drain";
import type { Link, LinkEvents } from "./environment";
import { askForStereo } from "./sdp";
import { PlayoutReport } from "../turns/playout_report";
import { CandidateQueue, parseAnswer } from "./signaling";
import type { Bitrates, Clock, Kind, RtpParams, Server, VideoCodec } from "../types";

/** The server drops a page that is silent for 20 s; three heartbeats in a row may get lost. */
export const PING_MS = 5_000;

export interface PeerConnectionOptions {
  readonly id: string;
  readonly sessionHash: string;
  /** The id of this page's own earlier session, whose place this one takes over. */
  readonly replaces: string | null;
  /** Names the values that the app keeps for this start. */
  readonly start: string | null;
  readonly direction: RTCRtpTransceiverDirection;
  readonly kinds: readonly Kind[];
  readonly tracks: ReadonlyMap<Kind, MediaStreamTrack>;
  readonly rtpParams: RtpParams | null;
  readonly videoCodec: VideoCodec | null;
  readonly maxBitrate: Bitrates;
  /** Whether the person talks by a button. */
  readonly pushToTalk: boolean;
  /** The video codecs of this browser, best first. */
  readonly codecs: readonly RTCRtpCodec[];
  /** When the page has drawn what it has now. */
  readonly drawn: () => Promise<void>;
}

export class PeerConnection implements Link {
  readonly #channel: RTCDataChannel;
  readonly #candidates: CandidateQueue;
  readonly #senders = new Map<Kind, RTCRtpSender>();
  readonly #incoming: MediaStreamTrack[] = [];
  readonly #playout: PlayoutReport;
  #pingTimer: number | null = null;
  #closed = false;
  #reading: DrainReading | null = null;
  #negotiation: Promise<void> = Promise.resolve();

  constructor(
    private readonly pc: RTCPeerConnection,
    private readonly server: Server,
    private readonly clock: Clock,
    private readonly options: PeerConnectionOptions,
    private readonly events: LinkEvents,
  ) {
    this.#candidates = new CandidateQueue((candidate) =>
      server.offer({ type: "ice-candidate", candidate, ...this.#address() }),
    );
    this.#channel = pc.createDataChannel("control", { ordered: true });
    this.#playout = new PlayoutReport(
      clock,
      () => this.statistics(),
      (text) => this.#say(text),
    );
    this.#addMedia();
    this.#listen();
  }

  /** Sends the offer and takes the answer; what comes of it is reported as events. */
  open(): Promise<void> {
    return (this.#negotiation = this.#negotiate());
  }

  /** When the server has answered, or it is known that it will not; never rejects. */
  get settled(): Promise<void> {
    return this.#negotiation.catch(() => undefined);
  }

  async #negotiate(): Promise<void> {
    const { replaces, start } = this.options;
    await this.#describe();
    if (this.#isClosed()) return;
    const body = await this.server
      .offer({
        type: "offer",
        sdp: this.pc.localDescription?.sdp,
        ...this.#address(),
        ...(replaces !== null && { replaces }),
        ...(start !== null && { start }),
      })
      .catch(() => undefined);
    const reply = parseAnswer(body);
    if (this.#isClosed()) {
      // Stopped while the offer was under way: the session it made must not keep its place.
      if (reply.kind === "ok") await this.server.leave(this.#address()).catch(() => undefined);
      return;
    }
    if (reply.kind === "refused") return this.events.refused(reply.problem);
    if (reply.kind === "unreachable") return this.events.unreachable();
    // The server knows the offer now, so candidates need not wait for our own work on its answer.
    this.#candidates.open();
    this.events.answered();
    const sdp = withStartBitrate(reply.value, this.options.maxBitrate.video);
    await this.pc.setRemoteDescription({ type: "answer", sdp });
    await this.#applyParameters();
  }

  /** Sends another track, or none, in place of the current one; needs no renegotiation. */
  async replaceTrack(kind: Kind, track: MediaStreamTrack | null): Promise<void> {
    await this.#senders.get(kind)?.replaceTrack(track);
  }

  talk(pressed: boolean): void {
    if (!this.#closed && this.#channel.readyState === "open") this.#channel.send(talkMessage(pressed));
  }

  /** What the browser measured so far; `null` once this attempt is over. */
  async statistics(): Promise<RTCStatsReport | null> {
    return this.#closed ? null : this.pc.getStats();
  }

  /** Whether what has been received has been played, and how long to wait for that. */
  async drain(): Promise<DrainReading> {
    const report = await this.statistics().catch(() => null);
    this.#reading = readDrain(report?.values() ?? [], this.#reading);
    const { direction, kinds, drawn } = this.options;
    // What is decoded is drawn later, by a busy page much later.
    if (this.#reading.over && direction !== "sendonly" && kinds.includes("video")) await drawn();
    return this.#reading;
  }

  /** Ends the attempt. `polite` tells the server, which would else notice by itself. */
  close(polite: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#pingTimer !== null) this.clock.clear(this.#pingTimer);
    this.#playout.close();
    this.#candidates.close();
    if (polite) this.#say(encode("end_stream"));
    this.pc.close();
  }

  /** A method, as TypeScript takes a field to be the same after an `await`. */
  #isClosed(): boolean {
    return this.#closed;
  }

  #address(): Record<string, string> {
    return { webrtc_id: this.options.id, session_hash: this.options.sessionHash };
  }

  #addMedia(): void {
    const { direction, kinds, tracks } = this.options;
    for (const kind of kinds) {
      const source = tracks.get(kind) ?? kind;
      const transceiver = this.pc.addTransceiver(source, { direction });
      this.#senders.set(kind, transceiver.sender);
      if (kind === "video") this.#preferCodec(transceiver);
    }
  }

  #preferCodec(transceiver: RTCRtpTransceiver): void {
    const { videoCodec, codecs } = this.options;
    const order = preferred(codecs, videoCodec);
    if (order === null) return;
    try {
      transceiver.setCodecPreferences(order);
    } catch {
      // A browser that wants another list takes its own choice, which both sides can do.
    }
  }

  async #describe(): Promise<void> {
    const { direction, kinds } = this.options;
    if (direction !== "sendonly" && kinds.includes("audio")) {
      const { sdp } = await this.pc.createOffer();
      const wanted = sdp && askForStereo(sdp);
      if (this.#isClosed()) return;
      if (wanted && wanted !== sdp) {
        return this.pc.setLocalDescription({ type: "offer", sdp: wanted });
      }
    }
    await this.pc.setLocalDescription();
  }

  #listen(): void {
    const { pc, events } = this;
    const channel = this.#channel;
    pc.onicecandidate = ({ candidate }) => this.#candidates.add(candidate?.toJSON() ?? null);
    pc.ontrack = ({ track }) => {
      this.#incoming.push(track);
      events.incoming([...this.#incoming]);
    };
    pc.onconnectionstatechange = () => {
      const now = pc.connectionState;
      if (this.#closed) return;
      if (now === "connected" || now === "disconnected" || now === "failed") events.connection(now);
    };
    channel.onopen = () => {
      this.#ping();
      // From here on only the button makes turns.
      if (this.options.pushToTalk) this.talk(false);
    };
    channel.onclose = () => {
      if (!this.#closed) events.channelClosed();
    };
    channel.onmessage = ({ data }) => {
      if (typeof data !== "string" || this.#closed) return;
      const message = decode(data);
      if (message === null) return events.text(data);
      this.#playout.receive(message);
      events.message(message);
    };
  }

  #say(text: string): void {
    if (this.#channel.readyState === "open") this.#channel.send(text);
  }

  #ping(): void {
    if (this.#closed || this.#channel.readyState !== "open") return;
    this.#channel.send(encode("ping"));
    this.#pingTimer = this.clock.set(() => this.#ping(), PING_MS);
  }

  async #applyParameters(): Promise<void> {
    const { rtpParams, maxBitrate, direction } = this.options;
    if (direction === "recvonly") return;
    for (const [kind, sender] of this.#senders) {
      const parameters = sendParameters(sender.getParameters(), rtpParams, maxBitrate[kind]);
      if (parameters === null) continue;
      try {
        await sender.setParameters(parameters);
      } catch (error) {
        // A wrong parameter costs quality, not the conversation; its author is told.
        this.events.warning(`The browser did not accept rtp_params: ${String(error)}`);
      }
    }
  }
}
