# NumPy, random numbers that are the same in every run, and figures that all look alike.
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display

rng = np.random.default_rng(SEED)

# The colours of Okabe and Ito, which colour-blind readers can tell apart.
BLUE, VERMILION, GREEN = "#0072B2", "#D55E00", "#009E73"
ORANGE, PINK, SKY = "#E69F00", "#CC79A7", "#56B4E9"
plt.rcParams.update({
    "figure.dpi": 110,
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e6e6e6",
    "lines.linewidth": 2,
})
# How the figures draw an arrow.
ARROW = {"arrowstyle": "-|>", "color": "#444444", "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0}


def show(fig, alt):
    """Show a figure once, with a text for readers who cannot see it."""
    display(fig, metadata={"image/png": {"alt": alt}})
    plt.close(fig)
