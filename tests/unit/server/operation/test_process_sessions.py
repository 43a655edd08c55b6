"""What belongs to the whole process is told of its first session and of its last one."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from gradio_webrtc import Stream
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.server import hosted_sessions
from gradio_webrtc.server.operation import malloc_thresholds, process_sessions, switch_interval
from gradio_webrtc.server.operation.process_sessions import ProcessSessions
from gradio_webrtc.session.session import Session


class Setting:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def sessions_began(self) -> None:
        self.told.append("began")

    def sessions_ended(self) -> None:
        self.told.append("ended")


@pytest.fixture
def session() -> Session:
    made = Session.__new__(Session)
    made.on_closed_callbacks = []  # nothing else of it is looked at
    return made


@pytest.fixture
def setting() -> Setting:
    return Setting()


def test_the_first_session_and_the_last_one_are_told(setting: Setting, session: Session) -> None:
    sessions = ProcessSessions([setting])
    assert setting.told == []
    sessions.session_started()
    sessions.session_started()
    assert setting.told == ["began"]
    sessions.session_over(session)
    assert setting.told == ["began"]
    sessions.session_over(session)
    assert setting.told == ["began", "ended"]
    sessions.session_started()
    assert setting.told == ["began", "ended", "began"]


def test_sessions_of_several_threads_are_told_in_turns(setting: Setting, session: Session) -> None:
    sessions = ProcessSessions([setting])
    together = threading.Barrier(4)

    def come_and_go() -> None:
        together.wait()
        for _ in range(500):
            sessions.session_started()
            sessions.session_over(session)

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(come_and_go) for _ in range(4)]:
            done.result()
    assert setting.told == ["began", "ended"] * (len(setting.told) // 2)


async def test_sessions_of_all_streams_are_counted(
    monkeypatch: pytest.MonkeyPatch, setting: Setting, session: Session
) -> None:
    sessions = ProcessSessions([setting])
    monkeypatch.setattr(hosted_sessions, "process_sessions", lambda: sessions)
    for _ in range(2):
        Stream(lambda image: image, modality="video").host.joined(session)
    assert setting.told == ["began"]
    assert session.on_closed_callbacks.count(sessions.session_over) == 2
    for _ in range(2):
        sessions.session_over(session)
    assert setting.told == ["began", "ended"]


def test_memory_and_threads_of_the_process_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    intervals: list[float] = []
    thresholds: list[int] = []
    memory = malloc_thresholds.MallocThresholds(lambda _, size: thresholds.append(size))
    threads = switch_interval.SwitchInterval(0.0001)
    monkeypatch.setattr(sys, "setswitchinterval", intervals.append)
    monkeypatch.setattr(process_sessions, "malloc_thresholds", lambda: memory)
    monkeypatch.setattr(process_sessions, "switch_interval", lambda: threads)
    process_sessions.process_sessions.__wrapped__().session_started()
    assert intervals == [0.0001]
    assert thresholds[-1] == malloc_thresholds.DURING_SESSIONS


def test_an_environment_of_nonsense_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(switch_interval.VARIABLE, "soon")
    switch_interval.switch_interval.cache_clear()
    with pytest.raises(ConfigurationError, match=switch_interval.VARIABLE):
        process_sessions.process_sessions.__wrapped__()
