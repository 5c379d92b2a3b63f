"""The command line: one file for each command, and what they share. Each command imports heavy modules only when it runs."""
