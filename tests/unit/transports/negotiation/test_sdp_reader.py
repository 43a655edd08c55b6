"""How much of everything an offer may have: counted before anything else is done with it."""

from __future__ import annotations

import contextlib
import time
import tracemalloc

import pytest

from gradio_webrtc.errors import InvalidOfferError
from gradio_webrtc.transports.negotiation.offer_lines import MAX_SSRCS
from gradio_webrtc.transports.negotiation.sdp_reader import (
    MAX_LINE_CHARACTERS,
    MAX_LINES,
    MAX_SDP_BYTES,
    SECTION_LIMITS,
)
from gradio_webrtc.transports.negotiation.signaling import parse_offer
from tests.support import sdp

ONE = sdp.offer(("audio", "sendrecv"))


def milliseconds(text: str) -> float:
    """Return the least CPU time of three parses, refused or not."""
    taken: list[float] = []
    for _ in range(3):
        started = time.thread_time()
        with contextlib.suppress(InvalidOfferError):
            parse_offer(text)
        taken.append((time.thread_time() - started) * 1e3)
    return min(taken)


FULL = MAX_LINES - ONE.count("\n") - 1
EXPENSIVE = {
    # Each line of the one kind met each of the other: 11 s and 510 MB.
    "codecs and feedback": ONE
    + "".join(f"a=rtpmap:{number % 128} opus/48000/2\r\n" for number in range(FULL // 2))
    + "a=rtcp-fb:* nack\r\n" * (FULL // 2),
    "codecs and parameters": ONE
    + "".join(f"a=rtpmap:{96 + number % 32} VP8/90000\r\n" for number in range(100))
    + "".join(f"a=fmtp:{96 + number % 32} {'x=1;' * 100}\r\n" for number in range(100)),
    "ssrcs": ONE + "".join(f"a=ssrc:{number} cname:x\r\n" for number in range(FULL)),
    "extensions": ONE + "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n" * (FULL // 2),
    "candidates": ONE + f"a={sdp.CANDIDATES['host']}\r\n" * (FULL // 3),
    "fingerprints": ONE + f"a=fingerprint:sha-256 {sdp.FINGERPRINT}\r\n" * (FULL // 4),
    "attributes": ONE + "".join(f"a=name{number}\r\n" for number in range(FULL)),
    "sections": ONE + "m=audio 0 RTP/SAVPF 0\r\n" * FULL,
    "groups": ONE.replace("BUNDLE 0", "BUNDLE " + "0 " * 480),
    "empty lines": ONE + "\n" * FULL,
    "one line": "v=0\r\na=" + "x" * (MAX_SDP_BYTES - 10),
    "spaces": ONE + f"m=audio 9 RTP/SAVPF {' ' * 900}\r\n" * 60,
}


@pytest.mark.parametrize("name", EXPENSIVE)
def test_no_offer_is_expensive_to_parse(name: str) -> None:
    # An ordinary one takes 0.3 ms; the bound is ten times what the dearest of these took.
    assert len(EXPENSIVE[name]) <= MAX_SDP_BYTES
    assert milliseconds(EXPENSIVE[name]) < 30


def test_no_offer_takes_much_memory() -> None:
    for text in EXPENSIVE.values():
        tracemalloc.start()
        milliseconds(text)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 4e6


def test_what_aiortc_is_given_is_small_whatever_was_offered() -> None:
    for text in EXPENSIVE.values():
        try:
            given = parse_offer(text).sdp
        except InvalidOfferError:
            continue
        assert len(given) < 4000


@pytest.mark.parametrize("name", SECTION_LIMITS)
def test_each_kind_of_line_has_a_limit(name: str) -> None:
    lines = f"a={name}:1 x\r\n" * (SECTION_LIMITS[name] + 1)
    with pytest.raises(InvalidOfferError, match=f'"a={name}" lines: at most'):
        parse_offer(ONE + lines)


def test_lines_and_their_length_have_a_limit() -> None:
    with pytest.raises(InvalidOfferError, match=rf"lines; at most {MAX_LINES} "):
        parse_offer(ONE + "a=x\n" * MAX_LINES)
    with pytest.raises(InvalidOfferError, match=rf"Line \d+ of .* at most {MAX_LINE_CHARACTERS} "):
        parse_offer(ONE + "a=x:" + "y" * MAX_LINE_CHARACTERS)


def test_ssrcs_have_a_limit_far_below_what_a_report_can_hold() -> None:
    text = ONE + "".join(f"a=ssrc:{number} cname:x\r\n" for number in range(MAX_SSRCS))
    with pytest.raises(InvalidOfferError, match=rf"33 SSRCs in one section; at most {MAX_SSRCS}"):
        parse_offer(text)
    given = parse_offer(sdp.offer(("video", "sendrecv"))).sdp
    assert "a=ssrc:3570614608 " in given
    assert "a=ssrc:4079093678 " in given
    assert given.count("a=ssrc:") == 2


def test_connections_have_a_limit() -> None:
    many = sdp.offer(*[("audio", "sendrecv")] * 8)
    parse_offer(many)
    with pytest.raises(InvalidOfferError, match=r"needs 8 connections; at most 4 .*a=group:BUNDLE"):
        parse_offer(many.replace("a=group:BUNDLE", "a=group:LS"))


def test_a_browsers_offer_is_far_from_every_limit() -> None:
    # As many as Chromium 156 puts in its largest section, four times over.
    text = ONE
    for name, most in {"rtpmap": 23, "fmtp": 20, "rtcp-fb": 50, "extmap": 13, "ssrc": 4}.items():
        text += f"a={name}:1 x\r\n" * (4 * most)
    assert parse_offer(text).media
    assert parse_offer(sdp.offer(*[("video", "sendrecv")] * 8)).media
