"""Everybody who wants the timings of one connection's turns: the author, the process, the page."""

from __future__ import annotations

from dataclasses import replace

from gradio_webrtc.concurrency.loop_clock import loop_clock
from gradio_webrtc.handlers.protocol import Link
from gradio_webrtc.turns.timing.turn_calls import OnTurn, TurnCalls
from gradio_webrtc.turns.timing.turn_feed import TURN_FEED
from gradio_webrtc.turns.timing.turn_timer import TurnTimer
from gradio_webrtc.turns.timing.turn_timings import TurnTimings
from gradio_webrtc.turns.turn_events import TurnEvent


class TurnRecorder:
    """A ``TurnObserver`` of one conversation that hands on its timings. Belongs to the event loop.

    Args:
        link: the connection.
        rate: of the utterances, in Hz.
        on_turn: the author's function, if there is one.
    """

    def __init__(self, link: Link, rate: int, on_turn: OnTurn | None) -> None:
        self._client = link.client
        self._calls = None if on_turn is None else TurnCalls(on_turn)
        clock = loop_clock(link.loop)
        self._timer = TurnTimer(
            link.webrtc_id, link.playback, rate, clock, self._show, self._finished
        )

    def __call__(self, event: TurnEvent) -> None:
        """Take the time of ``event``."""
        self._timer(event)

    async def aclose(self) -> None:
        """End the turn that goes on, and let everybody be told. Idempotent."""
        self._timer.close()
        if self._calls is not None:
            await self._calls.aclose()

    def _show(self, timings: TurnTimings) -> None:
        """The reply is being heard: now is when somebody looks how long that took."""
        self._client.turn_timings(timings.as_json())

    def _finished(self, timings: TurnTimings) -> None:
        """The turn is over."""
        timings = replace(timings, playout_s=self._client.playout_s)
        self._show(timings)
        TURN_FEED.put(timings)
        if self._calls is not None:
            self._calls.tell(timings)
