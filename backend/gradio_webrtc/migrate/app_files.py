"""The files of an app: found, read, and told of where that cannot be done."""

from __future__ import annotations

import io
import os
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LARGEST_BYTES = 1_000_000
"""A program written by hand is smaller; what is larger is data."""
MOST_FILES = 5_000
"""More are no app: somebody named their home."""
_SKIPPED = frozenset(
    {"__pycache__", "build", "dist", "env", "node_modules", "site-packages", "venv"}
)
_LOCKS = frozenset({"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"})


class AppError(Exception):
    """What was named cannot be looked at; the text says why."""


@dataclass(frozen=True)
class AppFile:
    """A file of an app.

    Attributes:
        path: where it is.
        kind: ``"python"``, ``"requirements"``, ``"pyproject"``, ``"readme"``, ``"lock"`` or
            ``"notebook"``.
    """

    path: Path
    kind: str


@dataclass(frozen=True)
class ReadFile:
    """What is in a file.

    Attributes:
        data: its bytes.
        text: its characters, with its line ends and without a byte order mark.
        encoding: how they are written, as Python's declaration or the mark says.
    """

    data: bytes
    text: str
    encoding: str

    def encoded(self, text: str) -> bytes:
        """Return ``text`` as this file would hold it."""
        return text.encode(self.encoding)


def app_files(named: Path) -> Iterator[AppFile | AppError]:
    """Yield the files of a folder in order, or the one file named.

    Folders that hold no code of the app's own are left out: virtual environments, packages,
    builds, hidden ones. Links inside the folder are not followed.

    Raises:
        AppError: there is no such file or folder, or it is one that is not looked at.
    """
    try:
        root = named.resolve(strict=True)
    except FileNotFoundError as error:
        raise AppError(f"{named}: no such file or folder") from error
    except (OSError, RuntimeError) as error:
        raise AppError(f"{named}: {_words(error)}") from error
    if not root.is_dir():
        kind = kind_of(root.name)
        if kind is None:
            raise AppError(
                f"{named}: not a Python file, requirements*.txt, pyproject.toml or README.md"
            )
        yield AppFile(named, kind)
        return
    for count, file in enumerate(_walk(named), 1):
        if count > MOST_FILES:
            raise AppError(f"{named}: more than {MOST_FILES} files; name the app's own folder")
        yield file


def kind_of(name: str) -> str | None:
    """Return what kind of file has this name, if it is one that is looked at."""
    lower = name.lower()
    if lower.endswith((".py", ".pyw")):
        return "python"
    if lower.startswith("requirements") and lower.endswith((".txt", ".in")):
        return "requirements"
    if lower.startswith("readme") and lower.endswith(".md"):
        return "readme"
    if lower.endswith(".ipynb"):
        return "notebook"
    return "pyproject" if name == "pyproject.toml" else "lock" if name in _LOCKS else None


def read_file(path: Path) -> ReadFile:
    """Read a text.

    Raises:
        AppError: it cannot be read, is too large, or is no text.
    """
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise AppError(f"{path}: not a regular file")
        if size > LARGEST_BYTES:
            raise AppError(f"{path}: {size:,} bytes; more than {LARGEST_BYTES:,} is no program")
        data = path.read_bytes()
    except OSError as error:
        raise AppError(f"{path}: {_words(error)}") from error
    try:
        encoding = "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8"
        if path.suffix in (".py", ".pyw"):
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return ReadFile(data, data.decode(encoding), encoding)
    except (UnicodeDecodeError, SyntaxError, LookupError) as error:
        raise AppError(f"{path}: not text that can be decoded: {error}") from error


def _walk(root: Path) -> Iterator[AppFile | AppError]:
    """Yield files and what went wrong, folder by folder."""
    failed: list[OSError] = []
    for folder, folders, names in os.walk(root, onerror=failed.append):
        while failed:
            error = failed.pop()
            yield AppError(f"{error.filename}: {_words(error)}")
        here = Path(folder)
        folders[:] = sorted(name for name in folders if not _is_skipped(here / name))
        for name in sorted(names):
            kind = kind_of(name)
            if kind is not None and not (here / name).is_symlink():
                yield AppFile(here / name, kind)
    for error in failed:
        yield AppError(f"{error.filename}: {_words(error)}")


def _is_skipped(folder: Path) -> bool:
    name = folder.name
    if name in _SKIPPED or name.startswith(".") or name.endswith(".egg-info"):
        return True
    return (folder / "pyvenv.cfg").exists()


def _words(error: OSError | RuntimeError) -> str:
    if isinstance(error, RuntimeError):  # what pathlib raises before Python 3.13
        return "its links go round in a circle"
    return error.strerror or str(error)
