/** What a program may ask of a connection, and what the connection itself makes of it. */

import type { Settings } from "../lib/connection/environment";
import type { Message } from "../lib/connection/messages";
import type { StateName, Way } from "../lib/connection/state_model";
import type { Turn } from "../lib/turns/turn_machine";
import type { Bitrates, Kind, Modality, Mode, RtpParams, VideoCodec } from "../lib/types";
import type { Call } from "./call";
import type { StreamError } from "./errors";

/** What to send: a device, as asked for, a track of one's own, or nothing. */
export type AudioSource = boolean | MediaTrackConstraints | MediaStreamTrack;
export type VideoSource = boolean | "screen" | MediaTrackConstraints | MediaStreamTrack;

/** Values for the handler's further inputs: by name as the app's route takes them, or in order. */
export type InputValues = Readonly<Record<string, unknown>> | readonly unknown[];

/** How a call ended; without an `error` nothing went wrong. */
export interface Ending {
  /** `hung_up`, one of the reasons of `end_stream`, such as `handler_finished`, or the error's code. */
  readonly code: string;
  /** The server's or the handler's words; empty where there are none. */
  readonly message: string;
  readonly error: StreamError | null;
}

export interface ConnectOptions {
  /**
   * Which `WebRTC` of the Gradio app at the address: its `elem_id` or label, its number from 0, or `true`
   * for the only one. Its author's choices hold where an option says nothing, and always those of
   * `mode` and `modality`.
   */
  component?: string | number | true;
  /** Name and password of a Gradio app that has `auth`. */
  auth?: readonly [name: string, password: string];
  /** Sent from the start on: the microphone, by default. */
  audio?: AudioSource;
  /** Sent from the start on: nothing, by default, unless `modality` says otherwise. */
  video?: VideoSource;
  /** In which direction media flow, as the stream's `mode`; `send-receive` by default. */
  mode?: Mode;
  /** What the stream carries, as its `modality`; by default what `audio` and `video` are. */
  modality?: Modality;
  /** What carries the call; `webrtc` by default. A websocket carries sound only. */
  by?: Way;
  /** What carries sound where WebRTC finds no way: a websocket, by default; `null` for nothing. */
  fallback?: "websocket" | null;
  /** ICE servers, or a function that asks for them, anew for every connection. */
  rtcConfiguration?: RTCConfiguration | null | (() => Promise<RTCConfiguration | null>);
  /** Whether the microphone sends only while `call.talk(true)` holds. */
  pushToTalk?: boolean;
  rtpParams?: RtpParams | null;
  videoCodec?: VideoCodec | null;
  /** Most bits per second that are sent of each kind. */
  maxBitrate?: Bitrates;
  /** Of every request, such as `{Authorization: "Bearer ..."}`; browsers send none with a websocket. */
  headers?: Readonly<Record<string, string>>;
  /** How long to wait for a free place where all are taken, ms; 0 by default. */
  placeWithinMs?: number;
  /** Gives up connecting, and hangs up. */
  signal?: AbortSignal;
  /** Plays what is received. */
  element?: HTMLMediaElement | null;

  /** For a mounted stream: the app's own route that takes `{webrtc_id, ...values}`, such as `/input_hook`. */
  inputs?: string;
  /**
   * The values to give whenever the handler asks for them. For a component an array, without it those
   * that its page would show at first.
   */
  inputValues?: () => InputValues;
  /** For a mounted stream: the app's own event source of outputs, such as `/outputs?webrtc_id={webrtc_id}`. */
  outputs?: string;

  /**
   * An additional output: parsed where it is JSON, else the text. Of a component, what the listener of
   * `on_additional_outputs` returned: an array with a value for each of its outputs.
   */
  onOutput?: (output: unknown) => void;
  /** A control message: `log`, `error`, `warning`, `info`, `fetch_output`, `send_input`, ... */
  onMessage?: (message: Message) => void;
  /** A text of the handler's own, sent with `send_message`. */
  onText?: (text: string) => void;
  onState?: (state: CallState, call: Call) => void;
  onTurn?: (turn: Turn) => void;
  /** What is received, whenever that is another stream, and at the end `null`. */
  onRemote?: (stream: MediaStream | null) => void;
  /** What is sent, to be shown to the person. */
  onLocal?: (stream: MediaStream | null) => void;
  /** Something that does not end the call: a device that is gone, values that were not taken. */
  onWarning?: (text: string) => void;
  onEnd?: (ending: Ending) => void;
}

export type CallState = StateName;

/** What is sent of each kind; `false` for nothing. */
export interface Sources {
  readonly audio: AudioSource;
  readonly video: VideoSource;
}

export function isTrack(source: AudioSource | VideoSource): source is MediaStreamTrack {
  return typeof source === "object" && "kind" in source && "stop" in source;
}

export function sourcesOf({ audio, video, modality }: ConnectOptions): Sources {
  return {
    audio: audio ?? modality !== "video",
    video: video ?? (modality !== undefined && modality !== "audio"),
  };
}

export function modalityOf(options: ConnectOptions): Modality {
  if (options.modality !== undefined) return options.modality;
  const { audio, video } = sourcesOf(options);
  if (video === false) return "audio";
  return audio === false ? "video" : "audio-video";
}

function constraints(source: AudioSource | VideoSource): MediaTrackConstraints | null {
  return typeof source === "object" && !isTrack(source) ? source : null;
}

/** What a program asks of its connection; whether ICE servers are asked for, its host knows. */
export function settingsOf(options: ConnectOptions): Omit<Settings, "dynamicRtcConfiguration"> {
  const { audio, video } = sourcesOf(options);
  const { rtcConfiguration = null, fallback = "websocket", by = "webrtc" } = options;
  return {
    mode: options.mode ?? "send-receive",
    modality: modalityOf(options),
    rtcConfiguration: typeof rtcConfiguration === "function" ? null : rtcConfiguration,
    trackConstraints: { audio: constraints(audio), video: constraints(video) },
    rtpParams: options.rtpParams ?? null,
    videoSources: [video === "screen" ? "screen" : "camera"],
    videoCodec: options.videoCodec ?? null,
    maxBitrate: options.maxBitrate ?? {},
    fallback: by === "webrtc" ? fallback : null,
    pushToTalk: options.pushToTalk ?? false,
    way: by,
  };
}

/** The kinds for which something is sent from the start on. */
export function sentKinds(sources: Sources): Kind[] {
  return (["audio", "video"] as const).filter((kind) => sources[kind] !== false);
}
