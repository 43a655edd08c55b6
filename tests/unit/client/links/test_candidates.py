from gradio_webrtc.client.links.candidates import candidates_of

SDP = """v=0
m=audio 9 UDP/TLS/RTP/SAVPF 96
a=candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host
a=mid:a
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
a=candidate:2 1 udp 2130706431 192.0.2.1 5001 typ host
"""


def test_each_candidate_names_its_section():
    assert candidates_of(SDP) == [
        {
            "candidate": "candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host",
            "sdpMid": "a",
            "sdpMLineIndex": 0,
        },
        {
            "candidate": "candidate:2 1 udp 2130706431 192.0.2.1 5001 typ host",
            "sdpMid": "1",
            "sdpMLineIndex": 1,
        },
    ]
