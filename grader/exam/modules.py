"""The modules that other processes find by name: one place for these strings.

In: nothing. Out: what the zygote loads before it forks, what a forked examiner runs, and the code that makes a student kernel
answer. A test imports each of them.
"""

from __future__ import annotations

STUDENT_AGENT = "grader.exam.student_agent"
EXAMINER_MAIN = "grader.exam.examiner_main"

# Both processes of an exam. They hold nothing secret, and every exam needs them.
EXAM_MODULES = (STUDENT_AGENT, EXAMINER_MAIN)

EXAMINER_TARGET = f"{EXAMINER_MAIN}:main"  # for a fork of the zygote
EXAMINER_CODE = f"from {EXAMINER_MAIN} import main; main()"  # for ``python -c``


def serving_code(nonce: bytes, message_bytes: int) -> str:
    """What the student kernel executes as a cell in order to answer the examiner. It leaves no name behind."""
    return (
        f"__import__({STUDENT_AGENT!r}, fromlist=['serve'])"
        f".serve(get_ipython().user_ns, {nonce.hex()!r}, {message_bytes})"
    )
