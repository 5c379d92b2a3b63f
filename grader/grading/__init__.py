"""From what was handed in to scores and pages."""
