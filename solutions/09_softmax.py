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
#     title: "Softmax: probabilities and decisions"
#     minutes: 110
#     points: 56
# ---

# %% [markdown]
# # Lecture 09: softmax, probabilities and decisions
#
# About 110 minutes. Builds on lectures 02 (pipeline), 04 (activations), 06 (losses), 07 (gradient descent)
# and 08 (backpropagation).
#
# After this lecture you can
#
# 1. turn any scores into probabilities, by hand and in code, for one example or for a whole batch;
# 2. write softmax and cross-entropy so that scores of 1000 do no harm;
# 3. make probabilities sharper or flatter with a temperature;
# 4. derive and code the gradient $p - y$, and the table of all derivatives, the Jacobian;
# 5. choose an action by its expected utility, and say when that is not the likeliest class;
# 6. measure whether a model's probabilities can be trusted.

# %% setup="figures keras" seed=9
np.set_printoptions(precision=4, suppress=True)
GREY = "#666666"

# %% [markdown]
# ## Why it matters
#
# The last layer of a classifier gives one number for each class. These numbers are **scores**: the larger,
# the better the class fits. A score can be 3.1, or −40. What would a doctor do with a score of −40?
#
# People decide with probabilities. "Rain: 70 %" tells you to take a coat. "Rain: 2.3 points" tells you
# nothing. This lecture builds the bridge from scores to probabilities, and a second bridge from
# probabilities to decisions.

# %% [markdown]
# ## 1. From scores to shares
#
# Take three scores $a$, $b$, $c$. You want three new numbers $\alpha$, $\beta$, $\gamma$ (alpha, beta,
# gamma) that
#
# 1. are all positive,
# 2. add up to 1,
# 3. keep the order: the larger score gets the larger number.
#
# A first idea is to divide each score by the sum of all scores. Try it on the scores 2, 0.5 and −1.

# %%
scores = np.array([2.0, 0.5, -1.0])
print(scores / scores.sum())

# %% [markdown]
# The numbers add up to 1, but one is negative and one is above 1. With the scores 1, 0 and −1 you would even
# divide by zero.
#
# Division is a good idea for positive numbers only. So make the scores positive first. The exponential $e^x$
# does it: it is positive for every $x$, and it grows with $x$, so it keeps the order. `np.exp` takes the
# exponential of every entry of an array.

# %%
powers = np.exp(scores)
T = powers.sum()
print("powers", powers)
print("total ", T)
print("shares", powers / T)

# %% [markdown]
# That is all. Each number is put through the exponential, and then the whole is shared out in proportion:
#
# | score | power | share |
# |:---:|:---:|:---:|
# | $a$ | $e^a$ | $\alpha = e^a / T$ |
# | $b$ | $e^b$ | $\beta = e^b / T$ |
# | $c$ | $e^c$ | $\gamma = e^c / T$ |
#
# Here $T = e^a + e^b + e^c$ is the **total**.

# %% tags=["demo"] title="Scores, their powers and their shares"
fig, axes = plt.subplots(1, 3, figsize=(9, 3.1), constrained_layout=True)
names = ["a", "b", "c"]
panels = [(scores, "score", "scores: any sign"), (powers, "power of e", f"powers: positive, total {T:.2f}"),
          (powers / T, "share", "shares: total 1")]
for ax, (values, label, title) in zip(axes, panels, strict=True):
    bars = ax.bar(names, values, color=[BLUE, VERMILION, GREEN], edgecolor="black", width=0.6)
    for bar, hatch in zip(bars, ["", "//", ".."], strict=True):
        bar.set_hatch(hatch)
    ax.bar_label(bars, fmt="%.3g", padding=2)
    ax.axhline(0, color="black", lw=0.8)
    ax.margins(y=0.18)
    ax.set(title=title, xlabel="class", ylabel=label)
    ax.grid(axis="x", visible=False)
fig.suptitle("The order is kept at each step, and only the shares add up to 1")
show(fig, "Three bar charts. Scores 2, 0.5 and minus 1; their powers 7.39, 1.65 and 0.368; their shares "
          "0.786, 0.175 and 0.0391. "
          "The order of the bars is the same in all three.")

# %% [markdown]
# This function is called **softmax**. For any number of classes, write the scores as a vector $z$ (a list of
# numbers, one for each class). The share of class $i$ is
#
# $$p_i = \frac{e^{z_i}}{T}, \qquad T = \sum_j e^{z_j}.$$
#
# Read $\sum_j$ as "add up over all classes $j$". The scores $z$ that go into a softmax are called
# **logits**. In code, the formula is one line. It is called naive here because it will break in part 2.

# %%
def naive_softmax(z):
    """Return the shares e^z / T for the scores z of one example."""
    return np.exp(z) / np.exp(z).sum()


print(naive_softmax(scores))

# %% [markdown]
# ### Two letters that look alike
#
# In this lecture $T$ is always the total. Many books write $T$ for the temperature, which comes in
# part 3. Here the temperature is $\tau$ (the Greek letter tau). When you read a formula elsewhere, look
# which of the two is meant.

# %% [markdown]
# ### Exercise 9.1: softmax by hand (slides: Exercise 6)
#
# The scores are $a = 2$, $b = 1$, $c = 0$. You need only $e^2 \approx 7.389$, $e^1 \approx 2.718$,
# $e^0 = 1$, and a pocket calculator.
#
# Set `total` to $T$. Set `by_hand` to the list of the three outputs $[\alpha, \beta, \gamma]$, each to three
# decimals.

# %% exercise="by_hand"
# total = ...
# by_hand = [..., ..., ...]
### BEGIN SOLUTION
total = 11.107
by_hand = [0.665, 0.245, 0.090]
### END SOLUTION

# %% wrong="by_hand" says="power of e is never 0"
total = 3
by_hand = [0.667, 0.333, 0.0]

# %% wrong="by_hand" says="add up to 1.503"
total = 11.107
by_hand = [1.0, 0.368, 0.135]

# %% wrong="by_hand" says="order"
total = 11.107
by_hand = [0.090, 0.245, 0.665]

# %% wrong="by_hand" says="three decimals"
total = 11.107
by_hand = [0.7, 0.2, 0.1]

# %% check="by_hand" points=3
assert len(by_hand) == 3, (
    f"by_hand holds {len(by_hand)} numbers. There are three scores, so there are three outputs."
)
assert min(by_hand) > 0, (
    f"The smallest of your outputs is {min(by_hand)}. A power of e is never 0 or below: "
    "did you take the power of each score before you shared out?"
)
assert abs(sum(by_hand) - 1) < 0.0025, (
    f"Your outputs add up to {sum(by_hand):.3f}, not to 1. By what must each power be divided?"
)
assert by_hand[0] > by_hand[1] > by_hand[2], (
    "The order has changed: the largest score must get the largest output."
)
print("Your three outputs are positive, add up to 1 and keep the order.")
### BEGIN HIDDEN TESTS
from scipy.special import softmax as _scipy_softmax

assert abs(total - np.exp([2.0, 1.0, 0.0]).sum()) < 0.01, (
    f"Your total T is {total}. T is the sum of the three powers of e."
)
assert np.allclose(by_hand, _scipy_softmax([2.0, 1.0, 0.0]), atol=0.0011), (
    "Your outputs have the right form, but at least one value is off. Divide each power by T, and give "
    "three decimals."
)
### END HIDDEN TESTS

# %% [markdown]
# ### What has this to do with probability?
#
# The **probability** of an event $A$, where all outcomes are equally likely, is
#
# $$P(A) = \frac{\text{number of outcomes that are favourable to } A}{\text{number of all outcomes}}.$$
#
# A box holds 20 photographs: 17 cats, 2 dogs and 1 rabbit. You draw one blindly. Then
# $P(\text{cat}) = 17/20 = 0.85$, $P(\text{dog}) = 2/20 = 0.10$ and $P(\text{rabbit}) = 1/20 = 0.05$.
#
# Softmax does the same division. The power $e^{z_i}$ plays the part of the favourable outcomes, and $T$ the
# part of all outcomes. To get the box, choose scores whose powers are 17, 2 and 1. The number whose power of
# $e$ is 17 is the natural logarithm of 17, `np.log(17)`.

# %%
box = np.log([17, 2, 1])
print("scores", box)
print("shares", naive_softmax(box))

# %% [markdown]
# So softmax gives numbers that keep the rules of probability: none is negative, and together they make 1. A
# trained network has no box to count. Its shares are what the model *believes*, and a belief can be wrong.
# Part 8 measures by how much.

# %% [markdown]
# ### Exercise 9.2: the way back
#
# Which scores give the probabilities $p$? Since $p_i = e^{z_i}/T$, taking the logarithm gives
# $z_i = \log p_i + \log T$. The last term is one number, the same for every class. Call it $c$. Any $c$ will
# do: the answer has one free constant.
#
# Write `scores_for(p, c)`: the scores $\log p_i + c$.

# %% exercise="scores_for"
def scores_for(p, c=0.0):
    """Return scores whose softmax is p, an array of positive probabilities. c: the free constant."""
    ### BEGIN SOLUTION
    return np.log(p) + c
    ### END SOLUTION


# %% wrong="scores_for" says="Their softmax is not p"
def scores_for(p, c=0.0):
    return p + c


# %% wrong="scores_for" says="raises every score by c"
def scores_for(p, c=0.0):
    return np.log(p + c)


# %% wrong="scores_for" says="opposite of the exponential"
def scores_for(p, c=0.0):
    return np.exp(p) + c


