"""The app and both clients of the guide on websockets, as they are printed there."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import wave
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.browser.conftest import Open, ServeAsgi
from tests.browser.fake_microphone import microphone
from tests.support import synthetic_speech

GUIDE = Path(__file__).parents[2] / "docs/guides/websocket.md"
EXAMPLES = re.findall(r"```(\w+)\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
RATE = 16_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The guide's files, as somebody saves them."""
    (_, app), (_, client), (_, page) = EXAMPLES[:3]
    for name, text in (("app.py", app), ("talk.py", client), ("talk.html", page)):
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def module(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("guide_app", folder / "app.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_the_client_in_python_says_a_file_and_writes_the_answer(
    folder: Path, module: ModuleType, serve_asgi: ServeAsgi
) -> None:
    question = synthetic_speech.say("What is the capital of France?", "en-us", RATE)
    with wave.open(str(folder / "question.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(question.astype("<i2").tobytes())
    url = serve_asgi(module.app).replace("http", "ws") + "websocket/offer"
    command = [sys.executable, "talk.py", url, "question.wav", "answer.wav"]
    done = subprocess.run(command, cwd=folder, timeout=60, capture_output=True, check=True)
    assert done.stderr == b""
    with wave.open(str(folder / "answer.wav")) as file:
        assert file.getframerate() == 24_000
        answer = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert answer.size / 24_000 == pytest.approx(question.size / RATE, rel=0.5)
    assert np.abs(answer).max() > 1000
    assert len(module.stream.connections) == 0


def test_the_client_in_the_browser_hears_the_answer(
    folder: Path, module: ModuleType, serve_asgi: ServeAsgi, visit: Open
) -> None:
    flags = microphone(folder / "voice.wav", "What is the capital of France?", 6.0)
    page = visit(serve_asgi(module.app), flags=flags, wait_for="button", script=EARS)
    page.expect_problem(r"favicon\.ico")
    page.page.get_by_role("button", name="Start").click()
    status = page.page.get_by_role("status")
    page.until(lambda: status.inner_text() == "Speak", status.inner_text)
    page.until(lambda: page.page.evaluate("ears() > 0.01"), "the answer")
    page.page.get_by_role("button", name="Stop").click()
    page.until(lambda: len(module.stream.connections) == 0, "the server to forget the session")
    assert status.inner_text() == "Ready"


def test_the_route_of_ones_own_is_one() -> None:
    app: dict[str, Any] = {"__name__": "app"}
    exec(compile(EXAMPLES[-1][1], str(GUIDE), "exec"), app)
    assert str(app["app"].url_path_for("call")) == "/call"


EARS = """
// What leaves the loudspeaker: everything that is connected to it is also connected to a meter.
const connect = AudioNode.prototype.connect;
const meters = new Map();
AudioNode.prototype.connect = function (to, ...rest) {
  if (to === this.context.destination) {
    if (!meters.has(to)) meters.set(to, this.context.createAnalyser());
    connect.call(this, meters.get(to));
  }
  return connect.call(this, to, ...rest);
};
window.ears = () => {
  const levels = [...meters.values()].map((meter) => {
    const samples = new Float32Array(meter.fftSize);
    meter.getFloatTimeDomainData(samples);
    return Math.max(...samples.map(Math.abs));
  });
  return Math.max(0, ...levels);
};
"""
