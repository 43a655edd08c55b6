"""The files of a model: from a folder, or from the model hub, where they are fetched once."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from pathlib import Path

from gradio_webrtc.errors import ModelDownloadError, SpeechEngineError

logger = logging.getLogger(__name__)

ANSWER_WITHIN_S = 10.0
"""The hub is asked once and has to answer by then. ``huggingface_hub`` by itself asks five times,
waiting longer each time, and nothing limits how long a name is looked up where there is no network.
"""

_listeners: list[Callable[[str], None]] = []


def on_fetch(listener: Callable[[str], None]) -> None:
    """Have ``listener`` called with a text for people when a model is about to be fetched.

    On the thread that waits for it.
    """
    _listeners.append(listener)


def model_file(source: str | os.PathLike[str], name: str) -> Path:
    """Return where ``name`` of the model ``source`` is, after fetching it if need be.

    What was fetched once is taken from ``huggingface_hub``'s cache, without asking the network.
    While it is fetched, ``huggingface_hub`` shows how far it is on standard error.

    Args:
        source: a folder that has the file, or a repository of the hub, ``"owner/name"``.
        name: the file's path in either.

    Raises:
        SpeechEngineError: the folder has no such file.
        ModelDownloadError: it cannot be fetched.
    """
    folder = Path(source)
    if folder.is_dir():
        if not (folder / name).is_file():
            raise SpeechEngineError(f"{folder} has no file {name}, which this model needs.")
        return folder / name
    repository = os.fspath(source)
    if repository.count("/") != 1 or repository.startswith((".", "/", "~")):
        raise SpeechEngineError(f"There is no folder {repository!r} with the files of a model.")
    return cached_file(repository, name) or _fetched(repository, name)


def cached_file(repository: str, name: str) -> Path | None:
    """Return where ``name`` of ``repository`` is if it was fetched once; asks no network."""
    # Imported here: the package's import would take its time whether or not models are used.
    import huggingface_hub

    cached = huggingface_hub.try_to_load_from_cache(repository, name)
    return Path(cached) if isinstance(cached, str) else None


def _fetched(repository: str, name: str) -> Path:
    import huggingface_hub

    news = f"Fetching {name} of {repository} from the model hub, this once."
    # Somebody waits for it, and less than a warning is not shown unless an app asks for more.
    logger.warning(news)
    for listener in _listeners:
        listener(news)
    try:
        _ask(repository, name)
        return Path(huggingface_hub.hf_hub_download(repository, name))
    except Exception as error:
        raise ModelDownloadError(
            f"{name} of {repository} cannot be fetched from the model hub: "
            f"{type(error).__name__}: {error}. Check the network, or fetch the files elsewhere and "
            "give their folder instead; the guide on speech engines says which."
        ) from error


def _ask(repository: str, name: str) -> None:
    """Raise unless the hub says within ``ANSWER_WITHIN_S`` that it has the file."""
    import huggingface_hub

    answer: Future[None] = Future()

    def ask() -> None:
        try:
            address = huggingface_hub.hf_hub_url(repository, name)
            huggingface_hub.get_hf_file_metadata(address, timeout=ANSWER_WITHIN_S)
            answer.set_result(None)
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            answer.set_exception(error)

    # The end of the process does not wait for it: looking up a name cannot be broken off.
    threading.Thread(target=ask, name="model hub", daemon=True).start()
    try:
        answer.result(ANSWER_WITHIN_S)
    except FutureTimeoutError as error:
        raise TimeoutError(f"no answer within {ANSWER_WITHIN_S:g} s") from error
