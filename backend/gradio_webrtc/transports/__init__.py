"""The only code that touches aiortc."""
