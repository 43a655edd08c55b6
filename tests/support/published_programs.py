"""Programs in the form in which published guides show them, changed as an author would do it."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import numpy as np

from gradio_webrtc.migrate.check_python import check_python
from gradio_webrtc.migrate.installed import InstalledPackages

INSTALLED = InstalledPackages()


def run(program: str, **names: Any) -> dict[str, Any]:
    """Change a program by the command ``migrate``, run it, and return its names.

    Args:
        program: written for ``fastrtc`` or an older ``gradio_webrtc``, and for Gradio 5.
        names: what the program uses and guides leave out, such as a model.
    """
    known = {"np": np, **names}
    exec(compile(migrated(program), "<published program>", "exec"), known)
    return known


def migrated(program: str) -> str:
    """Return a program after ``migrate --write``."""
    return check_python(dedent(program), INSTALLED).after
