"""What goes wrong with an executor, told in words that say what to do."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor, CancelledError

from gradio_webrtc.errors import GradioWebRTCError


class ExecutorError(GradioWebRTCError):
    """A function cannot run on the executor it was given; the text says why and what to do."""


class BrokenExecutorError(ExecutorError):
    """A worker ended while it ran a function; the call is lost, and with it its session."""


class NotPicklableError(ExecutorError):
    """A function, or what it takes or gives, cannot be sent to another process or back."""


class WorkerTraceback(Exception):
    """The cause of an error that came from a worker: where it was raised there, as text."""

    def __str__(self) -> str:
        return f"\n\n{self.args[0]}" if self.args else ""


def not_picklable(name: str, what: str, error: BaseException) -> NotPicklableError:
    """Return the error for something that cannot be pickled.

    Args:
        name: of the author's function.
        what: of it: ``"itself"``, ``"its arguments"``, ``"what it returned"``.
        error: what ``pickle`` said.
    """
    remedy = {
        "itself": "Write it as a function of a module: no lambda, no function inside a function, "
        "no method of an object that holds locks, connections or a WebRTC component.",
    }.get(what, "Use arrays, numbers, texts, lists and dicts; what cannot be sent stays there.")
    return NotPicklableError(
        f"{name} runs on an executor, and {what} cannot be sent to another process "
        f"({type(error).__name__}: {error}). {remedy}"
    )


def executor_failed(name: str, error: BaseException, *, renewed: bool) -> ExecutorError:
    """Return the error for what an executor, not the author's function, raised.

    Args:
        name: of the author's function.
        error: what the executor said.
        renewed: whether the next call gets a new executor.
    """
    if isinstance(error, ExecutorError):
        return error
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if isinstance(error, RuntimeError) and "schedule new futures" in str(error):
        return ExecutorError(f"{name} cannot run, its executor was shut down ({said}).")
    if isinstance(error, CancelledError):
        return ExecutorError(f"{name} was not run: its executor let go of the call ({said}).")
    if isinstance(error, BrokenExecutor) and not renewed:
        then = (
            "This executor takes no more calls: start the app anew, with IsolatedProcessPool(2), "
            "in which a worker ends alone, or with a function that makes the executor, such as "
            'lambda: ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")).'
        )
    else:
        then = "The next call runs on another worker."
    return BrokenExecutorError(
        f"The worker that ran {name} ended, or could not begin ({said}). Look whether it ran "
        f"out of memory, or crashed in a library; this call is lost. {then}"
    )
