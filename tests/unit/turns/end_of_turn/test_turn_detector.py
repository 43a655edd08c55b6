"""What counts as a turn detector."""

from __future__ import annotations

from gradio_webrtc import OnnxTurnDetector, TurnDetector


def test_whatever_has_finished_is_one_sync_or_async() -> None:
    class Sync:
        def finished(self, utterance: object) -> float:
            return 1.0

    class Async:
        async def finished(self, utterance: object) -> float:
            return 1.0

    assert isinstance(Sync(), TurnDetector)
    assert isinstance(Async(), TurnDetector)
    assert isinstance(OnnxTurnDetector(), TurnDetector)
    assert not isinstance(lambda utterance: 1.0, TurnDetector)
