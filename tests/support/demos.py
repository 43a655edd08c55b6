"""The folders of ``demo/``: which there are, and their apps as modules."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).resolve().parents[2] / "demo"


def names() -> list[str]:
    """Return the names of all demos, in order."""
    return sorted(app.parent.name for app in FOLDER.glob("*/app.py"))


def load(name: str) -> ModuleType:
    """Import ``demo/NAME/app.py`` anew, as starting it would; its app is the module's ``demo``."""
    spec = importlib.util.spec_from_file_location(f"demo_{name}", FOLDER / name / "app.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f"no demo is called {name!r}; there are {', '.join(names())}")
    module = importlib.util.module_from_spec(spec)
    # Dataclasses and annotations look their module up by name.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
