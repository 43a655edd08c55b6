"""The ``inputs`` and ``outputs`` of a listener, in any of the shapes that Gradio takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from gradio.blocks import Block

from gradio_webrtc.errors import ConfigurationError

Blocks: TypeAlias = Block | Sequence[Block] | set[Block] | frozenset[Block] | None
"""None, one or several components."""


def as_list(name: str, value: Blocks) -> list[Block]:
    """Return the components of ``value``: none, one, or a collection.

    Raises:
        ConfigurationError: it is something else.
    """
    if value is None:
        return []
    if isinstance(value, Block):
        return [value]
    if isinstance(value, (Sequence, set, frozenset)) and not isinstance(value, str):
        blocks = list(value)
        if all(isinstance(block, Block) for block in blocks):
            return blocks
    raise ConfigurationError(f"{name} must be a component or a list of components; got {value!r}.")
