"""Simulated years of weekly candidates, decided by the product's own rules and by those that peers use."""
