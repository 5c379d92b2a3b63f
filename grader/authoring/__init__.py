"""A script becomes a proved notebook."""
