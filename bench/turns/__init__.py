"""Replaying sound through the turn taking: false starts, cut-offs and delays."""
