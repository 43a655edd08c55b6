"""What is counted of a stream, and that two streams share nothing."""

from __future__ import annotations

import gc
import weakref
from typing import Any

from gradio_webrtc import Stream, TurnTimings
from gradio_webrtc.server.operation.tally import MAX_CODES, Tally
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.turns.timing.turn_feed import TURN_FEED
from tests.support.sessions import make_session, marked, start_session


async def test_a_session_is_counted_when_it_begins_and_when_it_is_over() -> None:
    tally, other = Tally(), Tally()
    bench = start_session()
    tally.session_started(bench.session)
    other.session_started(start := make_session(webrtc_id="b"))
    assert (tally.started, dict(tally.ended)) == (1, {})
    bench.session.end(CloseReason.TIME_LIMIT)
    await bench.session.aclose()
    assert dict(tally.ended) == {"time_limit": 1}
    assert (other.started, dict(other.ended)) == (1, {})
    await start.aclose()


async def test_what_was_dropped_is_kept_by_kind() -> None:
    tally = Tally()
    bench = start_session()
    tally.session_started(bench.session)
    for _ in range(2000):  # nobody reads: the handler has not started
        bench.session.on_audio(marked(1))
    bench.session.on_message("no JSON")
    assert bench.session.losses.by_kind()["audio"] > 0
    await bench.session.aclose()
    assert tally.dropped["audio"] == bench.session.losses.by_kind()["audio"]
    assert tally.dropped["messages"] == 1
    assert tally.dropped["video"] == 0


async def test_refusals_are_counted_by_their_code() -> None:
    stream = Stream(lambda image: image, modality="video")
    await stream.host.signal({"type": "nonsense"})
    await stream.host.signal({"type": "offer", "webrtc_id": "a", "sdp": "?"})
    await stream.host.signal({"type": "nonsense"})
    assert dict(stream.host.answering.tally.errors) == {"invalid_request": 2, "invalid_offer": 1}


def test_codes_are_bounded() -> None:
    tally = Tally()
    for number in range(2 * MAX_CODES):
        tally.error(str(number))
    tally.error("0")
    assert len(tally.errors) == MAX_CODES
    assert tally.errors["0"] == 2


def turn(webrtc_id: str = "a", **changes: Any) -> TurnTimings:
    known = {"spoken": True, "utterance_s": 1.0, "decided_s": 0.25, "first_heard_s": 0.9}
    return TurnTimings(webrtc_id, 0.0, **{**known, **changes})


async def test_turns_of_its_own_sessions_are_counted_with_their_latencies() -> None:
    tally = Tally()
    bench = start_session()
    tally.session_started(bench.session)
    TURN_FEED.put(turn())
    TURN_FEED.put(turn(interrupted=True, first_heard_s=None))
    TURN_FEED.put(turn(spoken=False))  # a greeting is no answer
    TURN_FEED.put(turn("somebody else's"))
    assert dict(tally.turns) == {False: 1, True: 1}
    counted = {stage: each.cumulative()[-1] for stage, each in tally.latencies.items()}
    assert (counted["decided"], counted["first_heard"], counted["first_token"]) == (2, 1, 0)
    assert tally.latencies["first_heard"].total == 0.9
    await bench.session.aclose()
    TURN_FEED.put(turn())
    assert dict(tally.turns) == {False: 1, True: 1}, "nobody listens any more"


async def test_a_tally_without_sessions_is_nobodys() -> None:
    tally = Tally()
    bench = start_session()
    tally.session_started(bench.session)
    gone = weakref.ref(tally)
    await bench.session.aclose()
    del tally, bench
    gc.collect()
    assert gone() is None
