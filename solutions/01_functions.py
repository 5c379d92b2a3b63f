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
#     title: "Functions: a model is a function"
#     minutes: 115
#     points: 57
# ---

# %% [markdown]
# # Lecture 01: functions, a model is a function
#
# About 115 minutes. Builds on nothing: school mathematics is enough, and a little curiosity about Python.
#
# After this lecture you can
#
# 1. say what machine learning does, and why prediction is not only about the future;
# 2. decide whether a set of pairs is a function, and find the pairs that break the rule;
# 3. say the order and the shape of data that are put as numbers;
# 4. tell a function that is known by its formula from one that is known by samples only;
# 5. measure with one number how wrong a model is;
# 6. fit a line to samples, by hand and with a program of your own.

# %% [markdown]
# ## How these notebooks work
#
# A notebook is a column of cells. Some hold text, like this one. The others hold code. To run a code cell,
# click into it and press `Shift+Enter`: hold the Shift key, press Enter. If the last line of a cell is a
# value, it appears below the cell. Try it.

# %%
6 * 7

# %% [markdown]
# Four habits are all you need.
#
# - *Run the cells in order, from top to bottom.* A cell can use what earlier cells have made, and nothing
#   else. An error that says `NameError: name 'np' is not defined` mostly means that an earlier cell has not
#   been run, or that a name is misspelt or has lost its quotation marks. If nothing makes sense any more,
#   restart (in the menu Kernel or Runtime), and run all cells again from the top. What you have written stays.
# - *Write where it says* `# YOUR CODE HERE`. Delete that line and the line `raise NotImplementedError()`
#   below it, and put your own lines there. (An error of that name means that nothing has been written yet.)
#   Written questions say YOUR ANSWER HERE: double-click the text and type.
# - *Run your cell, then the check below it.* The check tries your answer out; you need not read its code.
#   If all is well it prints one sentence, which says what it has looked at. If not, it stops with an
#   `AssertionError`: read the *last* line, which says what came out and where to look. Then change your
#   cell, run it again, and run the check again.
# - *Fail as often as you like.* No check counts tries. When your work is graded, further tests look at more
#   cases, so a check that is content is a good sign and not yet the whole story.
#
# In code, whatever stands after `#` is a comment: for people, not for Python. A line such as `x = 3` gives
# the name `x` to the value 3, so that later lines can use it.
#
# The next cell prepares the notebook: it brings in NumPy, a library for numbers, under the short name `np`,
# and sets how the figures look. Its code is folded away, and so is the code of every figure. Run these cells like
# the others: the picture appears below. To read the code, click on the folded line.

# %% setup="figures" seed=1

# %% [markdown]
# ## Why it matters
#
# Is this e-mail spam? Which animal is in the photo? What will the house cost? People answer such questions
# without being able to say by which rule, and a rule that nobody can state, nobody can write down as a
# program.
#
# This course is about a way round that. We describe the task as a function, leave some numbers in it open,
# and let examples choose those numbers. A neural network, however large, is such a function. What a function
# is, and what it takes to learn one, is the whole of this lecture.

# %% [markdown]
# ## 1. Machine learning predicts
#
# In **machine learning** nobody writes down the rule that turns a question into an answer. A program is given
# examples, and adjusts numbers of its own until its answers fit them. **Deep learning** is machine learning
# with neural networks of many layers; lecture 05 builds the first ones.
#
# All this serves one purpose, **prediction**: to give an answer for a case whose answer is not known. The
# economists Agrawal, Gans and Goldfarb put it like this in their book *Prediction Machines*: what the new
# methods bring is not intelligence as a whole, but one critical part of it, prediction.
#
# The word misleads a little. **Forecasting** is prediction about the future, made from the past. But most
# predictions are not about the future. You open a photo that you have never seen and say: a Formosan black
# bear. The bear was there before you looked. Nothing about it lies in the future, only the answer was
# missing.

# %% tags=["demo"]
hours = np.arange(0, 73)
measured = 18 + 5 * np.sin((hours - 9) / 24 * 2 * np.pi) + np.random.default_rng(11).normal(scale=0.5, size=73)
expected = 18 + 5 * np.sin((hours - 9) / 24 * 2 * np.pi)
fig, axes = plt.subplots(1, 2, figsize=(9.4, 3.1), sharey=True, layout="constrained")
for ax, (first, last), title in (
    (axes[0], (54, 72), "Forecasting: the gap lies in the future"),
    (axes[1], (30, 48), "Other predictions: the gap lies anywhere"),
):
    gap = (hours >= first) & (hours <= last)
    ax.axvspan(first, last, facecolor="#f3e3c0", hatch="//", edgecolor="white", linewidth=0)
    known = ~gap & (hours <= 54)
    ax.plot(hours[known], measured[known], "o", color=BLUE, markersize=3.5, label="measured")
    ax.plot(hours[gap], expected[gap], "--", color=VERMILION, label="predicted")
    ax.axvline(54, color="#222222", linewidth=1)
    ax.text(53.3, 24.7, "now", ha="right", va="center", fontsize=10)
    ax.set(xlabel="time (hours)", title=title, ylim=(9, 25.5), xlim=(-1, 73), xticks=range(0, 73, 12))
axes[0].set_ylabel("temperature (°C)")
axes[0].legend(frameon=False, loc="lower left", ncols=2, fontsize=9.5)
show(
    fig,
    "Two panels with temperatures over 72 hours, a line at hour 54 marks now. Left, the measurements end "
    "now and a dashed line predicts the hours to come: a forecast. Right, they end now, too, but those from "
    "hour 30 to hour 48 are missing, in the past, and a dashed line predicts what they would have been.",
)

# %% [markdown]
# (The temperatures are invented. "Machine learning does only one thing, prediction" is a point of view, and a
# fruitful one. Some tasks fit it only loosely, such as sorting customers into groups that nobody has named.)
#
# ### Exercise 1.1: which are forecasts?
#
# Six predictions:
#
# - A: the temperature in Taipei tomorrow at noon, from the last ten days
# - B: the animal in a photo
# - C: how many bicycles a shop will sell next month, from its sales of three years
# - D: whether an e-mail that has just arrived is spam
# - E: the price for which a house was sold last spring, from its size and its age
# - F: the year in which an undated letter was written, from the handwriting
#
# Which of them are forecasts? Write their letters into a list, in quotation marks, with commas between:
# `forecasts = ["X", "Y"]` is a list of the two letters X and Y.

# %% exercise="forecasts"
### BEGIN SOLUTION
forecasts = ["A", "C"]
### END SOLUTION

# %% wrong="forecasts" says="not every prediction"
forecasts = ["A", "B", "C", "D", "E", "F"]

# %% wrong="forecasts" says="lies in the past"
forecasts = ["A", "C", "F"]

# %% wrong="forecasts" says="already there"
forecasts = ["A", "B", "C"]

# %% wrong="forecasts" says="left one out"
forecasts = ["A"]

# %% check="forecasts" points=2
assert isinstance(forecasts, (list, tuple, set)), (
    "`forecasts` should be a list: square brackets around the letters, each letter in quotation marks."
)
_letters = set(map(str, forecasts))
assert _letters, "Your list is empty. At least one of the six is a forecast."
assert _letters <= set("ABCDEF"), (
    f"Your list holds {sorted(_letters - set('ABCDEF'))}. Use capital letters from A to F, one at a time."
)
assert _letters != set("ABCDEF"), "You chose all six. Every forecast is a prediction, but not every prediction is a forecast."
assert "F" not in _letters, "The year of the letter is unknown, yes, but it lies in the past."
print("forecasts is a list of letters from A to F, and two common slips are ruled out.")
### BEGIN HIDDEN TESTS
# reference: forecasts
_wanted = set(reference_forecasts)
assert _letters <= _wanted, (
    "At least one of your letters is no forecast. Ask of each: is the thing asked for already there, and only "
    "the answer unknown?"
)
assert _wanted <= _letters, "What you chose is right, but you left one out. Which other one asks about a time to come?"
### END HIDDEN TESTS

# %% [markdown]
# ## 2. A function gives every question one answer
#
# Think of an answer key: for every question there is an answer, and only one. That is all a **function** is.
# It takes each element of a set $X$, the questions, and gives one element of a set $Y$, the answers. In
# signs:
#
# $$f : X \to Y, \qquad f(x) = y.$$
#
# Read "$f$ from $X$ to $Y$" and "$f$ of $x$ is $y$". We call $x$ the input and $y$ the output. Another word
# for the same thing is **mapping**: $f$ maps $x$ to $y$.
#
# A simple one takes a number and gives a number: $f(x) = 2x + 1$. Double the input, then add 1.
#
# (You may meet "let $X, Y \in \mathbb{R}$" in this place. $\mathbb{R}$ is the set of all real numbers, and
# $\in$ reads "is an element of", so that would make $X$ and $Y$ two numbers. They are sets, here sets of
# numbers: $X, Y \subseteq \mathbb{R}$, where $\subseteq$ reads "is a part of".)
#
# Python has functions, too. This one halves a number:

# %%
def half(x):
    """Return half of x."""
    return x / 2


half(9)

# %% [markdown]
# Line by line. `def` begins a definition, then come the name, the input in round brackets, and a colon. The
# lines that belong to the function are moved in by four spaces. The text in three quotation marks says what
# the function is for. `return` gives the output back. The last line calls the function with the input 9.
#
# To *print* a value is something else than to *return* it. What is printed can be read by you, and is then
# gone. What is returned can be used in further lines:

# %%
half(9) + half(1)

# %% [markdown]
# ### Exercise 1.2: a known function
#
# Write $f(x) = 2x + 1$ as a Python function `f_known(x)`. Python has no silent multiplication: `2x` is an
# error, `2 * x` is right. One line is enough.

# %% exercise="f_known"
def f_known(x):
    """Return 2x + 1. x: a number."""
    ### BEGIN SOLUTION
    return 2 * x + 1
    ### END SOLUTION

# %% wrong="f_known" says="gives nothing back"
def f_known(x):
    print(2 * x + 1)

# %% wrong="f_known" says="before you double"
def f_known(x):
    return 2 * (x + 1)

# %% wrong="f_known" says="a power"
def f_known(x):
    return x**2 + 1

# %% wrong="f_known" says="the 1 is missing"
def f_known(x):
    return 2 * x

# %% wrong="f_known" says="not whole"
def f_known(x):
    return 2 * int(x) + 1

# %% check="f_known" points=2
_got = f_known(5)
assert _got is not None, (
    "Your function gives nothing back. Does it end with `return`? To print a value is not to return it."
)
assert np.shape(_got) == () and not isinstance(_got, str), f"For the input 5 you return {_got!r}. Return one number."
assert _got != 12, "For the input 5 you return 12: you add the 1 before you double. First double, then add."
assert _got not in (26, 33), f"For the input 5 you return {_got}. `**` is a power; `*` multiplies."
assert _got != 10, "For the input 5 you return 10: it is doubled, but the 1 is missing."
assert _got == 11, f"For the input 5 you return {_got}. Work out by hand what double 5, and 1 more, is."
print("f_known is right for the input 5.")
### BEGIN HIDDEN TESTS
# reference: f_known
for _x in (0, 1, -1, -7, 1000, 10**12):
    assert f_known(_x) == reference_f_known(_x), f"For the input {_x} your function gives {f_known(_x)}."
    assert f_known(_x) - f_known(_x - 1) == 2, "When the input grows by 1, the output should grow by 2."
for _x in (0.25, -3.5, 1e6 + 0.5):
    assert np.isclose(f_known(_x), reference_f_known(_x)), f"Your function is wrong for {_x}, which is not whole."
### END HIDDEN TESTS

# %% [markdown]
# ## 3. Two conditions
#
# "Every question, one answer" says two things at once. Each can fail without the other.
#
# *No question is left out.* For every $x$ in $X$ there is some $y$ in $Y$ with $f(x) = y$. In signs, where
# $\forall$ reads "for all", $\exists$ reads "there is", and the colon reads "such that":
#
# $$\forall x \in X \;\; \exists y \in Y : \; f(x) = y.$$
#
# A rule like this is called *total*. "There is" means *at least* one.
#
# *Equal questions get equal answers.* Whenever $x_1$ and $x_2$ ("$x$ one" and "$x$ two") are the same
# question, the answers are the same. In signs, where $\Rightarrow$ reads "implies":
#
# $$x_1 = x_2 \;\; \Rightarrow \;\; f(x_1) = f(x_2).$$
#
# A rule like this is called *single-valued*: there is *at most* one answer. At least one, at most one:
# together, exactly one. (Some texts write "there is one" for the first condition and leave open which of the
# two they mean.)

# %% tags=["demo"] title="Three diagrams with arrows from questions to answers"
panels = {
    "A function: every question\nhas one answer": [(0, 0), (1, 0), (2, 1)],
    "Not total: a question\nwithout an answer": [(0, 0), (2, 2)],
    "Not single-valued: a question\nwith two answers": [(0, 0), (1, 1), (1, 2), (2, 2)],
}
fig, axes = plt.subplots(1, 3, figsize=(9.6, 3.4), layout="constrained")
for ax, (title, arrows), bad in zip(axes, panels.items(), (None, 1, 1), strict=True):
    ax.set(xlim=(-0.75, 2.75), ylim=(-0.6, 3.0), title=title)
    ax.axis("off")
    for left in (0, 2):
        ax.add_patch(plt.matplotlib.patches.Ellipse((left, 1), 0.95, 2.9, facecolor="#f4f4f4", edgecolor="#777777"))
    for i in range(3):
        wrong = i == bad
        face, edge, mark = ("white", VERMILION, "s") if wrong else (BLUE, BLUE, "o")
        ax.plot(0, 2 - i, mark, color=face, markeredgecolor=edge, markeredgewidth=2.5, markersize=11 if wrong else 9)
        ax.plot(2, 2 - i, "D", color=GREEN, markersize=8)
    for i, j in arrows:
        look = ARROW | {"color": VERMILION, "linestyle": "--"} if i == bad else ARROW
        ax.annotate("", xy=(1.86, 2 - j), xytext=(0.17, 2 - i), arrowprops=look)
    ax.text(0, 2.62, "$X$", ha="center", fontsize=12)
    ax.text(2, 2.62, "$Y$", ha="center", fontsize=12)
