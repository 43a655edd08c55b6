"""The bytes of one stream that arrives in parts, as something a decoder can read from."""

from __future__ import annotations

import threading
from collections.abc import Callable

from gradio_webrtc.errors import SessionClosedError
from gradio_webrtc.media.decoding.encoded_input import HEAD_BYTES, TS_HEAD_BYTES, EncodedInput
from gradio_webrtc.media.decoding.format_detection import (
    StreamFormat,
    begins_file,
    is_new_file,
    is_too_short,
    sniff,
)


class ByteFeed:
    """Read by a decoder on one thread; parts are given, and it is closed, from another.

    ``read`` goes through one part after the other. Where there is none it calls ``hungry`` and
    waits for ``give``. A part that begins a file of its own ends the stream and is kept in
    ``next``.

    Args:
        part: the first part.
        hungry: called on the reading thread when the next part is needed.

    Attributes:
        playing: the stream's format once ``sniff`` was called; ``None`` for a file that comes
            whole, so that nothing continues it.
        next: the part that begins a file of its own.
        complete: set by the decoder: the stream is over by its own account, nothing continues it.
        last_time: the last time seen in the stream in seconds, kept by its decoder.
    """

    def __init__(self, part: EncodedInput, hungry: Callable[[], None]) -> None:
        self.name = part.name
        self.next: EncodedInput | None = None
        self.complete = False
        self.last_time: float | None = None
        self._part = part
        self.playing: StreamFormat | None = None
        self._hungry = hungry
        self._changed = threading.Condition()
        self._given: EncodedInput | None = None
        self._ended = False
        self._closed = False

    @property
    def part(self) -> EncodedInput:
        """The part that is being read."""
        return self._part

    @property
    def ended(self) -> bool:
        """Whether no part is taken any more."""
        return self._ended or self._closed or self.next is not None

    def sniff(self, before: StreamFormat | None) -> StreamFormat | None:
        """Look at the head of the first part and return its format; ``None`` is a whole file.

        Args:
            before: what played before, which a chunk without a head of its own may go on with.
        """
        head = self._part.head()
        while is_too_short(head) and (part := self._wait()) is not None:
            part.put_back(head)
            self._part.close()
            self._part = part
            head = part.head()
        self.playing = sniff(head)
        if self.playing is None and head and before is not None and not is_new_file(head):
            self.playing = None if before in ("wav", "ogg") else before
        self._ended = self._ended or self.playing is None
        return self.playing

    def give(self, part: EncodedInput | None) -> None:
        """Hand over the next part, asked for by ``hungry``; ``None``: there is none."""
        with self._changed:
            self._given = part
            self._ended = self._ended or part is None
            self._changed.notify()

    def close(self) -> None:
        """Make the present and every later ``read`` raise, whatever they wait for. Idempotent."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._part.interrupt()

    def check_open(self) -> None:
        """Raise ``SessionClosedError`` if the feed was closed."""
        if self._closed:
            raise SessionClosedError("Nobody plays this file any more.")

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, ``b""`` at the end of the stream.

        Raises:
            MediaFileError: a part cannot be read.
            SessionClosedError: the feed was closed.
        """
        while not self._closed:
            piece = b"" if self.next is not None else self._part.read(size)
            if self._closed:
                break
            if piece or self.next is not None:
                return piece
            if not self._advance() and not self._closed:
                return b""
        raise SessionClosedError("Nobody plays this file any more.")

    def _advance(self) -> bool:
        """Go on to the next part; False at the end of the stream."""
        part = self._wait()
        while part is not None and part.empty:  # neither continues this stream nor is a file
            part = self._wait()
        if part is None or self.playing is None:
            return False
        size = TS_HEAD_BYTES if self.playing == "mpegts" else HEAD_BYTES
        if self.complete or begins_file(self.playing, part.head(size), self.last_time):
            self.next = part
            return False
        self._part.close()
        self._part = part
        self.name = part.name
        return True

    def _wait(self) -> EncodedInput | None:
        if self._ended:
            return None
        self._hungry()
        with self._changed:
            self._changed.wait_for(lambda: self._given or self._ended or self._closed)
            part, self._given = self._given, None
            return part
