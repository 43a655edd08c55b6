/** What a connection is given and what it shows: its seams, for the browser and for tests. */

import type { DeviceLists } from "../capture/devices";
import type { Facing } from "../capture/camera_facing";
import type { DrainReading } from "../playback/jitter_buffer_drain";
import type { Report } from "../playback/statistics";
import type { WebCodecs } from "../websocket/audio_codecs";
import type { AudioLine, AudioLineOptions } from "../websocket/audio_line";
import type { Message } from "./messages";
import type { Machine, Way } from "./state_model";
import type { Problem } from "./problems";
import type {
  Bitrates,
  Clock,
  Kind,
  Modality,
  Mode,
  RtpParams,
  Server,
  TrackConstraints,
  VideoCodec,
  VideoSource,
} from "../types";

/** What the app's author chose; read anew at each start. */
export interface Settings {
  readonly mode: Mode;
  readonly modality: Modality;
  readonly rtcConfiguration: RTCConfiguration | null;
  readonly dynamicRtcConfiguration: boolean;
  readonly trackConstraints: TrackConstraints | null;
  readonly rtpParams: RtpParams | null;
  readonly videoSources: readonly VideoSource[];
  readonly videoCodec: VideoCodec | null;
  readonly maxBitrate: Bitrates;
  /** What carries audio where ICE finds no path; `null` for nothing. */
  readonly fallback: "websocket" | null;
  /** Whether the microphone sends sound only while a button is held. */
  readonly pushToTalk: boolean;
  /** What carries the media from the start on: WebRTC unless told otherwise. */
  readonly way?: Way;
}

/**
 * One attempt at a connection, whatever carries it. It reports what happens and decides nothing; a
 * new attempt is a new link.
 */
export interface Link {
  /** Asks the server for a session, and connects to it. */
  open(): Promise<void>;
  /** When the server has answered, or it is known that it will not; never rejects. */
  readonly settled: Promise<void>;
  /** Sends another track, or none, in place of the current one. */
  replaceTrack(kind: Kind, track: MediaStreamTrack | null): Promise<void>;
  /** Tells the server that the person holds their button, or let go of it. */
  talk(pressed: boolean): void;
  /** What was measured so far; `null` once this attempt is over. */
  statistics(): Promise<Report | null>;
  /** Whether what has been received has been played, and how long to wait for that. */
  drain(): Promise<DrainReading>;
  /** Ends the attempt. `polite` tells the server, which would else notice by itself. */
  close(polite: boolean): void;
}

export interface LinkEvents {
  answered(): void;
  refused(problem: Problem): void;
  unreachable(): void;
  connection(peer: "connected" | "disconnected" | "failed"): void;
  channelClosed(): void;
  message(message: Message): void;
  /** A text that is no control message: the handler's own. */
  text(text: string): void;
  incoming(tracks: readonly MediaStreamTrack[]): void;
  warning(text: string): void;
}

/** The parts of a browser that a connection needs. */
export interface Environment {
  readonly secure: boolean;
  readonly mediaDevices: MediaDevices | undefined;
  readonly storage: Storage | null;
  readonly clock: Clock;
  readonly server: Server;
  sessionHash(): string;
  newId(): string;
  /** Whether there is WebRTC: some browsers lack it, and some people switch it off. */
  readonly webrtc: boolean;
  newPeer(configuration: RTCConfiguration): RTCPeerConnection;
  /** Whether the device has a network, as far as the browser knows. */
  online(): boolean;
  /** The video codecs that this browser can take part in, best first. */
  videoCodecs(): readonly RTCRtpCodec[];
  newStream(tracks: readonly MediaStreamTrack[]): MediaStream;
  /** When the page has drawn what it has now; at once while nobody sees it. */
  drawn(): Promise<void>;
  /** A websocket at `path` of the app. */
  newSocket(path: string): WebSocket;
  openAudioLine(options: AudioLineOptions): Promise<AudioLine>;
  /** `null` where the browser has no codecs for pages. */
  readonly webCodecs: WebCodecs | null;
}

export interface View {
  readonly machine: Machine;
  readonly local: MediaStream | null;
  readonly remote: MediaStream | null;
  readonly muted: Readonly<Record<Kind, boolean>>;
  readonly devices: DeviceLists;
  readonly current: Readonly<Record<Kind, string | null>>;
  /** Where video comes from, now or at the next start. */
  readonly source: VideoSource;
  /** What they may come from here; empty where nothing the author wants is possible. */
  readonly sources: readonly VideoSource[];
  /** The side the camera looks to, where that is known. */
  readonly facing: Facing | null;
  /** What happened to a device, in words; `null` when there is nothing to say. */
  readonly notice: string | null;
  /** While connected: the person is being asked for a device. */
  readonly asking: boolean;
  /** While connected: why a device is not open though it was asked for. */
  readonly mediaProblem: Problem | null;
}

export interface ConnectionEvents {
  changed(view: View): void;
  /** The server has taken the connection with this id. */
  identified(id: string): void;
  started(): void;
  stopped(): void;
  /** The server has let go of a stream: nothing more will be announced for it. */
  released(): void;
  /** A control message other than `end_stream`. */
  message(message: Message): void;
  /** A text of the handler's own. */
  text?(text: string): void;
  warning(text: string): void;
}
