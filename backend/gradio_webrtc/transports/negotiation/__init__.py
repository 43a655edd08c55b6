"""Offers and candidates checked, and answers written. Pure."""
