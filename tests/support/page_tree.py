"""A Gradio page as nested names, so that a test can say what is where."""

from __future__ import annotations

from typing import Any

from gradio.blocks import Block, BlockContext
from gradio.layouts.form import Form


def tree(block: Block) -> Any:
    """Return a layout as ``{name: [children]}``, a component as its label or its kind."""
    name = block.get_block_name()
    if name in ("html", "markdown", "webrtc", "chatbot"):
        return name
    if not isinstance(block, BlockContext):
        return getattr(block, "label", None) or getattr(block, "value", None) or name
    position = getattr(block, "position", None)
    children = [tree(child) for child in _without_forms(block)]
    return {f"{name} {position}" if position else name: children}


def _without_forms(block: BlockContext) -> list[Block]:
    """Return what a layout holds; Gradio puts neighbouring fields into a frame of their own."""
    found: list[Block] = []
    for child in block.children:
        found += _without_forms(child) if isinstance(child, Form) else [child]
    return found
