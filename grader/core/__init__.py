"""The data that rooms pass to each other, and helpers that all rooms need. Imports from no other room."""