# %% check="scores_for" points=3
_p = np.array([0.85, 0.10, 0.05])
_got = scores_for(_p)
assert np.shape(_got) == (3,), (
    f"The shape is {np.shape(_got)}, not (3,): one score for each class. Is there a return?"
)
assert not np.allclose(_got, _p), (
    "You return the probabilities themselves. Their softmax is not p: cat would fall to 0.52."
)
assert not np.allclose(_got, np.exp(_p)), (
    "You take the power of e once more. Undo it: the opposite of the exponential is needed."
)
assert np.allclose(naive_softmax(_got), _p), f"The softmax of your scores is {naive_softmax(_got)}, not {_p}."
_moved = np.asarray(scores_for(_p, c=5.0)) - np.asarray(_got)
assert np.allclose(_moved, 5.0), (
    f"With c = 5 your scores move by {_moved}. The constant raises every score by c, after the logarithm."
)
print("Your scores give cat 0.85, dog 0.10, rabbit 0.05, whatever c is.")
### BEGIN HIDDEN TESTS
# reference: scores_for
from scipy.special import softmax as _scipy_softmax

_rng = np.random.default_rng(12)
for _n in (2, 3, 30):
    _p = _rng.dirichlet(np.ones(_n))
    _c = _rng.normal() * 10
    _before = _p.copy()
    _got = scores_for(_p, _c)
    assert np.allclose(_scipy_softmax(_got), _p), f"For {_n} classes, the softmax of your scores is not p."
    assert np.allclose(_got, reference_scores_for(_p, _c)), (
        f"For {_n} classes, the scores do not hold the constant c as asked."
    )
    assert np.array_equal(_p, _before), (
        "Your function has changed the array p. Leave what you are given as it is."
    )
assert np.isclose(scores_for(np.array([1.0, 1e-300]))[1], -300 * np.log(10)), (
    "A tiny probability, 1e-300, has a finite score too."
)
### END HIDDEN TESTS

# %% [markdown]
# Two things to keep from this exercise.
#
# - A difference of scores is the logarithm of a ratio: $z_i - z_j = \log(p_i / p_j)$. Only differences carry
#   meaning.
# - The logarithm of 0 is minus infinity. So no finite score makes a probability exactly 0. On paper, softmax
#   never rules a class out completely.

# %% [markdown]
# ## 2. What changes nothing, and what breaks
#
# Add the same number $c$ to every score. Each power becomes $e^{z_i + c} = e^{z_i} e^c$, and so the total
# becomes $T e^c$. The factor $e^c$ cancels:
#
# $$\frac{e^{z_i} e^c}{T e^c} = \frac{e^{z_i}}{T}.$$
#
# Softmax does not notice a common shift. This is called **shift invariance**.

# %%
print(naive_softmax(scores))
print(naive_softmax(scores + 100))

# %% [markdown]
# That is the mathematics. A computer is less patient. Shift by 1000, which should change nothing.
# (`np.errstate` keeps NumPy's warnings quiet.)

# %%
with np.errstate(over="ignore", invalid="ignore"):
    print("power ", np.exp(1000.0))
    print("shares", naive_softmax(scores + 1000))
print("largest float64:", np.finfo(np.float64).max, "= e to the", np.log(np.finfo(np.float64).max))

# %% [markdown]
# A float64, the number type of NumPy, ends at about $1.8 \cdot 10^{308}$. That is $e^{709.78}$. A larger power
# *overflows*, as in lecture 04: it becomes `inf`, infinity. Then `inf / inf` is `nan`, "not a number".
#
# At the other end, $e^{-1000}$ is so small that it is rounded to 0: it *underflows*. If all powers are 0,
# you divide 0 by 0.

# %%
with np.errstate(invalid="ignore"):
    print(naive_softmax(scores - 1000))

# %% [markdown]
# Shift invariance is the cure. You may subtract any number, so subtract the largest score, $m = \max_j z_j$:
#
# $$p_i = \frac{e^{z_i - m}}{\sum_j e^{z_j - m}}.$$
#
# Now the largest exponent is exactly 0 and its power exactly 1. No power is above 1, so none overflows. The
# total is at least 1, so you never divide by 0. Powers that underflow belong to classes whose share is 0 for
# all practical purposes.

# %% tags=["demo"]
shifts = np.linspace(-900, 900, 1801)
with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
    naive = np.array([naive_softmax(scores + s)[0] for s in shifts])
right = naive_softmax(scores)[0]
fine = np.isfinite(naive) & np.isclose(naive, right, atol=1e-3)

fig, ax = plt.subplots(figsize=(8, 3.2), constrained_layout=True)
ax.axhline(right, color=GREEN, lw=6, alpha=0.35, label="maximum subtracted: right everywhere")
ax.plot(shifts[fine], naive[fine], color=BLUE, ls="--", lw=2, label="naive formula")
for side in (shifts[~fine & (shifts < 0)], shifts[~fine & (shifts > 0)]):
    ax.axvspan(side.min(), side.max(), facecolor=VERMILION, alpha=0.12, hatch="//", edgecolor=VERMILION, lw=0)
ax.text(-820, 0.25, "0 / 0", ha="center", bbox={"facecolor": "white", "edgecolor": "none"})
ax.text(805, 0.25, "inf / inf", ha="center", bbox={"facecolor": "white", "edgecolor": "none"})
ax.set(title="The naive formula has no answer when the scores are far from 0", xlim=(-900, 900), ylim=(0, 1),
       xlabel="number added to every score", ylabel="share of class a")
ax.legend(loc="lower center")
show(fig, "The share of class a against the number added to every score. With the maximum subtracted it is "
          "0.786 everywhere. "
          "The naive formula agrees between about minus 740 and plus 707. Just left of that its numbers are "
          "wrong, and from minus 748 on it is 0 by 0. On the right it is infinity by infinity.")

# %% [markdown]
# ### Exercise 9.3: a softmax that does not break
#
# Write `stable_softmax(z)` for the scores of one example. `z.max()` is the largest entry. Do not change `z`
# itself.

# %% exercise="stable_softmax"
def stable_softmax(z):
    """Return the softmax of z, an array of shape (n,), for finite scores of any size."""
    ### BEGIN SOLUTION
    powers = np.exp(z - z.max())
    return powers / powers.sum()
    ### END SOLUTION


# %% wrong="stable_softmax" says="overflow"
def stable_softmax(z):
    powers = np.exp(z)
    return powers / powers.sum()


# %% wrong="stable_softmax" says="add up to"
def stable_softmax(z):
    return np.exp(z - z.max()) / np.exp(z).sum()


# %% wrong="stable_softmax" says="far above the rest"
def stable_softmax(z):
    powers = np.exp(z - z.mean())
    return powers / powers.sum()


# %% wrong="stable_softmax" says="changed the array"
def stable_softmax(z):
    z -= z.max()
    powers = np.exp(z)
    return powers / powers.sum()


# %% check="stable_softmax" points=3
_z = np.array([2.0, 0.5, -1.0])
_got = stable_softmax(_z)
assert np.shape(_got) == (3,), (
    f"The shape is {np.shape(_got)}, not (3,): one share for each score. Is there a return?"
)
assert np.isclose(np.sum(_got), 1), (
    f"The shares of (2, 0.5, -1) add up to {np.sum(_got):.4g}, not to 1. Are the powers above and below the "
    "fraction bar the same?"
)
assert np.array_equal(_z, [2.0, 0.5, -1.0]), (
    "Your function has changed the array z. Make a new array instead."
)
_got = stable_softmax(np.array([1000.0, 1001.0, 1002.0]))
assert np.all(np.isfinite(_got)), (
    f"For (1000, 1001, 1002) you return {_got}. The powers overflow: make the exponents small before "
    "np.exp."
)
assert np.allclose(_got, naive_softmax(np.array([0.0, 1.0, 2.0]))), (
    "(1000, 1001, 1002) must give the same shares as (0, 1, 2)."
)
print("Your softmax is right for small scores, and holds at 1000.")
### BEGIN HIDDEN TESTS
# reference: stable_softmax
from scipy.special import softmax as _scipy_softmax

_rng = np.random.default_rng(21)
for _n in (1, 2, 10, 1000):
    _z = _rng.normal(size=_n) * 5
    _before = _z.copy()
    _got = stable_softmax(_z)
    assert np.shape(_got) == (_n,), f"For {_n} scores the shape is {np.shape(_got)}, not ({_n},)."
    assert np.allclose(_got, reference_stable_softmax(_z)), (
        f"For {_n} random scores the shares are not right."
    )
    assert np.allclose(_got, _scipy_softmax(_z)), f"For {_n} random scores your shares differ from SciPy's."
    assert np.array_equal(_z, _before), "Your function has changed the array z. Make a new array instead."
_got = stable_softmax(np.full(4, -1e5))
assert np.allclose(_got, 0.25), (
    "Four equal scores far below zero must share equally. Do all your powers underflow to 0?"
)
_z = np.array([0.0] * 9 + [3000.0])
assert np.allclose(stable_softmax(_z), _scipy_softmax(_z)), (
    "One score far above the rest breaks your function. Which number must you subtract so that no exponent "
    "is above 0?"
)
_z = np.array([0.0] * 9 + [-3000.0])
assert np.allclose(stable_softmax(_z), _scipy_softmax(_z)), (
    "One score far below the rest breaks your function. Which number must you subtract so that no exponent "
    "is above 0?"
)
### END HIDDEN TESTS

# %% [markdown]
# ### Many examples at once
#
# A batch of scores is a matrix: one row for each example, one column for each class. Softmax acts on each
# row by itself.
#
# NumPy calls the directions of an array its axes. In a matrix, axis 0 runs down the rows and axis 1 runs
# along the columns. `z.sum(axis=1)` adds along axis 1, so it gives one sum for each row. The axis that is
# summed disappears from the shape.

# %%
batch = np.array([[2.0, 0.5, -1.0], [0.0, 0.0, 0.0]])
print("batch        ", batch.shape)
print("sums of rows ", batch.sum(axis=1).shape)
print("with keepdims", batch.sum(axis=1, keepdims=True).shape)

