"""Warm kernels in a sandbox.

`sandbox` builds the sandbox around a zygote; `bubblewrap` chooses the program for it; `warm` starts a zygote and asks it for
kernels; `provisioner` gives them to Jupyter, and `client` talks to them. What is in `inside/` runs in the sandbox, with the
standard library only.
"""
