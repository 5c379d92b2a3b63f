# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   lecture:
#     title: Gradient descent
#     minutes: 120
#     points: 59
# ---

# %% [markdown]
# # Lecture 07: gradient descent
#
# About 120 minutes. Builds on lectures 01 (functions), 02 (pipeline), 04 (activations) and 06 (losses).
#
# After this lecture you can
#
# 1. say what a derivative is, estimate one from two values of a function, and work one out by rules;
# 2. walk down a function of one parameter, by hand and in code, and keep the path;
# 3. say for which learning rates the walk arrives, swings or runs away, and what decides it;
# 4. compute the gradient of a loss with several parameters, and change all of them in one step;
# 5. tell a local minimum, a global minimum and a saddle point apart, and say what the walk does there;
# 6. train a line by batch, stochastic and mini-batch descent, and stop in time.

# %% setup="figures" seed=7

# %% [markdown]
# ## Why it matters
#
# In lecture 01 you moved two sliders until a line fitted. In lecture 06 a loss put a number on every choice
# of the parameters. What is missing is a way to choose them.
#
# Trying everything is out of the question. Ten values for each of 20 parameters make $10^{20}$ combinations,
# and a small network has thousands of parameters. Something must say, from where we stand, which way to go.
# That something is the slope, and one short rule that follows it downhill has trained nearly every network
# that you have heard of.

# %% [markdown]
# ## 1. Which way is down?
#
# An **optimisation algorithm**, or *optimiser*, changes the parameters of a model so that an objective, here
# the loss $L$, becomes small. Most of them for networks are iterative: they start somewhere and improve, step by step.
#
# Assume that there is only one parameter, a weight $w$. Then the loss is a curve over $w$, and we look for
# its lowest point. You see at once that a point on the left branch must move to the right. The computer sees
# no curve. It can only ask for the loss at one $w$ at a time, like somebody on a hillside in thick fog.
#
# In fog you would feel the ground under your feet. The ground at a point is the **tangent**: the straight
# line that touches the curve there and runs in the curve's direction. Its slope is what we need. The *slope*
# of a line says how much it rises when you go one unit to the right. A falling line has a negative slope.

# %% tags=["demo"]
axis = np.linspace(-2.6, 2.6, 201)
fig, ax = plt.subplots(figsize=(7.0, 3.9))
ax.plot(axis, axis**2, color="#222222")
for at, colour, style, side in ((-1.5, BLUE, "--", 1), (1.0, VERMILION, "-.", -1)):
    reach = np.array([-0.75, 0.75])
    ax.plot(at + reach, at**2 + 2 * at * reach, style, color=colour)
    ax.plot(at, at**2, "o" if side > 0 else "s", color=colour, markersize=9)
    ax.annotate("", xy=(at + side * 0.9, -0.75), xytext=(at, -0.75), arrowprops=ARROW | {"color": colour})
    ax.plot([at, at], [-0.75, at**2], ":", color=colour, linewidth=1.2)
ax.text(-1.6, 0.4, "slope −3:\ngo right", color=BLUE, ha="right", va="center")
ax.text(1.1, 0.3, "slope +2:\ngo left", color=VERMILION, va="center")
ax.set(xlabel="parameter $w$", ylabel="loss $L(w) = w^2$", ylim=(-1.3, 6.5))
ax.set_title("The sign of the tangent's slope says which way is up; go the other way")
show(
    fig,
    "A bowl-shaped loss curve over one parameter w, lowest at 0. At w = minus 1.5 the tangent falls with "
    "slope minus 3, and an arrow points right. At w = 1 the tangent rises with slope plus 2, and an arrow "
    "points left. Both arrows point to the minimum.",
)

# %% [markdown]
# Read the signs. Left of the minimum the slope is negative, right of it positive. As a direction on the $w$
# axis, the slope points uphill: *away* from the minimum here. So we go against it.
#
# (You may read that the slope points "towards the maximum". Uphill is all that it promises, and only near the
# point. The curve above has no maximum at all.)

# %% [markdown]
# ## 2. The slope at one point
#
# How steep is a curve at one point? Two points are easy: the line through them is a *secant*, and its slope
# is the rise divided by the run. For a function $f$ and the points at $x$ and $x + h$,
#
# $$\text{slope of the secant} = \frac{f(x + h) - f(x)}{h}.$$
#
# Here $h$ is how far apart the two points are (not what a neuron sends out). Let it shrink, and the secant
# turns into the tangent.

# %% tags=["demo"]
axis = np.linspace(-0.4, 3.4, 201)
fig, ax = plt.subplots(figsize=(6.6, 4.1))
ax.plot(axis, axis**2, color="#222222")
for h, colour, style in ((2.0, BLUE, ":"), (1.0, GREEN, "-."), (0.4, ORANGE, "--")):
    slope = ((1 + h) ** 2 - 1) / h
    ax.plot(axis, 1 + slope * (axis - 1), style, color=colour, label=f"secant, $h = {h:g}$: slope {slope:.1f}")
    ax.plot(1 + h, (1 + h) ** 2, "o", color=colour, zorder=4)
ax.plot(axis, 1 + 2 * (axis - 1), color=VERMILION, linewidth=3, label="tangent: slope 2")
ax.plot(1, 1, "s", color="#222222", markersize=8)
ax.set(xlabel="$x$", ylabel="$f(x) = x^2$", ylim=(-1.6, 10))
ax.set_title("The closer the second point, the closer the secant to the tangent")
ax.legend(frameon=False, loc="upper left")
show(
    fig,
    "The curve x squared with three secants through the point at x = 1 and points further right. With h = "
    "2 the slope is 4, with h = 1 it is 3, with h = 0.4 it is 2.4. The tangent at x = 1 has slope 2, and the "
    "secants turn towards it.",
)

# %% [markdown]
# The same with numbers, at $x = 3$. In Python `x**2` is $x^2$. A `for` loop runs the indented line once for
# each value in the list.

# %%
def square(x):
    return x**2


for h in [1, 0.1, 0.01, 0.001]:
    print(f"h = {h:<5}  slope of the secant = {(square(3 + h) - square(3)) / h:.3f}")

# %% [markdown]
# The numbers close in on 6. We can see why. Multiply out and cancel:
#
# $$\frac{(x + h)^2 - x^2}{h} = \frac{2xh + h^2}{h} = 2x + h.$$
#
# As $h$ goes to 0, this goes to $2x$, which is 6 at $x = 3$. The number that the secants' slopes close in on
# is called their *limit*. It is the slope of the tangent, and it has a name of its own: the **derivative** of
# $f$ at $x$.
#
# $$f'(x) = \frac{df}{dx} = \lim_{h \to 0} \frac{f(x + h) - f(x)}{h}$$
#
# All three say the same. $f'(x)$ reads "f prime of x". $\frac{df}{dx}$ reads "df by dx". The sign
# $\lim_{h \to 0}$ reads "the limit as h goes to 0". The curve $x^2$ has a slope at every $x$, so
# its derivative is a function itself, $2x$. For a loss we write $L'(w)$ or $\frac{dL}{dw}$.
#
# Some texts write $\frac{\Delta L}{\Delta w}$ with a capital delta. That is the secant: a change of $L$
# divided by a change of $w$, both of visible size.

# %% [markdown]
# ### Exercise 7.1: the slope of a secant
#
# Write `secant_slope(f, x, h)`: the slope of the secant of `f` through the points at `x` and `x + h`. A
# function can be an argument like any other value. Inside your function, `f` is a name for whatever function
# came in, and `f(x)` calls it.

# %% exercise="secant_slope"
def secant_slope(f, x, h):
    """Return the slope of the line through (x, f(x)) and (x + h, f(x + h)), one number."""
    ### BEGIN SOLUTION
    return (f(x + h) - f(x)) / h
    ### END SOLUTION

# %% wrong="secant_slope" says="brackets"
def secant_slope(f, x, h):
    return f(x + h) - f(x) / h

# %% wrong="secant_slope" says="rise alone"
def secant_slope(f, x, h):
    return f(x + h) - f(x)

# %% wrong="secant_slope" says="at h itself"
def secant_slope(f, x, h):
    return (f(h) - f(x)) / h

# %% wrong="secant_slope" says="wrong order"
def secant_slope(f, x, h):
    return (f(x) - f(x + h)) / h

# %% wrong="secant_slope" says="whatever `f` is"
def secant_slope(f, x, h):
    return ((x + h) ** 2 - x**2) / h


# %% check="secant_slope" points=2
def _square(x):
    return x**2


_got = secant_slope(_square, 3.0, 0.5)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), f"Your function gives shape {np.shape(_got)}, not one number."
assert not np.isclose(_got, -5.75), (
    "Python divides before it subtracts, so only f(x) has been divided by h. Put the whole rise in brackets."
)
assert not np.isclose(_got, 3.25), "That is the rise alone. A slope is the rise divided by the run."
assert not np.isclose(_got, -17.5), (
    "You take f at h itself. The second point lies h to the right of x: where is that on the axis?"
)
assert not np.isclose(_got, -6.5), (
    "Right size, wrong sign: you subtract in the wrong order. Take the right point's value minus the left one's."
)
assert np.isclose(_got, 6.5), (
    f"For x² with x = 3 and h = 0.5 you get {_got}. Work out both values of f and the run by hand, and compare."
)
_got = secant_slope(lambda x: x / 2, 3.0, 0.5)
assert not np.isclose(_got, 6.5), "For f = x/2 you give the slope of x². Call `f`, whatever `f` is."
assert np.isclose(_got, 0.5), f"For f = x/2, a straight line with the slope 0.5, you get {_got}."
print("secant_slope is right for one secant of x², and for one of x/2.")
### BEGIN HIDDEN TESTS
# reference: secant_slope
def _wave(x):
    return np.sin(2 * x) + x


_rng = np.random.default_rng(71)
for _ in range(6):
    _x, _h = float(_rng.normal()), float(_rng.normal())
    _want = reference_secant_slope(_wave, _x, _h)
    _got = secant_slope(_wave, _x, _h)
    assert np.isclose(_got, _want), (
        f"For a wavy function at random points, with h = {_h:.2f}, the slope is wrong. Is every part of the "
        "formula there, also for a negative h?"
    )
    _line = np.polyfit([_x, _x + _h], [_wave(_x), _wave(_x + _h)], 1)
    assert np.isclose(_got, _line[0]), "The slope differs from that of the line that NumPy puts through the points."


def _straight(x):
    return 7 - 4 * x


for _h in (5.0, 1.0, -0.25):
    assert np.isclose(secant_slope(_straight, 2.0, _h), -4), (
        "Every secant of the straight line 7 − 4x has the slope −4. Yours has not."
    )
assert np.isclose(secant_slope(_square, 3, 1), 7), "For whole numbers x = 3 and h = 1 the slope is wrong."
### END HIDDEN TESTS

# %% [markdown]
# A computer cannot let $h$ go to 0: at $h = 0$ it would divide by zero. It takes a small $h$ and accepts a
# small error. Which $h$, and can we do better than the secant to one side?
#
# We can, as in lecture 04: take one point on each side of $x$. This is the *central difference*:
#
# $$f'(x) \approx \frac{f(x + h) - f(x - h)}{2h}$$
#
# The sign $\approx$ reads "is about". The two points lie $2h$ apart, hence the $2h$ below. The errors of the
# two sides nearly cancel. The figure measures both errors for $f(x) = \sin x$ at $x = 1$. Its true slope
# there is $\cos 1$.

# %% tags=["demo"]
widths = np.logspace(-13, 0, 105)
one_side = np.abs((np.sin(1 + widths) - np.sin(1)) / widths - np.cos(1))
both_sides = np.abs((np.sin(1 + widths) - np.sin(1 - widths)) / (2 * widths) - np.cos(1))
fig, ax = plt.subplots(figsize=(6.8, 4.0))
ax.loglog(widths, one_side, "--", color=BLUE, label="secant to one side")
ax.loglog(widths, np.maximum(both_sides, 1e-15), color=VERMILION, label="central difference")
ax.annotate(
    "$h$ too small:\nrounding",
    (1e-11, 3e-6),
    xytext=(1.5e-13, 3e-9),
    arrowprops={"arrowstyle": "->", "color": "#444444"},
)
ax.annotate(
    "$h$ too large:\nnot yet the tangent",
    (0.05, 3e-4),
    xytext=(2.5e-4, 5e-12),
    arrowprops={"arrowstyle": "->", "color": "#444444"},
)
ax.set(xlabel="$h$, how far to the side", ylabel="error of the slope", ylim=(1e-13, 10))
ax.set_title("Two sides beat one, and the smallest $h$ is not the best")
ax.legend(frameon=False, loc="upper center")
show(
    fig,
    "Error of two estimates of a slope over h, how far to the side the points lie, both axes logarithmic. "
    "From right to left both errors fall as h shrinks, the central difference's faster, down to about 1e-11 near h = 1e-5. The "
    "one-sided secant's best is about 1e-8 near h = 1e-8. For still smaller h both grow again, because "
    "numbers in the computer are rounded.",
)

# %% [markdown]
# Left of the valley, $f(x+h)$ and $f(x-h)$ agree in almost all of their roughly 16 digits. The difference is
# then made of rounding. So $h = 10^{-5}$, in Python `1e-5`, is a good choice for the central difference.

# %% [markdown]
# ### Exercise 7.2: the derivative as a number
#
# Write `numerical_derivative(f, x, h=1e-5)`: the central difference of `f` at `x`. The `h=1e-5` in the first
# line is a default: it is used when the caller says nothing about `h`.

# %% exercise="numerical_derivative"
def numerical_derivative(f, x, h=1e-5):
    """Return the central difference of f at x, one number."""
    ### BEGIN SOLUTION
    return (f(x + h) - f(x - h)) / (2 * h)
    ### END SOLUTION

# %% wrong="numerical_derivative" says="to one side"
def numerical_derivative(f, x, h=1e-5):
    return (f(x + h) - f(x)) / h

