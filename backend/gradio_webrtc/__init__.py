"""Real-time audio and video between a browser and Python functions, as a Gradio component.

The names are loaded when the first of them is asked for, and Gradio with them: a program that is a
client only needs neither.
"""

from importlib import import_module
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any

__path__ = [*__path__, str(Path(__file__).parent / "compat")]
"""Submodules that only code written for other packages imports are looked for there last."""

if TYPE_CHECKING:
    from gradio_webrtc.public_names import *  # noqa: F403 - what it has is in __all__
    from gradio_webrtc.public_names import __all__ as __all__

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if not name.startswith("_") and PathFinder.find_spec(f"{__name__}.{name}", __path__):
            return import_module(f"{__name__}.{name}")
        if name.startswith("__") and name != "__all__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        names = import_module(f"{__name__}.public_names")
        try:
            value = getattr(names, name)
        except AttributeError:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *import_module(f"{__name__}.public_names").__all__})
