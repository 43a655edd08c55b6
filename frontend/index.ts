/** What the Python component sends to the page, and the events the page sends back. */

import type {
  Bitrates,
  Button,
  ButtonLabels,
  Modality,
  Mode,
  RtpParams,
  TrackConstraints,
  TurnLabels,
  Variant,
  VideoCodec,
  VideoSource,
} from "./lib/types";

/** `None` arrives as `undefined` from a fresh page and as `null` from an update. */
type Optional<T> = T | null | undefined;

export interface WebRTCProps {
  /** The id of the connection, set by the page, so that listeners know whose they are. */
  value: Optional<string | Submission>;
  height: Optional<number | string>;
  width: Optional<number | string>;
  mode: Optional<Mode>;
  modality: Optional<Modality>;
  mirror_webcam: Optional<boolean>;
  rtc_configuration: Optional<RTCConfiguration>;
  dynamic_rtc_configuration: Optional<boolean>;
  track_constraints: Optional<TrackConstraints>;
  time_limit: Optional<number>;
  rtp_params: Optional<RtpParams>;
  icon: Optional<{ url: string }>;
  icon_button_color: Optional<string>;
  pulse_color: Optional<string>;
  icon_radius: Optional<number>;
  button_labels: Optional<ButtonLabels>;
  full_screen: Optional<boolean>;
  variant: Optional<Variant>;
  video_sources: Optional<VideoSource[]>;
  buttons: Optional<Button[]>;
  show_statistics: Optional<boolean>;
  video_codec: Optional<VideoCodec>;
  max_bitrate: Optional<Bitrates>;
  fallback: Optional<"websocket">;
  push_to_talk: Optional<boolean>;
  placeholder: Optional<string>;
  /** What the page calls each turn; `false` when it says nothing of turns. */
  turn_labels: Optional<TurnLabels | false>;
  /** Which component this is across re-renders of `gr.render`. */
  key: Optional<number | string | (number | string)[]>;
  /** The ids of the Gradio events that take additional outputs. */
  output_listeners: Optional<number[]>;
}

/** The value of a composer: what the person submitted last, and over which connection. */
export interface Submission {
  webrtc_id: string;
  textbox: string;
  /** The server takes each number once; there is none before the first submit. */
  number: number | null;
}

export interface WebRTCEvents {
  tick: never;
  state_change: never;
  submit: never;
  start_recording: never;
  stop_recording: never;
  error: string;
  warning: string;
  info: string;
}
