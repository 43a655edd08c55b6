"""A page in Chromium with one component for sound, and the app behind it, in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gradio as gr
from playwright.sync_api import sync_playwright

from gradio_webrtc import AsyncStreamHandler, WebRTC
from tests.browser.conftest import LOCAL_HOSTS, NOWHERE
from tests.browser.pages import Component, Visit
from tests.packaging.processes import free_port
from tests.support.chromium import FLAGS, find_chromium

EARS = Path(__file__).with_name("ears.js").read_text("utf-8")
CLICKING = f"window.clicks = true;\n{EARS}"
"""The page's microphone clicks every second."""
NOTING = f"window.notesOnsets = true;\n{EARS}"
"""The page notes when something begins to be heard."""


@contextmanager
def served(handler: AsyncStreamHandler) -> Iterator[str]:
    """Serve an app that streams sound through a handler; give its address."""
    with gr.Blocks() as demo:
        audio = WebRTC(modality="audio")
        audio.stream(handler, inputs=[audio], outputs=[audio])
    port = free_port()
    demo.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1", server_port=port)
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        demo.close(verbose=False)


@contextmanager
def visited(url: str, script: str) -> Iterator[Component]:
    """Open a page of an app; give its component."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=[*FLAGS, NOWHERE]
        )
        try:
            context = browser.new_context(reduced_motion="reduce")
            context.add_init_script(script)
            yield Visit(context, url, LOCAL_HOSTS, "[data-testid=webrtc]").component()
        finally:
            browser.close()
