"""One timeline for files that are played one after the other. Pure."""

from __future__ import annotations

from gradio_webrtc.media.decoding.container import Item, Stretch

SEAM_S = 0.1
"""A file whose frames end this much later than its audio is followed as its audio ends: its
encoder filled up a last frame, and a gap would be heard. What is longer is meant to be seen."""


class FileTimeline:
    """Places each file behind the one before it.

    Attributes:
        sound_end: where the audio so far ends, in seconds.
        base: where the file that plays now begins; ``None`` between files.
    """

    def __init__(self) -> None:
        self.sound_end = 0.0
        self.base: float | None = None
        self._picture_end = 0.0
        self._last_picture: float | None = None

    def begin(self, at_least: float = 0.0) -> None:
        """Start the next file."""
        late = self._picture_end - self.sound_end > SEAM_S
        self.base = max(at_least, self._picture_end if late else self.sound_end)
        self._last_picture = None

    def end(self) -> None:
        """The file is over."""
        self.base = None

    def place(self, item: Item) -> float:
        """Return the time of ``item`` on this timeline."""
        time = (self.base or 0.0) + item.time
        if isinstance(item, Stretch):
            self.sound_end = max(self.sound_end, time + item.sound.duration)
        else:
            interval = 0.0 if self._last_picture is None else max(0.0, time - self._last_picture)
            self._last_picture = time
            self._picture_end = max(self._picture_end, time + interval)
        return time

    def heard(self, seconds: float) -> None:
        """Audio that was no file's follows."""
        self.sound_end += seconds
