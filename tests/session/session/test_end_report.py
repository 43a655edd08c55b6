"""What a client and the log are told of the end of a session."""

from __future__ import annotations

import pytest

from gradio_webrtc.session.state import CloseReason
from tests.support.sessions import (
    open_session,
)

pytestmark = pytest.mark.looptime


@pytest.mark.parametrize("reason", list(CloseReason))
async def test_the_client_is_told_why_unless_it_knows(reason: CloseReason) -> None:
    bench = await open_session()
    await bench.session.aclose(reason, "words")
    told = [(message.type, message.data, message.reason) for message in bench.transport.messages]
    if reason in (CloseReason.CLIENT_CLOSED, CloseReason.REPLACED):
        assert told == []
    elif reason is CloseReason.HANDLER_ERROR:
        assert told == [("error", "words", None), ("end_stream", "words", "handler_error")]
    else:
        assert told == [("end_stream", "words", reason.value)]
