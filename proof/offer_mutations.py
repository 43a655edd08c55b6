"""Ways to change an offer that may make it more expensive. Within the limits on its size."""

from __future__ import annotations

import random
from collections.abc import Callable

from gradio_webrtc.transports.negotiation.sdp_reader import MAX_LINES, MAX_SDP_BYTES

LINES = (
    "a=rtpmap:{n} opus/48000/2",
    "a=rtpmap:{n} VP8/90000",
    "a=rtpmap:{n} H264/90000",
    "a=rtpmap:{n} rtx/90000",
    "a=fmtp:{n} apt={m}",
    "a=fmtp:{n} packetization-mode=1;profile-level-id=42e01f",
    "a=rtcp-fb:{n} nack",
    "a=rtcp-fb:* nack pli",
    "a=rtcp-fb:* goog-remb",
    "a=extmap:{n} urn:ietf:params:rtp-hdrext:sdes:mid",
    "a=extmap:{n}/sendonly urn:example:{m}",
    "a=ssrc:{n}{m} cname:{n}",
    "a=ssrc-group:FID {n} {m}",
    "a=candidate:{n} 1 udp {m} 203.0.113.{n} 50{m} typ host",
    "a=candidate:{n} 1 udp {m} 203.0.113.{n} 9 typ srflx raddr 0.0.0.0 rport 0",
    "a=fingerprint:sha-512 " + ":".join(["AB"] * 64),
    "a=group:BUNDLE {n} {m}",
    "a=rid:{n} send",
    "a=sctpmap:{n} webrtc-datachannel {m}",
    "a=mid:{n}",
    "a=bundle-only",
    "a=x{n}:{m}",
    "m=audio 9 UDP/TLS/RTP/SAVPF {n} {m}",
    "m=video 9 UDP/TLS/RTP/SAVPF {n} {m}",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
)

Lines = list[str]
Mutation = Callable[[Lines, random.Random], None]


def mutate(sdp: str, dice: random.Random) -> str:
    """Return ``sdp`` changed one to four times, cut to what the limits on size let through."""
    lines = sdp.split("\r\n")
    for _ in range(dice.randint(1, 4)):
        dice.choice(MUTATIONS)(lines, dice)
        del lines[MAX_LINES:]
    while sum(len(line) + 2 for line in lines) > MAX_SDP_BYTES and len(lines) > 1:
        del lines[dice.randrange(len(lines))]
    return "\r\n".join(lines)


def _line(dice: random.Random) -> str:
    return dice.choice(LINES).format(n=dice.randrange(128), m=dice.randrange(128))


def _insert(lines: Lines, dice: random.Random) -> None:
    at = dice.randrange(len(lines) + 1)
    lines[at:at] = [_line(dice) for _ in range(dice.choice([1, 1, 10, 30, 100, 300]))]


def _repeat(lines: Lines, dice: random.Random) -> None:
    at = dice.randrange(len(lines))
    length = dice.choice([1, 1, 2, 5, 20, 60])
    lines[at:at] = lines[at : at + length] * dice.choice([1, 2, 8, 30, 120])


def _drop(lines: Lines, dice: random.Random) -> None:
    at = dice.randrange(len(lines))
    del lines[at : at + dice.choice([1, 1, 5, 40])]
    lines[:] = lines or ["v=0"]


def _number(lines: Lines, dice: random.Random) -> None:
    """Count up the number in a run of lines, so that they are all different."""
    at = dice.randrange(len(lines))
    for offset in range(at, min(len(lines), at + dice.choice([1, 10, 100]))):
        head, colon, tail = lines[offset].partition(":")
        if colon:
            number, space, rest = tail.partition(" ")
            if number.isdigit():
                lines[offset] = f"{head}:{(int(number[:9]) + offset - at + 1) % 128}{space}{rest}"


def _lengthen(lines: Lines, dice: random.Random) -> None:
    at = dice.randrange(len(lines))
    filler = dice.choice(["x", " ", ";a=1", ":AB", " 9", "/", "\t", "é"])
    lines[at] = (lines[at] + filler * dice.choice([10, 100, 900]))[:1024]


def _payload_types(lines: Lines, dice: random.Random) -> None:
    media = [at for at, line in enumerate(lines) if line.startswith(("m=audio", "m=video"))]
    if media:
        at = dice.choice(media)
        first = dice.choice([0, 35, 96])
        numbers = " ".join(str(number) for number in range(first, 128))
        lines[at] = f"{lines[at].split()[0]} 9 UDP/TLS/RTP/SAVPF {numbers}"


def _section(lines: Lines, dice: random.Random) -> None:
    """Repeat a media section under another name."""
    starts = [at for at, line in enumerate(lines) if line.startswith("m=")]
    if starts:
        chosen = dice.randrange(len(starts))
        end = starts[chosen + 1] if chosen + 1 < len(starts) else len(lines)
        copied = lines[starts[chosen] : end]
        name = f"a=mid:{dice.randrange(1000)}"
        lines += [name if line.startswith("a=mid:") else line for line in copied]


MUTATIONS: tuple[Mutation, ...] = (
    _insert,
    _repeat,
    _drop,
    _number,
    _lengthen,
    _payload_types,
    _section,
)
