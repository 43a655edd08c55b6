"""Which private names of aiortc are used, and why: a new version breaks here alone."""

from __future__ import annotations

import ast
import asyncio
import inspect
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from aiortc import (
    RTCConfiguration,
    RTCDtlsTransport,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCSctpTransport,
)

import gradio_webrtc
from gradio_webrtc.transports import aiortc_internals
from gradio_webrtc.transports.receiving.receiver import Receiver

NOT_MOVED_YET = {"ice_checks.py", "ice_guard.py", "data_limits.py"}
"""They reach into aioice's connection and aiortc's SCTP themselves, with tests of their own."""

PACKAGE = Path(gradio_webrtc.__file__).parent

ATTRIBUTES = {
    "transceiver": {
        "_codecs": "what was agreed on: which encoder and decoder to use",
        "_RTCRtpTransceiver__receiver": "our receiver takes the place of aiortc's",
    },
    "receiver": {
        "_enabled": "whether the answer lets the client send",
        "_track": "set when the client sends",
        "_set_rtcp_ssrc": "the source of our reports",
        "_handle_rtp_packet": "where packets arrive",
        "_handle_rtcp_packet": "where reports arrive",
        "_handle_disconnect": "how it is told that the connection is lost",
    },
    "sender": {
        "_ssrc": "the source of the reports of the receiver beside it",
        "_handle_rtcp_packet": "where reports of loss arrive",
        "_send_keyframe": "how the encoder is asked for a key frame",
        "_retransmit": "how a packet is sent again",
        "_run_rtcp": "the task that stop() waits for",
        "_send_rtcp": "what that task could fail in",
        "_RTCRtpSender__rtcp_exited": "what stop() waits for",
        "_RTCRtpSender__rtp_task": "cancelled when close() did not",
        "_RTCRtpSender__rtcp_task": "cancelled when close() did not",
        "_RTCRtpSender__rtp_history": "which packets can be sent again",
        "_RTCRtpSender__encoder": "an encoder with a limit of its own is put here",
    },
    "dtls": {
        "_recv_next": "reads one datagram; what it raises ends the connection's task",
        "_setup_srtp": "when the decryption of media is set up",
        "_rx_srtp": "the decryption of media; learns of each source",
        "_send_rtp": "sends a packet; gives others a turn",
        "_register_rtp_receiver": "our receiver announces itself",
        "_unregister_rtp_receiver": "and leaves",
    },
    "ice": {"_connection": "aioice's; its queue of datagrams has no limit"},
    "aioice": {"_queue": "the queue of datagrams"},
    "packet": {"_data": "what aiortc's own jitter buffer, still used for G.711, takes from it"},
    "sctp": {
        "_handle_data": "where packets arrive",
        "_receive_data_chunk": "where pieces of messages arrive",
        "_inbound_streams": "the pieces that are kept",
        "_sack_misordered": "the numbers that are kept",
        "_advertised_rwnd": "how much the client may still send",
    },
}


@pytest_asyncio.fixture
async def parts() -> Any:
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    transceiver = pc.addTransceiver("video")
    pc.createDataChannel("control")
    dtls = transceiver.receiver.transport
    yield {
        "transceiver": transceiver,
        "receiver": transceiver.receiver,
        "sender": transceiver.sender,
        "dtls": dtls,
        "ice": dtls.transport,
        "aioice": dtls.transport._connection,
        "sctp": pc.sctp,
        "packet": SimpleNamespace(_data=b""),  # put there by aiortc's receiver, not its class
    }
    await pc.close()


@pytest.mark.parametrize("part", ATTRIBUTES)
async def test_the_names_are_there(parts: dict[str, Any], part: str) -> None:
    missing = [name for name in ATTRIBUTES[part] if not hasattr(parts[part], name)]
    assert not missing, f"this aiortc has no {missing} in {type(parts[part]).__name__}"


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (RTCRtpReceiver._handle_rtp_packet, ["self", "packet", "arrival_time_ms"]),
        (RTCRtpReceiver._handle_rtcp_packet, ["self", "packet"]),
        (RTCRtpReceiver.receive, ["self", "parameters"]),
        (RTCRtpReceiver.stop, ["self"]),
        (RTCDtlsTransport._recv_next, ["self"]),
        (RTCDtlsTransport._send_rtp, ["self", "data"]),
        (RTCDtlsTransport._register_rtp_receiver, ["self", "receiver", "parameters"]),
        (RTCSctpTransport._handle_data, ["self", "data"]),
        (RTCSctpTransport._receive_data_chunk, ["self", "chunk"]),
    ],
)
def test_they_are_called_as_we_expect(function: Any, parameters: list[str]) -> None:
    assert list(inspect.signature(function).parameters) == parameters
    assert inspect.iscoroutinefunction(function) or "register" in function.__name__


async def test_aiortc_uses_what_was_put_in_its_place(parts: dict[str, Any]) -> None:
    assert isinstance(parts["aioice"]._queue, asyncio.Queue)
    receiver = Receiver.replace(parts["transceiver"])
    assert parts["transceiver"].receiver is receiver
    assert receiver.rtcp_ssrc == parts["sender"]._ssrc


def test_nobody_else_reaches_into_aiortc() -> None:
    """Private attributes of others are touched in one file of ``transports`` only."""
    found = []
    for path in sorted((PACKAGE / "transports").glob("*.py")):
        if path.name == "aiortc_internals.py" or path.name in NOT_MOVED_YET:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
                owner = node.value
                own = isinstance(owner, ast.Name) and owner.id in ("self", "cls")
                own = own or isinstance(owner, ast.Call)  # super()
                if not own and not node.attr.startswith("__"):
                    found.append(f"{path.name}:{node.lineno} {node.attr}")
    assert found == []


def test_every_private_name_is_explained() -> None:
    explained = {name for names in ATTRIBUTES.values() for name in names}
    source = ast.parse(inspect.getsource(aiortc_internals))
    own = {
        node.attr
        for node in ast.walk(source)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    }
    used = {
        node.attr
        for node in ast.walk(source)
        if isinstance(node, ast.Attribute) and node.attr.startswith("_")
    } - own
    assert {name for name in used if not name.startswith("__")} <= explained
