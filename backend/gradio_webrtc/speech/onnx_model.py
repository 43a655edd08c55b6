"""Models that onnxruntime runs."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gradio_webrtc.errors import MissingExtraError, SpeechEngineError

MOST_THREADS = 4
"""For one call. More hardly speed these small models up, and take cores from the connections."""


def open_model(
    path: Path, extra: str, *, threads: int | None = None, contents: bytes | None = None
) -> Any:
    """Return an ``onnxruntime.InferenceSession``, which any thread may run.

    Args:
        path: the ``.onnx`` file.
        extra: the extra of this package that brings onnxruntime for this use.
        threads: for one call; the number of cores, at most ``MOST_THREADS``, unless given.
        contents: a model that was made of the file, to be loaded in its place.

    Raises:
        MissingExtraError: onnxruntime is not installed.
        SpeechEngineError: the file is no model that it can run.
    """
    runtime = onnxruntime(extra)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads or min(os.cpu_count() or 1, MOST_THREADS)
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors; it warns of what exporters leave behind
    # Threads that wait for work by spinning would take the cores from everything else.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return runtime.InferenceSession(
            str(path) if contents is None else contents, options, providers=_providers(runtime)
        )
    except Exception as error:
        raise SpeechEngineError(f"onnxruntime cannot load {path}: {error}") from error


def onnxruntime(extra: str) -> Any:
    """Return the module.

    Raises:
        MissingExtraError: it is not installed; the text names ``extra``.
    """
    try:
        import onnxruntime as runtime
    except ImportError as error:
        raise MissingExtraError(
            f'This needs the package onnxruntime: pip install "gradio_webrtc[{extra}]"'
        ) from error
    return runtime


def check_inputs(session: Any, path: Path, wanted: Iterable[str]) -> None:
    """Raise ``SpeechEngineError`` unless the model has all inputs that are ``wanted``."""
    has = [given.name for given in session.get_inputs()]
    missing = [name for name in wanted if name not in has]
    if missing:
        raise SpeechEngineError(
            f"{path} is not the model that is expected: it lacks the inputs {', '.join(missing)}; "
            f"it has {', '.join(has)}."
        )


def _providers(runtime: Any) -> list[str]:
    # What a plain onnxruntime has beside the processor (Azure) does not run these models.
    usable = ("CUDAExecutionProvider", "CPUExecutionProvider")
    return [name for name in usable if name in runtime.get_available_providers()]
