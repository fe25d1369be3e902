"""One file a stage of the line; each reads, decides and writes, and is safe to repeat."""
