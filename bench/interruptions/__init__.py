"""What is made of what people say into a reply."""
