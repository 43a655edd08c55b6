"""ICE candidates: hostile until parsed."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradio_webrtc.errors import (
    InvalidCandidateError,
)
from gradio_webrtc.transports.negotiation.candidates import (
    MAX_CANDIDATE_BYTES,
    parse_candidate,
)
from tests.support import sdp
from tests.support.hostile import ANYTHING, damaged


def init(candidate: Any, **others: Any) -> dict[str, Any]:
    return {"candidate": candidate, "sdpMid": "0", "sdpMLineIndex": 0, **others}


@pytest.mark.parametrize("name", sdp.CANDIDATES)
def test_candidates_of_every_form(name: str) -> None:
    parsed = parse_candidate(init(sdp.CANDIDATES[name]))
    assert parsed is not None
    candidate = parsed.candidate
    words = sdp.CANDIDATES[name].split()
    assert (candidate.protocol, candidate.ip, candidate.port) == (words[2], words[4], int(words[5]))
    assert candidate.type == words[7]
    assert (parsed.mid, parsed.index) == ("0", None)
    assert parsed.can_be_checked == (words[2] == "udp")


def test_a_candidate_may_name_its_section_by_number() -> None:
    for others in ({"sdpMid": None}, {"sdpMid": ""}):
        candidate = parse_candidate(init(sdp.CANDIDATES["host"], sdpMLineIndex=1, **others))
        assert candidate is not None
        assert (candidate.mid, candidate.index) == (None, 1)


@pytest.mark.parametrize(
    "value", [None, init(""), init(" "), init("candidate:"), {"candidate": ""}]
)
def test_the_end_of_candidates(value: object) -> None:
    assert parse_candidate(value) is None


HOST = sdp.CANDIDATES["host"]
MALFORMED = {
    "a number": 7,
    "a list": [],
    "text": HOST,
    "no candidate": {},
    "null inside": init(None),
    "bytes inside": init(HOST.encode()),
    "nonsense": init("hello"),
    "too few words": init("candidate:1 1 udp 2122260223 192.168.0.196"),
    "no type": init("candidate:1 1 udp 2122260223 192.168.0.196 46243"),
    "wrong type": init(HOST.replace("typ host", "typ none")),
    "port is a word": init(HOST.replace("46243", "port")),
    "port too high": init(HOST.replace("46243", "65536")),
    "port below zero": init(HOST.replace("46243", "-1")),
    "priority is a word": init(HOST.replace("2122260223", "high")),
    "a name of somebody's printer": init(HOST.replace("192.168.0.196", "printer.local")),
    "priority without end": init(HOST.replace("2122260223", "9" * 500)),
    "component below one": init(HOST.replace(" 1 udp", " 0 udp")),
    "a host name": init(HOST.replace("192.168.0.196", "metadata.internal")),
    "no address": init(HOST.replace("192.168.0.196", "999.1.1.1")),
    "huge": init(HOST + " x" * MAX_CANDIDATE_BYTES),
    "no section": {"candidate": HOST},
    "section below zero": init(HOST, sdpMid=None, sdpMLineIndex=-1),
    "section is true": init(HOST, sdpMid=None, sdpMLineIndex=True),
    "section is a float": init(HOST, sdpMid=None, sdpMLineIndex=1.5),
    "component is a word": init(HOST.replace(" 1 udp", " one udp")),
    "protocol unknown": init(HOST.replace("udp", "carrier-pigeon")),
}


@pytest.mark.parametrize("value", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_candidates_are_refused(value: object) -> None:
    with pytest.raises(InvalidCandidateError) as caught:
        parse_candidate(value)
    assert caught.value.code == "invalid_candidate_format"
    assert len(caught.value.message) < 200


@given(ANYTHING | st.builds(init, st.text(max_size=200)))
@settings(deadline=None)
def test_arbitrary_candidates_raise_nothing_but_a_refusal(value: Any) -> None:
    with contextlib.suppress(InvalidCandidateError):
        parse_candidate(value)


@given(st.integers(0, 2**32), st.integers(1, 5), st.sampled_from(list(sdp.CANDIDATES.values())))
@settings(deadline=None)
def test_damaged_candidates_raise_nothing_but_a_refusal(seed: int, edits: int, text: str) -> None:
    with contextlib.suppress(InvalidCandidateError):
        parse_candidate(init(damaged(text, seed, edits)))
