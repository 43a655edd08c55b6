"""Everything that this package knows of aiortc and aioice beyond their documented interfaces.

Written for aiortc 1.14 to 1.16. ``tests/unit/transports/test_aiortc_internals.py`` says of each
name what it is used for, and fails when a version of aiortc no longer has it.
"""
