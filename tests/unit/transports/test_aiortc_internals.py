"""Which private names of aiortc are used, and why: a new version breaks here alone."""

from __future__ import annotations

import ast
import asyncio
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from aioice import Candidate
from aioice.turn import TurnTransport
from aiortc import (
    RTCConfiguration,
    RTCDtlsTransport,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCSctpTransport,
)

import gradio_webrtc
from gradio_webrtc.transports.aiortc_internals import data_channels
from gradio_webrtc.transports.receiving.receiver import Receiver

PACKAGE = Path(gradio_webrtc.__file__).parent
ROOM = PACKAGE / "transports" / "aiortc_internals"

ATTRIBUTES = {
    "pc": {"_RTCPeerConnection__connect": "starts its transports, also when it has been closed"},
    "transceiver": {
        "_codecs": "what was agreed on: which encoder and decoder to use",
        "_RTCRtpTransceiver__receiver": "our receiver takes the place of aiortc's",
        "_RTCRtpTransceiver__sender": "and our sender",
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
        "_ssrc": "the source of its packets, and of the reports of the receiver beside it",
        "_rtx_ssrc": "the source of packets that are sent again",
        "_stream_id": "what it is called in the answer",
        "_enabled": "whether the answer lets us send",
        "_handle_rtcp_packet": "where reports of loss arrive",
        "_send_keyframe": "how the encoder is asked for a key frame",
        "_retransmit": "how a packet is sent again",
        "_run_rtp": "the task that sends packets; ours takes its place",
        "_run_rtcp": "the task that stop() waits for",
        "_send_rtcp": "what that task could fail in",
        "_RTCRtpSender__rtp_started": "what stop() waits for",
        "_RTCRtpSender__rtp_exited": "what stop() waits for",
        "_RTCRtpSender__rtcp_exited": "what stop() waits for",
        "_RTCRtpSender__mid": "the name of its section, which packets carry",
        "_RTCRtpSender__rtp_header_extensions_map": "how extensions of a packet are written",
        "_RTCRtpSender__rtx_payload_type": "of packets that are sent again",
        "_RTCRtpSender__rtx_sequence_number": "of packets that are sent again",
        "_RTCRtpSender__force_keyframe": "whether the next frame is to be a key frame",
        "_RTCRtpSender__rtp_timestamp": "reported: of the last packet",
        "_RTCRtpSender__ntp_timestamp": "reported: when that was",
        "_RTCRtpSender__octet_count": "reported: what was sent",
        "_RTCRtpSender__packet_count": "reported: how many packets were",
        "_RTCRtpSender__rtp_task": "cancelled when close() did not",
        "_RTCRtpSender__rtcp_task": "cancelled when close() did not",
        "_RTCRtpSender__rtp_history": "which packets can be sent again",
        "_RTCRtpSender__encoder": "an encoder with a limit of its own is put here",
    },
    "dtls": {
        "_recv_next": "reads one datagram; what it raises ends the connection's task",
        "_setup_srtp": "when the decryption of media is set up",
        "_rx_srtp": "the decryption of media; learns of each source",
        "_state": "whether the keys are there, so that media can be read where it arrives",
        "_rtp_header_extensions_map": "how the extensions of a packet are read",
        "_rtp_router": "which receiver a packet is for",
        "_tx_srtp": "the encryption of media",
        "_RTCDtlsTransport__tx_bytes": "its statistics: what was sent",
        "_RTCDtlsTransport__tx_packets": "its statistics: how many packets were",
        "_send_rtp": "sends a packet; ours takes its place",
        "_register_rtp_receiver": "our receiver announces itself",
        "_unregister_rtp_receiver": "and leaves",
    },
    "ice": {"_connection": "aioice's connection, the agent"},
    "aioice": {
        "_queue": "the queue of datagrams; it has no limit",
        "_remote_candidates": "the addresses that it keeps",
        "_check_list": "the pairs that it checks",
        "_check_list_done": "whether what it checks is decided",
        "_check_list_state": "where what came of the checks is waited for",
        "_nominated": "the pairs of addresses that are in use",
        "_query_consent_task": "what it cancels when it is closed",
        "_closing": "whether its checks are to end; of aioice 0.10 they go on",
        "_protocols": "its sockets; those on ports of ours and a relay are some more",
    },
    "socket": {
        "_read_ready": "reads one datagram, as asyncio does once in a turn of its loop",
        "_sock": "the socket itself, which takes several datagrams in one call",
    },
    "turn": {
        "_connect": "asks a TURN server for an allocation",
        "_TurnTransport__inner_protocol": "has the socket that what is relayed comes from",
    },
    "candidate": {"_network_host": "where the address is that an mDNS name stands for"},
    "packet": {"_data": "what aiortc's own jitter buffer, still used for G.711, takes from it"},
    "sctp": {
        "_handle_data": "where packets arrive",
        "_receive_data_chunk": "where pieces of messages arrive",
        "_inbound_streams": "the pieces that are kept",
        "_sack_misordered": "the numbers that are kept",
        "_advertised_rwnd": "how much the client may still send, less what is kept",
    },
}

NOT_IN_ALL = {"_add_remote_candidate", "_closing", "_network_host"}
"""Of newer aioice; in 0.10 ``add_remote_candidate`` does all of it and calls itself again."""

OF_INSTANCES = {"_TurnTransport__inner_protocol"}
"""Attributes that a class without an instance does not show."""

