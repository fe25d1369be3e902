"""The sample use case: a tax desk whose facts change with every edition."""
