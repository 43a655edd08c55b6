import { describe, expect, it } from "vitest";
import type { WebRTCProps } from "../index";
import { appearanceOf, settingsOf } from "./component_props";

const EMPTY = {} as WebRTCProps;
const props = (some: Partial<WebRTCProps>): WebRTCProps => ({ ...EMPTY, ...some });

describe("the settings", () => {
  it("are the component's own where the author chose nothing, said as null or not at all", () => {
    const own = settingsOf(EMPTY);
    expect(own).toEqual({
      mode: "send-receive",
      modality: "video",
      rtcConfiguration: null,
      dynamicRtcConfiguration: false,
      trackConstraints: null,
      rtpParams: null,
      videoSources: ["camera"],
      videoCodec: null,
      maxBitrate: {},
      fallback: null,
      pushToTalk: false,
    });
    expect(settingsOf(props({ mode: null, video_sources: null, max_bitrate: null }))).toEqual(own);
  });

  it("are the author's", () => {
    const chosen = props({
      mode: "send",
      modality: "audio-video",
      rtc_configuration: { iceServers: [] },
      dynamic_rtc_configuration: true,
      track_constraints: { video: { width: 320 } },
      rtp_params: { degradationPreference: "maintain-framerate" },
      video_sources: ["screen"],
      video_codec: "H264",
      max_bitrate: { video: 1_000_000 },
      fallback: "websocket",
      push_to_talk: true,
    });
    expect(settingsOf(chosen)).toEqual({
      mode: "send",
      modality: "audio-video",
      rtcConfiguration: { iceServers: [] },
      dynamicRtcConfiguration: true,
      trackConstraints: { video: { width: 320 } },
      rtpParams: { degradationPreference: "maintain-framerate" },
      videoSources: ["screen"],
      videoCodec: "H264",
      maxBitrate: { video: 1_000_000 },
      fallback: "websocket",
      pushToTalk: true,
    });
  });
});

describe("the appearance", () => {
  it("is the component's own where the author chose nothing", () => {
    expect(appearanceOf(EMPTY)).toMatchObject({
      icon: null,
      iconRadius: null,
      labels: {},
      mirror: true,
      fullScreen: false,
      variant: "wave",
      buttons: [],
      statistics: false,
      placeholder: null,
    });
  });

  it("is the author's, also where that is no or nought", () => {
    const chosen = props({
      icon: { url: "/icon.svg" },
      icon_radius: 0,
      mirror_webcam: false,
      variant: "textbox",
      buttons: ["snapshot"],
      turn_labels: false,
    });
    expect(appearanceOf(chosen)).toMatchObject({
      icon: "/icon.svg",
      iconRadius: 0,
      mirror: false,
      variant: "textbox",
      buttons: ["snapshot"],
      turnWords: null,
    });
  });
});
