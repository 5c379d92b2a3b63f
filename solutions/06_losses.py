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
#     title: Losses
#     minutes: 115
#     points: 60
# ---

# %% [markdown]
# # Lecture 06: losses
#
# About 115 minutes. Builds on lectures 01 (functions), 02 (pipeline), 03 (one neuron), 04 (activations) and 05
# (networks).
#
# After this lecture you can
#
# 1. say what a loss function, an objective function and a metric are, and keep them apart;
# 2. write the usual losses yourself, for a whole batch, so that they agree with Keras and survive a 0 and a 1;
# 3. choose a loss for a task, and say what the choice does to an outlier;
# 4. find a broadcasting mistake that makes a loss wrong without any error message;
# 5. explain, with formulas, why a sigmoid is trained with cross-entropy and not with squared error;
# 6. weight a loss for a rare class, and say what that does to the probabilities.

# %% setup="figures keras" seed=6
from scipy.optimize import minimize
from scipy.special import expit

# %% [markdown]
# ## Why it matters
#
# A network begins with random parameters, and its answers are bad. To improve them, somebody has to say *how*
# bad, and in one number. Two numbers can be compared: this one is smaller, so the change was a good one. Two
# lists of errors cannot.
#
# Which number? That is a choice, and it is yours. Training makes this number small and cares for nothing else.
# Take the same model and the same data, change the number, and you get another answer. You will see that
# happen several times in this lecture.

# %% [markdown]
# ## 1. One number for "how wrong"
#
# A **loss function** $L(y, \hat y)$ takes the target $y$ and the model's answer $\hat y$ ("y hat"), and gives
# one number that says how far the answer is from the target.
#
# input $x$ → model $f_\theta$ → prediction $\hat y$ → loss $L(y, \hat y)$
#
# - A **low loss** means that the answers are close to the targets.
# - A **high loss** means that they are far away.
#
# Low and high mean little alone. Is 0.245 low? That depends on the loss, on the unit of $y$ and on what a
# simple rule would reach. We collect such yardsticks on the way.
#
# For a whole set of examples we take the average of their losses. The targets and inputs are given, so what is
# left to change are the parameters $\theta$ (theta). The average loss is therefore a function of $\theta$, and
# we write it $L(\theta)$. The function that training makes as small as it can is the **objective function**.
# Often it is the average loss alone. Sometimes another term is added to it, for instance to keep the weights
# small (lecture 12). Many texts call all of this "the loss" or "the cost", and so shall we when nothing hangs
# on it.
#
# Here are twelve days of a kiosk. For each day, $x$ says how warm it was: $x = 1$ is five degrees warmer than
# usual. And $y$ says how well the ices sold: $y = 1$ is a hundred ices more than usual.

# %%
x = np.array([-1.8, -1.5, -0.7, -0.6, -0.5, -0.5, 0.2, 0.5, 0.7, 0.7, 1.4, 1.9])
y = np.array([-1.6, -1.8, -0.8, 0.0, -0.4, 0.5, 1.4, 2.0, 1.3, 2.0, 1.7, 2.4])
x.shape, y.shape

# %% [markdown]
# The model is a line, $\hat y = w \cdot x + b$: one neuron without activation function, with the two
# parameters $\theta = (w, b)$. Try $w = 1$ and $b = 0$.

# %%
y_hat = 1.0 * x + 0.0
errors = y_hat - y
errors

# %% [markdown]
# Twelve errors. Negative ones are answers that are too low. A first idea for one number is to take their
# average. `.mean()` does that.

# %%
errors.mean()

# %% [markdown]
# Now try the worst line that you can think of: $w = -100$, with $b$ chosen well.

# %%
awful = -100 * x + (y.mean() + 100 * x.mean())
print(f"average error {(awful - y).mean():.6f}, and the first error alone is {(awful - y)[0]:.0f}")

# %% [markdown]
# The average error is zero, and the line is useless. Errors of opposite sign cancel. So make them positive
# first. There are two usual ways: square them, or drop their sign.

# %% [markdown]
# ## 2. Mean squared error
#
# The **mean squared error**, MSE for short, is the loss of lecture 01. It squares every error and takes the average:
#
# $$\text{MSE} = \frac{1}{n} \sum_{i=1}^{n} (\hat y_i - y_i)^2.$$
#
# The sum $\sum$ runs over the $n$ examples. You can see it: draw a square on every error. The MSE is
# the average area of these squares.

# %% tags=["demo"]
fig, ax = plt.subplots(figsize=(5.6, 5.6))
for x_i, y_i, f_i in zip(x, y, y_hat, strict=True):
    side = f_i - y_i
    place = (x_i, min(y_i, f_i))
    ax.add_patch(
        plt.Rectangle(place, abs(side), abs(side), facecolor=ORANGE, alpha=0.25, edgecolor=ORANGE, hatch="//")
    )
    ax.plot([x_i, x_i], [y_i, f_i], color=VERMILION, linewidth=1.6)
ax.plot(x, y, "o", color=BLUE, label="a day")
ax.plot([-2.4, 3.4], [-2.4, 3.4], color="#222222", label=r"the line $\hat y = x$")
ax.set(xlim=(-2.4, 2.9), ylim=(-2.4, 2.9), aspect="equal")
ax.set(xlabel="warmth $x$ (5 °C above usual)", ylabel="sales $y$ (100 ices above usual)")
ax.set_title("MSE is the average area of the squares")
ax.legend(frameon=False, loc="upper left")
show(
    fig,
    "Twelve days as points, and the line y hat = x. From each point an upright stroke leads to the line, and a "
    "square stands on the stroke. Long strokes make squares that are much larger: the day that is 1.5 away "
    "from the line has the largest of them.",
)

# %% [markdown]
# In code: `**` (not `^`) is "to the power of" and works place by place. `np.mean(a)` is the same as `a.mean()`.
#
# ### Exercise 6.1: mean squared error
#
# Write `mse(y, y_hat)` for two arrays of the same shape, flat ones or tables.

# %% exercise="mse"
def mse(y, y_hat):
    """Return the mean squared error, one number. y, y_hat: arrays of the same shape."""
    ### BEGIN SOLUTION
    return np.mean((y_hat - y) ** 2)
    ### END SOLUTION

# %% wrong="mse" says="add up the squares"
def mse(y, y_hat):
    return np.sum((y_hat - y) ** 2)

# %% wrong="mse" says="cancel"
def mse(y, y_hat):
    return np.mean(y_hat - y)

# %% wrong="mse" says="square each error first"
def mse(y, y_hat):
    return np.mean(y_hat - y) ** 2

# %% wrong="mse" says="binds more tightly"
def mse(y, y_hat):
    return np.mean(y_hat - y**2)

# %% wrong="mse" says="`*2` doubles"
def mse(y, y_hat):
    return np.mean((y_hat - y) * 2)

# %% wrong="mse" says="subtract squares"
def mse(y, y_hat):
    return np.mean(y**2 - y_hat**2)

# %% wrong="mse" says="only one of the three"
def mse(y, y_hat):
    total = 0
    for i in range(len(y)):
        total = (y_hat[i] - y[i]) ** 2
    return total / len(y)

# %% wrong="mse" says="changes the array"
def mse(y, y_hat):
    y_hat -= y
    return np.mean(y_hat**2)

# %% check="mse" points=2
_y, _p = np.array([2.0, 3.0, 1.0]), np.array([0.0, 3.0, 4.0])
_got = mse(_y.copy(), _p.copy())
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), f"Your function gives shape {np.shape(_got)}, not one number. Take the average."
assert not np.isclose(_got, 13), "You add up the squares. The mean is their sum divided by how many there are."
assert not np.isclose(abs(_got), 1 / 3), (
    "Your errors are not squared, so errors of opposite sign cancel each other."
)
assert not np.isclose(abs(_got), 2 / 3), "Your errors are not squared: `**2` squares, `*2` doubles."
assert not np.isclose(_got, 1 / 9), (
    "You average first and square then, so the errors have cancelled before. Square each error first."
)
assert not np.any(np.isclose(abs(_got), [7 / 3, 19 / 3])), (
    "Your square belongs to one array only: `**` binds more tightly than `-`. Put brackets round the difference."
)
assert not np.isclose(abs(_got), 11 / 3), (
    "You subtract squares. The difference comes first, and is then squared: put brackets round it."
)
assert not np.isclose(_got, 5 / 3), "These are errors without their sign, not squared errors."
assert not np.isclose(_got, np.sqrt(13 / 3)), "You took a square root at the end. The MSE has none."
assert not np.isclose(_got, 13 / 6), "You return half of the mean squared error. There is no half in this formula."
assert not np.any(np.isclose(_got, [4 / 3, 3])), (
    "Your sum holds only one of the three squared errors. In a loop, add with `+=`, and return after the loop."
)
assert np.isclose(_got, 13 / 3), (
    f"For the targets (2, 3, 1) and the answers (0, 3, 4) you get {_got}. The squared errors are 4, 0 and 9. Does "
    "your function work with its own `y` and `y_hat`?"
)
print("mse is right for three examples, with errors of both signs.")
### BEGIN HIDDEN TESTS
# reference: mse
_rng = np.random.default_rng(61)
for _shape in ((1,), (2,), (50,), (4, 3)):
    _y, _p = _rng.normal(size=(2, *_shape))
    _want, _got = reference_mse(_y, _p), mse(_y.copy(), _p.copy())
    assert np.shape(_got) == (), f"For arrays of shape {_shape} you return shape {np.shape(_got)}, not a number."
    assert len(_shape) == 1 or not np.isclose(_got, 3 * _want), (
        "For tables with 3 columns you return three times the mean. Divide by all numbers; `len` counts the rows only."
    )
    assert np.isclose(_got, _want), f"For random arrays of shape {_shape} your mean squared error is wrong."
    _keras = np.mean(keras.losses.mean_squared_error(_y, _p))
    assert np.isclose(_got, _keras), f"For random arrays of shape {_shape} Keras gets another number."
assert mse(np.ones(3), np.ones(3)) == 0, "When every answer is right, the loss must be 0."
assert np.isclose(mse(np.array([1, 2]), np.array([3, 5])), 6.5), "Your loss is wrong for whole numbers."
assert np.isclose(mse(np.zeros(2), np.array([1e100, -1e100])) / 1e200, 1), (
    "Your loss is wrong for very large errors."
)
_y, _p = np.array([1.0, 2.0]), np.array([5.0, 7.0])
mse(_y, _p)
assert np.array_equal(_y, [1, 2]) and np.array_equal(_p, [5, 7]), (
    "Your function changes the array that it is given. `a -= b` writes into a; `a - b` makes a new array."
)
### END HIDDEN TESTS

# %% [markdown]
# How low can it get? The figure below tries all slopes $w$ for the $b$ that suits each of them best. Every
# slope has one loss, and the lowest is at one place. (From here on, some cells use your functions.)

# %% tags=["demo"]
slopes = np.linspace(-1, 3.4, 200)
best_b = y.mean() - slopes * x.mean()  # for MSE, the best b makes the average error zero
losses = np.array([mse(y, w * x + b) for w, b in zip(slopes, best_b, strict=True)])
w_mse, b_mse = np.polyfit(x, y, 1)  # the line with the lowest MSE
lowest_mse = mse(y, w_mse * x + b_mse)
print(f"the best line, w = {w_mse:.2f}, b = {b_mse:.2f}: {lowest_mse:.3f}")
print(f"the line of part 1, w = 1, b = 0: {mse(y, y_hat):.3f}")
print(f"always answering the average of y: {mse(y, np.full(12, y.mean())):.3f}")
fig, ax = plt.subplots(figsize=(6.2, 3.3))
ax.plot(slopes, losses, color=BLUE)
ax.plot(w_mse, lowest_mse, "o", color=VERMILION, markersize=8)
ax.annotate(
    f"lowest: {lowest_mse:.3f} at $w$ = {w_mse:.2f}", (w_mse, lowest_mse), xytext=(0.35, 3.1),
    arrowprops={"arrowstyle": "-", "color": "#777777"},
)
ax.set(xlabel="slope $w$ of the line", ylabel="MSE (hundred ices, squared)", ylim=(0, 7.4))
ax.set_title("The loss is a function of the parameters, and it has a lowest place")
show(
    fig,
    "The mean squared error over the slope w, a valley shaped like a parabola. It is lowest, 0.245, at w = 1.22, "
    "and rises on both sides.",
)

# %% [markdown]
# Two remarks. The unit of the MSE is the *square* of the unit of $y$, so people often report its square root.
# And the last number printed is a yardstick: a model that cannot beat "always the average" has learnt nothing.

# %% [markdown]
# ## 3. The formula on the slides
#
# The slides write the loss for $k$ training examples in this way:
#
# $$L(\theta) = \frac12 \sum_{i=1}^{k} \|y_i - f_\theta(x_i)\|_2$$
#
# The two bars $\|\cdot\|$ stand for the norm, the length of a vector: $\|(3, 4)\| = \sqrt{3^2 + 4^2} = 5$. The
# small 2 below says *which* length is meant, this ordinary one, and is often left out. It does not say
# "squared". When the model has a single output, the length of the error is its size without the sign.
#
# In practice the norm is squared:
#
# $$L(\theta) = \frac12 \sum_{i=1}^{k} \|y_i - f_\theta(x_i)\|^2$$
#
# Later slides square it too, where they compute slopes. Why?
#
# - *The square is smooth.* A length has a sharp bend where the error is zero, and no slope there. The square
#   has a slope everywhere. Training will follow slopes (lecture 07).
# - *Its slope says how far.* The slope of $e^2$ at the error $e$ is $2e$: large far away, small close by.
#   The slope of the size $|e|$ is $+1$ or $-1$, however close you are.
# - *It is easy to compute.* $\|e\|^2 = e_1^2 + e_2^2 + \dots$ is a plain sum. The root is gone.
#
# And the ½? It cancels the 2 in the slope: the slope of $\tfrac12 e^2$ is $e$. Neither the ½ nor the choice
# between sum and mean moves the lowest place: a valley drawn at twice the height has its bottom at the same
# $\theta$. But its slopes are twice as steep. So the same learning rate takes steps twice as long, and a sum
# over a thousand examples has slopes a thousand times those of the mean. The square itself *does* move the lowest
# place, as part 4 shows.

# %% [markdown]
# In code, a table of targets `Y` has one row for each example and one column for each output.
# `.sum(axis=1)` adds up within each row, `.sum()` adds up everything, and `np.sqrt` is the square root.
#
# ### Exercise 6.2: the two formulas
#
# Write `norm_loss(Y, Y_hat)`, the first formula: half the sum of the lengths. And write
# `half_squared_loss(Y, Y_hat)`, the second: half the sum of the squared lengths.

# %% exercise="two_formulas"
def norm_loss(Y, Y_hat):
    """Return half the sum of the lengths of the errors, one number. Y, Y_hat: shape (n, outputs)."""
    ### BEGIN SOLUTION
    lengths = np.sqrt(((Y - Y_hat) ** 2).sum(axis=1))
    return 0.5 * lengths.sum()
    ### END SOLUTION


def half_squared_loss(Y, Y_hat):
    """Return half the sum of the squared lengths of the errors, one number. Y, Y_hat: shape (n, outputs)."""
    ### BEGIN SOLUTION
    return 0.5 * ((Y - Y_hat) ** 2).sum()
    ### END SOLUTION

# %% wrong="two_formulas" says="one long vector"
def norm_loss(Y, Y_hat):
    return 0.5 * np.sqrt(((Y - Y_hat) ** 2).sum())


def half_squared_loss(Y, Y_hat):
    return 0.5 * ((Y - Y_hat) ** 2).sum()

# %% wrong="two_formulas" says="down the columns"
def norm_loss(Y, Y_hat):
    return 0.5 * np.sqrt(((Y - Y_hat) ** 2).sum(axis=0)).sum()


def half_squared_loss(Y, Y_hat):
    return 0.5 * ((Y - Y_hat) ** 2).sum()

# %% wrong="two_formulas" says="whole-number division"
def norm_loss(Y, Y_hat):
    return 1 // 2 * np.sqrt(((Y - Y_hat) ** 2).sum(axis=1)).sum()


def half_squared_loss(Y, Y_hat):
    return 1 // 2 * ((Y - Y_hat) ** 2).sum()

# %% wrong="two_formulas" says="an average"
def norm_loss(Y, Y_hat):
    return 0.5 * np.sqrt(((Y - Y_hat) ** 2).sum(axis=1)).mean()


def half_squared_loss(Y, Y_hat):
    return 0.5 * ((Y - Y_hat) ** 2).sum(axis=1).mean()

