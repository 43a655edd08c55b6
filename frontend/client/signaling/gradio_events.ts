/** Gradio's events, which a component's page calls beside its stream: values in, outputs out. */

import { startToken } from "../../lib/connection/start_command";
import { refusalOf } from "../../lib/connection/signaling";
import { joined } from "../addresses";
import { errorOf, StreamError } from "../errors";
import type { GradioConfig, Listener } from "./gradio_config";
import type { Http } from "./http";
import { changed, type Edits } from "./value_changes";

type Values = readonly unknown[];

/** What an app says of a call of one of its events. */
interface Progress {
  readonly msg?: string;
  readonly event_id?: string;
  readonly success?: boolean;
  readonly message?: string;
  readonly output?: { readonly data?: Values; readonly error?: string | null };
}

export class GradioEvents {
  /** What the page's components would hold. */
  readonly #values: Map<number, unknown>;
  readonly #listeners: readonly Listener[];
  readonly #ending = new AbortController();
  /** Of two streams of events of one page each would get half of the messages. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Whether a call that fetches outputs waits for its turn: it takes all there are. */
  #fetchWaits = false;

  constructor(
    private readonly http: Http,
    private readonly api: string,
    config: GradioConfig,
    private readonly component: number,
    private readonly sessionHash: string,
  ) {
    this.#listeners = config.dependencies ?? [];
    this.#values = new Map(config.components.map(({ id, props }) => [id, props?.value ?? null]));
    this.#values.set(component, null);
  }

  get closed(): boolean {
    return this.#ending.signal.aborted;
  }

  /** Whether the stream has inputs besides the component itself. */
  get takesInputs(): boolean {
    return this.#of("tick").some(({ inputs }) => (inputs?.length ?? 0) > 1);
  }

  /** The connection's id is the component's value. */
  identify(id: string): void {
    this.#values.set(this.component, id);
  }

  /** Presses the button that starts a stream of mode `receive`; resolves with what names the values. */
  start(values: Values | null): Promise<string | null> {
    const ours = ({ outputs }: Listener): boolean => outputs?.length === 1 && outputs[0] === this.component;
    return this.#inTurn(async () => {
      for (const listener of this.#listeners.filter(ours)) {
        const returned: unknown[] = [];
        await this.#call(listener, values, ([value]) => returned.push(value));
        const token = returned.map(startToken).find((each) => each !== null);
        if (token !== undefined) return token;
      }
      return null;
    });
  }

  /** Sends the values of the other inputs; resolves with whether the stream has an event for it. */
  sendInputs(values: Values | null): Promise<boolean> {
    const listening = this.#of("tick");
    return this.#inTurn(async () => {
      const id = this.#values.get(this.component);
      for (const listener of listening) await this.#call(listener, values && [id, ...values], () => undefined);
      return listening.length > 0;
    });
  }

  /** Has the app's listeners take what the handler said beside the stream. */
  async fetchOutputs(took: (values: Values) => void): Promise<void> {
    if (this.#fetchWaits) return;
    this.#fetchWaits = true;
    await this.#inTurn(async () => {
      this.#fetchWaits = false;
      for (const listener of this.#of("state_change")) {
        await this.#call(listener, null, (values) => {
          this.#keep(listener, values);
          if (!values.every(isUpdate)) took(values);
        });
      }
    });
  }

  /** Resolves when no call is under way. */
  async idle(): Promise<void> {
    let last: Promise<unknown> | null = null;
    while (last !== this.#turn) {
      last = this.#turn;
      await last;
    }
  }

  close(): void {
    this.#ending.abort();
  }

  #of(event: string): Listener[] {
    const ours = ([id, name]: readonly [number | null, string]): boolean => id === this.component && name === event;
    return this.#listeners.filter(({ targets }) => targets?.some(ours));
  }

  #keep({ outputs = [] }: Listener, values: Values): void {
    outputs.forEach((id, place) => {
      if (!isUpdate(values[place])) this.#values.set(id, values[place]);
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** Calls an event; `took` gets what it returns, once for each `yield`. */
  async #call(listener: Listener, values: Values | null, took: (values: Values) => void): Promise<void> {
    const id = await this.#join(listener, values ?? this.#held(listener));
    let current: unknown[] | null = null;
    let completed = false;
    // Read to its end, which the server makes after the call's: it would take leaving earlier for the
    // page's, and strike out a call that follows.
    for await (const { msg, output } of this.#progress(id)) {
      const values = output?.data ?? [];
      if (msg === "process_generating") {
        current = current === null ? [...values] : changed(current, values as readonly Edits[]);
        took(structuredClone(current));
      } else if (msg === "process_completed") {
        completed = true;
        if (current === null) took(values);
      }
    }
    if (!completed) throw this.http.unreachable;
  }

  /** What the components hold that an event takes. */
  #held({ inputs = [] }: Listener): Values {
    return inputs.map((id) => this.#values.get(id) ?? null);
  }

  /** Puts a call into the app's queue; resolves with its id. */
  async #join(listener: Listener, data: Values): Promise<string> {
    const { component, sessionHash } = this;
    const call = { data, event_data: null, fn_index: listener.id, trigger_id: component, session_hash: sessionHash };
    if (this.closed) throw errorOf({ code: "cancelled" }, []);
    const answer = await this.http.post(joined(this.api, "queue/join"), call).catch(() => undefined);
    const { event_id: id, status } = (answer ?? {}) as { event_id?: unknown; status?: unknown };
    if (status === "failed") throw errorOf(refusalOf(answer), []);
    if (typeof id !== "string") throw this.http.unreachable;
    return id;
  }

  /** What the app says of a call, as long as it goes well. */
  async *#progress(id: string): AsyncGenerator<Progress> {
    const url = joined(this.api, `queue/data?session_hash=${encodeURIComponent(this.sessionHash)}`);
    for await (const text of this.http.events(url, this.#ending.signal)) {
      const progress = progressOf(text);
      if (progress.msg === "unexpected_error" || progress.success === false) throw failed(progress);
      if (progress.event_id === id) yield progress;
    }
  }
}

function progressOf(text: string): Progress {
  try {
    return (JSON.parse(text) as Progress | null) ?? {};
  } catch {
    return {};
  }
}

function isUpdate(value: unknown): boolean {
  return typeof value === "object" && value !== null && (value as { __type__?: unknown }).__type__ === "update";
}

function failed({ output, message }: Progress): StreamError {
  const words = output?.error ?? message ?? "";
  const remedy = "The server's log has the error; launch(show_error=True) also shows it here.";
  return new StreamError("server_error", `The app's event failed${words && `: ${words}`}.`, remedy);
}