# %% [markdown]
# With `keepdims=True` the axis stays, with length 1, as in lecture 02. That matters for what comes next. When
# NumPy combines a shape (2, 3) with a shape (2, 1), it repeats the single column: each row meets its own
# number (broadcasting, as in lecture 03). Without `keepdims` the sums have the shape (2,). NumPy would match
# them with the columns, of which there are three, and stop with an error. In a square matrix it would not
# even stop: each column would meet the number of a row.
#
# Classes do not always lie on the last axis. The default, the value used when the caller gives none, is
# `axis=-1`. It means "the last axis", and the caller may name another one.

# %% [markdown]
# ### Exercise 9.4: softmax over any axis
#
# Write `softmax(z, axis=-1)` for an array with any number of axes. It is stable, along the given axis, and
# leaves `z` as it is. Both `max` and `sum` take `axis` and `keepdims`.

# %% exercise="softmax"
def softmax(z, axis=-1):
    """Return the softmax of z along one axis. The shape stays the same."""
    ### BEGIN SOLUTION
    powers = np.exp(z - z.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)
    ### END SOLUTION


# %% wrong="softmax" says="the whole array"
def softmax(z, axis=-1):
    powers = np.exp(z - z.max())
    return powers / powers.sum()


# %% wrong="softmax" says="line up with the columns"
def softmax(z, axis=-1):
    powers = np.exp(z - z.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis)


# %% wrong="softmax" says="axis=0"
def softmax(z, axis=-1):
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


# %% wrong="softmax" says="its own maximum"
def softmax(z, axis=-1):
    powers = np.exp(z - z.max())
    return powers / powers.sum(axis=axis, keepdims=True)


# %% check="softmax" points=5
_z = np.array([[2.0, 0.5, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 5.0]])
_got = softmax(_z)
assert np.shape(_got) == (3, 3), (
    f"The shape is {np.shape(_got)}, not (3, 3): softmax keeps the shape. Is there a return?"
)
assert not np.isclose(np.sum(_got), 1), (
    "Here the whole array adds up to 1. Each row is an example of its own and needs its own total."
)
_sums = np.sum(_got, axis=1)
assert np.allclose(_sums, 1), (
    f"The rows add up to {_sums}, not to 1. Print the shape of your sums: a shape (3,) is made to line up "
    "with the columns, not the rows."
)
assert np.allclose(_got[0], naive_softmax(_z[0])), (
    "The rows add up to 1, but the first row has other shares than it has alone. Which maximum is "
    "subtracted from which row?"
)
_sums = np.sum(softmax(_z, axis=0), axis=0)
assert np.allclose(_sums, 1), (
    f"With axis=0 each column must add up to 1; yours add up to {_sums}. Does your function use its axis?"
)
print("Your softmax works along rows and along columns.")
### BEGIN HIDDEN TESTS
# reference: softmax
from scipy.special import softmax as _scipy_softmax

_rng = np.random.default_rng(22)
for _shape in ((4,), (5, 3), (3, 5), (4, 4), (2, 3, 4), (1, 1)):
    _z = _rng.normal(size=_shape) * 3
    _before = _z.copy()
    for _axis in range(-len(_shape), len(_shape)):
        _got = softmax(_z, axis=_axis)
        assert np.shape(_got) == _shape, (
            f"For an array of shape {_shape} and axis={_axis} the shape becomes {np.shape(_got)}."
        )
        assert np.allclose(_got, reference_softmax(_z, axis=_axis)), (
            f"For shape {_shape} and axis={_axis} the values are not right."
        )
        assert np.allclose(_got, _scipy_softmax(_z, axis=_axis)), (
            f"For shape {_shape} and axis={_axis} you differ from SciPy."
        )
    assert np.array_equal(_z, _before), "Your function has changed the array z. Make a new array instead."
_z = np.array([[1000.0, 1001.0], [-1000.0, -1001.0]])
_got = softmax(_z)
assert np.isfinite(_got).all(), (
    "A row near 1000 and a row near -1000 in one batch give nan. Each example must be shifted by its own "
    "maximum."
)
assert np.allclose(_got, _scipy_softmax(_z, axis=1)), (
    "A row near 1000 and a row near -1000 in one batch give wrong shares."
)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 9.5: why the maximum? (in your own words, 4 points)
#
# Shift invariance allows you to subtract any number. A friend subtracts the **smallest** score instead of
# the largest.
#
# Is her formula right on paper? On which scores does it fail in float64, and why does the maximum not fail
# there? Why is it harmless that, with the maximum, some powers become exactly 0? Answer in three to six
# sentences.

# %% [markdown] written="why_maximum" points=4
# ### BEGIN SOLUTION
# On paper her formula is right, since a common factor cancels whatever number is subtracted. In float64 it
# fails when the scores are far apart: for (0, 1000) she computes $e^{1000}$, which overflows, and gets inf /
# inf = nan. With the maximum subtracted no exponent is above 0, so no power is above 1, and the total is at
# least 1 because the largest class contributes exactly 1. A power that underflows to 0 belongs to a class
# more than 700 below the best. Its true share is below $10^{-300}$, so writing 0 changes nothing in the
# total.
#
# **Mark scheme**
# - 1 point: says that the formula is right on paper (shift invariance, the factor cancels)
# - 1 point: gives scores that are far apart, and names the overflow or the nan
# - 1 point: says that with the maximum no power is above 1, or that the total is at least 1
# - 1 point: says that a power which underflows is negligible beside a total of at least 1
# ### END SOLUTION

# %% [markdown]
# ## 3. Temperature: how sure should it sound?
#
# Divide every score by a positive number $\tau$ (tau) before the softmax. It is called the **temperature**,
# a word borrowed from physics:
#
# $$p_i = \frac{e^{z_i/\tau}}{\sum_j e^{z_j/\tau}}.$$
#
# - A low temperature stretches the differences between scores. As $\tau$ goes to 0, the best class takes
#   everything: the shares become one-hot. (If several classes tie for the best, they share equally.)
# - A high temperature shrinks the differences. As $\tau$ grows, every class gets the same share: the shares
#   become uniform.
# - $\tau = 1$ is plain softmax.
#
# The order of the classes never changes.

# %%
for tau in (0.1, 1.0, 10.0):
    print(tau, naive_softmax(box / tau))

# %% tags=["demo"]
taus = np.logspace(-1.3, 2, 200)
curves = np.array([naive_softmax(box / tau - (box / tau).max()) for tau in taus])
fig, ax = plt.subplots(figsize=(8, 3.4), constrained_layout=True)
looks = [("cat", BLUE, "-"), ("dog", VERMILION, "--"), ("rabbit", GREEN, "-.")]
for k, (name, colour, style) in enumerate(looks):
    ax.plot(taus, curves[:, k], color=colour, ls=style, lw=2.2, label=name)
ax.axvline(1, color=GREY, lw=1)
ax.text(0.94, 0.78, "τ = 1\nplain softmax", color=GREY, va="top", ha="right")
ax.axhline(1 / 3, color=GREY, ls=":", lw=1)
ax.text(0.052, 0.35, "1/3", color=GREY)
ax.set(title="Cold: the best class takes all. Hot: all classes share alike", xscale="log",
       xlim=(taus[0], taus[-1]), ylim=(0, 1.02),
       xlabel="temperature τ (logarithmic scale)", ylabel="probability")
ax.legend(title="class", loc="upper right")
show(fig, "Probabilities of cat, dog and rabbit against temperature. Below about 0.3 cat is near 1. At 1 "
          "they are 0.85, 0.10 and 0.05. "
          "Towards 100 all three curves meet at one third.")

# %% [markdown]
# ### Play with it
#
# Move the three scores and the temperature, by mouse or with the arrow keys. Try to answer before you try it
# out:
#
# 1. Two equal scores: what do the two bars do when the temperature changes?
# 2. At which temperature does the cat fall to 0.50 from the starting position?
# 3. Move the shift. Which columns of the table change, and which do not? At which shift does the naive
#    formula break?

# %% playground="softmax" height=720
seed = {"scores": [2.85, 0.7, 0.0], "names": ["cat", "dog", "rabbit"], "temperature": 1.0, "shift": 0}

# %% [markdown]
# ### Exercise 9.6: softmax with a temperature
#
# Write `tempered_softmax(z, tau)`, along the last axis. It must hold for a temperature of 0.001 too. Use
# your `softmax`.

# %% exercise="tempered_softmax"
def tempered_softmax(z, tau=1.0):
    """Return the softmax of z at temperature tau > 0, along the last axis."""
    ### BEGIN SOLUTION
    return softmax(z / tau)
    ### END SOLUTION


# %% wrong="tempered_softmax" says="other way round"
def tempered_softmax(z, tau=1.0):
    return softmax(z * tau)


# %% wrong="tempered_softmax" says="add up to 2"
def tempered_softmax(z, tau=1.0):
    return softmax(z) / tau


# %% wrong="tempered_softmax" says="temperature of 0.001"
def tempered_softmax(z, tau=1.0):
    powers = np.exp(z) ** (1 / tau)
    return powers / powers.sum(axis=-1, keepdims=True)


# %% check="tempered_softmax" points=3
_z = np.array([2.0, 1.0, 0.0])
_got = tempered_softmax(_z, 0.5)
assert np.shape(_got) == (3,), f"The shape is {np.shape(_got)}, not (3,). Is there a return?"
assert np.isclose(np.sum(_got), 1), (
    f"At tau = 0.5 the shares add up to {np.sum(_got):.4g}. The temperature belongs to the scores, before "
    "the softmax."
)
assert np.allclose(tempered_softmax(_z, 1.0), naive_softmax(_z)), (
    "At tau = 1 the result must be the plain softmax."
)
assert _got[0] > naive_softmax(_z)[0], (
    f"At tau = 0.5 the best class has {_got[0]:.3f}, less than at tau = 1. Cold must be sharper: yours "
    "works the other way round."
)
print("Cold is sharper, and the shares add up to 1.")
### BEGIN HIDDEN TESTS
# reference: tempered_softmax
from scipy.special import softmax as _scipy_softmax

