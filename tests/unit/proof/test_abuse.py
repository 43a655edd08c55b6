"""What the abuse of a server makes of the neighbours' delays, and the handlers it does it with."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from proof.abuse import overload, parts
from proof.abuse.bad_handlers import MISTAKES
from proof.abuse.handlers import Raises, RaisesWhenMade
from proof.abuse.neighbours import Beside, findings, percentile
from proof.abuse.server import PICTURES, SOUND
from proof.calls.server import MOST_WAITING, LiveEcho

ALONE = [100.0] * 18 + [110.0] * 2


def broken(beside: Beside, *, asked: bool = True) -> int:
    return sum(not row.held for row in findings("it", beside, asked=asked))


def test_neighbours_who_notice_nothing() -> None:
    assert broken(Beside([ALONE], [[110.0] * 20])) == 0


def test_what_is_in_one_round_of_three_is_not_of_the_abuse() -> None:
    late = [100.0] * 18 + [400.0] * 2
    assert broken(Beside([ALONE] * 3, [ALONE, late, ALONE])) == 0
    assert broken(Beside([ALONE] * 3, [late, late, ALONE])) == 1


@pytest.mark.parametrize(
    "beside",
    [
        Beside([ALONE], [[130.0] * 12 + [100.0] * 8]),
        Beside([ALONE], [[100.0] * 18 + [400.0] * 2]),
        Beside([ALONE], [[100.0] * 10]),
        Beside([ALONE], [ALONE], lost=1),
        Beside([ALONE], [[]]),
        Beside([ALONE] * 3, [ALONE, ALONE, []]),
        Beside([], []),
    ],
    ids=["later", "later at times", "half of it", "hung up", "nothing", "a round of it", "none"],
)
def test_neighbours_who_notice_it(beside: Beside) -> None:
    assert broken(beside) >= 1
    assert broken(beside, asked=False) == 0


def test_the_percentile_of_nothing_is_no_number() -> None:
    assert percentile([], 0.5) != percentile([], 0.5)
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([3.0, 1.0, 2.0], 1.0) == 3.0


def test_every_mistake_has_a_handler_that_makes_it() -> None:
    for mistake in MISTAKES:
        for name in mistake.handlers.split(","):
            assert name in (PICTURES if mistake.pictures else SOUND)
    assert set(parts()) == {"handlers", "loop", "overload", "bodies", "disk", "clock"}


def test_handlers_raise_where_they_say() -> None:
    with pytest.raises(RuntimeError, match="in copy"):
        Raises("copy").copy()
    with pytest.raises(RuntimeError, match="in shutdown"):
        Raises("shutdown").copy().shutdown()
    RaisesWhenMade()
    with pytest.raises(RuntimeError, match="in __init__"):
        RaisesWhenMade()


async def test_the_echo_that_is_measured_keeps_a_tenth_of_a_second() -> None:
    echo = LiveEcho()
    for number in range(100):
        await echo.receive((48_000, np.full((1, 960), number, np.int16)))
    _, oldest = await asyncio.wait_for(echo.emit(), 30)
    assert oldest[0, 0] == 100 - MOST_WAITING


@pytest.mark.parametrize(
    ("under", "after", "lost", "broken_rows"),
    [
        ([[2000.0], [3000.0]], [90.0], 0, 0),
        ([[2000.0], [9000.0]], [90.0], 0, 1),
        ([[2000.0], []], [90.0], 0, 1),
        ([[2000.0]], [500.0], 1, 2),
    ],
    ids=["in bounds", "later and later", "not heard", "lost, and late ever after"],
)
def test_what_too_much_work_makes_of_sound(
    under: list[list[float]], after: list[float], lost: int, broken_rows: int
) -> None:
    rows = overload.findings([80.0], under, after, lost)
    assert sum(not row.held for row in rows) == broken_rows
