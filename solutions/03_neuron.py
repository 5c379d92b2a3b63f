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
#     title: One neuron
#     minutes: 110
#     points: 64
# ---

# %% [markdown]
# # Lecture 03: one neuron
#
# About 110 minutes. Builds on lecture 01 (functions) and lecture 02 (from a question to data).
#
# After this lecture you can
#
# 1. compute what a neuron sends out, by hand and in code, for one input or for many at once;
# 2. say what the weights, the bias and the activation function each do, and show what is lost without each;
# 3. choose weights and a bias so that a neuron computes AND or OR;
# 4. draw a neuron's decision line and say on which side of it a point lies;
# 5. train a perceptron with its learning rule, and say when it must come to an end;
# 6. prove that no single line computes XOR.

# %% setup="figures" seed=3
from scipy.special import expit

# How the figures draw an answer 0 and an answer 1.
ZERO = {"marker": "o", "color": BLUE, "markerfacecolor": "white", "markeredgewidth": 2.5, "linestyle": ""}
ONE = {"marker": "s", "color": VERMILION, "linestyle": ""}

# %% [markdown]
# ## Why it matters
#
# A large network looks complicated. Its parts are not. One small calculation is repeated: a dozen times in
# a small network, many millions of times in a large one. It has three steps: multiply and add, add one more
# number, bend the result.
#
# In lecture 01 a model was a function $f_\theta$ with numbers $\theta$ (theta) that are adjusted until it
# fits. Here is the smallest such function that networks are made of. Learn it well, and the rest of the
# course is about connecting copies of it and choosing their numbers.

# %% [markdown]
# ## 1. Many signals in, one signal out
#
# An **artificial neuron**, or **neuron** for short, takes several numbers and gives back one number. It does
# so in three steps.
#
# 1. Each input is multiplied by a number of its own, its **weight**. The products are added up.
# 2. One more number is added, the **bias**.
# 3. The result goes through a fixed function, the **activation function**. What comes out is the neuron's
#    **activation**.
#
# The weights and the bias are the neuron's **parameters**: training will adjust them. The inputs come from
# outside. Each line that carries one number into a neuron is a **connection**, and each connection has one
# weight.

# %% tags=["demo"]
fig, ax = plt.subplots(figsize=(8.6, 3.5))
ax.set(xlim=(-0.9, 9.9), ylim=(-0.55, 3.3), aspect="equal")
ax.axis("off")
for y, x_text, w_text in ((2.5, "$x_1 = 2$", "$w_1 = 0.5$"), (0.5, "$x_2 = -1$", "$w_2 = 2$")):
    ax.add_patch(plt.Circle((0.1, y), 0.62, facecolor="white", edgecolor=BLUE, linewidth=2))
    ax.text(0.1, y, x_text, ha="center", va="center", fontsize=10)
    ax.annotate("", xy=(2.9, 1.5 + 0.32 * np.sign(y - 1.5)), xytext=(0.72, y), arrowprops=ARROW)
    ax.text(1.9, 1.5 + 0.92 * np.sign(y - 1.5), w_text, ha="center", va="center", color=VERMILION)
ax.add_patch(plt.Circle((3.5, 1.5), 0.68, facecolor="white", edgecolor="#222222", linewidth=2))
ax.text(3.5, 1.5, r"$\Sigma$", ha="center", va="center", fontsize=20)
ax.add_patch(plt.Circle((5.6, 1.5), 0.5, facecolor="white", edgecolor="#222222", linewidth=2))
ax.text(5.6, 1.5, "$+$", ha="center", va="center", fontsize=18)
ax.add_patch(plt.Rectangle((7.0, 0.95), 1.1, 1.1, facecolor="white", edgecolor=GREEN, linewidth=2))
ax.text(7.55, 1.5, r"$\varphi$", ha="center", va="center", fontsize=19, color=GREEN)
ax.annotate("", xy=(5.1, 1.5), xytext=(4.18, 1.5), arrowprops=ARROW)
ax.annotate("", xy=(7.0, 1.5), xytext=(6.1, 1.5), arrowprops=ARROW)
ax.annotate("", xy=(9.0, 1.5), xytext=(8.1, 1.5), arrowprops=ARROW)
ax.annotate("", xy=(5.6, 2.0), xytext=(5.6, 2.75), arrowprops=ARROW)
ax.text(5.6, 2.98, "$b = 1.5$", ha="center", va="center", color=VERMILION)
ax.text(4.64, 1.2, "$-1$", ha="center", va="center", fontsize=10)
ax.text(6.55, 1.2, "$z = 0.5$", ha="center", va="center", fontsize=10)
ax.text(9.1, 1.5, "$h = 0.5$", ha="left", va="center", fontsize=10)
ax.text(0.1, -0.4, "inputs", ha="center", color="#444444", fontsize=10)
ax.text(1.9, -0.4, "weights", ha="center", color="#444444", fontsize=10)
ax.text(3.5, -0.4, "weighted sum", ha="center", color="#444444", fontsize=10)
ax.text(5.6, -0.4, "bias", ha="center", color="#444444", fontsize=10)
ax.text(7.55, -0.4, "activation function", ha="center", color="#444444", fontsize=10)
ax.text(9.45, -0.4, "output", ha="center", color="#444444", fontsize=10)
ax.set_title("A neuron multiplies, adds, adds a bias, and bends the result")
show(
    fig,
    "A diagram of one neuron, read from left to right. Two inputs, 2 and minus 1, run along connections "
    "with the weights 0.5 and 2 into a sum, which gives minus 1. The bias 1.5 is added, which gives z = "
    "0.5. An activation function phi then gives the output h = 0.5.",
)

# %% [markdown]
# (Here the activation function is ReLU. You meet it in part 4; it lets the positive 0.5 through as it is.)
#
# The name comes from biology. A **biological neuron** is a nerve cell. It collects signals from other cells,
# and when they excite it enough it sends a signal of its own. The likeness is a loose one.
#
# | nerve cell | artificial neuron |
# |---|---|
# | a living cell | a short formula |
# | dendrites collect signals from other cells | inputs $x_1, x_2, \dots$ |
# | a synapse passes a signal on strongly or weakly | a weight, positive or negative |
# | fires, or does not, once it has been excited enough | bias and activation function |
# | the axon carries the spikes to other cells | one output $h$ |
# | synapses change, in ways that are only partly understood | an algorithm changes the weights and the bias |
#
# How many are there? Azevedo and colleagues (2009) counted cells in the brains of adult men and found 86.1 ±
# 8.1 billion neurons on average. That is a measured estimate, and it replaced the round "100 billion" that
# textbooks used to copy. The "100 trillion connections" that you will also read is rough: an order of
# magnitude, not a count. A synapse is a piece of living chemistry, so it is no fair measure against one
# parameter of a model.

# %% [markdown]
# ## 2. The weighted sum
#
# Think of each weight as a dial on one input. A large weight makes the input count for much. Zero makes the
# neuron deaf to it. A negative weight lets the input speak against.
#
# The **weighted sum** multiplies each input by its own weight and adds up the products. For $n$ inputs it is
#
# $$\sum_{i=1}^{n} x_i w_i = x_1 w_1 + x_2 w_2 + \dots + x_n w_n.$$
#
# The sign $\sum$ (a capital sigma) says "add up", here over every number $i$ from 1 to $n$. The picture above
# has $2 \cdot 0.5 + (-1) \cdot 2 = -1$.
#
# In code we keep the inputs in one array and the weights in another. `np.array` makes an array from a list of
# numbers.

# %%
x_example = np.array([2.0, -1.0])
w_example = np.array([0.5, 2.0])
x_example * w_example

# %% [markdown]
# `*` multiplies two arrays place by place, so this is not yet the sum: it is the list of products. Arrays
# have methods such as `.sum()` and `.max()`, which turn many numbers into one. NumPy also has a sign for
# "multiply place by place, then add": `@`, between two arrays of the same length.

# %% [markdown]
# ### Exercise 3.1: the weighted sum (slides: Exercise 4, part 1)
#
# Write `weighted_sum(x, w)`. It takes two arrays of the same length and returns one number: each input times
# its own weight, all added up. There is no bias in it yet.

# %% exercise="weighted_sum"
def weighted_sum(x, w):
    """Return the sum of x_i * w_i, one number. x, w: arrays of shape (n,)."""
    ### BEGIN SOLUTION
    return x @ w
    ### END SOLUTION

# %% wrong="weighted_sum" says="still to be added up"
def weighted_sum(x, w):
    return x * w

# %% wrong="weighted_sum" says="its own weight"
def weighted_sum(x, w):
    return x.sum() * w.sum()

# %% wrong="weighted_sum" says="an average"
def weighted_sum(x, w):
    return np.mean(x * w)

# %% check="weighted_sum" points=3
_got = weighted_sum(np.array([2.0, -1.0]), np.array([0.5, 2.0]))
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), (
    f"Your function gives an array of shape {np.shape(_got)}, not one number. If these are the products, "
    "they are still to be added up."
)
assert not np.isclose(_got, 2.5), (
    "You add up all inputs and all weights first. Multiply each input by its own weight, then add."
)
assert not np.isclose(_got, -0.5), (
    "Your number is an average: it has been divided by how many inputs there are. A sum is not."
)
assert np.isclose(_got, -1.0), (
    f"For x = (2, -1) and w = (0.5, 2) you get {_got}. Compare with the picture of the neuron."
)
print("weighted_sum gives one number, and the right one for the neuron in the picture.")
### BEGIN HIDDEN TESTS
# reference: weighted_sum
import math as _math

_rng = np.random.default_rng(31)
for _n in (1, 2, 5, 300):
    _x, _w = _rng.normal(size=(2, _n))
    _got = weighted_sum(_x.copy(), _w.copy())
    assert np.ndim(_got) == 0, (
        f"For {_n} inputs your function gives shape {np.shape(_got)}, not one number."
    )
    assert np.isclose(_got, reference_weighted_sum(_x, _w)), (
        f"For {_n} random inputs the sum is wrong. Does it work for any length?"
    )
    _exact = _math.fsum(float(_a) * float(_b) for _a, _b in zip(_x, _w, strict=True))
    assert np.isclose(_got, _exact), (
        f"For {_n} random inputs the sum differs from the one added term by term."
    )
assert weighted_sum(np.zeros(4), np.ones(4)) == 0, "When every input is zero, the weighted sum must be zero."
assert weighted_sum(np.array([3, -2]), np.array([4, 5])) == 2, "The sum is wrong for arrays of whole numbers."
assert np.isclose(weighted_sum(np.array([1e150, 1.0]), np.array([2.0, 1.0])) / 1e150, 2), (
    "The sum is wrong for a very large input."
)
### END HIDDEN TESTS

# %% [markdown]
# ## 3. The bias
#
# A weighted sum has a weakness. When every input is zero it is zero, whatever the weights are. The bias $b$
# is the knob that still works then: it is added, and no input multiplies it.
#
# $$z = x_1 w_1 + \dots + x_n w_n + b$$
#
# We call the result $z$ throughout the course. Some texts count the bias as part of the weighted sum; here
# the weighted sum is without it.
#
# The bias also decides how much the inputs must bring together before $z$ is positive: more than $-b$. In the
# figure one input $x$ with the weight 1 goes into a neuron that sends out $z$ where $z$ is positive, and 0
# elsewhere.

