"""Telephone calls without a telephone: what Twilio does, on this machine, to try an app."""
