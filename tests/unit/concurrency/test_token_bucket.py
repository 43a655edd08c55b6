"""How much may happen in a while."""

from gradio_webrtc.concurrency.token_bucket import TokenBucket


def test_a_burst_passes_and_then_the_rate() -> None:
    bucket = TokenBucket(burst=3, rate=2)
    assert [bucket.take(1, 10.0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(1, 10.5) for _ in range(2)] == [True, False]
    assert [bucket.take(1, 100.0) for _ in range(4)] == [True, True, True, False]


def test_what_is_refused_costs_nothing() -> None:
    bucket = TokenBucket(burst=10, rate=1)
    assert not bucket.take(11, 0.0)
    assert bucket.take(10, 0.0)


def test_a_clock_that_goes_back_gives_nothing() -> None:
    bucket = TokenBucket(burst=1, rate=1)
    assert bucket.take(1, 5.0)
    assert not bucket.take(1, 1.0)
    assert bucket.take(1, 2.0)


def test_what_has_happened_is_owed_and_comes_back_with_time() -> None:
    bucket = TokenBucket(10, 2)
    assert bucket.spend(10, 0.0) == 0
    assert bucket.spend(4, 0.0) == 2
    assert not bucket.take(1, 1.0)
    assert bucket.spend(0, 1.0) == 1
    assert bucket.take(1, 2.5)