# %% wrong="numerical_derivative" says="twice too large"
def numerical_derivative(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / h

# %% wrong="numerical_derivative" says="multiplies by h"
def numerical_derivative(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / 2 * h

# %% wrong="numerical_derivative" says="whatever h the caller gives"
def numerical_derivative(f, x, h=1e-5):
    h = 1e-5
    return (f(x + h) - f(x - h)) / (2 * h)

# %% check="numerical_derivative" points=3
def _cube(x):
    return x**3


_got = numerical_derivative(_cube, 2.0, 0.25)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), f"Your function gives shape {np.shape(_got)}, not one number."
assert not np.isclose(_got, 13.5625) and not np.isclose(_got, 10.5625), (
    "That is a secant to one side. The central difference takes one point on each side of x."
)
assert not np.isclose(_got, 24.125), "Your slope is twice too large. How far apart are the two points?"
assert not np.isclose(_got, 0.75390625), (
    "`/ 2 * h` divides by 2 and then multiplies by h. Put the denominator in brackets."
)
assert not np.isclose(_got, 0.671875), (
    "Only the second value of f has been divided. Put the whole difference in brackets."
)
assert not np.isclose(_got, -12.0625), "Right size, wrong sign: subtract the left value from the right one."
assert not np.isclose(_got, 12, rtol=0, atol=1e-3), (
    "With h = 0.25 the estimate should be visibly off. Use whatever h the caller gives."
)
assert np.isclose(_got, 12.0625), (
    f"For x³ at x = 2 with h = 0.25 you get {_got}. Compare each part with the formula."
)
print("numerical_derivative is the central difference, at one point of x³.")
### BEGIN HIDDEN TESTS
# reference: numerical_derivative
_rng = np.random.default_rng(72)
for _function, _true in ((np.sin, np.cos), (np.exp, np.exp), (np.tanh, lambda x: 1 - np.tanh(x) ** 2)):
    for _x in _rng.normal(size=4):
        _x = float(_x)
        _got = numerical_derivative(_function, _x)
        assert np.isclose(_got, reference_numerical_derivative(_function, _x)), (
            f"For {_function.__name__} at a random point the slope is wrong, with the default h."
        )
        assert np.isclose(_got, _true(_x), rtol=0, atol=1e-8), (
            f"For {_function.__name__} the slope is {abs(_got - _true(_x)):.1e} off the true one; 1e-8 is "
            "within reach with the default h."
        )


def _parabola(x):
    return 3 * x**2 - 5 * x + 2


for _h in (1.0, 0.1, 1e-3):
    assert np.isclose(numerical_derivative(_parabola, -2.0, _h), -17), (
        "For a parabola the central difference is exact, whatever h is. Yours is not."
    )
assert np.isclose(numerical_derivative(_cube, 0.0, 0.5), 0.25), "At x = 0 the slope of x³ with h = 0.5 is wrong."
assert np.isclose(numerical_derivative(_cube, 2), 12), "For x = 2, a whole number, the slope of x³ is wrong."
### END HIDDEN TESTS

# %% [markdown]
# ## 3. Derivatives by rule
#
# Two values of $f$ for each slope cost time. For most functions a rule gives the derivative as a formula.
# These are all we need.
#
# | function | derivative | in words |
# |---|---|---|
# | $c$ (a constant) | $0$ | a level line does not rise |
# | $x^n$ | $n\,x^{n-1}$ | the exponent comes down as a factor, and one less stays above |
# | $c \cdot f(x)$ | $c \cdot f'(x)$ | a constant factor stays |
# | $f(x) + g(x)$ | $f'(x) + g'(x)$ | each term for itself |
# | $(ax + c)^2$ | $2(ax + c) \cdot a$ | a line, squared: two times the line, times the line's own slope |
# | $\sin x$ | $\cos x$ | given without proof |
#
# You have seen why for $x^2$. The power rule holds for negative exponents as well. For $x$ itself, which is
# $x^1$, it gives $1 \cdot x^0 = 1$. So
#
# $$(x^2 + x)' = 2x + 1.$$
#
# The fifth line follows from the others. Multiply out, $(ax + c)^2 = a^2 x^2 + 2acx + c^2$, and take the
# derivative term by term: $2a^2 x + 2ac$. That is $2(ax + c) \cdot a$. Remember it: squared errors look like
# this. (It is a small case of the chain rule, which lecture 08 is about.)
#
# Rules and numbers check each other. Work a derivative out by rule, then compare with the central difference.
# This habit finds most mistakes in training code.

# %% [markdown]
# ### Exercise 7.3: three derivatives
#
# From now on the number is called $w$, as a weight is. Work these out with pencil and rules, then write them
# as functions:
#
# - `d_square_plus(w)`: the derivative of $w^2 + w$;
# - `d_cube(w)`: the derivative of $w^3$;
# - `d_reciprocal(w)`: the derivative of $1/w$, which is $w^{-1}$, for $w \ne 0$.

# %% exercise="three_derivatives"
def d_square_plus(w):
    """Return the derivative of w^2 + w at w."""
    ### BEGIN SOLUTION
    return 2 * w + 1
    ### END SOLUTION


def d_cube(w):
    """Return the derivative of w^3 at w."""
    ### BEGIN SOLUTION
    return 3 * w**2
    ### END SOLUTION


def d_reciprocal(w):
    """Return the derivative of 1/w at w, which is not 0."""
    ### BEGIN SOLUTION
    return -1 / w**2
    ### END SOLUTION

# %% wrong="three_derivatives" says="rises, too"
def d_square_plus(w):
    return 2 * w


def d_cube(w):
    return 3 * w**2


def d_reciprocal(w):
    return -1 / w**2

# %% wrong="three_derivatives" says="come down as a factor"
def d_square_plus(w):
    return 2 * w + 1


def d_cube(w):
    return w**2


def d_reciprocal(w):
    return -1 / w**2

# %% wrong="three_derivatives" says="minus sign"
def d_square_plus(w):
    return 2 * w + 1


def d_cube(w):
    return 3 * w**2


def d_reciprocal(w):
    return 1 / w**2

# %% wrong="three_derivatives" says="one less than −1"
def d_square_plus(w):
    return 2 * w + 1


def d_cube(w):
    return 3 * w**2


def d_reciprocal(w):
    return -1 * w**0

# %% wrong="three_derivatives" says="`**`"
def d_square_plus(w):
    return 2 * w + 1


def d_cube(w):
    return 3 * w ^ 2


def d_reciprocal(w):
    return -1 / w ^ 2

# %% wrong="three_derivatives" says="multiplies by w again"
def d_square_plus(w):
    return 2 * w + 1


def d_cube(w):
    return 3 * w**2


def d_reciprocal(w):
    return -1 / w * w


# %% check="three_derivatives" points=3
for _name, _function in (("d_square_plus", d_square_plus), ("d_cube", d_cube), ("d_reciprocal", d_reciprocal)):
    try:
        _got = _function(2.5)
    except TypeError as _error:
        _hint = "Powers are written `**` in Python; `^` is something else." if "^" in str(_error) else ""
        raise AssertionError(f"{_name} stops: {_error}. {_hint}") from None
    assert _got is not None, f"{_name} gives nothing back. Does it end with `return`?"
    assert np.shape(_got) == (), f"{_name} gives shape {np.shape(_got)}, not one number."
_got = d_square_plus(2.5)
assert not np.isclose(_got, 5), "d_square_plus: that is the slope of w² alone. The second term, w, rises, too."
assert np.isclose(_got, 6), f"d_square_plus(2.5) gives {_got}. Take w² and w each for itself, then add."
_got = d_cube(2.5)
assert not np.isclose(_got, 6.25), "d_cube: the exponent has been lowered, but it must also come down as a factor."
assert not np.isclose(_got, 7.5), "d_cube: you have lowered the exponent too far. One less than 3 stays above."
assert np.isclose(_got, 18.75), f"d_cube(2.5) gives {_got}. Compare with the rule for a power."
_got = d_reciprocal(2.5)
assert not np.isclose(_got, 0.16), (
    "d_reciprocal: the size is right, but 1/w falls there. Which exponent comes down, and has it a minus sign?"
)
assert not np.isclose(_got, -1), (
    "d_reciprocal: it gives −1, yet it should depend on w. The exponent is −1; which number is one less than −1? "
    "(And `-1 / w * w` divides by w and multiplies by w again: it takes brackets, or a power.)"
)
assert np.isclose(_got, (1 / 2.501 - 1 / 2.499) / 0.002, rtol=1e-4), (
    f"d_reciprocal(2.5) gives {_got}, and a central difference disagrees. Write 1/w as a power first."
)
print("All three derivatives are right at w = 2.5.")
### BEGIN HIDDEN TESTS
# reference: d_square_plus, d_cube, d_reciprocal
_rng = np.random.default_rng(73)
_cases = (
    ("w² + w", d_square_plus, reference_d_square_plus, lambda w: w**2 + w),
    ("w³", d_cube, reference_d_cube, lambda w: w**3),
    ("1/w", d_reciprocal, reference_d_reciprocal, lambda w: 1 / w),
)
for _name, _yours, _reference, _f in _cases:
    for _w in (*_rng.normal(size=5), -0.5, 12.0):
        _w = float(_w)
        _got = _yours(_w)
        assert np.isclose(_got, _reference(_w)), (
            f"Your derivative of {_name} is wrong at some points. Is it right for negative w?"
        )
        _h = 1e-6 * abs(_w)
        _secant = (_f(_w + _h) - _f(_w - _h)) / (2 * _h)
        assert np.isclose(_got, _secant, rtol=1e-5, atol=1e-7), (
            f"Your derivative of {_name} differs from the central difference."
        )
assert d_square_plus(0) == 1 and d_cube(0) == 0, "At w = 0 a derivative is wrong."
assert np.isclose(d_reciprocal(-2), -0.25), "The derivative of 1/w is wrong at w = −2."
### END HIDDEN TESTS

# %% [markdown]
# ## 4. One step, and many
#
# Now the rule. Against the slope, and not by the whole slope but by a part of it:
#
# $$w \leftarrow w - \eta\,\frac{dL}{dw}$$
#
# The arrow $\leftarrow$ reads "becomes". The number $\eta$ (eta) is the **learning rate**: what part of the
# slope to take as a step. It is a hyperparameter: you choose it, training does not.
#
# The minus sign turns uphill into downhill. And one more thing comes for free. Near a minimum the curve is
# flat, the slope is small, and so is the step. The walk slows down by itself where it should.
#
# Doing this again and again, from some starting point, is **gradient descent**. (The gradient is the slope of
# a function of several parameters. It comes in part 7.) It belongs to **gradient-based optimisation**: all
# the methods that use derivatives to find a low, or a high, value of a function.
#
# The example of the slides is $L(w) = w^2 + w$. (Their playground calls the number $x$.) Its lowest point is
# where the slope $2w + 1$ is 0, at $w = -0.5$. One step from $w = 5$ with $\eta = 0.25$:

# %%
w = 5.0
slope = 2 * w + 1
w_next = w - 0.25 * slope
slope, w_next

# %% [markdown]
# The slope 11 says: up is right, and steeply. A quarter of it, 2.75, is the step to the left. We land at
# 2.25.

# %% [markdown]
# ### Exercise 7.4: one step
#
# Write `descent_step(w, slope, eta)`: where one step of gradient descent leads from `w`. It must also work
# when `w` and `slope` are arrays of several parameters; you will need that soon. Leave the array that comes
# in as it is. In Python `w -= 1` writes into that very array, while `w - 1` makes a new one.

# %% exercise="descent_step"
def descent_step(w, slope, eta):
    """Return the parameter after one step. w, slope: numbers, or arrays of one shape. eta: a number."""
    ### BEGIN SOLUTION
    return w - eta * slope
    ### END SOLUTION

# %% wrong="descent_step" says="uphill"
def descent_step(w, slope, eta):
    return w + eta * slope

# %% wrong="descent_step" says="whole slope"
def descent_step(w, slope, eta):
    return w - slope

# %% wrong="descent_step" says="not where you land"
def descent_step(w, slope, eta):
    return eta * slope

# %% wrong="descent_step" says="writes into the array"
def descent_step(w, slope, eta):
    w -= eta * slope
    return w

# %% check="descent_step" points=2
_got = descent_step(3.0, 4.0, 0.125)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), f"For numbers your function gives shape {np.shape(_got)}, not one number."
assert not np.isclose(_got, 3.5), "The slope is positive, so up is right, and you go right: uphill. Look at the sign."
assert not np.isclose(_got, -1), "You step by the whole slope. Which number says how much of it to take?"
assert not np.isclose(abs(_got), 0.5), "That is the step itself, not where you land. From where does the step start?"
assert np.isclose(_got, 2.5), (
    f"From w = 3 with slope 4 and eta = 0.125 you come to {_got}. Work out the rule by hand, and compare."
)
_w = np.array([1.0, -2.0])
_got = descent_step(_w, np.array([2.0, -4.0]), 0.5)
assert np.shape(_got) == (2,) and np.allclose(_got, [0, 0]), (
    f"From w = (1, −2) with slopes (2, −4) and eta = 0.5 you come to {_got}. Each place takes its own step."
)
assert np.array_equal(_w, [1, -2]), (
    "Your function writes into the array that the caller still holds. Make a new one: `w - …`, not `w -= …`."
)
print("descent_step is right for a number and for an array, and leaves the array alone.")
### BEGIN HIDDEN TESTS
# reference: descent_step
_rng = np.random.default_rng(74)
for _shape in ((), (1,), (3,), (4, 2)):
    _w, _slope, _eta = _rng.normal(size=_shape), _rng.normal(size=_shape), float(_rng.uniform(0.01, 2))
    _want = reference_descent_step(_w, _slope, _eta)
    _got = descent_step(np.copy(_w), np.copy(_slope), _eta)
    assert np.shape(_got) == _shape, f"Parameters of shape {_shape} come back with shape {np.shape(_got)}."
    assert np.allclose(_got, _want), f"For random parameters of shape {_shape} the step is wrong."
    assert np.allclose((_w - np.asarray(_got)) / _eta, _slope), "Divided by eta, the step should be the slope."
assert descent_step(2, 0, 0.5) == 2, "Where the slope is 0, the step must not move."
assert descent_step(2.0, 3.0, 0.0) == 2, "With eta = 0 nothing must move."
assert np.isclose(descent_step(5, 11, 0.25), 2.25), "For whole numbers the step is wrong."
### END HIDDEN TESTS

# %% [markdown]
# A whole walk is a loop. `for _ in range(steps):` repeats the indented lines `steps` times; the name `_` says
# that the counter is not needed. `path.append(w)` puts `w` at the end of the list `path`, and `np.array(path)`
# makes an array of the list.

# %% [markdown]
# ### Exercise 7.5: the path
#
# Write `gradient_descent_1d(derivative, start, eta, steps)`. It returns the path: an array with the starting
# point and the point after every step, `steps + 1` numbers in all. `derivative` is a function;
# `derivative(w)` is the slope at `w`.

# %% exercise="gradient_descent_1d"
def gradient_descent_1d(derivative, start, eta, steps):
    """Return the path of gradient descent, an array of shape (steps + 1,). Its first number is start."""
    ### BEGIN SOLUTION
    w = start
    path = [w]
    for _ in range(steps):
        w = descent_step(w, derivative(w), eta)
        path.append(w)
    return np.array(path)
    ### END SOLUTION

# %% wrong="gradient_descent_1d" says="slope at the start"
def gradient_descent_1d(derivative, start, eta, steps):
    slope = derivative(start)
    path = [start]
    for _ in range(steps):
        path.append(descent_step(path[-1], slope, eta))
    return np.array(path)

# %% wrong="gradient_descent_1d" says="belongs to the path"
def gradient_descent_1d(derivative, start, eta, steps):
    w = start
    path = []
    for _ in range(steps):
        w = descent_step(w, derivative(w), eta)
        path.append(w)
    return np.array(path)

# %% wrong="gradient_descent_1d" says="only the last point"
def gradient_descent_1d(derivative, start, eta, steps):
    w = start
    for _ in range(steps):
        w = descent_step(w, derivative(w), eta)
    return w

# %% wrong="gradient_descent_1d" says="whole numbers"
def gradient_descent_1d(derivative, start, eta, steps):
    path = np.full(steps + 1, start)
    for k in range(steps):
        path[k + 1] = descent_step(path[k], derivative(path[k]), eta)
    return path

# %% wrong="gradient_descent_1d" says="one step too few"
def gradient_descent_1d(derivative, start, eta, steps):
    w = start
    path = [w]
    for _ in range(steps - 1):
        w = descent_step(w, derivative(w), eta)
        path.append(w)
    return np.array(path)

# %% wrong="gradient_descent_1d" says="is a list"
def gradient_descent_1d(derivative, start, eta, steps):
    w = start
    path = [w]
    for _ in range(steps):
        w = descent_step(w, derivative(w), eta)
        path.append(w)
    return path


# %% wrong="gradient_descent_1d" says="stands still"
def gradient_descent_1d(derivative, start, eta, steps):
    w = start
    path = [w]
    for _ in range(steps):
        descent_step(w, derivative(w), eta)
        path.append(w)
    return np.array(path)


# %% wrong="gradient_descent_1d" says="inside the loop"
def gradient_descent_1d(derivative, start, eta, steps):
    w = start
    path = [w]
    for _ in range(steps):
        w = descent_step(w, derivative(w), eta)
        path.append(w)
        return np.array(path)


# %% check="gradient_descent_1d" points=4
def _twice(w):
    return 2 * w


