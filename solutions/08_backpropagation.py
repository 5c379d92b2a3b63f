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
#     title: Backpropagation
#     minutes: 180
#     points: 60
# ---

# %% [markdown]
# # Lecture 08: backpropagation
#
# About 180 minutes, best in two sittings: parts 1 to 6, then parts 7 to 11. Builds on lectures 04 (activations), 05
# (networks), 06 (losses) and 07 (gradient descent).
#
# After this lecture you can
#
# 1. carry a nudge through a chain of calculations, and say how far the end moves;
# 2. draw a calculation as a graph, and work out every gradient in it by hand, from the loss back;
# 3. write the backward half of a neuron, of an activation function and of a whole layer;
# 4. prove by a gradient check that a backward pass is right, or that it is not;
# 5. build a small engine that finds the gradients of any formula by itself;
# 6. train a network in NumPy with gradients of your own, and show that TensorFlow finds the same.

# %% setup="figures keras" seed=8
from itertools import count

import tensorflow as tf
from scipy.special import expit
from sklearn.datasets import make_moons

# %% [markdown]
# ## Why it matters
#
# Gradient descent (lecture 07) needs one number for each parameter: how does the loss change if this one
# moves a little? The simplest way to find out is to try. Nudge one weight, run the network again, look at the
# loss. Then the next weight. That takes one more run of the network for each parameter, and a network has
# thousands of them, or billions. Nobody could train it.
#
# There is a way to get *all* of these numbers from one run forward and one run back. It is the reason why
# networks can be trained at all, and you will build it three times today: by hand, for any formula, and for
# whole layers.

# %% tags=["demo"]
parameters = np.logspace(1, 9, 50)
fig, ax = plt.subplots(figsize=(6.4, 3.5))
ax.loglog(parameters, parameters + 1, "--", color=VERMILION)
ax.loglog(parameters, np.full(50, 3.0), color=BLUE)
ax.text(2e5, 4e6, "nudge each parameter:\n$n + 1$ runs", color="#a03f00", ha="right", va="center")
ax.text(6e8, 18, "one run forward and one back:\nthe work of about 3 runs", color=BLUE, ha="right", va="center")
ax.set(xlabel="parameters $n$ of the network", ylabel="work, in forward runs", ylim=(1, 2e9), xlim=(10, 1e9))
ax.set_title("Nudging costs a run for each parameter, going back does not")
show(
    fig,
    "Two lines on logarithmic axes: the work for one gradient over the number of parameters, from ten to a "
    "billion. Nudging each parameter needs n + 1 forward runs, so its line rises to a billion. One run "
    "forward and one back need the work of about three forward runs, whatever n is: a flat line.",
)

# %% [markdown]
# (Why about 3? In a dense layer the run forward takes one matrix product and the run back takes two. Part 8
# shows them.)

# %% [markdown]
# ## 1. The chain rule
#
# Think of gears. The second turns 2 times as fast as the first. The third turns 3 times as fast as the
# second. Then the third turns $3 \cdot 2 = 6$ times as fast as the first. Rates in a row are multiplied.
#
# A derivative is such a rate. Let $u$ be computed from $x$, and $y$ from $u$. If $u$ changes $\frac{du}{dx}$
# times as fast as $x$, and $y$ changes $\frac{dy}{du}$ times as fast as $u$, then
#
# $$\frac{dy}{dx} = \frac{dy}{du} \cdot \frac{du}{dx}.$$
#
# This is the **chain rule**. For a longer chain there are more factors, one for each link. The derivative of
# one single link, its output with respect to its input, is called the **local gradient** of that link. To
# know it you need to look at nothing but this one link.
#
# An example: $u = 3x + 1$ and then $y = u^2$, at $x = 1$.

# %%
x = 1.0
u = 3 * x + 1
y = u**2
du_dx = 3.0  # the local gradient of the first link: u grows 3 times as fast as x
dy_du = 2 * u  # the local gradient of the second, at the u that came out
u, y, dy_du * du_dx

# %% [markdown]
# Note where the second local gradient is taken: at $u = 4$, the number that goes *into* that link. It is not
# taken at $x$. So the values on the way must be known before the gradients are.
#
# Does it hold? Nudge $x$ by 0.001 and see how far $y$ moves.

# %%
u_nudged = 3 * (x + 0.001) + 1
(u_nudged**2 - y) / 0.001

# %% tags=["demo"]
fig, ax = plt.subplots(figsize=(8.6, 2.2))
ax.set(xlim=(-0.3, 12.3), ylim=(-0.6, 1.9), aspect="equal")
ax.axis("off")
for left, name, nudge in ((0, "$x = 1$", "+ 0.001"), (5, "$u = 4$", "+ 0.003"), (10, "$y = 16$", "+ 0.024")):
    ax.add_patch(plt.Rectangle((left, 0.4), 2, 1.1, facecolor="white", edgecolor=BLUE, linewidth=2))
    ax.text(left + 1, 0.95, name, ha="center", va="center")
    ax.text(left + 1, -0.1, nudge, ha="center", va="center", color=VERMILION)
for left, work, rate in ((2, "$u = 3x + 1$", r"$\times\ 3$"), (7, "$y = u^2$", r"$\times\ 2u = 8$")):
    ax.annotate("", xy=(left + 3, 0.95), xytext=(left, 0.95), arrowprops=ARROW)
    ax.text(left + 1.5, 1.3, work, ha="center", va="center", fontsize=10)
    ax.annotate("", xy=(left + 2.2, -0.1), xytext=(left + 0.8, -0.1), arrowprops=ARROW | {"color": VERMILION})
    ax.text(left + 1.5, 0.28, rate, ha="center", va="center", color=VERMILION, fontsize=10)
ax.set_title("A nudge grows by each local gradient on its way: $3 \\cdot 8 = 24$")
show(
    fig,
    "Three boxes in a row: x = 1, u = 4, y = 16. A nudge of 0.001 at x becomes 0.003 at u, because the local "
    "gradient is 3, and 0.024 at y, because the local gradient there is 2u = 8. Together the factor is 24.",
)

# %% [markdown]
# The cell says 24.009, not quite 24: a nudge of 0.001 is small, but it is not nothing.
#
# You need few local gradients. These will do for the whole lecture; $c$ is a fixed number.
#
# | link | local gradient | in words |
# |---|---|---|
# | $u + v$ | 1 for $u$, 1 for $v$ | a sum passes every nudge on as it is |
# | $u \cdot v$ | $v$ for $u$, $u$ for $v$ | each factor is scaled by the *other* one |
# | $u^c$ | $c\,u^{c-1}$ | the exponent comes down as a factor |
# | $h = \tanh u$ | $1 - h^2$ | found from the result (lecture 04) |
# | $h = \sigma(u)$ (sigma), the sigmoid | $h\,(1 - h)$ | found from the result (lecture 04) |
# | $\max(0, u)$, ReLU | 1 where $u > 0$, else 0 | open or shut |

# %% [markdown]
# ### Exercise 8.1: three links
#
# Let $u = 3x + 1$, then $v = u^2$, then $y = \tanh v$. Write `composite(x)`. It returns two numbers: $y$ and
# the derivative $\frac{dy}{dx}$. Compute the three values first, then the three local gradients, then their
# product. `np.tanh` is the hyperbolic tangent. `return a, b` gives back two things.

# %% exercise="composite"
def composite(x):
    """Return y and dy/dx for y = tanh((3x + 1)^2). x: a number."""
    ### BEGIN SOLUTION
    u = 3.0 * x + 1
    v = u**2
    y = np.tanh(v)
    return y, (1 - y**2) * (2 * u) * 3
    ### END SOLUTION

# %% wrong="composite" says="added up"
def composite(x):
    u = 3 * x + 1
    y = np.tanh(u**2)
    return y, (1 - y**2) + 2 * u + 3

# %% wrong="composite" says="innermost link"
def composite(x):
    u = 3 * x + 1
    y = np.tanh(u**2)
    return y, (1 - y**2) * 2 * u

# %% wrong="composite" says="outermost link"
def composite(x):
    u = 3 * x + 1
    y = np.tanh(u**2)
    return y, 2 * u * 3

# %% wrong="composite" says="what goes into that link"
def composite(x):
    y = np.tanh((3 * x + 1) ** 2)
    return y, (1 - np.tanh(x) ** 2) * (2 * x) * 3

# %% wrong="composite" says="tanh twice"
def composite(x):
    u = 3 * x + 1
    y = np.tanh(u**2)
    return y, (1 - np.tanh(y) ** 2) * 2 * u * 3

# %% check="composite" points=3
_got = composite(-0.2)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert isinstance(_got, (tuple, list)) and len(_got) == 2, "Return two numbers: y and its derivative."
assert np.shape(_got[0]) == () and np.shape(_got[1]) == (), "Both y and its derivative should be one number."
_v = (3 * -0.2 + 1) ** 2
assert np.isclose(_got[0], np.tanh(_v)), f"For x = -0.2 your y is {_got[0]}. Compute u, then v, then y."
_slope = 1 - np.tanh(_v) ** 2
assert not np.isclose(_got[1], _slope + 0.8 + 3), "Your local gradients are added up. Rates in a row are multiplied."
assert not np.isclose(_got[1], _slope * 0.8), (
    "One factor is missing: the local gradient of the innermost link, u = 3x + 1."
)
assert not np.isclose(_got[1], 0.8 * 3), "One factor is missing: the local gradient of the outermost link, y = tanh v."
assert not np.isclose(_got[1], (1 - np.tanh(np.tanh(_v)) ** 2) * 0.8 * 3), (
    "You take tanh twice: y is the tanh already, and the local gradient is 1 - y^2."
)
for _bad in ((1 - np.tanh(-0.2) ** 2) * -0.4 * 3, (1 - np.tanh(-0.2) ** 2) * 0.8 * 3, _slope * -0.4 * 3):
    assert not np.isclose(_got[1], _bad), (
        "A local gradient is taken at x. Take each one at what goes into that link: u for the square, v for tanh."
    )
_tried = (np.tanh((3 * -0.1999 + 1) ** 2) - np.tanh((3 * -0.2001 + 1) ** 2)) / 0.0002
assert abs(_got[1] - _tried) < 1e-5, (
    f"For x = -0.2 your derivative is {_got[1]}, but a small nudge of x says otherwise. Look at each of the "
    "three local gradients in the table."
)
print("composite gives y and dy/dx for x = -0.2, and a nudge of x agrees.")
### BEGIN HIDDEN TESTS
# reference: composite
_rng = np.random.default_rng(81)
for _x in [*_rng.uniform(-0.8, 0.2, size=8), 0.0, -1 / 3]:
    _want_y, _want = reference_composite(float(_x))
    _y, _got = composite(float(_x))
    assert np.isclose(_y, _want_y), "For some x between -0.8 and 0.2 your y is wrong."
    assert np.isclose(_got, _want), "For some x between -0.8 and 0.2 your derivative is wrong."
    _nudged = np.tanh((3 * (_x + np.array([1e-5, -1e-5])) + 1) ** 2)
    assert np.isclose(_got, (_nudged[0] - _nudged[1]) / 2e-5, atol=1e-6), (
        "Your derivative differs from that found by nudging x."
    )
assert abs(composite(-1 / 3)[1]) < 1e-12, "Where u = 0 the square is flat: the derivative must be 0 there."
assert composite(50.0)[1] == 0, "Far out tanh is flat: the derivative should be 0."
### END HIDDEN TESTS

# %% [markdown]
# ## 2. Values forward, gradients back
#
# Now a neuron with a loss. One input $x$, one weight $w$, one bias $b$, no activation function. The model
# says $\hat y = wx + b$ ("y hat"), and the loss is the squared error $L = (\hat y - y)^2$.
#
# Draw each number as a box and each calculation as arrows into its result. Such a drawing is a
# **computational graph**. The boxes are its *nodes*, the arrows its *edges*. The arrows never lead in a
# circle: a number is made of numbers that were there before.
#
# - The **forward pass** follows the arrows. It computes the value of each node, from the inputs to the loss,
#   and keeps every value. To keep values for later is called *caching*.
# - The **backward pass** goes against the arrows. It starts at the loss and gives each node its gradient:
#   $\frac{\partial L}{\partial \text{node}}$, how fast the loss changes when this node moves. ($\partial$,
#   a round d, marks a partial derivative: all else stays put.)
#
# The rule of the backward pass is one line. Along an edge from node $u$ to node $v$,
#
# $$\underbrace{\frac{\partial L}{\partial u}}_{\text{gradient of } u} =
# \underbrace{\frac{\partial L}{\partial v}}_{\text{gradient of } v, \text{ known already}} \cdot
# \underbrace{\frac{\partial v}{\partial u}}_{\text{local gradient}}.$$
#
# It begins with $\frac{\partial L}{\partial L} = 1$: the loss moves as fast as itself. The whole method, one
# forward pass and then one backward pass by the chain rule, is **backpropagation**.
#
# Here it is for $x = 3$, $w = 2$, $b = 1$ and the target $y = 5$. Forward:

# %%
x, y, w, b = 3.0, 5.0, 2.0, 1.0
product = w * x
y_hat = product + b
loss = (y_hat - y) ** 2
product, y_hat, loss

# %% [markdown]
# And back, each line with a number from the line before:

# %%
d_loss = 1.0
d_y_hat = d_loss * 2 * (y_hat - y)  # the exponent comes down
d_product = d_y_hat * 1  # a sum passes it on
d_b = d_y_hat * 1
d_w = d_product * x  # each factor is scaled by the other one
d_y_hat, d_w, d_b

# %% tags=["demo"]
def draw_graph(ax, nodes, edges, size=(1.9, 1.05)):
    """Draw boxes with a value (upper line) and a gradient (lower line), and arrows with local gradients.

    nodes: name -> (x, y, text of the value, text of the gradient). edges: (from, to, text, how far along).
    """
    wide, high = size
    for start, end, text, along in edges:
        (x0, y0), (x1, y1) = nodes[start][:2], nodes[end][:2]
        tail, tip = np.array([x0 + wide / 2, y0]), np.array([x1 - wide / 2, y1])
        ax.annotate("", xy=tip, xytext=tail, arrowprops=ARROW)
        place = tail + along * (tip - tail)
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
        ax.text(*place, text, ha="center", va="center", color="#00664b", fontsize=9.5, bbox=box)
    for x0, y0, value, gradient in nodes.values():
        corner = (x0 - wide / 2, y0 - high / 2)
        ax.add_patch(plt.Rectangle(corner, wide, high, facecolor="white", edgecolor="#444444", linewidth=1.5))
        ax.text(x0, y0 + high * 0.22, value, ha="center", va="center", color=BLUE, fontsize=9.5)
        ax.text(x0, y0 - high * 0.24, gradient, ha="center", va="center", color="#a03f00", fontsize=9.5, style="italic")
    ax.axis("off")
    ax.set_aspect("equal")


fig, ax = plt.subplots(figsize=(9.4, 3.2))
ax.set(xlim=(-1.1, 14.1), ylim=(-0.7, 3.7))
draw_graph(
    ax,
    {
        "w": (0, 3, "$w = 2$", "gradient 12"),
        "x": (0, 1.4, "$x = 3$", "(data)"),
        "p": (4.3, 2.2, "$wx = 6$", "gradient 4"),
        "b": (4.3, 0, "$b = 1$", "gradient 4"),
        "yhat": (8.1, 2.2, r"$\hat y = 7$", "gradient 4"),
        "y": (8.1, 0, "$y = 5$", "(data)"),
        "L": (13, 2.2, "$L = 4$", "gradient 1"),
    },
    [
        ("w", "p", r"$\times\ x = 3$", 0.45),
        ("x", "p", "", 0.45),
        ("p", "yhat", r"$\times\ 1$", 0.5),
        ("b", "yhat", r"$\times\ 1$", 0.5),
        ("yhat", "L", r"$\times\ 2(\hat y - y) = 4$", 0.46),
        ("y", "L", "", 0.5),
    ],
)
ax.set_title("Values go with the arrows, gradients come back against them")
show(
    fig,
    "A computational graph. w = 2 and x = 3 lead to the product 6, which with b = 1 leads to y hat = 7, which "
    "with the target 5 leads to the loss 4. Each edge carries its local gradient. Read backwards, the "
    "gradients are 1 at the loss, 4 at y hat, 4 at the product and at b, and 12 at w.",
)

# %% [markdown]
# Read the picture twice. The upper, upright line in each box is its value: read those from left to right. The
# lower line in italics is its gradient: read those from right to left, multiplying by what stands on the
# arrow.
#
# Then gradient descent takes one step, as in lecture 07. With the learning rate $\eta$ (eta), and
# $\leftarrow$ for "becomes",
#
# $$w \leftarrow w - \eta\,\frac{\partial L}{\partial w}, \qquad b \leftarrow b - \eta\,\frac{\partial L}{\partial b}.$$
#
# ### Exercise 8.2: one step by hand (slides: Exercise 5)
#
# The same graph with other numbers: $x = 2.1$, $y = 4$, $w = 1$, $b = 0$. The learning rate is 0.01. With a
# pencil or with Python as a calculator, find
#
# - `yhat_before` and `loss_before`, by a forward pass;
# - `dloss_dyhat`, `dloss_dw` and `dloss_db`, by a backward pass;
# - `w_after` and `b_after`, by one step of gradient descent;
# - `loss_after`, the loss of a second forward pass with the new $w$ and $b$.
#
# Give each to at least three digits after the point.

# %% exercise="slides_step"
### BEGIN SOLUTION
yhat_before = 1 * 2.1 + 0
loss_before = (yhat_before - 4) ** 2  # 3.61
dloss_dyhat = 2 * (yhat_before - 4)  # -3.8
dloss_dw = dloss_dyhat * 2.1  # -7.98
dloss_db = dloss_dyhat * 1  # -3.8
w_after = 1 - 0.01 * dloss_dw  # 1.0798
b_after = 0 - 0.01 * dloss_db  # 0.038
loss_after = (w_after * 2.1 + b_after - 4) ** 2  # 2.87: it went down by 0.74
### END SOLUTION

# %% wrong="slides_step" says="other way round"
yhat_before, loss_before = 2.1, 3.61
dloss_dyhat, dloss_dw, dloss_db = 3.8, 7.98, 3.8
w_after, b_after = 0.9202, -0.038
loss_after = 4.4348

