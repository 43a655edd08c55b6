"""Offers that a search for expensive ones starts with: ordinary ones, and what has hurt others."""

from __future__ import annotations

from tests.support import sdp

AUDIO = sdp.offer(("audio", "sendrecv"), "data")
ALL = sdp.offer(("audio", "sendrecv"), ("video", "sendrecv"), "data")
MANY = sdp.offer(*[("audio", "sendrecv"), ("video", "sendrecv")] * 3, ("video", "sendrecv"), "data")
UNBUNDLED = "\r\n".join(line for line in MANY.split("\r\n") if not line.startswith("a=group"))


def with_lines(offer: str, *lines: str) -> str:
    """Return ``offer`` with ``lines`` at the end of its first media section."""
    start = offer.index("\r\nm=") + 2
    end = offer.find("\r\nm=", start)
    end = len(offer) if end < 0 else end + 2
    return offer[:end] + "".join(f"{line}\r\n" for line in lines) + offer[end:]


def _formats(offer: str, line: str) -> str:
    start = offer.index("m=")
    return offer[:start] + line + offer[offer.index("\r\n", start) :]


def _h264(number: int) -> list[str]:
    return [
        f"a=rtpmap:{number} H264/90000",
        f"a=fmtp:{number} packetization-mode=1;profile-level-id=42e0{number % 100:02d}",
        *(f"a=rtcp-fb:{number} {kind}" for kind in ("nack", "nack pli", "goog-remb")),
    ]


SEEDS: tuple[str, ...] = (
    AUDIO,
    ALL,
    MANY,
    UNBUNDLED,
    # What stopped the event loop for eleven seconds: each line of one kind met each of the other.
    with_lines(
        AUDIO,
        *(f"a=rtpmap:{number % 128} a/1" for number in range(1900)),
        *("a=rtcp-fb:* x" for _ in range(1900)),
    ),
    # The same, below every limit.
    with_lines(
        AUDIO,
        *(f"a=rtpmap:{number} opus/48000/2" for number in range(112, 128)),
        *(f"a=fmtp:{number} minptime=10" for number in range(112, 128)),
        *("a=rtcp-fb:* nack" for _ in range(500)),
    ),
    with_lines(AUDIO, *(f"a=ssrc:{number} cname:x" for number in range(32))),
    with_lines(AUDIO, *(f"a=ssrc:{number} cname:x" for number in range(2000))),
    with_lines(AUDIO, *(f"a=extmap:{1 + number % 14} urn:x:{number}" for number in range(60))),
    with_lines(
        AUDIO,
        *["a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid"] * 50,
        *["a=end-of-candidates"] * 9,
    ),
    with_lines(
        AUDIO,
        *(
            f"a=candidate:{number} 1 udp {number} 203.0.113.{number} 9 typ host"
            for number in range(190)
        ),
    ),
    _formats(
        sdp.offer(("video", "sendrecv")),
        f"m=video 9 UDP/TLS/RTP/SAVPF {' '.join(str(number) for number in range(96, 128))}",
    )
    + "\r\n".join(line for number in range(96, 128) for line in _h264(number))
    + "\r\n",
    AUDIO + "a=x:y\r\n" * 1900,
    AUDIO + "a=\r\n" * 1900,
    AUDIO + f"a=fmtp:111 {'x=1;' * 200}\r\n" * 70,
    AUDIO + "".join(f"a=attribute{number}:{number}\r\n" for number in range(1900)),
    AUDIO.replace("BUNDLE 0 1", "BUNDLE 0 1 " + " ".join(map(str, range(2, 300)))),
)
