"""Pure transformations of sound and pictures; no asyncio."""
