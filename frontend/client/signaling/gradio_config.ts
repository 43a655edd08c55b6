/** What a Gradio app tells of itself: its components and events. */

import type { WebRTCProps } from "../../index";
import { joined } from "../addresses";
import { errorOf, NetworkError } from "../errors";
import { refusalOf } from "../../lib/connection/signaling";
import type { Http } from "./http";

/** Which `WebRTC` of an app: its `elem_id` or label, its number from 0, or `true` for the only one. */
export type Wanted = string | number | true;

/** One `WebRTC` of an app's page. */
export interface Component {
  readonly id: number;
  readonly props: Partial<WebRTCProps> & { readonly elem_id?: string | null; readonly label?: string | null };
}

/** A component of any kind. */
interface Listed {
  readonly id: number;
  readonly type: string;
  readonly props?: { readonly value?: unknown };
}

/** An event of an app. */
export interface Listener {
  readonly id: number;
  readonly targets?: readonly (readonly [number | null, string])[];
  readonly inputs?: readonly number[];
  readonly outputs?: readonly number[];
}

export interface GradioConfig {
  readonly api_prefix?: string | null;
  readonly components: readonly Listed[];
  readonly dependencies?: readonly Listener[];
}

/** What an app's configuration calls our component. */
const KIND = "webrtc";

/** Asks the app at `base` for its configuration. Rejects with a `StreamError`. */
export async function readConfig(http: Http, base: string, signal?: AbortSignal): Promise<GradioConfig> {
  const body = await http.get(joined(base, "config"), signal).catch(() => undefined);
  if (signal?.aborted) throw errorOf({ code: "cancelled" }, []);
  if (body === undefined) throw http.unreachable;
  const { components, status } = (body ?? {}) as { components?: unknown; status?: unknown };
  if (Array.isArray(components)) return body as GradioConfig;
  const { code } = status === "failed" ? refusalOf(body) : { code: "stream_not_found" };
  if (code !== "stream_not_found") throw errorOf({ code }, [], http.foreign);
  const remedy = "Pass the address that a browser shows, or leave component out for a mounted stream.";
  throw new NetworkError(code, `There is no Gradio app at ${base}.`, remedy);
}

/** Logs in to an app with `auth`; the browser keeps its cookie. Rejects with a `StreamError`. */
export async function logIn(http: Http, base: string, [username, password]: readonly [string, string]): Promise<void> {
  const answer = await http.postForm(joined(base, "login"), { username, password }).catch(() => undefined);
  if (answer === undefined) throw http.unreachable;
  const { status } = (answer ?? {}) as { status?: unknown };
  if (status !== "failed") return;
  throw errorOf({ code: "access_denied", message: "The app does not take this name and password." }, []);
}

function isStream(listed: Listed): listed is Listed & Component {
  return listed.type === KIND && listed.props !== undefined;
}

/** The component of an app that is wanted. Throws a `StreamError` that lists what there is. */
export function findComponent(config: GradioConfig, wanted: Wanted): Component {
  const streams = config.components.filter(isStream);
  const named = (name: "elem_id" | "label"): Component | undefined => {
    const found = streams.filter(({ props }) => props[name] === wanted);
    return found.length === 1 ? found[0] : undefined;
  };
  const only = streams.length === 1 ? streams[0] : undefined;
  const found = typeof wanted === "number" ? streams[wanted] : wanted === true ? only : undefined;
  const chosen = found ?? named("elem_id") ?? named("label");
  if (chosen !== undefined) return chosen;
  const names = streams.map(({ props }, number) => `${number}: "${props.elem_id ?? props.label ?? ""}"`);
  const remedy = "Set component to the number, the elem_id or the label of one.";
  const message =
    streams.length === 0
      ? "This Gradio app has no WebRTC component on its first page."
      : `This Gradio app's WebRTC components are ${names.join(", ")}${wanted === true ? "" : `, and not ${JSON.stringify(wanted)}`}.`;
  throw new NetworkError("stream_not_found", message, remedy);
}
