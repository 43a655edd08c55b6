"""Pure transformations of sound and pictures; no asyncio."""

from gradio_webrtc.media.files import file_source

__all__ = ["file_source"]
