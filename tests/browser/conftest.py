"""Chromium and the apps it visits, both in this process; one page context for each test."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
import pytest
import uvicorn
from gradio.utils import MatplotlibBackendMananger
from playwright.sync_api import Browser, Playwright, sync_playwright
from starlette.types import ASGIApp

from tests.browser import spoken_audio, video_pattern
from tests.browser.pages import Visit
from tests.packaging.processes import free_port
from tests.support.chromium import FLAGS, find_chromium
from tests.support.leaks import left_threads

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
NOWHERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
"""Nobody is reached by name: what a page asks of elsewhere fails at once, as it would offline."""

Browsers = Callable[..., Browser]
Open = Callable[..., Visit]
Serve = Callable[..., str]
ServeAsgi = Callable[[ASGIApp], str]


@pytest.fixture(scope="package", autouse=True)
def plots() -> None:
    """Import what Gradio imports on the event loop with the first event of a process.

    A second, which a busy machine makes ten: the page then gives up what it waits for.
    """
    with MatplotlibBackendMananger():
        pass


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Playwright runs an event loop in this thread: it ends before other directories' tests."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with ``speech.wav`` and ``pattern.y4m`` for the fake devices."""
    directory = tmp_path_factory.mktemp("media")
    spoken_audio.write_wav(directory / "speech.wav", spoken_audio.speak())
    video_pattern.write_video(directory / "pattern.y4m")
    return directory


@pytest.fixture(scope="package")
def usual_flags(media: Path) -> tuple[str, ...]:
    """The microphone hears a sentence over and over, the camera sees the pattern."""
    return (
        *FLAGS,
        f"--use-file-for-fake-audio-capture={media / 'speech.wav'}",
        f"--use-file-for-fake-video-capture={media / 'pattern.y4m'}",
    )


@pytest.fixture(scope="package")
def browsers(playwright: Playwright) -> Iterator[Browsers]:
    """Give the browser with some flags, started once and kept."""
    running: dict[tuple[str, ...], Browser] = {}

    def browser(*flags: str) -> Browser:
        if flags not in running:
            arguments = flags if any("resolver" in flag for flag in flags) else (*flags, NOWHERE)
            running[flags] = playwright.chromium.launch(
                executable_path=find_chromium(), args=list(arguments)
            )
        return running[flags]

    yield browser
    for each in running.values():
        each.close()


@pytest.fixture
def visit(browsers: Browsers, usual_flags: tuple[str, ...]) -> Iterator[Open]:
    """Open a page as a new person; at the end no page may have erred or asked elsewhere."""
    visits: list[Visit] = []

    def open_page(
        url: str,
        *,
        flags: tuple[str, ...] | None = None,
        hosts: tuple[str, ...] = LOCAL_HOSTS,
        script: str = "",
        wait_for: str = "[data-testid=webrtc]",
        **options: Any,
    ) -> Visit:
        # Animations that nobody watches take a third of a connected page's time.
        options.setdefault("reduced_motion", "reduce")
        context = browsers(*(usual_flags if flags is None else flags)).new_context(**options)
        if script:
            context.add_init_script(script)
        visits.append(Visit(context, url, hosts, wait_for))
        return visits[-1]

    yield open_page
    for each in visits:
        each.context.close()
    assert [problem for each in visits for problem in each.unexpected()] == []


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve an app on a port of its own until the test is over; no thread may outlive it."""
    served: list[gr.Blocks] = []
    before = set(threading.enumerate())

    def launch(demo: gr.Blocks, **options: Any) -> str:
        served.append(demo)
        # A port that is known to be free: looking for one, Gradio leaves sockets open.
        port = free_port()
        address: dict[str, Any] = {"server_name": "127.0.0.1", "server_port": port}
        demo.launch(prevent_thread_lock=True, quiet=True, **address, **options)
        return f"http://127.0.0.1:{port}/"

    yield launch
    for demo in served:
        demo.close(verbose=False)
    left = left_threads(before)
    assert not left, f"threads left behind: {sorted(thread.name for thread in left)}"


@pytest.fixture
def serve_asgi() -> Iterator[ServeAsgi]:
    """Serve an ASGI application on a port of its own until the test is over."""
    served: list[tuple[uvicorn.Server, threading.Thread]] = []

    def launch(app: ASGIApp) -> str:
        port = free_port()
        config = uvicorn.Config(
            app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=5
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, name="served application", daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the application did not start"
            time.sleep(0.01)
        served.append((server, thread))
        return f"http://127.0.0.1:{port}/"

    yield launch
    for server, thread in served:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive(), "the application does not end"


@pytest.fixture
def server_log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What the package logs, from INFO on."""
    caplog.set_level(logging.INFO, logger="gradio_webrtc")
    return caplog