# %% wrong="slides_step" says="scaled by the other factor"
yhat_before, loss_before = 2.1, 3.61
dloss_dyhat, dloss_dw, dloss_db = -3.8, -3.8, -3.8
w_after, b_after = 1.038, 0.038
loss_after = 3.1791

# %% wrong="slides_step" says="exponent comes down"
yhat_before, loss_before = 2.1, 3.61
dloss_dyhat, dloss_dw, dloss_db = -1.9, -3.99, -1.9
w_after, b_after = 1.0399, 0.019
loss_after = 3.2300

# %% wrong="slides_step" says="uphill"
yhat_before, loss_before = 2.1, 3.61
dloss_dyhat, dloss_dw, dloss_db = -3.8, -7.98, -3.8
w_after, b_after = 0.9202, -0.038
loss_after = 4.4348

# %% wrong="slides_step" says="second forward pass"
yhat_before, loss_before = 2.1, 3.61
dloss_dyhat, dloss_dw, dloss_db = -3.8, -7.98, -3.8
w_after, b_after = 1.0798, 0.038
loss_after = 3.61

# %% wrong="slides_step" says="does not fit your w_after and b_after"
yhat_before, loss_before = 2.1, 3.61
dloss_dyhat, dloss_dw, dloss_db = -3.8, -7.98, -3.8
w_after, b_after = 1.0798, 0.038
loss_after = 3.0013

# %% check="slides_step" points=3
for _name, _value in (
    ("yhat_before", yhat_before), ("loss_before", loss_before), ("dloss_dyhat", dloss_dyhat),
    ("dloss_dw", dloss_dw), ("dloss_db", dloss_db), ("w_after", w_after), ("b_after", b_after),
    ("loss_after", loss_after),
):  # fmt: skip
    assert np.shape(_value) == () and not isinstance(_value, (str, type(None))), f"`{_name}` should be one number."
assert np.isclose(loss_before, (yhat_before - 4) ** 2, atol=2e-3), (
    f"`loss_before` is {loss_before}, which is not the squared error of your `yhat_before`."
)
assert dloss_dyhat * (yhat_before - 4) > 0, (
    f"dloss_dyhat is {dloss_dyhat}, which has the wrong sign for your yhat_before. Would a larger ŷ raise the loss, or "
    "lower it? Did you subtract the other way round? It is ŷ − y."
)
assert not np.isclose(dloss_dyhat, yhat_before - 4, atol=2e-3), (
    "dloss_dyhat is the error itself. The derivative of a square: the exponent comes down as a factor."
)
assert not (np.isclose(dloss_dw, dloss_dyhat, atol=2e-3)), (
    "dloss_dw is the same as dloss_dyhat. On the way through the product w · x it is scaled by the other factor."
)
assert np.isclose(dloss_dw, dloss_dyhat * 2.1, atol=4e-3), (
    f"dloss_dw is {dloss_dw}. It should be your dloss_dyhat times the local gradient of w · x for w."
)
assert np.isclose(dloss_db, dloss_dyhat, atol=2e-3), (
    f"dloss_db is {dloss_db}. Which local gradient has a sum, and what does that make of dloss_dyhat?"
)
for _name, _after, _before, _slope in (("w_after", w_after, 1, dloss_dw), ("b_after", b_after, 0, dloss_db)):
    assert not np.isclose(_after, _before + 0.01 * _slope, atol=5e-4), (
        f"`{_name}` has moved uphill. A step of gradient descent subtracts the gradient times the learning rate."
    )
    assert np.isclose(_after, _before - 0.01 * _slope, atol=5e-4), (
        f"`{_name}` is {_after}, which is not one step with the learning rate 0.01 along your gradient."
    )
assert not np.isclose(loss_after, loss_before, atol=1e-3), (
    "`loss_after` is still the old loss. It needs a second forward pass, with the new w and b."
)
assert np.isclose(loss_after, (w_after * 2.1 + b_after - 4) ** 2, atol=4e-3), (
    f"`loss_after` is {loss_after}, which does not fit your w_after and b_after. Run the graph forward with both of them."
)
print("Each of your numbers fits the ones before it. Whether they begin rightly, with yhat_before, is tested in grading.")
### BEGIN HIDDEN TESTS
# reference: yhat_before, loss_before, dloss_dyhat, dloss_dw, dloss_db, w_after, b_after, loss_after
for _name, _got, _want in (
    ("yhat_before", yhat_before, reference_yhat_before), ("loss_before", loss_before, reference_loss_before),
    ("dloss_dyhat", dloss_dyhat, reference_dloss_dyhat), ("dloss_dw", dloss_dw, reference_dloss_dw),
    ("dloss_db", dloss_db, reference_dloss_db), ("w_after", w_after, reference_w_after),
    ("b_after", b_after, reference_b_after), ("loss_after", loss_after, reference_loss_after),
):  # fmt: skip
    _near = 2e-3 if _name == "loss_after" else 6e-4  # which may come from a rounded w
    assert abs(_got - _want) < _near, f"`{_name}` is not right. Follow the arrows once more, with x = 2.1 and y = 4."


def _f(_w, _b):
    return (_w * 2.1 + _b - 4) ** 2


assert abs(dloss_dw - (_f(1 + 1e-5, 0) - _f(1 - 1e-5, 0)) / 2e-5) < 2e-3, "A nudge of w says otherwise than dloss_dw."
assert abs(dloss_db - (_f(1, 1e-5) - _f(1, -1e-5)) / 2e-5) < 2e-3, "A nudge of b says otherwise than dloss_db."
### END HIDDEN TESTS

# %% [markdown]
# Both gradients are negative: more weight and more bias would lower the loss. That is plain, since the model
# says less than the target.
#
# ### Exercise 8.3: one step in code
#
# Write `linear_step(x, y, w, b, lr)`: forward pass, backward pass, one step. It returns three numbers: the
# new $w$, the new $b$, and the loss *before* the step. `lr` is the learning rate, `eta` in lectures 03 and 07.
#
# Find both gradients before you change either parameter. They belong to one and the same point.

# %% exercise="linear_step"
def linear_step(x, y, w, b, lr):
    """Return the new w, the new b, and the loss before the step. The loss is (w * x + b - y)^2."""
    ### BEGIN SOLUTION
    error = w * x + b - y
    dyhat = 2 * error
    return w - lr * dyhat * x, b - lr * dyhat, error**2
    ### END SOLUTION

# %% wrong="linear_step" says="same point"
def linear_step(x, y, w, b, lr):
    loss = (w * x + b - y) ** 2
    w = w - lr * 2 * (w * x + b - y) * x
    b = b - lr * 2 * (w * x + b - y)
    return w, b, loss

# %% wrong="linear_step" says="uphill"
def linear_step(x, y, w, b, lr):
    error = w * x + b - y
    return w + lr * 2 * error * x, b + lr * 2 * error, error**2

# %% wrong="linear_step" says="its own input"
def linear_step(x, y, w, b, lr):
    error = w * x + b - y
    return w - lr * 2 * error, b - lr * 2 * error, error**2

# %% wrong="linear_step" says="after the step"
def linear_step(x, y, w, b, lr):
    error = w * x + b - y
    w, b = w - lr * 2 * error * x, b - lr * 2 * error
    return w, b, (w * x + b - y) ** 2

# %% wrong="linear_step" says="lost its 2"
def linear_step(x, y, w, b, lr):
    error = w * x + b - y
    return w - lr * error * x, b - lr * error, error**2

# %% check="linear_step" points=2
_got = linear_step(3.0, 5.0, 2.0, 1.0, 0.05)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert isinstance(_got, (tuple, list)) and len(_got) == 3, "Return three numbers: the new w, the new b, the loss."
assert all(np.shape(_part) == () for _part in _got), "Each of the three results should be one number."
_w, _b, _loss = (float(_part) for _part in _got)
assert not (np.isclose(_w, 2.6) or np.isclose(_b, 1.2)), (
    "Your step goes uphill. The gradient is subtracted, and the error in it is ŷ − y, not y − ŷ."
)
assert not np.isclose(_w, 1.8), "The weight's gradient has not met its own input x. See the arrow at w in the graph."
assert not np.isclose(_w, 1.7), "Your gradient has lost its 2: the derivative of a square has one."
assert np.isclose(_w, 1.4), f"For the graph of the figure and lr = 0.05 your new w is {_w}. Its gradient is 12."
assert not np.isclose(_b, 0.98), (
    "Your new b was found with the new w. Both gradients belong to the same point: compute them first."
)
assert np.isclose(_b, 0.8), f"For the graph of the figure and lr = 0.05 your new b is {_b}. Its gradient is 4."
assert not np.isclose(_loss, 0), "You return the loss after the step. Wanted is the loss before it."
assert np.isclose(_loss, 4), f"For the graph of the figure your loss is {_loss}."
print("linear_step takes the right step for the graph of the figure.")
### BEGIN HIDDEN TESTS
# reference: linear_step
_rng = np.random.default_rng(83)
for _ in range(10):
    _x, _y, _w, _b = (float(_v) for _v in _rng.normal(scale=2, size=4))
    _lr = float(_rng.uniform(0.001, 0.1))
    _want = reference_linear_step(_x, _y, _w, _b, _lr)
    _got = linear_step(_x, _y, _w, _b, _lr)
    assert np.allclose(_got, _want), "For random numbers your step is wrong."
    _losses = [((_w + _i) * _x + _b + _j - _y) ** 2 for _i, _j in ((1e-5, 0), (-1e-5, 0), (0, 1e-5), (0, -1e-5))]
    _slopes = [(_losses[0] - _losses[1]) / 2e-5, (_losses[2] - _losses[3]) / 2e-5]
    assert np.allclose([_w - _got[0], _b - _got[1]], _lr * np.array(_slopes), atol=1e-6), (
        "Your step differs from one whose gradients were found by nudging."
    )
assert np.allclose(linear_step(0.0, 1.0, 5.0, 0.0, 0.25), [5, 0.5, 1]), (
    "When the input is 0, the weight has no influence and must stay. Yours does something else."
)
assert np.allclose(linear_step(2, 5, 2, 1, 0.1), [2, 1, 0]), "When the model is right, nothing must move."
### END HIDDEN TESTS

# %% [markdown]
# Repeat that step and the model fits its one example. This cell uses your function.

# %% tags=["demo"]
w_now, b_now, losses = 1.0, 0.0, []
for _ in range(30):
    w_now, b_now, loss_now = linear_step(2.1, 4.0, w_now, b_now, 0.01)
    losses.append(loss_now)
fig, ax = plt.subplots(figsize=(6.2, 3.1))
ax.plot(range(30), losses, "o-", color=BLUE, markersize=4)
ax.set(xlabel="steps taken", ylabel="loss", ylim=(0, 4))
ax.set_title("Each step of forward, backward, update lowers the loss")
show(
    fig,
    "The loss over 30 steps with the learning rate 0.01. It falls from 3.61, quickly at first, then more and "
    "more slowly, and is close to 0 after 30 steps.",
)

# %% [markdown]
# ## 3. Through an activation function
#
# Put the activation function $\varphi$ (phi) back in: $z = wx + b$, then $h = \varphi(z)$, then the loss.
# People who write backward passes use short names for the gradients. All of them are gradients *of the loss*:
#
# - **da** is $\frac{\partial L}{\partial h}$, the gradient of what the activation function sends out. (Many
#   texts write $a$ for this output, hence the name. We write $h$.)
# - **dz** is $\frac{\partial L}{\partial z}$, the gradient before the activation function. By the chain rule
#   $dz = da \cdot \varphi'(z)$. It is also called the neuron's *error*, or δ (delta).
# - **dw** is $\frac{\partial L}{\partial w} = x \cdot dz$: input times error.
# - **db** is $\frac{\partial L}{\partial b} = dz$: a bias is like a weight whose input is always 1.
#
# With several inputs there is one $dw$ for each weight, each with its own input: $dw_i = x_i \cdot dz$.
#
# The backward pass meets them in the order da, dz, then dw and db. At the activation function the gradient is
# multiplied by $\varphi'(z)$ (φ prime, its derivative). So that is a gate: it says which share gets through.

# %% tags=["demo"]
z_axis = np.linspace(-4, 4, 401)
fig, ax = plt.subplots(figsize=(6.4, 3.4))
ax.hlines([0, 1], [-4, 0], [0, 4], color=VERMILION, label="ReLU")
ax.plot(0, 0, "o", color=VERMILION)
ax.plot(0, 1, "o", color=VERMILION, markerfacecolor="white", zorder=3)
ax.plot(z_axis, 1 - np.tanh(z_axis) ** 2, "--", color=BLUE, label="tanh")
ax.plot(z_axis, expit(z_axis) * (1 - expit(z_axis)), "-.", color=GREEN, label="sigmoid")
ax.set(xlabel="$z$, from the forward pass", ylabel=r"share let through, $\varphi'(z)$", ylim=(-0.05, 1.15))
ax.set_title("An activation function is a gate for the gradient")
ax.legend(frameon=False, loc="upper left")
show(
    fig,
    "The derivatives of three activation functions over z from minus 4 to 4. ReLU lets nothing through where z "
    "is negative and everything where it is positive. Tanh lets everything through at 0 and little beyond 2. "
    "The sigmoid lets at most a quarter through, at 0.",
)

# %% [markdown]
# The gate's position was decided in the forward pass. That is why values are cached: ReLU needs its $z$
# again, tanh and sigmoid need only their output $h$, because $\tanh' = 1 - h^2$ and $\sigma' = h\,(1 - h)$.
#
# ### Exercise 8.4: three gates
#
# Write the backward pass of each activation function. Each takes `da` and what was cached, and returns `dz`.
# All are arrays of one shape, whichever it is, and the work is done place by place. (For a choice
# at each place there is `np.where`, known from lecture 03.) At exactly $z = 0$ let ReLU pass nothing. Leave the
# arrays that come in as they are.

# %% exercise="gates_backward"
def relu_backward(da, z):
    """Return dz for h = relu(z). da, z: arrays of the same shape."""
    ### BEGIN SOLUTION
    return da * (z > 0)
    ### END SOLUTION


def tanh_backward(da, h):
    """Return dz for h = tanh(z). da, h: arrays of the same shape. Mind: h, not z, was cached."""
    ### BEGIN SOLUTION
    return da * (1 - h**2)
    ### END SOLUTION


def sigmoid_backward(da, h):
    """Return dz for h = sigmoid(z). da, h: arrays of the same shape. Mind: h, not z, was cached."""
    ### BEGIN SOLUTION
    return da * h * (1 - h)
    ### END SOLUTION

# %% wrong="gates_backward" says="local gradient alone"
def relu_backward(da, z):
    return np.where(z > 0, 1.0, 0.0)


def tanh_backward(da, h):
    return 1 - h**2


def sigmoid_backward(da, h):
    return h * (1 - h)

# %% wrong="gates_backward" says="a second time"
def relu_backward(da, z):
    return da * (z > 0)


def tanh_backward(da, h):
    return da * (1 - np.tanh(h) ** 2)


def sigmoid_backward(da, h):
    return da * expit(h) * (1 - expit(h))

# %% wrong="gates_backward" says="forward pass over again"
def relu_backward(da, z):
    return da * np.maximum(0, z)


def tanh_backward(da, h):
    return da * (1 - h**2)


def sigmoid_backward(da, h):
    return da * h * (1 - h)

# %% wrong="gates_backward" says="changes an array"
def relu_backward(da, z):
    da[z <= 0] = 0
    return da


def tanh_backward(da, h):
    return da * (1 - h**2)


def sigmoid_backward(da, h):
    return da * h * (1 - h)

# %% wrong="gates_backward" says="sign of da"
def relu_backward(da, z):
    return np.maximum(0, da)


def tanh_backward(da, h):
    return da * (1 - h**2)


def sigmoid_backward(da, h):
    return da * h * (1 - h)

# %% wrong="gates_backward" says="whole array at once"
def relu_backward(da, z):
    if z > 0:
        return da
    return 0


def tanh_backward(da, h):
    return da * (1 - h**2)


def sigmoid_backward(da, h):
    return da * h * (1 - h)

# %% wrong="gates_backward" says="at exactly z = 0"
def relu_backward(da, z):
    return da * (z >= 0)


def tanh_backward(da, h):
    return da * (1 - h**2)


def sigmoid_backward(da, h):
    return da * h * (1 - h)

# %% check="gates_backward" points=4
_da, _z = np.array([2.0, -3.0, 4.0, -1.0]), np.array([-1.5, 0.5, 2.0, 0.0])
for _function, _name, _h, _slope in (
    (relu_backward, "relu_backward", _z, np.array([0.0, 1.0, 1.0, 0.0])),
    (tanh_backward, "tanh_backward", np.tanh(_z), 1 - np.tanh(_z) ** 2),
    (sigmoid_backward, "sigmoid_backward", expit(_z), expit(_z) * (1 - expit(_z))),
):
    _given_da, _given_h = _da.copy(), _h.copy()
    try:
        _got = _function(_given_da, _given_h)
    except ValueError as _error:
        assert "truth value" not in str(_error), (
            f"In `{_name}` a question is put to a whole array at once (with `if`, perhaps). Each place needs its own answer."
        )
        raise
    assert _got is not None, f"`{_name}` gives nothing back. Does it end with `return`?"
    assert np.shape(_got) == (4,), f"`{_name}` makes shape {np.shape(_got)} of two arrays of shape (4,)."
    assert np.array_equal(_given_da, _da) and np.array_equal(_given_h, _h), (
        f"`{_name}` changes an array that it is given. Make a new one."
    )
    assert not np.allclose(_got, _slope), (
        f"`{_name}` returns the local gradient alone. What comes from above, da, is still to be multiplied with it."
    )
    if _name == "relu_backward":
        assert not np.allclose(_got, _da * np.maximum(0, _z)), (
            "relu_backward multiplies by relu(z) itself: that is the forward pass over again. The gate is open or "
            "shut, 1 or 0."
        )
        assert not np.allclose(_got, np.maximum(0, _da)), (
            "relu_backward looks at the sign of da. Whether the gate is open was decided by z, in the forward pass."
        )
        assert np.isclose(_got[3], 0) or not np.allclose(_got[:3], (_da * _slope)[:3]), (
            "relu_backward lets something through at exactly z = 0. Here it should not."
        )
    else:
        _function_of_h = np.tanh(_h) if _name == "tanh_backward" else expit(_h)
        _twice = 1 - _function_of_h**2 if _name == "tanh_backward" else _function_of_h * (1 - _function_of_h)
        assert not np.allclose(_got, _da * _twice), (
            f"`{_name}` applies the function a second time. h is already its output."
        )
        assert not (_name == "tanh_backward" and np.allclose(_got, _da * (1 - _h))), (
            "tanh_backward has lost a square: the local gradient is 1 minus the square of h."
        )
    assert np.allclose(_got, _da * _slope), (
        f"`{_name}` gives {np.round(_got, 4)} for da = {_da}. Compare with the table of local gradients."
    )
