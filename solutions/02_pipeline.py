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
#     title: "The pipeline: from a question to data"
#     minutes: 120
#     points: 60
# ---

# %% [markdown]
# # Lecture 02: the pipeline, from a question to data
#
# About 120 minutes. Builds on lecture 01 (functions, tensors, shapes).
#
# After this lecture you can
#
# 1. name the six steps from a question to a prediction, and say which of them are hard;
# 2. turn a picture, a sound or a sentence into numbers of a fixed shape;
# 3. write labels as numbers, one-hot or soft, and say why 0, 1, 2 is a bad target;
# 4. split data into training, validation and test sets, and say what each may be used for;
# 5. prepare data without letting the test set leak into the training;
# 6. cut an epoch into batches, and say how many steps it has.

# %% setup="figures" seed=2

# %% [markdown]
# ## Why it matters
#
# A library trains a network in one line. That line is rarely where a project fails. Projects fail earlier:
# the question was vague, the labels were wrong, or the examples of the test had already been seen in
# training. Then the report says 97 %, and the program is useless.
#
# This lecture is about everything around that one line.

# %% [markdown]
# ## 1. Six steps, from hard to easy
#
# You see an animal in the wild, and you want to know what it is. How does a computer come to answer that?
# There are six steps.

# %% tags=["demo"]
steps = [
    "1  Ask a question",
    "2  Put it as a function",
    "3  Prepare data",
    "4  Build the function\n    learning machine",
    "5  Train it",
    "6  Predict",
]
fig, ax = plt.subplots(figsize=(8.8, 3.7))
for i, name in enumerate(steps):
    mine = i < 3
    ax.bar(
        i,
        6.2 - i,
        width=0.98,
        facecolor=SKY if mine else "white",
        edgecolor="#222222",
        hatch=None if mine else "//",
        alpha=0.9 if mine else 0.6,
    )
    ax.text(i - 0.44, 6.35 - i, name, ha="left", va="bottom", fontsize=10)
WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 2}
ax.text(1, 1.4, "people do these: this lecture", ha="center", va="center", fontsize=10, bbox=WHITE)
ax.text(4, 0.55, "lectures 03 to 08", ha="center", va="center", fontsize=10, bbox=WHITE)
ax.set(xlim=(-0.6, 6.2), ylim=(0, 7.4), xticks=[], yticks=[], ylabel="how hard it is", xlabel="order of work")
ax.grid(visible=False)
ax.set_title("The hard steps come first, and no library takes them off your hands")
show(
    fig,
    "A staircase that goes down from left to right. Its six steps are: ask a question, put it as a function, "
    "prepare data, build the function learning machine, train it, predict. The first three are the highest "
    "and are coloured: people do these. The last three are hatched and belong to the lectures 03 to 08.",
)

# %% [markdown]
# | step | for our animal |
# |---|---|
# | 1. Ask a question | "Which animal is this: a bear, a snake or a deer?" |
# | 2. Put it as a function | from a photograph, or from measurements, to three numbers, one for each animal |
# | 3. Prepare data | past sightings with the right answers, all of it as numbers |
# | 4. Build the function learning machine | choose the model $f_\theta$, with its parameters $\theta$ (theta) still open |
# | 5. Train | adjust $\theta$ until the answers fit the examples |
# | 6. Predict | give the model a photograph without an answer, "?", and read off its three numbers |
#
# Why is the first step the hardest? Because nothing checks it. "What is this animal?" has no list of possible
# answers. "Is it a bear, a snake or a deer?" has one. It also has a price: a hedgehog will be called a bear,
# a snake or a deer, since the machine knows no fourth answer. Whoever asks the question decides that.
#
# The last step is the easiest: it is one call of a function.

# %% [markdown]
# ## 2. The question as a function
#
# In lecture 01 a function gave every input exactly one output. A computer calculates with numbers, so both
# must be numbers, and their shapes must be fixed in advance:
#
# $$f: \mathbb{R}^n \to \mathbb{R}^m.$$
#
# Read: "$f$ takes $n$ numbers and gives $m$ numbers". ($\mathbb{R}$ stands for the numbers on the number
# line.) For our question the output is three numbers, $m = 3$: one for each animal. The largest of them is
# the answer.

# %% tags=["demo"] title="A photograph on its way through a model"
pixels = np.array(
    [
        [int(c) for c in row]
        for row in (
            "00000000",
            "01110000",
            "01011000",
            "00001100",
            "00011000",
            "00110001",
            "00011011",
            "00001110",
        )
    ]
)
fig, ax = plt.subplots(figsize=(8.8, 2.9))
ax.set(xlim=(0, 10), ylim=(-0.1, 3.2))
ax.axis("off")
inset = ax.inset_axes([0.02, 0.16, 0.2, 0.62])
inset.imshow(1 - 0.8 * pixels, cmap="gray", vmin=0, vmax=1)
inset.set(xticks=[], yticks=[])
inset.spines[:].set_visible(True)
ax.text(1.2, 0.1, "input $x$: a photograph", ha="center", fontsize=10)
ax.add_patch(plt.Rectangle((3.5, 0.75), 2.2, 1.4, facecolor="#f3f3f3", edgecolor="#222222", linewidth=2))
ax.text(4.6, 1.45, r"$f_\theta$", ha="center", va="center", fontsize=22)
ax.text(4.6, 0.1, "the machine", ha="center", fontsize=10)
for start, end in ((2.35, 3.4), (5.8, 6.7)):
    ax.annotate("", (end, 1.45), (start, 1.45), arrowprops={"arrowstyle": "-|>", "color": "#444444"})
for height, name, value, colour in (
    (2.35, "bear", 0.06, BLUE),
    (1.45, "snake", 0.9, ORANGE),
    (0.55, "deer", 0.04, GREEN),
):
    ax.text(7.55, height, name, ha="right", va="center", fontsize=10)
    ax.barh(height, 1.9 * value, left=7.7, height=0.5, color=colour, edgecolor="#222222")
    ax.text(7.8 + 1.9 * value, height, f"{value:.2f}", va="center", fontsize=10)
ax.text(8.2, 0.0, r"output $\hat y$: three numbers", ha="center", va="center", fontsize=10)
ax.set_title("A photograph goes in, three numbers come out, and the largest is the answer")
show(
    fig,
    "From left to right: a small picture of a winding snake, an arrow into a box named f theta, an arrow out "
    "of it to three bars: bear 0.06, snake 0.90, deer 0.04. The longest bar, snake, is the answer.",
)

# %% [markdown]
# (The three numbers of this figure are invented, to show the form. $\hat y$, read "y hat", is what the model
# says. The true answer is $y$.)
#
# How many numbers go in? A colour photograph is a table of dots, *pixels*. Each pixel has three numbers: how
# much red, how much green, how much blue.
#
# ### Exercise 2.1: count the numbers
#
# The photographs are 64 pixels high and 48 pixels wide, in colour. The question is still bear, snake or deer.
# How many numbers does $f$ take? Write it as `numbers_in`. How many does it give? Write it as `numbers_out`.

# %% exercise="count_numbers"
### BEGIN SOLUTION
numbers_in = 64 * 48 * 3
numbers_out = 3
### END SOLUTION

# %% wrong="count_numbers" says="three numbers of its own"
numbers_in = 64 * 48
numbers_out = 3

# %% wrong="count_numbers" says="added the sides"
numbers_in = 64 + 48 + 3
numbers_out = 3

# %% wrong="count_numbers" says="one number for each"
numbers_in = 64 * 48 * 3
numbers_out = 1

# %% check="count_numbers" points=2
for _number, _name in ((numbers_in, "numbers_in"), (numbers_out, "numbers_out")):
    assert np.shape(_number) == () and not isinstance(_number, (str, type(None))), (
        f"`{_name}` should be one number."
    )
assert numbers_in not in (115, 112), (
    "numbers_in: you added the sides. A table of 64 rows with 48 entries each holds more than that."
)
assert numbers_in != 64 * 48, (
    "numbers_in: that is how many pixels there are. In colour each pixel has three numbers of its own."
)
assert numbers_out != 1, (
    "numbers_out: one number would be a single verdict. The machine gives one number for each animal."
)
print("Both are numbers, and three common slips are ruled out.")
### BEGIN HIDDEN TESTS
assert numbers_in == np.zeros((64, 48, 3)).size, (
    "numbers_in is not right. Count the rows, the pixels in a row, and the numbers of each pixel."
)
assert numbers_out == len(["bear", "snake", "deer"]), (
    "numbers_out is not right. How many animals are there to choose from?"
)
### END HIDDEN TESTS

# %% [markdown]
# ## 3. Everything becomes numbers
#
# A **feature** is one measured property of an example, such as its mass or the redness of its first pixel.
# What goes into the model is a row of features, always the same ones, always in the same order.
#
# Where features are measured in the field, there is nothing to do but write them down. Here are 90 sightings.
# (The numbers are invented, with plausible sizes. A snake's "height" is how high it lies. `["bear"] * 36` is a
# list that holds the word 36 times, and `+` joins lists. The last line draws a row of mass and height for each
# name: `rng.normal(m, s)` draws random numbers near those in `m`, typically `s` away from them, and `.round(2)`
# leaves two decimals.)

# %%
CLASSES = ["bear", "snake", "deer"]
names = ["bear"] * 36 + ["snake"] * 30 + ["deer"] * 24
typical = {"bear": (90, 0.72), "snake": (1.2, 0.05), "deer": (50, 0.95)}
spread = {"bear": (24, 0.12), "snake": (0.4, 0.01), "deer": (15, 0.13)}
X = np.array([rng.normal(typical[name], spread[name]) for name in names]).round(2)

# %% [markdown]
# Look at four of them. (In a text with an `f` before its quotes, Python writes the values of what stands in
# curly brackets; `:6.2f` asks for two decimals.)

# %%
for i in (0, 1, 40, 80):
    print(f"{names[i]:5}  mass {X[i, 0]:6.2f} kg   height at the shoulder {X[i, 1]:.2f} m")
print("X has the shape", X.shape)

# %% [markdown]
# `X` has one row for each example and one column for each feature. `X[i, 0]` is row `i`, column 0. The
# notebook of the field station is filed by animal: first all bears, then all snakes, then all deer. Remember
# that. It will bite.
#
# Pictures, sounds and texts are numbers too, once you know where to look.

# %% tags=["demo"] title="A picture, a sound and a text as numbers"
fig, axes = plt.subplots(1, 3, figsize=(9.6, 3.3), layout="constrained", width_ratios=(1, 1.25, 1.15))
grey = np.where(pixels == 1, 40, 235)
grey[2, 2:4] = 120, 60
axes[0].imshow(grey, cmap="gray", vmin=0, vmax=255)
for (r, c), value in np.ndenumerate(grey):
    axes[0].text(c, r, value, ha="center", va="center", fontsize=6, color="white" if value < 128 else "black")
axes[0].set(xticks=[], yticks=[], title="Picture: grey values", xlabel="8 × 8 pixels, 0 = black, 255 = white")
axes[0].grid(visible=False)
times = np.arange(33) / 8000
tone = np.sin(2 * np.pi * 440 * times)
fine = np.linspace(0, 0.004, 400)
axes[1].plot(1000 * fine, np.sin(2 * np.pi * 440 * fine), color="#999999", linewidth=1)
axes[1].vlines(1000 * times, 0, tone, color=BLUE, linewidth=1)
axes[1].plot(1000 * times, tone, "o", color=BLUE, markersize=3.5)
axes[1].set(title="Sound: pressure, 8000 times a second", xlabel="time in ms", ylabel="pressure (largest = 1)")
axes[2].axis("off")
axes[2].set_title("Text: one number for each word")
for line, (word, number) in enumerate(
    (("a", 3), ("black", 5), ("bear", 1), ("crossed", 8), ("a", 3), ("river", 7))
):
    axes[2].text(0.30, 0.88 - 0.16 * line, word, ha="right", va="center", transform=axes[2].transAxes)
    axes[2].annotate(
        "",
        (0.66, 0.88 - 0.16 * line),
        (0.36, 0.88 - 0.16 * line),
        xycoords="axes fraction",
        arrowprops={"arrowstyle": "->", "color": "#777777"},
    )
    axes[2].text(
        0.72, 0.88 - 0.16 * line, number, ha="left", va="center", color=VERMILION, transform=axes[2].transAxes
    )
show(
    fig,
    "Three panels. Left, a picture of 8 by 8 pixels with its grey value written in each: 235 where it is "
    "light, 40 where the snake lies. Middle, a sound wave of 440 hertz with a dot for each of its measured "
    "values, 33 of them in 4 milliseconds. Right, six words of a sentence, each with an arrow to a whole "
    "number; the word a comes twice and has the same number both times.",
)

# %% [markdown]
# *Pictures.* A grey picture is a matrix, a tensor of order 2: height and width. A colour picture has order 3,
# shape (height, width, 3). The values are whole numbers from 0 (none) to 255 (all). A pile of $n$ colour
# pictures has order 4, shape (n, height, width, 3).
#
# A model wants small numbers, best between 0 and 1, and the first models of this course want each picture as
# one row. So divide by 255, always, whatever the brightest pixel of the pile is. And flatten: put all numbers
# of a picture one after the other. `A.reshape(rows, columns)` writes the entries of `A`, in their order, into
# a table of that many rows and columns; −1 for the columns means "as many as are needed". `len(A)` is the
# length of the first direction.

# %%
A = np.arange(12).reshape(2, 2, 3)  # np.arange(12) holds 0, 1, …, 11
A.reshape(len(A), -1)

# %% [markdown]
# ### Exercise 2.2: pictures
#
# Write `prepare_images(images)`. It takes a pile of colour pictures, shape `(n, height, width, 3)`, whole
# numbers from 0 to 255. It returns one row for each picture, with values between 0 and 1.


# %% exercise="prepare_images"
def prepare_images(images):
    """Return one row for each picture, shape (n, height * width * 3), values from 0 to 1.

    images: shape (n, height, width, 3), whole numbers from 0 to 255.
    """
    ### BEGIN SOLUTION
    return images.reshape(len(images), -1) / 255
    ### END SOLUTION


# %% wrong="prepare_images" says="one long row"
def prepare_images(images):
    return images.reshape(-1) / 255


# %% wrong="prepare_images" says="whole-number division"
def prepare_images(images):
    return images.reshape(len(images), -1) // 255


# %% wrong="prepare_images" says="brightest pixel of the pile"
def prepare_images(images):
    return images.reshape(len(images), -1) / images.max()


# %% wrong="prepare_images" says="still run up to"
def prepare_images(images):
    return images.reshape(len(images), -1)


# %% wrong="prepare_images" says="mixed up"
def prepare_images(images):
    return images.T.reshape(len(images), -1) / 255


# %% wrong="prepare_images" says="divide by 256"
def prepare_images(images):
    return images.reshape(len(images), -1) / 256


