"""A file is replaced as a whole, or stays as it was."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path


class ChangedMeanwhileError(Exception):
    """Somebody else has written the file since it was read."""


def replace_file(path: Path, before: bytes, after: bytes) -> None:
    """Put ``after`` in the place of ``before``, with the file's permissions.

    Raises:
        ChangedMeanwhileError: the file holds something else than ``before``.
        OSError: it cannot be written; it is as it was.
    """
    target = path.resolve(strict=True)
    if target.read_bytes() != before:
        raise ChangedMeanwhileError(f"{path} has changed since it was read")
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(target, name)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
