"""The bad network of the tests does to packets what it is told to."""

from __future__ import annotations

import itertools

import pytest

from tests.support.network_model import OVERTAKEN_SECONDS, Link, Network

PACKETS = 20_000


def fates(network: Network, seed: int = 1) -> list[list[float]]:
    """Return when each of many packets arrives of which one is sent each 10 ms, at 0 s and on."""
    link = Link(network, seed)
    return [link.arrivals(100, number / 100) for number in range(PACKETS)]


def test_a_good_network_does_nothing() -> None:
    assert fates(Network()) == [[number / 100] for number in range(PACKETS)]


def test_the_same_seed_is_the_same_fate() -> None:
    network = Network(loss=0.1, burst=3, jitter=0.02, reorder=0.1, duplicates=0.1)
    assert fates(network) == fates(network)
    assert fates(network) != fates(network, seed=2)


@pytest.mark.parametrize("burst", [1.0, 3.0])
def test_as_many_are_lost_as_was_said_and_as_many_in_a_row(burst: float) -> None:
    lost = [not fate for fate in fates(Network(loss=0.1, burst=burst))]
    assert sum(lost) / PACKETS == pytest.approx(0.1, rel=0.1)
    runs = [len(list(run)) for gone, run in itertools.groupby(lost) if gone]
    # Losses that know nothing of each other follow each other one time in ten.
    assert sum(runs) / len(runs) == pytest.approx(max(burst, 1 / 0.9), rel=0.1)


def test_delay_and_jitter_keep_the_order() -> None:
    arrivals = [at for (at,) in fates(Network(delay=0.05, jitter=0.1))]
    delays = [at - number / 100 for number, at in enumerate(arrivals)]
    assert arrivals == sorted(arrivals)
    assert min(delays) >= 0.05
    assert max(delays) <= 0.15 + 1e-9


def test_some_are_overtaken_and_some_come_twice() -> None:
    found = fates(Network(reorder=0.2))
    late = [fate for number, fate in enumerate(found) if fate[0] > number / 100]
    assert len(late) / PACKETS == pytest.approx(0.2, rel=0.1)
    assert OVERTAKEN_SECONDS > 0.02  # two others at least
    twice = [fate for fate in fates(Network(duplicates=0.2)) if len(fate) == 2]
    assert len(twice) / PACKETS == pytest.approx(0.2, rel=0.1)


def test_no_more_goes_through_than_the_rate_and_none_waits_longer_than_the_queue() -> None:
    found = fates(Network(rate=40_000, queue=0.2))  # of 80,000 that are sent
    arrived = [(number / 100, fate[0]) for number, fate in enumerate(found) if fate]
    assert len(arrived) / PACKETS == pytest.approx(0.5, rel=0.01)
    assert max(at - sent for sent, at in arrived) <= 0.2 + 100 * 8 / 40_000 + 1e-9


def test_nothing_gets_through_an_outage() -> None:
    link = Link(Network(), 1)
    link.cut = True
    assert link.arrivals(100, 0.0) == []
    link.cut = False
    assert link.arrivals(100, 0.1) == [0.1]
    assert (link.sent, link.lost) == (2, 1)