print("The three backward functions are right for four places each.")
### BEGIN HIDDEN TESTS
# reference: relu_backward, tanh_backward, sigmoid_backward
_rng = np.random.default_rng(84)
for _shape in ((1,), (6,), (4, 3), (2, 3, 2)):
    _da, _z = _rng.normal(size=_shape), _rng.normal(scale=2, size=_shape)
    for _function, _reference, _forward, _kept, _name in (
        (relu_backward, reference_relu_backward, lambda _a: np.maximum(0, _a), _z, "relu_backward"),
        (tanh_backward, reference_tanh_backward, np.tanh, np.tanh(_z), "tanh_backward"),
        (sigmoid_backward, reference_sigmoid_backward, expit, expit(_z), "sigmoid_backward"),
    ):
        _got = _function(_da.copy(), _kept.copy())
        assert np.shape(_got) == _shape, f"`{_name}` makes shape {np.shape(_got)} of arrays of shape {_shape}."
        assert np.allclose(_got, _reference(_da, _kept)), f"`{_name}` is wrong for random arrays of shape {_shape}."
        _tried = (_forward(_z + 1e-6) - _forward(_z - 1e-6)) / 2e-6
        assert np.allclose(_got, _da * _tried, atol=1e-6), f"`{_name}` differs from what nudges of z say."
assert np.array_equal(relu_backward(np.ones(2), np.array([-1e300, 1e300])), [0, 1]), "relu_backward is wrong far out."
assert np.allclose(tanh_backward(np.ones(2), np.array([-1.0, 1.0])), 0), "Where tanh is flat, nothing gets through."
assert np.allclose(sigmoid_backward(np.ones(2), np.array([0.0, 1.0])), 0), "Where the sigmoid is flat, nothing gets through."
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 8.5: a whole neuron, backwards
#
# A tanh neuron with several inputs: $z = x_1 w_1 + \dots + x_n w_n + b$, then $h = \tanh z$, with the loss
# $L = (h - y)^2$. Write `neuron_gradients(x, w, b, y)`. It returns `da`, `dz`, `dw` and `db`, in this order.
# `x @ w` is the weighted sum; `dw` is an array with one number for each weight.

# %% exercise="neuron_gradients"
def neuron_gradients(x, w, b, y):
    """Return da, dz, dw, db of a tanh neuron with the loss (h - y)^2.

    x, w and dw: arrays of shape (n,). b, y, da, dz, db: numbers.
    """
    ### BEGIN SOLUTION
    h = np.tanh(x @ w + b)
    da = 2 * (h - y)
    dz = tanh_backward(da, h)
    return da, dz, x * dz, dz
    ### END SOLUTION

# %% wrong="neuron_gradients" says="skips the activation function"
def neuron_gradients(x, w, b, y):
    h = np.tanh(x @ w + b)
    da = 2 * (h - y)
    return da, da, x * da, da

# %% wrong="neuron_gradients" says="its own input"
def neuron_gradients(x, w, b, y):
    h = np.tanh(x @ w + b)
    da = 2 * (h - y)
    dz = da * (1 - h**2)
    return da, dz, w * dz, dz

# %% wrong="neuron_gradients" says="always 1"
def neuron_gradients(x, w, b, y):
    h = np.tanh(x @ w + b)
    da = 2 * (h - y)
    dz = da * (1 - h**2)
    return da, dz, x * dz, b * dz

# %% wrong="neuron_gradients" says="One number for each weight"
def neuron_gradients(x, w, b, y):
    h = np.tanh(x @ w + b)
    da = 2 * (h - y)
    dz = da * (1 - h**2)
    return da, dz, np.sum(x * dz), dz

# %% wrong="neuron_gradients" says="lost its 2"
def neuron_gradients(x, w, b, y):
    h = np.tanh(x @ w + b)
    da = h - y
    dz = da * (1 - h**2)
    return da, dz, x * dz, dz

# %% wrong="neuron_gradients" says="other way round"
def neuron_gradients(x, w, b, y):
    h = np.tanh(x @ w + b)
    da = 2 * (y - h)
    dz = da * (1 - h**2)
    return da, dz, x * dz, dz

# %% wrong="neuron_gradients" says="dz is one number"
def neuron_gradients(x, w, b, y):
    h = np.tanh(x @ w + b)
    da = 2 * (h - y)
    dz = da * (1 - h**2)
    return da, dz, x @ dz, dz

# %% check="neuron_gradients" points=3
_x, _w, _b, _y = np.array([1.0, -2.0, 0.5]), np.array([0.4, 0.3, -0.2]), 0.6, 1.0
try:
    _got = neuron_gradients(_x.copy(), _w.copy(), _b, _y)
except ValueError as _error:
    assert "matmul" not in str(_error), "The sign @ stands between two arrays. dz is one number, and needs no more than *."
    raise
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert isinstance(_got, (tuple, list)) and len(_got) == 4, "Return four things: da, dz, dw and db."
_da, _dz, _dw, _db = _got
assert np.shape(_da) == () and np.shape(_dz) == () and np.shape(_db) == (), "da, dz and db should be one number each."
assert np.shape(_dw) == (3,), f"dw has the shape {np.shape(_dw)}, not (3,). One number for each weight is wanted."
_h = np.tanh(0.3)
assert not np.isclose(_da, _h - 1), "da has lost its 2: the exponent of the loss comes down as a factor."
assert not np.isclose(_da, 2 * (1 - _h)), "da has the wrong sign: in (h - y)^2 you subtract the other way round."
assert np.isclose(_da, 2 * (_h - 1)), f"da is {_da}. It is the derivative of the loss (h - y)^2 with respect to h."
assert not np.isclose(_dz, _da), "Your dz is da: it skips the activation function. The gate of tanh scales da."
assert np.isclose(_dz, 2 * (_h - 1) * (1 - _h**2)), f"dz is {_dz}. It is da times what the gate of tanh lets through."
assert not np.allclose(_dw, _w * _dz), (
    "In dw each weight's gradient is its own input times dz. You multiply by the weights: that would be the "
    "gradient of the inputs."
)
assert np.allclose(_dw, _x * _dz), f"dw is {_dw}, which is not input times error."
assert not np.isclose(_db, _b * _dz), "db is not scaled by b itself. A bias is a weight whose input is always 1."
assert np.isclose(_db, _dz), f"db is {_db}, and dz is {_dz}. What local gradient has a sum?"
print("neuron_gradients is right for a neuron with three inputs.")
### BEGIN HIDDEN TESTS
# reference: neuron_gradients
_rng = np.random.default_rng(85)
for _n in (1, 2, 3, 20):
    _x, _w = _rng.normal(size=(2, _n))
    _b, _y = (float(_v) for _v in _rng.normal(size=2))
    _want = reference_neuron_gradients(_x, _w, _b, _y)
    _got = neuron_gradients(_x.copy(), _w.copy(), _b, _y)
    for _name, _one, _other in zip(("da", "dz", "dw", "db"), _got, _want, strict=True):
        assert np.shape(_one) == np.shape(_other), f"For {_n} inputs {_name} has the shape {np.shape(_one)}."
        assert np.allclose(_one, _other), f"For {_n} random inputs {_name} is wrong."
    _up, _down = ((np.tanh((_w + _sign * 1e-6 * np.eye(_n)) @ _x + _b) - _y) ** 2 for _sign in (1, -1))
    _tried = (_up - _down) / 2e-6
    assert np.allclose(_got[2], _tried, atol=1e-6), f"For {_n} random inputs dw differs from what nudges say."
_got = neuron_gradients(np.zeros(3), np.ones(3), 0.5, 0.0)
assert np.allclose(_got[2], 0) and not np.isclose(_got[3], 0), (
    "When every input is 0, no weight has influence, but the bias still has. Yours says something else."
)
_got = neuron_gradients(np.array([100.0]), np.array([1.0]), 0.0, -1.0)
assert np.isclose(_got[0], 4) and _got[1] == 0, "Far out tanh is flat: da may be large, yet dz must be 0."
### END HIDDEN TESTS

# %% [markdown]
# ### Where you may read otherwise
#
# - "Training is backpropagation", or "backpropagation adjusts the weights". Backpropagation *finds the
#   gradients*. Gradient descent, or another optimiser, adjusts. Each can be had without the other.
# - "dw is how much the weight needs to change." It is a slope. The change is $-\eta\,dw$: it goes the other
#   way, and its size is up to the learning rate. The same holds for db.
# - "dz is the error, prediction minus target." That is true of an output neuron whose loss and activation
#   function fit together in one way: the sigmoid with cross-entropy (lecture 06), for one. In general
#   $dz = da \cdot \varphi'(z)$, and in a hidden layer there is no target to subtract.
# - "da is the gradient of the activation function." That gradient is $\varphi'(z)$, the gate. da is what
#   arrives at the gate from above.
# - "Backpropagation is a kind of supervised learning." It needs a number to differentiate, and no labels: any
#   loss will do.

# %% [markdown]
# ## 4. Step through it
#
# Below are two graphs to step through. The first is that of exercise 8.2. The second is a small network: one
# input $x$, two hidden neurons with tanh (or ReLU), and one output $\hat y = v_1 h_1 + v_2 h_2 + c$. Its
# weights come from the next cell. `draw.uniform(-1, 1, 2)` draws two random numbers between −1 and 1,
# `np.round(..., 2)` rounds them to two digits, `.tolist()` makes a plain list of an array.

# %%
draw = np.random.default_rng(248)
network = {
    "w": np.round(draw.uniform(-1, 1, 2), 2).tolist(),
    "b": np.round(draw.uniform(-0.5, 0.5, 2), 2).tolist(),
    "v": np.round(draw.uniform(-1.5, 1.5, 2), 2).tolist(),
    "c": 0.0,
}
network

# %% playground="backprop" height=840
seed = {"x": 2.1, "y": 4.0, "w": 1.0, "b": 0.0, "lr": 0.01, "network": network}

# %% [markdown]
# Try these.
#
# 1. *Linear neuron*: before each *Next*, say the number that will come. Then *Update* and *All forward*: how
#    far has the loss come down?
# 2. Look for the learning rate whose single step brings the loss closest to 0. From which learning rate on
#    does a step make it worse?
# 3. *Two tanh neurons*: go backward to $x$. Why does its gradient have two terms? Now move $w_1$ to 3 and
#    again go all backward: what has become of the gradients of $w_1$ and $b_1$, and which local gradient is
#    to blame?
# 4. *Two ReLU neurons*: move $b_1$ until $z_1$ is negative. Which gradients are 0 now? Would an
#    update ever repair that?
# 5. *Linear neuron* again: move $y$ to where $\hat y$ is. What do all the gradients become?

# %% tags=["demo"]
def network_graph(x, y, p):
    """The values and the gradients of the small tanh network, by hand."""
    h1, h2 = np.tanh(p["w"][0] * x + p["b"][0]), np.tanh(p["w"][1] * x + p["b"][1])
    y_hat = p["v"][0] * h1 + p["v"][1] * h2 + p["c"]
    d_y_hat = 2 * (y_hat - y)
    dz1, dz2 = d_y_hat * p["v"][0] * (1 - h1**2), d_y_hat * p["v"][1] * (1 - h2**2)
    return h1, h2, y_hat, d_y_hat, dz1, dz2


def signed(number, digits=3):
    """Return a number as text, with a proper minus sign."""
    return f"{number:.{digits}f}".replace("-", "\u2212")


x_net, y_net = 0.6, 1.0
h1, h2, y_hat_net, d_net, dz1, dz2 = network_graph(x_net, y_net, network)
(w1, w2), (b1, b2), (v1, v2) = network["w"], network["b"], network["v"]
fig, ax = plt.subplots(figsize=(10.8, 3.6))
ax.set(xlim=(-1.4, 19.6), ylim=(-0.2, 6.0))
draw_graph(
    ax,
    {
        "x": (0, 2.8, f"$x$ = {signed(x_net, 1)}", signed(dz1 * w1 + dz2 * w2)),
        "z1": (4.1, 4.9, f"$z_1$ = {signed(w1 * x_net + b1)}", signed(dz1)),
        "z2": (4.1, 0.7, f"$z_2$ = {signed(w2 * x_net + b2)}", signed(dz2)),
        "h1": (8.9, 4.9, f"$h_1$ = {signed(h1)}", signed(d_net * v1)),
        "h2": (8.9, 0.7, f"$h_2$ = {signed(h2)}", signed(d_net * v2)),
        "yhat": (13.1, 2.8, rf"$\hat y$ = {signed(y_hat_net)}", signed(d_net)),
        "L": (18.2, 2.8, f"$L$ = {signed((y_hat_net - y_net) ** 2)}", "1"),
    },
    [
        ("x", "z1", rf"$\times\ w_1$ = {signed(w1, 2)}", 0.55),
        ("x", "z2", rf"$\times\ w_2$ = {signed(w2, 2)}", 0.55),
        ("z1", "h1", rf"$\times$ {signed(1 - h1**2)}", 0.45),
        ("z2", "h2", rf"$\times$ {signed(1 - h2**2)}", 0.45),
        ("h1", "yhat", rf"$\times\ v_1$ = {signed(v1, 2)}", 0.5),
        ("h2", "yhat", rf"$\times\ v_2$ = {signed(v2, 2)}", 0.5),
        ("yhat", "L", rf"$\times$ {signed(d_net)}", 0.45),
    ],
    size=(2.4, 1.15),
)
sum_text = f"{signed(dz1)} · {signed(w1, 2)}\n+ {signed(dz2)} · {signed(w2, 2)}\n= {signed(dz1 * w1 + dz2 * w2)}"
ax.text(-1.1, 0.75, sum_text, ha="left", va="center", fontsize=9, color="#a03f00")
ax.set_title("Where two paths meet on the way back, what they bring is added")
show(
    fig,
    "The graph of a network with one input, two tanh neurons and one output, for x = 0.6 and the target 1, with "
    "values and gradients in each box and local gradients on each arrow. From x one path leads through z1 and h1, "
    "another through z2 and h2, and both end in y hat. The gradient of x is the sum of what the two paths bring "
    "back.",
)

# %% [markdown]
# The picture (for $x = 0.6$ and $y = 1$) leaves out the boxes of the weights and biases; the page has them all.
#
# ## 5. Used twice: add
#
# In the network $x$ goes into two neurons. A nudge of $x$ reaches the loss on two paths, and the loss feels
# both. So the gradients that come back on several paths are *added*. Along a path we multiply, and over paths
# we add.
#
# The smallest case is $y = x \cdot x$. The node $x$ is used twice, as the left factor and as the right one.
# Each path has the local gradient $x$, the other factor. Together $x + x = 2x$, as it should be for $x^2$.
# Someone who keeps only the last path gets half of it.

# %% tags=["demo"]
x_axis = np.linspace(0, 5, 101)
fig, ax = plt.subplots(figsize=(5.8, 3.7))
ax.plot(x_axis, x_axis**2, color="#222222", label="$y = x \\cdot x$")
ax.plot(x_axis, 9 + 6 * (x_axis - 3), "--", color=GREEN, label="both paths added: slope $3 + 3 = 6$")
ax.plot(x_axis, 9 + 3 * (x_axis - 3), ":", color=VERMILION, label="one path only: slope 3")
ax.plot(3, 9, "o", color="#222222")
ax.set(xlabel="$x$", ylabel="$y$", ylim=(-4, 26), xlim=(0, 5))
ax.set_title("Only the sum over both paths touches the curve")
ax.legend(frameon=False, loc="upper left")
show(
    fig,
    "The parabola y = x times x with two straight lines through its point at x = 3. The line with slope 6, both "
    "paths added, is the tangent. The line with slope 3, one path only, cuts the curve.",
)

# %% [markdown]
# ## 6. Trust, but check
#
# A backward pass with a slip in it does not crash. It trains, only badly. So every backward pass is tested
# once against something that cannot share its slip: nudges. That is a **gradient check**.
#
# Nudge one parameter up and down by a small $\varepsilon$ (epsilon) and compare:
#
# $$\frac{\partial L}{\partial \theta_i} \approx
# \frac{L(\theta_i + \varepsilon) - L(\theta_i - \varepsilon)}{2\varepsilon}.$$
#
# This is the central difference of lecture 07, for one parameter $\theta_i$ (theta) at a time. The sign
# $\approx$ says "is about". How small should
# $\varepsilon$ be? Try it on the tanh of 0.7, whose derivative we know.

# %% tags=["demo"]
steps = np.logspace(-13, 0, 80)
exact = 1 - np.tanh(0.7) ** 2
central = np.abs((np.tanh(0.7 + steps) - np.tanh(0.7 - steps)) / (2 * steps) - exact)
one_sided = np.abs((np.tanh(0.7 + steps) - np.tanh(0.7)) / steps - exact)
fig, ax = plt.subplots(figsize=(6.2, 3.6))
ax.loglog(steps, central, "-", color=BLUE, label="up and down, divided by $2\\varepsilon$")
ax.loglog(steps, one_sided, "--", color=VERMILION, label="up only, divided by $\\varepsilon$")
ax.axvline(1e-5, color="#777777", linestyle=":")
ax.text(1.3e-5, 2e-2, "$10^{-5}$", color="#555555")
ax.set(xlabel="nudge $\\varepsilon$", ylabel="error of the derivative", ylim=(1e-13, 2))
ax.set_title("A nudge can be too large, and too small")
ax.legend(frameon=False, loc="upper left", fontsize=9.5)
show(
    fig,
    "The error of two difference quotients over the size of the nudge, on logarithmic axes. Both curves fall "
    "and rise again like a V. The central difference is lowest near ten to the minus five, with an error below "
    "ten to the minus ten. The one-sided one never gets that low. For very small nudges rounding spoils both.",
)

