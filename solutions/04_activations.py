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
#     title: Activation functions
#     minutes: 120
#     points: 61
# ---

# %% [markdown]
# # Lecture 04: activation functions
#
# About 120 minutes. Builds on lecture 01 (functions) and lecture 03 (one neuron).
#
# After this lecture you can
#
# 1. prove that layers without an activation function are one layer, on paper and in code;
# 2. measure the slope of any function by two nearby values;
# 3. write eight activation functions and their slopes so that no input breaks them;
# 4. say of each what it lets out, where it goes flat, and what that costs;
# 5. find dead units, and compute what is left of a small change after many layers;
# 6. choose the activation of the output for a task.

# %% setup="figures keras" seed=4
from scipy.special import erf

# %% [markdown]
# ## Why it matters
#
# A neuron multiplies, adds, and then bends the result. The bend looks like a detail. It decides three things:
# which numbers can come out, whether many layers can do more than one, and how much of a correction still
# arrives when it has to travel through twenty layers.
#
# For years deep networks would not learn, and the bend was one of the reasons. This lecture shows why, in
# numbers that you measure yourself.

# %% [markdown]
# ## 1. No bend, no depth
#
# An **activation function** $\varphi$ (phi) takes the number $z$ that a neuron has added up, and gives the
# number $h$ that the neuron sends out: $h = \varphi(z)$. Older texts call it a **transfer function**.
#
# The simplest one does nothing: $\varphi(z) = z$. This is the **linear activation**, also called the
# identity. A layer that has it computes $Z = XW + b$ and sends that on.
#
# Lecture 03 put two such neurons in a row and got one neuron. Now take whole layers. The first has the weights
# $W_1$ and the biases $b_1$, the second $W_2$ and $b_2$. Write the second after the first and multiply out:
#
# $$(X W_1 + b_1)\,W_2 + b_2 = X\,\underbrace{W_1 W_2}_{W} + \underbrace{b_1 W_2 + b_2}_{b}.$$
#
# On the right stands *one* layer. Its weights are the product of the two matrices, in this order. Its biases
# are the first biases sent through the second layer.

# %% [markdown]
# ### Exercise 4.1: two layers into one
#
# Write `collapse(W1, b1, W2, b2)`. It returns the weights and the biases of the one linear layer that does the
# same as the two. Return both, in this order: `return W, b`. As in lecture 03, `@` is the matrix product.

# %% exercise="collapse"
def collapse(W1, b1, W2, b2):
    """Return W, shape (inputs, outputs), and b, shape (outputs,), of one layer that does the same as two.

    W1: shape (inputs, m), where m is the number of neurons of the first layer. b1: shape (m,).
    W2: shape (m, outputs). b2: shape (outputs,).
    """
    ### BEGIN SOLUTION
    return W1 @ W2, b1 @ W2 + b2
    ### END SOLUTION

# %% wrong="collapse" says="order"
def collapse(W1, b1, W2, b2):
    return W2 @ W1, b1 @ W2 + b2

# %% wrong="collapse" says="place by place"
def collapse(W1, b1, W2, b2):
    return W1 * W2, b1 @ W2 + b2

# %% wrong="collapse" says="through the second layer"
def collapse(W1, b1, W2, b2):
    return W1 @ W2, b1 + b2

# %% wrong="collapse" says="first biases are lost"
def collapse(W1, b1, W2, b2):
    return W1 @ W2, b2

# %% wrong="collapse" says="second biases are missing"
def collapse(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2

# %% check="collapse" points=3
_W1, _b1 = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([1.0, -1.0])
_W2, _b2 = np.array([[2.0, 0.0], [1.0, 3.0]]), np.array([0.5, 1.0])
_got = collapse(_W1.copy(), _b1.copy(), _W2.copy(), _b2.copy())
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert isinstance(_got, (tuple, list)) and len(_got) == 2, "Return two things: `return W, b`."
_W, _b = _got
assert np.shape(_W) == (2, 2), f"W has the shape {np.shape(_W)}; for two inputs and two outputs it is (2, 2)."
assert np.shape(_b) == (2,), f"b has the shape {np.shape(_b)}; for two outputs it is (2,)."
assert not np.allclose(_W, _W1 * _W2), "Your W multiplies place by place. A layer needs the matrix product."
assert not np.allclose(_W, _W2 @ _W1), "Your W is the product in the wrong order. Which layer does X meet first?"
assert np.allclose(_W, [[4, 6], [1, 3]]), f"W comes out as\n{_W}\nCompare with the formula."
assert not np.allclose(_b, _b2), (
    "The first biases are lost. What does the second layer receive when every input is zero?"
)
assert not np.allclose(_b, _b1 + _b2), (
    "You add the two biases as they are. The first ones still have to go through the second layer."
)
assert not np.allclose(_b, _b1 @ _W2), (
    "The second biases are missing. What does the second layer send out when it receives nothing but zeros?"
)
assert np.allclose(_b, [1.5, -2]), f"b comes out as {_b}. Compare with the formula, factor by factor."
print("collapse is right for two layers with two neurons each.")
### BEGIN HIDDEN TESTS
# reference: collapse
_rng = np.random.default_rng(41)
for _inputs, _hidden, _outputs in ((1, 1, 1), (3, 5, 2), (4, 1, 3), (2, 20, 6)):
    _W1, _W2 = _rng.normal(size=(_inputs, _hidden)), _rng.normal(size=(_hidden, _outputs))
    _b1, _b2 = _rng.normal(size=_hidden), _rng.normal(size=_outputs)
    _where = f"{_inputs} inputs, {_hidden} neurons and {_outputs} outputs"
    _W, _b = collapse(_W1.copy(), _b1.copy(), _W2.copy(), _b2.copy())
    assert np.shape(_W) == (_inputs, _outputs), f"For {_where} W has the shape {np.shape(_W)}."
    assert np.shape(_b) == (_outputs,), f"For {_where} b has the shape {np.shape(_b)}."
    _want_W, _want_b = reference_collapse(_W1, _b1, _W2, _b2)
    assert np.allclose(_W, _want_W), f"For {_where} W is wrong."
    assert np.allclose(_b, _want_b), f"For {_where} b is wrong."
    _X = _rng.normal(size=(7, _inputs))
    assert np.allclose(_X @ _W + _b, (_X @ _W1 + _b1) @ _W2 + _b2), (
        f"For {_where} your one layer and the two layers give different outputs."
    )
_keep = np.ones((2, 2))
collapse(_keep, np.ones(2), np.ones((2, 2)), np.ones(2))
assert np.array_equal(_keep, np.ones((2, 2))), "Your function changes an array that it is given."
### END HIDDEN TESTS

# %% [markdown]
# Two layers become one. So a third layer meets one layer, and the two become one again. Here ten random linear
# layers are folded together with your function, one after the other, and compared with the ten. (`zip` walks
# through two lists side by side.)

# %% tags=["demo"]
all_W = [rng.normal(size=(5, 5)) / 2 for _ in range(10)]
all_b = [rng.normal(size=5) for _ in range(10)]
X = rng.normal(size=(1000, 5))
H = X
for W, b in zip(all_W, all_b, strict=True):
    H = H @ W + b
one_W, one_b = all_W[0], all_b[0]
for W, b in zip(all_W[1:], all_b[1:], strict=True):
    one_W, one_b = collapse(one_W, one_b, W, b)
print("numbers in ten layers:", sum(W.size + b.size for W, b in zip(all_W, all_b, strict=True)))
print("numbers in one layer: ", one_W.size + one_b.size)
print(f"largest difference:    {np.max(np.abs(H - (X @ one_W + one_b))):.0e}")

# %% [markdown]
# The difference is rounding. Ten layers and 300 numbers can do exactly what one layer and 30 numbers can do.
# Depth pays only when something bends between the layers.

# %% [markdown]
# ## 2. The slope
#
# An activation function does a second thing, and it is easy to overlook. Training changes the weights a
# little and asks: does the result get better? A small change of a weight makes a small change of $z$. What
# becomes of it behind $\varphi$?
#
# That is the *slope* of $\varphi$ at this $z$: by how much $h$ changes for each unit that $z$ changes. On a
# steep piece of the curve a small push at $z$ becomes a large push at $h$. On a flat piece it is swallowed.
#
# Look at a smooth curve closely enough and it looks straight. The slope at a point is the slope of that
# straight piece. (Lecture 07 calls it the derivative and works with it properly. Here the picture is enough.)

# %% tags=["demo"] title="One S-shaped curve, from afar and from close by"
def curve(z):
    return 1 / (1 + np.exp(-z))


z_axis = np.linspace(-5, 5, 401)
fig, axes = plt.subplots(1, 2, figsize=(9.2, 3.5), layout="constrained", width_ratios=[1.35, 1])
axes[0].plot(z_axis, curve(z_axis), color=BLUE)
for z, marker in ((-1.0, "o"), (3.5, "s")):
    s = curve(z) * (1 - curve(z))
    ends = np.array([z - 1.4, z + 1.4])
    axes[0].plot(ends, curve(z) + s * (ends - z), "--", color="#222222", linewidth=1.6)
    axes[0].plot(z, curve(z), marker, color=VERMILION, markersize=8)
    axes[0].annotate(f"slope {s:.3f}", (z, curve(z)), xytext=(-4, -22), textcoords="offset points")
axes[0].set(xlabel="$z$", ylabel=r"$h = \varphi(z)$", title="The same push counts for much here, for little there")
near = np.linspace(-1.5, -0.5, 101)
axes[1].plot(near, curve(near), color=BLUE)
low, high = -1.25, -0.75
axes[1].plot([low, high], curve(np.array([low, high])), "D", color=VERMILION)
axes[1].plot([low, high, high], [curve(low), curve(low), curve(high)], ":", color="#222222")
axes[1].text(-1.0, curve(low) - 0.012, r"$2\varepsilon$", ha="center", va="top")
axes[1].text(-0.735, (curve(low) + curve(high)) / 2, "rise", va="center")
axes[1].set(xlabel="$z$", ylabel="$h$", xlim=(-1.5, -0.5), title="Seen closely, it is almost straight")
show(
    fig,
    "Left: an S-shaped curve with two points on it. At z = minus 1 the dashed straight line that touches the "
    "curve rises with slope 0.197, at z = 3.5 only with slope 0.028. Right: the curve near minus 1, enlarged. "
    "It looks straight. A step of two epsilon to the right goes with a certain rise, and their ratio is the slope.",
)

# %% [markdown]
# To measure the slope, take two points close to $z$, one on each side, at the distance $\varepsilon$ (epsilon,
# a small number). Divide the rise by the run:
#
# $$\varphi'(z) \approx \frac{\varphi(z + \varepsilon) - \varphi(z - \varepsilon)}{2\varepsilon}.$$
#
# Read $\varphi'(z)$ as "phi prime of $z$". The sign $\approx$ means "about". This is called a central
# difference. For $\varphi(z) = z^2$ at $z = 3$ the true slope is 6, and the central difference gives

# %%
eps = 0.01
((3 + eps) ** 2 - (3 - eps) ** 2) / (2 * eps)

# %% [markdown]
# (`**` is a power.) Does one point on one side do as well? No:

# %%
((3 + eps) ** 2 - 3**2) / eps

# %% [markdown]
# How small should $\varepsilon$ be? Smaller is straighter. But a computer keeps about 16 digits, and the
# difference of two almost equal numbers loses most of them. $10^{-5}$, in Python `1e-5`, is a good compromise.
#
# ### Exercise 4.2: measure a slope
#
# Write `slope(phi, z, eps=1e-5)`. The first argument is a *function*. You call it by its new name, `phi(...)`,
# like any other. `eps=1e-5` is a default: it holds when the caller names no other number.

# %% exercise="slope"
def slope(phi, z, eps=1e-5):
    """Return the slope of the function phi at z by a central difference. z: a number or an array."""
    ### BEGIN SOLUTION
    return (phi(z + eps) - phi(z - eps)) / (2 * eps)
    ### END SOLUTION

# %% wrong="slope" says="one side"
def slope(phi, z, eps=1e-5):
    return (phi(z + eps) - phi(z)) / eps

# %% wrong="slope" says="twice as large"
def slope(phi, z, eps=1e-5):
    return (phi(z + eps) - phi(z - eps)) / eps

# %% wrong="slope" says="rise alone"
def slope(phi, z, eps=1e-5):
    return phi(z + eps) - phi(z - eps)

# %% wrong="slope" says="wrong sign"
def slope(phi, z, eps=1e-5):
    return (phi(z - eps) - phi(z + eps)) / (2 * eps)

# %% wrong="slope" says="brackets"
def slope(phi, z, eps=1e-5):
    return (phi(z + eps) - phi(z - eps)) / 2 * eps

# %% wrong="slope" says="the whole rise"
def slope(phi, z, eps=1e-5):
    return phi(z + eps) - phi(z - eps) / (2 * eps)

# %% check="slope" points=2
def _square(_t):
    return _t**2


_got = slope(_square, 3.0, 0.1)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), f"For one z the slope is one number; yours has the shape {np.shape(_got)}."
assert not np.isclose(_got, 6.1) and not np.isclose(_got, 5.9), (
    f"For z² at 3 with eps = 0.1 you get {_got:.4g}. You look to one side of z only. Take one point on each side."
)
assert not np.isclose(_got, 12), "Your slope is twice as large as it should be. How far apart are the two points?"
assert not np.isclose(_got, 1.2), "That is the rise alone. Divide it by the run."
assert not np.isclose(_got, -6), "Your slope has the wrong sign. z² rises at 3: the right point minus the left one."
assert not np.isclose(_got, 0.06), (
    "`a / 2 * eps` divides by 2 and then multiplies by eps. Put brackets around what you divide by."
)
assert np.isclose(_got, 6), (
    f"For z² at 3 with eps = 0.1 you get {_got:.4g}. Write the two points down by hand. Then look at your brackets: "
    "the whole rise is divided by the whole run."
)
_got = slope(_square, np.array([-1.0, 0.0, 2.0]))
assert np.shape(_got) == (3,), f"For an array of three z the shape is {np.shape(_got)}, not (3,)."
print("slope is right for z² at one point, and takes an array of points.")
### BEGIN HIDDEN TESTS
# reference: slope
_z = np.random.default_rng(42).normal(size=6)
for _phi, _true, _name in (
    (np.sin, np.cos, "the sine"),
    (np.exp, np.exp, "the exponential"),
    (lambda z: 5 - 3 * z, lambda z: -3 + 0 * z, "a falling line"),
    (lambda z: z**3, lambda z: 3 * z**2, "z³"),
):
    _got = slope(_phi, _z.copy())
    assert np.allclose(_got, reference_slope(_phi, _z), atol=1e-6), f"The slopes of {_name} are wrong."
    assert np.allclose(_got, _true(_z), atol=1e-6), f"The slopes of {_name} differ from the exact formula."
for _eps in (0.5, 0.01):
    _got = slope(lambda z: z**3, 1.0, _eps)
    assert np.isclose(_got, 3 + _eps**2), f"With eps = {_eps} the slope of z³ is off. Is eps used as it was given?"
### END HIDDEN TESTS

# %% [markdown]
# With a tool to measure it, look at the **step** function, $\varphi(z) = 1$ for $z \ge 0$ and 0 otherwise. (A
# general one has its jump at a threshold $\vartheta$ (theta); a bias $-\vartheta$ does the same.) You wrote it in
# lecture 03, and `relu` too; here they are again.

