from __future__ import annotations

from gradio.utils import diff
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.client.signaling.gradio_events import changed

VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=8,
)


@given(st.lists(st.tuples(VALUES, VALUES), max_size=3))
def test_what_gradio_sends_of_a_change_makes_the_new_value(pairs: list[tuple]):
    before, after = [old for old, _ in pairs], [new for _, new in pairs]
    edits = [diff(old, new) for old, new in pairs]
    assert changed(before, edits) == after