# %% [markdown]
# A large nudge leaves the tangent. A tiny one drowns in rounding: a float has about 16 digits, and the two
# losses agree in nearly all of them. Near $10^{-5}$ the central difference is best.
#
# Parameters come as arrays of any shape. `np.ndindex(theta.shape)` goes through all places of an array, and
# `theta[place]` is the number there. `np.zeros_like(theta)` makes zeros of the same shape.

# %% [markdown]
# ### Exercise 8.6: gradients by nudging
#
# Write `numerical_gradient(f, theta, eps)`. Lecture 07 had it for a flat array of parameters; here `theta`
# has any shape. `f` is a function that takes an array like `theta` and returns one number. The result has the
# shape of `theta`: at each place the central difference for a nudge of this one place. Work on copies
# (`theta.copy()`), so that `theta` stays as it was.

# %% exercise="numerical_gradient"
def numerical_gradient(f, theta, eps=1e-5):
    """Return the gradient of f at theta by central differences. theta: an array of floats, any shape."""
    ### BEGIN SOLUTION
    gradient = np.zeros_like(theta)
    for place in np.ndindex(theta.shape):
        up, down = theta.copy(), theta.copy()
        up[place] += eps
        down[place] -= eps
        gradient[place] = (f(up) - f(down)) / (2 * eps)
    return gradient
    ### END SOLUTION

# %% wrong="numerical_gradient" says="one side only"
def numerical_gradient(f, theta, eps=1e-5):
    gradient = np.zeros_like(theta)
    for place in np.ndindex(theta.shape):
        up = theta.copy()
        up[place] += eps
        gradient[place] = (f(up) - f(theta)) / eps
    return gradient

# %% wrong="numerical_gradient" says="twice eps apart"
def numerical_gradient(f, theta, eps=1e-5):
    gradient = np.zeros_like(theta)
    for place in np.ndindex(theta.shape):
        up, down = theta.copy(), theta.copy()
        up[place] += eps
        down[place] -= eps
        gradient[place] = (f(up) - f(down)) / eps
    return gradient

# %% wrong="numerical_gradient" says="all places at once"
def numerical_gradient(f, theta, eps=1e-5):
    gradient = np.zeros_like(theta)
    for place in np.ndindex(theta.shape):
        gradient[place] = (f(theta + eps) - f(theta - eps)) / (2 * eps)
    return gradient

# %% wrong="numerical_gradient" says="not the array that it was"
def numerical_gradient(f, theta, eps=1e-5):
    gradient = np.zeros_like(theta)
    for place in np.ndindex(theta.shape):
        theta[place] += eps
        above = f(theta)
        theta[place] -= 2 * eps
        gradient[place] = (above - f(theta)) / (2 * eps)
    return gradient

# %% wrong="numerical_gradient" says="one and the same array"
def numerical_gradient(f, theta, eps=1e-5):
    gradient = np.zeros_like(theta)
    for place in np.ndindex(theta.shape):
        up = down = theta.copy()
        up[place] += eps
        down[place] -= eps
        gradient[place] = (f(up) - f(down)) / (2 * eps)
    return gradient

# %% wrong="numerical_gradient" says="needs brackets"
def numerical_gradient(f, theta, eps=1e-5):
    gradient = np.zeros_like(theta)
    for place in np.ndindex(theta.shape):
        up, down = theta.copy(), theta.copy()
        up[place] += eps
        down[place] -= eps
        gradient[place] = (f(up) - f(down)) / 2 * eps
    return gradient

# %% wrong="numerical_gradient" says="first place alone"
def numerical_gradient(f, theta, eps=1e-5):
    gradient = np.zeros_like(theta)
    for place in np.ndindex(theta.shape):
        up, down = theta.copy(), theta.copy()
        up[place] += eps
        down[place] -= eps
        gradient[place] = (f(up) - f(down)) / (2 * eps)
        return gradient

# %% check="numerical_gradient" points=3
_theta = np.array([1.0, -2.0, 3.0])
_given = _theta.copy()
_got = numerical_gradient(lambda _t: float(_t[0] ** 2 + 5 * _t[1] + _t[0] * _t[2]), _given, 0.1)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (3,), f"For three parameters the gradient has the shape {np.shape(_got)}, not (3,)."
assert np.allclose(_given, _theta, atol=1e-12), (
    f"After the call theta is {_given}, not the array that it was. Nudge a copy."
)
assert not np.allclose(_got, 11), (
    "You nudge all places at once, so all entries are alike. Nudge one place and leave the others."
)
assert not np.allclose(_got, [10, 10, 2]), "Your numbers are twice too large. The two points are twice eps apart."
assert not np.allclose(_got, [5.1, 5, 1]), "You nudge to one side only. Go up and down, and compare these two."
assert not np.allclose(_got, 0), (
    "Every entry is 0: f gives the same above and below. Are both nudges made in one and the same array? `down = theta` "
    "is a second name, not a copy."
)
assert not np.allclose(_got, [0.05, 0.05, 0.01]), (
    "Your numbers are too small. `/ 2 * eps` divides by 2 and then multiplies by eps: the divisor needs brackets."
)
assert not np.allclose(_got, [5, 0, 0]), "The first place alone is filled in. Does `return` stand inside the loop?"
assert np.allclose(_got, [5, 5, 1]), f"For a function with the gradient (5, 5, 1) you get {_got}."
print("numerical_gradient is right for one function of three parameters.")
### BEGIN HIDDEN TESTS
# reference: numerical_gradient
from scipy.optimize import approx_fprime as _approx_fprime

_rng = np.random.default_rng(86)
for _shape in ((1,), (4,), (2, 3), (2, 1, 2)):
    _theta, _scale = _rng.normal(size=_shape), _rng.normal(size=_shape)


    def _f(_t, _scale=_scale):
        return float(np.sum(np.sin(_t * _scale)) + np.prod(_t))

    _want = reference_numerical_gradient(_f, _theta)
    _got = numerical_gradient(_f, _theta.copy())
    assert np.shape(_got) == _shape, f"For parameters of shape {_shape} the gradient has the shape {np.shape(_got)}."
    assert np.allclose(_got, _want, atol=1e-8), f"For random parameters of shape {_shape} the gradient is wrong."
    _other = _approx_fprime(_theta.ravel(), lambda _t, _f=_f, _shape=_shape: _f(_t.reshape(_shape)), 1e-7)
    assert np.allclose(np.ravel(_got), _other, atol=1e-5), "Your gradient differs from SciPy's (approx_fprime)."
_got = numerical_gradient(lambda _t: float(_t[0] ** 3), np.array([1.0]), 0.5)
assert np.isclose(_got[0], 3.25), "With a large nudge, 0.5, the central difference of a cube comes out wrong. Is eps used?"
### END HIDDEN TESTS

# %% [markdown]
# Do a gradient and its check agree? Do not ask whether the difference is small: for gradients of size
# $10^{-6}$ any difference is. Ask how large it is compared with the gradients. Below about $10^{-6}$ all is
# well. Above $10^{-3}$ there is a slip, or a kink of ReLU right between the two nudges. In between, check again at
# another point.

# %%
def relative_error(one, other):
    """The largest difference, compared with the largest number in either array."""
    largest = max(np.max(np.abs(one)), np.max(np.abs(other)), 1e-12)
    return float(np.max(np.abs(one - other)) / largest)


# %% [markdown]
# Here is your neuron of exercise 8.5 under this test. `lambda w: ...` is a short way to write a function: it
# takes `w` and returns what stands after the colon.

# %% tags=["demo"]
x_check, w_check = np.array([1.0, -2.0, 0.5]), np.array([0.4, 0.3, -0.2])
dw_check = neuron_gradients(x_check, w_check, 0.6, 1.0)[2]
dw_nudged = numerical_gradient(lambda w: (np.tanh(x_check @ w + 0.6) - 1.0) ** 2, w_check)
print("backward pass:", dw_check)
print("by nudging:   ", dw_nudged)
print("relative error:", relative_error(dw_check, dw_nudged))

# %% [markdown]
# ### Exercise 8.7: why backwards? (in your own words, 4 points)
#
# A network has a million parameters and one loss. Explain to a friend, in four or five sentences: how many
# forward passes do nudges take for one gradient, and how much does backpropagation take? What must be kept
# from the forward pass, and for what? And if nudges are so slow, why do people who write backward passes still
# use them?

# %% [markdown] written="why_backwards" points=4
# ### BEGIN SOLUTION
# Each parameter needs its own nudge, so one gradient takes a million forward passes and one more (two million
# for central differences). Backpropagation takes one forward and one backward pass, the work of about three
# forward passes, however many parameters there are: the gradient of a node is computed once and used for
# everything that lies before it. The backward pass needs the values of the forward pass, since local gradients
# are taken at them: the inputs of each layer for dw, z or h for the gate of the activation function. So these
# are cached, which costs memory. Nudging is still used, on a small network and rarely, as a gradient check: it
# only needs the forward pass, so it does not share the slips of a backward pass.
#
# **Mark scheme**
# - 1 point: about a million forward passes (n + 1, or 2n) for nudging
# - 1 point: one forward and one backward pass, whatever the number of parameters
# - 1 point: says that values of the forward pass are kept because local gradients are taken at them
# - 1 point: names the gradient check, with the reason that nudging is independent of the backward pass
# ### END SOLUTION

# %% [markdown]
# ## 7. An engine that differentiates
#
# (If a second sitting begins here, run all the cells above first.)
#
# So far you found every gradient by hand, one formula at a time. But the rules are few, and a graph is
# something that a program can hold. Let each number remember what it was made of, and the program can do the
# backward pass by itself. That is **automatic differentiation**. It is not nudging, and it is not algebra on
# formulas: it is exact numbers, by the chain rule, along the graph of one calculation.
#
# ### Classes, in short
#
# So far others made your kinds of objects: lists, arrays, tensors. A *class* makes a kind of your own. It says
# what its objects hold and what they can do. Here is a small one, a length in metres.

# %%
class Length:
    def __init__(self, metres):  # Python runs this for Length(3.0)
        self.metres = metres

    def doubled(self):  # and this for a.doubled()
        return Length(2 * self.metres)

    def __add__(self, other):  # and this for a + b
        return Length(self.metres + other.metres)


# %% [markdown]
# The functions in a class are its *methods*. Each has `self` as its first argument: the object itself. You do not
# write it in a call, Python puts it in.
#
# - `Length(3.0)` makes an object. Python runs `__init__`, with the new object as `self` and 3.0 as `metres`.
# - `self.metres = metres` stores the number in the object. What an object holds are its *attributes*, and
#   they are read with a dot.
# - `a.doubled()` runs the method with `a` as `self`.
# - `a + b` runs `__add__`, with `a` as `self` and `b` as `other`. Names with two underscores at both ends belong to
#   Python: it looks for them when it meets a sign such as `+`. For `*` it looks for `__mul__`, for `**` for `__pow__`.

# %%
a, b = Length(3.0), Length(0.5)
total = a + b
total.metres, a.doubled().metres, a.metres

# %% [markdown]
# Note two things. Both results are *new* objects: $a$ is still 3 metres long. And inside the methods the
# calculation is one with plain numbers, `self.metres` and `other.metres`. Without the `.metres`, `self + other` would
# call `__add__` once more, which would call it once more, without end.
#
# ### A number that remembers
#
# Our class is `Value`: one node of a graph. It has four attributes.
#
# - `data` is the value, and `grad` the gradient, 0 at first.
# - `parents` says what the node was made of: a list of pairs, each a node and the local gradient with respect to
#   that node. Both are at hand in the forward pass, so they are noted then. A node that was not computed has no parents.
# - `number` counts the nodes as they are made: 0, 1, 2, … A node is always made after its parents. Soon this
#   will be useful.
#
# `Value(6.0, [(a, 2.0)])` makes a node with the value 6 and one parent, the node $a$, with the local gradient 2. As
# an example take the double of a node, $u = 2a$. A method for it would be
#
# ```python
# def doubled(self):
#     return Value(2 * self.data, [(self, 2.0)])
# ```
#
# The data first, then the list of pairs; here it is one pair. A sum or a product has two parents, so its list holds
# two pairs, one for `self` and one for `other`.

# %%
births = count()  # next(births) gives 0, then 1, then 2, ...

# %% [markdown]
# ### Exercise 8.8: numbers that remember
#
# Fill in five operations of `Value`: sum, product, power, `tanh` and `relu`. Each returns a new `Value` with its
# data and its parents, like `doubled` above. The table of part 1 has the local gradients; write them as plain
# numbers, made of `self.data` and `other.data`. The exponent of a power is a plain number already, and no parent. At
# exactly 0 let `relu` pass nothing. (`parents=()` in `__init__` means: no parents, unless some are given.)
#
# `as_value` is there so that `a + 1` works, too. The rest, difference and quotient, is made of your five.

# %% exercise="value"
def as_value(something):
    """Return a Value as it is, and a plain number as a new Value."""
    return something if isinstance(something, Value) else Value(something)


class Value:
    """A number that remembers what it was made of. parents: pairs (a Value, the local gradient)."""

    def __init__(self, data, parents=()):
        self.data = float(data)
        self.grad = 0.0
        self.parents = list(parents)
        self.number = next(births)

    def __add__(self, other):
        other = as_value(other)
        ### BEGIN SOLUTION
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])
        ### END SOLUTION

    def __mul__(self, other):
        other = as_value(other)
        ### BEGIN SOLUTION
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])
        ### END SOLUTION

    def __pow__(self, exponent):
        ### BEGIN SOLUTION
        return Value(self.data**exponent, [(self, exponent * self.data ** (exponent - 1))])
        ### END SOLUTION

    def tanh(self):
        ### BEGIN SOLUTION
        result = np.tanh(self.data)
        return Value(result, [(self, 1 - result**2)])
        ### END SOLUTION

    def relu(self):
        ### BEGIN SOLUTION
        return Value(max(0.0, self.data), [(self, 1.0 if self.data > 0 else 0.0)])
        ### END SOLUTION

    # These are made of the five above.
    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + as_value(other) * -1

    def __truediv__(self, other):
        return self * as_value(other) ** -1

    def __radd__(self, other):  # 1 + a
        return self + other

    def __rmul__(self, other):  # 2 * a
        return self * other

    def __rsub__(self, other):  # 1 - a
        return self * -1 + other

    def __repr__(self):  # what is shown when a cell ends with a Value
        return f"Value(data={self.data:.4g}, grad={self.grad:.4g})"

# %% wrong="value" says="the other factor"
def as_value(something):
    return something if isinstance(something, Value) else Value(something)


class Value:
    def __init__(self, data, parents=()):
        self.data = float(data)
        self.grad = 0.0
        self.parents = list(parents)
        self.number = next(births)

    def __add__(self, other):
        other = as_value(other)
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data, [(self, self.data), (other, other.data)])

    def __pow__(self, exponent):
        return Value(self.data**exponent, [(self, exponent * self.data ** (exponent - 1))])

    def tanh(self):
        result = np.tanh(self.data)
        return Value(result, [(self, 1 - result**2)])

    def relu(self):
        return Value(max(0.0, self.data), [(self, 1.0 if self.data > 0 else 0.0)])

# %% wrong="value" says="every nudge on as it is"
def as_value(something):
    return something if isinstance(something, Value) else Value(something)


class Value:
    def __init__(self, data, parents=()):
        self.data = float(data)
        self.grad = 0.0
        self.parents = list(parents)
        self.number = next(births)

    def __add__(self, other):
        other = as_value(other)
        return Value(self.data + other.data, [(self, self.data), (other, other.data)])

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def __pow__(self, exponent):
        return Value(self.data**exponent, [(self, exponent * self.data ** (exponent - 1))])

    def tanh(self):
        result = np.tanh(self.data)
        return Value(result, [(self, 1 - result**2)])

    def relu(self):
        return Value(max(0.0, self.data), [(self, 1.0 if self.data > 0 else 0.0)])

# %% wrong="value" says="comes down as a factor"
def as_value(something):
    return something if isinstance(something, Value) else Value(something)


class Value:
    def __init__(self, data, parents=()):
        self.data = float(data)
        self.grad = 0.0
        self.parents = list(parents)
        self.number = next(births)

    def __add__(self, other):
        other = as_value(other)
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def __pow__(self, exponent):
        return Value(self.data**exponent, [(self, self.data ** (exponent - 1))])

    def tanh(self):
        result = np.tanh(self.data)
        return Value(result, [(self, 1 - result**2)])

    def relu(self):
        return Value(max(0.0, self.data), [(self, 1.0 if self.data > 0 else 0.0)])

# %% wrong="value" says="remembers no parents"
def as_value(something):
    return something if isinstance(something, Value) else Value(something)


class Value:
    def __init__(self, data, parents=()):
        self.data = float(data)
        self.grad = 0.0
        self.parents = list(parents)
        self.number = next(births)

    def __add__(self, other):
        other = as_value(other)
        return Value(self.data + other.data)

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data)

    def __pow__(self, exponent):
        return Value(self.data**exponent)

    def tanh(self):
        return Value(np.tanh(self.data))

    def relu(self):
        return Value(max(0.0, self.data))

# %% wrong="value" says="a new Value"
def as_value(something):
    return something if isinstance(something, Value) else Value(something)


class Value:
    def __init__(self, data, parents=()):
        self.data = float(data)
        self.grad = 0.0
        self.parents = list(parents)
        self.number = next(births)

    def __add__(self, other):
        other = as_value(other)
        self.data = self.data + other.data
        self.parents = [(self, 1.0), (other, 1.0)]
        return self

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def __pow__(self, exponent):
        return Value(self.data**exponent, [(self, exponent * self.data ** (exponent - 1))])

    def tanh(self):
        result = np.tanh(self.data)
        return Value(result, [(self, 1 - result**2)])

    def relu(self):
        return Value(max(0.0, self.data), [(self, 1.0 if self.data > 0 else 0.0)])

# %% wrong="value" says="tanh of the tanh"
def as_value(something):
    return something if isinstance(something, Value) else Value(something)


class Value:
    def __init__(self, data, parents=()):
        self.data = float(data)
        self.grad = 0.0
        self.parents = list(parents)
        self.number = next(births)

    def __add__(self, other):
        other = as_value(other)
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def __pow__(self, exponent):
        return Value(self.data**exponent, [(self, exponent * self.data ** (exponent - 1))])

    def tanh(self):
        result = np.tanh(self.data)
        return Value(result, [(self, 1 - np.tanh(result) ** 2)])

    def relu(self):
        return Value(max(0.0, self.data), [(self, 1.0 if self.data > 0 else 0.0)])