# %%
def step(z):
    return np.where(np.asarray(z) >= 0, 1.0, 0.0)


def relu(z):
    return np.maximum(0, z)


step(np.array([-2.0, -0.1, 0.0, 3.0]))

# %% tags=["demo"]
print("slope of the step at -2, -0.1, 0.1, 3:", slope(step, np.array([-2.0, -0.1, 0.1, 3.0])))
for eps in (1e-1, 1e-3, 1e-5):
    print(f"at 0, with eps = {eps:g}: {slope(step, 0.0, eps):g}")

# %% [markdown]
# The slope is 0 everywhere, except at the jump, where it grows without bound as $\varepsilon$ shrinks: there is
# no slope at 0. You will read that the step cannot be trained because it has no slope at its jump. That is not
# the reason: ReLU has no slope at 0 either, and it trains well. The reason is the zero everywhere *else*. A
# small change of a weight changes nothing at all, so nothing says which way to go.

# %% [markdown]
# ## 3. The sigmoid, and numbers that overflow
#
# The **sigmoid**, or **logistic** function, is the step with a soft edge:
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}}.$$
#
# Read $\sigma$ as "sigma". Its range, the set of numbers that can come out, is everything between 0 and 1.
# That makes it good for the question "how likely is *yes*?". It never quite reaches either end.
#
# The formula is short, and typed as it stands it is not safe. For $z = -1000$ it asks for $e^{1000}$, a number
# with 435 digits. A computer's number ends near $1.8 \cdot 10^{308}$. Beyond it stands `inf`, infinity: the
# power has overflowed. NumPy goes on with a warning, and whether the end result is right is luck:

# %%
with np.errstate(all="ignore"):  # keeps the warnings quiet
    print("1 / (1 + exp(1000))          =", 1 / (1 + np.exp(1000.0)))
    print("exp(1000) / (1 + exp(1000))  =", np.exp(1000.0) / (1 + np.exp(1000.0)))

# %% [markdown]
# The first is right by luck, since 1/inf is 0. The second should be 1 and is `nan`, "not a number". On paper
# both formulas are sigmoids. So in this notebook nothing is left to luck: from here on NumPy *stops* at an
# overflow.

# %%
former = np.seterr(over="raise")  # it returns the settings that held before

# %% [markdown]
# The cure is to take powers of negative numbers only. They lie between 0 and 1 and cannot overflow. For
# $z \ge 0$ the formula above has $e^{-z}$, which is safe. For $z < 0$ multiply top and bottom by $e^z$:
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}} \;\text{ for } z \ge 0, \qquad \sigma(z) = \frac{e^{z}}{1 + e^{z}} \;\text{ for } z < 0.$$
#
# In both cases the exponent is $-|z|$, minus the size of $z$: `-np.abs(z)`. Mind `np.where(condition, a, b)`:
# it works out *both* `a` and `b` for every place, and only then chooses. An overflow in the one that is not
# chosen is still an overflow.
#
# ### Exercise 4.3: a sigmoid that nothing breaks
#
# Write `sigmoid(z)`, for a number or an array of any shape. No power may overflow, and for a $z$ of great size
# the answer must be the exact limit, 0 or 1. Find $e^{-|z|}$ first.

# %% exercise="sigmoid"
def sigmoid(z):
    """Return 1 / (1 + exp(-z)), place by place, without overflow. z: a number or an array."""
    ### BEGIN SOLUTION
    small = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1.0, small) / (1 + small)
    ### END SOLUTION

# %% wrong="sigmoid" says="overflow"
def sigmoid(z):
    return 1 / (1 + np.exp(-z))

# %% wrong="sigmoid" says="works out both"
def sigmoid(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))

# %% wrong="sigmoid" says="falls"
def sigmoid(z):
    small = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, small, 1.0) / (1 + small)

# %% wrong="sigmoid" says="cut off"
def sigmoid(z):
    return 1 / (1 + np.exp(-np.clip(z, -30, 30)))

# %% wrong="sigmoid" says="one half of the line"
def sigmoid(z):
    return 1 / (1 + np.exp(-np.abs(z)))

# %% wrong="sigmoid" says="one answer only"
def sigmoid(z):
    if z >= 0:
        return 1 / (1 + np.exp(-z))
    return np.exp(z) / (1 + np.exp(z))

# %% wrong="sigmoid" says="takes one number only"
def sigmoid(z):
    import math

    return 1 / (1 + math.exp(-z))

# %% wrong="sigmoid" says="no places to walk through"
def sigmoid(z):
    out = np.zeros(len(z))
    for i in range(len(z)):
        small = np.exp(-np.abs(z[i]))
        out[i] = 1 / (1 + small) if z[i] >= 0 else small / (1 + small)
    return out

# %% check="sigmoid" points=4
_z = np.array([-2.0, 0.0, 1.0])
_want = np.array([0.11920292202211755, 0.5, 0.7310585786300049])
try:
    _got = sigmoid(_z.copy())
except (ValueError, TypeError) as _error:
    raise AssertionError(
        f"At an array your sigmoid stops: {_error}. An `if` can follow one answer only, and `math.exp` takes one number "
        "only; `np.where` and `np.exp` go place by place."
    ) from None
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (3,), f"For an array of shape (3,) the shape is {np.shape(_got)}."
try:
    _one = sigmoid(0.5)
except (ValueError, TypeError, IndexError) as _error:
    raise AssertionError(
        f"At the single number 0.5 your sigmoid stops: {_error}. A number has no places to walk through. `np.exp` and "
        "`np.where` take both, numbers and arrays."
    ) from None
assert np.shape(_one) == (), f"For a single number one number should come back; yours has the shape {np.shape(_one)}."
assert not np.allclose(_got, 1 - _want), (
    "Your curve falls from 1 to 0. The sigmoid rises. Look at the sign of the exponent, or at "
    "which formula is for which side."
)
assert not np.isclose(_got[0], 1 - _want[0]) or not np.isclose(_got[2], _want[2]), (
    "Your sigmoid is right on one half of the line, z ≥ 0. For z < 0 there is another formula above."
)
assert np.allclose(_got, _want), f"For z = (-2, 0, 1) you get {_got}. Compare with the formula."
try:
    with np.errstate(over="raise"):
        _got = sigmoid(np.array([-1000.0, -60.0, 1000.0]))
except FloatingPointError:
    raise AssertionError(
        "At z = -1000 or 1000 a power overflows: somewhere an exponent is large and positive. (`np.where` "
        "works out both of its choices everywhere.)"
    ) from None
assert np.all(np.isfinite(_got)), f"For z = -1000, -60, 1000 you get {_got}: nan, because a power overflows."
assert _got[0] != _got[1], (
    f"At -1000 and at -60 you give the same number, {_got[0]:.2g}. The input has been cut off (clipped) on the "
    "way, and the answer is no longer exact."
)
assert _got[0] == 0 and _got[2] == 1, f"At -1000 and 1000 you give {_got[0]} and {_got[2]}, not the exact limits."
print("sigmoid is right at three points, and reaches its limits at -1000 and 1000 without overflow.")
### BEGIN HIDDEN TESTS
# reference: sigmoid
from scipy.special import expit as _expit

_rng = np.random.default_rng(43)
for _shape in ((1,), (6,), (3, 4), (2, 3, 2)):
    _z = _rng.normal(scale=5, size=_shape)
    _kept = _z.copy()
    _got = sigmoid(_z)
    assert np.shape(_got) == _shape, f"The shape {_shape} must come out as it went in."
    assert np.allclose(_got, reference_sigmoid(_kept), rtol=1e-9, atol=0), f"Wrong for a random array {_shape}."
    assert np.allclose(_got, _expit(_kept), rtol=1e-9, atol=0), "Your sigmoid differs from SciPy's (expit)."
    assert np.allclose(_got, np.asarray(keras.ops.sigmoid(_kept)), atol=1e-6), "Your sigmoid differs from Keras's."
    assert np.array_equal(_z, _kept), "Your function changes the array that it is given."
_got = sigmoid(np.array([-1e300, -600.0, -40.0, 40.0, 1e300]))
assert np.allclose(_got, _expit([-1e300, -600.0, -40.0, 40.0, 1e300]), rtol=1e-9, atol=0), (
    "For a z of great size the answer is wrong. Very small numbers count, too: nothing may be rounded to 0 early."
)
assert sigmoid(0) == 0.5 and np.isclose(sigmoid(-1), 1 - sigmoid(1)), "Wrong for whole numbers."
### END HIDDEN TESTS

# %% [markdown]
# Measure the slope of your sigmoid. It is largest in the middle, and it is never more than a quarter.

# %% tags=["demo"]
for z in (0.0, 2.0, 5.0, 10.0):
    print(f"z = {z:4}: sigmoid {sigmoid(z):.6f}, slope {slope(sigmoid, z):.6f}")

# %% [markdown]
# There is an exact formula, and it needs nothing but the output:
#
# $$\sigma'(z) = \sigma(z)\,\big(1 - \sigma(z)\big).$$
#
# (Rules for finding such formulas come in lecture 07. Here, test this one against `slope`.) The product of a
# number and one minus that number is largest when the number is ½: ½ · ½ = ¼. Far out one of the two factors is
# almost 0.
#
# Where a curve is almost flat because its output has come close to a limit, we speak of **saturation**: the
# neuron is saturated. More input changes next to nothing any more.

# %% tags=["demo"]
z_axis = np.linspace(-8, 8, 401)
fig, ax = plt.subplots(figsize=(7.2, 3.5))
for left, right in ((-8, -4), (4, 8)):
    ax.axvspan(left, right, facecolor="#f2f2f2", hatch="//", edgecolor="#d0d0d0", linewidth=0)
    ax.text((left + right) / 2, 0.5, "saturated:\nslope below 0.02", ha="center", va="center", fontsize=10)
ax.plot(z_axis, sigmoid(z_axis), color=BLUE, label=r"$\sigma(z)$")
ax.plot(z_axis, sigmoid(z_axis) * (1 - sigmoid(z_axis)), "--", color=VERMILION, label=r"slope $\sigma'(z)$")
ax.plot(0, 0.25, "o", color=VERMILION)
ax.annotate("at most 0.25", (0, 0.25), xytext=(8, 6), textcoords="offset points", fontsize=10)
ax.set(xlabel="$z$", ylabel="value", ylim=(-0.05, 1.22))
ax.set_title("The sigmoid is steep only in the middle, and never steeper than ¼")
ax.legend(frameon=False, loc="upper left", ncols=2)
show(
    fig,
    "The sigmoid over z from minus 8 to 8, rising from 0 to 1, and its slope, a bell with its top of 0.25 at 0. "
    "Left of minus 4 and right of 4, hatched, the slope is below 0.02: there the sigmoid is saturated.",
)

# %% [markdown]
# Typed as it stands, this formula has a flaw too. At $z = 40$ the sigmoid is so close to 1 that the computer
# stores exactly 1. Then $1 - \sigma(z)$ is 0, though the true slope is $4 \cdot 10^{-18}$: small, but not
# nothing. The mend is in the symmetry of the curve: $1 - \sigma(z) = \sigma(-z)$, and $\sigma(-40)$ is stored
# without trouble.

# %%
print("1 - sigmoid(40) =", 1 - sigmoid(40.0))
print("sigmoid(-40)    =", sigmoid(-40.0))

# %% [markdown]
# ### Exercise 4.4: its slope
#
# Write `sigmoid_slope(z)`, exact for large $|z|$ too. Use your `sigmoid`.

# %% exercise="sigmoid_slope"
def sigmoid_slope(z):
    """Return the slope of the sigmoid at z. z: a number or an array."""
    ### BEGIN SOLUTION
    return sigmoid(z) * sigmoid(-z)
    ### END SOLUTION

# %% wrong="sigmoid_slope" says="rounded"
def sigmoid_slope(z):
    return sigmoid(z) * (1 - sigmoid(z))

# %% wrong="sigmoid_slope" says="numbers close to 1 are"
def sigmoid_slope(z):
    return slope(sigmoid, z)

# %% wrong="sigmoid_slope" says="the output"
def sigmoid_slope(z):
    return z * (1 - z)

# %% wrong="sigmoid_slope" says="one minus the output"
def sigmoid_slope(z):
    return sigmoid(z) ** 2

