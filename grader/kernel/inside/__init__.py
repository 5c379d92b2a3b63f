"""The part of the kernel's code that runs inside the sandbox: the warm process, and what is forked from it."""
