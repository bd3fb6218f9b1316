"""Made-up histories: real git repositories that tests build in a few lines."""