# %% wrong="two_formulas" says="square of the sum"
def norm_loss(Y, Y_hat):
    return 0.5 * np.sqrt(((Y - Y_hat) ** 2).sum(axis=1)).sum()


def half_squared_loss(Y, Y_hat):
    return 0.5 * np.sqrt(((Y - Y_hat) ** 2).sum(axis=1)).sum() ** 2

# %% wrong="two_formulas" says="or of half of it"
def norm_loss(Y, Y_hat):
    return 0.5 * np.sqrt(((Y - Y_hat) ** 2).sum(axis=1)).sum()


def half_squared_loss(Y, Y_hat):
    return norm_loss(Y, Y_hat) ** 2

# %% check="two_formulas" points=3
_Y = np.array([[3.0, 4.0], [7.0, 7.0], [1.0, 1.0]])
_P = np.array([[0.0, 0.0], [7.0, 7.0], [1.0, 3.0]])
_first, _second = norm_loss(_Y.copy(), _P.copy()), half_squared_loss(_Y.copy(), _P.copy())
for _got, _name in ((_first, "norm_loss"), (_second, "half_squared_loss")):
    assert _got is not None, f"`{_name}` gives nothing back. Does it end with `return`?"
    assert np.shape(_got) == (), f"`{_name}` gives shape {np.shape(_got)}. One number is wanted for all examples."
    assert _got != 0, (
        f"`{_name}` gives 0 although two of the answers are wrong. `1 // 2` is whole-number division, and gives 0."
    )
assert not np.any(np.isclose(_first, [0.5 * np.sqrt(29), np.sqrt(29)])), (
    "norm_loss treats the whole table as one long vector. Each row is an example and has a length of its own."
)
assert not np.isclose(_first, 0.5 * (3 + np.sqrt(20))), (
    "norm_loss adds up down the columns. A row is one example: add up within each row."
)
assert not np.isclose(_first, 4.5), (
    "norm_loss adds the sizes of the entries. The length of (3, 4) is 5, not 7: squares, sum, root."
)
assert not np.isclose(_first, 7) and not np.isclose(_second, 29), "Both formulas begin with a half. Is it there?"
assert not np.isclose(_first, 3.5 / 3) and not np.any(np.isclose(_second, [14.5 / 3, 14.5 / 6])), (
    "You return an average. The formulas on the slides add up over the examples, and do not divide."
)
assert not np.isclose(_first, 14.5), "norm_loss squares the lengths. The first formula has no square."
assert not np.any(np.isclose(_second, [24.5, 12.25])), (
    "half_squared_loss takes the square of the sum of the lengths, or of half of it. Square each length, then add."
)
assert not np.isclose(_second, 3.5), "half_squared_loss still holds the lengths themselves. Where is the square?"
assert np.isclose(_first, 3.5), f"norm_loss gives {_first} for errors of the lengths 5, 0 and 2."
assert np.isclose(_second, 14.5), f"half_squared_loss gives {_second} for errors of the lengths 5, 0 and 2."
print("Both formulas are right for three examples with two outputs.")
### BEGIN HIDDEN TESTS
# reference: norm_loss, half_squared_loss
_rng = np.random.default_rng(62)
for _n, _d in ((1, 1), (1, 4), (6, 1), (5, 3), (40, 10)):
    _Y, _P = _rng.normal(size=(2, _n, _d))
    _first, _second = norm_loss(_Y.copy(), _P.copy()), half_squared_loss(_Y.copy(), _P.copy())
    assert np.isclose(_first, reference_norm_loss(_Y, _P)), (
        f"norm_loss is wrong for {_n} random examples with {_d} outputs."
    )
    assert np.isclose(_second, reference_half_squared_loss(_Y, _P)), (
        f"half_squared_loss is wrong for {_n} random examples with {_d} outputs."
    )
    _lengths = np.linalg.norm(_Y - _P, axis=1)
    assert np.isclose(_first, _lengths.sum() / 2), "norm_loss differs from the one with NumPy's own norm."
    assert np.isclose(_second, (_lengths**2).sum() / 2), "half_squared_loss differs from NumPy's own norms, squared."
_same = np.ones((2, 2))
assert norm_loss(_same, _same.copy()) == 0 and half_squared_loss(_same, _same.copy()) == 0, (
    "When every answer is right, both must be 0."
)
_Y, _P = np.ones((2, 2)), np.zeros((2, 2))
norm_loss(_Y, _P), half_squared_loss(_Y, _P)
assert np.array_equal(_Y, np.ones((2, 2))) and np.array_equal(_P, np.zeros((2, 2))), (
    "Your function changes the table that it is given. Make a new one."
)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 6.3: why squared? (in your own words, 4 points)
#
# A classmate programs the slides' formula exactly as it is printed, for a model with one output. "It is a sum
# of distances", he says, "so it must be right."
#
# In four or five sentences: is it a loss function at all? Name two reasons why practice squares the norm. Say
# what the ½ is for, and whether it moves the lowest place. And name one situation in which *his* loss, without
# the square, is the better choice, with a reason. (You may want to read part 4 before you answer the last
# question.)

# %% [markdown] written="why_squared" points=4
# ### BEGIN SOLUTION
# It is a loss function: it is never negative, it is zero only if every answer is right, and it grows with the
# errors. For one output it is half the sum of the absolute errors. Practice squares because the square has a
# slope everywhere, also at zero, and because that slope shrinks with the error, so steps that follow it become
# smaller near the goal (also good: the root disappears, the sum over outputs becomes simple). The ½ cancels the
# 2 that the slope of a square brings. It does not move the lowest place; it only halves the loss and its
# slopes. Without the square the loss is better when a few targets are badly wrong (outliers): an error of 7
# counts 7 and not 49, so a single wrong day does not drag the line away.
#
# **Mark scheme**
# - 1 point: says that it is a valid loss (half the sum of absolute errors), not a mistake that cannot work
# - 1 point: two sound reasons for the square (smooth at zero; slope in proportion to the error; simple sum)
# - 1 point: the ½ cancels the 2 of the slope, and does not move the lowest place
# - 1 point: outliers, or targets recorded wrongly, with the reason that large errors are not squared
# ### END SOLUTION

# %% [markdown]
# ## 4. Mean absolute error, and outliers
#
# The second way to make errors positive is to drop their sign. The **mean absolute error**, MAE for short, is
#
# $$\text{MAE} = \frac{1}{n} \sum_{i=1}^{n} |\hat y_i - y_i|.$$
#
# The bars $|\cdot|$ mean "without the sign". `np.abs` does that, place by place. The unit of the MAE is the
# unit of $y$: an MAE of 0.4 here is 40 ices.

# %% tags=["demo"]
error_axis = np.linspace(-4, 4, 401)
fig, ax = plt.subplots(figsize=(6.2, 3.5))
ax.plot(error_axis, error_axis**2, color=BLUE, label="squared error")
ax.plot(error_axis, np.abs(error_axis), "--", color=VERMILION, label="absolute error")
ax.plot([-1, 1], [1, 1], "ko", markersize=5)
ax.annotate("both are 1 at an\nerror of 1", (1, 1), xytext=(-0.75, 5.2), arrowprops={"arrowstyle": "-", "color": "#777777"})
ax.set(xlabel=r"error $\hat y - y$", ylabel="loss of one example", ylim=(-0.3, 12))
ax.set_title("Squaring makes large errors count far more, and small ones less")
ax.legend(frameon=False, loc="upper center", ncols=2)
show(
    fig,
    "Two curves over the error from minus 4 to 4. The squared error is a parabola and reaches 9 at an error of "
    "3. The absolute error is a V with a sharp bend at zero and reaches 3 there. They cross at minus 1 and 1.",
)

# %% [markdown]
# ### Exercise 6.4: mean absolute error
#
# Write `mae(y, y_hat)` for two arrays of the same shape, flat ones or tables.

# %% exercise="mae"
def mae(y, y_hat):
    """Return the mean absolute error, one number. y, y_hat: arrays of the same shape."""
    ### BEGIN SOLUTION
    return np.mean(np.abs(y_hat - y))
    ### END SOLUTION

# %% wrong="mae" says="before you average"
def mae(y, y_hat):
    return np.abs(np.mean(y_hat - y))

# %% wrong="mae" says="cancelled"
def mae(y, y_hat):
    return np.mean(y_hat - y)

# %% wrong="mae" says="before they are subtracted"
def mae(y, y_hat):
    return np.mean(np.abs(y_hat) - np.abs(y))

# %% wrong="mae" says="add up"
def mae(y, y_hat):
    return np.sum(np.abs(y_hat - y))

# %% wrong="mae" says="not the same as dropping the sign"
def mae(y, y_hat):
    return np.sqrt(np.mean((y_hat - y) ** 2))

# %% check="mae" points=2
_y, _p = np.array([-1.0, -2.0, 6.0]), np.array([-4.0, 3.0, 1.0])
_got = mae(_y.copy(), _p.copy())
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), f"Your function gives shape {np.shape(_got)}, not one number. Take the average."
assert not np.isclose(abs(_got), 1), (
    "Errors of opposite sign have cancelled. Drop the sign of each error, before you average."
)
assert not np.any(np.isclose(abs(_got), [1 / 3, 5 / 3, 3])), (
    "You drop the signs of the numbers before they are subtracted. It is the difference that loses its sign."
)
assert not np.isclose(_got, 13), "You add up the absolute errors. A mean is divided by how many there are."
assert not np.isclose(_got, np.sqrt(59 / 3)), (
    "Squaring, averaging and taking the root is not the same as dropping the sign: large errors still count more."
)
assert not np.isclose(_got, 59 / 3), "This is the mean squared error. The absolute error has no square."
assert np.isclose(_got, 13 / 3), f"For errors of the sizes 3, 5 and 5 you get {_got}. Their mean is wanted."
print("mae is right for three examples, with errors of both signs.")
### BEGIN HIDDEN TESTS
# reference: mae
_rng = np.random.default_rng(64)
for _shape in ((1,), (2,), (50,), (4, 3)):
    _y, _p = _rng.normal(size=(2, *_shape))
    _want, _got = reference_mae(_y, _p), mae(_y.copy(), _p.copy())
    assert np.shape(_got) == (), f"For arrays of shape {_shape} you return shape {np.shape(_got)}, not a number."
    assert len(_shape) == 1 or not np.isclose(_got, 3 * _want), (
        "For tables with 3 columns you return three times the mean. Divide by all numbers; `len` counts the rows only."
    )
    assert np.isclose(_got, _want), f"For random arrays of shape {_shape} your mean absolute error is wrong."
    _keras = np.mean(keras.losses.mean_absolute_error(_y, _p))
    assert np.isclose(_got, _keras), f"For random arrays of shape {_shape} Keras gets another number."
assert mae(np.ones(3), np.ones(3)) == 0, "When every answer is right, the loss must be 0."
assert np.isclose(mae(np.zeros(2), np.array([1e100, -1e100])) / 1e100, 1), (
    "Your loss is wrong for very large errors."
)
_y, _p = np.array([1.0, 2.0]), np.array([-5.0, 7.0])
mae(_y, _p)
assert np.array_equal(_y, [1, 2]) and np.array_equal(_p, [-5, 7]), "Your function changes the array that it is given."
### END HIDDEN TESTS

# %% [markdown]
# Now a thirteenth day. It was warm ($x = 1.6$), but the power failed and the ices melted: $y = -5$. A point that
# lies far from all others is called an outlier. What does one such day do to the best line? Here, for each
# loss, a search finds its best line without that day and with it. (`minimize` of SciPy does the searching. How
# such a search works is lecture 07.)

# %%
x_odd, y_odd = 1.6, -5.0
x_13, y_13 = np.append(x, x_odd), np.append(y, y_odd)  # np.append: a new array with one entry more


def best_line(loss, x, y):
    """Return the w and b with the lowest loss, found by searching."""
    found = minimize(lambda theta: loss(y, theta[0] * x + theta[1]), (1.0, 0.5), method="Nelder-Mead")
    return found.x


# %% tags=["demo"]
fig, axes = plt.subplots(1, 2, figsize=(9.2, 4.0), layout="constrained", sharey=True)
ends = np.array([-2.2, 2.2])
for ax, loss, name, colour, verdict in (
    (axes[0], mse, "MSE", BLUE, "gives way to one day"),
    (axes[1], mae, "MAE", VERMILION, "hardly moves"),
):
    (w_12, b_12), (w_13, b_13) = best_line(loss, x, y), best_line(loss, x_13, y_13)
    print(f"{name}: best w without the odd day {w_12:.2f}, with it {w_13:.2f}")
    ax.plot(ends, w_12 * ends + b_12, ":", color="#222222", label=f"without the odd day: $w$ = {w_12:.2f}")
    ax.plot(ends, w_13 * ends + b_13, color=colour, label=f"with it: $w$ = {w_13:.2f}")
    ax.plot(x, y, "o", color="#777777", markersize=5)
    ax.plot(x_odd, y_odd, "X", color="black", markersize=10)
    ax.text(x_odd - 0.15, y_odd, "power cut", ha="right", va="center")
    ax.set(title=f"{name}: the line {verdict}", xlabel="warmth $x$ (5 °C above usual)", ylim=(-5.8, 4.4))
    ax.legend(frameon=False, loc="upper left", fontsize=10)
axes[0].set_ylabel("sales $y$ (100 ices above usual)")
show(
    fig,
    "Two panels with the twelve days, an outlier far below them, and the best lines without and with it. Left, "
    "for the MSE, the slope falls from 1.22 to 0.52 because of the outlier, and the line leaves the other "
    "points. Right, for the MAE, it falls from 1.16 to 1.08 only.",
)

# %% [markdown]
# Neither line is wrong. They answer different questions. If the odd day is a mistake in your notes, the MAE
# protects you. If power cuts are part of the business and cost you dearly, you may want a loss that feels them.
# There is a price for the calm of the MAE: its slope does not shrink near the goal, and it has a sharp bend
# there.

# %% [markdown]
# ## 5. A trap: (n,) against (n, 1)
#
# Lecture 05 had models with one output. Their answers for a batch of $n$ examples have the shape `(n, 1)`: $n$
# rows, one column. Targets often come as a plain list of $n$ numbers, shape `(n,)`. Lecture 05 warned of what
# happens when the two meet. Here it happens inside a loss, where you do not see it. `.reshape(-1, 1)` makes a
# column: the −1 stands for "as many rows as needed".

# %% tags=["demo"]
targets = np.array([1.0, 2.0, 3.0])
answers = np.array([1.0, 2.0, 3.0]).reshape(-1, 1)
print("shapes", targets.shape, answers.shape)
print("loss  ", mse(targets, answers))

# %% [markdown]
# All three answers are right, and the loss is 1.33. No error, no warning. This is broadcasting, which was so
# useful for the bias in lecture 03. A column of 3 and a row of 3 are both stretched to a table of 3 × 3.

# %% tags=["demo"]
answers - targets

# %% tags=["demo"] title="Answers minus targets, in a table and in a column"
fig, axes = plt.subplots(1, 2, figsize=(8.2, 3.7), layout="constrained", width_ratios=(3, 1))
for ax, table, title in (
    (axes[0], answers - targets, "(3, 1) minus (3,): every answer\nwith every target, 9 differences"),
    (axes[1], answers - targets.reshape(-1, 1), "(3, 1) minus (3, 1):\n3 differences"),
):
    rows, columns = table.shape
    for r in range(rows):
        for c in range(columns):
            wanted = r == c or columns == 1
            look = {"facecolor": "white"} if wanted else {"facecolor": "#f3c9ad", "hatch": "//"}
            ax.add_patch(plt.Rectangle((c, rows - 1 - r), 1, 1, edgecolor="#444444", **look))
            ax.text(
                c + 0.5, rows - 0.5 - r, f"{table[r, c]:.0f}", ha="center", va="center", fontsize=13,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},
            )
        ax.text(-0.15, rows - 0.5 - r, rf"$\hat y_{r + 1}$ = {answers[r, 0]:.0f}", ha="right", va="center")
    for c in range(columns):
        label = f"$y_{c + 1}$ = {targets[c]:.0f}" if columns > 1 else "$y_i$"
        ax.text(c + 0.5, 3.18, label, ha="center", va="center")
    ax.set(xlim=(-1, columns + 0.1), ylim=(-0.1, 3.4), aspect="equal")
    ax.axis("off")
    ax.set_title(title, fontsize=11)
show(
    fig,
    "Left, a table of 3 by 3 differences: each of the three answers, in rows, minus each of the three targets, in "
    "columns. Only the diagonal, all zeros, was wanted; the six hatched cells are pairs that do not belong "
    "together. Right, the single column of three differences, all zero.",
)

