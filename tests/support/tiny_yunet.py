"""A model file shaped like YuNet, OpenCV's face detector, that takes red squares for faces.

YuNet looks at cells of 8, 16 and 32 pixels and says for each whether it is a face's (``cls``,
``obj``), where in the cell its middle is and how large it is (``bbox``), and where eyes, nose and
mouth are (``kps``): https://doi.org/10.1007/s11633-023-1423-y. Here every output is one
convolution over the cell, written in the wire format of ONNX (protocol buffers; field numbers of
onnx.proto), so that testing the loading code needs neither a download nor the ``onnx`` package.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

STRIDES = (8, 16, 32)
CHANNELS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}
FLOAT, INTS = 1, 7
"""Codes of ``TensorProto.FLOAT`` and ``AttributeProto.INTS``."""

SIZE = 1.0
"""The boxes are ``e ** SIZE`` cells wide and high, and begin at the cell's middle less half."""


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*parts, value))


def _field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _tensor(name: str, values: NDArray[np.float32]) -> bytes:
    dims = b"".join(_field(1, size) for size in values.shape)
    return dims + _field(2, FLOAT) + _field(8, name) + _field(9, values.astype("<f4").tobytes())


def _ints(name: str, *values: int) -> bytes:
    return _field(1, name) + b"".join(_field(8, value) for value in values) + _field(20, INTS)


def _value(name: str, *shape: int) -> bytes:
    dims = b"".join(_field(1, _field(1, size)) for size in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, FLOAT) + _field(2, dims)))


def _convolution(name: str, stride: int, weight: NDArray[np.float32], bias: float) -> bytes:
    """Return the graph's fields of one output: its node, weights and bias."""
    inputs = b"".join(_field(1, each) for each in ("input", f"{name}_w", f"{name}_b"))
    shape = _ints("kernel_shape", stride, stride), _ints("strides", stride, stride)
    attributes = b"".join(_field(5, each) for each in shape)
    node = inputs + _field(2, name) + _field(3, name) + _field(4, "Conv") + attributes
    biases = np.full(weight.shape[0], bias, np.float32)
    return (
        _field(1, node)
        + _field(5, _tensor(f"{name}_w", weight))
        + _field(5, _tensor(f"{name}_b", biases))
    )


def write_model(path: Path, width: int, height: int) -> None:
    """Write the model for pictures of ``width`` by ``height``, both multiples of 32."""
    graph = _field(2, "tiny") + _field(11, _value("input", 1, 3, height, width))
    for kind, channels in CHANNELS.items():
        for stride in STRIDES:
            weight = np.zeros((channels, 3, stride, stride), np.float32)
            if kind == "cls" and stride == STRIDES[-1]:
                # Pictures come as BGR from 0 to 255: pure red gives 1, grey of any kind 0.
                weight[0, 2] = 1 / (255 * stride**2)
                weight[0, :2] = -0.5 / (255 * stride**2)
            bias = {"cls": 0.0, "obj": 0.81, "bbox": SIZE, "kps": 0.0}[kind]
            graph += _convolution(f"{kind}_{stride}", stride, weight, bias)
            shape = (1, channels, height // stride, width // stride)
            graph += _field(12, _value(f"{kind}_{stride}", *shape))
    opset = struct.pack("<2B", 16, 11)  # OperatorSetIdProto: version 11 of ONNX's own operators
    path.write_bytes(_field(1, 7) + _field(8, opset) + _field(7, graph))