_rng = np.random.default_rng(31)
for _tau in (0.2, 1.0, 3.7):
    for _shape in ((4,), (6, 3), (3, 3)):
        _z = _rng.normal(size=_shape) * 2
        _before = _z.copy()
        _got = tempered_softmax(_z, _tau)
        assert np.shape(_got) == _shape, f"For scores of shape {_shape} the shape becomes {np.shape(_got)}."
        assert np.allclose(_got, reference_tempered_softmax(_z, _tau)), (
            f"At temperature {_tau} and shape {_shape} the values are off."
        )
        assert np.allclose(_got, _scipy_softmax(_z / _tau, axis=-1)), (
            f"At temperature {_tau} you differ from SciPy."
        )
        assert np.array_equal(_z, _before), "Your function has changed the array z."
with np.errstate(all="ignore"):
    _got = tempered_softmax(np.array([3.0, 1.0, 2.0]), 0.001)
assert np.allclose(_got, [1, 0, 0]), (
    f"At a temperature of 0.001 the best class must take all; you return {_got}. Does a power overflow?"
)
_got = tempered_softmax(np.array([3.0, 1.0, 3.0]), 0.001)
assert np.allclose(_got, [0.5, 0, 0.5]), "Two classes that tie for the best must share equally in the cold."
_got = tempered_softmax(np.array([3.0, 1.0, 2.0]), 1e7)
assert np.allclose(_got, 1 / 3, atol=1e-5), (
    "At a very high temperature all three classes must come near one third."
)
### END HIDDEN TESTS

# %% [markdown]
# ## 4. Two classes: the sigmoid again
#
# With two classes there are two scores, $a$ and $b$. Divide the fraction above and below by $e^a$:
#
# $$\frac{e^a}{e^a + e^b} = \frac{1}{1 + e^{b - a}} = \frac{1}{1 + e^{-(a - b)}} = \sigma(a - b).$$
#
# That is the **sigmoid** $\sigma$ (sigma) of lecture 04, taken of the difference of the scores. Only the
# difference matters, so you may fix $b = 0$. Then one score is enough: $\sigma(a)$ is the share of class $a$
# against a class whose score is always 0.
#
# So a network for two classes can end in two neurons and a softmax, or in one neuron and a sigmoid. They can
# say the same things.

# %% tags=["demo"]
difference = np.linspace(-6, 6, 121)
two = np.array([naive_softmax(np.array([d, 0.0]))[0] for d in difference])
fig, ax = plt.subplots(figsize=(8, 3.2), constrained_layout=True)
ax.plot(difference, two, color=BLUE, lw=5, alpha=0.4, label="first share of softmax(a, b)")
ax.plot(difference[::6], 1 / (1 + np.exp(-difference[::6])), color=VERMILION, ls="", marker="o", ms=5,
        label="sigmoid(a − b)")
ax.plot(0, 0.5, color="black", marker="s", ms=8, ls="")
ax.annotate("equal scores: one half", (0, 0.5), (0.7, 0.36))
ax.set(title="With two classes, softmax is the sigmoid of the difference", ylim=(-0.03, 1.03),
       xlabel="difference of the scores, a − b", ylabel="share of class a")
ax.legend(loc="upper left")
show(fig, "The share of class a against the difference a minus b, an S-shaped curve through one half at 0. "
          "Dots of the sigmoid lie exactly on the curve of the two-class softmax.")

# %% [markdown]
# ### Exercise 9.7: the sigmoid as a softmax of two
#
# Write `sigmoid_by_softmax(z)` for an array of any shape, with your `softmax` and without a formula for the
# sigmoid. Each number $z$ competes with a second score. Two tools: `np.zeros_like(z)` is an array of zeros
# with the shape of `z`, and `np.stack([u, v], axis=-1)` puts two arrays side by side on a new last axis.
# `s[..., 0]` takes the first entry of the last axis.

# %% exercise="sigmoid_by_softmax"
def sigmoid_by_softmax(z):
    """Return the sigmoid of every number in z, computed as the first share of a softmax of two."""
    ### BEGIN SOLUTION
    pairs = np.stack([z, np.zeros_like(z)], axis=-1)
    return softmax(pairs)[..., 0]
    ### END SOLUTION


# %% wrong="sigmoid_by_softmax" says="twice as steep"
def sigmoid_by_softmax(z):
    return softmax(np.stack([z, -z], axis=-1))[..., 0]


# %% wrong="sigmoid_by_softmax" says="falls"
def sigmoid_by_softmax(z):
    return softmax(np.stack([z, np.zeros_like(z)], axis=-1))[..., 1]


# %% wrong="sigmoid_by_softmax" says="against each other"
def sigmoid_by_softmax(z):
    return softmax(z)


# %% check="sigmoid_by_softmax" points=3
_z = np.array([-1.0, 0.0, 1.0])
_got = sigmoid_by_softmax(_z)
assert np.shape(_got) == (3,), (
    f"The shape is {np.shape(_got)}, not (3,): one number for each z. Is there a return?"
)
assert np.isclose(_got[1], 0.5), (
    f"For z = 0 you return {_got[1]:.4g}, not one half. Do the numbers of z compete against each other? "
    "Each has a rival of its own."
)
assert not np.isclose(_got[2], _got[0]), (
    "Your curve is level: z competes with itself. Which score should its rival have?"
)
assert _got[2] > _got[0], "Your curve falls. Which of the two shares belongs to z?"
assert not np.isclose(_got[2], naive_softmax(np.array([1.0, -1.0]))[0]), (
    "Your curve is twice as steep. Which score makes the difference equal to z?"
)
print("Your curve rises through one half at 0.")
### BEGIN HIDDEN TESTS
# reference: sigmoid_by_softmax
from scipy.special import expit as _expit

_rng = np.random.default_rng(41)
for _shape in ((1,), (7,), (4, 2), (2, 3, 4)):
    _z = _rng.normal(size=_shape) * 4
    _before = _z.copy()
    _got = sigmoid_by_softmax(_z)
    assert np.shape(_got) == _shape, f"For shape {_shape} the result has shape {np.shape(_got)}."
    assert np.allclose(_got, reference_sigmoid_by_softmax(_z)), (
        f"For shape {_shape} the values are not right."
    )
    assert np.allclose(_got, _expit(_z)), f"For shape {_shape} your values differ from the sigmoid of SciPy."
    assert np.array_equal(_z, _before), "Your function has changed the array z."
with np.errstate(all="ignore"):
    _got = sigmoid_by_softmax(np.array([-1000.0, 1000.0]))
assert np.allclose(_got, [0, 1]), (
    "At -1000 and 1000 the sigmoid must be 0 and 1, not nan. Does your softmax subtract the maximum?"
)
### END HIDDEN TESTS

# %% [markdown]
# ## 5. The loss, straight from the scores
#
# Lecture 06 measured a prediction $p$ against a label $y$ by the **categorical cross-entropy**:
#
# $$L = -\sum_i y_i \log p_i.$$
#
# For a hard label, $y$ is one-hot, and only the term of the true class is left: $L = -\log p_{\text{true}}$.
# A cat that got 0.85 costs $-\log 0.85 = 0.1625$.
#
# There is a trap. A class can be so unlikely that its share is rounded to 0, and the logarithm of 0 is minus
# infinity.

# %%
far = np.array([0.0, 1000.0])
with np.errstate(divide="ignore"):
    print(np.log(naive_softmax(far - far.max())))

# %% [markdown]
# The true value of the first logarithm is −1000, a perfectly good number. It was lost on the way. So do not
# go that way. The logarithm of a fraction is a difference:
#
# $$\log p_i = \log \frac{e^{z_i}}{T} = z_i - \log T.$$
#
# The first term is the score itself: no exponential, nothing lost. The second is called **log-sum-exp**,
# since $T$ is a sum of exponentials. It too is safe once the maximum $m$ is taken out:
# $\log T = m + \log \sum_j e^{z_j - m}$. The sum is at least 1, so its logarithm exists.

# %%
m = far.max()
log_T = m + np.log(np.exp(far - m).sum())
print(far - log_T)

# %% [markdown]
# So a loss takes logits, not probabilities. Keras does the same when you tell it `from_logits=True`. Forget
# the word, and Keras takes your logits for probabilities. Give it probabilities *and* the word, and softmax
# is applied twice. Nothing crashes; training is only worse.

# %% tags=["demo"]
logits, label = np.array([[2.833, 0.693, 0.0]]), np.array([[1.0, 0.0, 0.0]])
from_logits = keras.losses.CategoricalCrossentropy(from_logits=True)
from_shares = keras.losses.CategoricalCrossentropy()
print("right: logits, from_logits=True  ", float(from_logits(label, logits)))
print("right: probabilities, no word    ", float(from_shares(label, naive_softmax(logits[0])[None])))
print("wrong: softmax applied twice     ", float(from_logits(label, naive_softmax(logits[0])[None])))

# %% [markdown]
# ### Exercise 9.8: cross-entropy from logits
#
# Write `cross_entropy_from_logits(z, y)`. The logits `z` and the labels `y` have the shape (examples,
# classes). For each example compute $-\sum_i y_i \log p_i$ with the safe logarithm above. Return the mean
# over the examples, one number. The labels may be soft, such as (0.60, 0.25, 0.15).

# %% exercise="cross_entropy_from_logits"
def cross_entropy_from_logits(z, y):
    """Return the mean cross-entropy, one number. z (logits) and y (labels): shape (examples, classes)."""
    ### BEGIN SOLUTION
    shifted = z - z.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-(y * log_p).sum(axis=1).mean())
    ### END SOLUTION


# %% wrong="cross_entropy_from_logits" says="share is rounded to 0"
def cross_entropy_from_logits(z, y):
    return float(-(y * np.log(softmax(z))).sum(axis=1).mean())


# %% wrong="cross_entropy_from_logits" says="sum, not the mean"
def cross_entropy_from_logits(z, y):
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return float(-(y * log_p).sum())


