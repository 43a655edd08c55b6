/** The browser's own parts as the connection wants them: the one place that reads globals. */

import type { Environment } from "../lib/connection/environment";
import type { WebCodecs } from "../lib/websocket/audio_codecs";
import { openAudioLine, type WebAudio } from "../lib/websocket/audio_line";
import workletScript from "../lib/websocket/worklet/processors.ts?worklet";
import type { ShownPage } from "../lib/gradio_calls";
import { newId } from "../lib/connection/connection_id";
import type { RecorderEnvironment } from "../lib/recording/page_recorder";
import type { Clock, Server } from "../lib/types";

export const browserClock: Clock = {
  now: () => performance.now(),
  set: (callback, ms) => window.setTimeout(callback, ms),
  clear: (timer) => window.clearTimeout(timer),
};

export const shownPage: ShownPage = {
  clock: browserClock,
  hidden: () => document.visibilityState === "hidden",
};

/** Reading `localStorage` throws where storage is forbidden, as in sandboxed frames. */
export function browserStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** The part of Gradio's client that is used. */
export interface Client {
  readonly session_hash: string;
  /** Where the app is, as its server knows it behind whatever proxies. */
  readonly config?: { readonly root?: string };
}

let workletUrl: string | null = null;

const webAudio: WebAudio = {
  newContext: (sampleRate) => new AudioContext({ sampleRate, latencyHint: "interactive" }),
  newNode: (context, name, options) => new AudioWorkletNode(context, name, options),
  newStream: (tracks) => new MediaStream([...tracks]),
  scriptUrl: () =>
    (workletUrl ??= URL.createObjectURL(new Blob([workletScript], { type: "text/javascript" }))),
  onGesture: (callback) => {
    const events = ["pointerdown", "keydown"] as const;
    for (const name of events) document.addEventListener(name, callback, true);
    return () => {
      for (const name of events) document.removeEventListener(name, callback, true);
    };
  },
};

/** Chromium and current versions of Firefox and Safari have them; TypeScript takes them for sure. */
function webCodecs(): WebCodecs | null {
  if (!("AudioEncoder" in window) || !("AudioDecoder" in window)) return null;
  return {
    supports: async (encoder, decoder) => {
      const encodes = await AudioEncoder.isConfigSupported(encoder);
      const decodes = await AudioDecoder.isConfigSupported(decoder);
      return encodes.supported === true && decodes.supported === true;
    },
    newEncoder: (init) => new AudioEncoder(init),
    newDecoder: (init) => new AudioDecoder(init),
    newData: (init) => new AudioData(init),
    newChunk: (init) => new EncodedAudioChunk(init),
  };
}

/** Two frames, since the first may have begun before. */
function drawn(): Promise<void> {
  if (shownPage.hidden()) return Promise.resolve();
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
}

/** A websocket at `path` of the app at `root`. */
function openSocket(root: string, path: string): WebSocket {
  const url = new URL(root.replace(/\/+$/, "") + path, window.location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(url);
}

export function browserEnvironment(server: Server, client: () => Client): Environment {
  return {
    secure: window.isSecureContext,
    // Missing on insecure origins, though the type says otherwise.
    mediaDevices: navigator.mediaDevices,
    storage: browserStorage(),
    clock: browserClock,
    server,
    sessionHash: () => client().session_hash,
    newId: () => newId(window.crypto),
    webrtc: "RTCPeerConnection" in window,
    newPeer: (configuration) => new RTCPeerConnection(configuration),
    online: () => navigator.onLine,
    videoCodecs: () => RTCRtpReceiver.getCapabilities("video")?.codecs ?? [],
    newStream: (tracks) => new MediaStream([...tracks]),
    drawn,
    newSocket: (path) => openSocket(client().config?.root ?? "", path),
    openAudioLine: (options) => openAudioLine(webAudio, options),
    webCodecs: webCodecs(),
  };
}

export function today(): Date {
  return new Date();
}

/** Time for the browser to take a file over before its address is forgotten. */
const SAVING_MS = 60_000;

/** Hands a file to the browser's downloads. */
export function saveBlob(clock: Clock, blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  clock.set(() => URL.revokeObjectURL(link.href), SAVING_MS);
}

/** The frame that a video element shows, as PNG in its own size; `null` before there is one. */
export function videoFrameOf(video: HTMLVideoElement): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.width > 0 ? canvas.getContext("2d") : null;
  if (context === null) return Promise.resolve(null);
  context.drawImage(video, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

export function browserRecorderEnvironment(clock: Clock): RecorderEnvironment {
  return {
    clock,
    today,
    supports: (type) => MediaRecorder.isTypeSupported(type),
    newRecorder: (stream, type) => new MediaRecorder(stream, type ? { mimeType: type } : {}),
    newStream: (tracks) => new MediaStream([...tracks]),
    newContext: () => new AudioContext(),
    save: (blob, name) => saveBlob(clock, blob, name),
  };
}
