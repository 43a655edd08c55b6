/**
 * Carries out what the machine decides, with the browser's parts handed in, and shows the outside
 * one `View` of it all. Everything that opens is closed here, by the machine's own orders.
 */

import { WakeTimer } from "../wake_timer";
import { receives, sends } from "../capture/constraints";
import type { ConnectionEvents, Environment, Link, LinkEvents, Settings, View } from "./environment";
import { LastError } from "./last_error";
import { LateCapture } from "../capture/late_capture";
import { Links } from "./links";
import { step } from "./state_machine";
import { textOf, type Message } from "./messages";
import { INITIAL, type Effect, type Machine, type MachineEvent } from "./state_model";
import { ServerRequests } from "./server_requests";
import { OutgoingMedia } from "../capture/outgoing_media";
import type { Reply } from "./signaling";
import type { Report } from "../playback/statistics";
import type { Kind, VideoSource } from "../types";

export class Connection {
  #machine: Machine = INITIAL;
  #link: Link | null = null;
  readonly #links: Links;
  /** Those that are being replaced: their sessions keep the place until the new one has it. */
  readonly #retired: Link[] = [];
  /** Names the values that the app keeps for what was started last. */
  #token: string | null = null;
  readonly #sending: OutgoingMedia;
  /** Opens and closes the devices while the connection goes on. */
  readonly media: LateCapture;
  /** The id of the newest attempt, also while waiting for a place. */
  #id: string | null = null;
  /** The id of the session that the server last took. */
  #taken: string | null = null;
  readonly #wakeTimer: WakeTimer;
  #remote: MediaStream | null = null;
  #notice: string | null = null;
  /** For an ending that does not repeat its text. */
  readonly #lastError: LastError;
  readonly #requests: ServerRequests;
  readonly #queue: MachineEvent[] = [];
  #busy = false;