# %% check="prepare_images" points=3
_images = np.arange(24, dtype=np.uint8).reshape(2, 2, 2, 3) * 8
_got = prepare_images(_images.copy())
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) != (24,), "Both pictures end up in one long row. Each picture needs a row of its own."
assert np.shape(_got) == (2, 12), (
    f"For two pictures of 2 × 2 pixels the shape is {np.shape(_got)}, not (2, 12)."
)
assert np.max(_got) != 0, (
    "Every value is 0. Is there a `//`? It is whole-number division and throws away what comes after the point."
)
assert np.max(_got) <= 1, f"Your values still run up to {np.max(_got):g}. They should lie between 0 and 1."
assert not np.isclose(np.max(_got), 1), (
    "Your largest value is 1, though no pixel has full brightness. Do you divide by the brightest pixel of the "
    "pile? A dark pile would come out bright. Every pile needs the same divisor."
)
_first = np.arange(12) * 8 / 255
_same_values = np.allclose(np.sort(_got, axis=None), np.arange(24) * 8 / 255)
assert np.allclose(_got[0], _first) or not _same_values, (
    "The values are right but mixed up: the first row should hold the first picture only, in its order."
)
assert not np.allclose(_got[0], _first * 255 / 256), (
    "You divide by 256. There are 256 values, but they begin at 0, and the largest of them should become 1."
)
assert np.allclose(_got[0], _first), (
    f"The first row begins with {np.asarray(_got)[0][:3]}. It should hold the first picture's numbers, scaled."
)
assert np.allclose(_got[1], np.arange(12, 24) * 8 / 255), (
    f"The first row is right. The second begins with {np.asarray(_got)[1][:3]}: it should hold the second picture."
)
print("prepare_images is right for two pictures of 2 × 2 pixels: a row for each, with values between 0 and 1.")
### BEGIN HIDDEN TESTS
# reference: prepare_images
_rng = np.random.default_rng(22)
for _shape in ((1, 1, 1, 3), (1, 4, 5, 3), (7, 3, 2, 3), (20, 8, 8, 3)):
    _images = _rng.integers(256, size=_shape).astype(np.uint8)
    _want = reference_prepare_images(_images)
    _plain = [[float(_v) / 255 for _v in _image.ravel()] for _image in _images]
    _kept = _images.copy()
    _got = prepare_images(_kept)
    assert np.shape(_got) == np.shape(_want), (
        f"For pictures of the shape {_shape} you return the shape {np.shape(_got)}, not {np.shape(_want)}."
    )
    assert np.allclose(_got, _want), f"For random pictures of the shape {_shape} some values are wrong."
    assert np.allclose(_got, _plain), "The values differ from those divided one by one."
    assert np.array_equal(_kept, _images), (
        "Your function changes the pictures that it is given. Make a new array."
    )
assert np.all(np.asarray(prepare_images(np.full((2, 3, 3, 3), 255))) == 1), (
    "White pictures should give 1 everywhere."
)
assert np.all(np.asarray(prepare_images(np.zeros((2, 3, 3, 3), dtype=int))) == 0), (
    "Black pictures should give 0 everywhere. Is the divisor taken from the pictures?"
)
### END HIDDEN TESTS

# %% [markdown]
# *Sound.* A microphone measures the air pressure thousands of times a second. One second at 8000 measurements
# a second is a vector of 8000 numbers. Below is such a vector: a tone of 440 swings a second. (`np.sin` is
# the sine, place by place, and `np.pi` is $\pi$, read "pi".) Often a sound is prepared further before it goes
# into a model: into how strong each pitch is, every few milliseconds.

# %%
times_of_a_second = np.arange(8000) / 8000
sound = np.sin(2 * np.pi * 440 * times_of_a_second)
sound.shape, sound[:4].round(3)

# %% [markdown]
# *Text.* Make a list of words, the *vocabulary*, and give each word its place in it. A sentence becomes a row
# of whole numbers. Two things need a rule. A word that is not in the list needs a number. And sentences
# differ in length, but the shape must be fixed: so cut the long ones and fill up the short ones.
#
# In Python `text.lower()` makes all letters small and `.split()` cuts at the blanks. For a list,
# `word in vocabulary` asks whether it holds the word, `vocabulary.index(word)` gives its place, counted from
# 0, and `numbers[:5]` is what stands in the first five places. `numbers.append(7)` puts a 7 at the end, and
# `[4, 2] + [0] * 3` is the list `[4, 2, 0, 0, 0]`.

# %%
note = "A black bear crossed a river"
note.lower().split(), ["bear", "snake", "a"].index("snake")

# %% [markdown]
# ### Exercise 2.3: words
#
# Write `word_numbers(text, vocabulary, length)`. It returns an array of `length` whole numbers.
#
# - Capital and small letters count as the same. All words of the vocabulary are small.
# - The first word of the vocabulary has the number 1, the second 2, and so on.
# - 0 stands for a word that is not in the vocabulary.
# - Longer texts lose their end. Shorter ones get zeros at the end.
#
# (Real systems give unknown words and filling two different numbers.)


# %% exercise="word_numbers"
def word_numbers(text, vocabulary, length):
    """Return the numbers of the words of text, shape (length,). vocabulary: a list of words."""
    ### BEGIN SOLUTION
    numbers = [vocabulary.index(word) + 1 if word in vocabulary else 0 for word in text.lower().split()]
    return np.array((numbers + [0] * length)[:length])
    ### END SOLUTION


# %% wrong="word_numbers" says="shape must be fixed"
def word_numbers(text, vocabulary, length):
    return np.array([vocabulary.index(word) + 1 if word in vocabulary else 0 for word in text.lower().split()])


# %% wrong="word_numbers" says="count from 0"
def word_numbers(text, vocabulary, length):
    numbers = [vocabulary.index(word) if word in vocabulary else 0 for word in text.lower().split()]
    return np.array((numbers + [0] * length)[:length])


# %% wrong="word_numbers" says="capital letter"
def word_numbers(text, vocabulary, length):
    numbers = [vocabulary.index(word) + 1 if word in vocabulary else 0 for word in text.split()]
    return np.array((numbers + [0] * length)[:length])


# %% wrong="word_numbers" says="letters, not words"
def word_numbers(text, vocabulary, length):
    numbers = [vocabulary.index(word) + 1 if word in vocabulary else 0 for word in text.lower()]
    return np.array((numbers + [0] * length)[:length])


# %% wrong="word_numbers" says="leave unknown words out"
def word_numbers(text, vocabulary, length):
    numbers = [vocabulary.index(word) + 1 for word in text.lower().split() if word in vocabulary]
    return np.array((numbers + [0] * length)[:length])


# %% wrong="word_numbers" says="zeros stand in front"
def word_numbers(text, vocabulary, length):
    numbers = [vocabulary.index(word) + 1 if word in vocabulary else 0 for word in text.lower().split()]
    return np.array(([0] * (length - len(numbers)) + numbers)[:length])


# %% check="word_numbers" points=3
_words = ["snake", "a", "saw", "we"]
_got = word_numbers("we saw a snake", _words, 4)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.ndim(_got) == 1, f"Return a row of numbers; yours has the shape {np.shape(_got)}."
assert isinstance(_got, np.ndarray), "Your numbers are no array yet. `np.array(…)` makes one of a list."
_got = word_numbers("we saw a snake", _words, 6)
assert len(_got) == 6, (
    f"For length 6 you return {len(_got)} numbers. The shape must be fixed: fill up what is short."
)
assert not np.array_equal(_got, [0, 0, 0, 2, 0, 2]) and not np.array_equal(_got, [0, 0, 0, 0, 2, 0]), (
    "Your numbers are those of letters, not words. Cut the text at its blanks first."
)
assert not np.array_equal(_got, [3, 2, 1, 0, 0, 0]), (
    "You count from 0, so the first word of the vocabulary looks like an unknown word. Its number is 1."
)
assert not np.array_equal(_got, [0, 0, 4, 3, 2, 1]), (
    "The numbers are right, but your zeros stand in front. A short text gets them at its end."
)
assert np.array_equal(_got, [4, 3, 2, 1, 0, 0]), (
    f"For 'we saw a snake' you return {_got}. Look up each word's place in {_words}."
)
_got = word_numbers("we saw a snake", _words, 2)
assert len(_got) == 2, (
    f"For length 2 you return {len(_got)} numbers. The shape must be fixed: cut what is long."
)
assert np.array_equal(_got, [4, 3]), (
    f"Cut to two words you return {_got}. A long text loses its end, not its beginning."
)
assert np.array_equal(word_numbers("We saw", _words, 2), [4, 3]), (
    "'We' gets another number than 'we'. A capital letter should make no difference."
)
_got = word_numbers("we never saw", _words, 3)
assert not np.array_equal(_got, [4, 3, 0]), (
    "You leave unknown words out, so the words after them move up. Let a 0 hold their place."
)
assert np.array_equal(_got, [4, 0, 3]), (
    f"For 'we never saw' you return {_got}. 'never' is not in {_words}, and 0 stands for such a word."
)
print("word_numbers is right for short and long texts, capitals and unknown words.")
### BEGIN HIDDEN TESTS
# reference: word_numbers
_rng = np.random.default_rng(23)
_all = ["bear", "snake", "deer", "black", "river", "the", "crossed", "Tree", "saw", "Fox"]
for _length in (1, 3, 8):
    for _n in (0, 1, 5, 12):
        _text = " ".join(_rng.choice(_all, size=_n))
        _some = ["river", "the", "bear", "saw", "fox"]
        _want = reference_word_numbers(_text, _some, _length)
        _got = word_numbers(_text, list(_some), _length)
        assert np.shape(_got) == (_length,), (
            f"For a text of {_n} words and length {_length} the shape is {np.shape(_got)}, not ({_length},)."
        )
        assert np.asarray(_got).tolist() == _want.tolist(), (
            f"For a text of {_n} words and length {_length} some numbers are wrong."
        )
_table = dict(zip(_all, range(1, 11), strict=True))
_got = word_numbers("deer crossed river river", _all, 4)
assert np.array_equal(_got, [_table[_w] for _w in ("deer", "crossed", "river", "river")]), (
    "The numbers differ from those of a dictionary that is looked up word by word."
)
### END HIDDEN TESTS

# %% [markdown]
# Word number 7 is not "more" than word number 3; the order of a vocabulary is an accident. So the numbers are
# not calculated with. They are used to look up a row in a table. Such a row, a vector that stands for a
# thing, is its **embedding**. Networks learn the table, so that words of similar use come to lie close
# together. Some texts call any vector that goes into a network an embedding; most keep the word for vectors
# that are looked up or learnt.
#
# In NumPy an array of whole numbers between the brackets takes out those rows, in that order:

# %%
table = np.array([[0.0, 0.0], [0.9, 0.1], [0.8, 0.2], [0.1, 0.7]])  # row 0 belongs to unknown words
table[np.array([3, 1, 1])]

# %% [markdown]
# ## 4. Answers as numbers: labels
#
# The right answer to an example is its **label**. Our labels are words, so they need numbers as well.
#
# **Label encoding** gives each class its place in a list, counted from 0: bear 0, snake 1, deer 2. Which list
# it is must be fixed once and for all. An order that is made anew from each pile of data (by alphabet, or by
# who comes first) may turn out different tomorrow.
#
# `[f(word) for word in words]` builds a list: it works out `f(word)` for every word of `words`, in order.
#
# ### Exercise 2.4: label encoding
#
# Write `label_encode(names, classes)`. It returns an array with one whole number for each name: the name's
# place in the list `classes`, counted from 0.


# %% exercise="label_encode"
def label_encode(names, classes):
    """Return the place of each name in classes, counted from 0, as an array of shape (n,)."""
    ### BEGIN SOLUTION
    return np.array([classes.index(name) for name in names])
    ### END SOLUTION


# %% wrong="label_encode" says="by the alphabet"
def label_encode(names, classes):
    return np.unique(names, return_inverse=True)[1]


# %% wrong="label_encode" says="who comes first"
def label_encode(names, classes):
    seen = []
    for name in names:
        if name not in seen:
            seen.append(name)
    return np.array([seen.index(name) for name in names])


# %% wrong="label_encode" says="begin at 0"
def label_encode(names, classes):
    return np.array([classes.index(name) + 1 for name in names])


# %% wrong="label_encode" says="one number for each sighting"
def label_encode(names, classes):
    return np.array([list(names).index(name) for name in classes])


# %% check="label_encode" points=2
_got = label_encode(["snake", "deer", "bear", "snake"], ["bear", "snake", "deer"])
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (4,), (
    f"For four sightings the shape is {np.shape(_got)}, not (4,). There is one number for each sighting, not "
    "for each class."
)
assert isinstance(_got, np.ndarray), "Your numbers are right in shape, but no array. `np.array(…)` makes one of a list."
assert not np.array_equal(_got, [2, 1, 0, 2]), (
    "Your numbers go by the alphabet. They should go by the list `classes`, which need not be sorted."
)
assert not np.array_equal(_got, [0, 1, 2, 0]), (
    "Your numbers go by who comes first among the sightings. Another pile would then get other numbers."
)
assert not np.array_equal(_got, [2, 3, 1, 2]), "Your numbers begin at 1. Places in a list begin at 0."
assert np.array_equal(_got, [1, 2, 0, 1]), (
    f"For snake, deer, bear, snake you return {_got}. Look for each name's place in the list `classes`."
)
print("label_encode is right for four sightings of three classes.")
### BEGIN HIDDEN TESTS
# reference: label_encode
_rng = np.random.default_rng(24)
_all = ["wolf", "ant", "owl", "elk", "bee"]
for _n in (1, 4, 60):
    for _k in (1, 2, 5):
        _classes = list(_rng.permutation(_all)[:_k])
        _names = list(_rng.choice(_classes, size=_n))
        _got = label_encode(list(_names), list(_classes))
        assert np.shape(_got) == (_n,), f"For {_n} names the shape is {np.shape(_got)}, not ({_n},)."
        assert np.array_equal(_got, reference_label_encode(_names, _classes)), (
            f"For {_n} names of {_k} classes some numbers are wrong."
        )
        assert [_classes[int(_i)] for _i in _got] == _names, "The numbers do not lead back to the names."
_got = label_encode(["owl", "owl"], ["elk", "bee", "owl"])
assert np.array_equal(_got, [2, 2]), "A class without any sighting still has its place in the list."
### END HIDDEN TESTS

# %% [markdown]
# For storing labels this is fine. As a *target*, a number that the machine should come near to, it is not. 0,
# 1 and 2 say more than we know: that deer is twice snake, that a snake lies between a bear and a deer, and
# that mistaking a bear for a deer is a worse mistake than mistaking it for a snake.
#
# **One-hot encoding** says only what we know. It gives each class a place of its own in a row: 1 there, 0
# elsewhere. Bear is $(1, 0, 0)$, snake $(0, 1, 0)$, deer $(0, 0, 1)$. Each class is now as far from every
# other: the distance is $\sqrt{1^2 + 1^2} = \sqrt 2 \approx 1.41$. And the shape is the one that part 2 asked
# for: three numbers out.

