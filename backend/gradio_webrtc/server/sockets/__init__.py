"""Sessions over websockets that an ASGI server has accepted."""
