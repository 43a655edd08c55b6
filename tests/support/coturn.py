"""A real TURN server, run with the configuration that the guide prints.

``python -m tests.support.coturn`` is the step of ``make test`` that may install one; the tests only
look.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gradio_webrtc import get_coturn_credentials
from tests.packaging.processes import free_port
from tests.support.listening import end_program, wait_for_port
from tests.support.system_packages import install_debian_package

VARIABLE = "GRADIO_WEBRTC_TURNSERVER"
"""Environment variable that names coturn's executable, before any other."""

CONFIGURATION = Path(__file__).resolve().parents[2] / "deploy" / "coturn" / "turnserver.conf"
SECRET = "a secret of these tests"
START_SECONDS = 20.0


class CoturnNotFoundError(RuntimeError):
    """No coturn; the text says what to do."""


def find_coturn() -> str:
    """Return the path of coturn's ``turnserver``.

    Raises:
        CoturnNotFoundError: there is none.
    """
    found = os.environ.get(VARIABLE) or shutil.which("turnserver")
    if found is None or shutil.which(found) is None:
        raise CoturnNotFoundError(
            "No turnserver is on PATH. `python -m tests.support.coturn` installs Debian's package."
        )
    return found


def ensure_coturn() -> str:
    """Return the path of a ``turnserver``, installing Debian's package if there is none.

    Raises:
        CoturnNotFoundError: it could not be had; the text says why.
    """
    try:
        return find_coturn()
    except CoturnNotFoundError:
        failure = install_debian_package("coturn") or "it installed no turnserver"
    try:
        return find_coturn()
    except CoturnNotFoundError:
        raise CoturnNotFoundError(
            f"The tests of relays need coturn, and Debian's package could not be had: {failure}.\n"
            "Install it (`apt install coturn`, `brew install coturn`), or set "
            f"{VARIABLE} to its turnserver, and try again."
        ) from None


def own_address() -> str:
    """Return this machine's own address in its network, which peers of a relay may have."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: only asks for the way
        except OSError:
            return "127.0.0.1"
        address: str = probe.getsockname()[0]
        return address


@dataclass(frozen=True)
class Coturn:
    """One that runs.

    Attributes:
        address: where it is reached.
        port: the same for UDP and TCP.
        log: what it says.
    """

    address: str
    port: int
    log: Path

    def url(self, transport: str = "udp") -> str:
        """Return its address as an ICE server's."""
        return f"turn:{self.address}:{self.port}?transport={transport}"

    def configuration(self, *urls: str, relay_only: bool = False) -> dict[str, object]:
        """Return an RTC configuration with valid credentials for ``urls``, by default for UDP."""
        found: dict[str, object] = {**get_coturn_credentials(urls or (self.url(),), SECRET)}
        return {**found, "iceTransportPolicy": "relay"} if relay_only else found


@contextmanager
def coturn(folder: Path) -> Iterator[Coturn]:
    """Run coturn until the block ends, with its files in ``folder``."""
    address, port, log = own_address(), free_port(), folder / "coturn.log"
    text = CONFIGURATION.read_text()
    changes = {
        "listening-port": str(port),
        "static-auth-secret": SECRET,
        "min-port": "20000",
        "max-port": "20999",
        "log-file": str(log),
    }
    for name, value in changes.items():
        text, count = re.subn(rf"(?m)^{name}=.*$", f"{name}={value}", text)
        assert count == 1, f"the guide's configuration has no {name}"
    # Only ports that are this test's, and peers on this machine.
    text = re.sub(r"(?m)^tls-listening-port=.*$", "no-tls\nno-dtls", text)
    text += (
        f"listening-ip={address}\nrelay-ip={address}\nallowed-peer-ip={address}\n"
        f"userdb={folder / 'turndb'}\npidfile={folder / 'coturn.pid'}\nverbose\n"
    )
    if address.startswith("127."):
        text += "allow-loopback-peers\n"
    (folder / "turnserver.conf").write_text(text)
    program = subprocess.Popen(
        [find_coturn(), "-c", str(folder / "turnserver.conf")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
    )
    try:
        wait_for_port(program, port, log, address, START_SECONDS)
        yield Coturn(address, port, log)
    finally:
        end_program(program)


if __name__ == "__main__":
    try:
        sys.stdout.write(f"TURN server for the tests of relays: {ensure_coturn()}\n")
    except CoturnNotFoundError as problem:
        sys.exit(str(problem))
