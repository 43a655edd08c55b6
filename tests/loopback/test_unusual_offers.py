"""Legal offers that no browser makes every day: each is answered, and connects for real."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gradio_webrtc import Stream
from tests.support.audio_video_echo import Echo
from tests.support.client import LoopbackClient
from tests.support.echo_server import echo, heard
from tests.support.odd_offers import REJECTED, Sections, check_answer, for_aiortc, value, without
from tests.support.recognisable_tracks import NumberedTrack, SineTrack
from tests.support.serving import Served
from tests.support.sessions import until

Change = Callable[[Sections], None]


async def connect(client: LoopbackClient, change: Change) -> str:
    """Connect ``client`` with its offer changed; return the answer."""
    mine = await client.make_offer()
    sections = Sections.of(mine)
    change(sections)
    offer = sections.text()
    answer = await client.offer(offer)
    check_answer(offer, answer)
    await client.take_answer(for_aiortc(answer, mine))
    await client.connected()
    return answer


def rejected_first(sdp: Sections) -> None:
    sdp.media.insert(0, REJECTED.format(kind="video"))


def rejected_between_and_last(sdp: Sections) -> None:
    sdp.media.insert(1, REJECTED.format(kind="audio"))
    sdp.media.append(REJECTED.format(kind="video").replace("mid:old", "mid:older"))


def no_direction(sdp: Sections) -> None:
    sdp.media[0] = without(sdp.media[0], "a=sendrecv")


def no_bundle(sdp: Sections) -> None:
    sdp.head = without(sdp.head, "a=group")


def data_outside_the_bundle(sdp: Sections) -> None:
    sdp.head = sdp.head.replace("BUNDLE 0 1", "BUNDLE 0")


def several_groups(sdp: Sections) -> None:
    sdp.head = sdp.head.replace("a=group:BUNDLE 0 1", "a=group:LS 0\r\na=group:BUNDLE 0 1")


def data_first(sdp: Sections) -> None:
    sdp.media.reverse()
    sdp.head = sdp.head.replace("BUNDLE 0 1", "BUNDLE 1 0")


def data_by_its_old_protocol(sdp: Sections) -> None:
    sdp.media[1] = sdp.media[1].replace("UDP/DTLS/SCTP", "DTLS/SCTP")


def data_by_its_old_form(sdp: Sections) -> None:
    sdp.media[1] = without(sdp.media[1], "a=sctp-port", "a=max-message-size").replace(
        "UDP/DTLS/SCTP webrtc-datachannel\r\n",
        "DTLS/SCTP 5000\r\na=sctpmap:5000 webrtc-datachannel 1024\r\n",
    )


def data_without_a_port(sdp: Sections) -> None:
    sdp.media[1] = without(sdp.media[1], "a=sctp-port", "a=max-message-size")


def bundle_only(sdp: Sections) -> None:
    data = without(sdp.media[1], "a=ice", "a=fingerprint", "a=setup", "a=candidate", "a=end", "c=")
    port = data.split()[1]
    sdp.media[1] = data.replace(f" {port} ", " 0 ", 1) + "a=bundle-only\r\n"


def no_names(sdp: Sections) -> None:
    sdp.head = without(sdp.head, "a=group")
    sdp.media = [without(text, "a=mid") for text in sdp.media]


def all_at_session_level(sdp: Sections) -> None:
    attributes = ("ice-ufrag", "ice-pwd", "fingerprint", "setup")
    sdp.head += "".join(f"a={name}:{value(sdp.media[0], name)}\r\n" for name in attributes)
    sdp.head += "a=sendrecv\r\n"
    sdp.media = [
        without(text, "a=sendrecv", *(f"a={name}" for name in attributes)) for text in sdp.media
    ]


def active(sdp: Sections) -> None:
    sdp.media = [text.replace("setup:actpass", "setup:active") for text in sdp.media]


def passive(sdp: Sections) -> None:
    sdp.media = [text.replace("setup:actpass", "setup:passive") for text in sdp.media]


def only_static_payload_types(sdp: Sections) -> None:
    audio = without(sdp.media[0], "a=rtpmap", "a=fmtp", "a=rtcp-fb")
    line, rest = audio.split("\r\n", 1)
    sdp.media[0] = f"{' '.join(line.split()[:3])} 0\r\n{rest}"


def things_nobody_knows(sdp: Sections) -> None:
    line, rest = sdp.media[0].split("\r\n", 1)
    kind, port, _, formats = line.split(" ", 3)
    sdp.head += "a=group:FUTURE 0 1\r\na=cname\r\nb=AS:500\r\n"
    sdp.media[0] = (
        f"{kind} {port}/1 RTP/SAVPF 101 63 {formats}\r\n"
        "i=a title\r\nb=TIAS:64000\r\nk=prompt\r\n"
        f"{rest}a=rtpmap:101 iLBC/8000\r\na=fmtp:101 mode=20\r\na=rtpmap:63 red/48000/2\r\n"
        "a=fmtp:63 96/96\r\na=fmtp:77 nothing=here\r\na=rtcp-fb:* transport-cc\r\na=rtcp-fb:*\r\n"
        "a=extmap:9/sendonly urn:example:future with attributes\r\na=ssrc:7\r\n"
        "a=ssrc-group:SIM 7 8\r\na=\r\na=x:\r\n"
        "a=extmap:300 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=rid:hi send\r\n"
        "a=simulcast:send hi\r\n"
        "a=fingerprint:sha-1 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB\r\n"
        "a=candidate:1 1 future 1 192.0.2.1 9 typ host\r\na=crypto:1 AES inline:abc\r\n"
    )
    sdp.media.append("m=text 9 RTP/AVP 98\r\na=rtpmap:98 t140/1000\r\na=mid:words\r\n")


CHANGES = (
    rejected_first,
    rejected_between_and_last,
    no_direction,
    no_bundle,
    data_outside_the_bundle,
    several_groups,
    data_first,
    data_by_its_old_protocol,
    data_by_its_old_form,
    data_without_a_port,
    bundle_only,
    no_names,
    all_at_session_level,
    active,
    passive,
    only_static_payload_types,
    things_nobody_knows,
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
async def test_an_unusual_offer_connects_with_sound_and_its_data_channel(change: Change) -> None:
    async with echo() as server:
        client = server.client(SineTrack())
        await connect(client, change)
        await heard(client)


async def test_an_offer_with_line_feeds_only() -> None:
    async with echo() as server:
        client = server.client(SineTrack())
        mine = await client.make_offer()
        await client.take_answer(await client.offer(mine.replace("\r\n", "\n")))
        await client.connected()
        await heard(client)


@pytest.mark.parametrize("kind", ["audio", "video"])
async def test_inactive_sections_before_the_one_that_is_used(kind: str) -> None:
    async with echo() as server:
        client = server.client()
        client.pc.addTransceiver(kind, "inactive")
        client.pc.addTransceiver(SineTrack(), "sendrecv")
        await client.connect()
        await heard(client)


async def test_without_bundle_every_section_has_a_connection_of_its_own() -> None:
    async with echo() as server:
        client = server.client(SineTrack())
        answer = await connect(client, no_bundle)
        assert "BUNDLE" not in answer
        ports = {text.split()[1] for text in Sections.of(answer).media}
        assert len(ports) == 2
        await heard(client)
        # Through the data channel's own connection.
        await server.session(client).aclose()
        await client.message("end_stream")


async def test_without_bundle_candidates_are_trickled_to_their_section() -> None:
    async with echo() as server:
        client = server.client(SineTrack())
        mine = await client.make_offer()
        sections = Sections.of(mine)
        no_bundle(sections)
        lines = [
            {"candidate": line[2:], "sdpMid": str(index), "sdpMLineIndex": index}
            for index, text in enumerate(sections.media)
            for line in text.splitlines()
            if line.startswith("a=candidate")
        ]
        sections.media = [without(text, "a=candidate", "a=end") for text in sections.media]
        await client.take_answer(await client.offer(sections.text()))
        for line in [*lines, None]:
            await client.candidate(line)
        await client.connected()
        await heard(client)


async def test_video_before_audio() -> None:
    async with Served(Stream(Echo(), modality="audio-video")) as server:
        client = await server.connected([NumberedTrack(), SineTrack()])
        await heard(client)
        await until(lambda: client.pictures)


async def test_what_cannot_be_used_of_an_offer_with_media_to_spare_is_rejected_alone() -> None:
    async with echo(allow_extra_tracks=True) as server:
        client = server.client(SineTrack())
        mine = await client.make_offer()
        sections = Sections.of(mine)
        video = sections.media[0].replace("m=audio", "m=video").replace("mid:0", "mid:av1")
        video = without(video, "a=rtpmap", "a=fmtp", "a=ssrc", "a=candidate")
        line, rest = video.split("\r\n", 1)
        sections.media.append(f"{' '.join(line.split()[:3])} 45\r\n{rest}a=rtpmap:45 AV1/90000\r\n")
        answer = await client.offer(sections.text())
        check_answer(sections.text(), answer)
        assert "m=video 0 " in answer
        await client.take_answer(for_aiortc(answer, mine))
        await client.connected()
        await heard(client)
