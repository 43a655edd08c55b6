/** What belongs to a component and not to one instance of it: its stream, drafts and outputs. */

import type { Message } from "../lib/connection/messages";
import type { Entry } from "../lib/composer";
import type { Settings } from "../lib/connection/environment";
import { Keeping } from "../lib/keyed_instances";
import { OutputFlow } from "../lib/additional_outputs";
import type { Server } from "../lib/types";
import { browserClock, browserEnvironment } from "./browser_environment";
import { Drafts } from "./drafts.svelte";
import { Live } from "./connection.svelte";

/** The instance in the page: what it knows, and what it is told. */
export interface Instance {
  settings(): Settings;
  /** The numbers of the Gradio events that take additional outputs. */
  listeners(): readonly number[];
  dispatch(event: "state_change" | "start_recording" | "stop_recording"): void;
  identified(id: string): void;
  message(message: Message): void;
  send(entry: Entry, webrtcId: string): void;
  warning(text: string): void;
}

export class Held {
  readonly live: Live;
  readonly drafts: Drafts;
  readonly flow: OutputFlow;
  /** The id of the connection there is, or was last. */
  webrtcId: string | null = null;

  constructor(
    server: Server,
    sessionHash: () => string,
    /** Another one after a re-render. */
    public instance: Instance,
  ) {
    this.flow = new OutputFlow(
      browserClock,
      () => this.instance.listeners(),
      () => this.instance.dispatch("state_change"),
      () => server.outputs_waiting({ session_hash: sessionHash() }),
    );
    this.drafts = new Drafts(browserClock, {
      connect: () => this.live.connection.start(false),
      send: (entry) => {
        if (this.webrtcId !== null) this.instance.send(entry, this.webrtcId);
      },
    });
    this.live = new Live(browserEnvironment(server, sessionHash), () => this.instance.settings(), {
      changed: (view) => this.drafts.follow(view.machine.name),
      identified: (id) => {
        this.webrtcId = id;
        this.instance.identified(id);
      },
      started: () => this.instance.dispatch("start_recording"),
      stopped: () => this.instance.dispatch("stop_recording"),
      over: () => this.flow.sweep(),
      message: (message) => this.instance.message(message),
      warning: (text) => this.instance.warning(text),
    });
  }

  close(): void {
    this.live.close();
    this.drafts.close();
    this.flow.close();
  }
}

/** The components of this page that have a `key`, whichever instance of them is in it. */
export const keeping = new Keeping<Held>(browserClock);
