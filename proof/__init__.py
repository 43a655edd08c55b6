"""Long searches and soaks that are run before a release. See proof/README.md."""
