"""Ray's workers as an executor; the tests that run on Ray need it installed."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from gradio_webrtc import ExecutorError, RayExecutor


class Reference:
    def __init__(self) -> None:
        self.done: Future[Any] = Future()

    def future(self) -> Future[Any]:
        return self.done


class FakeRay:
    """Ray's few functions that are used, on threads: whether our part of it is right."""

    def __init__(self) -> None:
        self.options: dict[str, Any] = {}
        self.cancelled: list[Reference] = []
        self.gate = threading.Event()
        self.initialised = True

    def is_initialized(self) -> bool:
        return self.initialised

    def remote(self, fn: Callable[..., Any]) -> Any:
        ray = self

        class Remote:
            def options(self, **options: Any) -> Any:
                ray.options = options
                return self

            def remote(self, *args: Any) -> Reference:
                reference = Reference()

                def run() -> None:
                    ray.gate.wait(60)
                    try:
                        reference.done.set_result(fn(*args))
                    except ZeroDivisionError as error:
                        reference.done.set_exception(error)

                threading.Thread(target=run, daemon=True).start()
                return reference

        return Remote()

    def cancel(self, reference: Reference, *, force: bool) -> None:
        assert not force
        self.cancelled.append(reference)


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> FakeRay:
    fake = FakeRay()
    monkeypatch.setitem(sys.modules, "ray", fake)  # type: ignore[arg-type]
    return fake


def test_calls_run_once_with_the_options(ray: FakeRay) -> None:
    executor = RayExecutor(num_cpus=0.5)
    assert ray.options == {"max_retries": 0, "num_cpus": 0.5}
    future = executor.submit(divmod, 7, 2)
    failing = executor.submit(divmod, 7, 0)
    ray.gate.set()
    assert future.result(30) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        failing.result(30)
    executor.shutdown()
    with pytest.raises(RuntimeError, match="after shutdown"):
        executor.submit(int)


def test_a_call_is_taken_back_from_ray(ray: FakeRay) -> None:
    executor = RayExecutor()
    first, second = executor.submit(int), executor.submit(int)
    assert first.cancel()
    assert len(ray.cancelled) == 1
    executor.shutdown(wait=False, cancel_futures=True)
    assert second.cancelled()
    ray.gate.set()
    executor.shutdown()
    assert first.cancelled()


def test_without_ray_it_says_what_to_do(ray: FakeRay, monkeypatch: pytest.MonkeyPatch) -> None:
    ray.initialised = False
    with pytest.raises(ExecutorError, match=r"ray\.init\(\) before"):
        RayExecutor()
    monkeypatch.setitem(sys.modules, "ray", None)  # type: ignore[arg-type]
    with pytest.raises(ExecutorError, match="pip install ray"):
        RayExecutor()
