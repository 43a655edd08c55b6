// Flashes and beeps: made at the same moment by a false camera and microphone, and timed where they
// are seen and heard. Loaded by the tests of sound and pictures in step, after page.js.
(() => {
  const LOUD = 0.05;
  const LIGHT = 128;

  // Posts the context's time of the first loud sample after a quarter of a second of quiet.
  const LISTENER = `
    registerProcessor("onsets", class extends AudioWorkletProcessor {
      constructor() { super(); this.last = -1; }
      process([[channel]]) {
        if (channel) for (let at = 0; at < channel.length; at += 1) {
          if (Math.abs(channel[at]) < ${LOUD}) continue;
          const time = currentTime + at / sampleRate;
          if (time - this.last > 0.25) this.port.postMessage(time);
          this.last = time;
        }
        return true;
      }
    });`;

  async function hear(stream, note) {
    // The least latency it can do: a buffer of its own would be counted as the component's.
    const context = new AudioContext({ latencyHint: 0 });
    await context.resume();
    const module = URL.createObjectURL(new Blob([LISTENER], { type: "text/javascript" }));
    await context.audioWorklet.addModule(module);
    const listener = new AudioWorkletNode(context, "onsets");
    const mute = new GainNode(context, { gain: 0 });
    context.createMediaStreamSource(stream).connect(listener).connect(mute).connect(context.destination);
    listener.port.onmessage = ({ data }) => {
      // When that sample leaves the loudspeaker, on the clock of performance.now().
      const { contextTime, performanceTime } = context.getOutputTimestamp();
      note(performanceTime + (data - contextTime) * 1000);
    };
  }

  function see(video, note) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [8, 8];
    const context = canvas.getContext("2d", { willReadFrequently: true });
    let light = false;
    const look = (_now, { expectedDisplayTime }) => {
      context.drawImage(video, 0, 0, 8, 8);
      const now = context.getImageData(4, 4, 1, 1).data[1] > LIGHT;
      if (now && !light) note(expectedDisplayTime);
      light = now;
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  }

  window.sync = {
    beeps: [],
    flashes: [],

    // Times what the component plays.
    async watch(index) {
      const root = document.querySelectorAll("[data-testid=webrtc]")[index];
      const video = root.querySelector("[data-testid=webrtc-media]");
      see(video, (time) => sync.flashes.push(time));
      await hear(video.srcObject, (time) => sync.beeps.push(time));
    },

    // Takes the place of camera and microphone: every second a flash and a beep of 0.1 s.
    async pretend() {
      const context = new AudioContext();
      await context.resume();
      const gain = new GainNode(context, { gain: 0 });
      const sound = context.createMediaStreamDestination();
      const tone = new OscillatorNode(context, { frequency: 1000 });
      tone.connect(gain).connect(sound);
      tone.start();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [160, 120];
      const screen = canvas.getContext("2d");
      let next = context.currentTime + 1;
      gain.gain.setValueAtTime(0.5, next);
      gain.gain.setValueAtTime(0, next + 0.1);
      const draw = () => {
        const time = context.currentTime;
        const lit = time >= next && time < next + 0.1;
        screen.fillStyle = lit ? "white" : "black";
        screen.fillRect(0, 0, 160, 120);
        screen.fillStyle = "gray";
        screen.fillRect((performance.now() / 10) % 160, 0, 8, 8);
        if (time >= next + 0.1) {
          next += 1;
          gain.gain.setValueAtTime(0.5, next);
          gain.gain.setValueAtTime(0, next + 0.1);
        }
        requestAnimationFrame(draw);
      };
      draw();
      return new MediaStream([
        ...sound.stream.getTracks(),
        ...canvas.captureStream(30).getTracks(),
      ]);
    },
  };

  if (window.flashAndBeep && navigator.mediaDevices) {
    navigator.mediaDevices.getUserMedia = () => sync.pretend();
  }
})();
