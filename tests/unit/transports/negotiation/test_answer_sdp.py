"""aiortc's answer turned into the one to the client's own offer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gradio_webrtc.transports.negotiation.answer_sdp import write_answer
from gradio_webrtc.transports.negotiation.offer_plan import OfferPlan, SectionPlan

AUDIO = SectionPlan("audio", "RTP/SAVPF", "111 0", "sound", "sound", "sendrecv")
VIDEO = SectionPlan("video", "UDP/TLS/RTP/SAVPF", "96", "1", "1", "sendrecv", rejected="no codec")
NAMELESS = SectionPlan("audio", "UDP/TLS/RTP/SAVPF", "111", None, "7", "sendrecv")


def aiortcs(*mids: str) -> str:
    lines = ["v=0", f"a=group:BUNDLE {' '.join(mids)}", "a=msid-semantic:WMS *"]
    for mid in mids:
        lines += ["m=audio 50000 UDP/TLS/RTP/SAVPF 111", f"a=mid:{mid}", "a=sendrecv"]
    return "\r\n".join(lines) + "\r\n"


def answered(*sections: SectionPlan, bundle: tuple[str, ...] = (), answer: str) -> list[str]:
    text = write_answer(OfferPlan(sections, bundle, lite=False), answer)
    assert text.endswith("\r\n")
    return text.removesuffix("\r\n").split("\r\n")


def test_each_section_is_answered_in_order_with_the_protocol_of_the_offer() -> None:
    lines = answered(VIDEO, AUDIO, bundle=("sound",), answer=aiortcs("sound"))
    assert lines == [
        "v=0",
        "a=msid-semantic:WMS *",
        "a=group:BUNDLE sound",
        "m=video 0 UDP/TLS/RTP/SAVPF 96",
        "c=IN IP4 0.0.0.0",
        "a=mid:1",
        "a=inactive",
        "m=audio 50000 RTP/SAVPF 111",
        "a=mid:sound",
        "a=sendrecv",
    ]


def test_what_was_not_offered_as_bundled_is_not_answered_as_bundled() -> None:
    lines = answered(AUDIO, answer=aiortcs("sound"))
    assert not [line for line in lines if line.startswith("a=group")]


def test_a_section_without_a_name_is_answered_without_one() -> None:
    lines = answered(NAMELESS, answer=aiortcs("7"))
    assert not [line for line in lines if line.startswith("a=mid")]


@pytest.mark.parametrize(("mids", "words"), [((), "too few"), (("sound", "x"), "too many")])
def test_an_answer_that_does_not_fit_is_an_error(mids: tuple[str, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        answered(AUDIO, answer=aiortcs(*mids))


OFFERED = "a=rtpmap:111 opus/48000/2"


@pytest.mark.parametrize(
    ("recovers", "asked"), [(True, ["a=fmtp:111 useinbandfec=1"]), (False, [])]
)
def test_copies_of_lost_opus_are_asked_for_where_they_can_be_used(
    recovers: bool, asked: list[str]
) -> None:
    answer = aiortcs("sound") + f"{OFFERED}\r\na=rtpmap:0 PCMU/8000\r\n"
    plan = OfferPlan((AUDIO,), (), lite=False)
    lines = write_answer(plan, answer, recovers=recovers).split("\r\n")
    assert [line for line in lines if line.startswith("a=fmtp")] == asked
    assert lines[lines.index(OFFERED) + 1 :][: len(asked)] == asked


@pytest.mark.parametrize("red", [63, None])
def test_copies_of_opus_are_taken_behind_all_codecs(red: int | None) -> None:
    audio = replace(AUDIO, red=red)
    text = aiortcs("sound") + OFFERED + "\r\n"
    lines = answered(audio, answer=text)
    added = ["a=rtpmap:63 red/48000/2", "a=fmtp:63 111/111"]
    assert [line for line in lines if "63" in line and "m=" not in line] == (added if red else [])
    assert ("m=audio 50000 RTP/SAVPF 111 63" in lines) == bool(red)


def test_where_opus_is_not_what_is_used_there_are_no_copies() -> None:
    text = aiortcs("sound") + "a=rtpmap:0 PCMU/8000\r\n" + OFFERED + "\r\n"
    assert not [line for line in answered(replace(AUDIO, red=63), answer=text) if "63" in line]
