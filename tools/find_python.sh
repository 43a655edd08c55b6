#!/bin/sh
# Print the first Python that can run this project and make a virtual environment.
# Each candidate is run, not only looked up: a name on PATH may be a shim with nothing behind it.
check='import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 14))'
for name in ${PYTHON:-} python3.13 python3.12 python3.11 python3.10 python3.14 python3 python; do
    if command -v "$name" >/dev/null 2>&1 && "$name" -c "$check" >/dev/null 2>&1; then
        command -v "$name"
        exit 0
    fi
done
cat >&2 <<'END'
No suitable Python was found: gradio_webrtc needs Python 3.10 to 3.14 with its venv module.
Debian or Ubuntu: apt-get install python3 python3-venv. macOS: brew install python@3.13.
Or name one: make PYTHON=/path/to/python3.12 ...
END
exit 1
