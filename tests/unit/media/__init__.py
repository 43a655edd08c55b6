"""Tests of the media package: pure, in virtual time."""