# %% wrong="value" says="without end"
def as_value(something):
    return something if isinstance(something, Value) else Value(something)


class Value:
    def __init__(self, data, parents=()):
        self.data = float(data)
        self.grad = 0.0
        self.parents = list(parents)
        self.number = next(births)

    def __add__(self, other):
        other = as_value(other)
        return Value(self + other, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def __pow__(self, exponent):
        return Value(self.data**exponent, [(self, exponent * self.data ** (exponent - 1))])

    def tanh(self):
        result = np.tanh(self.data)
        return Value(result, [(self, 1 - result**2)])

    def relu(self):
        return Value(max(0.0, self.data), [(self, 1.0 if self.data > 0 else 0.0)])

# %% wrong="value" says="one list of pairs"
def as_value(something):
    return something if isinstance(something, Value) else Value(something)


class Value:
    def __init__(self, data, parents=()):
        self.data = float(data)
        self.grad = 0.0
        self.parents = list(parents)
        self.number = next(births)

    def __add__(self, other):
        other = as_value(other)
        return Value(self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def __pow__(self, exponent):
        return Value(self.data**exponent, [(self, exponent * self.data ** (exponent - 1))])

    def tanh(self):
        result = np.tanh(self.data)
        return Value(result, [(self, 1 - result**2)])

    def relu(self):
        return Value(max(0.0, self.data), [(self, 1.0 if self.data > 0 else 0.0)])

# %% wrong="value" says="first the node"
def as_value(something):
    return something if isinstance(something, Value) else Value(something)


class Value:
    def __init__(self, data, parents=()):
        self.data = float(data)
        self.grad = 0.0
        self.parents = list(parents)
        self.number = next(births)

    def __add__(self, other):
        other = as_value(other)
        return Value(self.data + other.data, [self, other])

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def __pow__(self, exponent):
        return Value(self.data**exponent, [(self, exponent * self.data ** (exponent - 1))])

    def tanh(self):
        result = np.tanh(self.data)
        return Value(result, [(self, 1 - result**2)])

    def relu(self):
        return Value(max(0.0, self.data), [(self, 1.0 if self.data > 0 else 0.0)])

# %% wrong="value" says="plain number"
def as_value(something):
    return something if isinstance(something, Value) else Value(something)


class Value:
    def __init__(self, data, parents=()):
        self.data = float(data)
        self.grad = 0.0
        self.parents = list(parents)
        self.number = next(births)

    def __add__(self, other):
        other = as_value(other)
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data, [(self, other), (other, self)])

    def __pow__(self, exponent):
        return Value(self.data**exponent, [(self, exponent * self.data ** (exponent - 1))])

    def tanh(self):
        result = np.tanh(self.data)
        return Value(result, [(self, 1 - result**2)])

    def relu(self):
        return Value(max(0.0, self.data), [(self, 1.0 if self.data > 0 else 0.0)])

# %% check="value" points=5
_a, _b = Value(3.0), Value(-2.0)
for _name, _operate, _data, _locals in (
    ("a + b", lambda: _a + _b, 1.0, [(-2.0, 1.0), (3.0, 1.0)]),
    ("a * b", lambda: _a * _b, -6.0, [(-2.0, 3.0), (3.0, -2.0)]),
    ("b ** 3", lambda: _b**3, -8.0, [(-2.0, 12.0)]),
    ("a.relu()", lambda: _a.relu(), 3.0, [(3.0, 1.0)]),
    ("b.relu()", lambda: _b.relu(), 0.0, [(-2.0, 0.0)]),
    ("a.tanh()", lambda: _a.tanh(), np.tanh(3.0), [(3.0, 1 - np.tanh(3.0) ** 2)]),
):
    try:
        _got = _operate()
    except NotImplementedError:
        raise
    except RecursionError:
        raise AssertionError(
            f"`{_name}` calls itself without end. Calculate with the plain numbers in the nodes, such as self.data."
        ) from None
    except (AttributeError, TypeError) as _error:
        raise AssertionError(
            f"`{_name}` stops: {_error}. Calculate with plain numbers, such as self.data, and give Value two things: the "
            "data, and one list of pairs."
        ) from None
    assert _got is not None, f"`{_name}` gives nothing back. Does the operation end with `return`?"
    assert hasattr(_got, "data") and hasattr(_got, "parents"), f"`{_name}` should give a Value, not {_got}."
    assert _a.data == 3.0 and _b.data == -2.0, (
        f"`{_name}` has changed one of its operands. It should make a new Value and leave a and b as they were."
    )
    assert np.isclose(_got.data, _data), f"For a = 3 and b = -2 the data of `{_name}` is {_got.data}."
    assert len(_got.parents) > 0, (
        f"The result of `{_name}` remembers no parents. Note each operand with its local gradient."
    )
    try:
        _pairs = sorted((float(_parent.data), float(_local)) for _parent, _local in _got.parents)
    except (AttributeError, TypeError, ValueError):
        raise AssertionError(
            f"The parents of `{_name}` should be a list of pairs: in each, first the node, then its local gradient as a "
            "plain number, not as a Value."
        ) from None
    assert len(_pairs) == len(_locals), f"The result of `{_name}` has {len(_pairs)} parents, not {len(_locals)}."
    _gradients = [_local for _, _local in _pairs]
    if _name == "a * b":
        assert not np.allclose(_gradients, [-2, 3]), (
            "In a product each factor's local gradient is the other factor. You note each one's own value."
        )
    if _name == "a + b":
        assert np.allclose(_gradients, [1, 1]), (
            f"The local gradients of a sum are noted as {_gradients}. A sum passes every nudge on as it is."
        )
    if _name == "b ** 3":
        assert not np.allclose(_gradients, [4]), (
            "The local gradient of a power has lost its exponent. It comes down as a factor."
        )
    if _name == "a.tanh()":
        assert not np.allclose(_gradients, [1 - np.tanh(np.tanh(3.0)) ** 2]), (
            "The local gradient of tanh takes the tanh of the tanh. The result is the h in 1 - h^2."
        )
    assert np.allclose(_pairs, _locals), (
        f"For a = 3 and b = -2 the parents of `{_name}` (data, local gradient) are {_pairs}. See the table of part 1."
    )
print("Five operations give the right values, parents and local gradients for a = 3 and b = -2.")
### BEGIN HIDDEN TESTS
# reference: Value
_rng = np.random.default_rng(88)


def _listed(_node):
    return sorted((round(_parent.data, 9), round(float(_local), 9)) for _parent, _local in _node.parents)


for _ in range(6):
    _p, _q = (float(_v) for _v in _rng.uniform(0.2, 2, size=2) * _rng.choice([-1, 1], size=2))
    for _name, _operate in (
        ("a sum", lambda _u, _v: _u + _v),
        ("a product", lambda _u, _v: _u * _v),
        ("a power", lambda _u, _v: _u**3),
        ("the power -1", lambda _u, _v: _u**-1),
        ("tanh", lambda _u, _v: _u.tanh()),
        ("relu", lambda _u, _v: _u.relu()),
    ):
        _want, _got = _operate(reference_Value(_p), reference_Value(_q)), _operate(Value(_p), Value(_q))
        assert np.isclose(_got.data, _want.data), f"For random numbers the data of {_name} is wrong."
        assert np.allclose(_listed(_got), _listed(_want)), f"For random numbers the parents of {_name} are wrong."
_a = Value(2.0)
assert (_a + 1).data == 3 and (_a * 4).data == 8, "A plain number as the second operand comes out wrong."
assert (1 + _a).data == 3 and (4 * _a).data == 8 and (5 - _a).data == 3, "A plain number as the first operand fails."
assert np.isclose((_a / 4).data, 0.5) and (-_a).data == -2 and (_a - 3).data == -1, "A difference or quotient is wrong."
assert len((_a * _a).parents) == 2, "In a * a the node is used twice: it should stand among the parents twice."
assert Value(0.0).relu().parents[0][1] == 0, "At exactly 0, let relu pass nothing."
assert Value(0.0).tanh().parents[0][1] == 1 and Value(0.0).tanh().data == 0, "tanh is wrong at 0."
assert (_a + 1).grad == 0, "A new Value should have the gradient 0."
### END HIDDEN TESTS

# %% [markdown]
# ### In which order?
#
# The backward pass may handle a node only when its own gradient is complete: when every node that was made
# from it has handed its share back. So we need an order in which each node stands after its parents, and go
# through it in reverse. Such an order is called a *topological order*. Here it comes for nothing: `number`
# says when a node was made, and parents are made first.
#
# What remains is to find all the nodes. Keep two collections: the nodes that you have *seen*, and those still
# *waiting* to be looked at. At first both hold the root alone, that is the loss. Then, as long as a node is waiting:
#
# - take one from those that wait;
# - look at each of its parents. One that you have not seen yet is now seen, and waits.
#
# Follow it once by hand: $p = a \cdot b$, then $L = p + a$. The node $a$ is used twice.
#
# | taken | its parents | seen | waiting |
# |---|---|---|---|
# | at first | | $L$ | $L$ |
# | $L$ | $p$, $a$: both new | $L$, $p$, $a$ | $p$, $a$ |
# | $a$ | none | $L$, $p$, $a$ | $p$ |
# | $p$ | $a$ seen already, $b$ new | $L$, $p$, $a$, $b$ | $b$ |
# | $b$ | none | $L$, $p$, $a$, $b$ | nobody |
#
# By their numbers the four are $a$, $b$, $p$, $L$. The Python for that (you know sets from lecture 01):
#
# - `seen = {root}` makes a *set*. `node in seen` asks whether it is in there, `seen.add(node)` puts it in.
# - `waiting = [root]` is a list of nodes still to look at. `waiting.pop()` takes the last one off it, and
#   `while waiting:` repeats a block as long as the list is not empty.
# - `for parent, local in node.parents:` goes through the pairs.
# - `sorted(seen, key=lambda node: node.number)` makes a list in the order of the numbers.

# %% [markdown]
# ### Exercise 8.9: every node once, parents first
#
# Write `topological_order(root)`. It returns a list of all nodes from which `root` was made, `root` itself
# included, each exactly once, in the order of their numbers. The list holds the nodes themselves.

# %% exercise="topological_order"
def topological_order(root):
    """Return a list of all nodes behind root, root included: each once, and after its parents."""
    ### BEGIN SOLUTION
    seen, waiting = {root}, [root]
    while waiting:
        node = waiting.pop()
        for parent, _ in node.parents:
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return sorted(seen, key=lambda node: node.number)
    ### END SOLUTION

# %% wrong="topological_order" says="more than once"
def topological_order(root):
    found, waiting = [root], [root]
    while waiting:
        node = waiting.pop()
        for parent, _ in node.parents:
            found.append(parent)
            waiting.append(parent)
    return sorted(found, key=lambda node: node.number)

# %% wrong="topological_order" says="before one of its parents"
def topological_order(root):
    found, waiting = [root], [root]
    while waiting:
        node = waiting.pop()
        for parent, _ in node.parents:
            if parent not in found:
                found.append(parent)
                waiting.append(parent)
    return found

# %% wrong="topological_order" says="grandparents"
def topological_order(root):
    found = {root}
    for parent, _ in root.parents:
        found.add(parent)
    return sorted(found, key=lambda node: node.number)

# %% wrong="topological_order" says="root itself"
def topological_order(root):
    found, waiting = set(), [root]
    while waiting:
        node = waiting.pop()
        for parent, _ in node.parents:
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return sorted(found, key=lambda node: node.number)

# %% wrong="topological_order" says="the nodes themselves"
def topological_order(root):
    found, waiting = {root}, [root]
    while waiting:
        node = waiting.pop()
        for parent, _ in node.parents:
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return sorted(node.number for node in found)

# %% check="topological_order" points=2
# A graph made by hand: a leads to b and c, and both lead to d. One more node is no part of it.
_a = Value(1.0)
_b = Value(2.0, [(_a, 1.0)])
_stranger = Value(9.0, [(_a, 1.0)])
_c = Value(3.0, [(_a, 1.0), (_b, 1.0)])
_d = Value(4.0, [(_b, 1.0), (_c, 1.0)])
_got = topological_order(_d)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert isinstance(_got, (list, tuple)), "Return a list of nodes."
assert all(hasattr(_node, "parents") for _node in _got), (
    "Something in your list is no node. Return the nodes themselves, not their numbers, values or pairs."
)
_names = [{1.0: "a", 2.0: "b", 3.0: "c", 4.0: "d", 9.0: "a stranger"}[_node.data] for _node in _got]
assert len(set(_names)) == len(_names), (
    f"A node stands in your list more than once: {_names}. Take none that you have seen already."
)
assert "d" in _names, f"Your list holds {_names}: the root itself is missing."
assert "a stranger" not in _names, "Your list holds a node from which the root was not made."
assert set(_names) >= {"a", "b", "c"}, (
    f"Your list holds {_names} only. Does it go on to the parents' parents (grandparents), and to theirs?"
)
for _child, _parent in (("d", "c"), ("d", "b"), ("c", "b"), ("c", "a"), ("b", "a")):
    assert _names.index(_parent) < _names.index(_child), (
        f"Your order is {_names}: {_child} stands before one of its parents, {_parent}. Sort by number."
    )
print("topological_order finds every node of a small graph once, parents first.")
### BEGIN HIDDEN TESTS
# reference: topological_order, Value
_rng = np.random.default_rng(89)
for _size in (1, 2, 8, 20):
    _mine, _theirs = [], []
    for _k in range(_size):
        _chosen = [] if _k == 0 else [int(_v) for _v in _rng.integers(0, _k, size=2)]
        _mine.append(reference_Value(float(_k), [(_mine[_v], 1.0) for _v in _chosen]))
        _theirs.append(Value(float(_k), [(_theirs[_v], 1.0) for _v in _chosen]))
    _want = [_node.data for _node in reference_topological_order(_mine[-1])]
    _got = [_node.data for _node in topological_order(_theirs[-1])]
    assert len(_got) == len(set(_got)), "In a random graph a node comes more than once."
    assert sorted(_got) == sorted(_want), "In a random graph a node is missing, or there is one too many."
    assert _got == _want, "In a random graph the nodes do not come in the order of their numbers."
_node = Value(0.0)
for _k in range(300):
    _node = Value(float(_k + 1), [(_node, 1.0), (_node, 1.0)])
assert len(topological_order(_node)) == 301, "In a chain of 301 nodes, each used twice by the next, some are wrong."
### END HIDDEN TESTS

# %% [markdown]
# ### Back through the graph
#
# Now the backward pass, in three moves.
#
# 1. *Reset.* Set the gradient of every node to 0. Else those of the last call would still be in there.
# 2. *Seed.* The root has the gradient 1: $\frac{\partial L}{\partial L} = 1$.
# 3. *Hand back.* Go through the order in reverse. Each node gives each of its parents its own gradient times
#    the local gradient. The parent *adds* it to what it has, because of part 5.
#
# By hand once more, for $p = a \cdot b$ and $L = p + a$ with $a = 3$ and $b = -2$:
#
# | node | hands back | gradients now |
# |---|---|---|
# | $L$ | $1 \cdot 1$ to $p$ and $1 \cdot 1$ to $a$ | $L$: 1, $p$: 1, $a$: 1 |
# | $p$ | $1 \cdot (-2)$ to $a$ and $1 \cdot 3$ to $b$ | $a$: $1 - 2 = -1$, $b$: 3 |
# | $b$, $a$ | nothing, they have no parents | |
#
# Is that right? $L = ab + a$ has the derivative $b + 1 = -1$ for $a$, and $a = 3$ for $b$. After the first row the
# gradient of $a$ was not complete. That is why the order matters.
#
# ### Exercise 8.10: backward
#
# Write `backward(root)`. It fills in `grad` of every node behind `root` and returns nothing. Called twice, it
# leaves the same gradients as called once. `reversed(order)` goes through a list from its end.

# %% exercise="backward"
def backward(root):
    """Set the attribute grad of each node behind root to the derivative of root with respect to it."""
    ### BEGIN SOLUTION
    order = topological_order(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for parent, local in node.parents:
            parent.grad += node.grad * local
    ### END SOLUTION

# %% wrong="backward" says="overwrites"
def backward(root):
    order = topological_order(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for parent, local in node.parents:
            parent.grad = node.grad * local

# %% wrong="backward" says="left over from the call before"
def backward(root):
    order = topological_order(root)
    root.grad = 1.0
    for node in reversed(order):
        for parent, local in node.parents:
            parent.grad += node.grad * local

# %% wrong="backward" says="from the root back"
def backward(root):
    order = topological_order(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in order:
        for parent, local in node.parents:
            parent.grad += node.grad * local

# %% wrong="backward" says="begins with 1"
def backward(root):
    order = topological_order(root)
    for node in order:
        node.grad = 0.0
    for node in reversed(order):
        for parent, local in node.parents:
            parent.grad += node.grad * local

# %% wrong="backward" says="local gradients alone"
def backward(root):
    order = topological_order(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for parent, local in node.parents:
            parent.grad += local

# %% wrong="backward" says="in the middle"
def backward(root):
    order = topological_order(root)
    for node in order:
        if not node.parents:
            node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for parent, local in node.parents:
            parent.grad += node.grad * local

# %% check="backward" points=5
# A chain made by hand: a leads to b with the local gradient 2, b to c with 3, c to d with 5.
_a = Value(1.0)
_b = Value(2.0, [(_a, 2.0)])
_c = Value(3.0, [(_b, 3.0)])
_d = Value(4.0, [(_c, 5.0)])
backward(_d)
assert _d.grad == 1, f"The gradient of the root is {_d.grad}. The backward pass begins with 1 there."
assert _c.grad == 5, f"In a chain with the local gradients 2, 3, 5 the node next to the root gets {_c.grad}, not 5."
assert not (_b.grad == 3 and _a.grad == 2), (
    "Each node has got its local gradients alone. Multiply by the gradient of the node that they come from."
)
assert not (_b.grad == 0 and _a.grad == 0), (
    "The gradients stop one node after the root. Go from the root back: a node hands on only what it has got."
)
assert np.isclose(_b.grad, 15) and np.isclose(_a.grad, 30), (
    f"In a chain with the local gradients 2, 3, 5 the gradients are {_b.grad} and {_a.grad}, not 15 and 30."
)
backward(_d)
assert not np.isclose(_a.grad, 90), (
    "A second call gives other gradients. You reset the nodes without parents, but those in the middle of the "
    "graph keep what they had."
)
assert np.isclose(_a.grad, 30) and _c.grad == 5, (
    f"A second call gives a gradient of {_a.grad} in place of 30: there is something left over from the call "
    "before. Reset every node first."
)
_e = Value(5.0, [(_a, 7.0), (_a, 4.0)])
backward(_e)
assert _a.grad not in (4, 7), (
    f"A node used twice, with the local gradients 7 and 4, gets {_a.grad}: the share of one path is lost. "
    "Something overwrites it: an `=` where the shares are to be added, or a reset that comes too late."
)
assert np.isclose(_a.grad, 11), f"A node used twice, with the local gradients 7 and 4, gets {_a.grad}, not their sum."
print("backward is right for a chain, for a second call, and for a node that is used twice.")
### BEGIN HIDDEN TESTS
# reference: backward, Value
_formulas = (
    ("(a * b + c) ** 2", lambda _u, _v, _w: (_u * _v + _w) ** 2),
    ("a * a + a", lambda _u, _v, _w: _u * _u + _u),
    ("tanh(a * b) * tanh(a + c)", lambda _u, _v, _w: (_u * _v).tanh() * (_u + _w).tanh()),
    ("relu(a + b) * c - a / c", lambda _u, _v, _w: (_u + _v).relu() * _w - _u / _w),
    ("(a - b) ** 3 with its result used twice", lambda _u, _v, _w: (lambda _r: _r * _r + _r * _w)((_u - _v) ** 3)),
)
_rng = np.random.default_rng(810)
for _name, _formula in _formulas:
    for _ in range(2):
        _point = _rng.uniform(0.3, 1.2, size=3) * _rng.choice([-1, 1], size=3)
        _mine = [reference_Value(_v) for _v in _point]
        reference_backward(_formula(*_mine))
        _theirs = [Value(float(_v)) for _v in _point]
        _root = _formula(*_theirs)
        for _again in ("", " after a second call"):
            backward(_root)
            _want, _got = [_v.grad for _v in _mine], [_v.grad for _v in _theirs]
            assert np.allclose(_got, _want), f"The gradients of {_name} are wrong{_again}."
        for _place in range(3):
            _up, _down = _point.copy(), _point.copy()
            _up[_place] += 1e-6
            _down[_place] -= 1e-6
            _above, _below = (_formula(*[reference_Value(_v) for _v in _at]).data for _at in (_up, _down))
            assert np.isclose(_got[_place], (_above - _below) / 2e-6, atol=1e-5), (
                f"The gradients of {_name} differ from what nudges say."
            )
_deep = _leaf = Value(1.0)
for _ in range(60):
    _deep = _deep + _deep
backward(_deep)
assert _leaf.grad == 2.0**60, "A sum doubled 60 times should have the gradient 2 to the power 60. Yours has not."
_x = Value(2.0)
backward(_x * 3)
backward(_x * 5)
assert _x.grad == 5, "A node used in two graphs one after the other keeps a gradient of the first. Reset before you add."
backward(_x)
assert _x.grad == 1, "The gradient of a single node, with respect to itself, is 1."
### END HIDDEN TESTS

# %% [markdown]
# You have built an engine. Give it the neuron of part 3, and it finds what you worked out by hand. Your own
# functions speak in this cell.

# %% tags=["demo"]
x_values, w_values, b_value = [1.0, -2.0, 0.5], [Value(0.4), Value(0.3), Value(-0.2)], Value(0.6)
z_value = b_value
for x_one, w_one in zip(x_values, w_values, strict=True):
    z_value = z_value + x_one * w_one
loss_value = (z_value.tanh() - 1.0) ** 2
backward(loss_value)
print("by the engine:", np.array([w_one.grad for w_one in w_values]), b_value.grad)
print("by hand:      ", *neuron_gradients(np.array(x_values), np.array([0.4, 0.3, -0.2]), 0.6, 1.0)[2:])

# %% [markdown]
# The engine never saw the formula for a neuron. It saw sums, products, a tanh and a power, and that is enough
# for any network. TensorFlow, PyTorch and JAX do the same with whole arrays as nodes, and with
# hundreds of operations in place of five.
#
# ### Exercise 8.11: add and reset (in your own words, 3 points)
#
# A colleague writes an engine like yours with two differences: a node keeps only the *last* gradient that is
# handed to it, and nothing is ever reset. Explain with $y = x \cdot x$ at $x = 3$ what goes wrong by the
# first. Then say what goes wrong when the second difference alone is there and training takes many steps.

# %% [markdown] written="add_and_reset" points=3
# ### BEGIN SOLUTION
# The node $x$ is used twice, so two shares of the gradient come back, each $1 \cdot 3 = 3$, one for each path.
# A nudge of $x$ acts on both paths at once, so the right gradient is the sum, 6. Keeping only the last one gives 3,
# half the slope. If shares are added but nothing is reset, each step adds its gradient to those of all the
# steps before. The update then follows a sum of old gradients, which belong to points that have long been
# left; it grows, and the steps become too long and point the wrong way.
#
# **Mark scheme**
# - 1 point: two shares of 3 come back, and their sum, 6, is right; the engine says 3
# - 1 point: gives the reason: a nudge acts on every path at once
# - 1 point: without a reset gradients of earlier steps are added in, so that the update is wrong (too long, or
#   in an old direction)
# ### END SOLUTION

# %% [markdown]
# ## 8. A layer, backwards
#
# A node for each number is fine for ten neurons and far too slow for ten thousand. So networks are
# differentiated in whole layers. In a dense layer (lecture 05)
#
# $$Z = XW + b,$$
#
# with $X$ of shape (n, inputs), a row for each example, $W$ of shape (inputs, neurons) and $b$ of shape
# (neurons,). The backward pass gets $dZ$, the gradient of the loss with respect to $Z$, and returns three
# gradients. Each has the shape of the thing that it is the gradient of:
#
# $$dW = X^{\top}\, dZ, \qquad db = \text{sum of the rows of } dZ, \qquad dX = dZ\, W^{\top}.$$
#
# ($^{\top}$, "transposed", exchanges rows and columns; in code `X.T`.) These are the rules that you know:
#
# - $dW$: input times error. The weight from input $i$ to neuron $j$ is used once for *each example*, so over
#   the examples $k$ we add: $dW_{ij} = \sum_k X_{ki}\, dZ_{kj}$. That sum is a matrix product.
# - $db$: the error itself, and again the bias is used by every example: add.
# - $dX$: input $i$ goes into *every neuron*, through its weight. Add over neurons.
#
# Sum or mean over the batch? The layer always sums. If the loss is a *mean* over $n$ examples, the $1/n$ is a
# local gradient of the loss: it comes in with $dZ$ at the very end of the network, and only once.

# %% tags=["demo"] title="The gradient of the weights, as a product of two tables"
tables = {  # name: left edge, lower edge, rows, columns, the marked cells, what the shape means
    "$X^{\\top}$": (0.0, 0.75, 2, 4, {(1, 0), (1, 1), (1, 2), (1, 3)}, "(inputs, n)\n(2, 4)"),
    "$dZ$": (4.3, 0.0, 4, 3, {(0, 2), (1, 2), (2, 2), (3, 2)}, "(n, neurons)\n(4, 3)"),
    "$dW$": (8.1, 0.75, 2, 3, {(1, 2)}, "(inputs, neurons)\n(2, 3)"),
}
fig, ax = plt.subplots(figsize=(7.4, 3.4))
ax.set(xlim=(-0.4, 10.9), ylim=(-1.5, 4.2), aspect="equal")
ax.axis("off")
for name, (left, lower, rows, columns, marked, shape) in tables.items():
    for r in range(rows):
        for c in range(columns):
            look = {"facecolor": ORANGE, "hatch": "//"} if (r, c) in marked else {"facecolor": "white"}
            corner = (left + 0.75 * c, lower + 0.8 * (rows - 1 - r))
            ax.add_patch(plt.Rectangle(corner, 0.75, 0.8, edgecolor="#444444", linewidth=1.2, **look))
    ax.text(left + 0.375 * columns, 3.65, name, ha="center", va="center", fontsize=13)
    ax.text(left + 0.375 * columns, -0.75, shape, ha="center", va="center", fontsize=9.5)
for left, sign in ((3.65, "@"), (7.35, "=")):
    ax.text(left, 1.55, sign, ha="center", va="center", fontsize=14)
ax.set_title("The gradient of one weight adds input times error over all examples")
show(
    fig,
    "Three tables. X transposed has 2 rows and 4 columns, dZ has 4 rows and 3 columns, and their product dW has "
    "2 rows and 3 columns, the shape of W. Marked are the second row of X transposed, the third column of dZ, "
    "and the one number in dW that they make: the second input of each of four examples times the third "
    "neuron's error, added up.",
)

# %% [markdown]
# ### Exercise 8.12: a dense layer, backwards
#
# Write `dense_backward(dZ, X, W)`. It returns `dX`, `dW` and `db`, in this order. `.sum(axis=0)` adds up down
# the columns: over the rows, which are the examples. If you forget a formula, the shapes tell you: there is
# only one way to multiply that fits.

# %% exercise="dense_backward"
def dense_backward(dZ, X, W):
    """Return dX, dW, db of a dense layer Z = XW + b, summed over the batch.

    dZ: shape (n, neurons). X: shape (n, inputs). W: shape (inputs, neurons).
    """
    ### BEGIN SOLUTION
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)
    ### END SOLUTION

# %% wrong="dense_backward" says="mean over the batch"
def dense_backward(dZ, X, W):
    return dZ @ W.T, X.T @ dZ / len(X), dZ.mean(axis=0)

# %% wrong="dense_backward" says="one for each example"
def dense_backward(dZ, X, W):
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=1)

# %% wrong="dense_backward" says="still one row"
def dense_backward(dZ, X, W):
    return dZ @ W.T, X.T @ dZ, dZ

# %% wrong="dense_backward" says="rows and columns"
def dense_backward(dZ, X, W):
    return dZ @ W.T, dZ.T @ X, dZ.sum(axis=0)

# %% wrong="dense_backward" says="transposed"
def dense_backward(dZ, X, W):
    return dZ @ W, X.T @ dZ, dZ.sum(axis=0)

# %% wrong="dense_backward" says="the order is dX, dW, db"
def dense_backward(dZ, X, W):
    return X.T @ dZ, dZ.sum(axis=0), dZ @ W.T

# %% check="dense_backward" points=4
_X = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 1.0], [-2.0, 0.5]])
_W = np.array([[1.0, -1.0, 2.0], [0.5, 3.0, -2.0]])
_dZ = np.array([[1.0, 0.0, -1.0], [2.0, 1.0, 0.0], [0.0, -3.0, 1.0], [1.0, 1.0, 1.0]])
try:
    _got = dense_backward(_dZ.copy(), _X.copy(), _W.copy())