# %% [markdown]
# Training with such a loss runs smoothly and learns nonsense: since every target meets every answer, the best
# that the model can do is to give the average of $y$ for every input. Keras guards its own losses against this.
# Your own code has to guard itself.
#
# Three tools: `a.reshape(-1)` gives a flat array of shape `(n,)` with the numbers of `a`; `a` itself stays as it is.
# `len(a)` is how many entries a flat array has. And `raise ValueError("…")` stops with an error message.
#
# ### Exercise 6.5: a loss that cannot be fooled
#
# Write `safe_mse(y, y_hat)`. Each of the two may have the shape `(n,)` or `(n, 1)`. Return their mean squared
# error. If the two do not hold equally many numbers, raise a `ValueError` that says so.

# %% exercise="safe_mse"
def safe_mse(y, y_hat):
    """Return the mean squared error. y, y_hat: shape (n,) or (n, 1), each. Other lengths: ValueError."""
    ### BEGIN SOLUTION
    y, y_hat = y.reshape(-1), y_hat.reshape(-1)
    if len(y) != len(y_hat):
        raise ValueError(f"{len(y)} targets, but {len(y_hat)} answers")
    return np.mean((y_hat - y) ** 2)
    ### END SOLUTION

# %% wrong="safe_mse" says="every answer with every target"
def safe_mse(y, y_hat):
    if len(y) != len(y_hat):
        raise ValueError("different lengths")
    return np.mean((y_hat - y) ** 2)

# %% wrong="safe_mse" says="still a column"
def safe_mse(y, y_hat):
    if len(y) != len(y_hat):
        raise ValueError("different lengths")
    return np.mean((y_hat.reshape(-1) - y) ** 2)

# %% wrong="safe_mse" says="stretched"
def safe_mse(y, y_hat):
    return np.mean((y_hat.reshape(-1) - y.reshape(-1)) ** 2)

# %% wrong="safe_mse" says="hands the error back"
def safe_mse(y, y_hat):
    y, y_hat = y.reshape(-1), y_hat.reshape(-1)
    if len(y) != len(y_hat):
        return ValueError("different lengths")
    return np.mean((y_hat - y) ** 2)

# %% wrong="safe_mse" says="cuts off"
def safe_mse(y, y_hat):
    y, y_hat = y.reshape(-1), y_hat.reshape(-1)
    n = min(len(y), len(y_hat))
    return np.mean((y_hat[:n] - y[:n]) ** 2)

# %% wrong="safe_mse" says="`print` shows a text"
def safe_mse(y, y_hat):
    y, y_hat = y.reshape(-1), y_hat.reshape(-1)
    if len(y) != len(y_hat):
        print("different lengths")
    else:
        return np.mean((y_hat - y) ** 2)

# %% wrong="safe_mse" says="a text alone"
def safe_mse(y, y_hat):
    y, y_hat = y.reshape(-1), y_hat.reshape(-1)
    if len(y) != len(y_hat):
        message = "different lengths"
        raise message
    return np.mean((y_hat - y) ** 2)

# %% wrong="safe_mse" says="`assert` stops"
def safe_mse(y, y_hat):
    y, y_hat = y.reshape(-1), y_hat.reshape(-1)
    assert len(y) == len(y_hat), "different lengths"
    return np.mean((y_hat - y) ** 2)

# %% wrong="safe_mse" says="lost its last direction"
def safe_mse(y, y_hat):
    y, y_hat = y.squeeze(), y_hat.squeeze()
    if len(y) != len(y_hat):
        raise ValueError("different lengths")
    return np.mean((y_hat - y) ** 2)

# %% check="safe_mse" points=4
_y, _p = np.array([1.0, 2.0, 4.0]), np.array([2.0, 2.0, 1.0])
_right, _pairs = np.mean((_y - _p) ** 2), np.mean((_y.reshape(-1, 1) - _p) ** 2)
for _first, _second in ((0, 0), (0, 1), (1, 0), (1, 1)):
    _a, _b = _y.reshape(-1, 1) if _first else _y, _p.reshape(-1, 1) if _second else _p
    _where = f"For y of shape {_a.shape} and y_hat of shape {_b.shape}"
    try:
        _got = safe_mse(_a.copy(), _b.copy())
    except ValueError as _error:
        raise AssertionError(f"{_where} you raise an error, although both hold three numbers: {_error}") from None
    assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
    assert np.shape(_got) == (), f"{_where} you return shape {np.shape(_got)}, not one number."
    if np.isclose(_got, _pairs) and _second:
        raise AssertionError(f"{_where} you compare every answer with every target, nine pairs instead of three.")
    assert not np.isclose(_got, _pairs), (
        f"{_where} nine pairs are compared again. One of the two is still a column."
    )
    assert np.isclose(_got, _right), f"{_where} you return {_got}, which is not the mean of 1, 0 and 9."
_raised, _got = False, None
try:
    _got = safe_mse(np.array([1.0, 2.0, 4.0]), np.array([[1.0]]))
except ValueError:
    _raised = True
except AssertionError:
    raise AssertionError(
        "For three targets and one answer an `assert` stops your function. A ValueError is wanted: `if`, then `raise`."
    ) from None
except TypeError as _error:
    assert "BaseException" not in str(_error), (
        "For three targets and one answer you raise a text alone. Python wants an error there, with the text inside."
    )
    raise AssertionError(
        f"For a single answer your function stops: {_error}. Has its array lost its last direction, and its length "
        "with it? `.reshape(-1)` keeps one."
    ) from None
assert _raised or not type(_got).__name__.endswith("Error"), (
    "For three targets and one answer your function hands the error back with `return`. `raise` stops with it."
)
assert _raised or (_got is not None and not isinstance(_got, str)), (
    f"For three targets and one answer you return {_got!r}, and the program goes on. `print` shows a text, `return` "
    "hands one back; only `raise` stops."
)
assert _raised or _got != 0, (
    "For three targets and one answer you return 0. A function that cuts off what is too many hides a mistake."
)
assert _raised, (
    f"For three targets and one answer you return {_got}. The one answer has been stretched to three. Compare the "
    "lengths before you subtract, and stop with `raise` if they differ."
)
print("safe_mse treats rows and columns alike, and refuses one answer for three targets.")
### BEGIN HIDDEN TESTS
# reference: safe_mse
_rng = np.random.default_rng(65)
for _n in (1, 2, 7, 60):
    _y, _p = _rng.normal(size=(2, _n))
    for _a, _b in ((_y, _p), (_y, _p[:, None]), (_y[:, None], _p), (_y[:, None], _p[:, None])):
        _got = safe_mse(_a.copy(), _b.copy())
        assert np.isclose(_got, reference_safe_mse(_a, _b)), (
            f"For shapes {_a.shape} and {_b.shape} your loss is wrong."
        )
        _keras = np.mean(keras.losses.mean_squared_error(_y[:, None], _p[:, None]))
        assert np.isclose(_got, _keras), f"For shapes {_a.shape} and {_b.shape} Keras gets another number."
for _a, _b in (((1,), (5,)), ((1, 1), (4,)), ((6,), (5, 1)), ((6, 1), (5, 1))):
    _got = None
    try:
        _got = safe_mse(np.ones(_a), np.ones(_b))
    except ValueError:
        continue
    raise AssertionError(
        f"For shapes {_a} and {_b} there are not equally many numbers, and no ValueError comes. Compare lengths."
    )
_y, _p = np.ones(2), np.zeros((2, 1))
safe_mse(_y, _p)
assert _y.shape == (2,) and _p.shape == (2, 1) and _y.sum() == 2 and _p.sum() == 0, (
    "Your function changes the arrays that it is given."
)
### END HIDDEN TESTS

# %% [markdown]
# ## 6. The loss as a landscape
#
# The line of the kiosk has two parameters. Put $w$ on one axis and $b$ on another. Every point $(w, b)$ of this
# plane *is* a line, and it has a loss. Think of the loss as a height: over the plane there is a landscape, the
# loss surface. Training is a walk downhill on it.
#
# A loop over two lists of values draws the map. `for i in range(3)` runs with $i$ = 0, 1, 2, and `range(len(ws))`
# gives all the places of `ws`.
# `np.zeros((rows, columns))` makes a table of zeros to be filled, and `table[i, j]` is the entry in row $i$ and
# column $j$.
#
# ### Exercise 6.6: a map of the loss
#
# Write `loss_surface(x, y, ws, bs)`. It returns a table with one row for each value in `ws` and one column for
# each value in `bs`. The entry `[i, j]` is the MSE of the line with $w$ = `ws[i]` and $b$ = `bs[j]`. Use your
# `mse`.

# %% exercise="loss_surface"
def loss_surface(x, y, ws, bs):
    """Return the MSE of the line ws[i] * x + bs[j] for all i and j, shape (len(ws), len(bs))."""
    ### BEGIN SOLUTION
    table = np.zeros((len(ws), len(bs)))
    for i in range(len(ws)):
        for j in range(len(bs)):
            table[i, j] = mse(y, ws[i] * x + bs[j])
    return table
    ### END SOLUTION

# %% wrong="loss_surface" says="rows and columns"
def loss_surface(x, y, ws, bs):
    table = np.zeros((len(bs), len(ws)))
    for i in range(len(ws)):
        for j in range(len(bs)):
            table[j, i] = mse(y, ws[i] * x + bs[j])
    return table

# %% wrong="loss_surface" says="changed places"
def loss_surface(x, y, ws, bs):
    table = np.zeros((len(ws), len(bs)))
    for i in range(len(ws)):
        for j in range(len(bs)):
            table[i, j] = mse(y, bs[j] * x + ws[i])
    return table

# %% wrong="loss_surface" says="stay zero"
def loss_surface(x, y, ws, bs):
    table = np.zeros((len(ws), len(bs)))
    for i in range(len(ws) - 1):
        for j in range(len(bs) - 1):
            table[i, j] = mse(y, ws[i] * x + bs[j])
    return table

# %% wrong="loss_surface" says="a row for each w."
def loss_surface(x, y, ws, bs):
    return np.array([mse(y, w * x + b) for w, b in zip(ws, bs, strict=False)])

# %% wrong="loss_surface" says="too early"
def loss_surface(x, y, ws, bs):
    table = np.zeros((len(ws), len(bs)))
    for i in range(len(ws)):
        for j in range(len(bs)):
            table[i, j] = mse(y, ws[i] * x + bs[j])
        return table

# %% wrong="loss_surface" says="inside the inner loop"
def loss_surface(x, y, ws, bs):
    table = np.zeros((len(ws), len(bs)))
    for i in range(len(ws)):
        for j in range(len(bs)):
            table[i, j] = mse(y, ws[i] * x + bs[j])
            return table

# %% wrong="loss_surface" says="number 0, not 1"
def loss_surface(x, y, ws, bs):
    table = np.zeros((len(ws), len(bs)))
    for i in range(1, len(ws)):
        for j in range(1, len(bs)):
            table[i, j] = mse(y, ws[i] * x + bs[j])
    return table

# %% wrong="loss_surface" says="all entries are zero"
def loss_surface(x, y, ws, bs):
    table = np.zeros((len(ws), len(bs)))
    for w in ws:
        for b in bs:
            mse(y, w * x + b)
    return table

# %% check="loss_surface" points=4
_x, _y = np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 6.0])
_ws, _bs = np.array([2.0, 0.0]), np.array([0.5, 0.0, -1.0])
_want = np.array([[np.mean((_w * _x + _b - _y) ** 2) for _b in _bs] for _w in _ws])
_swapped = np.array([[np.mean((_b * _x + _w - _y) ** 2) for _b in _bs] for _w in _ws])
_got = loss_surface(_x.copy(), _y.copy(), _ws.copy(), _bs.copy())
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) != (3, 2), (
    "Your rows and columns are exchanged: a row for each w, a column for each b."
)
assert np.shape(_got) == (2, 3), (
    f"For two values of w and three of b the shape is {np.shape(_got)}, not (2, 3). The table combines every w with "
    "every b, a row for each w."
)
_got = np.asarray(_got)
assert not np.allclose(_got[0], _want[0]) or not np.all(_got[1] == 0), (
    "Only the first row is filled. Does `return` come too early, inside the loop?"
)
assert np.any(_got != 0), "All entries are zero. Is the loss written into its place, `table[i, j]`?"
assert np.sum(_got != 0) > 1 or _got[0, 0] == 0, (
    "Only the first entry is filled. Does `return` stand inside the inner loop?"
)
assert not np.all(_got[0] == 0) and not np.all(_got[:, 0] == 0), (
    "The first row or the first column is still zero. The first place has the number 0, not 1."
)
assert not np.any(_got == 0), (
    "Some entries stay zero. `range(n)` already ends before n: it gives 0, 1, …, n − 1."
)
assert not np.allclose(_got, _swapped), "Your w and b have changed places: w multiplies x, b is added."
assert not np.allclose(_got, 3 * _want), "Your entries are sums, not means. Does your `mse` pass its check?"
assert np.allclose(_got, _want), (
    f"Your table is\n{_got}\nwhich is wrong. Work out its first entry by hand: x = (0, 1, 2), y = (1, 3, 6), w = 2, "
    "b = 0.5."
)
print("loss_surface is right for two values of w and three of b.")
### BEGIN HIDDEN TESTS
# reference: loss_surface
_rng = np.random.default_rng(66)
for _n, _rows, _columns in ((1, 1, 1), (5, 1, 4), (5, 4, 1), (12, 6, 6), (30, 8, 5)):
    _x, _y = _rng.normal(size=(2, _n))
    _ws, _bs = _rng.normal(size=_rows), _rng.normal(size=_columns)
    _got = loss_surface(_x.copy(), _y.copy(), _ws.copy(), _bs.copy())
    assert np.shape(_got) == (_rows, _columns), (
        f"For {_rows} values of w and {_columns} of b the shape is {np.shape(_got)}."
    )
    assert np.allclose(_got, reference_loss_surface(_x, _y, _ws, _bs)), (
        f"For {_n} random examples, {_rows} values of w and {_columns} of b the table is wrong."
    )
    # A second opinion: the MSE of a line, multiplied out.
    _by_hand = (
        _ws[:, None] ** 2 * np.mean(_x**2) + _bs**2 + np.mean(_y**2)
        + 2 * _ws[:, None] * _bs * np.mean(_x) - 2 * _ws[:, None] * np.mean(_x * _y) - 2 * _bs * np.mean(_y)
    )
    assert np.allclose(_got, _by_hand), "Your table differs from the formula of the MSE, multiplied out."
assert np.allclose(loss_surface(np.zeros(3), np.zeros(3), [5.0], [2.0]), [[4.0]]), (
    "When every x is zero, only b counts. Your table says otherwise."
)
### END HIDDEN TESTS

# %% [markdown]
# Your map, drawn. A line in it joins the places of equal loss, like the lines of equal height on a hiking
# map. The darker, the higher.

# %% tags=["demo"]
ws, bs = np.linspace(-2, 4, 61), np.linspace(-3, 4, 71)
surface = loss_surface(x, y, ws, bs)
i, j = np.unravel_index(surface.argmin(), surface.shape)  # the row and column of the lowest entry
print(f"lowest on the map: {surface[i, j]:.3f} at w = {ws[i]:.1f}, b = {bs[j]:.1f}")
fig, ax = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
levels = 0.245 + np.array([0.05, 0.4, 1.2, 2.5, 4.5, 7, 10, 14, 19])
filled = ax.contourf(ws, bs, surface.T, levels=[0, *levels, 50], cmap="Blues", alpha=0.85)
lines = ax.contour(ws, bs, surface.T, levels=levels, colors="#333333", linewidths=0.9)
ax.clabel(lines, levels[2::2], fmt="%.1f", fontsize=9)
ax.plot(w_mse, b_mse, "*", color=VERMILION, markersize=14, markeredgecolor="white", label="lowest loss")
ax.plot(1, 0, "o", color="white", markeredgecolor="black", markersize=8, label="the line of part 1")
ax.set(xlabel="slope $w$", ylabel="bias $b$")
ax.set_title("The MSE of a line is one bowl with one lowest place")
ax.legend(loc="upper right", fontsize=10)
show(
    fig,
    "A map of the loss over w and b, shaded darker where the loss is higher, with oval closed lines of "
    "equal loss around a star, the lowest place, at w = 1.22 and b = 0.58. The line of part 1, at (1, 0), lies "
    "a little below it.",
)

# %% [markdown]
# For a line with MSE the map is a bowl. Other losses and other models have other landscapes. Here you can walk
# on four of them. The last two belong to a *yes or no* question about the same days: did the ices sell out?
# Their model is a sigmoid neuron, $\hat y = \sigma(wx + b)$, where $\sigma$ (sigma) is the sigmoid. Parts 7 and 9
# explain their losses. Begin with the first two.