# %% wrong="sigmoid_slope" says="overflow"
def sigmoid_slope(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2

# %% check="sigmoid_slope" points=2
_z = np.array([-1.0, 0.0, 3.0])
_want = np.array([0.19661193324148185, 0.25, 0.045176659730912])
_got = sigmoid_slope(_z.copy())
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (3,), f"For an array of shape (3,) the shape is {np.shape(_got)}."
assert not np.allclose(_got, _z * (1 - _z)), (
    "You put z itself into the product. The formula takes the output, the sigmoid of z."
)
assert not np.allclose(_got, [0.0723295, 0.25, 0.9073975]), (
    "You multiply the output by itself. The second factor is one minus the output."
)
assert np.allclose(_got, _want), (
    f"At z = (-1, 0, 3) you get {_got}. What does your `slope(sigmoid, z)` measure there?"
)
try:
    with np.errstate(over="raise"):
        _got = sigmoid_slope(np.array([-1000.0, 40.0, 1000.0]))
except FloatingPointError:
    raise AssertionError("At z = -1000 or 1000 a power overflows. A sigmoid that is safe there is all you need.") from None
assert _got[1] != 0, (
    "At z = 40 your slope is exactly 0. The true one is tiny, but not 0. Somewhere two numbers close to 1 are "
    "subtracted, and the difference has been rounded to 0. See the two numbers printed above."
)
assert _got[0] == 0 and _got[2] == 0, f"At -1000 and 1000 you get {_got[0]} and {_got[2]}; there it is 0."
print("sigmoid_slope is right at three points and is not rounded away at 40.")
### BEGIN HIDDEN TESTS
# reference: sigmoid_slope, slope
from scipy.special import expit as _expit

_z = np.random.default_rng(44).normal(scale=3, size=(4, 5))
_kept = _z.copy()
_got = sigmoid_slope(_z)
assert np.array_equal(_z, _kept), "Your function changes the array that it is given."
assert np.shape(_got) == (4, 5), f"For an array of shape (4, 5) the shape is {np.shape(_got)}."
assert np.allclose(_got, reference_sigmoid_slope(_kept), rtol=1e-9), "Wrong for a random array."
assert np.allclose(_got, reference_slope(_expit, _kept), atol=1e-8), "Your slopes differ from finite differences."
_far = np.array([-300.0, -40.0, 40.0, 300.0])
assert np.allclose(sigmoid_slope(_far), _expit(_far) * _expit(-_far), rtol=1e-9, atol=0), (
    "For a z of great size the slope is wrong. Both sides should fall off alike."
)
assert np.isclose(sigmoid_slope(0), 0.25), "At 0 the slope is a quarter."
### END HIDDEN TESTS

# %% [markdown]
# ## 4. Tanh, and why the middle should be zero
#
# **Tanh**, the hyperbolic tangent (say "tanch"), is a sigmoid stretched to the range from −1 to 1:
#
# $$\tanh(z) = \frac{e^{z} - e^{-z}}{e^{z} + e^{-z}} = 2\,\sigma(2z) - 1.$$
#
# The first form is the one in the books, and at $z = 1000$ it is `inf / inf`. The second is safe. A neuron with
# tanh is a **tanh neuron**. Two things set it apart.
#
# First, it is steeper. Against the sigmoid the curve is squeezed to half its width, which doubles every
# slope, and stretched to twice its height, which doubles it again: $\tanh'(z) = 4\,\sigma'(2z)$. At 0 the
# slope is 1, not ¼. Books write the same as $1 - \tanh^2(z)$; that form is rounded to 0 for large $|z|$, as
# you have just seen.
#
# Second, it is **zero-centred**: when the $z$ that come in lie around 0, so do the outputs, and their mean is about
# 0. The outputs of a sigmoid are all positive, about ½ on average.

# %% tags=["demo"]
z_random = rng.normal(size=20000)
fig, axes = plt.subplots(1, 3, figsize=(9.4, 2.9), sharey=True, layout="constrained")
for ax, name, h, colour, hatch in (
    (axes[0], "sigmoid", sigmoid(z_random), BLUE, ""),
    (axes[1], "tanh", np.tanh(z_random), GREEN, "//"),
    (axes[2], "ReLU", relu(z_random), VERMILION, ".."),
):
    share = np.full(h.size, 1 / h.size)
    ax.hist(h, bins=np.linspace(-1.5, 3, 46), weights=share, color=colour, alpha=0.55, hatch=hatch, edgecolor=colour)
    ax.axvline(h.mean(), color="#222222", linestyle="--", label=f"mean {h.mean():.2f}")
    ax.set(title=name, xlabel="output $h$", xlim=(-1.5, 3))
    ax.legend(frameon=False, loc="upper right")
axes[0].set_ylabel("share of the outputs")
fig.suptitle("Of these three only tanh sends out numbers around 0", fontsize=12)
show(
    fig,
    "Histograms of the outputs of three activation functions for 20 000 random z around 0. Sigmoid: all between "
    "0 and 1, mean 0.50. Tanh: spread from minus 1 to 1, mean about 0. ReLU: half of them exactly 0, the others "
    "positive, mean 0.40.",
)

# %% [markdown]
# What is wrong with positive outputs? They are the next layer's *inputs*. Recall the rule of lecture 03: a
# weight changes by (a common factor) times (its input). Training in later lectures keeps this form. If all
# inputs of a neuron are positive, then for one example all its weights move up together or all down
# together. To raise one and lower another takes several examples and a zigzag. Inputs on both sides of 0 are
# free of this. It is an advantage, not a law: ReLU is not zero-centred either, and does well.
#
# ### Exercise 4.5: tanh from the sigmoid
#
# Write `tanh(z)` and `tanh_slope(z)` with your `sigmoid` and `sigmoid_slope`, so that no power overflows.
# (`np.tanh` exists and is what you would use elsewhere.)

# %% exercise="tanh"
def tanh(z):
    """Return the hyperbolic tangent of z. z: a number or an array."""
    ### BEGIN SOLUTION
    return 2 * sigmoid(2 * z) - 1
    ### END SOLUTION


def tanh_slope(z):
    """Return the slope of tanh at z. z: a number or an array."""
    ### BEGIN SOLUTION
    return 4 * sigmoid_slope(2 * z)
    ### END SOLUTION

# %% wrong="tanh" says="overflow"
def tanh(z):
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


def tanh_slope(z):
    return 4 * sigmoid_slope(2 * z)

# %% wrong="tanh" says="twice z"
def tanh(z):
    return 2 * sigmoid(z) - 1


def tanh_slope(z):
    return 4 * sigmoid_slope(2 * z)

# %% wrong="tanh" says="the input"
def tanh(z):
    return 2 * sigmoid(2 * z) - 1


def tanh_slope(z):
    return 1 - z**2

# %% wrong="tanh" says="doubles every slope"
def tanh(z):
    return 2 * sigmoid(2 * z) - 1


def tanh_slope(z):
    return 2 * sigmoid_slope(2 * z)

# %% wrong="tanh" says="rounded"
def tanh(z):
    return 2 * sigmoid(2 * z) - 1


def tanh_slope(z):
    return 1 - tanh(z) ** 2

# %% wrong="tanh" says="right at 0 only"
def tanh(z):
    return 2 * sigmoid(2 * z) - 1


def tanh_slope(z):
    return 4 * sigmoid_slope(z)

# %% check="tanh" points=3
_z = np.array([-2.0, 0.0, 0.5])
_want = np.tanh(_z)
_got, _got_slope = tanh(_z.copy()), tanh_slope(_z.copy())
for _value, _name in ((_got, "tanh"), (_got_slope, "tanh_slope")):
    assert _value is not None, f"`{_name}` gives nothing back. Does it end with `return`?"
    assert np.shape(_value) == (3,), f"For an array of shape (3,) `{_name}` gives shape {np.shape(_value)}."
assert not np.allclose(_got, np.tanh(_z / 2)), "Your tanh rises too slowly. What goes into the sigmoid is twice z."
assert np.allclose(_got, _want), (
    f"tanh at (-2, 0, 0.5) comes out as {_got}. It should rise from -1 to 1 and be 0 at 0. Compare with "
    "the second form above, part by part, and test your sigmoid."
)
assert not np.allclose(_got_slope, 1 - _z**2), (
    "1 minus the square of the input: the formula in the books squares the output."
)
for _factor in (0.25, 0.5):
    assert not np.allclose(_got_slope, _factor * (1 - _want**2)), (
        f"Your slope at 0 is {_got_slope[1]:g}. Squeezing doubles every slope, and so does stretching in height."
    )
assert not np.allclose(_got_slope, 4 * np.exp(_z) / (1 + np.exp(_z)) ** 2), (
    "Your slope is right at 0 only. What goes into the slope of the sigmoid is twice z, as in tanh itself."
)
assert np.allclose(_got_slope, 1 - _want**2), (
    f"tanh_slope at (-2, 0, 0.5) comes out as {_got_slope}. What does `slope(np.tanh, z)` measure there?"
)
try:
    with np.errstate(over="raise"):
        _got, _got_slope = tanh(np.array([-1000.0, 1000.0])), tanh_slope(np.array([-30.0, 30.0]))
except FloatingPointError:
    raise AssertionError("At z = 1000 a power overflows. With a sigmoid that is safe there, none does.") from None
assert np.array_equal(_got, [-1, 1]), f"At -1000 and 1000 tanh gives {_got}, not -1 and 1."
assert np.all(np.asarray(_got_slope) > 0), (
    f"At -30 and 30 the slope is {_got_slope}. Small, yes; but a difference has been rounded. Use `sigmoid_slope`."
)
print("tanh and tanh_slope are right at three points, and far out.")
### BEGIN HIDDEN TESTS
# reference: tanh, tanh_slope, slope
_z = np.random.default_rng(45).normal(scale=2, size=(3, 6))
_kept = _z.copy()
_got, _got_slope = tanh(_z), tanh_slope(_z)
assert np.array_equal(_z, _kept), "Your function changes the array that it is given."
assert np.allclose(_got, reference_tanh(_kept)) and np.allclose(_got, np.tanh(_kept)), "tanh differs from NumPy's."
assert np.allclose(_got, np.asarray(keras.ops.tanh(_kept)), atol=1e-6), "tanh differs from Keras's."
assert np.allclose(_got_slope, reference_tanh_slope(_kept), rtol=1e-9), "tanh_slope is wrong for a random array."
assert np.allclose(_got_slope, reference_slope(np.tanh, _kept), atol=1e-7), "tanh_slope differs from finite differences."
_far = np.array([-100.0, -25.0, 25.0, 100.0])
assert np.allclose(tanh_slope(_far), 1 / np.cosh(_far) ** 2, rtol=1e-9, atol=0), "tanh_slope is wrong far out."
assert tanh(0) == 0 and np.shape(tanh(1.5)) == (), "tanh is wrong for a single number."
### END HIDDEN TESTS

# %% [markdown]
# ## 5. ReLU and its relatives
#
# **ReLU**, the rectified linear unit, is $\max(0, z)$. Its range is everything from 0 up. Its slope is the
# simplest there is: 1 on the right, 0 on the left. On the right nothing saturates, however large $z$ is, and a
# correction passes undiminished. There is no power to compute, so it is fast. ReLU and its relatives are what
# most networks use inside.
#
# At $z = 0$ it has a kink and no slope. Libraries need some number there; the usual one is 0. In practice a
# $z$ of exactly 0 is rare.

# %%
def relu_slope(z):
    return np.where(np.asarray(z) > 0, 1.0, 0.0)


relu_slope(np.array([-3.0, 0.0, 0.1, 500.0]))

# %% [markdown]
# You may read that ReLU was proposed in 2000 and ignored until 2012. Its history is longer and busier.
# Fukushima used it in 1969, and Hahnloser and colleagues described it in 2000. Nair and Hinton trained with it
# in 2010. Glorot, Bordes and Bengio showed in 2011 that deep networks learn well with it. AlexNet, which won a
# famous contest in recognising pictures in 2012, made it the standard.
#
# The flat left side has a price. Take a unit (another word for a neuron in a layer) whose weights and bias
# have come to make $z$ negative for *every* example. Its output is 0 for every example, and so is its slope.
# No correction reaches its weights any more. This is a **dying ReLU**: the unit is dead, and training alone
# will not wake it, as long as its inputs stay as they are. One far too large step can do it, by a bias that
# lands deep below zero.

# %% [markdown]
# ### Exercise 4.6: count the dead
#
# Write `count_dead(X, W, b)`: how many units of the ReLU layer $\max(0, XW + b)$ give 0 for every row of `X`.
# As in lecture 03 a row of `X` is an example and a column of `W` belongs to one unit. `np.all(A, axis=0)`
# asks of each column of `A` whether it is true in every row, `axis=1` asks it of each row. When you add up
# true and false, true counts as 1.

# %% exercise="count_dead"
def count_dead(X, W, b):
    """Return how many units of a ReLU layer are 0 for every example, a whole number.

    X: shape (n, inputs). W: shape (inputs, units). b: shape (units,).
    """
    ### BEGIN SOLUTION
    H = relu(X @ W + b)
    return int(np.sum(np.all(H == 0, axis=0)))
    ### END SOLUTION

# %% wrong="count_dead" says="examples"
def count_dead(X, W, b):
    H = relu(X @ W + b)
    return int(np.sum(np.all(H == 0, axis=1)))

# %% wrong="count_dead" says="single zeros"
def count_dead(X, W, b):
    H = relu(X @ W + b)
    return int(np.sum(H == 0))

# %% wrong="count_dead" says="for one example"
def count_dead(X, W, b):
    H = relu(X @ W + b)
    return int(np.sum(np.any(H == 0, axis=0)))

# %% wrong="count_dead" says="bias"
def count_dead(X, W, b):
    H = relu(X @ W)
    return int(np.sum(np.all(H == 0, axis=0)))

# %% wrong="count_dead" says="behind ReLU"
def count_dead(X, W, b):
    return int(np.sum(np.all(X @ W + b == 0, axis=0)))

# %% wrong="count_dead" says="the whole layer"
def count_dead(X, W, b):
    return np.all(relu(X @ W + b) == 0)

# %% wrong="count_dead" says="not how many"
def count_dead(X, W, b):
    H = relu(X @ W + b)
    return np.all(H == 0, axis=0)

# %% check="count_dead" points=3
_X = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]])
_W = np.array([[1.0, -1.0, 0.0, 2.0, 0.5], [0.0, 1.0, 1.0, 1.0, 0.5]])
_b = np.array([-2.0, 0.0, -5.0, -2.5, 0.1])
_got = count_dead(_X.copy(), _W.copy(), _b.copy())
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), (
    f"You return an array of shape {np.shape(_got)}: which ones, perhaps, but not how many. Return one number."
)
assert not isinstance(_got, (bool, np.bool_)), (
    f"You return {_got}: one answer for the whole layer. Ask of each unit, and add up how many are dead."
)
assert _got != 1, "You count examples for which every unit is 0. Ask of each unit, a column, whether all rows are 0."
assert _got != 12, "You count single zeros. A unit is dead when its whole column is 0."
assert _got != 5, "You count units that are 0 for one example or more. That is normal; dead means for every example."
assert _got != 0, (
    "You find no dead unit, but there are some. Is the bias in your sum? And do you look behind ReLU, where what was "
    "below zero has become 0?"
)
assert _got == 3, f"Of five units you call {_got} dead. Write down the three rows of XW + b and look at each column."
print("count_dead finds the dead units of a layer of five.")
### BEGIN HIDDEN TESTS
# reference: count_dead
_rng = np.random.default_rng(46)
for _n, _inputs, _units in ((1, 1, 1), (1, 3, 6), (4, 2, 9), (30, 5, 40)):
    for _shift in (0.0, 1.5, 3.0):
        _X, _W = _rng.normal(size=(_n, _inputs)), _rng.normal(size=(_inputs, _units))
        _b = _rng.normal(size=_units) - _shift
        _got = count_dead(_X.copy(), _W.copy(), _b.copy())
        _where = f"{_n} examples, {_inputs} inputs and {_units} units"
        assert np.shape(_got) == () and _got == reference_count_dead(_X, _W, _b), f"For {_where} the count is wrong."
        assert _got == np.sum(np.max(_X @ _W + _b, axis=0) <= 0), f"For {_where}: is the largest z of a unit above 0?"
assert count_dead(np.zeros((3, 2)), np.ones((2, 4)), np.array([0.0, 1.0, -1.0, 0.0])) == 3, (
    "A z of exactly 0 gives the output 0, for every example: such a unit counts as dead."
)
_X = np.ones((2, 2))
count_dead(_X, -np.ones((2, 2)), np.zeros(2))
assert np.array_equal(_X, np.ones((2, 2))), "Your function changes the examples that it is given."
### END HIDDEN TESTS

# %% [markdown]
# Now let your function count. A layer of 400 ReLU units looks at 200 random examples, and its biases are pushed
# further and further below zero. (`np.full(400, b)` is an array of 400 numbers `b`.)

# %% tags=["demo"]
X_dead = rng.normal(size=(200, 20))
W_dead = rng.normal(size=(20, 400)) / np.sqrt(20)
shifts = np.arange(0, 5.1, 0.5)
silent = [count_dead(X_dead, W_dead, np.full(400, -shift)) / 400 for shift in shifts]
fig, ax = plt.subplots(figsize=(6.6, 3.4))
ax.plot(shifts, np.array(silent) * 100, "o-", color=VERMILION)
ax.set(
    xlabel="how far the biases lie below zero",
    ylabel="dead units (%)",
    ylim=(-4, 104),
    title="Push the biases down, and ReLU units die",
)
show(
    fig,
    "The share of dead units among 400 ReLU units over how far their biases lie below zero, for 200 examples. Down "
    "to minus 1.5 hardly any unit is dead. Then the share rises steeply, and at minus 4 almost all are dead.",
)

# %% [markdown]
# The cure is not to be quite flat on the left. **Leaky ReLU** has a small slope $\alpha$ (alpha) there:
#
# $$\varphi(z) = z \;\text{ for } z > 0, \qquad \varphi(z) = \alpha z \;\text{ for } z \le 0.$$
#
# A **leaky ReLU neuron** always has some slope, so it can always be corrected. You often see the formula
# written $\max(\alpha z, z)$. The two agree only while $\alpha$ is at most 1.
#
# How large is $\alpha$? Maas and colleagues, who proposed it in 2013, took 0.01. A library may take something
# else. Ask yours before you rely on it. Keras, the library of lectures 05 and 10, says:

# %%
print("keras.activations.leaky_relu(-1) =", float(keras.activations.leaky_relu(np.array([-1.0]))[0]))
print("keras.layers.LeakyReLU()(-1)     =", float(keras.layers.LeakyReLU()(np.array([-1.0]))[0]))

