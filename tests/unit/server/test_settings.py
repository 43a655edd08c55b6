"""How the sessions of one stream are made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gradio_webrtc.server.settings import StreamSettings
from gradio_webrtc.session.state import Limits
from tests.support.scripted_handler import ScriptedHandler

VIDEO = StreamSettings(make_handler=ScriptedHandler, mode="send-receive", modality="video")


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (VIDEO, True),
        (replace(VIDEO, limits=Limits(time_limit=1), frame_format="bgr24"), True),
        (replace(VIDEO, mode="send"), False),
        (replace(VIDEO, modality="audio"), False),
    ],
    ids=["itself", "other limits", "another mode", "another modality"],
)
def test_a_connection_goes_on_when_it_carries_the_same_media(
    other: StreamSettings, same: bool
) -> None:
    assert VIDEO.same_media(other) is same
    assert other.same_media(VIDEO) is same


def test_streams_do_not_share_what_was_not_given() -> None:
    one, other = (StreamSettings(make_handler=ScriptedHandler) for _ in range(2))
    assert one.limits.time_limit is None
    assert one.candidate_addresses == "auto"
    assert (one.recording, one.allowed_origins, one.show_error) == (None, None, False)
    one.limits = Limits(time_limit=5)
    assert other.limits.time_limit is None
