"""A real nginx, run with the configuration that the guide prints."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.packaging.processes import free_port
from tests.support.debian_programs import NGINX
from tests.support.listening import end_program, wait_for_port

CONFIGURATION = Path(__file__).resolve().parents[2] / "docs" / "assets" / "nginx.conf"
GUIDES_PORTS = (7861, 7862)
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@contextmanager
def nginx(folder: Path, behind: Sequence[int]) -> Iterator[int]:
    """Run nginx before servers on these ports until the block ends; yield its own port.

    Args:
        folder: where its files go.
        behind: as many ports as the guide has.
    """
    port, text = free_port(), CONFIGURATION.read_text()
    for known, used in zip(GUIDES_PORTS, behind, strict=True):
        text, count = re.subn(rf"127\.0\.0\.1:{known}\b", f"127.0.0.1:{used}", text)
        assert count == 1, f"the guide's configuration has no server at {known}"
    text, count = re.subn(r"listen 7860;", f"listen 127.0.0.1:{port};", text)
    assert count == 1, "the guide's configuration does not listen at 7860"
    # It may not be root who runs this.
    own = "".join(f"    {name}_temp_path {folder}/{name};\n" for name in TEMPORARY)
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
        yield port
    finally:
        end_program(program)
