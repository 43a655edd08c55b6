"""``python -m gradio_webrtc migrate``: what an app written for fastrtc needs to run here.

Pure but for three files: ``app_files`` reads, ``atomic_write`` writes, ``command_line`` talks.
"""
