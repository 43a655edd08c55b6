"""Whether two viewers chose the same values, so that they watch the same."""

from __future__ import annotations

import dataclasses
import hashlib
import io
from collections.abc import Hashable, Mapping, Sequence
from enum import Enum
from typing import Any

import numpy as np
from PIL import Image

from gradio_webrtc.errors import ConfigurationError

MOST_DEPTH = 32
"""How deep values may be nested, which clients of a mounted stream choose."""


def input_key(values: Sequence[Any] | None) -> Hashable:
    """Return something that is equal for equal values of the inputs. Pure.

    Equal are values of the same type and content, however deep; large ones count by a hash.

    Args:
        values: of the inputs; ``None`` when a function is called without any.

    Raises:
        ConfigurationError: a value is of a kind that only compares by identity, or too deep.
    """
    return None if values is None else tuple(_key(value, 0) for value in values)


def _key(value: Any, depth: int) -> Hashable:
    if depth > MOST_DEPTH:
        raise ConfigurationError(f"An input's value is nested more than {MOST_DEPTH} deep.")
    kind = type(value)
    if isinstance(value, float | complex):
        return kind, repr(value)  # NaN is what it is as well
    if value is None or isinstance(value, int | str | Enum):
        return kind, value
    if isinstance(value, bytes | bytearray):
        return kind, _digest(value)
    if isinstance(value, Mapping):
        pairs = [(_key(name, depth + 1), _key(each, depth + 1)) for name, each in value.items()]
        return kind, frozenset(pairs)
    if isinstance(value, set | frozenset):
        return kind, frozenset(_key(each, depth + 1) for each in value)
    if isinstance(value, list | tuple):
        return kind, tuple(_key(each, depth + 1) for each in value)
    return kind, _content(value, depth)


def _content(value: Any, depth: int) -> Hashable:
    if isinstance(value, np.ndarray | np.generic) and not value.dtype.hasobject:
        return value.shape, str(value.dtype), _digest(np.ascontiguousarray(value).tobytes())
    if isinstance(value, Image.Image):
        return value.size, value.mode, _digest(value.tobytes())
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return tuple(_key(getattr(value, field.name), depth + 1) for field in fields)
    to_json = getattr(value, "to_json", None)  # a table of pandas
    if callable(to_json) and type(value).__module__.startswith("pandas"):
        text = io.StringIO()
        to_json(text)
        return _digest(text.getvalue().encode())
    compares = "__eq__" in {name for base in type(value).__mro__[:-1] for name in vars(base)}
    if compares and isinstance(value, Hashable):
        return value
    raise ConfigurationError(
        f"An input's value is a {type(value).__qualname__}, of which two cannot be compared. With "
        "shared=True viewers who chose the same values watch the same, so each of `inputs` has to "
        "give a value that can be: text, numbers, lists, dicts, arrays, images."
    )


def _digest(data: bytes | bytearray) -> bytes:
    return hashlib.sha256(data).digest()
