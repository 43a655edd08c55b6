"""Offers as browsers write them, put together by hand."""

from __future__ import annotations

FINGERPRINT = ":".join(f"{(7 * n) % 256:02X}" for n in range(32))

HEAD = """v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE {mids}
a=extmap-allow-mixed
a=msid-semantic: WMS 7d8c3c5e-2d3a-4b0a-9d4e-0a9f6a4b1c11
"""

TRANSPORT = """c=IN IP4 0.0.0.0
a=ice-ufrag:Xk3+
a=ice-pwd:5Ud0bYt2pQ8hV1sGm7eLr4aN
a=ice-options:trickle
a=fingerprint:sha-256 {fingerprint}
a=setup:actpass
a=mid:{mid}
"""

AUDIO = (
    """m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
"""
    + TRANSPORT
    + """a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a={direction}
a=msid:7d8c3c5e-2d3a-4b0a-9d4e-0a9f6a4b1c11 b5f1
a=rtcp:9 IN IP4 0.0.0.0
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
a=ssrc:2231627014 cname:fO4cKBcHYtnRvlZT
a=ssrc:2231627014 msid:7d8c3c5e-2d3a-4b0a-9d4e-0a9f6a4b1c11 b5f1
"""
)

VIDEO = (
    """m=video 9 UDP/TLS/RTP/SAVPF 96 97 103 104 45 46 98 99 114 115
"""
    + TRANSPORT
    + """a=extmap:14 urn:ietf:params:rtp-hdrext:toffset
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:13 urn:3gpp:video-orientation
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a={direction}
a=msid:7d8c3c5e-2d3a-4b0a-9d4e-0a9f6a4b1c11 c6e2
a=rtcp:9 IN IP4 0.0.0.0
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 transport-cc
a=rtcp-fb:96 ccm fir
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:103 H264/90000
a=rtcp-fb:103 nack
a=rtcp-fb:103 nack pli
a=fmtp:103 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
a=rtpmap:104 rtx/90000
a=fmtp:104 apt=103
a=rtpmap:45 AV1/90000
a=fmtp:45 level-idx=5;profile=0;tier=0
a=rtpmap:46 rtx/90000
a=fmtp:46 apt=45
a=rtpmap:98 VP9/90000
a=fmtp:98 profile-id=0
a=rtpmap:99 rtx/90000
a=fmtp:99 apt=98
a=rtpmap:114 red/90000
a=rtpmap:115 ulpfec/90000
a=ssrc-group:FID 3570614608 4079093678
a=ssrc:3570614608 cname:fO4cKBcHYtnRvlZT
a=ssrc:4079093678 cname:fO4cKBcHYtnRvlZT
"""
)

DATA = (
    """m=application 9 UDP/DTLS/SCTP webrtc-datachannel
"""
    + TRANSPORT
    + """a=sctp-port:5000
a=max-message-size:262144
"""
)

SECTIONS = {"audio": AUDIO, "video": VIDEO, "data": DATA}

CANDIDATES = {
    "host": "candidate:1467250027 1 udp 2122260223 192.168.0.196 46243 typ host generation 0",
    "mdns": (
        "candidate:2 1 udp 2113937151 6f2ac3a4-53ba-4d3d-9d0e-5c8a2b1f7e10.local 51472 typ host "
        "generation 0 ufrag Xk3+ network-cost 999"
    ),
    "ipv6": "candidate:3 1 udp 2122262783 2001:db8::1 55555 typ host generation 0",
    "srflx": (
        "candidate:842163049 1 udp 1677729535 203.0.113.7 60962 typ srflx raddr 192.168.0.196 "
        "rport 46243 generation 0"
    ),
    "relay": (
        "candidate:5 1 udp 41885439 198.51.100.4 50000 typ relay raddr 203.0.113.7 rport 60962"
    ),
    "tcp": "candidate:6 1 tcp 1518280447 192.168.0.196 9 typ host tcptype active generation 0",
    "with a=": "a=candidate:7 1 udp 2122260223 10.0.0.1 46243 typ host",
}


def offer(*media: tuple[str, str] | str, candidates: tuple[str, ...] = ()) -> str:
    """Return an offer like Chromium's.

    Args:
        media: each ``"data"``, or ``("audio" | "video", direction)``.
        candidates: candidate lines of the first section.
    """
    parts = [HEAD.format(mids=" ".join(str(mid) for mid in range(len(media))))]
    for mid, entry in enumerate(media):
        kind, direction = entry if isinstance(entry, tuple) else (entry, "sendrecv")
        parts.append(
            SECTIONS[kind].format(mid=mid, direction=direction, fingerprint=FINGERPRINT)
            + "".join(f"a={line}\n" for line in candidates if mid == 0)
        )
    return "".join(parts).replace("\n", "\r\n")
