"""Every line of the log that a session causes carries its id, and nobody else's."""

from __future__ import annotations

import json
import logging
import runpy
import sys
import threading
from collections.abc import Iterator
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pytest

from gradio_webrtc import SessionLogFilter, Stream, StreamHandler
from gradio_webrtc.server.operation.session_log import NO_SESSION, logging_for
from tests.support.recognisable_tracks import NumberedTrack, SineTrack
from tests.support.serving import Served
from tests.support.sessions import until

ROOT = Path(__file__).resolve().parents[4]
logger = logging.getLogger("app")


class Lines(logging.Handler):
    """Keeps the records, with the id that each has."""

    def __init__(self) -> None:
        super().__init__()
        self.addFilter(SessionLogFilter())
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def of(self, name: str) -> dict[str, set[str]]:
        """Return the ids by message, of the loggers under ``name``."""
        found: dict[str, set[str]] = {}
        for record in list(self.records):
            if record.name.startswith(name):
                found.setdefault(record.getMessage(), set()).add(record.__dict__["webrtc_id"])
        return found


@pytest.fixture
def lines() -> Iterator[Lines]:
    root, handler = logging.getLogger(), Lines()
    level = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


class Talkative(StreamHandler):
    """Logs wherever it is called, and on a thread of its own making."""

    def start_up(self) -> None:
        logger.info("start_up")
        own = threading.Thread(target=copy_context().run, args=(logger.info, "own thread"))
        own.start()
        own.join()

    def receive(self, frame: Any) -> None:
        logger.info("receive")

    def emit(self) -> Any:
        logger.info("emit")

    def shutdown(self) -> None:
        logger.info("shutdown")

    def copy(self) -> Talkative:
        return Talkative()


async def test_user_code_and_the_connection_log_under_their_session(lines: Lines) -> None:
    stream = Stream(Talkative(), modality="audio", concurrency_limit=None)
    async with Served(stream) as server:
        one = await server.connected(SineTrack(), webrtc_id="one")
        await server.connected(SineTrack(), webrtc_id="two")
        said = ("start_up", "own thread", "receive", "emit")
        await until(lambda: all(lines.of("app").get(each) == {"one", "two"} for each in said))
        await one.close()
        await until(lambda: lines.of("app").get("shutdown") == {"one"})
        await until(lambda: server.stream.host.registry.find("one") is None)
        found = lines.of("gradio_webrtc")
        assert found["session one: new -> connecting"] == {"one"}
        [ended] = [text for text in found if text.startswith("session one ended")]
        assert found[ended] == {"one"}
        ice = lines.of("aioice")
        assert {"one", "two"} <= set().union(*ice.values()), "the connection's own lines too"
    logger.info("nobody's")
    assert lines.of("app")["nobody's"] == {NO_SESSION}


async def test_functions_of_video_log_under_their_session(lines: Lines) -> None:
    def darken(frame: Any) -> Any:
        logger.info("darken")
        return frame // 2

    async with Served(Stream(darken, modality="video")) as server:
        await server.connected(NumberedTrack(), webrtc_id="seen")
        await until(lambda: lines.of("app").get("darken") == {"seen"})


def test_a_line_that_names_its_session_keeps_it() -> None:
    record = logging.makeLogRecord({"webrtc_id": "mine"})
    with logging_for("another"):
        assert SessionLogFilter().filter(record)
    assert record.__dict__["webrtc_id"] == "mine"


def test_the_guides_json_is_one_object_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging, "basicConfig", lambda **_: None)
    example = runpy.run_path(str(ROOT / "docs/assets/json_logs.py"))
    handler: logging.Handler = example["handler"]
    try:
        raise ValueError("with\na line end")
    except ValueError:
        record = logger.makeRecord(
            "app", logging.ERROR, "app.py", 1, "%s failed", (object(),), None
        )
        record.exc_info = sys.exc_info()
    with logging_for("mine"):
        assert handler.filter(record)
    text = handler.format(record)
    assert "\n" not in text
    told = json.loads(text)
    assert (told["session"], told["level"]) == ("mine", "ERROR")
    assert "ValueError: with" in told["traceback"]
