"""Programs that tests run beside the app, and pip cannot install: Firefox, nginx and Redis.

``python -m tests.support.debian_programs`` is the step of ``make test`` that may install them; the
tests only look.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass

from tests.support.system_packages import install_debian_package


class ProgramNotFoundError(RuntimeError):
    """There is no such program; the text says what to do."""


@dataclass(frozen=True)
class DebianProgram:
    """A program and the package that has it.

    Attributes:
        name: of the executable.
        package: of Debian's.
        variable: of the environment, names an executable before any other.
    """

    name: str
    package: str
    variable: str

    def find(self) -> str:
        """Return the path of the executable.

        Raises:
            ProgramNotFoundError: there is none.
        """
        path = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin"
        found = shutil.which(os.environ.get(self.variable) or self.name, path=path)
        if found is None:
            raise ProgramNotFoundError(
                f"There is no {self.name}. `python -m tests.support.debian_programs` installs "
                f"Debian's package; elsewhere install it, or set {self.variable} to its path."
            )
        return found

    def ensure(self) -> str:
        """Return the path of the executable, installing Debian's package if there is none.

        Raises:
            ProgramNotFoundError: it could not be had; the text says why.
        """
        try:
            return self.find()
        except ProgramNotFoundError:
            failure = install_debian_package(self.package)
        try:
            return self.find()
        except ProgramNotFoundError as error:
            raise ProgramNotFoundError(f"{error} It could not be installed: {failure}") from None


FIREFOX = DebianProgram("firefox-esr", "firefox-esr", "GRADIO_WEBRTC_FIREFOX")
NGINX = DebianProgram("nginx", "nginx-light", "GRADIO_WEBRTC_NGINX")
REDIS = DebianProgram("redis-server", "redis-server", "GRADIO_WEBRTC_REDIS_SERVER")

if __name__ == "__main__":
    try:
        for program in (FIREFOX, NGINX, REDIS):
            sys.stdout.write(f"{program.name} for the tests: {program.ensure()}\n")
    except ProgramNotFoundError as problem:
        sys.exit(str(problem))
