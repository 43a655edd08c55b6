// Runs in the page before its own scripts: notes when pictures and sound arrive, and keeps the sound.
(() => {
  const { watch, samplesOf, piece, encoded } = window.tracks;
  const pictures = [];
  const loud = [];
  const pieces = [];
  const peers = [];
  const LOUD = 0.01;
  const now = () => performance.timeOrigin + performance.now();

  function takeSound(data) {
    const samples = samplesOf(data);
    pieces.push(piece(samples));
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    if (Math.sqrt(power) > LOUD) loud.push(now());
  }

  const Peer = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Peer {
    constructor(...options) {
      super(...options);
      peers.push(this);
      this.addEventListener("track", ({ track }) => {
        const take = track.kind === "video" ? () => pictures.push(now()) : takeSound;
        void watch(track, take);
      });
    }
  };

  const sound = () => encoded(pieces);
  const states = () => peers.map((peer) => peer.connectionState);

  window.flows = { states, pictures, loud, sound };
})();