# %% [markdown]
# The function and the layer of the same library disagree: 0.2 and 0.3, and neither is 0.01. (The last digits
# are rounding: Keras keeps 32 bits for this number.) Keras 3 calls the number `negative_slope`; older texts
# call it `alpha`. Write it down whenever you use it.
#
# ### Exercise 4.7: leaky ReLU
#
# Write `leaky_relu(z, alpha=0.01)` and `leaky_relu_slope(z, alpha=0.01)`, right for any $\alpha \ge 0$. At the
# kink, $z = 0$, give the slope of the left side.

# %% exercise="leaky_relu"
def leaky_relu(z, alpha=0.01):
    """Return z where z > 0 and alpha * z elsewhere. z: a number or an array."""
    ### BEGIN SOLUTION
    return np.where(np.asarray(z) > 0, z, alpha * np.asarray(z))
    ### END SOLUTION


def leaky_relu_slope(z, alpha=0.01):
    """Return the slope of leaky ReLU at z: 1 where z > 0 and alpha elsewhere."""
    ### BEGIN SOLUTION
    return np.where(np.asarray(z) > 0, 1.0, alpha)
    ### END SOLUTION

# %% wrong="leaky_relu" says="above 1"
def leaky_relu(z, alpha=0.01):
    return np.maximum(alpha * z, z)


def leaky_relu_slope(z, alpha=0.01):
    return np.where(np.asarray(z) > 0, 1.0, alpha)

# %% wrong="leaky_relu" says="level line"
def leaky_relu(z, alpha=0.01):
    return np.where(z > 0, z, alpha)


def leaky_relu_slope(z, alpha=0.01):
    return np.where(np.asarray(z) > 0, 1.0, alpha)

# %% wrong="leaky_relu" says="still flat"
def leaky_relu(z, alpha=0.01):
    return np.where(z > 0, z, alpha * z)


def leaky_relu_slope(z, alpha=0.01):
    return np.where(z > 0, 1.0, 0.0)

# %% wrong="leaky_relu" says="height, not"
def leaky_relu(z, alpha=0.01):
    return np.where(z > 0, z, alpha * z)


def leaky_relu_slope(z, alpha=0.01):
    return np.where(z > 0, 1.0, alpha * z)

# %% wrong="leaky_relu" says="names another number"
def leaky_relu(z, alpha=0.01):
    return np.where(z > 0, z, 0.01 * z)


def leaky_relu_slope(z, alpha=0.01):
    return np.where(z > 0, 1.0, 0.01)

# %% wrong="leaky_relu" says="changes the array"
def leaky_relu(z, alpha=0.01):
    if np.ndim(z) == 0:
        return z if z > 0 else alpha * z
    z[z <= 0] *= alpha
    return z


def leaky_relu_slope(z, alpha=0.01):
    return np.where(np.asarray(z) > 0, 1.0, alpha)

# %% check="leaky_relu" points=4
_z = np.array([-4.0, -1.0, 0.0, 3.0])
_got, _got_slope = leaky_relu(_z.copy(), 0.25), leaky_relu_slope(_z.copy(), 0.25)
for _value, _name in ((_got, "leaky_relu"), (_got_slope, "leaky_relu_slope")):
    assert _value is not None, f"`{_name}` gives nothing back. Does it end with `return`?"
    assert np.shape(_value) == (4,), f"For an array of shape (4,) `{_name}` gives shape {np.shape(_value)}."
assert not np.allclose(_got, [0.25, 0.25, 0.25, 3]), (
    "On the left yours is a level line at the height alpha. It should be a line *through 0* with the slope alpha."
)
for _value, _name in ((_got, "leaky_relu"), (_got_slope, "leaky_relu_slope")):
    assert not np.isclose(_value[1], 0.01) and not np.isclose(_value[1], -0.01), (
        f"{_name} takes 0.01 though the caller names another number. Use alpha, the argument."
    )
assert np.allclose(_got, [-1, -0.25, 0, 3]), (
    f"For z = (-4, -1, 0, 3) and alpha = 0.25 you get {_got}. On the left z is multiplied by alpha, on the right it stays."
)
assert not np.allclose(_got_slope, [0, 0, 0, 1]), "Your slope on the left is 0: still flat, as for plain ReLU."
assert not np.allclose(_got_slope, [-1, -0.25, 0, 1]), (
    "On the left you give alpha times z: that is the height, not the slope. How steep is this line?"
)
assert not np.allclose(_got_slope, [0.25, 0.25, 1, 1]), "At the kink, z = 0, the slope of the left side is asked for."
assert np.allclose(_got_slope, [0.25, 0.25, 0.25, 1]), (
    f"The slopes at (-4, -1, 0, 3) come out as {_got_slope}. They should be the two slopes of the formula, and no other number."
)
_kept = np.array([-1.0, 2.0])
leaky_relu(_kept), leaky_relu_slope(_kept)
assert np.array_equal(_kept, [-1, 2]), "Your function changes the array that it is given. Make a new one."
print("leaky_relu and its slope are right for alpha = 0.25.")
### BEGIN HIDDEN TESTS
# reference: leaky_relu, leaky_relu_slope, slope
assert not np.isclose(leaky_relu(-2.0, 3.0), -2), (
    "With an alpha above 1 your leaky ReLU is wrong: the larger of alpha·z and z is not always the one that is asked for."
)
_rng = np.random.default_rng(47)
for _alpha in (0.0, 0.01, 0.3, 1.0, 2.5):
    _z = _rng.normal(scale=3, size=(3, 5))
    _got, _got_slope = leaky_relu(_z.copy(), _alpha), leaky_relu_slope(_z.copy(), _alpha)
    assert np.allclose(_got, reference_leaky_relu(_z, _alpha)), f"leaky_relu is wrong for alpha = {_alpha}."
    assert np.allclose(_got, np.asarray(keras.ops.leaky_relu(_z, _alpha)), atol=1e-5), "It differs from Keras's."
    assert np.allclose(_got_slope, reference_leaky_relu_slope(_z, _alpha)), f"The slope is wrong for alpha = {_alpha}."
    _measured = reference_slope(lambda t, a=_alpha: np.maximum(t, 0) + a * np.minimum(t, 0), _z)
    assert np.allclose(_got_slope, _measured, atol=1e-6), "The slope differs from finite differences."
assert np.isclose(leaky_relu(-3), -0.03) and leaky_relu(2) == 2, "Wrong for a single number with the default alpha."
assert leaky_relu_slope(5) == 1 and np.isclose(leaky_relu_slope(-5), 0.01), "The slope is wrong for a single number."
assert np.allclose(leaky_relu(np.array([-1e300, 1e300]), 0.5), [-5e299, 1e300]), "Wrong for numbers of great size."
### END HIDDEN TESTS

# %% [markdown]
# Leaky ReLU falls for ever on the left. The **ELU**, exponential linear unit, bends and levels off:
#
# $$\varphi(z) = z \;\text{ for } z > 0, \qquad \varphi(z) = \alpha\,(e^{z} - 1) \;\text{ for } z \le 0.$$
#
# Its range is from $-\alpha$ up, where $-\alpha$ itself is never quite reached. Its slope on the left is
# $\alpha e^{z}$. With $\alpha = 1$, the usual choice, this meets the slope 1 of the right side without a kink.
# Its authors (Clevert and colleagues, 2016) report faster training, since the negative outputs bring the mean
# closer to 0. Mind that for very negative $z$ an ELU saturates, as a sigmoid does. (SELU, the fourth
# curve of the picture, waits in part 6.)

# %% tags=["demo"]
z_axis = np.linspace(-4, 2, 301)
fig, ax = plt.subplots(figsize=(6.8, 3.8))
for name, h, colour, style in (
    ("ReLU", keras.activations.relu(z_axis), "#222222", "-"),
    (r"leaky ReLU, $\alpha = 0.2$", keras.activations.leaky_relu(z_axis, 0.2), VERMILION, "--"),
    (r"ELU, $\alpha = 1$", keras.activations.elu(z_axis), BLUE, "-."),
    ("SELU", keras.activations.selu(z_axis), GREEN, ":"),
):
    ax.plot(z_axis, h, style, color=colour, label=name, linewidth=2.4)
ax.set(xlabel="$z$", ylabel=r"$\varphi(z)$", title="The relatives of ReLU differ in how they treat a negative $z$")
ax.legend(frameon=False, loc="upper left")
show(
    fig,
    "Four curves over z from minus 4 to 2. On the right all rise: three with slope 1, SELU slightly steeper. On "
    "the left ReLU is 0, leaky ReLU falls along a line to minus 0.8, ELU levels off at minus 1 and SELU at minus "
    "1.76.",
)

# %% [markdown]
# Two traps for the computer. `np.where` works out $e^z$ for the large positive $z$ as well, where it is not
# wanted: cap the exponent at 0 with `np.minimum(z, 0)`. And near 0 the powers are so close to 1 that
# subtracting 1 leaves hardly a correct digit. NumPy has a function for just that: `np.expm1(z)` is
# $e^z - 1$ with every digit right.

# %%
print("exp(z) - 1 at -3e-16:", np.exp(-3e-16) - 1)
print("expm1(z)   at -3e-16:", np.expm1(-3e-16))

# %% [markdown]
# ### Exercise 4.8: ELU
#
# Write `elu(z, alpha=1.0)` and `elu_slope(z, alpha=1.0)`. Neither may overflow, and `elu` must keep its digits
# near 0. At $z = 0$ give the slope of the left side, as before.

# %% exercise="elu"
def elu(z, alpha=1.0):
    """Return z where z > 0 and alpha * (exp(z) - 1) elsewhere. z: a number or an array."""
    ### BEGIN SOLUTION
    return np.where(np.asarray(z) > 0, z, alpha * np.expm1(np.minimum(z, 0)))
    ### END SOLUTION


def elu_slope(z, alpha=1.0):
    """Return the slope of ELU at z: 1 where z > 0 and alpha * exp(z) elsewhere."""
    ### BEGIN SOLUTION
    return np.where(np.asarray(z) > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))
    ### END SOLUTION

# %% wrong="elu" says="overflow"
def elu(z, alpha=1.0):
    return np.where(z > 0, z, alpha * np.expm1(z))


def elu_slope(z, alpha=1.0):
    return np.where(z > 0, 1.0, alpha * np.exp(z))

# %% wrong="elu" says="digits"
def elu(z, alpha=1.0):
    return np.where(np.asarray(z) > 0, z, alpha * (np.exp(np.minimum(z, 0)) - 1))


def elu_slope(z, alpha=1.0):
    return np.where(np.asarray(z) > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))

# %% wrong="elu" says="height, not"
def elu(z, alpha=1.0):
    return np.where(np.asarray(z) > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def elu_slope(z, alpha=1.0):
    return np.where(np.asarray(z) > 0, 1.0, alpha * np.expm1(np.minimum(z, 0)))

# %% wrong="elu" says="without alpha"
def elu(z, alpha=1.0):
    return np.where(np.asarray(z) > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def elu_slope(z, alpha=1.0):
    return np.where(np.asarray(z) > 0, 1.0, np.exp(np.minimum(z, 0)))

# %% wrong="elu" says="does not pass through 0"
def elu(z, alpha=1.0):
    return np.where(np.asarray(z) > 0, z, alpha * np.exp(np.minimum(z, 0)) - 1)


def elu_slope(z, alpha=1.0):
    return np.where(np.asarray(z) > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))

# %% wrong="elu" says="alpha is missing from elu"
def elu(z, alpha=1.0):
    return np.where(np.asarray(z) > 0, z, np.expm1(np.minimum(z, 0)))


def elu_slope(z, alpha=1.0):
    return np.where(np.asarray(z) > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))

