"""Build, prove and grade a course of nbgrader notebooks, with a sentence that helps for every lost point."""

__version__ = "0.1.0"
