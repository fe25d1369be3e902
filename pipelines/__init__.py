"""Perennial keeps fine-tuned language models as fresh as the data behind them."""

__version__ = "0.1.0"
