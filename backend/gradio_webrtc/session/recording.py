"""What of a session is recorded on the server, and where to."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from gradio_webrtc.errors import ConfigurationError

RecordedSide = Literal["input", "output", "both"]


@dataclass(frozen=True)
class Recording:
    """Record every session into one file of its own.

    Attributes:
        folder: where the files go; made when it is not there.
        side: ``"input"`` is what the person sends, ``"output"`` what the handler emits.

    Raises:
        ConfigurationError: a value that cannot work.
    """

    folder: str | os.PathLike[str]
    side: RecordedSide = "both"

    def __post_init__(self) -> None:
        """Check the values."""
        if self.side not in get_args(RecordedSide):
            known = ", ".join(f'"{name}"' for name in get_args(RecordedSide))
            raise ConfigurationError(f"Recording side must be one of {known}; got {self.side!r}.")
        if not isinstance(self.folder, (str, os.PathLike)) or not str(self.folder):
            raise ConfigurationError(f"Recording folder must be a path; got {self.folder!r}.")
        if Path(self.folder).exists() and not Path(self.folder).is_dir():
            raise ConfigurationError(f"Recording folder {str(self.folder)!r} is a file.")


def as_recording(value: object) -> Recording | None:
    """Return what an author passed as ``record``: None, a folder, or a ``Recording``.

    Raises:
        ConfigurationError: it is none of these.
    """
    if value is None or isinstance(value, Recording):
        return value
    if isinstance(value, (str, os.PathLike)):
        return Recording(value)
    raise ConfigurationError(f"record must be a folder, a Recording or None; got {value!r}.")
