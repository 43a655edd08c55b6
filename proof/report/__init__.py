"""What the parts found: kept in a file, and made into a page with pictures."""