# %%
sold_out = np.array([0, 0, 1, 0, 1, 0, 0, 1, 1, 0, 1, 1])

# %% playground="surface" height=930
seed = {
    "x": x.tolist(), "y": y.tolist(), "labels": sold_out.tolist(), "loss": "mse", "w": -1.0, "b": 2.0, "outlier": False,
    "odd": [x_odd, y_odd], "odd_label": [-1.9, 1],
}

# %% [markdown]
# Try these.
#
# 1. *Line, MSE*: find the lowest place by hand, then press *Mark the lowest*. How near did you come? Switch the
#    power cut on and look for the new lowest place.
# 2. *Line, MAE*: do the same. How far does the lowest place move? And what is different about the slice, the curve
#    along the dashed line?
# 3. *Sigmoid, BCE* (after part 7): go to $w = -6$, $b = 0$, where the neuron is sure and mostly wrong. How much
#    lower is the loss if $w$ grows by 0.1? Then choose *sigmoid, MSE* and ask the same, at the same place.
# 4. *Sigmoid, MSE*: find a place where the map is almost flat although the loss is high. What would "walk
#    downhill" do there?
#
# The figure shows the same four landscapes, for readers who cannot run the playground.

# %% tags=["demo"]
def bce_stable(y, z):  # the loss of part 7, worked out from z
    return np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))


four = {
    "line, MSE: a bowl": (lambda w, b: mse(y, w * x + b), "#222222"),
    "line, MAE: a bowl with creases": (lambda w, b: mae(y, w * x + b), "#222222"),
    "sigmoid, BCE: steep where it is wrong": (lambda w, b: bce_stable(sold_out, w * x + b), "#222222"),
    "sigmoid, MSE: flat where it is wrong": (lambda w, b: mse(sold_out, expit(w * x + b)), "#222222"),
}
grid = np.linspace(-6, 6, 81)
fig, axes = plt.subplots(2, 2, figsize=(7.4, 6.8), dpi=72, layout="constrained", sharex=True, sharey=True)
for ax, (title, (loss, colour)) in zip(axes.flat, four.items(), strict=True):
    table = np.array([[loss(w, b) for w in grid] for b in grid])
    low, high = table.min(), table.max()
    levels = low + (high - low) * np.linspace(0.04, 1, 11) ** 2
    ax.contourf(grid, grid, table, levels=[low, *levels], cmap="Blues")
    ax.contour(grid, grid, table, levels=levels, colors=colour, linewidths=0.8)
    row, column = np.unravel_index(table.argmin(), table.shape)
    ax.plot(grid[column], grid[row], "*", color=VERMILION, markersize=13, markeredgecolor="white")
    ax.set_title(title)
for ax in axes[1]:
    ax.set_xlabel("weight $w$")
for ax in axes[:, 0]:
    ax.set_ylabel("bias $b$")
fig.suptitle("The same days, four landscapes: the loss decides where downhill is")
show(
    fig,
    "Four maps of loss over w and b from minus 6 to 6, darker where the loss is higher, with a star at the lowest "
    "place. Line with MSE: closed rounded lines. Line with MAE: the same region, with corners in the lines. "
    "Sigmoid with BCE: the lines go on at even distances to the left edge, where the model is wrong. Sigmoid with MSE: "
    "large areas without lines near the left edge, upper and lower corners, where the loss is high and flat.",
)

# %% [markdown]
# ## 7. Cross-entropy: the price of a surprise
#
# Did the ices sell out that day? The target is now 1 for yes and 0 for no, and a sigmoid neuron answers with a
# number $\hat y$ between 0 and 1. Read it as a probability: $\hat y = 0.8$ says "sold out, with 80 %".
#
# Why not count the mistakes? Because a count is blind. Move a parameter a little, and usually not one answer
# changes sides. The count stays the same: its landscape consists of flat terraces with cliffs between them. No
# slope tells you where to go. We need a loss that notices whether 0.2 becomes 0.3.
#
# Here is one. Ask which probability the model gave to *what then happened*:
#
# - if $y = 1$, it gave $\hat y$;
# - if $y = 0$, it gave $1 - \hat y$.
#
# Call this number $p_t$, the probability of the truth. The loss is $-\log p_t$. The **cross-entropy** is this price,
# averaged over what really happens: minus the logarithm of the probability that the model gave to the truth. It
# comes from information theory, where $-\log p$ measures how surprising an event of probability $p$ is. What was
# certain is no surprise: $-\log 1 = 0$. What was held to be nearly impossible is a large one.
#
# $\log$ is the natural logarithm, base $e$, in code `np.log`.

# %% tags=["demo"]
share = np.linspace(0.001, 0.999, 999)
fig, ax = plt.subplots(figsize=(6.4, 3.7))
ax.plot(share, -np.log(share), color=BLUE, label=r"$y = 1$:  $-\log \hat y$")
ax.plot(share, -np.log(1 - share), "--", color=VERMILION, label=r"$y = 0$:  $-\log(1 - \hat y)$")
ax.plot(0.5, np.log(2), "ko", markersize=6)
ax.annotate(
    "$\\hat y$ = 0.5 costs 0.693,\nwhatever happens", (0.5, np.log(2)), xytext=(0.34, 2.4),
    arrowprops={"arrowstyle": "-", "color": "#777777"},
)
ax.set(xlabel=r"the model's answer $\hat y$", ylabel="loss of one example", ylim=(-0.1, 5.6))
ax.set_title("To be sure and right costs nothing; to be sure and wrong has no upper limit")
ax.legend(frameon=False, loc="upper center")
show(
    fig,
    "Two curves over the model's answer between 0 and 1. For y = 1 the loss falls from very high values near 0 to 0 "
    "at 1. For y = 0 it is the mirror image. They cross at one half, where both are 0.693.",
)

# %% [markdown]
# One formula holds both cases. It is the **binary cross-entropy**, BCE for short:
#
# $$L(y, \hat y) = -\big[\, y \log \hat y + (1 - y) \log(1 - \hat y) \,\big].$$
#
# Put in $y = 1$: the second term is gone, and $-\log \hat y$ is left. Put in $y = 0$: the first is gone. As with
# MSE, the loss of a batch is the average. For independent examples the probability of *all* targets together is
# a product, and a logarithm turns a product into a sum: a low BCE means that the model finds the whole data set
# likely.
#
# ### Exercise 6.7: by hand
#
# A model says $\hat y = 0.8$. What is the binary cross-entropy if the answer turns out to be yes
# ($y = 1$)? Write it as `loss_yes`. And if it turns out to be no ($y = 0$)? Write it as `loss_no`. Three digits
# after the point are enough. Use a calculator, or `np.log`.

# %% exercise="by_hand"
### BEGIN SOLUTION
loss_yes = 0.223
loss_no = 1.609
### END SOLUTION

# %% wrong="by_hand" says="base 10"
loss_yes = 0.0969
loss_no = 0.699

# %% wrong="by_hand" says="minus sign"
loss_yes = -0.223
loss_no = -1.609

# %% wrong="by_hand" says="changed places"
loss_yes = 1.609
loss_no = 0.223

# %% wrong="by_hand" says="no logarithm"
loss_yes = 0.2
loss_no = 0.8

# %% wrong="by_hand" says="`loss_no` is the loss for"
loss_yes = 0.223
loss_no = 0.223

# %% wrong="by_hand" says="the other one is left"
loss_yes = 0.223
loss_no = 0

# %% wrong="by_hand" says="did you put in 80"
loss_yes = -np.log(80)
loss_no = -np.log(20)

# %% wrong="by_hand" says="squared errors"
loss_yes = 0.04
loss_no = 0.64

# %% check="by_hand" points=2
for _got, _name in ((loss_yes, "loss_yes"), (loss_no, "loss_no")):
    assert np.shape(_got) == () and not isinstance(_got, (str, type(None))), f"`{_name}` should be one number."
    assert _got != 0, f"`{_name}` is 0. When one term of the formula is gone, the other one is left."
    assert not np.any(np.isclose(abs(_got), np.log([80, 20]), atol=0.01)), (
        f"`{_name}` is {_got}. Did you put in 80? As a probability, 80 % is 0.8."
    )
    assert _got > 0, f"`{_name}` is {_got}. A cross-entropy is positive here: do not lose the minus sign of the formula."
assert loss_no != loss_yes, (
    "Both are the same. `loss_no` is the loss for y = 0: which of the two terms of the formula is left then?"
)
assert not np.allclose([loss_yes, loss_no], [0.2, 0.8], atol=0.004), (
    "These are the distances from 1 and from 0. There is no logarithm in them."
)
assert not np.allclose([loss_yes, loss_no], [0.04, 0.64], atol=0.004), (
    "These are squared errors. The cross-entropy has a logarithm."
)
assert loss_yes < loss_no, (
    "A model that says 80 % is closer to yes. Have the two losses changed places?"
)
assert not np.allclose([loss_yes, loss_no], [0.0969, 0.699], atol=0.002), (
    "Your logarithm has the base 10. The natural logarithm is `np.log`, or the key ln."
)
assert not np.allclose([loss_yes, loss_no], [0.3219, 2.3219], atol=0.002), (
    "Your logarithm has the base 2. The natural logarithm is `np.log`, or the key ln."
)
print("Both are positive, and common slips are ruled out. Your own bce, next, can confirm them.")
### BEGIN HIDDEN TESTS
# reference: loss_yes, loss_no
assert np.isclose(loss_yes, reference_loss_yes, atol=0.006), (
    "loss_yes is not right. Put y = 1 and ŷ = 0.8 into the formula: which term is left?"
)
assert np.isclose(loss_no, reference_loss_no, atol=0.006), (
    "loss_no is not right. Put y = 0 and ŷ = 0.8 into the formula: which term is left?"
)
_keras = [float(keras.losses.binary_crossentropy(np.array([_y]), np.array([0.8]))) for _y in (1.0, 0.0)]
assert np.allclose([loss_yes, loss_no], _keras, atol=0.006), "Keras gets other numbers."
### END HIDDEN TESTS

# %% [markdown]
# ### At 0 and at 1
#
# What if a model says 0 or 1 exactly? A computer rounds: the sigmoid of 40 is stored as 1. Then a logarithm of 0
# appears, and with it trouble, even where the answer is *right*.

# %%
with np.errstate(divide="ignore", invalid="ignore"):  # do not print warnings for this once
    print("sure and wrong:", -(1 * np.log(0.0) + 0 * np.log(1.0)))
    print("sure and right:", -(1 * np.log(1.0) + 0 * np.log(0.0)))

# %% [markdown]
# The first is infinite. The second is $0 \cdot \log 0$, and NumPy answers `nan`, "not a number". One `nan`
# in a batch makes the average `nan`, and after the next step every parameter.
#
# The usual cure is **clipping**: numbers below a lower bound are set to the bound, and numbers above an upper
# bound likewise. Keras clips probabilities to the range from $10^{-7}$ to $1 - 10^{-7}$. `np.clip(a, low, high)`
# does it and gives a new array. The small number is often called $\epsilon$ (epsilon). In code, `1e-7` is
# $10^{-7}$.
#
# So no single example can cost more than $-\log 10^{-7} \approx 16.12$. Clipping has a price: beyond the bound
# the loss is flat and its slope is zero. That is why libraries prefer to compute the loss from $z$
# directly, where nothing needs to be clipped. Lecture 09 does that.

# %%
EPSILON = 1e-7
print(f"the highest loss of one example: {-np.log(EPSILON):.2f}")

# %% [markdown]
# ### Exercise 6.8: binary cross-entropy for a batch
#
# Write `bce(y, y_hat)`, again for flat arrays and tables: clip the answers to the range from `EPSILON` to
# `1 - EPSILON`, then return the mean binary cross-entropy. Use the formula as it stands: later a target may also
# lie between 0 and 1.

# %% exercise="bce"
def bce(y, y_hat):
    """Return the mean binary cross-entropy, one number. y, y_hat: arrays of the same shape, from 0 to 1."""
    ### BEGIN SOLUTION
    p = np.clip(y_hat, EPSILON, 1 - EPSILON)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    ### END SOLUTION

# %% wrong="bce" says="not a number"
def bce(y, y_hat):
    return -np.mean(y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat))

# %% wrong="bce" says="gives back"
def bce(y, y_hat):
    np.clip(y_hat, EPSILON, 1 - EPSILON)
    return -np.mean(y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat))

# %% wrong="bce" says="soft labels"
def bce(y, y_hat):
    p = np.clip(y_hat, EPSILON, 1 - EPSILON)
    return -np.mean(np.log(np.where(y == 1, p, 1 - p)))

# %% wrong="bce" says="both ends"
def bce(y, y_hat):
    p = np.maximum(y_hat, EPSILON)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

# %% wrong="bce" says="second term"
def bce(y, y_hat):
    p = np.clip(y_hat, EPSILON, 1 - EPSILON)
    return -np.mean(y * np.log(p))

# %% wrong="bce" says="minus sign"
def bce(y, y_hat):
    p = np.clip(y_hat, EPSILON, 1 - EPSILON)
    return np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

# %% wrong="bce" says="exchanged"
def bce(y, y_hat):
    t = np.clip(y, EPSILON, 1 - EPSILON)
    return -np.mean(y_hat * np.log(t) + (1 - y_hat) * np.log(1 - t))

# %% wrong="bce" says="added up, not averaged"
def bce(y, y_hat):
    p = np.clip(y_hat, EPSILON, 1 - EPSILON)
    return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))

# %% wrong="bce" says="below zero"
def bce(y, y_hat):
    return -np.mean(y * np.log(y_hat + EPSILON) + (1 - y) * np.log(1 - y_hat + EPSILON))

# %% check="bce" points=4
_y, _p = np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.8, 0.4, 0.3, 0.1])
_each = -np.log(np.array([0.8, 0.6, 0.3, 0.9]))
_got = bce(_y.copy(), _p.copy())
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), f"Your function gives shape {np.shape(_got)}, not one number. Take the average."
assert not np.isclose(_got, -_each.mean()), "Your loss is negative: the minus sign of the formula is missing."
assert not np.isclose(_got, _each.sum()), "The losses of the examples are added up, not averaged."
assert not np.isclose(_got, (_each[0] + _each[2]) / 4), (
    "The examples with y = 0 cost nothing in your loss. Where is the second term, with 1 − y?"
)
_t = np.clip(_y, 1e-7, 1 - 1e-7)
assert not np.isclose(_got, -np.mean(_p * np.log(_t) + (1 - _p) * np.log(1 - _t))), (
    "Targets and answers are exchanged: the logarithm is taken of the model's answer."
)
assert not np.isclose(abs(_got), abs(_each @ [1, -1, 1, -1]) / 4), (
    "The two terms of the formula have opposite signs in your loss. Between them stands a plus."
)
assert not np.isclose(_got, _each.mean() / np.log(10)), "Your logarithm has the base 10. Use `np.log`."
assert np.isclose(_got, _each.mean(), atol=1e-6), (
    f"For y = (1, 0, 1, 0) and ŷ = (0.8, 0.4, 0.3, 0.1) you get {_got}. Compare with `loss_yes` for the first "
    "example alone."
)
_left, _right = bce(np.array([0.0, 1.0]), np.array([0.0, 0.5])), bce(np.array([1.0, 0.0]), np.array([1.0, 0.5]))
assert not (np.isnan(_left) and np.isnan(_right)), (
    "When an answer is exactly 0 or 1 your loss is nan, not a number. Clip before you take the logarithm, and use the "
    "array that `np.clip` gives back."
)
assert not np.isnan(_left) and not np.isnan(_right), (
    "Your loss is nan for one of the answers 0 and 1, and a number for the other. Clip at both ends."
)
_sure = bce(np.array([1.0, 0.0]), np.array([1.0, 0.0]))
assert _sure >= 0, (
    f"For answers that are sure and right your loss is {_sure}, below zero. Adding epsilon inside the logarithm "
    "does that; clip instead."
)
print("bce is right for four examples, and survives a 0 and a 1.")
### BEGIN HIDDEN TESTS
# reference: bce
_rng = np.random.default_rng(68)
for _shape in ((1,), (2,), (50,), (5, 3)):
    _y, _p = _rng.integers(0, 2, size=_shape).astype(float), _rng.random(_shape)
    _want, _got = reference_bce(_y, _p), bce(_y.copy(), _p.copy())
    assert np.shape(_got) == (), f"For arrays of shape {_shape} you return shape {np.shape(_got)}, not a number."
    assert len(_shape) == 1 or not np.isclose(_got, 3 * _want), (
        "For tables with 3 columns you return three times the mean. Divide by all numbers; `len` counts the rows only."
    )
    assert np.isclose(_got, _want, rtol=1e-6), f"For random arrays of shape {_shape} your loss is wrong."
    _keras = np.mean(keras.losses.binary_crossentropy(_y, _p))
    assert np.isclose(_got, _keras, rtol=1e-6), f"For random arrays of shape {_shape} Keras gets another number."
