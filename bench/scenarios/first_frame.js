// Runs in a page before its own scripts: when it was clicked, and when the first sound or picture came.
(() => {
  const LOUD = 0.01;
  addEventListener("click", () => (window.clickedAt ??= performance.now()), true);

  async function first(track) {
    const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      let something = true;
      if (track.kind === "audio") {
        const samples = new Float32Array(value.numberOfFrames);
        value.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
        something = samples.some((sample) => Math.abs(sample) > LOUD);
      }
      value.close();
      if (something) {
        window.framedAt ??= performance.now();
        await reader.cancel();
        return;
      }
    }
  }

  const Peer = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Peer {
    constructor(...options) {
      super(...options);
      this.addEventListener("track", ({ track }) => void first(track));
    }
  };
})();
