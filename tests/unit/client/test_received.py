from __future__ import annotations

import av
import numpy as np

from gradio_webrtc.client.received import (
    Ending,
    Received,
    ReceivedAudio,
    ReceivedFrame,
    ReceivedMessage,
)


async def test_a_goodbye_ends_what_is_received():
    received = Received()
    received.take_text('{"type": "log", "data": "listening"}')
    received.take_text('{"type": "end_stream", "data": "Bye.", "reason": "time_limit"}')
    received.end(Ending("peer_lost"))
    assert received.over.result() == Ending("time_limit", "Bye.")
    assert [each.type async for each in received.messages] == ["log", "end_stream"]
    assert [each async for each in received.audio] == []


async def test_an_app_may_close_the_connection():
    received = Received()
    received.take_text('{"type": "update_connection", "data": "closed"}')
    assert received.over.result().reason == "app_closed"


def test_a_handlers_own_text_stays_as_it_is():
    for text in ("hello", '["list"]', '{"no": "type"}', "[" * 100_000):
        message = ReceivedMessage.of(text, 1.0)
        assert (message.type, message.data, message.text) == ("", text, text)


def test_frames_and_sounds_know_their_shape():
    picture = np.full((4, 6, 3), 90, np.uint8)
    frame = ReceivedFrame(av.VideoFrame.from_ndarray(picture, "rgb24"), 0.0)
    assert frame.to_array().shape == (4, 6, 3)
    assert frame.to_array("gray").shape == (4, 6)
    assert ReceivedAudio(8_000, np.zeros((1, 160), np.int16), 0.0).duration == 0.02
