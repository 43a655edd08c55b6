"""The sections of the offer that aiortc is given."""

from __future__ import annotations

import pytest

from gradio_webrtc.errors import InvalidOfferError
from gradio_webrtc.transports.negotiation.offer_codecs import OfferedCodec
from gradio_webrtc.transports.negotiation.offer_lines import MAX_SSRCS, data_lines, media_lines
from gradio_webrtc.transports.negotiation.offer_transport import Credentials
from gradio_webrtc.transports.negotiation.sdp_reader import Section

CARRIED = Credentials("user", "password", (("sha-256", "0A:0B"),), "actpass", False)
VP8 = OfferedCodec(96, "VP8", 90_000)


def media(**attributes: list[str]) -> list[str]:
    named = {key.replace("_", "-"): value for key, value in attributes.items()}
    return media_lines(Section(named, kind="video"), "0", "sendrecv", (VP8,), CARRIED)


def data(formats: str, **attributes: str) -> list[str]:
    named = {key.replace("_", "-"): [value] for key, value in attributes.items()}
    section = Section(named, kind="application", formats=[formats])
    return data_lines(section, "2", CARRIED)


def starting(lines: list[str], start: str) -> list[str]:
    return [line for line in lines if line.startswith(start)]


def test_a_section_of_media() -> None:
    assert media() == [
        "m=video 9 UDP/TLS/RTP/SAVPF 96",
        "c=IN IP4 0.0.0.0",
        "a=mid:0",
        "a=sendrecv",
        "a=rtcp-mux",
        "a=ice-ufrag:user",
        "a=ice-pwd:password",
        "a=fingerprint:sha-256 0A:0B",
        "a=setup:actpass",
        "a=rtpmap:96 VP8/90000",
    ]


def test_extensions_that_aiortc_knows_once_each_with_a_number_it_can_send() -> None:
    mid = "urn:ietf:params:rtp-hdrext:sdes:mid"
    time = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
    extmap = [f"4/sendonly {mid}", f"5 {mid}", f"15 {time}", f"300 {time}", "6 urn:x", "nonsense"]
    assert starting(media(extmap=extmap), "a=extmap") == [f"a=extmap:4 {mid}"]


def test_the_ssrc_of_the_media_and_of_its_retransmissions() -> None:
    ssrc = ["1 cname:a", "1 msid:b", "2 cname:a", "3 cname:a", "99999999999 cname:a", "x"]
    assert starting(media(ssrc=ssrc), "a=ssrc") == ["a=ssrc:1 cname:-"]
    paired = media(ssrc=ssrc, ssrc_group=["SIM 1 2", "FID 1 3"])
    assert starting(paired, "a=ssrc") == ["a=ssrc:1 cname:-", "a=ssrc:3 cname:-"]


def test_far_too_many_ssrcs_are_refused() -> None:
    most = [f"{number} cname:a" for number in range(MAX_SSRCS)]
    media(ssrc=most)
    with pytest.raises(InvalidOfferError, match=f"announces {MAX_SSRCS + 1} SSRCs"):
        media(ssrc=[*most, "4000 cname:a"])


def test_a_data_channel_in_its_new_and_its_old_form() -> None:
    new = data("webrtc-datachannel", sctp_port="5001", max_message_size="262144")
    assert new[0] == "m=application 9 UDP/DTLS/SCTP webrtc-datachannel"
    assert new[-2:] == ["a=sctp-port:5001", "a=max-message-size:262144"]
    old = data("5002")
    assert old[0] == "m=application 9 DTLS/SCTP 5002"
    assert old[-2:] == ["a=sctpmap:5002 webrtc-datachannel 1024", "a=max-message-size:65536"]


@pytest.mark.parametrize("port", ["", "-1", "٣", "99999999999", "5000x"])
def test_a_port_that_is_none_is_the_usual_one(port: str) -> None:
    assert "a=sctp-port:5000" in data("webrtc-datachannel", sctp_port=port)


def test_a_port_and_a_size_are_bounded() -> None:
    lines = data("webrtc-datachannel", sctp_port="70000", max_message_size="9999999999")
    assert lines[-2:] == ["a=sctp-port:65535", f"a=max-message-size:{2**32}"]