show(
    fig,
    "Three diagrams with arrows from three questions on the left, X, to three answers on the right, Y. "
    "First: one arrow leaves each question, two of them meet at the same answer, and one answer is not "
    "reached; this is a function. Second: the middle question, marked by a square, has no arrow. Third: two "
    "dashed arrows leave the middle question.",
)

# %% [markdown]
# Look at the first picture again. Two questions share an answer, and one answer is never used. Neither breaks
# a condition. Both conditions look at the *questions*: what leaves $X$, not what arrives in $Y$.
#
# For numbers there is a quick look. Draw all pairs $(x, y)$ as points. The rule is single-valued if no
# upright line meets the drawing twice, and it is total if the upright line at every $x$ in $X$ meets it.

# %% tags=["demo"]
fig, axes = plt.subplots(1, 2, figsize=(8.6, 3.4), layout="constrained")
x_axis = np.linspace(-2, 2, 201)
axes[0].plot(x_axis, x_axis**2, color=BLUE)
axes[0].axvline(1.4, color="#444444", linestyle="--", linewidth=1.2)
axes[0].plot(1.4, 1.4**2, "o", color=BLUE, markersize=9)
axes[0].set(title="$y = x^2$: one answer for each $x$", xlabel="$x$", ylabel="$y$")
axes[1].plot(x_axis**2, x_axis, color=VERMILION)
axes[1].axvline(2.2, color="#444444", linestyle="--", linewidth=1.2)
axes[1].plot([2.2, 2.2], [np.sqrt(2.2), -np.sqrt(2.2)], "s", color=VERMILION, markersize=8)
axes[1].set(title="$y^2 = x$: two answers for each $x > 0$", xlabel="$x$", ylabel="$y$")
show(
    fig,
    "Two curves, each with an upright dashed line. Left, y = x squared: the dashed line meets the curve "
    "once. Right, y squared = x, the same curve lying on its side: the dashed line meets it twice, so it is "
    "no function of x.",
)

# %% [markdown]
# When $X$ is small we can list which question goes with which answer, as a set of pairs. Any such list
# is a *relation*; some relations are functions. In Python a pair stands in round brackets and a set in curly
# ones. Order plays no part in a set, and nothing stands in it twice.
#
# Here are six relations, for the questions 1, 2 and 3. They stand in a dictionary, which finds a value by its
# name: `RELATIONS["R1"]` is the first. (A dictionary has curly brackets, too. The colons tell it from a set.)

# %%
X_SET = {1, 2, 3}
RELATIONS = {
    "R1": {(1, 2), (2, 3), (3, 4)},
    "R2": {(1, 2), (2, 2), (3, 2)},
    "R3": {(1, 2), (2, 3)},
    "R4": {(1, 2), (1, 3), (2, 3), (3, 4)},
    "R5": {(3, 4), (1, 4), (2, 1)},
    "R6": {(1, 1), (2, 2), (2, 3)},
}
RELATIONS["R1"]

# %% [markdown]
# ### Exercise 1.3: which relations are functions? (slides: Exercise 1, part 1)
#
# Take a pencil and draw the arrows. Which of the six are functions on the questions {1, 2, 3}? Make a list of
# their names, each in quotation marks, and call it `functions_by_hand`.

# %% exercise="functions_by_hand"
### BEGIN SOLUTION
functions_by_hand = ["R1", "R2", "R5"]
### END SOLUTION

# %% wrong="functions_by_hand" says="may share an answer"
functions_by_hand = ["R1", "R5"]

# %% wrong="functions_by_hand" says="counting is not enough"
functions_by_hand = ["R1", "R2", "R5", "R6"]

# %% wrong="functions_by_hand" says="without an answer"
functions_by_hand = ["R1", "R2", "R3", "R5"]

# %% wrong="functions_by_hand" says="two answers"
functions_by_hand = ["R1", "R2", "R4", "R5"]

# %% wrong="functions_by_hand" says="order"
functions_by_hand = ["R1", "R2"]

# %% check="functions_by_hand" points=2
assert isinstance(functions_by_hand, (list, tuple, set)), (
    "`functions_by_hand` should be a list of names, each in quotation marks, in square brackets."
)
_names = set(map(str, functions_by_hand))
assert _names, "Your list is empty. At least one of the six is a function."
assert _names <= set(RELATIONS), f"Your list holds {sorted(_names - set(RELATIONS))}. The names go from R1 to R6."
assert "R2" in _names, (
    "You leave R2 out. Questions may share an answer: is there a question with none, or with two?"
)
assert "R6" not in _names, (
    "You call R6 a function. It has as many pairs as there are questions, but counting is not enough: follow "
    "each question."
)
print("Two common slips are ruled out. Your own is_function, soon to come, can confirm the whole list.")
### BEGIN HIDDEN TESTS
# reference: functions_by_hand
assert "R3" not in _names, "One relation in your list leaves a question without an answer."
assert "R4" not in _names, "One relation in your list gives a question two answers."
assert "R5" in _names, "You leave out a function whose pairs stand in another order. In a set there is no order."
assert _names == set(reference_functions_by_hand), "Your list is not right. Draw the arrows of each relation."
### END HIDDEN TESTS

# %% [markdown]
# Now in code. A `for` loop goes through a set, one element at a time, in no particular order. When the
# elements are pairs, it can take each pair apart at once:

# %%
for x, y in RELATIONS["R3"]:
    print("the question", x, "gets the answer", y)

# %% [markdown]
# Curly brackets with a `for` inside collect a set on the way. This one holds the first number of each pair:

# %%
asked = {x for x, y in RELATIONS["R3"]}
asked

# %% [markdown]
# Some more pieces. `True` and `False` are Python's yes and no. `2 in asked` is `True` if 2 is an element of
# the set, `2 not in asked` says the opposite. `==` asks whether two values are equal, and `!=` whether they
# differ. `if` runs its lines only when something is true, and `return` ends a function at once, wherever it
# stands:

# %%
def find_even(numbers):
    """Return an even number of the set, or "none" if there is none."""
    for number in numbers:
        if number % 2 == 0:  # % is the remainder of a division
            return number
    return "none"  # reached only when the loop has come to its end


find_even({3, 5, 8}), find_even({3, 5, 7})

# %% [markdown]
# Mind where the last `return` stands. One step further to the right, it would belong to the loop, and end the
# function at the first number.
#
# ### Exercise 1.4: the first condition (slides: Exercise 1, part 2)
#
# Write `is_total(pairs, X)`. It says whether every question in the set `X` has some answer among the pairs:
# `True` or `False`. Whether a question has more than one answer is no matter here. You may rely on it that
# each pair begins with a question from `X`.

# %% exercise="is_total"
def is_total(pairs, X):
    """Say whether every element of X is the first element of some pair."""
    ### BEGIN SOLUTION
    asked = {x for x, y in pairs}
    total = True
    for question in X:
        if question not in asked:
            total = False
    return total
    ### END SOLUTION

# %% wrong="is_total" says="count"
def is_total(pairs, X):
    return len(pairs) >= len(X)

# %% wrong="is_total" says="answers"
def is_total(pairs, X):
    answers = {y for x, y in pairs}
    total = True
    for question in X:
        if question not in answers:
            total = False
    return total

# %% wrong="is_total" says="one question that is answered"
def is_total(pairs, X):
    asked = {x for x, y in pairs}
    total = False
    for question in X:
        if question in asked:
            total = True
    return total

# %% wrong="is_total" says="more than one answer"
def is_total(pairs, X):
    return sorted(x for x, y in pairs) == sorted(X)

# %% wrong="is_total" says="belongs to R3"
def is_total(pairs, X):
    return asked >= X  # all of X is in asked

# %% wrong="is_total" says="not always 1, 2, 3"
def is_total(pairs, X):
    return {x for x, y in pairs} == X_SET

# %% wrong="is_total" says="True and False changed places"
def is_total(pairs, X):
    return {x for x, y in pairs} != X

# %% check="is_total" points=3
_got = is_total({(1, 5), (2, 6), (3, 5)}, {1, 2, 3})
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert isinstance(_got, (bool, np.bool_)), f"Your function gives {_got!r}. Return True or False."
_short, _double = is_total({(1, 5), (2, 6)}, {1, 2, 3}), is_total({(1, 5), (1, 6), (2, 6)}, {1, 2, 3})
_crossed = is_total({(1, 1), (2, 3), (1, 2)}, {1, 2, 3})
assert _got or not (is_total(set(), {1, 2}) and not is_total(set(), {3})), (
    "Without any pairs you call 1 and 2 answered, and 3 not. Do you use the set `asked` of the cell above? That one "
    "belongs to R3. Make a set of the questions in `pairs`, inside your function."
)
assert _got or not (_short and _double), (
    "(1, 5), (2, 6), (3, 5) answer each of the questions 1, 2, 3, and you return False; without the last pair you "
    "return True. Have True and False changed places?"
)
assert not (_crossed and not _got), (
    "The pairs (1, 1), (2, 3), (1, 2) count as total for you on the questions 1, 2, 3, though 3 is never asked. Are "
    "you looking at the answers? The questions are the first elements."
)
assert not (_crossed and not _short), (
    "The pairs (1, 1), (1, 2), (2, 3) count as total for you on the questions 1, 2, 3, though 3 has no answer. Do "
    "you count pairs? Three pairs need not answer three questions."
)
assert not (_got and _short), (
    "The pairs (1, 5), (2, 6) count as total for you, though the question 3 has no answer. Is one question "
    "that is answered enough for your function? All of them must be."
)
assert _got, (
    "The pairs (1, 5), (2, 6), (3, 5) answer each of the questions 1, 2, 3, yet you return False. Do you look at "
    "the questions, the first elements, and not at the answers?"
)
assert not _double, "With (1, 5), (1, 6), (2, 6) the question 3 has no answer, yet you return True."
assert is_total({(1, 5), (2, 6)}, {1, 2}), (
    "(1, 5), (2, 6) answer both of the questions 1 and 2, yet you return False. The questions are those in `X`, not "
    "always 1, 2, 3."
)
assert is_total({(1, 5), (1, 6), (2, 6)}, {1, 2}), (
    "With (1, 5), (1, 6), (2, 6) both 1 and 2 have some answer, yet you return False. More than one answer is the "
    "matter of the second condition."
)
print("is_total is right for six small examples.")
### BEGIN HIDDEN TESTS
# reference: is_total
_rng = np.random.default_rng(14)
assert is_total({("bear", 1), ("snake", 2)}, {"bear", "snake"}), "Questions may be texts. Yours fails there."
assert not is_total({("bear", 1), ("bear", 2)}, {"bear", "snake"}), "For texts a missing question is not noticed."
assert is_total(set(), set()), "Where there are no questions, none is left without an answer."
assert not is_total(set(), {1}), "Where there are no pairs, a question has no answer."
for _size in (1, 2, 4, 8):
    for _ in range(15):
        _X = set(range(_size))
        _count = int(_rng.integers(1, 3 * _size + 1))
        _pairs = {(int(_a), int(_b)) for _a, _b in _rng.integers(0, _size, size=(_count, 2))}
        _want = reference_is_total(_pairs, _X)
        assert bool(is_total(set(_pairs), set(_X))) == _want, (
            f"For {len(_pairs)} random pairs on {_size} questions you return {not _want}. Which question decides?"
        )
        # A second opinion: a table with a row for each question; a total relation leaves no row empty.
        _table = np.zeros((_size, _size))
        _table[tuple(np.array(sorted(_pairs)).T)] = 1
        assert bool(is_total(set(_pairs), set(_X))) == bool(_table.sum(axis=1).all()), (
            "Your answer differs from what a table says that has a row for each question."
        )
### END HIDDEN TESTS

# %% [markdown]
# A loop may stand in another loop. For each turn of the outer one, the inner one runs from its beginning to
# its end:

# %%
for colour in ("black", "brown"):
    for animal in ("bear", "snake"):
        print(colour, animal)

# %% [markdown]
# Two loops over the same pairs compare every pair with every pair. That is what the second condition speaks
# of: any two pairs $(x_1, y_1)$ and $(x_2, y_2)$.
#
# ### Exercise 1.5: the second condition (slides: Exercise 1, part 3)
#
# Write `is_single_valued(pairs)`: `True` if equal questions always have equal answers, and `False` otherwise.
# `pairs` may also be a list, in which the same pair stands twice. That is no contradiction: it says the same
# thing twice. (`and` between two conditions means that both hold.)

# %% exercise="is_single_valued"
def is_single_valued(pairs):
    """Say whether equal first elements always come with equal second elements."""
    ### BEGIN SOLUTION
    agree = True
    for x1, y1 in pairs:
        for x2, y2 in pairs:
            if x1 == x2 and y1 != y2:
                agree = False
    return agree
    ### END SOLUTION

# %% wrong="is_single_valued" says="may share an answer"
def is_single_valued(pairs):
    answers = {y for x, y in pairs}
    return len(answers) == len(pairs)

# %% wrong="is_single_valued" says="same thing twice"
def is_single_valued(pairs):
    questions = {x for x, y in pairs}
    return len(questions) == len(pairs)

# %% wrong="is_single_valued" says="two answers"
def is_single_valued(pairs):
    return len(set(pairs)) == len(pairs)

# %% wrong="is_single_valued" says="at the first comparison"
def is_single_valued(pairs):
    for x1, y1 in pairs:
        for x2, y2 in pairs:
            return not (x1 == x2 and y1 != y2)

