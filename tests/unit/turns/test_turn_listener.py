"""Everything that finds turns has what a conversation needs of it."""

from __future__ import annotations

import pytest

from gradio_webrtc.turns.custom_pause import CustomPauseListener
from gradio_webrtc.turns.detection.listener import Listener
from gradio_webrtc.turns.stop_words.stop_word_listener import StopWordListener
from gradio_webrtc.turns.turn_listener import TurnListener


@pytest.mark.parametrize("kind", [CustomPauseListener, Listener, StopWordListener])
def test_it_has_all_members(kind: type[TurnListener]) -> None:
    needed = {name for name in vars(TurnListener) if not name.startswith("_")}
    assert len(needed) == 10
    assert needed <= set(dir(kind))
