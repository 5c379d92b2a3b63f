"""Grade nbgrader notebooks: fast, in parallel, and with a sentence that helps for every lost point."""

__version__ = "0.1.0"