except NotImplementedError:
    raise
except ValueError as _error:
    raise AssertionError(
        f"Two shapes do not fit: {_error}. One of the matrices of a product has to be transposed: see the formulas."
    ) from None
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert isinstance(_got, (tuple, list)) and len(_got) == 3, "Return three arrays: dX, dW and db."
_dX, _dW, _db = _got
assert [np.shape(_part) for _part in _got] != [(2, 3), (3,), (4, 2)], (
    "Your three results have the shapes of W, b and X. Wanted is another order: the order is dX, dW, db."
)
assert np.shape(_dX) == (4, 2), f"dX has the shape {np.shape(_dX)}; X has (4, 2), and its gradient must have it, too."
assert np.shape(_dW) != (3, 2), "dW has its rows and columns exchanged: shape (3, 2), while W has (2, 3)."
assert np.shape(_dW) == (2, 3), f"dW has the shape {np.shape(_dW)}; W has (2, 3), and its gradient must have it, too."
assert np.shape(_db) != (4, 3), "db has still one row for each example. Every example uses the same bias: add them up."
assert np.shape(_db) != (4,), "db has four numbers, one for each example. Wanted is one for each neuron: another axis."
assert np.shape(_db) == (3,), f"db has the shape {np.shape(_db)}, not (3,)."
assert not np.allclose(_dW, _X.T @ _dZ / 4) and not np.allclose(_db, [1, -0.25, 0.25]), (
    "You take the mean over the batch. The layer sums; the 1/n of a mean loss has come in with dZ already."
)
assert np.allclose(_db, [4, -1, 1]), f"db is {_db}. Add up the rows of dZ."
assert np.allclose(_dW, [[-1, -11, 0], [0.5, -3.5, -0.5]]), f"dW is\n{_dW}\nwhich is not input times error, added up."
assert np.allclose(_dX[0], [-1, 2.5]), f"The first row of dX is {_dX[0]}. It is the first row of dZ, back through W."
assert np.allclose(_dX[1:], [[1, 4], [5, -11], [2, 1.5]]), f"dX is\n{_dX}\nand a row after the first is wrong."
print("dense_backward is right for four examples, two inputs and three neurons.")
### BEGIN HIDDEN TESTS
# reference: dense_backward
_rng = np.random.default_rng(812)
for _n, _inputs, _neurons in ((1, 1, 1), (5, 3, 3), (1, 4, 2), (6, 1, 3), (7, 3, 1), (20, 6, 5)):
    _X, _W = _rng.normal(size=(_n, _inputs)), _rng.normal(size=(_inputs, _neurons))
    _dZ, _b = _rng.normal(size=(_n, _neurons)), _rng.normal(size=_neurons)
    _want = reference_dense_backward(_dZ, _X, _W)
    _args = _dZ.copy(), _X.copy(), _W.copy()
    _got = dense_backward(*_args)
    _where = f"{_n} examples, {_inputs} inputs and {_neurons} neurons"
    for _name, _one, _other in zip(("dX", "dW", "db"), _got, _want, strict=True):
        assert np.shape(_one) == _other.shape, f"For {_where} {_name} has the shape {np.shape(_one)}, not {_other.shape}."
        assert np.allclose(_one, _other), f"For {_where} {_name} is wrong."
    assert all(np.array_equal(_a, _c) for _a, _c in zip(_args, (_dZ, _X, _W), strict=True)), (
        "Your function changes an array that it is given. Make new ones."
    )
    # A second opinion, for the loss sum(dZ * Z): the products written out by index.
    assert np.allclose(_got[1], np.einsum("ki,kj->ij", _X, _dZ)), "dW differs from the sum written out."
    assert np.allclose(_got[0], np.einsum("kj,ij->ki", _dZ, _W)), "dX differs from the sum written out."
_twice = dense_backward(np.ones((2, 1)), np.ones((2, 1)), np.ones((1, 1)))
assert _twice[1][0, 0] == 2 and _twice[2][0] == 2, "The same example twice must give twice the gradient of a single one."
### END HIDDEN TESTS

# %% [markdown]
# ## 9. A network in NumPy
#
# Now all of it together, on data that no straight line can separate: two half moons, one curled into the
# other. `make_moons` of scikit-learn draws them. The first 300 points are for training, the last 100 for
# validation.

# %%
points, labels = make_moons(n_samples=400, noise=0.15, random_state=8)
X_train, y_train = points[:300], labels[:300].astype(float)
X_val, y_val = points[300:], labels[300:].astype(float)
X_train.shape, y_train.shape

# %% [markdown]
# The network: 2 inputs, a hidden layer of 8 tanh neurons, one sigmoid neuron that says how likely class 1 is.
#
# $$H = \tanh(X W_1 + b_1), \qquad P = \sigma(H W_2 + b_2)$$
#
# Its parameters live in a dictionary: `params["W1"]` is the array stored under the name `"W1"`. The random
# weights are divided by the square root of the number of inputs, so that the sums do not get large. The last line of
# the cell makes a new dictionary: `params.items()` goes through the pairs of name and value, and for each the part
# before `for` says what to store.


# %%
def new_params(hidden, seed):
    """Return fresh parameters of a network with 2 inputs, a hidden layer, and one output."""
    draw = np.random.default_rng(seed)
    return {
        "W1": draw.normal(size=(2, hidden)) / np.sqrt(2),
        "b1": np.zeros(hidden),
        "W2": draw.normal(size=(hidden, 1)) / np.sqrt(hidden),
        "b2": np.zeros(1),
    }


params_start = new_params(hidden=8, seed=8)
{name: value.shape for name, value in params_start.items()}

# %% [markdown]
# The loss is the binary cross-entropy of lecture 06, the mean over the batch. (Here the model's answers come
# first, then the targets.) Clipping keeps the logarithm away from 0. `P.ravel()` makes shape (n,) of shape (n, 1).


# %%
def bce(P, y):
    """Return the mean binary cross-entropy. P: shape (n, 1). y: shape (n,), each 0 or 1."""
    p = np.clip(P.ravel(), 1e-12, 1 - 1e-12)
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


# %% [markdown]
# ### The backward pass
#
# Sigmoid and cross-entropy fit together (lecture 06): for one example the gradient at the output's $z$ is
# $p - y$. For the mean over $n$ examples
#
# $$dZ_2 = \frac{P - y}{n}.$$
#
# From there you have every piece: `dense_backward` gives $dW_2$, $db_2$ and $dH$; `tanh_backward` makes
# $dZ_1$ of $dH$; `dense_backward` again gives $dW_1$ and $db_1$.
#
# The trap of lectures 05 and 06 waits here. $P$ has the shape (n, 1) and $y$ the shape (n,). NumPy broadcasts
# `P - y` to a table of shape (n, n): every prediction minus every label. The subtraction itself does not
# crash. Make a column of $y$ first: `y.reshape(-1, 1)` has the shape (n, 1), where $-1$ means "as many as
# there are".
#
# ### Exercise 8.13: the network forward and backward
#
# Write `mlp_forward(X, params)`, which returns $H$ and $P$, and `mlp_backward(X, y, params)`, which returns a
# dictionary of gradients with the names `"W1"`, `"b1"`, `"W2"`, `"b2"`, each of the shape of its parameter.
# `expit` is SciPy's sigmoid. `{"W1": dW1, ...}` makes a dictionary.

# %% exercise="mlp"
def mlp_forward(X, params):
    """Return H, shape (n, hidden), and P, shape (n, 1). X: shape (n, 2)."""
    ### BEGIN SOLUTION
    H = np.tanh(X @ params["W1"] + params["b1"])
    return H, expit(H @ params["W2"] + params["b2"])
    ### END SOLUTION