# %% wrong="cross_entropy_from_logits" says="divided by the number of classes"
def cross_entropy_from_logits(z, y):
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return float(-(y * log_p).mean())


# %% wrong="cross_entropy_from_logits" says="applied twice"
def cross_entropy_from_logits(z, y):
    p = softmax(z)
    return float(-(y * np.log(softmax(p))).sum(axis=1).mean())


# %% wrong="cross_entropy_from_logits" says="negative"
def cross_entropy_from_logits(z, y):
    shifted = z - z.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float((y * log_p).sum(axis=1).mean())


# %% check="cross_entropy_from_logits" points=4
_z, _y = np.log([[0.85, 0.10, 0.05]]) - 3, np.array([[1.0, 0.0, 0.0]])
_got = cross_entropy_from_logits(_z, _y)
assert _got is not None, "Your function gives nothing back. Is there a return?"
assert np.shape(_got) == (), f"The shape is {np.shape(_got)}, not (): the loss of a batch is one number."
assert np.isfinite(_got), f"The loss is {_got}. Of what do you take the logarithm? A logit may be negative."
assert _got > 0, (
    f"The loss is {_got:.4g}, and it must not be negative. The logarithm of a share is below 0: mind the "
    "sign."
)
assert not np.isclose(_got, 0.6532, atol=1e-3), (
    "The loss is 0.653. Softmax seems to be applied twice: the input is logits, not shares."
)
assert not np.isclose(_got, 0.1625 / 3, atol=1e-4), (
    "The loss of one example is divided by the number of classes. Add over classes first."
)
assert np.isclose(_got, 0.1625, atol=1e-4), (
    f"One cat with the share 0.85 costs {_got:.4g} with you; the text above gives another number."
)
_got = cross_entropy_from_logits(np.repeat(_z, 4, axis=0), np.repeat(_y, 4, axis=0))
assert np.isclose(_got, 0.1625, atol=1e-4), (
    f"Four equal examples cost {_got:.4g}, one of them 0.1625. A batch gives the mean; yours looks like the "
    "sum, not the mean."
)
print("One cat with the share 0.85 costs 0.1625, and so do four of them on average.")
### BEGIN HIDDEN TESTS
# reference: cross_entropy_from_logits
from scipy.special import log_softmax as _log_softmax

_rng = np.random.default_rng(51)
for _n, _k in ((1, 2), (3, 3), (20, 5), (5, 20)):
    _z = _rng.normal(size=(_n, _k)) * 3
    _hard, _soft = np.eye(_k)[_rng.integers(_k, size=_n)], _rng.dirichlet(np.ones(_k), size=_n)
    for _name, _y in (("hard", _hard), ("soft", _soft)):
        _before = _z.copy()
        _got = cross_entropy_from_logits(_z, _y)
        _want = reference_cross_entropy_from_logits(_z, _y)
        assert np.isclose(_got, _want), (
            f"For {_n} examples, {_k} classes and {_name} labels the loss is off by "
            f"{abs(_got - _want):.3g}."
        )
        _want = float(-np.mean(np.sum(_y * _log_softmax(_z, axis=1), axis=1)))
        assert np.isclose(_got, _want), (
            f"For {_name} labels your loss differs from the one that SciPy's log_softmax gives."
        )
        assert np.array_equal(_z, _before), "Your function has changed the array z."
with np.errstate(all="ignore"):
    _got = cross_entropy_from_logits(np.array([[0.0, 1000.0], [500.0, 500.0]]), np.eye(2))
assert np.isfinite(_got), (
    f"With logits 0 and 1000 the loss is {_got}. A share is rounded to 0 or a power overflows: take the "
    "logarithm of the fraction apart."
)
assert np.isclose(_got, 0.5 * (1000 + np.log(2))), "With logits 0 and 1000 the loss is finite but not right."
### END HIDDEN TESTS

# %% [markdown]
# ## 6. Derivatives
#
# To train, you need to know how each share reacts to each score. Raise one score a little: its own share
# grows, and all the others shrink, since the total must stay 1. With $n$ classes there are $n \cdot n$
# reactions. Put them in a table: row $i$ for the share, column $j$ for the score. Such a table of partial
# derivatives is called a **Jacobian**, $J$.
#
# Now derive its entries. The exponential is its own derivative. So the total reacts to score $j$ by
# $\partial T / \partial z_j = e^{z_j}$, with all other scores fixed. The rest is the quotient rule,
# $(u/v)' = (u'v - u\,v')/v^2$, on $p_i = e^{z_i}/T$.
#
# **Own score** ($i = j$). Both top and bottom move:
#
# $$\frac{\partial p_i}{\partial z_i} = \frac{e^{z_i} T - e^{z_i} e^{z_i}}{T^2} = p_i - p_i p_i.$$
#
# **Another score** ($i \neq j$). Only the bottom moves:
#
# $$\frac{\partial p_i}{\partial z_j} = \frac{0 - e^{z_i} e^{z_j}}{T^2} = -p_i p_j.$$
#
# Both in one: $-p_i p_j$ everywhere, and $p_i$ added on the diagonal:
#
# $$J = \operatorname{diag}(p) - p\,p^{\top}.$$
#
# Here $\operatorname{diag}(p)$ is the matrix with $p$ on its diagonal and zeros elsewhere, and
# $p\,p^{\top}$ ("p times p transposed") is the table of all products $p_i p_j$.

# %% tags=["demo"]
p = naive_softmax(box)
J = np.array([[p[i] * ((i == j) - p[j]) for j in range(3)] for i in range(3)])
animals = ["cat", "dog", "rabbit"]
fig, ax = plt.subplots(figsize=(6.4, 4), constrained_layout=True)
image = ax.imshow(J, cmap="PuOr_r", vmin=-0.25, vmax=0.25)
for i in range(3):
    for j in range(3):
        ax.text(j, i, f"{J[i, j]:+.4f}".replace("-", "−"), ha="center", va="center")
ax.set(title="Raise one score: its share grows, the others shrink", xticks=range(3), xticklabels=animals,
       yticks=range(3), yticklabels=animals, xlabel="score that is raised, j", ylabel="share that reacts, i")
ax.grid(visible=False)
fig.colorbar(image, label="change of share per unit of score")
show(fig, "The Jacobian for the shares 0.85, 0.10 and 0.05 as a table of nine numbers. The diagonal is "
          "positive: 0.1275, 0.09 and 0.0475. "
          "All other entries are negative, and each row and each column adds up to 0.")

# %% [markdown]
# Check three things in the picture. The diagonal is positive and the rest negative. Each column adds up to
# 0: what one share gains, the others lose. Each row adds up to 0 too: if all scores rise together, no share
# moves. That is shift invariance again.

# %% [markdown]
# ### Exercise 9.9: the Jacobian
#
# Write `softmax_jacobian(z)` for the scores of one example. `np.diag(p)` makes the diagonal matrix,
# `np.outer(p, p)` the table of all products.

# %% exercise="softmax_jacobian"
def softmax_jacobian(z):
    """Return the matrix of derivatives of share i by score j. z: shape (n,); result: shape (n, n)."""
    ### BEGIN SOLUTION
    p = softmax(z)
    return np.diag(p) - np.outer(p, p)
    ### END SOLUTION


# %% wrong="softmax_jacobian" says="every share"
def softmax_jacobian(z):
    p = softmax(z)
    return np.diag(p * (1 - p))


# %% wrong="softmax_jacobian" says="symmetric"
def softmax_jacobian(z):
    p = softmax(z)
    return np.diag(p) - p * p


# %% wrong="softmax_jacobian" says="what one share gains"
def softmax_jacobian(z):
    p = softmax(z)
    return np.diag(p) - p @ p


# %% wrong="softmax_jacobian" says="not (3, 3)"
def softmax_jacobian(z):
    p = softmax(z)
    return p * (1 - p)


# %% check="softmax_jacobian" points=4
_got = softmax_jacobian(np.array([2.0, 0.5, -1.0]))
assert np.shape(_got) == (3, 3), (
    f"The shape is {np.shape(_got)}, not (3, 3): three shares react to three scores."
)
assert not np.isclose(_got[0, 1], 0), (
    "Your table says that share 0 does not react to score 1. Every share depends on every score: through "
    "T."
)
assert np.allclose(_got, np.transpose(_got)), (
    f"Your table is not symmetric: entry (0, 1) is {_got[0, 1]:.4f} and entry (1, 0) is {_got[1, 0]:.4f}. "
    "Does p times p give you a table of all products, or only n numbers?"
)
assert np.allclose(np.sum(_got, axis=0), 0), (
    f"The columns add up to {np.sum(_got, axis=0)}, not to 0: what one share gains, the others must lose."
)
print("Your Jacobian is symmetric, and its columns add up to 0.")
### BEGIN HIDDEN TESTS
# reference: softmax_jacobian
from scipy.special import softmax as _scipy_softmax

_rng = np.random.default_rng(61)
for _n in (1, 2, 3, 8):
    _z = _rng.normal(size=_n) * 2
    _before = _z.copy()
    _got = softmax_jacobian(_z)
    assert np.shape(_got) == (_n, _n), f"For {_n} scores the shape is {np.shape(_got)}, not ({_n}, {_n})."
    assert np.allclose(_got, reference_softmax_jacobian(_z)), (
        f"For {_n} random scores the Jacobian is not right."
    )
    _h = 1e-5
    _steps = [(_scipy_softmax(_z + _h * _e) - _scipy_softmax(_z - _h * _e)) / (2 * _h) for _e in np.eye(_n)]
    assert np.allclose(_got, np.stack(_steps, axis=1), atol=1e-7), (
        f"For {_n} scores your Jacobian differs from finite differences."
    )
    assert np.array_equal(_z, _before), "Your function has changed the array z."
