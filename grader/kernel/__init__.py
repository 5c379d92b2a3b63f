"""Warm kernels behind walls.

`sandbox` says what may be used and builds the walls around a zygote; `warm` starts one and asks it for kernels; `provisioner`
gives them to Jupyter. `zygote`, `fork`, `preload`, `walls`, `memory` and `lines` run inside, with the standard library only.
"""
