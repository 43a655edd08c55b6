"""Which executor runs an author's function, checked, and made when the first call needs it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TypeAlias

from gradio_webrtc.errors import ConfigurationError

MOST_AHEAD = 1024


@dataclass(frozen=True)
class ExecutorOptions:
    """An executor, and how generators on it reach the server.

    Attributes:
        executor: a ``concurrent.futures.Executor``, or a function that makes one. The function is
            called with the first call of the author's, and again when the executor is broken.
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
                "executor must be a concurrent.futures.Executor, such as ProcessPoolExecutor(2), "
                "or a function that makes one, such as lambda: ProcessPoolExecutor(2); not "
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
