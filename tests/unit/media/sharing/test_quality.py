"""Who gets which of two qualities, and what both are."""

from __future__ import annotations

import pytest

from gradio_webrtc.media.sharing.quality import Qualities, Quality
from gradio_webrtc.media.sharing.reception import Reception
from gradio_webrtc.media.sharing.reduced_bitrate import LEAST_SHARE, PATIENCE

LIMIT = 2_000_000


def viewer(estimate: int | None, *, narrow: bool = False, loss: float = 0.0) -> Reception:
    """Return a viewer at 10 s that can take so much, on a network that is too narrow."""
    made = Reception()
    if estimate is not None:
        made.estimated(4 * estimate if narrow else estimate, 7.0)
        made.estimated(2 * estimate if narrow else estimate, 8.0)
        made.estimated(estimate, 9.5)
    for at in (8.5, 9.5):
        made.lost(loss, at)
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


def test_nor_does_one_that_can_take_most_of_what_they_can() -> None:
    qualities = Qualities(LIMIT)
    viewers = [viewer(3_000_000), viewer(1_500_000, narrow=True)]
    assert settled(qualities, viewers) == ["full", "reduced"]
    assert (qualities.full.target, qualities.reduced.target) == (LIMIT, 1_500_000)


def test_who_is_as_fast_but_for_a_tenth_shares_with_the_others() -> None:
    viewers = [viewer(3_000_000), viewer(1_900_000, narrow=True)]
    assert settled(Qualities(LIMIT), viewers) == ["full", "full"]


def test_those_who_are_all_alike_share_what_they_can_take() -> None:
    qualities = Qualities(LIMIT)
    viewers = [viewer(700_000, narrow=True), viewer(720_000, narrow=True)]
    assert settled(qualities, viewers) == ["full", "full"]
    assert qualities.full.target == 700_000


@pytest.mark.parametrize("estimate", [150_000, 900_000])
def test_an_estimate_without_a_sign_takes_nothing_from_anybody(estimate: int) -> None:
    """It was made while nothing moved, or it fell once, as a machine's does that stood still."""
    qualities = Qualities(LIMIT)
    settled(qualities, [viewer(3_000_000)])
    fell = viewer(estimate)
    fell.estimated(2 * estimate, 9.6)
    fell.estimated(estimate, 9.7)
    viewers = {viewer(3_000_000): "full", fell: "full"}
    chosen = qualities.choose(viewers, 20.0)
    qualities.aim(chosen, 20.0)
    assert set(chosen.values()) == {"full"}
    assert qualities.full.target == LIMIT


def test_an_estimate_that_is_still_small_only_waits_for_more() -> None:
    qualities = Qualities(LIMIT)
    assert settled(qualities, [viewer(3_000_000), viewer(150_000)]) == ["full", "full"]
    assert qualities.full.target == LIMIT // 2


def test_nonsense_takes_nothing_from_others_and_silence_moves_nobody() -> None:
    qualities = Qualities(LIMIT)
    viewers = [viewer(10**12), viewer(1_600_000, narrow=True), viewer(None)]
    assert settled(qualities, viewers) == ["full", "reduced", "full"]
    assert qualities.reduced.target == 1_600_000


def test_losses_move_one_that_estimates_nothing() -> None:
    assert settled(Qualities(LIMIT), [viewer(3_000_000), viewer(None, loss=0.3)])[1] == "reduced"


def test_a_slow_viewer_that_is_alone_gets_less_than_a_quarter_too() -> None:
    qualities = Qualities(LIMIT)
    assert settled(qualities, [viewer(200_000, narrow=True)]) == ["reduced"]
    assert qualities.reduced.target == 200_000


def test_but_not_less_than_anything_is_seen_with() -> None:
    qualities = Qualities(LIMIT)
    assert settled(qualities, [viewer(3_000_000), viewer(10_000, narrow=True)])[1] == "reduced"
    assert qualities.reduced.target == LIMIT // LEAST_SHARE


def test_who_loses_much_gets_half_of_the_bits_however_fast() -> None:
    qualities = Qualities(LIMIT)
    assert settled(qualities, [viewer(3_000_000), viewer(3_000_000, loss=0.15)])[1] == "reduced"
    assert (qualities.full.target, qualities.reduced.target) == (LIMIT, LIMIT // 2)


def test_it_goes_down_by_steps_while_losses_last_and_the_others_keep_theirs() -> None:
    """On a network of 400 kbit/s, whose receiver estimates half again of what comes."""
    qualities, network = Qualities(LIMIT), 400_000
    good, slow = viewer(3_000_000), Reception()
    has: dict[Reception, Quality] = {good: "full", slow: "full"}
    qualities.aim({good: "full"}, 0.0)
    targets = []
    for second in range(1, 9):
        slow.sent = (qualities.full if has[slow] == "full" else qualities.reduced).target
        slow.estimated(600_000, second)
        slow.lost(max(0.0, 1 - network / slow.sent), second)
        has = qualities.choose(has, second)
        qualities.aim(has, second)
        targets.append(qualities.reduced.target)
        assert qualities.full.target == LIMIT
    assert has == {good: "full", slow: "reduced"}
    assert 250_000 < targets[-1] < network * 1.1
    assert len(set(targets)) >= 3


def test_the_way_back_leads_up_when_the_network_has_room_again() -> None:
    qualities = Qualities(LIMIT)
    good, slow = viewer(3_000_000), viewer(300_000, narrow=True)
    settled(qualities, [good, slow])
    has: dict[Reception, Quality] = {good: "full", slow: "reduced"}
    now, steps = 10.0 + PATIENCE, []
    while has[slow] == "reduced":
        # A receiver finds out that it can take half again of what it is sent.
        slow.estimated(qualities.reduced.target * 3 // 2, now)
        has = qualities.choose(has, now)
        qualities.aim(has, now)
        steps.append(qualities.reduced.target)
        now += 1.0
        assert now < 60.0
    assert steps == sorted(steps)
    assert qualities.full.target == LIMIT
