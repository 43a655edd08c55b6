"""What of a session is recorded on the server, and where to."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.protocol import Mode

StreamSide = Literal["input", "output"]
RecordedSide = Literal["input", "output", "both"]
OnFinished: TypeAlias = Callable[[Path, str], "Awaitable[None] | None"]

_ID_IN_NAME = 40
"""Characters of a client's id that a file name shows."""


@dataclass(frozen=True)
class Recording:
    """Record every session into one WebM file of its own (VP8, Opus).

    With both sides, the person is on the left channel and in the left picture, the app on the
    right. A reconnecting page is a new session and makes a new file. Nothing is left of a session
    in which no media came.

    Attributes:
        folder: where the files go; made when it is not there.
        side: ``"input"`` is what the person sends, ``"output"`` what was played to them.
        on_finished: called with the file's path and the session's ``webrtc_id`` when the file is
            complete, or ended early because it could not be written. Sync or async. The session's
            place is free when it has returned, or after 10 seconds.
        video_bitrate: bits a second of the recorded picture; by its size when ``None``.

    Raises:
        ConfigurationError: a value that cannot work.
    """

    folder: str | os.PathLike[str]
    side: RecordedSide = "both"
    on_finished: OnFinished | None = None
    video_bitrate: int | None = None

    def __post_init__(self) -> None:
        """Check the values."""
        if self.side not in get_args(RecordedSide):
            known = ", ".join(f'"{name}"' for name in get_args(RecordedSide))
            raise ConfigurationError(f"Recording side must be one of {known}; got {self.side!r}.")
        if not isinstance(self.folder, (str, os.PathLike)) or not str(self.folder):
            raise ConfigurationError(f"Recording folder must be a path; got {self.folder!r}.")
        if Path(self.folder).exists() and not Path(self.folder).is_dir():
            raise ConfigurationError(f"Recording folder {str(self.folder)!r} is a file.")
        if self.on_finished is not None and not callable(self.on_finished):
            raise ConfigurationError(
                "Recording on_finished must be a function of a path and a webrtc_id; "
                f"got {self.on_finished!r}."
            )
        rate = self.video_bitrate
        if rate is not None and (isinstance(rate, bool) or not isinstance(rate, int) or rate < 1):
            raise ConfigurationError(
                f"Recording video_bitrate is in bits per second; got {rate!r}."
            )

    def sides(self, mode: Mode) -> tuple[StreamSide, ...]:
        """Return the sides to record of a stream in ``mode``, seen from the client.

        Raises:
            ConfigurationError: a stream in this mode has no such side.
        """
        there: dict[Mode, tuple[StreamSide, ...]] = {
            "send-receive": ("input", "output"),
            "send": ("input",),
            "receive": ("output",),
        }
        sides = tuple(side for side in there[mode] if self.side in (side, "both"))
        if not sides:
            raise ConfigurationError(
                f'A stream in mode "{mode}" has no {self.side} to record; use side="both".'
            )
        return sides

    def prepare(self) -> None:
        """Make the folder and see whether files can be made in it, rather than at the first call.

        Raises:
            ConfigurationError: they cannot.
        """
        try:
            Path(self.folder).mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise ConfigurationError(
                f"Recording folder {str(self.folder)!r} cannot be written to: {error}."
            ) from error


def file_name(webrtc_id: str, now: datetime) -> str:
    """Return a file name for a session: its time, its id as far as that is harmless, and chance.

    The id is the client's choice: characters that mean something to a file system are replaced and
    its length is limited. The 64 random bits keep names apart and from being guessed.
    """
    harmless = "".join(
        char if char.isascii() and (char.isalnum() or char in "-_") else "-" for char in webrtc_id
    )
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    return f"{stamp}-{harmless[:_ID_IN_NAME]}-{secrets.token_hex(8)}.webm"


def as_recording(value: Recording | str | os.PathLike[str] | None) -> Recording | None:
    """Return what an author passed as ``record``: None, a folder, or a ``Recording``.

    Raises:
        ConfigurationError: it is none of these.
    """
    if value is None or isinstance(value, Recording):
        return value
    if isinstance(value, (str, os.PathLike)):
        return Recording(value)
    raise ConfigurationError(f"record must be a folder, a Recording or None; got {value!r}.")