_got = softmax_jacobian(np.array([1000.0, 0.0, 0.0]))
assert np.allclose(_got, 0), (
    "When one class takes everything, no share reacts any more. With a score of 1000 all derivatives are "
    "0, not nan."
)
### END HIDDEN TESTS

# %% [markdown]
# ### The gradient of softmax and loss together
#
# Now put the loss behind the softmax. Lecture 08 would multiply two derivatives: that of the loss by $p$,
# and the Jacobian. There is a shorter way, because the logarithm undoes the exponential.
#
# 1. Insert $\log p_i = z_i - \log T$ into the loss: $L = -\sum_i y_i \,(z_i - \log T)$.
# 2. Multiply out: $L = -\sum_i y_i z_i + \log T \cdot \sum_i y_i$.
# 3. The labels add up to 1, so the last sum is 1: $L = \log T - \sum_i y_i z_i$.
# 4. Differentiate by one score. The first term gives $\frac{1}{T} e^{z_j}$, which is $p_j$. The second gives
#    $y_j$. So
#
# $$\frac{\partial L}{\partial z_j} = p_j - y_j, \qquad \text{in short } \nabla_z L = p - y.$$
#
# The gradient is what the model said, minus what it should have said. For the cat photograph:
# $(0.85, 0.10, 0.05) - (1, 0, 0) = (-0.15, 0.10, 0.05)$. Gradient descent goes against it, so the score of
# the cat rises and the others fall. In the words of lecture 08, $p - y$ is the `dz` of the last layer.
#
# The long way gives the same. The derivative of $-y_i \log p_i$ by $p_i$ is $-y_i/p_i$. Each share passes its
# part back through the transposed Jacobian `J.T`; `@` is the product of a matrix and a vector. In the
# line of `J`, `p[:, None]` is $p$ as a column and `p[None, :]` as a row; their product is the table of all
# $p_i p_j$.

# %%
y = np.array([1.0, 0.0, 0.0])
p = naive_softmax(box)
J = np.diag(p) - p[:, None] * p[None, :]
print("long way ", J.T @ (-y / p))
print("short way", p - y)

# %% tags=["demo"]
z_true = np.linspace(-8, 8, 161)
p_true = 1 / (1 + np.exp(-z_true))
fig, ax = plt.subplots(figsize=(8, 3.4), constrained_layout=True)
ax.plot(z_true, p_true - 1, color=BLUE, lw=2.2, label="cross-entropy: p − 1")
ax.plot(z_true, 4 * (p_true - 1) * p_true * (1 - p_true), color=VERMILION, ls="--", lw=2.2,
        label="squared error: 4 (p − 1) p (1 − p)")
ax.axvspan(-8, -4, color=GREY, alpha=0.12, lw=0)
ax.text(-6, -0.55, "badly wrong", ha="center")
ax.set(title="Badly wrong: cross-entropy still pushes, squared error does not",
       xlabel="score of the true class minus score of the other", ylabel="derivative of the loss")
ax.set_xlim(-8, 8)
ax.legend(loc="lower right")
show(fig, "Derivative of two losses by the score of the true class, two classes. For cross-entropy it is "
          "near minus 1 when the true class "
          "has a low score. For the squared error it goes to 0 there, so nothing is learnt. Both are near "
          "0 when the model is right.")

# %% [markdown]
# The squared error here is $\sum_i (p_i - y_i)^2$ over both classes. Its gradient carries the Jacobian, and
# the Jacobian of a very sure softmax is nearly 0. With cross-entropy the logarithm cancels it. That is why
# the two belong together.

# %% [markdown]
# ### Exercise 9.10: the gradient of a batch
#
# Write `cross_entropy_gradient(z, y)`, the derivative of `cross_entropy_from_logits(z, y)` by every logit.
# The loss of a batch is a mean over its examples. What does that do to the gradient of each row?

# %% exercise="cross_entropy_gradient"
def cross_entropy_gradient(z, y):
    """Return the gradient of the mean cross-entropy by z. z, y and the result: shape (examples, classes)."""
    ### BEGIN SOLUTION
    return (softmax(z) - y) / len(z)
    ### END SOLUTION


# %% wrong="cross_entropy_gradient" says="mean over the examples"
def cross_entropy_gradient(z, y):
    return softmax(z) - y


# %% wrong="cross_entropy_gradient" says="sign"
def cross_entropy_gradient(z, y):
    return (y - softmax(z)) / len(z)


# %% wrong="cross_entropy_gradient" says="scores are not shares"
def cross_entropy_gradient(z, y):
    return (z - y) / len(z)


# %% wrong="cross_entropy_gradient" says="number of classes"
def cross_entropy_gradient(z, y):
    return (softmax(z) - y) / z.size


# %% check="cross_entropy_gradient" points=4
_z, _y = np.array([[2.0, 0.5, -1.0]]), np.array([[1.0, 0.0, 0.0]])
_got = cross_entropy_gradient(_z, _y)
assert np.shape(_got) == (1, 3), (
    f"The shape is {np.shape(_got)}, not (1, 3): one derivative for each logit. Is there a return?"
)
assert np.isclose(np.sum(_got), 0), (
    f"The gradient of one example adds up to {np.sum(_got):.4g}, not to 0. Mind that scores are not "
    "shares."
)
assert _got[0, 0] < 0, (
    "A higher score for the true class lowers the loss, so its derivative is below 0. Yours has the "
    "wrong sign."
)
assert not np.isclose(3 * np.sum(np.abs(_got)), 2 * (1 - naive_softmax(_z[0])[0])), (
    "Your gradient of one example is too small. The loss is divided by the number of examples, not by the "
    "number of classes."
)
_twice = cross_entropy_gradient(np.repeat(_z, 2, axis=0), np.repeat(_y, 2, axis=0))
assert np.shape(_twice) == (2, 3), (
    f"For two examples the shape is {np.shape(_twice)}, not (2, 3): each row keeps its own derivatives."
)
assert np.isclose(np.sum(np.abs(_twice)), np.sum(np.abs(_got))), (
    "With the same example twice, the loss stays the same, but the sizes of your derivatives add up to "
    f"{np.sum(np.abs(_twice)):.4g} instead of {np.sum(np.abs(_got)):.4g}. The loss is a mean over the examples."
)
print("Your gradient has the right shape and sign, and takes the mean into account.")
### BEGIN HIDDEN TESTS
# reference: cross_entropy_gradient
from scipy.special import logsumexp as _logsumexp

_rng = np.random.default_rng(62)
for _n, _k in ((1, 2), (2, 2), (4, 3), (3, 6)):
    _z = _rng.normal(size=(_n, _k)) * 2
    for _y in (np.eye(_k)[_rng.integers(_k, size=_n)], _rng.dirichlet(np.ones(_k), size=_n)):
        _before_z, _before_y = _z.copy(), _y.copy()
        _got = cross_entropy_gradient(_z, _y)
        assert np.shape(_got) == (_n, _k), (
            f"For {_n} examples and {_k} classes the shape is {np.shape(_got)}."
        )
        assert np.allclose(_got, reference_cross_entropy_gradient(_z, _y)), (
            f"For {_n} examples and {_k} classes the gradient is not right."
        )
        assert np.array_equal(_z, _before_z) and np.array_equal(_y, _before_y), (
            "Your function has changed what it was given."
        )
        _h, _numeric = 1e-5, np.zeros((_n, _k))
        for _i in range(_n):
            for _j in range(_k):
                _up, _down = _z.copy(), _z.copy()
                _up[_i, _j] += _h
                _down[_i, _j] -= _h
                _rise = np.mean(_logsumexp(_up, axis=1) - np.sum(_y * _up, axis=1))
                _fall = np.mean(_logsumexp(_down, axis=1) - np.sum(_y * _down, axis=1))
                _numeric[_i, _j] = (_rise - _fall) / (2 * _h)
        assert np.allclose(_got, _numeric, atol=1e-7), (
            "Your gradient differs from finite differences of the loss."
        )
_got = cross_entropy_gradient(np.array([[0.0, 1000.0]]), np.array([[1.0, 0.0]]))
assert np.allclose(_got, [[-1, 1]]), (
    "With logits 0 and 1000 and the label on the first class, the gradient must be finite and at full "
    "size."
)
### END HIDDEN TESTS

# %% [markdown]
# ## 7. From probabilities to decisions
#
# On a path you see something long and dark. Your eyes are a good classifier. They say: stick 0.90, harmless
# snake 0.07, venomous snake 0.03.
#
# The **argmax**, the class with the largest probability, is "stick". And yet you step back. Are you wrong?
#
# No. A prediction says what is there. A decision also asks what is at stake. Give a number to every pair of
# action and outcome, its **utility**: how good it is for you if you do this and that turns out to be true.
# Let a quiet walk count 0, a fright or a short stop −1, and a venomous bite −100.
#
# | | stick 0.90 | harmless snake 0.07 | venomous snake 0.03 |
# |---|:---:|:---:|:---:|
# | **walk on** | 0 | −1 | −100 |
# | **step back** | −1 | −1 | −1 |
#
# The **expected utility** of an action is the mean of its row, each entry weighted by its probability:
#
# $$\operatorname{EU}(\text{action}) = \sum_i p_i \, U(\text{action}, i).$$
#
# Walk on: $0.90 \cdot 0 + 0.07 \cdot (-1) + 0.03 \cdot (-100) = -3.07$. Step back: $-1$, whatever it is.
# Stepping back is better, although "stick" is by far the likeliest.

# %% tags=["demo"]
q = np.linspace(0, 0.05, 101)
fig, ax = plt.subplots(figsize=(8, 3.4), constrained_layout=True)
ax.plot(100 * q, -100 * q, color=VERMILION, lw=2.2, label="walk on")
ax.plot(100 * q, np.full_like(q, -1.0), color=BLUE, ls="--", lw=2.2, label="step back")
ax.plot(1, -1, "ks", ms=8)
ax.annotate("the lines cross at 1 %", (1, -1), (1.25, -0.45))
ax.text(1.2, -4.6, "argmax would say “stick”, and walk on,\nup to a probability of 50 %", color=GREY)
ax.set(title="Step back as soon as a venomous snake has a probability of 1 %", xlim=(0, 5),
       xlabel="probability of a venomous snake, in percent (else a stick)", ylabel="expected utility")
