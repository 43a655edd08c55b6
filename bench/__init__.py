"""Measures what people feel: delay, time to connect, and the server's work, beside two peers."""