# %% tags=["demo"]
x_axis = np.linspace(-3, 3, 301)
fig, ax = plt.subplots(figsize=(6.4, 3.4))
for b, colour, style in ((1, VERMILION, "--"), (0, "#222222", "-"), (-1, BLUE, "-.")):
    ax.plot(x_axis, np.maximum(0, x_axis + b), style, color=colour, label=f"$b = {b}$")
    ax.plot(-b, 0, "o", color=colour, markersize=7, clip_on=False)
ax.set(
    xlabel="input $x$",
    ylabel="output $h$",
    title="The bias moves the point where the neuron wakes up: $x = -b$",
    ylim=(-0.15, 4.2),
)
ax.legend(frameon=False)
show(
    fig,
    "Three curves of a neuron's output over its input, each flat at zero and then rising with slope 1. "
    "With bias 1 the rise starts at minus 1, with bias 0 at 0, with bias minus 1 at 1.",
)

# %% [markdown]
# ### Exercise 3.2: what a bias is for (in your own words, 4 points)
#
# A friend leaves the bias out of a neuron. "The weights are enough", she says. The neuron has two inputs and
# answers *yes* where $z \ge 0$ and *no* elsewhere.
#
# In three or four sentences: what can this neuron not do for the input $(0, 0)$? Which straight lines can
# still be the border between yes and no? Give two points, one that should be *no* and one that should be
# *yes*, such that it never gets both right, and say why.

# %% [markdown] written="why_bias" points=4
# ### BEGIN SOLUTION
# Without a bias $z = w_1 x_1 + w_2 x_2$, so for the input $(0, 0)$ it is $z = 0$ whatever the weights are:
# the answer there is always *yes*, and no training can change it. The border is where $z = 0$. It always
# contains the origin, so only lines through the origin are left. Take $(1, 1)$ for *no* and $(2, 2)$ for
# *yes*. Both lie on one ray from the origin: $z$ at the second is twice $z$ at the first and has the same
# sign, so the two get the same answer. With a bias, $w = (1, 1)$ and $b = -3$ tells them apart.
#
# **Mark scheme**
# - 1 point: says that for all-zero inputs z is 0, or that the answer is fixed, whatever the weights are
# - 1 point: says that every border goes through the origin
# - 2 points: gives two points that cannot both be right (on one ray from the origin, or the origin as the
#   *no*) with the reason; half of it if the points are right and the reason is missing
# ### END SOLUTION

# %% [markdown]
# ## 4. The activation function
#
# The last step sends $z$ through a fixed function. We write it $\varphi$ (the Greek letter phi) and its
# result $h$, so a whole neuron is
#
# $$h = \varphi\Big(\sum_{i=1}^{n} x_i w_i + b\Big).$$
#
# Three choices for $\varphi$, each in a sentence:
#
# - The **step function** gives 1 when $z \ge 0$ and 0 otherwise. It answers yes or no.
# - **ReLU**, the rectified linear unit, lets positive numbers through and replaces negative ones by 0.
#   Networks of today use it most, or a relative of it.
# - The **sigmoid** $1/(1 + e^{-z})$ is a step with a soft edge. It rises from 0 to 1 and is ½ at $z = 0$.
#   Here $e \approx 2.718$ is a fixed number.
#
# A neuron is often named after its activation function: a **sigmoid neuron**, a **ReLU neuron**. Tanh neurons
# and leaky ReLU neurons wait in lecture 04. You may read that the sigmoid behaves like a nerve cell. Nerve
# cells send spikes; at best the sigmoid resembles how *often* they fire.

# %% tags=["demo"]
z_axis = np.linspace(-4, 4, 801)
fig, axes = plt.subplots(1, 3, figsize=(9.2, 2.9), layout="constrained")
axes[0].hlines([0, 1], [-4, 0], [0, 4], color=BLUE)
axes[0].plot(0, 1, "o", color=BLUE)
axes[0].plot(0, 0, "o", markerfacecolor="white", markeredgecolor=BLUE)
axes[0].set(title="Step: yes or no", ylim=(-0.15, 1.3))
axes[1].plot(z_axis, np.maximum(0, z_axis), color=VERMILION)
axes[1].set(title="ReLU: only what is positive", ylim=(-0.45, 4.2))
axes[2].plot(z_axis, expit(z_axis), color=GREEN)
axes[2].plot(0, 0.5, "o", color=GREEN)
axes[2].set(title="Sigmoid: a soft step", ylim=(-0.15, 1.3))
for ax in axes:
    ax.set(xlabel="$z$", ylabel=r"$\varphi(z)$")
show(
    fig,
    "Three activation functions over z from minus 4 to 4. The step is 0 for negative z and 1 from 0 on. "
    "ReLU is 0 for negative z and equal to z from 0 on. The sigmoid rises smoothly from 0 to 1 and is one "
    "half at 0.",
)

# %% [markdown]
# Sources differ on one detail: what the step gives at exactly $z = 0$. Some say 0, some say 1. It has to be
# one of them, so in this course step(0) = 1. The filled dot in the figure marks it.
#
# In code both functions should work on a number and on a whole array. `if z >= 0` works on one number only:
# for an array, Python does not know which of the many answers to follow. Two tools work place by place
# instead: `np.where(condition, a, b)` takes `a` where the condition holds and `b` elsewhere, and
# `np.maximum(a, b)` takes the larger of the two. (`np.max` is something else: the largest number of *one*
# array.)

# %% [markdown]
# ### Exercise 3.3: step and ReLU
#
# Write `step(z)` and `relu(z)`. Each takes a number or an array and gives back the same shape. Leave the
# array that comes in as it is.

# %% exercise="step_and_relu"
def step(z):
    """Return 1 where z >= 0 and 0 elsewhere. z: a number or an array."""
    ### BEGIN SOLUTION
    return np.where(np.asarray(z) >= 0, 1, 0)
    ### END SOLUTION


def relu(z):
    """Return z where z > 0 and 0 elsewhere. z: a number or an array."""
    ### BEGIN SOLUTION
    return np.maximum(0, z)
    ### END SOLUTION

# %% wrong="step_and_relu" says="At exactly z = 0"
def step(z):
    return np.where(z > 0, 1, 0)


def relu(z):
    return np.maximum(0, z)

# %% wrong="step_and_relu" says="place by place"
def step(z):
    return np.where(z >= 0, 1, 0)


def relu(z):
    return max(0, z)

# %% wrong="step_and_relu" says="changes the array"
def step(z):
    return np.where(z >= 0, 1, 0)


def relu(z):
    if np.ndim(z) == 0:
        return max(0, z)
    z[z < 0] = 0
    return z

# %% wrong="step_and_relu" says="only the largest"
def step(z):
    return np.where(z >= 0, 1, 0)


def relu(z):
    return np.max(z, 0)

# %% wrong="step_and_relu" says="minus sign"
def step(z):
    return np.where(z >= 0, 1, 0)


def relu(z):
    return np.abs(z)

# %% check="step_and_relu" points=4
_z = np.array([-2.0, -0.5, 0.5, 3.0])
for _function, _name in ((step, "step"), (relu, "relu")):
    try:
        _got = _function(1.5)
    except NotImplementedError:
        raise
    except Exception as _error:
        raise AssertionError(f"`{_name}` stops at a single number, 1.5: {_error}") from None
    assert _got is not None, f"`{_name}` gives nothing back. Does it end with `return`?"
    try:
        _got = _function(_z.copy())
    except Exception:
        raise AssertionError(
            f"`{_name}` works on one number but stops at an array. Use a tool that works place by place."
        ) from None
    assert np.shape(_got) != (), (
        f"`{_name}` makes one number of a whole array of four: perhaps only the largest? Treat each place "
        "by itself."
    )
    assert np.shape(_got) == (4,), f"`{_name}` makes shape {np.shape(_got)} of an array of shape (4,)."
assert np.array_equal(step(_z), [0, 0, 1, 1]), (
    f"step(-2, -0.5, 0.5, 3) gives {step(_z)}. It knows two answers: which, and when?"
)
assert step(0.0) == 1, (
    f"step(0) gives {step(0.0)}. At exactly z = 0 the answer is yes in this course."
)
_got = relu(_z.copy())
assert not np.allclose(_got, np.abs(_z)), (
    "Your relu drops the minus sign of a negative number. ReLU does not let such a number through at all."
)
assert np.allclose(_got, [0, 0, 0.5, 3]), (
    f"relu(-2, -0.5, 0.5, 3) gives {_got}. Look at the figure: what happens left of 0, what right of it?"
)
_kept = np.array([-1.0, 2.0])
step(_kept), relu(_kept)
assert np.array_equal(_kept, [-1, 2]), "Your function changes the array that it is given. Make a new one."
print("step and relu work on a number and on an array.")
### BEGIN HIDDEN TESTS
# reference: step, relu
_rng = np.random.default_rng(33)
for _shape in ((1,), (7,), (3, 4), (2, 3, 2)):
    _z = _rng.normal(scale=3, size=_shape)
    _z.flat[0] = 0.0
    assert np.shape(step(_z)) == _shape and np.shape(relu(_z)) == _shape, (
        f"The shape {_shape} must come out as it went in."
    )
    assert np.array_equal(step(_z), reference_step(_z)), (
        f"step is wrong for a random array of shape {_shape}."
    )
    assert np.array_equal(step(_z), np.heaviside(_z, 1.0)), "step differs from NumPy's own (heaviside)."
    assert np.allclose(relu(_z), reference_relu(_z)), f"relu is wrong for a random array of shape {_shape}."
    assert np.allclose(relu(_z), (_z + np.abs(_z)) / 2), "relu differs from the closed formula (z + |z|) / 2."
assert np.array_equal(relu(np.array([-1e300, 1e300])), [0, 1e300]), "relu is wrong for very large numbers."
assert np.array_equal(step(np.array([-1e-300, 1e-300])), [0, 1]), "step is wrong for numbers very close to 0."
assert relu(-3) == 0 and relu(4) == 4 and step(-3) == 0 and step(4) == 1, (
    "step or relu is wrong for a whole number."
)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 3.4: the quiz, by hand (slides: Exercise 4, part 2)
#
# A ReLU neuron has the weights $w = (1, 3)$ and the bias $b = 1$. Take a pencil.
#
# - What does it send out for $x = (1, 3)$? Write the number as `h_first`.
# - And for $x = (1, -1)$? Write it as `h_second`.

# %% exercise="quiz"
### BEGIN SOLUTION
h_first = 11
h_second = 0
### END SOLUTION

# %% wrong="quiz" says="bias"
h_first = 10
h_second = 0

# %% wrong="quiz" says="activation function"
h_first = 11
h_second = -1

# %% wrong="quiz" says="its own weight"
h_first = 17
h_second = 1

# %% wrong="quiz" says="whether every input"
h_first = 5
h_second = 5

# %% check="quiz" points=3
for _h, _name in ((h_first, "h_first"), (h_second, "h_second")):
    assert np.shape(_h) == () and not isinstance(_h, (str, type(None))), f"`{_name}` should be one number."