# %% wrong="elu" says="left one is asked for"
def elu(z, alpha=1.0):
    return np.where(np.asarray(z) > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def elu_slope(z, alpha=1.0):
    return np.where(np.asarray(z) >= 0, 1.0, alpha * np.exp(np.minimum(z, 0)))

# %% check="elu" points=4
_z = np.array([-2.0, -0.5, 0.0, 3.0])
_got, _got_slope = elu(_z.copy(), 0.5), elu_slope(_z.copy(), 0.5)
_want, _want_slope = [-0.4323323584, -0.1967346701, 0], np.array([0.0676676416, 0.3032653299, 0.5])
for _value, _name in ((_got, "elu"), (_got_slope, "elu_slope")):
    assert _value is not None, f"`{_name}` gives nothing back. Does it end with `return`?"
    assert np.shape(_value) == (4,), f"For an array of shape (4,) `{_name}` gives shape {np.shape(_value)}."
assert np.isclose(_got[3], 3), f"For z = 3 elu gives {_got[3]}. On the right it lets z through as it is."
assert not np.isclose(_got[2], -0.5), (
    "With alpha = 0.5 your curve does not pass through 0: alpha multiplies the whole bracket, the −1 too."
)
assert not np.allclose(_got[:3], 2 * np.array(_want)), (
    "alpha is missing from elu: with alpha = 0.5 it levels off at -0.5 on the left, yours at -1."
)
assert np.allclose(_got[:3], _want), (
    f"For z = (-2, -0.5, 0) and alpha = 0.5 elu gives {_got[:3]}. It should lie between -0.5 and 0: compare with the formula."
)
assert np.isclose(_got_slope[3], 1), f"For z = 3 the slope is {_got_slope[3]}. There elu is the line h = z."
assert not np.allclose(_got_slope[:3], _want), (
    "On the left elu_slope gives alpha·(e^z − 1): that is the height, not the slope."
)
assert not np.allclose(_got_slope[:3], 2 * _want_slope), "On the left your slope is e^z without alpha."
assert not np.allclose(_got_slope[:3], [*_want_slope[:2], 1]), (
    "At z = 0 elu_slope gives the slope of the right side. The left one is asked for."
)
assert np.allclose(_got_slope[:3], _want_slope), (
    f"The slopes at (-2, -0.5, 0) come out as {_got_slope[:3]}. Compare with the slope that the text gives."
)
try:
    with np.errstate(over="raise"):
        _got, _got_slope = elu(np.array([-1000.0, 1000.0])), elu_slope(np.array([-1000.0, 1000.0]))
except FloatingPointError:
    raise AssertionError(
        "At z = 1000 a power overflows, though its place is not chosen in the end. Cap the exponent at 0."
    ) from None
assert np.array_equal(_got, [-1, 1000]), f"At -1000 and 1000 elu gives {_got}, not the exact limits."
assert np.array_equal(_got_slope, [0, 1]), f"At -1000 and 1000 the slope is {_got_slope}, not 0 and 1."
assert np.isclose(elu(-1e-17), -1e-17, rtol=1e-6, atol=0), (
    f"At z = -1e-17 elu gives {elu(-1e-17)}. The digits are lost when 1 is subtracted from a power close to 1."
)
print("elu and its slope are right at four points, far out, and very close to 0.")
### BEGIN HIDDEN TESTS
# reference: elu, elu_slope, slope
_rng = np.random.default_rng(48)
for _alpha in (0.1, 1.0, 1.7):
    _z = _rng.normal(scale=3, size=(3, 5))
    _kept = _z.copy()
    _got, _got_slope = elu(_z, _alpha), elu_slope(_z, _alpha)
    assert np.array_equal(_z, _kept), "Your function changes the array that it is given."
    assert np.allclose(_got, reference_elu(_kept, _alpha), rtol=1e-9), f"elu is wrong for alpha = {_alpha}."
    assert np.allclose(_got, np.asarray(keras.ops.elu(_kept, _alpha)), atol=1e-5), "elu differs from Keras's."
    assert np.allclose(_got_slope, reference_elu_slope(_kept, _alpha)), f"The slope is wrong for alpha = {_alpha}."
    _measured = reference_slope(lambda t, a=_alpha: np.where(t > 0, t, a * np.expm1(np.minimum(t, 0))), _kept)
    assert np.allclose(_got_slope, _measured, atol=1e-6), "The slope differs from finite differences."
_got = elu(np.array([-1e300, -745.0, 1e300]))
assert np.array_equal(_got, [-1, -1, 1e300]), "elu is wrong for numbers of great size."
assert np.isclose(elu(-1), np.expm1(-1)) and elu(2) == 2 and elu_slope(0) == 1, "Wrong for a single whole number."
### END HIDDEN TESTS

# %% [markdown]
# ## 6. SELU: two constants with a purpose
#
# The **SELU**, scaled ELU, is an ELU with two fixed numbers, stretched by $\lambda$ (lambda):
#
# $$\text{SELU}(z) = \lambda \cdot \text{ELU}(z),$$
#
# $$\alpha \approx 1.6732632423543772, \qquad \lambda \approx 1.0507009873554805.$$
#
# The sixteen digits are not tuned by trial. They solve a problem. A signal that passes through many layers
# should neither grow without end nor fade. Klambauer and colleagues (2017) asked: which stretched ELU sends
# normally distributed numbers with the mean 0 and the spread 1 to numbers with the mean 0 and the spread 1 again?
# (Normally distributed numbers are what `rng.normal` draws: many near the mean, few far from it. The spread, or
# standard deviation, is the root of the average squared distance from the mean; `.std()` in NumPy.) Two demands,
# two unknowns, one answer. $\lambda$ is a little above 1, so that the right side stretches what the left side
# squeezes. On the left SELU levels off at $-\lambda\alpha \approx -1.758$.
#
# In code:

# %%
SELU_ALPHA, SELU_LAMBDA = 1.6732632423543772, 1.0507009873554805
print("levels off at", -SELU_LAMBDA * SELU_ALPHA)

# %% [markdown]
# ### Exercise 4.9: SELU
#
# Write `selu(z)` and `selu_slope(z)` with your `elu`, `elu_slope` and the two constants. Stretching a curve in
# height stretches its slope by the same factor.

# %% exercise="selu"
def selu(z):
    """Return lambda times the ELU with SELU's alpha. z: a number or an array."""
    ### BEGIN SOLUTION
    return SELU_LAMBDA * elu(z, SELU_ALPHA)
    ### END SOLUTION


def selu_slope(z):
    """Return the slope of SELU at z."""
    ### BEGIN SOLUTION
    return SELU_LAMBDA * elu_slope(z, SELU_ALPHA)
    ### END SOLUTION

# %% wrong="selu" says="both sides"
def selu(z):
    return np.where(np.asarray(z) > 0, SELU_LAMBDA * z, elu(z, SELU_ALPHA))


def selu_slope(z):
    return SELU_LAMBDA * elu_slope(z, SELU_ALPHA)

# %% wrong="selu" says="changed places"
def selu(z):
    return SELU_ALPHA * elu(z, SELU_LAMBDA)


def selu_slope(z):
    return SELU_ALPHA * elu_slope(z, SELU_LAMBDA)

# %% wrong="selu" says="default alpha"
def selu(z):
    return SELU_LAMBDA * elu(z)


def selu_slope(z):
    return SELU_LAMBDA * elu_slope(z)

# %% wrong="selu" says="stretches the slope"
def selu(z):
    return SELU_LAMBDA * elu(z, SELU_ALPHA)


def selu_slope(z):
    return elu_slope(z, SELU_ALPHA)

# %% check="selu" points=3
_got, _got_slope = selu(np.array([-1000.0, 0.0, 2.0])), selu_slope(np.array([-1000.0, -1.0, 2.0]))
for _value, _name in ((_got, "selu"), (_got_slope, "selu_slope")):
    assert _value is not None, f"`{_name}` gives nothing back. Does it end with `return`?"
    assert np.shape(_value) == (3,), f"For an array of shape (3,) `{_name}` gives shape {np.shape(_value)}."
assert not np.isclose(_got[2], 2 * SELU_ALPHA), "You stretch by alpha. Have your two constants changed places?"
assert np.isclose(_got[2], 2 * SELU_LAMBDA), f"selu(2) comes out as {_got[2]:.6g}. What stretches the right side?"
assert not np.isclose(_got[0], -SELU_LAMBDA), "On the left your ELU has its default alpha, 1. Pass SELU's."
assert not np.isclose(_got[0], -SELU_ALPHA), "On the left lambda is missing. It stretches both sides."
assert np.isclose(_got[0], -SELU_ALPHA * SELU_LAMBDA), f"Far to the left selu levels off at {_got[0]:.6g}, not -1.758."
assert not np.isclose(_got_slope[2], 1), "On the right your slope is 1. But lambda stretches the slope too."
assert np.isclose(_got_slope[2], SELU_LAMBDA), f"At z = 2 the slope comes out as {_got_slope[2]:.6g}. How steep is the line?"
assert np.isclose(_got_slope[0], 0), f"At z = -1000 the slope comes out as {_got_slope[0]:.6g}. There the curve is level."
assert np.isclose(_got_slope[1], 0.6467685603), (
    f"At z = -1 the slope comes out as {_got_slope[1]:.6g}. Do the two constants go into it as they go into selu?"
)
print("selu and its slope are right on both sides.")
### BEGIN HIDDEN TESTS
# reference: selu, selu_slope, slope
_z = np.random.default_rng(49).normal(scale=2, size=(2, 6))
_got, _got_slope = selu(_z.copy()), selu_slope(_z.copy())
assert np.allclose(_got, reference_selu(_z), rtol=1e-9), "selu is wrong for a random array."
assert np.allclose(_got, np.asarray(keras.ops.selu(_z)), atol=1e-5), "selu differs from Keras's."
assert np.allclose(_got_slope, reference_selu_slope(_z), rtol=1e-9), "selu_slope is wrong for a random array."
assert np.allclose(_got_slope, reference_slope(reference_selu, _z), atol=1e-6), "It differs from finite differences."
_grid = np.linspace(-12, 12, 24001)
_bell = np.exp(-(_grid**2) / 2) / np.sqrt(2 * np.pi) * 0.001
_out = selu(_grid)
assert abs(np.sum(_out * _bell)) < 1e-5, "For normal numbers the mean of the output is not 0."
assert abs(np.sum(_out**2 * _bell) - 1) < 1e-5, "For normal numbers the spread of the output is not 1."
assert np.isclose(selu(1), SELU_LAMBDA) and np.isclose(selu_slope(1), SELU_LAMBDA), "Wrong for a single whole number."
### END HIDDEN TESTS

# %% [markdown]
# The promise holds only for suitable weights: with the mean 0 and the spread $1/\sqrt{n}$, where $n$ is the
# number of inputs (in Keras `lecun_normal`, a rule for drawing the first weights; more in lecture 12). Try
# it: a thousand examples go through 40 layers of 200 units with such weights, and the spread of the outputs
# is measured after each.

# %% tags=["demo"]
spread_rng = np.random.default_rng(40)
width = 200
start = spread_rng.normal(size=(1000, width))
fig, ax = plt.subplots(figsize=(6.8, 3.6))
for name, phi, colour, style in (
    ("SELU", selu, GREEN, "-"),
    ("tanh", np.tanh, BLUE, "--"),
    ("ReLU", relu, VERMILION, "-."),
):
    H, spreads = start, [start.std()]
    for _ in range(40):
        H = phi(H @ (spread_rng.normal(size=(width, width)) / np.sqrt(width)))
        spreads.append(H.std())
    ax.semilogy(spreads, style, color=colour, label=name)
    print(f"{name}: spread {spreads[-1]:.2g}, mean {H.mean():.2g} after 40 layers")
ax.set(xlabel="layers passed", ylabel="spread of the outputs", title="Of these three only SELU keeps its spread")
ax.legend(frameon=False, loc="lower left")
show(
    fig,
    "The spread of the outputs after each of 40 layers, on a logarithmic axis. SELU stays near 1. Tanh falls "
    "slowly. ReLU falls by the same factor in each layer, to about a millionth.",
)

# %% [markdown]
# ReLU is not to blame: it throws away half of the signal in each layer, and weights that are larger by
# $\sqrt{2}$ make up for it (lecture 12).

# %% [markdown]
# ## 7. Smooth relatives: swish and GELU
#
# ReLU multiplies $z$ by a switch that is 0 or 1. Replace the switch by a soft one, and two more functions come
# out.
#
# - **Swish**, also called **SiLU**, takes the sigmoid: $\varphi(z) = z\,\sigma(z)$.
# - **GELU**, the Gaussian error linear unit, takes $\Phi(z)$ (capital phi): the share of all normally
#   distributed numbers that lie below $z$. So $\varphi(z) = z\,\Phi(z)$, with
#   $\Phi(z) = \tfrac12\big(1 + \text{erf}(z/\sqrt2)\big)$. The error function erf stands in SciPy; the set-up
#   cell has imported it.

# %% tags=["demo"]
z_axis = np.linspace(-4, 2, 601)
swish_axis, gelu_axis = np.array(keras.activations.swish(z_axis)), np.array(keras.activations.gelu(z_axis))
fig, ax = plt.subplots(figsize=(6.8, 3.6))
for name, h, colour, style, marker, way in (
    ("ReLU", relu(z_axis), "#222222", "-", None, 0),
    ("GELU", gelu_axis, "#a03f00", "--", "o", 1),
    ("swish", swish_axis, BLUE, "-.", "s", -1),
):
    ax.plot(z_axis, h, style, color=colour, label=name)
    if marker:
        low = np.argmin(h)
        ax.plot(z_axis[low], h[low], marker, color=colour)
        ax.annotate(
            f"lowest: {h[low]:.2f}", (z_axis[low], h[low]), xytext=(way * 10, -16), textcoords="offset points",
            ha="left" if way > 0 else "right", color=colour, fontsize=10,
        )
ax.set(xlabel="$z$", ylabel=r"$\varphi(z)$", ylim=(-0.6, 2.1), title="Swish and GELU dip below zero before they rise")
ax.legend(frameon=False, loc="upper left")
show(
    fig,
    "Three curves over z from minus 4 to 2. ReLU has its kink at 0. GELU and swish are smooth, lie close to ReLU "
    "far out on both sides, and dip below zero in between: GELU to minus 0.17 at minus 0.75, swish to minus 0.28 "
    "at minus 1.28.",
)

# %% [markdown]
# Texts call GELU "a smooth approximation of ReLU". Near 0 it is not close to ReLU, and it does something that
# ReLU never does: it falls and then rises. BERT and GPT-2, two language models of the kind called
# Transformers (lecture 13), use GELU; many later ones use swish as a part of their layers. Networks for
# pictures mostly stay with ReLU.
#
# GELU also exists in a cheaper form that replaces erf by a tanh. Keras has both, and which you get depends on
# the door by which you come in:

# %%
z = np.array([2.7])
print(f"keras.activations.gelu {float(keras.activations.gelu(z)[0]):.6f}")
print(f"keras.ops.gelu         {float(keras.ops.gelu(z)[0]):.6f}")

# %% [markdown]
# `keras.activations.gelu`, and so a layer of Keras, `Dense(…, activation="gelu")`, is exact unless told `approximate=True`.
# `keras.ops.gelu` approximates unless told `approximate=False`. The two differ by less than 0.0005
# everywhere: harmless in training, and annoying when a test compares digits.
#
# ### Exercise 4.10: swish and GELU
#
# Write `swish(z)` and `gelu(z)`, the exact one.

# %% exercise="swish_gelu"
def swish(z):
    """Return z times the sigmoid of z. z: a number or an array."""
    ### BEGIN SOLUTION
    return z * sigmoid(z)
    ### END SOLUTION


def gelu(z):
    """Return z times the share of normal numbers below z, by erf. z: a number or an array."""
    ### BEGIN SOLUTION
    return z * (1 + erf(z / np.sqrt(2))) / 2
    ### END SOLUTION

# %% wrong="swish_gelu" says="overflow"
def swish(z):
    return z / (1 + np.exp(-z))


def gelu(z):
    return z * (1 + erf(z / np.sqrt(2))) / 2

# %% wrong="swish_gelu" says="cheaper form"
def swish(z):
    return z * sigmoid(z)


def gelu(z):
    return z / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))

# %% wrong="swish_gelu" says="root of 2"
def swish(z):
    return z * sigmoid(z)


def gelu(z):
    return z * (1 + erf(z)) / 2

# %% wrong="swish_gelu" says="not yet multiplied"
def swish(z):
    return sigmoid(z)


def gelu(z):
    return (1 + erf(z / np.sqrt(2))) / 2

# %% wrong="swish_gelu" says="half"
def swish(z):
    return z * sigmoid(z)


def gelu(z):
    return z * (1 + erf(z / np.sqrt(2)))

# %% check="swish_gelu" points=4
_z = np.array([-1.5, 0.0, 2.7])
_want, _want_gelu = [-0.2736382857, 0, 2.5299719386], [-0.1002108019, 0, 2.6906391707]
_got, _got_gelu = swish(_z.copy()), gelu(_z.copy())
for _value, _name in ((_got, "swish"), (_got_gelu, "gelu")):
    assert _value is not None, f"`{_name}` gives nothing back. Does it end with `return`?"
    assert np.shape(_value) == (3,), f"For an array of shape (3,) `{_name}` gives shape {np.shape(_value)}."
    assert not np.isclose(_value[1], 0.5), (
        f"At z = 0 `{_name}` gives 0.5. That is the soft switch, not yet multiplied with z."
    )
assert np.allclose(_got, _want), (
    f"swish at (-1.5, 0, 2.7) comes out as {_got}. Compare with the picture; if it is far off, test your sigmoid first."
)
assert not np.allclose(_got_gelu, 2 * np.array(_want_gelu)), "The switch of your gelu goes up to 2. A half is missing."
assert not np.allclose(_got_gelu, [-0.0254211401, 0, 2.6998186508]), "Inside erf z is divided by the root of 2."
assert not np.allclose(_got_gelu, [-0.1004284230, 0, 2.6911124054], atol=1e-7), (
    "That is the cheaper form with tanh, off in the fourth digit. The exact one is asked for."
)
assert np.allclose(_got_gelu, _want_gelu, rtol=1e-6), (
    f"gelu at (-1.5, 0, 2.7) comes out as {_got_gelu}. Compare with the picture and, part by part, with the formula."
)
try:
    with np.errstate(over="raise"):
        _got, _got_gelu = swish(np.array([-1000.0, 1000.0])), gelu(np.array([-1000.0, 1000.0]))
except FloatingPointError:
    raise AssertionError("At z = -1000 or 1000 a power overflows. A sigmoid that is safe there avoids it.") from None
assert np.array_equal(_got, [0, 1000]) and np.array_equal(_got_gelu, [0, 1000]), (
    f"At -1000 and 1000 you get {_got} and {_got_gelu}; the limits are 0 and 1000."
)
print("swish and gelu are right at three points, and far out.")
### BEGIN HIDDEN TESTS
# reference: swish, gelu
from scipy.stats import norm as _norm

