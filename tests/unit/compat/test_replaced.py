"""Names without a counterpart: an import says what to use, everything else is as Python has it."""

from __future__ import annotations

import pytest

from gradio_webrtc import GradioWebRTCError, ReplacedNameError
from gradio_webrtc.compat.replaced import replaced


def test_a_replaced_name_says_by_what():
    refuse = replaced("room", {"Old": "use New."})
    with pytest.raises(ReplacedNameError) as caught:
        refuse("Old")
    assert str(caught.value) == "room.Old of fastrtc does not exist in gradio_webrtc: use New."
    assert caught.value.name == "Old"
    assert isinstance(caught.value, ImportError)
    assert isinstance(caught.value, GradioWebRTCError)


def test_any_other_name_is_a_usual_error():
    with pytest.raises(AttributeError, match=r"'gradio_webrtc\.room' has no attribute 'Other'"):
        replaced("room", {})("Other")
