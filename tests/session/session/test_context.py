"""What user code may say beside its media, from any thread, and for whom it runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from gradio_webrtc import ConfigurationError, get_current_context, show_info, show_warning
from gradio_webrtc.error_words import MAX_WORDS
from gradio_webrtc.session.context import Context
from gradio_webrtc.session.messages import info, warning
from gradio_webrtc.session.state import CloseReason
from tests.support.scripted_handler import ScriptedHandler
from tests.support.sessions import open_session, settle, until

pytestmark = pytest.mark.looptime

SAY: dict[str, Callable[[], Any]] = {
    "get_current_context": get_current_context,
    "show_info": lambda: show_info("hello"),
    "show_warning": lambda: show_warning("hello"),
}


@pytest.mark.parametrize("say", SAY.values(), ids=SAY.keys())
async def test_outside_of_user_code_there_is_no_session(say: Callable[[], Any]) -> None:
    with pytest.raises(RuntimeError, match="no session is running this code"):
        say()


async def test_toasts_and_messages_reach_the_page_and_the_stream_goes_on() -> None:
    handler = ScriptedHandler()

    async def start(link: object) -> None:
        show_warning("Slow.")
        show_info("Saved.")
        get_current_context().send_message('{"mine": 1}')

    handler.on_start = start
    bench = await open_session(handler)
    assert bench.transport.messages == [warning("Slow."), info("Saved.")]
    assert bench.transport.texts == ['{"mine": 1}']
    await bench.session.aclose()


async def test_a_context_that_was_kept_works_in_any_thread() -> None:
    handler = ScriptedHandler()
    kept: list[Context] = []

    async def start(link: object) -> None:
        kept.append(get_current_context())

    handler.on_start = start
    bench = await open_session(handler)
    for say in (kept[0].show_info, kept[0].show_warning, kept[0].send_message):
        thread = threading.Thread(target=say, args=("from afar",))
        thread.start()
        thread.join()
    await until(lambda: bench.transport.texts == ["from afar"])
    assert bench.transport.messages == [info("from afar"), warning("from afar")]
    assert repr(kept[0]) == "Context(webrtc_id='a')"
    assert kept[0] == Context("a")
    await bench.session.aclose()
    kept[0].show_info("nobody hears this")
    await settle()


async def test_only_text_is_shown_and_not_too_much_of_it() -> None:
    handler = ScriptedHandler()
    errors: list[Exception] = []

    async def start(link: object) -> None:
        show_info("x" * 5000)
        for wrong in (get_current_context().send_message, show_info, show_warning):
            with pytest.raises(ConfigurationError) as caught:
                wrong({"a": 1})  # type: ignore[arg-type] # the point
            errors.append(caught.value)

    handler.on_start = start
    bench = await open_session(handler)
    assert [len(message.data) for message in bench.transport.messages] == [MAX_WORDS]
    assert [str(error).split(" takes text, not dict")[0] for error in errors] == [
        "send_message()",
        "show_info()",
        "show_warning()",
    ]
    await bench.session.aclose()


async def test_values_that_a_strangers_request_brings_are_taken_for_the_session() -> None:
    seen: list[str] = []

    class Handler(ScriptedHandler):
        def set_args(self, args: Any) -> None:
            seen.append(get_current_context().webrtc_id)

    first = await open_session(Handler(), webrtc_id="one")
    second = await open_session(Handler(), webrtc_id="two")
    thread = threading.Thread(target=first.session.set_args, args=((1,),))
    thread.start()
    thread.join()
    second.session.set_args((2,))
    await until(lambda: len(seen) == 2)
    assert seen == ["one", "two"]
    for bench in (first, second):
        await bench.session.aclose()


async def test_the_app_may_close_a_session_which_is_no_error() -> None:
    bench = await open_session()
    thread = threading.Thread(
        target=bench.session.end_threadsafe, args=(CloseReason.APP_CLOSED, "Until tomorrow.")
    )
    thread.start()
    thread.join()
    await until(lambda: bench.session.ending)
    await bench.session.aclose()
    [goodbye] = bench.transport.messages
    assert (goodbye.type, goodbye.data, goodbye.reason) == (
        "end_stream",
        "Until tomorrow.",
        "app_closed",
    )
