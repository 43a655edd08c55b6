/** What belongs to a component and not to one instance of it: its stream, drafts and outputs. */

import type { Message } from "../lib/connection/messages";
import type { Entry } from "../lib/composer";
import type { Settings } from "../lib/connection/environment";
import { KeyedStates } from "../lib/keyed_states";
import { OutputFetcher } from "../lib/additional_outputs";
import { runningCallsOf } from "../lib/running_calls";
import type { Server } from "../lib/types";
import { browserClock, browserEnvironment, type Client } from "./browser_environment";
import { ComposerStore } from "./composer_store.svelte";
import { ConnectionStore } from "./connection_store.svelte";

/** The instance in the page: what it knows, and what it is told. */
export interface Instance {
  settings(): Settings;
  /** The numbers of the Gradio events that take additional outputs. */
  outputListeners(): readonly number[];
  dispatch(event: "state_change" | "start_recording" | "stop_recording"): void;
  identified(id: string): void;
  message(message: Message): void;
  send(entry: Entry, webrtcId: string): void;
  warning(text: string): void;
}

export class ComponentState {
  readonly store: ConnectionStore;
  readonly composer: ComposerStore;
  readonly outputs: OutputFetcher;
  /** The id of the connection there is, or was last. */
  webrtcId: string | null = null;

  constructor(
    server: Server,
    client: () => Client,
    /** Another one after a re-render. */
    public instance: Instance,
  ) {
    this.outputs = new OutputFetcher(
      browserClock,
      () => this.instance.outputListeners(),
      () => this.instance.dispatch("state_change"),
      () => server.outputs_waiting({ session_hash: client().session_hash }),
      () => runningCallsOf(client()),
    );
    this.composer = new ComposerStore(browserClock, {
      connect: () => this.store.connection.start(false),
      send: (entry) => {
        if (this.webrtcId !== null) this.instance.send(entry, this.webrtcId);
      },
    });
    const settings = (): Settings => this.instance.settings();
    this.store = new ConnectionStore(browserEnvironment(server, client), settings, {
      changed: (view) => this.composer.follow(view.machine.name),
      identified: (id) => {
        this.webrtcId = id;
        this.instance.identified(id);
      },
      started: () => this.instance.dispatch("start_recording"),
      stopped: () => this.instance.dispatch("stop_recording"),
      released: () => this.outputs.fetchRemaining(),
      message: (message) => this.instance.message(message),
      warning: (text) => this.instance.warning(text),
    });
  }

  close(): void {
    this.store.close();
    this.composer.close();
    this.outputs.close();
  }
}

/** The states of this page's components that have a `key`, whichever instance of them is in it. */
export const keyedStates = new KeyedStates<ComponentState>(browserClock);
