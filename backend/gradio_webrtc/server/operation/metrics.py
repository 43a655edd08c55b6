"""The figures of an app's streams as Prometheus reads them; needs the extra ``metrics``.

Everything is read when it is asked for, into a registry of its own: two apps of one process do not
meet, and an app that nobody asks pays for nothing but the counting of a few whole numbers.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradio_webrtc.concurrency.served_time import watch_of
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.server.operation.health import LIVE, package_version
from gradio_webrtc.server.operation.histogram import BOUNDS, Histogram
from gradio_webrtc.server.operation.tally import STAGES, Tally
from gradio_webrtc.server.session_registry import SessionRegistry
from gradio_webrtc.server.stream_host import StreamHost
from gradio_webrtc.session.state import CloseReason

if TYPE_CHECKING:
    from prometheus_client import Metric

LOOK_SECONDS = 0.01
"""How long a look at the event loop's lag takes."""

KINDS = ("audio", "video", "outputs", "messages")

Count = Counter[tuple[str, ...]]
"""Figures by their labels."""

INSTALL = 'metrics need a package: pip install "gradio_webrtc[metrics]"'


def check_installed() -> None:
    """Check that figures can be written.

    Raises:
        ConfigurationError: the extra is not installed; the text has the command.
    """
    try:
        import prometheus_client  # noqa: F401 - an extra
    except ImportError:
        raise ConfigurationError(INSTALL) from None


@dataclass(frozen=True)
class LoopFigures:
    """The event loop that asks.

    Attributes:
        lag_s: how late it was just now.
        blocked_s: seconds for which it stood still while there were sessions.
        cpu_s: CPU time of its thread.
    """

    lag_s: float
    blocked_s: float
    cpu_s: float


async def look_at_loop() -> LoopFigures:
    """Return how the running event loop is."""
    loop = asyncio.get_running_loop()
    due = loop.time() + LOOK_SECONDS
    await asyncio.sleep(LOOK_SECONDS)
    return LoopFigures(max(0.0, loop.time() - due), watch_of(loop).stood_still, time.thread_time())


def write_metrics(hosts: Iterable[StreamHost], loop: LoopFigures) -> tuple[bytes, str]:
    """Return the figures of ``hosts`` as text, and its content type."""
    from prometheus_client import (
        CONTENT_TYPE_LATEST,
        CollectorRegistry,
        generate_latest,
    )

    registry = CollectorRegistry()
    registry.register(_Collector(list(hosts), loop))
    return generate_latest(registry), CONTENT_TYPE_LATEST


class _Collector:
    """What Prometheus's library asks, once."""

    def __init__(self, hosts: list[StreamHost], loop: LoopFigures) -> None:
        self._loop = loop
        self._streams: dict[str, list[StreamHost]] = {}
        for host in hosts:
            self._streams.setdefault(host.name, []).append(host)

    def describe(self) -> list[Metric]:
        """Name nothing beforehand."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield every figure."""
        yield from self._process()
        yield from self._now()
        yield from self._since_start()
        yield from self._turns()

    def _process(self) -> Iterator[Metric]:
        yield _table(
            "gauge", "info", "Version of the package", "version", {(package_version(),): 1}
        )
        for name, text, value in (
            ("event_loop_blocked_seconds", "Event loop stood still", self._loop.blocked_s),
            ("event_loop_cpu_seconds", "CPU time of the event loop's thread", self._loop.cpu_s),
            ("process_cpu_seconds", "CPU time of the process", time.process_time()),
        ):
            yield _table("counter", name, text, "", {(): value})
        lag: dict[tuple[str, ...], float] = {(): self._loop.lag_s}
        yield _table("gauge", "event_loop_lag_seconds", "How late the event loop was", "", lag)

    def _now(self) -> Iterator[Metric]:
        sessions = Count()
        places, waiting, draining = Count(), Count(), Count()
        for name, hosts in self._streams.items():
            for state in LIVE:
                sessions[name, state.value] = 0
            sessions.update((name, each.state.value) for host in hosts for each in host.live())
            registries = _registries(hosts)
            if all(each.limit is not None for each in registries):
                places[name,] = sum(each.limit or 0 for each in registries)
            waiting[name,] = sum(len(each.line) for each in registries)
            draining[name,] = int(any(host.draining for host in hosts))
        yield _table("gauge", "sessions", "Sessions that live", "stream state", sessions)
        yield _table("gauge", "places", "Sessions that may live at once", "stream", places)
        yield _table("gauge", "waiting", "Clients in the waiting line", "stream", waiting)
        yield _table("gauge", "draining", "Whether nobody new is let in", "stream", draining)

    def _since_start(self) -> Iterator[Metric]:
        started, ended = Count(), Count()
        dropped, errors = Count(), Count()
        for name, hosts in self._streams.items():
            started[name,] = 0
            ended.update({(name, reason.value): 0 for reason in CloseReason})
            dropped.update({(name, kind): 0 for kind in KINDS})
            for tally in _tallies(hosts):
                started[name,] += tally.started
                ended.update({(name, reason): each for reason, each in tally.ended.items()})
                errors.update({(name, code): each for code, each in tally.errors.items()})
                dropped.update({(name, kind): each for kind, each in tally.dropped.items()})
            for session in (each for host in hosts for each in host.live()):
                losses = session.losses.by_kind()
                dropped.update({(name, kind): each for kind, each in losses.items()})
        yield _table("counter", "sessions_started", "Sessions opened", "stream", started)
        yield _table(
            "counter", "sessions_ended", "Sessions over, by reason", "stream reason", ended
        )
        yield _table("counter", "dropped", "What sessions dropped", "stream kind", dropped)
        yield _table("counter", "errors", "Requests refused, by code", "stream code", errors)

    def _turns(self) -> Iterator[Metric]:
        from prometheus_client.core import HistogramMetricFamily

        turns = Count()
        text = "From the end of speech to each stage of its answer"
        family = HistogramMetricFamily(
            "gradio_webrtc_turn_seconds", text, labels=("stream", "stage")
        )
        bounds = [*(str(bound) for bound in BOUNDS), "+Inf"]
        for name, hosts in self._streams.items():
            tallies = _tallies(hosts)
            turns[name, "true"] = sum(tally.turns[True] for tally in tallies)
            turns[name, "false"] = sum(tally.turns[False] for tally in tallies)
            for stage in STAGES:
                found = Histogram()
                for tally in tallies:
                    found.include(tally.latencies[stage])
                buckets = list(zip(bounds, found.cumulative(), strict=True))
                family.add_metric((name, stage), buckets, found.total)
        yield _table("counter", "turns", "Turns that are over", "stream interrupted", turns)
        yield family


def _table(
    kind: str, name: str, text: str, labels: str, values: Mapping[tuple[str, ...], float]
) -> Metric:
    from prometheus_client.core import (
        CounterMetricFamily,
        GaugeMetricFamily,
    )

    make = CounterMetricFamily if kind == "counter" else GaugeMetricFamily
    family = make(f"gradio_webrtc_{name}", text, labels=labels.split())
    for key, value in values.items():
        family.add_metric(key, value)
    return family


def _registries(hosts: Iterable[StreamHost]) -> list[SessionRegistry]:
    return list({id(host.registry): host.registry for host in hosts}.values())


def _tallies(hosts: Iterable[StreamHost]) -> list[Tally]:
    return list({id(host.answering.tally): host.answering.tally for host in hosts}.values())
