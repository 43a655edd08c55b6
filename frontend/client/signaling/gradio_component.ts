/** A component of a Gradio app, asked as its page asks: through the app's server functions and events. */

import type { WebRTCProps } from "../../index";
import { settingsOf as pageSettings } from "../../lib/component_props";
import { authorConstraints } from "../../lib/capture/constraints";
import type { Message } from "../../lib/connection/messages";
import type { Clock } from "../../lib/types";
import { joined } from "../addresses";
import { StreamError } from "../errors";
import type { ConnectOptions, InputValues } from "../options";
import type { Component, GradioConfig } from "./gradio_config";
import { GradioEvents } from "./gradio_events";
import { LAST_MS, Patience, refusal, type Host, type HostOptions } from "./host";
import type { Http } from "./http";

type Body = Record<string, unknown>;

export class GradioComponent implements Host {
  readonly #api: string;
  readonly #events: GradioEvents;
  readonly #patience: Patience;
  #timer: number | null = null;

  constructor(
    readonly base: string,
    readonly sessionHash: string,
    private readonly component: Component,
    config: GradioConfig,
    private readonly http: Http,
    private readonly clock: Clock,
    private readonly options: HostOptions & Pick<ConnectOptions, "rtcConfiguration">,
  ) {
    this.#api = joined(base, `${(config.api_prefix ?? "/gradio_api").replace(/^\/+/, "")}/`);
    this.#events = new GradioEvents(http, this.#api, config, component.id, sessionHash);
    this.#patience = new Patience(clock, options.placeWithinMs ?? 0);
  }

  get configures(): boolean {
    const { rtcConfiguration } = this.options;
    const { dynamic_rtc_configuration: dynamic } = this.component.props;
    return rtcConfiguration === undefined ? dynamic === true : typeof rtcConfiguration === "function";
  }

  get waiting(): boolean {
    return this.#patience.waiting;
  }

  /** Presses the button that starts the stream, where it takes one. */
  start(): Promise<string | null> {
    return this.component.props.mode === "receive" ? this.#events.start(this.#inputs()) : Promise.resolve(null);
  }

  async offer(body: Body): Promise<unknown> {
    const answer = await this.#ask("offer", body);
    if (body.type === "offer") this.#patience.answered(answer);
    return answer;
  }

  websocket(body: Body): Promise<unknown> {
    return this.#ask("websocket", body);
  }

  async ice_configuration(body: Body): Promise<unknown> {
    const { rtcConfiguration } = this.options;
    if (typeof rtcConfiguration !== "function") return this.#ask("ice_configuration", body);
    try {
      return { rtc_configuration: await rtcConfiguration() };
    } catch (error) {
      return refusal("configuration_error", `rtcConfiguration failed: ${String(error)}`);
    }
  }

  /** Stands in the app's line, and leaves it when that has taken long enough. */
  async wait_for_place(body: Body): Promise<unknown> {
    const left = this.#patience.left();
    const late = Symbol();
    if (left > 0) {
      const timers: number[] = [];
      const over = new Promise<typeof late>((resolve) => {
        timers.push(this.clock.set(() => resolve(late), left));
      });
      const answer = await Promise.race([this.#ask("wait_for_place", body), over]);
      timers.forEach((timer) => this.clock.clear(timer));
      if (answer !== late) return answer;
    }
    await this.leave(body).catch(() => undefined);
    return this.#patience.full;
  }

  leave(body: Body): Promise<unknown> {
    this.#patience.over();
    return this.#ask("leave", body);
  }

  outputs_waiting(body: Body): Promise<unknown> {
    return this.#ask("outputs_waiting", body);
  }

  reach(body: Body): Promise<unknown> {
    return this.#ask("reach", body);
  }

  connected(id: string): void {
    this.#patience.over();
    if (this.#timer !== null) this.clock.clear(this.#timer);
    this.#timer = null;
    this.#events.identify(id);
    if (this.#events.takesInputs) this.#quietly(this.#events.sendInputs(this.#inputs()));
  }

  receive(message: Message): void {
    if (message.type === "send_input") this.#quietly(this.#events.sendInputs(this.#inputs()));
    if (message.type !== "fetch_output") return;
    this.#quietly(this.#events.fetchOutputs((values) => this.options.onOutput?.(values)));
  }

  async give(values: InputValues): Promise<void> {
    if (!Array.isArray(values)) {
      const remedy = "Pass an array, one value for each further input of stream(), in their order.";
      throw new StreamError("invalid_request", "A component's inputs have no names.", remedy);
    }
    if (await this.#events.sendInputs(values as unknown[])) return;
    const remedy = "Add components to inputs= of its stream().";
    throw new StreamError("invalid_request", "This component's stream takes no further inputs.", remedy);
  }

  finish(): void {
    this.#timer ??= this.clock.set(() => this.close(), LAST_MS);
    void this.#events.idle().then(() => this.close());
  }

  close(): void {
    if (this.#timer !== null) this.clock.clear(this.#timer);
    this.#timer = null;
    this.#events.close();
  }

  /** The values of the other inputs; those of the app's page where the program has none. */
  #inputs(): readonly unknown[] | null {
    const values = this.options.inputValues?.();
    return Array.isArray(values) ? (values as unknown[]) : null;
  }

  #quietly(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (!this.#events.closed) this.options.onWarning?.((error as Error).message);
    });
  }

  #ask(name: string, body: Body): Promise<unknown> {
    const { sessionHash } = this;
    return this.http.post(joined(this.#api, "component_server/"), {
      session_hash: sessionHash,
      component_id: this.component.id,
      fn_name: name,
      data: { ...body, session_hash: sessionHash },
    });
  }
}

/**
 * What a program asks for, and what the component's author chose where it asks for nothing. What the
 * stream carries and in which direction is the author's alone.
 */
export function completed(options: ConnectOptions, props: Partial<WebRTCProps>): ConnectOptions {
  const page = pageSettings(props as WebRTCProps);
  const { mode, modality, trackConstraints, dynamicRtcConfiguration } = page;
  const wanted = (kind: "audio" | "video"): MediaTrackConstraints | undefined => {
    const own = authorConstraints(kind, trackConstraints);
    return modality.includes(kind) && Object.keys(own).length > 0 ? own : undefined;
  };
  const screen = modality.includes("video") && page.videoSources[0] === "screen";
  const { rtpParams, videoCodec, maxBitrate, fallback, pushToTalk, rtcConfiguration } = page;
  const theirs: ConnectOptions = {
    ...{ rtpParams, videoCodec, maxBitrate, fallback, pushToTalk },
    audio: wanted("audio"),
    video: screen ? "screen" : wanted("video"),
    ...(!dynamicRtcConfiguration && { rtcConfiguration }),
  };
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...theirs, ...Object.fromEntries(given), mode, modality };
}

