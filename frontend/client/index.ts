/**
 * A typed client for streams of gradio_webrtc, mounted ones and those of Gradio apps, for any web
 * page: `connect(url, options)`.
 * The package `clients/typescript` is built from this file.
 */

import { ownBrowser } from "./browser";
import type { Call } from "./call";
import { makeCall } from "./connect";
import type { ConnectOptions } from "./options";

/**
 * Connects to the stream that is mounted at `url`, or to a `component` of the Gradio app there, and
 * resolves when media flow. Rejects with a `StreamError`, whose `code` and `remedy` say why and what
 * to try, and with a `TypeError` where `url` is no address or options contradict each other.
 */
export async function connect(url: string, options: ConnectOptions = {}): Promise<Call> {
  const call = await makeCall(ownBrowser(), url, options);
  call.begin();
  return call.opened;
}

export { CancelledError, DeviceError, HandlerError, NetworkError, RefusedError, StreamError } from "./errors";
export type { ErrorCode } from "./errors";
export type { Call } from "./call";
export type { AudioSource, CallState, ConnectOptions, Ending, InputValues, VideoSource } from "./options";
export { AudioLine } from "./sending/audio_line";
export type { AudioToSend, Samples } from "./sending/audio_line";
export { VideoLine } from "./sending/video_line";
export type { VideoSize, VideoToSend } from "./sending/video_line";
export type { Device } from "../lib/capture/devices";
export type { Message, MessageType } from "../lib/connection/messages";
export type { Way } from "../lib/connection/state_model";
export type { Turn } from "../lib/turns/turn_machine";
export type { Kind, Modality, Mode, VideoCodec } from "../lib/types";
export { holdsAnywhere, holdsFocused, PushToTalk } from "../lib/turns/push_to_talk";