_got = gradient_descent_1d(_twice, 8.0, 0.25, 3)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) != (), f"You return one number, {_got}. Is it only the last point? The whole path is wanted."
assert not (np.shape(_got) == (2,) and np.allclose(_got, [8, 4])), (
    "Your path ends after one step of three. Does `return` stand inside the loop? There it ends at once."
)
assert not (np.shape(_got) == (3,) and np.isclose(_got[0], 4)), (
    "Your path begins after the first step. The starting point belongs to the path."
)
assert not (np.shape(_got) == (3,) and np.isclose(_got[0], 8)), (
    "For three steps your path has three points, start included: that is one step too few."
)
assert np.shape(_got) == (4,), f"For three steps the shape of the path is {np.shape(_got)}, not (4,)."
assert isinstance(_got, np.ndarray), (
    "Your path is a list. The figures below do arithmetic with it, so make an array of it at the end."
)
assert not np.allclose(_got, [8, 8, 8, 8]), (
    "Your path stands still. descent_step gives the new point back: does it become the new `w`?"
)
assert not np.allclose(_got, [8, 4, 0, -4]), (
    "Every step of yours has the same length: you use the slope at the start all the way. Ask for it anew."
)
assert not np.allclose(_got, [8, 12, 18, 27]), "Your path goes uphill. Does your descent_step pass its check?"
assert np.allclose(_got, [8, 4, 2, 1]), (
    f"For L = w², whose slope is 2w, from 8 with eta = 0.25 your path is {_got}. Do three steps by hand. "
    "Does descent_step pass its check?"
)
_got = gradient_descent_1d(_twice, 1, 0.25, 2)
assert np.allclose(_got, [1, 0.5, 0.25]), (
    f"From the start 1, written without a point, your path is {_got}, not 1, 0.5, 0.25. If you fill an array, "
    "mind that one made from whole numbers keeps whole numbers only."
)
print("gradient_descent_1d walks the right path down w², start and all.")
### BEGIN HIDDEN TESTS
# reference: gradient_descent_1d
def _slope_of_slides(w):
    return 2 * w + 1


_got = gradient_descent_1d(_slope_of_slides, 5, 0.25, 7)
assert np.shape(_got) == (8,) and _got[-1] == -0.45703125, (
    f"Seven steps down w² + w from 5 with eta = 0.25 must end at −0.45703125 exactly. You end at {_got[-1]}."
)
_rng = np.random.default_rng(75)
for _function in (np.cos, np.sin, np.tanh):
    _start, _eta = float(_rng.normal()), float(_rng.uniform(0.05, 0.5))
    _want = reference_gradient_descent_1d(_function, _start, _eta, 12)
    _got = gradient_descent_1d(_function, _start, _eta, 12)
    assert np.shape(_got) == (13,) and np.allclose(_got, _want), (
        "For a slope that is not a straight line the path is wrong."
    )
# The closed formula for a parabola with its minimum at 3: the distance shrinks by one factor in each step.
_got = gradient_descent_1d(lambda w: 4 * (w - 3), -1.0, 0.1, 20)
assert np.allclose(_got, 3 - 4 * 0.6 ** np.arange(21)), (
    "On a parabola with its minimum at 3 your path differs from the closed formula."
)
_got = gradient_descent_1d(_slope_of_slides, 2.5, 0.1, 0)
assert np.shape(_got) == (1,) and np.isclose(_got[0], 2.5), "With no step at all the path is the start alone."
_got = gradient_descent_1d(_twice, 0.0, 0.5, 4)
assert np.allclose(_got, np.zeros(5)), "From a point with slope 0 the path should stay where it is."
### END HIDDEN TESTS

# %% [markdown]
# Now the walk of the slides: seven steps from 5 with $\eta = 0.25$. `path[-1]` is the last number of an
# array.

# %%
START, RATE = 5.0, 0.25


def square_plus(w):
    return w**2 + w

# %% tags=["demo"]
path = gradient_descent_1d(d_square_plus, START, RATE, 7)
print("path:", path)
print("after seven steps:", path[-1])

# %% tags=["demo"] title="Gradient descent from 5 with a learning rate of 0.25"
axis = np.linspace(-4.2, 5.4, 201)
fig, ax = plt.subplots(figsize=(7.0, 4.2))
ax.plot(axis, square_plus(axis), color="#222222", label="$L(w) = w^2 + w$")
ax.plot(path, square_plus(path), "o--", color=VERMILION, linewidth=1.4, label="the path")
reach = np.array([-1.3, 0.6])
ax.plot(START + reach, square_plus(START) + 11 * reach, "-.", color=BLUE, label="tangent at the start: slope 11")
for number, name in ((0, "start: 5"), (1, "1: 2.25"), (2, "2: 0.875")):
    ax.annotate(name, (path[number], square_plus(path[number])), xytext=(10, -12), textcoords="offset points")
ax.annotate(
    "7: −0.457",
    (path[-1], square_plus(path[-1])),
    xytext=(-2.5, 9),
    arrowprops={"arrowstyle": "->", "color": "#444444"},
)
ax.set(xlabel="parameter $w$", ylabel="loss $L(w)$", xlim=(-4.4, 6.6), ylim=(-2, 37))
ax.set_title("The steps shrink as the slope does: seven of them reach −0.457")
ax.legend(frameon=False, loc="upper left")
show(
    fig,
    "The curve w squared plus w with the path of gradient descent from 5 with learning rate 0.25: 5, 2.25, "
    "0.875, and on with ever shorter steps to minus 0.457 after seven of them, near the minimum at minus "
    "0.5. At the start the tangent with slope 11 is drawn.",
)

# %% [markdown]
# The distance from the minimum at −0.5 is halved by every step: 5.5, 2.75, 1.375 and so on. Part 5 says why.
#
# Now play. The page knows six functions, and shows each step with all its digits. (Its lower half, with two
# parameters, belongs to part 8. The next cell holds its four starting points, one in each row.)

# %%
starts = np.array([[-2.5, 1.5], [2.4, -2.0], [0.6, 2.2], [0.0, 2.4]])
starts.shape

# %% playground="descent" height=1330
seed = {
    "name": "square_plus",
    "start": START,
    "eta": RATE,
    "surface": "ravine",
    "eta2": 0.15,
    "starts": starts.tolist(),
}

# %% [markdown]
# Try these in the upper half.
#
# 1. Press *Seven steps* and read −0.45703125. Then start again with $\eta = 1$, and with $\eta = 1.05$. What
#    has changed between 0.25, 1 and 1.05?
# 2. Set $\eta$ back to 0.25, choose $x^3$ and start at 1. Why does the walk slow down at 0, where there is no
#    minimum? Then start at −1.
# 3. Choose $\sin x$. Find two starts, close together, that lead to different minima.
# 4. Choose $1/x$. Start at 5, then at −1. What happens at 0, and where does the walk end?
# 5. Choose the polynomial. Find a start that ends in the higher of its two minima, and then a learning rate
#    that from this same start ends in the lower one.

# %% [markdown]
# ## 5. How large a step?
#
# In the slides the learning rate lies in $0 < \eta < 1$. Take that as a habit, not a law. Here is what a rate
# does on the same curve, $L(w) = w^2 + w$.

# %% tags=["demo"]
rates = ((0.05, "slow: creeps down"), (0.25, "good: arrives"), (0.9, "swings, yet arrives"), (1.05, "runs away"))
fig, axes = plt.subplots(1, 4, figsize=(10.6, 3.3), sharey=True, layout="constrained")
axis = np.linspace(-13, 13, 261)
for ax, (eta, words), colour in zip(axes, rates, (BLUE, GREEN, ORANGE, VERMILION), strict=True):
    walk = gradient_descent_1d(d_square_plus, START, eta, 7)
    ax.plot(axis, square_plus(axis), color="#999999")
    ax.plot(walk, square_plus(walk), "o-", color=colour, linewidth=1.2, markersize=5)
    ax.plot(walk[0], square_plus(walk[0]), "ks", markersize=7)
    ax.set(xlabel="$w$", ylim=(-4, 62), xlim=(-13, 13))
    ax.set_title(rf"$\eta = {eta}$: {words}", fontsize=10.5)
axes[0].set_ylabel("$L(w)$")
fig.suptitle("The learning rate decides: seven steps from 5 (black square) on one curve", fontsize=12)
show(
    fig,
    "Four panels with the same bowl and seven steps from 5. With rate 0.05 the points creep down one side. With "
    "0.25 they reach the bottom. With 0.9 they jump from side to side and come lower. With 1.05 they jump "
    "from side to side and climb.",
)

# %% [markdown]
# When the walk runs away instead of settling down, that is **divergence**. Here each step leads farther from the
# minimum, and the loss grows. In training it shows as a loss that becomes huge, then `inf` or `nan`.
#
# Where is the border? For a parabola we can say exactly. Let its minimum lie at $m$ and its slope be
# $L'(w) = k\,(w - m)$ with $k > 0$. Here $k$ is the slope of the slope, which is written $L''$ ("L double prime") and tells how
# strongly the curve bends: its *curvature*. For $w^2 + w$ the slope is $2w + 1 = 2\,(w - (-0.5))$, so $k = 2$.
# Put this into the rule and subtract $m$ on both sides:
#
# $$w_{\text{new}} - m = (w - m) - \eta k\,(w - m) = (1 - \eta k)\,(w - m).$$
#
# Every step multiplies the distance from the minimum by the same factor, $1 - \eta k$. The rest is reading:
#
# | $\eta k$ | factor $1 - \eta k$ | what the walk does |
# |---|---|---|
# | between 0 and 1 | between 1 and 0 | comes nearer on one side |
# | exactly 1 | 0 | arrives in one step |
# | between 1 and 2 | between 0 and −1 | jumps from side to side, nearer each time |
# | exactly 2 | −1 | jumps to and fro for ever |
# | above 2 | below −1 | diverges |
#
# So descent on a parabola arrives, which means that it comes as near to the minimum as you like, exactly when
#
# $$0 < \eta < \frac{2}{k}.$$
#
# What counts is the curvature. For $w^2 + w$ the border is $2/2 = 1$: here the range of the slides happens to
# be the right one. For $4w^2$, with $k = 8$, it is 0.25, and $\eta = 0.5$ diverges. For $0.01\,w^2$, with
# $k = 0.02$, it is 100, and $\eta = 0.9$ is far too timid. No rate is large or small by itself.

# %% tags=["demo"]
for name, k, eta in (("w² + w", 2, 0.25), ("4w²", 8, 0.5), ("0.01w²", 0.02, 0.9), ("0.01w²", 0.02, 40.0)):
    factor = 1 - eta * k
    print(f"{name:7} eta = {eta:<5} factor {factor:6.3f}   left of the distance after 20 steps: {abs(factor) ** 20:.3g}")

# %% [markdown]
# ### Exercise 7.6: the largest rate that still works
#
# In practice nobody tells you $k$. You try rates. Write `largest_rate(derivative, start, etas, steps=20)`. For
# each rate in `etas`, walk `steps` steps from `start`. The rate *works* if the slope at the end is smaller in
# size than the slope at the start. Return the largest rate that works, and `None` if none does. The rates may
# come in any order. `abs(a)` is the size of a number, without its sign. `max(a)` is the largest number of a
# list; it stops with an error when the list is empty, that is, when `len(a)` is 0.

# %% exercise="largest_rate"
def largest_rate(derivative, start, etas, steps=20):
    """Return the largest of etas for which descent ends with a smaller slope, or None. etas: a list."""
    ### BEGIN SOLUTION
    working = []
    for eta in etas:
        end = gradient_descent_1d(derivative, start, eta, steps)[-1]
        if abs(derivative(end)) < abs(derivative(start)):
            working.append(eta)
    return max(working) if working else None
    ### END SOLUTION

# %% wrong="largest_rate" says="first one"
def largest_rate(derivative, start, etas, steps=20):
    for eta in etas:
        path = gradient_descent_1d(derivative, start, eta, steps)
        if abs(derivative(path[-1])) < abs(derivative(start)):
            return eta
    return None

# %% wrong="largest_rate" says="diverges"
def largest_rate(derivative, start, etas, steps=20):
    for eta in sorted(etas):
        path = gradient_descent_1d(derivative, start, eta, steps)
        if abs(derivative(path[-1])) >= abs(derivative(start)):
            return eta
    return None

# %% wrong="largest_rate" says="size"
def largest_rate(derivative, start, etas, steps=20):
    best = None
    for eta in sorted(etas):
        path = gradient_descent_1d(derivative, start, eta, steps)
        if derivative(path[-1]) < derivative(start):
            best = eta
    return best

# %% wrong="largest_rate" says="any order"
def largest_rate(derivative, start, etas, steps=20):
    best = None
    for eta in etas:
        path = gradient_descent_1d(derivative, start, eta, steps)
        if abs(derivative(path[-1])) < abs(derivative(start)):
            best = eta
    return best

# %% wrong="largest_rate" says="away from 0"
def largest_rate(derivative, start, etas, steps=20):
    best = None
    for eta in sorted(etas):
        path = gradient_descent_1d(derivative, start, eta, steps)
        if abs(path[-1]) < abs(start):
            best = eta
    return best

# %% check="largest_rate" points=4
def _eight(w):
    return 8 * w


_etas = [0.05, 0.1, 0.2, 0.24, 0.26, 0.3]
_got = largest_rate(_eight, 1.0, _etas)
assert _got is not None, (
    "For 4w² you return None, though several rates work. Does your function reach a `return`, and does "
    "gradient_descent_1d pass its check?"
)
assert np.shape(_got) == (), f"Return one rate; yours has the shape {np.shape(_got)}."
assert not np.isclose(_got, 0.05), "You return the first one that works. Look at the others before you decide."
assert not np.isclose(_got, 0.26), "For 4w² you return 0.26, the first rate that diverges. The largest before it is wanted."
assert np.isclose(_got, 0.24), f"For 4w², from 1, you return {_got}. Which rates lie below 2/k, with k = 8?"
_got = largest_rate(_eight, -1.0, _etas)
assert _got is not None and np.isclose(_got, 0.24), (
    f"From −1 instead of 1 you return {_got}. Slopes may be negative: compare their size, without the sign."
)
_got = largest_rate(_eight, 1.0, [0.3, 0.24, 0.1, 0.26, 0.05])
assert _got is not None and np.isclose(_got, 0.24), (
    f"With the same rates shuffled you return {_got}. They may come in any order."
)
_got = largest_rate(_eight, 1.0, [0.3, 0.26])
assert _got is None, f"When no rate works, you return {_got}, not None."
print("largest_rate finds the border of 4w², from both sides, and None where nothing works.")
### BEGIN HIDDEN TESTS
# reference: largest_rate
_got = largest_rate(lambda w: 2 * (w - 3), 1.0, [0.1, 0.5, 0.9, 1.1])
assert _got is not None and np.isclose(_got, 0.9), (
    f"With the minimum at w = 3 instead of 0 you return {_got}, not 0.9. A good walk may lead away from 0: look "
    "at the slope, not at w."
)
_rng = np.random.default_rng(76)
for _k in (0.5, 3.0, 40.0):
    _m, _start = float(_rng.normal()), float(_rng.normal())
    _etas = [float(_part * 2 / _k) for _part in (0.3, 1.04, 0.97, 0.8, 1.5)]

    def _slope(w, k=_k, m=_m):
        return k * (w - m)

    _want = reference_largest_rate(_slope, _start, _etas, 15)
    _got = largest_rate(_slope, _start, list(_etas), 15)
    assert _got is not None and np.isclose(_got, _want), f"For a random parabola of curvature {_k} the rate is wrong."
    assert np.isclose(_got, max(_eta for _eta in _etas if _eta < 2 / _k)), (
        "The rate differs from what the formula 2/k says."
    )
