"""What the installed versions of this package and of Gradio have: asked, not remembered."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Protocol

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


class Installed(Protocol):
    """What rules want to know of the packages an app will run with."""

    def has(self, path: str) -> bool:
        """Whether a dotted path, such as ``gradio_webrtc.Stream``, is there."""

    def remedy(self, path: str) -> str:
        """Return what a name that is refused says to use instead, or an empty text."""

    def parameters(self, path: str) -> frozenset[str] | None:
        """Return the names of what a callable takes; None when it is not known or takes any."""

    def needs(self) -> dict[str, str]:
        """Return the versions that are needed, such as ``{"gradio": ">=6.9,<7"}``."""

    def version(self, package: str) -> str:
        """Return the version that is installed, or an empty text."""


class InstalledPackages:
    """The packages of this interpreter."""

    @cache  # noqa: B019 one instance a run
    def has(self, path: str) -> bool:
        """Whether a dotted path is there; looks no further than this package and Gradio."""
        return _find(path) is not None

    def remedy(self, path: str) -> str:
        """Return what a name that is refused says to use instead, or an empty text."""
        try:
            _walk(path)
        except ModuleNotFoundError:
            return ""
        except ImportError as error:
            return str(error)
        return ""

    @cache  # noqa: B019 one instance a run
    def parameters(self, path: str) -> frozenset[str] | None:
        """Return the names of what a callable takes; None when it is not known or takes any."""
        found = _find(path)
        if not callable(found):
            return None
        try:
            signature = inspect.signature(found)
        except (TypeError, ValueError):
            return None
        kinds = {parameter.kind for parameter in signature.parameters.values()}
        if inspect.Parameter.VAR_KEYWORD in kinds:
            return None
        return frozenset(signature.parameters)

    @cache  # noqa: B019 one instance a run
    def needs(self) -> dict[str, str]:
        """Return the versions that this package and Gradio ask for, and this package itself."""
        found = {"gradio_webrtc": f">={self.version('gradio_webrtc')}"}
        for package in ("gradio", "gradio_webrtc"):  # what this package asks for wins
            for text in requires(package) or ():
                requirement = Requirement(text)
                if "extra ==" not in str(requirement.marker):
                    parts = sorted((str(part) for part in requirement.specifier), reverse=True)
                    found[canonicalize_name(requirement.name)] = ",".join(parts)
        return found

    def version(self, package: str) -> str:
        """Return the version that is installed, or an empty text."""
        try:
            return version(package)
        except PackageNotFoundError:
            return ""


def _find(path: str) -> object | None:
    """Return what is at ``path``; None when there is nothing, or its import is refused."""
    try:
        return _walk(path)
    except ImportError:
        return None


def _walk(path: str) -> object | None:
    """Return what is at ``path``, importing modules of this package on the way.

    Modules of Gradio that nobody has imported yet are taken for granted with all they may have:
    some of them do things when they are imported, such as asking the network.

    Raises:
        ImportError: a module refuses a name, with words that say what to use instead.
    """
    first, *rest = path.split(".")
    if first not in ("gradio", "gradio_webrtc"):
        return None
    found: object = importlib.import_module(first)
    walked = first
    for name in rest:
        walked = f"{walked}.{name}"
        if not hasattr(found, name):
            if not inspect.ismodule(found) or importlib.util.find_spec(walked) is None:
                return None
            if first == "gradio":
                return walked
            importlib.import_module(walked)
        found = getattr(found, name, None)
        if found is None:
            return None
    return found
