"""What a viewer's reports say of its network."""

from __future__ import annotations

from gradio_webrtc.media.sharing.reception import APART_SECONDS, MEMORY_SECONDS, Reception


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


def test_a_moment_in_which_the_machine_stood_still_does_not() -> None:
    viewer = Reception()
    for at, estimate in ((0.0, 2_000_000), (1.0, 900_000), (1.2, 500_000), (1.4, 300_000)):
        viewer.estimated(estimate, at)
    assert not viewer.congested(1.4)
    viewer.estimated(200_000, 1.4 + 2 * MEMORY_SECONDS)  # nor does another long after
    assert not viewer.congested(1.4 + 2 * MEMORY_SECONDS)


def test_neither_do_losses_that_are_mended_but_many_do() -> None:
    viewer = Reception()
    for second, fraction in enumerate((0.06, 0.14, 0.1, 0.13)):  # a tenth, by chance
        viewer.lost(fraction, second)
        assert not viewer.congested(second)
    viewer.lost(0.4, 10.0)
    viewer.lost(0.0, 11.0)
    assert viewer.lossy(11.0)
    assert viewer.congested(11.0)
    for second in range(12, 20):
        viewer.lost(0.0, second)
    assert not viewer.lossy(12.0 + MEMORY_SECONDS)
