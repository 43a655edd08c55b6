"""Threads of user code let go of the interpreter sooner while there are sessions."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, cast

import pytest

from gradio_webrtc import Stream
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.server import hosted_sessions
from gradio_webrtc.server.operation.switch_interval import (
    SWITCH_SECONDS,
    VARIABLE,
    SwitchInterval,
    switch_seconds,
)

PYTHONS = 0.005
SESSION = cast(Any, None)


@pytest.fixture(autouse=True)
def pythons_interval() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(PYTHONS)
    yield
    sys.setswitchinterval(before)


def test_it_is_shorter_from_the_first_session_to_the_last() -> None:
    interval = SwitchInterval(0.001)
    interval.session_started()
    interval.session_started()
    assert sys.getswitchinterval() == pytest.approx(0.001)
    interval.session_over(SESSION)
    assert sys.getswitchinterval() == pytest.approx(0.001)
    interval.session_over(SESSION)
    assert sys.getswitchinterval() == pytest.approx(PYTHONS)


def test_what_the_app_has_set_is_left_alone() -> None:
    interval = SwitchInterval(0.001)
    sys.setswitchinterval(0.0002)
    interval.session_started()
    assert sys.getswitchinterval() == pytest.approx(0.0002)
    interval.session_over(SESSION)
    assert sys.getswitchinterval() == pytest.approx(0.0002)
    sys.setswitchinterval(PYTHONS)
    interval.session_started()
    sys.setswitchinterval(0.002)
    interval.session_over(SESSION)
    assert sys.getswitchinterval() == pytest.approx(0.002)


def test_none_is_asked_for_by_the_environment() -> None:
    interval = SwitchInterval(switch_seconds({VARIABLE: "0"}))
    interval.session_started()
    assert sys.getswitchinterval() == pytest.approx(PYTHONS)
    assert switch_seconds({}) == SWITCH_SECONDS
    assert switch_seconds({VARIABLE: "2000"}) == 0.002
    with pytest.raises(ConfigurationError, match=VARIABLE):
        switch_seconds({VARIABLE: "soon"})


async def test_sessions_of_streams_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    interval = SwitchInterval(0.001)
    monkeypatch.setattr(hosted_sessions, "switch_interval", lambda: interval)
    host = Stream(lambda image: image, modality="video").host

    class Session:
        def __init__(self) -> None:
            self.on_closed_callbacks: list[Any] = []

    session: Any = Session()
    host.joined(session)
    assert sys.getswitchinterval() == pytest.approx(0.001)
    for callback in session.on_closed_callbacks[1:]:
        callback(session)
    assert sys.getswitchinterval() == pytest.approx(PYTHONS)
