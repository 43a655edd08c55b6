"""A real nginx, run with the configurations that the guides print."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.packaging.processes import free_port
from tests.support.debian_programs import NGINX
from tests.support.listening import end_program, wait_for_port

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "nginx"
GUIDES_PORTS = (7861, 7862)
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@contextmanager
def nginx(folder: Path, behind: Sequence[int]) -> Iterator[int]:
    """Run nginx before servers on these ports until the block ends; yield its own port.

    Args:
        folder: where its files go.
        behind: as many ports as the guide has.
    """
    port = free_port()
    changes = {
        rf"127\.0\.0\.1:{known}\b": f"127.0.0.1:{used}"
        for known, used in zip(GUIDES_PORTS, behind, strict=True)
    }
    changes["listen 7860;"] = f"listen 127.0.0.1:{port};"
    with running(folder, "two_processes.conf", changes, port):
        yield port


@contextmanager
def running(folder: Path, name: str, changes: Mapping[str, str], port: int) -> Iterator[None]:
    """Run nginx with a configuration of ``deploy/nginx`` until the block ends.

    Args:
        folder: where its files go.
        name: of the configuration.
        changes: patterns in it and what stands there in the test; each has to be found.
        port: one of its own, where it is waited for.
    """
    text = (FOLDER / name).read_text()
    for pattern, used in changes.items():
        text, count = re.subn(pattern, used, text)
        assert count, f"{name} has no {pattern}"
    # It may not be root who runs this.
    own = "".join(f"    {each}_temp_path {folder}/{each};\n" for each in TEMPORARY)
    text = text.replace("http {\n", f"http {{\n    access_log off;\n{own}", 1)
    log = folder / "nginx.log"
    text = f"daemon off;\nerror_log {log};\npid {folder}/nginx.pid;\n{text}"
    (folder / "nginx.conf").write_text(text)
    program = subprocess.Popen(
        [NGINX.find(), "-p", str(folder), "-e", str(log), "-c", str(folder / "nginx.conf")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for_port(program, port, log)
        yield
    finally:
        end_program(program)
