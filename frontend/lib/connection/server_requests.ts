/** What a page asks of the server besides its offers, with the answers parsed. */

import type { Environment, Settings } from "./environment";
import { PROBE_MS, type Reached } from "./state_model";
import { parseIceConfiguration, parsePlace, parseSign, type Place, type Reply } from "./signaling";

export class ServerRequests {
  constructor(private readonly env: Environment) {}

  /** The configuration to connect with, asked for where it is made anew for each connection. */
  async configuration(settings: Settings): Promise<Reply<RTCConfiguration>> {
    const { dynamicRtcConfiguration, rtcConfiguration } = settings;
    if (!dynamicRtcConfiguration) return { kind: "ok", value: rtcConfiguration ?? {} };
    const { env } = this;
    const body = await env.server
      .ice_configuration({ session_hash: env.sessionHash() })
      .catch(() => undefined);
    const reply = parseIceConfiguration(body);
    return reply.kind === "ok" ? { kind: "ok", value: reply.value ?? {} } : reply;
  }

  /**
   * Finds out whether the server answers, whatever it says. A request that fails at once though the
   * device has a network was refused: by the machine, where nothing listens any more, or by a proxy
   * before it. Where nothing gets through, a request just hangs.
   */
  async reach(): Promise<Reached> {
    const { clock, server } = this.env;
    const asked = clock.now();
    const body = await server.reach({ session_hash: this.env.sessionHash() }).catch(() => undefined);
    // What Gradio's client makes of a request that failed is no answer of ours.
    if (parseSign(body).kind !== "unreachable") return "server";
    return this.env.online() && clock.now() - asked < PROBE_MS ? "refused" : "nothing";
  }

  /** Stands in line for a place under `id`. */
  async place(id: string | null): Promise<Reply<Place>> {
    const body = await this.env.server.wait_for_place(this.#address(id)).catch(() => undefined);
    return parsePlace(body);
  }

  /** Gives back what `ids` hold: connections, places and places in line. */
  async leave(ids: readonly (string | null)[]): Promise<void> {
    const held = new Set(ids.filter((id) => id !== null));
    const { server } = this.env;
    await Promise.allSettled([...held].map((id) => server.leave(this.#address(id))));
  }

  #address(id: string | null): Record<string, string | null> {
    return { webrtc_id: id, session_hash: this.env.sessionHash() };
  }
}
