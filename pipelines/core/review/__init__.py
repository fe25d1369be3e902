"""What people read about a decision: reports, notes, questions and plain metrics, made from evidence."""