assert h_first != 10, "h_first: that is the weighted sum alone. Has the bias been added?"
assert h_first != 17, (
    "h_first: you added up the inputs and the weights before multiplying. Each input has its own weight."
)
assert h_first != 12, "h_first: the bias is added once for the whole neuron, not with every input."
assert h_second != 1, (
    "h_second: two slips lead here: adding before multiplying, and adding the bias after ReLU."
)
assert h_second >= 0, "h_second is negative. Has z gone through the activation function?"
print("Both are numbers, and common slips are ruled out. Your own neuron, next, can confirm them.")
### BEGIN HIDDEN TESTS
# reference: h_first, h_second
assert np.isclose(h_first, reference_h_first), (
    "h_first is not right. Write down z, term by term, and ask whether every input meets its weight."
)
assert np.isclose(h_second, reference_h_second), (
    "h_second is not right. Find z first, then ask what ReLU makes of it."
)
_x, _w = np.array([[1, 3], [1, -1]]), np.array([1, 3])
_z = np.einsum("ij,j->i", _x, _w) + 1
assert np.allclose([h_first, h_second], np.where(_z > 0, _z, 0)), "The answers differ from those of NumPy."
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 3.5: a neuron (slides: Exercise 4, part 3)
#
# Write `neuron(x, w, b)`: the weighted sum of `x` and `w`, plus the bias `b`, through ReLU. Use your
# `weighted_sum` and `relu`.
#
# Then call it with the numbers of the quiz.

# %% exercise="neuron"
def neuron(x, w, b):
    """Return the output of one ReLU neuron, one number. x, w: arrays of shape (n,). b: a number."""
    ### BEGIN SOLUTION
    return relu(weighted_sum(x, w) + b)
    ### END SOLUTION

# %% wrong="neuron" says="leaves the bias out"
def neuron(x, w, b):
    return relu(weighted_sum(x, w))

# %% wrong="neuron" says="once for the whole neuron"
def neuron(x, w, b):
    return relu(np.sum(x * w + b))

# %% wrong="neuron" says="below zero"
def neuron(x, w, b):
    return weighted_sum(x, w) + b

# %% wrong="neuron" says="comes before"
def neuron(x, w, b):
    return relu(weighted_sum(x, w)) + b

# %% check="neuron" points=4
_got = neuron(np.array([4.0, 1.0]), np.array([0.5, 2.0]), 1.0)
assert _got is not None, "Your neuron gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), f"Your neuron gives shape {np.shape(_got)}. It has one output: one number."
assert not np.isclose(_got, 4), "Your neuron leaves the bias out."
assert not np.isclose(_got, 6), (
    "Your neuron adds the bias with every input. It is added once for the whole neuron."
)
assert np.isclose(_got, 5), (
    f"For x = (4, 1), w = (0.5, 2) and b = 1 your neuron gives {_got}. Work it out by hand and compare."
)
_got = neuron(np.array([2.0, -1.0]), np.array([0.5, 2.0]), 0.25)
assert _got >= 0, f"Your neuron gives {_got}. A ReLU neuron never goes below zero."
assert not np.isclose(_got, 0.25), (
    "Your neuron adds the bias after ReLU. The bias comes before the activation function."
)
assert np.isclose(_got, 0), (
    f"For x = (2, -1), w = (0.5, 2) and b = 0.25 your neuron gives {_got}. What is z there?"
)
print("neuron is right for one positive and one negative z.")
### BEGIN HIDDEN TESTS
# reference: neuron
_rng = np.random.default_rng(35)
for _n in (1, 2, 3, 100):
    for _ in range(5):
        _x, _w = _rng.normal(size=(2, _n))
        _b = float(_rng.normal())
        _got = neuron(_x.copy(), _w.copy(), _b)
        assert np.ndim(_got) == 0, (
            f"For {_n} inputs your neuron gives shape {np.shape(_got)}, not one number."
        )
        assert np.isclose(_got, reference_neuron(_x, _w, _b)), f"For {_n} random inputs your neuron is wrong."
        _z = sum(float(_p) * float(_q) for _p, _q in zip(_x, _w, strict=True)) + _b
        assert np.isclose(_got, (_z + abs(_z)) / 2), (
            f"For {_n} random inputs your neuron differs from the formula written out."
        )
assert np.isclose(neuron(np.zeros(3), np.ones(3), 0.7), 0.7), (
    "When every input is zero, the bias alone decides. Yours does something else."
)
assert neuron(np.zeros(3), np.ones(3), -0.7) == 0, (
    "When every input is zero and the bias is negative, a ReLU neuron is silent."
)
assert np.isclose(neuron(np.array([1e8, 1.0]), np.array([1e8, 1.0]), 0.0) / 1e16, 1), (
    "Your neuron is wrong for very large inputs."
)
### END HIDDEN TESTS

# %% [markdown]
# ## 5. Without φ everything stays a straight line
#
# Why bend the result at all? Because straight lines put in a row make nothing but a straight line.
#
# Take two neurons without activation function, one after the other. The first makes $z_1 = w_1 x + b_1$ of
# the input $x$. The second makes $z_2 = w_2 z_1 + b_2$ of that. Put the first into the second:
#
# $$z_2 = w_2 (w_1 x + b_1) + b_2 = (w_2 w_1)\, x + (w_2 b_1 + b_2).$$
#
# That is *one* neuron, with the weight $w_2 w_1$ and the bias $w_2 b_1 + b_2$. The second neuron has added
# nothing. A third or a hundredth would add nothing either. Check it with numbers:

# %%
w1, b1, w2, b2 = 1.5, -1.0, -2.0, 1.0
for x in (-2.0, 0.0, 3.5):
    in_a_row = w2 * (w1 * x + b1) + b2
    collapsed = (w2 * w1) * x + (w2 * b1 + b2)
    print(f"x = {x:4}: two neurons give {in_a_row:5}, one neuron gives {collapsed:5}")

# %% [markdown]
# (Strictly, a line with a bias is called *affine*, and *linear* is kept for $b = 0$. Almost everyone in this
# field says linear for both, and so do we.)
#
# With ReLU between the two, the sum no longer collapses. The result has a bend, and no single linear neuron
# has one.

# %% tags=["demo"]
x_axis = np.linspace(-2, 3, 301)
fig, axes = plt.subplots(1, 2, figsize=(8.6, 3.2), sharey=True, layout="constrained")
axes[0].plot(x_axis, w2 * (w1 * x_axis + b1) + b2, color=BLUE)
axes[0].set_title("Two linear neurons in a row: still a line")
axes[0].set(xlabel="input $x$", ylabel="output of the second neuron")
axes[1].plot(x_axis, w2 * np.maximum(0, w1 * x_axis + b1) + b2, color=VERMILION)
axes[1].plot(-b1 / w1, b2, "o", color=VERMILION)
axes[1].annotate(
    "the bend", (-b1 / w1, b2), xytext=(1.2, 4), arrowprops={"arrowstyle": "->", "color": "#444444"}
)
axes[1].set(title="ReLU between them: the line gets a bend", xlabel="input $x$")
show(
    fig,
    "Two panels with the output of two neurons in a row over the input. Left, without activation "
    "function: a straight falling line. Right, with ReLU between them: flat at 1 up to x = 0.67, then "
    "falling.",
)

# %% [markdown]
# ## 6. A layer: many neurons, many inputs, at once
#
# Several neurons that look at the same inputs, each with weights and a bias of its own, form a **layer**. We
# could call `neuron` once for each. Networks have too many for that, so we put the numbers into tables.
#
# - The inputs: a matrix $X$, one row for each example. A set of examples that is worked through together is a
#   batch.
# - The weights: a matrix $W$, one *column* for each neuron.
# - The biases: a vector $b$, one number for each neuron.
#
# Row $i$ of $X$ meets column $j$ of $W$ in a weighted sum. All those sums together are the matrix product
# $XW$.

# %% tags=["demo"]
tables = {  # name: left edge, lower edge, rows, columns, the marked cells, what the shape means
    "$X$": (0.0, 0.0, 3, 2, {(1, 0), (1, 1)}, "(batch, inputs)\n(3, 2)"),
    "$W$": (3.2, 0.5, 2, 4, {(0, 2), (1, 2)}, "(inputs, neurons)\n(2, 4)"),
    "$b$": (7.6, 1.0, 1, 4, {(0, 2)}, "(neurons,)\n(4,)"),
    "$XW + b$": (12.0, 0.0, 3, 4, {(1, 2)}, "(batch, neurons)\n(3, 4)"),
}
fig, ax = plt.subplots(figsize=(8.8, 3.0))
ax.set(xlim=(-0.4, 15.4), ylim=(-1.6, 3.9), aspect="equal")
ax.axis("off")
for name, (left, lower, rows, columns, marked, shape) in tables.items():
    for r in range(rows):
        for c in range(columns):
            look = {"facecolor": ORANGE, "hatch": "//"} if (r, c) in marked else {"facecolor": "white"}
            corner = (left + 0.75 * c, lower + rows - 1 - r)
            ax.add_patch(plt.Rectangle(corner, 0.75, 1, edgecolor="#444444", linewidth=1.2, **look))
    ax.text(left + 0.375 * columns, 3.45, name, ha="center", va="center", fontsize=13)
    ax.text(left + 0.375 * columns, -0.9, shape, ha="center", va="center", fontsize=9.5)
for x, sign in ((2.35, "@"), (6.9, "+"), (11.3, "=")):
    ax.text(x, 1.5, sign, ha="center", va="center", fontsize=14)
ax.set_title("One row of $X$, one column of $W$ and one bias make one number")
show(
    fig,
    "Four tables in a row. X has 3 rows and 2 columns, W has 2 rows and 4 columns, b has one row of 4, "
    "and the result XW + b has 3 rows and 4 columns. Marked are the second row of X, the third column of "
    "W, the third bias, and the one number they make together, in the second row and third column of the "
    "result.",
)

# %% [markdown]
# $$H = \varphi(XW + b)$$
#
# In shapes: (batch, inputs) times (inputs, neurons) gives (batch, neurons). The two inner numbers must agree.
#
# For two matrices, `@` is the matrix product. `X @ W` has one row for each example and one column for each
# neuron. Adding `b` of shape `(neurons,)` adds it to *every row*: NumPy stretches the shorter array over the
# missing direction, which is called broadcasting.

# %% [markdown]
# ### Exercise 3.6: a layer of neurons (slides: Exercise 4, part 4)
#
# Write `layer(X, W, b)`: the outputs of a layer of ReLU neurons for a whole batch.

# %% exercise="layer"
def layer(X, W, b):
    """Return the outputs of a layer of ReLU neurons, shape (batch, neurons).

    X: shape (batch, inputs). W: shape (inputs, neurons). b: shape (neurons,).
    """
    ### BEGIN SOLUTION
    return relu(X @ W + b)
    ### END SOLUTION

# %% wrong="layer" says="each neuron has its own bias"
def layer(X, W, b):
    return relu(X @ W + b.reshape(-1, 1))

# %% wrong="layer" says="rows and columns"
def layer(X, W, b):
    return relu(W.T @ X.T + b.reshape(-1, 1))

# %% wrong="layer" says="negative numbers"
def layer(X, W, b):
    return X @ W + b

# %% wrong="layer" says="without the bias"
def layer(X, W, b):
    return relu(X @ W)

