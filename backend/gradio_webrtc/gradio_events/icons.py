"""The image on the start button, as a file that the app serves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gradio.components.base import Component

from gradio_webrtc.errors import ConfigurationError

URL_SCHEMES = ("http://", "https://", "data:")


def served_icon(component: Component, icon: str | Path | dict[str, Any] | None) -> Any:
    """Return what Gradio makes an address of for each page: a ``FileData`` as a dict, or ``None``.

    Args:
        component: whose icon it is.
        icon: path or URL of an image, or what this returned for another instance.

    Raises:
        ConfigurationError: there is no such file.
    """
    if icon is None or isinstance(icon, dict):
        return icon
    text = str(icon)
    if text.startswith(URL_SCHEMES):
        return {"path": text, "url": text}
    if not Path(text).is_file():
        raise ConfigurationError(
            f"icon must be the path or URL of an image; there is no file {text!r}."
        )
    return component.serve_static_file(text)