assert largest_rate(lambda w: 2 * w, 1.0, [0.25]) == 0.25, "With a single rate that works, return that rate."
assert largest_rate(lambda w: 2 * w, 1.0, [0.5, 1.0], 5) == 0.5, (
    "At exactly 2/k the walk jumps to and fro, and the slope does not become smaller: that rate does not work."
)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 7.7: between 0 and 1? (in your own words, 4 points)
#
# A tutorial says: "The learning rate lies between 0 and 1. Start with 0.1." Take $L(w) = 50w^2$ and then
# $L(w) = 0.001w^2$, each from $w = 1$ with $\eta = 0.1$.
#
# For each of the two: compute the factor by which a step multiplies the distance from the minimum, say what
# the walk does, and give the range of rates that work. Then say in one sentence what you would tell the
# tutorial's author.

# %% [markdown] written="why_a_habit" points=4
# ### BEGIN SOLUTION
# $L = 50w^2$ has the slope $100w$, so $k = 100$ and the factor is $1 - 0.1 \cdot 100 = -9$: each step jumps to
# the other side and nine times as far away. The walk diverges. Rates work for $0 < \eta < 2/100 = 0.02$.
#
# $L = 0.001w^2$ has the slope $0.002w$, so $k = 0.002$ and the factor is $1 - 0.0002 = 0.9998$: the walk comes
# nearer, but after 1000 steps it still has about 82 % of its way before it. Rates work for
# $0 < \eta < 1000$, so rates far above 1 are fine here, and better.
#
# A rate is not large or small by itself: what counts is its product with the curvature, and that must lie
# between 0 and 2.
#
# **Mark scheme**
# - 1 point: factor −9 (or k = 100 and its use) and "diverges" for the first
# - 1 point: factor 0.9998 (or k = 0.002 and its use) and "creeps", "too slow" for the second
# - 1 point: both ranges, 0.02 and 1000
# - 1 point: says that the curvature (or how steep the loss is) decides, not a range that holds for all
# ### END SOLUTION

# %% [markdown]
# ## 6. When the slope misleads
#
# A loss is seldom a parabola. The other functions of the playground show what can happen. Its polynomial is
# $w^4/4 - w^3/3 - w^2$.

# %%
def polynomial(w):
    return w**4 / 4 - w**3 / 3 - w**2


def d_polynomial(w):  # this is w (w − 2) (w + 1), so it is 0 at −1, 0 and 2
    return w**3 - w**2 - 2 * w

# %% tags=["demo"]
fig, axes = plt.subplots(2, 2, figsize=(9.6, 6.6), layout="constrained")
walks = (  # function, derivative, axis, eta, steps, starts
    (lambda w: w**3, d_cube, np.linspace(-2.2, 1.3, 200), 0.1, (30, 3), (1.0, -1.0)),
    (lambda w: 1 / w, d_reciprocal, None, 0.25, (30, 3), (0.6, -1.0)),
    (np.sin, np.cos, np.linspace(-3.2, 6.4, 200), 0.5, (12, 12), (1.4, 1.8)),
    (polynomial, d_polynomial, np.linspace(-2.0, 3.0, 200), 0.1, (25, 25), (-1.9, 0.2)),
)
titles = (
    "$w^3$: stalls at 0 without a minimum, or runs away",
    "$1/w$: no minimum to reach, and a pole to jump over",
    r"$\sin w$: two close starts, two minima",
    "Polynomial: a local and a global minimum",
)
for ax, (f, slope_of, axis, eta, steps, begins), title in zip(axes.flat, walks, titles, strict=True):
    for part in ((np.linspace(-3, -0.22, 100), np.linspace(0.22, 3.4, 100)) if axis is None else (axis,)):
        ax.plot(part, f(part), color="#999999")
    for begin, count, look, colour in zip(begins, steps, ("o-", "s--"), (BLUE, VERMILION), strict=True):
        walk = gradient_descent_1d(slope_of, begin, eta, count)
        ax.plot(walk, f(walk), look, color=colour, linewidth=1.1, markersize=4.5, label=f"from {begin:g}".replace("-", "−"))
        ax.plot(begin, f(begin), look[0], color=colour, markersize=10, markerfacecolor="white", markeredgewidth=2)
    ax.set(title=title, xlabel="$w$", ylabel="$L(w)$")
    ax.legend(frameon=False, loc="best")
axes[0, 0].set(ylim=(-7, 2.5), xlim=(-2.1, 1.3))
axes[0, 1].set(ylim=(-5, 5), xlim=(-1.5, 3.4))
axes[1, 1].set(ylim=(-3.2, 3.6))
show(
    fig,
    "Four curves with two walks each; hollow marks are the starts. On w cubed the walk from 1 slows down at 0, "
    "where the curve is level but has no minimum, and the walk from minus 1 falls ever faster. On 1 / w the "
    "walk from 0.6 moves right for ever, and the walk from minus 1 jumps over the pole at 0 to the positive side. "
    "On the sine, starts at 1.4 and 1.8 end in different minima. On the polynomial the walk from minus 1.9 "
    "ends in the higher minimum at minus 1, the walk from 0.2 in the lower one at 2.",
)

# %% [markdown]
# Four lessons, one from each panel.
#
# - *A slope of 0 stops the walk, minimum or not.* On $w^3$ the slope $3w^2$ fades as $w$ comes near 0. From 1
#   the walk creeps towards 0 and never gets past. This is the vanishing gradient of lecture 04 in one
#   dimension. From −1 the opposite happens: the slope grows with every step, and the walk falls without end.
#   That is an exploding gradient.
# - *There may be no minimum.* $1/w$ falls for ever as $w$ grows, so the walk never arrives. At $w = 0$ the
#   function has no value at all: a *pole*. The slope beside it is huge, and one step can jump across.
# - *Which minimum you reach depends on where you start.* 1.4 and 1.8 lie on the two sides of a hill of the sine.
# - *Lowest near by is not lowest of all.* A **local minimum** is a point that is lower than its surroundings. A
#   **global minimum** is the lowest point of all. The polynomial has a local minimum at $w = -1$ and its global
#   minimum at $w = 2$. Descent sees only the slope under its feet, so it cannot tell the two apart.
#
# You may read that a small learning rate gets stuck in a local minimum, as if a larger one were the cure. Near a
# minimum a smooth curve is nearly a parabola, so part 5 applies. The polynomial has the curvature 3 at $w = -1$ and
# 6 at $w = 2$. A rate that is thrown out of the local minimum, above 2/3, cannot settle in the global one, where the
# border is 1/3. (From far away one long step may land in the other valley, as in the playground's last task.
# That is luck: it can carry the walk the wrong way as well.) What helps in practice is to start several times, from
# different random places.
#
# And a fifth lesson, for which no picture is needed. The step function of lecture 03 has the slope 0 wherever it has
# one. Descent would never move. You may read that any network with any loss can be trained in this way. It
# needs a slope that says something: therefore smooth activations, or ReLU, and a smooth loss instead of a count
# of mistakes.

# %%
for w in (-1.0, 0.0, 2.0):
    print(f"w = {w:4}: value {polynomial(w):6.3f}, slope {d_polynomial(w):.1f}")

# %% [markdown]
# At all three points the slope is 0. The middle one is a hilltop. A walk that starts exactly there never
# leaves it.
#
# When should the walk stop? Three rules are in use, often together: after a fixed number of steps; when the slope is
# nearly 0; when the loss no longer falls noticeably. None of them proves that you stand in a minimum.

# %% [markdown]
# ### Exercise 7.8: stop in time
#
# Write `descend_until(derivative, start, eta, tolerance, max_steps)`. Before each step, look at the slope. If
# its size is below `tolerance`, stop. Stop also when `max_steps` steps have been taken. Return the point and
# the number of steps taken, in this order: `return w, taken`. The word `break` leaves a loop at once.

# %% exercise="descend_until"
def descend_until(derivative, start, eta, tolerance=1e-6, max_steps=1000):
    """Return the point where descent stops, and the number of steps that it took."""
    ### BEGIN SOLUTION
    w, taken = start, 0
    while taken < max_steps and abs(derivative(w)) >= tolerance:
        w = descent_step(w, derivative(w), eta)
        taken += 1
    return w, taken
    ### END SOLUTION

# %% wrong="descend_until" says="without its sign"
def descend_until(derivative, start, eta, tolerance=1e-6, max_steps=1000):
    w, taken = start, 0
    for _ in range(max_steps):
        if derivative(w) < tolerance:
            break
        w = descent_step(w, derivative(w), eta)
        taken += 1
    return w, taken

# %% wrong="descend_until" says="one step too many"
def descend_until(derivative, start, eta, tolerance=1e-6, max_steps=1000):
    w, taken = start, 0
    for _ in range(max_steps):
        slope = derivative(w)
        w = descent_step(w, slope, eta)
        taken += 1
        if abs(slope) < tolerance:
            break
    return w, taken

# %% wrong="descend_until" says="whatever the slope is"
def descend_until(derivative, start, eta, tolerance=1e-6, max_steps=1000):
    w = start
    for _ in range(max_steps):
        w = descent_step(w, derivative(w), eta)
    return w, max_steps

# %% wrong="descend_until" says="the size of w"
def descend_until(derivative, start, eta, tolerance=1e-6, max_steps=1000):
    w, taken = start, 0
    for _ in range(max_steps):
        if abs(w) < tolerance:
            break
        w = descent_step(w, derivative(w), eta)
        taken += 1
    return w, taken

# %% wrong="descend_until" says="ends at n − 1"
def descend_until(derivative, start, eta, tolerance=1e-6, max_steps=1000):
    w = start
    for k in range(max_steps):
        taken = k
        if abs(derivative(w)) < tolerance:
            break
        w = descent_step(w, derivative(w), eta)
    return w, taken


# %% wrong="descend_until" says="both conditions"
def descend_until(derivative, start, eta, tolerance=1e-6, max_steps=1000):
    w, taken = start, 0
    while abs(derivative(w)) >= tolerance:
        w = descent_step(w, derivative(w), eta)
        taken += 1
    return w, taken


# %% wrong="descend_until" says="once, before the loop"
def descend_until(derivative, start, eta, tolerance=1e-6, max_steps=1000):
    w, slope, taken = start, derivative(start), 0
    for _ in range(max_steps):
        if abs(slope) < tolerance:
            break
        w = descent_step(w, slope, eta)
        taken += 1
    return w, taken


# %% check="descend_until" points=4
def _twice_less(w):
    return 2 * (w - 4)


_got = descend_until(_twice_less, 8.0, 0.25, 0.3, 1)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert isinstance(_got, (tuple, list)) and len(_got) == 2, "Return two things: the point and the number of steps."
assert not (_got[0] == 1 and np.isclose(_got[1], 6)), "Return the point first, then the number of steps."
assert not (np.isclose(_got[0], 6) and _got[1] != 1), (
    f"After one step you stand at 6, which is right, but you say {_got[1]} steps. Begin at 0 and count each step that is "
    "taken. (The counter of `range(n)` ends at n − 1.)"
)
assert not _got[1] > 1, (
    f"With `max_steps` 1 you take {_got[1]} steps. A large slope is no reason to go on then: both conditions can end it."
)
assert np.isclose(_got[0], 6) and _got[1] == 1, (
    f"With `max_steps` 1 you come from 8 to {_got[0]:.4g} (steps taken: {_got[1]}). One step down the slope 2(w − 4) with "
    "eta = 0.25 leads to 6. Does descent_step pass its check?"
)
_got = descend_until(lambda w: 2 * (w + 4), 0.25, 0.25, 0.3, 40)
assert _got[1] != 0, (
    "At w = 0.25 the slope is 8.5, far above the tolerance 0.3, yet you stop. Do you look at the size of w instead?"
)
_got = descend_until(_twice_less, 8.0, 0.25, 0.3, 40)
assert not np.isclose(_got[0], -72), (
    "Every step of yours has the same length: you ask for the slope once, before the loop. Ask for it before each step."
)
assert _got[1] != 40, (
    "You take all 40 steps, whatever the slope is. It falls below the tolerance 0.3 long before: stop there."
)
assert _got[1] != 6, (
    "You stop after 6 steps: one step too many. Look at the slope of the point where you stand before you move."
)
assert np.isclose(_got[0], 4.125) and _got[1] == 5, (
    f"Down the parabola with the slope 2(w − 4), from 8 with eta = 0.25 and tolerance 0.3, you stop at {_got[0]} "
    f"after {_got[1]} steps. Write down the slopes, 8, 4, 2 and so on, and see which is the first below 0.3."
)
_got = descend_until(_twice_less, 0.0, 0.25, 0.3, 40)
assert _got[1] != 0, "From the left side you do not move at all. The slope is negative there: look at it without its sign."
assert np.isclose(_got[0], 3.875) and _got[1] == 5, (
    f"From 0, on the left of the minimum, you stop at {_got[0]} after {_got[1]} steps."
)
_got = descend_until(_twice_less, 8.0, 0.25, 0.3, 2)
assert _got[1] == 2 and np.isclose(_got[0], 5), (
    f"With at most 2 steps you take {_got[1]} and stop at {_got[0]}. After `max_steps` steps it must end."
)
print("descend_until stops by the slope on both sides of a minimum, and by the number of steps.")
### BEGIN HIDDEN TESTS
# reference: descend_until
_rng = np.random.default_rng(78)
for _function in (np.sin, np.tanh):
    for _start in (-1.2, 0.4):
        _want = reference_descend_until(_function, _start, 0.4, 0.05, 60)
        _got = descend_until(_function, _start, 0.4, 0.05, 60)
        assert _got[1] == _want[1], f"Down a curve that is no parabola you take {_got[1]} steps, not {_want[1]}."
        assert np.isclose(_got[0], _want[0]), "Down a curve that is no parabola you stop at a wrong point."
        assert abs(_function(_got[0])) < 0.05, "Where you stop, the slope is not below the tolerance."
_k, _start = 3.0, float(_rng.uniform(1, 5))
_got = descend_until(lambda w: _k * w, _start, 0.1, 1e-3, 200)
assert _got[1] == int(np.ceil(np.log(1e-3 / (_k * _start)) / np.log(0.7))), (
    "On a parabola the number of steps differs from the one that the factor 1 − ηk gives."
)
_got = descend_until(lambda w: 3 * w, 0.0, 0.1, 1e-3, 50)
assert _got[0] == 0 and _got[1] == 0, "Started at a minimum, you should stop there after 0 steps."
_got = descend_until(lambda w: 3 * w, 2.0, 0.1, 1e-3, 0)
assert _got[0] == 2 and _got[1] == 0, "With `max_steps` 0 you should return the start and 0."
_got = descend_until(lambda w: 3 * w, 1.0, 1.0, 1e-3, 30)
assert _got[1] == 30, "A walk that diverges must end after `max_steps` steps."
### END HIDDEN TESTS

# %% [markdown]
# ## 7. Several parameters: pretend that there is only one
#
# The slides take a loss with three parameters:
#
# $$L(w_1, w_2, b) = (b + 2w_1 - w_2 - 3)^2 \quad\text{at}\quad w_1 = 1,\; w_2 = -1,\; b = 2.$$
#
# (It is a squared error: a neuron without activation, with the inputs 2 and −1 and the target 3. The slides
# write the bias as $b$ in one place and $b_1$ in another; it is one number.)
#
# A curve over three parameters cannot be drawn. The trick is to pretend that there is only one. Keep $w_1$ as
# it is, and put the present values in for the two others:
#
# $$L(w_1, -1, 2) = (2 + 2w_1 + 1 - 3)^2 = (2w_1)^2 = 4w_1^2.$$
#
# This is an ordinary curve, a *slice* through $L$. Do the same for $w_2$ and for $b$.

# %%
def slides_loss(w1, w2, b):
    return (b + 2 * w1 - w2 - 3) ** 2


print("loss at the start:", slides_loss(1, -1, 2))
for w1 in (-1, 0, 1, 2):
    print(f"w1 = {w1:2}: L = {slides_loss(w1, -1, 2):2}, and 4 w1² = {4 * w1**2:2}")

