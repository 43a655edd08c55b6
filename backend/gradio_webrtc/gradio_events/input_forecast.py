"""Inputs of a listener that are also its outputs: what they will hold in the page after a call.

Several outputs of a stream may be handled in one of Gradio's calls, which brings the values of the
inputs once. An input that is no output cannot change by the calls themselves; one that is has the
value that the last call has given it. Here that value takes the way it would take through the page.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradio.blocks import Block
from gradio.components.base import Component
from gradio.helpers import skip
from pydantic import BaseModel

from gradio_webrtc.json_values import Json

logger = logging.getLogger(__name__)


class UncertainError(Exception):
    """Only the page knows the value: it changes on its way, or is a partial update."""


@dataclass(frozen=True)
class _Link:
    """One component in both lists, by its places there."""

    block: Block
    place_in: int
    place_out: int


class InputForecast:
    """The inputs of one listener that are also outputs."""

    def __init__(self, inputs: Sequence[Block], outputs: Sequence[Block]) -> None:
        self._outputs = len(outputs)
        self._links = [
            _Link(block, inputs.index(block), outputs.index(block))
            for block in inputs
            if block in outputs
        ]

    def advance(self, values: list[Any], result: Any) -> bool:
        """Put what ``result`` makes of the inputs into ``values``; False if that is uncertain.

        Args:
            values: what the listener's function was called with, without the stream's output.
            result: what it returned or yielded.
        """
        try:
            for link in self._links:
                values[link.place_in] = self._next(link, values[link.place_in], result)
        except Exception:  # components raise what they like, and Gradio will report it
            logger.debug("the page has to tell the next values", exc_info=True)
            return False
        return True

    def __bool__(self) -> bool:
        return bool(self._links)

    def _next(self, link: _Link, before: Any, result: Any) -> Any:
        value = self._given(link, result)
        if isinstance(value, Mapping) and value.get("__type__") == "update":
            if len(value) > 1:
                raise UncertainError
            return before  # gr.skip()
        if isinstance(value, Block) or getattr(value, "_is_component_update", False):
            raise UncertainError
        if getattr(link.block, "stateful", False):
            return value
        return through_the_page(link.block, value)

    def _given(self, link: _Link, result: Any) -> Any:
        """Return what ``result`` holds for one component, in any of the shapes Gradio takes."""
        if isinstance(result, Mapping):
            if any(isinstance(key, Block) for key in result):
                return result.get(link.block, skip())
            if result == skip():
                return result
        return result if self._outputs == 1 else result[link.place_out]


def through_the_page(block: Block, value: Any) -> Any:
    """Return what a function is given for ``block`` after one has returned ``value`` for it.

    Raises:
        UncertainError: the value holds files, which Gradio moves, or is not JSON.
    """
    if not isinstance(block, Component):
        raise UncertainError
    wire = block.postprocess(value)  # type: ignore[no-untyped-call] # Gradio gives no types here
    if isinstance(wire, BaseModel):
        wire = wire.model_dump()
    if _has_file(wire):
        raise UncertainError
    wire = json.loads(json.dumps(wire))
    model = getattr(block, "data_model", None)
    return block.preprocess(wire if model is None or wire is None else model.model_validate(wire))


def _has_file(wire: Json) -> bool:
    if isinstance(wire, Mapping):
        meta = wire.get("meta")
        is_file = isinstance(meta, Mapping) and meta.get("_type") == "gradio.FileData"
        return is_file or any(_has_file(part) for part in wire.values())
    return isinstance(wire, list | tuple) and any(_has_file(part) for part in wire)
