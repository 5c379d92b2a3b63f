"""`Limits` under the name that teachers' nbgrader_config.py files use. It lives in `grader.core.model`.

This module stays importable for good.
"""

from grader.core.model import Limits

__all__ = ["Limits"]
