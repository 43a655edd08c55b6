"""The part of ``ReplyOnPause`` that has an author's function told what is being said."""

from __future__ import annotations

from gradio_webrtc.turns.saying.saying import Saying
from gradio_webrtc.turns.transcription.options import PartialTranscripts
from gradio_webrtc.turns.transcription.turn_transcriber import TurnTranscriber
from gradio_webrtc.turns.turn_events import TurnObserver
from gradio_webrtc.turns.turn_listener import TurnListener


class Transcribing(Saying):
    """A part of ``ReplyOnPause``.

    Attributes:
        partial_transcripts: what the author wants to be told; ``None``: nothing.
    """

    partial_transcripts: PartialTranscripts | None
    _transcriber: TurnTranscriber | None

    def _begin_turns(self) -> None:
        super()._begin_turns()
        self._transcriber = None

    def _turn_observers(self) -> list[TurnObserver]:
        observers = super()._turn_observers()
        if self.partial_transcripts is None:
            return observers
        assert self._context is not None
        self._transcriber = TurnTranscriber(
            self.partial_transcripts,
            self.input_sample_rate,
            self._hears,
            self._link.put_outputs,
            self._context,
        )
        self._transcriber.prepare()
        return [*observers, self._transcriber.observe]

    def _hears(self) -> TurnListener:
        return self._converse().turn_listener

    async def _end_session(self) -> None:
        await super()._end_session()
        if self._transcriber is not None:
            await self._transcriber.aclose()
