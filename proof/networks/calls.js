// Calls of a page without any package: to any server that takes an offer and gives an answer.
(() => {
  const { watch, samplesOf, piece, encoded } = window.tracks;
  const calls = {};
  const now = () => (performance.timeOrigin + performance.now()) / 1000;

  // Coarse noise that moves: worth as many bits as there are.
  function pictures({ width, height, rate }) {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d");
    const tile = new OffscreenCanvas(width, height);
    const paint = tile.getContext("2d");
    let state = 7;
    const random = () => (state = (state * 48271) % 2147483647) % 256;
    for (let y = 0; y < height; y += 16)
      for (let x = 0; x < width; x += 16) {
        paint.fillStyle = `rgb(${random()} ${random()} ${random()})`;
        paint.fillRect(x, y, 16, 16);
      }
    let step = 0;
    setInterval(() => {
      step = (step + 6) % width;
      context.drawImage(tile, step, 0);
      context.drawImage(tile, step - width, 0);
    }, 1000 / rate);
    return canvas.captureStream(rate);
  }

  async function open(name, { audio, video, keeps, watches }) {
    const peer = new RTCPeerConnection();
    const call = (calls[name] = { peer, shown: [], pieces: [], players: [] });
    peer.createDataChannel("text");
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const sound = audio ? (await navigator.mediaDevices.getUserMedia({ audio: plain })).getTracks() : [];
    for (const track of [...sound, ...(video ? pictures(video).getTracks() : [])]) peer.addTrack(track);
    if (watches) peer.addTransceiver("video", { direction: "recvonly" });
    peer.addEventListener("track", ({ track }) => {
      if (track.kind === "video") void watch(track, () => call.shown.push(now()));
      if (track.kind === "audio" && keeps) void watch(track, (data) => call.pieces.push(piece(samplesOf(data))));
      // Chromium plays, and so counts, what an element asks for.
      const player = Object.assign(new Audio(), { srcObject: new MediaStream([track]) });
      if (track.kind === "audio") void player.play();
      call.players.push(player);
    });
    await peer.setLocalDescription();
    while (peer.iceGatheringState !== "complete")
      await new Promise((resolve) => peer.addEventListener("icegatheringstatechange", resolve, { once: true }));
    return { type: "offer", sdp: peer.localDescription.sdp };
  }

  async function accept(name, answer) {
    const { peer } = calls[name];
    await peer.setRemoteDescription(answer);
    while (peer.connectionState !== "connected")
      await new Promise((resolve) => peer.addEventListener("connectionstatechange", resolve, { once: true }));
  }

  // What getStats() says of each stream, by direction and kind, and when that was.
  async function statistics(name) {
    const found = { at: now() };
    for (const each of (await calls[name].peer.getStats()).values()) {
      if (/^(remote-)?(inbound|outbound)-rtp$/.test(each.type)) found[`${each.type} ${each.kind}`] = { ...each };
      if (each.type === "candidate-pair" && each.nominated) found.pair = { ...each };
    }
    return found;
  }

  const sound = (name) => encoded(calls[name].pieces);
  const shown = (name) => calls[name].shown;
  const close = (name) => calls[name].peer.close();
  window.calls = { open, accept, statistics, shown, sound, close };
})();
