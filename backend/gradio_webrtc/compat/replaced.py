"""Published names that have no counterpart here: importing one says what to use instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gradio_webrtc.errors import ReplacedNameError


def replaced(module: str, remedies: Mapping[str, str]) -> Callable[[str], object]:
    """Return a module's ``__getattr__``, which refuses the names of ``remedies``.

    Args:
        module: the module's published name, such as ``"utils"``.
        remedies: for each name what to use instead.
    """

    def refuse(name: str) -> object:
        if name in remedies:
            raise ReplacedNameError(
                f"{module}.{name} of fastrtc does not exist in gradio_webrtc: {remedies[name]}",
                name=name,
            )
        # Python makes an ImportError with its usual words of this one.
        raise AttributeError(f"module 'gradio_webrtc.{module}' has no attribute {name!r}")

    return refuse
