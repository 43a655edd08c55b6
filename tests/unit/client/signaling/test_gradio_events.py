from __future__ import annotations

from typing import Any

import pytest
from gradio.utils import diff
from gradio_client.utils import apply_diff
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.client.errors import ServerFailedError
from gradio_webrtc.client.signaling.gradio_events import changed

VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=8,
)


def fits(old: Any, new: Any) -> bool:
    """Return whether Gradio itself understands what it sends: not so of some lists in lists."""
    try:
        return bool(apply_diff(old, diff(old, new)) == new)
    except (LookupError, TypeError):
        return False


@given(st.lists(st.tuples(VALUES, VALUES).filter(lambda pair: fits(*pair)), max_size=3))
def test_what_gradio_sends_of_a_change_makes_the_new_value(pairs: list[tuple]):
    before, after = [old for old, _ in pairs], [new for _, new in pairs]
    edits = [diff(old, new) for old, new in pairs]
    assert changed(before, edits) == after


@pytest.mark.parametrize(
    "edit", [["delete", [3], None], ["add", ["a", 1], 0], ["append", [0, "a"], "x"]]
)
def test_a_change_that_fits_nothing_is_told(edit: list):
    with pytest.raises(ServerFailedError, match="fits no value"):
        changed([[1]], [[edit]])
