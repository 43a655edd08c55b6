"""What a person submits, as handlers compare and show it."""

from __future__ import annotations

from gradio_webrtc import WebRTCData


def test_nothing_but_the_connection_has_to_be_known() -> None:
    data = WebRTCData("someone")
    assert (data.webrtc_id, data.textbox, data.audio, data.number) == ("someone", "", None, None)


def test_the_number_of_a_submit_is_neither_compared_nor_shown() -> None:
    assert WebRTCData("someone", "hi", number=1) == WebRTCData("someone", "hi", number=2)
    assert WebRTCData("someone", "hi") != WebRTCData("someone", "ho")
    assert "number" not in repr(WebRTCData("someone", "hi", number=1))
