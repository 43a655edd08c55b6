/** A call to a stream: what a program sees of its connection, and what it may do with it. */

import { Connection } from "../lib/connection/connection";
import type { Environment, View } from "../lib/connection/environment";
import { textOf, type Message } from "../lib/connection/messages";
import type { Problem } from "../lib/connection/problems";
import type { Way } from "../lib/connection/state_model";
import type { Device } from "../lib/capture/devices";
import type { Report } from "../lib/playback/statistics";
import { TurnTaking } from "../lib/turns/turn_taking";
import type { Turn } from "../lib/turns/turn_machine";
import type { Kind } from "../lib/types";
import { errorOf, StreamError } from "./errors";
import { modalityOf, sentKinds, settingsOf, sourcesOf } from "./options";
import type { CallState, ConnectOptions, Ending, InputValues } from "./options";
import type { Host } from "./signaling/host";
import { kindsOf } from "../lib/capture/constraints";

/** What a call is given. */
export interface CallParts {
  readonly env: Environment;
  readonly host: Host;
  /** The origin of the page where the server's is another. */
  readonly foreign: string | null;
  /** What names the values with which the stream starts, where it needs them. */
  readonly token: string | null;
  /** Calls back when the page goes away. */
  onPageHide(callback: () => void): () => void;
}

