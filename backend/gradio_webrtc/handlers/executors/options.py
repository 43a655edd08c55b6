"""Which executor runs an author's function: checked, made for the first call, shut down at last."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias
from weakref import WeakKeyDictionary, WeakSet

from gradio_webrtc.errors import ConfigurationError

logger = logging.getLogger(__name__)

MOST_AHEAD = 1024


@dataclass(frozen=True)
class ExecutorOptions:
    """An executor, and how generators on it reach the server.

    Attributes:
        executor: a ``concurrent.futures.Executor``, or a function that makes one. The function is
            called with the first call of the author's, and again when the executor is broken; what
            it makes is shut down when the server stops.
        host: the address of this machine under which the workers reach it, which generators send
            their values to; as it is, workers on this machine do. Values travel unencrypted.
        ahead: how many values a generator may be ahead of what is played or shown, 0 to 1024.

    Raises:
        ConfigurationError: one of them cannot work.
    """

    executor: Executor | Callable[[], Executor]
    host: str = "127.0.0.1"
    ahead: int = 4

    def __post_init__(self) -> None:
        """Check the values."""
        if isinstance(self.executor, type) or not (
            isinstance(self.executor, Executor) or callable(self.executor)
        ):
            raise ConfigurationError(
                "executor must be a concurrent.futures.Executor, such as IsolatedProcessPool(2), "
                "or a function that makes one, such as lambda: IsolatedProcessPool(2); not "
                f"{self.executor!r}."
            )
        if self.host in ("", "0.0.0.0", "::"):
            raise ConfigurationError(
                "host must be the address under which workers reach this machine, not that of all."
            )
        whole = isinstance(self.ahead, int) and not isinstance(self.ahead, bool)
        if not whole or not 0 <= self.ahead <= MOST_AHEAD:
            raise ConfigurationError(
                f"ahead must be a whole number from 0 to {MOST_AHEAD}, not {self.ahead!r}."
            )


ExecutorChoice: TypeAlias = Executor | Callable[[], Executor] | ExecutorOptions
"""What ``executor=`` takes."""


class ExecutorPool:
    """The executor of one stream or handler, shared by all its connections. Any thread."""

    def __init__(self, choice: ExecutorChoice) -> None:
        self.options = choice if isinstance(choice, ExecutorOptions) else ExecutorOptions(choice)
        self._lock = threading.Lock()
        self._made: Executor | None = None

    @property
    def renewable(self) -> bool:
        """Whether a broken executor is followed by another one."""
        return not isinstance(self.options.executor, Executor)

    def current(self) -> Executor:
        """Return the executor, made now if it is not there."""
        with self._lock:
            if self._made is None:
                self._made = self.another()
                _warn_of_forks(self._made)
            return self._made

    def another(self) -> Executor:
        """Return an executor that nobody else has, where the author gave a function for it.

        Raises:
            ConfigurationError: the function made something else.
        """
        if isinstance(self.options.executor, Executor):
            return self.options.executor
        made = self.options.executor()
        if not isinstance(made, Executor):
            raise ConfigurationError(
                f"executor= was given a function that returned {made!r}; it has to make a "
                "concurrent.futures.Executor."
            )
        return made

    def drop(self, broken: Executor) -> None:
        """Make another one for the next call, if that is possible."""
        with self._lock:
            if not self.renewable or self._made is not broken:
                return
            self._made = None
        broken.shutdown(wait=False)

    def shut_down(self) -> None:
        """End what the author's function has made; the next call makes another one."""
        with self._lock:
            made, self._made = self._made, None
        if made is not None and self.renewable:
            made.shutdown(wait=False, cancel_futures=True)


_used: WeakKeyDictionary[asyncio.AbstractEventLoop, WeakSet[ExecutorPool]] = WeakKeyDictionary()


def used_here(pool: ExecutorPool) -> None:
    """Note that functions of the running loop are run by ``pool``."""
    _used.setdefault(asyncio.get_running_loop(), WeakSet()).add(pool)


def shut_down_made() -> None:
    """End the executors that were made for functions of the running loop, which has no sessions."""
    for pool in list(_used.pop(asyncio.get_running_loop(), ())):
        pool.shut_down()


_warned = False


def _warn_of_forks(executor: Executor) -> None:
    """Say once that processes are forked from this one, whose other threads hold locks."""
    global _warned
    context = getattr(executor, "_mp_context", None)  # not public, and absent elsewhere
    if _warned or not isinstance(executor, ProcessPoolExecutor) or context is None:
        return
    if context.get_start_method() == "fork":
        _warned = True
        logger.warning(
            "executor= got a ProcessPoolExecutor that forks this process. A server has threads, "
            "and a fork of it may hang for ever. Use IsolatedProcessPool(2), or "
            'ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")).'
        )
