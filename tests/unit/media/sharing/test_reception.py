"""What a viewer's reports say of its network."""

from __future__ import annotations

from gradio_webrtc.media.falling_estimate import APART_SECONDS, FLAT_SECONDS, MEMORY_SECONDS
from gradio_webrtc.media.sharing.reception import Reception


def test_an_estimate_alone_says_nothing() -> None:
    viewer = Reception()
    assert viewer.estimate is None
    viewer.estimated(150_000, 0.0)  # while nothing moves
    viewer.estimated(160_000, 1.0)
    assert viewer.estimate == 160_000
    assert not viewer.congested(1.0)


def test_one_that_falls_again_and_again_says_that_the_network_is_narrow() -> None:
    viewer = Reception()
    for at, estimate in ((0.0, 2_000_000), (1.0, 900_000), (1.0 + APART_SECONDS, 500_000)):
        assert not viewer.congested(at)
        viewer.estimated(estimate, at)
    assert viewer.congested(1.0 + APART_SECONDS)
    assert not viewer.congested(1.0 + APART_SECONDS + MEMORY_SECONDS)


def test_packets_are_spread_out_by_what_is_sent_while_the_network_is_narrow() -> None:
    viewer = Reception()
    viewer.sent = 600_000
    assert viewer.pacing_rate(0.0) is None
    for at in (1.0, 2.0):
        viewer.lost(0.4, at)
    assert viewer.pacing_rate(2.0) == 600_000
    assert viewer.pacing_rate(2.0 + MEMORY_SECONDS) is None


def test_a_moment_in_which_the_machine_stood_still_does_not() -> None:
    viewer = Reception()
    for at, estimate in ((0.0, 2_000_000), (1.0, 900_000), (1.2, 500_000), (1.4, 300_000)):
        viewer.estimated(estimate, at)
    assert not viewer.congested(1.4)
    viewer.estimated(200_000, 1.4 + 2 * MEMORY_SECONDS)  # nor does another long after
    assert not viewer.congested(1.4 + 2 * MEMORY_SECONDS)


def test_one_that_fell_and_stays_where_it_is_does_too() -> None:
    """It goes by what arrives, and cannot fall again while a long queue is emptied."""
    viewer = Reception()
    for at, estimate in ((0.0, 2_000_000), (1.0, 340_000), (2.0, 340_000), (2.9, 341_000)):
        viewer.estimated(estimate, at)
        assert not viewer.congested(at)
    viewer.estimated(341_000, 1.0 + FLAT_SECONDS)
    assert viewer.congested(1.0 + FLAT_SECONDS)
    recovers = Reception()
    for at, estimate in ((0.0, 2_000_000), (1.0, 700_000), (2.0, 728_000), (3.0, 757_000)):
        recovers.estimated(estimate, at)
    assert not recovers.congested(3.0)


def test_neither_do_losses_that_are_mended_but_many_do() -> None:
    viewer = Reception()
    for second, fraction in enumerate((0.06, 0.14, 0.1, 0.13)):  # a tenth, by chance
        viewer.lost(fraction, second)
        assert not viewer.congested(second)
    for second in (10.0, 11.0):
        assert not viewer.lossy(second)  # which may be a moment only
        viewer.lost(0.4, second)
    assert viewer.lossy(11.0)
    assert viewer.congested(11.0)
    for second in range(12, 20):
        viewer.lost(0.0, second)
    assert not viewer.lossy(13.0 + MEMORY_SECONDS)


def test_the_first_report_of_a_newcomer_alone_says_nothing() -> None:
    viewer = Reception()
    viewer.lost(0.4, 0.0)
    assert not viewer.lossy(0.0)
    viewer.lost(0.0, 1.0)
    viewer.lost(0.0, 2.0)
    assert viewer.takes is None


def test_many_losses_bring_down_what_it_can_take_of_what_it_is_sent_while_they_last() -> None:
    viewer = Reception()
    viewer.estimated(2_000_000, 0.0)
    viewer.sent = 1_000_000
    taken = []
    for second in range(5):
        viewer.lost(0.2, second)
        taken.append(viewer.takes)
    assert taken == [2_000_000, 900_000, 810_000, 729_000, 656_100]
    for second in range(5, 30):
        viewer.lost(0.05, second)  # such as no lower bitrate mends
    assert viewer.takes == 2_000_000