# %% check="layer" points=5
_X = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
_W = np.array([[1.0, -2.0, 3.0], [-1.0, 4.0, -4.0]])
_b = np.array([0.5, -1.0, 2.0])
_got = layer(_X, _W, _b)
_want = np.array([[1.5, 0, 5], [0, 3, 0], [0.5, 1, 1]])
assert _got is not None, "Your layer gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (3, 3), (
    f"For three examples and three neurons the shape is {np.shape(_got)}, not (3, 3)."
)
assert np.min(_got) >= 0, (
    "There are negative numbers in the output of a ReLU layer. Is the activation function there, and does "
    "it come last?"
)
assert not np.allclose(_got, _want.T), (
    "Your rows and columns are exchanged: a row for each example, a column for each neuron."
)
assert not np.allclose(_got, np.where(_X @ _W > 0, _X @ _W, 0)), (
    "This is what the layer gives without the bias."
)
assert not np.allclose(_got[0], [1.5, 0, 3.5]), (
    "You add the biases down the rows, one for each example. But each neuron has its own bias."
)
assert np.allclose(_got, _want), (
    f"The output of the layer is\n{_got}\nwhich is wrong. Compare its first row with `neuron`, called once "
    "for each column of W."
)
print("layer is right for three examples and three neurons.")
### BEGIN HIDDEN TESTS
# reference: layer, neuron
_rng = np.random.default_rng(36)
for _batch, _inputs, _neurons in ((1, 1, 1), (1, 3, 2), (5, 2, 1), (4, 6, 4), (32, 10, 7)):
    _X, _W = _rng.normal(size=(_batch, _inputs)), _rng.normal(size=(_inputs, _neurons))
    _b = _rng.normal(size=_neurons)
    _got = layer(_X.copy(), _W.copy(), _b.copy())
    _where = f"{_batch} examples, {_inputs} inputs and {_neurons} neurons"
    assert np.shape(_got) == (_batch, _neurons), (
        f"For {_where} the shape is {np.shape(_got)}, not {(_batch, _neurons)}."
    )
    assert np.allclose(_got, reference_layer(_X, _W, _b)), f"For {_where} the output is wrong."
    _one_by_one = [[reference_neuron(_x, _w, _c) for _w, _c in zip(_W.T, _b, strict=True)] for _x in _X]
    assert np.allclose(_got, _one_by_one), (
        f"For {_where} the output differs from that of the neurons called one by one."
    )
assert np.allclose(layer(np.zeros((2, 3)), np.ones((3, 2)), np.array([0.5, -0.5])), [[0.5, 0], [0.5, 0]]), (
    "When every input is zero, only the biases are left. Your layer gives something else."
)
_X = np.ones((2, 2))
layer(_X, -np.ones((2, 2)), np.zeros(2))
assert np.array_equal(_X, np.ones((2, 2))), (
    "Your layer changes the inputs that it is given. Make a new array."
)
### END HIDDEN TESTS

# %% [markdown]
# ## 7. The perceptron and its decision line
#
# A **perceptron** is a neuron with the step function. Frank Rosenblatt, a psychologist, published it in 1958,
# together with a rule by which it learns. That July the New York Times reported that the US Navy, which paid
# for the work, expected of it a machine that would walk, talk, see, write, reproduce itself and be conscious
# of its existence. (The forecast is often credited to Rosenblatt himself.) You will see what one perceptron
# can do, and what it provably cannot.
#
# The older way to describe it: the perceptron says 1 when the weighted sum reaches a fixed number, its
# **activation threshold** $\vartheta$ (theta again, in another shape). Reaching $\vartheta$ is the same as
# $\sum x_i w_i - \vartheta \ge 0$. So a threshold $\vartheta$ is a bias $b = -\vartheta$. Some texts call the
# bias itself the threshold. Mind the sign: a *high* threshold is a *negative* bias.
#
# With two inputs we can draw what it does. It answers 1 where $w_1 x_1 + w_2 x_2 + b$ is positive, and 0
# where it is negative. The border between the two is where the sum is zero,
#
# $$w_1 x_1 + w_2 x_2 + b = 0,$$
#
# which is a straight line: the **decision line**. With three inputs it would be a plane.

# %% tags=["demo"]
w, b = np.array([1.0, 2.0]), -2.0
fig, ax = plt.subplots(figsize=(5.8, 4.9))
ax.set(xlim=(-3, 4), ylim=(-2.5, 3.5), aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
line_x1 = np.array([-3.0, 4.0])
line_height = -(w[0] * line_x1 + b) / w[1]
ax.fill_between(line_x1, line_height, 3.5, color=VERMILION, alpha=0.10, linewidth=0)
ax.fill_between(line_x1, -2.5, line_height, color=BLUE, alpha=0.10, linewidth=0)
ax.plot(line_x1, line_height, color="#222222")
foot = -b * w / (w @ w)
ax.annotate("", xy=foot + w, xytext=foot, arrowprops=ARROW | {"color": GREEN, "linewidth": 2})
ax.text(*(foot + w + [0.1, -0.15]), "$w$ = (1, 2)", color=GREEN)
ax.plot([0, foot[0]], [0, foot[1]], ":", color="#222222")
ax.annotate(
    r"distance $|b|\,/\,\|w\|$",
    foot / 2,
    xytext=(-2.8, 0.75),
    arrowprops={"arrowstyle": "-", "color": "#777777"},
)
ax.plot(0, 0, "o", color=BLUE)
ax.plot(2, 2, "s", color=VERMILION)
ax.text(2.12, 1.62, "(2, 2): $z = 4$")
ax.text(-0.95, -0.48, "(0, 0): $z = -2$")
ax.text(-2.8, 3.05, "$z > 0$: answer 1", color="#8f3f00")
ax.text(-2.8, -2.2, "$z < 0$: answer 0", color=BLUE)
ax.set_title("A perceptron cuts the plane in two, and $w$ points to the yes side")
show(
    fig,
    "The plane of two inputs, cut by the straight line x1 + 2 x2 - 2 = 0. Above the line z is positive "
    "and the answer is 1, below it z is negative and the answer is 0. The arrow of the weights, (1, 2), "
    "stands at a right angle on the line and points to the side of answer 1. The origin lies below, at "
    "the distance |b| divided by the length of w.",
)

# %% [markdown]
# Four things to read from the figure.
#
# - The arrow of the weights stands at a right angle on the line and points to the side of answer 1. The
#   weights decide the line's *direction*.
# - The bias *shifts* the line. Its distance from the origin is $|b| / \|w\|$, where
#   $\|w\| = \sqrt{w_1^2 + w_2^2}$ is the length of the arrow.
# - The number $z$ says more than the side: $|z| / \|w\|$ is how far the point lies from the
#   line.
# - If you double $w$ and $b$ together, the line stays where it is.
#
# Now play with it. The points are invented: two groups, blue circles to be answered 0 and orange squares to
# be answered 1.

# %%
labels = np.arange(24) % 2
points = np.array([[-0.6, 0.2], [1.5, 1.5]])[labels] + rng.normal(scale=0.65, size=(24, 2))
points = np.round(points, 2)
points.shape, labels[:6]

# %% playground="neuron" height=690
seed = {"w": [-0.6, 1.0], "b": 0.5, "eta": 0.2, "points": points.tolist(), "labels": labels.tolist()}

# %% [markdown]
# Try these. (The *Learn* buttons belong to part 9.)
#
# 1. Bring the number of mistakes to zero by hand. Then double all three numbers: what changes, what does not?
# 2. Set both weights to 0. What does the neuron answer now, and which knob alone decides?
# 3. Choose ReLU, then sigmoid. The decision line stays. What changes on the yes side?
# 4. Choose the data AND, then OR, then XOR, and look for a line without mistakes. Do not look too long for
#    the third.

# %% [markdown]
# ### Exercise 3.7: which side?
#
# Write `predict(X, w, b)`: the answers of a perceptron, 0 or 1, for every row of `X`. A point on the line
# itself gets 1, as step says.

# %% exercise="predict"
def predict(X, w, b):
    """Return a perceptron's answers, 0 or 1, shape (n,).

    X: shape (n, inputs). w: shape (inputs,). b: a number.
    """
    ### BEGIN SOLUTION
    return step(X @ w + b)
    ### END SOLUTION

# %% wrong="predict" says="how far"
def predict(X, w, b):
    return X @ w + b

# %% wrong="predict" says="is it in your sum"
def predict(X, w, b):
    return step(X @ w)

# %% wrong="predict" says="one answer for each point"
def predict(X, w, b):
    return step(X * w + b)

# %% wrong="predict" says="on the line"
def predict(X, w, b):
    return np.where(X @ w + b > 0, 1, 0)

# %% check="predict" points=4
_X = np.array([[0.0, 0.0], [2.0, 2.0], [-3.0, 1.0], [3.0, 0.0], [0.0, 2.0]])
_w, _b = np.array([1.0, 2.0]), -2.0
_got = predict(_X, _w, _b)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (5,), (
    f"For five points the shape is {np.shape(_got)}, not (5,). There is one answer for each point, not for "
    "each number."
)
assert np.all(np.isin(_got, [0, 1])), (
    f"Your answers are {_got}. That is z, which says how far; which function makes 0 and 1 of it?"
)
assert _got[0] == 0, (
    "The point (0, 0) lies below the line of the figure, yet you answer 1. At the origin z is the bias alone: "
    "is it in your sum, and with its own sign?"
)
assert np.array_equal(_got, [0, 1, 0, 1, 1]), (
    f"Your answers are {_got}, and at least one is wrong. Find the points in the figure above."
)
assert predict(np.array([[2.0, 0.0]]), _w, _b)[0] == 1, (
    "The point (2, 0) has z = 0: it lies on the line, and you answer 0. See what step(0) is."
)
print("predict is right for five points around the line of the figure, and for one on it.")
### BEGIN HIDDEN TESTS
# reference: predict
_rng = np.random.default_rng(37)
for _n, _d in ((1, 2), (6, 2), (40, 2), (9, 1), (15, 5)):
    _X, _w, _b = _rng.normal(size=(_n, _d)), _rng.normal(size=_d), float(_rng.normal())
    _got = predict(_X.copy(), _w.copy(), _b)
    assert np.shape(_got) == (_n,), (
        f"For {_n} points with {_d} inputs the shape is {np.shape(_got)}, not ({_n},)."
    )
    assert np.array_equal(_got, reference_predict(_X, _w, _b)), (
        f"For {_n} random points with {_d} inputs some answers are wrong."
    )
    assert np.array_equal(_got, predict(_X, 3 * _w, 3 * _b)), (
        "Weights and bias times 3 must leave every answer as it was."
    )
_X = np.array([[1.0, 0.0], [0.0, 1.0]])
assert np.array_equal(predict(_X, np.zeros(2), 0.5), [1, 1]), (
    "With zero weights and a positive bias every answer must be 1."
)
assert np.array_equal(predict(_X, np.zeros(2), -0.5), [0, 0]), (
    "With zero weights and a negative bias every answer must be 0."
)
assert np.array_equal(predict(1e12 * _X, np.array([1.0, -1.0]), 0.0), [1, 0]), (
    "The answers are wrong for points very far away."
)
from scipy.spatial import ConvexHull as _ConvexHull

# A second opinion: a point of a convex hull lies on the inner side of each of its edges.
_hull = _ConvexHull(_rng.normal(size=(12, 2)))
_middle = _hull.points[_hull.vertices].mean(axis=0)[np.newaxis]
for *_w, _b in _hull.equations:
    assert predict(_middle, np.array(_w), _b)[0] == 0, (
        "A point inside a polygon gets the wrong side of one of its edges."
    )
### END HIDDEN TESTS

# %% [markdown]
# To draw the line we need its points. Choose $x_1$, and solve $w_1 x_1 + w_2 x_2 + b = 0$ for $x_2$ on paper:
# move two terms to the right, divide. That works unless $w_2 = 0$. Then the line is upright, and there is
# nothing to solve for.
#
# ### Exercise 3.8: points on the line
#
# Write `line_x2(x1, w, b)`: the height $x_2$ of the decision line at $x_1$. `x1` may be an array. You may
# rely on $w_2 \ne 0$.

# %% exercise="line_x2"
def line_x2(x1, w, b):
    """Return the x2 for which w[0] * x1 + w[1] * x2 + b is zero. x1: a number or an array."""
    ### BEGIN SOLUTION
    return -(w[0] * x1 + b) / w[1]
    ### END SOLUTION

# %% wrong="line_x2" says="sign"
def line_x2(x1, w, b):
    return (w[0] * x1 + b) / w[1]

# %% wrong="line_x2" says="bias"
def line_x2(x1, w, b):
    return -w[0] * x1 / w[1]

# %% wrong="line_x2" says="two weights"
def line_x2(x1, w, b):
    return -(w[1] * x1 + b) / w[0]

# %% check="line_x2" points=3
_w, _b = np.array([1.0, 2.0]), -2.0
_got = line_x2(8.0, _w, _b)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), f"For one x1 the shape is {np.shape(_got)}, not one number."
assert not np.isclose(_got, 3), (
    "You found the line's height with the wrong sign: a term changes sign when it moves to the other side."
)
assert not np.isclose(_got, -4), "You found a line through the origin. Where is the bias?"
assert not np.isclose(_got, -14), (
    "Your two weights have changed places: solve for x2, so divide by the weight of x2."
)
assert np.isclose(_w[0] * 8 + _w[1] * _got + _b, 0), (
    f"At the point (8, {_got}) the sum z is {_w[0] * 8 + _w[1] * _got + _b}. On the line it is 0."
)
assert np.shape(line_x2(np.array([0.0, 1.0, 2.0]), _w, _b)) == (3,), (
    "For three values of x1 there should be three heights."
)
print("line_x2 finds a point that lies on the line.")
### BEGIN HIDDEN TESTS
# reference: line_x2
_rng = np.random.default_rng(38)
for _ in range(8):
    _x1, _w, _b = _rng.normal(size=6), _rng.normal(size=2), float(_rng.normal())
    _w[1] += np.sign(_w[1])
    _got = line_x2(_x1.copy(), _w.copy(), _b)
    assert np.shape(_got) == (6,), f"For six values of x1 the shape is {np.shape(_got)}."
    assert np.allclose(_got, reference_line_x2(_x1, _w, _b)), "For random weights the heights are wrong."
    assert np.allclose(np.stack([_x1, _got], axis=1) @ _w + _b, 0), (
        "For random weights z is not 0 at your points."
    )
