"""A person at Firefox's microphone who says what a test wants.

Chromium's fake microphone plays a file, Firefox's hums. So what is captured is exchanged for a
track that Web Audio plays the file into; WebRTC takes one like the other.
"""

from __future__ import annotations

import base64
from pathlib import Path

from tests.browser.fake_microphone import microphone

_SCRIPT = """
(() => {
  const file = Uint8Array.from(atob("%s"), (each) => each.charCodeAt(0));
  const devices = navigator.mediaDevices;
  if (!devices) return;
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints) => {
    const stream = await ask(constraints);
    for (const hum of stream.getAudioTracks()) {
      const context = new AudioContext();
      const voice = new AudioBufferSourceNode(context, {
        buffer: await context.decodeAudioData(file.slice().buffer),
        loop: true,
      });
      const mouth = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
      voice.connect(mouth);
      voice.start();
      stream.removeTrack(hum);
      for (const track of mouth.stream.getTracks()) {
        stream.addTrack(track);
        const stop = track.stop.bind(track);
        track.stop = () => (hum.stop(), stop());
      }
    }
    return stream;
  };
})();
"""


def speaking(path: Path, *said: str | float) -> str:
    """Write what is heard, over and over, and return the page's script for it.

    Args:
        path: the WAV file to write.
        said: as for :func:`tests.browser.fake_microphone.microphone`.
    """
    microphone(path, *said)
    return _SCRIPT % base64.b64encode(path.read_bytes()).decode()
