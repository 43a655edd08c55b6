"""Cutting an ONNX model in two, so that its second part can be run on a piece at a time.

Only what the cut needs of the file's format is read, which is Protocol Buffers with the fields of
https://github.com/onnx/onnx/blob/main/onnx/onnx.proto; the package ``onnx`` is not needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_MODEL_GRAPH = 7
_NODE, _INITIALIZER, _INPUT, _OUTPUT = 1, 5, 11, 12
_VALUE_INFO = 13
_NODE_INPUT, _NODE_OUTPUT, _NODE_NAME = 1, 2, 3
_TENSOR_NAME, _VALUE_NAME = 8, 1
_FLOAT = 1


@dataclass(frozen=True)
class Halves:
    """A model in two parts.

    Attributes:
        first: gives ``cut`` and nothing else.
        second: takes ``cut``, and gives what the model gave.
        cut: names of the values that go from one to the other, the one the second part begins with
            first; float32.
    """

    first: bytes
    second: bytes
    cut: tuple[str, ...]


@dataclass(frozen=True)
class _Field:
    number: int
    whole: memoryview
    content: memoryview


def cut_before(model: bytes, node: str) -> Halves | None:
    """Return ``model`` cut before the node of that name, or ``None`` if it cannot be cut there.

    Everything from the node on becomes the second part. It cannot be cut where there is no such
    node, or where the second part needs an input of the model itself. All values that are cut have
    to be float32 with three dimensions.

    Raises:
        ValueError: it is no ONNX model.
    """
    # Views: nothing of a file of 60 MB and more is copied before the halves are put together.
    fields = list(_fields(memoryview(model)))
    outside = [field for field in fields if field.number != _MODEL_GRAPH]
    graphs = [field.content for field in fields if field.number == _MODEL_GRAPH]
    graph = list(_fields(graphs[0])) if graphs else []
    nodes = [field for field in graph if field.number == _NODE]
    names = [_texts(field, _NODE_NAME) for field in nodes]
    if [node] not in names:
        return None
    at = names.index([node])
    head, tail = nodes[:at], nodes[at:]
    made = {name for field in head for name in _texts(field, _NODE_OUTPUT)}
    used = list(dict.fromkeys(name for field in tail for name in _texts(field, _NODE_INPUT)))
    given = {_texts(field, _VALUE_NAME)[0] for field in graph if field.number == _INPUT}
    cut = tuple(name for name in used if name in made)
    if not cut or cut[0] != _texts(nodes[at], _NODE_INPUT)[0] or given.intersection(used):
        return None
    needed = set(used)
    constants = [field for field in graph if field.number == _INITIALIZER]
    ours = [field for field in constants if needed.intersection(_texts(field, _TENSOR_NAME))]
    other = (_NODE, _INITIALIZER, _INPUT, _OUTPUT, _VALUE_INFO)
    rest = [field for field in graph if field.number not in other]
    inputs = [field for field in graph if field.number == _INPUT]
    outputs = [field for field in graph if field.number == _OUTPUT]
    return Halves(
        # Constants of the second part only are dropped when the first one is loaded.
        _model(outside, [*head, *rest, *constants, *inputs], [_value(_OUTPUT, c) for c in cut]),
        _model(outside, [*tail, *rest, *ours, *outputs], [_value(_INPUT, c) for c in cut]),
        cut,
    )


def _model(outside: list[_Field], graph: list[_Field], values: list[bytes]) -> bytes:
    inside = b"".join([*(field.whole for field in graph), *values])
    return b"".join(field.whole for field in outside) + _packed(_MODEL_GRAPH, inside)


def _value(number: int, name: str) -> bytes:
    """Return a ``ValueInfoProto``: float32 with three dimensions of any size."""
    dimensions = b"".join(_packed(1, _packed(2, f"{name}_{n}".encode())) for n in range(3))
    tensor = b"\x08" + bytes([_FLOAT]) + _packed(2, dimensions)
    return _packed(number, _packed(1, name.encode()) + _packed(2, _packed(1, tensor)))


def _texts(field: _Field, number: int) -> list[str]:
    return [
        str(inner.content, "utf-8") for inner in _fields(field.content) if inner.number == number
    ]


def _fields(data: memoryview) -> Iterator[_Field]:
    at = 0
    while at < len(data):
        start = at
        key, at = _varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            begin = at
            _, at = _varint(data, at)
        elif kind in (1, 5):
            begin = at
            at += 8 if kind == 1 else 4
        elif kind == 2:
            length, begin = _varint(data, at)
            at = begin + length
        else:
            raise ValueError(f"it has a field of the unknown kind {kind}")
        if at > len(data):
            raise ValueError("it ends in the middle of a field")
        yield _Field(number, data[start:at], data[begin:at])


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 70:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
    raise ValueError("it ends in the middle of a number")


def _packed(number: int, content: bytes) -> bytes:
    return _number(number << 3 | 2) + _number(len(content)) + content


def _number(value: int) -> bytes:
    made = bytearray()
    while value >= 0x80:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*made, value])
