"""Makes importing nbformat faster by most of a second. Import this module before nbformat where start-up time matters.

nbformat imports jsonschema, which compiles a grammar for internationalised web addresses. The notebook schema does not use
that format, and jsonschema works without the package that holds the grammar. Students' kernels never import this module.
"""

from __future__ import annotations

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # importing it then raises ImportError
