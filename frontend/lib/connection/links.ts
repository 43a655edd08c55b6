/** Makes the link of an attempt: by WebRTC, or over a websocket where that finds no path. */

import { directionOf, kindsOf, sends } from "../capture/constraints";
import type { OutgoingMedia } from "../capture/outgoing_media";
import { BITRATE } from "../websocket/audio_codecs";
import { WebsocketLink } from "../websocket/websocket_link";
import type { Environment, Link, LinkEvents, Settings } from "./environment";
import { PeerConnection } from "./peer_connection";
import { FALLBACK_AGAIN_MS, FALLBACK_MS, type Way } from "./state_model";

export interface LinkOptions {
  readonly id: string;
  /** The id of this page's own earlier session, whose place this one takes over. */
  readonly replaces: string | null;
  /** Names the values that the app keeps for this start. */
  readonly start: string | null;
}

const NO_WEBRTC =
  "This browser has no WebRTC, or it is switched off in its settings or by an extension.";

export class Links {
  /** Whether this page had to fall back before. */
  #fellBack = false;

  constructor(
    private readonly env: Environment,
    private readonly settings: () => Settings,
    private readonly sending: OutgoingMedia,
  ) {}

  /** What carries the next start. */
  get way(): Way {
    const only = !this.env.webrtc && this.fallbackMs !== null;
    return this.settings().way ?? (only ? "websocket" : "webrtc");
  }

  /** How long the next start waits for ICE before it falls back; `null` when it may not. */
  get fallbackMs(): number | null {
    const { fallback, modality } = this.settings();
    if (fallback === null || modality !== "audio") return null;
    return this.#fellBack ? FALLBACK_AGAIN_MS : FALLBACK_MS;
  }

  /** Throws what the browser throws at a configuration that it cannot use, and where it has no WebRTC. */
  make(way: Way, configuration: RTCConfiguration, options: LinkOptions, events: LinkEvents): Link {
    if (way === "webrtc") return this.#peer(configuration, options, events);
    this.#fellBack = true;
    const track = this.sending.tracks.get("audio") ?? null;
    const { maxBitrate, pushToTalk } = this.settings();
    const bitrate = maxBitrate.audio ?? BITRATE;
    return new WebsocketLink(this.env, { ...options, track, bitrate, pushToTalk }, events);
  }

  #peer(configuration: RTCConfiguration, options: LinkOptions, events: LinkEvents): Link {
    const { mode, modality, rtpParams, videoCodec, maxBitrate, pushToTalk } = this.settings();
    const { env } = this;
    if (!env.webrtc) throw new Error(NO_WEBRTC);
    const all = {
      ...options,
      sessionHash: env.sessionHash(),
      direction: directionOf(mode),
      kinds: kindsOf(modality),
      tracks: sends(mode) ? this.sending.tracks : new Map(),
      ...{ rtpParams, videoCodec, maxBitrate, pushToTalk },
      codecs: env.videoCodecs(),
      drawn: () => env.drawn(),
    };
    return new PeerConnection(env.newPeer(configuration), env.server, env.clock, all, events);
  }
}
