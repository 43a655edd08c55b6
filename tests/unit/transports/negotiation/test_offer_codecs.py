"""Which codecs of an offered section can be used, and as what."""

from __future__ import annotations

import pytest

from gradio_webrtc.transports.negotiation.offer_codecs import (
    MAX_CODECS,
    OfferedCodec,
    offered_names,
    redundancy,
    usable_codecs,
)
from gradio_webrtc.transports.negotiation.sdp_reader import Section, read_sdp
from tests.support import sdp


def section(formats: str, *attributes: str, kind: str = "video") -> Section:
    lines = [
        "v=0",
        f"m={kind} 9 UDP/TLS/RTP/SAVPF {formats}",
        *(f"a={each}" for each in attributes),
    ]
    return read_sdp("\r\n".join(lines)).sections[0]


def names(found: tuple[OfferedCodec, ...]) -> list[tuple[int, str]]:
    return [(codec.payload_type, codec.name) for codec in found]


def test_of_a_browsers_audio_what_aiortc_has_in_its_order() -> None:
    audio = read_sdp(sdp.offer(("audio", "sendrecv"))).sections[0]
    assert names(usable_codecs(audio)) == [(111, "opus"), (9, "G722"), (0, "PCMU"), (8, "PCMA")]


def test_static_payload_types_need_no_name_and_only_for_audio() -> None:
    assert names(usable_codecs(section("0 8", kind="audio"))) == [(0, "PCMU"), (8, "PCMA")]
    assert usable_codecs(section("0 8")) == ()


@pytest.mark.parametrize(
    ("parameters", "usable"),
    [
        ("packetization-mode=1;profile-level-id=42e01f", True),
        ("packetization-mode=1", True),
        ("packetization-mode=0;profile-level-id=42e01f", False),
        ("profile-level-id=42e01f", False),
        ("packetization-mode=1;profile-level-id=640032", False),
        ("packetization-mode=1;profile-level-id=nonsense", False),
    ],
)
def test_h264_in_the_one_form_that_is_packetized(parameters: str, usable: bool) -> None:
    offered = section("100", "rtpmap:100 H264/90000", f"fmtp:100 {parameters}")
    assert bool(usable_codecs(offered)) is usable


def test_feedback_and_parameters_that_aiortc_reads_and_no_others() -> None:
    offered = section(
        "96 97",
        "rtpmap:96 VP8/90000",
        "rtcp-fb:* nack",
        "rtcp-fb:96 nack pli",
        "rtcp-fb:96 transport-cc",
        "rtcp-fb:97 goog-remb",
        "fmtp:96 max-fr=30",
    )
    (codec,) = usable_codecs(offered)
    assert codec.lines() == ["a=rtpmap:96 VP8/90000", "a=rtcp-fb:96 nack", "a=rtcp-fb:96 nack pli"]


def test_retransmissions_follow_the_codec_they_belong_to() -> None:
    rtx = ["rtpmap:97 rtx/90000", "fmtp:97 apt=96", "rtpmap:99 rtx/90000", "fmtp:99 apt=98"]
    offered = section("97 96 98 99", "rtpmap:96 VP8/90000", "rtpmap:98 VP9/90000", *rtx)
    assert names(usable_codecs(offered)) == [(96, "VP8"), (97, "rtx")]
    assert usable_codecs(offered)[1].lines()[-1] == "a=fmtp:97 apt=96"


def test_the_same_codec_twice_counts_once() -> None:
    offered = section("96 97", "rtpmap:96 VP8/90000", "rtpmap:97 vp8/90000")
    assert names(usable_codecs(offered)) == [(96, "VP8")]


def test_many_forms_of_a_codec_are_bounded() -> None:
    formats = range(96, 128)
    lines = [
        line
        for number in formats
        for line in (
            f"rtpmap:{number} H264/90000",
            f"fmtp:{number} packetization-mode=1;level-asymmetry-allowed={number}",
        )
    ]
    assert len(usable_codecs(section(" ".join(map(str, formats)), *lines))) == MAX_CODECS


def test_what_was_offered_is_named_for_a_refusal() -> None:
    codecs = [f"rtpmap:{number} C{number}/90000" for number in range(96, 104)]
    text = offered_names(section("96 97 98 99 100 101 102 103", *codecs), most=2)
    assert text == "C96/90000, C97/90000, ..."
    strange = section("35", "rtpmap:35 opus/48000/2", kind="audio")
    assert offered_names(strange) == "opus/48000/2 as payload type 35"


def test_of_opus_it_is_known_whether_copies_of_lost_packets_are_used_and_one_is_enough() -> None:
    maps = ("rtpmap:111 opus/48000/2", "rtpmap:112 opus/48000/2")
    fmtp = "fmtp:111 minptime=10; useinbandfec=1;usedtx=1"
    (codec,) = usable_codecs(section("111 112", *maps, fmtp, kind="audio"))
    assert codec.parameters == (("useinbandfec", "1"),)
    (codec,) = usable_codecs(section("112 111", *maps, fmtp, kind="audio"))
    assert codec.parameters == ()


@pytest.mark.parametrize(
    ("red", "parameters", "found"),
    [
        ("63 red/48000/2", "111/111", 63),
        ("120 RED/48000/2", "111/111/111", 120),
        ("63 red/48000/2", "111", None),  # no copy
        ("63 red/48000/2", "", None),
        ("63 red/48000/2", "111/0", None),
        ("63 red/48000/2", "/".join(["111"] * 50), None),
        ("63 red/8000", "111/111", None),
        ("72 red/48000/2", "111/111", None),  # would be taken for RTCP
        ("8 red/48000/2", "111/111", None),
    ],
)
def test_copies_of_opus_are_sent_to_who_takes_nothing_else_by_them(
    red: str, parameters: str, found: int | None
) -> None:
    number = red.split()[0]
    offered = section(
        f"111 {number}",
        "rtpmap:111 opus/48000/2",
        f"rtpmap:{red}",
        f"fmtp:{number} {parameters}",
        kind="audio",
    )
    assert redundancy(offered, usable_codecs(offered)) == found


def test_without_opus_there_are_no_copies() -> None:
    offered = section("0 63", "rtpmap:63 red/48000/2", "fmtp:63 111/111", kind="audio")
    assert redundancy(offered, usable_codecs(offered)) is None
