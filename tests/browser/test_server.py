"""The server goes away under a page that streams, for good or for a moment."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.conftest import Open, Serve
from tests.browser.handlers import echo_app, handler_threads, sessions
from tests.browser.pages import Component
from tests.packaging.processes import Program, environment, free_port, running

ROOT = Path(__file__).resolve().parents[2]
LOST_SECONDS = 60
"""ICE takes some seconds to miss a peer, then come three tries (`connection/state_model.ts`)."""


@contextmanager
def prepared(port: int, folder: Path, name: str) -> Iterator[tuple[Program, Callable[[], None]]]:
    """Run the echo app until the block is left; it serves on ``port`` when it is told to."""
    env = environment(
        GRADIO_SERVER_PORT=str(port), PYTHONPATH=f"{ROOT / 'backend'}{os.pathsep}{ROOT}"
    )
    command: list[str | Path] = [
        sys.executable,
        ROOT / "tests/browser/apps/echo.py",
        folder / f"{name}.go",
    ]
    with running(command, cwd=ROOT, env=env, log=folder / f"{name}.log") as program:
        program.wait_for("Ready to serve")

        def go() -> None:
            (folder / f"{name}.go").touch()
            program.wait_for("Running on local URL")

        yield program, go


@contextmanager
def serving(port: int, folder: Path) -> Iterator[Program]:
    """Serve the echo app on ``port`` until the block is left."""
    with prepared(port, folder, "app") as (program, go):
        go()
        yield program


def connected(visit: Open, port: int) -> Component:
    component = visit(f"http://127.0.0.1:{port}/").component()
    # The page asks a server that is not there: the browser itself notes every such request.
    component.visit.expect_problem(rf"Failed to load resource: net::ERR_.*:{port}/")
    component.start()
    return component


def test_a_server_that_stops_is_told_with_a_remedy(visit: Open, tmp_path: Path) -> None:
    port = free_port()
    with serving(port, tmp_path) as program:
        component = connected(visit, port)
        program.process.kill()
        program.process.wait(30)
        component.reach("failed", seconds=LOST_SECONDS)
    assert "reconnecting" in component.states()
    words = component.error() or ""
    assert "connection was lost" in words
    assert "start again" in words
    assert component.page.evaluate("probe.captures.every((each) => each.readyState === 'ended')")


def test_a_server_that_comes_back_is_found_again(visit: Open, tmp_path: Path) -> None:
    port = free_port()
    with serving(port, tmp_path) as program, prepared(port, tmp_path, "again") as (_, serve_again):
        component = connected(visit, port)
        program.process.kill()
        program.process.wait(30)
        # The page notices within some seconds and tries for some more. The other one is ready.
        serve_again()
        component.visit.until(
            lambda: component.states()[-2:] == ["reconnecting", "connected"],
            lambda: f"the connection to be back; it was {component.states()}",
            LOST_SECONDS,
        )
        component.visit.until(component.hears, "sound")


def test_a_server_that_is_stopped_in_order_says_goodbye(serve: Serve, visit: Open) -> None:
    demo, audio = echo_app()
    component = visit(serve(demo)).component()
    # A candidate that was still on its way finds nobody; the browser itself notes that.
    component.visit.expect_problem(r"Failed to load resource: net::ERR_.*/component_server/")
    component.start()
    component.visit.until(handler_threads, "the handler's threads")
    demo.close(verbose=False)
    component.reach("idle")
    assert component.notice() == "The server is shutting down."
    assert component.error() is None
    component.visit.until(
        lambda: sessions(audio) == 0 and not handler_threads(), "everything to be given back"
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["sigterm", "ctrl-c"])
def test_a_process_that_is_told_to_end_says_goodbye(
    visit: Open, tmp_path: Path, number: signal.Signals
) -> None:
    port = free_port()
    with serving(port, tmp_path) as program:
        component = connected(visit, port)
        program.process.send_signal(number)
        component.reach("idle")
        assert component.notice() == "The server is shutting down."
        program.process.wait(30)
    assert "reconnecting" not in component.states()
