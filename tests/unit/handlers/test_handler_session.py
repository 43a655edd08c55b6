"""What a handler keeps of its session is never copied with the handler."""

from __future__ import annotations

import copy

from gradio_webrtc.handlers.handler_session import HandlerSession


def test_a_deep_copy_starts_anew() -> None:
    session = HandlerSession()
    session.has_inputs = True
    session.latest_args = [1]
    session.args_set.set()
    copied = copy.deepcopy(session)
    assert (copied.has_inputs, copied.latest_args) == (False, [])
    assert not copied.args_set.is_set()
    assert copied.link is None
