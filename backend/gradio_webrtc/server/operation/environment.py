"""Numbers that an operator sets in the environment."""

from __future__ import annotations

from collections.abc import Mapping

from gradio_webrtc.errors import ConfigurationError


def whole_number(
    environment: Mapping[str, str], name: str, meaning: str, least: int = 0
) -> int | None:
    """Return the number of up to six digits that ``name`` has, ``None`` if it has nothing.

    Args:
        environment: such as ``os.environ``.
        name: of the variable.
        meaning: what it must be, for the error.
        least: what it may be at least.

    Raises:
        ConfigurationError: it has something else.
    """
    text = environment.get(name, "").strip()
    if not text:
        return None
    if not (text.isdecimal() and text.isascii() and len(text) <= 6 and int(text) >= least):
        raise ConfigurationError(f"{name} must be {meaning}; got {text!r}.")
    return int(text)
