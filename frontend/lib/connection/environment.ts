/** What a connection is given and what it shows: its seams, for the browser and for tests. */

import type { DeviceLists } from "../capture/devices";
import type { Facing } from "../capture/camera_facing";
import type { Message } from "./messages";
import type { Machine } from "./state_model";
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
  newPeer(configuration: RTCConfiguration): RTCPeerConnection;
  /** The video codecs that this browser can take part in, best first. */
  videoCodecs(): readonly RTCRtpCodec[];
  newStream(tracks: readonly MediaStreamTrack[]): MediaStream;
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
  warning(text: string): void;
}