OF_OLDER_ONES = {"raw_data"}
"""Parameters of aioice before 0.12, which Python 3.10 has; they are handed on."""

UNDOCUMENTED = {
    "aioice": {
        "request_received": (["message", "addr", "protocol"], "where checks arrive"),
        "check_incoming": (["message", "addr", "protocol"], "where authentic ones are answered"),
        "local_username": (None, "whom a check must be for"),
        "close": ([], "called again for what was opened too late"),
        "query_consent": ([], "how it asks whether the other side is still there"),
        "build_request": (["pair", "nominate"], "what it asks with"),
        "remote_password": (None, "what an answer is signed with"),
        "get_component_candidates": (
            ["component", "addresses", "timeout"],
            "how it gathers; we ask the servers",
        ),
        "stun_server": (None, "taken away, so that it asks nobody"),
        "turn_server": (None, "taken away, so that it asks nobody"),
    },
}
"""Names without an underscore that are used and not part of what is documented."""


@pytest_asyncio.fixture
async def parts() -> Any:
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    transceiver = pc.addTransceiver("video")
    pc.createDataChannel("control")
    dtls = transceiver.receiver.transport
    yield {
        "pc": pc,
        "transceiver": transceiver,
        "receiver": transceiver.receiver,
        "sender": transceiver.sender,
        "dtls": dtls,
        "ice": dtls.transport,
        "aioice": dtls.transport._connection,
        "sctp": pc.sctp,
        "candidate": Candidate.from_sdp("1 1 udp 1 192.0.2.1 9 typ host"),
        "turn": TurnTransport,
        "socket": asyncio.selector_events._SelectorDatagramTransport,  # type: ignore[attr-defined]
        "packet": SimpleNamespace(_data=b""),  # put there by aiortc's receiver, not its class
    }
    await pc.close()


@pytest.mark.parametrize("part", ATTRIBUTES)
async def test_the_names_are_there(parts: dict[str, Any], part: str) -> None:
    expected = ATTRIBUTES[part].keys() - NOT_IN_ALL - OF_INSTANCES
    missing = [name for name in sorted(expected) if not hasattr(parts[part], name)]
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
        (TurnTransport._connect, ["self", "protocol"]),
        (RTCSctpTransport._handle_data, ["self", "data"]),
        (RTCSctpTransport._receive_data_chunk, ["self", "chunk"]),
    ],
)
def test_they_are_called_as_we_expect(function: Any, parameters: list[str]) -> None:
    assert list(inspect.signature(function).parameters) == parameters
    assert inspect.iscoroutinefunction(function) or "register" in function.__name__


@pytest.mark.parametrize("part", UNDOCUMENTED)
async def test_undocumented_names_are_called_as_we_expect(parts: dict[str, Any], part: str) -> None:
    for name, (parameters, _) in UNDOCUMENTED[part].items():
        found = getattr(parts[part], name)
        if parameters is not None:
            names = inspect.signature(found).parameters
            assert [each for each in names if each not in OF_OLDER_ONES] == parameters


def test_a_relay_keeps_its_socket_where_we_look() -> None:
    assert "self.__inner_protocol = " in inspect.getsource(TurnTransport.__init__)


async def test_aiortc_uses_what_was_put_in_its_place(parts: dict[str, Any]) -> None:
    assert isinstance(parts["aioice"]._queue, asyncio.Queue)
    receiver = Receiver.replace(parts["transceiver"])
    assert parts["transceiver"].receiver is receiver
    assert receiver.rtcp_ssrc == parts["sender"]._ssrc


async def test_nothing_is_unfinished_at_first(parts: dict[str, Any]) -> None:
    assert data_channels.unfinished(parts["sctp"]) == data_channels.Unfinished(0, 0, 0, 0)


async def test_an_mdns_name_is_resolved_by_what_we_watch(parts: dict[str, Any]) -> None:
    """Either the agent has a method of its own for what it resolved, or it calls itself."""
    agent = parts["aioice"]
    if hasattr(agent, "_add_remote_candidate"):
        parameters = inspect.signature(agent._add_remote_candidate).parameters
        assert len(parameters) == 2
    else:
        assert "self.add_remote_candidate(" in inspect.getsource(type(agent).add_remote_candidate)


BY_NAME = ("getattr", "setattr", "hasattr", "delattr")


def _private_names(source: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield where private names of others are used, as attributes or in ``getattr``."""
    for node in ast.walk(source):
        if isinstance(node, ast.Attribute):
            owner = node.value
            own = isinstance(owner, ast.Name) and owner.id in ("self", "cls")
            own = own or isinstance(owner, ast.Call)  # super()
            if not own:
                yield node.lineno, node.attr
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in BY_NAME:
            name = node.args[1]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield node.lineno, name.value


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def test_nobody_else_reaches_into_aiortc() -> None:
    """Private attributes of others are touched in one room of ``transports`` only."""
    found = [
        f"{path.name}:{line} {name}"
        for path in sorted((PACKAGE / "transports").rglob("*.py"))
        if path.parent != ROOM
        for line, name in _private_names(ast.parse(path.read_text()))
        if _is_private(name)
    ]
    assert found == []


def test_every_private_name_is_explained() -> None:
    explained = {name for names in ATTRIBUTES.values() for name in names} | NOT_IN_ALL
    used = {
        name
        for path in sorted(ROOM.glob("*.py"))
        for _, name in _private_names(ast.parse(path.read_text()))
        if _is_private(name)
    }
    assert used
    assert used <= explained
