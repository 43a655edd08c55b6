// Runs in the page before its own scripts: a microphone that clicks, and ears that tell when what is heard.
(() => {
  const LOUD = 0.05;
  const QUIET_SECONDS = 0.25;
  const peers = [];
  const onsets = [];
  const wall = () => performance.timeOrigin + performance.now();

  // Posts the context's time of the first loud sample after a quarter of a second of quiet.
  const EAR = `
    registerProcessor("ear", class extends AudioWorkletProcessor {
      constructor() { super(); this.last = -1; }
      process([[channel]]) {
        if (channel) for (let at = 0; at < channel.length; at += 1) {
          if (Math.abs(channel[at]) < ${LOUD}) continue;
          const time = currentTime + at / sampleRate;
          if (time - this.last > ${QUIET_SECONDS}) this.port.postMessage(time);
          this.last = time;
        }
        return true;
      }
    });`;

  // When pieces of 10 ms were handed over to be played, on the clock that the server has too.
  async function note(track) {
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 100 }).readable.getReader();
    let last = 0;
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const samples = new Float32Array(value.numberOfFrames);
      value.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
      value.close();
      if (samples.every((sample) => Math.abs(sample) < LOUD)) continue;
      if (wall() - last > QUIET_SECONDS * 1000) onsets.push(wall() / 1000);
      last = wall();
    }
  }

  const Peer = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Peer {
    constructor(...options) {
      super(...options);
      peers.push(this);
      this.addEventListener("track", ({ track }) => {
        if (window.notesOnsets && track.kind === "audio") void note(track);
      });
    }
  };

  // One context makes the clicks and hears them come back, so that one clock tells how long it took.
  let context;
  const clicks = [];
  const heard = [];

  async function clickingMicrophone() {
    context = new AudioContext({ sampleRate: 48000, latencyHint: 0 });
    await context.resume();
    const gain = new GainNode(context, { gain: 0 });
    const sound = context.createMediaStreamDestination();
    const tone = new OscillatorNode(context, { frequency: 1000 });
    tone.connect(gain).connect(sound);
    tone.start();
    let next = context.currentTime + 1;
    setInterval(() => {
      while (next < context.currentTime + 2) {
        gain.gain.setValueAtTime(0.5, next);
        gain.gain.setValueAtTime(0, next + 0.05);
        clicks.push(next);
        next += 1;
      }
    }, 500);
    return sound.stream;
  }

  async function listen(index) {
    const root = document.querySelectorAll("[data-testid=webrtc]")[index];
    const stream = root.querySelector("[data-testid=webrtc-media]").srcObject;
    const module = URL.createObjectURL(new Blob([EAR], { type: "text/javascript" }));
    await context.audioWorklet.addModule(module);
    const ear = new AudioWorkletNode(context, "ear");
    const mute = new GainNode(context, { gain: 0 });
    context.createMediaStreamSource(stream).connect(ear).connect(mute).connect(context.destination);
    ear.port.onmessage = ({ data }) => heard.push(data);
  }

  // What getStats() says of the received sound, and when, in seconds on the clock of the clicks.
  async function statistics() {
    const found = await peers.at(-1).getStats();
    const inbound = [...found.values()].find((s) => s.type === "inbound-rtp" && s.kind === "audio");
    const { jitterBufferDelay, jitterBufferEmittedCount, concealedSamples } = inbound;
    const { silentConcealedSamples, packetsLost, packetsReceived } = inbound;
    return {
      at: context ? context.currentTime : wall() / 1000,
      wall: wall() / 1000,
      jitterBufferDelay,
      jitterBufferEmittedCount,
      concealedSamples,
      silentConcealedSamples,
      packetsLost,
      packetsReceived,
    };
  }

  window.ears = { clicks, heard, onsets, listen, statistics };

  if (window.clicks && navigator.mediaDevices) {
    navigator.mediaDevices.getUserMedia = clickingMicrophone;
  }
})();
