"""Finds a Chromium for the browser tests, and gets one where there is none.

``python -m tests.support.chromium`` is the step of ``make test`` that may install; the tests
themselves only look: :func:`find_chromium`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.support.system_packages import install_debian_package, run

VARIABLE = "GRADIO_WEBRTC_CHROMIUM"
"""Environment variable that names the executable to use, before any other."""

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
)
"""What every browser test starts Chromium with: no window, and devices without a prompt."""

VERSION_SECONDS = 60


class ChromiumNotFoundError(RuntimeError):
    """No Chromium; the text says what was tried, how each failed, and what to do."""


def _starts(executable: str) -> bool:
    """Whether ``executable`` is a browser: Ubuntu's ``chromium-browser`` may be an empty shell."""
    try:
        result = subprocess.run(
            [executable, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=VERSION_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return result.returncode == 0


def _installed() -> str | None:
    found = [shutil.which(name) for name in NAMES]
    found += [path for path in APPLICATIONS if Path(path).exists()]
    return next((path for path in found if path is not None and _starts(path)), None)


def _playwrights_own() -> str | None:
    # A process of its own: Playwright's synchronous API refuses to start inside an event loop.
    program = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as playwright:\n"
        "    print(playwright.chromium.executable_path)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    path = result.stdout.strip()
    return path if result.returncode == 0 and Path(path).exists() and _starts(path) else None


def find_chromium() -> str:
    """Return the path of an installed Chromium.

    Raises:
        ChromiumNotFoundError: there is none, or the one that was named does not start.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if _starts(named):
            return named
        raise ChromiumNotFoundError(f"{VARIABLE} names {named!r}, which does not start.")
    found = _installed() or _playwrights_own()
    if found is None:
        raise ChromiumNotFoundError(
            f"No Chromium is installed (looked for {', '.join(NAMES)} on PATH and for Playwright's "
            "own). `python -m tests.support.chromium` gets one."
        )
    return found


def _debian_package() -> str:
    return install_debian_package("chromium")


def _playwright_download() -> str:
    return run([sys.executable, "-m", "playwright", "install", "chromium"])


SOURCES: tuple[tuple[str, Callable[[], str]], ...] = (
    ("Debian's package", _debian_package),
    ("Playwright's download", _playwright_download),
)


def ensure_chromium() -> str:
    """Return the path of a Chromium, installing one if there is none.

    Raises:
        ChromiumNotFoundError: nothing worked; the text names every attempt and its failure.
    """
    try:
        return find_chromium()
    except ChromiumNotFoundError as error:
        if os.environ.get(VARIABLE):
            raise
        failures = [str(error)]
    for name, install in SOURCES:
        failure = install()
        if not failure:
            try:
                return find_chromium()
            except ChromiumNotFoundError:
                failure = "it installed, but no browser that starts came of it"
        failures.append(f"{name}: {failure}.")
    raise ChromiumNotFoundError(
        "The browser tests need Chromium, and none could be had.\n  "
        + "\n  ".join(failures)
        + f"\nInstall Chromium or Chrome, or set {VARIABLE} to its executable, and try again."
    )


if __name__ == "__main__":
    try:
        sys.stdout.write(f"Chromium for the browser tests: {ensure_chromium()}\n")
    except ChromiumNotFoundError as problem:
        sys.exit(str(problem))
