/** The way in: a call to a mounted stream, made of the browser's own parts. */

import type { Environment } from "../lib/connection/environment";
import type { Clock, Server } from "../lib/types";
import { baseAddress } from "./addresses";
import { Call } from "./call";
import { ChosenDevices } from "./chosen_devices";
import { sentKinds, sourcesOf, isTrack, type ConnectOptions } from "./options";
import type { Source } from "./output_feed";
import { StreamServer } from "./stream_server";

/** The parts of a browser that a client needs. */
export interface Browser {
  /** The address of the page. */
  readonly address: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** What a connection needs, with websockets below `root`. */
  environment(server: Server, root: string): Environment;
  newEventSource(url: string): Source;
  onPageHide(callback: () => void): () => void;
}

/** Makes a call, which is not begun yet. Throws a `TypeError` where `url` is no address. */
export function makeCall(browser: Browser, url: string, options: ConnectOptions): Call {
  const base = baseAddress(url, browser.address);
  const { rtcConfiguration, headers = {}, placeWithinMs = 0 } = options;
  const configuration = async (): Promise<RTCConfiguration | null> =>
    typeof rtcConfiguration === "function" ? rtcConfiguration() : (rtcConfiguration ?? null);
  const server = new StreamServer(base, { headers, placeWithinMs, configuration }, browser.fetch, browser.clock);
  const env = withSources(browser.environment(server, base), options);
  return new Call({ ...browser, env, server, base }, options);
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
