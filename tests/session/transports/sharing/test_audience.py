"""What the viewers of a source are told."""

from __future__ import annotations

from gradio_webrtc.handlers.emitted import AdditionalOutputs
from gradio_webrtc.session import messages
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.transports.sharing.audience import Audience
from gradio_webrtc.transports.sharing.viewer import Viewer
from tests.support.sessions import Bench, open_session, outputs_of, settle


async def audience_of(count: int) -> tuple[Audience, list[Bench]]:
    audience = Audience()
    benches = [await open_session(webrtc_id=str(number)) for number in range(count)]
    for bench in benches:
        audience.add(Viewer(), bench.session)
    return audience, benches


async def test_what_is_said_reaches_all_and_what_each_session_says_itself_does_not() -> None:
    audience, benches = await audience_of(2)
    audience.tell(messages.warning("Careful."))
    audience.tell(messages.send_input())
    audience.tell(messages.fetch_output())
    audience.tell(messages.error("Broken."))
    audience.tell_text("as it is")
    for bench in benches:
        assert [each.type for each in bench.transport.messages] == ["warning"]
        assert bench.transport.texts == ["as it is"]
        await bench.session.aclose()


async def test_the_end_is_everybodys_with_its_reason_and_words() -> None:
    audience, benches = await audience_of(2)
    audience.tell(messages.end_stream("Over.", "handler_finished"))
    assert audience.ended
    await settle()
    for bench in benches:
        assert bench.session.ending is not None
        assert bench.session.ending.reason is CloseReason.HANDLER_FINISHED
        assert bench.session.ending.text == "Over."
        await bench.session.aclose()


async def test_outputs_go_to_all_and_the_newest_to_who_comes_later() -> None:
    audience, [early] = await audience_of(1)
    audience.put(AdditionalOutputs(1))
    audience.put(AdditionalOutputs(2))
    late, viewer = await open_session(webrtc_id="late"), Viewer()
    audience.add(viewer, late.session)
    assert (len(outputs_of(early.session)), len(outputs_of(late.session))) == (2, 1)
    assert audience.remove(viewer)
    assert not audience.remove(viewer)
    audience.put(AdditionalOutputs(3))
    assert (len(outputs_of(early.session)), len(outputs_of(late.session))) == (3, 1)
    assert not audience.waiting()
    assert [each async for each in audience.read()] == []
    audience.close()
    assert audience.ended
    for bench in (early, late):
        await bench.session.aclose()