# %% wrong="is_single_valued" says="side by side"
def is_single_valued(pairs):
    pairs = list(pairs)
    fine = True
    for i in range(len(pairs) - 1):
        if pairs[i][0] == pairs[i + 1][0] and pairs[i][1] != pairs[i + 1][1]:
            fine = False
    return fine

# %% wrong="is_single_valued" says="meets itself"
def is_single_valued(pairs):
    return not [x1 for x1, y1 in pairs for x2, y2 in pairs if x1 == x2]

# %% wrong="is_single_valued" says="True and False changed places"
def is_single_valued(pairs):
    for x1, y1 in pairs:
        for x2, y2 in pairs:
            if x1 == x2 and y1 != y2:
                return True
    return False

# %% wrong="is_single_valued" says="whether the questions are equal"
def is_single_valued(pairs):
    return not [x1 for x1, y1 in pairs for x2, y2 in pairs if y1 != y2]

# %% check="is_single_valued" points=3
_got = is_single_valued({(1, 5), (2, 6), (3, 7)})
assert _got is not None, "Your function gives nothing back. Does it end with `return`, outside the loops?"
assert isinstance(_got, (bool, np.bool_)), f"Your function gives {_got!r}. Return True or False."
assert _got or not is_single_valued([(1, 5), (1, 6)]), (
    "In (1, 5), (2, 6), (3, 7) no question stands twice, and you return False; in (1, 5), (1, 6) the question 1 has "
    "two answers, and you return True. Have True and False changed places?"
)
assert _got or is_single_valued({(3, 7)}), (
    "Even for one pair alone you return False. In two loops each pair also meets itself. It has the same question as "
    "itself, and contradicts nothing."
)
assert _got, (
    "In (1, 5), (2, 6), (3, 7) no question stands twice, yet you return False. Do you ask whether the questions are "
    "equal, before their answers count?"
)
assert is_single_valued({(1, 5), (2, 5)}), (
    "In (1, 5), (2, 5) two different questions have the answer 5, and you return False. Questions may share an "
    "answer; it is the other way round that is forbidden."
)
_twice = is_single_valued([(1, 5), (1, 5)])
assert _twice or is_single_valued([(1, 5), (1, 6)]), (
    "The list (1, 5), (1, 5) says the same thing twice, which is no contradiction, yet you return False."
)
assert not is_single_valued([(1, 5), (1, 6)]), (
    "In (1, 5), (1, 6) the question 1 has two answers, yet you return True. Is it compared with the other pair, or "
    "does your function end at the first comparison, that of a pair with itself?"
)
assert _twice, "The list (1, 5), (1, 5) says the same thing twice, which is no contradiction, yet you return False."
assert not is_single_valued([(1, 5), (2, 6), (2, 7)]), (
    "In (1, 5), (2, 6), (2, 7) the question 2 has two answers, yet you return True. Have you compared all pairs?"
)
print("is_single_valued is right for five small relations.")
### BEGIN HIDDEN TESTS
# reference: is_single_valued
_rng = np.random.default_rng(15)
assert not is_single_valued([(1, 5), (2, 6), (3, 7), (1, 8)]), (
    "Two pairs that contradict each other need not stand side by side."
)
assert not is_single_valued([("owl", "bird"), ("bat", "bird"), ("owl", "cat")]), "For texts a contradiction is not noticed."
assert is_single_valued(set()) and is_single_valued([(3, 3)]), "Nothing, or one pair alone, contradicts nothing."
for _size in (2, 3, 6):
    for _ in range(20):
        _count = int(_rng.integers(1, _size + 2))
        _pairs = [(int(_a), int(_b)) for _a, _b in _rng.integers(0, _size, size=(_count, 2))]
        _want = reference_is_single_valued(_pairs)
        assert bool(is_single_valued(list(_pairs))) == _want, f"For {_count} random pairs you return {not _want}."
        # A second opinion: a dictionary keeps one answer for each question, and so loses the others.
        assert bool(is_single_valued(list(_pairs))) == (len(dict(_pairs)) == len(set(_pairs))), (
            "Your answer differs from what a dictionary says, which keeps one answer for each question."
        )
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 1.6: is it a function? (slides: Exercise 1, part 4)
#
# Write `is_function(pairs, X)`: both conditions together. Use your two functions. One line is enough.

# %% exercise="is_function"
def is_function(pairs, X):
    """Say whether the pairs give every element of X exactly one answer."""
    ### BEGIN SOLUTION
    return is_total(pairs, X) and is_single_valued(pairs)
    ### END SOLUTION

# %% wrong="is_function" says="One condition alone"
def is_function(pairs, X):
    return is_total(pairs, X) or is_single_valued(pairs)

# %% wrong="is_function" says="left without an answer"
def is_function(pairs, X):
    return is_single_valued(pairs)

# %% wrong="is_function" says="two answers for one question"
def is_function(pairs, X):
    return is_total(pairs, X)

# %% wrong="is_function" says="number of pairs"
def is_function(pairs, X):
    return len(pairs) == len(X)

# %% wrong="is_function" says="hand on"
def is_function(pairs, X):
    return is_total(pairs, X_SET) and is_single_valued(pairs)

# %% check="is_function" points=2
_got = is_function({(1, 5), (2, 6)}, {1, 2})
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert isinstance(_got, (bool, np.bool_)), f"Your function gives {_got!r}. Return True or False."
assert _got, (
    "(1, 5), (2, 6) is a function on the questions 1 and 2, yet you return False. Do you hand on the `pairs` and the "
    "`X` that came in?"
)
_gap, _twice = is_function({(1, 5)}, {1, 2}), is_function({(1, 5), (1, 6), (2, 5)}, {1, 2})
assert not (_gap and _twice), (
    "You accept (1, 5) on the questions 1 and 2, and also (1, 5), (1, 6), (2, 5). One condition alone is not enough."
)
assert not _gap, "You accept (1, 5) on the questions 1 and 2: one is left without an answer."
assert not _twice, "You accept (1, 5), (1, 6), (2, 5) on the questions 1 and 2: there are two answers for one question."
print("is_function is right for one function and for two relations that are none.")
### BEGIN HIDDEN TESTS
# reference: is_function
assert not is_function({(1, 5), (1, 6)}, {1, 2}), (
    "With (1, 5), (1, 6) on the questions 1 and 2 both conditions fail, though the number of pairs is right."
)
_rng = np.random.default_rng(16)
for _size in (1, 2, 3, 5):
    for _ in range(20):
        _pairs = {(_a, int(_rng.integers(_size))) for _a in range(_size) if _rng.random() > 0.1}
        if _rng.random() > 0.5:
            _pairs.add((int(_rng.integers(_size)), int(_rng.integers(_size))))
        _want = reference_is_function(_pairs, set(range(_size)))
        assert bool(is_function(set(_pairs), set(range(_size)))) == _want, (
            f"For {len(_pairs)} random pairs on {_size} questions you return {not _want}."
        )
        _counts = np.bincount([_a for _a, _b in _pairs], minlength=_size)
        assert _want == bool(np.all(_counts == 1)), "Your answer differs from a count of each question's answers."
### END HIDDEN TESTS

# %% [markdown]
# Does it agree with your pencil? This cell uses your function and your list.

# %% tags=["demo"]
for name, pairs in RELATIONS.items():
    print(name, "by your function:", is_function(pairs, X_SET), "  by hand:", name in functions_by_hand)

# %% [markdown]
# Real collections of examples break the second condition all the time. Two people look at the same photo, one
# says bear, one says dog. Before anything is learnt from such examples, somebody has to find them.
#
# A set that is to be filled step by step begins empty, with `found = set()`; `{}` would be an empty
# dictionary. Then `found.add((x, y))` puts a pair into it. To add what is there already changes nothing.
#
# ### Exercise 1.7: find the pairs that break the rule (slides: Exercise 2)
#
# Equal inputs must give equal outputs. Write `conflicts(pairs)`: the set of *all* pairs whose question also
# stands in another pair with another answer. If two pairs contradict each other, both belong to it: nobody
# knows yet which of the two is wrong.

# %% exercise="conflicts"
def conflicts(pairs):
    """Return the set of all pairs (x, y) for which some other pair has the same x and another y."""
    ### BEGIN SOLUTION
    clashing = set()
    for x1, y1 in pairs:
        for x2, y2 in pairs:
            if x1 == x2 and y1 != y2:
                clashing.add((x1, y1))
    return clashing
    ### END SOLUTION

# %% wrong="conflicts" says="both belong"
def conflicts(pairs):
    first = {}
    found = set()
    for x, y in pairs:
        if x in first and first[x] != y:
            found.add((x, y))
        else:
            first[x] = y
    return found

# %% wrong="conflicts" says="whole pairs"
def conflicts(pairs):
    return {x1 for x1, y1 in pairs for x2, y2 in pairs if x1 == x2 and y1 != y2}

# %% wrong="conflicts" says="share an answer"
def conflicts(pairs):
    return {(x1, y1) for x1, y1 in pairs for x2, y2 in pairs if y1 == y2 and x1 != x2}

# %% wrong="conflicts" says="with itself"
def conflicts(pairs):
    return {(x1, y1) for x1, y1 in pairs for x2, y2 in pairs if x1 == x2}

# %% wrong="conflicts" says="same thing twice"
def conflicts(pairs):
    found = set()
    pairs = list(pairs)
    for i in range(len(pairs)):
        for j in range(len(pairs)):
            if i != j and pairs[i][0] == pairs[j][0]:
                found.add(pairs[i])
    return found

# %% wrong="conflicts" says="ask the same question"
def conflicts(pairs):
    return {(x1, y1) for x1, y1 in pairs for x2, y2 in pairs if y1 != y2}

# %% wrong="conflicts" says="none of the four pairs"
def conflicts(pairs):
    return {(x1, y1, y2) for x1, y1 in pairs for x2, y2 in pairs if x1 == x2 and y1 != y2}

# %% wrong="conflicts" says="again and again"
def conflicts(pairs):
    for x1, y1 in pairs:
        found = set()
        for x2, y2 in pairs:
            if x1 == x2 and y1 != y2:
                found.add((x1, y1))
    return found

# %% check="conflicts" points=3
_pairs = [("photo 1", "bear"), ("photo 2", "snake"), ("photo 1", "dog"), ("photo 3", "bear")]
_got = conflicts(list(_pairs))
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert isinstance(_got, (set, frozenset)), f"You return {_got!r}. Return a set; `found = set()` makes an empty one."
assert "photo 1" not in _got, "Your set holds questions. Return whole pairs, so that one sees which answers clash."
assert _got <= set(_pairs), (
    f"Your set holds {next(iter(_got - set(_pairs)))!r}, which is none of the four pairs. Put the pairs in as they came."
)
assert _got, (
    "Your set is empty, though photo 1 has two answers. Is the condition never true? Or does `found` begin empty "
    "again and again, inside a loop?"
)
assert _got != {("photo 1", "bear"), ("photo 3", "bear")}, (
    "You return pairs that share an answer. The rule forbids something else: one question with two answers."
)
assert _got != set(_pairs) or not conflicts([("photo 2", "snake")]), (
    "You return every pair, though photo 2 and photo 3 are in no conflict. Is each pair compared with itself?"
)
assert _got != set(_pairs), (
    "You return every pair, though photo 2 and photo 3 are in no conflict. Two pairs can clash only if they ask the "
    "same question."
)
assert len(_got) != 1, (
    f"You return only {_got}. It takes two to contradict each other, and both belong to the set."
)
assert _got == {("photo 1", "bear"), ("photo 1", "dog")}, (
    f"For four pairs, of which two clash, you return {_got}. Which question has two answers?"
)
print("conflicts finds both of the two pairs that clash.")
### BEGIN HIDDEN TESTS
# reference: conflicts, is_single_valued
assert conflicts([]) == set(), "Where there are no pairs there are no conflicts: an empty set."
assert conflicts([(1, 2), (1, 2), (2, 2)]) == set(), (
    "A pair that stands twice says the same thing twice. That is no conflict."
)
assert conflicts([(1, 2), (1, 3), (1, 4)]) == {(1, 2), (1, 3), (1, 4)}, "Three answers to one question: all three clash."
_rng = np.random.default_rng(17)
for _size in (2, 4, 9):
    for _ in range(12):
        _pairs = [(int(_a), int(_b)) for _a, _b in _rng.integers(0, _size, size=(int(_rng.integers(1, 12)), 2))]
        _want = reference_conflicts(_pairs)
        _got = conflicts(list(_pairs))
        assert _got == _want, f"For {len(_pairs)} random pairs you find {len(_got)} in conflict, and {len(_want)} are."
        # A second opinion: without them the rule holds, and questions in conflict have two answers or more.
        assert reference_is_single_valued(set(_pairs) - _got), "Without the pairs that you found, the rule is still broken."
        assert all(len({_b for _a, _b in _pairs if _a == _x}) > 1 for _x, _y in _got), (
            "Some question in your set has one answer only."
        )
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 1.8: how many days has a month? (in your own words, 4 points)
#
# A friend wants a function from the names of the twelve months to the number of their days. "March has 31,
# April has 30", she says, "so it is a function."
#
# In three or four sentences: which of the two conditions does her rule break, and for which month? Change the
# set of questions $X$ so that it becomes a function. Then give an example of your own, not about dates, of a
# rule that breaks the *other* condition, and say how to mend it.

# %% [markdown] written="days_of_month" points=4
# ### BEGIN SOLUTION
# The rule is not single-valued: February has 28 days in most years and 29 in leap years, so one question has
# two answers. Let the question be a pair of month and year: (February, 2024) has 29 days and (February, 2025)
# has 28, and every such pair has exactly one number.
#
# The other condition is totality. Example: the rule from people to the number of their passport is not total,
# for some people have none. It becomes a function when $X$ holds only people with a passport, or when "none"
# is added to the answers $Y$. (With "their passport" single-valued: one valid passport for each.)
#
# **Mark scheme**
# - 1 point: names the second condition (single-valued), with February
# - 1 point: adds what is missing to the question, such as the year (or "leap year: yes or no")
# - 1 point: an example in which some question has no answer
# - 1 point: mends it by a smaller $X$ or by an answer that stands for "none"
# ### END SOLUTION

