"""Ending sessions before the process ends: their people are told, their recordings completed.

A process ends in three ways. The main thread comes to its end, by itself or by an exception that
nobody catches (``KeyboardInterrupt``, ``SystemExit``): a hook runs before Python joins its threads.
A signal whose action is the default ends it at once: while sessions may exist such a signal has a
handler, which ends them and then lets the default happen. Or a server stops in order: that is
``server/server_stop.py``'s.

Nothing here is done at import, a handler that somebody else has set is never replaced, and a second
signal ends the process at once.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import logging
import os
import signal
import threading
import time
from collections.abc import Coroutine, Iterable
from concurrent.futures import Future, wait
from types import FrameType
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from gradio_webrtc.recording.unfinished import finish_recordings

logger = logging.getLogger(__name__)

END_SECONDS = 2.0
"""How long an ending process waits for its sessions: a page hangs up within 0.3 s of its goodbye,
any other client is given a second, and blocked user code is freed within another half."""

_SIGNALS = ("SIGTERM", "SIGHUP", "SIGBREAK")
"""Signals that ask a process to end and whose default is to end it at once; by name, since the last
two are not everywhere. SIGINT is not among them: Python makes a ``KeyboardInterrupt`` of it, which
programs may catch and go on, and which otherwise ends the main thread."""


class Host(Protocol):
    """What holds sessions."""

    def occupied(self) -> bool:
        """Whether there is a session. Any thread."""
        ...

    def stop_serving(self) -> Coroutine[Any, Any, None]:
        """End every session because the server stops; on the host's event loop. Idempotent."""
        ...


class _Loop:
    """The event loop of a host, and the thread that runs it."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.thread = threading.current_thread()


_hosts: WeakKeyDictionary[Host, _Loop] = WeakKeyDictionary()
_hosts_lock = threading.Lock()
_hooked = False
_impatient = threading.Event()


def end_with_process(host: Host) -> None:
    """Have the sessions of ``host``, on the running loop, ended before the process ends."""
    global _hooked
    _impatient.clear()  # a Ctrl-C that was caught is over
    with _hosts_lock:
        if host not in _hosts or _hosts[host].loop is not asyncio.get_running_loop():
            _hosts[host] = _Loop()
        if _hooked:
            return
        _hooked = True
    # threading's hook comes before executors refuse work and before threads are joined; it is not
    # public. RuntimeError: the main thread is over and other threads keep the process alive.
    hook = getattr(threading, "_register_atexit", atexit.register)
    with contextlib.suppress(RuntimeError):
        hook(_main_thread_ended)


def watch_signals() -> None:
    """Handle the signals that would end the process at once. Does nothing off the main thread."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in _numbers():
        if signal.getsignal(number) is signal.SIG_DFL:
            # ValueError: the main thread of a subinterpreter, which may not set any.
            with contextlib.suppress(ValueError):
                signal.signal(number, _on_signal)


def be_impatient() -> None:
    """Wait for nothing from now on: somebody has asked a second time."""
    _impatient.set()


def running_hosts(
    loop: asyncio.AbstractEventLoop | None = None,
) -> list[tuple[Host, asyncio.AbstractEventLoop]]:
    """Return the hosts whose loop runs, with it; only those of ``loop`` if given. Any thread."""
    with _hosts_lock:
        known = [(host, its.loop) for host, its in _hosts.items()]
    return [(host, its) for host, its in known if loop in (None, its) and its.is_running()]


def _occupied() -> list[Host]:
    return [host for host, _ in running_hosts() if host.occupied()]


def _begin(hosts: Iterable[Host]) -> list[Future[None]]:
    """Begin to end the sessions of ``hosts``, each on its own event loop. Any thread."""
    return [
        asyncio.run_coroutine_threadsafe(host.stop_serving(), _hosts[host].loop) for host in hosts
    ]


def _end_all(hosts: Iterable[Host]) -> None:
    """End the sessions and wait for it: at most ``END_SECONDS``, not on one of their loops."""
    wait(_begin(hosts), timeout=END_SECONDS)


# -- the main thread's end ---------------------------------------------------------------------


def _main_thread_ended() -> None:
    if _impatient.is_set():
        return
    # A loop on another thread that is no daemon goes on serving: the process does not end yet.
    hosts = [host for host in _occupied() if _hosts[host].thread.daemon]
    if hosts:
        try:
            _end_all(hosts)
        except KeyboardInterrupt:
            be_impatient()


# -- signals -----------------------------------------------------------------------------------


def _numbers() -> list[signal.Signals]:
    return [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]


def _on_signal(number: int, frame: FrameType | None) -> None:
    """End the sessions meanwhile, then let the default happen. Runs on the main thread."""
    if signal.getsignal(number) is not _on_signal:
        # Called by a handler that was set later. Whether the process ends is that one's affair.
        _begin(_occupied())
        return
    # The second one is the default's, which ends the process at once.
    signal.signal(number, signal.SIG_DFL)
    hosts = _occupied()
    if not hosts:
        signal.raise_signal(number)
        return
    # On a thread: the main thread may run the sessions' loop, or hold a lock that they need.
    # RuntimeError: it is too late for a thread.
    try:
        threading.Thread(target=_end_then_raise, args=(hosts, number), daemon=True).start()
    except RuntimeError:
        signal.raise_signal(number)


def _end_then_raise(hosts: list[Host], number: int) -> None:
    deadline = time.monotonic() + END_SECONDS
    try:
        logger.warning(
            "%s: ending the sessions first; a second one ends the process at once",
            signal.Signals(number).name,
        )
        _end_all(hosts)
        finish_recordings(max(0.5, deadline - time.monotonic()))
    finally:
        signal.raise_signal(number)


class _Forking(threading.local):
    """The signals that the forking thread blocked before, to be blocked again and no others."""

    mask: set[int] | None = None


_forking = _Forking()


def _before_fork() -> None:
    """Hold signals back: one that reached the child before its default is back would be lost."""
    if any(signal.getsignal(number) is _on_signal for number in _numbers()):
        _forking.mask = set(signal.pthread_sigmask(signal.SIG_BLOCK, _numbers()))


def _after_fork() -> None:
    mask, _forking.mask = _forking.mask, None
    if mask is not None:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _in_forked_child() -> None:
    """Give a forked child the default back: it has no sessions, and may be told to end."""
    global _hosts_lock
    _hosts_lock = threading.Lock()  # another thread may have held it, which is not there any more
    _hosts.clear()
    for number in _numbers():
        if signal.getsignal(number) is _on_signal:
            signal.signal(number, signal.SIG_DFL)
    _after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork, after_in_child=_in_forked_child
    )
