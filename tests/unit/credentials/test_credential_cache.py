"""One request for many callers, kept until shortly before it expires, whoever gives up."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from gradio_webrtc.credentials import credential_cache
from gradio_webrtc.credentials.credential_cache import CredentialCache
from gradio_webrtc.credentials.credential_request import CredentialRequest, hugging_face_request
from gradio_webrtc.errors import TurnCredentialsError
from tests.support.thread_fixtures import run_until, wait_until
from tests.support.turn_provider import HF_TOKEN, Provider


class Clock:
    """A clock that a test turns."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def request(ttl: int = 600) -> CredentialRequest:
    return hugging_face_request(HF_TOKEN, ttl)


@pytest.mark.parametrize(("ttl", "kept_s"), [(600, 540), (100, 90), (86_400, 86_340), (1, 0.9)])
def test_kept_until_shortly_before_it_expires(ttl: int, kept_s: float, provider: Provider) -> None:
    clock = Clock()
    cache = CredentialCache(clock)
    for offset in (0, kept_s * 0.99):
        clock.now = 100 + offset
        cache.get(request(ttl))
        assert len(provider.asked) == 1
    clock.now = 100 + kept_s + 0.01
    cache.get(request(ttl))
    assert len(provider.asked) == 2


def test_each_request_has_an_answer_of_its_own(provider: Provider) -> None:
    cache = CredentialCache()
    for ttl in (600, 700, 600):
        cache.get(request(ttl))
    assert [path for path, _ in provider.asked] == ["/credentials?ttl=600", "/credentials?ttl=700"]


def test_what_a_caller_does_to_its_answer_changes_no_others(provider: Provider) -> None:
    cache = CredentialCache()
    cache.get(request())["iceServers"].clear()
    assert cache.get(request())["iceServers"]


async def test_one_who_needs_it_longer_asks_again(provider: Provider) -> None:
    clock = Clock()
    cache = CredentialCache(clock)
    await cache.aget(request())
    clock.now += 200
    assert cache.knows(request())
    await cache.aget(request(), least_s=300)
    assert len(provider.asked) == 1
    clock.now += 150
    assert cache.knows(request())
    assert not cache.knows(request(), 300)
    await cache.aget(request(), least_s=300)
    assert len(provider.asked) == 2


async def test_a_provider_that_gives_less_than_is_needed_is_not_asked_each_time(
    provider: Provider,
) -> None:
    cache = CredentialCache()
    for _ in range(3):
        await cache.aget(request(), least_s=100_000)
    assert len(provider.asked) == 1


async def test_threads_and_loops_share_one_request(provider: Provider) -> None:
    provider.gate.clear()
    cache = CredentialCache()
    with ThreadPoolExecutor(8) as pool:
        blocking = [pool.submit(cache.get, request()) for _ in range(4)]
        looping = [pool.submit(asyncio.run, cache.aget(request())) for _ in range(4)]
        here = [asyncio.ensure_future(cache.aget(request())) for _ in range(4)]
        await run_until(lambda: bool(provider.asked))
        provider.gate.set()
        answers = await asyncio.gather(*here)
        answers += [each.result(20) for each in (*blocking, *looping)]
    assert len(provider.asked) == 1
    assert all(answer == answers[0] for answer in answers)


async def test_one_who_gives_up_spoils_it_for_nobody(provider: Provider) -> None:
    provider.gate.clear()
    cache = CredentialCache()
    first = asyncio.ensure_future(cache.aget(request()))
    second = asyncio.ensure_future(cache.aget(request()))
    await run_until(lambda: bool(provider.asked))
    first.cancel()
    await asyncio.wait({first})
    assert first.cancelled()
    provider.gate.set()
    assert (await second)["iceServers"]
    assert len(provider.asked) == 1


async def test_one_who_cannot_wait_finds_it_the_next_time(provider: Provider) -> None:
    provider.gate.clear()
    cache = CredentialCache()
    with pytest.raises(TurnCredentialsError, match=r"within 0.05 seconds"):
        await cache.aget(request(), seconds=0.05)
    provider.gate.set()
    await run_until(lambda: cache.knows(request()))
    assert (await cache.aget(request()))["iceServers"]
    assert len(provider.asked) == 1


async def test_a_failure_is_everybodys_and_is_not_kept(provider: Provider) -> None:
    provider.status = 500
    cache = CredentialCache()
    asking = [asyncio.ensure_future(cache.aget(request())) for _ in range(3)]
    await asyncio.wait(asking)
    assert all(isinstance(each.exception(), TurnCredentialsError) for each in asking)
    assert len(provider.asked) == 1
    provider.status = None
    assert (await cache.aget(request()))["iceServers"]


async def test_a_client_of_ones_own_asks_on_its_loop(provider: Provider) -> None:
    threads: list[int] = []

    async def note(_: httpx.Request) -> None:
        threads.append(threading.get_ident())

    cache = CredentialCache()
    async with httpx.AsyncClient(event_hooks={"request": [note]}) as client:
        asking = [asyncio.ensure_future(cache.aget(request(), client)) for _ in range(3)]
        await asyncio.gather(*asking)
    assert threads == [threading.get_ident()]


def test_a_loop_that_ends_in_the_middle_blocks_nobody_after_it(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.gate.clear()
    cache = CredentialCache()

    async def ask_and_leave() -> None:
        async with httpx.AsyncClient() as client:
            asking = asyncio.ensure_future(cache.aget(request(), client))
            await run_until(lambda: bool(provider.asked))
            asking.cancel()

    asyncio.run(ask_and_leave())
    provider.gate.set()
    assert cache.get(request())["iceServers"]
    assert len(provider.asked) == 2


def test_a_request_that_hangs_is_left_behind(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credential_cache, "WAIT_SECONDS", 0.05)
    provider.gate.clear()
    cache = CredentialCache()
    with pytest.raises(TurnCredentialsError, match=r"within 0.05 seconds"):
        cache.get(request())
    provider.gate.set()
    wait_until(lambda: cache.knows(request()))


def test_no_more_than_some_are_kept(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credential_cache, "MAX_KEPT", 2)
    cache = CredentialCache()
    for ttl in (601, 602, 603):
        cache.get(request(ttl))
    assert [cache.knows(request(ttl)) for ttl in (601, 602, 603)] == [False, True, True]
