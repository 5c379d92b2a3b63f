"""Warm kernels behind walls.

`sandbox` says what may be used and builds the walls around a zygote; `bubblewrap` chooses the program for it; `warm` starts a
zygote and asks it for kernels; `provisioner` gives them to Jupyter. What is in `inside/` runs behind the walls, with the
standard library only.
"""
