"""What Prometheus reads of an app: every figure where it belongs, and two apps that do not meet."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import gradio as gr
import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from gradio_webrtc import ConfigurationError, Stream, TurnTimings, WebRTC, serve_metrics
from gradio_webrtc.server.operation.metrics import LoopFigures, look_at_loop, write_metrics
from gradio_webrtc.server.stream_host import StreamHost
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.turns.timing.turn_feed import TURN_FEED
from tests.support.registry import start
from tests.support.sessions import marked, settle

IDLE = LoopFigures(0.0, 0.0, 0.0)
Figures = dict[tuple[str, ...], float]


def parsed(text: str) -> Figures:
    """Return the figures by name and labels, as a reader of Prometheus's takes them."""
    found: Figures = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = sorted(sample.labels.items(), key=lambda each: each[0] != "stream")
            key = [sample.name.removeprefix("gradio_webrtc_"), *(value for _, value in labels)]
            found[tuple(key)] = sample.value
    return found


def figures(hosts: Iterable[StreamHost], loop: LoopFigures = IDLE) -> Figures:
    return parsed(write_metrics(hosts, loop)[0].decode())


def stream(limit: int | None = 2) -> StreamHost:
    return Stream(lambda image: image, modality="video", concurrency_limit=limit).host


async def test_a_session_passes_through_the_figures() -> None:
    host = stream()
    place = host.registry.claim("a", None)
    session = start(host.registry, place)
    host._sessions.add(session)
    host.answering.tally.session_started(session)
    found = figures([host])
    assert found["sessions", "stream", "connecting"] == 1
    assert found["sessions_started_total", "stream"] == 1
    session.on_connected()
    await settle()
    assert figures([host])["sessions", "stream", "open"] == 1
    session.end(CloseReason.PEER_LOST)
    await session.aclose()
    found = figures([host])
    states = ("connecting", "open", "closing")
    assert [found["sessions", "stream", state] for state in states] == [0, 0, 0]
    assert found["sessions_ended_total", "stream", "peer_lost"] == 1
    assert found["sessions_ended_total", "stream", "handler_error"] == 0, "known beforehand"


async def test_what_is_dropped_is_seen_while_the_session_lives_and_counted_once() -> None:
    host = stream()
    session = start(host.registry, host.registry.claim("a", None))
    host._sessions.add(session)
    host.answering.tally.session_started(session)
    for _ in range(2000):
        session.on_audio(marked(1))
    before = figures([host])["dropped_total", "stream", "audio"]
    assert before > 0
    await session.aclose()
    assert figures([host])["dropped_total", "stream", "audio"] == before


async def test_places_the_line_and_errors() -> None:
    host, endless = stream(), stream(None)
    endless.name = "endless"
    await host.signal({"type": "nonsense"})
    found = figures([host, endless])
    assert found["places", "stream"] == 2
    assert ("places", "endless") not in found
    assert found["waiting", "stream"] == found["draining", "stream"] == 0
    assert found["errors_total", "stream", "invalid_request"] == 1
    host.registry.draining = True
    assert figures([host])["draining", "stream"] == 1


async def test_hosts_of_one_name_are_one_line_each() -> None:
    one = stream()
    beside = one.beside(one.settings)
    one.answering.tally.error("invalid_offer")
    text = write_metrics([one, beside, stream()], IDLE)[0].decode()
    lines = [line.rpartition(" ")[0] for line in text.splitlines() if not line.startswith("#")]
    assert len(lines) == len(set(lines)), "Prometheus takes no line twice"
    found = parsed(text)
    assert found["errors_total", "stream", "invalid_offer"] == 1, "shared, so counted once"
    assert found["places", "stream"] == 4


async def test_the_event_loop() -> None:
    found = figures([], LoopFigures(0.5, 3.0, 7.0))
    assert found["event_loop_lag_seconds",] == 0.5
    assert found["event_loop_blocked_seconds_total",] == 3
    assert found["event_loop_cpu_seconds_total",] == 7
    assert found["process_cpu_seconds_total",] > 0
    seen = await look_at_loop()
    assert seen.lag_s >= 0
    assert seen.cpu_s > 0


async def test_two_apps_of_one_process_do_not_meet() -> None:
    known = {family.name for family in REGISTRY.collect()}
    texts = []
    for path in ("/one", "/two"):
        app = FastAPI()
        Stream(lambda image: image, modality="video").mount(app, path, metrics=True)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await client.get(f"{path}/webrtc/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=")
        texts.append(answer.text)
    assert parsed(texts[0])["places", "/one"] == parsed(texts[1])["places", "/two"] == 1
    assert "/one" not in texts[1]
    assert {family.name for family in REGISTRY.collect()} == known, "the process's own is untouched"


async def test_without_asking_there_are_none() -> None:
    app = FastAPI()
    Stream(lambda image: image, modality="video").mount(app)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/webrtc/metrics")).status_code == 404


async def test_a_gradio_app_calls_its_streams_by_their_labels() -> None:
    with gr.Blocks(analytics_enabled=False) as demo:
        for label, limit in (("front", 2), ("back", 3)):
            video = WebRTC(label=label, modality="video")
            video.stream(lambda image: image, [video], [video], concurrency_limit=limit)
    app = FastAPI()
    serve_metrics(app, demo)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        found = parsed((await client.get("/webrtc/metrics")).text)
    assert (found["places", "front"], found["places", "back"]) == (2, 3)


def test_without_the_extra_its_author_gets_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    app, mounted = FastAPI(), Stream(lambda image: image, modality="video")
    before = len(app.routes)
    with pytest.raises(ConfigurationError, match=r"gradio_webrtc\[metrics\]"):
        mounted.mount(app, metrics=True)
    assert len(app.routes) == before
    with pytest.raises(ConfigurationError, match=r"gradio_webrtc\[metrics\]"):
        serve_metrics(app)


async def test_turns_and_how_long_their_answers_took() -> None:
    host = stream()
    session = start(host.registry, host.registry.claim("a", None))
    host.answering.tally.session_started(session)
    TURN_FEED.put(TurnTimings("a", 0.0, True, 1.0, 0.3, first_heard_s=0.8))
    found = figures([host])
    assert found["turns_total", "stream", "false"] == 1
    assert found["turn_seconds_count", "stream", "first_heard"] == 1
    assert found["turn_seconds_sum", "stream", "first_heard"] == 0.8
    text = write_metrics([host], IDLE)[0].decode()
    line = 'gradio_webrtc_turn_seconds_bucket{le="%s",stage="first_heard",stream="stream"} %s'
    assert line % ("0.75", "0.0") in text
    assert line % ("1.0", "1.0") in text
    assert line % ("+Inf", "1.0") in text
    await session.aclose()
