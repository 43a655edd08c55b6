// Runs in a page before the other scripts: reads what comes of a track, and keeps sound.
(() => {
  async function watch(track, take) {
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 100 }).readable.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      take(value);
      value.close();
    }
  }

  const samplesOf = (data) => {
    const samples = new Float32Array(data.numberOfFrames);
    data.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
    return samples;
  };

  // 16 bits, as recordings have.
  const piece = (samples) => Int16Array.from(samples, (sample) => Math.max(-1, Math.min(1, sample)) * 32767);

  const encoded = (pieces) =>
    btoa(pieces.map((each) => String.fromCharCode(...new Uint8Array(each.buffer))).join(""));

  window.tracks = { watch, samplesOf, piece, encoded };
})();
