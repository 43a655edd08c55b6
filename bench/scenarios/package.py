"""What the package weighs: time to import it, and what is installed for it."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.process import ROOT, Peer, Server
from bench.results import BenchError, Reading, reading
from bench.scenarios.plan import Pace, Scenario

GRADIO = "import gradio"
PACKAGES = {
    "here": "import gradio_webrtc; gradio_webrtc.WebRTC, gradio_webrtc.Stream",
    "fastrtc": "import fastrtc",
}
"""Names of ours are loaded when they are asked for; an app asks for these."""
MEGABYTE = 1e6


async def _imports(server: Server, pace: Pace) -> Sequence[Reading]:
    alone: list[float] = []
    beyond: list[float] = []
    package = PACKAGES[server.peer.name]
    for number in range(pace.trials // 2 + 1):
        # In one process, so that both meet the same machine. The first one compiles.
        gradio, more = await _footprint(server.peer, "imports", GRADIO, package)
        if number:
            alone.append(1000 * gradio)
            beyond.append(1000 * more)
    return reading("import-gradio", alone), reading("import", beyond)


async def _sizes(server: Server, pace: Pace) -> Sequence[Reading]:
    name = "gradio_webrtc" if server.peer.name == "here" else server.peer.name
    added: dict[str, int] = await _footprint(server.peer, "sizes", name, "gradio")
    return (reading("install-added", [sum(added.values()) / MEGABYTE]),)


async def _wheel(server: Server, pace: Pace) -> Sequence[Reading]:
    with tempfile.TemporaryDirectory() as folder:
        options = ("--wheel", "--no-isolation", "--outdir", folder)
        await _output(sys.executable, "-m", "build", *options, str(ROOT))
        sizes = await asyncio.to_thread(_sizes_of_wheels, Path(folder))
    return (reading("install-wheel", sizes),)


def _sizes_of_wheels(folder: Path) -> list[float]:
    return [path.stat().st_size / MEGABYTE for path in folder.glob("*.whl")]


async def _footprint(peer: Peer, *words: str) -> Any:
    program = str(ROOT / "bench" / "footprint.py")
    return json.loads(await _output(str(peer.python), program, *words))


async def _output(*words: str) -> bytes:
    process = await asyncio.create_subprocess_exec(
        *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, errors = await process.communicate()
    if process.returncode != 0:
        raise BenchError(f"{words[1]}: {errors.decode()[-300:].strip()}")
    return out


PACKAGE_SCENARIOS = (
    # Nothing is asked of the server; it says whose interpreter is meant.
    Scenario("audio-echo", ("import-gradio", "import"), _imports, bare=False),
    Scenario("audio-echo", ("install-added",), _sizes, bare=False),
    Scenario("audio-echo", ("install-wheel",), _wheel, bare=False, fastrtc=False),
)