def mlp_backward(X, y, params):
    """Return the gradients of the mean cross-entropy, a dictionary with the names of params. y: shape (n,)."""
    ### BEGIN SOLUTION
    H, P = mlp_forward(X, params)
    dZ2 = (P - y.reshape(-1, 1)) / len(X)
    dH, dW2, db2 = dense_backward(dZ2, H, params["W2"])
    dZ1 = tanh_backward(dH, H)
    _, dW1, db1 = dense_backward(dZ1, X, params["W1"])
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
    ### END SOLUTION

# %% wrong="mlp" says="look at the shape of P - y"
def mlp_forward(X, params):
    H = np.tanh(X @ params["W1"] + params["b1"])
    return H, expit(H @ params["W2"] + params["b2"])


def mlp_backward(X, y, params):
    H, P = mlp_forward(X, params)
    dZ2 = (P - y) / len(X)
    dH, dW2, db2 = dense_backward(dZ2, H, params["W2"])
    dZ1 = tanh_backward(dH, H)
    _, dW1, db1 = dense_backward(dZ1, X, params["W1"])
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}

# %% wrong="mlp" says="sum over the examples"
def mlp_forward(X, params):
    H = np.tanh(X @ params["W1"] + params["b1"])
    return H, expit(H @ params["W2"] + params["b2"])


def mlp_backward(X, y, params):
    H, P = mlp_forward(X, params)
    dZ2 = P - y.reshape(-1, 1)
    dH, dW2, db2 = dense_backward(dZ2, H, params["W2"])
    dZ1 = tanh_backward(dH, H)
    _, dW1, db1 = dense_backward(dZ1, X, params["W1"])
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}

# %% wrong="mlp" says="gate of tanh"
def mlp_forward(X, params):
    H = np.tanh(X @ params["W1"] + params["b1"])
    return H, expit(H @ params["W2"] + params["b2"])


def mlp_backward(X, y, params):
    H, P = mlp_forward(X, params)
    dZ2 = (P - y.reshape(-1, 1)) / len(X)
    dH, dW2, db2 = dense_backward(dZ2, H, params["W2"])
    _, dW1, db1 = dense_backward(dH, X, params["W1"])
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}

# %% wrong="mlp" says="other way round"
def mlp_forward(X, params):
    H = np.tanh(X @ params["W1"] + params["b1"])
    return H, expit(H @ params["W2"] + params["b2"])


def mlp_backward(X, y, params):
    H, P = mlp_forward(X, params)
    dZ2 = (y.reshape(-1, 1) - P) / len(X)
    dH, dW2, db2 = dense_backward(dZ2, H, params["W2"])
    dZ1 = tanh_backward(dH, H)
    _, dW1, db1 = dense_backward(dZ1, X, params["W1"])
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}

# %% wrong="mlp" says="hidden layer has no tanh"
def mlp_forward(X, params):
    H = X @ params["W1"] + params["b1"]
    return H, expit(H @ params["W2"] + params["b2"])


def mlp_backward(X, y, params):
    H, P = mlp_forward(X, params)
    dZ2 = (P - y.reshape(-1, 1)) / len(X)
    dH, dW2, db2 = dense_backward(dZ2, H, params["W2"])
    _, dW1, db1 = dense_backward(dH, X, params["W1"])
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}

# %% wrong="mlp" says="gate of the sigmoid"
def mlp_forward(X, params):
    H = np.tanh(X @ params["W1"] + params["b1"])
    return H, expit(H @ params["W2"] + params["b2"])


def mlp_backward(X, y, params):
    H, P = mlp_forward(X, params)
    dZ2 = sigmoid_backward((P - y.reshape(-1, 1)) / len(X), P)
    dH, dW2, db2 = dense_backward(dZ2, H, params["W2"])
    dZ1 = tanh_backward(dH, H)
    _, dW1, db1 = dense_backward(dZ1, X, params["W1"])
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}

# %% wrong="mlp" says="divide by n twice"
def mlp_forward(X, params):
    H = np.tanh(X @ params["W1"] + params["b1"])
    return H, expit(H @ params["W2"] + params["b2"])


def mlp_backward(X, y, params):
    H, P = mlp_forward(X, params)
    dZ2 = (P - y.reshape(-1, 1)) / len(X)
    dH, dW2, db2 = dense_backward(dZ2, H, params["W2"])
    dZ1 = tanh_backward(dH, H)
    _, dW1, db1 = dense_backward(dZ1, X, params["W1"])
    return {name: value / len(X) for name, value in (("W1", dW1), ("b1", db1), ("W2", dW2), ("b2", db2))}

# %% check="mlp" points=5
_params, _X, _y = new_params(3, 1), X_train[:5].copy(), y_train[:5].copy()
_params["b1"], _params["b2"] = np.array([0.2, -0.1, 0.3]), np.array([0.4])
_sums = _X @ _params["W1"] + _params["b1"]
_want_H = (np.exp(2 * _sums) - 1) / (np.exp(2 * _sums) + 1)
_want_P = 1 / (1 + np.exp(-(_want_H @ _params["W2"] + _params["b2"])))
_got = mlp_forward(_X.copy(), {_name: _value.copy() for _name, _value in _params.items()})
assert _got is not None, "mlp_forward gives nothing back. Does it end with `return`?"
assert isinstance(_got, (tuple, list)) and len(_got) == 2, "mlp_forward should return two arrays: H and P."
assert np.shape(_got[0]) == (5, 3) and np.shape(_got[1]) == (5, 1), (
    f"For 5 examples and 3 hidden neurons H and P have the shapes {np.shape(_got[0])} and {np.shape(_got[1])}."
)
assert not np.allclose(_got[0], _sums), "Your hidden layer has no tanh: H is still XW + b."
assert np.allclose(_got[0], _want_H), "H is not tanh(X W1 + b1). Is the bias in it?"
assert np.allclose(_got[1], _want_P), "H is right, but P is not the sigmoid of H W2 + b2. Are the bias and the sigmoid in it?"
try:
    _got = mlp_backward(_X.copy(), _y.copy(), {_name: _value.copy() for _name, _value in _params.items()})
except NotImplementedError:
    raise
except ValueError as _error:
    raise AssertionError(
        f"Two shapes do not fit in mlp_backward: {_error}. Print shapes: look at the shape of P - y first, which should "
        "be one column. Then at the order in which dense_backward takes its arguments: dZ, X, W."
    ) from None
assert _got is not None, "mlp_backward gives nothing back. Does it end with `return`?"
assert isinstance(_got, dict) and set(_got) == {"W1", "b1", "W2", "b2"}, (
    'mlp_backward should return a dictionary with the names "W1", "b1", "W2" and "b2".'
)
for _name in ("b2", "W2", "b1", "W1"):
    assert np.shape(_got[_name]) == _params[_name].shape, (
        f'The gradient "{_name}" has the shape {np.shape(_got[_name])}, its parameter has {_params[_name].shape}. '
        "Print the shapes of dZ2, dH and dZ1."
    )
_error = float(np.sum(_want_P[:, 0] - _y))
assert not np.isclose(_got["b2"][0], _error), (
    "Your gradients are those of the sum over the examples. The loss is the mean: where does 1/n come in?"
)
assert not np.isclose(_got["b2"][0], -_error / 5), "dZ2 has the wrong sign: you subtract the other way round."
assert not np.isclose(_got["b2"][0], _error / 25), "You divide by n twice. 1/n comes in once, with dZ2."
assert not np.isclose(_got["b2"][0], float(np.sum((_want_P[:, 0] - _y) * _want_P[:, 0] * (1 - _want_P[:, 0]))) / 5), (
    "Your dZ2 has gone through the gate of the sigmoid once more. P - y is the gradient at z already, behind the gate."
)
assert np.isclose(_got["b2"][0], _error / 5), f'The gradient "b2" is {_got["b2"]}. It is the sum of dZ2 over the examples.'
_rows = (_want_P - _y.reshape(-1, 1)) / 5
assert np.allclose(_got["W2"], np.einsum("ki,kj->ij", _want_H, _rows)), (
    'The gradient "W2" is wrong. It is the input of the second layer times its error. What is that input?'
)
_ungated = np.einsum("kj,ij->ki", _rows, _params["W2"])
assert not np.allclose(_got["b1"], _ungated.sum(axis=0)), (
    "On its way to the first layer the gradient misses the gate of tanh: from dH to dZ1."
)
_kept = {_name: _value.copy() for _name, _value in _params.items()}
for _name in ("b1", "W1"):
    for _place in np.ndindex(_params[_name].shape):
        _losses = []
        for _nudge in (1e-5, -1e-5):
            _params[_name][_place] = _kept[_name][_place] + _nudge
            _hidden = np.tanh(_X @ _params["W1"] + _params["b1"])
            _losses.append(bce(expit(_hidden @ _params["W2"] + _params["b2"]), _y))
        _params[_name][_place] = _kept[_name][_place]
        assert abs(_got[_name][_place] - (_losses[0] - _losses[1]) / 2e-5) < 1e-6, (
            f'Nudges say otherwise than your gradient "{_name}". From dH go through tanh, then through the first layer.'
        )
print("mlp_forward and mlp_backward pass a gradient check with five examples and three hidden neurons.")
### BEGIN HIDDEN TESTS
# reference: mlp_forward, mlp_backward
_rng = np.random.default_rng(813)
for _n, _hidden in ((1, 1), (1, 4), (3, 1), (4, 4), (50, 6)):
    _params = {_name: _value + _rng.normal(size=_value.shape) for _name, _value in new_params(_hidden, _n).items()}
    _X, _y = _rng.normal(size=(_n, 2)), _rng.integers(0, 2, size=_n).astype(float)
    _want, _want_P = reference_mlp_backward(_X, _y, _params), reference_mlp_forward(_X, _params)[1]
    _given = {_name: _value.copy() for _name, _value in _params.items()}
    assert np.allclose(mlp_forward(_X.copy(), _given)[1], _want_P), f"For {_n} random examples P is wrong."
    _got = mlp_backward(_X.copy(), _y.copy(), _given)
    for _name in _params:
        assert np.allclose(_got[_name], _want[_name]), (
            f'For {_n} random examples and {_hidden} hidden neurons the gradient "{_name}" is wrong.'
        )
        assert np.array_equal(_given[_name], _params[_name]), "Your functions change the parameters that they are given."
    with tf.GradientTape() as _tape:
        _variables = {_name: tf.Variable(_value) for _name, _value in _params.items()}
        _scores = tf.tanh(_X @ _variables["W1"] + _variables["b1"]) @ _variables["W2"] + _variables["b2"]
        _loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=_y[:, np.newaxis], logits=_scores))
    for _name, _other in _tape.gradient(_loss, _variables).items():
        assert np.allclose(_got[_name], _other.numpy(), atol=1e-6), (
            f'Your gradient "{_name}" differs from TensorFlow\'s.'
        )
_got = mlp_backward(np.zeros((2, 2)), np.array([0.0, 1.0]), new_params(3, 0))
assert np.allclose(_got["W1"], 0), "When every input is zero, the first layer's weights have no influence."
_got = mlp_backward(np.full((2, 2), 1e4), np.array([1.0, 0.0]), new_params(3, 0))
assert all(np.all(np.isfinite(_value)) for _value in _got.values()), "For large inputs your gradients are not finite."
### END HIDDEN TESTS

# %% [markdown]
# Do not train yet. First the gradient check, with your `numerical_gradient`. For each parameter in turn the
# loss becomes a function of that parameter alone: `params | {name: value}` is a copy of the dictionary with
# one entry replaced.

# %% tags=["demo"]
by_backward = mlp_backward(X_train[:20], y_train[:20], params_start)
for name, parameter in params_start.items():

    def loss_of(value, name=name):
        return bce(mlp_forward(X_train[:20], params_start | {name: value})[1], y_train[:20])

    nudged = numerical_gradient(loss_of, parameter)
    print(f"{name}: relative error {relative_error(by_backward[name], nudged):.1e}")

# %% [markdown]
# All are far below $10^{-6}$. The backward pass is right.
#
# Now the whole of training, in six steps:
#
# 1. start with random weights and with biases of zero;
# 2. forward pass: the predictions, and on the way all values that will be needed;
# 3. the loss, from predictions and labels;
# 4. backward pass: the gradient of the loss for each parameter, from the last layer to the first;
# 5. update: each parameter takes a step against its gradient;
# 6. again from step 2, until the loss is low enough or the epochs are used up.
#
# Steps 2 to 4 are backpropagation. Step 5 is gradient descent.
#
# ### Exercise 8.14: train it
#
# Write `train(X, y, params, lr, epochs)`: plain gradient descent with all examples in one batch. In each epoch
# note the loss, find all gradients, and then move every parameter. Return the trained parameters, a new
# dictionary, and the list of losses, one for each epoch, taken *before* the epoch's update. The `params` of
# the caller must stay as they were. So write `p - lr * g`, which makes a new array, and not `p -= lr * g`,
# which changes the old one. And make a new dictionary, with `{name: ... for name, value in params.items()}` as above,
# or with `dict(params)`, which copies the names but shares the arrays.

# %% exercise="train"
def train(X, y, params, lr, epochs):
    """Return the trained parameters (a new dictionary) and the list of losses before each update."""
    ### BEGIN SOLUTION
    losses = []
    for _ in range(epochs):
        losses.append(bce(mlp_forward(X, params)[1], y))
        gradients = mlp_backward(X, y, params)
        params = {name: value - lr * gradients[name] for name, value in params.items()}
    return params, losses
    ### END SOLUTION

# %% wrong="train" says="changed the parameters of the caller"
def train(X, y, params, lr, epochs):
    losses = []
    for _ in range(epochs):
        losses.append(bce(mlp_forward(X, params)[1], y))
        gradients = mlp_backward(X, y, params)
        for name in params:
            params[name] -= lr * gradients[name]
    return params, losses

# %% wrong="train" says="uphill"
def train(X, y, params, lr, epochs):
    losses = []
    for _ in range(epochs):
        losses.append(bce(mlp_forward(X, params)[1], y))
        gradients = mlp_backward(X, y, params)
        params = {name: value + lr * gradients[name] for name, value in params.items()}
    return params, losses

# %% wrong="train" says="found once"
def train(X, y, params, lr, epochs):
    losses = []
    gradients = mlp_backward(X, y, params)
    for _ in range(epochs):
        losses.append(bce(mlp_forward(X, params)[1], y))
        params = {name: value - lr * gradients[name] for name, value in params.items()}
    return params, losses

# %% wrong="train" says="after the update"
def train(X, y, params, lr, epochs):
    losses = []
    for _ in range(epochs):
        gradients = mlp_backward(X, y, params)
        params = {name: value - lr * gradients[name] for name, value in params.items()}
        losses.append(bce(mlp_forward(X, params)[1], y))
    return params, losses

# %% wrong="train" says="moved already"
def train(X, y, params, lr, epochs):
    losses = []
    params = dict(params)
    for _ in range(epochs):
        losses.append(bce(mlp_forward(X, params)[1], y))
        for name in ("W2", "b2", "W1", "b1"):
            params[name] = params[name] - lr * mlp_backward(X, y, params)[name]
    return params, losses

# %% wrong="train" says="not those that you go on with"
def train(X, y, params, lr, epochs):
    losses, trained = [], {}
    for _ in range(epochs):
        losses.append(bce(mlp_forward(X, params)[1], y))
        gradients = mlp_backward(X, y, params)
        for name in params:
            trained[name] = params[name] - lr * gradients[name]
    return trained, losses

# %% wrong="train" says="has not moved"
def train(X, y, params, lr, epochs):
    losses, params = [], dict(params)
    for _ in range(epochs):
        losses.append(bce(mlp_forward(X, params)[1], y))
        gradients = mlp_backward(X, y, params)
        for name in ("W1", "W2"):
            params[name] = params[name] - lr * gradients[name]
    return params, losses

# %% check="train" points=4
_start = new_params(8, 8)
_given = {_name: _value.copy() for _name, _value in _start.items()}
_got = train(X_train.copy(), y_train.copy(), _given, 0.5, 3)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert isinstance(_got, (tuple, list)) and len(_got) == 2, "Return two things: the parameters and the list of losses."
assert isinstance(_got[0], dict) and set(_got[0]) == set(_start), "The first result should be a dictionary like params."
assert all(np.array_equal(_given[_name], _start[_name]) for _name in _start), (
    "You have changed the parameters of the caller. `-=` writes into the caller's arrays, and `trained = params` is a "
    "second name for the caller's dictionary. Make a new dictionary with new arrays."
)
assert np.ndim(_got[1]) == 1 and len(_got[1]) == 3, "For 3 epochs the list of losses should hold 3 numbers."
_losses = [float(_value) for _value in _got[1]]
_hidden = np.tanh(X_train @ _start["W1"] + _start["b1"])
_first = bce(expit(_hidden @ _start["W2"] + _start["b2"]), y_train)
assert np.isclose(_losses[0], _first), (
    f"The first loss in your list is {_losses[0]:.4f}, not {_first:.4f}, that of the parameters at the start. Is it "
    "taken after the update?"
)
assert not np.isclose(_losses[1], _losses[0], rtol=1e-9), (
    "The loss stays the same from epoch to epoch. The parameters that you move are not those that you go on with."
)
assert _losses[1] < _losses[0], "The loss rises. Your steps go uphill: subtract the gradients."
_long = [float(_value) for _value in train(X_train.copy(), y_train.copy(), new_params(8, 8), 0.5, 60)[1]]
assert _long[-1] < 0.35, (
    f"After 60 epochs the loss is still {_long[-1]:.3f}. Are the gradients found once, before the loop, or "
    "always at the start? They belong to one point: after each step find them anew, and step on from there."
)
_step = train(X_train[:4].copy(), y_train[:4].copy(), new_params(8, 8), 2.0, 1)[0]
_at_once = mlp_backward(X_train[:4].copy(), y_train[:4].copy(), new_params(8, 8))
for _name in ("W1", "b1", "W2", "b2"):
    assert not np.array_equal(_step[_name], _start[_name]), f'After one step "{_name}" has not moved at all.'
    assert np.allclose(_step[_name], _start[_name] - 2.0 * _at_once[_name]), (
        f'After one step "{_name}" is not the old value minus lr times its gradient. Was the gradient found when '
        "other parameters had moved already? Find all gradients first."
    )
