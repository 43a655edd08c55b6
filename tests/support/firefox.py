"""Debian's Firefox, driven by Playwright over WebDriver BiDi.

Playwright's own Firefox is a patched one, and so is not what people have. For a stock one it has
the channel ``moz-firefox``; what that asks and Firefox ESR cannot do yet is in
:mod:`tests.support.bidi_relay`.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright

from tests.support.debian_programs import FIREFOX

ROOT = Path(__file__).resolve().parents[2]

TONE = 620
"""Hz that the fake microphone hears, unlike what any app of the tests plays."""

Preferences = dict[str, str | float | bool]

PREFERENCES: Preferences = {
    # A tone, and a picture of 640x480 whose colour changes.
    "media.navigator.streams.fake": True,
    "media.navigator.audio.fake_frequency": TONE,
    "media.navigator.permission.disabled": True,
    # Loudspeakers that nobody hears: without any, Firefox's Web Audio stands still.
    "media.cubeb.force_mock_context": True,
    # Nobody is reached by name, as in Chromium's tests.
    "network.dns.disabled": True,
    "network.captive-portal-service.enabled": False,
    # Playwright's way to ask for it is not there: see the relay.
    "ui.prefersReducedMotion": 1,
}


def launch_firefox(
    playwright: Playwright, folder: Path, preferences: Preferences, downloads: Path
) -> Browser:
    """Start Firefox with ``preferences`` over :data:`PREFERENCES` and its files in ``folder``.

    What pages save goes into ``downloads``. Playwright tells nothing of it: it knows such files by
    a name that newer versions of Firefox give.

    Raises:
        ProgramNotFoundError: there is none.
    """
    program = folder / "firefox"
    command = shlex.join([sys.executable, "-m", "tests.support.bidi_relay", FIREFOX.find()])
    program.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    program.chmod(0o755)
    return playwright.firefox.launch(
        channel="moz-firefox",
        executable_path=program,
        downloads_path=downloads,
        # Firefox refuses a home that is somebody else's, as root's is in some containers.
        env={**os.environ, "HOME": str(folder), "PYTHONPATH": str(ROOT)},
        firefox_user_prefs={**PREFERENCES, **preferences},
    )