# %% tags=["demo"] title="Two ways to write three classes as numbers"
fig, axes = plt.subplots(1, 2, figsize=(9.2, 3.3), layout="constrained", width_ratios=(1.25, 1))
marks = (("bear", BLUE, "o"), ("snake", ORANGE, "s"), ("deer", GREEN, "^"))
axes[0].axhline(0, color="#999999", linewidth=1, zorder=1)
for place, (name, colour, marker) in enumerate(marks):
    axes[0].plot(place, 0, marker, color=colour, markersize=13)
    axes[0].text(place, -0.2, f"{name}\n{place}", ha="center", va="top")
for start, end, height in ((0, 1, 0.22), (1, 2, 0.22), (0, 2, 0.62)):
    axes[0].annotate("", (end, height), (start, height), arrowprops={"arrowstyle": "<->", "color": "#444444"})
    axes[0].text(
        (start + end) / 2, height + 0.03, f"distance {end - start}", ha="center", va="bottom", fontsize=10
    )
axes[0].set(xlim=(-0.4, 2.4), ylim=(-0.75, 0.95), title="Label encoding: an order nobody meant")
corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(0.75)]])
for i, j, side in ((0, 1, (0, -0.11)), (1, 2, (0.16, 0.03)), (0, 2, (-0.16, 0.03))):
    axes[1].plot(*corners[[i, j]].T, color="#999999", linewidth=1, zorder=1)
    axes[1].text(*(corners[[i, j]].mean(axis=0) + side), "1.41", ha="center", va="center", fontsize=10)
for corner, code, shift, (name, colour, marker) in zip(
    corners,
    ("(1, 0, 0)", "(0, 1, 0)", "(0, 0, 1)"),
    ((0, -0.1), (0, -0.1), (0, 0.3)),
    marks,
    strict=True,
):
    axes[1].plot(*corner, marker, color=colour, markersize=13)
    axes[1].text(*(corner + shift), f"{name}\n{code}", ha="center", va="top")
axes[1].set(xlim=(-0.45, 1.45), ylim=(-0.42, 1.25), aspect="equal", title="One-hot: all equally far apart")
for ax in axes:
    ax.axis("off")
show(
    fig,
    "Left, label encoding: bear, snake and deer at 0, 1 and 2 on a line. Bear and snake are 1 apart, bear "
    "and deer 2. Right, one-hot encoding: the three classes are the corners of a triangle whose sides are "
    "all 1.41 long.",
)

# %% [markdown]
# Is label encoding always wrong? No. Some functions of libraries take a label as a *place to look up* and
# never calculate with it; you meet one, sparse categorical cross-entropy, in lecture 06. And where classes do
# have an order (small, medium, large), a number may keep it on purpose.
#
# ### Exercise 2.5: half a bear (in your own words, 4 points)
#
# A machine gives out *one* number. It was trained to say 0 for a bear, 1 for a snake, 2 for a deer, and we
# read its number as the nearest of the three. Now it gets a dark photograph of something large with fur. It
# cannot decide: bear or deer, fifty-fifty, and certainly no snake.
#
# In three or four sentences: which number has the smallest mean squared error (lecture 01) if half of such
# animals are bears and half are deer, and how do we read it? What could a machine with one-hot targets say
# instead? Then give one case where 0, 1, 2 would be a fair target.

# %% [markdown] written="why_one_hot" points=4
# ### BEGIN SOLUTION
# Half the time 0 would be right and half the time 2. The number in the middle, 1, has the smallest mean
# squared error, and we read 1 as "snake": the only animal that the machine had ruled out. A machine with three
# outputs can say $(0.5, 0, 0.5)$: bear and deer tie, snake is out. The code 0, 1, 2 has put snake between the
# other two, though nothing in nature has. Where the classes have a true order with even steps, such as no,
# one or two cubs seen with a bear, 0, 1, 2 is a fair target: 1 really lies between 0 and 2.
#
# **Mark scheme**
# - 1 point: the number is 1, or about 1
# - 1 point: it is read as snake, the one answer that is certainly wrong
# - 1 point: with one-hot targets the machine can give two halves and a zero, or words to that effect
# - 1 point: a case with a true order (counts, sizes, stages, grades), and says that it has one
# ### END SOLUTION

# %% [markdown]
# To make one-hot rows: `np.zeros((n, k))` is a table of zeros with `n` rows and `k` columns. `np.arange(n)`
# holds 0, 1, …, n − 1. And `Y[rows, columns] = 1` with two arrays of whole numbers writes a 1 in *pairs*: at
# the first row and first column, the second row and second column, and so on. (`Y[:, columns]` is something
# else: the colon means *every* row.)
#
# ### Exercise 2.6: one-hot encoding
#
# Write `one_hot(y, n_classes)`. `y` holds labels as whole numbers, counted from 0. Return one row for each
# label and one column for each class, also for classes that `y` does not contain.


# %% exercise="one_hot"
def one_hot(y, n_classes):
    """Return one-hot rows, shape (n, n_classes). y: labels from 0 to n_classes - 1, shape (n,)."""
    ### BEGIN SOLUTION
    Y = np.zeros((len(y), n_classes))
    Y[np.arange(len(y)), y] = 1
    return Y
    ### END SOLUTION


# %% wrong="one_hot" says="every row"
def one_hot(y, n_classes):
    Y = np.zeros((len(y), n_classes))
    Y[:, y] = 1
    return Y


# %% wrong="one_hot" says="whole rows"
def one_hot(y, n_classes):
    Y = np.zeros((len(y), n_classes))
    Y[y] = 1
    return Y


# %% wrong="one_hot" says="happen to occur"
def one_hot(y, n_classes):
    return np.eye(y.max() + 1)[y]


# %% wrong="one_hot" says="rows and columns"
def one_hot(y, n_classes):
    return np.eye(n_classes)[y].T


# %% wrong="one_hot" says="count the classes from 1"
def one_hot(y, n_classes):
    Y = np.zeros((len(y), n_classes))
    Y[np.arange(len(y)), y - 1] = 1
    return Y


# %% wrong="one_hot" says="label itself"
def one_hot(y, n_classes):
    Y = np.zeros((len(y), n_classes))
    Y[np.arange(len(y)), y] = y
    return Y


# %% check="one_hot" points=4
_y = np.array([1, 0, 1, 2])
_got = one_hot(_y.copy(), 4)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) != (4, 3), (
    "You make columns only for the classes that happen to occur. The next pile would then have another shape: "
    "n_classes says how many there are."
)
_shape = np.shape(one_hot(np.array([1, 0]), 3))
assert _shape != (3, 2), "Your rows and columns are exchanged: a row for each label, a column for each class."
assert _shape == (2, 3), f"For two labels and three classes the shape is {_shape}, not (2, 3)."
assert np.shape(_got) == (4, 4), f"For four labels and four classes the shape is {np.shape(_got)}, not (4, 4)."
_want = np.array([[0, 1, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]])
assert not np.all(np.sum(_got, axis=1) == 3), (
    "Your rows have several ones, all in the same columns: you write into every row at once."
)
_ones = np.sum(_got, axis=1)
assert not (np.any(_ones == 4) and np.all((_ones == 0) | (_ones == 4))), (
    "You fill whole rows with ones. With one array between the brackets `Y[…]` means rows; a place in a table "
    "needs its row and its column."
)
assert not np.array_equal(_got, np.roll(_want, -1, axis=1)), (
    "Every 1 stands one place too far left. Do you count the classes from 1?"
)
assert not np.array_equal(_got, _want * _y[:, np.newaxis]), (
    "You write the label itself into the row. The place says which class it is; the entry is always 1."
)
assert np.array_equal(_got, _want), (
    f"For the labels (1, 0, 1, 2) and four classes you return\n{_got}\nEach row has a single 1, in the "
    "column of its label."
)
print("one_hot is right for four labels and four classes, one of which does not occur.")
### BEGIN HIDDEN TESTS
# reference: one_hot
from sklearn.preprocessing import OneHotEncoder as _Encoder

_rng = np.random.default_rng(26)
for _n in (1, 2, 5, 200):
    for _k in (1, 3, 10):
        _y = _rng.integers(_k, size=_n)
        _got = one_hot(_y.copy(), _k)
        assert np.shape(_got) == (_n, _k), (
            f"For {_n} labels and {_k} classes the shape is {np.shape(_got)}, not {(_n, _k)}."
        )
        assert np.array_equal(_got, reference_one_hot(_y, _k)), (
            f"For {_n} labels and {_k} classes the rows are wrong."
        )
        _theirs = _Encoder(categories=[list(range(_k))], sparse_output=False).fit_transform(_y[:, np.newaxis])
        assert np.array_equal(_got, _theirs), "The rows differ from those of scikit-learn."
        assert np.array_equal(np.argmax(_got, axis=1), _y), (
            "The place of the 1 does not lead back to the label."
        )
_y = np.array([2, 0])
one_hot(_y, 3)
assert np.array_equal(_y, [2, 0]), "Your function changes the labels that it is given."
### END HIDDEN TESTS

# %% [markdown]
# ### Hard and soft labels
#
# A one-hot row is a **hard label**: each class is present or it is not. A **soft label** gives each class a
# share between 0 and 1, and all shares add up to 1. Soft labels say what hard ones cannot: how sure we are.
#
# Which word comes next in "My teddy bear is …"? There is no single right answer. If 100 people go on with
# *cute* 60 times, *new* 25 times and *soft* 15 times, the soft label is $(0.60, 0.25, 0.15)$: 60 %, 25 %,
# 15 %. (In any one text the next word is a single word, a hard label. The shares show over many texts.) Soft
# labels also come from a large model, whose answers a small model then learns.

# %% tags=["demo"]
fig, axes = plt.subplots(1, 2, figsize=(8.4, 2.9), layout="constrained", sharey=True)
for ax, shares, title in (
    (axes[0], (1, 0, 0), "Hard label: one class, no doubt"),
    (axes[1], (0.60, 0.25, 0.15), "Soft label: the shares add up to 1"),
):
    bars = ax.bar(
        ("cute", "new", "soft"), shares, color=(BLUE, ORANGE, "white"), edgecolor="#222222", width=0.6
    )
    for bar, hatch in zip(bars, ("", "//", ".."), strict=True):
        bar.set_hatch(hatch)
    ax.bar_label(bars, [f"{100 * share:.0f} %" for share in shares], padding=2)
    ax.set(title=title, xlabel="next word", ylim=(0, 1.15))
    ax.grid(axis="x", visible=False)
axes[0].set_ylabel("share")
show(
    fig,
    "Two bar charts for the next word of My teddy bear is. Left, the hard label: cute 100 per cent, new 0, "
    "soft 0. Right, the soft label: cute 60, new 25 and soft 15 per cent.",
)

# %% [markdown]
# Our photographs were shown to volunteers, and each voted. `votes` has one row for each photograph and one
# column for each class.
#
# `votes.sum(axis=1)` adds up within each row, which gives shape `(n,)`. With `keepdims=True` the sums stay a
# column, shape `(n, 1)`. That matters in a division. Divide a table by a column `(n, 1)`, and each *row* is
# divided by its own number. Divide it by a plain `(n,)`, and NumPy takes that for a row: the first number
# divides the first *column*, the second number the second column.

# %%
votes = np.array([[12, 5, 3], [0, 9, 1], [4, 4, 8]])
votes.sum(axis=1), votes.sum(axis=1, keepdims=True)

# %% [markdown]
# ### Exercise 2.7: from votes to soft labels
#
# Write `soft_labels(votes)`: the share of the votes that each class got, row by row. Photographs may have
# different numbers of votes.


# %% exercise="soft_labels"
def soft_labels(votes):
    """Return each class's share of the votes, shape (n, classes). votes: counts, shape (n, classes)."""
    ### BEGIN SOLUTION
    return votes / votes.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% wrong="soft_labels" says="laid along the columns"
def soft_labels(votes):
    return votes / votes.sum(axis=1)


# %% wrong="soft_labels" says="down the columns"
def soft_labels(votes):
    return votes / votes.sum(axis=0)


# %% wrong="soft_labels" says="of all photographs together"
def soft_labels(votes):
    return votes / votes.sum()


# %% wrong="soft_labels" says="per cent"
def soft_labels(votes):
    return 100 * votes / votes.sum(axis=1, keepdims=True)


# %% wrong="soft_labels" says="hard label"
def soft_labels(votes):
    return np.eye(votes.shape[1])[votes.argmax(axis=1)]


# %% wrong="soft_labels" says="whole-number division"
def soft_labels(votes):
    return votes // votes.sum(axis=1, keepdims=True)


# %% check="soft_labels" points=3
_votes = np.array([[12, 5, 3], [1, 7, 2], [0, 1, 3]])
_got = soft_labels(_votes.copy())
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (3, 3), (
    f"For three photographs and three classes the shape is {np.shape(_got)}, not (3, 3)."
)
_rows = _votes.sum(axis=1)
assert not np.allclose(_got, _votes / _rows), (
    "The sums of the rows are laid along the columns: a row's first vote is divided by the first row's sum, "
    "its second by the second's. The sums must stay a column."
)
assert not np.allclose(_got, _votes / _votes.sum(axis=0)), (
    "You add up down the columns, over photographs. The votes of one photograph stand in one row."
)
assert not np.allclose(_got, _votes / _votes.sum()), (
    "You divide by the votes of all photographs together. Each row has its own sum."
)
assert not np.allclose(np.sum(_got, axis=1), 100), (
    "Your rows are in per cent and add up to 100. Shares add up to 1."
)
assert np.any(np.asarray(_got) != 0), (
    "Every share is 0. Is there a `//`? It is whole-number division and throws away what comes after the point."
)
assert not np.all((np.asarray(_got) == 0) | (np.asarray(_got) == 1)), (
    "You return a hard label for each photograph: the winner takes all. A soft label keeps every share."
)
assert np.allclose(_got[0], [0.6, 0.25, 0.15]), (
    f"For 12, 5 and 3 votes you return {np.asarray(_got)[0]}. What share of the 20 votes is each?"
)
assert np.allclose(_got[2], [0, 0.25, 0.75]), (
    f"For 0, 1 and 3 votes you return {np.asarray(_got)[2]}. Not every photograph has 20 votes."
)
assert np.allclose(_got[1], [0.1, 0.7, 0.2]), (
    f"For 1, 7 and 2 votes you return {np.asarray(_got)[1]}. What share of the 10 votes is each?"
)
print("soft_labels turns 12, 5 and 3 votes into 60 %, 25 % and 15 %, and is right for three photographs.")
### BEGIN HIDDEN TESTS
# reference: soft_labels
_rng = np.random.default_rng(27)
for _n, _k in ((1, 3), (4, 2), (5, 5), (30, 7)):
    _votes = _rng.integers(50, size=(_n, _k)) + 1
    _kept = _votes.copy()
    _got = soft_labels(_kept)
    assert np.shape(_got) == (_n, _k), f"For {_n} photographs and {_k} classes the shape is {np.shape(_got)}."
    assert np.allclose(_got, reference_soft_labels(_votes)), (
        f"For {_n} photographs and {_k} classes the shares are wrong."
    )
    assert np.allclose(np.sum(_got, axis=1), 1), "Some row does not add up to 1."
    assert np.allclose(_got, [[_v / sum(_row) for _v in _row] for _row in _votes.tolist()]), (
        "The shares differ from those that plain Python works out row by row."
    )
    assert np.array_equal(_kept, _votes), "Your function changes the votes that it is given. Make a new array."