_z = np.random.default_rng(410).normal(scale=2, size=(4, 5))
_kept = _z.copy()
_got, _got_gelu = swish(_z), gelu(_z)
assert np.array_equal(_z, _kept), "Your function changes the array that it is given."
assert np.allclose(_got, reference_swish(_kept), rtol=1e-9), "swish is wrong for a random array."
assert np.allclose(_got, np.asarray(keras.ops.silu(_kept)), atol=1e-5), "swish differs from Keras's silu."
assert np.allclose(_got_gelu, reference_gelu(_kept), rtol=1e-7), "gelu is wrong for a random array."
assert np.allclose(_got_gelu, _kept * _norm.cdf(_kept), atol=1e-9), "gelu differs from z times SciPy's normal share."
assert np.allclose(_got_gelu, np.asarray(keras.ops.gelu(_kept, approximate=False)), atol=1e-6), (
    "gelu differs from Keras's exact one."
)
assert swish(0) == 0 and np.isclose(gelu(1), _norm.cdf(1)), "Wrong for a single whole number."
assert np.isclose(swish(-50.0), -50 * np.exp(-50.0), rtol=1e-6, atol=0), "swish is rounded to 0 too early on the left."
### END HIDDEN TESTS

# %% [markdown]
# ## 8. The Gaussian, and the whole family
#
# All curves so far are low on the left and high on the right. The **Gaussian** is high in the middle:
#
# $$\varphi(z) = e^{-z^2/2}.$$
#
# Its range goes from 0 (never reached) to 1, and it is flat far out on *both* sides. Its slope is
# $-z\,e^{-z^2/2}$. (Some texts leave out the ½: the same bell, narrower.) A **radial basis function** depends
# on nothing but a distance from a centre. The best-known one is the Gaussian of the distance, which you met as
# the RBF neuron of lecture 03: $e^{-\|x - c\|^2 / (2\sigma^2)}$ with the centre $c$ and the width $\sigma$ (here
# a number, not the sigmoid). It is rare in networks today.
#
# One last trap: here it is the *square* that overflows, at $|z| = 10^{200}$ say. But from $|z| = 40$ on the
# result is 0 in a computer anyway. So take the smaller of $|z|$ and 40 (`np.minimum`) before squaring.
#
# ### Exercise 4.11: the Gaussian
#
# Write `gaussian(z)` and `gaussian_slope(z)`.

# %% exercise="gaussian"
def gaussian(z):
    """Return exp(-z² / 2). z: a number or an array."""
    ### BEGIN SOLUTION
    return np.exp(-(np.minimum(np.abs(z), 40.0) ** 2) / 2)
    ### END SOLUTION


def gaussian_slope(z):
    """Return the slope of the Gaussian at z."""
    ### BEGIN SOLUTION
    return -z * gaussian(z)
    ### END SOLUTION

# %% wrong="gaussian" says="square overflows"
def gaussian(z):
    return np.exp(-(z**2) / 2)


def gaussian_slope(z):
    return -z * gaussian(z)

# %% wrong="gaussian" says="falls on the right"
def gaussian(z):
    return np.exp(-(np.minimum(np.abs(z), 40.0) ** 2) / 2)


def gaussian_slope(z):
    return z * gaussian(z)

# %% wrong="gaussian" says="narrower"
def gaussian(z):
    return np.exp(-(np.minimum(np.abs(z), 40.0) ** 2))


def gaussian_slope(z):
    return -2 * z * gaussian(z)

# %% wrong="gaussian" says="grows"
def gaussian(z):
    return np.exp(np.minimum(np.abs(z), 30.0) ** 2 / 2)


def gaussian_slope(z):
    return z * gaussian(z)

# %% wrong="gaussian" says="Is z squared"
def gaussian(z):
    return np.exp(-np.minimum(np.abs(z), 40.0) / 2)


def gaussian_slope(z):
    return -z * gaussian(z)

# %% wrong="gaussian" says="lost its sign"
def gaussian(z):
    return np.exp(-(np.minimum(np.abs(z), 40.0) ** 2) / 2)


def gaussian_slope(z):
    z = np.minimum(np.abs(z), 40.0)
    return -z * gaussian(z)

# %% check="gaussian" points=2
_z = np.array([-2.0, 0.0, 1.0])
_want, _want_slope = [0.1353352832, 1, 0.6065306597], np.array([0.2706705665, 0, -0.6065306597])
_got, _got_slope = gaussian(_z.copy()), gaussian_slope(_z.copy())
for _value, _name in ((_got, "gaussian"), (_got_slope, "gaussian_slope")):
    assert _value is not None, f"`{_name}` gives nothing back. Does it end with `return`?"
    assert np.shape(_value) == (3,), f"For an array of shape (3,) `{_name}` gives shape {np.shape(_value)}."
assert np.max(_got) <= 1, f"At (-2, 0, 1) you get {_got}: it grows away from 0. Look at the sign of the exponent."
assert not np.allclose(_got, [0.0183156389, 1, 0.3678794412]), (
    "Your bell is narrower than the one asked for. Is the ½ in your exponent?"
)
assert np.allclose(_got, _want), (
    f"At (-2, 0, 1) the Gaussian comes out as {_got}. It should be 1 at 0, about 0.607 at 1 and "
    "0.135 at -2. Is z squared, and does the half stand in the exponent?"
)
assert not np.allclose(_got_slope, -_want_slope), "Right of the middle your slope is positive. But the bell falls on the right."
assert not np.allclose(_got_slope, -np.abs(_want_slope)), (
    "Your slope is negative on both sides. But the bell rises on the left. Has z lost its sign on the way?"
)
assert np.allclose(_got_slope, _want_slope), (
    f"The slopes at (-2, 0, 1) come out as {_got_slope}. What does `slope(gaussian, z)` measure there?"
)
try:
    with np.errstate(over="raise"):
        _got, _got_slope = gaussian(np.array([-1e200, 1e200])), gaussian_slope(np.array([-1e200, 1e200]))
except FloatingPointError:
    raise AssertionError("At |z| = 1e200 the square overflows. Make |z| smaller before you square it.") from None
assert np.array_equal(_got, [0, 0]) and np.array_equal(_got_slope, [0, 0]), (
    f"At |z| = 1e200 you get {_got} and the slopes {_got_slope}; all should be 0."
)
print("gaussian and its slope are right at three points, and far out.")
### BEGIN HIDDEN TESTS
# reference: gaussian, gaussian_slope, slope
from scipy.stats import norm as _norm

_z = np.random.default_rng(411).normal(scale=2, size=(4, 5))
_kept = _z.copy()
_got, _got_slope = gaussian(_z), gaussian_slope(_z)
assert np.array_equal(_z, _kept), "Your function changes the array that it is given."
assert np.allclose(_got, reference_gaussian(_kept), rtol=1e-9), "gaussian is wrong for a random array."
assert np.allclose(_got, _norm.pdf(_kept) * np.sqrt(2 * np.pi)), "gaussian differs from SciPy's normal curve, scaled to 1."
assert np.allclose(_got_slope, reference_gaussian_slope(_kept), rtol=1e-9), "The slope is wrong for a random array."
assert np.allclose(_got_slope, reference_slope(reference_gaussian, _kept), atol=1e-7), "It differs from finite differences."
assert np.isclose(gaussian(30.0), np.exp(-450.0), rtol=1e-6, atol=0), "At 30 the Gaussian is tiny, but not cut off."
assert gaussian(0) == 1 and gaussian_slope(0) == 0, "Wrong for a single whole number."
### END HIDDEN TESTS

# %% [markdown]
# Two slopes are still missing, those of swish and GELU. Both functions are products: $z$ times a soft switch. Push
# $z$ a little, and *two* things change. The factor $z$ grows, while the switch stands where it is; and the switch
# moves, while $z$ stands where it is. Both changes count, so they are added:
#
# slope of the product = (slope of the first) · (second) + (first) · (slope of the second).
#
# The slope of the factor $z$ is 1. The slope of the switch $\sigma(z)$ you have. The slope of the switch $\Phi(z)$ is
# the Gaussian divided by $\sqrt{2\pi}$ (pi, 3.14159…; `np.pi`). $\Phi(z)$ itself has its formula in part 7; write it
# out once more. (`gelu(z) / z` is no way to it, because of $z = 0$.)
#
# ### Exercise 4.12: slopes of products
#
# Write `swish_slope(z)` and `gelu_slope(z)`. Use your functions.

# %% exercise="product_slopes"
def swish_slope(z):
    """Return the slope of swish at z. z: a number or an array."""
    ### BEGIN SOLUTION
    return sigmoid(z) + z * sigmoid_slope(z)
    ### END SOLUTION


def gelu_slope(z):
    """Return the slope of the exact GELU at z."""
    ### BEGIN SOLUTION
    return (1 + erf(z / np.sqrt(2))) / 2 + z * gaussian(z) / np.sqrt(2 * np.pi)
    ### END SOLUTION

# %% wrong="product_slopes" says="not the product of"
def swish_slope(z):
    return sigmoid_slope(z)


def gelu_slope(z):
    return gaussian(z) / np.sqrt(2 * np.pi)

# %% wrong="product_slopes" says="the switch moves"
def swish_slope(z):
    return sigmoid(z)


def gelu_slope(z):
    return (1 + erf(z / np.sqrt(2))) / 2

# %% wrong="product_slopes" says="where it is"
def swish_slope(z):
    return z * sigmoid_slope(z)


def gelu_slope(z):
    return z * gaussian(z) / np.sqrt(2 * np.pi)

# %% wrong="product_slopes" says="not been divided"
def swish_slope(z):
    return sigmoid(z) + z * sigmoid_slope(z)


def gelu_slope(z):
    return (1 + erf(z / np.sqrt(2))) / 2 + z * gaussian(z)

# %% wrong="product_slopes" says="Do you divide by z"
def swish_slope(z):
    return sigmoid(z) + z * sigmoid_slope(z)


def gelu_slope(z):
    with np.errstate(all="ignore"):
        return gelu(z) / z + z * gaussian(z) / np.sqrt(2 * np.pi)

# %% wrong="product_slopes" says="stands alone"
def swish_slope(z):
    return sigmoid(z) + sigmoid_slope(z)


def gelu_slope(z):
    return (1 + erf(z / np.sqrt(2))) / 2 + gaussian(z) / np.sqrt(2 * np.pi)

# %% wrong="product_slopes" says="changed places"
def swish_slope(z):
    return z * sigmoid(z) + sigmoid_slope(z)


def gelu_slope(z):
    return gelu(z) + gaussian(z) / np.sqrt(2 * np.pi)

# %% wrong="product_slopes" says="does not help out"
def swish_slope(z):
    return slope(swish, z)


def gelu_slope(z):
    return slope(gelu, z)

# %% check="product_slopes" points=3
_z = np.array([-1.0, 0.0, 2.0])
_cases = (
    ("swish_slope", swish_slope, [0.26894142, 0.5, 0.88079708], [0.19661193, 0.25, 0.10499359]),
    ("gelu_slope", gelu_slope, [0.15865525, 0.5, 0.97724987], [0.24197072, 0.39894228, 0.05399097]),
)
for _name, _function, _switch, _bell in _cases:
    _switch, _bell = np.array(_switch), np.array(_bell)
    _want = _switch + _z * _bell
    _got = _function(_z.copy())
    assert _got is not None, f"`{_name}` gives nothing back. Does it end with `return`?"
    assert np.shape(_got) == (3,), f"For an array of shape (3,) `{_name}` gives shape {np.shape(_got)}."
    assert not np.isnan(_got[1]), f"{_name}: at z = 0 you get nan. Do you divide by z somewhere?"
    assert not np.allclose(_got, _bell), (
        f"{_name}: the slope of a product is not the product of the slopes. Two changes are added."
    )
    assert not np.allclose(_got, _switch), f"{_name}: you count the growth of z alone. But the switch moves as well."
    assert not np.allclose(_got, _z * _bell), (
        f"{_name}: you count the moving switch alone. But z grows as well, while the switch stands where it is."
    )
    assert not np.allclose(_got, _switch + _bell), (
        f"{_name}: the slope of the switch stands alone. It still has to be multiplied by the other factor."
    )
    assert not np.allclose(_got, _z * _switch + _bell), (
        f"{_name}: your slopes have changed places. Each is multiplied by the *other* function, not by its own."
    )
    assert not np.allclose(_got, [-0.44787541, 0.5, 1.24792043]), (
        f"{_name}: the Gaussian has not been divided by the root of 2π. It is the slope of the switch only then."
    )
    assert np.allclose(_got, _want), (
        f"{_name} at (-1, 0, 2) comes out as {_got}. What does `slope` measure there? Test the functions that it uses, too."
    )
try:
    with np.errstate(over="raise"):
        _got, _got_gelu = swish_slope(np.array([-1000.0, 1000.0])), gelu_slope(np.array([-1e200, 1e200]))
except FloatingPointError:
    raise AssertionError("Far out something overflows. Your sigmoid, its slope and the Gaussian can be safe there.") from None
assert np.allclose(_got, [0, 1]) and np.allclose(_got_gelu, [0, 1]), (
    f"Far out you get {_got} and {_got_gelu}; on the left it should be 0, on the right 1. (`slope` does not help out "
    "there: a computer cannot tell z + eps from z.)"
)
print("swish_slope and gelu_slope are right at three points, and far out.")
### BEGIN HIDDEN TESTS
# reference: swish_slope, gelu_slope, swish, gelu, slope
_z = np.random.default_rng(413).normal(scale=2, size=(4, 5))
_kept = _z.copy()
_got, _got_gelu = swish_slope(_z), gelu_slope(_z)
assert np.array_equal(_z, _kept), "Your function changes the array that it is given."
assert np.allclose(_got, reference_swish_slope(_kept)), "swish_slope is wrong for a random array."
assert np.allclose(_got_gelu, reference_gelu_slope(_kept)), "gelu_slope is wrong for a random array."
assert np.allclose(_got, reference_slope(reference_swish, _kept), atol=1e-7), "swish_slope differs from finite differences."
assert np.allclose(_got_gelu, reference_slope(reference_gelu, _kept), atol=1e-7), (
    "gelu_slope differs from finite differences."
)
assert np.isclose(swish_slope(0), 0.5) and np.isclose(gelu_slope(0), 0.5), "At 0 both slopes are one half."
### END HIDDEN TESTS

# %% [markdown]
# Here is the whole family. One more belongs to it by name: **softmax** turns all the numbers of a layer together
# into positive shares that add up to 1, so it is not a curve of one $z$. Lecture 09 is about it.
#
# | name | $\varphi(z)$ | range | slope $\varphi'(z)$ | zero-centred | flat |
# |---|---|---|---|---|---|
# | linear | $z$ | all numbers | 1 | yes | nowhere |
# | step | 0 or 1 | 0 and 1 | 0 | no | everywhere |
# | sigmoid | $1/(1+e^{-z})$ | 0 to 1 | $\sigma(z)\,\sigma(-z)$ | no | both sides |
# | tanh | $2\sigma(2z)-1$ | −1 to 1 | $1 - \tanh^2 z$ | yes | both sides |
# | ReLU | $\max(0, z)$ | from 0 up | 0 or 1 | no | left |
# | leaky ReLU | $z$ or $\alpha z$ | all numbers (if $\alpha > 0$) | 1 or $\alpha$ | no, for a small $\alpha$ | nowhere |
# | ELU | $z$ or $\alpha(e^z - 1)$ | above $-\alpha$ | 1 or $\alpha e^z$ | nearer to it than ReLU | left |
# | SELU | $\lambda\,\text{ELU}(z)$ | above −1.758 | $\lambda$ or $\lambda\alpha e^z$ | yes | left |
# | swish | $z\,\sigma(z)$ | from −0.278 up | $\sigma(z) + z\,\sigma'(z)$ | no | left |
# | GELU | $z\,\Phi(z)$ | from −0.170 up | $\Phi(z) + z\,e^{-z^2/2}/\sqrt{2\pi}$ | no | left |
# | Gaussian | $e^{-z^2/2}$ | 0 to 1 | $-z\,e^{-z^2/2}$ | no | both sides |
#
# The next cell does not take the table's word for it. It measures, with your functions: the lowest and the
# highest output for $z$ between −6 and 6, the steepest slope, and the mean output for normal $z$ (0 would be
# zero-centred). (`lambda z: z` is a function without a name; what stands after the colon is what it returns.)