# %% tags=["demo"]
fig, axes = plt.subplots(1, 3, figsize=(9.8, 3.4), sharey=True, layout="constrained")
slices = (
    ("$w_1$", 1, 8, lambda v: slides_loss(v, -1, 2), "$4w_1^2$: slope 8 at 1"),
    ("$w_2$", -1, -4, lambda v: slides_loss(1, v, 2), "$(1 - w_2)^2$: slope −4 at −1"),
    ("$b$", 2, 4, lambda v: slides_loss(1, -1, v), "$b^2$: slope 4 at 2"),
)
for ax, (name, at, slope, f, words), colour in zip(axes, slices, (BLUE, VERMILION, GREEN), strict=True):
    axis = at + np.linspace(-2.4, 2.4, 121)
    ax.plot(axis, f(axis), color="#222222")
    ax.plot(axis, 4 + slope * (axis - at), "--", color=colour)
    ax.plot(at, 4, "o", color=colour, markersize=8)
    ax.set(xlabel=name + ", the others fixed", ylim=(-1.5, 13))
    ax.set_title(words, fontsize=10.5)
axes[0].set_ylabel("$L$")
fig.suptitle("One point, three slices, three slopes: 8, −4 and 4", fontsize=12)
show(
    fig,
    "Three bowls, one for each parameter with the two others fixed. All meet the loss 4 at the present point. "
    "The slice over w1 is 4 w1 squared with slope 8 at 1. The slice over w2 is (1 minus w2) squared with slope "
    "minus 4 at minus 1. The slice over b is b squared with slope 4 at 2.",
)

# %% [markdown]
# The slope of a slice is the **partial derivative** with respect to that parameter. It is written
# $\frac{\partial L}{\partial w_1}$. The sign $\partial$, a rounded d, reads "the partial derivative": of $L$,
# with respect to $w_1$, everything else held fixed.
#
# We need not put numbers in first. Treat the others as constants and use the rule for a squared line from
# part 3. With $e = b + 2w_1 - w_2 - 3$,
#
# $$\frac{\partial L}{\partial w_1} = 2e \cdot 2, \qquad
# \frac{\partial L}{\partial w_2} = 2e \cdot (-1), \qquad
# \frac{\partial L}{\partial b} = 2e \cdot 1.$$
#
# Each has a factor of its own: how fast $e$ grows with that parameter. At the slides' point $e = 2$, so the
# three are 8, −4 and 4, as in the figure.
#
# To get a partial derivative as a number, move *one* parameter by $h$ to each side:
#
# $$\frac{\partial f}{\partial p_i} \approx \frac{f(\dots, p_i + h, \dots) - f(\dots, p_i - h, \dots)}{2h}$$

# %% [markdown]
# ### Exercise 7.9: a partial derivative as a number
#
# Write `partial_derivative(f, point, i, h=1e-5)`. Here `point` is an array with all parameters, `f(point)` is
# a number, and `i` says which parameter moves, counted from 0.
#
# Two things to know. `moved = point` makes no second array, only a second name; `point.copy()` makes one. And
# an array of whole numbers stays one: put 1.1 into it, and 1 is kept. `point.astype(float)` makes a new array,
# of numbers with a fraction.

# %% exercise="partial_derivative"
def partial_derivative(f, point, i, h=1e-5):
    """Return the central difference of f in parameter i at the point, one number. point: shape (n,)."""
    ### BEGIN SOLUTION
    right, left = point.astype(float), point.astype(float)
    right[i] += h
    left[i] -= h
    return (f(right) - f(left)) / (2 * h)
    ### END SOLUTION

# %% wrong="partial_derivative" says="second name"
def partial_derivative(f, point, i, h=1e-5):
    right = point
    right[i] += h
    left = point
    left[i] -= h
    return (f(right) - f(left)) / (2 * h)

# %% wrong="partial_derivative" says="all parameters"
def partial_derivative(f, point, i, h=1e-5):
    return (f(point + h) - f(point - h)) / (2 * h)

# %% wrong="partial_derivative" says="whole numbers"
def partial_derivative(f, point, i, h=1e-5):
    right, left = point.copy(), point.copy()
    right[i] += h
    left[i] -= h
    return (f(right) - f(left)) / (2 * h)

# %% wrong="partial_derivative" says="one side"
def partial_derivative(f, point, i, h=1e-5):
    right = point.astype(float)
    right[i] += h
    return (f(right) - f(point)) / h

# %% wrong="partial_derivative" says="number `i`"
def partial_derivative(f, point, i, h=1e-5):
    right, left = point.astype(float), point.astype(float)
    right[1] += h
    left[1] -= h
    return (f(right) - f(left)) / (2 * h)


# %% wrong="partial_derivative" says="twice too large"
def partial_derivative(f, point, i, h=1e-5):
    right, left = point.astype(float), point.astype(float)
    right[i] += h
    left[i] -= h
    return (f(right) - f(left)) / h


# %% wrong="partial_derivative" says="multiplies by h"
def partial_derivative(f, point, i, h=1e-5):
    right, left = point.astype(float), point.astype(float)
    right[i] += h
    left[i] -= h
    return (f(right) - f(left)) / 2 * h


# %% check="partial_derivative" points=3
def _mixed(p):
    return 3 * p[0] + p[1] ** 3 + p[0] * p[2]


_point = np.array([1.0, 2.0, 3.0])
_got = partial_derivative(_mixed, _point, 1, 0.25)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), f"Your function gives shape {np.shape(_got)}, not one number."
assert not np.isclose(_got, 0), (
    "You get 0 where the slope is not 0. `right = point` makes only a second name: both are the same array then."
)
assert not np.isclose(_got, 19.0625), (
    "All parameters have moved. Move parameter i alone, and leave the others where they are."
)
assert not np.isclose(_got, 15.0 + 1 / 4 - 1.6875), "You moved to one side only. Take one point on each side."
assert not np.isclose(_got, 24.125), "Your slope is twice too large. How far apart are the two points?"
assert not np.isclose(_got, 0.75390625), (
    "`/ 2 * h` divides by 2 and then multiplies by h. Put the denominator in brackets."
)
assert np.isclose(_got, 12.0625), (
    f"For f = 3p₀ + p₁³ + p₀p₂ at (1, 2, 3), in p₁ with h = 0.25, you get {_got}. Compare with the formula."
)
assert np.array_equal(_point, [1, 2, 3]), "Your function changes the point that it is given. Move a copy."
_got = partial_derivative(_mixed, np.array([1.0, 2.0, 3.0]), 0)
assert np.isclose(_got, 6), (
    f"At the same point, but in p₀, you get {_got:.4g}, not 6. Is the parameter that moves always number `i`?"
)
_got = partial_derivative(_mixed, np.array([1, 2, 3]), 0)
assert np.isclose(_got, 6), (
    f"At the point (1, 2, 3), written as whole numbers, the slope in p₀ comes out as {_got}, not 6. Does your "
    "copy keep whole numbers only?"
)
print("partial_derivative moves one parameter at a time, and leaves the point alone.")
### BEGIN HIDDEN TESTS
# reference: partial_derivative
def _bumpy(p):
    return float(np.sum(np.sin(p)) + np.prod(p))


_rng = np.random.default_rng(79)
for _n in (1, 2, 5):
    _point = _rng.normal(size=_n)
    for _i in range(_n):
        _want = reference_partial_derivative(_bumpy, _point, _i)
        _got = partial_derivative(_bumpy, _point.copy(), _i)
        assert np.isclose(_got, _want), f"With {_n} parameters the slope in parameter {_i} is wrong."
        _true = np.cos(_point[_i]) + np.prod(np.delete(_point, _i))
        assert np.isclose(_got, _true, rtol=0, atol=1e-7), (
            f"With {_n} parameters the slope in parameter {_i} differs from the one found by rules."
        )
_point = np.array([1.0, -1.0, 2.0])
for _i, _slope in enumerate((8, -4, 4)):
    _got = partial_derivative(lambda p: (p[2] + 2 * p[0] - p[1] - 3) ** 2, _point, _i)
    assert np.isclose(_got, _slope), f"For the slides' loss the partial derivative number {_i} should be {_slope}."
assert np.array_equal(_point, [1, -1, 2]), "Your function changes the point that it is given. Move a copy."
assert np.isclose(partial_derivative(lambda p: 5.0, np.array([1.0, 2.0]), 1), 0), (
    "A function that never changes has the slope 0 everywhere."
)
### END HIDDEN TESTS

# %% [markdown]
# All partial derivatives together, as one array, are the **gradient**. It is written $\nabla L$; the sign
# $\nabla$ reads "nabla" or "the gradient of".
#
# $$\nabla L = \Big(\frac{\partial L}{\partial w_1},\; \frac{\partial L}{\partial w_2},\;
# \frac{\partial L}{\partial b}\Big)$$

# %% [markdown]
# ### Exercise 7.10: the gradient as numbers
#
# Write `numerical_gradient(f, point, h=1e-5)`: an array with the partial derivative in every parameter, of the
# same shape as `point`. Use your `partial_derivative`. `len(point)` is the number of parameters.

# %% exercise="numerical_gradient"
def numerical_gradient(f, point, h=1e-5):
    """Return the gradient of f at the point by central differences, shape (n,). point: shape (n,)."""
    ### BEGIN SOLUTION
    return np.array([partial_derivative(f, point, i, h) for i in range(len(point))])
    ### END SOLUTION

# %% wrong="numerical_gradient" says="added them up"
def numerical_gradient(f, point, h=1e-5):
    return sum(partial_derivative(f, point, i, h) for i in range(len(point)))

# %% wrong="numerical_gradient" says="last parameter"
def numerical_gradient(f, point, h=1e-5):
    gradient = np.zeros(len(point))
    for i in range(len(point) - 1):
        gradient[i] = partial_derivative(f, point, i, h)
    return gradient

# %% wrong="numerical_gradient" says="whole numbers"
def numerical_gradient(f, point, h=1e-5):
    gradient = np.zeros_like(point)
    for i in range(len(point)):
        gradient[i] = partial_derivative(f, point, i, h)
    return gradient

# %% wrong="numerical_gradient" says="counts from 0"
def numerical_gradient(f, point, h=1e-5):
    gradient = np.zeros(len(point))
    for i in range(1, len(point)):
        gradient[i] = partial_derivative(f, point, i, h)
    return gradient

# %% wrong="numerical_gradient" says="overwritten"
def numerical_gradient(f, point, h=1e-5):
    gradient = point
    for i in range(len(point)):
        gradient[i] = partial_derivative(f, point, i, h)
    return gradient


# %% wrong="numerical_gradient" says="is a list"
def numerical_gradient(f, point, h=1e-5):
    gradient = []
    for i in range(len(point)):
        gradient.append(partial_derivative(f, point, i, h))
    return gradient


# %% wrong="numerical_gradient" says="on to partial_derivative"
def numerical_gradient(f, point, h=1e-5):
    return np.array([partial_derivative(f, point, i) for i in range(len(point))])


# %% check="numerical_gradient" points=3
def _polynomial_of_three(p):
    return 2.5 * p[0] + p[1] ** 2 + 3 * p[0] * p[2]


_got = numerical_gradient(_polynomial_of_three, np.array([1.0, 2.0, -1.0]))
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) != (), f"You return one number, {_got}. Have you added them up? Keep one for each parameter."
assert np.shape(_got) == (3,), f"For three parameters the shape is {np.shape(_got)}, not (3,). Each has its slope."
assert isinstance(_got, np.ndarray), (
    "Your gradient is a list. The update multiplies it by eta, so make an array of it at the end."
)
assert not (np.isclose(_got[2], 0) and np.isclose(_got[0], -0.5)), (
    "The slope in the last parameter is missing. `range(n)` already ends at n − 1."
)
assert not (np.isclose(_got[0], 0) and np.isclose(_got[1], 4)), (
    "The slope in the first parameter is missing. Python counts from 0."
)
assert not np.allclose(_got, [-0.5, 4, -1.5]), (
    "Your third slope is taken at a point that you have overwritten with the first one. Put the slopes elsewhere: in an "
    "array or a list of their own."
)
assert np.allclose(_got, [-0.5, 4, 3]), (
    f"For f = 2.5p₀ + p₁² + 3p₀p₂ at (1, 2, −1) you get {_got}. Work out the three slopes by rule, and compare. "
    "Does partial_derivative pass its check?"
)
_got = numerical_gradient(_polynomial_of_three, np.array([1, 2, -1]))
assert not np.issubdtype(np.asarray(_got).dtype, np.integer), (
    f"At the same point written as whole numbers you get {_got}. An array made like `point` keeps whole numbers "
    "only, and cuts the slopes."
)
assert np.allclose(_got, [-0.5, 4, 3]), (
    f"At the same point written without fractions you get {_got}. Does partial_derivative pass its check for such points?"
)
print("numerical_gradient is right for a function of three parameters.")
### BEGIN HIDDEN TESTS
# reference: numerical_gradient
from scipy.optimize import approx_fprime as _approx_fprime

_rng = np.random.default_rng(710)
for _n in (1, 2, 6):
    _A, _point = _rng.normal(size=(_n, _n)), _rng.normal(size=_n)

    def _quadratic(p, A=_A):
        return float(p @ A @ p)

    _want = reference_numerical_gradient(_quadratic, _point)
    _got = numerical_gradient(_quadratic, _point.copy())
    assert np.shape(_got) == (_n,), f"For {_n} parameters the shape is {np.shape(_got)}, not ({_n},)."
    assert np.allclose(_got, _want), f"For a random function of {_n} parameters the gradient is wrong."
    assert np.allclose(_got, (_A + _A.T) @ _point, atol=1e-6), (
        "For a random quadratic function the gradient differs from the one found by rules."
    )
    assert np.allclose(_got, _approx_fprime(_point, _quadratic), atol=1e-4), "The gradient differs from SciPy's."
_got = numerical_gradient(lambda p: float(p[0] ** 2), np.array([3.0]), 0.5)
assert np.shape(_got) == (1,) and np.isclose(_got[0], 6), "With a single parameter, or another h, something is wrong."
_got = numerical_gradient(lambda p: float(p[0] ** 3), np.array([3.0]), 0.5)
assert not np.isclose(_got[0], 27, rtol=0, atol=1e-3), "Your function takes no notice of `h`. Hand it on to partial_derivative."
assert np.isclose(_got[0], 27.25), "For x³ with h = 0.5 the gradient is wrong."
assert np.allclose(numerical_gradient(lambda p: float(p @ p), np.zeros(4)), 0), "At a minimum the gradient must be 0."
### END HIDDEN TESTS

# %% [markdown]
# Now the update. Each parameter goes against *its own* slope, and all of them go at once:
#
# $$\begin{bmatrix} w_1 \\ w_2 \\ b \end{bmatrix} \leftarrow
# \begin{bmatrix} w_1 \\ w_2 \\ b \end{bmatrix} - \eta
# \begin{bmatrix} \partial L / \partial w_1 \\ \partial L / \partial w_2 \\ \partial L / \partial b \end{bmatrix},
# \qquad\text{in short}\qquad \theta \leftarrow \theta - \eta\,\nabla L.$$
#
# Here $\theta$ (theta) stands for all parameters together, as in lecture 01.
#
# "At once" matters. All slopes are taken at the *old* point. Whoever changes $w_1$ first and then works out the
# slope in $w_2$ at the changed point, does something else. (It has a name of its own, coordinate descent, and
# other properties.) You may read that the parameters are adjusted "one by one"; it is meant that each has its
# own slope.

# %% [markdown]
# ### Exercise 7.11: the step of the slides
#
# Write `slides_step(w1, w2, b, eta)`: one step of gradient descent on the slides' loss
# $(b + 2w_1 - w_2 - 3)^2$. Use the formulas for the three partial derivatives, and return the new `w1`, `w2`
# and `b`, in this order.

# %% exercise="slides_step"
def slides_step(w1, w2, b, eta):
    """Return the three parameters after one step on the loss (b + 2 w1 - w2 - 3)^2."""
    ### BEGIN SOLUTION
    e = b + 2 * w1 - w2 - 3
    return w1 - eta * 2 * e * 2, w2 + eta * 2 * e, b - eta * 2 * e
    ### END SOLUTION

