"""What a reply function can be called with, found out before anybody speaks."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.executors.executor_function import ExecutorFunction
from gradio_webrtc.handlers.executors.options import ExecutorChoice


class ReplyFunction:
    """A function or generator function that takes what was said, and perhaps further inputs.

    Args:
        fn: the author's.
        parameter: how the author passed it, for messages.
        owner: to what, for messages.
        executor: where it runs, if not on a thread.

    Attributes:
        fn: the author's.
        run: what is called to run it.
        name: its name.

    Raises:
        ConfigurationError: ``fn`` is not a function.
    """

    def __init__(
        self,
        fn: Any,
        parameter: str = "fn",
        owner: str = "ReplyOnPause",
        executor: ExecutorChoice | None = None,
    ) -> None:
        if inspect.isgenerator(fn) or inspect.isasyncgen(fn):
            raise ConfigurationError(
                f"{owner}({parameter}=...) got the generator {fn.__name__}(...) itself: pass "
                f"{fn.__name__} without calling it."
            )
        if not callable(fn):
            raise ConfigurationError(
                f"{owner}({parameter}=...) takes a function or generator function, sync or async, "
                f"not {fn!r}."
            )
        self.fn: Callable[..., Any] = fn
        self.run: Callable[..., Any] = fn if executor is None else ExecutorFunction(fn, executor)
        self.name: str = getattr(fn, "__qualname__", type(fn).__qualname__)
        self._owner = owner
        try:
            self._signature: inspect.Signature | None = inspect.signature(fn)
        except (TypeError, ValueError):
            self._signature = None  # built in: it does not tell

    @property
    def takes_inputs(self) -> bool:
        """Whether it has parameters for further inputs."""
        if self._signature is None:
            return False
        kinds = [parameter.kind for parameter in self._signature.parameters.values()]
        named = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
        return inspect.Parameter.VAR_POSITIONAL in kinds or sum(k in named for k in kinds) > 1

    def accepts(self, count: int) -> bool:
        """Whether it can be called with that many values."""
        return self._mismatch(count) is None

    def check(self, further: int, *, needs_args: bool) -> None:
        """Raise ``ConfigurationError`` if it does not fit what a stream gives.

        Args:
            further: how many inputs there are besides the component.
            needs_args: whether they are passed although it seems to take none.
        """
        count = 1 + (further if needs_args or self.takes_inputs else 0)
        mismatch = self._mismatch(count)
        if mismatch is not None:
            raise ConfigurationError(
                f"{self.name}{self._signature} of {self._owner} is called with {count} "
                f"value{'s' * (count != 1)}: what was said and {count - 1} from the other inputs. "
                f"That does not fit: {mismatch}. The first of `inputs` is the WebRTC component, "
                "each further one needs a parameter of its own."
            )

    def fitting(self, further: Sequence[Any]) -> Sequence[Any]:
        """Return ``further``, or nothing when it cannot be called with that but without."""
        return () if self.accepts(0) and not self.accepts(len(further)) else further

    def _mismatch(self, count: int) -> str | None:
        if self._signature is None:
            return None
        try:
            self._signature.bind(*([None] * count))
        except TypeError as error:
            return str(error)
        return None
