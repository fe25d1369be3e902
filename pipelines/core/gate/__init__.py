"""The gate: whether a candidate may replace the model in production, by rules that each give a reason."""
