import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradio_webrtc.migrate.findings import Edit, Finding, OverlappingEditsError, apply_edits


def test_edits_are_made_in_any_order_and_each_once() -> None:
    edits = [Edit(6, 11, "you"), Edit(0, 5, "hi"), Edit(0, 5, "hi")]
    assert apply_edits("hello world", edits) == "hi you"


def test_edits_of_the_same_characters_are_refused() -> None:
    with pytest.raises(OverlappingEditsError):
        apply_edits("hello", [Edit(0, 3, ""), Edit(2, 4, "")])


def test_only_what_has_edits_is_sure() -> None:
    assert Finding(1, "import", "text", (Edit(0, 1, ""),)).sure
    assert not Finding(1, "import", "text").sure


@settings(deadline=None)
@given(st.text(), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5), st.text())))
def test_what_no_edit_names_stays(text: str, wanted: list[tuple[int, int, str]]) -> None:
    edits = []
    done = 0
    for start, length, new in sorted(wanted):
        if start >= done and start + length <= len(text) and (length or start > done):
            edits.append(Edit(start, start + length, new))
            done = start + length
    after = apply_edits(text, edits)
    removed = sum(edit.end - edit.start for edit in edits)
    assert len(after) == len(text) - removed + sum(len(edit.text) for edit in edits)