assert np.allclose(line_x2(np.array([-5.0, 5.0]), np.array([0.0, 2.0]), 3.0), [-1.5, -1.5]), (
    "A line that lies flat (the first weight is 0) comes out wrong."
)
_w = np.array([3.0, -4.0])
_along = np.array([1.0, line_x2(1.0, _w, 2.0) - line_x2(0.0, _w, 2.0)])
assert np.isclose(_along @ _w, 0), "Your line is not at a right angle to the weights."
### END HIDDEN TESTS

# %% [markdown]
# ## 8. A neuron as a gate
#
# Let both inputs be 0 or 1: no or yes. Then a perceptron with two inputs answers a question about two bits.
# **AND** is 1 only if both are 1. **OR** is 1 if at least one is. The four possible inputs are the corners of
# a square.

# %%
CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
AND_TARGETS = np.array([0, 0, 0, 1])
OR_TARGETS = np.array([0, 1, 1, 1])
XOR_TARGETS = np.array([0, 1, 1, 0])

# %% tags=["demo"]
fig, axes = plt.subplots(1, 2, figsize=(7.4, 3.7), layout="constrained")
for ax, targets in zip(axes, (AND_TARGETS, OR_TARGETS), strict=True):
    ax.plot(*CORNERS[targets == 0].T, **ZERO, markersize=12, label="answer 0")
    ax.plot(*CORNERS[targets == 1].T, **ONE, markersize=12, label="answer 1")
    ax.set(xlim=(-0.5, 1.5), ylim=(-0.5, 1.75), xticks=[0, 1], yticks=[0, 1], aspect="equal")
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
axes[0].set_title("AND: one corner to cut off")
axes[1].set_title("OR: three corners to keep together")
axes[0].legend(loc="upper left", frameon=False, ncols=2, fontsize=9.5, columnspacing=0.8, handletextpad=0.2)
show(
    fig,
    "Two squares of corner points. For AND only the corner (1, 1) is marked as answer 1. For OR all "
    "corners but (0, 0) are marked as answer 1. The decision lines are left for you to find.",
)

# %% [markdown]
# ### Exercise 3.9: AND and OR
#
# Choose the numbers. `w_and` and `w_or` are arrays of two weights, `b_and` and `b_or` are numbers. Many
# choices are right. Draw a line on each square of the figure first. `predict(CORNERS, w_and, b_and)` tells
# you what your neuron answers.

# %% exercise="gates"
### BEGIN SOLUTION
w_and, b_and = np.array([1.0, 1.0]), -1.5
w_or, b_or = np.array([1.0, 1.0]), -0.5
### END SOLUTION

# %% wrong="gates" says="one input alone"
w_and, b_and = np.array([1.0, 1.0]), -1.0
w_or, b_or = np.array([1.0, 1.0]), -0.5

# %% wrong="gates" says="only the bias is left"
w_and, b_and = np.array([1.0, 1.0]), 1.5
w_or, b_or = np.array([1.0, 1.0]), 0.5

# %% wrong="gates" says="not enough"
w_and, b_and = np.array([1.0, 1.0]), -1.5
w_or, b_or = np.array([1.0, 1.0]), -1.5

# %% check="gates" points=4
for _w, _b, _name in ((w_and, b_and, "and"), (w_or, b_or, "or")):
    assert np.shape(_w) == (2,), (
        f"`w_{_name}` has the shape {np.shape(_w)}. It should hold two weights, shape (2,)."
    )
    assert np.shape(_b) == (), f"`b_{_name}` should be one number."
    for _x, _target in zip(CORNERS, {"and": AND_TARGETS, "or": OR_TARGETS}[_name], strict=True):
        _z = float(_x @ np.asarray(_w) + _b)
        _at, _says_now = tuple(map(int, _x)), int(_z >= 0)
        _says = f"For {_at} your {_name.upper()} neuron has z = {_z:g} and answers {_says_now}. "
        if _x.sum() == 0:
            _says += "That is wrong. When both inputs are 0, only the bias is left: what must its sign be?"
        elif _x.sum() == 1 and _target == 0:
            _says += "That is wrong. One input alone must not reach the threshold."
        else:
            _says += "That is wrong. What the inputs bring is not enough to outweigh the bias."
        assert int(_z >= 0) == _target, _says