# %% [markdown]
# ## 4. Questions and answers as numbers
#
# A computer computes with numbers. So a question must become numbers, and the numbers that come out must be
# read as an answer. How *many* numbers go in and come out is fixed before anything is learnt:
#
# $$x \in \mathbb{R}^n, \qquad y \in \mathbb{R}^m.$$
#
# $\mathbb{R}^n$ ("R to the n") holds all lists of $n$ real numbers. A function with $n = 4$ takes four
# numbers, always. It has no answer to three, and none to five.
#
# There are four words for such blocks of numbers.
#
# - A **scalar** is a single number: $9$.
# - A **vector** is a row of numbers: $[9, 4, 8, 7]$.
# - A **matrix** is a table of numbers, with rows and columns: $\begin{bmatrix} 9 & 4 \\ 8 & 7 \end{bmatrix}$.
# - A **tensor** is the word for all of them, and for what comes after the table: a stack of tables, a row of
#   stacks, and so on.
#
# The **order** of a tensor is how many directions it has. To point at one number you need that many
# positions: none for a scalar, one for a vector, row and column for a matrix. The **shape** says how many
# places there are in each direction.

# %% tags=["demo"]
blocks = [  # title, shape, left edge, the numbers
    ("scalar\norder 0, shape ()", np.array([[9]]), 0.0),
    ("vector\norder 1, shape (4,)", np.array([[9, 4, 8, 7]]), 2.6),
    ("matrix\norder 2, shape (2, 2)", np.array([[9, 4], [8, 7]]), 8.5),
]
fig, ax = plt.subplots(figsize=(9.4, 2.7))
ax.set(xlim=(-1.1, 17.6), ylim=(-1.55, 3.5), aspect="equal")
ax.axis("off")


def draw_table(left, lower, values, face, layer=1):
    look = {"facecolor": face, "edgecolor": "#444444", "linewidth": 1.2, "zorder": layer}
    for r, row in enumerate(values):
        for c, value in enumerate(row):
            corner = (left + c, lower + len(values) - 1 - r)
            ax.add_patch(plt.Rectangle(corner, 1, 1, **look))
            ax.text(corner[0] + 0.5, corner[1] + 0.5, value, ha="center", va="center", fontsize=12, zorder=layer)


for name, values, left in blocks:
    draw_table(left, 1.0 - len(values) / 2, values, "#dcebf5")
    ax.text(left + values.shape[1] / 2, -1.0, name, ha="center", va="center", fontsize=10)
for k, (face, values) in enumerate(
    (("#f5f5f5", [[2, 2], [1, 6]]), ("#fbe3d3", [[5, 0], [3, 1]]), ("#dcebf5", [[9, 4], [8, 7]]))
):
    draw_table(14.1 - 0.62 * (k - 1), 0.45 - 0.62 * (k - 1), values, face, layer=k + 1)
ax.text(15.1, -1.0, "tensor of order 3\nshape (3, 2, 2)", ha="center", va="center", fontsize=10)
ax.set_title("Each order adds a direction")
show(
    fig,
    "Four blocks of numbers. The scalar 9 is a single cell, order 0. The vector 9, 4, 8, 7 is a row of four "
    "cells, order 1, shape (4,). The matrix with the rows 9, 4 and 8, 7 is a square of two by two cells, "
    "order 2. A stack of three such matrices is a tensor of order 3 with the shape (3, 2, 2).",
)

# %% [markdown]
# NumPy calls a tensor an *array*: `np.array` makes one from lists within lists. `.ndim` is its order and
# `.shape` its shape:

# %%
x_scalar = np.array(9)
x_vector = np.array([9, 4, 8, 7])
x_matrix = np.array([[9, 4], [8, 7]])
for x in (x_scalar, x_vector, x_matrix):
    print("order", x.ndim, "shape", x.shape)

# %% [markdown]
# Shapes are written in round brackets, from the outermost direction to the innermost: for a matrix first the
# rows, then the columns. The comma in `(4,)` is how Python marks round brackets around one element. A scalar
# has no direction, so its brackets are empty: `()`.
#
# Beware of the word *dimension*: it is used for two things. A vector of 4 numbers is a point of a
# 4-dimensional space, $\mathbb{R}^4$, but its order is 1, and NumPy calls the order `ndim`, "number of
# dimensions". Others call the order *rank*, which means something else again to mathematicians. When in
# doubt, say order and shape.
#
# What is a photo? A grey one is a matrix: a number for the brightness of each point, or pixel. A coloured one
# with 200 rows of 300 pixels has three numbers at each pixel, for red, green and blue: shape (200, 300, 3),
# order 3.
#
# ### Exercise 1.9: order and shape
#
# Work these out in your head, without running them.
#
# - A = `[[1, 2, 3]]`
# - B = `[[1], [2], [3]]`
# - C = `[[[1, 2], [3, 4]], [[5, 6], [7, 8]], [[9, 0], [1, 2]]]`
#
# Write four lines, which give values to `shape_A`, `shape_B`, `shape_C` and `order_C`. Write shapes as NumPy
# does: `shape_A = (5, 7)` would be a matrix of five rows and seven columns.

# %% exercise="shapes_by_hand"
### BEGIN SOLUTION
shape_A = (1, 3)
shape_B = (3, 1)
shape_C = (3, 2, 2)
order_C = 3
### END SOLUTION

# %% wrong="shapes_by_hand" says="pairs of brackets"
shape_A = (3,)
shape_B = (3, 1)
shape_C = (3, 2, 2)
order_C = 3

# %% wrong="shapes_by_hand" says="first the rows"
shape_A = (3, 1)
shape_B = (1, 3)
shape_C = (3, 2, 2)
order_C = 3

# %% wrong="shapes_by_hand" says="how many numbers"
shape_A = (1, 3)
shape_B = (3, 1)
shape_C = (3, 2, 2)
order_C = 12

# %% wrong="shapes_by_hand" says="from the outside"
shape_A = (1, 3)
shape_B = (3, 1)
shape_C = (2, 2, 3)
order_C = 3

# %% check="shapes_by_hand" points=2
for _shape, _name in ((shape_A, "shape_A"), (shape_B, "shape_B"), (shape_C, "shape_C")):
    assert isinstance(_shape, (tuple, list)), f"`{_name}` should be whole numbers in round brackets, such as (5, 7)."
assert np.shape(order_C) == () and not isinstance(order_C, (str, type(None))), "`order_C` should be one number."
assert len(shape_A) == 2 and len(shape_B) == 2, (
    "A and B begin with two opening brackets each. As many pairs of brackets lie in one another, so many numbers "
    "stand in the shape."
)
assert not (tuple(shape_A) == (3, 1) and tuple(shape_B) == (1, 3)), (
    "A and B have changed places. In a shape come first the rows, then the columns: each inner list is a row."
)
assert order_C != 12, "12 is how many numbers there are in C. The order is the number of directions."
assert order_C == len(shape_C), (
    f"Your order of C is {order_C}, but your shape of C has {len(shape_C)} numbers. There is one for each direction."
)
print("The answers have the right form and fit together. Whether they are right, you will learn when they are graded.")
### BEGIN HIDDEN TESTS
# reference: shape_A, shape_B, shape_C, order_C
assert tuple(shape_A) == tuple(reference_shape_A), "shape_A is not right. How many rows has A, and how long are they?"
assert tuple(shape_B) == tuple(reference_shape_B), "shape_B is not right. How many rows has B, and how long are they?"
_C = np.array([[[1, 2], [3, 4]], [[5, 6], [7, 8]], [[9, 0], [1, 2]]])
assert order_C == _C.ndim, "order_C is not right. Count the opening brackets at the very beginning of C."
assert tuple(shape_C) == tuple(reference_shape_C) == _C.shape, (
    "shape_C is not right. Count from the outside to the inside: how many elements has the outermost list?"
)
### END HIDDEN TESTS

# %% [markdown]
# Fixed sizes mean that every row of a table is as long as the others. NumPy refuses what is not: `try` runs
# some lines, and `except` says what to do if they fail.

# %%
try:
    np.array([[9, 4], [8]])
except ValueError as error:
    print("NumPy says:", error)

# %% [markdown]
# ### Exercise 1.10: is it a table?
#
# Write `table_shape(rows)`. It takes a list of lists, the rows, and returns the shape: the number of rows
# and the number of columns, as a pair. If the rows are not all equally long there is no shape: return
# `None`, the Python value for "nothing". (`return a, b` gives back the pair of `a` and `b`.) Do it without
# NumPy. `len(rows)` is the number of elements of a list, and `rows[0]` is its first element: Python counts
# from 0. A table has at least one row.

# %% exercise="table_shape"
def table_shape(rows):
    """Return (number of rows, number of columns), or None if the rows differ in length."""
    ### BEGIN SOLUTION
    columns = len(rows[0])
    for row in rows:
        if len(row) != columns:
            return None
    return len(rows), columns
    ### END SOLUTION

# %% wrong="table_shape" says="rows come first"
def table_shape(rows):
    for row in rows:
        if len(row) != len(rows[0]):
            return None
    return len(rows[0]), len(rows)

# %% wrong="table_shape" says="never compared"
def table_shape(rows):
    return len(rows), len(rows[0])

# %% wrong="table_shape" says="ends at the first row"
def table_shape(rows):
    for row in rows:
        if len(row) != len(rows[0]):
            return None
        else:
            return len(rows), len(rows[0])

# %% wrong="table_shape" says="only the last row"
def table_shape(rows):
    if len(rows[0]) != len(rows[-1]):
        return None
    return len(rows), len(rows[0])

# %% wrong="table_shape" says="at all the rows"
def table_shape(rows):
    if len(rows[0]) != len(rows[1]):
        return None
    return len(rows), len(rows[0])

# %% wrong="table_shape" says="without quotation marks"
def table_shape(rows):
    for row in rows:
        if len(row) != len(rows[0]):
            return "None"
    return len(rows), len(rows[0])

# %% wrong="table_shape" says="with each other"
def table_shape(rows):
    for row in rows:
        if len(row) != len(rows):
            return None
    return len(rows), len(rows[0])

# %% check="table_shape" points=3
_got = table_shape([[1, 2, 3], [4, 5, 6]])
assert _got is not None, (
    "For two rows of three numbers you return None, or nothing at all. Does it end with `return`? And are the lengths "
    "of the rows compared with each other?"
)
assert isinstance(_got, (tuple, list)) and len(_got) == 2, f"You return {_got!r}. Return a pair: `return a, b` does."
assert tuple(_got) != (3, 2), "For two rows of three numbers you return (3, 2). The rows come first in a shape."
assert tuple(_got) == (2, 3), f"For two rows of three numbers you return {tuple(_got)}."
_late, _last = table_shape([[1, 2], [3, 4], [5]]), table_shape([[1, 2], [3]])
for _answer in (_late, _last):
    assert _answer is None or isinstance(_answer, (tuple, list)), (
        f"Where the rows differ in length you return {_answer!r}. Return None: a word of Python, without quotation marks."
    )
assert not (_late is not None and _last is not None), (
    f"For the rows [1, 2] and [3] you return {_last}. Either the lengths are never compared, or your function "
    "ends at the first row, which is always as long as itself."
)
assert _late is None, (
    f"For the rows [1, 2], [3, 4] and [5] you return {_late}, though the last is shorter. Do you look at all the rows?"
)
assert _last is None, f"For the rows [1, 2] and [3] you return {_last}, though they differ in length: no shape, so None."
print("table_shape is right for one table, and sees that two others are none.")
### BEGIN HIDDEN TESTS
# reference: table_shape
assert table_shape([[1, 2], [3], [4, 5]]) is None, (
    "Three rows with 2, 1 and 2 numbers are no table. Do you look at only the last row, or at all of them?"
)
assert table_shape([[1], [2, 3], [4]]) is None, "Three rows with 1, 2 and 1 numbers are no table."
_rng = np.random.default_rng(110)
for _rows, _columns in ((1, 1), (1, 5), (4, 1), (3, 3), (6, 2), (2, 40)):
    _table = _rng.normal(size=(_rows, _columns)).tolist()
    _got = table_shape([list(_row) for _row in _table])
    assert _got is not None and tuple(_got) == np.shape(_table), (
        f"For {_rows} rows and {_columns} columns you return {_got}."
    )
    _ragged = [*_table, [0.0] * (_columns + 1)]
    assert table_shape(_ragged) is reference_table_shape(_ragged) is None, "A last row that is too long is not noticed."
### END HIDDEN TESTS

# %% [markdown]
# Answers are numbers, too, and there are two great kinds. If the answer is an amount, such as a price or a
# temperature, the task is called **regression**: *how much?* If it is one of a few named classes, such as
# bear or snake, the task is **classification**: *which?* How a class becomes numbers is told in lecture 02.
# In this lecture answers are amounts.

# %% [markdown]
# ## 5. No list holds every case
#
# If a function is an answer key, why not write the key down? Python's dictionary is made for that. Each
# question is a *key*, and behind it stands its answer:

# %%
animal_key = {"photo 1": "bear", "photo 2": "snake"}
animal_key["photo 2"]

# %% [markdown]
# A key stands in a dictionary only once, so a dictionary is single-valued by construction. To store a second
# answer, as `animal_key["photo 2"] = "owl"` would, overwrites the first. The trouble is the other condition.
# Ask for a key that is not there, and Python stops with a `KeyError`. `"photo 3" in animal_key` asks first
# whether the key is there.
#
# ### Exercise 1.11: a lookup table as a function
#
# Write `lookup(table, question)`: the answer that the dictionary `table` holds for the question, and the text
# `"?"` where it holds none. Leave the table as it is.