_y, _p = np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.0, 1.0, 1.0, 0.0])
_keras = np.mean(keras.losses.binary_crossentropy(_y, _p))
assert np.isclose(bce(_y.copy(), _p.copy()), _keras, rtol=1e-6), (
    "For answers of exactly 0 and 1 Keras gets another number. Clip to 1e-7 and 1 − 1e-7, as `EPSILON` says."
)
_y, _p = np.array([0.6, 0.25]), np.array([0.6, 0.9])
assert np.isclose(bce(_y.copy(), _p.copy()), reference_bce(_y, _p)), (
    "Your loss is wrong for soft labels, targets between 0 and 1. Use the formula, not a choice between two cases."
)
_y, _p = np.array([1.0, 0.0]), np.array([1.0, 0.0])
bce(_y, _p)
assert np.array_equal(_y, [1, 0]) and np.array_equal(_p, [1, 0]), (
    "Your function changes the array that it is given. `np.clip` gives a new array; keep that one."
)
### END HIDDEN TESTS

# %% [markdown]
# Yardsticks for the BCE: a model that always says 0.5 has $\log 2 \approx 0.693$. A model above that
# would do better to say 0.5 each time. Now you can do task 3 of the playground; task 4 can wait for part 9.

# %% [markdown]
# ## 8. More than two classes
#
# A picture shows a cat, a dog or a rabbit. A model gives three probabilities that add up to 1. (How a network
# makes such numbers, with softmax, is lecture 09. Here they are given.) The target is a one-hot row:
# $y = (1, 0, 0)$ for a cat (lecture 02).
#
# The **categorical cross-entropy** of one example is
#
# $$L(y, \hat y) = -\sum_{k} y_k \log \hat y_k,$$
#
# added up over all classes $k$. In a one-hot row a single $y_k$ is 1, so a single term is left: minus the
# logarithm of the probability of the true class. The other probabilities do not appear. They still count,
# because what they take is missing from the true one.

# %%
Y = np.array([[1.0, 0, 0], [0, 1, 0], [1, 0, 0]])
P = np.array([[0.85, 0.10, 0.05], [0.30, 0.60, 0.10], [0.20, 0.70, 0.10]])
for target_row, p_row in zip(Y, P, strict=True):
    print(target_row, p_row, "loss", round(-np.sum(target_row * np.log(p_row)), 3))

# %% [markdown]
# ### Exercise 6.9: categorical cross-entropy
#
# Write `categorical_cross_entropy(Y, P)` for a batch, one row for each example. Clip `P` as before. Add up over
# the classes of each example, then take the average over the examples. Keep the whole sum: later a row of `Y` may
# hold shares in place of a single 1.

# %% exercise="categorical_cross_entropy"
def categorical_cross_entropy(Y, P):
    """Return the mean categorical cross-entropy, one number. Y, P: shape (n, classes), rows add up to 1."""
    ### BEGIN SOLUTION
    log_p = np.log(np.clip(P, EPSILON, 1 - EPSILON))
    return -(Y * log_p).sum(axis=1).mean()
    ### END SOLUTION

# %% wrong="categorical_cross_entropy" says="number of classes"
def categorical_cross_entropy(Y, P):
    return -np.mean(Y * np.log(np.clip(P, EPSILON, 1 - EPSILON)))

# %% wrong="categorical_cross_entropy" says="also charges the other classes"
def categorical_cross_entropy(Y, P):
    p = np.clip(P, EPSILON, 1 - EPSILON)
    return -(Y * np.log(p) + (1 - Y) * np.log(1 - p)).sum(axis=1).mean()

# %% wrong="categorical_cross_entropy" says="also charges the other classes"
def categorical_cross_entropy(Y, P):
    return bce(Y, P)

# %% wrong="categorical_cross_entropy" says="without clipping"
def categorical_cross_entropy(Y, P):
    return -(Y * np.log(P)).sum(axis=1).mean()

# %% wrong="categorical_cross_entropy" says="soft label"
def categorical_cross_entropy(Y, P):
    p = np.clip(P, EPSILON, 1 - EPSILON)
    return -np.mean(np.log(p[np.arange(len(Y)), Y.argmax(axis=1)]))

# %% wrong="categorical_cross_entropy" says="one loss for each"
def categorical_cross_entropy(Y, P):
    return -(Y * np.log(np.clip(P, EPSILON, 1 - EPSILON))).sum(axis=1)

# %% check="categorical_cross_entropy" points=3
_Y = np.array([[1.0, 0, 0], [0, 0, 1.0]])
_P = np.array([[0.85, 0.10, 0.05], [0.3, 0.5, 0.2]])
_want = -(np.log(0.85) + np.log(0.2)) / 2
_got = categorical_cross_entropy(_Y.copy(), _P.copy())
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) != (2,), "You return one loss for each example. Their average is wanted."
assert np.shape(_got) == (), f"Your function gives shape {np.shape(_got)}, not one number."
assert not np.isclose(_got, -_want), "Your loss is negative: the minus sign of the formula is missing."
assert not np.isclose(_got, 2 * _want), "You add up over the examples. Take the average of their losses."
assert not np.isclose(_got, _want / 3), (
    "You average over all entries, so you divide by the number of classes, too. Add up within a row, then average."
)
_both = _want - np.mean(np.sum((1 - _Y) * np.log(1 - _P), axis=1))
assert not np.any(np.isclose(_got, [_both, _both / 3])), (
    "Your loss also charges the other classes, with the 1 − y of the binary formula. There is one term for each "
    "class here."
)
assert not np.isclose(_got, 2 * _want / 3), (
    "You add up down the columns and average over the classes. Add up within each row, then average over the rows."
)
assert np.isclose(_got, _want, rtol=1e-5), (
    f"For two examples whose true classes got 0.85 and 0.2 you return {_got}. Which logarithms should be averaged?"
)
_got = categorical_cross_entropy(np.array([[1.0, 0]]), np.array([[1.0, 0]]))
assert np.isfinite(_got), (
    f"For an answer that is sure and right you return {_got}: without clipping, 0 · log 0 is nan. And `np.clip` "
    "changes nothing in place: use the array that it gives back."
)
print("categorical_cross_entropy is right for two examples with three classes, and survives a 0.")
### BEGIN HIDDEN TESTS
# reference: categorical_cross_entropy
_rng = np.random.default_rng(69)
for _n, _k in ((1, 2), (1, 5), (6, 3), (40, 10)):
    _P = _rng.dirichlet(np.ones(_k), size=_n)
    _Y = np.eye(_k)[_rng.integers(0, _k, size=_n)]
    _soft = _rng.dirichlet(np.ones(_k), size=_n)
    _where = f"{_n} random examples with {_k} classes"
    _got = categorical_cross_entropy(_Y.copy(), _P.copy())
    assert np.shape(_got) == (), f"For {_where} you return shape {np.shape(_got)}, not a number."
    assert np.isclose(_got, reference_categorical_cross_entropy(_Y, _P), rtol=1e-5), f"For {_where} your loss is wrong."
    _keras = np.mean(keras.losses.categorical_crossentropy(_Y, _P))
    assert np.isclose(_got, _keras, rtol=1e-5), f"For {_where} Keras gets another number."
    _got, _keras = categorical_cross_entropy(_soft, _P), np.mean(keras.losses.categorical_crossentropy(_soft, _P))
    assert np.isclose(_got, _keras, rtol=1e-5), (
        f"For {_where} and a soft label for each, Keras gets another number. There each class has a term of its own, "
        "y_k times the logarithm of ŷ_k, and all of them count."
    )
_got = categorical_cross_entropy(np.array([[1.0, 0, 0]]), np.array([[0.0, 0.5, 0.5]]))
assert np.isclose(_got, -np.log(1e-7), rtol=1e-5), "When the true class gets 0, the loss should be −log of 1e-7."
_Y, _P = np.array([[1.0, 0]]), np.array([[1.0, 0]])
categorical_cross_entropy(_Y, _P)
assert np.array_equal(_P, [[1, 0]]), "Your function changes the probabilities that it is given. Make a new array."
### END HIDDEN TESTS

# %% [markdown]
# ### Labels as numbers
#
# One-hot rows waste room: with 50 000 classes each row holds 49 999 zeros. If labels are stored as class
# numbers (0 for cat, 1 for dog, 2 for rabbit), take the one probability that counts and leave the rest. The
# **sparse categorical cross-entropy** is the same loss for labels in this form. Only the input differs.
#
# To pick one entry from each row, give two lists of equal length: the rows, and the columns. `np.arange(3)` is
# the array 0, 1, 2.

# %%
labels = np.array([0, 1, 0])
P[np.arange(3), labels]

# %% [markdown]
# ### Exercise 6.10: sparse categorical cross-entropy
#
# Write `sparse_cross_entropy(labels, P)` for labels that are class numbers. Clip `P` as before. Do not build
# one-hot rows.

# %% exercise="sparse_cross_entropy"
def sparse_cross_entropy(labels, P):
    """Return the mean sparse categorical cross-entropy. labels: shape (n,), whole numbers. P: shape (n, classes)."""
    ### BEGIN SOLUTION
    p_true = P[np.arange(len(labels)), labels]
    return -np.log(np.clip(p_true, EPSILON, 1 - EPSILON)).mean()
    ### END SOLUTION

# %% wrong="sparse_cross_entropy" says="every label in every row"
def sparse_cross_entropy(labels, P):
    return -np.log(np.clip(P[:, labels], EPSILON, 1 - EPSILON)).mean()

# %% wrong="sparse_cross_entropy" says="picks rows"
def sparse_cross_entropy(labels, P):
    return -np.log(np.clip(P[labels], EPSILON, 1 - EPSILON)).mean()

# %% wrong="sparse_cross_entropy" says="largest probability"
def sparse_cross_entropy(labels, P):
    return -np.log(np.clip(P.max(axis=1), EPSILON, 1 - EPSILON)).mean()

# %% wrong="sparse_cross_entropy" says="a name, not an amount"
def sparse_cross_entropy(labels, P):
    p = np.clip(P, EPSILON, 1 - EPSILON)
    return -(labels.reshape(-1, 1) * np.log(p)).sum(axis=1).mean()

# %% wrong="sparse_cross_entropy" says="three rows each time"
def sparse_cross_entropy(labels, P):
    return -np.log(np.clip(P[np.arange(3), labels], EPSILON, 1 - EPSILON)).mean()

# %% wrong="sparse_cross_entropy" says="rows come first"
def sparse_cross_entropy(labels, P):
    return -np.log(np.clip(P[labels, np.arange(len(P))], EPSILON, 1 - EPSILON)).mean()

# %% wrong="sparse_cross_entropy" says="a name, not an amount"
def sparse_cross_entropy(labels, P):
    return -np.mean(labels * np.log(np.clip(P, EPSILON, 1 - EPSILON)))

# %% check="sparse_cross_entropy" points=3
_labels = np.array([2, 0, 0])
_P = np.array([[0.5, 0.3, 0.2], [0.7, 0.2, 0.1], [0.15, 0.25, 0.6]])
_want = -np.mean(np.log(np.array([0.2, 0.7, 0.15])))
_got = sparse_cross_entropy(_labels.copy(), _P.copy())
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), f"Your function gives shape {np.shape(_got)}, not one number. Take the average."
assert not np.isclose(_got, -_want), "Your loss is negative: the minus sign is missing."
assert not np.isclose(_got, 3 * _want), "The losses of the examples are added up, not averaged."
assert not np.isclose(_got, -np.log(_P.max(axis=1)).mean()), (
    "You take the largest probability of each row. That is the model's favourite, not the true class."
)
assert not np.isclose(_got, -np.log(_P[:, _labels]).mean()), (
    "You look up every label in every row: `P[:, labels]` is a whole table. Each row has one label: give the rows, "
    "too."
)
assert not np.isclose(_got, -np.log(_P[_labels]).mean()), (
    "`P[labels]` picks rows, and the label is a column. Give the rows and the columns."
)
assert not np.isclose(_got, -np.log(_P[_labels, np.arange(3)]).mean()), (
    "Rows and columns have changed places in your look-up: the rows come first, then the columns."
)
_times = [-(_amount * np.log(_P)).mean() for _amount in (_labels, _labels[:, None])]
assert not np.any(np.isclose(_got, [_times, [3 * _one for _one in _times]])), (
    "You multiply by the label. A class number is a name, not an amount: class 2 is not twice class 1."
)
assert np.isclose(_got, _want, rtol=1e-5), (
    f"You return {_got}. The true classes of the three rows got 0.2, 0.7 and 0.15."
)
try:
    _got = sparse_cross_entropy(_labels[:2].copy(), _P[:2].copy())
except IndexError:
    raise AssertionError(
        "For two examples your function stops. Does it look up three rows each time? Their number is not always 3."
    ) from None
assert np.isclose(_got, -np.mean(np.log(np.array([0.2, 0.7]))), rtol=1e-5), (
    f"For the first two of these examples alone you return {_got}. Is there a 3 in your code?"
)
print("sparse_cross_entropy is right for three examples and for two, with three classes. No probability was 0.")
### BEGIN HIDDEN TESTS
# reference: sparse_cross_entropy, categorical_cross_entropy
_rng = np.random.default_rng(610)
for _n, _k in ((1, 2), (1, 5), (6, 3), (40, 10)):
    _P, _labels = _rng.dirichlet(np.ones(_k), size=_n), _rng.integers(0, _k, size=_n)
    _got, _where = sparse_cross_entropy(_labels.copy(), _P.copy()), f"{_n} random examples with {_k} classes"
    assert np.shape(_got) == (), f"For {_where} you return shape {np.shape(_got)}, not a number."
    assert np.isclose(_got, reference_sparse_cross_entropy(_labels, _P), rtol=1e-5), f"For {_where} your loss is wrong."
    assert np.isclose(_got, reference_categorical_cross_entropy(np.eye(_k)[_labels], _P), rtol=1e-5), (
        f"For {_where} the categorical cross-entropy of the one-hot rows is another number."
    )
    _keras = np.mean(keras.losses.sparse_categorical_crossentropy(_labels, _P))
    assert np.isclose(_got, _keras, rtol=1e-5), f"For {_where} Keras gets another number."
_got = sparse_cross_entropy(np.array([0, 1]), np.array([[0.0, 1.0], [0.0, 1.0]]))
assert np.isclose(_got, -np.log(1e-7) / 2, rtol=1e-5), (
    "For a true class that gets 0, and one that gets 1, the loss is wrong. Clip before the logarithm."
)
_labels, _P = np.array([0, 1]), np.array([[0.0, 1.0], [0.0, 1.0]])
sparse_cross_entropy(_labels, _P)
assert np.array_equal(_P, [[0, 1], [0, 1]]), "Your function changes the probabilities that it is given."
### END HIDDEN TESTS

# %% [markdown]
# ### Which loss for which task
#
# | task | last layer | target | loss in Keras |
# |---|---|---|---|
# | regression | one linear neuron for each number | numbers | `"mse"`, or `"mae"` with outliers |
# | yes or no | one sigmoid neuron | 0 or 1 | `"binary_crossentropy"` |
# | one of several classes | softmax (lecture 09) | one-hot row | `"categorical_crossentropy"` |
# | the same | softmax | class number | `"sparse_categorical_crossentropy"` |
#
# Do not mix the last two up. Your five functions against those of Keras, on the arrays of this lecture:

# %% tags=["demo"]
ask = keras.losses
half = np.full(12, 0.5)
print(f"MSE                       yours {mse(y, y_hat):.6f}   Keras {float(ask.mean_squared_error(y, y_hat)):.6f}")
print(f"MAE                       yours {mae(y, y_hat):.6f}   Keras {float(ask.mean_absolute_error(y, y_hat)):.6f}")
print(f"binary cross-entropy      yours {bce(sold_out, half):.6f}   Keras {float(ask.binary_crossentropy(sold_out, half)):.6f}")
categorical = np.mean(ask.categorical_crossentropy(Y, P))
sparse = np.mean(ask.sparse_categorical_crossentropy(labels, P))
print(f"categorical cross-entropy yours {categorical_cross_entropy(Y, P):.6f}   Keras {categorical:.6f}")
print(f"sparse categorical        yours {sparse_cross_entropy(labels, P):.6f}   Keras {sparse:.6f}")

