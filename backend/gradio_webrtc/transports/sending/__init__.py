"""What user code emitted, on its way to the wire."""