# %% wrong="slides_step" says="already changed"
def slides_step(w1, w2, b, eta):
    w1 = w1 - eta * 4 * (b + 2 * w1 - w2 - 3)
    w2 = w2 + eta * 2 * (b + 2 * w1 - w2 - 3)
    b = b - eta * 2 * (b + 2 * w1 - w2 - 3)
    return w1, w2, b

# %% wrong="slides_step" says="factor of its own"
def slides_step(w1, w2, b, eta):
    slope = 2 * (b + 2 * w1 - w2 - 3)
    return w1 - eta * slope, w2 - eta * slope, b - eta * slope

# %% wrong="slides_step" says="comes down from the square"
def slides_step(w1, w2, b, eta):
    e = b + 2 * w1 - w2 - 3
    return w1 - eta * 2 * e, w2 + eta * e, b - eta * e

# %% wrong="slides_step" says="uphill"
def slides_step(w1, w2, b, eta):
    slope = 2 * (b + 2 * w1 - w2 - 3)
    return w1 + eta * 2 * slope, w2 - eta * slope, b + eta * slope

# %% wrong="slides_step" says="falls as w2 grows"
def slides_step(w1, w2, b, eta):
    slope = 2 * (b + 2 * w1 - w2 - 3)
    return w1 - eta * 2 * slope, w2 - eta * slope, b - eta * slope

# %% wrong="slides_step" says="loss itself"
def slides_step(w1, w2, b, eta):
    e = (b + 2 * w1 - w2 - 3) ** 2
    return w1 - eta * 4 * e, w2 + eta * 2 * e, b - eta * 2 * e


# %% check="slides_step" points=3
_got = slides_step(2.0, 0.0, 2.0, 0.25)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert isinstance(_got, (tuple, list, np.ndarray)) and len(_got) == 3, "Return three numbers: w1, w2 and b."
assert not np.allclose(_got, [-1, -1.5, 2.75]), (
    "Your second and third slope are taken at a point where w1 has already changed. Take all three slopes first."
)
assert not np.allclose(_got, [0.5, -1.5, 0.5]), (
    "You use the same slope three times. Each parameter has a factor of its own: how fast e grows with it."
)
assert not np.allclose(_got, [0.5, 0.75, 1.25]), (
    "Each of your steps is half of what it should be. Which factor comes down from the square?"
)
assert not np.allclose(_got, [5, -1.5, 3.5]), "All three parameters go uphill. Look at the sign of the step."
assert not np.allclose(_got, [-1, -1.5, 0.5]), (
    "w1 and b are right, w2 goes the wrong way: e falls as w2 grows. What is its factor?"
)
assert not np.allclose(_got, [-7, 4.5, -2.5]), (
    "Your slopes hold e², which is the loss itself. In the slope of a squared line the line stands once."
)
assert np.allclose(_got, [-1, 1.5, 0.5]), (
    f"From (2, 0, 2) with eta = 0.25 you come to {tuple(map(float, _got))}. Find e and the three slopes by hand."
)
print("slides_step is right for one step from (2, 0, 2).")
### BEGIN HIDDEN TESTS
# reference: slides_step
_got = slides_step(1, -1, 2, 0.1)
assert np.allclose(_got, [0.2, -0.6, 1.6]), "From the slides' own point, with eta = 0.1, the step is wrong."
_rng = np.random.default_rng(711)
for _ in range(6):
    _w1, _w2, _b = (float(_v) for _v in _rng.normal(scale=2, size=3))
    _eta = float(_rng.uniform(0.01, 0.5))
    _got = slides_step(_w1, _w2, _b, _eta)
    assert np.allclose(_got, reference_slides_step(_w1, _w2, _b, _eta)), "From a random point the step is wrong."
    # The closed formula: a step multiplies e by 1 − 12η, because 2² + (−1)² + 1² = 6.
    _before, _after = _b + 2 * _w1 - _w2 - 3, _got[2] + 2 * _got[0] - _got[1] - 3
    assert np.isclose(_after, (1 - 12 * _eta) * _before), "The error e does not shrink as a closed formula says."
assert np.allclose(slides_step(0.0, -3.0, 0.0, 0.3), [0, -3, 0]), "Where the loss is 0, nothing must move."
assert np.allclose(slides_step(1.0, -1.0, 2.0, 0.0), [1, -1, 2]), "With eta = 0 nothing must move."
### END HIDDEN TESTS

# %% [markdown]
# Walk from the slides' point with two rates. Both lie between 0 and 1. In a call, `*place` hands over the numbers
# of `place` one by one.

# %% tags=["demo"]
for eta in (0.1, 0.25):
    place = (1.0, -1.0, 2.0)
    losses = [slides_loss(*place)]
    for _ in range(4):
        place = slides_step(*place, eta)
        losses.append(slides_loss(*place))
    print(f"eta = {eta}: losses", "  ".join(f"{loss:.4g}" for loss in losses))

# %% [markdown]
# With 0.1 the loss falls from 4 to 0.16 in one step. With 0.25, the rate that worked so well on $w^2 + w$, it
# diverges. See what one step does to $e$. The three parameters change by $-\eta$ times $4e$, $-2e$ and $2e$, and
# $e = b + 2w_1 - w_2 - 3$ with them, by $-\eta\,(2 \cdot 4e + 2e + 2e) = -12\,\eta e$. So every step multiplies $e$ by
# $1 - 12\eta$. It is part 5 again, with $k = 12$: the border is $2/12 \approx 0.17$.

# %% [markdown]
# ## 8. The landscape
#
# With two parameters the loss is a landscape over a plane: two directions on the ground, and the loss for the
# height. As in lecture 06, it is drawn like a hiking map. A **contour** is a line along which the loss has one and the same
# value.
#
# Why is the gradient the right arrow? Move by a small step $d = (d_1, d_2)$. Each parameter adds its slope
# times its part of the step, so the loss changes by about
#
# $$\frac{\partial L}{\partial w_1} d_1 + \frac{\partial L}{\partial w_2} d_2,$$
#
# the weighted sum of lecture 03. Along a contour the loss does not change, so this is 0, and the contour and the
# gradient stand at a right angle, as the line and the weights of a neuron did there. Of all steps of one
# length, the sum is largest for the step that points along the gradient. So the gradient points where the loss
# rises most steeply, and $-\nabla L$ where it falls most steeply.

# %%
def ravine(w1, w2):
    return w1**2 / 2 + 5 * w2**2


def ravine_gradient(w):
    return np.array([w[0], 10 * w[1]])

# %% tags=["demo"]
east, north = np.meshgrid(np.linspace(-3, 3, 241), np.linspace(-1.6, 1.6, 161))
fig, ax = plt.subplots(figsize=(8.2, 4.7))
lines = ax.contour(east, north, ravine(east, north), levels=[0.25, 1, 2.5, 5, 9], colors="#777777", linewidths=1.2)
ax.clabel(lines, fmt="%g", fontsize=9)
for place, colour in (((-2.2, 0.3), BLUE), ((1.0, 0.63), VERMILION), ((2.24, 0.0), GREEN)):
    place = np.array(place)
    uphill = ravine_gradient(place)
    ax.annotate("", xy=place + uphill / 7, xytext=place, arrowprops=ARROW | {"color": colour, "linestyle": "--"})
    ax.annotate("", xy=place - uphill / 7, xytext=place, arrowprops=ARROW | {"color": colour, "linewidth": 2.6})
    ax.plot(*place, "o", color=colour, markersize=8)
ax.plot(0, 0, "k*", markersize=13)
ax.set(xlabel="$w_1$", ylabel="$w_2$", aspect="equal")
ax.set_title(r"$-\nabla L$ (solid) stands at a right angle to the contour; it seldom points at the minimum (star)")
show(
    fig,
    "A map of a long valley with oval contours around a minimum at the origin, marked by a star. At three points "
    "the gradient is drawn dashed, uphill, and its opposite solid, downhill. All arrows stand at right angles to "
    "the contours. Only the arrow on the valley's axis points at the minimum; the two others point across the "
    "valley.",
)

# %% [markdown]
# Look where the solid arrows point. Downhill is not the same as towards the minimum. In a long, narrow valley,
# a *ravine*, it is mostly across.
#
# Here $w_1$ has the curvature 1 and $w_2$ the curvature 10. Part 5 holds for each direction alone: the steep
# one allows only $\eta < 2/10$. The flat one would like ten times as much, and must wait.

# %% tags=["demo"]
fig, axes = plt.subplots(1, 2, figsize=(10.2, 3.4), layout="constrained", sharey=True)
for ax, eta, look, colour, words in zip(
    axes, (0.02, 0.19), ("o-", "s--"), (BLUE, VERMILION), ("too small: it crawls", "almost too large: it swings"), strict=True
):
    walk = [np.array([-2.6, 1.2])]
    for _ in range(20):
        walk.append(walk[-1] - eta * ravine_gradient(walk[-1]))
    ax.contour(east, north, ravine(east, north), levels=[0.25, 1, 2.5, 5, 9], colors="#bbbbbb", linewidths=1)
    ax.plot(*np.array(walk).T, look, color=colour, linewidth=1.2, markersize=4)
    ax.plot(0, 0, "k*", markersize=12)
    ax.set(xlabel="$w_1$", aspect="equal")
    ax.set_title(rf"$\eta = {eta}$ is {words}", fontsize=10.5)
axes[0].set_ylabel("$w_2$")
fig.suptitle("Twenty steps: in a ravine one rate serves the steep direction and the flat one badly", fontsize=12)
show(
    fig,
    "Two maps of the same ravine, each with twenty steps from the upper left. With rate 0.02 the path drops to the "
    "valley's floor and then crawls along it, and stays far from the minimum. With rate 0.19 it jumps from wall to "
    "wall while it moves along, and comes close to the minimum.",
)

# %% [markdown]
# Lecture 11 has optimisers that are made for such valleys.
#
# A second trouble. In one dimension a slope of 0 is a valley floor, a hilltop, or a level stretch. With several
# parameters there is one more. A **saddle point** has the gradient 0, but the loss rises from it in some
# directions and falls in others, as on a mountain pass. The landscape below is the polynomial of part 6 in
# $w_1$, plus $\tfrac12 w_2^2$. It has a local minimum, the global one, and a saddle point between them.

# %% tags=["demo"] title="Four walks on a map with two valleys"
def two_valleys_gradient(w):
    return np.array([d_polynomial(w[0]), w[1]])


east, north = np.meshgrid(np.linspace(-3, 3, 241), np.linspace(-3, 3, 241))
fig, ax = plt.subplots(figsize=(6.6, 5.6))
levels = [-2.4, -1.8, -1.2, -0.6, -0.3, 0, 0.4, 1, 2, 4, 7, 12, 20]
heights = polynomial(east) + north**2 / 2
lines = ax.contour(east, north, heights, levels=levels, colors="#aaaaaa", linewidths=1, linestyles="solid")
ax.clabel(lines, levels[::2], fmt="%g", fontsize=8)
looks = (("A", BLUE, "o-"), ("B", VERMILION, "s--"), ("C", GREEN, "^-."), ("D", "#222222", "D:"))
for begin, (name, colour, look) in zip(starts, looks, strict=True):
    walk = [begin]
    for _ in range(40):
        walk.append(walk[-1] - 0.1 * two_valleys_gradient(walk[-1]))
    ax.plot(*np.array(walk).T, look, color=colour, linewidth=1.4, markersize=4)
    ax.text(begin[0] + 0.08, begin[1] + 0.1, name, color=colour, fontsize=12, fontweight="bold")
ends = (((-1, 0), "local minimum", (-1, -0.5)), ((2, 0), "global minimum", (1.1, 0)), ((0, 0), "saddle point", (0, -0.9)))
for at, word, beside in ends:
    ax.plot(*at, "k*" if at[0] else "kX", markersize=11)
    box = {"facecolor": "white", "linewidth": 0, "pad": 1}
    ax.text(*beside, word, ha="center", va="center", fontsize=9.5, bbox=box)
ax.set(xlabel="$w_1$", ylabel="$w_2$", aspect="equal")
ax.set_title("Four starts, three ends: two minima and a saddle point")
show(
    fig,
    "A map with two valleys, a local minimum at (minus 1, 0) and the global minimum at (2, 0), and a saddle point "
    "at the origin. Of four starts, A on the left ends in the local minimum, B and C on the right in the global "
    "one. D starts exactly on the ridge line w1 = 0, slides down to the saddle point, and stays there.",
)

# %% [markdown]
# D stands still with a gradient of 0, in no minimum at all. It is an accident of a start with $w_1 = 0$ exactly.
# Push it a little and it leaves, but it takes its time:

# %% tags=["demo"]
place = np.array([1e-6, 2.4])
for step in range(121):
    if step % 20 == 0:
        height = polynomial(place[0]) + place[1] ** 2 / 2
        print(f"step {step:3}: w1 = {place[0]:.6f}, L = {height:9.6f}")
    place = descent_step(place, two_valleys_gradient(place), 0.1)

# %% [markdown]
# From step 20 to step 60 the loss hardly changes; then it falls. A flat stretch in a training curve is no proof
# of an end.
#
# How common is this? A minimum must curve upwards in *every* direction, a saddle point only in some. With
# thousands of parameters "every" is a lot to ask. So among the points with gradient 0, saddle points are
# expected to be far more numerous than bad local minima (Dauphin and colleagues, 2014).
#
# Go back to the playground of part 4, to its lower half, and try these.
#
# 1. The ravine with $\eta = 0.15$, ten steps at a time. Then 0.19, 0.2 and 0.21. At which one do all walkers run
#    away, and what does part 5 say?
# 2. Choose the saddle. Three walkers leave the picture. Which one does not, and why?
# 3. Choose the two valleys with $\eta = 0.05$. Move A, with its sliders or by a click into the map, and find the
#    line that divides the starts of the two minima. Then set $\eta = 0.15$ and start A at (−2.5, 1.5) again. On
#    which side does it end, and why?

# %% [markdown]
# ### Exercise 7.12: has it arrived? (in your own words, 4 points)
#
# A friend trains a network with many parameters. The loss falls from 2.3 to 0.8, and then it stays at 0.80 for
# 500 steps; the gradient is nearly 0. "So it has found the global minimum", he says, and stops.
#
# In four or five sentences: name three kinds of places, other than the global minimum, where the gradient is 0
# or nearly 0, and say in which way they differ. Why can descent itself not tell? Propose one experiment that
# could show that he is wrong, and say what he would see.

# %% [markdown] written="has_it_arrived" points=4
# ### BEGIN SOLUTION
# The gradient is also nearly 0 in a *local minimum*, from which the loss rises in every direction though lower
# points exist elsewhere; at a *saddle point*, from which it rises in some directions and falls in others; and on
# a *plateau*, where the loss is almost level, as for $w^3$ near 0 or behind saturated activations. (A maximum
# counts as well.) Descent sees only the slope at the present point. The slope is 0 in all these places, and
# nothing in it says what lies farther away. An experiment: start again from other random parameters. If one run
# ends clearly below 0.8, then 0.8 was not the global minimum. Or: add a little noise to the parameters (or train
# with mini-batches) and go on. From a saddle point or a plateau the loss then begins to fall; in a local minimum
# it comes back to 0.8. No experiment of this kind proves that a minimum is global.
#
# **Mark scheme**
# - 2 points: three kinds of places, told apart rightly (1 point for two of them, or for three without saying how
#   they differ)
# - 1 point: descent knows the slope at one point only, and that is 0 in all of them
# - 1 point: an experiment that could show it, with what would be seen
# ### END SOLUTION

