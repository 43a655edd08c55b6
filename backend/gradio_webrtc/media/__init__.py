"""Pure transformations of audio and video; no asyncio."""

from gradio_webrtc.media.decoding.media_files import file_source

__all__ = ["file_source"]