print("Both neurons answer all four inputs rightly.")
### BEGIN HIDDEN TESTS
# reference: predict
for _w, _b, _function in ((w_and, b_and, np.logical_and), (w_or, b_or, np.logical_or)):
    _want = _function(CORNERS[:, 0], CORNERS[:, 1])
    assert np.array_equal(reference_predict(CORNERS, np.asarray(_w), _b), _want), (
        f"Your neuron differs from NumPy's {_function.__name__}."
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 9. How a perceptron learns
#
# Choosing the numbers by hand works for four corners. For data it should be done by the data. Rosenblatt's
# idea: look at one example at a time.
#
# - The answer is right: change nothing.
# - It should have been 1 and was 0: $z$ was too low. Move the weights *towards* $x$, and raise the bias.
# - It should have been 0 and was 1: $z$ was too high. Move the weights *away from* $x$, and lower the bias.
#
# One formula holds all three cases, because target − prediction is 0, 1 or −1. It is the **perceptron
# learning rule**:
#
# $$w \leftarrow w + \eta\,(\text{target} - \text{prediction})\,x,$$
#
# $$b \leftarrow b + \eta\,(\text{target} - \text{prediction})$$
#
# The arrow $\leftarrow$ means "becomes". The number $\eta > 0$ (eta) is the **learning rate**: how far to
# move. The bias moves like a weight whose input is always 1.
#
# Why does it help? After a move, $z$ at this same $x$ has changed by
# $\eta\,(\text{target} - \text{prediction})(\|x\|^2 + 1)$, which has the right sign. It need not have changed
# by enough, and other points may suffer. So we go round and round.
#
# The figure shows one such move. For more of them, go back to the playground of part 7 and press *Learn from
# one mistake*: the dashed ring marks the point that was learnt from.

# %% tags=["demo"]
w_before, b_before = np.array([1.0, -1.0]), 0.0
x_wrong = np.array([0.5, 1.5])
w_after, b_after = w_before + 0.5 * x_wrong, b_before + 0.5
grid_x1 = np.array([-2.5, 3.0])
fig, ax = plt.subplots(figsize=(5.8, 4.4))
for w, b, style, colour, name in (
    (w_before, b_before, "--", "#777777", "before"),
    (w_after, b_after, "-", "#222222", "after"),
):
    ax.plot(grid_x1, -(w[0] * grid_x1 + b) / w[1], style, color=colour, label=f"line {name}")
    foot = -b * w / (w @ w)
    ax.annotate("", xy=foot + w, xytext=foot, arrowprops=ARROW | {"color": colour, "linestyle": style})
ax.plot(*x_wrong, "s", color=VERMILION, markersize=10)
ax.annotate(
    "target 1,\nwas answered 0",
    x_wrong - [0.12, 0],
    xytext=(-2.35, 1.4),
    arrowprops={"arrowstyle": "-", "color": "#777777"},
)
ax.set(xlim=(-2.5, 3), ylim=(-2, 2.5), aspect="equal", xlabel="$x_1$", ylabel="$x_2$")
ax.set_title("One mistake turns the line and shifts it")
ax.legend(loc="lower right", frameon=False)
show(
    fig,
    "The decision line before and after one update. A square at (0.5, 1.5) should be answered 1 but lies "
    "on the side of answer 0 of the dashed line. After the update the solid line has turned and shifted, "
    "and the square lies on its other side, where the new arrow of weights points.",
)

# %% [markdown]
# ### Exercise 3.10: one step of the rule
#
# Write `perceptron_update(w, b, x, target, eta)`. It predicts for the one example `x`, applies the rule, and
# returns the new `w` and the new `b`, in this order. Make a new array: `w = w + ...` does, while `w += ...`
# writes into the array that the caller still holds.

# %% exercise="perceptron_update"
def perceptron_update(w, b, x, target, eta):
    """Return the new weights, shape (n,), and the new bias, after one example.

    w, x: shape (n,). b, eta: numbers. target: 0 or 1.
    """
    ### BEGIN SOLUTION
    error = target - step(x @ w + b)
    return w + eta * error * x, b + eta * error
    ### END SOLUTION

# %% wrong="perceptron_update" says="wrong way"
def perceptron_update(w, b, x, target, eta):
    error = step(x @ w + b) - target
    return w + eta * error * x, b + eta * error

# %% wrong="perceptron_update" says="bias has not moved"
def perceptron_update(w, b, x, target, eta):
    error = target - step(x @ w + b)
    return w + eta * error * x, b

# %% wrong="perceptron_update" says="changes an array"
def perceptron_update(w, b, x, target, eta):
    error = target - step(x @ w + b)
    w += eta * error * x
    b += eta * error
    return w, b

# %% wrong="perceptron_update" says="target minus prediction"
def perceptron_update(w, b, x, target, eta):
    return w + eta * target * x, b + eta * target

# %% wrong="perceptron_update" says="through the step"
def perceptron_update(w, b, x, target, eta):
    error = target - (x @ w + b)
    return w + eta * error * x, b + eta * error

# %% check="perceptron_update" points=4
_w, _x = np.array([0.0, 0.0]), np.array([2.0, 3.0])
_got = perceptron_update(_w, -1.0, _x, 1, 0.25)
assert isinstance(_got, (tuple, list)) and len(_got) == 2, (
    "Return two things: the new weights and the new bias."
)
assert np.shape(_got[0]) == (2,), f"The new weights have the shape {np.shape(_got[0])}, not (2,)."
assert np.shape(_got[1]) == (), f"The new bias has the shape {np.shape(_got[1])}; it should be one number."
assert np.all(np.asarray(_got[0]) >= 0), (
    "The weights move the wrong way: the target was 1, so they should move towards x."
)
assert _got[1] != -1, "The answer was wrong, and yet the bias has not moved."
assert not np.allclose(_got[0], [1, 1.5]), (
    "You use z itself in the rule. The prediction is what comes through the step function."
)
assert not np.allclose(_got[0], [2, 3]), (
    "Your weights move by the whole of x. Which number says how far to move?"
)
assert np.allclose(_got[0], [0.5, 0.75]) and np.isclose(_got[1], -0.75), (
    f"From w = (0, 0) and b = -1, for x = (2, 3), target 1 and eta = 0.25, you come to w = {_got[0]} and b "
    f"= {_got[1]}. Work it out by hand."
)
_got = perceptron_update(np.array([1.0, 1.0]), 0.0, _x, 1, 0.5)
assert np.allclose(_got[0], [1, 1]) and _got[1] == 0, (
    "The answer was right, yet something has changed. The rule uses target minus prediction."
)
_got = perceptron_update(np.array([1.0, 1.0]), 0.0, _x, 0, 0.25)
assert np.allclose(_got[0], [0.5, 0.25]) and np.isclose(_got[1], -0.25), (
    f"From w = (1, 1) and b = 0, for x = (2, 3), target 0 and eta = 0.25, you come to w = {_got[0]} and b "
    f"= {_got[1]}. Which way should they move when the answer was too high?"
)
_w, _x = np.array([1.0, -1.0]), np.array([1.0, 2.0])
perceptron_update(_w, 0.0, _x, 1, 1.0)
assert np.array_equal(_w, [1, -1]) and np.array_equal(_x, [1, 2]), (
    "Your function changes an array that it is given. Make a new one."
)
print("perceptron_update moves for a mistake and stays for a right answer.")
### BEGIN HIDDEN TESTS
# reference: perceptron_update
_rng = np.random.default_rng(310)
for _n in (1, 2, 2, 2, 3, 20):
    for _target in (0, 1):
        for _eta in (1.0, 0.1):
            _w, _x, _b = _rng.normal(size=_n), _rng.normal(size=_n), float(_rng.normal())
            _got_w, _got_b = perceptron_update(_w.copy(), _b, _x.copy(), _target, _eta)
            _want_w, _want_b = reference_perceptron_update(_w, _b, _x, _target, _eta)
            assert np.allclose(_got_w, _want_w), (
                f"For {_n} inputs, target {_target} and eta = {_eta} the new weights are wrong."
            )
            assert np.isclose(_got_b, _want_b), (
                f"For {_n} inputs, target {_target} and eta = {_eta} the new bias is wrong."
            )
            # The closed formula for how far z moves at the same point.
            _moved = (_x @ _got_w + _got_b) - (_x @ _w + _b)
            _error = _target - int(_x @ _w + _b >= 0)
            assert np.isclose(_moved, _eta * _error * (_x @ _x + 1)), (
                "z at the example does not move as far as the rule says."
            )
_got_w, _got_b = perceptron_update(np.zeros(2), 0.0, np.array([1.0, 1.0]), 0, 1.0)
assert np.allclose(_got_w, [-1, -1]) and np.isclose(_got_b, -1), (
    "Exactly on the line, with target 0, something is wrong. See step(0)."
)
_got_w, _got_b = perceptron_update(np.array([0, 0]), 0, np.array([1, 2]), 0, 0.5)
assert np.allclose(_got_w, [-0.5, -1]) and np.isclose(_got_b, -0.5), (
    "The rule is wrong when the weights come as whole numbers."
)
### END HIDDEN TESTS

# %% [markdown]
# ## 10. Training, and when it ends
#
# One run through all examples is an epoch, as in lecture 02. Train like this: start with all weights and the
# bias at zero, take the examples in their order, apply the rule to each, count the mistakes of the epoch, and
# begin again. Stop after the first epoch without a mistake: nothing will change any more.
#
# Does that moment come? Two classes are **linearly separable** when some line has all of one class on one
# side and all of the other on the other side. (With more inputs: some plane.) For such data there is a
# theorem, proved by Novikoff and others around 1962. It is called **convergence**: the perceptron makes only
# finitely many mistakes, whatever $\eta > 0$ is. How many? At most $(R/\gamma)^2$. Here $R$ is the length of
# the longest input and $\gamma$ (gamma) the width of the gap: how far from the best border the nearest point
# lies. (Count the bias as a weight whose input is always 1, so that each $x$ has one number more.) A wide gap
# is learnt fast. Started at zero, another $\eta$ only scales $w$ and $b$, and every answer stays the same.
# If the classes are not linearly separable, the mistakes never end.
#
# ### Exercise 3.11: train a perceptron
#
# Write `train_perceptron(X, y, eta, epochs)`. It returns `w`, `b` and `mistakes`, a list with the number of
# mistakes in each epoch. A mistake is counted when it is made, before the update. Stop early after an epoch
# with no mistake (its 0 is the last number of the list), and at the latest after `epochs` epochs.
# `np.zeros(n)` makes an array of `n` zeros, and `for x, target in zip(X, y):` goes through examples and
# targets side by side.

# %% exercise="train_perceptron"
def train_perceptron(X, y, eta=1.0, epochs=100):
    """Train from zero. Return w, b and the list of mistakes, one number for each epoch.

    X: shape (n, inputs). y: the targets, 0 or 1, shape (n,). epochs: the largest number of epochs.
    """
    ### BEGIN SOLUTION
    w, b = np.zeros(X.shape[1]), 0.0
    mistakes = []
    for _ in range(epochs):
        count = 0
        for x, target in zip(X, y, strict=True):
            count += int(step(x @ w + b) != target)
            w, b = perceptron_update(w, b, x, target, eta)
        mistakes.append(count)
        if count == 0:
            break
    return w, b, mistakes
    ### END SOLUTION

# %% wrong="train_perceptron" says="carry on"
def train_perceptron(X, y, eta=1.0, epochs=100):
    mistakes = []
    for _ in range(epochs):
        w, b = np.zeros(X.shape[1]), 0.0
        count = 0
        for x, target in zip(X, y, strict=True):
            count += int(step(x @ w + b) != target)
            w, b = perceptron_update(w, b, x, target, eta)
        mistakes.append(count)
        if count == 0:
            break
    return w, b, mistakes

# %% wrong="train_perceptron" says="begin at zero"
def train_perceptron(X, y, eta=1.0, epochs=100):
    w, b = np.zeros(X.shape[1]), 0.0
    mistakes = []
    count = 0
    for _ in range(epochs):
        before = count
        for x, target in zip(X, y, strict=True):
            count += int(step(x @ w + b) != target)
            w, b = perceptron_update(w, b, x, target, eta)
        mistakes.append(count)
        if count == before:
            break
    return w, b, mistakes

# %% wrong="train_perceptron" says="stop"
def train_perceptron(X, y, eta=1.0, epochs=100):
    w, b = np.zeros(X.shape[1]), 0.0
    mistakes = []
    for _ in range(epochs):
        count = 0
        for x, target in zip(X, y, strict=True):
            count += int(step(x @ w + b) != target)
            w, b = perceptron_update(w, b, x, target, eta)
        mistakes.append(count)
    return w, b, mistakes

# %% wrong="train_perceptron" says="after the update"
def train_perceptron(X, y, eta=1.0, epochs=100):
    w, b = np.zeros(X.shape[1]), 0.0
    mistakes = []
    for _ in range(epochs):
        count = 0
        for x, target in zip(X, y, strict=True):
            w, b = perceptron_update(w, b, x, target, eta)
            count += int(step(x @ w + b) != target)
        mistakes.append(count)
        if count == 0:
            break
    return w, b, mistakes

# %% check="train_perceptron" points=6
_got = train_perceptron(CORNERS, AND_TARGETS, eta=1.0, epochs=50)
assert isinstance(_got, (tuple, list)) and len(_got) == 3, (
    "Return three things: w, b and the list of mistakes."
)
_w, _b, _mistakes = _got
assert np.shape(_w) == (2,) and np.shape(_b) == (), (
    f"w should have the shape (2,), not {np.shape(_w)}, and b should be one number."
)
assert np.ndim(_mistakes) == 1, "Return the mistakes as a list, one number for each epoch."
_mistakes = list(_mistakes)
assert len(_mistakes) > 0, "The list of mistakes is empty. Append one number in each epoch."
assert max(_mistakes) <= 4, (
    f"Your mistakes per epoch are {_mistakes[:8]}…, but there are only four examples. Each epoch's count "
    "must begin at zero."
)
assert not (len(set(_mistakes)) == 1 and _mistakes[0] > 0), (
    f"Every epoch has {_mistakes[0]} mistakes, so nothing is learnt. Does each epoch carry on with the "
    "weights of the one before, and does `perceptron_update` also move for the target 0?"
)
assert 0 in _mistakes, (
    f"AND can be separated by a line, but your list holds no 0: {_mistakes[:8]}… Does training go on long "
    "enough, and is the count of the last epoch in the list?"
)
assert _mistakes.index(0) == len(_mistakes) - 1, "After an epoch without a mistake, stop: your list goes on."
_wrong = sum(int(int(_x @ _w + _b >= 0) != _t) for _x, _t in zip(CORNERS, AND_TARGETS, strict=True))
assert _wrong == 0, (
    f"Training has stopped with {_wrong} of four answers wrong. Are mistakes counted after the update? "
    "Count them before it."
)
print(f"Your perceptron learnt AND. Mistakes per epoch: {_mistakes}")
### BEGIN HIDDEN TESTS
# reference: train_perceptron
_w, _b, _mistakes = train_perceptron(CORNERS, OR_TARGETS, eta=0.5, epochs=50)
_want = reference_train_perceptron(CORNERS, OR_TARGETS, eta=0.5, epochs=50)
assert np.allclose(_w, _want[0]) and np.isclose(_b, _want[1]), (
    "For OR with eta = 0.5 the weights or the bias come out wrong."
)
assert list(_mistakes) == _want[2], "For OR the mistakes per epoch are wrong."
_rng = np.random.default_rng(311)
for _n, _d in ((1, 2), (10, 2), (30, 2), (25, 4)):
    _X = _rng.normal(size=(_n, _d))
    _normal = _rng.normal(size=_d)
    _normal /= np.linalg.norm(_normal)
    _y = (_X @ _normal + 0.3 > 0).astype(int)
    _X += np.outer(np.where(_y == 1, 0.3, -0.3), _normal)  # a gap on each side of the border
    _w, _b, _mistakes = train_perceptron(_X.copy(), _y.copy(), eta=1.0, epochs=1000)
    _want_w, _want_b, _want_mistakes = reference_train_perceptron(_X, _y, eta=1.0, epochs=1000)
    assert list(_mistakes) == _want_mistakes, (
        f"For {_n} points with {_d} inputs the mistakes per epoch are wrong."
    )
    assert np.allclose(_w, _want_w) and np.isclose(_b, _want_b), (
        f"For {_n} points with {_d} inputs the weights or the bias are wrong."
    )
    assert np.array_equal((_X @ _w + _b >= 0).astype(int), _y), (
        f"{_n} points that a line can separate are not separated."
    )
    _longest = np.max(np.sum(_X**2, axis=1)) + 1
    _gap = 0.3 / np.sqrt(1 + 0.3**2)
    assert sum(_mistakes) <= _longest / _gap**2, (
        "Your perceptron makes more mistakes than the theorem allows."
    )
    _other = train_perceptron(_X, _y, eta=4.0, epochs=1000)[2]
    assert list(_other) == list(_mistakes), (
        "Started at zero, another eta only scales w and b: the mistakes should stay the same."
    )
_w, _b, _mistakes = train_perceptron(CORNERS, XOR_TARGETS, eta=1.0, epochs=7)
assert len(_mistakes) == 7 and min(_mistakes) > 0, (
    "For XOR with 7 epochs there should be 7 numbers in the list, none of them 0."
)
_X, _y = CORNERS.astype(float), AND_TARGETS.copy()
train_perceptron(_X, _y, eta=1.0, epochs=3)
assert np.array_equal(_X, CORNERS) and np.array_equal(_y, AND_TARGETS), (
    "Your function changes the data that it is given."
)
### END HIDDEN TESTS

# %% [markdown]
# Watch it learn the points of the playground, and fail to learn a third set of targets, XOR. This cell uses
# your functions.

# %% tags=["demo"] title="Two groups of points with the learnt line, and the mistakes on the way"
w_learned, b_learned, mistakes = train_perceptron(points, labels, eta=0.2, epochs=40)
_, _, mistakes_xor = train_perceptron(CORNERS, XOR_TARGETS, eta=0.2, epochs=20)
fig, axes = plt.subplots(1, 2, figsize=(9.4, 3.9), layout="constrained")
axes[0].plot(*points[labels == 0].T, "o", color=BLUE, label="target 0")
axes[0].plot(*points[labels == 1].T, "s", color=VERMILION, label="target 1")
ends = np.array([-3.0, 4.0])
axes[0].plot(ends, line_x2(ends, w_learned, b_learned), color="#222222", label="decision line")
axes[0].set(xlim=(-3, 4), ylim=(-2, 4), xlabel="$x_1$", ylabel="$x_2$")
axes[0].set_title("The line that was learnt separates the groups")
axes[0].legend(frameon=False, loc="lower left")
axes[1].plot(np.arange(1, len(mistakes) + 1), mistakes, "o-", color=GREEN, label="two groups of points")
axes[1].plot(np.arange(1, len(mistakes_xor) + 1), mistakes_xor, "x--", color=PINK, label="XOR")
axes[1].set(xlabel="epoch", ylabel="mistakes in the epoch", ylim=(-0.3, 4.3), yticks=range(5))
axes[1].set_title("Mistakes end only where a line can separate")
axes[1].legend(frameon=False)
show(
    fig,
    "Left: two groups of points, circles and squares, with the learnt decision line between them. Right: "
    "mistakes per epoch. For the two groups they fall to zero within a few epochs. For XOR they stay at "
    "three or four.",
)

# %% [markdown]
# Which line is learnt depends on the order of the examples: the rule stops at the *first* line that works,
# not at the best. And the step function has a price. It is flat except for one jump, so it cannot say whether
# a small change of a weight helps a little. From lecture 07 on, training needs that, and the step gives way
# to smoother functions.

# %% [markdown]
# ## 11. XOR: what one line cannot do
#
# **XOR**, exclusive or, is 1 when exactly one of two bits is 1. Suppose some perceptron computed it. Then its
# weights and bias would satisfy four conditions, one for each corner:
#
# | $x$ | target | condition |
# |---|---|---|
# | (0, 0) | 0 | $b < 0$ |
# | (0, 1) | 1 | $w_2 + b \ge 0$ |
# | (1, 0) | 1 | $w_1 + b \ge 0$ |
# | (1, 1) | 0 | $w_1 + w_2 + b < 0$ |
#
# Add the second and the third: $w_1 + w_2 + 2b \ge 0$. Take one $b$ to the other side:
# $w_1 + w_2 + b \ge -b$. By the first condition $-b$ is positive, so $w_1 + w_2 + b$ is positive. The fourth
# says it is negative. Both cannot be: there is no such perceptron. $\blacksquare$
#
# This is the **XOR problem**. No training can get round it, because the numbers that training would have to
# find do not exist. Minsky and Papert's book *Perceptrons* (1969) studied such limits with care. It is often
# told as the cause of a long winter for neural networks; the history is more tangled. The way out was known
# in principle: more than one neuron. Lecture 05 takes it.
#
# ### Exercise 3.12: the best that one line can do
#
# How many of the four corners can a line get right? Search. Write `best_score(targets, values)`: try every
# combination of $w_1$, $w_2$ and $b$, each taken from the list `values`, count the corners that the
# perceptron answers rightly, and return the largest count. Three `for` loops, one in the other, are fine.

# %% exercise="best_score"
def best_score(targets, values):
    """Return how many of the four CORNERS the best perceptron answers as in targets, a whole number.

    targets: four numbers, each 0 or 1. values: the numbers to try for w1, w2 and b.
    """
    ### BEGIN SOLUTION
    best = 0
    for w1_try in values:
        for w2_try in values:
            for b_try in values:
                answers = predict(CORNERS, np.array([w1_try, w2_try]), b_try)
                best = max(best, int(np.sum(answers == targets)))
    return best
    ### END SOLUTION

# %% wrong="best_score" says="the last one tried"
def best_score(targets, values):
    for w1_try in values:
        for w2_try in values:
            for b_try in values:
                answers = predict(CORNERS, np.array([w1_try, w2_try]), b_try)
                best = int(np.sum(answers == targets))
    return best

# %% wrong="best_score" says="two weights differ"
def best_score(targets, values):
    best = 0
    for w_try in values:
        for b_try in values:
            answers = predict(CORNERS, np.array([w_try, w_try]), b_try)
            best = max(best, int(np.sum(answers == targets)))
    return best

# %% wrong="best_score" says="a count"
def best_score(targets, values):
    best = 0
    for w1_try in values:
        for w2_try in values:
            for b_try in values:
                answers = predict(CORNERS, np.array([w1_try, w2_try]), b_try)
                best = max(best, np.mean(answers == targets))
    return best

# %% wrong="best_score" says="bias, too"
def best_score(targets, values):
    best = 0
    for w1_try in values:
        for w2_try in values:
            answers = predict(CORNERS, np.array([w1_try, w2_try]), 0)
            best = max(best, int(np.sum(answers == targets)))
    return best

# %% check="best_score" points=5
_values = np.linspace(-2, 2, 9)
_got = best_score(np.array([1, 1, 1, 0]), _values)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), f"Return one number; yours has the shape {np.shape(_got)}."
_right = best_score(np.array([1, 1, 1, 1]), _values)
assert max(_got, _right) <= 4, (
    f"You return {_got} and {_right}, but there are only four corners. Begin the count at zero for each line."
)
assert _right != 0, "For the target 1 everywhere you return 0. Do you return before the search is over?"
assert _right != 1, "For the target 1 everywhere you return 1. Return a count of corners, not a share of them."
_nor = best_score(np.array([1, 0, 0, 0]), _values)
assert _got == 4 or _nor == 4, (
    f"For two sets of targets that a line can do, you return {_got} and {_nor}. Do you keep the best, or "
    "the last one tried?"
)
_zero = best_score(np.array([0, 0, 0, 0]), _values)
assert _zero == 4, (
    f"With a bias below zero and zero weights all answers are 0, yet for those targets you return {_zero}. "
    "Search over the bias, too."
)
assert _got == 4 and _nor == 4, (
    f"For (1, 1, 1, 0) you return {_got} and for (1, 0, 0, 0) {_nor}. A line can do both."
)
_second = best_score(np.array([0, 0, 1, 0]), _values)
assert _second == 4, (
    f"For the targets (0, 0, 1, 0) you return {_second}. A line can, but only one whose two weights differ."
)
_and, _xor = best_score(AND_TARGETS, _values), best_score(XOR_TARGETS, _values)
print(f"best_score works. The best line answers {_and} of 4 corners of AND and {_xor} of 4 corners of XOR.")
### BEGIN HIDDEN TESTS
# reference: best_score
from itertools import product as _product

