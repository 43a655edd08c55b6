"""The states of a session and the ways between them."""

from __future__ import annotations

import itertools

import pytest

from gradio_webrtc.session.state import CloseReason, SessionState, check_transition


def test_the_only_ways_through_the_states() -> None:
    allowed = {
        ("new", "connecting"),
        ("new", "closing"),
        ("connecting", "open"),
        ("connecting", "closing"),
        ("open", "closing"),
        ("closing", "closed"),
    }
    for current, target in itertools.product(SessionState, SessionState):
        if (current.value, target.value) in allowed:
            check_transition(current, target)
        else:
            with pytest.raises(RuntimeError, match=f"from {current.value} to {target.value}"):
                check_transition(current, target)


def test_the_reasons_are_the_codes_on_the_wire() -> None:
    assert {reason.value for reason in CloseReason} == {
        *("client_closed", "time_limit", "connect_timeout", "peer_lost", "handler_error"),
        *("handler_finished", "app_closed", "server_shutdown", "replaced", "transport_failed"),
    }