  constructor(
    private readonly env: Environment,
    private readonly settings: () => Settings,
    private readonly events: ConnectionEvents,
  ) {
    const replaced = (kind: Kind, track: MediaStreamTrack | null): void => {
      void this.#link?.replaceTrack(kind, track);
      this.#changed();
    };
    const changed = (): void => this.#changed();
    this.#wakeTimer = new WakeTimer(env.clock, () => this.#dispatch({ type: "wake" }));
    this.#requests = new ServerRequests(env);
    this.#lastError = new LastError(env.clock, (message) => events.message(message));
    this.#sending = new OutgoingMedia(env, settings, {
      replaced,
      changed,
      notice: (text) => this.#showNotice(text),
      sharingEnded: () => {
        this.#showNotice("You stopped sharing your screen, so the stream has ended.");
        this.stop();
      },
    });
    this.#links = new Links(env, settings, this.#sending);
    this.media = new LateCapture(this.#sending, settings, { replaced, changed });
  }

  /** Connects, with the devices open from the start unless `media` says otherwise; `token`: see `restart`. */
  start(media = true, token = this.#token): void {
    this.#notice = null;
    this.#lastError.forget();
    [this.#taken, this.#token] = [null, token];
    const { fallbackMs, way } = this.#links;
    this.#dispatch({ type: "start", media: media && sends(this.settings().mode), fallbackMs, way });
  }

  /** Starts with the values that the app keeps under `token`, in place of what is under way. */
  restart(token: string): void {
    this.#notice = null;
    this.#lastError.forget();
    this.#token = token;
    this.#dispatch({ type: "restart", fallbackMs: this.#links.fallbackMs });
  }

  stop(): void {
    this.#dispatch({ type: "stop" });
  }

  /** Ends everything at once: the component is going away, or the page is. */
  dispose(): void {
    this.#lastError.cancel();
    this.#dispatch({ type: "dispose" });
  }

  setMuted(kind: Kind, muted: boolean): void {
    this.#sending.setMuted(kind, muted);
  }

  /** Lets the microphone be heard while the person holds their button. */
  talk(pressed: boolean): void {
    this.#sending.talk(pressed);
    this.#link?.talk(pressed);
  }

  switchDevice(kind: Kind, deviceId: string): Promise<void> {
    return this.#act(() => this.#sending.switchTo(kind, deviceId));
  }

  /** Turns to the camera on the other side, or to the next one. */
  flipCamera(): Promise<void> {
    return this.#act(() => this.#sending.flip());
  }

  /** Sends the camera or the screen: at once while live, else from the next start on. */
  useSource(source: VideoSource): Promise<void> {
    return this.#act(() => this.#sending.useSource(source));
  }

  /** What the browser measured on the current connection; `null` while there is none. */
  statistics(): Promise<Report | null> {
    return this.#link?.statistics() ?? Promise.resolve(null);
  }

  get view(): View {
    const { asking, problem: mediaProblem } = this.media;
    const own = { machine: this.#machine, remote: this.#remote, notice: this.#notice };
    return { ...this.#sending.view, ...own, asking, mediaProblem };
  }

  /** What the person does about their devices; calls `act` at once, as part of their press. */
  async #act(act: () => Promise<void>): Promise<void> {
    this.#notice = null;
    await act();
    this.#changed();
  }

  /** Takes events one after the other, also those that carrying out an effect brings about. */
  #dispatch(event: MachineEvent): void {
    this.#queue.push(event);
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      const { machine, effects } = step(this.#machine, next, this.env.clock.now());
      this.#machine = machine;
      for (const effect of effects) this.#perform(effect);
    }
    this.#busy = false;
    this.#wakeTimer.set(this.#machine.wakeAt);
    this.#changed();
  }

  #perform(effect: Effect): void {
    const { attempt } = this.#machine;
    switch (effect.type) {
      case "acquire":
        return void this.#acquire(attempt);
      case "connect":
        return void this.#connect(attempt, effect);
      case "wait_for_place":
        return void this.#waitForPlace(attempt);
      case "leave":
        return void this.#leave(attempt);
      case "close_peer":
        this.#link?.close(effect.polite);
        this.#retire();
        return this.#closeRetired();
      case "retire_peer":
        return this.#retire();
      case "probe":
        void this.#requests.reach().then((found) => this.#dispatch({ type: "probed", attempt, found }));
        return;
      case "drain_playback":
        void this.#link?.drain().then((left) => this.#dispatch({ type: "remaining", attempt, ...left }));
        return;
      case "release_media":
        return this.media.release();
      case "announce":
        if (effect.what === "started") return this.events.started();
        this.events.stopped();
        return this.events.released();
    }
  }

  async #acquire(attempt: number): Promise<void> {
    const wanted = (): boolean => attempt === this.#machine.attempt;
    const problem = await this.#sending.open(wanted);
    if (problem === "cancelled") {
      this.#showNotice("Nothing was shared. Press start to choose what to share.");
      return this.stop();
    }
    if (problem !== null) return this.#dispatch({ type: "media_failed", attempt, problem });
    if (!wanted()) return;
    this.#sending.begin();
    this.#dispatch({ type: "media_ready", attempt });
  }

  async #connect(attempt: number, { id, replaces, way }: Effect & { type: "connect" }): Promise<void> {
    // Two offers of one page must not race for one place: the one before is settled first.
    await Promise.all(this.#retired.map((link) => link.settled));
    if (attempt !== this.#machine.attempt) return;
    if (id === "fresh" || this.#id === null) this.#id = this.env.newId();
    try {
      const configuration = way === "webrtc" ? await this.#configuration(attempt) : {};
      if (configuration === null || attempt !== this.#machine.attempt) return;
      const options = { id: this.#id, replaces: replaces ? this.#taken : null, start: this.#token };
      const events = this.#linkEvents(attempt, options.id);
      this.#link = this.#links.make(way, configuration, options, events);
      await this.#link.open();
    } catch (error) {
      // An unusable rtc_configuration, or an answer this browser cannot take.
      const problem = { code: "setup_failed", message: (error as Error).message };
      this.#dispatch({ type: "refused", attempt, problem });
    }
  }

  /** The configuration to connect with; `null` when the server gave none and that was reported. */
  async #configuration(attempt: number): Promise<RTCConfiguration | null> {
    const reply = await this.#requests.configuration(this.settings());
    if (reply.kind === "ok") return reply.value;
    this.#refuse(attempt, reply);
    return null;
  }

  #linkEvents(attempt: number, id: string): LinkEvents {
    return {
      answered: () => {
        this.#taken = id;
        if (attempt !== this.#machine.attempt) return;
        this.#closeRetired();
        this.events.identified(id);
        this.#dispatch({ type: "answered", attempt });
      },
      refused: (problem) => this.#dispatch({ type: "refused", attempt, problem }),
      unreachable: () => this.#dispatch({ type: "unreachable", attempt }),
      connection: (peer) => this.#dispatch({ type: "peer", attempt, peer }),
      channelClosed: () => this.#dispatch({ type: "channel_closed", attempt }),
      message: (message) => this.#receive(attempt, message),
      incoming: (tracks) => {
        if (attempt !== this.#machine.attempt || !receives(this.settings().mode)) return;
        this.#remote = this.env.newStream(tracks);
        this.#changed();
      },
      text: (text) => this.events.text?.(text),
      warning: (text) => this.events.warning(text),
    };
  }

  #retire(): void {
    if (this.#link !== null) this.#retired.push(this.#link);
    this.#link = this.#remote = null;
  }

  #closeRetired(): void {
    for (const link of this.#retired.splice(0)) link.close(false);
  }

  #receive(attempt: number, message: Message): void {
    if (attempt !== this.#machine.attempt) return;
    if (message.type === "error") return this.#lastError.receive(message);
    if (message.type === "update_connection" && message.data === "closed") return this.stop();
    if (message.type !== "end_stream") return this.events.message(message);
    const reason = message.reason ?? "handler_finished";
    const text = textOf(message) || this.#lastError.text;
    if (reason === "handler_error") this.#lastError.cancel();
    this.#dispatch({ type: "ended", attempt, reason, text });
  }

  async #waitForPlace(attempt: number): Promise<void> {
    const reply = await this.#requests.place(this.#id);
    if (reply.kind !== "ok") return this.#refuse(attempt, reply);
    if (reply.value.status === "admitted") return this.#dispatch({ type: "admitted", attempt });
    this.#dispatch({ type: "queued", attempt, position: reply.value.position });
  }

  #refuse(attempt: number, reply: Exclude<Reply<unknown>, { kind: "ok" }>): void {
    if (reply.kind === "unreachable") this.#dispatch({ type: "unreachable", attempt });
    else this.#dispatch({ type: "refused", attempt, problem: reply.problem });
  }

  async #leave(attempt: number): Promise<void> {
    const ids = [this.#id, this.#taken]; // which differ while the old session holds the place
    this.#taken = null;
    await this.#requests.leave(ids);
    this.events.released();
    this.#dispatch({ type: "left", attempt });
  }

  #showNotice(text: string): void {
    this.#notice = text;
    this.#changed();
  }

  #changed(): void {
    this.events.changed(this.view);
  }
}
