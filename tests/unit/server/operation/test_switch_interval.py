"""Threads of user code let go of the interpreter sooner while there are sessions."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.server.operation.switch_interval import (
    SWITCH_SECONDS,
    VARIABLE,
    SwitchInterval,
    switch_seconds,
)

PYTHONS = 0.005


@pytest.fixture(autouse=True)
def pythons_interval() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(PYTHONS)
    yield
    sys.setswitchinterval(before)


def test_it_is_shorter_from_the_first_session_to_the_last() -> None:
    interval = SwitchInterval(0.001)
    interval.sessions_began()
    assert sys.getswitchinterval() == pytest.approx(0.001)
    interval.sessions_ended()
    assert sys.getswitchinterval() == pytest.approx(PYTHONS)


def test_what_the_app_has_set_is_left_alone() -> None:
    interval = SwitchInterval(0.001)
    sys.setswitchinterval(0.0002)
    interval.sessions_began()
    assert sys.getswitchinterval() == pytest.approx(0.0002)
    interval.sessions_ended()
    assert sys.getswitchinterval() == pytest.approx(0.0002)
    sys.setswitchinterval(PYTHONS)
    interval.sessions_began()
    sys.setswitchinterval(0.002)
    interval.sessions_ended()
    assert sys.getswitchinterval() == pytest.approx(0.002)


def test_none_is_asked_for_by_the_environment() -> None:
    interval = SwitchInterval(switch_seconds({VARIABLE: "0"}))
    interval.sessions_began()
    assert sys.getswitchinterval() == pytest.approx(PYTHONS)
    assert switch_seconds({}) == SWITCH_SECONDS
    assert switch_seconds({VARIABLE: "2000"}) == 0.002
    with pytest.raises(ConfigurationError, match=VARIABLE):
        switch_seconds({VARIABLE: "soon"})
