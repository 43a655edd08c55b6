"""What a handler may emit in place of frames: encoded files, and how the head of one is read."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias, TypeGuard, cast

from gradio_webrtc.errors import MediaFileError, MediaFormatError
from gradio_webrtc.media.decoding.interruptible_read import InterruptibleRead

HEAD_BYTES = 600
"""Enough for every format's mark, three MPEG-TS packets among them, and too little to wait for."""

TS_HEAD_BYTES = 65_536
"""The first frame or audio of an MPEG-TS file begins within this, after its tables."""

EncodedValue: TypeAlias = "str | bytes | bytearray | memoryview | os.PathLike[str] | BinaryIO"


@dataclass(frozen=True)
class FileSource:
    """One whole file or URL and how to play it; see ``media.files.file_source``.

    Attributes:
        target: a path, or an ``http://`` or ``https://`` address.
        start: seconds of it to skip.
        duration: seconds of it to play at most, ``None`` for all.
        loop: play it again and again.
        audio: whether to play its audio.
        video: whether to play its frames.
    """

    target: str
    start: float = 0.0
    duration: float | None = None
    loop: bool = False
    audio: bool = True
    video: bool = True

    @property
    def is_url(self) -> bool:
        """Whether it is fetched over the network."""
        return is_url(self.target)


def is_url(text: str) -> bool:
    """Whether ``text`` is an address that ``file_source`` fetches."""
    return text.lower().startswith(("http://", "https://"))


def is_encoded(value: object) -> TypeGuard[EncodedValue | FileSource]:
    """Whether a handler that emitted ``value`` means a file rather than a frame."""
    if isinstance(value, (str, bytes, bytearray, memoryview, os.PathLike, FileSource)):
        return True
    # A PIL image and an array have no read(); whatever has one is taken at its word.
    return callable(getattr(value, "read", None))


class EncodedInput:
    """One encoded value, opened where it is read. Use it from one thread."""

    def __init__(self, value: EncodedValue | FileSource) -> None:
        self.value = value
        self.source = value if isinstance(value, FileSource) else None
        self.name = _name(value)
        self._file: BinaryIO | None = None
        self._own = False
        self._joined = False
        self._pipe: InterruptibleRead | None = None
        self._head = b""

    @property
    def empty(self) -> bool:
        """Whether it is certain, without reading, that nothing is in it."""
        return isinstance(self.value, (bytes, bytearray, memoryview)) and len(self.value) == 0

    def open(self) -> BinaryIO:
        """Return the bytes as a file object without what ``head`` has read.

        Raises:
            MediaFileError: there is no such file, or it may not be read.
            MediaFormatError: a file object that reads text.
        """
        if self._file is None:
            self._file = self._open()
            self._pipe = None if self._own else InterruptibleRead.of(self._file)
        return self._file

    def head(self, size: int = HEAD_BYTES) -> bytes:
        """Return the first ``size`` bytes, fewer if there are no more; they stay to be read."""
        file = self.open()
        while len(self._head) < size:
            piece = self._read(file, size - len(self._head))
            if not piece:
                break
            self._head += piece
        return self._head

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes as they come; ``b""`` at the end."""
        if self._head:
            piece, self._head = self._head[:size], self._head[size:]
            return piece
        return self._read(self.open(), size)

    def put_back(self, data: bytes) -> None:
        """Let ``data``, which another part began with, come before what is in this one."""
        self._joined = True
        self._head = data + self._head

    def rewind(self) -> BinaryIO | None:
        """Return a seekable file object at the part's beginning, ``None`` if there is none."""
        file = self.open()
        seekable = getattr(file, "seekable", None)
        if self._joined or seekable is None or not seekable():
            return None
        if self._head:
            file.seek(-len(self._head), os.SEEK_CUR)
            self._head = b""
        return file

    def interrupt(self) -> None:
        """Free a thread that waits in ``read``, as far as the file allows. Any thread."""
        if self._pipe is not None:
            self._pipe.interrupt()

    def close(self) -> None:
        """Close the file if this part opened it. Idempotent."""
        if self._file is not None and self._own:
            self._file.close()
        if self._pipe is not None:
            self._pipe.close()

    def _open(self) -> BinaryIO:
        value = self.value
        if isinstance(value, (bytes, bytearray, memoryview)):
            return io.BytesIO(value)
        if isinstance(value, FileSource):
            value = value.target
        if isinstance(value, (str, os.PathLike)):
            self._own = True
            return _open_path(self.name, os.fspath(value))
        if isinstance(value, io.TextIOBase):
            raise MediaFileError(self.name, 'it is opened as text; open it with mode "rb".')
        return value

    def _read(self, file: BinaryIO, size: int) -> bytes:
        if self._pipe is not None and not self._pipe.wait():
            return b""
        # read1() returns what is there; read() would wait until all of it has come.
        read = getattr(file, "read1", None) or file.read
        try:
            piece = read(size)
        except (OSError, ValueError) as error:  # ValueError: the file was closed
            # Not its text, which is for the log: it may have a path or worse in it.
            why = getattr(error, "strerror", None) or type(error).__name__
            raise MediaFileError(self.name, f"it cannot be read: {why}.") from error
        if piece is None:
            raise MediaFileError(self.name, "it is non-blocking; give one whose read() waits.")
        if not isinstance(piece, (bytes, bytearray, memoryview)):
            raise MediaFileError(self.name, f"its read() gave {type(piece).__name__}, not bytes.")
        return bytes(piece)


def _open_path(name: str, path: str) -> BinaryIO:
    if is_url(path):
        raise MediaFileError(
            path,
            "a text that is emitted is the path of a file; play an address with file_source().",
        )
    try:
        file = cast(BinaryIO, Path(path).open("rb"))  # noqa: SIM115 - its part closes it
    except FileNotFoundError:
        raise MediaFileError(name, "there is no such file.") from None
    except IsADirectoryError:
        raise MediaFileError(name, "it is a directory, not a file.") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or error
        raise MediaFileError(name, f"it cannot be opened: {reason}.") from error
    return file


def _public_address(url: str) -> str:
    """Return ``url`` without what may be a secret: a password, and everything from ``?`` on."""
    scheme, mark, rest = url.split("?", 1)[0].partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}"


def _name(value: EncodedValue | FileSource) -> str:
    """What the page may read: no folder of the server is in it."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"bytes of {len(value)}"
    if isinstance(value, FileSource):
        value = value.target
        if is_url(value):
            return _public_address(value)
    if isinstance(value, (str, os.PathLike)):
        text = os.fspath(value)
        if not isinstance(text, str):
            raise MediaFormatError("A path must be a str or a pathlib.Path, not bytes of one.")
        return os.path.basename(text.rstrip("/\\")) or text or "an empty path"
    name = getattr(value, "name", None)
    return os.path.basename(name) if isinstance(name, str) and name else type(value).__name__
