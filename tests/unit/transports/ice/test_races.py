"""The first answer wins, the dead are not waited for, and losers are gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import pytest

from gradio_webrtc.transports.ice.races import answers_in_time, race

pytestmark = pytest.mark.looptime

Attempt = Callable[[], Coroutine[Any, Any, str]]
DEAD = 1e6


class Runners:
    """Attempts that note when they began and whether they were cancelled."""

    def __init__(self) -> None:
        self.began: dict[str, float] = {}
        self.cancelled: list[str] = []

    def runner(self, name: str, seconds: float, *, fails: bool = False) -> Attempt:
        return partial(self._run, name, seconds, fails)

    async def _run(self, name: str, seconds: float, fails: bool) -> str:
        self.began[name] = round(asyncio.get_running_loop().time(), 3)
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            self.cancelled.append(name)
            raise
        if fails:
            raise ConnectionRefusedError(name)
        return name


def now() -> float:
    return round(asyncio.get_running_loop().time(), 3)


async def settled() -> None:
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == 1


async def test_the_first_has_the_field_to_itself() -> None:
    run = Runners()
    assert await race([run.runner("a", 0.1), run.runner("b", 0)], 0.2) == ["a"]
    assert (now(), run.began) == (0.1, {"a": 0})


async def test_a_dead_one_costs_its_stagger() -> None:
    run = Runners()
    attempts = [run.runner("dead", DEAD), run.runner("dead too", DEAD), run.runner("c", 0.1)]
    assert await race(attempts, 0.2) == ["c"]
    assert (now(), run.began) == (0.5, {"dead": 0, "dead too": 0.2, "c": 0.4})
    await settled()
    assert sorted(run.cancelled) == ["dead", "dead too"]


async def test_one_that_refuses_makes_way_at_once() -> None:
    run = Runners()
    attempts = [run.runner("a", 0.01, fails=True), run.runner("b", 0.02)]
    assert await race(attempts, 10) == ["b"]
    assert now() == 0.03


async def test_a_slow_one_still_wins() -> None:
    run = Runners()
    assert await race([run.runner("slow", 0.5), run.runner("dead", DEAD)], 0.2) == ["slow"]
    assert now() == 0.5
    await settled()


async def test_nobody_is_left_when_all_fail_or_there_is_nobody() -> None:
    run = Runners()
    attempts = [run.runner(name, 0.1, fails=True) for name in "abc"]
    assert await race(attempts, 0.0) == []
    assert await race([], 0.0) == []
    await settled()


async def test_who_gives_up_cancels_them_all() -> None:
    run = Runners()
    racing = asyncio.ensure_future(race([run.runner("a", DEAD), run.runner("b", DEAD)], 0.1))
    await asyncio.sleep(0.5)
    racing.cancel()
    await asyncio.wait({racing})
    await settled()
    assert sorted(run.cancelled) == ["a", "b"]


async def one(name: str, seconds: float) -> list[str]:
    await asyncio.sleep(seconds)
    return [name] if name else []


def wait(*kinds: list[Coroutine[Any, Any, list[str]]]) -> Coroutine[Any, Any, list[str]]:
    return answers_in_time(kinds, none_s=3.0, some_s=0.8, enough_s=0.2)


@pytest.mark.parametrize(
    ("kinds", "names", "seconds"),
    [
        ([[("a", 0.1)], [("b", 0.3)]], "ab", 0.3),
        ([[("a", 0.1)], [("dead", DEAD)]], "a", 0.9),
        ([[("a", 0.1)], [("late", 0.85)]], ["a", "late"], 0.85),
        ([[("a", 0.1), ("dead", DEAD)], [("b", 0.3)]], "ab", 0.5),
        ([[("a", 0.1), ("dead", DEAD)]], "a", 0.3),
        ([[("a", 0.1), ("dead", DEAD)], []], "a", 0.3),
        ([[("a", 0.1)], [("", 0.4)]], "a", 0.4),
        ([[("a", 0.1), ("dead", DEAD)], [("", 0.4)]], "a", 0.6),
        ([[("dead", DEAD)], [("late", 2.9)]], ["late"], 3.0),
        ([[("dead", DEAD)], [("dead", DEAD)]], "", 3.0),
        ([[("", 0.1)], [("", 0.2)]], "", 0.2),
        ([[], []], "", 0.0),
    ],
)
async def test_how_long_is_waited(
    kinds: list[list[tuple[str, float]]], names: str | list[str], seconds: float
) -> None:
    found = await wait(*[[one(*each) for each in kind] for kind in kinds])
    assert (found, now()) == (list(names), seconds)
    await settled()
