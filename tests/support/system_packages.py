"""Programs that tests need and pip cannot install."""

from __future__ import annotations

import os
import shutil
import subprocess

INSTALL_SECONDS = 900


def run(command: list[str]) -> str:
    """Run ``command``; return how it failed, or an empty text."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        result = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"`{' '.join(command)}` took longer than {INSTALL_SECONDS} s"
    if result.returncode == 0:
        return ""
    tail = " | ".join(result.stdout.strip().splitlines()[-3:])
    return f"`{' '.join(command)}` ended with status {result.returncode}: {tail}"


def install_debian_package(name: str) -> str:
    """Install a package of Debian's; return why it could not be done, or an empty text."""
    if shutil.which("apt-get") is None:
        return "this is not Debian (no apt-get)"
    if os.geteuid() != 0:
        return "not running as root"
    return run(["apt-get", "update"]) or run(
        ["apt-get", "install", "--yes", "--no-install-recommends", name]
    )
