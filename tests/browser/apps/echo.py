"""An echo app in a process of its own, for tests that stop the server.

With an argument it gets ready, and begins to serve when there is a file of this name.
"""

import sys
import time
from pathlib import Path

from tests.browser.handlers import echo_app

if __name__ == "__main__":
    demo, _ = echo_app()
    sys.stdout.write("Ready to serve\n")
    for name in sys.argv[1:]:
        while not Path(name).exists():
            time.sleep(0.05)
    demo.launch()
