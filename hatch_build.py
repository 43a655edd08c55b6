"""Hatchling's build hook: no wheel, sdist or editable install without the built front end.

The front end is built when the built files are missing or were made of other sources than those in
``frontend/``. A source distribution carries both, so installing from one builds nothing and needs
no Node; a checkout builds, with Node from a wheel that is then a build requirement.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Hatchling loads this file by its path, so the directory beside it is not importable by itself.
sys.path.insert(0, str(Path(__file__).resolve().parent / "tools"))

import frontend_build


class FrontEndHook(BuildHookInterface[BuilderConfig]):
    """Builds the front end when it is missing or stale."""

    PLUGIN_NAME = "custom"

    @property
    def _tree(self) -> frontend_build.Tree:
        return frontend_build.Tree(Path(self.root))

    def dependencies(self) -> list[str]:
        """Ask for Node only when there is something to build."""
        if frontend_build.is_fresh(self._tree):
            return []
        return [frontend_build.NODE_REQUIREMENT]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build.

        Raises:
            FrontEndBuildError: the text has its log and what to try.
        """
        if frontend_build.is_fresh(self._tree):
            return
        self.app.display_info("Building the front end of gradio_webrtc ...")
        frontend_build.build(self._tree)
