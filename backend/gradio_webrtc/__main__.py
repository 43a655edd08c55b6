"""``python -m gradio_webrtc COMMAND``: the commands of this package."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from gradio_webrtc.migrate.command_line import migrate
from gradio_webrtc.migrate.installed import InstalledPackages

USAGE = """usage: python -m gradio_webrtc COMMAND ...

commands:
  migrate FOLDER_OR_FILE [--write]    what an app written for fastrtc needs to run here
"""


def main(arguments: Sequence[str]) -> int:
    """Run the command that ``arguments`` begin with and return its exit code."""
    if arguments and arguments[0] == "migrate":
        return migrate(arguments[1:], InstalledPackages(), sys.stdout, sys.stderr)
    asked = bool(arguments) and arguments[0] in ("-h", "--help")
    (sys.stdout if asked else sys.stderr).write(USAGE)
    return 0 if asked else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
