"""What people declare in YAML: read with the line of every field, checked, and compiled to values of core."""