# %% [markdown]
# If several yes-or-no questions are asked at once (is there a cat? is there a dog?), take one sigmoid and one
# binary cross-entropy for each.
#
# ### Soft labels
#
# A target need not be 0 or 1. Lecture 02 called a row of shares a soft label. Its example: how does
# "My teddy bear is …" go on? With *cute* in 60 % of the cases, *new* in 25 %, *soft* in 15 %. Cross-entropy
# takes such a row as it is. One thing changes: the lowest possible loss is no longer zero.

# %%
teddy = np.array([[0.60, 0.25, 0.15]])
for p_row in ([0.60, 0.25, 0.15], [0.34, 0.33, 0.33], [0.98, 0.01, 0.01]):
    print(p_row, "loss", round(-np.sum(teddy * np.log(p_row)), 3))

# %% [markdown]
# The best that anyone can do is to answer with exactly these shares, and that costs 0.938. It is the surprise
# that is left when you know all there is to know. A model that is too sure pays more.

# %% tags=["demo"]
fine = expit(np.linspace(-14, 14, 2001))  # answers from nearly 0 to nearly 1, close together at both ends
fig, ax = plt.subplots(figsize=(6.2, 3.5))
for label, colour, style in ((1.0, BLUE, "-"), (0.6, VERMILION, "--"), (0.25, GREEN, "-.")):
    curve = -(label * np.log(fine) + (1 - label) * np.log(1 - fine))
    ax.plot(fine, curve, style, color=colour, label=f"$y$ = {label:g}")
    ax.plot(fine[curve.argmin()], curve.min(), "o", color=colour, markersize=7)
ax.set(xlabel=r"the model's answer $\hat y$", ylabel="binary cross-entropy", ylim=(-0.1, 3))
ax.set_title(r"The loss is lowest at $\hat y = y$; for a soft label it is not zero there")
ax.legend(frameon=False, loc="upper center", ncols=3)
show(
    fig,
    "Binary cross-entropy over the model's answer for three targets. For y = 1 it falls to 0 at the right end. For "
    "y = 0.6 the lowest point lies at 0.6, at a height of 0.67, and for y = 0.25 at 0.25, at a height of 0.56.",
)

# %% [markdown]
# ## 9. Why a sigmoid wants cross-entropy
#
# A sigmoid's answer lies between 0 and 1, and so does the target. So why not use the MSE? It is a loss, and it
# has its lowest place where it should. The trouble is the way there.
#
# Training will change parameters by following slopes. The slope of the loss along $z$ says how strongly
# the neuron is pushed. Lecture 04 measured slopes by a small step. Here is its `slope` again, under a clearer
# name. It goes a little to each side and divides the difference of the heights by the distance.

# %%
def numerical_slope(function, z, step=1e-5):
    """Return the slope of a function at z, measured by a small step to each side."""
    return (function(z + step) - function(z - step)) / (2 * step)


# %% [markdown]
# Take one example with the target $y = 1$. The neuron is wrong, and sure of it: $z = -6$. `expit` is SciPy's
# sigmoid.

# %%
for z in (-6.0, -2.0, 0.0, 2.0):
    push_mse = numerical_slope(lambda z: (expit(z) - 1) ** 2, z)
    push_bce = numerical_slope(lambda z: -np.log(expit(z)), z)
    print(f"z = {z:4}: answer {expit(z):.4f}, slope of squared error {push_mse:.4f}, of cross-entropy {push_bce:.4f}")

# %% [markdown]
# At $z = -6$ the neuron could hardly be more wrong. With the squared error it is pushed by 0.0049. With the
# cross-entropy it is pushed by 0.9975, about 200 times as much.
#
# Formulas say why. Think of two small steps in a row. If $z$ grows by a little, $\hat y$ grows by the slope of
# the sigmoid times that. And if $\hat y$ grows by a little, the loss changes by *its* slope times that. So the
# two slopes are multiplied. (This is the chain rule, which has a lecture of its own: 08.)
#
# $$\frac{\partial L}{\partial z} = \frac{\partial L}{\partial \hat y} \cdot \hat y\,(1 - \hat y)$$
#
# The sign $\partial$ reads "the partial derivative": $\partial L / \partial z$ is the slope of $L$ along $z$, with
# everything else held still. And $\hat y (1 - \hat y)$ is the slope of the sigmoid, from lecture 04, where $\hat y$ was
# written $\sigma(z)$. It is 0.25 at best, and nearly 0 where the sigmoid saturates.
#
# *Squared error.* $L = (\hat y - y)^2$ has the slope $2(\hat y - y)$ along $\hat y$. So
#
# $$\frac{\partial L}{\partial z} = 2\,(\hat y - y)\,\hat y\,(1 - \hat y).$$
#
# The factor from the sigmoid stays. It is tiny where the neuron is sure, *also where it is sure and wrong*.
#
# *Cross-entropy.* The slope of $\log \hat y$ is $1 / \hat y$, and the slope of $\log(1 - \hat y)$ is
# $-1/(1 - \hat y)$. So the slope of the loss along $\hat y$ is
#
# $$-\frac{y}{\hat y} + \frac{1 - y}{1 - \hat y} = \frac{\hat y - y}{\hat y\,(1 - \hat y)}.$$
#
# Its denominator is the very factor that the sigmoid brings. They cancel:
#
# $$\frac{\partial L}{\partial z} = \hat y - y.$$
#
# The push is the error itself.

# %% tags=["demo"]
z_axis = np.linspace(-8, 8, 401)
fig, ax = plt.subplots(figsize=(6.6, 3.7))
ax.plot(z_axis, np.abs(expit(z_axis) - 1), color=BLUE, label=r"cross-entropy: $|\hat y - y|$")
ax.plot(
    z_axis, np.abs(2 * (expit(z_axis) - 1) * expit(z_axis) * (1 - expit(z_axis))), "--", color=VERMILION,
    label=r"squared error: $|2(\hat y - y)\,\hat y(1 - \hat y)|$",
)
ax.axvspan(-8, -4, color="#eeeeee", zorder=0)
ax.text(-6, 0.5, "sure and\nwrong", ha="center", va="center")
ax.text(6, 0.5, "sure and\nright", ha="center", va="center")
ax.set(xlabel="$z$ of a sigmoid neuron whose target is 1", ylabel="size of the slope along $z$", ylim=(-0.03, 1.32))
ax.set_title("Where the neuron is sure and wrong, the squared error hardly pushes")
ax.legend(frameon=False, loc="upper right", fontsize=10)
show(
    fig,
    "The size of the slope along z for a target of 1. For cross-entropy it is nearly 1 for very negative z, where "
    "the neuron is sure and wrong, and falls to 0 where it is right. For the squared error it is nearly 0 on "
    "both sides, with a low hump of 0.3 near z = -0.7.",
)

# %% [markdown]
# ### Exercise 6.11: the two slopes
#
# Write `slope_mse(z, y)` and `slope_bce(z, y)`: the slope along $z$ of $(\hat y - y)^2$ and of the binary
# cross-entropy, with $\hat y = \sigma(z)$. Both take arrays, work place by place, and do not average. Use `expit`.

# %% exercise="two_slopes"
def slope_mse(z, y):
    """Return the slope of (sigmoid(z) - y)^2 along z, place by place. z, y: arrays of the same shape."""
    ### BEGIN SOLUTION
    y_hat = expit(z)
    return 2 * (y_hat - y) * y_hat * (1 - y_hat)
    ### END SOLUTION


def slope_bce(z, y):
    """Return the slope of the binary cross-entropy of sigmoid(z) and y along z, place by place."""
    ### BEGIN SOLUTION
    return expit(z) - y
    ### END SOLUTION

# %% wrong="two_slopes" says="slope of the sigmoid is missing"
def slope_mse(z, y):
    return 2 * (expit(z) - y)


def slope_bce(z, y):
    return expit(z) - y

# %% wrong="two_slopes" says="z itself"
def slope_mse(z, y):
    return 2 * (z - y) * z * (1 - z)


def slope_bce(z, y):
    return z - y

# %% wrong="two_slopes" says="opposite sign"
def slope_mse(z, y):
    y_hat = expit(z)
    return 2 * (y - y_hat) * y_hat * (1 - y_hat)


def slope_bce(z, y):
    return y - expit(z)

# %% wrong="two_slopes" says="along ŷ"
def slope_mse(z, y):
    y_hat = expit(z)
    return 2 * (y_hat - y) * y_hat * (1 - y_hat)


def slope_bce(z, y):
    y_hat = expit(z)
    return (y_hat - y) / (y_hat * (1 - y_hat))

# %% wrong="two_slopes" says="0 / 0"
def slope_mse(z, y):
    y_hat = expit(z)
    return 2 * (y_hat - y) * y_hat * (1 - y_hat)


def slope_bce(z, y):
    y_hat = expit(z)
    return (y_hat - y) / (y_hat * (1 - y_hat)) * y_hat * (1 - y_hat)

# %% wrong="two_slopes" says="the 2"
def slope_mse(z, y):
    y_hat = expit(z)
    return (y_hat - y) * y_hat * (1 - y_hat)


def slope_bce(z, y):
    return expit(z) - y

# %% wrong="two_slopes" says="it is cancelled"
def slope_mse(z, y):
    y_hat = expit(z)
    return 2 * (y_hat - y) * y_hat * (1 - y_hat)


def slope_bce(z, y):
    y_hat = expit(z)
    return (y_hat - y) * y_hat * (1 - y_hat)

# %% wrong="two_slopes" says="holds a 2"
def slope_mse(z, y):
    y_hat = expit(z)
    return 2 * (y_hat - y) * y_hat * (1 - y_hat)


def slope_bce(z, y):
    return 2 * (expit(z) - y)

# %% check="two_slopes" points=5
_z, _y = np.array([-6.0, -1.0, 0.5, 3.0]), np.array([1.0, 0.0, 1.0, 0.0])
_p = 1 / (1 + np.exp(-_z))
_bend = _p * (1 - _p)
for _function, _name, _want in ((slope_mse, "slope_mse", 2 * (_p - _y) * _bend), (slope_bce, "slope_bce", _p - _y)):
    _got = _function(_z.copy(), _y.copy())
    assert _got is not None, f"`{_name}` gives nothing back. Does it end with `return`?"
    assert np.shape(_got) == (4,), f"`{_name}` gives shape {np.shape(_got)} for four values of z. One slope for each."
    assert not np.allclose(_got, -_want), (
        f"`{_name}` has the opposite sign. For y = 1 the loss falls when z grows, so its slope is negative there."
    )
    _with_z = (_z - _y, 2 * (_z - _y) * _z * (1 - _z), 2 * (_p - _y) * _z * (1 - _z))
    assert not any(np.allclose(_got, _one) for _one in _with_z), (
        f"`{_name}` uses z itself where the formula has ŷ. Send z through the sigmoid first."
    )
    assert not np.allclose(_got, (_p - _y) / _bend), (
        f"`{_name}` gives the slope along ŷ. There is one more step from ŷ to z."
    )
    if _name == "slope_mse":
        assert not np.allclose(_got, 2 * (_p - _y)), (
            "slope_mse gives the slope along ŷ: the slope of the sigmoid is missing."
        )
        assert not np.allclose(_got, (_p - _y) * _bend), (
            "slope_mse is half of what it should be. Where is the 2 that the square brings?"
        )
    else:
        assert not any(np.allclose(_got, _times * (_p - _y) * _bend) for _times in (1, 2)), (
            "slope_bce still holds the factor ŷ(1 − ŷ). In the cross-entropy it is cancelled."
        )
        assert not np.allclose(_got, 2 * (_p - _y)), "slope_bce holds a 2. That belongs to the square."
    assert np.allclose(_got, _want, atol=1e-8), (
        f"`{_name}` is wrong for z = (-6, -1, 0.5, 3) and y = (1, 0, 1, 0). Compare with `numerical_slope`."
    )
print("Both slopes are right for four values of z.")
### BEGIN HIDDEN TESTS
# reference: slope_mse, slope_bce
_rng = np.random.default_rng(611)
for _shape in ((1,), (9,), (4, 3)):
    _z, _y = _rng.normal(scale=3, size=_shape), _rng.integers(0, 2, size=_shape).astype(float)
    _mse, _bce = slope_mse(_z.copy(), _y.copy()), slope_bce(_z.copy(), _y.copy())
    assert np.shape(_mse) == _shape and np.shape(_bce) == _shape, f"The shape {_shape} must come out as it went in."
    assert np.allclose(_mse, reference_slope_mse(_z, _y)), f"slope_mse is wrong for random z of shape {_shape}."
    assert np.allclose(_bce, reference_slope_bce(_z, _y)), f"slope_bce is wrong for random z of shape {_shape}."
    # A second opinion: small steps, with the cross-entropy written without any sigmoid.
    _h = 1e-5
    _square_up, _square_down = (1 / (1 + np.exp(-_z - _h)) - _y) ** 2, (1 / (1 + np.exp(-_z + _h)) - _y) ** 2
    assert np.allclose(_mse, (_square_up - _square_down) / (2 * _h), atol=1e-7), (
        "slope_mse differs from the slope that small steps measure."
    )
    _entropy_up = np.logaddexp(0, _z + _h) - _y * (_z + _h)
    _entropy_down = np.logaddexp(0, _z - _h) - _y * (_z - _h)
    assert np.allclose(_bce, (_entropy_up - _entropy_down) / (2 * _h), atol=1e-7), (
        "slope_bce differs from the slope that small steps measure."
    )
_z, _y = np.array([-1000.0, 1000.0, 1000.0, -1000.0]), np.array([1.0, 0.0, 1.0, 0.0])
_mse, _bce = slope_mse(_z.copy(), _y.copy()), slope_bce(_z.copy(), _y.copy())
assert not np.any(np.isnan(_bce)) and not np.any(np.isnan(_mse)), (
    "For z = 1000 or −1000 a slope is nan: 0 / 0. Cancel on paper what can be cancelled; then nothing is divided."
)
assert np.allclose(_bce, [-1, 1, 0, 0]) and np.allclose(_mse, 0), "For z = 1000 or −1000 a slope is wrong."
assert np.allclose(slope_bce(np.zeros(1), np.array([0.3])), 0.2), "slope_bce is wrong for a soft label, y = 0.3."
_z, _y = np.array([1.0, 2.0]), np.array([0.0, 1.0])
slope_mse(_z, _y), slope_bce(_z, _y)
assert np.array_equal(_z, [1, 2]) and np.array_equal(_y, [0, 1]), "Your function changes an array that it is given."
### END HIDDEN TESTS

# %% [markdown]
# How much does it matter? Let one neuron walk downhill from $z = -6$ towards its target 1. In each step, $z$
# moves against the slope: $z \leftarrow z - \eta \, \partial L / \partial z$, where the learning rate $\eta$ (eta)
# is 1 here. This cell uses your functions.

# %% tags=["demo"]
def walk(slope, z=-6.0, steps=260):
    """Return the answers of the neuron at the start and after each step, with the learning rate 1."""
    seen = [expit(z)]
    for _ in range(steps):
        z = z - slope(np.array([z]), np.array([1.0]))[0]
        seen.append(expit(z))
    return np.array(seen)


fig, ax = plt.subplots(figsize=(6.6, 3.5))
for slope, name, style, colour in ((slope_bce, "cross-entropy", "-", BLUE), (slope_mse, "squared error", "--", VERMILION)):
    seen = walk(slope)
    first = int(np.argmax(seen >= 0.5))
    print(f"{name}: the answer reaches 0.5 after {first} steps")
    ax.plot(seen, style, color=colour, label=f"{name}: 0.5 after {first} steps")
    ax.plot(first, seen[first], "o", color=colour)
ax.set(xlabel="number of the step", ylabel=r"the answer $\hat y$ (target 1)", ylim=(-0.05, 1.3))
ax.set_title("Same neuron, same start, same learning rate: only the loss differs")
ax.legend(frameon=False, loc="upper center", ncols=1)
show(
    fig,
    "The answer of a neuron over 260 steps, from nearly 0 towards its target 1. With cross-entropy it rises at "
    "once. With the squared error it stays near 0 for about two hundred steps and then rises suddenly.",
)

# %% [markdown]
# Be careful with the rule that people make of this, "cross-entropy learns faster". Four limits:
#
# - The advantage comes from the pair. It is the sigmoid's factor $\hat y (1 - \hat y)$ that is cancelled.
#   Softmax and categorical cross-entropy are such a pair, too (lecture 09). A *linear* output with squared error
#   has the slope $2(\hat y - y)$, also large when wrong: there is nothing to cancel, and cross-entropy would
#   make no sense.
# - "It has the larger gradient when wrong" (read: slope) is true, and a little misleading. Through a sigmoid,
#   $2\,\hat y(1 - \hat y)$ is never above ½. So the slope of cross-entropy is at least twice that of squared
#   error *everywhere*. A factor of 2 could be had from the learning rate. The point is the factor of 200
#   where the neuron is sure and wrong.
# - "Only cross-entropy trains probabilities" is wrong. The squared error of a probability is also lowest, on
#   average, when $\hat y$ is the true share. Weather forecasters have judged their forecasts with it since
#   1950 (G. W. Brier). Exercise 6.15 lets you see it.
# - What has no upper limit is also sensitive. A single example with a wrong label, about which the model is
#   sure, costs up to 16 in cross-entropy, and at most 1 in squared error.

