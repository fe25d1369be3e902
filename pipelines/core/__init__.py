"""Frozen values and pure decisions: no clock, network, disk, environment or randomness."""
