"""A Piper voice with the signature of real ones, small enough to make in a test."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from onnx import TensorProto as T
from onnx import helper

from gradio_webrtc.json_values import Json
from tests.support.tiny_speech_models import _constant, _save, _tensor

SYMBOLS = (
    "_^$ !'(),-.:;?abcdefhijklmnopqrstuvwxyz\u00e6\u00f0\u014b\u0250\u0251\u0254\u0259\u025a\u025b"
    "\u025c\u0261\u026a\u0279\u027e\u0283\u028a\u028c\u0292\u0294\u02c8\u02cc\u02d0\u03b8\u0329\u1d7b"
)


def make_piper(folder: Path, *, speakers: tuple[str, ...] = (), **told: Json) -> Path:
    """Write a Piper voice that gives, for each id, 100 samples times the length scale.

    Their value is the noise scale, and 0.1 more for each speaker after the first one.

    Args:
        folder: where to.
        speakers: names, of which more than one make the model ask for a number.
        told: fields of the ``.onnx.json`` that are to be otherwise.
    """
    inputs = [
        _tensor("input", T.INT64, ["batch", "phonemes"]),
        _tensor("input_lengths", T.INT64, ["batch"]),
        _tensor("scales", T.FLOAT, [3]),
    ]
    nodes = [
        helper.make_node("Split", ["scales"], ["noise", "length", "noise_w"], axis=0),
        helper.make_node("Cast", ["input_lengths"], ["ids"], to=T.FLOAT),
        helper.make_node("Mul", ["ids", "hundred"], ["plain"]),
        helper.make_node("Mul", ["plain", "length"], ["scaled"]),
        helper.make_node("Cast", ["scaled"], ["samples"], to=T.INT64),
        helper.make_node("Concat", ["ones", "samples"], ["size"], axis=0),
        helper.make_node("Expand", ["value", "size"], ["output"]),
    ]
    if len(speakers) > 1:
        inputs.append(_tensor("sid", T.INT64, ["batch"]))
        louder = [
            helper.make_node("Cast", ["sid"], ["number"], to=T.FLOAT),
            helper.make_node("Mul", ["number", "tenth"], ["more"]),
            helper.make_node("Add", ["noise", "more"], ["value"]),
        ]
    else:
        louder = [helper.make_node("Identity", ["noise"], ["value"])]
    _save(
        folder / "tiny.onnx",
        [*nodes[:-1], *louder, nodes[-1]],
        inputs,
        [_tensor("output", T.FLOAT, ["batch", 1, 1, "samples"])],
        [
            _constant("hundred", np.array([100.0], np.float32)),
            _constant("tenth", np.array([0.1], np.float32)),
            _constant("ones", np.array([1, 1, 1])),
        ],
    )
    return explain(folder, speakers, **told)


def make_cut_piper(folder: Path, *, speakers: tuple[str, ...] = ()) -> Path:
    """Write a Piper voice whose node names are those that real ones have where they may be cut.

    It makes 20 frames of each id, with the id in thousandths for a value, and of each frame 256
    samples: the mean of five frames around, and the speaker's number more.
    """
    inputs = [
        _tensor("input", T.INT64, ["batch", "phonemes"]),
        _tensor("input_lengths", T.INT64, ["batch"]),
        _tensor("scales", T.FLOAT, [3]),
    ]
    nodes = [
        helper.make_node("Cast", ["input"], ["ids"], to=T.FLOAT),
        helper.make_node("Div", ["ids", "thousand"], ["small"]),
        helper.make_node("Unsqueeze", ["small", "one"], ["one_channel"]),
        helper.make_node("Concat", ["one_channel"] * 20, ["frames"], axis=2),
        helper.make_node(
            "Conv", ["frames", "kernel"], ["sums"], name="/dec/conv_pre/Conv", pads=[2, 2]
        ),
        helper.make_node("Unsqueeze", ["sums", "three"], ["column"]),
        helper.make_node("Concat", ["column"] * 256, ["samples"], axis=3),
        helper.make_node("Reshape", ["samples", "flat"], ["sound"]),
    ]
    if len(speakers) > 1:
        inputs.append(_tensor("sid", T.INT64, ["batch"]))
        number = [
            helper.make_node("Cast", ["sid"], ["number"], to=T.FLOAT),
            helper.make_node("Reshape", ["number", "cube"], ["speaker"]),
        ]
        nodes = [*number, *nodes, helper.make_node("Add", ["sound", "speaker_4"], ["output"])]
        nodes.insert(-1, helper.make_node("Unsqueeze", ["speaker", "three"], ["speaker_4"]))
    else:
        nodes.append(helper.make_node("Identity", ["sound"], ["output"]))
    _save(
        folder / "tiny.onnx",
        nodes,
        inputs,
        [_tensor("output", T.FLOAT, ["batch", 1, 1, "samples"])],
        [
            _constant("thousand", np.array([1000.0], np.float32)),
            _constant("kernel", np.ones((1, 1, 5), np.float32) / 5),
            _constant("one", np.array([1])),
            _constant("three", np.array([3])),
            _constant("flat", np.array([1, 1, 1, -1])),
            _constant("cube", np.array([1, 1, 1])),
        ],
    )
    return explain(folder, speakers)


def explain(folder: Path, speakers: tuple[str, ...], **told: Json) -> Path:
    """Write the ``.onnx.json`` of ``tiny.onnx``."""
    explained: dict[str, Json] = {
        "audio": {"sample_rate": 16_000, "quality": "low"},
        "espeak": {"voice": "en-us"},
        "inference": {"noise_scale": 0.5, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_map": {},
        "phoneme_id_map": {symbol: [number] for number, symbol in enumerate(SYMBOLS)},
        "num_speakers": max(1, len(speakers)),
        "speaker_id_map": {name: number for number, name in enumerate(speakers)},
        **told,
    }
    (folder / "tiny.onnx.json").write_text(json.dumps(explained), "utf-8")
    return folder
