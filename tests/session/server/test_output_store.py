"""Additional outputs: every reader gets each one, in order, whatever becomes of the session."""

from __future__ import annotations

import asyncio
import logging

import pytest

from gradio_webrtc.handlers.emitted import AdditionalOutputs, CloseStream
from gradio_webrtc.server.output_mailbox import (
    KEPT_SECONDS,
    OUTPUT_CAPACITY,
    OutputMailbox,
)
from gradio_webrtc.server.output_store import MAX_KEPT, OutputStore
from tests.support.sessions import Bench, outputs_of, settle, start_session, until

pytestmark = pytest.mark.looptime


async def streaming(
    desk: OutputStore, webrtc_id: str, owner: str | None = "page", readers: tuple[str, ...] = ("r",)
) -> Bench:
    """Return an open session of ``owner`` whose outputs go to ``desk``."""
    outputs = desk.open(webrtc_id, owner, readers)
    bench = start_session(webrtc_id=webrtc_id, owner=owner, outputs=outputs)
    bench.session.on_connected()
    await settle()
    return bench


def taken(box: OutputMailbox | None, reader: str = "r") -> list[object]:
    """Take everything that waits for ``reader``."""
    values: list[object] = []
    while box is not None and (delivery := box.take(reader)) is not None:
        values.append(delivery.outputs.args[0])
    return values


async def test_each_listener_gets_every_output_once_and_in_order() -> None:
    desk = OutputStore()
    bench = await streaming(desk, "a", readers=("one", "two"))
    bench.handler.say(*(AdditionalOutputs(n) for n in range(5)))
    await until(lambda: len(bench.transport.sent("fetch_output")) == 5)
    box = desk.mailbox("page")
    assert taken(box, "one") == taken(box, "two") == [0, 1, 2, 3, 4]
    assert taken(box, "one") == []
    assert taken(box, "unknown") == []
    assert box is not None
    assert box.count() == {"waiting": 0, "taken": 10}
    await bench.session.aclose()
    assert len(desk.mailboxes) == 0


async def test_what_is_said_last_waits_for_the_page_and_names_its_session() -> None:
    desk = OutputStore()
    bench = await streaming(desk, "a")
    bench.handler.say(AdditionalOutputs("early"), ("frame", AdditionalOutputs("last")))
    bench.handler.say(CloseStream("Bye."))
    await until(lambda: bench.session.ending)
    await bench.session.aclose()
    box = desk.mailbox("page")
    assert box is not None
    assert box.count() == {"waiting": 2, "taken": 0}
    first = box.take("r")
    assert first is not None
    assert (first.webrtc_id, first.outputs.args) == ("a", ("early",))
    assert taken(box) == ["last"]


async def test_a_page_that_comes_back_finds_what_it_has_missed_and_is_told() -> None:
    desk = OutputStore()
    old = await streaming(desk, "a")
    old.handler.say(AdditionalOutputs("before"))
    await until(lambda: old.transport.sent("fetch_output"))
    await old.session.aclose()
    await asyncio.sleep(KEPT_SECONDS - 1)
    new = await streaming(desk, "b")
    assert len(new.transport.sent("fetch_output")) == 1
    new.handler.say(AdditionalOutputs("after"))
    await until(lambda: len(new.transport.sent("fetch_output")) == 2)
    await asyncio.sleep(KEPT_SECONDS + 1)
    assert taken(desk.mailbox("page")) == ["before", "after"]
    await new.session.aclose()


async def test_a_new_page_is_not_told_of_outputs_that_do_not_exist() -> None:
    desk = OutputStore()
    bench = await streaming(desk, "a")
    assert bench.transport.sent("fetch_output") == []
    await bench.session.aclose()


async def test_pages_do_not_see_each_others_outputs() -> None:
    desk = OutputStore()
    benches = [await streaming(desk, f"id-{n}", owner=f"page-{n}") for n in range(10)]
    for n, bench in enumerate(benches):
        bench.handler.say(AdditionalOutputs(n), AdditionalOutputs(n))
    await settle()
    for n, bench in enumerate(benches):
        assert taken(desk.mailbox(f"page-{n}")) == [n, n]
        await bench.session.aclose()
    assert desk.mailbox(None) is None


async def test_what_nobody_fetches_is_let_go_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    desk = OutputStore()
    bench = await streaming(desk, "a")
    bench.handler.say(*(AdditionalOutputs(n) for n in range(OUTPUT_CAPACITY + 7)))
    await until(lambda: len(bench.transport.sent("fetch_output")) == OUTPUT_CAPACITY + 7)
    await bench.session.aclose()
    caplog.set_level(logging.WARNING)
    await asyncio.sleep(KEPT_SECONDS - 1)
    assert desk.mailbox("page") is not None
    await asyncio.sleep(2)
    assert desk.mailbox("page") is None
    assert "did not fetch 1000 additional outputs, and lost 7 before" in caplog.text


async def test_outputs_are_kept_for_a_reader_by_id_when_nobody_listens() -> None:
    desk = OutputStore()
    for owner, readers in (("page", ()), (None, ("r",))):
        bench = await streaming(desk, "a", owner=owner, readers=readers)
        bench.handler.say(AdditionalOutputs(1))
        await until(lambda bench=bench: bench.transport.sent("fetch_output"))
        assert outputs_of(bench.session).mailbox is None
        await bench.session.aclose()
        left = desk.left_of("a")
        assert left is not None
        assert [outputs.args async for outputs in left] == [(1,)]
    await asyncio.sleep(KEPT_SECONDS + 1)
    assert desk.left_of("a") is None


async def test_a_reader_by_id_reads_beside_the_pages_listeners() -> None:
    desk = OutputStore()
    bench = await streaming(desk, "a")
    bench.handler.say(AdditionalOutputs("unseen"))
    await until(lambda: bench.transport.sent("fetch_output"))
    assert len(outputs_of(bench.session)) == 0, "kept for nobody"
    reading = bench.session.outputs.read()
    bench.handler.say(AdditionalOutputs("seen"))
    await until(lambda: len(bench.transport.sent("fetch_output")) == 2)
    await bench.session.aclose()
    assert [outputs.args async for outputs in reading] == [("seen",)]
    assert taken(desk.mailbox("page")) == ["unseen", "seen"]


async def test_what_ended_sessions_leave_is_bounded() -> None:
    desk = OutputStore()
    for n in range(MAX_KEPT + 1):
        bench = await streaming(desk, f"id-{n}", owner=None)
        bench.handler.say(AdditionalOutputs(n))
        await until(lambda bench=bench: bench.transport.sent("fetch_output"))
        await bench.session.aclose()
    assert desk.left_of("id-0") is None
    assert desk.left_of(f"id-{MAX_KEPT}") is not None
    desk.clear()
    assert desk.left_of(f"id-{MAX_KEPT}") is None
    assert desk.left_of(None) is None
