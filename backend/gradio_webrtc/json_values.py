"""What JSON decodes to: the type of everything a client sends, before it is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias, Union

Json: TypeAlias = Union[bool, int, float, str, Sequence["Json"], Mapping[str, "Json"], None]  # noqa: UP007
"""A value out of ``json.loads``. A ``Union``, since Gradio reads annotations when the app runs."""

JsonObject: TypeAlias = Mapping[str, Json]
"""A JSON object that is only read."""
