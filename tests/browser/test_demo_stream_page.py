"""The tape machine demo as a program: its page, the routes beside it, and the end of both."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Open
from tests.browser.fake_microphone import hear, microphone
from tests.packaging.processes import Program, environment, free_port, running
from tests.support import demos

ROOT = demos.FOLDER.parent

OFFER = """async () => {
  const body = {type: "offer", webrtc_id: "a", sdp: "v=0"};
  const headers = {"Content-Type": "application/json"};
  const options = {method: "POST", headers, body: JSON.stringify(body)};
  return (await (await fetch("/rtc/webrtc/offer", options)).json()).meta.error;
}"""
"""What the mounted route says to an offer that is none."""


@pytest.fixture
def program(tmp_path: Path) -> Iterator[tuple[Program, str]]:
    """The demo, started as by hand, and its address."""
    port = free_port()
    path = f"{ROOT / 'backend'}{os.pathsep}{ROOT}"
    env = environment(GRADIO_SERVER_PORT=str(port), PYTHONPATH=path)
    app = demos.FOLDER / "stream_page" / "app.py"
    with running([sys.executable, app], cwd=app.parent, env=env, log=tmp_path / "log") as started:
        started.wait_for("Uvicorn running")
        yield started, f"http://127.0.0.1:{port}/"


def test_what_was_said_is_played_as_the_inputs_say_until_the_app_ends(
    program: tuple[Program, str], visit: Open, tmp_path: Path
) -> None:
    started, url = program
    flags = microphone(tmp_path / "said.wav", "Should I go to the party?", 5.0)
    opened = visit(url, flags=flags)
    page, component = opened.page, opened.component()
    speed, takes = page.get_by_role("spinbutton", name="Speed"), page.get_by_label("Takes")
    speed.fill("2")
    speed.press("Enter")
    page.get_by_label("Backwards").check()
    page.get_by_role("button", name="Record").click()
    component.reach("connected")
    hear(component)
    opened.until(takes.input_value, "a take")
    take = r"1\. \d\.\d s at 2 times the speed, backwards\n"
    assert re.match(take, takes.input_value())
    assert page.evaluate(OFFER) == "invalid_offer"

    # What the browser itself notes of a server that is gone.
    opened.expect_problem(r"Failed to load resource: net::ERR_|ERR_INCOMPLETE_CHUNKED_ENCODING")
    started.process.send_signal(signal.SIGTERM)
    component.reach("idle", "failed")
    assert "shutting down" in f"{component.error()} {component.notice()}"
