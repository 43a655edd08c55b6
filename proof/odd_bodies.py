"""Bodies of requests that are expensive for another reason than their SDP."""

from __future__ import annotations

import json

from gradio_webrtc.routes.webrtc import MAX_BODY_BYTES
from gradio_webrtc.transports.negotiation.candidates import MAX_CANDIDATE_BYTES

FULL = MAX_BODY_BYTES - 200


def _candidate(value: object) -> bytes:
    body = {"type": "ice-candidate", "webrtc_id": "../", "candidate": value}
    return json.dumps(body).encode()


BODIES: dict[str, bytes] = {
    "lists in lists": b"[" * FULL,
    "objects in objects": b'{"a":' * (FULL // 5),
    "a candidate of objects in objects": (
        b'{"type":"ice-candidate","webrtc_id":"a","candidate":' + b'{"a":' * (FULL // 6)
    ),
    "a deep candidate that ends": (
        b'{"type":"ice-candidate","webrtc_id":"/","candidate":' + b'{"a":' * 900 + b"1" + b"}" * 901
    ),
    "an endless id": json.dumps({"type": "offer", "webrtc_id": "a" * FULL, "sdp": ""}).encode(),
    "an endless number": b'{"type":"offer","webrtc_id":' + b"9" * FULL + b"}",
    "many keys": json.dumps({str(number): number for number in range(9000)}).encode(),
    "many numbers": _candidate({"candidate": list(range(18_000))}),
    "a candidate of numbers": _candidate(
        {"candidate": " ".join(["9" * 200] * 5)[:MAX_CANDIDATE_BYTES], "sdpMid": "0"}
    ),
    "a candidate of words": _candidate({"candidate": "a " * (MAX_CANDIDATE_BYTES // 2)}),
    "an SDP of escapes": b'{"type":"offer","webrtc_id":"a","sdp":"'
    + b"\\u00e9" * (FULL // 6)
    + b'"}',
    "an SDP of line ends": json.dumps(
        {"type": "offer", "webrtc_id": "a", "sdp": "v=0" + "\n" * (FULL // 2)}
    ).encode(),
    "half of a character": b'{"type":"offer","webrtc_id":"a","sdp":"v=0\\n\\ud800"}',
}
