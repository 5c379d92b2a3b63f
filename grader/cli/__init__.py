"""The command line: one file for each command, and what they share. Every heavy import is inside the command that needs it."""
