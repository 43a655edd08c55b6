/** The component's props as Gradio gives them, read into what the page works with. */

import type { WebRTCProps } from "../index";
import { turnWords, type Appearance } from "./appearance";
import type { Settings } from "./connection/environment";

/** What the connection is to be; `null` and absent props mean the component's own choice. */
export function settingsOf(props: WebRTCProps): Settings {
  return {
    mode: props.mode ?? "send-receive",
    modality: props.modality ?? "video",
    rtcConfiguration: props.rtc_configuration ?? null,
    dynamicRtcConfiguration: props.dynamic_rtc_configuration ?? false,
    trackConstraints: props.track_constraints ?? null,
    rtpParams: props.rtp_params ?? null,
    videoSources: props.video_sources ?? ["camera"],
    videoCodec: props.video_codec ?? null,
    maxBitrate: props.max_bitrate ?? {},
    fallback: props.fallback ?? null,
    pushToTalk: props.push_to_talk ?? false,
  };
}

export function appearanceOf(props: WebRTCProps): Appearance {
  return {
    icon: props.icon?.url ?? null,
    iconButtonColor: props.icon_button_color ?? null,
    pulseColor: props.pulse_color ?? null,
    iconRadius: props.icon_radius ?? null,
    labels: props.button_labels ?? {},
    mirror: props.mirror_webcam ?? true,
    fullScreen: props.full_screen ?? false,
    variant: props.variant ?? "wave",
    buttons: props.buttons ?? [],
    statistics: props.show_statistics ?? false,
    placeholder: props.placeholder ?? null,
    turnWords: turnWords(props.turn_labels, Boolean(props.push_to_talk)),
    pushToTalk: Boolean(props.push_to_talk),
  };
}