assert np.allclose(soft_labels(np.array([[0, 8, 0]])), [[0, 1, 0]]), (
    "When all agree, the soft label is a hard one."
)
### END HIDDEN TESTS

# %% [markdown]
# The way back: the answer of a row is the class with the largest share. `Y.argmax(axis=1)` gives, for each
# row, the place of its largest entry. The largest share need not be more than one half. In the last row of
# `votes` it is exactly one half, and it wins.
#
# Mind that a Python list such as `classes` takes *one* place between its brackets, `classes[2]`, and no array
# of places as NumPy's arrays do.
#
# ### Exercise 2.8: read soft labels
#
# Write `read_labels(Y, classes)`. It returns a list of names, one for each row of `Y`: the class with the
# largest share.


# %% exercise="read_labels"
def read_labels(Y, classes):
    """Return the likeliest class of each row, a list of n names. Y: shares, shape (n, len(classes))."""
    ### BEGIN SOLUTION
    return [classes[place] for place in Y.argmax(axis=1)]
    ### END SOLUTION


# %% wrong="read_labels" says="down the columns"
def read_labels(Y, classes):
    return [classes[place] for place in Y.argmax(axis=0)]


# %% wrong="read_labels" says="places, not names"
def read_labels(Y, classes):
    return list(Y.argmax(axis=1))


# %% wrong="read_labels" says="no class reaches one half"
def read_labels(Y, classes):
    return [name for row in Y for name, share in zip(classes, row, strict=True) if share > 0.5]


# %% wrong="read_labels" says="only one name"
def read_labels(Y, classes):
    return classes[Y.argmax()]


# %% wrong="read_labels" says="shares, not names"
def read_labels(Y, classes):
    return Y.max(axis=1)


# %% check="read_labels" points=2
_Y = np.array([[0.0, 1.0, 0.0], [0.40, 0.35, 0.25], [0.1, 0.2, 0.7], [0.3, 0.3, 0.4]])
_got = read_labels(_Y.copy(), ["bear", "snake", "deer"])
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert not isinstance(_got, str) and np.shape(_got) != (1,), (
    "You return only one name, for the largest number of the whole table. There are four rows."
)
assert np.ndim(_got) == 1, f"Return a list of names; what you return has the shape {np.shape(_got)}."
_got = list(_got)
assert len(_got) != 3, (
    "You look for the largest entry down the columns. One name is wanted for each row, and there are four."
)
assert len(_got) == 4, (
    f"You return {len(_got)} names for four rows. In some rows no class reaches one half; the largest share "
    "still wins."
)
assert any(isinstance(_name, str) for _name in _got) or not np.allclose(_got, [1, 0.4, 0.7, 0.4]), (
    "You return the largest shares, not names. At which place does the largest stand, and which class is that?"
)
assert all(isinstance(_name, str) for _name in _got), (
    "You return places, not names. Look each place up in `classes`."
)
assert _got == ["snake", "bear", "deer", "deer"], f"You return {_got}. Which share is largest in each row?"
print("read_labels names the likeliest class of four rows, also where it has less than half.")
### BEGIN HIDDEN TESTS
# reference: read_labels
_rng = np.random.default_rng(28)
for _n, _k in ((1, 2), (2, 3), (3, 3), (40, 5)):
    _Y = _rng.dirichlet(np.ones(_k), size=_n)
    _classes = list(_rng.permutation(["ant", "bee", "cow", "doe", "elk"])[:_k])
    _got = list(read_labels(_Y.copy(), list(_classes)))
    assert len(_got) == _n, f"For {_n} rows you return {len(_got)} names."
    assert _got == reference_read_labels(_Y, _classes), f"For {_n} rows of {_k} classes some names are wrong."
    _sorted = [max(zip(_row, _classes, strict=True))[1] for _row in _Y.tolist()]
    assert _got == _sorted, "The names differ from those found by going through each row."
### END HIDDEN TESTS

# %% [markdown]
# ## 5. Three sets
#
# A student who has seen the exam questions before the exam gets full marks. What do the marks say? Nothing. A
# model is no different, so the examples are divided into three sets.
#
# - The **training set** is what the parameters are adjusted on.
# - The **validation set** is what *you* decide on: which features, which model, how long to train. The
#   machine never trains on it.
# - The **test set** stays shut until the end. It is used once, and gives the number for the report.
#
# Why a third set? Because choosing is a kind of training too. Here are 200 machines that only guess among
# three animals. They are tried on 18 validation examples, and the best is chosen.
#
# `chance.integers(3, size=18)` draws 18 whole numbers, each 0, 1 or 2. `==` between arrays compares place by
# place. In a sum, and in a mean, `True` counts as 1 and `False` as 0, so the sum says how many are right, and
# the mean gives their share.

# %%
chance = np.random.default_rng(21)
y_18, y_1000 = chance.integers(3, size=18), chance.integers(3, size=1000)
guesses = chance.integers(3, size=(200, 1018))  # one row for each machine
right_18 = (guesses[:, :18] == y_18).sum(axis=1)
best = right_18.argmax()
print(f"best machine: {right_18[best]} of 18 right in validation, a share of {right_18[best] / 18:.2f}")
print(f"the same machine on 1000 new examples: {(guesses[best, 18:] == y_1000).mean():.2f}")

# %% tags=["demo"]
fig, ax = plt.subplots(figsize=(7.2, 3.3))
counts = np.bincount(right_18, minlength=19)
bars = ax.bar(np.arange(19), counts, color=SKY, edgecolor="#222222", width=0.8)
bars[11].set(facecolor=VERMILION, hatch="//")
ax.axvline(6, color="#222222", linestyle="--", label="what guessing deserves: 6 of 18")
ax.annotate(
    "we would choose one of these two",
    (11, 2.5),
    xytext=(9.6, 22),
    arrowprops={"arrowstyle": "->", "color": "#444444"},
)
ax.set(
    xlabel="right answers among 18 validation examples",
    ylabel="machines",
    xticks=range(0, 19, 2),
    title="The best of 200 guessers looks as if it had learnt something",
)
ax.grid(axis="x", visible=False)
ax.legend(frameon=False, loc="upper right")
show(
    fig,
    "A histogram of 200 guessing machines by how many of 18 validation examples they got right. Most have "
    "between 4 and 8, around the 6 that guessing deserves. At the far right, hatched, two machines have 11. "
    "One of them would be chosen.",
)

# %% [markdown]
# Eleven of 18 is 0.61. On new examples the same machine gets 0.32, a little less than one third. It has
# learnt nothing; it was lucky, and we picked it *for* its luck. A number that was used for choosing is no
# longer a fair measure. That is what the test set is kept for.
#
# How large should the sets be? 60 % for training and 20 % each for validation and test is a common start.
# With a million examples, 1 % is often enough for a test.
#
# ### Shuffle first
#
# The station's notebook is filed by animal. Here are its labels as numbers; `np.repeat` repeats each entry as
# often as it is told.

# %%
labels = np.repeat([0, 1, 2], [36, 30, 24])
labels

# %% [markdown]
# Cut it from top to bottom, and the test set holds deer only.

# %% tags=["demo"]
mixed = labels[np.random.default_rng(7).permutation(90)]
fig, axes = plt.subplots(2, 1, figsize=(9.2, 2.9), layout="constrained")
looks = ((BLUE, None, "bear"), (ORANGE, "//", "snake"), ("#bfe6d9", "..", "deer"))
for ax, row, title in (
    (axes[0], labels, "Cut as it is filed: the test set holds only deer, the training set none"),
    (axes[1], mixed, "Shuffled, then cut: every set holds all three"),
):
    for code, (colour, hatch, name) in enumerate(looks):
        places = np.flatnonzero(row == code)
        ax.bar(
            places, 1, width=1, facecolor=colour, hatch=hatch, edgecolor="#222222", linewidth=0.5, label=name
        )
    for cut in (53.5, 71.5):
        ax.plot([cut, cut], [-0.02, 1.3], color="black", linewidth=2.5, clip_on=False)
    for middle, text in ((26.5, "training: 54"), (62.5, "validation: 18"), (80.5, "test: 18")):
        ax.text(middle, 1.12, text, ha="center", va="bottom", fontsize=10)
    ax.set(xlim=(-0.5, 89.5), ylim=(0, 1), yticks=[], xticks=[])
    ax.set_title(title, pad=20)
    ax.grid(visible=False)
axes[1].set_xlabel("the 90 sightings, in order")
fig.legend(
    *axes[1].get_legend_handles_labels(), ncols=3, frameon=False, loc="outside lower center", fontsize=9.5
)
show(
    fig,
    "Two strips of 90 sightings, each cut into training, validation and test. In the upper strip, in the "
    "order of the file, the training set holds all bears and some snakes, the validation set snakes and "
    "deer, the test set only deer. In the lower strip, shuffled before the cut, all three animals stand in "
    "each set.",
)

# %% [markdown]
# **Shuffling** brings the examples into a random order. Two rules come with it.
#
# - An input and its label stay together. So shuffle the *places*, once, and take inputs and labels by them.
# - The shuffle has a *seed*, a number from which the random numbers are made. The same seed gives the same
#   sets again, so that others can repeat your work, and tomorrow's model is tested on what yesterday's was
#   tested on.
#
# `np.random.default_rng(seed)` makes a source of random numbers, and its `.permutation(n)` gives the places 0
# to n − 1 in random order. With brackets you cut them: `places[:2]` are the first two, `places[2:]` the rest,
# `places[2:4]` those from 2 up to, but not with, 4. Then `X[places]` takes out the rows at these places, as
# in part 3.

# %%
places = np.random.default_rng(5).permutation(6)
places, places[:2], places[2:]

# %% [markdown]
# Shuffling is not always right. For a forecast, the test must come *after* the training in time: whoever
# shuffles days trains on the future. And a camera in the forest takes ten pictures of the same bear in a
# second. Such near-copies belong in one set, all ten, or the test asks what the training has shown.
#
# ### Exercise 2.9: split the data
#
# Write `train_val_test_split(X, y, val, test, seed)`. `val` and `test` are shares, such as 0.2. Of `n`
# examples the validation set gets `round(val * n)`, the test set `round(test * n)`, the training set all
# others. (`round` gives the nearest whole number.) Shuffle with the seed; which of the shuffled examples go
# into which set is up to you. Return six arrays in this order:
# `X_train, y_train, X_val, y_val, X_test, y_test`.
#
# (In the first line of the function, `val=0.2` says what `val` is when a call leaves it out.)


# %% exercise="train_val_test_split"
def train_val_test_split(X, y, val=0.2, test=0.2, seed=0):
    """Return X_train, y_train, X_val, y_val, X_test, y_test, shuffled by the seed.

    X: shape (n, features). y: labels, shape (n,). val, test: shares of n.
    """
    ### BEGIN SOLUTION
    n = len(X)
    order = np.random.default_rng(seed).permutation(n)
    n_val, n_test = round(val * n), round(test * n)
    for_val = order[:n_val]
    for_test = order[n_val : n_val + n_test]
    for_train = order[n_val + n_test :]
    return X[for_train], y[for_train], X[for_val], y[for_val], X[for_test], y[for_test]
    ### END SOLUTION


# %% wrong="train_val_test_split" says="in the order of the file"
def train_val_test_split(X, y, val=0.2, test=0.2, seed=0):
    n = len(X)
    n_val, n_test = round(val * n), round(test * n)
    a, b = n - n_val - n_test, n - n_test
    return X[:a], y[:a], X[a:b], y[a:b], X[b:], y[b:]


# %% wrong="train_val_test_split" says="no longer belong together"
def train_val_test_split(X, y, val=0.2, test=0.2, seed=0):
    shuffler = np.random.default_rng(seed)
    X, y = shuffler.permutation(X), shuffler.permutation(y)
    n = len(X)
    n_val, n_test = round(val * n), round(test * n)
    a, b = n - n_val - n_test, n - n_test
    return X[:a], y[:a], X[a:b], y[a:b], X[b:], y[b:]


# %% wrong="train_val_test_split" says="in more than one set"
def train_val_test_split(X, y, val=0.2, test=0.2, seed=0):
    n = len(X)
    order = np.random.default_rng(seed).permutation(n)
    n_val, n_test = round(val * n), round(test * n)
    v, t, r = order[:n_val], order[:n_test], order[n_val + n_test :]
    return X[r], y[r], X[v], y[v], X[t], y[t]


# %% wrong="train_val_test_split" says="same seed"
def train_val_test_split(X, y, val=0.2, test=0.2, seed=0):
    n = len(X)
    order = np.random.default_rng().permutation(n)
    n_val, n_test = round(val * n), round(test * n)
    v, t, r = order[:n_val], order[n_val : n_val + n_test], order[n_val + n_test :]
    return X[r], y[r], X[v], y[v], X[t], y[t]


# %% wrong="train_val_test_split" says="another seed"
def train_val_test_split(X, y, val=0.2, test=0.2, seed=0):
    n = len(X)
    order = np.random.default_rng(42).permutation(n)
    n_val, n_test = round(val * n), round(test * n)
    v, t, r = order[:n_val], order[n_val : n_val + n_test], order[n_val + n_test :]
    return X[r], y[r], X[v], y[v], X[t], y[t]


# %% wrong="train_val_test_split" says="in no set"
def train_val_test_split(X, y, val=0.2, test=0.2, seed=0):
    n = len(X)
    order = np.random.default_rng(seed).permutation(n)
    n_val, n_test = round(val * n), round(test * n)
    v, t, r = order[:n_val], order[n_val : n_val + n_test], order[n_val + n_test : -1]
    return X[r], y[r], X[v], y[v], X[t], y[t]


# %% wrong="train_val_test_split" says="nearest whole number"
def train_val_test_split(X, y, val=0.2, test=0.2, seed=0):
    n = len(X)
    order = np.random.default_rng(seed).permutation(n)
    n_val, n_test = int(val * n), int(test * n)
    v, t, r = order[:n_val], order[n_val : n_val + n_test], order[n_val + n_test :]
    return X[r], y[r], X[v], y[v], X[t], y[t]