export class Call {
  readonly #connection: Connection;
  readonly #turns: TurnTaking;
  readonly #forget: (() => void)[];
  readonly #kinds: readonly Kind[];
  #view: View;
  #state: CallState = "idle";
  #turn: Turn = "";
  #id: string | null = null;
  #opened = false;
  #over = false;
  #shown: Pick<View, "local" | "remote" | "notice"> = { local: null, remote: null, notice: null };
  #open!: (call: this) => void;
  #fail!: (error: StreamError) => void;
  #end!: (ending: Ending) => void;
  /** Settles when the call is connected, or cannot be. */
  readonly opened = new Promise<this>((open, fail) => ([this.#open, this.#fail] = [open, fail]));
  /** How the call ended, once it has; never rejects. */
  readonly ended = new Promise<Ending>((end) => (this.#end = end));

  constructor(
    private readonly parts: CallParts,
    private readonly options: ConnectOptions,
  ) {
    const { env } = parts;
    const settings = { ...settingsOf(options), dynamicRtcConfiguration: parts.host.configures };
    this.#kinds = kindsOf(modalityOf(options));
    this.#turns = new TurnTaking(env.clock, ({ turn }) => this.#turnIs(turn));
    this.#connection = new Connection(env, () => settings, {
      changed: (view) => this.#changed(view),
      identified: (id) => this.#identified(id),
      started: () => undefined,
      stopped: () => undefined,
      released: () => undefined,
      message: (message) => this.#receive(message),
      text: (text) => this.options.onText?.(text),
      warning: (text) => this.options.onWarning?.(text),
    });
    this.#view = this.#connection.view;
    this.#forget = [parts.onPageHide(() => this.dispose()), this.#followSignal()];
    // A program that only waits for the end need not look at this as well.
    this.opened.catch(() => undefined);
  }

  /** The id of the connection, for `set_input`, `output_stream` and `close_stream`; `null` before there is one. */
  get id(): string | null {
    return this.#id;
  }

  get state(): CallState {
    return this.#state;
  }

  /** What carries the call. */
  get way(): Way {
    return this.#view.machine.way;
  }

  /** Whose turn it is in a conversation; `""` while nothing is known of turns. */
  get turn(): Turn {
    return this.#turn;
  }

  /** The place in line while a Gradio app has none free, 1 for the next; `null` where that is not known. */
  get position(): number | null {
    return this.#view.machine.position;
  }

  /** What is received. */
  get remote(): MediaStream | null {
    return this.#view.remote;
  }

  /** What is sent. */
  get local(): MediaStream | null {
    return this.#view.local;
  }

  /** The microphones and cameras there are, once the person has allowed one. */
  get devices(): Readonly<Record<Kind, readonly Device[]>> {
    const { audioinput, videoinput } = this.#view.devices;
    return { audio: audioinput, video: videoinput };
  }

  isMuted(kind: Kind): boolean {
    return this.#view.muted[kind];
  }

  setMuted(kind: Kind, muted: boolean): void {
    this.#connection.setMuted(kind, muted);
  }

  /** Holds the button to talk, or lets go of it, where `pushToTalk` is set. */
  talk(pressed: boolean): void {
    this.#connection.talk(pressed);
  }

  /** Sends another microphone or camera from now on. */
  switchDevice(kind: Kind, deviceId: string): Promise<void> {
    return this.#connection.switchDevice(kind, deviceId);
  }

  /** What the browser measured; `null` while there is no connection. */
  statistics(): Promise<Report | null> {
    return this.#connection.statistics();
  }

  /**
   * Gives the handler values for its further inputs. A mounted stream's go to the route `inputs`: by
   * name beside `webrtc_id`, or in order as `values`; a component's go in order. Throws a
   * `StreamError` where the app does not take them.
   */
  async sendInput(values: InputValues = this.options.inputValues?.() ?? {}): Promise<void> {
    if (this.#id === null || this.#over) {
      throw new StreamError("connection_lost", "The call is over.", "Call connect() again.");
    }
    await this.parts.host.give(values, this.#id);
  }

  /** Ends the call politely; resolves when it is over. */
  hangUp(): Promise<Ending> {
    if (!this.#over) this.#connection.stop();
    return this.ended;
  }

  /** Ends everything at once and waits for nothing. */
  dispose(): void {
    this.#connection.dispose();
    this.parts.host.close();
  }

  /** Connects; `connect()` does so. */
  begin(): void {
    if (this.options.signal?.aborted) return this.#finish({ code: "cancelled" });
    this.#connection.start(sentKinds(sourcesOf(this.options)).length > 0, this.parts.token);
  }

  #followSignal(): () => void {
    const { signal } = this.options;
    const stop = (): void => void this.hangUp();
    signal?.addEventListener("abort", stop);
    return () => signal?.removeEventListener("abort", stop);
  }

  #identified(id: string): void {
    this.#id = id;
    this.parts.host.connected(id);
  }

  #receive(message: Message): void {
    this.#turns.receive(message);
    if (this.#id !== null) this.parts.host.receive(message, this.#id);
    if (message.type === "warning") this.options.onWarning?.(textOf(message));
    this.options.onMessage?.(message);
  }

  #turnIs(turn: Turn): void {
    if (turn === this.#turn) return;
    this.#turn = turn;
    this.options.onTurn?.(turn);
  }

  #changed(view: View): void {
    if (this.#over) return;
    this.#view = view;
    this.#turns.follow(view);
    this.#show(view);
    const { name, problem, ending } = view.machine;
    // Between two tries to get a place a connection is made, and refused.
    const state = name === "connecting" && this.parts.host.waiting ? "waiting" : name;
    if (state === this.#state) return;
    this.#state = state;
    this.options.onState?.(state, this);
    if (state === "connected" && !this.#opened) {
      this.#opened = true;
      this.#open(this);
    }
    if (state === "failed") this.#finish(problem ?? { code: "setup_failed" });
    else if (state === "idle") this.#finish(ending);
  }

  #show({ local, remote, notice }: View): void {
    const { element, onLocal, onRemote, onWarning } = this.options;
    const before = this.#shown;
    this.#shown = { local, remote, notice };
    if (notice !== null && notice !== before.notice) onWarning?.(notice);
    if (local !== before.local) onLocal?.(local);
    if (remote === before.remote) return;
    if (element) {
      element.srcObject = remote;
      // Where a page may not be heard before a press, its controls start it.
      if (remote !== null) element.play().catch(() => undefined);
    }
    onRemote?.(remote);
  }

  #finish(problem: Problem | null): void {
    const ending = this.#endingOf(problem);
    this.#over = true;
    for (const forget of this.#forget) forget();
    this.#turns.close();
    this.parts.host.finish();
    if (!this.#opened) this.#fail(ending.error ?? this.#errorOf(this.#early(ending)));
    this.#end(ending);
    this.options.onEnd?.(ending);
  }

  #endingOf(problem: Problem | null): Ending {
    if (problem === null) return { code: "hung_up", message: "", error: null };
    const { code, message = "" } = problem;
    const failed = this.#state === "failed" || code === "cancelled";
    return { code, message, error: failed ? this.#errorOf(problem) : null };
  }

  #errorOf(problem: Problem): StreamError {
    return errorOf(problem, this.#kinds, this.parts.foreign);
  }

  /** What ended before it had begun, as an error. */
  #early({ code, message }: Ending): { code: string; message: string } {
    return { code: code === "hung_up" ? "cancelled" : code, message: message || (this.#view.notice ?? "") };
  }
}
