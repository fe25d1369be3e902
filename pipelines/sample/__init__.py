"""The sample use cases: a tax desk that must learn its facts, a front desk that can look them up."""