print(f"train steps rightly, and the loss falls: {_long[0]:.3f} at first, {_long[-1]:.3f} before the 60th update.")
### BEGIN HIDDEN TESTS
# reference: train
_rng = np.random.default_rng(814)
for _n, _hidden_neurons, _lr, _epochs in ((1, 1, 0.1, 5), (10, 3, 0.5, 20), (40, 6, 1.0, 50)):
    _X, _y = _rng.normal(size=(_n, 2)), _rng.integers(0, 2, size=_n).astype(float)
    _start = new_params(_hidden_neurons, _n)
    _want = reference_train(_X, _y, _start, _lr, _epochs)
    _got = train(_X.copy(), _y.copy(), {_name: _value.copy() for _name, _value in _start.items()}, _lr, _epochs)
    assert np.allclose(_got[1], _want[1]), f"For {_n} random examples the losses are wrong."
    assert all(np.allclose(_got[0][_name], _want[0][_name]) for _name in _start), (
        f"For {_n} random examples the trained parameters are wrong."
    )
_trained, _losses = train(X_train.copy(), y_train.copy(), new_params(8, 8), 1.0, 600)
for _X, _y, _which in ((X_train, y_train, "training"), (X_val, y_val, "validation")):
    _scores = np.tanh(_X @ _trained["W1"] + _trained["b1"]) @ _trained["W2"] + _trained["b2"]
    _right = float(np.mean((_scores.ravel() > 0) == (_y == 1)))
    assert _right >= 0.97, f"After 600 epochs the network is right for {_right:.1%} of the {_which} points, not for 97 %."
assert len(_losses) == 600 and _losses[-1] < 0.06, "After 600 epochs with lr = 1 the loss is too high."
_same = train(X_val.copy(), y_val.copy(), new_params(2, 0), 0.0, 4)
assert np.allclose(_same[1], _same[1][0]), "With the learning rate 0 the loss must stay the same."
_start = new_params(2, 0)
_none = train(X_val.copy(), y_val.copy(), _start, 0.1, 0)
assert list(_none[1]) == [] and np.array_equal(_none[0]["W1"], _start["W1"]), "With 0 epochs nothing must change."
### END HIDDEN TESTS

# %% tags=["demo"] title="The loss over 600 epochs, and the border between two moons"
params_trained, loss_history = train(X_train, y_train, params_start, lr=1.0, epochs=600)


def share_right(X, y):
    """Return the share of examples that the trained network puts into the right class."""
    return float(np.mean((mlp_forward(X, params_trained)[1].ravel() >= 0.5) == (y == 1)))


print(f"right on the training points: {share_right(X_train, y_train):.1%}")
print(f"right on the validation points: {share_right(X_val, y_val):.1%}")

fig, axes = plt.subplots(1, 2, figsize=(9.4, 3.8), layout="constrained", width_ratios=(3, 4))
axes[0].plot(loss_history, color=BLUE)
axes[0].set(xlabel="epoch", ylabel="mean cross-entropy", ylim=(0, 0.8))
axes[0].set_title("The loss falls, rests, and falls again")
side_x, side_y = np.linspace(-1.7, 2.7, 180), np.linspace(-1.3, 1.8, 130)
grid = np.stack(np.meshgrid(side_x, side_y), axis=-1)
surface = mlp_forward(grid.reshape(-1, 2), params_trained)[1].reshape(grid.shape[:2])
axes[1].contourf(side_x, side_y, surface, levels=[0, 0.5, 1], colors=["#d6e8f5", "#fbe3d3"])
axes[1].contour(side_x, side_y, surface, levels=[0.5], colors="#222222", linewidths=2)
axes[1].plot(*X_val[y_val == 0].T, "o", color=BLUE, markersize=5, label="class 0")
axes[1].plot(*X_val[y_val == 1].T, "s", color=VERMILION, markersize=4.5, label="class 1")
axes[1].set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
axes[1].grid(visible=False)
axes[1].legend(frameon=False, loc="upper left", fontsize=9.5)
axes[1].set_title("Your gradients bend a line between two moons")
show(
    fig,
    "Left: the loss over 600 epochs. It falls steeply, stays near 0.28 for some tens of epochs, and falls again to "
    "below 0.05. Right: the validation points of "
    "two half moons, circles and squares, with the network's border between them. It is a curve that winds "
    "between the moons.",
)

# %% [markdown]
# ## 10. The same in TensorFlow
#
# TensorFlow has an engine like yours, for arrays. `tf.GradientTape` is its memory: what is computed inside the
# `with` block is recorded, and the tape can then be run backwards. Here is the graph of part 2 as a first try.

# %%
w_variable = tf.Variable(2.0)  # a number that the tape watches
with tf.GradientTape() as tape:
    loss_recorded = (w_variable * 3.0 + 1.0 - 5.0) ** 2  # the graph of part 2
tape.gradient(loss_recorded, w_variable).numpy()

# %% [markdown]
# That is the 12 of part 2. `tf.Variable(array)` keeps the precision of the array, and NumPy's usual one is
# float64. (A variable made of a plain Python number is float32, with only about 7 digits.) `.numpy()` makes a
# NumPy array of a result.
#
# ### Exercise 8.15: a second opinion
#
# Write `tape_gradients(X, y, params)`: the same gradients as `mlp_backward`, found by TensorFlow. Make a
# `tf.Variable` of each parameter. Inside the tape compute $H$, $P$ and the loss with TensorFlow's functions:
# `tf.tanh`, `tf.sigmoid`, `tf.math.log`, `tf.reduce_mean`. The sign `@` works as in NumPy. Clipping is not
# needed. NumPy's own functions, and so `mlp_forward` and `bce`, are of no use here: the tape records only what
# TensorFlow computes. `tape.gradient(loss, variables)` takes a dictionary and returns one with the same names. Return
# NumPy arrays.

# %% exercise="tape_gradients"
def tape_gradients(X, y, params):
    """Return the gradients of the mean cross-entropy by tf.GradientTape: a dictionary of float64 NumPy arrays."""
    ### BEGIN SOLUTION
    variables = {name: tf.Variable(value) for name, value in params.items()}
    target = y.reshape(-1, 1)
    with tf.GradientTape() as tape:
        H = tf.tanh(X @ variables["W1"] + variables["b1"])
        P = tf.sigmoid(H @ variables["W2"] + variables["b2"])
        loss = -tf.reduce_mean(target * tf.math.log(P) + (1 - target) * tf.math.log(1 - P))
    return {name: gradient.numpy() for name, gradient in tape.gradient(loss, variables).items()}
    ### END SOLUTION

# %% wrong="tape_gradients" says="float32"
def tape_gradients(X, y, params):
    variables = {name: tf.Variable(value, dtype=tf.float32) for name, value in params.items()}
    X, target = X.astype("float32"), y.reshape(-1, 1).astype("float32")
    with tf.GradientTape() as tape:
        H = tf.tanh(X @ variables["W1"] + variables["b1"])
        P = tf.sigmoid(H @ variables["W2"] + variables["b2"])
        loss = -tf.reduce_mean(target * tf.math.log(P) + (1 - target) * tf.math.log(1 - P))
    return {name: gradient.numpy() for name, gradient in tape.gradient(loss, variables).items()}

# %% wrong="tape_gradients" says="does not know"
def tape_gradients(X, y, params):
    variables = {name: tf.constant(value) for name, value in params.items()}
    target = y.reshape(-1, 1)
    with tf.GradientTape() as tape:
        H = tf.tanh(X @ variables["W1"] + variables["b1"])
        P = tf.sigmoid(H @ variables["W2"] + variables["b2"])
        loss = -tf.reduce_mean(target * tf.math.log(P) + (1 - target) * tf.math.log(1 - P))
    return tape.gradient(loss, variables)

# %% wrong="tape_gradients" says="sum over the examples"
def tape_gradients(X, y, params):
    variables = {name: tf.Variable(value) for name, value in params.items()}
    target = y.reshape(-1, 1)
    with tf.GradientTape() as tape:
        H = tf.tanh(X @ variables["W1"] + variables["b1"])
        P = tf.sigmoid(H @ variables["W2"] + variables["b2"])
        loss = -tf.reduce_sum(target * tf.math.log(P) + (1 - target) * tf.math.log(1 - P))
    return {name: gradient.numpy() for name, gradient in tape.gradient(loss, variables).items()}

# %% wrong="tape_gradients" says="every label"
def tape_gradients(X, y, params):
    variables = {name: tf.Variable(value) for name, value in params.items()}
    with tf.GradientTape() as tape:
        H = tf.tanh(X @ variables["W1"] + variables["b1"])
        P = tf.sigmoid(H @ variables["W2"] + variables["b2"])
        loss = -tf.reduce_mean(y * tf.math.log(P) + (1 - y) * tf.math.log(1 - P))
    return {name: gradient.numpy() for name, gradient in tape.gradient(loss, variables).items()}

# %% wrong="tape_gradients" says="minus sign"
def tape_gradients(X, y, params):
    variables = {name: tf.Variable(value) for name, value in params.items()}
    target = y.reshape(-1, 1)
    with tf.GradientTape() as tape:
        H = tf.tanh(X @ variables["W1"] + variables["b1"])
        P = tf.sigmoid(H @ variables["W2"] + variables["b2"])
        loss = tf.reduce_mean(target * tf.math.log(P) + (1 - target) * tf.math.log(1 - P))
    return {name: gradient.numpy() for name, gradient in tape.gradient(loss, variables).items()}

# %% wrong="tape_gradients" says="a TensorFlow function"
def tape_gradients(X, y, params):
    variables = {name: tf.Variable(value) for name, value in params.items()}
    with tf.GradientTape() as tape:
        P = mlp_forward(X, variables)[1]
        loss = -tf.reduce_mean(y.reshape(-1, 1) * tf.math.log(P) + (1 - y.reshape(-1, 1)) * tf.math.log(1 - P))
    return {name: gradient.numpy() for name, gradient in tape.gradient(loss, variables).items()}

# %% check="tape_gradients" points=3
_params, _X, _y = new_params(4, 3), X_train[:7].copy(), y_train[:7].copy()
_H = np.tanh(_X @ _params["W1"] + _params["b1"])
_P = expit(_H @ _params["W2"] + _params["b2"])
_errors = _P.ravel() - _y
try:
    _got = tape_gradients(_X.copy(), _y.copy(), {_name: _value.copy() for _name, _value in _params.items()})
except AttributeError as _error:
    assert "NoneType" not in str(_error), (
        "The tape gives None in place of a gradient: it has not seen how the loss depends on a parameter. Is each a "
        "tf.Variable, is it used inside the `with` block, and is every function there a TensorFlow function?"
    )
    raise
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert isinstance(_got, dict) and set(_got) == set(_params), "Return a dictionary with the names of params."
for _name, _value in _got.items():
    assert _value is not None, (
        f'The tape gives None for "{_name}": it does not know that it should watch it. Is it a tf.Variable, and is '
        "the loss computed inside the `with` block?"
    )
    assert isinstance(_value, np.ndarray), f'"{_name}" should be a NumPy array; `.numpy()` makes one of a tensor.'
    assert _value.dtype != np.float32, (
        f'"{_name}" comes as float32, which has about 7 digits. Keep the float64 of the parameters: cast nothing.'
    )
    assert _value.shape == _params[_name].shape, f'"{_name}" has the shape {_value.shape}, not {_params[_name].shape}.'
_bias = float(_got["b2"][0])
assert not np.isclose(_bias, _errors.sum()), "Your gradients are 7 times too large for 7 examples: a sum over the examples?"
assert not np.isclose(_bias, -_errors.mean()), "Every gradient has the wrong sign. The cross-entropy has a minus sign."
assert not np.allclose(_got["W2"], _H.T @ (_P - _y.mean()) / 7), (
    "In your loss every prediction meets every label: P has the shape (7, 1) and y the shape (7,). Make a column of y."
)
assert np.isclose(_bias, _errors.mean()), f'The gradient "b2" is {_bias}. Compare your loss with the formula of `bce`.'
assert np.allclose(_got["W2"], _H.T @ _errors[:, np.newaxis] / 7, atol=1e-6), (
    'The gradient "W2" is wrong, though "b2" is right. Does H go through tanh?'
)
print("TensorFlow's gradients of the second layer are those of the formula, for seven examples.")
### BEGIN HIDDEN TESTS
# reference: tape_gradients, mlp_backward
_rng = np.random.default_rng(815)
for _n, _hidden in ((1, 1), (1, 3), (6, 2), (60, 8)):
    _params = {_name: _value + _rng.normal(scale=0.5, size=_value.shape) for _name, _value in new_params(_hidden, 5).items()}
    _X, _y = _rng.normal(size=(_n, 2)), _rng.integers(0, 2, size=_n).astype(float)
    _want, _by_hand = reference_tape_gradients(_X, _y, _params), reference_mlp_backward(_X, _y, _params)
    _given = {_name: _value.copy() for _name, _value in _params.items()}
    _got = tape_gradients(_X.copy(), _y.copy(), _given)
    for _name in _params:
        assert np.max(np.abs(_got[_name] - _want[_name])) < 1e-6, f'For {_n} random examples "{_name}" is wrong.'
        assert np.max(np.abs(_got[_name] - _by_hand[_name])) < 1e-6, (
            f'For {_n} random examples "{_name}" differs from the backward pass in NumPy by more than a millionth.'
        )
        assert np.array_equal(_given[_name], _params[_name]), "Your function changes the parameters that it is given."
### END HIDDEN TESTS

# %% [markdown]
# Three ways to the same gradients: yours, nudges, TensorFlow. How far are they apart?

# %% tags=["demo"] title="How far three ways to the same gradients lie apart"
by_tape = tape_gradients(X_train, y_train, params_start)
by_backward = mlp_backward(X_train, y_train, params_start)
names = list(params_start)
to_tape = [np.max(np.abs(by_tape[name] - by_backward[name])) for name in names]
to_nudges = []
for name in names:
    nudged = numerical_gradient(
        lambda value, name=name: bce(mlp_forward(X_train, params_start | {name: value})[1], y_train),
        params_start[name],
    )
    to_nudges.append(np.max(np.abs(nudged - by_backward[name])))
fig, ax = plt.subplots(figsize=(6.4, 3.3))
ax.axhline(1e-6, color="#777777", linestyle="--")
ax.text(3.4, 1.6e-6, "one millionth", ha="right", color="#555555")
ax.semilogy(names, to_nudges, "s", color=VERMILION, markersize=9, label="to nudges")
ax.semilogy(names, np.maximum(to_tape, 1e-18), "o", color=BLUE, markersize=9, label="to TensorFlow")
ax.set(xlabel="parameter", ylabel="largest difference", ylim=(1e-19, 1e-4), xlim=(-0.5, 3.5))
ax.legend(frameon=False, loc=(0.36, 0.27))
ax.set_title("Your backward pass is as exact as TensorFlow's")
show(
    fig,
    "For each of the four parameters the largest difference of your gradients to those found by nudges, about "
    "ten to the minus eleven, and to TensorFlow's, about ten to the minus seventeen. All lie far below the "
    "dashed line at one millionth.",
)
print("largest difference to TensorFlow:", max(to_tape))

# %% [markdown]
# The backward pass and the tape agree down to the last digits that a float has. Nudges come close, and were
# much slower.
#
# ## 11. What it costs, and who found it
#
# *Memory.* The forward pass must keep the values that the backward pass will ask for: the input of each
# layer and what its gate needs. For large networks that is often most of the memory used in training. A prediction
# alone needs no cache.
#
# *Long chains.* A gradient is a product of many local gradients. If most are below 1, little is left at the
# first layers; if most are above 1, it becomes huge. Lecture 04 measured this. It is the same product that
# you multiplied along the edges.
#
# *History.* The idea was found more than once. Control engineers computed such chains backwards around 1960.
# Seppo Linnainmaa described the general method, backwards through any calculation, in his master's thesis of
# 1970, with no word of neural networks. Paul Werbos proposed it for models that learn in his thesis of 1974
# and later applied it to neural networks. In 1986 David Rumelhart, Geoffrey Hinton and Ronald Williams showed
# in *Nature* that hidden layers trained in this way find useful features by themselves. That paper made the
# name and the method known. Some texts call it the invention; it was the breakthrough.

# %% [markdown]
# ## Quiz
#
# One point for each question. In the cell below it, give the name that stands there the letter of your
# choice, in quotes. Run that cell and its check: it explains every choice.

# %% quiz="what_it_does" points=1

# %% quiz="chain_printed" points=1

# %% quiz="product_node" points=1

# %% quiz="relu_shut" points=1

# %% quiz="why_cached" points=1

# %% quiz="used_twice" points=1

# %% quiz="shapes_printed" points=1

# %% [markdown]
# ## Recap
#
# - The chain rule: along a path the local gradients are multiplied. Where several paths meet, their products
#   are added.
# - A computational graph has a node for each number. The forward pass computes the values and caches them; the
#   backward pass gives each node its gradient, from the loss back, beginning with 1.
# - For a neuron: da comes from above, $dz = da \cdot \varphi'(z)$, $dw$ is input times error, $db = dz$.
# - For a dense layer and a batch: $dW = X^{\top} dZ$, $db$ is the sum of the rows of $dZ$, $dX = dZ\,W^{\top}$. A
#   mean over the batch is part of the loss.
# - Backpropagation finds gradients, for the work of about three forward passes. The optimiser moves the
#   parameters.
# - Automatic differentiation lets each number remember what it was made of. Gradients are reset, and then
#   added up.
# - A gradient check compares with nudges, up and down by about $10^{-5}$.
#
# **Next**: lecture 09 turns scores into probabilities for many classes, and its loss gives the simple
# gradient $p - y$ once more. Lecture 10 puts it all to work on handwritten digits.
#
# **Glossary**: chain rule · local gradient · computational graph · forward pass · backward pass ·
# backpropagation · da · dz · dw · db · gradient check · automatic differentiation
#
# **Sources**: D. E. Rumelhart, G. E. Hinton and R. J. Williams, "Learning representations by back-propagating
# errors", *Nature* 323 (1986). S. Linnainmaa, master's thesis, University of Helsinki (1970). P. J. Werbos,
# *Beyond Regression*, PhD thesis, Harvard University (1974). The slides also point to two pages to play with:
# [Backprop Explainer](https://xnought.github.io/backprop-explainer/) and
# [TensorFlow Playground](https://playground.tensorflow.org/).