# %% [markdown]
# ## 10. When one class is rare
#
# A test for a rare disease, a fraud among thousands of payments: often the class that matters is rare. Here are
# 1000 invented examples. In each, one number $x$ was measured. A few of them belong to class 1, and their $x$ is
# higher on average.

# %%
y_rare = (rng.random(1000) < 0.05).astype(float)
x_rare = rng.normal(size=1000) + 2 * y_rare
print(f"{int(y_rare.sum())} of {len(y_rare)} are of class 1")
print(f"always answering no is right in {100 * np.mean(y_rare == 0):.1f} % of the cases")

# %% [markdown]
# In the average loss, the many examples of class 0 outvote the few of class 1. A remedy is to let the rare ones
# count more. The **weighted cross-entropy** multiplies the loss of each example by the weight of its class. With
# the weight $\omega$ (omega) for class 1 and the weight 1 for class 0 it is
#
# $$-\big[\, \omega\, y \log \hat y + (1 - y) \log(1 - \hat y) \,\big].$$
#
# A usual choice for $\omega$ is the ratio of the two counts. In Keras it is the option `class_weight={0: 1, 1: omega}` of
# `fit`. These weights belong to the loss. The weights of a neuron are something else.
#
# ### Exercise 6.12: weighted cross-entropy
#
# Write `weighted_bce(y, y_hat, omega)`. Clip as in `bce`, and take the average over all $n$ examples.

# %% exercise="weighted_bce"
def weighted_bce(y, y_hat, omega):
    """Return the mean binary cross-entropy, in which examples with y = 1 count omega times."""
    ### BEGIN SOLUTION
    p = np.clip(y_hat, EPSILON, 1 - EPSILON)
    return -np.mean(omega * y * np.log(p) + (1 - y) * np.log(1 - p))
    ### END SOLUTION

# %% wrong="weighted_bce" says="both classes"
def weighted_bce(y, y_hat, omega):
    p = np.clip(y_hat, EPSILON, 1 - EPSILON)
    return -omega * np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

# %% wrong="weighted_bce" says="class 0"
def weighted_bce(y, y_hat, omega):
    p = np.clip(y_hat, EPSILON, 1 - EPSILON)
    return -np.mean(y * np.log(p) + omega * (1 - y) * np.log(1 - p))

# %% wrong="weighted_bce" says="inside the logarithm"
def weighted_bce(y, y_hat, omega):
    p = np.clip(y_hat, EPSILON, 1 - EPSILON)
    return -np.mean(y * np.log(omega * p) + (1 - y) * np.log(1 - p))

# %% wrong="weighted_bce" says="sum of the weights"
def weighted_bce(y, y_hat, omega):
    p = np.clip(y_hat, EPSILON, 1 - EPSILON)
    each = -np.where(y == 1, omega, 1) * np.log(np.where(y == 1, p, 1 - p))
    return each.sum() / np.where(y == 1, omega, 1).sum()

# %% wrong="weighted_bce" says="not its target"
def weighted_bce(y, y_hat, omega):
    return bce(omega * y, y_hat)

# %% wrong="weighted_bce" says="they count once"
def weighted_bce(y, y_hat, omega):
    return -np.mean(omega * y * np.log(np.clip(y_hat, EPSILON, 1 - EPSILON)))

# %% check="weighted_bce" points=3
_y, _p = np.array([1.0, 0.0, 0.0]), np.array([0.3, 0.4, 0.2])
_yes, _no = -np.log(0.3), -(np.log(0.6) + np.log(0.8))
_got = weighted_bce(_y.copy(), _p.copy(), 5.0)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), f"Your function gives shape {np.shape(_got)}, not one number. Take the average."
assert _got > 0 or np.isclose(_got, (_yes - np.log(5) + _no) / 3), "Your loss is negative. Where is the minus sign?"
assert not np.isclose(_got, (_yes + _no) / 3), "The weight omega makes no difference in your loss."
assert not np.isclose(_got, 5 * (_yes + _no) / 3), (
    "Your weight multiplies the loss of both classes, which changes no choice. Only y = 1 should count more."
)
assert not np.isclose(_got, (_yes + 5 * _no) / 3), "Your weight multiplies the loss of class 0, not of class 1."
assert not np.isclose(_got, (_yes - np.log(5) + _no) / 3), (
    "Your weight stands inside the logarithm, where it only adds a constant. It multiplies the loss."
)
assert not np.isclose(_got, -np.mean(5 * _y * np.log(_p) + (1 - 5 * _y) * np.log(1 - _p))), (
    "Your 1 − y has become 1 − omega · y. The weight multiplies the loss of an example, not its target."
)
assert not np.isclose(_got, 5 * _yes / 3), "The examples with y = 0 cost nothing in your loss. They count once."
assert not np.isclose(_got, (5 * _yes + _no) / 7), (
    "You divide by the sum of the weights. That is another convention; here the average is over the n examples."
)
assert not np.isclose(_got, 5 * _yes + _no), "The losses of the examples are added up, not averaged."
assert np.isclose(_got, (5 * _yes + _no) / 3, rtol=1e-5), (
    f"For y = (1, 0, 0), ŷ = (0.3, 0.4, 0.2) and the weight 5 you get {_got}. Work out the three losses by hand."
)
print("weighted_bce is right for three examples. None of the answers was 0 or 1.")
### BEGIN HIDDEN TESTS
# reference: weighted_bce, bce
_rng = np.random.default_rng(612)
for _n, _omega in ((1, 3.0), (8, 0.2), (60, 19.0), (60, 1.0)):
    _y, _p = _rng.integers(0, 2, size=_n).astype(float), _rng.random(_n)
    _got = weighted_bce(_y.copy(), _p.copy(), _omega)
    assert np.isclose(_got, reference_weighted_bce(_y, _p, _omega), rtol=1e-5), (
        f"For {_n} random examples and the weight {_omega} your loss is wrong."
    )
    _each = np.array(keras.losses.binary_crossentropy(_y[:, None], _p[:, None]))
    _keras = np.mean(_each * np.where(_y == 1, _omega, 1.0))
    assert np.isclose(_got, _keras, rtol=1e-5), f"For {_n} random examples Keras, weighted, gets another number."
assert np.isclose(weighted_bce(_y, _p, 1.0), reference_bce(_y, _p)), "With the weight 1 it must be the plain loss."
_got = weighted_bce(np.array([1.0, 0.0]), np.array([0.0, 0.0]), 2.0)
assert np.isclose(_got, -np.log(1e-7), rtol=1e-5), "Your loss is wrong for answers of exactly 0. Clip as in `bce`."
_y, _p = np.array([1.0, 0.0]), np.array([1.0, 0.0])
weighted_bce(_y, _p, 2.0)
assert np.array_equal(_y, [1, 0]) and np.array_equal(_p, [1, 0]), "Your function changes an array that it is given."
### END HIDDEN TESTS

# %% [markdown]
# What does the weight do to the answers? A sigmoid neuron is fitted to the rare class twice, without the weight
# and with it. (The cell uses your function, and the same search as before.)

# %% tags=["demo"]
def fit_neuron(loss, x, y):
    """Return the answers of the sigmoid neuron with the lowest loss, and its w and b."""
    w, b = minimize(lambda theta: loss(y, expit(theta[0] * x + theta[1])), (1.0, -1.0), method="Nelder-Mead").x
    return expit(w * x + b), w, b


omega = np.sum(y_rare == 0) / np.sum(y_rare == 1)
print(f"omega = {omega:.1f}")
fig, ax = plt.subplots(figsize=(6.6, 3.8))
x_axis = np.linspace(-3, 4.5, 301)
for name, weight, style, colour in (("weight 1", 1.0, "-", BLUE), (rf"weight {omega:.1f}", omega, "--", VERMILION)):
    answers_rare, w, b = fit_neuron(lambda y, p, weight=weight: weighted_bce(y, p, weight), x_rare, y_rare)
    said_yes = answers_rare >= 0.5
    print(
        f"{name:11}: right in {100 * np.mean(said_yes == (y_rare == 1)):.1f} %, "
        f"finds {np.sum(said_yes & (y_rare == 1))} of the {int(y_rare.sum())} rare ones, "
        f"false alarms {np.sum(said_yes & (y_rare == 0))}, average answer {answers_rare.mean():.3f}"
    )
    ax.plot(x_axis, expit(w * x_axis + b), style, color=colour, label=name)
ax.plot(x_rare[y_rare == 0], np.full(np.sum(y_rare == 0), -0.05), "|", color="#777777", alpha=0.5)
ax.plot(x_rare[y_rare == 1], np.full(int(y_rare.sum()), 1.05), "|", color="black")
ax.text(-0.12, 1.05, "class 1", ha="right", va="center", fontsize=10)
ax.text(3.82, -0.05, "class 0", va="center", fontsize=10)
ax.axhline(0.5, color="#777777", linestyle=":", linewidth=1.2)
ax.set(xlabel="measured number $x$", ylabel=r"answer $\hat y$")
ax.set_title("The weight moves the curve: more rare ones found, more false alarms")
ax.legend(frameon=False, loc=(0.02, 0.64))
show(
    fig,
    "Two sigmoid curves over the measured number. With weight 1 the curve reaches one half only at x = 2.8. "
    "With the large weight it does so at x = 1. Small strokes below show class 0, and a few strokes above, further "
    "to the right, class 1; the two overlap.",
)

# %% [markdown]
# With the weight the neuron finds most of the rare ones, and pays with false alarms. And look at the average
# answer. Without the weight it is the share of class 1. With it, it is far higher: $\hat y$ is *no longer a
# probability* of class 1. If you need both, train without weights, and lower the bar of 0.5 instead.
#
# ### Focal loss
#
# In a photograph, an object detector may look at a hundred thousand places, and nearly all of them are easy
# background. Each costs next to nothing, but together they drown the few hard ones. Lin and colleagues (2017)
# turned down the easy ones. Their **focal loss** multiplies the cross-entropy by a power of how far $p_t$, the
# probability of the truth, is from 1:
#
# $$L = -(1 - p_t)^\gamma \log p_t, \qquad p_t = \hat y \text{ if } y = 1, \text{ else } 1 - \hat y.$$
#
# With $\gamma = 0$ (gamma) it is the cross-entropy. With $\gamma = 2$ an easy example with $p_t = 0.9$ counts
# $0.1^2 = 0.01$ of what it did: a hundredth. A hard one with $p_t = 0.1$ keeps $0.9^2 = 0.81$.

# %% tags=["demo"]
p_t = np.linspace(0.005, 1, 400)
fig, ax = plt.subplots(figsize=(6.4, 3.6))
for gamma, style, colour in ((0, "-", BLUE), (1, "--", GREEN), (2, "-.", VERMILION), (5, ":", "#222222")):
    name = rf"$\gamma$ = {gamma}" + (" (cross-entropy)" if gamma == 0 else "")
    ax.plot(p_t, -((1 - p_t) ** gamma) * np.log(p_t), style, color=colour, label=name)
ax.axvspan(0.6, 1, color="#eeeeee", zorder=0)
ax.text(0.8, 1.75, "easy\nexamples", ha="center")
ax.set(xlabel="probability of the truth $p_t$", ylabel="loss of one example", ylim=(-0.1, 4.2))
ax.set_title("Focal loss turns easy examples down far more than hard ones")
ax.legend(frameon=False, loc="upper right")
show(
    fig,
    "Four curves of loss over the probability of the truth. All are high near 0. The larger gamma is, the sooner the "
    "curve comes down to zero: for gamma = 2 it is nearly zero from 0.7 on, where cross-entropy is still 0.36.",
)

# %% [markdown]
# Lin and colleagues also weighted the classes. With $\gamma = 2$, the weight 0.25 for class 1 and 0.75 for class 0
# worked best for them. (The *rare* class has the smaller weight there: the focal factor has already done so
# much.) Focal loss was made for an extreme imbalance. Elsewhere, try plain cross-entropy first. And its answers
# are no longer probabilities, either.
#
# `np.where(condition, a, b)`, known from lecture 03, takes `a` where the condition holds and `b` elsewhere.
#
# ### Exercise 6.13: focal loss
#
# Write `focal_loss(y, y_hat, gamma)` without class weights. Clip the answers, find $p_t$, return the average.

# %% exercise="focal_loss"
def focal_loss(y, y_hat, gamma):
    """Return the mean focal loss. y: 0 or 1. y_hat: from 0 to 1, same shape. gamma: a number, at least 0."""
    ### BEGIN SOLUTION
    p = np.clip(y_hat, EPSILON, 1 - EPSILON)
    p_t = np.where(y == 1, p, 1 - p)
    return -np.mean((1 - p_t) ** gamma * np.log(p_t))
    ### END SOLUTION

# %% wrong="focal_loss" says="turns down the hard ones"
def focal_loss(y, y_hat, gamma):
    p = np.clip(y_hat, EPSILON, 1 - EPSILON)
    p_t = np.where(y == 1, p, 1 - p)
    return -np.mean(p_t**gamma * np.log(p_t))

# %% wrong="focal_loss" says="whatever y is"
def focal_loss(y, y_hat, gamma):
    p = np.clip(y_hat, EPSILON, 1 - EPSILON)
    p_t = np.where(y == 1, p, 1 - p)
    return -np.mean((1 - p) ** gamma * np.log(p_t))

# %% wrong="focal_loss" says="is a power"
def focal_loss(y, y_hat, gamma):
    p = np.clip(y_hat, EPSILON, 1 - EPSILON)
    p_t = np.where(y == 1, p, 1 - p)
    return -np.mean((1 - p_t) * gamma * np.log(p_t))

# %% wrong="focal_loss" says="examples of class 0"
def focal_loss(y, y_hat, gamma):
    p = np.clip(y_hat, EPSILON, 1 - EPSILON)
    return -np.mean((1 - p) ** gamma * np.log(p))

# %% wrong="focal_loss" says="what did not happen"
def focal_loss(y, y_hat, gamma):
    p = np.clip(y_hat, EPSILON, 1 - EPSILON)
    p_t = np.where(y == 1, 1 - p, p)
    return -np.mean((1 - p_t) ** gamma * np.log(p_t))

# %% wrong="focal_loss" says="multiply first, then average"
def focal_loss(y, y_hat, gamma):
    p_t = np.where(y == 1, y_hat, 1 - y_hat)
    return np.mean((1 - p_t) ** gamma * bce(y, y_hat))

# %% wrong="focal_loss" says="always 2"
def focal_loss(y, y_hat, gamma):
    p = np.clip(y_hat, EPSILON, 1 - EPSILON)
    p_t = np.where(y == 1, p, 1 - p)
    return -np.mean((1 - p_t) ** 2 * np.log(p_t))

