"""What becomes of each section of an offer."""

from __future__ import annotations

import pytest

from gradio_webrtc.errors import InvalidOfferError
from gradio_webrtc.transports.negotiation.offer_plan import (
    MAX_CONNECTIONS,
    OfferPlan,
    plan_offer,
)
from gradio_webrtc.transports.negotiation.sdp_reader import read_sdp
from tests.support import sdp

ALL = sdp.offer(("audio", "sendrecv"), ("video", "recvonly"), "data")


def plan(text: str) -> OfferPlan:
    return plan_offer(read_sdp(text))


def unbundled(text: str) -> str:
    return "\r\n".join(line for line in text.split("\r\n") if not line.startswith("a=group"))


def test_all_of_a_browsers_offer_is_used_over_one_connection() -> None:
    found = plan(ALL)
    assert [section.kind for section in found.sections] == ["audio", "video", "application"]
    assert [section.rejected for section in found.sections] == ["", "", ""]
    assert found.sections[1].direction == "recvonly"
    assert found.bundle == ("0", "1", "2")
    assert [found.owns_transport(section) for section in found.sections] == [True, False, False]
    assert not found.lite


def test_aiortc_is_given_a_text_of_ours() -> None:
    text = plan(ALL).sdp()
    assert text.startswith("v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\n")
    assert text.count("\r\nm=") == 3
    assert "a=group:BUNDLE 0 1 2\r\n" in text
    assert "msid" not in text
    assert "red/48000" not in text


def test_without_a_bundle_each_section_has_its_own_connection() -> None:
    found = plan(unbundled(ALL))
    assert found.bundle == ()
    assert all(found.owns_transport(section) for section in found.sections)
    assert "a=group" not in found.sdp()


def test_what_cannot_be_used_is_rejected_alone() -> None:
    found = plan(ALL.replace("m=video 9", "m=video 0"))
    assert [bool(section.rejected) for section in found.sections] == [False, True, False]
    assert found.bundle == ("0", "2")
    assert "m=video" not in found.sdp()
    assert not found.owns_transport(found.sections[1])


def test_the_first_of_a_bundle_in_use_owns_its_connection() -> None:
    found = plan(ALL.replace("m=audio 9", "m=audio 0"))
    assert found.bundle == ("1", "2")
    assert found.owns_transport(found.sections[1])


def test_a_section_without_a_name_gets_one_that_no_other_has() -> None:
    found = plan(unbundled(ALL).replace("a=mid:0\r\n", "").replace("a=mid:1", "a=mid:0"))
    names = [section.name for section in found.sections]
    assert found.sections[0].mid is None
    assert len(set(names)) == 3
    assert names[1:] == ["0", "2"]


def test_a_direction_that_is_not_said_is_both_or_that_of_all() -> None:
    silent = sdp.offer(("audio", "sendrecv")).replace("a=sendrecv\r\n", "")
    assert plan(silent).sections[0].direction == "sendrecv"
    for_all = silent.replace("t=0 0\r\n", "t=0 0\r\na=sendonly\r\n")
    assert plan(for_all).sections[0].direction == "sendonly"


def test_a_lite_client_is_told_of() -> None:
    found = plan(ALL.replace("t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n"))
    assert found.lite
    assert "a=ice-lite\r\n" in found.sdp()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ALL.replace("a=mid:1", "a=mid:0"), "same name"),
        (ALL.replace("BUNDLE 0 1 2", "BUNDLE 0 1 7"), "bundles a media section"),
        (ALL.replace(" 9 UDP", " 0 UDP"), "nothing to answer"),
        (
            sdp.offer(("audio", "sendrecv")).replace("a=rtcp-mux\r\n", ""),
            'no "a=rtcp-mux"',
        ),
        (
            sdp.offer(("audio", "sendrecv"), ("video", "sendrecv"))
            .replace("m=audio 9", "m=audio 0")
            .replace("a=mid:1", "a=bundle-only\r\na=mid:1"),
            "bundle-only",
        ),
        (
            unbundled(sdp.offer(*[("audio", "sendrecv")] * (MAX_CONNECTIONS + 1))),
            f"needs {MAX_CONNECTIONS + 1} connections",
        ),
    ],
)
def test_what_contradicts_itself_or_is_of_no_use_is_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidOfferError, match=words):
        plan(text)


def test_a_second_data_channel_is_rejected() -> None:
    found = plan(sdp.offer("data", "data"))
    assert [section.rejected for section in found.sections] == [
        *("", "it has a second data channel section.")
    ]
