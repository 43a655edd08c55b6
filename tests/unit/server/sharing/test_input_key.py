"""Which values of inputs are the same for viewers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any

import numpy as np
import pandas  # type: ignore[import-untyped]
import pytest
from PIL import Image

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.server.sharing.input_key import MOST_DEPTH, input_key


class Colour(Enum):
    RED = 1


@dataclass
class Choice:
    camera: str
    zoom: list[int]


def values() -> list[Any]:
    """Return one of each kind, made anew."""
    return [
        *(None, True, 1, 1.0, float("nan"), "1", b"1", Colour.RED, Fraction(1, 3)),
        *([1, [2, "x"]], (1, 2), {1, 2}, {"a": 1, "b": [2]}, Choice("north", [1, 2])),
        *(np.arange(6), np.arange(6).reshape(2, 3), np.arange(6, dtype=np.int16), np.float32(1)),
        *(Image.new("RGB", (4, 3), "red"), Image.new("RGB", (4, 3), "blue")),
        pandas.DataFrame({"a": [1, 2]}),
    ]


@pytest.mark.parametrize("place", range(len(values())))
def test_equal_values_have_equal_keys_and_others_none_of_these(place: int) -> None:
    keys = [input_key([value]) for value in values()]
    mine = input_key([values()[place]])
    assert [key == mine for key in keys] == [each == place for each in range(len(keys))]
    assert hash(mine) == hash(keys[place])


def test_the_order_of_a_dict_is_nothing_and_that_of_inputs_is() -> None:
    assert input_key([{"a": 1, "b": 2}]) == input_key([{"b": 2, "a": 1}])
    assert input_key([1, 2]) != input_key([2, 1])
    assert input_key(None) != input_key([])


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value", [object(), [object()], np.array([object()]), nested(MOST_DEPTH + 1), nested(5000)]
)
def test_what_cannot_be_compared_is_refused_with_words(value: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot be compared|nested"):
        input_key([value])