# %% tags=["demo"]
FAMILY = {
    "linear": lambda z: z,
    "step": step,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "ReLU": relu,
    "leaky ReLU": leaky_relu,
    "ELU": elu,
    "SELU": selu,
    "swish": swish,
    "GELU": gelu,
    "Gaussian": gaussian,
}
z_axis = np.linspace(-6, 6, 1200)  # an even number of points: none of them lies on the kink at 0
z_normal = rng.normal(size=100_000)
for name, phi in FAMILY.items():
    h, s = phi(z_axis), slope(phi, z_axis)
    mean = phi(z_normal).mean()
    print(f"{name:10}  from {h.min():6.3f} to {h.max():5.2f}  steepest {np.abs(s).max():.3f}  mean {mean:6.3f}")

# %% tags=["demo"]
z_axis = np.linspace(-4, 4, 800)
fig, axes = plt.subplots(3, 4, figsize=(9.6, 6.6), sharex=True, sharey=True, layout="constrained")
for ax, (name, phi) in zip(axes.flat, FAMILY.items(), strict=False):
    h = phi(z_axis)
    if name == "step":
        h = np.where(np.abs(z_axis) < 0.006, np.nan, h)  # a gap at the jump
    ax.plot(z_axis, h, color=BLUE)
    ax.plot(z_axis, slope(phi, z_axis), "--", color=VERMILION, linewidth=1.6)
    ax.set_title(name, fontsize=10.5)
    ax.set(ylim=(-2, 2.5), xticks=[-4, -2, 0, 2, 4])
key = axes.flat[-1]
key.axis("off")
key.plot([], [], color=BLUE, label=r"$\varphi(z)$")
key.plot([], [], "--", color=VERMILION, label=r"slope $\varphi'(z)$")
key.legend(frameon=False, loc="center", fontsize=11)
fig.supxlabel("$z$", fontsize=11)
fig.supylabel("value", fontsize=11)
fig.suptitle("Where the curve is flat, the dashed slope is zero, and nothing gets through", fontsize=12)
show(
    fig,
    "Eleven small plots over z from minus 4 to 4, each with an activation function as a solid line and its slope "
    "as a dashed one. The slope of linear is 1 everywhere, that of the step 0. Sigmoid, tanh and Gaussian are flat "
    "on both sides. ReLU, ELU, SELU, swish and GELU are flat on the left and have a slope of about 1 on the "
    "right. Leaky ReLU keeps a small slope on the left.",
)

# %% [markdown]
# Now choose one, and a second one beside it, and move the point. The lower part belongs to part 9.

# %%
z_start, alpha_start = 2.0, 0.1

# %% playground="activation" height=880
seed = {"phi": "sigmoid", "second": "relu", "z": z_start, "alpha": alpha_start, "depth": 10, "weight": 1.0}

# %% [markdown]
# Try these.
#
# 1. Take tanh beside the sigmoid and move $z$ from 0 to the right. Whose slope is larger at 0? Whose is larger
#    at $z = 3$?
# 2. Take swish. Between which two places of the slider does its slope change its sign? What does the curve do there?
# 3. Take ELU, put $z$ at 0 and move $\alpha$ from 1 to 0.3. What happens to the slope at the kink?
# 4. Lower part: take the sigmoid, put $z$ at 0 and the weight at 1. From how many layers on does less than a
#    millionth of a push get through? Then look for the weight at which the sigmoid, at $z = 0$, passes the push on
#    unchanged.
# 5. Take linear and ReLU with the weight 1.5 and a positive $z$. What becomes of a push in 30 layers?

# %% [markdown]
# ## 9. Products of slopes: what is left after d layers
#
# Put neurons in a row, each with one input. A small push at the start travels through all of them. The first
# neuron multiplies it by its weight $w_1$, and then by the slope of $\varphi$ at its own $z_1$. The second does
# the same with $w_2$ and its slope at $z_2$, and so on. After $d$ neurons the push has been multiplied by
#
# $$\prod_{k=1}^{d} w_k\,\varphi'(z_k) = w_1\,\varphi'(z_1) \cdot w_2\,\varphi'(z_2) \cdots w_d\,\varphi'(z_d).$$
#
# The sign $\prod$ (a capital pi) says "multiply". This product is the slope of the whole chain. Training
# (lectures 07 and 08) sends its corrections back through the same product, from the last neuron to the first.
#
# ### Exercise 4.13: the slope of a chain
#
# Write `chain_slope(x, weights, biases, phi, phi_slope)`. The number `x` enters the first neuron. Each neuron
# computes $z = w h + b$ from what the one before it sent out, and sends on $h = \varphi(z)$. Go through the
# neurons, keep the running $h$ and the running product (1 before the first neuron), and return the product at the
# end.

# %% exercise="chain_slope"
def chain_slope(x, weights, biases, phi, phi_slope):
    """Return the slope of the last output by x, one number, for neurons in a row.

    x: a number. weights, biases: one number for each neuron. phi, phi_slope: functions of z.
    """
    ### BEGIN SOLUTION
    h, product = x, 1.0
    for w, b in zip(weights, biases, strict=True):
        z = w * h + b
        product = product * w * phi_slope(z)
        h = phi(z)
    return product
    ### END SOLUTION

# %% wrong="chain_slope" says="weights"
def chain_slope(x, weights, biases, phi, phi_slope):
    h, product = x, 1.0
    for w, b in zip(weights, biases, strict=True):
        z = w * h + b
        product = product * phi_slope(z)
        h = phi(z)
    return product

# %% wrong="chain_slope" says="through the activation"
def chain_slope(x, weights, biases, phi, phi_slope):
    h, product = x, 1.0
    for w, b in zip(weights, biases, strict=True):
        h = w * h + b
        product = product * w * phi_slope(h)
    return product

# %% wrong="chain_slope" says="before the activation"
def chain_slope(x, weights, biases, phi, phi_slope):
    h, product = x, 1.0
    for w, b in zip(weights, biases, strict=True):
        h = phi(w * h + b)
        product = product * w * phi_slope(h)
    return product

# %% wrong="chain_slope" says="same x"
def chain_slope(x, weights, biases, phi, phi_slope):
    product = 1.0
    for w, b in zip(weights, biases, strict=True):
        product = product * w * phi_slope(w * x + b)
    return product

# %% wrong="chain_slope" says="added"
def chain_slope(x, weights, biases, phi, phi_slope):
    h, total = x, 0.0
    for w, b in zip(weights, biases, strict=True):
        z = w * h + b
        total = total + w * phi_slope(z)
        h = phi(z)
    return total

# %% wrong="chain_slope" says="begins at 0"
def chain_slope(x, weights, biases, phi, phi_slope):
    h, product = x, 0.0
    for w, b in zip(weights, biases, strict=True):
        z = w * h + b
        product = product * w * phi_slope(z)
        h = phi(z)
    return product

# %% wrong="chain_slope" says="first neuron alone"
def chain_slope(x, weights, biases, phi, phi_slope):
    h, product = x, 1.0
    for w, b in zip(weights, biases, strict=True):
        z = w * h + b
        product = product * w * phi_slope(z)
        h = phi(z)
        return product

# %% wrong="chain_slope" says="last neuron alone"
def chain_slope(x, weights, biases, phi, phi_slope):
    h, product = x, 1.0
    for w, b in zip(weights, biases, strict=True):
        z = w * h + b
        product = w * phi_slope(z)
        h = phi(z)
    return product

# %% wrong="chain_slope" says="height of the curve"
def chain_slope(x, weights, biases, phi, phi_slope):
    h, product = x, 1.0
    for w, b in zip(weights, biases, strict=True):
        z = w * h + b
        product = product * w * phi(z)
        h = phi(z)
    return product

# %% wrong="chain_slope" says="biases are missing"
def chain_slope(x, weights, biases, phi, phi_slope):
    h, product = x, 1.0
    for w in weights:
        z = w * h
        product = product * w * phi_slope(z)
        h = phi(z)
    return product

# %% check="chain_slope" points=4
def _square(_t):
    return _t**2


def _twice(_t):
    return 2 * _t


_got = chain_slope(1.0, [2.0, 3.0], [1.0, 2.0], _square, _twice)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), f"The slope of a chain is one number; yours has the shape {np.shape(_got)}."
_says = f"For φ(z) = z² with the slope 2z, x = 1, w = (2, 3), b = (1, 2) you get {_got:g}: "
assert not np.isclose(_got, 6 * 58), _says + "the weights are missing. A push is multiplied by each of them, too."
assert not np.isclose(_got, 12 + 174), _says + "that is the sum of the factors. They are multiplied, not added."
assert not np.isclose(_got, 0), _says + "a product that begins at 0 stays 0."
assert not np.isclose(_got, 12), _says + "that is the first neuron alone. Does `return` stand inside the loop?"
assert not np.isclose(_got, 174), (
    _says + "that is the last neuron alone. Its factor should join the product, not take its place."
)
assert not np.isclose(_got, 12 * 3 * 22), (
    _says + "z is handed on as it is. What a neuron sends on has gone through the activation."
)
assert not np.isclose(_got, 2 * 18 * 3 * 1682), (
    _says + "you take the slope at h. It is the slope at z, the number before the activation."
)
assert not np.isclose(_got, 2 * 9 * 3 * 841), (
    _says + "you multiply by φ(z), the height of the curve. A push is multiplied by its slope, phi_slope."
)
assert not np.isclose(_got, 12 * 3 * 10), (
    _says + "every neuron of yours looks at the same x. From the second on it is what the one before it sent out."
)
assert not np.isclose(_got, 2 * 4 * 3 * 24), _says + "the biases are missing from z."
assert np.isclose(_got, 12 * 174), _says + "that is not right. Work out z and h of both neurons by hand."
print("chain_slope is right for two neurons in a row.")
### BEGIN HIDDEN TESTS
# reference: chain_slope, slope
from scipy.special import expit as _expit

_rng = np.random.default_rng(412)
_pairs = (
    (_expit, lambda z: _expit(z) * _expit(-z), "sigmoid"),
    (np.tanh, lambda z: 1 - np.tanh(z) ** 2, "tanh"),
    (lambda z: z, lambda z: 1.0, "linear"),
)
for _phi, _phi_slope, _name in _pairs:
    for _d in (1, 2, 6):
        _w, _b, _x = _rng.normal(size=_d), _rng.normal(size=_d), float(_rng.normal())
        _want = reference_chain_slope(_x, _w, _b, _phi, _phi_slope)

        def _chain(_t, _w=_w, _b=_b, _phi=_phi):
            for _v, _c in zip(_w, _b, strict=True):
                _t = _phi(_v * _t + _c)
            return _t

        _got = chain_slope(_x, _w.copy(), _b.copy(), _phi, _phi_slope)
        assert np.isclose(_got, _want, rtol=1e-7), f"For a chain of {_d} {_name} neurons the slope is wrong."
        assert np.isclose(_got, reference_slope(_chain, _x), atol=1e-7), (
            f"For a chain of {_d} {_name} neurons the slope differs from finite differences of the whole chain."
        )
_relu, _relu_slope = (lambda z: max(z, 0.0)), (lambda z: float(z > 0))
assert chain_slope(1.0, [1.0] * 50, [0.0] * 50, _relu, _relu_slope) == 1, "Fifty open ReLU neurons pass a push on as it is."
assert chain_slope(1.0, [1.0, -1.0, 1.0], [0.0] * 3, _relu, _relu_slope) == 0, "One dead ReLU in the row lets nothing through."
assert chain_slope(0.3, [], [], _relu, _relu_slope) == 1, "A chain of no neurons at all has the slope 1."
### END HIDDEN TESTS

# %% [markdown]
# Now with sigmoids. Every weight is 1 and every bias −½, so that all $z$ stay near 0: the best place that a
# sigmoid has.

# %% tags=["demo"]
for d in (1, 2, 5, 10, 20):
    left = chain_slope(0.5, [1.0] * d, [-0.5] * d, sigmoid, sigmoid_slope)
    print(f"{d:2} sigmoid neurons: {left:.3g} of the push is left")

# %% [markdown]
# After 20 neurons less than a million-millionth is left. And this was the best case: no slope of a sigmoid is
# above ¼, so with weights of 1 the product of $d$ slopes is at most $0.25^d$.
#
# When the product shrinks towards zero with depth, the corrections for the first layers all but disappear. This
# is the **vanishing gradient**. (The gradient is the list of the slopes of the loss, one for each parameter;
# lecture 07.) You may read that sigmoids cause it "for large inputs". Saturation makes it worse, but a quarter in each
# layer is enough.
#
# ### Exercise 4.14: how deep?
#
# Write `layers_until(best_slope, share)`: the smallest number of layers $d$ for which `best_slope ** d` is
# *below* `share`. You may rely on $0 <$ `best_slope` $< 1$ and $0 <$ `share` $\le 1$. A `while` loop repeats its
# indented lines as long as its condition holds.

# %% exercise="layers_until"
def layers_until(best_slope, share):
    """Return the smallest whole d for which best_slope ** d < share."""
    ### BEGIN SOLUTION
    d = 0
    while best_slope**d >= share:
        d += 1
    return d
    ### END SOLUTION

# %% wrong="layers_until" says="one layer too few"
def layers_until(best_slope, share):
    d = 0
    while best_slope ** (d + 1) >= share:
        d += 1
    return d

# %% wrong="layers_until" says="one layer too many"
def layers_until(best_slope, share):
    d, left = 0, 1.0
    while left >= share:
        left = best_slope**d
        d += 1
    return d

# %% wrong="layers_until" says="not be a fraction"
def layers_until(best_slope, share):
    return np.log(share) / np.log(best_slope)

# %% wrong="layers_until" says="exactly on"
def layers_until(best_slope, share):
    d = 0
    while best_slope**d > share:
        d += 1
    return d

# %% wrong="layers_until" says="when to go on"
def layers_until(best_slope, share):
    d = 1
    while best_slope**d < share:
        d += 1
    return d

# %% check="layers_until" points=2
_got = layers_until(0.25, 0.01)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), f"Return one number; yours has the shape {np.shape(_got)}."
assert float(_got) == int(_got), f"You return {_got:.4g}. The number of layers should not be a fraction."
_words = f"For the slope 0.25 and the share 0.01 you return {_got}. "
assert _got != 3, _words + "0.25³ is still above 0.01: one layer too few."
assert _got != 5, _words + "0.25⁴ is already below 0.01: one layer too many."
assert _got not in (0, 1), (
    _words + "Your loop stops at once. After `while` stands when to go on, not when to stop; and `return` comes after it."
)
assert _got == 4, _words + "Write down 0.25, 0.25², … and stop at the first that is below."
print("layers_until is right for one case.")
### BEGIN HIDDEN TESTS
# reference: layers_until
import math as _math