# %% exercise="lookup"
def lookup(table, question):
    """Return the answer in the dictionary table, or "?" if the question is not in it."""
    ### BEGIN SOLUTION
    if question in table:
        return table[question]
    return "?"
    ### END SOLUTION

# %% wrong="lookup" says="not in the table"
def lookup(table, question):
    return table[question]

# %% wrong="lookup" says="nothing at all"
def lookup(table, question):
    return table.get(question)

# %% wrong="lookup" says="only the first entry"
def lookup(table, question):
    for key in table:
        if key == question:
            return table[key]
        else:
            return "?"

# %% wrong="lookup" says="changes the table"
def lookup(table, question):
    return table.setdefault(question, "?")

# %% wrong="lookup" says="empty or zero"
def lookup(table, question):
    return table.get(question) or "?"

# %% wrong="lookup" says="another table"
def lookup(table, question):
    if question in animal_key:
        return animal_key[question]
    return "?"

# %% wrong="lookup" says="which is in the table"
def lookup(table, question):
    if question in table:
        return table["question"]
    return "?"

# %% check="lookup" points=2
_table = {"photo 1": "dog", "photo 2": "owl", "photo 4": "fox"}
try:
    _got, _second = lookup(dict(_table), "photo 1"), lookup(dict(_table), "photo 2")
except KeyError:
    raise AssertionError(
        "Your function stops with a KeyError at a photo which is in the table. Do you look up the input `question`, "
        "without quotation marks?"
    ) from None
assert _got is not None, "Your function gives nothing back for a question in the table. Does it end with `return`?"
assert _got != "bear", (
    "For photo 1 the table says dog, and you return 'bear'. That is the answer of another table, `animal_key`. Use the "
    "input `table`."
)
assert _got == "dog", f"For photo 1 the table says dog, and you return {_got!r}."
assert _second != "?", (
    'For photo 2 you return "?", though it is in the table. Is only the first entry looked at before you give up?'
)
assert _second == "owl", f"For photo 2 the table says owl, and you return {_second!r}."
try:
    _got = lookup(dict(_table), "photo 3")
except KeyError:
    raise AssertionError(
        "Your function stops with a KeyError at photo 3, which is not in the table. Ask first whether it is there."
    ) from None
assert _got is not None, 'For a question that is not in the table you return nothing at all. The text "?" is wanted.'
assert _got == "?", f'For a question that is not in the table you return {_got!r}, not "?".'
print('lookup finds two answers, and says "?" where the table has none.')
### BEGIN HIDDEN TESTS
# reference: lookup
_kept = {"a": 1}
lookup(_kept, "b")
assert _kept == {"a": 1}, "Your function changes the table: a question that was asked is in it afterwards."
_odd = {0: 0, "": "", (1, 2): False}
for _key in _odd:
    assert lookup(dict(_odd), _key) == _odd[_key], (
        "An answer that is empty or zero is an answer, too. Yours is lost. Ask whether the question is there."
    )
assert lookup({}, "a") == "?", 'An empty table has no answers: "?" to everything.'
_rng = np.random.default_rng(111)
_big = {int(_k): float(_v) for _k, _v in zip(_rng.permutation(50)[:25], _rng.normal(size=25), strict=True)}
for _key in range(50):
    _got = lookup(dict(_big), _key)
    assert _got == reference_lookup(_big, _key) == _big.get(_key, "?"), "In a table of 25 numbers some answer is wrong."
### END HIDDEN TESTS

# %% tags=["demo"]
for photo in ("photo 1", "photo 2", "photo 3"):
    print(photo, "->", lookup(animal_key, photo))

# %% [markdown]
# That is our situation with every interesting question: *we have some of the answers*. A bear, a snake, and
# then a photo that nobody has labelled: "?". Could we go on collecting until the list is complete?
#
# Count the photos of a toy camera. Its pictures have $2 \times 2$ pixels, each black or white. The first
# pixel has 2 possible values. For each of them the second has 2, which makes $2 \cdot 2$, and so on: there
# are $2^4 = 16$ pictures. One more pixel doubles the list. (In the right-hand figure each line across stands
# for ten thousand times as many pictures as the line below it.)