from scipy.optimize import linprog as _linprog

_values = np.linspace(-2, 2, 9)
for _bits in _product((0, 1), repeat=4):
    _targets = np.array(_bits)
    _got = best_score(_targets.copy(), _values.copy())
    assert _got == reference_best_score(_targets, _values), (
        f"For the targets {_bits} you return {_got}, which is wrong."
    )
    # A second opinion: a linear program asks whether any line at all has every corner on its right side.
    _signs = np.where(_targets == 1, 1, -1)
    _rows = -_signs[:, np.newaxis] * np.column_stack([CORNERS, np.ones(4)])
    _exists = _linprog(np.zeros(3), A_ub=_rows, b_ub=-np.ones(4), bounds=(None, None)).status == 0
    assert (_got == 4) == _exists, (
        f"For the targets {_bits} you return {_got}, but linear programming says otherwise."
    )
assert best_score(XOR_TARGETS, [0.0]) == 2, "When 0 is the only value to try, XOR should get 2 of 4."
assert best_score(AND_TARGETS, [1.0, -1.5]) == 4, (
    "The values may be any list, here two numbers. The best score is wrong."
)
### END HIDDEN TESTS

# %% tags=["demo"]
from itertools import product

names = {"0001": "AND", "0111": "OR", "1110": "NAND", "1000": "NOR", "0110": "XOR", "1001": "XNOR"}
tries = np.array([t for t in product(np.linspace(-2, 2, 9), repeat=3) if t[0] or t[1]])
sums = tries[:, :2] @ CORNERS.T + tries[:, 2:]  # one row for each line, one column for each corner
closest = np.min(np.abs(sums), axis=1) / np.linalg.norm(tries[:, :2], axis=1)
fig, axes = plt.subplots(2, 8, figsize=(10.4, 3.4), layout="constrained")
for ax, bits in zip(axes.flat, product((0, 1), repeat=4), strict=True):
    targets = np.array(bits)
    scores = np.sum((sums >= 0) == targets, axis=1)
    if scores.max() == 4:  # of the lines without a mistake, draw the one that stays farthest from the corners
        p, q, r = tries[np.argmax(np.where(scores == 4, closest, -1))]
        foot = np.array([0.5, 0.5]) - (0.5 * p + 0.5 * q + r) / (p * p + q * q) * np.array([p, q])
        ax.plot(*np.array([foot - 9 * np.array([-q, p]), foot + 9 * np.array([-q, p])]).T, color="#222222")
    ax.plot(*CORNERS[targets == 0].T, **ZERO)
    ax.plot(*CORNERS[targets == 1].T, **ONE)
    ax.set(xlim=(-0.6, 1.6), ylim=(-0.6, 1.6), xticks=[], yticks=[], aspect="equal")
    ax.set_title(f"{names.get(''.join(map(str, bits)), '')} {scores.max()}/4", fontsize=10.5)
    if scores.max() < 4:
        ax.set_facecolor("#fbe3d3")
        ax.title.set(color="#a03f00", fontweight="bold")
