"""What a connected client sends, and no browser does, costs a log line and nobody a thing."""

from __future__ import annotations

import asyncio
import logging
import os
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from aiortc import rtcsctptransport as sctp
from numpy.typing import NDArray

from gradio_webrtc import Stream
from gradio_webrtc.transports.data_limits import MAX_FRAGMENTS, MAX_UNFINISHED_BYTES
from gradio_webrtc.transports.packet_bounds import MAX_SSRCS
from tests.support.client import LoopbackClient
from tests.support.echo_handlers import EchoHandler
from tests.support.leaks import other_tasks
from tests.support.loop_lag import LoopLag
from tests.support.raw_media import RawMedia, SilentTrack, vp8_key_frame
from tests.support.serving import Served
from tests.support.sessions import until

Picture = NDArray[np.uint8]

ABS_SEND_TIME = 3


class Count:
    """A video function that counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, frame: Picture) -> Picture:
        self.calls += 1
        return frame


def counting(count: Count) -> Served:
    return Served(Stream(count, concurrency_limit=None))


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


async def works(media: RawMedia, count: Count) -> None:
    """Wait until ordinary pictures come through."""
    before = count.calls
    while count.calls == before:
        await media.frame("VP8", vp8_key_frame(320, 240))
        await asyncio.sleep(0.05)


# -- sources ---------------------------------------------------------------------------------


async def test_hundreds_of_sources_and_everything_comes_back() -> None:
    tasks, files = len(other_tasks()), open_files()
    count = Count()
    async with counting(count) as server:
        loop = asyncio.get_running_loop()
        for _ in range(2):
            client = await server.connected(SilentTrack("video"))
            media = RawMedia(client)
            await media.frame("VP8", vp8_key_frame(320, 240))
            await until(lambda: count.calls)
            for ssrc in range(1, 600):
                await media.frame("VP8", [b"\x10\x11"], ssrc=ssrc)
            (transceiver,) = server.session(client).transport._pc.getTransceivers()  # type: ignore[attr-defined]
            dtls = transceiver.receiver.transport
            await asyncio.sleep(1.6)  # the next receiver report is due within 1.5 s
            assert len(dtls._rtp_router.ssrc_table) <= MAX_SSRCS
            await works(media, count)
            started = loop.time()
            await client.close()
            await server.empty()
            assert loop.time() - started < 10
            count.calls = 0
    await until(lambda: len(other_tasks()) <= tasks)
    await until(lambda: open_files() <= files)


async def test_a_report_of_the_largest_numbers_can_be_sent() -> None:
    """Timestamps that lie make the jitter larger than its 32 bits."""
    count = Count()
    async with counting(count) as server:
        client = await server.connected(SilentTrack("video"))
        media = RawMedia(client)
        for number in range(400):
            media.timestamp = 0xFFFFFFFF * (number % 2)
            await media.frame("VP8", [b"\x10\x11"])
        await asyncio.sleep(1.6)
        reports: list[Any] = []
        receiver = client.pc.getTransceivers()[0].sender
        handle = receiver._handle_rtcp_packet

        async def keep(packet: Any) -> None:
            reports.append(packet)
            await handle(packet)

        receiver._handle_rtcp_packet = keep  # type: ignore[method-assign]
        await until(lambda: any(getattr(each, "reports", None) for each in reports))
        started = asyncio.get_running_loop().time()
        await client.close()
        await server.empty()
        assert asyncio.get_running_loop().time() - started < 10


# -- damaged packets -------------------------------------------------------------------------


def rtcp(count: int, kind: int, payload: bytes, *, padded: bool = False, words: int = -1) -> bytes:
    words = len(payload) // 4 if words < 0 else words
    return struct.pack("!BBH", 0x80 | padded << 5 | count, kind, words) + payload


def rtp_junk(media: RawMedia) -> Iterator[bytes]:
    vp8, h264 = media.codecs["VP8"], media.codecs["H264"]
    one_byte = 0xBEDE
    for number in range(1, 15):  # every extension with values of the wrong length
        for length in (1, 2, 5, 16):
            value = bytes([number << 4 | length - 1]) + b"\xff" * length
            value += b"\0" * (-len(value) % 4)
            header = struct.pack("!HH", one_byte, len(value) // 4)
            yield media.packet(vp8, b"\x10\x11", extension=header + value)
    yield media.packet(vp8, b"\x10\x11", extension=struct.pack("!HH", 0x1000, 1) + b"\1\0\3\0")
    for payload in (b"", b"\x90", b"\x90\xff", b"\x90\x80", b"\x90\x80\x80", b"\x10", b"\x10\x10"):
        yield media.packet(vp8, payload, marker=True)
    for payload in (b"", b"\x18", b"\x18\xff\xff\x67", b"\x18\0", b"\x7c", b"\x7c\x85", b"\x1d\0"):
        yield media.packet(h264, payload, marker=True)
    for payload in (b"\x67\x42", b"\x67" + b"\0" * 200, b"\x65" + b"\xff" * 900):
        yield media.packet(h264, payload, marker=True)
    for rtx in media.rtx.values():
        for payload in (b"", b"\1", b"\1\2"):
            yield media.packet(rtx, payload)
    yield media.packet(vp8, b"\x10\x11\1", padded=True)
    yield media.packet(127, b"\x10\x11")


def rtcp_junk(sender_ssrc: int) -> Iterator[bytes]:
    ids = struct.pack("!LL", 1, sender_ssrc)
    for kind in range(192, 209):
        for payload in (b"", b"\0" * 4, ids, ids + b"\xff" * 20, ids + b"\xff" * 44):
            for count in (0, 1, 15, 31):
                yield rtcp(count, kind, payload)
    remb = struct.pack("!LL4sB", 1, 0, b"REMB", 255) + b"\xff\xff\xff"
    yield rtcp(15, 206, remb + struct.pack("!L", sender_ssrc))  # announces 255 sources, has one
    yield rtcp(15, 206, remb)
    yield rtcp(1, 202, b"\0\0\0\1\1\xff\1\1")  # an item of SDES that is longer than the packet
    yield rtcp(1, 205, ids + b"\xff\xff\xff\xff" * 300)  # asks 5,100 times for a packet
    yield rtcp(15, 205, ids + b"\xff\xff\xff\xff" * 3)  # congestion control, which is no NACK
    yield rtcp(0, 201, b"\0\0\0\1", words=0)
    yield rtcp(0, 201, b"\0\0\0\1", words=9)
    yield rtcp(0, 201, b"\0\0\0\xff", padded=True)


async def test_damaged_packets(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    count = Count()
    async with counting(count) as server:
        client = await server.connected(SilentTrack("video"))
        media = RawMedia(client)
        await works(media, count)
        session = server.session(client)
        (ours,) = session.transport._pc.getTransceivers()  # type: ignore[attr-defined]
        caplog.clear()
        async with LoopLag() as lag:
            for packet in [*rtp_junk(media), *rtcp_junk(ours.sender._ssrc)]:
                await media.send(packet)
                await asyncio.sleep(0)
            await asyncio.sleep(0.3)
        await works(media, count)
        await until(lambda: client.pictures)
        assert session.ending is None
    assert lag.worst < 1.0
    ours_said = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert len(ours_said) <= 2, [each.getMessage() for each in ours_said]


def sctp_junk(tag: int, tsn: int) -> Iterator[bytes]:
    def packet(*chunks: bytes) -> bytes:
        return sctp.serialize_packet(5000, 5000, tag, _Raw(b"".join(chunks)))  # type: ignore[arg-type]

    def chunk(kind: int, flags: int, body: bytes) -> bytes:
        return struct.pack("!BBH", kind, flags, len(body) + 4) + body + b"\0" * (-len(body) % 4)

    yield b""
    yield b"\0" * 3
    for kind in range(16):
        for body in (b"", b"\0" * 4, b"\xff" * 12, b"\xff" * 40):
            if kind not in (6, 7, 8, 14):  # those end the association, as they should
                yield packet(chunk(kind, 3, body))
    # Parameters of no length, and acknowledgements of everything, 300 times over.
    yield packet(chunk(1, 0, b"\0" * 24))
    gaps = struct.pack("!HH", 1, 65535) * 300
    yield packet(chunk(3, 0, struct.pack("!LLHH", tsn - 1, 1000, 300, 0) + gaps))
    yield packet(chunk(1, 0, b"\0" * 16), chunk(1, 0, b"\0" * 16))
    opening = struct.pack("!BBHLHH", 3, 0, 0, 0, 5, 0) + b"\xff\xfe\xfd\xfc\xfb"
    yield packet(chunk(0, 3, struct.pack("!LHHL", tsn, 3, 0, 50) + opening))  # a name not in UTF-8


class _Raw:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def __bytes__(self) -> bytes:
        return self._data


async def test_damaged_data_channel_packets(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    count = Count()
    async with counting(count) as server:
        client = await server.connected(SilentTrack("video"))
        media = RawMedia(client)
        await works(media, count)
        association: Any = client.pc.sctp
        caplog.clear()
        async with LoopLag() as lag:
            for data in sctp_junk(association._remote_verification_tag, association._local_tsn):
                await media.send_sctp(data or b"\0")
                await asyncio.sleep(0)
            await asyncio.sleep(0.2)
        assert lag.worst < 1.0
        await works(media, count)
        assert server.session(client).ending is None
    assert len([each for each in caplog.records if each.levelno >= logging.WARNING]) <= 2


@pytest.mark.parametrize(
    ("size", "at_once", "most"),
    [(1000, 1, MAX_UNFINISHED_BYTES // 1000), (1, 50, MAX_FRAGMENTS)],
    ids=["long", "many in a packet"],
)
async def test_messages_without_an_end_are_not_kept(size: int, at_once: int, most: int) -> None:
    count = Count()
    async with counting(count) as server:
        client = await server.connected(SilentTrack("video"))
        association: Any = client.pc.sctp
        kept = server.session(client).transport._pc.sctp  # type: ignore[attr-defined]
        tsn, body = association._local_tsn, bytes(size)
        async with LoopLag() as lag:
            for first in range(0, 3000, at_once):
                pieces = b""
                for number in range(first, first + at_once):
                    data = sctp.DataChunk(flags=2 if number == 0 else 0)
                    data.tsn, data.stream_id, data.user_data = (tsn + number) % 2**32, 9, body
                    pieces += bytes(data)
                packet = sctp.serialize_packet(
                    5000,
                    5000,
                    association._remote_verification_tag,
                    _Raw(pieces),  # type: ignore[arg-type]
                )
                await association._RTCSctpTransport__transport._send_data(packet)
                await asyncio.sleep(0)
            await client.message("warning")
        fragments = sum(len(stream.reassembly) for stream in kept._inbound_streams.values())
    assert fragments == most
    assert 0 < fragments <= 2 * MAX_FRAGMENTS
    assert lag.worst < 1.5


async def test_a_stranger_without_keys_is_not_heard() -> None:
    """Anybody can send datagrams to the port: an empty one, and what looks like media."""
    count = Count()
    async with counting(count) as server:
        client = await server.connected(SilentTrack("video"))
        media = RawMedia(client)
        await works(media, count)
        ice: Any = media._transport.transport
        (pair,) = ice._connection._nominated.values()
        loop = asyncio.get_running_loop()
        stranger, _ = await loop.create_datagram_endpoint(
            asyncio.DatagramProtocol, remote_addr=pair.remote_addr
        )
        for data in (b"", b"\x80", b"\x80\xe1" + bytes(40), b"\x16", b"\x80\xc9", b"\xff" * 1400):
            for _ in range(50):
                stranger.sendto(data)
                await asyncio.sleep(0)
        await asyncio.sleep(0.2)
        stranger.close()
        await works(media, count)
        assert server.session(client).ending is None


async def test_sound_that_is_garbage(caplog: pytest.LogCaptureFixture) -> None:
    async with Served(Stream(EchoHandler(), modality="audio")) as server:
        client: LoopbackClient = await server.connected(SilentTrack("audio"))
        media = RawMedia(client, "audio")
        dice = np.random.default_rng(1)
        for length in (0, 1, 2, 3, 7, 50, 200, 1200):
            for _ in range(10):
                payload = dice.bytes(length)
                await media.send(media.packet(media.codecs["opus"], payload))
                media.timestamp += 960
                await asyncio.sleep(0.001)
        await until(lambda: client.heard > 0.2)
        assert server.session(client).ending is None
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]
