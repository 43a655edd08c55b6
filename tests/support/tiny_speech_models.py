"""Models with the signatures of real ones for speech, small enough to make in a test."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper, numpy_helper

WORDS = ["\u2581Ask", "\u2581me", "\u2581any", "thing", "<0xC3>", "<0xA9>", "."]
"""What the tiny Moonshine says, one after the other; its end follows."""

FIRST_WORD = 10
LAYERS, HEADS, SIZE = 2, 8, 4


def _tensor(name: str, kind: int, shape: list[str | int]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


def _constant(name: str, array: np.ndarray) -> onnx.TensorProto:
    return numpy_helper.from_array(array, name)


def _save(
    path: Path,
    nodes: list[onnx.NodeProto],
    inputs: list[onnx.ValueInfoProto],
    outputs: list[onnx.ValueInfoProto],
    constants: list[onnx.TensorProto],
) -> None:
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(path))


def make_moonshine(folder: Path) -> Path:
    """Write a Moonshine that says :data:`WORDS`, whatever it hears, if its cache is kept.

    The encoder gives one state per 384 samples. The decoder says the word whose number is how many
    steps its cache holds, so that a caller that loses the cache gets one word for ever.
    """
    _save(
        folder / "onnx/encoder_model.onnx",
        [
            helper.make_node("Unsqueeze", ["input_values", "last"], ["column"]),
            helper.make_node("Slice", ["column", "zero", "end", "one", "step"], ["some"]),
            helper.make_node("Concat", ["some"] * SIZE, ["last_hidden_state"], axis=2),
        ],
        [_tensor("input_values", T.FLOAT, ["batch", "samples"])],
        [_tensor("last_hidden_state", T.FLOAT, ["batch", "length", SIZE])],
        [
            _constant("last", np.array([2])),
            _constant("zero", np.array([0])),
            _constant("end", np.array([2**31])),
            _constant("one", np.array([1])),
            _constant("step", np.array([384])),
        ],
    )
    _save_decoder(folder / "onnx/decoder_model_merged.onnx")
    vocabulary = {"<unk>": 0, "<s>": 1, "</s>": 2}
    vocabulary |= {word: FIRST_WORD + n for n, word in enumerate(WORDS)}
    special = [{"id": n, "content": w, "special": True} for w, n in list(vocabulary.items())[:3]]
    (folder / "tokenizer.json").write_text(
        json.dumps({"added_tokens": special, "model": {"vocab": vocabulary}}), "utf-8"
    )
    return folder


def _save_decoder(path: Path) -> None:
    size = FIRST_WORD + len(WORDS)
    said = [*range(FIRST_WORD, size), 2]
    inputs = [
        _tensor("input_ids", T.INT64, ["batch", "tokens"]),
        _tensor("encoder_hidden_states", T.FLOAT, ["batch", "length", SIZE]),
    ]
    outputs = [_tensor("logits", T.FLOAT, ["batch", "tokens", size])]
    nodes = [
        helper.make_node("Cast", ["use_cache_branch"], ["used"], to=T.INT64),
        # The cache's length counts only when it is used.
        helper.make_node("Shape", ["past_key_values.0.decoder.key"], ["shape"]),
        helper.make_node("Gather", ["shape", "two"], ["held"]),
        helper.make_node("Mul", ["held", "used"], ["steps"]),
        helper.make_node("Gather", ["said", "steps"], ["token"]),
        helper.make_node("OneHot", ["token", "size", "values"], ["hot"], axis=-1),
        helper.make_node("Unsqueeze", ["hot", "zero"], ["logits"]),
        # One step more for the decoder, what was heard for the encoder.
        helper.make_node("Concat", ["one", "heads", "longer", "width"], ["grown_shape"], axis=0),
        helper.make_node("Add", ["steps", "one"], ["longer"]),
        helper.make_node("Expand", ["nothing", "grown_shape"], ["grown"]),
    ]
    nodes[7], nodes[8] = nodes[8], nodes[7]
    for layer in range(LAYERS):
        for part in ("decoder", "encoder"):
            for kind in ("key", "value"):
                name = f"{layer}.{part}.{kind}"
                shape: list[str | int] = ["batch", HEADS, f"past_{part}", SIZE]
                inputs.append(_tensor(f"past_key_values.{name}", T.FLOAT, shape))
                outputs.append(_tensor(f"present.{name}", T.FLOAT, ["b", HEADS, "n", SIZE]))
                source = "grown" if part == "decoder" else "zeros_of_heard"
                nodes.append(helper.make_node("Identity", [source], [f"present.{name}"]))
    inputs.append(_tensor("use_cache_branch", T.BOOL, [1]))
    nodes.insert(
        0, helper.make_node("ReduceSum", ["encoder_hidden_states", "axes"], ["heard"], keepdims=1)
    )
    nodes.insert(1, helper.make_node("Mul", ["heard", "nothing"], ["zeros_of_heard_small"]))
    nodes.insert(
        2, helper.make_node("Expand", ["zeros_of_heard_small", "heard_shape"], ["zeros_of_heard"])
    )
    constants = [
        _constant("axes", np.array([0, 1, 2])),
        _constant("heard_shape", np.array([1, HEADS, 3, SIZE])),
        _constant("nothing", np.zeros((1, 1, 1), np.float32)),
        _constant("said", np.array(said)),
        _constant("size", np.array(size)),
        _constant("values", np.array([0, 20], np.float32)),  # logits: quite sure
        _constant("zero", np.array([0])),
        _constant("one", np.array([1])),
        _constant("two", np.array([2])),
        _constant("heads", np.array([HEADS])),
        _constant("width", np.array([SIZE])),
    ]
    _save(path, nodes, inputs, outputs, constants)


def make_kokoro(folder: Path, tokens: str = "input_ids") -> Path:
    """Write a Kokoro that gives, for each symbol, 100 samples of the style's first value / speed.

    The voices ``af_heart`` and ``bm_low`` have styles whose values are the number of symbols they
    are for, in thousandths, and minus that; those of ``zz_loud`` are 1.05, beyond full scale.
    """
    _save(
        folder / "onnx/model.onnx",
        [
            helper.make_node("Shape", [tokens], ["shape"]),
            helper.make_node("Gather", ["shape", "one"], ["symbols"]),
            helper.make_node("Mul", ["symbols", "hundred"], ["samples"]),
            helper.make_node("Concat", ["one", "samples"], ["size"], axis=0),
            helper.make_node("Slice", ["style", "zero", "one", "one"], ["loudness"]),
            helper.make_node("Div", ["loudness", "speed"], ["value"]),
            helper.make_node("Expand", ["value", "size"], ["waveform"]),
        ],
        [
            _tensor(tokens, T.INT64, [1, "length"]),
            _tensor("style", T.FLOAT, [1, 256]),
            _tensor("speed", T.FLOAT, [1]),
        ],
        [_tensor("waveform", T.FLOAT, [1, "samples"])],
        [
            _constant("zero", np.array([0])),
            _constant("one", np.array([1])),
            _constant("hundred", np.array([100])),
        ],
    )
    symbols = (
        " .,!?abcdefhijklmnopstuvwxz\u02c8\u02cc\u0259\u0279\u026a\u028a\u025b\u02d0\u0254\u0251"
    )
    vocabulary = {symbol: number for number, symbol in enumerate(symbols, 1)}
    (folder / "tokenizer.json").write_text(json.dumps({"model": {"vocab": vocabulary}}), "utf-8")
    styles = np.repeat(np.arange(511, dtype=np.float32)[:, np.newaxis] / 1000, 256, axis=1)
    (folder / "voices").mkdir(exist_ok=True)
    styles.tofile(folder / "voices/af_heart.bin")
    (-styles).tofile(folder / "voices/bm_low.bin")
    np.full_like(styles, 1.05).tofile(folder / "voices/zz_loud.bin")
    return folder


def make_end_of_turn(
    path: Path,
    *,
    waveform: bool = False,
    name: str = "input_features",
    frames: int | str = 800,
    extra: str | None = None,
    probability: bool = True,
) -> Path:
    """Write an end-of-turn model whose probability is the sigmoid of the last value of its input.

    With the signature of Smart Turn 3, ``(batch, 80, frames)`` in, or of one that takes a waveform,
    ``(batch, frames)``; one probability out.

    Args:
        path: where to.
        waveform: which of the two.
        name: of the input.
        frames: its last dimension; a name leaves it open.
        extra: a further input, which no real one has.
        probability: otherwise the last value itself comes out, less one.
    """
    axes = [1] if waveform else [1, 2]
    shape: list[str | int] = ["batch", frames] if waveform else ["batch", 80, frames]
    further = [_tensor(extra, T.FLOAT, [1])] if extra else []
    _save(
        path,
        [
            helper.make_node("Slice", [name, "starts", "ends", "axes"], ["last"]),
            helper.make_node("Reshape", ["last", "flat"], ["value"]),
            helper.make_node("Sigmoid", ["value"], ["logits"])
            if probability
            else helper.make_node("Sub", ["value", "two"], ["logits"]),
        ],
        [_tensor(name, T.FLOAT, shape), *further],
        [_tensor("logits", T.FLOAT, ["batch", 1])],
        [
            _constant("starts", np.array([-1] * len(axes))),
            _constant("ends", np.array([2**31] * len(axes))),
            _constant("axes", np.array(axes)),
            _constant("flat", np.array([-1, 1])),
            _constant("two", np.array([2.0], np.float32)),
        ],
    )
    return path


def make_masked_end_of_turn(path: Path, samples: int) -> Path:
    """Write an end-of-turn model with the signature of Smart Turn 2.

    Its probability is the share of the window that the mask admits; sound outside of that would
    add to it and make it no probability.
    """
    _save(
        path,
        [
            helper.make_node("Cast", ["attention_mask"], ["mask"], to=T.FLOAT),
            helper.make_node("ReduceMean", ["mask"], ["share"], axes=[1], keepdims=1),
            helper.make_node("Sub", ["one", "mask"], ["outside"]),
            helper.make_node("Mul", ["input_values", "outside"], ["leaked"]),
            helper.make_node("ReduceL1", ["leaked"], ["leak"], axes=[1], keepdims=1),
            helper.make_node("Add", ["share", "leak"], ["probabilities"]),
        ],
        [
            _tensor("input_values", T.FLOAT, ["batch", samples]),
            _tensor("attention_mask", T.INT64, ["batch", samples]),
        ],
        [_tensor("probabilities", T.FLOAT, ["batch", 1])],
        [_constant("one", np.array([1.0], np.float32))],
    )
    return path