# %% tags=["demo"] title="All pictures of two by two pixels, and how many larger ones there are"
sides = np.arange(1, 11)
fig, (ax_all, ax) = plt.subplots(1, 2, figsize=(9.4, 3.5), layout="constrained", width_ratios=(1, 1.5))
ax_all.set(xlim=(-0.3, 11.3), ylim=(-0.3, 11.3), aspect="equal")
ax_all.axis("off")
for number in range(16):
    left, lower = 3 * (number % 4), 3 * (3 - number // 4)
    for pixel in range(4):
        dark = number >> (3 - pixel) & 1
        corner = (left + pixel % 2, lower + 1 - pixel // 2)
        ax_all.add_patch(plt.Rectangle(corner, 1, 1, facecolor="#222222" if dark else "white", edgecolor="#777777"))
ax_all.set_title("All 16 pictures of 2 × 2 pixels")
ax.semilogy(sides, 2.0 ** (sides**2), "o-", color=BLUE)
seconds = 13.8e9 * 365.25 * 24 * 3600
ax.axhline(seconds, color=VERMILION, linestyle="--")
ax.text(0.8, seconds * 6, "seconds since the universe began", color="#a03f00", fontsize=10)
ax.set(xlabel="side of the picture (pixels)", ylabel="number of pictures", xticks=sides, ylim=(1, 1e32))
ax.set_title("From 8 × 8 on, pictures outnumber all seconds so far")
show(
    fig,
    "Left: the sixteen black-and-white pictures of two by two pixels, drawn side by side. Right: the number "
    "of black-and-white pictures over the side of the picture, on a scale where each step multiplies. It "
    "climbs from 2 at side 1 past ten to the power 19 at side 8, above the dashed line at 4 times ten to the "
    "17, the seconds since the universe began, and reaches ten to the 30 at side 10.",
)

# %% [markdown]
# In Python `**` is "to the power of", and whole numbers may be as long as they like.
#
# ### Exercise 1.12: how long would the list be?
#
# Write `table_rows(height, width, values)`: how many different pictures there are with `height` × `width`
# pixels, when each pixel has one of `values` values. All three are whole numbers.

# %% exercise="table_rows"
def table_rows(height, width, values):
    """Return the number of different pictures, a whole number."""
    ### BEGIN SOLUTION
    return values ** (height * width)
    ### END SOLUTION

# %% wrong="table_rows" says="multiplies the length"
def table_rows(height, width, values):
    return values * height * width

# %% wrong="table_rows" says="the other way round"
def table_rows(height, width, values):
    return (height * width) ** values

# %% wrong="table_rows" says="how many pixels"
def table_rows(height, width, values):
    return values ** (height + width)

# %% wrong="table_rows" says="not a power"
def table_rows(height, width, values):
    return values ^ (height * width)

# %% wrong="table_rows" says="worked out before"
def table_rows(height, width, values):
    return values**height * width

# %% wrong="table_rows" says="toy camera"
def table_rows(height, width, values):
    return 2 ** (height * width)

# %% check="table_rows" points=2
_got = table_rows(2, 3, 3)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == () and not isinstance(_got, str), f"You return {_got!r}. Return one number."
assert _got != 18, (
    "For 2 × 3 pixels with 3 values you return 18. Each further pixel *multiplies the length* of the list by the "
    "number of values; it does not add a piece to it."
)
assert _got not in (27, 54), (
    f"For 2 × 3 pixels with 3 values you return {_got}. `**` is worked out before `*`, so not all the pixels are in "
    "your exponent. Brackets help."
)
assert _got != 216, "You return 6 to the power of 3 for six pixels with 3 values. Base and exponent are the other way round."
assert _got != 243, "You return 3 to the power of 5 for 2 × 3 pixels. First find how many pixels there are."
assert _got != (3 ^ 6), "You return 5. In Python `^` is not a power (it works on the bits of a number); `**` is."
assert _got != 64, "For 2 × 3 pixels with 3 values you return 64. The toy camera has 2 values; here `values` says how many."
assert _got == 729, f"For 2 × 3 pixels with 3 values you return {_got}. Count as in the text, one pixel after the other."
print("table_rows is right for pictures of 2 × 3 pixels with 3 values.")
### BEGIN HIDDEN TESTS
# reference: table_rows
from itertools import product as _product

for _height, _width, _values in ((1, 1, 2), (1, 1, 256), (2, 2, 3), (3, 1, 4), (1, 4, 1), (3, 3, 2)):
    _listed = sum(1 for _picture in _product(range(_values), repeat=_height * _width))
    assert table_rows(_height, _width, _values) == _listed, (
        f"There are {_listed} pictures of {_height} × {_width} pixels with {_values} values, written out one by one."
    )
assert table_rows(28, 28, 256) == reference_table_rows(28, 28, 256), "For 28 × 28 pixels with 256 values it is wrong."
### END HIDDEN TESTS

# %% [markdown]
# The pictures of handwritten digits in lecture 10 have 28 × 28 pixels with 256 shades of grey. How many
# digits has the number of all such pictures?

# %%
len(str(256 ** (28 * 28)))

# %% [markdown]
# `str` makes a text of a number, and `len` counts its characters: a number with 1889 digits. It is impossible
# to gather all cases, now or ever. So we need a function that also answers where no example was given.
#
# You know how people do that. Before an exam you do not learn past exam questions by heart, to hope that the
# same ones come again. You work through them, see where you were wrong, and change how you think, until you
# can answer questions that you have never seen. What we want is a machine that does this with a function: a
# *function learning machine* that practises on past exam questions.

# %% [markdown]
# ## 6. A known function and a learnt one
#
# Put the two side by side.
#
# | | a known function | a learnt function |
# |---|---|---|
# | what is given | a formula, $f(x) = 2x + 1$ | some pairs $(x_1, y_1), (x_2, y_2), \dots$ |
# | who wrote it | a person | nobody; examples chose it |
# | for a new $x$ | exact | near, one hopes |
#
# Suppose there is a true function, $f^*$ ("f star"), that gives every question its right answer. Nobody knows
# it. All that we see of it are some pairs $(x_i, y_i)$ ("x sub i, y sub i"): a question and its answer,
# numbered by $i$. Each such pair is a **sample**. (An *example* is the same; later lectures mostly say that.)
#
# We then build a **model** $f_\theta$ ("f theta"): a function with some numbers left open. Each open number
# is a **parameter**, and $\theta$ (theta) stands for all of them together. To learn is to adjust $\theta$
# until the error on the samples is small, in the hope that the model is then close to the truth:
#
# $$f_\theta(x) \approx f^*(x).$$
#
# The sign $\approx$ reads "is about". Some texts put a hat on the model, $\hat f_\theta$. A neural network is
# such a model. Its parameters are called weights and biases; lecture 03 begins with them.
#
# The simplest model worth the name is a straight line. It has two parameters: $\theta_1$ is the *slope*, how
# much the output grows when the input grows by 1, and $\theta_2$ is the *offset*, the output at $x = 0$.
#
# $$f_\theta(x) = \theta_1 x + \theta_2, \qquad \theta = (\theta_1, \theta_2)$$
#
# Take four samples of a function that you do not know. Which $\theta$ fits?

# %%
x_four = np.array([1.0, 2.0, 3.0, 4.0])
y_four = np.array([1.1, 1.9, 3.2, 3.9])

# %% tags=["demo"] title="A known function and a learnt one"
x_axis = np.linspace(-0.3, 4.8, 50)
fig, axes = plt.subplots(1, 2, figsize=(9.4, 3.7), sharey=True, layout="constrained")
axes[0].plot(x_axis, 2 * x_axis + 1, color=BLUE)
axes[0].text(2.4, 4.6, "$f(x) = 2x + 1$", color=BLUE, ha="left", fontsize=12)
axes[0].set_title("Known: a formula gives every point")
for slope, offset, style in ((2, 1, ":"), (0.5, 3, "-.")):
    axes[1].plot(x_axis, slope * x_axis + offset, style, color="#888888", linewidth=1.5)
axes[1].text(2.7, 6.9, r"$\theta = (2, 1)$", color="#555555", ha="right")
axes[1].text(-0.15, 3.75, r"$\theta = (0.5, 3)$", color="#555555")
axes[1].plot(x_axis, x_axis, "--", color=VERMILION)
axes[1].text(3.1, 2.2, r"$\theta = (1, 0)$", color="#a03f00")
axes[1].plot(x_four, y_four, "o", color="#222222", markersize=8, label="samples")
axes[1].set_title("Learnt: the line that comes near the samples")
axes[1].legend(frameon=False, loc="upper left")
for ax in axes:
    ax.set(xlabel="input $x$", ylabel="output $y$", xlim=(-0.3, 4.8), ylim=(-0.6, 8.6))
show(
    fig,
    "Two panels. Left, the line of the known function 2x + 1. Right, four samples as dots near the diagonal, "
    "and three candidate lines: with theta (2, 1) far above, with (0.5, 3) above, and dashed with (1, 0) "
    "right through the dots.",
)

# %% [markdown]
# With $\theta = (1, 0)$ the line comes near all four. The learnt function is
#
# $$f_\theta(x) = 1 \cdot x + 0 = x.$$
#
# A known function is a formula from the start. A learnt one ends as a formula, too: the shape of it was
# chosen by people, a line, and the numbers in it were chosen by the samples.
#
# ### Exercise 1.13: evaluate the model
#
# Write `f_theta(x, theta)`: the model's output $\theta_1 x + \theta_2$. `theta` holds the slope and the
# offset, in this order; Python counts from 0, so the slope is `theta[0]`. If you use only `*` and `+`, your
# function takes a whole array of inputs as well, for NumPy works place by place.

# %% exercise="f_theta"
def f_theta(x, theta):
    """Return the line with slope theta[0] and offset theta[1] at x. x: a number or an array."""
    ### BEGIN SOLUTION
    return theta[0] * x + theta[1]
    ### END SOLUTION

# %% wrong="f_theta" says="changed places"
def f_theta(x, theta):
    return theta[1] * x + theta[0]

# %% wrong="f_theta" says="counts from 0"
def f_theta(x, theta):
    return theta[1] * x + theta[2]

# %% wrong="f_theta" says="before it is multiplied"
def f_theta(x, theta):
    return theta[0] * (x + theta[1])

# %% wrong="f_theta" says="leave the offset out"
def f_theta(x, theta):
    return theta[0] * x

# %% wrong="f_theta" says="numbers of an example"
def f_theta(x, theta):
    return 2 * x + 1

# %% wrong="f_theta" says="one at a time"
def f_theta(x, theta):
    return theta * x

# %% check="f_theta" points=2
try:
    _got = f_theta(4.0, (3.0, -2.0))
except IndexError:
    raise AssertionError("`theta` holds two numbers. Python counts from 0: which are their places?") from None
except TypeError as _error:
    raise AssertionError(
        f"Your function stops: {_error}. Take the numbers out of `theta` one at a time, with square brackets."
    ) from None
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), f"For one x you return something of shape {np.shape(_got)}. One number is wanted."
assert not np.isclose(_got, -5), "Slope and offset have changed places: theta[0] is the slope."
assert not np.isclose(_got, 6), "You add the offset to x before it is multiplied. Only x is multiplied by the slope."
assert not np.isclose(_got, 12), "You leave the offset out."
assert not np.isclose(_got, 9), "Are there the numbers of an example in your function? It must use those in `theta`."
assert np.isclose(_got, 10), f"For x = 4 and theta = (3, -2) you return {_got}. Put the numbers into the formula by hand."
_got = f_theta(np.array([0.0, 1.0, 2.0]), (3.0, -2.0))
assert np.shape(_got) == (3,), f"For three inputs you return shape {np.shape(_got)}. One output for each is wanted."
print("f_theta is right for one number, and gives three outputs for three inputs.")
### BEGIN HIDDEN TESTS
# reference: f_theta
_rng = np.random.default_rng(113)
for _n in (1, 2, 30):
    for _ in range(5):
        _x, _theta = _rng.normal(scale=5, size=_n), _rng.normal(scale=3, size=2)
        _got = f_theta(_x.copy(), tuple(_theta.tolist()))
        assert np.shape(_got) == (_n,), f"For {_n} inputs you return shape {np.shape(_got)}."
        assert np.allclose(_got, reference_f_theta(_x, _theta)), f"For {_n} random inputs some output is wrong."
        assert np.allclose(_got, np.polyval(_theta, _x)), "Your line differs from NumPy's own (polyval)."
assert f_theta(7.0, [0.0, 5.0]) == 5 and f_theta(0.0, [8.0, 5.0]) == 5, (
    "With the slope 0, or at x = 0, only the offset is left. Yours is something else."
)
_x = np.ones(3)
f_theta(_x, np.array([2.0, 3.0]))
assert np.array_equal(_x, np.ones(3)), "Your function changes the inputs that it is given. Make a new array."
### END HIDDEN TESTS

# %% [markdown]
# One warning before we go on. Samples do not decide what happens between them. The next figure has the same
# four samples and three functions. Two of them hit every sample exactly. That we choose a line, and not one
# of those, is *our* decision: we believe that the truth is simple. All machine learning rests on
# some such belief.

# %% tags=["demo"]
x_axis = np.linspace(0.6, 4.4, 400)
through = np.polyval(np.polyfit(x_four, y_four, 3), x_axis)
bump = 1.1 * np.prod([x_axis - x for x in x_four], axis=0)
fig, ax = plt.subplots(figsize=(6.6, 3.6))
ax.plot(x_axis, through, "-.", color=BLUE, label="a curve through all four")
ax.plot(x_axis, through - bump, ":", color=GREEN, label="another one")
ax.plot(x_axis, x_axis, "--", color=VERMILION, label="the line $y = x$, near all four")
ax.plot(x_four, y_four, "o", color="#222222", markersize=9, label="samples")
ax.set(xlabel="input $x$", ylabel="output $y$", ylim=(-1.6, 7), title="Many functions fit the same samples")
ax.legend(frameon=False, loc="upper left", fontsize=9.5)
show(
    fig,
    "Four dots near the diagonal and three curves. A dash-dotted curve and a dotted curve go through all four "
    "dots exactly, yet differ between them and run apart outside. The dashed straight line y = x passes close "
    "by all four.",
)

# %% [markdown]
# ## 7. How wrong is a model?
#
# "Near the samples" must become a number. Take a sample, and ask the model for its output at $x_i$. The
# difference $y_i - f_\theta(x_i)$ is the *residual*: how far the truth lies above the model. It is negative
# where the truth lies below.
#
# One model, many residuals. To compare two models we want one number. Add the residuals up? Then a miss
# upwards and a miss downwards would cancel. So square each one first: a square is never negative, and a large
# miss counts for much. The mean of the squares is our **loss** $L$:
#
# $$L(\theta) = \frac{1}{n} \sum_{i=1}^{n} \big(y_i - f_\theta(x_i)\big)^2$$
#
# The sign $\sum$ (a capital sigma) says "add up", here over all $n$ samples, from $i = 1$ to $n$. The smaller
# the loss, the better the fit; it is 0 only if the model hits every sample. This loss is called the *mean
# squared error*. Lecture 06 has others, and says when each is right.

# %% tags=["demo"]
x_axis = np.linspace(-0.4, 3.6, 10)
x_few, y_few = np.array([0.0, 1.0, 2.0, 3.0]), np.array([1.0, 4.5, 3.5, 7.0])
model_few = 1.5 * x_few + 1.5
fig, ax = plt.subplots(figsize=(6.2, 4.0))
ax.plot(x_axis, 1.5 * x_axis + 1.5, color=BLUE, label=r"model $f_\theta$, $\theta = (1.5, 1.5)$")
for x, y, m in zip(x_few, y_few, model_few, strict=True):
    ax.plot([x, x], [y, m], "--", color=VERMILION, linewidth=2.2)
    side = {"x": x - 0.07, "ha": "right"} if y > m else {"x": x + 0.07, "ha": "left"}
    ax.text(y=(y + m) / 2, s=f"{y - m:+.1f}".replace("-", "−"), color="#a03f00", va="center", **side)
ax.plot(x_few, y_few, "o", color="#222222", markersize=8, label="samples")
ax.plot([], [], "--", color=VERMILION, label="residuals")
ax.set(xlabel="input $x$", ylabel="output $y$", ylim=(0, 8))
loss_few = np.mean((y_few - model_few) ** 2)
ax.set_title(f"The loss is the mean of the squared residuals: {loss_few:.4g}")
ax.legend(frameon=False, loc="upper left")
show(
    fig,
    "A rising line and four samples. Dashed upright lines join each sample to the model; these residuals are "
    "minus 0.5, plus 1.5, minus 1.0 and plus 1.0. The mean of their squares, the loss, is 1.125.",
)

# %% [markdown]
# For arrays, `-` and `**` work place by place. `np.mean` gives the mean of an array: the sum, divided by how
# many there are.

# %%
residuals = np.array([-0.5, 1.5, -1.0, 1.0])
print("squares", residuals**2)
print("mean   ", np.mean(residuals**2))

# %% [markdown]
# ### Exercise 1.14: the loss
#
# Write `loss(theta, x, y)`: the mean of the squared residuals over all samples. `x` and `y` are arrays of the
# same length. Use your `f_theta`, and mind its order: first `x`, then `theta`.

# %% exercise="loss"
def loss(theta, x, y):
    """Return the mean of the squared residuals, one number. x, y: arrays of shape (n,)."""
    ### BEGIN SOLUTION
    residuals = y - f_theta(x, theta)
    return np.mean(residuals**2)
    ### END SOLUTION

# %% wrong="loss" says="cancel"
def loss(theta, x, y):
    return np.mean(y - f_theta(x, theta))

# %% wrong="loss" says="sum"
def loss(theta, x, y):
    return np.sum((y - f_theta(x, theta)) ** 2)

# %% wrong="loss" says="without their sign"
def loss(theta, x, y):
    return np.mean(np.abs(y - f_theta(x, theta)))

# %% wrong="loss" says="still to be averaged"
def loss(theta, x, y):
    return (y - f_theta(x, theta)) ** 2

# %% wrong="loss" says="root"
def loss(theta, x, y):
    return np.sqrt(np.mean((y - f_theta(x, theta)) ** 2))

# %% wrong="loss" says="in its own order"
def loss(theta, x, y):
    return np.mean((y - f_theta(theta, x)) ** 2)

# %% wrong="loss" says="not a power"
def loss(theta, x, y):
    return np.mean((y - f_theta(x, theta)) ^ 2)

# %% wrong="loss" says="never negative"
def loss(theta, x, y):
    return np.mean(y - f_theta(x, theta) ** 2)

# %% wrong="loss" says="of the cell above"
def loss(theta, x, y):
    return np.mean(residuals**2)

# %% check="loss" points=4
_x, _y = np.array([0.0, 1.0, 2.0, 3.0]), np.array([1.0, 6.0, 4.0, 5.0])
try:
    _got = loss((2.0, 1.0), _x.copy(), _y.copy())
except (TypeError, ValueError) as _error:
    assert "xor" not in str(_error), "In Python `^` is not a power; `**` is."
    raise AssertionError(
        f"Your function stops: {_error}. Does `f_theta` get its inputs in its own order, first x and then theta?"
    ) from None
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), (
    f"You return something of shape {np.shape(_got)}. The loss is one number for all samples: there is one number "
    "for each, still to be averaged."
)
assert not np.isclose(_got, 0), (
    "Your loss is 0 for a line that misses three of four samples. Do misses upwards and downwards cancel?"
)
assert not np.isclose(_got, 14), "Your loss is the sum of the squares, 14. A mean is divided by how many there are."
assert not np.isclose(_got, 1.5), "You take the mean of the residuals without their sign. The formula has squares."
assert not np.isclose(_got, np.sqrt(3.5)), "You take a root at the end. The formula has none."
assert _got >= 0, (
    f"Your loss is {_got}. A mean of squares is never negative. Is the whole residual squared? It needs brackets."
)
assert not np.isclose(_got, 1.125), (
    "Your loss is 1.125, that of the figure. `residuals` of the cell above belongs to it; make new ones from what comes in."
)
assert np.isclose(_got, 3.5), (
    f"For x = (0, 1, 2, 3), y = (1, 6, 4, 5) and theta = (2, 1) you return {_got}. Find the four residuals by hand."
)
print("loss is right for four samples and one theta.")
### BEGIN HIDDEN TESTS
# reference: loss
_rng = np.random.default_rng(114)
for _n in (1, 2, 5, 200):
    for _ in range(5):
        _x, _y = _rng.normal(scale=3, size=(2, _n))
        _theta = tuple(_rng.normal(size=2).tolist())
        _got = loss(_theta, _x.copy(), _y.copy())
        assert np.shape(_got) == (), f"For {_n} samples you return shape {np.shape(_got)}, not one number."
        assert np.isclose(_got, reference_loss(_theta, _x, _y)), f"For {_n} random samples the loss is wrong."
        _misses = _y - np.polyval(_theta, _x)
        assert np.isclose(_got, np.var(_misses) + np.mean(_misses) ** 2), (
            "The loss differs from the formula that statistics has for it: variance plus squared mean."
        )
assert loss((2.0, 1.0), np.array([0.0, 5.0]), np.array([1.0, 11.0])) == 0, "For a line through all samples the loss is 0."
assert np.isclose(loss((0.0, 0.0), np.array([1.0]), np.array([-1e100])) / 1e200, 1), "Very large residuals go wrong."
_x, _y = np.ones(2), np.zeros(2)
loss((1.0, 1.0), _x, _y)
assert np.array_equal(_x, np.ones(2)) and np.array_equal(_y, np.zeros(2)), (
    "Your function changes the samples that it is given. Make new arrays."
)
### END HIDDEN TESTS

# %% [markdown]
# Which of the three lines of part 6 fits the four samples best? Your function can say it now.

# %% tags=["demo"]
for theta in ((2, 1), (0.5, 3), (1, 0)):
    print("theta", theta, "has the loss", np.round(loss(theta, x_four, y_four), 4))

# %% [markdown]
# ## 8. Fit a line by hand
#
# Now real work, with invented data. You ride a bicycle through town twelve times, and note the distance in
# kilometres and the time in minutes. What is $f^*$, the time that a distance takes on average?
#
# Because the rides are invented, we know $f^*$ for once: it stands in the next cell. Forget it for the
# moment, and look at the samples only. Each ride differs from $f^*$ a little, by chance; such differences
# are called *noise*. `rng.normal` draws them at random: `scale` is how large they are as a rule, `size` how
# many. (`rng` is started here with a fixed number, so everybody gets the same rides, however often the cell
# is run.) `np.round(…, 1)` rounds to one decimal.

# %%
distance = np.array([0.8, 1.2, 1.5, 2.0, 2.4, 2.4, 3.1, 3.6, 4.0, 4.5, 5.2, 5.8])
rng = np.random.default_rng(1)
time = np.round(3.6 * distance + 4 + rng.normal(scale=2, size=12), 1)
time

# %% [markdown]
# Look at the two rides of 2.4 km: 14.5 and 13.5 minutes. As a relation, the samples are not even
# single-valued. Noise does that. What we look for is a function all the same.
#
# Choose $\theta$ by the two sliders, or drag the two handles of the line. The dashed pieces are the
# residuals.

# %% playground="line" height=600
seed = {
    "x": distance.tolist(), "y": time.tolist(), "theta": [1.0, 15.0],
    "f_star": [3.6, 4.0], "noise": 2.0, "noise_seed": 1,
}

