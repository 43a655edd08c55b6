"""Services that know weaknesses of packages: OSV, and npm's registry."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

OSV_PATH, NPM_PATH = "/v1/query", "/-/npm/v1/security/advisories/bulk"


@dataclass
class Advisories:
    """What is known, and what was asked.

    Attributes:
        url: the address of both.
        python: from a package's name to its entry in OSV's list.
        npm: from a package's name to npm's advisories of it.
        body: sent to everybody in place of an answer.
        status: with what status.
        asked: the Python packages asked about.
    """

    url: str = ""
    python: dict[str, dict[str, Any]] = field(default_factory=dict)
    npm: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    body: bytes | None = None
    status: int = 200
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str, request: bytes) -> bytes:
        """Return the answer to a request, as far as there is one."""
        if self.body is not None:
            return self.body
        if path == OSV_PATH:
            name = json.loads(request)["package"]["name"]
            self.asked.append(name)
            entry = self.python.get(name)
            return json.dumps({"vulns": [entry]} if entry else {}).encode()
        assert path == NPM_PATH
        return json.dumps(self.npm).encode()


@contextmanager
def serve_advisories() -> Iterator[Advisories]:
    """Serve on loopback; what is known may be changed while it runs."""
    advisories = Advisories()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._send(advisories.answer(self.path, request))

        def do_GET(self) -> None:
            # npm looks up which versions of a weak package there are.
            name = self.path.strip("/")
            versions = {one: {"name": name, "version": one} for one in ("1.0.0", "2.0.0")}
            self._send(json.dumps({"name": name, "versions": versions}).encode())

        def _send(self, body: bytes) -> None:
            self.send_response(advisories.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    advisories.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield advisories
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def osv_entry(package: str, name: str = "PYSEC-2026-1") -> dict[str, Any]:
    """Return a weakness of all versions of ``package`` before 99, as OSV tells it."""
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99"}]}]
    affected = [{"package": {"name": package, "ecosystem": "PyPI"}, "ranges": ranges}]
    return {"id": name, "summary": "It falls over.", "aliases": [], "affected": affected}


def npm_advisory(title: str = "It leaks") -> dict[str, Any]:
    """Return a weakness of all versions before 2, as npm's registry tells it."""
    return {
        "id": 1,
        "url": "https://example.org/advisories/GHSA-xxxx-yyyy-zzzz",
        "title": title,
        "severity": "high",
        "vulnerable_versions": "<2.0.0",
        "cwe": [],
        "cvss": {"score": 0, "vectorString": None},
    }
