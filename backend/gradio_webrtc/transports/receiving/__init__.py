"""Received packets in order, decoded and handed on."""
