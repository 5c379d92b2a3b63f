"""Whose name is it? Which names of a notebook belong to the student, and so live in the student kernel."""
