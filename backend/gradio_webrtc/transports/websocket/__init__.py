"""The published websocket protocol: JSON events with audio as base64, and what we add to it."""
