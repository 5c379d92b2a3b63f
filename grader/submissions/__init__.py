"""What was handed in becomes notebooks that can be graded."""
