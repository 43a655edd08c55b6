"""The files of a model: from a folder, or from the model hub, where they are fetched once."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from gradio_webrtc.errors import ModelDownloadError, SpeechEngineError

logger = logging.getLogger(__name__)


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
    return Path(_fetched(repository, name))


def _fetched(repository: str, name: str) -> str:
    # Imported here: the package's import would take its time whether or not models are used.
    import huggingface_hub

    cached = huggingface_hub.try_to_load_from_cache(repository, name)
    if isinstance(cached, str):
        return cached
    logger.info("Fetching %s of %s from the model hub, this once", name, repository)
    try:
        return str(huggingface_hub.hf_hub_download(repository, name))
    except Exception as error:
        raise ModelDownloadError(
            f"{name} of {repository} cannot be fetched from the model hub: "
            f"{type(error).__name__}: {error}. Check the network, or fetch the files elsewhere and "
            "give their folder instead; the guide on speech engines says which."
        ) from error
