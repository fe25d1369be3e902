"""One file an outside system, each behind a port."""
