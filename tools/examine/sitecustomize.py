"""Tells Gradio's build which component this package has, without importing the package.

``@gradio/preview`` starts the Python interpreter it is given with a script that imports the
package, and reads one line for each component: its name, where its built files go, where its
sources are, and an id. ``tools/frontend_build.py`` puts this directory on ``PYTHONPATH`` for that
interpreter, so Python runs this module first; it prints the line and ends the process. So the
front end can be built where gradio and aiortc are not installed, as in an isolated wheel build.
"""

import os
import sys

tree = os.environ.get("GRADIO_WEBRTC_TREE")
if tree is not None:
    templates = os.path.join(tree, "backend", "gradio_webrtc", "templates")
    fields = ("WebRTC", templates, os.path.join(tree, "frontend"), "unused-in-builds")
    sys.stdout.write("~|~|~|~".join(fields) + "\n")
    sys.stdout.flush()
    os._exit(0)  # the script this interpreter was started for must not run
