"""What users subclass, and how their code is called."""