# %% check="train_val_test_split" points=5
_ids = np.arange(50)
_X, _y = np.column_stack([_ids, 100 - _ids]), np.arange(50) // 10
_got = train_val_test_split(_X.copy(), _y.copy(), 0.2, 0.1, 3)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert isinstance(_got, (tuple, list)) and len(_got) == 6, (
    "Return six arrays: X_train, y_train, X_val, y_val, X_test, y_test."
)
for _inputs, _labels, _name in zip(_got[::2], _got[1::2], ("training", "validation", "test"), strict=True):
    assert np.ndim(_inputs) == 2 and np.shape(_inputs)[1] == 2 and np.shape(_labels) == (len(_inputs),), (
        f"In the {_name} set the inputs have the shape {np.shape(_inputs)} and the labels {np.shape(_labels)}. "
        "Each input keeps its 2 features and has one label. Is the order of the six arrays right?"
    )
_rows = np.concatenate([np.asarray(_part)[:, 0] for _part in _got[::2]]).tolist()
assert len(_rows) == len(set(_rows)), (
    f"{len(_rows) - len(set(_rows))} examples are in more than one set. Where does each cut begin and end?"
)
assert len(_rows) == 50, f"{50 - len(_rows)} of 50 examples are in no set. Look at where the cuts lie."
assert [len(_part) for _part in _got[::2]] == [35, 10, 5], (
    f"Your training, validation and test sets have {[len(_part) for _part in _got[::2]]} examples, in this "
    "order. Of 50, 20 % are for validation and 10 % for the test."
)
assert _rows != sorted(_rows), "Your sets are cut in the order of the file. Shuffle before you cut."
for _inputs, _labels in zip(_got[::2], _got[1::2], strict=True):
    assert np.array_equal(_y[np.asarray(_inputs)[:, 0]], _labels), (
        "Some inputs and labels no longer belong together. Use one shuffled order for both."
    )
_again = train_val_test_split(_X.copy(), _y.copy(), 0.2, 0.1, 3)
assert all(np.array_equal(_a, _b) for _a, _b in zip(_got, _again, strict=True)), (
    "The same seed gives other sets the second time. Where does the seed go in?"
)
_other = train_val_test_split(_X.copy(), _y.copy(), 0.2, 0.1, 4)
assert not np.array_equal(_got[4], _other[4]), (
    "With another seed the test set stays as it was. Do you use the seed that is given?"
)
print(
    "train_val_test_split cuts 50 examples into three sets that share nothing, miss nothing, keep pairs "
    "together and obey the seed."
)
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(29)
_firsts = []
_cases = [(10, 0.2, 0.2), (90, 0.2, 0.2), (7, 0.3, 0.3), (33, 0.0, 0.5), (101, 0.15, 0.05)]
_cases += [(48, 0.2, 0.1), (12, 0.25, 0.0)]  # shares that are rounded up; no test set
for _n, _val, _test in _cases:
    _X, _y = _rng.normal(size=(_n, 3)), _rng.integers(5, size=_n)
    _label_of = {tuple(_row): int(_label) for _row, _label in zip(_X.tolist(), _y, strict=True)}
    _kept_X, _kept_y = _X.copy(), _y.copy()
    _got = train_val_test_split(_kept_X, _kept_y, _val, _test, int(_rng.integers(1000)))
    _want = [_n - round(_val * _n) - round(_test * _n), round(_val * _n), round(_test * _n)]
    _cut_off = [_n - int(_val * _n) - int(_test * _n), int(_val * _n), int(_test * _n)]
    assert _cut_off == _want or [len(_part) for _part in _got[::2]] != _cut_off, (
        f"For {_n} examples you cut off what comes after the point: {_test} of them are {_test * _n:g}, and the "
        "test set should get the nearest whole number."
    )
    assert [len(_part) for _part in _got[::2]] == _want, (
        f"For {_n} examples and the shares {_val} and {_test} your sets have "
        f"{[len(_part) for _part in _got[::2]]} examples, not {_want}."
    )
    _pairs = [
        (tuple(_row), int(_label))
        for _inputs, _labels in zip(_got[::2], _got[1::2], strict=True)
        for _row, _label in zip(np.asarray(_inputs).tolist(), np.asarray(_labels).tolist(), strict=True)
    ]
    assert len(set(_pairs)) == _n, f"For {_n} examples some example is missing or comes twice."
    assert all(_label_of.get(_row) == _label for _row, _label in _pairs), (
        f"For {_n} examples some inputs have lost their own label."
    )
    assert np.array_equal(_kept_X, _X) and np.array_equal(_kept_y, _y), (
        "Your function shuffles the arrays that it is given. Take rows out of them instead."
    )
_X, _y = np.arange(40)[:, np.newaxis], np.arange(40)
_in_test = np.zeros(40)
for _seed in range(60):
    _in_test[np.asarray(train_val_test_split(_X, _y, 0.25, 0.25, _seed)[5])] += 1
assert _in_test.min() > 0, (
    "Over 60 seeds some example is never in the test set. Every place should have the same chance to be in "
    "each set."
)
### END HIDDEN TESTS

# %% [markdown]
# ### Cross-validation
#
# With few examples, one validation set of 18 is a matter of luck. **Cross-validation** lets every example
# take its turn. Shuffle, cut the examples into $k$ parts of (nearly) equal size, and train $k$ times, each
# time on all parts but one. The part left out is the validation set of that round. Then average the $k$
# results. Stone (1974) is the classic paper.
#
# The test set takes no part in this. It is cut off before.

# %% tags=["demo"]
fig, ax = plt.subplots(figsize=(7.6, 3.1))
for turn in range(5):
    for part in range(5):
        out = part == turn
        ax.add_patch(
            plt.Rectangle(
                (part, 4 - turn),
                0.94,
                0.78,
                facecolor=ORANGE if out else "white",
                edgecolor="#222222",
                hatch="//" if out else None,
            )
        )
        ax.text(
            part + 0.47,
            4.39 - turn,
            "validate" if out else "train",
            ha="center",
            va="center",
            fontsize=10,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2} if out else None,
        )
    ax.text(-0.1, 4.39 - turn, f"round {turn + 1}", ha="right", va="center")
    ax.add_patch(plt.Rectangle((5.35, 4 - turn), 1.1, 0.78, facecolor="#dddddd", edgecolor="#222222"))
    ax.text(5.9, 4.39 - turn, "not used", ha="center", va="center", fontsize=10)
for part in range(5):
    ax.text(part + 0.47, -0.1, f"part {part + 1}", ha="center", va="top", fontsize=10)
ax.text(5.9, -0.1, "test set", ha="center", va="top", fontsize=10)
ax.set(xlim=(-0.95, 6.6), ylim=(-0.5, 4.95))
ax.axis("off")
ax.set_title("In five rounds, every part is the validation set exactly once")
show(
    fig,
    "A table of five rounds and five parts. In round 1 part 1 is for validation and the others for training, "
    "in round 2 part 2, and so on down the diagonal. At the right, apart, the test set is not used in any "
    "round.",
)

# %% [markdown]
# `np.array_split(order, k)` cuts an array into $k$ pieces that differ in length by one at most, and loses
# nothing. `np.concatenate(pieces)` puts a list of pieces together again. `enumerate(pieces)` counts along: it
# gives `(0, first piece)`, `(1, second piece)`, … `pieces[:i] + pieces[i + 1 :]` is the list `pieces` without
# its entry `i`. And `rounds.append((a, b))` puts the pair of `a` and `b` at the end of a list `rounds`; mind
# the double brackets.

# %%
[piece.tolist() for piece in np.array_split(np.arange(7), 3)]

# %% [markdown]
# ### Exercise 2.10: parts for cross-validation
#
# Write `k_fold(n, k, seed)` for `n` examples, at the places 0 to n − 1. It returns a list of `k` pairs
# `(train, val)`: the places of the training examples and those of the validation examples of one round.
# Shuffle the places once, with the seed.


# %% exercise="k_fold"
def k_fold(n, k, seed=0):
    """Return a list of k pairs (train, val) of arrays of places from 0 to n - 1."""
    ### BEGIN SOLUTION
    pieces = np.array_split(np.random.default_rng(seed).permutation(n), k)
    rounds = []
    for i, val in enumerate(pieces):
        train = np.concatenate([piece for j, piece in enumerate(pieces) if j != i])
        rounds.append((train, val))
    return rounds
    ### END SOLUTION


# %% wrong="k_fold" says="training places too"
def k_fold(n, k, seed=0):
    order = np.random.default_rng(seed).permutation(n)
    return [(order, val) for val in np.array_split(order, k)]


# %% wrong="k_fold" says="whole-number division"
def k_fold(n, k, seed=0):
    order = np.random.default_rng(seed).permutation(n)
    size = n // k
    rounds = []
    for i in range(k):
        val = order[i * size : (i + 1) * size]
        rounds.append((np.setdiff1d(order, val), val))
    return rounds


# %% wrong="k_fold" says="anew for every round"
def k_fold(n, k, seed=0):
    shuffler = np.random.default_rng(seed)
    rounds = []
    for i in range(k):
        pieces = np.array_split(shuffler.permutation(n), k)
        rounds.append((np.concatenate(pieces[:i] + pieces[i + 1 :]), pieces[i]))
    return rounds


# %% wrong="k_fold" says="the other way round"
def k_fold(n, k, seed=0):
    pieces = np.array_split(np.random.default_rng(seed).permutation(n), k)
    return [(pieces[i], np.concatenate(pieces[:i] + pieces[i + 1 :])) for i in range(k)]


# %% wrong="k_fold" says="neighbours"
def k_fold(n, k, seed=0):
    pieces = np.array_split(np.arange(n), k)
    return [(np.concatenate(pieces[:i] + pieces[i + 1 :]), pieces[i]) for i in range(k)]


# %% wrong="k_fold" says="should be pairs"
def k_fold(n, k, seed=0):
    return np.array_split(np.random.default_rng(seed).permutation(n), k)


# %% wrong="k_fold" says="separate pieces"
def k_fold(n, k, seed=0):
    pieces = np.array_split(np.random.default_rng(seed).permutation(n), k)
    return [(pieces[:i] + pieces[i + 1 :], pieces[i]) for i in range(k)]


# %% check="k_fold" points=4
_got = k_fold(12, 4, 1)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
_got = list(_got)
assert len(_got) == 4, (
    f"For k = 4 return a list of 4 pairs (train, val), one for each round; yours has the length {len(_got)}."
)
assert all(isinstance(_pair, (tuple, list)) and len(_pair) == 2 for _pair in _got), (
    "The entries of your list should be pairs (train, val): in each round some places train and some validate."
)
assert all(np.ndim(_t) == 1 for _t, _ in _got), (
    "The training places of a round are still in separate pieces. Put them together into one array."
)
_trains, _vals = [list(map(int, _t)) for _t, _ in _got], [list(map(int, _v)) for _, _v in _got]
assert [len(_v) for _v in _vals] != [9] * 4, (
    "Nine of 12 places are for validation in each round. It should be the other way round: the part left out "
    "validates."
)
for _train, _val in zip(_trains, _vals, strict=True):
    assert not set(_train) & set(_val), (
        "In one round some validation places are training places too. Leave the part out of the training."
    )
_together = sorted(_place for _val in _vals for _place in _val)
assert _together == list(range(12)), (
    f"Over all rounds the validation places are {_together}. Each place should come exactly once. "
    "Do you shuffle anew for every round?"
)
for _train, _val in zip(_trains, _vals, strict=True):
    assert sorted(_train + _val) == list(range(12)), "In one round some places are in neither set."
assert not all(_v == list(range(min(_v), min(_v) + 3)) for _v in _vals), (
    "Every part consists of neighbours in the file. Shuffle the places first."
)
_got = k_fold(14, 4, 1)
_sizes = sorted(len(_v) for _, _v in _got)
assert sum(_sizes) == 14, (
    f"14 places in 4 parts: yours are {_sizes} long and lose {14 - sum(_sizes)}. Did whole-number division "
    "drop the rest?"
)
assert _sizes == [3, 3, 4, 4], f"14 places in 4 parts: yours are {_sizes} long. They may differ by one at most."
print("k_fold lets each of 12 places validate exactly once, and cuts 14 places into parts of 3 and 4.")
### BEGIN HIDDEN TESTS
# reference: k_fold
for _n, _k in ((2, 2), (5, 5), (10, 3), (91, 10)):
    _got = [([int(_i) for _i in _t], [int(_i) for _i in _v]) for _t, _v in k_fold(_n, _k, 8)]
    assert len(_got) == _k, f"For k = {_k} there are {len(_got)} rounds."
    _want = sorted(len(_v) for _, _v in reference_k_fold(_n, _k, 8))
    assert sorted(len(_v) for _, _v in _got) == _want, (
        f"{_n} places in {_k} parts: the sizes of the parts are wrong."
    )
    assert sorted(_i for _, _v in _got for _i in _v) == list(range(_n)), (
        f"{_n} places in {_k} parts: some place does not validate exactly once."
    )
    assert all(sorted(_t + _v) == list(range(_n)) for _t, _v in _got), (
        f"{_n} places in {_k} parts: in some round training and validation do not make up the whole."
    )
_first, _same, _other = ([np.asarray(_v).tolist() for _, _v in k_fold(40, 4, _s)] for _s in (1, 1, 2))
assert _first == _same, "The same seed gives other parts the second time."
assert _first != _other, "Another seed gives the same parts. Do you use the seed that is given?"
### END HIDDEN TESTS

# %% [markdown]
# ## 6. Same scale, and no leak
#
# A bear weighs 90 and is 0.72 high. To a machine that measures distances, 10 kg is a lot and 0.3 m is
# nothing, only because of the units. In grams and kilometres it would be worse.
#
# **Standardisation** gives every feature the same scale. Subtract the feature's mean, and divide by its
# standard deviation, which says how far the values typically lie from the mean:
#
# $$x' = \frac{x - \mu}{\sigma}.$$
#
# Here $\mu$ (mu) is the mean and $\sigma$ (a small sigma) the standard deviation of *one feature*, and $x'$,
# "x prime", is the new value. Afterwards the feature has the mean 0 and the standard deviation 1. In NumPy
# `X.mean(axis=0)` and `X.std(axis=0)` go *down the columns*: they give one number for each feature.

# %% tags=["demo"]
fig, axes = plt.subplots(1, 2, figsize=(9.2, 3.7), layout="constrained")
scaled = (X - X.mean(axis=0)) / X.std(axis=0)
for ax, points in zip(axes, (X, scaled), strict=True):
    for code, (colour, marker) in enumerate(((BLUE, "o"), (ORANGE, "s"), (GREEN, "^"))):
        ax.plot(*points[labels == code].T, marker, color=colour, markersize=5, alpha=0.8, label=CLASSES[code])
    ax.set_aspect("equal")
