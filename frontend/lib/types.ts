/** The words that the component's parts share. No code. */

export type Mode = "send-receive" | "send" | "receive";
export type Modality = "audio" | "video" | "audio-video";
export type Kind = "audio" | "video";

export type Variant = "wave" | "textbox";
export type VideoSource = "camera" | "screen";
export type Button = "snapshot" | "recording";
export type VideoCodec = "VP8" | "H264";

/** Most bits per second of each kind. */
export type Bitrates = Partial<Record<Kind, number>>;

/** Constraints as the app's author gives them: for one kind, or for each. */
export type TrackConstraints =
  | MediaTrackConstraints
  | { audio?: MediaTrackConstraints | null; video?: MediaTrackConstraints | null };

/** The part of `RTCRtpSendParameters` an author may set; encodings merge one by one. */
export type RtpParams = Partial<RTCRtpSendParameters>;

export interface ButtonLabels {
  start?: string;
  stop?: string;
  waiting?: string;
  talk?: string;
}

export interface TurnLabels {
  listening?: string;
  speaking?: string;
  thinking?: string;
  replying?: string;
}

/**
 * The component's server functions. Each takes one JSON object. An HTTP error makes the promise
 * resolve to `undefined`, so answers are `unknown` until `signaling.ts` has parsed them.
 */
export interface Server {
  offer(body: Record<string, unknown>): Promise<unknown>;
  /** Where this page's websocket is. */
  websocket(body: Record<string, unknown>): Promise<unknown>;
  ice_configuration(body: Record<string, unknown>): Promise<unknown>;
  wait_for_place(body: Record<string, unknown>): Promise<unknown>;
  leave(body: Record<string, unknown>): Promise<unknown>;
  outputs_waiting(body: Record<string, unknown>): Promise<unknown>;
  /** Says that the server is there. */
  reach(body: Record<string, unknown>): Promise<unknown>;
}

/** Time, handed in so that tests can own it. Milliseconds. */
export interface Clock {
  now(): number;
  set(callback: () => void, ms: number): number;
  clear(timer: number): void;
}
