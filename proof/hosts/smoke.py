"""What a cell runs first: a demo is served, its page is complete, calls hear and see an echo.

A program of its own, without pytest; it needs what the package itself installs and nothing else.
"""

from __future__ import annotations

import asyncio
import json
import runpy
import sys
from pathlib import Path
from urllib.request import urlopen

import numpy as np

from gradio_webrtc.client import connect

DEMO = Path(__file__).resolve().parents[2] / "demo" / "echo" / "app.py"
WAIT_S = 60.0
LOUD = 1_000
"""Of int16: silence and the noise of Opus stay far below it."""
RED = (250, 10, 10)


def main() -> int:
    """Return 0 when all of it came; what did not raises."""
    demo = runpy.run_path(str(DEMO))["demo"]
    _, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    try:
        print(f"{pages(url)} components have their code")
        asyncio.run(echoed_audio(url))
        asyncio.run(echoed_video(url))
    finally:
        demo.close(verbose=False)
    print("heard and seen")
    return 0


def pages(url: str) -> int:
    """Ask for what a browser would load; returns the number of components."""
    config = json.loads(_get(f"{url}config"))
    ids = [part["component_class_id"] for part in config["components"] if part["type"] == "webrtc"]
    if not ids:
        raise AssertionError("the app's config has no WebRTC component")
    for name in ("index.js", "style.css", "svelte_runtime_entry.js"):
        _get(f"{url}gradio_api/custom_component/{ids[0]}/client/component/{name}")
    return len(ids)


async def echoed_audio(url: str) -> None:
    """Say a tone and wait until it is heard."""
    times = np.arange(2 * 48_000) / 48_000
    tone = (8_000 * np.sin(2 * np.pi * 440 * times)).astype(np.int16)
    async with connect(url, component="Voice", audio=(48_000, tone)) as call:
        await call.audio.first(
            lambda piece: np.abs(piece.samples.astype(np.int32)).max() > LOUD, within_s=WAIT_S
        )


async def echoed_video(url: str) -> None:
    """Show a red picture and wait until it is seen."""
    picture = np.full((120, 160, 3), RED, np.uint8)

    def is_red(shown: np.ndarray) -> bool:
        red, green, blue = shown.mean(axis=(0, 1))
        return bool(red > 150 and green < 80 and blue < 80)

    async with connect(url, component="Video", video=picture) as call:
        await call.video.first(lambda frame: is_red(frame.to_array()), within_s=WAIT_S)


def _get(url: str) -> bytes:
    with urlopen(url, timeout=WAIT_S) as answer:
        body: bytes = answer.read()
    if not body:
        raise AssertionError(f"{url} is empty")
    return body


if __name__ == "__main__":
    sys.exit(main())