axes[0].set(
    xlim=(-5, 155),
    ylim=(-60, 60),
    xlabel="mass in kg",
    ylabel="height in m",
    title="In kg and m, the height hardly counts",
)
axes[1].set(
    xlim=(-2, 2.6),
    ylim=(-2, 2.3),
    xlabel="mass, standardised",
    ylabel="height, standardised",
    title="Standardised, both features count",
)
axes[0].legend(frameon=False, loc="upper left")
show(
    fig,
    "The 90 sightings by mass and height, twice, with both axes drawn to the same scale. Left, in kilograms "
    "and metres, all points lie on one flat line: the heights from 0 to 1.2 vanish beside masses up to 147. "
    "Right, standardised, three groups: snakes far to the lower left, deer above the bears and to their left.",
)

# %% [markdown]
# Which mean? The figure took that of all 90 sightings, which is fine for looking. For training it is where
# careful people slip. A **leak** is any way by which knowledge of validation or test examples gets into the
# training. If the mean is taken over *all* examples, the test has helped to prepare the training data. And if
# new data are standardised with *their own* mean, the same animal gets other numbers depending on its
# company: a single new sighting would always become 0.
#
# So: take mean and standard deviation from the training set, and use these same numbers for everything else.
#
# ### Exercise 2.11: standardise
#
# Write `standardise(X_train, X_new)`. It returns both arrays, standardised with the statistics of `X_train`
# only. A feature that is the same in all training examples has the standard deviation 0; divide by 1 there,
# so that it becomes 0 in the training set. (`np.where(condition, a, b)` takes `a` where the condition holds
# and `b` elsewhere.)


# %% exercise="standardise"
def standardise(X_train, X_new):
    """Return X_train and X_new, both standardised with mean and standard deviation of X_train.

    X_train: shape (n, features). X_new: shape (m, features).
    """
    ### BEGIN SOLUTION
    mean, deviation = X_train.mean(axis=0), X_train.std(axis=0)
    deviation = np.where(deviation == 0, 1, deviation)
    return (X_train - mean) / deviation, (X_new - mean) / deviation
    ### END SOLUTION


# %% wrong="standardise" says="its own company"
def standardise(X_train, X_new):
    s_train = np.where(X_train.std(axis=0) == 0, 1, X_train.std(axis=0))
    s_new = np.where(X_new.std(axis=0) == 0, 1, X_new.std(axis=0))
    return (X_train - X_train.mean(axis=0)) / s_train, (X_new - X_new.mean(axis=0)) / s_new


# %% wrong="standardise" says="both arrays together"
def standardise(X_train, X_new):
    everything = np.concatenate([X_train, X_new])
    deviation = np.where(everything.std(axis=0) == 0, 1, everything.std(axis=0))
    mean = everything.mean(axis=0)
    return (X_train - mean) / deviation, (X_new - mean) / deviation


# %% wrong="standardise" says="one mean for the whole table"
def standardise(X_train, X_new):
    return (X_train - X_train.mean()) / X_train.std(), (X_new - X_train.mean()) / X_train.std()


# %% wrong="standardise" says="variance"
def standardise(X_train, X_new):
    mean, variance = X_train.mean(axis=0), X_train.var(axis=0)
    variance = np.where(variance == 0, 1, variance)
    return (X_train - mean) / variance, (X_new - mean) / variance


# %% wrong="standardise" says="divided by 0"
def standardise(X_train, X_new):
    with np.errstate(invalid="ignore", divide="ignore"):
        mean, deviation = X_train.mean(axis=0), X_train.std(axis=0)
        return (X_train - mean) / deviation, (X_new - mean) / deviation


# %% check="standardise" points=4
_train = np.array([[10.0, 1.0], [30.0, 5.0], [10.0, 5.0], [30.0, 1.0]])
_new = np.array([[40.0, 3.0], [20.0, 7.0]])
_got = standardise(_train.copy(), _new.copy())
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert isinstance(_got, (tuple, list)) and len(_got) == 2, (
    "Return two arrays: the training set and the new data."
)
assert np.shape(_got[0]) == (4, 2) and np.shape(_got[1]) == (2, 2), (
    f"The shapes are {np.shape(_got[0])} and {np.shape(_got[1])}; they should stay (4, 2) and (2, 2)."
)
_all = np.concatenate([_train, _new])
assert not np.allclose(_got[0], (_train - _train.mean()) / _train.std()), (
    "You take one mean for the whole table, over kilograms and metres alike. Each feature, each column, has "
    "its own."
)
assert not np.allclose(_got[0], (_train - _all.mean(axis=0)) / _all.std(axis=0)), (
    "Mean and deviation come from both arrays together, so the new data leak into the training. Only X_train "
    "may decide."
)
assert not np.allclose(_got[0], (_train - _train.mean(axis=0)) / _train.var(axis=0)), (
    "You divide by the variance, which is the square of the standard deviation."
)
assert not np.allclose(_got[0], (_train - _train.mean(axis=0)) / _train.std(axis=0, ddof=1)), (
    "You divide by the standard deviation with n − 1. Here it is the plain one, that of `.std(axis=0)`."
)
assert np.allclose(_got[0], [[-1, -1], [1, 1], [-1, 1], [1, -1]]), (
    f"The training set becomes\n{_got[0]}\nEach column should have the mean 0 and the standard deviation 1."
)
assert not np.allclose(_got[1], (_new - _new.mean(axis=0)) / _new.std(axis=0)), (
    "X_new is standardised within its own company: the same animal would get other numbers among other "
    "animals. Use the training set's mean and deviation."
)
assert np.allclose(_got[1], [[2, 0], [0, 2]]), (
    f"The new data become\n{_got[1]}\nHow far does each value lie from the training mean, counted in "
    "training deviations?"
)
print("standardise is right for the training set and for new data, with two features.")
### BEGIN HIDDEN TESTS
# reference: standardise
from sklearn.preprocessing import StandardScaler as _Scaler

_rng = np.random.default_rng(211)
for _n, _m, _d in ((2, 1, 1), (10, 4, 3), (80, 20, 6)):
    _train, _new = _rng.normal(5, 40, size=(_n, _d)), _rng.normal(9, 3, size=(_m, _d))
    _kept = _train.copy(), _new.copy()
    _got, _want = standardise(*_kept), reference_standardise(_train, _new)
    assert np.allclose(_got[0], _want[0]), (
        f"For {_n} training examples with {_d} features the training set is wrong."
    )
    assert np.allclose(_got[1], _want[1]), f"For {_m} new examples with {_d} features the new data are wrong."
    _scaler = _Scaler().fit(_train)
    assert np.allclose(_got[1], _scaler.transform(_new)), (
        "The new data differ from those of scikit-learn's StandardScaler."
    )
    assert np.array_equal(_kept[0], _train) and np.array_equal(_kept[1], _new), (
        "Your function changes an array that it is given. Make a new one."
    )
    _alone = np.concatenate([np.asarray(standardise(_train, _row[np.newaxis])[1]) for _row in _new])
    assert np.allclose(_alone, _got[1]), "A new example gets other numbers when it comes alone."
_got = standardise(np.array([[3.0, 1.0], [3.0, 2.0]]), np.array([[3.0, 1.0]]))
assert np.all(np.isfinite(_got[0])) and np.all(np.isfinite(_got[1])), (
    "A feature that never changes in the training set is divided by 0. Its deviation should be replaced by 1."
)
assert np.allclose(np.asarray(_got[0])[:, 0], 0), "A feature that never changes should become 0."
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 2.12: two leaks (in your own words, 4 points)
#
# A group of students has 90 sightings. They standardise the whole table. They split off 30 for a test, train
# 200 machines with different settings, and measure each on the test set. The best has 29 of 30 right, 97 %.
# Their report says: "Our machine recognises 97 % of new animals."
#
# Find the two faults. For each, say in a sentence or two what has leaked, and into what. Then write down the
# order of work that would have been honest.

# %% [markdown] written="two_leaks" points=4
# ### BEGIN SOLUTION
# First, mean and standard deviation were taken over the whole table, so the test examples had a say in how
# the training data were prepared. Second, the best of 200 machines was chosen by the test set. The 97 % are
# partly luck, as with the 200 guessers: the number was used for choosing, so it does not say how the machine
# does on new animals. Honest: split first; take the statistics from the training set and use them on all
# three sets; train the 200 machines on the training set; choose the best on the validation set (or by
# cross-validation); measure that one machine once on the test set and report this number.
#
# **Mark scheme**
# - 1 point: the statistics of the whole table let test examples into the preparation
# - 1 point: choosing by the test set makes its number too good (luck of the best of many)
# - 2 points: an order that splits first, uses training statistics, chooses on validation, and touches the
#   test set once (1 point if one of these is missing)
# ### END SOLUTION

# %% [markdown]
# ## 7. Epochs and batches
#
# Training goes through the examples again and again. One complete pass through the training set is an
# **epoch**. An epoch is cut into portions. A **batch** is a portion of examples that are worked through
# together; after each batch the parameters are adjusted once. Such an adjustment is an **iteration**, or a
# step.
#
# Four words go with it.
#
# - The **training size** $N$ is how many examples the training set holds.
# - The **batch size** $b$ is how many examples a batch holds.
# - The **steps per epoch** $s$ are how many batches, and so how many iterations, an epoch has.
# - A **mini-batch** is a batch that is smaller than the training set. Some texts keep the word *batch* for
#   the whole training set; Keras says batch for every portion, and so do we.
#
# Working through a whole batch in one calculation instead of example by example is called **batch
# processing**. The examples are stacked: a batch is a tensor with one order more than an example, and its
# first direction counts the examples.
#
# | one example | its shape | a batch of it | its shape |
# |---|---|---|---|
# | a sighting: mass and height | (2,) | 16 sightings | (16, 2) |
# | a sound of one second | (8000,) | 8 sounds | (8, 8000) |
# | a colour photograph | (64, 48, 3) | 100 photographs | (100, 64, 48, 3) |
# | 20 words, 50 numbers for each | (20, 50) | 32 sentences | (32, 20, 50) |
#
# If $b$ divides $N$, then
#
# $$N = b \cdot s.$$
#
# With $N = 10\,000$ and $b = 100$ there are $s = 100$ steps per epoch.
#
# And if $b$ does not divide $N$? With $b = 64$ there are 156 full batches, which is 9984 examples, and 16 are
# left over. For whole numbers `a // b` says how often `b` fits into `a`, and `a % b` what is left. (The line in
# `10_000` is for the eye only.)

# %%
10_000 // 64, 10_000 % 64

# %% [markdown]
# There are three habits.
#
# - *Keep* the small last batch: 157 steps, the last with 16 examples. Keras's `fit` does this, and so do we.
# - *Leave it out*: 156 steps. With a new shuffle in each epoch other examples are left out each time.
# - *Fill it up* with examples from the start: 157 full batches, and 48 examples come twice.
#
# You will read that after an epoch the model has seen every example exactly once, and that $N = b \cdot s$.
# The first holds when the last batch is kept and examples are drawn without repetition. The second holds only
# if $b$ divides $N$. In general $s$ is $N / b$, *rounded up*.
#
# ### Exercise 2.13: steps per epoch
#
# Write `steps_per_epoch(N, b)`: the number of batches of an epoch when a small last batch is kept, as a whole
# number.


# %% exercise="steps_per_epoch"
def steps_per_epoch(N, b):
    """Return how many batches of size b an epoch of N examples has; the last may be smaller."""
    ### BEGIN SOLUTION
    return (N + b - 1) // b
    ### END SOLUTION


# %% wrong="steps_per_epoch" says="left out"
def steps_per_epoch(N, b):
    return N // b


# %% wrong="steps_per_epoch" says="no half steps"
def steps_per_epoch(N, b):
    return N / b


# %% wrong="steps_per_epoch" says="one step too many"
def steps_per_epoch(N, b):
    return N // b + 1


# %% wrong="steps_per_epoch" says="nearest whole number"
def steps_per_epoch(N, b):
    return round(N / b)


# %% check="steps_per_epoch" points=2
_got = steps_per_epoch(10_000, 100)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), f"Return one number; yours has the shape {np.shape(_got)}."
assert _got != 101, (
    "For N = 10 000 and b = 100 you return 101: one step too many. Here b divides N, and no small batch is "
    "left over."
)
assert _got == 100, f"For N = 10 000 and b = 100 you return {_got}. How often does 100 fit into 10 000?"
_got = steps_per_epoch(10_000, 64)
assert _got != 156.25, "For b = 64 you return 156.25. There are no half steps: what happens to the quarter?"
assert _got != 156 or steps_per_epoch(11, 6) != 2, (
    "For b = 64 you return 156 steps: the nearest whole number to 156.25. It may lie below, and then examples "
    "are left out."
)
assert _got != 156, (
    "For b = 64 you return 156 steps, so the last 16 examples are left out. Keep them, in a small batch."
)
assert _got == 157, (
    f"For N = 10 000 and b = 64 you return {_got}. There are 156 full batches, and 16 examples are left over."
)
print("steps_per_epoch is right for a batch size that divides N, and for one that does not.")
### BEGIN HIDDEN TESTS
# reference: steps_per_epoch
import math as _math

for _N, _b in ((1, 1), (5, 8), (8, 8), (9, 8), (54, 16), (10_000, 30), (60_000, 128), (10**9, 7)):
    _got = steps_per_epoch(_N, _b)
    assert _got == reference_steps_per_epoch(_N, _b), (
        f"For N = {_N} and b = {_b} you return {_got}, which is wrong."
    )
    assert _got == _math.ceil(_N / _b) == len(range(0, _N, _b)), (
        f"For N = {_N} and b = {_b} counting says otherwise."
    )
    assert isinstance(_got, (int, np.integer)) or float(_got).is_integer(), "The number of steps must be whole."
### END HIDDEN TESTS

# %% [markdown]
# ### Why the training set is shuffled
#
# The parameters are adjusted after each batch, by what this batch shows. So a batch should be a fair sample
# of the whole. Batches that are cut from a sorted file are not. The first shows only bears, and the machine
# leans towards bears. Then come snakes, and it leans the other way.
#
# LeCun and colleagues (Efficient BackProp, 1998) give the rule and the reason: a network learns most from
# what it does not expect, so examples that follow each other should rarely belong to the same class. Shuffle
# the *training* set, best anew before each epoch. For the validation and the test set the order makes no
# difference, since nothing is adjusted.

