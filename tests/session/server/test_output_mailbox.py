"""The additional outputs of one page, which fetches them when it can."""

from __future__ import annotations

import pytest

from gradio_webrtc.handlers.emitted import AdditionalOutputs
from gradio_webrtc.server import output_mailbox as mailbox
from gradio_webrtc.server.output_mailbox import (
    Delivery,
)

pytestmark = pytest.mark.looptime


async def test_pages_that_left_outputs_behind_are_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mailbox, "MAX_KEPT", 3)
    boxes = mailbox.OutputMailboxes()
    for number in range(5):
        boxes.open(f"page{number}", ["r"]).put(Delivery("a", AdditionalOutputs(number)))
        boxes.close(f"page{number}")
    assert [boxes.find(f"page{number}") is not None for number in range(5)] == [
        *(False, False, True, True, True)
    ]
    boxes.clear()
