"""What an input that is also an output holds after a call, without asking the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from gradio_webrtc.gradio_events.input_forecast import InputForecast

TALK = [{"role": "user", "content": "hello"}]


def advanced(components: list[Any], result: Any, *before: Any) -> list[Any] | None:
    """Return the next values, or None if only the page knows them."""
    values = list(before)
    return values if InputForecast(components, components).advance(values, result) else None


def test_a_value_takes_the_way_through_the_page() -> None:
    number, text = gr.Number(precision=0), gr.Textbox()
    assert advanced([number, text], (2.4, 7), 1, "a") == [2, "7"]


def test_state_keeps_the_very_object() -> None:
    kept = object()
    [after] = advanced([gr.State()], kept, None) or [None]
    assert after is kept


def test_a_conversation_grows() -> None:
    chat = gr.Chatbot()
    [after] = advanced([chat], TALK, []) or [None]
    [again] = advanced([chat], [*after, {"role": "assistant", "content": "hi"}], after) or [None]
    # As a listener sees it that Gradio calls with the value from the page.
    assert [turn["role"] for turn in again] == ["user", "assistant"]
    assert again[0] == after[0]


def test_skipped_values_stay() -> None:
    one, two = gr.Number(), gr.Number()
    assert advanced([one, two], (gr.skip(), 5), 1, 2) == [1, 5]
    assert advanced([one, two], gr.skip(), 1, 2) == [1, 2]
    assert advanced([one], gr.skip(), 1) == [1]


def test_a_dict_names_what_changes() -> None:
    one, two = gr.Number(), gr.Number()
    assert advanced([one, two], {two: 5}, 1, 2) == [1, 5]
    assert advanced([gr.JSON()], {"a": 1}, None) == [{"a": 1}]


def test_the_page_has_to_tell_what_cannot_be_known(tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"not looked into")
    assert advanced([gr.Textbox()], gr.update(value="x", lines=2), "") is None
    assert advanced([gr.Textbox()], gr.Textbox(value="x"), "") is None
    assert advanced([gr.Image(type="filepath")], str(picture), None) is None
    assert advanced([gr.Dropdown(["a"])], "b", "a") is None


@pytest.mark.parametrize("places", [([0], [1]), ([], [0]), ([0], [])])
def test_other_components_are_not_asked_about(places: tuple[list[int], list[int]]) -> None:
    components = [gr.Number(), gr.Number()]
    inputs, outputs = ([components[n] for n in side] for side in places)
    chain = InputForecast(inputs, outputs)
    values = [object() for _ in inputs]
    assert not chain
    assert chain.advance(list(values), gr.update(lines=3))
