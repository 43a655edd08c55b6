/** What goes wrong for a program that connects: an error each, with its code and what to do. */

import { describe, type Problem } from "../lib/connection/problems";
import type { Kind } from "../lib/types";

/** Why it went wrong; the codes of the wire protocol and of this client. */
export type ErrorCode =
  // devices
  | "insecure_origin"
  | "unsupported_browser"
  | "permission_denied"
  | "permission_dismissed"
  | "no_device"
  | "device_busy"
  | "overconstrained"
  | "media_failed"
  | "no_screen_sharing"
  | "screen_failed"
  // files to send
  | "unreadable_media"
  // the way to the server
  | "server_unreachable"
  | "stream_not_found"
  | "ice_failed"
  | "connect_timeout"
  | "connection_lost"
  | "setup_failed"
  // refusals
  | "access_denied"
  | "concurrency_limit_reached"
  | "origin_not_allowed"
  | "unexpected_track"
  | "unsupported_modality"
  | "invalid_offer"
  | "invalid_request"
  | "server_draining"
  | "server_full"
  | "too_many_requests"
  | "wrong_process"
  | "configuration_error"
  | "server_error"
  // the end
  | "handler_error"
  | "cancelled"
  // what later servers say
  | (string & {});

/** Base of every error; `message` says what happened, and `remedy` what to try. */
export class StreamError extends Error {
  override name = "StreamError";

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly remedy: string,
    /** How many places there are, where every one is taken. */
    readonly limit: number | null = null,
  ) {
    super(message);
  }
}

/** A microphone, camera or screen could not be had. */
export class DeviceError extends StreamError {
  override name = "DeviceError";
}

/** The server was not reached, or no way for media was found to it, or that was lost. */
export class NetworkError extends StreamError {
  override name = "NetworkError";
}

/** The server does not want the connection. */
export class RefusedError extends StreamError {
  override name = "RefusedError";
}

/** The app raised an error, which ended the stream. */
export class HandlerError extends StreamError {
  override name = "HandlerError";
}

/** Whoever connects gave it up before it was there. */
export class CancelledError extends StreamError {
  override name = "CancelledError";
}

const KINDS: Record<string, typeof StreamError> = {
  ...kind(DeviceError, "insecure_origin", "unsupported_browser", "permission_denied", "no_device"),
  ...kind(DeviceError, "permission_dismissed", "device_busy", "overconstrained", "media_failed"),
  ...kind(DeviceError, "no_screen_sharing", "screen_failed"),
  ...kind(NetworkError, "server_unreachable", "stream_not_found", "ice_failed", "connect_timeout"),
  ...kind(NetworkError, "connection_lost", "setup_failed"),
  ...kind(HandlerError, "handler_error"),
  ...kind(CancelledError, "cancelled"),
};

function kind(type: typeof StreamError, ...codes: string[]): Record<string, typeof StreamError> {
  return Object.fromEntries(codes.map((code) => [code, type]));
}

/** What programmers can do about it, where the page's words for people say too little. */
const REMEDIES: Record<string, string> = {
  access_denied: "Give connect() the headers that the server asks for, or auth where a Gradio app has it.",
  cancelled: "Call connect() again.",
  concurrency_limit_reached:
    "Try again later, give connect() a placeWithinMs, or raise the stream's concurrency_limit.",
  connect_timeout: "Try again. If it happens every time, give connect() a TURN server in rtcConfiguration.",
  ice_failed: "A firewall may be in between: give connect() a TURN server in rtcConfiguration.",
  invalid_offer: "Pass the modality and mode that the stream has to connect().",
  media_failed: "Try again, or use another device.",
  origin_not_allowed: "Add this page's origin to the stream's allowed_origins.",
  server_draining: "Connect again: another process takes it.",
  server_unreachable:
    "Start the server and check the address. A websocket also fails where uvicorn has no websocket " +
    "library: pip install websockets.",
  stream_not_found:
    "Pass the path to which stream.mount(app, path) mounted it. For a Gradio app, say which component: " +
    "connect(url, { component: 0 }).",
  unexpected_track: "Pass the modality that the stream has to connect().",
  unsupported_modality: 'Only sound goes over a websocket: connect with by: "webrtc".',
};

const TITLES: Record<string, string> = {
  access_denied: "The server wants credentials, or others.",
  cancelled: "Connecting was given up.",
  concurrency_limit_reached: "Every place is taken.",
  stream_not_found: "There is no stream at this address.",
};

/** What else may be the matter where the page is of another site than the server. */
const ABROAD: Record<string, string> = {
  access_denied:
    "Cookies of a login go along to another site over https only, and with auth: a token in headers always does.",
  server_unreachable:
    "This page is of another site, and the browser does not say what keeps it from the server: allow ORIGIN " +
    "there, by FastAPI's CORSMiddleware(allow_origins=[...]) and the stream's allowed_origins.",
};

/**
 * The error that a problem stands for; `kinds` are the media that the stream has, `foreign` is the
 * page's origin where the server's is another.
 */
export function errorOf(problem: Problem, kinds: readonly Kind[], foreign: string | null = null): StreamError {
  const { code, limit = null } = problem;
  const words = describe(problem, kinds);
  const type = KINDS[code] ?? RefusedError;
  const title = TITLES[code] && (problem.message || TITLES[code]);
  const remedy = REMEDIES[code] ?? words.remedy;
  const also = foreign !== null && code in ABROAD ? ` ${ABROAD[code]!.replace("ORIGIN", foreign)}` : "";
  return new type(code, title || words.title, remedy + also, limit);
}
