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
    folder = FOLDER / name
    spec = importlib.util.spec_from_file_location(f"demo_{name}", folder / "app.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f"no demo is called {name!r}; there are {', '.join(names())}")
    for neighbour in folder.glob("*.py"):
        sys.modules.pop(neighbour.stem, None)
    module = importlib.util.module_from_spec(spec)
    # A started program finds the modules beside it.
    sys.path.insert(0, str(folder))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(folder))
    if str(folder) not in sys.path:
        sys.path.append(str(folder))  # processes that a demo starts look for its modules
    return module