assert layers_until(0.5, 0.125) == 4, (
    "When the product lies exactly on the share, it is not yet below it. Yours stops a layer early."
)
for _slope in (0.1, 0.25, 0.5, 0.9):
    for _share in (0.3, 1e-3, 1e-6):
        _got = layers_until(_slope, _share)
        assert _got == reference_layers_until(_slope, _share), f"Wrong for the slope {_slope} and the share {_share}."
        assert _got == _math.floor(_math.log(_share) / _math.log(_slope)) + 1 or abs(_slope**_got - _share) < 1e-12, (
            f"For the slope {_slope} and the share {_share} logarithms say otherwise."
        )
assert layers_until(0.25, 1.0) == 1, "For the share 1 one layer is enough: 0.25 is below 1, and 0.25⁰ = 1 is not."
### END HIDDEN TESTS

# %% tags=["demo"]
print("sigmoid layers until less than a millionth is left, at best:", layers_until(0.25, 1e-6))

# %% [markdown]
# The other half of each factor is the weight. A sigmoid with weights of 4 could make up for its quarter, at
# $z = 0$ and nowhere else. And where weights and slopes multiply to *more* than 1 in each layer, the product
# grows: 1.5 to the power of 30 is about 190 000. This is the **exploding gradient**: the corrections become so
# large that training jumps about and its numbers overflow.
#
# A chain is the simplest case. Do whole layers behave like it? The next cell measures. A random push enters at
# the first of 30 layers with 100 units each and is carried along: through the weights, then times the slopes,
# unit by unit.

# %% tags=["demo"]
def push_left(phi, phi_slope, spread, layers=30, width=100, examples=50):
    """How large a random push is after each layer, as a share of what went in (the mean over examples)."""
    random = np.random.default_rng(43)
    h, push = random.normal(size=(2, examples, width))
    lengths = [np.linalg.norm(push, axis=1)]
    for _ in range(layers):
        W = random.normal(size=(width, width)) * spread / np.sqrt(width)
        z = h @ W
        push, h = (push @ W) * phi_slope(z), phi(z)
        lengths.append(np.linalg.norm(push, axis=1))
    return np.mean(lengths, axis=1) / np.mean(lengths[0])


runs = (
    ("ReLU, weights 3/√n", relu, relu_slope, 3.0, PINK, (0, (1, 1))),
    ("ReLU, weights √2/√n", relu, relu_slope, np.sqrt(2), VERMILION, "-"),
    ("tanh, weights 1/√n", tanh, tanh_slope, 1.0, GREEN, "--"),
    ("sigmoid, weights 1/√n", sigmoid, sigmoid_slope, 1.0, BLUE, "-."),
)
fig, ax = plt.subplots(figsize=(7.4, 4.2))
for name, phi, phi_slope, spread, colour, style in runs:
    left = push_left(phi, phi_slope, spread)
    ax.semilogy(left, color=colour, linestyle=style, label=name, linewidth=2.4)
    print(f"{name:22}: {left[10]:9.2g} after 10 layers, {left[30]:9.2g} after 30")
ax.semilogy(0.25 ** np.arange(31.0), color="#777777", linewidth=1.2, label="0.25 to the power of d")
ax.set(
    xlabel="layers passed, $d$",
    ylabel="size of the push\n(1 = as it went in)",
    title="A push through layers vanishes, stays or explodes, factor by factor",
)
ax.legend(frameon=False, loc="lower left", fontsize=9.5)
show(
    fig,
    "The size of a push after each of 30 layers, on a logarithmic axis. Through sigmoid layers it falls below the "
    "thin line of 0.25 to the power of d. Through tanh layers it falls slowly. Through ReLU layers with weights of "
    "spread root 2 over root n it stays near 1, and with weights of spread 3 over root n it grows to "
    "billions.",
)

# %% [markdown]
# Three lessons. Sigmoids inside a deep network starve its first layers. ReLU has open paths with slope 1, which
# is its great advantage, but the path of a dead unit has slope 0, and wrong weights still explode: ReLU eases
# the vanishing gradient, it does not abolish it. And which weights are right depends on the activation, so the
# two are chosen together (lecture 12).
#
# ### Exercise 4.15: twenty layers that do not learn (in your own words, 4 points)
#
# A friend trains a network with twenty hidden sigmoid layers (hidden: inside, before the output). The last
# layers change, the first ones hardly do, and the result is poor. "Then I shall train longer", he says.
#
# In four or five sentences: why do the first layers hardly change? Give a number for it. Why does training ten
# times longer not help much? Name one change that helps, and say what this change does to the product.

# %% [markdown] written="twenty_layers" points=4
# ### BEGIN SOLUTION
# A correction for the first layer comes back through the slopes of all twenty layers, multiplied together. A
# sigmoid's slope is at most ¼, so with weights of about 1 the product is at most $0.25^{20} \approx 10^{-12}$,
# and less where units are saturated. Ten times more training multiplies this by ten: $10^{-11}$, still nothing.
# With ReLU (or leaky ReLU, SELU …) inside, the slopes on active paths are 1, so the product no longer shrinks by
# itself, if the weights are chosen to match. (Also valid: fewer layers; larger initial weights that make up for
# the quarter, with the remark that this works only near $z = 0$; normalisation or shortcuts, if explained by the
# product.)
#
# **Mark scheme**
# - 1 point: says that slopes (and weights) are multiplied through the layers
# - 1 point: gives a number that fits: 0.25 at most, $0.25^{20}$, or about $10^{-12}$
# - 1 point: says that ten times a vanishing number is still vanishing
# - 1 point: names a change that helps, with what it does to the product (no point for a name alone)
# ### END SOLUTION

# %% [markdown]
# ## 10. Which activation at the output?
#
# Inside a network take ReLU or a relative, unless you have a reason. The *last* layer is another matter. Its
# range must fit the answer.
#
# | the answer is | activation of the output |
# |---|---|
# | any number: a temperature, a gain or loss | linear |
# | one number that says how likely *yes* is | sigmoid |
# | one of several classes, exactly one is right | softmax: shares that add up to 1 |
# | several yes-or-no answers at once, any number of them yes | a sigmoid for each |
# | a number between −1 and 1 | tanh |
#
# Where only positive numbers make sense, say a waiting time, ReLU is a risky output: it can be dead, and it
# often answers exactly 0. $e^z$, or the softplus $\log(1 + e^z)$ (log is the natural logarithm), is always positive
# and never quite flat at a useful value.
#
# ### Exercise 4.16: choose
#
# Fill in a dictionary named `output_for`, a table from names to values. It is written
# `{"first": "…", "second": "…"}`. The keys are the six tasks, and each value is one of `"linear"`, `"sigmoid"`,
# `"softmax"`, `"tanh"`, `"relu"`.
#
# - `"temperature"`: tomorrow's temperature in °C, in Norway
# - `"spam"`: one number, how likely a message is spam
# - `"animal"`: three numbers, how likely the one animal in the picture is a bear, a snake or a deer
# - `"tags"`: twenty numbers, how likely each of the tags *beach, dog, night …* fits a photo; several may fit
# - `"steering"`: the steering wheel, from −1 (fully left) to 1 (fully right)
# - `"profit"`: a shop's profit next month, in euros

# %% exercise="output_for"
### BEGIN SOLUTION
output_for = {
    "temperature": "linear",
    "spam": "sigmoid",
    "animal": "softmax",
    "tags": "sigmoid",
    "steering": "tanh",
    "profit": "linear",
}
### END SOLUTION

# %% wrong="output_for" says="below zero"
output_for = {
    "temperature": "relu", "spam": "sigmoid", "animal": "softmax", "tags": "sigmoid", "steering": "tanh",
    "profit": "linear",
}

# %% wrong="output_for" says="compete"
output_for = {
    "temperature": "linear", "spam": "sigmoid", "animal": "softmax", "tags": "softmax", "steering": "tanh",
    "profit": "linear",
}

# %% wrong="output_for" says="add up to 1"
output_for = {
    "temperature": "linear", "spam": "sigmoid", "animal": "sigmoid", "tags": "sigmoid", "steering": "tanh",
    "profit": "linear",
}

# %% wrong="output_for" says="always 1"
output_for = {
    "temperature": "linear", "spam": "softmax", "animal": "softmax", "tags": "sigmoid", "steering": "tanh",
    "profit": "linear",
}

# %% wrong="output_for" says="fully left"
output_for = {
    "temperature": "linear", "spam": "sigmoid", "animal": "softmax", "tags": "sigmoid", "steering": "sigmoid",
    "profit": "linear",
}

# %% check="output_for" points=3
_tasks = ("temperature", "spam", "animal", "tags", "steering", "profit")
assert isinstance(output_for, dict), "`output_for` should be a dictionary: {\"task\": \"activation\", …}."
assert set(output_for) == set(_tasks), f"The keys should be these six: {', '.join(_tasks)}."
for _task in _tasks:
    assert output_for[_task] in ("linear", "sigmoid", "softmax", "tanh", "relu"), (
        f"For {_task} you name {output_for[_task]!r}, which is not one of the five."
    )
assert output_for["temperature"] != "relu", "temperature: with ReLU no night in Norway is ever below zero."
assert output_for["temperature"] == "linear", (
    f"temperature: {output_for['temperature']} lets out only numbers of size 1 and below. What about 20 °C?"
)
assert output_for["tags"] != "softmax", (
    "tags: softmax makes the twenty tags compete for one whole, but a beach at night deserves two high numbers."
)
print("All six tasks have an activation; the range fits for temperature, and the tags do not compete.")
### BEGIN HIDDEN TESTS
# reference: output_for
assert output_for["tags"] == reference_output_for["tags"], "tags: each of the twenty numbers must lie between 0 and 1."
assert output_for["spam"] != "softmax", "spam: the softmax of one number alone is always 1, whatever the message."
assert output_for["spam"] == reference_output_for["spam"], "spam: the number must lie between 0 and 1, whatever z is."
assert output_for["animal"] != "sigmoid", (
    "animal: exactly one of the three is right, so the three numbers should add up to 1. Sigmoids know nothing of each other."
)
assert output_for["animal"] == reference_output_for["animal"], "animal: three numbers that are shares of one whole."
assert output_for["steering"] not in ("sigmoid", "softmax", "relu"), (
    "steering: the range that you chose has no negative number, so this car never steers fully left."
)
assert output_for["steering"] == reference_output_for["steering"], "steering: nothing beyond -1 and 1 may come out."
assert output_for["profit"] != "relu", "profit: a loss is a negative profit, and ReLU cannot say so."
assert output_for["profit"] == reference_output_for["profit"], "profit: euros come in thousands, of either sign."
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 4.17: a thermometer that stops at zero (in your own words, 4 points)
#
# A network predicts tomorrow's temperature in °C. Its output neuron is a ReLU. On the data, from −20 to 30 °C,
# one copy of the network answers every frosty day with 0. Another copy answers 0 for *every* day, summer too, and
# does not get better however long it is trained.
#
# In four or five sentences: what explains the first copy? What has happened to the output neuron of the second,
# and why does more training not help? What would you change, and would the same change be right for all the
# *hidden* neurons too? Say why.

# %% [markdown] written="thermometer" points=4
# ### BEGIN SOLUTION
# The range of ReLU begins at 0, so for a frosty day the nearest that the first copy can say is 0. In the
# second copy $z$ of the output neuron is negative for every day: the neuron is dead. There its slope is 0, so
# no correction reaches its weights, nor any weight before it, and more training changes nothing. The output
# should be linear: the range fits any temperature and its slope is 1 everywhere. In the hidden neurons linear
# would be wrong: without a bend all layers collapse into one, so keep ReLU or a relative there.
#
# **Mark scheme**
# - 1 point: the range of ReLU holds no negative number
# - 1 point: the second neuron is dead: z is negative for every day, its slope is 0, no correction comes through
# - 1 point: a linear output, with a reason (range or slope)
# - 1 point: the hidden neurons must keep a bend, since linear layers collapse into one
# ### END SOLUTION

# %% [markdown]
# ## Quiz
#
# One point for each question. In the cell below it, give the name that stands there the letter of your
# choice, in quotes. Run that cell and its check: it explains every choice.

# %% quiz="four_linear_layers" points=1

# %% quiz="slope_from_output" points=1

# %% quiz="chosen_in_the_end" points=1

# %% quiz="leaky_by_maximum" points=1

# %% quiz="dead_by_columns" points=1

# %% quiz="mostly_silent" points=1

# %% quiz="twelve_neurons" points=1

# %% [markdown]
# ## Recap
#
# - Layers with the linear activation collapse: $W = W_1 W_2$ and $b = b_1 W_2 + b_2$. Only a bend between them
#   makes depth worth having.
# - The slope says what is left of a small push. Measure it with two points, one on each side.
# - The step has slope 0: nothing to learn by. The sigmoid has at most ¼, and goes flat on both sides. Tanh reaches
#   1 and is zero-centred, and goes flat as well.
# - ReLU has slope 1 on the right and 0 on the left, where a unit can die. Leaky ReLU, ELU, SELU, swish and GELU
#   treat the left side otherwise. The two constants of SELU keep mean 0 and spread 1, given suitable weights.
# - Formulas on paper can overflow or lose digits: powers of negative numbers only, `expm1` near 0, and $\sigma(-z)$
#   for $1 - \sigma(z)$.
# - Through $d$ layers slopes and weights are multiplied. Below 1 each, the product vanishes ($0.25^d$ at best for
#   sigmoids with weights of 1); above 1 it explodes.
# - The output's activation follows the task: linear, sigmoid, softmax, tanh. Libraries differ in their defaults:
#   ask.
#
# **Next**: lecture 05 connects layers to a network and lets it compute XOR.
#
# **Glossary**: activation function · transfer function · linear activation · step · sigmoid · logistic ·
# saturation · tanh · tanh neuron · zero-centred · ReLU · dying ReLU · leaky ReLU · leaky ReLU neuron · ELU ·
# SELU · swish · SiLU · GELU · Gaussian · radial basis function · softmax · vanishing gradient · exploding
# gradient
#
# **Sources**: K. Fukushima, "Visual feature extraction by a multilayered network of analog threshold
# elements", *IEEE Transactions on Systems Science and Cybernetics* 5 (1969). R. H. R. Hahnloser et al.,
# "Digital selection and analogue amplification coexist in a cortex-inspired silicon circuit", *Nature* 405
# (2000). V. Nair and G. E. Hinton, "Rectified linear units improve restricted Boltzmann machines", *ICML*
# (2010). X. Glorot, A. Bordes and Y. Bengio, "Deep sparse rectifier neural networks", *AISTATS* (2011). A.
# Krizhevsky, I. Sutskever and G. E. Hinton, "ImageNet classification with deep convolutional neural
# networks", *NeurIPS* (2012). A. L. Maas, A. Y. Hannun and A. Y. Ng, "Rectifier nonlinearities improve neural
# network acoustic models", *ICML workshop* (2013). D.-A. Clevert, T. Unterthiner and S. Hochreiter, "Fast and
# accurate deep network learning by exponential linear units (ELUs)", *ICLR* (2016). D. Hendrycks and K.
# Gimpel, "Gaussian error linear units (GELUs)" (2016). G. Klambauer et al., "Self-normalizing neural
# networks", *NeurIPS* (2017). P. Ramachandran, B. Zoph and Q. V. Le, "Searching for activation functions"
# (2017).