fig.suptitle("For 14 of the 16 questions about two bits, one line is enough", fontsize=12)
fig.supxlabel("$x_1$", fontsize=11)
fig.supylabel("$x_2$", fontsize=11)
show(
    fig,
    "Sixteen small squares, one for each way of answering the four corners with 0 or 1. In fourteen of "
    "them, AND, OR, NAND and NOR among them, a line separates the answers: 4 of 4. The two others, XOR "
    "and XNOR, are marked: 3 of 4 is the best that a line can do. Where all four answers are alike, the "
    "line lies outside the picture.",
)

# %% [markdown]
# ### Exercise 3.13: your own proof (in your own words, 5 points)
#
# **XNOR** asks whether two bits are equal: the targets of (0, 0), (0, 1), (1, 0), (1, 1) are 1, 0, 0, 1.
# Prove that no perceptron with two inputs computes it. Write down one condition for each corner, and let them
# contradict each other.

# %% [markdown] written="xnor_proof" points=5
# ### BEGIN SOLUTION
# Suppose weights $w_1, w_2$ and a bias $b$ did it. Since step gives 1 for $z \ge 0$ and 0 for $z < 0$, the
# corners demand
#
# - (0, 0) → 1: $b \ge 0$;
# - (0, 1) → 0: $w_2 + b < 0$;
# - (1, 0) → 0: $w_1 + b < 0$;
# - (1, 1) → 1: $w_1 + w_2 + b \ge 0$.
#
# The second plus the third: $w_1 + w_2 + 2b < 0$, so $w_1 + w_2 + b < -b \le 0$ by the first. This
# contradicts the fourth.
#
# (Another way: if $w$ and $b$ computed XNOR and no corner lay on the line, $-w$ and $-b$ would compute XOR,
# which is impossible. A full answer must then say why the corners may be taken off the line: raise $b$ a
# little, so little that the two corners with $z < 0$ stay below 0.)
#
# **Mark scheme**
# - 2 points: four correct conditions, one for each corner (1 point if one is wrong, or if all have strict and
#   non-strict signs mixed up)
# - 2 points: adds the two middle ones, or combines them in another valid way
# - 1 point: says which statement is contradicted, and concludes that no such weights exist
# ### END SOLUTION

# %% [markdown]
# ## 12. A neuron that measures distance
#
# Not every neuron starts with a weighted sum. A **radial basis function neuron**, or RBF neuron, keeps a
# point in mind, its *centre* $c$, and asks how near the input is:
#
# $$h = \exp\!\Big(-\frac{\|x - c\|^2}{2\sigma^2}\Big).$$
#
# Here $\|x - c\|^2$ is the squared distance: subtract place by place, square, add up. The *width* $\sigma$ (a
# small sigma) says how far "near" reaches. At the centre $h$ is 1. Far away it is almost 0. This bell shape
# is the Gaussian.
#
# A perceptron splits the plane in halves. An RBF neuron lights up around one spot. A layer of them, followed
# by a weighted sum, is a **radial basis function network**. They are rarely met in networks today; the idea
# of comparing an input with a stored pattern comes back in lecture 13.

# %% tags=["demo"]
axis = np.linspace(-3, 3, 201)
grid = np.stack(np.meshgrid(axis, axis), axis=-1)
half = (grid @ np.array([1.0, 1.0]) - 0.5 >= 0).astype(float)
bump = np.exp(-np.sum((grid - np.array([1.0, 0.5])) ** 2, axis=-1) / (2 * 0.8**2))
fig, axes = plt.subplots(1, 2, figsize=(8.4, 3.8), layout="constrained", sharey=True)
for ax, values in zip(axes, (half, bump), strict=True):
    image = ax.imshow(values, extent=(-3, 3, -3, 3), origin="lower", cmap="cividis", vmin=0, vmax=1)
    ax.set_xlabel("$x_1$")
    ax.grid(visible=False)
axes[0].set_title("Perceptron: one half of the plane")
axes[1].set_title("RBF neuron: the surroundings of a point")
axes[1].contour(axis, axis, bump, levels=[np.exp(-0.5)], colors="white", linestyles="--")
axes[1].plot(1, 0.5, "w+", markersize=10)
axes[0].set_ylabel("$x_2$")
fig.colorbar(image, ax=axes, label="output $h$", shrink=0.9)
show(
    fig,
    "Two maps of a neuron's output over the plane. Left, a perceptron: 1 above a slanted line, 0 below "
    "it. Right, an RBF neuron: 1 at its centre (1, 0.5), falling off evenly in all directions. A dashed "
    "circle marks the distance of one width.",
)

# %% [markdown]
# In code, `X - c` subtracts the centre from every row (broadcasting again). `.sum(axis=1)` adds up *within*
# each row and leaves one number a row; `axis=0` would add up down the columns. `np.exp` is the exponential
# function, place by place.
#
# ### Exercise 3.14: an RBF neuron
#
# Write `rbf_neuron(X, c, sigma)`: the outputs of one RBF neuron for every row of `X`.

# %% exercise="rbf_neuron"
def rbf_neuron(X, c, sigma):
    """Return the Gaussian of the distance from c for each row of X, shape (n,).

    X: shape (n, inputs). c: shape (inputs,). sigma: a number.
    """
    ### BEGIN SOLUTION
    squared_distance = ((X - c) ** 2).sum(axis=1)
    return np.exp(-squared_distance / (2 * sigma**2))
    ### END SOLUTION

# %% wrong="rbf_neuron" says="down the columns"
def rbf_neuron(X, c, sigma):
    return np.exp(-((X - c) ** 2).sum(axis=0) / (2 * sigma**2))

# %% wrong="rbf_neuron" says="distance itself"
def rbf_neuron(X, c, sigma):
    return np.exp(-np.sqrt(((X - c) ** 2).sum(axis=1)) / (2 * sigma**2))

# %% wrong="rbf_neuron" says="denominator"
def rbf_neuron(X, c, sigma):
    return np.exp(-((X - c) ** 2).sum(axis=1) / 2 * sigma**2)

# %% wrong="rbf_neuron" says="grows with the distance"
def rbf_neuron(X, c, sigma):
    return np.exp(((X - c) ** 2).sum(axis=1) / (2 * sigma**2))

# %% check="rbf_neuron" points=4
_X, _c = np.array([[1.0, 2.0], [4.0, 6.0], [1.0, 5.0]]), np.array([1.0, 2.0])
_got = rbf_neuron(_X, _c, 5.0)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (3,), (
    f"For three points the shape is {np.shape(_got)}, not (3,). Do you add up down the columns? One number "
    "is wanted for each row."
)
assert np.isclose(_got[0], 1), f"At the centre itself the output is {_got[0]}, not 1."
assert np.all(np.asarray(_got) <= 1), (
    "Your output grows with the distance from the centre. Look at the sign in the exponent."
)
assert not np.isclose(_got[1], np.exp(-0.1)), "You use the distance itself; the formula has its square."
assert _got[1] > 1e-3, (
    "Five units away, with the width 5, the output should not be that small. What stands in the "
    "denominator?"
)
assert np.isclose(np.log(_got[1]), -0.5), (
    f"At the distance 5, with the width 5, the output is {_got[1]}. Compare each part with the formula."
)
print("rbf_neuron is right at the centre and at a distance of one width.")
### BEGIN HIDDEN TESTS
# reference: rbf_neuron
from scipy.spatial.distance import cdist as _cdist

_rng = np.random.default_rng(314)
for _n, _d in ((1, 1), (1, 3), (4, 2), (50, 6)):
    _X, _c, _sigma = _rng.normal(size=(_n, _d)), _rng.normal(size=_d), float(_rng.uniform(0.3, 3))
    _got = rbf_neuron(_X.copy(), _c.copy(), _sigma)
    assert np.shape(_got) == (_n,), (
        f"For {_n} points with {_d} inputs the shape is {np.shape(_got)}, not ({_n},)."
    )
    assert np.allclose(_got, reference_rbf_neuron(_X, _c, _sigma)), (
        f"For {_n} random points with {_d} inputs the output is wrong."
    )
    _distance = _cdist(_X, _c[np.newaxis])[:, 0]
    assert np.allclose(_got, np.exp(-0.5 * (_distance / _sigma) ** 2)), (
        "The output differs from the one with SciPy's distances."
    )
assert rbf_neuron(np.array([[1e6, 0.0]]), np.zeros(2), 1.0)[0] == 0, (
    "Very far from the centre the output should be 0."
)
_X = np.ones((2, 2))
rbf_neuron(_X, np.ones(2) / 2, 1.0)
assert np.array_equal(_X, np.ones((2, 2))), (
    "Your function changes the points that it is given. Make a new array."
)
### END HIDDEN TESTS

# %% [markdown]
# One RBF neuron for each of the two corners of XOR that should be answered 1, and their outputs added up: now
# a single threshold is enough.

# %% tags=["demo"]
near_either = rbf_neuron(CORNERS, np.array([0, 1]), 0.5) + rbf_neuron(CORNERS, np.array([1, 0]), 0.5)
for corner, value, target in zip(CORNERS, near_either, XOR_TARGETS, strict=True):
    print(f"{corner}: sum {value:.2f}, reaches 0.5: {value >= 0.5!s:5}, XOR: {target}")

# %% [markdown]
# ## Quiz
#
# One point for each question. In the cell below it, give the name that stands there the letter of your
# choice, in quotes. Run that cell and its check: it explains every choice.

# %% quiz="zero_weight" points=1

# %% quiz="all_zero" points=1

# %% quiz="shapes" points=1

# %% quiz="which_step" points=1

# %% quiz="no_phi" points=1

# %% quiz="rule" points=1

# %% [markdown]
# ## Recap
#
# - A neuron computes $h = \varphi(\sum x_i w_i + b)$: multiply, add, add the bias, bend.
# - The weights say how much each input counts. The bias works even when every input is zero. The activation
#   function keeps neurons in a row from collapsing into one.
# - A layer for a batch is $\varphi(XW + b)$, with a row of $X$ for each example and a column of $W$ for each
#   neuron.
# - A perceptron is a neuron with a step. It cuts the plane along $w_1 x_1 + w_2 x_2 + b = 0$, and $w$ points
#   to the yes side.
# - It learns from mistakes: $w \leftarrow w + \eta\,(\text{target} - \text{prediction})\,x$, and $b$
#   likewise. If a line separates the classes, the mistakes end.
# - No line computes XOR. Four conditions contradict each other.
# - An RBF neuron answers to nearness instead: a Gaussian of a distance.
#
# **Next**: lecture 04 looks at activation functions, lecture 05 connects neurons to a network that computes
# XOR.
#
# **Glossary**: artificial neuron · biological neuron · weight · bias · connection · weighted sum · activation
# (value) · activation function · parameter · step function · ReLU neuron · sigmoid neuron · layer ·
# perceptron · activation threshold · perceptron learning rule · learning rate · linearly separable ·
# convergence · XOR problem · radial basis function neuron · radial basis function network
#
# **Sources**: F. Rosenblatt, "The perceptron", *Psychological Review* 65 (1958). A. B. J. Novikoff, "On
# convergence proofs on perceptrons" (1962). M. Minsky and S. Papert, *Perceptrons* (1969). F. A. C. Azevedo
# et al., "Equal numbers of neuronal and nonneuronal cells make the human brain an isometrically scaled-up
# primate brain", *Journal of Comparative Neurology* 513 (2009).
