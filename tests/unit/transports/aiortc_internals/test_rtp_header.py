"""A header that is filled in is the one that aiortc makes of objects."""

from __future__ import annotations

import pytest
from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters, RTCRtpParameters
from aiortc.rtp import HeaderExtensionsMap, RtpPacket

from gradio_webrtc.transports.aiortc_internals.rtp_header import (
    RtpHeader,
    SentPacket,
    abs_send_time,
)

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
PACKETS = [
    SentPacket(0, 0, False, 0, b""),
    SentPacket(65_535, 4_294_967_295, True, 127, b"payload"),
    SentPacket(258, 66_051, True, 96, bytes(1200)),
]


def agreed(**numbers: int) -> HeaderExtensionsMap:
    """Return a map with the extensions that the other side takes."""
    uris = {"mid": MID, "send_time": SEND_TIME, "level": LEVEL}
    extensions = HeaderExtensionsMap()
    extensions.configure(
        RTCRtpParameters(
            headerExtensions=[
                RTCRtpHeaderExtensionParameters(id=number, uri=uris[name])
                for name, number in numbers.items()
            ]
        )
    )
    return extensions


@pytest.mark.parametrize(
    "numbers",
    [
        {},
        {"mid": 4},
        {"send_time": 2},
        {"mid": 1, "send_time": 14, "level": 3},
        {"mid": 15, "send_time": 200},  # which takes headers of two bytes (RFC 8285, section 4.3)
    ],
)
@pytest.mark.parametrize("mid", [None, "0", "audio-section"])
def test_each_packet_is_read_as_what_was_put_in(numbers: dict[str, int], mid: str | None) -> None:
    extensions = agreed(**numbers)
    header = RtpHeader(0xDEADBEEF, mid, extensions)
    for sent in PACKETS:
        data = header.packet(sent)
        read = RtpPacket.parse(data, extensions)
        assert read.ssrc == 0xDEADBEEF
        assert (
            SentPacket(
                read.sequence_number,
                read.timestamp,
                bool(read.marker),
                read.payload_type,
                read.payload,
            )
            == sent
        )
        assert read.extensions.mid == (mid if "mid" in numbers else None)
        assert (read.extensions.abs_send_time is not None) == ("send_time" in numbers)
        assert read.serialize(extensions) == data


def test_the_time_is_that_of_each_packet(monkeypatch: pytest.MonkeyPatch) -> None:
    extensions = agreed(send_time=3)
    header = RtpHeader(1, None, extensions)
    for seconds, expected in (
        (0.5, 1 << 17),
        (63.0, 63 << 18),
        (64.25, 1 << 16),
        (6.4e9 + 1, 1 << 18),
    ):
        monkeypatch.setattr("time.monotonic", lambda seconds=seconds: seconds)
        packet = RtpPacket.parse(header.packet(PACKETS[0]), extensions)
        assert packet.extensions.abs_send_time == abs_send_time() == expected
