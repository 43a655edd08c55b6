// Runs in every page before its own scripts: what a test wants to know and cannot see.
(() => {
  const states = new WeakMap();
  const turns = new WeakMap();
  const peers = [];
  const sockets = [];
  const captures = [];
  const root = (index) => document.querySelectorAll("[data-testid=webrtc]")[index];

  // Keeps every value, also those that a test would be too slow to see.
  function keep(values, element, name) {
    const seen = [element.dataset[name]];
    values.set(element, seen);
    new MutationObserver(() => seen.push(element.dataset[name])).observe(element, {
      attributeFilter: [`data-${name}`],
    });
  }

  new MutationObserver(() => {
    for (const element of document.querySelectorAll("[data-testid=webrtc]")) {
      if (states.has(element)) continue;
      keep(states, element, "state");
      keep(turns, element, "turn");
    }
  }).observe(document, { childList: true, subtree: true });

  const Peer = window.RTCPeerConnection;
  if (Peer) {
    window.RTCPeerConnection = class extends Peer {
      constructor(...options) {
        super(...options);
        peers.push(this);
      }
    };
  }

  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...options) {
      super(...options);
      sockets.push(this);
    }
  };

  const devices = navigator.mediaDevices;
  if (devices) {
    for (const name of ["getUserMedia", "getDisplayMedia"]) {
      if (!(name in devices)) continue;
      const ask = devices[name].bind(devices);
      devices[name] = async (constraints) => {
        const stream = await ask(constraints);
        captures.push(...stream.getTracks());
        return stream;
      };
    }
  }

  // The samples of a track as they come, and their rate, by what this browser has for it.
  function readSamples(track) {
    if (!("MediaStreamTrackProcessor" in window)) return readByWorklet(track);
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 1000 }).readable.getReader();
    const next = async () => {
      const { value: sound, done } = await reader.read();
      if (done) return null;
      const part = new Float32Array(sound.numberOfFrames);
      sound.copyTo(part, { planeIndex: 0, format: "f32-planar" });
      const { sampleRate: rate } = sound;
      sound.close();
      return { rate, part };
    };
    return { next, stop: () => reader.cancel() };
  }

  const TAP = `registerProcessor("tap", class extends AudioWorkletProcessor {
    wanted = true;
    constructor() {
      super();
      this.port.onmessage = () => (this.wanted = false);
    }
    process([[heard]]) {
      this.port.postMessage(heard?.slice() ?? new Float32Array(128));
      return this.wanted;
    }
  });`;

  let listening;
  function listener() {
    return (listening ??= (async () => {
      const context = new AudioContext({ sampleRate: 48000 });
      const script = new Blob([TAP], { type: "text/javascript" });
      await context.audioWorklet.addModule(URL.createObjectURL(script));
      return context;
    })());
  }

  function readByWorklet(track) {
    const parts = [];
    let [rate, over, wake, source, tap] = [0, false, () => {}];
    const tapped = (async () => {
      const context = await listener();
      void context.resume();
      rate = context.sampleRate;
      tap = new AudioWorkletNode(context, "tap", { channelCount: 1, channelCountMode: "explicit" });
      tap.port.onmessage = ({ data }) => {
        // The sound goes on, as silence, when there is no track any more.
        if (track.readyState === "ended") over = true;
        else parts.push(data);
        wake();
      };
      source = context.createMediaStreamSource(new MediaStream([track]));
      source.connect(tap);
    })();
    const next = async () => {
      await tapped;
      while (parts.length === 0 && !over) await new Promise((ready) => (wake = ready));
      return parts.length > 0 ? { rate, part: parts.shift() } : null;
    };
    const stop = () => {
      source.disconnect();
      tap.port.postMessage("stop");
    };
    return { next, stop };
  }

  async function record(index, seconds, mine = false) {
    const element = root(index).querySelector("[data-testid=webrtc-media]");
    const track = mine ? captures.at(-1) : element?.srcObject?.getAudioTracks()[0];
    if (!track) return null;
    const reader = readSamples(track);
    const parts = [];
    let [rate, held] = [0, 0];
    while (rate === 0 || held < rate * seconds) {
      const read = await reader.next();
      if (read === null) break;
      rate = read.rate;
      held += read.part.length;
      parts.push(read.part);
    }
    await reader.stop();
    if (held === 0) return null;
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) {
      text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    }
    return { rate, samples: btoa(text) };
  }

  function draw(video) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(video, 0, 0);
    return { canvas, context };
  }

  function quarters(video) {
    if (!video || video.videoWidth < 16 || video.videoHeight < 16) return null;
    const { canvas, context } = draw(video);
    const colour = (x, y) => {
      const left = Math.round(canvas.width * x) - 4;
      const top = Math.round(canvas.height * y) - 4;
      const { data } = context.getImageData(left, top, 8, 8);
      const mean = (channel) => {
        let sum = 0;
        for (let at = channel; at < data.length; at += 4) sum += data[at];
        return Math.round((sum * 4) / data.length);
      };
      return [mean(0), mean(1), mean(2)];
    };
    return [colour(0.25, 0.25), colour(0.75, 0.25), colour(0.25, 0.75), colour(0.75, 0.75)];
  }

  // Frames of a stream where the browser counts only those of files; from the first call on.
  const shown = new WeakMap();
  function presented(video) {
    if (!shown.has(video)) {
      const note = (_, { presentedFrames }) => {
        shown.set(video, presentedFrames);
        video.requestVideoFrameCallback(note);
      };
      note(0, { presentedFrames: 0 });
    }
    return shown.get(video);
  }

  // Records from the first moment there is something to play until it is over.
  let next;
  async function untilItIsOver(index) {
    while (!root(index).querySelector("[data-testid=webrtc-media]")?.srcObject) {
      await new Promise((ready) => setTimeout(ready, 2));
    }
    return record(index, 60);
  }

  window.probe = {
    record,
    recordNext: async (index) => {
      if (!("MediaStreamTrackProcessor" in window)) await listener();
      next = untilItIsOver(index);
    },
    recorded: () => next,
    peers,
    sockets,
    captures,
    states: (index) => states.get(root(index)),
    turns: (index) => turns.get(root(index)),
    colours: (index, testid) => {
      const shown = root(index).querySelector(`[data-testid=${testid}]`);
      return quarters(shown?.matches("video") ? shown : shown?.querySelector("video"));
    },
    size: (index) => {
      const video = root(index).querySelector("[data-testid=webrtc-media]");
      return [video.videoWidth, video.videoHeight];
    },
    frames: (index) => {
      const video = root(index).querySelector("[data-testid=webrtc-media]");
      const { totalVideoFrames } = video.getVideoPlaybackQuality();
      return totalVideoFrames || presented(video);
    },
  };
})();
