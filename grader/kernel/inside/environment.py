"""The environment variables that every kernel starts with, in a sandbox or not. In: nothing. Out: names and values."""

from __future__ import annotations

import os

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}
"""Each kernel gets one core: kernels that run in parallel do not compete, and sums are added in the same order every time."""

CALM = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "PYTHONHASHSEED": "0",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # no warning from the debugger that ipykernel loads
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}


def environment() -> dict[str, str]:
    return {**ONE_THREAD, **CALM, "LANG": "C.UTF-8", "PATH": os.defpath}
