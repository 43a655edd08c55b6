"""The command ``migrate``: reads an app, tells, and writes when asked to."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from gradio_webrtc.migrate.app_files import AppError, AppFile, ReadFile, app_files, read_file
from gradio_webrtc.migrate.atomic_write import ChangedMeanwhileError, replace_file
from gradio_webrtc.migrate.check_python import (
    Checked,
    check_python,
    checked,
    concerns,
    uses_opencv,
)
from gradio_webrtc.migrate.findings import Finding
from gradio_webrtc.migrate.installed import Installed
from gradio_webrtc.migrate.python_source import UnreadableSourceError
from gradio_webrtc.migrate.report import Totals, diff, summary, told
from gradio_webrtc.migrate.requirements import pyproject, requirements_txt, space_readme

NOTHING_TO_DO, SOMETHING_TO_DO, TROUBLE = 0, 1, 2
_TEXTS = {
    "requirements": requirements_txt,
    "pyproject": pyproject,
    "readme": space_readme,
}
_TOLD = {
    "notebook": "a notebook: its cells are not rewritten. Export it to a .py file to see more.",
    "lock": "a lock file that names fastrtc: make it anew when its source has changed.",
}


def parser() -> argparse.ArgumentParser:
    """Return what reads the command's arguments."""
    made = argparse.ArgumentParser(
        prog="python -m gradio_webrtc migrate",
        description="Lists what an app written for fastrtc, or for gradio_webrtc before 0.1, needs "
        "to run with this package and Gradio 6; with --write it makes the changes that are sure.",
        epilog="Exit codes: 0 nothing is left to do; 1 there are changes to make or notes to "
        "read; 2 something could not be read or written, or the command was wrong.",
    )
    made.add_argument("path", type=Path, metavar="FOLDER_OR_FILE", help="an app, or one file of it")
    made.add_argument("--write", action="store_true", help="make the changes that are sure")
    return made


def migrate(arguments: Sequence[str], installed: Installed, out: TextIO, err: TextIO) -> int:
    """Run the command and return its exit code.

    Args:
        arguments: those behind ``migrate``.
        installed: what the packages that the app will run with have.
        out: takes what was found.
        err: takes what went wrong.
    """
    options = parser().parse_args(arguments)
    totals = Totals()
    try:
        found = list(app_files(options.path))
    except AppError as error:
        err.write(f"{error}\n")
        return TROUBLE
    read = []
    for file in found:
        try:
            if isinstance(file, AppError):
                raise file
            read.append((file, read_file(file.path)))
        except AppError as error:
            _trouble(totals, err, str(error))
    opencv = {file.path.stem for file, content in read if uses_opencv(content.text)}
    for file, content in read:
        try:
            result = _check(file, content, installed, opencv)
        except UnreadableSourceError as error:
            _trouble(totals, err, f"{file.path}: not read as Python: {error}")
            continue
        totals.count(result)
        out.writelines(f"{line}\n" for line in told(file.path, result))
        if result.after != result.before and not options.write:
            out.writelines(f"{line}\n" for line in diff(file.path, result))
        elif result.after != result.before:
            _write(file, content, result.after, totals, err)
    out.writelines(f"{line}\n" for line in summary(totals, written=options.write))
    if totals.problems:
        return TROUBLE
    left = totals.notes or (totals.changes and not options.write)
    return SOMETHING_TO_DO if left else NOTHING_TO_DO


def _check(file: AppFile, content: ReadFile, installed: Installed, opencv: set[str]) -> Checked:
    """Return what is to change in one file.

    Raises:
        UnreadableSourceError: it is a Python file and not Python.
    """
    text = content.text
    if file.kind == "python":
        return check_python(text, installed, opencv) if concerns(text) else checked(text, ())
    if file.kind in _TEXTS:
        return checked(text, _TEXTS[file.kind](text, installed))
    named = "fastrtc" in text
    return checked(text, [Finding(1, file.kind, _TOLD[file.kind])] if named else [])


def _write(file: AppFile, content: ReadFile, text: str, totals: Totals, err: TextIO) -> None:
    try:
        replace_file(file.path, content.data, content.encoded(text))
    except ChangedMeanwhileError as error:
        _trouble(totals, err, f"{error}; run the command again")
    except OSError as error:
        _trouble(totals, err, f"{file.path}: not written: {error.strerror or error}")


def _trouble(totals: Totals, err: TextIO, text: str) -> None:
    totals.problems += 1
    err.write(f"{text}\n")
