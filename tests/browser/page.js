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
  window.RTCPeerConnection = class extends Peer {
    constructor(...options) {
      super(...options);
      peers.push(this);
    }
  };

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

  async function record(index, seconds, mine = false) {
    const element = root(index).querySelector("[data-testid=webrtc-media]");
    const track = mine ? captures.at(-1) : element?.srcObject?.getAudioTracks()[0];
    if (!track) return null;
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 1000 }).readable.getReader();
    const parts = [];
    let [rate, held] = [0, 0];
    while (rate === 0 || held < rate * seconds) {
      const { value: sound, done } = await reader.read();
      if (done) break;
      const part = new Float32Array(sound.numberOfFrames);
      sound.copyTo(part, { planeIndex: 0, format: "f32-planar" });
      [rate, held] = [sound.sampleRate, held + part.length];
      sound.close();
      parts.push(part);
    }
    await reader.cancel();
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
    recordNext: (index) => {
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
      return video.getVideoPlaybackQuality().totalVideoFrames;
    },
  };
})();
