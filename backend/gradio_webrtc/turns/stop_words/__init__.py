"""Conversations that begin with a word."""
