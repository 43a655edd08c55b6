"""The microphone of the machine a client runs on, by the input devices of PyAV's own FFmpeg."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing

import av
from av.container import InputContainer

from gradio_webrtc.client.errors import ClientError
from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.media.decoding.decoded_audio import to_sound

DEVICES = {
    "linux": ("alsa", "default"),
    "darwin": ("avfoundation", ":default"),
    "win32": ("dshow", None),
}
"""FFmpeg's device and the name of the usual microphone; on Windows each has its own name."""


class MicrophoneError(ClientError):
    """The microphone cannot be opened; the text says which, and how to name another."""


class Microphone:
    """A source of sound: ``call.play(Microphone())``. Opened when it is played.

    Args:
        device: its name as FFmpeg has it: ALSA's on Linux (``"default"``, ``"hw:1"``; lists:
            ``arecord -L``), ``":0"`` and up on macOS, ``"audio=NAME"`` on Windows, where it has to
            be given.
        format: FFmpeg's input device, such as ``"pulse"`` where PyAV was built with it; ``None``
            for the platform's.
    """

    def __init__(self, device: str | None = None, format: str | None = None) -> None:
        usual, name = DEVICES.get(sys.platform, ("oss", "/dev/dsp"))
        self.format = format or usual
        self.device = device if device is not None else name

    def pieces(self) -> Iterator[Pcm]:
        """Go through what it hears as it hears it; blocks. For a thread.

        Raises:
            MicrophoneError: it cannot be opened.
        """
        with closing(self._open()) as container:
            for frame in container.decode(audio=0):
                sound = to_sound(frame)
                yield Pcm(sound.rate, sound.samples)

    def _open(self) -> InputContainer:
        if self.device is None:
            raise MicrophoneError(
                'Name the microphone, as in Microphone("audio=Microphone (USB Audio)"); '
                '"ffmpeg -list_devices true -f dshow -i dummy" lists them.'
            )
        try:
            container: InputContainer = av.open(self.device, format=self.format)
        except (OSError, ValueError, av.error.FFmpegError) as error:
            raise MicrophoneError(
                f"The microphone {self.device!r} ({self.format}) cannot be opened: {error}. Is "
                "there one, may this program use it, and does it have this name?"
            ) from error
        return container
