"""Offers: hostile until parsed."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradio_webrtc.errors import (
    InvalidOfferError,
    SignalingError,
    UnexpectedTrackError,
)
from gradio_webrtc.handlers.protocol import Modality, Mode
from gradio_webrtc.transports.negotiation.candidates import MAX_CANDIDATES
from gradio_webrtc.transports.negotiation.sdp_reader import MAX_SDP_BYTES
from gradio_webrtc.transports.negotiation.signaling import (
    check_tracks,
    is_text_only,
    kinds_for,
    parse_offer,
    taken_sections,
)
from tests.support import sdp
from tests.support.hostile import ANYTHING, damaged

LINES = [
    line for line in sdp.offer(("audio", "sendrecv"), ("video", "sendrecv"), "data").split("\r\n")
]


def test_a_browsers_offer() -> None:
    offer = parse_offer(
        sdp.offer(
            ("audio", "sendrecv"),
            ("video", "recvonly"),
            "data",
            candidates=(sdp.CANDIDATES["host"], sdp.CANDIDATES["mdns"], "end-of-candidates"),
        )
    )
    audio, video = offer.media
    assert (audio.kind, audio.mid, audio.sends, audio.receives) == ("audio", "0", True, True)
    assert (video.kind, video.mid, video.sends, video.receives) == ("video", "1", False, True)
    assert "audio/opus" in audio.codecs
    assert {"video/vp8", "video/h264"} <= video.codecs
    assert offer.has_data_channel
    found = [each.candidate.ip.rpartition(".")[2] for each in offer.candidates]
    assert found == ["196", "local"]
    assert {candidate.index for candidate in offer.candidates} == {0}
    assert offer.candidates_complete


@pytest.mark.parametrize("value", ["1", "0"])
def test_an_offer_says_whether_copies_of_lost_packets_are_used(value: str) -> None:
    text = sdp.offer(("audio", "sendrecv"), ("video", "sendrecv"))
    assert "useinbandfec=1" in text
    offer = parse_offer(text.replace("useinbandfec=1", f"useinbandfec={value}"))
    assert [section.takes_copies for section in offer.media] == [value == "1", False]


def test_the_sdp_to_answer_has_no_candidates_left() -> None:
    text = sdp.offer(("audio", "sendrecv"), candidates=(*sdp.CANDIDATES.values(),))
    offer = parse_offer(text.replace("a=a=", "a="))
    assert len(offer.candidates) == len(sdp.CANDIDATES)
    assert "candidate" not in offer.sdp
    known = [replace(section, red=None) for section in offer.media]  # of which aiortc is told
    assert [*parse_offer(offer.sdp).media] == known
    assert not parse_offer(offer.sdp).candidates_complete


async def test_a_real_offer_of_aiortc() -> None:
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    try:
        peer.addTransceiver("audio", "sendrecv")
        peer.addTransceiver("video", "sendonly")
        peer.createDataChannel("control")
        await peer.setLocalDescription(await peer.createOffer())
        offer = parse_offer(peer.localDescription.sdp)
    finally:
        await peer.close()
    assert [(section.kind, section.sends, section.receives) for section in offer.media] == [
        ("audio", True, True),
        ("video", True, False),
    ]
    assert offer.has_data_channel
    assert offer.candidates
    assert offer.candidates_complete


@pytest.mark.parametrize("value", [None, 7, b"v=0", ["v=0"], {}, True])
def test_what_is_no_text(value: object) -> None:
    with pytest.raises(InvalidOfferError, match='needs an "sdp" string'):
        parse_offer(value)


@pytest.mark.parametrize("text", ["", "hello", "v=0\r\n", "m=", "\x00", "m=audio 9", "\ud800"])
def test_what_is_no_sdp(text: str) -> None:
    with pytest.raises(InvalidOfferError):
        parse_offer(text)


def test_a_megabyte_is_refused_unread() -> None:
    text = sdp.offer(("audio", "sendrecv")) + "a=x\r\n" * 200_000
    with pytest.raises(InvalidOfferError, match=rf"{len(text)} bytes; at most {MAX_SDP_BYTES}"):
        parse_offer(text)


def test_characters_that_take_more_bytes_count_as_bytes() -> None:
    text = sdp.offer(("audio", "sendrecv")) + "a=x:" + "€" * (MAX_SDP_BYTES // 2) + "\r\n"
    with pytest.raises(InvalidOfferError, match="at most"):
        parse_offer(text)


def test_no_media() -> None:
    with pytest.raises(InvalidOfferError, match="no media"):
        parse_offer(sdp.offer())


@pytest.mark.parametrize("mode", ["send-receive", "send"])
def test_only_a_data_channel_is_enough_to_type(mode):
    offer = parse_offer(sdp.offer("data"))
    check_tracks(offer, mode, "audio", allow_extra=False)
    assert is_text_only(offer, mode, "audio")
    assert taken_sections(offer, mode, "audio") == ()
    assert not is_text_only(parse_offer(sdp.offer("audio", "data")), mode, "audio")


@pytest.mark.parametrize(
    ("mode", "modality"),
    [("receive", "audio"), ("send-receive", "video"), ("send-receive", "audio-video")],
)
def test_only_a_data_channel_is_no_stream_where_media_are_needed(mode, modality):
    offer = parse_offer(sdp.offer("data"))
    assert not is_text_only(offer, mode, modality)
    with pytest.raises(InvalidOfferError, match="the offer has no"):
        check_tracks(offer, mode, modality, allow_extra=False)


def test_far_too_many_media() -> None:
    with pytest.raises(InvalidOfferError, match="far too much"):
        parse_offer(sdp.offer(*[("audio", "sendrecv")] * 9))


def test_far_too_many_candidates() -> None:
    with pytest.raises(InvalidOfferError, match="too many candidates"):
        parse_offer(
            sdp.offer(
                ("audio", "sendrecv"), candidates=(sdp.CANDIDATES["host"],) * (MAX_CANDIDATES + 1)
            )
        )


def test_candidates_in_an_offer_that_cannot_be_used_are_left_out() -> None:
    bad = sdp.CANDIDATES["host"].replace("192.168.0.196", "metadata.internal")
    offer = parse_offer(sdp.offer(("audio", "sendrecv"), candidates=(bad, sdp.CANDIDATES["ipv6"])))
    assert [each.candidate.ip for each in offer.candidates] == ["2001:db8::1"]


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("a=ice-ufrag", "ICE credentials"),
        ("a=ice-pwd", "ICE credentials"),
        ("a=fingerprint", "DTLS fingerprint"),
        ("a=rtcp-mux", "a=rtcp-mux"),
    ],
)
def test_what_every_section_in_use_needs(missing: str, words: str) -> None:
    lines = sdp.offer(("audio", "sendrecv")).split("\r\n")
    with pytest.raises(InvalidOfferError, match=words):
        parse_offer("\r\n".join(line for line in lines if not line.startswith(missing)))


ONE = sdp.offer(("audio", "sendrecv"))
INCONSISTENT = {
    "two sections of one name": sdp.offer(("audio", "sendrecv"), "data").replace("mid:1", "mid:0"),
    "a bundle of what is not there": ONE.replace("BUNDLE 0", "BUNDLE 7"),
    "a kind nobody knows": ONE.replace("m=audio", "m=text"),
    "all bundle-only": ONE.replace("m=audio 9", "m=audio 0") + "a=bundle-only\r\n",
    "an unknown role": ONE.replace("setup:actpass", "setup:holdconn"),
    "an empty name": ONE.replace("a=mid:0", "a=mid:"),
}


@pytest.mark.parametrize("text", INCONSISTENT.values(), ids=INCONSISTENT.keys())
def test_what_does_not_hold_together_is_refused(text: str) -> None:
    with pytest.raises(InvalidOfferError, match=r"section|mid|setup"):
        parse_offer(text)


REASONS = {
    "iLBC": "iLBC/8000; at least one of opus/48000/2",
    "opus at another rate": "opus/16000/1; at least one of opus/48000/2",
    "a payload type that is none of aiortc's": "opus/48000/2 as payload type 35",
    "payload types without a name": "payload types 102 103; at least one of",
    "rejected by its client": "port 0",
}


@pytest.mark.parametrize("case", REASONS)
def test_why_no_audio_of_an_offer_can_be_used(case: str) -> None:
    start = "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126"
    text = sdp.offer(("audio", "sendrecv"), "data")
    alone = start.replace("111 63 9 0 8 13 110 126", "111")
    changed = {
        "iLBC": text.replace(start, alone).replace("111 opus/48000/2", "111 iLBC/8000"),
        "opus at another rate": text.replace(start, alone).replace("opus/48000/2", "opus/16000/1"),
        "a payload type that is none of aiortc's": text.replace(
            start, alone.replace("111", "35")
        ).replace("a=rtpmap:111", "a=rtpmap:35"),
        "payload types without a name": text.replace(start, alone.replace("111", "102 103")),
        "rejected by its client": text.replace("m=audio 9", "m=audio 0"),
    }[case]
    with pytest.raises(InvalidOfferError) as caught:
        check_tracks(parse_offer(changed), "send-receive", "audio", allow_extra=False)
    assert REASONS[case] in caught.value.message
    assert "Error" not in caught.value.message


@given(st.one_of(ANYTHING, st.text(max_size=500)))
@settings(deadline=None)
def test_arbitrary_values_raise_nothing_but_a_refusal(value: Any) -> None:
    with pytest.raises(InvalidOfferError):
        parse_offer(value)


@given(st.lists(st.sampled_from(LINES) | st.text(max_size=30), max_size=60))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_shuffled_lines_of_sdp_raise_nothing_but_a_refusal(lines: list[str]) -> None:
    with contextlib.suppress(InvalidOfferError):
        parse_offer("\r\n".join(lines))


@given(st.integers(0, 2**32), st.integers(1, 30))
@settings(deadline=None)
def test_damaged_offers_raise_nothing_but_a_refusal(seed: int, edits: int) -> None:
    text = damaged("\r\n".join(LINES), seed, edits)
    with contextlib.suppress(SignalingError):
        offer = parse_offer(text)
        check_tracks(offer, "send-receive", "audio-video", allow_extra=False)


# -- tracks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "direction", "fits"),
    [
        ("send-receive", "sendrecv", True),
        ("send-receive", "sendonly", False),
        ("send-receive", "recvonly", False),
        ("send-receive", "inactive", False),
        ("send", "sendonly", True),
        ("send", "sendrecv", True),
        ("send", "recvonly", False),
        ("receive", "recvonly", True),
        ("receive", "sendonly", False),
        ("receive", "inactive", False),
    ],
)
@pytest.mark.parametrize("kind", ["audio", "video"])
def test_the_direction_must_fit_the_mode(
    mode: Mode, direction: str, fits: bool, kind: Modality
) -> None:
    offer = parse_offer(sdp.offer((kind, direction), "data"))
    if fits:
        check_tracks(offer, mode, kind, allow_extra=False)
    else:
        with pytest.raises(SignalingError) as caught:
            check_tracks(offer, mode, kind, allow_extra=True)
        assert caught.value.code == "invalid_offer"
        assert kind in caught.value.message
        assert mode in caught.value.message


@pytest.mark.parametrize("missing", ["audio", "video"])
def test_both_kinds_are_needed_for_audio_video(missing: str) -> None:
    kinds = [(kind, "sendrecv") for kind in ("audio", "video") if kind != missing]
    with pytest.raises(InvalidOfferError, match=f"no {missing}"):
        check_tracks(parse_offer(sdp.offer(*kinds)), "send-receive", "audio-video", False)
    both = sdp.offer(("audio", "sendrecv"), ("video", "sendrecv"))
    check_tracks(parse_offer(both), "send-receive", "audio-video", False)
    assert kinds_for("audio-video") == ("audio", "video")


@pytest.mark.parametrize(
    ("modality", "mode", "media"),
    [
        ("audio", "send-receive", [("audio", "sendrecv"), ("video", "sendrecv")]),
        ("audio", "send-receive", [("audio", "sendrecv"), ("video", "sendonly")]),
        ("audio", "send-receive", [("audio", "sendrecv"), ("audio", "sendrecv")]),
        ("video", "send-receive", [("audio", "sendonly"), ("video", "sendrecv")]),
        ("audio", "receive", [("audio", "sendrecv")]),
    ],
)
def test_extra_tracks_are_refused_unless_allowed(
    modality: Modality, mode: Mode, media: list[tuple[str, str]]
) -> None:
    offer = parse_offer(sdp.offer(*media, "data"))
    with pytest.raises(UnexpectedTrackError, match="allow_extra_tracks"):
        check_tracks(offer, mode, modality, allow_extra=False)
    check_tracks(offer, mode, modality, allow_extra=True)


def test_the_first_section_of_a_kind_that_fits_is_the_one_that_counts() -> None:
    offer = parse_offer(sdp.offer(("audio", "recvonly"), ("audio", "sendrecv")))
    check_tracks(offer, "send-receive", "audio", allow_extra=False)
    assert [section.mid for section in taken_sections(offer, "send-receive", "audio")] == ["1"]
    assert [section.mid for section in taken_sections(offer, "receive", "audio")] == ["0"]


@pytest.mark.parametrize("direction", ["recvonly", "inactive"])
def test_a_section_without_a_track_is_no_extra_track(direction: str) -> None:
    offer = parse_offer(sdp.offer(("audio", "sendrecv"), ("video", direction)))
    check_tracks(offer, "send-receive", "audio", allow_extra=False)
