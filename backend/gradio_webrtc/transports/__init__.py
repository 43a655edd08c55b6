"""The only code that touches aiortc or a websocket."""
