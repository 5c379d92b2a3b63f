"""Imported before nbformat where time counts: it leaves out what takes most of a second and serves nothing here.

nbformat imports jsonschema, and that compiles a grammar of internationalised web addresses for a format that the schema of a
notebook does not use. Without the package jsonschema does without it. Students' kernels never import this module.
"""

from __future__ import annotations

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # so that importing it is an ImportError