# %% [markdown]
# Try these.
#
# 1. Bring the loss below 2. Then press *Show least squares*, which draws the line with the smallest loss of
#    all. How close were you?
# 2. Set the slope to 0, and find the offset with the smallest loss. What does this line say about the rides?
# 3. Find two quite different $\theta$ with a loss near 10. How many such $\theta$ are there?
# 4. Tick `show f*`. It is 3.6 minutes for each kilometre, and 4 minutes for the lock, the helmet and the
#    traffic lights. The least-squares line is another one. Press *New noise* several times: which of the two
#    lines moves, and why does the other one not?
# 5. Can any line reach the loss 0 here? What would have to be true of the rides?
#
# (The loss here is in minutes squared, since the residuals are minutes, and are squared.) The figure shows
# three stations on the way.

# %% tags=["demo"]
x_axis = np.array([0.0, 6.5])
fig, axes = plt.subplots(1, 3, figsize=(9.8, 3.3), sharey=True, layout="constrained")
for ax, theta in zip(axes, ((1.0, 15.0), (2.5, 8.0), (3.6, 4.4)), strict=True):
    model = theta[0] * distance + theta[1]
    ax.plot(x_axis, theta[0] * x_axis + theta[1], color=BLUE)
    ax.vlines(distance, np.minimum(time, model), np.maximum(time, model), color=VERMILION, linestyle="--", linewidth=1.5)
    ax.plot(distance, time, "o", color="#222222", markersize=5)
    ax.set(xlabel="distance (km)", xlim=(0, 6.5), ylim=(0, 32))
    ax.set_title(rf"$\theta = ({theta[0]}, {theta[1]})$: loss {np.mean((time - model) ** 2):.2f}")
axes[0].set_ylabel("time (minutes)")
fig.suptitle("The shorter the residuals, the smaller the loss", fontsize=12)
show(
    fig,
    "Three panels with the same twelve rides, time over distance. A flat line with long dashed residuals has "
    "the loss 24.38, a steeper one 4.36, and a line through the middle of the dots 1.38.",
)

# %% [markdown]
# ## 9. Let a program search
#
# What you did by hand, a loop can do: try many $\theta$, and keep the best. `np.linspace(0, 8, 17)` makes 17
# numbers from 0 to 8, evenly spaced. Seventeen slopes with each of 21 offsets make $17 \cdot 21 = 357$ lines.
#
# To keep the best of many, remember two things on the way: the smallest loss so far, and what it belongs to.
# Start with a loss that anything can beat; `np.inf` is infinity, and `None` means "nothing yet". A line such as
# `a, b = 1, 2` gives two names their values at once. Here the best of a few numbers is the one nearest to 10:

# %%
best, smallest = None, np.inf
for number in (3, 14, 8, 11, 25):
    miss = abs(number - 10)  # abs drops the sign
    if miss < smallest:
        best, smallest = number, miss
best, smallest

# %% [markdown]
# ### Exercise 1.15: search a grid
#
# Write `grid_search(x, y, slopes, offsets)`. It tries every slope with every offset, and returns the pair
# `(slope, offset)` whose loss on the samples is smallest. You need two loops, one in the other, and your
# `loss`.

# %% exercise="grid_search"
def grid_search(x, y, slopes, offsets):
    """Return the pair (slope, offset) with the smallest loss. x, y: the samples, arrays of shape (n,)."""
    ### BEGIN SOLUTION
    best = None
    smallest = np.inf
    for slope in slopes:
        for offset in offsets:
            error = loss((slope, offset), x, y)
            if error < smallest:
                best, smallest = (slope, offset), error
    return best
    ### END SOLUTION

# %% wrong="grid_search" says="the last one tried"
def grid_search(x, y, slopes, offsets):
    for slope in slopes:
        for offset in offsets:
            best = (slope, offset)
            loss(best, x, y)
    return best

# %% wrong="grid_search" says="every slope with every offset"
def grid_search(x, y, slopes, offsets):
    best, smallest = None, np.inf
    for slope, offset in zip(slopes, offsets, strict=False):
        error = loss((slope, offset), x, y)
        if error < smallest:
            best, smallest = (slope, offset), error
    return best

# %% wrong="grid_search" says="nothing can beat"
def grid_search(x, y, slopes, offsets):
    best, smallest = None, 0
    for slope in slopes:
        for offset in offsets:
            error = loss((slope, offset), x, y)
            if error < smallest:
                best, smallest = (slope, offset), error
    return best

# %% wrong="grid_search" says="largest loss"
def grid_search(x, y, slopes, offsets):
    best, largest = None, 0
    for slope in slopes:
        for offset in offsets:
            error = loss((slope, offset), x, y)
            if error > largest:
                best, largest = (slope, offset), error
    return best

# %% wrong="grid_search" says="the first one tried"
def grid_search(x, y, slopes, offsets):
    best, smallest = None, np.inf
    for slope in slopes:
        for offset in offsets:
            error = loss((slope, offset), x, y)
            if error < smallest:
                best, smallest = (slope, offset), error
            return best

# %% wrong="grid_search" says="remember its loss, too"
def grid_search(x, y, slopes, offsets):
    best, smallest = None, np.inf
    for slope in slopes:
        for offset in offsets:
            error = loss((slope, offset), x, y)
            if error < smallest:
                best = (slope, offset)
    return best

# %% wrong="grid_search" says="another name"
def grid_search(x, y, slopes, offsets):
    best, smallest = None, np.inf
    for slope in slopes:
        for offset in offsets:
            loss = loss((slope, offset), x, y)  # noqa: F823
            if loss < smallest:
                best, smallest = (slope, offset), loss
    return best

# %% wrong="grid_search" says="that anything can beat"
def grid_search(x, y, slopes, offsets):
    for slope in slopes:
        for offset in offsets:
            error = loss((slope, offset), x, y)
            if error < smallest:  # noqa: F823
                best = (slope, offset)
                smallest = error  # noqa: F841
    return best

# %% wrong="grid_search" says="theta, x, y"
def grid_search(x, y, slopes, offsets):
    best, smallest = None, np.inf
    for slope in slopes:
        for offset in offsets:
            error = loss(x, y, (slope, offset))
            if error < smallest:
                best, smallest = (slope, offset), error
    return best

# %% wrong="grid_search" says="with the offset first"
def grid_search(x, y, slopes, offsets):
    best, smallest = None, np.inf
    for slope in slopes:
        for offset in offsets:
            error = loss((offset, slope), x, y)
            if error < smallest:
                best, smallest = (slope, offset), error
    return best

# %% wrong="grid_search" says="first slope"
def grid_search(x, y, slopes, offsets):
    best, smallest = None, np.inf
    for slope in slopes:
        for offset in offsets:
            error = loss((slope, offset), x, y)
            if error < smallest:
                best, smallest = (slope, offset), error
        return best

# %% wrong="grid_search" says="last slope"
def grid_search(x, y, slopes, offsets):
    for slope in slopes:
        best, smallest = None, np.inf
        for offset in offsets:
            error = loss((slope, offset), x, y)
            if error < smallest:
                best, smallest = (slope, offset), error
    return best

# %% check="grid_search" points=4
_x, _slopes, _offsets = np.array([1.0, 2.0, 3.0]), [0.0, 1.0, 2.0], [0.0, -1.0, 5.0, 2.0]
_y = 1.0 * _x + 2.0
try:
    _got = grid_search(_x.copy(), _y.copy(), list(_slopes), list(_offsets))
except UnboundLocalError as _error:
    assert "'loss'" not in str(_error), (
        "Inside your function you give the name `loss` to a number, so your function `loss` cannot be found there. "
        "Choose another name for the number."
    )
    raise AssertionError(
        f"Your function stops: {_error}. Have the smallest loss and its theta a value before the loops? The first "
        "`smallest` should be a loss that anything can beat."
    ) from None
except (TypeError, ValueError) as _error:
    raise AssertionError(
        f"Your function stops: {_error}. Does `loss` get three inputs, in the order theta, x, y, with theta a pair?"
    ) from None
assert _got is not None, (
    "Your function gives nothing back. Either a `return` is missing, or the first `smallest` is a loss that nothing "
    "can beat, so that no theta ever becomes the best."
)
assert np.shape(_got) == (2,), f"You return {_got!r}. Return the pair (slope, offset)."
_got = tuple(float(_part) for _part in _got)
_losses = {(_s, _o): float(np.mean((_y - _s * _x - _o) ** 2)) for _s in _slopes for _o in _offsets}
assert _got in _losses, f"You return {_got}, which is no pair of a given slope and a given offset, in this order."
_diagonal = min(zip(_slopes, _offsets, strict=False), key=_losses.get)
assert _losses[_got] < max(_losses.values()), f"You return {_got}, whose loss is the largest loss of all."
assert _got != (2.0, 2.0), (
    "You return (2, 2), the last one tried. Keep a theta only if its loss is smaller than the smallest so far; and "
    "when you keep it, remember its loss, too."
)
assert _got != (0.0, 0.0), (
    "You return (0, 0), the first one tried. Where does `return` stand? And is the loss that of a new theta each time?"
)
assert _got != _diagonal, (
    f"You return {_got}, the best of (0, 0), (1, -1), (2, 5). Try every slope with every offset, not the first with "
    "the first only."
)
assert _got != (0.0, 2.0), "You return (0, 2). Does `loss` get its theta with the offset first? The slope is the first."
assert _got != (0.0, 5.0), (
    "You return (0, 5), the best with the first slope. Does `return` stand inside the loop over the slopes?"
)
assert _got != (2.0, 0.0), (
    "You return (2, 0), the best with the last slope. Does `smallest` begin anew for each slope?"
)
assert _got == min(_losses, key=_losses.get), (
    f"The samples lie on a line of the grid, whose loss is 0. You return {_got}, whose loss is {_losses[_got]:.3g}. "
    "Do you remember the smallest loss so far, and its theta, together?"
)
print("grid_search finds the line on which three samples lie.")
### BEGIN HIDDEN TESTS
# reference: grid_search
_rng = np.random.default_rng(115)
for _n, _s, _o in ((2, 1, 1), (1, 3, 4), (5, 6, 3), (12, 9, 8), (30, 2, 15)):
    _x = _rng.normal(scale=2, size=_n)
    _slopes, _offsets = _rng.normal(scale=2, size=_s), _rng.normal(scale=3, size=_o)
    _y = _slopes[_rng.integers(_s)] * _x + _offsets[_rng.integers(_o)] + _rng.normal(scale=0.3, size=_n)
    _want = reference_grid_search(_x, _y, _slopes, _offsets)
    _got = grid_search(_x.copy(), _y.copy(), _slopes.copy(), _offsets.copy())
    assert _got is not None and np.allclose(_got, _want), (
        f"On a random grid of {_s} slopes and {_o} offsets another theta than yours has the smallest loss."
    )
    # A second opinion: all losses at once, in one array.
    _all = np.mean((_y - _slopes[:, None, None] * _x - _offsets[:, None]) ** 2, axis=2)
    _row, _column = np.unravel_index(np.argmin(_all), _all.shape)
    assert np.allclose(_got, (_slopes[_row], _offsets[_column])), "Your theta differs from that of all losses in one array."
assert np.allclose(grid_search(np.zeros(2), np.array([1e9, 1e9]), [0.0, 1.0], [-3.0, 3.0])[1], 3), (
    "When all losses are huge, the smallest of them is still to be found."
)
_x, _y = np.arange(3.0), np.ones(3)
grid_search(_x, _y, [1.0], [1.0])
assert np.array_equal(_x, np.arange(3.0)) and np.array_equal(_y, np.ones(3)), "Your function changes the samples."
### END HIDDEN TESTS

# %%
slopes, offsets = np.linspace(0, 8, 17), np.linspace(0, 10, 21)
slopes

# %% tags=["demo"]
from_minus_2 = np.linspace(-2, 2, 9)
print("four samples: theta", np.round(grid_search(x_four, y_four, from_minus_2, from_minus_2), 2))
print("twelve rides: theta", np.round(grid_search(distance, time, slopes, offsets), 2))

# %% [markdown]
# For the four samples of part 6 the search finds $\theta = (1, 0)$, among all slopes and offsets from −2 to 2
# in steps of ½. For the rides it finds the slope 3.5 and the offset 5. The next figure shows all 357 losses.
# Every cell in it is a model. The good ones lie along a valley: a steeper line with a smaller offset fits
# almost as well.

# %% tags=["demo"]
losses = np.array([[np.mean((time - s * distance - o) ** 2) for s in slopes] for o in offsets])
row, column = np.unravel_index(np.argmin(losses), losses.shape)
fig, ax = plt.subplots(figsize=(6.8, 4.1))
image = ax.pcolormesh(slopes, offsets, np.log10(losses), cmap="cividis", shading="nearest")
ax.plot(slopes[column], offsets[row], "*", color="white", markeredgecolor="black", markersize=17)
ax.annotate(
    f"({slopes[column]}, {offsets[row]}): loss {losses[row, column]:.2f}", (slopes[column], offsets[row]),
    xytext=(4.4, 8.6), color="black", arrowprops={"arrowstyle": "-", "color": "black"},
    bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},
)
bar = fig.colorbar(image, ax=ax, label="loss (minutes²)", ticks=[0.5, 1, 1.5, 2, 2.5])
bar.ax.set_yticklabels(["3", "10", "32", "100", "316"])
ax.set(xlabel=r"slope $\theta_1$ (minutes per km)", ylabel=r"offset $\theta_2$ (minutes)")
ax.set_title("Every cell is a model; the dark valley holds the good ones")
ax.grid(visible=False)
show(
    fig,
    "A map of cells, slope to the right and offset upwards, dark where the loss is small. A dark valley falls "
    "from the upper left to the lower right. A star in it marks the best cell, slope 3.5 and offset 5.",
)