# %% tags=["demo"]
order_seen = np.random.default_rng(4).permutation(90)
fig, axes = plt.subplots(1, 2, figsize=(9.2, 3.5), layout="constrained", sharey=True)
for ax, order, title in (
    (axes[0], np.arange(90), "As it is filed: a batch shows one or two animals"),
    (axes[1], order_seen, "Shuffled: every batch shows all three"),
):
    counts = np.array([np.bincount(labels[order[i : i + 15]], minlength=3) for i in range(0, 90, 15)])
    floor = np.zeros(6)
    for code, (colour, hatch, name) in enumerate(looks):
        ax.bar(
            np.arange(1, 7),
            counts[:, code],
            bottom=floor,
            facecolor=colour,
            hatch=hatch,
            edgecolor="#222222",
            label=name,
        )
        floor += counts[:, code]
    ax.set(title=title, xlabel="batch of the epoch", xticks=range(1, 7), ylim=(0, 15))
    ax.grid(axis="x", visible=False)
axes[0].set(ylabel="examples in the batch", yticks=range(0, 16, 5))
fig.legend(*axes[1].get_legend_handles_labels(), ncols=3, frameon=False, loc="outside lower center")
show(
    fig,
    "Stacked bars for six batches of 15 sightings. Left, in the order of the file: batches 1 and 2 are all "
    "bears, batch 3 bears and snakes, batch 4 snakes, batch 5 snakes and deer, batch 6 deer. Right, "
    "shuffled: every batch holds bears, snakes and deer.",
)

# %% [markdown]
# Play with the split and the batches of our 90 sightings. Each tile is one of them.

# %% playground="batches" height=830
seed = {
    "names": CLASSES,
    "labels": labels.tolist(),
    "validation": 20,
    "test": 20,
    "batch": 16,
    "shuffleSplit": True,
    "shuffleEpoch": True,
    "seed": 2,
}

# %% [markdown]
# Try these.
#
# 1. Take out the tick at *shuffle before the split*. Which animal does the training set never show? What
#    would a model say to it?
# 2. Shuffle the split again, and take out the tick at *shuffle the training set before each epoch*. Step
#    through an epoch, and through the next. What is the same in both?
# 3. Find every batch size for which all batches are full. What have these numbers to do with 54?
# 4. Tick *leave out an incomplete last batch* with $b = 16$. How many examples does an epoch miss? Go on to
#    the next epoch: does it miss the same animals?
# 5. Which batch sizes give one step per epoch? And which gives $N$ steps?

# %% [markdown]
# ### Exercise 2.14: batches
#
# Write `minibatches(X, y, b, rng)`. It shuffles the examples with the source of random numbers `rng` (so call
# `rng.permutation`) and returns a list of pairs `(X_batch, y_batch)`: full batches of `b` examples, and a
# smaller last one where something is left over. Leave `X` and `y` as they are.
#
# `range(0, N, b)` counts 0, b, 2b, … as long as it stays below N. And where `order` ends before place 20,
# `order[10:20]` gives what there is, without complaint.
#
# (If you know `yield`: a function that yields the pairs one by one will do as well.)


# %% exercise="minibatches"
def minibatches(X, y, b, rng):
    """Return the batches of one epoch, a list of pairs (X_batch, y_batch), shuffled by rng.

    X: shape (N, features). y: shape (N,). b: the batch size. rng: made by np.random.default_rng.
    """
    ### BEGIN SOLUTION
    order = rng.permutation(len(X))
    batches = []
    for start in range(0, len(X), b):
        now = order[start : start + b]
        batches.append((X[now], y[now]))
    return batches
    ### END SOLUTION


# %% wrong="minibatches" says="left over"
def minibatches(X, y, b, rng):
    order = rng.permutation(len(X))
    return [(X[order[i * b : (i + 1) * b]], y[order[i * b : (i + 1) * b]]) for i in range(len(X) // b)]


# %% wrong="minibatches" says="draw again"
def minibatches(X, y, b, rng):
    batches = []
    for start in range(0, len(X), b):
        now = rng.integers(len(X), size=min(b, len(X) - start))
        batches.append((X[now], y[now]))
    return batches


# %% wrong="minibatches" says="lost its own label"
def minibatches(X, y, b, rng):
    X, y = rng.permutation(X), rng.permutation(y)
    return [(X[start : start + b], y[start : start + b]) for start in range(0, len(X), b)]


# %% wrong="minibatches" says="order of the file"
def minibatches(X, y, b, rng):
    return [(X[start : start + b], y[start : start + b]) for start in range(0, len(X), b)]


# %% wrong="minibatches" says="rng that is given"
def minibatches(X, y, b, rng):
    order = np.random.default_rng(0).permutation(len(X))
    return [(X[order[start : start + b]], y[order[start : start + b]]) for start in range(0, len(X), b)]


# %% wrong="minibatches" says="shuffles the arrays"
def minibatches(X, y, b, rng):
    order = rng.permutation(len(X))
    X[:], y[:] = X[order], y[order]
    return [(X[start : start + b].copy(), y[start : start + b].copy()) for start in range(0, len(X), b)]


# %% wrong="minibatches" says="a single batch"
def minibatches(X, y, b, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X), b):
        return X[order[start : start + b]], y[order[start : start + b]]


# %% wrong="minibatches" says="25 in all"
def minibatches(X, y, b, rng):
    batches = []
    for _ in range(0, len(X), b):
        now = rng.permutation(len(X))[:b]
        batches.append((X[now], y[now]))
    return batches


# %% check="minibatches" points=4
_ids = np.arange(22)
_X, _y = np.column_stack([_ids, _ids**2]), 100 + np.arange(22)
_got = minibatches(_X.copy(), _y.copy(), 5, np.random.default_rng(1))
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
_got = list(_got)
assert not (len(_got) == 2 and isinstance(_got[0], np.ndarray) and np.shape(_got[0]) == (5, 2)), (
    "You return a single batch. A `return` inside a loop ends the function at the first turn."
)
assert all(isinstance(_pair, (tuple, list)) and len(_pair) == 2 for _pair in _got), (
    "Return a list of pairs, one pair for each batch: its inputs and its labels."
)
_sizes = [len(_part) for _part, _ in _got]
assert _sizes != [5, 5, 5, 5], (
    "22 examples in batches of 5: you return four batches, and two examples are left over. Put them in a "
    "small last batch."
)
assert _sizes == [5, 5, 5, 5, 2], (
    f"22 examples in batches of 5: your batches have {_sizes} examples, {sum(_sizes)} in all."
)
assert [(np.shape(_part), np.shape(_labels)) for _part, _labels in _got] == [
    ((_n, 2), (_n,)) for _n in _sizes
], "In some batch the inputs do not keep their two features, or there is not one label for each."
_seen = np.concatenate([np.asarray(_part)[:, 0] for _part, _ in _got]).tolist()
assert sorted(_seen) == list(range(22)), (
    f"In one epoch {22 - len(set(_seen))} examples never come, and others come twice. Do you draw again for "
    "each batch? Shuffle once, and cut."
)
assert _seen != list(range(22)), "The batches come in the order of the file. Shuffle first."
assert all(np.array_equal(100 + np.asarray(_part)[:, 0], _labels) for _part, _labels in _got), (
    "Some input has lost its own label. Use one shuffled order for both."
)
_other = np.concatenate(
    [np.asarray(_part)[:, 0] for _part, _ in minibatches(_X.copy(), _y.copy(), 5, np.random.default_rng(2))]
).tolist()
assert _other != _seen, (
    "Another source of random numbers gives the same order. Shuffle with the rng that is given."
)
print("minibatches shows each of 22 examples once, with its label, in shuffled batches of 5.")
### BEGIN HIDDEN TESTS
# reference: steps_per_epoch
_rng = np.random.default_rng(214)
for _N, _b in ((1, 1), (6, 10), (12, 4), (54, 16), (30, 1)):
    _X, _y = _rng.normal(size=(_N, 3)), _rng.integers(9, size=_N)
    _kept_X, _kept_y = _X.copy(), _y.copy()
    _got = list(minibatches(_kept_X, _kept_y, _b, np.random.default_rng(5)))
    assert np.array_equal(_kept_X, _X) and np.array_equal(_kept_y, _y), (
        "Your function shuffles the arrays that it is given. Take rows out of them instead."
    )
    assert len(_got) == reference_steps_per_epoch(_N, _b), (
        f"For N = {_N} and b = {_b} there are {len(_got)} batches, not {reference_steps_per_epoch(_N, _b)}."
    )
    assert [len(_p) for _p, _ in _got] == [len(range(_N)[_i : _i + _b]) for _i in range(0, _N, _b)], (
        f"For N = {_N} and b = {_b} the sizes of the batches are wrong."
    )
    _pairs = sorted(
        (*np.asarray(_r).tolist(), int(_l)) for _p, _q in _got for _r, _l in zip(_p, _q, strict=True)
    )
    assert _pairs == sorted((*_r, int(_l)) for _r, _l in zip(_X.tolist(), _y, strict=True)), (
        f"For N = {_N} and b = {_b} the epoch does not hold each example once with its own label."
    )
    _again = list(minibatches(_X.copy(), _y.copy(), _b, np.random.default_rng(5)))
    assert all(np.array_equal(_p, _r) for (_p, _), (_r, _) in zip(_got, _again, strict=True)), (
        "The same source of random numbers gives another order the second time."
    )
_X = np.arange(48).reshape(8, 2, 3)
_got = minibatches(_X, np.arange(8), 3, np.random.default_rng(0))
assert [np.shape(_part) for _part, _ in _got] == [(3, 2, 3), (3, 2, 3), (2, 2, 3)], (
    "Inputs of a higher order, here tables, should keep their shape."
)
### END HIDDEN TESTS

# %% [markdown]
# A small last batch has one more trap. Average something over each batch, and then average these averages:
# the few examples of the last batch now count as much as a whole batch.

# %%
values = np.array([1.0, 1.0, 1.0, 1.0, 6.0])
batch_means = [values[:4].mean(), values[4:].mean()]
print("average of the two batches' averages:", np.mean(batch_means))
print("average of the five examples:        ", values.mean())

# %% [markdown]
# ## 8. All six steps in one program
#
# The question: which of three animals is it? As a function: two numbers in, three numbers out. The data: the
# 90 sightings. Now the machine. Real ones come from lecture 03 on; this one is simple enough for today. Its
# parameters $\theta$ are three *centres*, one for each class. It says how near each centre is.
#
# `np.linalg.norm(A, axis=1)` is the length of each row of `A`, and `np.stack(list, axis=1)` puts vectors side
# by side as columns; without `axis=1`, it puts them as rows.


# %%
def machine(X, centres):
    """Return a positive number for each row of X and each centre: the nearer, the larger. Rows add up to 1."""
    distances = np.stack([np.linalg.norm(X - centre, axis=1) for centre in centres], axis=1)
    nearness = 1 / (1 + distances)
    return nearness / nearness.sum(axis=1, keepdims=True)


def share_right(Y_hat, y):
    """Return how often the largest number of a row stands at the place of the true label."""
    return (Y_hat.argmax(axis=1) == y).mean()


machine(np.array([[0.0, 0.0], [3.0, 0.0]]), np.array([[0.0, 0.0], [3.0, 4.0], [9.0, 0.0]])).round(2)

# %% [markdown]
# (The three numbers have the form of a soft label. They are not probabilities in any deep sense; lecture 09
# makes better ones.)
#
# Training this machine needs a single step: each centre is the mean of the training examples of its class.
# `X[y == 2]` takes the rows of `X` for which the label is 2.
#
# ### Exercise 2.15: train the machine
#
# Write `train_machine(X, y, n_classes)`. It returns the centres, one row for each class. You may rely on
# every class being there.


# %% exercise="train_machine"
def train_machine(X, y, n_classes):
    """Return the mean of each class, shape (n_classes, features). X: shape (n, features). y: labels, shape (n,)."""
    ### BEGIN SOLUTION
    return np.stack([X[y == label].mean(axis=0) for label in range(n_classes)])
    ### END SOLUTION


# %% wrong="train_machine" says="over all features"
def train_machine(X, y, n_classes):
    return np.array([X[y == label].mean() for label in range(n_classes)])


# %% wrong="train_machine" says="same centre"
def train_machine(X, y, n_classes):
    return np.stack([X.mean(axis=0) for label in range(n_classes)])


# %% wrong="train_machine" says="sums, not means"
def train_machine(X, y, n_classes):
    return np.stack([X[y == label].sum(axis=0) for label in range(n_classes)])


# %% wrong="train_machine" says="in the order of the sightings"
def train_machine(X, y, n_classes):
    return np.stack([X[y == label].mean(axis=0) for label in dict.fromkeys(y.tolist())])


# %% wrong="train_machine" says="labels begin at 0"
def train_machine(X, y, n_classes):
    return np.stack([X[y == label].sum(axis=0) / max(1, (y == label).sum()) for label in range(1, n_classes + 1)])


# %% check="train_machine" points=2
_X = np.array([[4.0, 0.0], [6.0, 2.0], [0.0, 9.0], [1.0, 1.0], [3.0, 3.0], [5.0, 5.0]])
_y = np.array([1, 1, 0, 2, 2, 2])
_got = train_machine(_X.copy(), _y.copy(), 3)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) != (3,), (
    "You return three numbers: means over all features at once. A centre has one number for each feature."
)
assert np.shape(_got) == (3, 2), (
    f"For three classes and two features the shape is {np.shape(_got)}, not (3, 2)."
)
assert not np.allclose(_got[0], _got[1]), "All classes get the same centre. Take only the rows of the class."
assert not np.allclose(_got[1], [10, 2]), "Your centres are sums, not means."
assert not np.allclose(_got[:2], [[5, 1], [3, 3]]), (
    "Row 0 holds the centre of label 1, and row 1 that of label 2. The labels begin at 0."
)
assert not np.allclose(_got[:2], [[5, 1], [0, 9]]), (
    "Your centres stand in the order of the sightings. Row 0 belongs to label 0, row 1 to label 1, and so on."
)
assert np.allclose(_got, [[0, 9], [5, 1], [3, 3]]), (
    f"Your centres are\n{_got}\nWork out the mean of the two rows with label 1."
)
print("train_machine finds the centres of six examples of three classes.")
### BEGIN HIDDEN TESTS
# reference: train_machine
from scipy.ndimage import mean as _mean_of

_rng = np.random.default_rng(215)
for _n, _k, _d in ((3, 3, 1), (20, 2, 4), (90, 5, 2)):
    _y = _rng.permutation(np.arange(_n) % _k)
    _X = _rng.normal(size=(_n, _d))
    _got = train_machine(_X.copy(), _y.copy(), _k)
    assert np.shape(_got) == (_k, _d), f"For {_k} classes and {_d} features the shape is {np.shape(_got)}."
    assert np.allclose(_got, reference_train_machine(_X, _y, _k)), (
        f"For {_k} classes and {_d} features the centres are wrong."
    )
    _theirs = np.stack([_mean_of(_column, _y, range(_k)) for _column in _X.T], axis=1)
    assert np.allclose(_got, _theirs), "The centres differ from the means that SciPy finds."
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 2.16: the whole pipeline
#
# Write `run_pipeline(X, names, classes, seed)`. It puts your functions together:
#
# 1. labels as numbers;
# 2. split with the seed: 20 % validation, 20 % test;
# 3. standardise all three sets by the training set (`standardise` takes two arrays, so call it twice);
# 4. train `train_machine` on the training set;
# 5. predict with `machine` for the validation set and for the test set.
#
# Return two numbers: the share of right answers in validation, and the share in the test. `share_right` gives
# each.


