/** The way in: a call to a mounted stream or to a component, made of the browser's own parts. */

import type { Environment } from "../lib/connection/environment";
import type { Clock, Server } from "../lib/types";
import { baseAddress, foreignTo } from "./addresses";
import { Call } from "./call";
import { ChosenDevices } from "./chosen_devices";
import { StreamError } from "./errors";
import { sentKinds, sourcesOf, isTrack, type ConnectOptions } from "./options";
import { completed, GradioComponent } from "./signaling/gradio_component";
import { findComponent, logIn, readConfig, type Wanted } from "./signaling/gradio_config";
import type { Host } from "./signaling/host";
import { Http } from "./signaling/http";
import { MountedStream } from "./signaling/mounted_stream";
import type { Source } from "./signaling/output_feed";

/** The parts of a browser that a client needs. */
export interface Browser {
  /** The address of the page. */
  readonly address: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** A name that nobody else has. */
  newId(): string;
  /** What a connection needs, with websockets below `root`, of a page that is called `sessionHash`. */
  environment(server: Server, root: string, sessionHash: string): Environment;
  newEventSource(url: string): Source;
  onPageHide(callback: () => void): () => void;
}

interface Found {
  readonly host: Host;
  readonly options: ConnectOptions;
  readonly token: string | null;
}

/**
 * Makes a call, which is not begun yet. Rejects with a `TypeError` where `url` is no address or
 * options contradict each other, and with a `StreamError`, of which `onEnd` is told, where a Gradio
 * app does not have what is wanted.
 */
export async function makeCall(browser: Browser, url: string, options: ConnectOptions): Promise<Call> {
  const base = baseAddress(url, browser.address);
  try {
    const foreign = foreignTo(base, browser.address);
    const { host, token, options: all } = await find(browser, base, options, foreign);
    const env = browser.environment(host, base, host.sessionHash);
    const onPageHide = (callback: () => void): (() => void) => browser.onPageHide(callback);
    return new Call({ onPageHide, env: withSources(env, all), host, token, foreign }, all);
  } catch (error) {
    if (error instanceof StreamError) {
      options.onEnd?.({ code: error.code, message: error.message, error });
    }
    throw error;
  }
}

async function find(
  browser: Browser,
  base: string,
  options: ConnectOptions,
  foreign: string | null,
): Promise<Found> {
  const { headers = {}, component, auth } = options;
  const http = new Http(browser.fetch, { headers, foreign, ...(auth && { credentials: "include" }) });
  if (component !== undefined) return findInApp(browser, http, base, component, options);
  if (auth) throw new TypeError("auth is for a component of a Gradio app: set component as well.");
  const { rtcConfiguration: given } = options;
  const configuration = typeof given === "function" ? given : null;
  const open = (url: string): Source => browser.newEventSource(url);
  const host = new MountedStream(base, http, browser.clock, options, configuration, open);
  return { host, options, token: null };
}

async function findInApp(
  browser: Browser,
  http: Http,
  base: string,
  wanted: Wanted,
  options: ConnectOptions,
): Promise<Found> {
  if (options.inputs !== undefined || options.outputs !== undefined) {
    throw new TypeError("inputs and outputs are routes beside a mounted stream; a component has events for them.");
  }
  if (options.auth) await logIn(http, base, options.auth);
  const config = await readConfig(http, base, options.signal);
  const component = findComponent(config, wanted);
  const host = new GradioComponent(base, browser.newId(), component, config, http, browser.clock, options);
  return { host, options: completed(options, component.props), token: await host.start() };
}

function withSources(env: Environment, options: ConnectOptions): Environment {
  const sources = sourcesOf(options);
  const ownOnly = sentKinds(sources).every((kind) => isTrack(sources[kind]));
  return {
    ...env,
    // Only people's devices are kept from pages on insecure addresses.
    secure: env.secure || ownOnly,
    mediaDevices: ChosenDevices.of(env.mediaDevices, sources, (tracks) => env.newStream(tracks)),
  };
}