# %% [markdown]
# ## 9. A line learns from data
#
# Now a model, with data. The target is the line of lecture 01, $f^*(x) = 2x + 1$, seen through noise. The model
# is $f_\theta(x) = wx + b$ with $\theta = (w, b)$. `rng.uniform(low, high, n)` draws `n` numbers between two
# bounds, and `rng.normal(0, s, n)` draws noise around 0 that is typically of the size `s`.

# %%
x_data = rng.uniform(-1, 3, 80)
y_data = 2 * x_data + 1 + rng.normal(0, 0.5, 80)


def mse(w, b, x, y):
    """The mean squared error of the line w x + b, as in lecture 06."""
    return np.mean((w * x + b - y) ** 2)


print(f"loss at (0, 0): {mse(0.0, 0.0, x_data, y_data):.2f}")
print(f"loss of the true line: {mse(2.0, 1.0, x_data, y_data):.2f}")

# %% [markdown]
# At $\theta = (0, 0)$ the loss is 13.45. For the true line it is 0.20: that is the noise, and no line can get
# rid of much of it.
#
# The loss is a mean over $n$ examples, so its gradient is a mean as well. For one example the rule for a squared
# line applies, with $w$ as the variable and the input $x_i$ as the factor:
#
# $$\frac{\partial L}{\partial w} = \frac{2}{n} \sum_{i=1}^{n} (w x_i + b - y_i)\, x_i, \qquad
# \frac{\partial L}{\partial b} = \frac{2}{n} \sum_{i=1}^{n} (w x_i + b - y_i).$$
#
# In words: the mean of twice the error, times what the parameter was multiplied by. For $b$ that is 1.

# %% [markdown]
# ### Exercise 7.13: the gradient of the mean squared error
#
# Write `mse_gradient(w, b, x, y)`. It returns two numbers, $\partial L / \partial w$ and
# $\partial L / \partial b$, in this order. `np.mean(a)` is the mean of all numbers in `a`. No loop is needed:
# `w * x + b` is computed for all examples at once.

# %% exercise="mse_gradient"
def mse_gradient(w, b, x, y):
    """Return dL/dw and dL/db of the mean squared error of w x + b. x, y: shape (n,)."""
    ### BEGIN SOLUTION
    error = w * x + b - y
    return 2 * np.mean(error * x), 2 * np.mean(error)
    ### END SOLUTION

# %% wrong="mse_gradient" says="a sum"
def mse_gradient(w, b, x, y):
    errors = w * x + b - y
    return 2 * np.sum(errors * x), 2 * np.sum(errors)

# %% wrong="mse_gradient" says="prediction minus target"
def mse_gradient(w, b, x, y):
    errors = y - (w * x + b)
    return 2 * np.mean(errors * x), 2 * np.mean(errors)

# %% wrong="mse_gradient" says="its own input"
def mse_gradient(w, b, x, y):
    errors = w * x + b - y
    return 2 * np.mean(errors) * np.mean(x), 2 * np.mean(errors)

# %% wrong="mse_gradient" says="without the input"
def mse_gradient(w, b, x, y):
    errors = w * x + b - y
    return 2 * np.mean(errors), 2 * np.mean(errors)

# %% wrong="mse_gradient" says="from the square"
def mse_gradient(w, b, x, y):
    errors = w * x + b - y
    return np.mean(errors * x), np.mean(errors)

# %% wrong="mse_gradient" says="other order"
def mse_gradient(w, b, x, y):
    errors = w * x + b - y
    return 2 * np.mean(errors), 2 * np.mean(errors * x)


# %% check="mse_gradient" points=3
_x, _y = np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 6.0])
_got = mse_gradient(1.0, 1.0, _x, _y)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert isinstance(_got, (tuple, list, np.ndarray)) and len(_got) == 2, "Return two things: the slope in w and the slope in b."
assert np.shape(_got[0]) == () and np.shape(_got[1]) == (), (
    f"The shapes are {np.shape(_got[0])} and {np.shape(_got[1])}. Each slope is one number: average over the examples."
)
assert not np.allclose(_got, [-8, -2]), "Both are three times too large, for three examples: a sum. The loss is a mean."
assert not np.allclose(_got, [8 / 3, 2 / 3]), (
    "Both have the wrong sign. The error in the formula is prediction minus target; the other way round points downhill, "
    "and the minus of the update would turn it uphill."
)
assert not np.allclose(_got, [-2 / 3, -8 / 3]), "Both numbers are right, but in the other order: the slope in w comes first."
assert not np.allclose(_got, [-2 / 3, -2 / 3]), "Your slope in w is without the input. What was w multiplied by?"
assert not np.allclose(_got, [-4 / 3, -2 / 3]), (
    "You average the errors first and the inputs by themselves. Multiply each error by its own input, then average."
)
assert not np.allclose(_got, [-4 / 3, -1 / 3]), "Both are half of what they should be. Which factor comes down from the square?"
assert np.allclose(_got, [-8 / 3, -2 / 3]), (
    f"For x = (1, 2, 3), y = (2, 2, 6), w = 1 and b = 1 you get {_got[0]} and {_got[1]}. Write down the three errors "
    "first, then the formulas."
)
print("mse_gradient is right for three examples.")
### BEGIN HIDDEN TESTS
# reference: mse_gradient
_rng = np.random.default_rng(713)
for _n in (1, 2, 40):
    _x, _y = _rng.normal(size=(2, _n))
    _w, _b = float(_rng.normal()), float(_rng.normal())
    _want = reference_mse_gradient(_w, _b, _x, _y)
    _got = mse_gradient(_w, _b, _x.copy(), _y.copy())
    assert np.allclose(_got, _want), f"For {_n} random examples the gradient is wrong."
    _h = 1e-6
    _numbers = [
        (np.mean((_w * _x + _b + _h * (_x * _i + 1 - _i) - _y) ** 2)
         - np.mean((_w * _x + _b - _h * (_x * _i + 1 - _i) - _y) ** 2)) / (2 * _h)
        for _i in (1, 0)
    ]
    assert np.allclose(_got, _numbers, atol=1e-6), f"For {_n} examples the gradient differs from central differences."
_x = np.array([0.0, 1.0, 2.0])
_y = 2 * _x + 1
_got = mse_gradient(2.0, 1.0, _x.copy(), _y.copy())
assert np.allclose(_got, [0, 0]), "When the line goes through every point, both slopes must be 0."
mse_gradient(0.5, 0.0, _x, _y)
assert np.array_equal(_x, [0, 1, 2]) and np.array_equal(_y, [1, 3, 5]), "Your function changes the data. Make new arrays."
assert np.allclose(mse_gradient(0, 0, np.array([1, 2]), np.array([3, 5])), [-13, -8]), "For whole numbers it is wrong."
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 7.14: batch descent
#
# Write `fit_line(x, y, eta, epochs)`. Start at $w = 0$ and $b = 0$. In each epoch note the loss, then take one
# step with the gradient over *all* examples. Both parameters change at once. Return `w`, `b` and `losses`, a
# list with the loss before each step. Use `mse` and your `mse_gradient`. A function that returns two values is
# called like this: `dw, db = mse_gradient(...)`.

# %% exercise="fit_line"
def fit_line(x, y, eta, epochs):
    """Fit w x + b by batch gradient descent from 0. Return w, b and the loss before each step, a list."""
    ### BEGIN SOLUTION
    w, b = 0.0, 0.0
    losses = []
    for _ in range(epochs):
        losses.append(mse(w, b, x, y))
        dw, db = mse_gradient(w, b, x, y)
        w, b = descent_step(w, dw, eta), descent_step(b, db, eta)
    return w, b, losses
    ### END SOLUTION

# %% wrong="fit_line" says="already changed"
def fit_line(x, y, eta, epochs):
    w, b, losses = 0.0, 0.0, []
    for _ in range(epochs):
        losses.append(mse(w, b, x, y))
        w = w - eta * mse_gradient(w, b, x, y)[0]
        b = b - eta * mse_gradient(w, b, x, y)[1]
    return w, b, losses

# %% wrong="fit_line" says="after the step"
def fit_line(x, y, eta, epochs):
    w, b, losses = 0.0, 0.0, []
    for _ in range(epochs):
        gradient = mse_gradient(w, b, x, y)
        w, b = w - eta * gradient[0], b - eta * gradient[1]
        losses.append(mse(w, b, x, y))
    return w, b, losses

# %% wrong="fit_line" says="begins at zero again"
def fit_line(x, y, eta, epochs):
    losses = []
    for _ in range(epochs):
        w, b = 0.0, 0.0
        losses.append(mse(w, b, x, y))
        gradient = mse_gradient(w, b, x, y)
        w, b = w - eta * gradient[0], b - eta * gradient[1]
    return w, b, losses

# %% wrong="fit_line" says="one number for each epoch"
def fit_line(x, y, eta, epochs):
    w, b = 0.0, 0.0
    for _ in range(epochs):
        losses = mse(w, b, x, y)
        gradient = mse_gradient(w, b, x, y)
        w, b = w - eta * gradient[0], b - eta * gradient[1]
    return w, b, losses

# %% wrong="fit_line" says="stand inside the loop"
def fit_line(x, y, eta, epochs):
    w, b, losses = 0.0, 0.0, []
    for _ in range(epochs):
        losses.append(mse(w, b, x, y))
        dw, db = mse_gradient(w, b, x, y)
        w, b = w - eta * dw, b - eta * db
        return w, b, losses


# %% wrong="fit_line" says="made once"
def fit_line(x, y, eta, epochs):
    w, b = 0.0, 0.0
    for _ in range(epochs):
        losses = []
        losses.append(mse(w, b, x, y))
        dw, db = mse_gradient(w, b, x, y)
        w, b = w - eta * dw, b - eta * db
    return w, b, losses


# %% wrong="fit_line" says="anew in each epoch"
def fit_line(x, y, eta, epochs):
    w, b, losses = 0.0, 0.0, []
    dw, db = mse_gradient(w, b, x, y)
    for _ in range(epochs):
        losses.append(mse(w, b, x, y))
        w, b = w - eta * dw, b - eta * db
    return w, b, losses


# %% check="fit_line" points=4
_x, _y = np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 5.0])
_got = fit_line(_x, _y, 0.15, 1)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert isinstance(_got, (tuple, list)) and len(_got) == 3, "Return three things: w, b and the list of losses."
assert np.ndim(_got[2]) == 1, "The third thing is not a list. Note the loss before every step: one number for each epoch."
assert len(_got[2]) == 1, f"After one epoch your list holds {len(_got[2])} losses. Note one in each epoch."
assert np.isclose(_got[0], 1.3), (
    f"After one step with eta = 0.15 your w is {_got[0]:.4g}. Does it go against its slope, −26/3? And do mse_gradient "
    "and descent_step pass their checks?"
)
assert not np.isclose(_got[1], 0.51), (
    "w is right, but b has been moved by its slope at a point where w had already changed. Take both slopes first."
)
assert np.isclose(_got[1], 0.9), f"After one step with eta = 0.15 your b is {_got[1]:.4g}. Its slope at the start is −6."
assert np.isclose(_got[2][0], 35 / 3), (
    f"The first loss in your list is {_got[2][0]:.4g}, not {35 / 3:.4g}, the loss at w = 0 and b = 0. Have you noted it "
    "after the step?"
)
_got = fit_line(_x, _y, 0.15, 200)
assert not (np.isclose(_got[0], 1.3) and len(_got[2]) == 1), (
    "200 epochs are asked for, and your function is back after one. Does `return` stand inside the loop?"
)
assert not np.isclose(_got[0], 1.3), "After 200 epochs w is where it was after one: each epoch begins at zero again."
assert len(_got[2]) == 200, (
    f"After 200 epochs your list holds {len(_got[2])} of the 200 losses. Is the list made once, before the loop?"
)
assert not np.isclose(_got[0], 260), (
    "Every step of yours is the same: the slopes are taken once, before the loop. Take them anew in each epoch."
)
assert _got[2][-1] < 1e-3 and np.isclose(_got[0], 2, atol=0.01), (
    f"The points lie on 2x + 1, but after 200 epochs your line is {_got[0]:.3g}x + {_got[1]:.3g}."
)
print("fit_line takes the right first step, and finds the line through three points.")
### BEGIN HIDDEN TESTS
# reference: fit_line
_rng = np.random.default_rng(714)
for _n in (1, 5, 60):
    _x = _rng.normal(size=_n)
    _y = -1.5 * _x + 0.5 + _rng.normal(scale=0.3, size=_n)
    _want = reference_fit_line(_x, _y, 0.1, 30)
    _got = fit_line(_x.copy(), _y.copy(), 0.1, 30)
    assert np.allclose(_got[:2], _want[:2]), f"For {_n} random examples w or b is wrong after 30 epochs."
    assert np.allclose(_got[2], _want[2]), f"For {_n} random examples the losses are wrong."
_got = fit_line(_x.copy(), _y.copy(), 0.2, 400)
assert np.allclose(_got[:2], np.polyfit(_x, _y, 1), atol=1e-6), (
    "After 400 epochs your line should be NumPy's line of least squares. It is not."
)
assert np.all(np.diff(_got[2]) <= 1e-12), "With a small eta, batch descent never raises the loss. Yours does."
_got = fit_line(np.array([1.0, 2.0]), np.array([1.0, 0.0]), 0.1, 0)
assert _got[0] == 0 and _got[1] == 0 and len(_got[2]) == 0, "With 0 epochs return 0, 0 and an empty list."
### END HIDDEN TESTS

# %% [markdown]
# Let it learn the 80 points. `np.polyfit(x, y, 1)` computes the line of least squares directly, which is
# possible for a line and serves as a second opinion.

# %% tags=["demo"]
w_batch, b_batch, losses = fit_line(x_data, y_data, eta=0.1, epochs=100)
print(f"batch descent:  w = {w_batch:.3f}, b = {b_batch:.3f}, loss {mse(w_batch, b_batch, x_data, y_data):.3f}")
print("least squares:  w = {:.3f}, b = {:.3f}".format(*np.polyfit(x_data, y_data, 1)))
print("losses:", np.round(losses[:4], 3), "…", np.round(losses[-1], 3))

# %% [markdown]
# ## 10. Batch, stochastic, mini-batch
#
# Every step of `fit_line` looks at all 80 examples. That is **batch gradient descent**. (Here *batch* has the
# older sense of lecture 02, the whole training set.) With a million examples one step would cost a million
# predictions, and most of them would say much the same.
#
# **Stochastic gradient descent** (SGD) takes the gradient of *one* example, drawn at random, for each step. It
# is a guess at the full gradient. Each single guess is off, but on average the guesses are right:

# %% tags=["demo"]
single = np.array([mse_gradient(0.0, 0.0, x_data[i : i + 1], y_data[i : i + 1]) for i in range(80)])
print("three single gradients:", np.round(single[:3], 2).tolist())
print("mean of all 80:        ", np.round(single.mean(axis=0), 4))
print("the full gradient:     ", np.round(mse_gradient(0.0, 0.0, x_data, y_data), 4))

# %% [markdown]
# **Mini-batch gradient descent** lies between the two: each step takes a few examples, a mini-batch as in
# lecture 02. The mean over a mini-batch of $B$ examples ($b$ in lecture 02; here $b$ is the bias) shakes less
# than a single example. With the same number of predictions it takes $n / B$ steps in an epoch instead of one.
# The figure shows three epochs of each.

