from __future__ import annotations

import asyncio
from collections.abc import Callable

from gradio_webrtc.concurrency.pooled_threads import POOLED
from gradio_webrtc.concurrency.worker import Worker


class CountingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        super().__init__()
        self.counted: list[tuple[asyncio.Future, Callable[[], bool] | None]] = []

    def count_thread_work(
        self, result: asyncio.Future, waits: Callable[[], bool] | None = None
    ) -> None:
        self.counted.append((result, waits))


def test_a_loop_that_counts_is_told_of_what_threads_do():
    async def work() -> None:
        worker = Worker("test")
        await worker.call(int)
        await worker.aclose()
        await POOLED.call(int)

    loop = CountingLoop()
    loop.run_until_complete(work())
    loop.close()
    assert [waits is not None for _, waits in loop.counted] == [True, False]
    assert all(result.done() for result, _ in loop.counted)