ax.legend(loc="lower left")
show(fig, "Expected utility against the probability of a venomous snake from 0 to 5 percent. Stepping back "
          "is a level line at minus 1. "
          "Walking on falls from 0 to minus 5. The two cross at 1 percent.")

# %% [markdown]
# Argmax is one special case. Let the actions be "say cat", "say dog", "say rabbit". A right answer counts 1 and
# a wrong one 0. Then the expected utility of each answer is its probability, and the best answer is the
# likeliest class. This fits an exam. It does not fit a snake.
#
# Note what is needed: probabilities, not scores. You cannot weigh a utility with a score of −40.

# %% [markdown]
# ### Exercise 9.11: choose an action
#
# A clinic has three actions: send home, give a drug, operate. There are three outcomes: healthy, mild
# illness, grave illness.
#
# - `expected_utility(p, utility)`: `utility` has one **row for each action** and one **column for each
#   outcome**. `p` is one forecast of shape (outcomes,), or a batch of shape (patients, outcomes). Return one
#   number for each action: shape (actions,), or (patients, actions).
# - `decide(p, utility)`: the number of the best action (counted from 0) for one forecast, or an array with
#   one for each patient. `np.argmax(u, axis=-1)` gives the place of the largest entry along the last axis.

# %% exercise="decide"
def expected_utility(p, utility):
    """Return the expected utility of each action, of shape (actions,) or (patients, actions)."""
    ### BEGIN SOLUTION
    return p @ utility.T
    ### END SOLUTION


def decide(p, utility):
    """Return the number of the action with the highest expected utility, for each forecast in p."""
    ### BEGIN SOLUTION
    return np.argmax(expected_utility(p, utility), axis=-1)
    ### END SOLUTION


# %% wrong="decide" says="likeliest outcome"
def expected_utility(p, utility):
    return p @ utility.T


def decide(p, utility):
    return np.argmax(p, axis=-1)


# %% wrong="decide" says="row of the table"
def expected_utility(p, utility):
    return p @ utility


def decide(p, utility):
    return np.argmax(expected_utility(p, utility), axis=-1)


# %% wrong="decide" says="without their probabilities"
def expected_utility(p, utility):
    return utility.mean(axis=1) + 0 * p.sum(axis=-1, keepdims=True)


def decide(p, utility):
    return np.argmax(expected_utility(p, utility), axis=-1)


# %% wrong="decide" says="batch of patients"
def expected_utility(p, utility):
    return utility @ p


def decide(p, utility):
    return np.argmax(expected_utility(p, utility), axis=-1)


# %% check="decide" points=5
_clinic = np.array([[0.0, -10.0, -100.0], [-4.0, -2.0, -60.0], [-30.0, -35.0, -35.0]])  # home, drug, operate
_p = np.array([0.5, 0.3, 0.2])
_got = expected_utility(_p, _clinic)
assert np.shape(_got) == (3,), (
    f"The shape is {np.shape(_got)}, not (3,): one number for each action. Is there a return?"
)
assert not np.allclose(_got, np.mean(_clinic, axis=1)), (
    "You take the plain mean of each row, without their probabilities as weights."
)
assert not np.allclose(_got, _p @ _clinic), (
    "You weight down the columns. A row of the table is an action, and p weights the entries along a row."
)
assert np.allclose(_got[0], -23.0), (
    f"For p = (0.5, 0.3, 0.2), sending home gives {_got[0]:.4g} with you. Work out the first row by hand."
)
_chosen = decide(_p, _clinic)
assert np.shape(_chosen) == () and _chosen in (0, 1, 2), (
    f"For one forecast decide gives {_chosen}. It must be the number of an action: 0, 1 or 2."
)
assert _chosen != 0, (
    "You act on the likeliest outcome, healthy, and send home. Compare the expected utilities of the "
    "actions."
)
print("Sending home has the expected utility -23, and it is not what you choose here.")
### BEGIN HIDDEN TESTS
# reference: expected_utility
# reference: decide
_three = np.array([[1.0, 0.0, 0.0], [0.2, 0.7, 0.1], [0.0, 0.1, 0.9]])
assert np.shape(expected_utility(_three, _clinic)) == (3, 3), (
    "For a batch of patients, return one row for each patient."
)
assert np.allclose(expected_utility(_three, _clinic), reference_expected_utility(_three, _clinic)), (
    "For a batch of patients the expected utilities are wrong. Each row of p is a patient, and each row of "
    "the result too."
)
_rng = np.random.default_rng(71)
for _actions, _outcomes in ((2, 3), (5, 2), (4, 4)):
    _table = _rng.normal(size=(_actions, _outcomes)) * 10
    for _shape in ((), (1,), (6,), (_outcomes,)):
        _p = _rng.dirichlet(np.ones(_outcomes), size=_shape)
        _got = expected_utility(_p, _table)
        assert np.shape(_got) == (*_shape, _actions), (
            f"With {_actions} actions, {_outcomes} outcomes and p of shape {_p.shape} the shape is "
            f"{np.shape(_got)}."
        )
        assert np.allclose(_got, reference_expected_utility(_p, _table)), (
            f"With p of shape {_p.shape} the expected utilities are not right."
        )
        assert np.allclose(_got, np.einsum("...o,ao->...a", _p, _table)), (
            "Your expected utilities differ from the sum written out."
        )
        assert np.array_equal(decide(_p, _table), reference_decide(_p, _table)), (
            f"With p of shape {_p.shape} a choice is not the best one."
        )
_snake = np.array([[0.0, -1.0, -100.0], [-1.0, -1.0, -1.0]])
assert decide(np.array([0.90, 0.07, 0.03]), _snake) == 1, (
    "On the path, with a venomous snake at 3 %, you should step back."
)
assert decide(np.array([0.995, 0.0, 0.005]), _snake) == 0, (
    "With a venomous snake at half a percent, you may walk on."
)
_p = _rng.dirichlet(np.ones(4), size=20)
assert np.array_equal(decide(_p, np.eye(4)), np.argmax(_p, axis=1)), (
    "With 1 for right and 0 for wrong, the best action is the likeliest class."
)
### END HIDDEN TESTS

# %% [markdown]
# ## 8. Can you trust the probabilities?
#
# A decision is only as good as its probabilities. Suppose a forecaster says "70 % rain" on a hundred days.
# If it rained on about 70 of them, the forecaster is honest. A model is **calibrated** if among all its
# predictions made with 70 % about 70 % are right, and so for every percentage.
#
# To measure it, call the largest probability of a prediction its **confidence**. Put the predictions into
# bins by confidence. In each bin compare two numbers: the mean confidence (what the model promised) and the
# accuracy (the share that was right: what it kept). This is a **reliability table**.
#
# The next cell makes a model that boasts. It draws the labels from honest probabilities, and then multiplies
# the logits by 2.5.

# %% tags=["demo"]
maker = np.random.default_rng(90)
honest_logits = 1.5 * maker.normal(size=(4000, 3))
honest = np.array([naive_softmax(row) for row in honest_logits])
labels = np.array([maker.choice(3, p=row) for row in honest])
boasting_logits = 2.5 * honest_logits
boasting = np.array([naive_softmax(row) for row in boasting_logits])
edges = np.linspace(0.3, 1, 8)
tables = {}
for name, p_model in (("boasting", boasting), ("honest", honest)):
    confidence = p_model.max(axis=1)
    right = (p_model.argmax(axis=1) == labels).astype(float)
    count = np.histogram(confidence, edges)[0]
    promised = np.histogram(confidence, edges, weights=confidence)[0] / count
    kept = np.histogram(confidence, edges, weights=right)[0] / count
    tables[name] = count, promised, kept

print("the boasting model")
print("count   confidence   accuracy")
for count, promised, kept in zip(*tables["boasting"], strict=True):
    print(f"{count:5.0f} {promised:12.3f} {kept:10.3f}")

# %% tags=["demo"]
fig, axes = plt.subplots(1, 2, figsize=(9, 4.2), sharey=True, constrained_layout=True)
for ax, name, title in ((axes[0], "boasting", "Logits × 2.5: promises more than it keeps"),
                        (axes[1], "honest", "Honest logits: keeps its promises")):
    count, promised, kept = tables[name]
    ax.plot([0.3, 1], [0.3, 1], color=GREY, ls=":", lw=1.5, label="promised = kept")
    ax.vlines(promised, kept, promised, color=VERMILION, lw=2, alpha=0.7, label="gap")
    ax.plot(promised, kept, color=BLUE, marker="o", lw=1.5, label="a bin")
    ax.set(title=title, xlabel="mean confidence (promised)", xlim=(0.3, 1.02), ylim=(0.2, 1.02))
    ax.title.set_fontsize(11)
axes[0].set_ylabel("accuracy (kept)")
axes[0].legend(loc="upper left")
show(fig, "Two reliability diagrams, accuracy against mean confidence. From a confidence of 0.55 on, the points "
          "of the boasting model lie below the diagonal: with a mean confidence of 0.85 it is right in 61 percent "
          "of cases. Its leftmost point lies above, the second on the diagonal. "
          "The points of the honest model lie on the diagonal, but for the leftmost bin.")

# %% [markdown]
# The leftmost bin holds few of the 4000 predictions: 13 of the boasting model, 88 of the honest one. So chance
# moves its point a good deal. Do not read much into a small bin.
#
# One number sums the picture up: the mean gap, where each bin counts as much as it holds predictions. It is
# the **expected calibration error** (ECE):
#
# $$\operatorname{ECE} = \sum_b \frac{n_b}{n} \,\bigl|\,\text{accuracy}_b - \text{confidence}_b\,\bigr|.$$
#
# Here $n_b$ is the number of predictions in bin $b$, and $n$ the number of all. Zero is best.