# %% check="focal_loss" points=4
_y, _p = np.array([1.0, 0.0, 1.0]), np.array([0.9, 0.4, 0.3])
_t = np.array([0.9, 0.6, 0.3])
_each = -((1 - _t) ** 3) * np.log(_t)
_got = focal_loss(_y.copy(), _p.copy(), 3)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), f"Your function gives shape {np.shape(_got)}, not one number. Take the average."
assert not np.isclose(_got, -_each.mean()), "Your loss is negative: the minus sign of the formula is missing."
assert not np.isclose(_got, -np.mean(_t**3 * np.log(_t))), (
    "Your factor is a power of p_t: it turns down the hard ones. It should be small where p_t is near 1."
)
assert not np.isclose(_got, -np.mean((1 - _p) ** 3 * np.log(_t))), (
    "Your factor is a power of 1 − ŷ whatever y is. For y = 0 the probability of the truth is not ŷ."
)
assert not np.isclose(_got, -np.mean((1 - _p) ** 3 * np.log(_p))), (
    "You treat the examples of class 0 as if they were of class 1. What is p_t for y = 0?"
)
assert not np.isclose(_got, -np.mean(_t**3 * np.log(1 - _t))), (
    "Your p_t is the probability of what did not happen. Have the two cases changed places?"
)
assert not np.isclose(_got, -np.mean((1 - _t) ** 3) * np.mean(np.log(_t))), (
    "You multiply the average cross-entropy. Each example has a factor of its own: multiply first, then average."
)
assert not np.isclose(_got, -np.mean((1 - _t) ** 2 * np.log(_t))), "Your power is always 2. It should be `gamma`."
assert not np.isclose(_got, -np.mean((1 - _t) * 3 * np.log(_t))), (
    "You multiply by gamma. In the formula gamma is a power: `**`."
)
assert not np.isclose(_got, -np.mean(np.log(_t))), "This is the plain cross-entropy. Where is the focal factor?"
assert not np.isclose(_got, _each.sum()), "The losses of the examples are added up, not averaged."
assert np.isclose(_got, _each.mean(), rtol=1e-5), (
    f"For y = (1, 0, 1), ŷ = (0.9, 0.4, 0.3) and gamma 3 you get {_got}. The p_t are 0.9, 0.6 and 0.3."
)
print("focal_loss is right for three examples and gamma = 3. None of the answers was 0 or 1.")
### BEGIN HIDDEN TESTS
# reference: focal_loss, bce
_rng = np.random.default_rng(613)
for _n, _gamma in ((1, 2.0), (8, 0.5), (60, 5.0), (60, 2.0)):
    _y, _p = _rng.integers(0, 2, size=_n).astype(float), _rng.random(_n)
    _got = focal_loss(_y.copy(), _p.copy(), _gamma)
    assert np.isclose(_got, reference_focal_loss(_y, _p, _gamma), rtol=1e-5), (
        f"For {_n} random examples and gamma {_gamma} your loss is wrong."
    )
    _keras = np.mean(keras.losses.binary_focal_crossentropy(_y[:, None], _p[:, None], gamma=_gamma))
    assert np.isclose(_got, _keras, rtol=1e-5), f"For {_n} random examples and gamma {_gamma} Keras differs."
    assert np.isclose(focal_loss(_y, _p, 0), reference_bce(_y, _p)), "With gamma = 0 it must be the cross-entropy."
_got = focal_loss(np.array([1.0, 0.0]), np.array([0.0, 0.0]), 2)
assert np.isclose(_got, -np.log(1e-7) / 2, rtol=1e-5), "Your loss is wrong for answers of exactly 0. Clip as in `bce`."
_y, _p = np.array([1.0, 0.0]), np.array([1.0, 0.0])
focal_loss(_y, _p, 2)
assert np.array_equal(_y, [1, 0]) and np.array_equal(_p, [1, 0]), "Your function changes an array that it is given."
### END HIDDEN TESTS

# %% [markdown]
# ## 11. Loss and metric
#
# A **metric** is a number by which people judge a model. The best known one for classification is the accuracy:
# the share of right answers. A metric may be anything that matters to you: accuracy, ices wasted, patients
# missed. It need not have slopes.
#
# - The loss is for training. It must have slopes that lead somewhere.
# - The metric is for the decision: is this model good enough, and which of two is better?
#
# Keras asks for both, `model.compile(loss="binary_crossentropy", metrics=["accuracy"])`, and follows only the
# first. The same formula can serve as both: the MAE is a loss, and it is also a metric that a customer
# understands.
#
# Loss and metric can disagree. Here are two models' answers to the same six questions.

# %%
y_six = np.array([1.0, 1, 1, 0, 0, 0])
careful = np.array([0.6, 0.6, 0.4, 0.4, 0.4, 0.4])
reckless = np.array([0.99, 0.99, 0.001, 0.01, 0.01, 0.01])


def accuracy(y, y_hat):
    """Return the share of answers on the right side of 0.5."""
    return np.mean((y_hat >= 0.5) == (y == 1))


for name, y_hat_six in (("careful", careful), ("reckless", reckless)):
    entropy = -np.mean(np.log(np.where(y_six == 1, y_hat_six, 1 - y_hat_six)))
    print(f"{name:8}: accuracy {accuracy(y_six, y_hat_six):.3f}, cross-entropy {entropy:.3f}")

# %% [markdown]
# ### Exercise 6.14: same accuracy, other loss (in your own words, 4 points)
#
# Look at the two models above.
#
# 1. Both get the same question wrong. Why is the cross-entropy of *reckless* more than twice as high, although its
#    other five answers are better?
# 2. During training the loss on the validation set rises for ten epochs, and the accuracy there stays exactly
#    the same. Explain how that can happen.
# 3. A screening test for an illness that 1 in 100 people have: a model is right in 99 % of the cases. Why does this
#    number tell you nothing? Name a metric that would.
#
# Answer in five or six sentences.

# %% [markdown] written="loss_and_metric" points=4
# ### BEGIN SOLUTION
# Accuracy looks only at the side of 0.5, and both models have five of six on the right side. Cross-entropy looks
# at the probability given to the truth: for the third question *reckless* gave it 0.001, which costs 6.9 on its
# own, as against 0.9 for *careful*; the small savings on the other five (0.01 each instead of 0.51) do not make up
# for that. In the same way the validation loss can rise while the accuracy stays: the answers that are wrong
# become more and more sure, and no answer crosses 0.5. For the illness, a model that says "healthy" to everybody
# is right in 99 % of the cases and finds nobody. A better metric is the share of the ill whom the test finds,
# together with the number of false alarms (or the cross-entropy, compared with that of always answering 0.01).
#
# **Mark scheme**
# - 1 point: one answer that is sure and wrong costs −log 0.001 ≈ 6.9, more than the five others save
# - 1 point: accuracy sees only which side of the threshold an answer is on; probabilities can get worse without
#   crossing it
# - 1 point: always "healthy" also reaches 99 %
# - 1 point: a sensible metric, such as the share of the ill that is found (recall), with false alarms or precision
# ### END SOLUTION

# %% [markdown]
# ## 12. What does each loss want to hear?
#
# A last experiment shows the character of the losses. Forget the inputs. The model may only answer with one constant
# number $c$ for every example. Which $c$ has the lowest loss?
#
# A function can be handed to another function, like any other value. `loss` below is such a function: call
# `loss(y, y_hat)`. Two more tools: `np.full(5, c)` is an array of five entries that are all $c$, and `np.inf` is
# infinity, larger than any number.
#
# ### Exercise 6.15: the best constant
#
# Write `best_constant(y, loss, candidates)`. It tries every candidate as the answer to all examples, and returns
# the candidate with the lowest loss. If two are equally good, it returns the one that was tried first.

# %% exercise="best_constant"
def best_constant(y, loss, candidates):
    """Return the number of candidates with the lowest loss(y, y_hat), where y_hat holds it for every example."""
    ### BEGIN SOLUTION
    best, lowest = None, np.inf
    for c in candidates:
        value = loss(y, np.full(len(y), c))
        if value < lowest:
            best, lowest = c, value
    return best
    ### END SOLUTION

# %% wrong="best_constant" says="the loss itself"
def best_constant(y, loss, candidates):
    lowest = np.inf
    for c in candidates:
        value = loss(y, np.full(len(y), c))
        if value < lowest:
            lowest = value
    return lowest

# %% wrong="best_constant" says="position"
def best_constant(y, loss, candidates):
    return np.argmin([loss(y, np.full(len(y), c)) for c in candidates])

# %% wrong="best_constant" says="highest loss"
def best_constant(y, loss, candidates):
    best, highest = None, -np.inf
    for c in candidates:
        value = loss(y, np.full(len(y), c))
        if value > highest:
            best, highest = c, value
    return best

# %% wrong="best_constant" says="lower bound"
def best_constant(y, loss, candidates):
    best, lowest = candidates[0], np.inf
    for c in candidates:
        if loss(y, np.full(len(y), c)) < lowest:
            best = c
    return best

# %% wrong="best_constant" says="begins at 0"
def best_constant(y, loss, candidates):
    best, lowest = 0, 0
    for c in candidates:
        value = loss(y, np.full(len(y), c))
        if value < lowest:
            best, lowest = c, value
    return best

# %% wrong="best_constant" says="first argument"
def best_constant(y, loss, candidates):
    best, lowest = None, np.inf
    for c in candidates:
        value = loss(np.full(len(y), c), y)
        if value < lowest:
            best, lowest = c, value
    return best

# %% wrong="best_constant" says="begin so low"
def best_constant(y, loss, candidates):
    best, lowest = candidates[0], 0
    for c in candidates:
        value = loss(y, np.full(len(y), c))
        if value < lowest:
            best, lowest = c, value
    return best

# %% wrong="best_constant" says="that your function is given"
def best_constant(y, loss, candidates):
    best, lowest = None, np.inf
    for c in candidates:
        value = mse(y, np.full(len(y), c))
        if value < lowest:
            best, lowest = c, value
    return best

# %% check="best_constant" points=5
def _lopsided(_t, _p):
    return float(np.mean(np.where(np.asarray(_p) > np.asarray(_t), 1.0, 4.0) * np.abs(np.asarray(_p) - np.asarray(_t))))


def _square(_t, _p):
    return float(np.mean((np.asarray(_p) - np.asarray(_t)) ** 2))


_y, _list = np.array([1.0, 2.0, 3.0, 10.0]), [8.0, 9.0, 4.0, 5.0, 3.0, 11.0]
_got = best_constant(_y.copy(), _square, list(_list))
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), f"Return one of the candidates; yours has the shape {np.shape(_got)}."
assert _got != 2, "You return the position of the best candidate in the list. Return the candidate."
assert not np.isclose(_got, 12.5), "You return the loss itself. Return the candidate that has it."
assert _got != 0, (
    "You return 0, which is no candidate. If the lowest loss so far begins at 0, no loss is ever lower."
)
assert _got != 11, (
    "You return 11. That is the candidate with the highest loss, or the last one of the list. If each try replaces "
    "the one before, is the lower bound brought up to date?"
)
assert _got != 8, (
    "You return the first candidate. Does `return` stand inside the loop? Or does the lowest loss so far begin so low "
    "that no other is lower?"
)
assert _got == 4, f"For the squared error and these candidates you return {_got}. Their mean is 4."
_got = best_constant(_y.copy(), _lopsided, [1.0, 2.0, 3.0, 10.0])
assert _got != 1, (
    "A loss that charges low answers more than high ones is misled. Is the target the first argument of your call?"
)
assert _got != 3, (
    "For another loss you return what the squared error would choose. Call the `loss` that your function is given."
)
assert _got == 10, f"For a loss that charges low answers four times as much as high ones, you return {_got}."
print("best_constant is right for two losses.")
### BEGIN HIDDEN TESTS
# reference: best_constant, mse, mae, bce
_rng = np.random.default_rng(615)
_grid = np.linspace(0, 1, 41)
for _n in (1, 4, 25):
    for _loss, _t in (
        (reference_mse, _rng.random(_n)), (reference_mae, _rng.random(_n)),
        (reference_bce, _rng.integers(0, 2, size=_n).astype(float)),
    ):
        _want = reference_best_constant(_t, _loss, _grid)
        _got = best_constant(_t.copy(), _loss, _grid.copy())
        assert _got is not None and np.isclose(_grid, _got).any(), f"You return {_got}, which is no candidate."
        _loss_of_it, _lowest = (_loss(_t, np.full(_n, float(_c))) for _c in (_got, _want))
        assert _loss_of_it <= _lowest + 1e-9, (
            f"For {_n} random targets and 41 candidates you return {_got}, which has not the lowest loss."
        )
_t = _rng.normal(size=21)
_close = np.sort(np.append(_t, _t.mean()))
assert np.isclose(best_constant(_t, reference_mse, _close), _t.mean()), (
    "The mean was among the candidates, and the squared error is lowest there. You return another."
)
assert np.isclose(best_constant(_t, reference_mae, _close), np.median(_t)), (
    "The median was among the candidates, and the absolute error is lowest there. You return another."
)
assert best_constant(np.zeros(2), lambda _t, _p: 1.0, [7.0, 5.0, 6.0]) == 7, (
    "When all candidates are equally good, return the one that was tried first."
)
assert best_constant(np.zeros(2), lambda _t, _p: float(np.mean(_p)), [-3.0, -5.0, -4.0]) == -5, (
    "A loss may be negative. With what do you begin?"
)
assert best_constant(np.zeros(3), lambda _t, _p: 1.0, [2.0]) == 2, (
    "One candidate only: it is the best."
)
### END HIDDEN TESTS

# %% [markdown]
# Now let each loss speak. Nine waiting times in minutes, one of them long, and twenty answers to a yes-or-no
# question, six of them yes. This cell uses your functions.

# %% tags=["demo"]
minutes = np.array([2.0, 3, 3, 4, 5, 6, 7, 9, 33])
six_of_twenty = np.array([1.0] * 6 + [0.0] * 14)
tries, shares = np.linspace(0, 20, 401), np.linspace(0.01, 0.99, 99)
print(f"waiting times: mean {minutes.mean():g}, median (the middle one) {np.median(minutes):g}")
print(f"share of yes: {six_of_twenty.mean():g}")
fig, axes = plt.subplots(1, 3, figsize=(10, 3.3), layout="constrained")
for ax, loss, name, data, candidates, colour, what, label in (
    (axes[0], mse, "MSE", minutes, tries, BLUE, "the mean", "constant answer $c$ (minutes)"),
    (axes[1], mae, "MAE", minutes, tries, VERMILION, "the median", "constant answer $c$ (minutes)"),
    (axes[2], bce, "BCE", six_of_twenty, shares, GREEN, "the share", "constant answer $c$"),
):
    best = best_constant(data, loss, candidates)
    curve = [loss(data, np.full(len(data), c)) for c in candidates]
    print(f"{name}: best constant {best:.2f}")
    ax.plot(candidates, curve, color=colour)
    ax.plot(best, min(curve), "o", color="black")
    ax.set(xlabel=label, ylabel=f"{name}", title=f"{name} wants {what}: $c$ = {best:.3g}")
axes[0].set_ylabel("MSE (square minutes)")
axes[1].set_ylabel("MAE (minutes)")
show(
    fig,
    "Three curves of loss over a constant answer. The MSE of the waiting times is a parabola, lowest at their mean, 8. "
    "The MAE is made of straight pieces and is lowest at their median, 5. The BCE of the yes-or-no answers is lowest at "
    "the share of yes, 0.3.",
)

# %% [markdown]
# So each loss asks a question of its own. MSE asks for the mean, MAE for the median, and BCE for the share. (Put
# `mse` in place of `bce` in the last panel: the MSE of 0-or-1 targets wants the share, too.) A model with
# inputs does the same for all the days that have the same $x$. That is the deepest reason for choosing a loss with
# care: you choose what the model will tell you.

# %% [markdown]
# ## Quiz
#
# One point for each question. In the cell below it, give the name that stands there the letter of your
# choice, in quotes. Run that cell and its check: it explains every choice.

# %% quiz="half_the_loss" points=1

# %% quiz="column_and_list" points=1

# %% quiz="far_away_day" points=1

# %% quiz="one_nan" points=1

# %% quiz="labels_as_numbers" points=1

# %% quiz="sure_and_wrong" points=1

# %% quiz="what_the_weight_does" points=1

# %% quiz="loss_against_metric" points=1

# %% [markdown]
# ## Recap
#
# - A loss function says in one number how far an answer is from its target. Averaged over the examples it is a
#   function of the parameters, and training makes this objective small. A metric is what people judge by.
# - Plain errors cancel. MSE squares them: smooth, and large errors count most. MAE drops their sign: calm with
#   outliers, with a bend at zero. The ½ of the slides only tidies the slope, and their norm should be squared.
# - `(n, 1)` minus `(n,)` is a table of $n \times n$ differences, without any warning. Compare shapes first.
# - Cross-entropy is minus the logarithm of the probability given to the truth. Binary for yes or no, categorical for
#   one-hot rows, sparse categorical for class numbers. Probabilities are clipped, so that no logarithm of 0 arises.
# - Through a sigmoid, BCE has the slope $\hat y - y$ along $z$, and MSE has $2(\hat y - y)\,\hat y(1 - \hat y)$, which
#   vanishes where the neuron is sure and wrong. That is a property of the pair, not of cross-entropy alone.
# - Weights and focal loss shift attention to what is rare or hard, and the answers are then no longer probabilities.
# - MSE wants the mean, MAE the median, BCE the share.
#
# **Next**: lecture 07 walks downhill on these landscapes.
#
# **Glossary**: loss function · low loss · high loss · objective function · mean squared error · mean absolute error ·
# cross-entropy · binary cross-entropy · clipping · categorical cross-entropy · sparse categorical cross-entropy ·
# weighted cross-entropy · focal loss · metric
#
# **Sources**: T.-Y. Lin, P. Goyal, R. Girshick, K. He and P. Dollár, "Focal loss for dense object detection", *IEEE
# International Conference on Computer Vision* (2017). G. W. Brier, "Verification of forecasts expressed in terms of
# probability", *Monthly Weather Review* 78 (1950). C. E. Shannon, "A mathematical theory of communication", *Bell
# System Technical Journal* 27 (1948).
