"""The statistics of the gate: what paired scores prove, and how many items that takes."""
