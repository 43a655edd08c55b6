"""Telephone calls: Twilio's Media Streams, and what answers and places the calls."""