# %% tags=["demo"]
def walk_line(x, y, eta, epochs, size):
    """The path of (w, b) with mini-batches of a size, in shuffled order, for the figure."""
    shuffler, at = np.random.default_rng(1), np.zeros(2)
    trace = [at]
    for _ in range(epochs):
        for rows in np.array_split(shuffler.permutation(len(x)), len(x) // size):
            at = at - eta * np.array(mse_gradient(at[0], at[1], x[rows], y[rows]))
            trace.append(at)
    return np.array(trace)


slopes, offsets = np.meshgrid(np.linspace(-0.3, 3.1, 120), np.linspace(-0.5, 2.2, 120))
heights = np.mean((slopes[..., None] * x_data + offsets[..., None] - y_data) ** 2, axis=-1)
fig, axes = plt.subplots(1, 3, figsize=(10.6, 3.7), sharey=True, layout="constrained")
kinds = ((80, "batch", BLUE, "o-"), (10, "mini-batches of 10", GREEN, "s-"), (1, "single examples", VERMILION, "-"))
for ax, (size, name, colour, look) in zip(axes, kinds, strict=True):
    trace = walk_line(x_data, y_data, 0.05, 3, size)
    ax.contour(slopes, offsets, heights, levels=[0.3, 0.6, 1.2, 2.5, 5, 9], colors="#bbbbbb", linewidths=1)
    ax.plot(*trace.T, look, color=colour, linewidth=1.3, markersize=4)
    ax.plot(*trace[0], "ks", markersize=7)
    ax.plot(*np.polyfit(x_data, y_data, 1), "k*", markersize=13)
    ax.set(xlabel="$w$")
    ax.set_title(f"{name}: {len(trace) - 1} steps", fontsize=10.5)
axes[0].set_ylabel("$b$")
fig.suptitle("Three epochs each: few sure steps, or many shaky ones that come farther", fontsize=12)
show(
    fig,
    "Three maps of the loss over w and b, with the path of three epochs from the origin, a black square, towards the "
    "minimum, a star. Batch descent takes 3 smooth steps and is still on its way. With mini-batches of 10 it takes 24 "
    "steps and comes close to the minimum with a slight tremble. With single examples it takes 240 steps, reaches the "
    "neighbourhood of the minimum, and wanders about there.",
)

# %% [markdown]
# What to keep in mind:
#
# - Batch: every step is sure and dear. Single examples: every step is cheap and shaky, and with a constant
#   $\eta$ the walk never quite settles. Mini-batches: a compromise, and what nearly everyone uses.
# - You may read that stochastic descent is faster than mini-batches. One *step* is cheaper. But computers work
#   on many numbers at once, so an epoch in mini-batches takes far less time than one in single examples.
# - The shaking can carry the walk out of a shallow local minimum or off a saddle point. It can; nothing
#   guarantees it.
# - Mind the words. Many texts, and Keras, say SGD when they mean mini-batches. The idea of following noisy
#   slopes goes back to Robbins and Monro (1951).
#
# In practice "drawn at random" means: shuffle the examples anew in every epoch, and go through them in that
# order.

# %% [markdown]
# ### Exercise 7.15: a line from mini-batches
#
# The closing program. Write `fit_minibatch(x, y, eta, epochs, batch_size, seed)`.
#
# 1. Make *one* generator, `np.random.default_rng(seed)`, and start at $w = 0$, $b = 0$.
# 2. In every epoch call its method `permutation(n)` once, with $n$ the number of examples. It gives the numbers
#    0 to $n - 1$ in a new random order.
# 3. Cut this order into pieces of `batch_size`. The last piece may be shorter, and it counts, too. A slice
#    `order[start:stop]` may reach beyond the end, and then simply ends there. `range(0, n, batch_size)` gives
#    the starts.
# 4. For each piece take the examples with these numbers, from `x` and `y` alike (`x[piece]` does it), and make
#    one step for `w` and `b` with their gradient.
#
# Return `w` and `b`.

# %% exercise="fit_minibatch"
def fit_minibatch(x, y, eta, epochs, batch_size, seed):
    """Fit w x + b by mini-batch gradient descent from 0. Return w and b. x, y: shape (n,)."""
    ### BEGIN SOLUTION
    generator = np.random.default_rng(seed)
    w, b = 0.0, 0.0
    for _ in range(epochs):
        order = generator.permutation(len(x))
        for start in range(0, len(x), batch_size):
            piece = order[start : start + batch_size]
            dw, db = mse_gradient(w, b, x[piece], y[piece])
            w, b = descent_step(w, dw, eta), descent_step(b, db, eta)
    return w, b
    ### END SOLUTION

# %% wrong="fit_minibatch" says="shorter piece"
def fit_minibatch(x, y, eta, epochs, batch_size, seed):
    generator = np.random.default_rng(seed)
    w, b = 0.0, 0.0
    for _ in range(epochs):
        order = generator.permutation(len(x))
        for k in range(len(x) // batch_size):
            piece = order[k * batch_size : (k + 1) * batch_size]
            gradient = mse_gradient(w, b, x[piece], y[piece])
            w, b = w - eta * gradient[0], b - eta * gradient[1]
    return w, b

# %% wrong="fit_minibatch" says="belongs to its own input"
def fit_minibatch(x, y, eta, epochs, batch_size, seed):
    generator = np.random.default_rng(seed)
    w, b = 0.0, 0.0
    for _ in range(epochs):
        xs, ys = x[generator.permutation(len(x))], y[generator.permutation(len(x))]
        for k in range(0, len(x), batch_size):
            gradient = mse_gradient(w, b, xs[k : k + batch_size], ys[k : k + batch_size])
            w, b = w - eta * gradient[0], b - eta * gradient[1]
    return w, b

# %% wrong="fit_minibatch" says="all examples in every step"
def fit_minibatch(x, y, eta, epochs, batch_size, seed):
    w, b = 0.0, 0.0
    for _ in range(epochs):
        for _ in range(0, len(x), batch_size):
            gradient = mse_gradient(w, b, x, y)
            w, b = w - eta * gradient[0], b - eta * gradient[1]
    return w, b

# %% wrong="fit_minibatch" says="never shuffled"
def fit_minibatch(x, y, eta, epochs, batch_size, seed):
    w, b = 0.0, 0.0
    for _ in range(epochs):
        for k in range(0, len(x), batch_size):
            gradient = mse_gradient(w, b, x[k : k + batch_size], y[k : k + batch_size])
            w, b = w - eta * gradient[0], b - eta * gradient[1]
    return w, b

# %% wrong="fit_minibatch" says="same order in every epoch"
def fit_minibatch(x, y, eta, epochs, batch_size, seed):
    w, b = 0.0, 0.0
    for _ in range(epochs):
        order = np.random.default_rng(seed).permutation(len(x))
        for k in range(0, len(x), batch_size):
            piece = order[k : k + batch_size]
            gradient = mse_gradient(w, b, x[piece], y[piece])
            w, b = w - eta * gradient[0], b - eta * gradient[1]
    return w, b

# %% wrong="fit_minibatch" says="a point where w had already changed"
def fit_minibatch(x, y, eta, epochs, batch_size, seed):
    generator = np.random.default_rng(seed)
    w, b = 0.0, 0.0
    for _ in range(epochs):
        order = generator.permutation(len(x))
        for k in range(0, len(x), batch_size):
            piece = order[k : k + batch_size]
            w = w - eta * mse_gradient(w, b, x[piece], y[piece])[0]
            b = b - eta * mse_gradient(w, b, x[piece], y[piece])[1]
    return w, b


# %% wrong="fit_minibatch" says="where does it stop"
def fit_minibatch(x, y, eta, epochs, batch_size, seed):
    generator = np.random.default_rng(seed)
    w, b = 0.0, 0.0
    for _ in range(epochs):
        order = generator.permutation(len(x))
        for k in range(0, len(x), batch_size):
            piece = order[k:batch_size]
            dw, db = mse_gradient(w, b, x[piece], y[piece])
            w, b = w - eta * dw, b - eta * db
    return w, b


# %% wrong="fit_minibatch" says="a single step in the epoch"
def fit_minibatch(x, y, eta, epochs, batch_size, seed):
    generator = np.random.default_rng(seed)
    w, b = 0.0, 0.0
    for _ in range(epochs):
        order = generator.permutation(len(x))
        piece = order[:batch_size]
        dw, db = mse_gradient(w, b, x[piece], y[piece])
        w, b = w - eta * dw, b - eta * db
    return w, b


# %% check="fit_minibatch" points=6
_got = fit_minibatch(np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 5.0]), 0.15, 1, 3, 0)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert isinstance(_got, (tuple, list, np.ndarray)) and len(_got) == 2, "Return two things: w and b."
assert not (np.isclose(_got[1], 0.9) and np.any(np.isclose(_got[0], [1.1, 0.7, 0.5]))), (
    f"Your w is {_got[0]:.2g}: that comes out when targets have met the inputs of other examples. Each target belongs "
    "to its own input: take both by the same numbers."
)
assert not np.allclose(_got, [1.3, 0.51]), (
    "w is right, but b has been moved by its slope at a point where w had already changed. Take both slopes first."
)
assert np.allclose(_got, [1.3, 0.9]), (
    f"One batch of all three examples is batch descent. After one epoch you have w = {_got[0]:.4g} and b = "
    f"{_got[1]:.4g}, while fit_line has 1.3 and 0.9. If that one passes its check, look at how the piece is taken."
)
_got = fit_minibatch(np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 5.0]), 0.15, 1, 8, 0)
assert not np.allclose(_got, [0, 0]), (
    "With three examples and a batch size of 8 nothing is learnt. A shorter piece at the end counts, too."
)
_ends = [fit_minibatch(np.array([1.0, 2.0]), np.array([1.0, 4.0]), 0.1, 1, 1, _seed) for _seed in range(8)]
assert not np.any(np.isnan(_ends)), (
    "With two examples and a batch size of 1 you get nan: the mean over a piece that holds no example. Where does each "
    "piece begin, and where does it stop?"
)
assert not any(np.allclose(_end, [0.2, 0.2]) or np.allclose(_end, [1.6, 0.8]) for _end in _ends), (
    "With two examples and a batch size of 1 you take a single step in the epoch. Every piece makes one."
)
assert not np.allclose(_ends[0], [1.2, 0.63]), (
    "With a batch size of 1 you come where batch descent comes. Your gradient uses all examples in every step."
)
assert not np.allclose(_ends, [[1.56, 0.88]] * 8), (
    "Whatever the seed is, the first example comes first: the examples are never shuffled."
)
_x = np.linspace(-1, 2, 10)
_got = fit_minibatch(_x, 2 * _x + 1, 0.1, 150, 3, 5)
assert np.allclose(_got, [2, 1], atol=0.02), (
    f"Ten points lie exactly on 2x + 1, but after 150 epochs your line is {_got[0]:.3g}x + {_got[1]:.3g}. Do "
    "w and b carry on from piece to piece and from epoch to epoch, and does `return` stand after both loops?"
)
_twice = [fit_minibatch(_x, _x**2, 0.1, 2, 3, 11) for _ in range(2)]
assert np.array_equal(_twice[0], _twice[1]), "The same seed gives two different results. Use it for your generator."
print("fit_minibatch uses every piece, shuffles by the seed, keeps pairs together, and finds a line without noise.")
### BEGIN HIDDEN TESTS
# reference: fit_minibatch, mse_gradient
def _fit_with_orders(x, y, eta, orders, size):
    w = b = 0.0
    for order in orders:
        for start in range(0, len(x), size):
            dw, db = reference_mse_gradient(w, b, x[order[start : start + size]], y[order[start : start + size]])
            w, b = w - eta * dw, b - eta * db
    return w, b


_rng = np.random.default_rng(715)
for _n, _size, _seed in ((1, 1, 3), (7, 2, 4), (12, 4, 5), (30, 7, 6)):
    _x = _rng.normal(size=_n)
    _y = 0.7 * _x - 1 + _rng.normal(scale=0.4, size=_n)
    _want = reference_fit_minibatch(_x, _y, 0.05, 4, _size, _seed)
    _got = fit_minibatch(_x.copy(), _y.copy(), 0.05, 4, _size, _seed)
    _first = np.random.default_rng(_seed).permutation(_n)
    _right = np.allclose(_got, _want)
    assert _right or not np.allclose(_got, _fit_with_orders(_x, _y, 0.05, [_first] * 4, _size)), (
        "You use the same order in every epoch. Make the generator once, before the loop, and ask it for a new "
        "order in each epoch."
    )
    assert _right, (
        f"For {_n} random examples in batches of {_size} the result is wrong. Is there one call of permutation for "
        "each epoch, one step for each piece, and the gradient of just that piece?"
    )
_x = _rng.uniform(-1, 3, size=60)
_y = 2 * _x + 1 + _rng.normal(scale=0.3, size=60)
_got = fit_minibatch(_x.copy(), _y.copy(), 0.02, 150, 10, 9)
assert np.allclose(_got, np.polyfit(_x, _y, 1), atol=0.15), (
    "For 60 noisy points your line lies far from the line of least squares."
)
_x, _y = np.array([3.0, 1.0, 2.0]), np.array([1.0, 2.0, 3.0])
fit_minibatch(_x, _y, 0.01, 2, 2, 0)
assert np.array_equal(_x, [3, 1, 2]) and np.array_equal(_y, [1, 2, 3]), (
    "Your function changes the order of the data that it is given. Shuffle the numbers, not the data."
)
assert np.allclose(fit_minibatch(_x, _y, 0.1, 0, 2, 0), [0, 0]), "With 0 epochs w and b should be 0."
### END HIDDEN TESTS

# %% tags=["demo"]
for size in (80, 10, 1):
    w_end, b_end = fit_minibatch(x_data, y_data, 0.05, 5, size, seed=7)
    print(f"batch size {size:2}: w = {w_end:.3f}, b = {b_end:.3f}, loss {mse(w_end, b_end, x_data, y_data):.3f}")

# %% [markdown]
# Five epochs each. Batch descent has taken 5 steps and is still on its way. Mini-batches have taken 40 and are
# there: the best line has the loss 0.182. Single examples have taken 400, and shake around the minimum.
#
# In lecture 08 the only thing that changes is where the gradient comes from: backpropagation finds it for a
# whole network. The step stays as you wrote it.
# %% [markdown]
# ## Quiz
#
# One point for each question. In the cell below it, give the name that stands there the letter of your
# choice, in quotes. Run that cell and its check: it explains every choice.

# %% quiz="sign_of_slope" points=1

# %% quiz="three_prints" points=1

# %% quiz="which_rates" points=1

# %% quiz="changed_too_soon" points=1

# %% quiz="second_name" points=1

# %% quiz="how_many_steps" points=1

# %% quiz="gradient_zero" points=1

# %% [markdown]
# ## Recap
#
# - The derivative is the slope of the tangent: the limit of $(f(x+h) - f(x))/h$. Its sign points uphill.
# - Gradient descent goes against it: $w \leftarrow w - \eta\, dL/dw$. On $w^2 + w$ from 5 with $\eta = 0.25$,
#   seven steps reach −0.45703125.
# - The curvature $k$ decides which rates work: on a parabola exactly $0 < \eta < 2/k$. "Between 0 and 1" is a
#   habit.
# - A slope of 0 can be a minimum, local or global, a maximum, a level stretch, or a saddle point.
# - A partial derivative is the slope of a slice. All of them together are the gradient; it stands at a right
#   angle to the contour and points to the steepest rise.
# - $\theta \leftarrow \theta - \eta\,\nabla L$ changes all parameters at once, with all slopes taken at the old
#   point.
# - Batch, mini-batch and stochastic descent differ in how many examples each step looks at.
#
# **Next**: lecture 08 computes the gradient of a whole network, by the chain rule.
#
# **Glossary**: optimisation algorithm · tangent · derivative · learning rate · gradient descent · gradient-based
# optimisation · divergence · local minimum · global minimum · partial derivative · gradient · contour · saddle
# point · batch gradient descent · stochastic gradient descent · mini-batch gradient descent
#
# **Sources**: A. Cauchy, "Méthode générale pour la résolution des systèmes d'équations simultanées", *Comptes
# rendus* 25 (1847). H. Robbins and S. Monro, "A stochastic approximation method", *Annals of Mathematical
# Statistics* 22 (1951). Y. N. Dauphin et al., "Identifying and attacking the saddle point problem in
# high-dimensional non-convex optimization", *NeurIPS* (2014). The functions of the playground follow the gradient
# descent visualiser of ACM at UCLA.
