"""Encoded files and streams, decoded piece by piece as they are played."""