# %% exercise="run_pipeline"
def run_pipeline(X, names, classes, seed=0):
    """Return the shares of right answers on the validation set and on the test set, two numbers from 0 to 1."""
    ### BEGIN SOLUTION
    y = label_encode(names, classes)
    X_train, y_train, X_val, y_val, X_test, y_test = train_val_test_split(X, y, 0.2, 0.2, seed)
    Z_train, Z_val = standardise(X_train, X_val)
    Z_train, Z_test = standardise(X_train, X_test)
    centres = train_machine(Z_train, y_train, len(classes))
    return share_right(machine(Z_val, centres), y_val), share_right(machine(Z_test, centres), y_test)
    ### END SOLUTION


# %% wrong="run_pipeline" says="in grams"
def run_pipeline(X, names, classes, seed=0):
    y = label_encode(names, classes)
    X_train, y_train, X_val, y_val, X_test, y_test = train_val_test_split(X, y, 0.2, 0.2, seed)
    centres = train_machine(X_train, y_train, len(classes))
    return share_right(machine(X_val, centres), y_val), share_right(machine(X_test, centres), y_test)


# %% wrong="run_pipeline" says="has been trained on"
def run_pipeline(X, names, classes, seed=0):
    y = label_encode(names, classes)
    X_train, y_train, _, _, X_test, y_test = train_val_test_split(X, y, 0.2, 0.2, seed)
    Z_train, Z_test = standardise(X_train, X_test)
    centres = train_machine(Z_train, y_train, len(classes))
    return share_right(machine(Z_train, centres), y_train), share_right(machine(Z_test, centres), y_test)


# %% wrong="run_pipeline" says="statistics come from all"
def run_pipeline(X, names, classes, seed=0):
    y = label_encode(names, classes)
    Z, _ = standardise(X, X)
    X_train, y_train, X_val, y_val, X_test, y_test = train_val_test_split(Z, y, 0.2, 0.2, seed)
    centres = train_machine(X_train, y_train, len(classes))
    return share_right(machine(X_val, centres), y_val), share_right(machine(X_test, centres), y_test)


# %% wrong="run_pipeline" says="centres come from all"
def run_pipeline(X, names, classes, seed=0):
    y = label_encode(names, classes)
    X_train, _, X_val, y_val, X_test, y_test = train_val_test_split(X, y, 0.2, 0.2, seed)
    Z_all, Z_val = standardise(X_train, X)[1], standardise(X_train, X_val)[1]
    Z_test = standardise(X_train, X_test)[1]
    centres = train_machine(Z_all, y, len(classes))
    return share_right(machine(Z_val, centres), y_val), share_right(machine(Z_test, centres), y_test)


# %% wrong="run_pipeline" says="every seed"
def run_pipeline(X, names, classes, seed=0):
    y = label_encode(names, classes)
    X_train, y_train, X_val, y_val, X_test, y_test = train_val_test_split(X, y, 0.2, 0.2)
    Z_train, Z_val = standardise(X_train, X_val)
    Z_train, Z_test = standardise(X_train, X_test)
    centres = train_machine(Z_train, y_train, len(classes))
    return share_right(machine(Z_val, centres), y_val), share_right(machine(Z_test, centres), y_test)


# %% wrong="run_pipeline" says="standardised already"
def run_pipeline(X, names, classes, seed=0):
    y = label_encode(names, classes)
    X_train, y_train, X_val, y_val, X_test, y_test = train_val_test_split(X, y, 0.2, 0.2, seed)
    X_train, X_val = standardise(X_train, X_val)
    X_train, X_test = standardise(X_train, X_test)
    centres = train_machine(X_train, y_train, len(classes))
    return share_right(machine(X_val, centres), y_val), share_right(machine(X_test, centres), y_test)


# %% check="run_pipeline" points=5
_rng = np.random.default_rng(8)
_names = ["ant", "bee"] * 60
_easy = np.column_stack([_rng.uniform(-1, 1, size=120), np.tile([0.0, 9.0], 60) + _rng.uniform(size=120)])
_got = run_pipeline(_easy.copy(), list(_names), ["ant", "bee"], 1)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (2,), f"Return two numbers; what you return has the shape {np.shape(_got)}."
_got = tuple(float(_share) for _share in _got)
assert all(0 <= _share <= 1 for _share in _got), f"You return {_got}. Shares lie between 0 and 1."
assert np.allclose(_got, 1) or max(_got) < 1, (
    f"For two classes that lie far apart you return {_got}. One set is answered rightly, the other is not. Does "
    "each meet its own labels, and are both prepared alike? If the second call of `standardise` is given a "
    "training set that is standardised already, it takes the mean 0 and the deviation 1 from it, and scales "
    "nothing."
)
assert np.allclose(_got, 1), (
    f"For two classes that lie far apart you return {_got}. Every answer should be right. Do inputs and "
    "labels of the same set meet, is the number of classes that of `classes`, and does the machine get inputs "
    "that are prepared like those it was trained on?"
)
_grams = tuple(float(_share) for _share in run_pipeline(_easy * [1000.0, 1.0], list(_names), ["ant", "bee"], 1))
assert np.allclose(_grams, _got), (
    f"Write the first feature in grams instead of kilograms, and {_got} becomes {_grams}. Units should make no "
    "difference after standardisation."
)
_names, _classes = ["ant", "bee", "cow"] * 20, ["ant", "bee", "cow"]
_hard = _rng.normal(size=(60, 2))
_shares = [tuple(map(float, run_pipeline(_hard.copy(), list(_names), _classes, _seed))) for _seed in range(6)]
assert len(set(_shares)) > 1, "You return the same two numbers for every seed. Does the seed reach the split?"
assert _shares[0] == tuple(map(float, run_pipeline(_hard.copy(), list(_names), _classes, 0))), (
    "The same seed gives other numbers the second time."
)
print("run_pipeline answers easy examples rightly, does not mind the units, and obeys the seed.")
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(216)
_classes = ["owl", "ant", "elk"]
_y = _rng.permutation(np.arange(75) % 3)
_names = [_classes[_i] for _i in _y]
# Features with a few very large values, so that every slip moves some answer.
_X = np.exp(1.5 * _rng.normal(size=(75, 3))) * [1, 10, 100] + 0.8 * _y[:, np.newaxis] * [1, 10, 0]


def _plain(inputs, labels, told, told_labels, learnt, learned_labels):
    """The share of right answers on `told`, with statistics of `inputs` and centres of `learnt`."""
    _middle, _width = np.mean(inputs, axis=0), np.std(inputs, axis=0)
    _learned, _told = (learnt - _middle) / _width, (told - _middle) / _width
    _centres = [_learned[learned_labels == _label].mean(axis=0) for _label in range(3)]
    _far = np.array([[np.sqrt(np.sum((_row - _centre) ** 2)) for _centre in _centres] for _row in _told])
    return float(np.mean(_far.argmin(axis=1) == told_labels))


_mine, _wanted, _leaky, _greedy, _trained = [], [], [], [], []
for _seed in range(10):
    _a, _p, _b, _q, _c, _r = (
        np.asarray(_part) for _part in train_val_test_split(_X.copy(), _y.copy(), 0.2, 0.2, _seed)
    )
    _wanted.append((_plain(_a, _p, _b, _q, _a, _p), _plain(_a, _p, _c, _r, _a, _p)))
    _leaky.append((_plain(_X, _y, _b, _q, _a, _p), _plain(_X, _y, _c, _r, _a, _p)))
    _greedy.append((_plain(_a, _p, _b, _q, _X, _y), _plain(_a, _p, _c, _r, _X, _y)))
    _trained.append(_plain(_a, _p, _a, _p, _a, _p))
    _mine.append(tuple(map(float, run_pipeline(_X.copy(), list(_names), list(_classes), _seed))))
_right = np.allclose(_mine, _wanted)
assert _right or not np.allclose(_mine, _leaky), (
    "Your mean and deviation are those of the whole table: the statistics come from all examples, so the "
    "test leaks into the training. Split first."
)
assert _right or not np.allclose(_mine, _greedy), (
    "Your centres come from all examples, validation and test included. Only the training set may train."
)
assert _right or not any(np.allclose([_pair[_i] for _pair in _mine], _trained) for _i in (0, 1)), (
    "One of your two shares is measured on the training set, that is, on examples that the machine has been "
    "trained on."
)
assert _right or not np.allclose(_mine, [_pair[::-1] for _pair in _wanted]), (
    "Your two shares have changed places: validation first, then test."
)
assert _right, (
    "For random data your shares differ from those worked out step by step from your own split. Follow the "
    "five points of the text in order: which set goes into which function?"
)
_kept = _X.copy()
run_pipeline(_kept, list(_names), list(_classes), 3)
assert np.array_equal(_kept, _X), "Your function changes the data that it is given."
### END HIDDEN TESTS

# %% [markdown]
# Now the sightings. This cell runs your program for ten seeds.

# %% tags=["demo"]
for s in range(10):
    in_validation, in_test = run_pipeline(X, names, CLASSES, seed=s)
    print(f"seed {s}: validation {in_validation:.2f}, test {in_test:.2f}")

# %% [markdown]
# The numbers go up and down with the seed: 18 examples are few, and one animal is worth 0.06. (We look into
# ten test sets only to see how much luck is in one. In real work they stay shut.) Whoever tries ten seeds and
# reports the best has made the mistake of part 5 once more. Cross-validation is calmer: it
# averages over rounds in which every example outside the test set has its turn. Here it decides something. Do
# we need both features?

# %% tags=["demo"]
X_train, y_train, X_val, y_val, X_test, y_test = train_val_test_split(X, labels, 0.0, 0.2, seed=1)
for columns, what in (([0], "mass only"), ([1], "height only"), ([0, 1], "mass and height")):
    shares = []
    for train, val in k_fold(len(X_train), 6, seed=1):
        Z_train, Z_val = standardise(X_train[train][:, columns], X_train[val][:, columns])
        shares.append(share_right(machine(Z_val, train_machine(Z_train, y_train[train], 3)), y_train[val]))
    print(f"{what:15}: {np.mean(shares):.2f} on average, from {min(shares):.2f} to {max(shares):.2f}")

# %% [markdown]
# Decide, and only then open the test set, once, for the features that you chose. (The cell below uses both.)
# Step 6 is the easy one: a new sighting comes in, three numbers come out.

# %% tags=["demo"]
Z_train, Z_final = standardise(X_train, X_test)
centres = train_machine(Z_train, y_train, 3)
print(f"test, opened once: {share_right(machine(Z_final, centres), y_test):.2f}")
sighting = np.array([[66.0, 0.91]])  # 66 kg, 0.91 m
Z_sighting = standardise(X_train, sighting)[1]
answer = machine(Z_sighting, centres)
print("three numbers:", answer[0].round(2))
print("the answer:   ", read_labels(answer, CLASSES)[0])

grid = np.stack(np.meshgrid(np.linspace(-1.7, 2.4, 300), np.linspace(-1.7, 2.1, 300)), axis=-1)
regions = machine(grid.reshape(-1, 2), centres).argmax(axis=1).reshape(300, 300)
fig, ax = plt.subplots(figsize=(6.4, 4.6), layout="constrained")
ax.contourf(
    grid[..., 0],
    grid[..., 1],
    regions,
    levels=[-0.5, 0.5, 1.5, 2.5],
    colors=["#cfe3f1", "#faead0", "#cdebe1"],
)
ax.contour(grid[..., 0], grid[..., 1], regions, levels=[0.5, 1.5], colors="#444444", linewidths=1)
for code, (colour, marker) in enumerate(((BLUE, "o"), (ORANGE, "s"), (GREEN, "^"))):
    ax.plot(
        *Z_final[y_test == code].T, marker, color=colour, markersize=6, zorder=3, label=f"{CLASSES[code]} (test)"
    )
ax.plot(*centres.T, "P", color="white", markersize=17, markeredgecolor="black")
ax.plot([], [], "P", color="white", markeredgecolor="black", markersize=10, label="centre of a class")
ax.plot(*Z_sighting[0], "*", color="black", markersize=15, label="the new sighting")
ax.set(xlabel="mass, standardised", ylabel="height, standardised")
ax.set_title("Training has found three centres; the nearest gives the answer")
ax.grid(visible=False)
ax.legend(frameon=True, loc="lower right", fontsize=9.5)
show(
    fig,
    "The plane of standardised mass and height, divided into three regions by straight borders: bear, snake "
    "and deer. A large plus marks the centre of each class. The test examples lie as circles, squares and "
    "triangles, nearly all in their own region. A star, the new sighting, lies in the deer region.",
)

# %% [markdown]
# That is the pipeline. From lecture 03 on the machine gets better. The three steps before it stay as they
# are.

# %% [markdown]
# ## Quiz
#
# One point for each question. In the cell below it, give the name that stands there the letter of your
# choice, in quotes. Run that cell and its check: it explains every choice.

# %% quiz="fixed_shape" points=1

# %% quiz="one_hot_prints" points=1

# %% quiz="grams" points=1

# %% quiz="best_of_many" points=1

# %% quiz="pairs_prints" points=1

# %% quiz="last_batch_prints" points=1

# %% quiz="days" points=1

# %% [markdown]
# ## Recap
#
# - Six steps: ask, put it as a function, prepare data, build, train, predict. The hard ones come first.
# - Inputs and outputs are numbers of a fixed shape. Pictures are divided by 255, texts are cut or filled to
#   one length.
# - Label encoding numbers the classes; as a target it claims an order. One-hot rows claim none. Soft labels
#   give shares that add up to 1.
# - Train on the training set, decide on the validation set, report the test set, once. With few examples,
#   cross-validate.
# - Shuffle inputs and labels together, with a seed. Not where time or near-copies forbid it.
# - Split first. Then take every statistic from the training set alone.
# - An epoch of $N$ examples in batches of $b$ has $s = N / b$ steps, rounded up. The last batch may be small.
#
# **Next**: lecture 03 builds the first true function learning machine, one neuron.
#
# **Glossary**: feature · embedding · label · label encoding · one-hot encoding · hard label · soft label ·
# training set · validation set · test set · shuffling · cross-validation · standardisation · leak · epoch ·
# batch · iteration · training size · batch size · steps per epoch · mini-batch · batch processing
#
# **Sources**: M. Stone, "Cross-validatory choice and assessment of statistical predictions", *Journal of the
# Royal Statistical Society B* 36 (1974). Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, "Efficient
# BackProp", in *Neural Networks: Tricks of the Trade* (1998).
