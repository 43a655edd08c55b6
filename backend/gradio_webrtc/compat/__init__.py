"""What exists only so that code written for ``fastrtc`` 0.0.34 or ``gradio_webrtc`` 0.0.31 runs.

The modules here are the submodules that such code imports, under their published names and with
nothing of their own: names from elsewhere, and for what has no counterpart an error that says what
to use instead. Nothing in the package imports them. ``gradio_webrtc/__init__.py`` puts this folder
behind its own on ``__path__``, so that ``from gradio_webrtc.utils import AdditionalOutputs`` finds
``compat/utils.py``, when it is asked for and not before.

New code imports all names from ``gradio_webrtc`` itself.
"""