# %% [markdown]
# A grid finds the best of *its* lines. For a better one it must be finer: ten times finer in both directions
# means a hundred times more lines. It is cheaper to *zoom*: search a coarse grid, go to its best place, and
# search a smaller grid around it. Then again.
#
# ### Exercise 1.16: a program that fits a line
#
# Write `fit_line(x, y, rounds)`. Begin with the centre slope 0, offset 0, and the width 10. In each round
#
# 1. take 11 slopes from (centre − width) to (centre + width), and 11 offsets likewise around the centre's
#    offset;
# 2. find the best pair with your `grid_search`: it is the new centre;
# 3. halve the width.
#
# Return the centre after the last round. `a, b = pair` takes a pair apart into two names.
# `for _ in range(rounds):` does something `rounds` times; the name `_` says that the counter is not needed.
# (`rounds=20` in the first line means: 20 rounds, if the call does not say how many.)

# %% exercise="fit_line"
def fit_line(x, y, rounds=20):
    """Return (slope, offset) of a line with a small loss, found by zooming. x, y: arrays of shape (n,)."""
    ### BEGIN SOLUTION
    slope, offset, width = 0.0, 0.0, 10.0
    for _ in range(rounds):
        slopes = np.linspace(slope - width, slope + width, 11)
        offsets = np.linspace(offset - width, offset + width, 11)
        slope, offset = grid_search(x, y, slopes, offsets)
        width = width / 2
    return slope, offset
    ### END SOLUTION

# %% wrong="fit_line" says="ends in its first round"
def fit_line(x, y, rounds=20):
    slope, offset, width = 0.0, 0.0, 10.0
    for _ in range(rounds):
        slopes = np.linspace(slope - width, slope + width, 11)
        offsets = np.linspace(offset - width, offset + width, 11)
        slope, offset = grid_search(x, y, slopes, offsets)
        width = width / 2
        return slope, offset

# %% wrong="fit_line" says="width never shrinks"
def fit_line(x, y, rounds=20):
    slope, offset, width = 0.0, 0.0, 10.0
    for _ in range(rounds):
        slopes = np.linspace(slope - width, slope + width, 11)
        offsets = np.linspace(offset - width, offset + width, 11)
        slope, offset = grid_search(x, y, slopes, offsets)
    return slope, offset

# %% wrong="fit_line" says="new centre"
def fit_line(x, y, rounds=20):
    width = 10.0
    for _ in range(rounds):
        steps = np.linspace(-width, width, 11)
        slope, offset = grid_search(x, y, steps, steps)
        width = width / 2
    return slope, offset

# %% wrong="fit_line" says="offset stays"
def fit_line(x, y, rounds=20):
    slope, width = 0.0, 10.0
    for _ in range(rounds):
        slopes = np.linspace(slope - width, slope + width, 11)
        slope, offset = grid_search(x, y, slopes, np.linspace(-width, width, 11))
        width = width / 2
    return slope, offset

# %% wrong="fit_line" says="eleven"
def fit_line(x, y, rounds=20):
    slope, offset, width = 0.0, 0.0, 10.0
    for _ in range(rounds):
        slopes = np.linspace(slope - width, slope + width)
        offsets = np.linspace(offset - width, offset + width)
        slope, offset = grid_search(x, y, slopes, offsets)
        width = width / 2
    return slope, offset

# %% wrong="fit_line" says="where you began"
def fit_line(x, y, rounds=20):
    slope, offset, width = 0.0, 0.0, 10.0
    for _ in range(rounds):
        slopes = np.linspace(slope - width, slope + width, 11)
        offsets = np.linspace(offset - width, offset + width, 11)
        grid_search(x, y, slopes, offsets)
        width = width / 2
    return slope, offset

# %% wrong="fit_line" says="slope first"
def fit_line(x, y, rounds=20):
    slope, offset, width = 0.0, 0.0, 10.0
    for _ in range(rounds):
        slopes = np.linspace(slope - width, slope + width, 11)
        offsets = np.linspace(offset - width, offset + width, 11)
        slope, offset = grid_search(x, y, slopes, offsets)
        width = width / 2
    return offset, slope

# %% wrong="fit_line" says="in each round"
def fit_line(x, y, rounds=20):
    slope, offset, width = 0.0, 0.0, 10
    for _ in range(rounds):
        slopes = np.linspace(slope - width, slope + width, 11)
        offsets = np.linspace(offset - width, offset + width, 11)
        slope, offset = grid_search(x, y, slopes, offsets)
        width = width // 2
    return slope, offset

# %% check="fit_line" points=5
_x = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
_y = 3.3 * _x - 4.7
_one, _many = fit_line(_x.copy(), _y.copy(), 1), fit_line(_x.copy(), _y.copy(), 20)
assert _many is not None and _one is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_many) == (2,), f"You return something of shape {np.shape(_many)}. Return slope and offset: `return a, b`."
_one, _many = tuple(map(float, _one)), tuple(map(float, _many))
assert not (np.allclose(_one, 0) and np.allclose(_many, 0)), (
    "After one round and after 20 your theta is (0, 0), where you began. Does the best pair become the centre?"
)
assert not np.allclose(_one, _many), (
    "After 20 rounds you are where you were after one. Either your function ends in its first round, because of "
    "where `return` stands, or the width never shrinks."
)
assert not np.allclose(_many, 0, atol=1e-3), (
    "After 20 rounds your theta is (0, 0): the grid closes in on the place where it began. Its best pair must "
    "become the new centre."
)
assert not (np.isclose(_many[1], 0, atol=1e-3)), (
    f"Your offset stays near 0, while the slope goes to {_many[0]:.3g}. Both move with the centre."
)
assert not (np.isclose(_many[0], 0, atol=1e-3)), (
    f"Your slope stays near 0, while the offset goes to {_many[1]:.3g}. Both move with the centre."
)
assert not np.allclose(_many, (-4.7, 3.3), atol=1e-3), "You return the offset and the slope. Return the slope first."
assert np.allclose(_many, (3.3, -4.7), atol=1e-3), (
    f"The samples lie on a line with the slope 3.3 and the offset -4.7. After 20 rounds you are at {_many}. Print the "
    "slope, the offset and the width in each round, to see where it goes astray."
)
assert np.allclose(_one, (4, -4)), (
    f"After 20 rounds you are right. But after one round you are at {_one}, which is not the best of the first grid: "
    "eleven slopes and eleven offsets, from -10 to 10."
)
print("fit_line finds a line from its samples, and takes its first step as it should.")
### BEGIN HIDDEN TESTS
# reference: fit_line
_rng = np.random.default_rng(116)
for _n in (2, 5, 12, 40):
    for _ in range(3):
        _x = np.linspace(-2, 3, _n) + _rng.uniform(-0.1, 0.1, size=_n)
        _y = _rng.uniform(-6, 6) * _x + _rng.uniform(-6, 6) + _rng.normal(scale=0.5, size=_n)
        for _rounds in (1, 4):
            assert np.allclose(fit_line(_x.copy(), _y.copy(), _rounds), reference_fit_line(_x, _y, _rounds)), (
                f"For {_n} random samples you are in the wrong place after {_rounds} round(s)."
            )
        _got = fit_line(_x.copy(), _y.copy(), 20)
        assert np.allclose(_got, np.polyfit(_x, _y, 1), atol=1e-3), (
            f"For {_n} random samples your line differs from NumPy's least-squares line (polyfit)."
        )
_x, _y = np.arange(3.0), np.ones(3)
fit_line(_x, _y, 2)
assert np.array_equal(_x, np.arange(3.0)) and np.array_equal(_y, np.ones(3)), "Your function changes the samples."
### END HIDDEN TESTS

# %% [markdown]
# Twenty rounds of 121 lines, 2420 lines in all. Compare with NumPy's own least-squares fit, `np.polyfit`, and
# with your best $\theta$ of the playground.

# %% tags=["demo"]
theta_fit = fit_line(distance, time)
print("your fit_line ", np.round(theta_fit, 4), "loss", np.round(loss(theta_fit, distance, time), 4))
print("NumPy's fit   ", np.round(np.polyfit(distance, time, 1), 4))
print("the true f*   ", [3.6, 4.0], "loss", np.round(loss((3.6, 4.0), distance, time), 4))

# %% [markdown]
# The true function has a *larger* loss on these rides than the line that was fitted to them. That is no
# mistake. The fitted line has followed a little of the noise.
#
# With two parameters a search is easy. With a hundred, and eleven tries for each, there would be $11^{100}$
# models on the grid. Large networks have millions of parameters and more. That is why lecture 07 looks for
# something better than trying: a way to read off the direction in which the loss falls.

# %% [markdown]
# ## 10. What has been learnt?
#
# A friend stores the twelve rides in a dictionary, distance as key, time as answer. Both her table and your
# line are made of the same samples. Ask both about distances that were never ridden.

# %% tags=["demo"] title="The answers of the table, and those of the line"
ride_table = dict(zip(distance.tolist(), time.tolist(), strict=True))
slope_np, offset_np = np.polyfit(distance, time, 1)
fig, axes = plt.subplots(1, 2, figsize=(9.2, 3.5), sharey=True, layout="constrained")
axes[0].plot(list(ride_table), list(ride_table.values()), "s", color=GREEN, label="answers of the table")
for ask in (1.0, 2.7, 4.9):
    axes[0].axvline(ask, color="#777777", linestyle=":", linewidth=1.4)
    axes[0].text(ask, 2.0, "?", ha="center", fontsize=15, color="#a03f00", bbox={"facecolor": "white", "edgecolor": "none"})
axes[0].set_title(f"The table: {len(ride_table)} answers, and else a “?”")
axes[1].plot(distance, time, "o", color="#222222", markersize=5, label="rides")
axes[1].plot([0.3, 6.5], slope_np * np.array([0.3, 6.5]) + offset_np, color=BLUE, label="answers of the line")
for ask in (1.0, 2.7, 4.9):
    axes[1].axvline(ask, color="#777777", linestyle=":", linewidth=1.4)
    axes[1].plot(ask, slope_np * ask + offset_np, "D", color=VERMILION, markersize=8)
axes[1].set_title("The line: an answer for every distance")
for ax in axes:
    ax.set(xlabel="distance (km)", xlim=(0.3, 6.5), ylim=(0, 30))
    ax.legend(loc="upper left", facecolor="white", edgecolor="white", framealpha=1)
axes[0].set_ylabel("time (minutes)")
show(
    fig,
    "Left: the answers of the table, eleven squares. At three distances between them, marked by dotted "
    "lines, the table has only a question mark. Right: the fitted line runs through the rides and has an "
    "answer, a diamond, at each of the three distances.",
)

# %% [markdown]
# Twelve rides went in, and the table holds eleven answers: of the two rides of 2.4 km, the second has
# overwritten the first.
#
# The line is total: it answers for −3 km and for 4000 km, too. That it answers does not mean that it is right
# there. A learnt function can be trusted near its samples, and even there only as far as new rides bear it
# out. How to test that honestly is a matter for lecture 02.

# %% [markdown]
# ### Exercise 1.17: table or line? (in your own words, 4 points)
#
# "For a distance in my table I give exactly the time that was measured", says the friend. "On eleven of the
# twelve rides my error is 0, and your line misses nearly all of them. So my table has learnt more than your
# line."
#
# Answer her in four or five sentences. Use the two conditions of a function, say what prediction is for, and
# say why an error of 0 on the samples is not the aim.

# %% [markdown] written="table_or_line" points=4
# ### BEGIN SOLUTION
# The table is not total: for 2.7 km it has no answer, and nearly every new ride has a distance that is not
# in it. Where it does have an answer it had to choose: the two rides of 2.4 km took different times, so the
# samples are not single-valued, and the table has simply forgotten one of them. Prediction means to answer
# for cases whose answer is not known; for the rides that are in the table it is known already, and nothing
# needs to be predicted. Each measured time holds noise, such as a red light on that day. The table repeats
# the noise; the line averages it out, and so it is likely to be closer to the next ride, even one of a
# distance that is in the table.
#
# **Mark scheme**
# - 1 point: the table has no answer for new distances (not total)
# - 1 point: the two rides of 2.4 km contradict each other, or one has been lost (single-valued)
# - 1 point: prediction is about cases whose answer is not known yet
# - 1 point: samples hold noise, so an error of 0 on them means that noise has been repeated
# ### END SOLUTION

# %% [markdown]
# ## Quiz
#
# One point for each question. In the cell below it, give the name that stands there the letter of your
# choice, in quotes. Run that cell and its check: it explains every choice.

# %% quiz="shared_answer" points=1

# %% quiz="f_of_f" points=1

# %% quiz="order_and_shape" points=1

# %% quiz="key_twice" points=1

# %% quiz="regression_task" points=1

# %% quiz="what_is_seen" points=1

# %% quiz="what_it_means" points=1

# %% quiz="what_changes" points=1

# %% [markdown]
# ## Recap
#
# - Machine learning serves prediction: an answer for a case whose answer is not known. Forecasting is the part
#   of it that is about the future.
# - A function gives every question exactly one answer. It is total (every question has some answer) and
#   single-valued (equal questions, equal answers). Answers may be shared, and need not all be used.
# - Questions and answers are tensors of fixed shape: scalars have order 0, vectors order 1, matrices order 2.
# - No list holds every case. Pictures of 28 × 28 pixels alone would need a number of rows with 1889 digits.
# - A known function is a formula. A learnt one is a model $f_\theta$, whose parameters $\theta$ are adjusted
#   until it comes near the samples of an unknown $f^*$.
# - The loss says in one number how wrong a model is: here the mean of the squared residuals.
# - To learn is to search for a $\theta$ with a small loss. The smallest loss on the samples is not yet the
#   truth, for samples hold noise.
#
# **Next**: lecture 02 turns a question about an animal seen in the wild into numbers, data and labels.
# Lecture 03 builds the smallest model that networks are made of.
#
# **Glossary**: machine learning · deep learning · prediction · forecasting · function · mapping · scalar ·
# vector · matrix · tensor · order · shape · regression · classification · sample · model · parameter · loss
#
# **Sources**: A. Agrawal, J. Gans and A. Goldfarb, *Prediction Machines: The Simple Economics of Artificial
# Intelligence* (Harvard Business Review Press, 2018).
