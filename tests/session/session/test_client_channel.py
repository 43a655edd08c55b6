"""What a handler may ask of its session, and what it knows of it."""

from __future__ import annotations

import asyncio
import threading

import pytest

from gradio_webrtc.session.context import get_current_context
from gradio_webrtc.session.state import CloseReason
from tests.support.scripted_handler import ScriptedHandler
from tests.support.sessions import open_session, settle, silence, start_session

pytestmark = pytest.mark.looptime


async def test_what_a_handler_may_ask_from_any_thread() -> None:
    bench = await open_session()

    def work() -> None:
        bench.session.link.client.send("text as it is")
        bench.session.link.client.request_inputs()
        bench.session.link.playback.clear()
        bench.session.set_args(["value"])

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    # Nothing has touched the wire or the handler from that thread.
    assert (bench.transport.calls, bench.handler.args) == ([], [])
    await settle()
    assert bench.transport.calls == ["send_text", "send:send_input", "clear"]
    assert bench.transport.texts == ["text as it is"]
    assert bench.handler.args == [("value",)]
    await bench.session.aclose()


def test_requests_after_the_loop_has_gone_are_harmless() -> None:
    async def main() -> object:
        return (await open_session()).session

    session = asyncio.run(main())
    session.link.client.send("late")  # type: ignore[attr-defined]
    session.link.client.request_inputs()  # type: ignore[attr-defined]
    session.link.playback.clear()  # type: ignore[attr-defined]
    session.set_args([])  # type: ignore[attr-defined]
    session.end_threadsafe(CloseReason.PEER_LOST)  # type: ignore[attr-defined]


async def test_arguments_may_come_before_the_connection() -> None:
    bench = start_session()
    bench.session.set_args([1, 2])
    await settle()
    assert bench.handler.args == [(1, 2)]
    await bench.session.aclose()


async def test_user_code_knows_its_own_session() -> None:
    seen: dict[str, list[str]] = {}

    async def session(webrtc_id: str) -> None:
        handler = ScriptedHandler()

        async def look(*_: object) -> None:
            seen.setdefault(webrtc_id, []).append(get_current_context().webrtc_id)

        handler.on_start = handler.on_receive = handler.on_close = look
        bench = await open_session(handler, webrtc_id=webrtc_id)
        bench.session.on_audio(silence())
        await settle()
        await bench.session.aclose()

    await asyncio.gather(session("first"), session("second"))
    assert seen == {"first": ["first"] * 3, "second": ["second"] * 3}
    with pytest.raises(RuntimeError, match="inside a stream handler"):
        get_current_context()
