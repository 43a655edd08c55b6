"""What an app says of its own accord: when it may, in which order, and after how much silence."""
