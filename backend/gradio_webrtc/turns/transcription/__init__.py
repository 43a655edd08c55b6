"""What somebody says, as text, while they say it."""
