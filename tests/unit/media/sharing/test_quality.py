"""Who gets which of two qualities, and what both are."""

from __future__ import annotations

import pytest

from gradio_webrtc.media.sharing.quality import REDUCED_LEAST_SHARE, Qualities, Quality
from gradio_webrtc.media.sharing.reception import Reception

LIMIT = 2_000_000


def viewer(estimate: int | None, *, narrow: bool = False, loss: float = 0.0) -> Reception:
    """Return a viewer at 10 s that can take so much, on a network that is too narrow."""
    made = Reception()
    if estimate is not None:
        made.estimated(4 * estimate if narrow else estimate, 7.0)
        made.estimated(2 * estimate if narrow else estimate, 8.0)
        made.estimated(estimate, 9.5)
    made.lost(loss, 9.5)
    return made


def settled(qualities: Qualities, viewers: list[Reception]) -> list[Quality]:
    """Let them all begin with everything; return what they get."""
    chosen = qualities.choose(dict.fromkeys(viewers, "full"), 10.0)
    qualities.aim(chosen, 10.0)
    return [chosen[each] for each in viewers]


@pytest.mark.parametrize("good", [1, 2, 3, 49])
def test_one_slow_viewer_takes_nothing_from_the_others(good: int) -> None:
    qualities = Qualities(LIMIT)
    viewers = [*(viewer(3_000_000) for _ in range(good)), viewer(300_000, narrow=True)]
    assert settled(qualities, viewers) == ["full"] * good + ["reduced"]
    assert (qualities.full.target, qualities.reduced.target) == (LIMIT, 300_000)


def test_who_is_nearly_as_fast_shares_with_the_others() -> None:
    qualities = Qualities(LIMIT)
    viewers = [viewer(3_000_000), viewer(1_500_000, narrow=True)]
    assert settled(qualities, viewers) == ["full", "full"]
    assert qualities.full.target == 1_500_000


def test_an_estimate_that_was_made_while_nothing_moved_takes_nothing_from_its_viewer() -> None:
    assert settled(Qualities(LIMIT), [viewer(3_000_000), viewer(150_000)]) == ["full", "full"]


def test_nonsense_and_silence_move_nobody() -> None:
    viewers = [viewer(10**12), viewer(1_600_000, narrow=True), viewer(None)]
    assert settled(Qualities(LIMIT), viewers) == ["full"] * 3


def test_a_slow_viewer_that_is_alone_gets_less_than_a_quarter_too() -> None:
    qualities = Qualities(LIMIT)
    assert settled(qualities, [viewer(200_000, narrow=True)]) == ["reduced"]
    assert qualities.reduced.target == 200_000


def test_but_not_less_than_anything_is_seen_with() -> None:
    qualities = Qualities(LIMIT)
    assert settled(qualities, [viewer(3_000_000), viewer(10_000, narrow=True)])[1] == "reduced"
    assert qualities.reduced.target == LIMIT // REDUCED_LEAST_SHARE


def test_who_loses_much_gets_half_of_the_bits_however_fast() -> None:
    qualities = Qualities(LIMIT)
    assert settled(qualities, [viewer(3_000_000), viewer(3_000_000, loss=0.15)])[1] == "reduced"
    assert (qualities.full.target, qualities.reduced.target) == (LIMIT, LIMIT // 2)


def test_the_way_back_leads_up_when_the_network_has_room_again() -> None:
    qualities = Qualities(LIMIT)
    good, slow = viewer(3_000_000), viewer(300_000, narrow=True)
    settled(qualities, [good, slow])
    has: dict[Reception, Quality] = {good: "full", slow: "reduced"}
    now, steps = 30.0, []
    while has[slow] == "reduced":
        # A receiver finds out that it can take half again of what it is sent.
        slow.estimated(qualities.reduced.target * 3 // 2, now)
        has = qualities.choose(has, now)
        qualities.aim(has, now)
        steps.append(qualities.reduced.target)
        now += 3.0
        assert len(steps) < 10
    assert steps == sorted(steps)
    assert qualities.full.target == LIMIT
