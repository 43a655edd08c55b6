"""A model in two parts."""

from __future__ import annotations

import contextlib
from pathlib import Path

import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.speech.onnx_graph import cut_before
from tests.support.tiny_piper import make_cut_piper, make_piper

NODE = "/dec/conv_pre/Conv"


@pytest.fixture
def model(tmp_path: Path) -> bytes:
    return (make_cut_piper(tmp_path, speakers=("a", "b")) / "tiny.onnx").read_bytes()


def test_both_halves_are_valid_models_that_meet_at_the_cut(model: bytes):
    halves = cut_before(model, NODE)
    assert halves is not None
    first, second = onnx.load_from_string(halves.first), onnx.load_from_string(halves.second)
    onnx.checker.check_model(first)
    onnx.checker.check_model(second)
    assert halves.cut == ("frames", "speaker")
    assert [o.name for o in first.graph.output] == [i.name for i in second.graph.input]
    assert [i.name for i in first.graph.input] == ["input", "input_lengths", "scales", "sid"]
    assert [o.name for o in second.graph.output] == ["output"]
    assert second.graph.node[0].name == NODE
    assert {c.name for c in second.graph.initializer} == {"kernel", "three", "flat"}
    assert first.opset_import == second.opset_import


def test_a_model_without_the_node_is_not_cut(tmp_path: Path):
    assert cut_before((make_piper(tmp_path) / "tiny.onnx").read_bytes(), NODE) is None
    assert cut_before(b"", NODE) is None


def test_it_is_not_cut_where_the_second_part_needs_the_models_own_inputs(tmp_path: Path):
    path = make_cut_piper(tmp_path) / "tiny.onnx"
    made = onnx.load(str(path))
    made.graph.node[-1].input[0] = "sound"
    made.graph.node.append(onnx.helper.make_node("Identity", ["scales"], ["scales_too"]))
    assert cut_before(made.SerializeToString(), NODE) is None


@pytest.mark.parametrize("damaged", [b"\x3a\xff", b"\x3b", b"\xff" * 20, b"\x3a\x05\x0a\x09"])
def test_what_is_no_model_is_told(damaged: bytes):
    with pytest.raises(ValueError, match=r"it ends|it has a field"):
        cut_before(damaged, NODE)


@given(st.binary(max_size=200))
def test_any_bytes_end_in_a_value_or_an_error_of_values(data: bytes):
    with contextlib.suppress(ValueError):
        assert cut_before(data, NODE) is None