# %% [markdown]
# ### Exercise 9.12: the expected calibration error
#
# Write `calibration_error(p, labels, bins=10)`. `p` has the shape (examples, classes); `labels` holds the
# number of the true class of each example.
#
# 1. The confidence of an example is its largest probability. It is right if the place of that probability is
#    its label.
# 2. Bin $b$ holds the confidences from $b/\text{bins}$ up to, but not including, $(b+1)/\text{bins}$. A
#    confidence of exactly 1 belongs to the last bin.
# 3. Leave empty bins out. Return the ECE as a `float`.
#
# An array of truth values picks entries: `confidence[inside]` keeps those where `inside` is `True`. The mean
# of truth values is the share of `True`. `inside.any()` says whether there is at least one `True`. `&` joins
# two conditions.

# %% exercise="calibration_error"
def calibration_error(p, labels, bins=10):
    """Return the expected calibration error. p: (examples, classes); labels: (examples,), whole numbers."""
    ### BEGIN SOLUTION
    confidence = p.max(axis=1)
    right = p.argmax(axis=1) == labels
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    error = 0.0
    for b in range(bins):
        inside = place == b
        if inside.any():
            gap = abs(right[inside].mean() - confidence[inside].mean())
            error += inside.mean() * gap
    return float(error)
    ### END SOLUTION


# %% wrong="calibration_error" says="how many predictions"
def calibration_error(p, labels, bins=10):
    confidence, right = p.max(axis=1), p.argmax(axis=1) == labels
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    used = [place == b for b in range(bins) if (place == b).any()]
    return float(np.mean([abs(right[inside].mean() - confidence[inside].mean()) for inside in used]))


# %% wrong="calibration_error" says="cancel"
def calibration_error(p, labels, bins=10):
    confidence, right = p.max(axis=1), p.argmax(axis=1) == labels
    return float(abs(right.mean() - confidence.mean()))


# %% wrong="calibration_error" says="exactly 1"
def calibration_error(p, labels, bins=10):
    confidence, right = p.max(axis=1), p.argmax(axis=1) == labels
    error = 0.0
    for b in range(bins):
        inside = (confidence >= b / bins) & (confidence < (b + 1) / bins)
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return float(error)


# %% wrong="calibration_error" says="largest probability"
def calibration_error(p, labels, bins=10):
    confidence, right = p[np.arange(len(p)), labels], p.argmax(axis=1) == labels
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    error = 0.0
    for b in range(bins):
        inside = place == b
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return float(error)


# %% check="calibration_error" points=5
_p = np.array([[0.9, 0.1, 0.0], [0.9, 0.1, 0.0], [0.9, 0.1, 0.0], [0.2, 0.7, 0.1]])
_got = calibration_error(_p, np.array([0, 1, 1, 1]), bins=5)
assert _got is not None, "Your function gives nothing back. Is there a return?"
assert np.shape(_got) == (), f"The shape is {np.shape(_got)}, not (): the error is one number."
assert not np.isnan(_got), "You return nan. The mean of an empty bin does not exist: leave empty bins out."
assert not np.isclose(_got, 0.35), (
    "Your gaps cancel each other: a boast in one bin and a modest guess in another. Compare within each "
    "bin."
)
assert not np.isclose(_got, 1.3 / 3), (
    "All bins count alike with you. A bin counts by how many predictions it holds."
)
assert np.isclose(_got, 0.5), (
    f"Three predictions at 0.9, one of them right, and one at 0.7, right: you return {_got:.4g}. Work it "
    "out by hand from the formula. "
    "Is your confidence the largest probability of each example?"
)
print("The small example with two bins in use comes out right.")
### BEGIN HIDDEN TESTS
# reference: calibration_error
_got = calibration_error(np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([1, 1]))
assert np.isclose(_got, 1), (
    f"Two predictions with confidence 1, both wrong: the error must be 1, yours is {_got:.4g}. Where does "
    "exactly 1 go?"
)
assert np.isclose(calibration_error(np.eye(3), np.arange(3)), 0), (
    "Predictions with confidence 1 that are all right have the error 0."
)
_rng = np.random.default_rng(81)
for _n, _k, _bins in ((1, 2, 10), (50, 3, 10), (400, 5, 7), (300, 2, 1)):
    _p = _rng.dirichlet(np.full(_k, 0.6), size=_n)
    _labels = _rng.integers(_k, size=_n)
    _before = _p.copy()
    _got = calibration_error(_p, _labels, bins=_bins)
    _want = reference_calibration_error(_p, _labels, bins=_bins)
    assert np.isclose(_got, _want), (
        f"For {_n} predictions of {_k} classes in {_bins} bins the error is off by "
        f"{abs(_got - _want):.3g}."
    )
    _gap = (np.argmax(_p, axis=1) == _labels) - np.max(_p, axis=1)
    _sums = np.histogram(np.max(_p, axis=1), bins=_bins, range=(0, 1), weights=_gap)[0]
    assert np.isclose(_got, np.sum(np.abs(_sums)) / _n), (
        "Your error differs from the same sum made with np.histogram."
    )
    assert np.array_equal(_p, _before), "Your function has changed the array p."
### END HIDDEN TESTS

# %% [markdown]
# ### A temperature can repair it
#
# The boasting model is too sure, and part 3 has the tool for that: raise the temperature. Take
# predictions that were not used for training (the validation set of lecture 02), and choose the temperature
# at which the cross-entropy is smallest. The order of the classes stays, so the accuracy stays; only the
# confidence changes. Guo and others (2017) found that many modern networks are too sure, and that this
# single number repairs most of it. Here your own functions do it.

# %% tags=["demo"]
one_hot = np.eye(3)[labels]
half = len(labels) // 2
candidates = np.linspace(0.5, 5, 46)
losses = [cross_entropy_from_logits(boasting_logits[:half] / tau, one_hot[:half]) for tau in candidates]
best = candidates[int(np.argmin(losses))]
print("best temperature on the first half:", round(best, 2))
for tau in (1.0, best):
    cooled = tempered_softmax(boasting_logits[half:], tau)
    accuracy = np.mean(cooled.argmax(axis=1) == labels[half:])
    error = calibration_error(cooled, labels[half:])
    print(f"second half, tau {tau:.1f}: accuracy {accuracy:.3f}, calibration error {error:.3f}")

# %% [markdown]
# ### Exercise 9.13: the smoke alarm (in your own words, 4 points)
#
# A smoke alarm has a classifier for two causes: burnt toast and fire. It says: toast 0.95, fire 0.05. It
# rings.
#
# Make a utility table with two actions and two outcomes, and compute both expected utilities. Why is it
# right to ring? Then suppose that the classifier is badly calibrated: of the cases to which it gives "fire
# 0.05", only one in a thousand is a fire. Does your alarm still do right? Compute again.

# %% [markdown] written="smoke_alarm" points=4
# ### BEGIN SOLUTION
# | | toast | fire |
# |---|:---:|:---:|
# | ring | −1 | −10 |
# | keep silent | 0 | −1000 |
#
# Ring: $0.95 \cdot (-1) + 0.05 \cdot (-10) = -1.45$. Keep silent: $0.95 \cdot 0 + 0.05 \cdot (-1000) = -50$.
# Ringing is better although toast is likelier, because a missed fire costs far more than a needless noise.
# With an honest probability of 0.001: ring $-0.999 - 0.01 = -1.009$; keep silent $-1$. Now silence is (just)
# better: with this table the alarm rings too often, because its probability is not honest. A table with a
# still worse fire would let it ring all the same.
#
# **Mark scheme**
# - 1 point: gives a table with two actions and two outcomes in which a missed fire is by far the worst
# - 1 point: computes both expected utilities for 0.95 and 0.05 correctly from that table
# - 1 point: says that ringing is right because of what is at stake, although toast is the likelier cause
# - 1 point: computes again with 0.001 and draws the conclusion that fits the table (either action can come
#   out best)
# ### END SOLUTION

# %% [markdown]
# ## Quiz
#
# One point for each question. In the cell below it, give the name that stands there the letter of your
# choice, in quotes. Run that cell and its check: it explains every choice.

# %% quiz="shift" points=1

# %% quiz="double" points=1

# %% quiz="overflow" points=1

# %% quiz="axis" points=1

# %% quiz="gradient" points=1

# %% quiz="decision" points=1

# %% [markdown]
# ## Recap
#
# - Softmax: take the power of $e$ of each score, divide by the total $T$. The shares are positive, add up to
#   1, and keep the order.
# - $T$ is the total; the temperature is $\tau$. Cold sharpens towards one-hot, hot flattens towards uniform.
# - A common shift changes nothing. So subtract the maximum, and nothing overflows. Take losses from logits,
#   with log-sum-exp.
# - The sigmoid is the softmax of two scores, one of them 0.
# - The Jacobian is $\operatorname{diag}(p) - p\,p^{\top}$. With cross-entropy behind it, the gradient
#   is $p - y$.
# - Decide by expected utility $\sum_i p_i U$. Argmax is the case where a right answer counts 1 and a wrong
#   one 0.
# - Probabilities are worth as much as they are honest: measure the calibration error, and repair it with a
#   temperature.
#
# **Next**: lecture 10 puts a softmax on a network that reads handwritten digits.
#
# **Glossary**: scores · total · softmax · logits · probability · shift invariance · temperature · sigmoid ·
# categorical cross-entropy · log-sum-exp · Jacobian · argmax · utility · expected utility · calibrated ·
# confidence · reliability table · expected calibration error
#
# **Sources**: J. S. Bridle, "Probabilistic interpretation of feedforward classification network outputs"
# (1990). M. P. Naeini, G. F. Cooper and M. Hauskrecht, "Obtaining well calibrated probabilities using
# Bayesian binning" (2015). C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On calibration of modern neural
# networks" (2017).
