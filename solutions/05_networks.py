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
#     title: Networks
#     minutes: 120
#     points: 62
# ---

# %% [markdown]
# # Lecture 05: networks
#
# About 120 minutes. Builds on lecture 03 (one neuron, a layer of neurons) and lecture 04 (activation
# functions).
#
# After this lecture you can
#
# 1. name the layers of a network, fix a dense network by two sets of numbers, and count its parameters;
# 2. send a whole batch through a network, in NumPy, and find the place where its shapes do not fit;
# 3. build a network that computes XOR, by hand;
# 4. build a curve from bumps, and bumps from sigmoids;
# 5. say what the universal approximation theorem promises, and what it does not;
# 6. build a network in Keras, read one, and get its outputs with NumPy alone.

# %% setup="figures keras" seed=5
from itertools import pairwise

from scipy.special import expit

# %% [markdown]
# ## Why it matters
#
# Lecture 03 ended at a wall. One neuron cuts the plane along one line, and no line answers the four corners
# of XOR. Three neurons do: two that look at the corners, and one that looks at those two. You will choose
# their weights yourself.
#
# From there on it is the same step, repeated. A language model with 175 billion parameters also consists of
# layers, each fed by the one before. This lecture shows what fixes such a network, how numbers run through
# it, and which functions it can become. *How* its numbers are found from data is the matter of lectures 06 to
# 08.

# %% [markdown]
# ## 1. Neurons in layers
#
# A **neural network** is a set of artificial neurons that are wired together: what some of them send out,
# others take in. It is also called an artificial neural network, to tell it from the kind that lives.
#
# The neurons are arranged in rows. A **layer** is a set of neurons that look at the same inputs, side by
# side, each with weights and a bias of its own. A network has three kinds.
#
# - The **input layer** holds the numbers of one example, one place for each. It computes nothing and has no
#   weights. Its "neurons" are only places.
# - A **hidden layer** is a layer of neurons between input and output. There may be none, one, or many. It is
#   hidden because the data do not mention it: they hold the inputs $x$ and the targets $y$, but not what
#   these neurons should say.
# - The **output layer** is the last one. It has one neuron for each number of the answer: one for a
#   temperature, three for three classes.

# %% tags=["demo"]
sizes_drawn, columns_drawn = [2, 4, 4, 1], [0.0, 2.6, 5.2, 7.8]
names_drawn = ["input layer\n2 places", "hidden layer\n4 neurons", "hidden layer\n4 neurons", "output layer\n1 neuron"]
heights_drawn = [1.05 * (np.arange(size) - (size - 1) / 2) for size in sizes_drawn]
fig, ax = plt.subplots(figsize=(8.4, 4.4))
ax.set(xlim=(-1.2, 9.4), ylim=(-3.3, 2.4), aspect="equal")
ax.axis("off")
for k in range(3):
    for start in heights_drawn[k]:
        for end in heights_drawn[k + 1]:
            ax.plot(columns_drawn[k : k + 2], [start, end], color="#999999", linewidth=1, zorder=1)
for k, (column, name) in enumerate(zip(columns_drawn, names_drawn, strict=True)):
    colour = (BLUE, GREEN, GREEN, VERMILION)[k]
    for place in heights_drawn[k]:
        if k == 0:
            shape = plt.Rectangle((column - 0.33, place - 0.33), 0.66, 0.66, zorder=2)
        else:
            shape = plt.Circle((column, place), 0.36, zorder=2)
        shape.set(facecolor="white", edgecolor=colour, linewidth=2.2)
        ax.add_patch(shape)
    ax.text(column, -2.75, name, ha="center", va="center", fontsize=10, color="#222222")
for text, place in (("$x_2$", heights_drawn[0][0]), ("$x_1$", heights_drawn[0][1])):
    ax.text(0, place, text, ha="center", va="center", fontsize=10, zorder=3)
ax.annotate("", xy=(9.1, 0), xytext=(8.16, 0), arrowprops={"arrowstyle": "-|>", "color": "#444444"})
ax.text(9.15, 0, r"$\hat{y}$", ha="left", va="center", fontsize=12)
ax.set_title("In a dense network every neuron listens to the whole layer before it")
show(
    fig,
    "A network drawn from left to right: an input layer of two squares, two hidden layers of four circles "
    "each, an output layer of one circle. Lines join every member of a layer to every member of the next: "
    "8 lines, 16 lines, 4 lines. An arrow leads from the last circle to y hat, the output.",
)

# %% [markdown]
# The output is written $\hat y$ ("y hat"): what the model says, while $y$ is what it should say.
#
# The number of neurons in a layer is its **width**. The number of layers one after the other is the **depth**
# of the network. We count the layers that have weights, so the network of the picture has depth 3: two hidden
# layers and the output layer. Others count the input layer too, or the hidden layers only. When you read "a
# three-layer network", ask which. *Deep* learning is learning with many layers.
#
# A **dense (fully connected) layer** is one in which every neuron is connected to every output of the layer
# before. You may read that its neurons are also connected to every neuron of the *following* layer. Those
# connections belong to the following layer, which need not be dense. Other kinds of layers, with fewer
# connections or shared ones, come in lecture 13.
#
# A **feedforward network** is one in which numbers flow one way only, from the inputs to the output, and
# never in a loop. A **multilayer perceptron (MLP)** is a feedforward network of dense layers with at least
# one hidden layer. Two warnings about names.
#
# - The neurons of an MLP are rarely perceptrons. A perceptron has a step; today's hidden neurons have ReLU,
#   tanh, or another function of lecture 04.
# - Some texts call an MLP a "regular neural network" and shorten it to RNN. Do not. Everywhere else RNN means
#   *recurrent* neural network, which is the very thing that an MLP is not: it has loops (lecture 13).

# %% [markdown]
# ## 2. Two sets of numbers
#
# How much is there to decide about a dense network? Only two sets of numbers:
#
# 1. how many hidden layers it has;
# 2. how many neurons each of them has.
#
# The two ends are not yours to choose. The data fix them: the input layer has one place for each feature of
# an example, and the output layer one neuron for each number of the answer.
#
# A number that you choose *before* training, and that training leaves as it is, is a **hyperparameter**. The
# weights and biases are parameters: training finds them. (The activation function is a choice too. It adds no
# number to learn, and most networks use one and the same in all hidden layers.)
#
# In code one list holds both sets. Its length is the number of hidden layers, its entries are their widths.

# %%
hidden = [4, 4]
len(hidden), hidden[0]

# %% [markdown]
# With the two ends put on, the list holds the *sizes* of all layers. `[2, *hidden, 1]` makes a list of 2,
# everything in `hidden`, and 1.

# %%
sizes = [2, *hidden, 1]
sizes

# %% [markdown]
# How deep are networks that people use? The table has six that made history.
#
# | network | year | its job | layers | what is counted | parameters |
# |---|---|---|---|---|---|
# | LeNet-5 | 1998 | read digits | 5 | layers with weights | 60 000 |
# | AlexNet | 2012 | name the object in a photo | 8 | layers with weights | 60 million |
# | VGG-16 | 2014 | the same | 16 | layers with weights | 138 million |
# | ResNet-50 | 2015 | the same | 50 | layers with weights | 25.6 million |
# | BERT (base) | 2018 | fill gaps in a text | 12 | Transformer blocks | 110 million |
# | GPT-3 | 2020 | continue a text | 96 | Transformer blocks | 175 billion |
#
# Mind the fifth column. The first four numbers count layers with weights. The last two count *Transformer
# blocks*, and each block holds several layers with weights (lecture 13). So "12 layers" for BERT and "16
# layers" for VGG-16 are not the same measure. Even LeNet-5 is counted in two ways: its own paper says 7,
# because it counts the two layers that shrink the image.
#
# None of the six is an MLP. But each has at least one dense layer, and for each of them the first question is
# the same: *how many parameters has it?*

# %% tags=["demo"]
famous = {  # name: layers as counted in the table, parameters, where its name stands
    "LeNet-5": (5, 6e4, (6, -3)),
    "AlexNet": (8, 6e7, (-46, 7)),
    "VGG-16": (16, 1.38e8, (6, 5)),
    "ResNet-50": (50, 2.56e7, (-10, -15)),
    "BERT (base)": (12, 1.1e8, (-26, -17)),
    "GPT-3": (96, 1.75e11, (-42, -3)),
}
fig, ax = plt.subplots(figsize=(6.6, 3.9))
for name, (layers_counted, parameters, shift) in famous.items():
    blocks = name in ("BERT (base)", "GPT-3")
    style = {"marker": "s", "color": VERMILION} if blocks else {"marker": "o", "color": BLUE}
    ax.plot(layers_counted, parameters, linestyle="", markersize=8, **style)
    ax.annotate(name, (layers_counted, parameters), xytext=shift, textcoords="offset points", fontsize=10)
ax.plot([], [], "o", color=BLUE, label="layers with weights")
ax.plot([], [], "s", color=VERMILION, label="Transformer blocks")
ax.set(xscale="log", yscale="log", xlim=(4, 130), ylim=(1e4, 1e12), xlabel="layers (see the table)", ylabel="parameters")
ax.set_xticks([5, 10, 20, 50, 100], ["5", "10", "20", "50", "100"])
ax.minorticks_off()
ax.set_title("More layers do not have to mean more parameters")
ax.legend(frameon=False, loc="upper left")
show(
    fig,
    "Six networks as points, parameters over layers, both on logarithmic axes. LeNet-5: 5 layers, sixty "
    "thousand. AlexNet: 8 and sixty million. VGG-16: 16 and 138 million. ResNet-50: 50 layers but only 26 "
    "million. Squares for BERT, 12 blocks and 110 million, and GPT-3, 96 blocks and 175 billion.",
)

# %% [markdown]
# To count the parameters of a dense network, count layer by layer. Take a layer with $n$ neurons, and let the
# layer before it have $m$ of them (or $m$ inputs). There is one weight on each line, $m \cdot n$ of them, and
# one bias in each neuron:
#
# $$m \cdot n + n = (m + 1)\, n.$$
#
# The input layer has no parameters. Add up the rest.

# %% [markdown]
# ### Exercise 5.1: count by hand (slides: Exercise 3, part 1)
#
# Take the network of the picture in part 1: two inputs, two hidden layers of four neurons, one output neuron.
# Count lines and circles.
#
# - `per_layer`: a list of three numbers, the parameters of each layer that has any, from left to right;
# - `in_all`: the parameters of the whole network.

# %% exercise="by_hand"
### BEGIN SOLUTION
per_layer = [12, 20, 5]
in_all = 37
### END SOLUTION

# %% wrong="by_hand" says="no bias is among them"
per_layer = [8, 16, 4]
in_all = 28

# %% wrong="by_hand" says="The input layer"
per_layer = [2, 12, 20, 5]
in_all = 39

# %% wrong="by_hand" says="bias for each input"
per_layer = [10, 20, 8]
in_all = 38

# %% wrong="by_hand" says="one bias for each layer"
per_layer = [9, 17, 5]
in_all = 31

# %% wrong="by_hand" says="number of neurons"
per_layer = [4, 4, 1]
in_all = 9

# %% check="by_hand" points=2
assert isinstance(per_layer, (list, tuple, np.ndarray)), (
    f"`per_layer` should be a list, written in square brackets; yours is of the type {type(per_layer).__name__}."
)
_mine = [int(_each) for _each in per_layer]
assert len(_mine) != 4, "Your list has four numbers. The input layer computes nothing and has no parameters."
assert len(_mine) == 3, f"Your list has {len(_mine)} numbers. The picture has three layers with parameters."
assert _mine != [4, 4, 1], "Your list holds the number of neurons of each layer. Count parameters instead."
assert _mine != [8, 16, 4], "Your list counts the lines, and no bias is among them. Each neuron has one."
assert _mine != [10, 20, 8], (
    "Your list has one bias for each input of a layer. A bias belongs to a neuron: one for each neuron."
)
assert _mine != [9, 17, 5], "Your list has one bias for each layer. A bias belongs to a neuron: one for each neuron."
assert np.shape(in_all) == () and int(in_all) == sum(_mine), (
    f"`in_all` is {in_all}, but the numbers of your list add up to {sum(_mine)}."
)
print("Three numbers, and their sum fits. Your own function, next, can confirm them.")
### BEGIN HIDDEN TESTS
# reference: per_layer, in_all
for _k, (_got, _want) in enumerate(zip(_mine, reference_per_layer, strict=True), start=1):
    assert _got == _want, (
        f"In layer {_k} of 3 you count {_got} parameters. Count the lines that come in, then the circles."
    )
_wide = keras.Sequential([keras.Input((2,)), *[keras.layers.Dense(_n) for _n in (4, 4, 1)]])
assert int(in_all) == reference_in_all == _wide.count_params(), f"`in_all` is {in_all}; Keras counts otherwise."
### END HIDDEN TESTS

# %% [markdown]
# Now for any list of sizes. `pairwise(sizes)` goes through a list in pairs: the first entry with the second,
# the second with the third, and so on to the end. So it gives each layer together with the one after it.

# %%
for before, after in pairwise(sizes):
    print(f"from {before} to {after}")

# %% [markdown]
# ### Exercise 5.2: count for any network (slides: Exercise 3, part 2)
#
# Write `count_parameters(sizes)`. `sizes` is a list: the inputs, the widths of the hidden layers, the
# outputs. Give back the number of weights and biases of the dense network.

# %% exercise="count_parameters"
def count_parameters(sizes):
    """Return the number of weights and biases of a dense network, a whole number.

    sizes: a list such as [2, 4, 4, 1], from the inputs to the outputs.
    """
    ### BEGIN SOLUTION
    count = 0
    for before, after in pairwise(sizes):
        count += (before + 1) * after
    return count
    ### END SOLUTION

# %% wrong="count_parameters" says="no bias"
def count_parameters(sizes):
    return sum(m * n for m, n in pairwise(sizes))

# %% wrong="count_parameters" says="The inputs are not neurons"
def count_parameters(sizes):
    return sum(m * n for m, n in pairwise(sizes)) + sum(sizes)

# %% wrong="count_parameters" says="output layer is missing"
def count_parameters(sizes):
    count = 0
    for k in range(len(sizes) - 2):
        count += (sizes[k] + 1) * sizes[k + 1]
    return count

# %% wrong="count_parameters" says="bias for each input"
def count_parameters(sizes):
    return sum(m * (n + 1) for m, n in pairwise(sizes))

# %% wrong="count_parameters" says="inside the loop"
def count_parameters(sizes):
    count = 0
    for m, n in pairwise(sizes):
        count += (m + 1) * n
        return count

# %% wrong="count_parameters" says="one bias for each layer"
def count_parameters(sizes):
    return sum(m * n + 1 for m, n in pairwise(sizes))

# %% wrong="count_parameters" says="last layer only"
def count_parameters(sizes):
    for m, n in pairwise(sizes):
        count = (m + 1) * n
    return count

# %% check="count_parameters" points=4
_got = count_parameters([3, 2, 4, 3])
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), f"Return one number; yours has the shape {np.shape(_got)}."
assert _got != 26, "For the sizes 3, 2, 4, 3 you count the weights only: no bias is among them."
assert _got != 38, (
    "For the sizes 3, 2, 4, 3 you count a bias for every size in the list. The inputs are not neurons: they have none."
)
assert _got != 20, (
    "For the sizes 3, 2, 4, 3 the output layer is missing from your count. How many steps are there from the "
    "first size to the last?"
)
assert _got != 8, (
    "For the sizes 3, 2, 4, 3 you count the first layer only. Does `return` stand inside the loop?"
)
assert _got != 15, "For the sizes 3, 2, 4, 3 you count the last layer only. Does each round add, or begin anew?"
assert _got != 29, "For the sizes 3, 2, 4, 3 you count one bias for each layer. Each neuron has one of its own."
_one = count_parameters([5, 2])
assert _one != 15, "For 5 inputs and 2 neurons you count a bias for each input of a layer. Each neuron has one bias."
assert _one == 12, f"For 5 inputs and 2 neurons you count {_one}. Draw them and count lines and neurons."
assert _got == 35, f"For the sizes 3, 2, 4, 3 your count is {_got}. Draw the network; count its lines and its neurons."
print("count_parameters is right for a network with two hidden layers and for one with none.")
### BEGIN HIDDEN TESTS
# reference: count_parameters
_rng = np.random.default_rng(52)
for _layers in (1, 2, 3, 5, 9):
    _sizes = [int(_n) for _n in _rng.integers(1, 30, size=_layers + 1)]
    _want = reference_count_parameters(_sizes)
    _got = count_parameters(list(_sizes))
    assert _got == _want, f"For a network with {_layers - 1} hidden layers your count is off by {abs(_got - _want)}."
    _model = keras.Sequential([keras.Input((_sizes[0],)), *[keras.layers.Dense(_n) for _n in _sizes[1:]]])
    assert _got == _model.count_params(), f"For a network with {_layers - 1} hidden layers Keras counts otherwise."
assert count_parameters([25088, 4096, 4096, 1000]) == 123_642_856, "For very wide layers your count is wrong."
_sizes = [4, 3, 2]
count_parameters(_sizes)
assert _sizes == [4, 3, 2], "Your function changes the list that it is given."
### END HIDDEN TESTS

# %% [markdown]
# Your function already answers a question about a famous network. VGG-16 ends in three dense layers, which
# take 25 088 numbers from the layers before them. How many of its 138 million parameters are theirs?

# %% tags=["demo"]
dense_part = count_parameters([25088, 4096, 4096, 1000])
print(f"{dense_part:,} parameters in 3 of its 16 layers")

# %% [markdown]
# Nearly nine in ten. Dense layers are expensive: the weights of one are as many as the product of two widths.
#
# ### Exercise 5.3: fix a network (slides: Exercise 3, part 3)
#
# An animal is described by six numbers, and three classes are possible (bear, snake, deer), with one output
# for each. Fix a dense network for it: at least two hidden layers, and no fewer than 90 and no more than 110
# parameters in all.
#
# - `my_hidden`: the list of the widths of your hidden layers;
# - `my_total`: how many parameters your network has.
#
# Many answers are right.

# %% exercise="my_network"
### BEGIN SOLUTION
my_hidden = [6, 5]
my_total = count_parameters([6, *my_hidden, 3])
### END SOLUTION

# %% wrong="my_network" says="The two ends"
my_hidden = [6, 6, 5, 3]
my_total = count_parameters([6, 6, 5, 3])

# %% wrong="my_network" says="two hidden layers"
my_hidden = [10]
my_total = count_parameters([6, 10, 3])

# %% wrong="my_network" says="without its biases"
my_hidden = [6, 6]
my_total = 6 * 6 + 6 * 6 + 6 * 3

# %% wrong="my_network" says="outside the range"
my_hidden = [10, 10]
my_total = count_parameters([6, 10, 10, 3])

# %% check="my_network" points=2
assert isinstance(my_hidden, (list, tuple)) and all(isinstance(_n, (int, np.integer)) for _n in my_hidden), (
    "`my_hidden` should be a list of whole numbers, such as [8, 7, 6]."
)
_widths = [int(_n) for _n in my_hidden]
assert all(_n > 0 for _n in _widths), f"`my_hidden` is {_widths}. Each hidden layer needs at least one neuron."
_as_sizes = sum((_m + 1) * _n for _m, _n in pairwise(_widths))
assert not (len(_widths) > 2 and _widths[0] == 6 and _widths[-1] == 3 and my_total == _as_sizes), (
    "Your list holds the inputs and the outputs as well. The two ends come from the data; list the hidden layers only."
)
assert len(_widths) >= 2, f"The length of `my_hidden` is {len(_widths)}, but at least two hidden layers are asked for."
assert np.shape(my_total) == (), f"`my_total` should be one number; yours has the shape {np.shape(my_total)}."
_all = [6, *_widths, 3]
_weights = sum(_m * _n for _m, _n in pairwise(_all))
assert my_total != _weights, "`my_total` counts your network without its biases."
assert my_total == _weights + sum(_all[1:]), (
    f"`my_total` is {my_total}, which is not the number of parameters of a network with 6 inputs, the hidden layers "
    f"{_widths} and 3 outputs."
)
assert 90 <= my_total <= 110, f"Your network has {my_total} parameters, which is outside the range that was asked for."
print(f"Your network has {len(_widths)} hidden layers and {my_total} parameters: within the range, and counted rightly.")
### BEGIN HIDDEN TESTS
_model = keras.Sequential([keras.Input((6,)), *[keras.layers.Dense(_n) for _n in _all[1:]]])
assert my_total == _model.count_params(), "Keras counts otherwise for the network that you have fixed."
### END HIDDEN TESTS

# %% [markdown]
# ## 3. One layer, a whole batch
#
# Now the numbers run. Lecture 03 had a layer with ReLU. Here is the general one.
#
# The inputs stand in a matrix $X$, one row for each example of the batch. The weights stand in a matrix $W$,
# one column for each neuron, and the biases in a vector $b$, one number for each neuron. Then
#
# $$Z = XW + b, \qquad H = \varphi(Z),$$
#
# where $\varphi$ (phi) is the activation function, taken place by place. $Z$ is what the neurons have before
# the activation, $H$ what they send out. The first half, $XW$, is a **linear transformation**: double the
# input and the result doubles, add two inputs and the results add. (With the bias it is called affine, or, by
# almost everybody in this field, linear all the same.) The second half bends.
#
# In shapes,
#
# $$(\text{batch}, \text{in}) \cdot (\text{in}, \text{out}) \to (\text{batch}, \text{out}).$$
#
# The two inner numbers must agree, and they vanish. The two outer ones remain. The batch size appears in $X$
# and in the result, but neither in $W$ nor in $b$: the same network takes one example or a thousand.

# %% [markdown]
# We will name an activation function by a word, as Keras does. A Python *dictionary* finds a thing by its
# name: `ACTIVATIONS["relu"]` is the function `relu` itself, and `ACTIVATIONS["relu"](z)` calls it. (`expit`
# is SciPy's sigmoid. It does not overflow.)

# %%
def linear(z):
    return z


def step(z):
    return np.where(np.asarray(z) >= 0, 1.0, 0.0)


def relu(z):
    return np.maximum(0, z)


ACTIVATIONS = {"linear": linear, "step": step, "relu": relu, "tanh": np.tanh, "sigmoid": expit}
ACTIVATIONS["relu"](np.array([-1.5, 2.0]))

# %% [markdown]
# ### Exercise 5.4: a dense layer
#
# Write `dense_forward(X, W, b, activation)`: the outputs $H$ of a dense layer for a whole batch. `activation`
# is one of the names in `ACTIVATIONS`. (`@` is the matrix product, as in lecture 03.)

# %% exercise="dense_forward"
def dense_forward(X, W, b, activation):
    """Return the outputs of a dense layer, shape (batch, out).

    X: shape (batch, in). W: shape (in, out). b: shape (out,). activation: a name in ACTIVATIONS.
    """
    ### BEGIN SOLUTION
    return ACTIVATIONS[activation](X @ W + b)
    ### END SOLUTION

# %% wrong="dense_forward" says="without the biases"
def dense_forward(X, W, b, activation):
    return ACTIVATIONS[activation](X @ W)

# %% wrong="dense_forward" says="comes last"
def dense_forward(X, W, b, activation):
    return ACTIVATIONS[activation](X @ W) + b

# %% wrong="dense_forward" says="X on the left"
def dense_forward(X, W, b, activation):
    return ACTIVATIONS[activation](W @ X + b)

# %% wrong="dense_forward" says="whatever its name"
def dense_forward(X, W, b, activation):
    return relu(X @ W + b)

# %% wrong="dense_forward" says="biases down the rows"
def dense_forward(X, W, b, activation):
    return ACTIVATIONS[activation](X @ W + b.reshape(-1, 1))

# %% wrong="dense_forward" says="place by place"
def dense_forward(X, W, b, activation):
    return ACTIVATIONS[activation](X * W + b)

# %% wrong="dense_forward" says="to the weights"
def dense_forward(X, W, b, activation):
    return ACTIVATIONS[activation](X @ (W + b))

# %% wrong="dense_forward" says="has not been called"
def dense_forward(X, W, b, activation):
    return ACTIVATIONS[activation]

# %% check="dense_forward" points=4
_X = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 1.0]])
_W = np.array([[1.0, -2.0, 3.0], [-1.0, 4.0, -4.0]])
_b = np.array([0.5, -1.0, 2.0])
_z = np.array([[1.5, -3.0, 5.0], [-0.5, 3.0, -2.0], [1.5, -1.0, 4.0]])
try:
    _got = dense_forward(_X.copy(), _W.copy(), _b.copy(), "linear")
except NotImplementedError:
    raise
except ValueError as _error:
    _why = "Rows of the left matrix meet columns of the right one. Z = XW + b has X on the left, and W as it is."
    if "(3,2) (2,3)" in str(_error) or "(2,3) (3,2)" in str(_error):
        _why = "`*` multiplies place by place. The matrix product is `@`."
    raise AssertionError(f"Your function stops for X of shape (3, 2) and W of shape (2, 3): {_error}. {_why}") from None
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert not callable(_got), "You give back the activation function itself: it has not been called. Call it with Z in brackets."
assert np.shape(_got) == (3, 3), (
    f"For 3 examples and 3 neurons the shape is {np.shape(_got)}, not (3, 3): a row for each example, a column for each neuron."
)
assert not np.allclose(_got, _z - _b), "This is what the layer gives without the biases."
assert not np.allclose(_got, _z - _b + _b.reshape(-1, 1)), (
    "You add the biases down the rows, one for each example. Each neuron, so each column, has its own."
)
assert not np.allclose(_got, _X @ (_W + _b)), "You add the biases to the weights. First comes the product XW, then + b."
assert not any(np.allclose(_got, _bent) for _bent in (np.where(_z > 0, _z, 0), np.tanh(_z), expit(_z))), (
    "For the activation 'linear' something is bent. Do you use one and the same function, whatever its name says?"
)
assert np.allclose(_got, _z), f"With the activation 'linear' your layer gives\n{_got}\nWork out its first row by hand."
_got = dense_forward(_X.copy(), _W.copy(), _b.copy(), "relu")
assert not np.allclose(_got, np.where(_z - _b > 0, _z - _b, 0) + _b), (
    "The biases are added after the activation. The activation comes last."
)
assert not np.allclose(_got, _z), "With the activation 'relu' nothing is bent. Is the activation called?"
assert np.allclose(_got, np.where(_z > 0, _z, 0)), f"With the activation 'relu' your layer gives\n{_got}"
print("dense_forward is right for three examples and three neurons, with 'linear' and with 'relu'.")
### BEGIN HIDDEN TESTS
# reference: dense_forward
_rng = np.random.default_rng(54)
for _batch, _in, _out in ((1, 1, 1), (1, 4, 3), (6, 2, 5), (4, 4, 4), (50, 8, 1)):
    for _name in ("linear", "relu", "tanh", "sigmoid"):
        _X, _W, _b = _rng.normal(size=(_batch, _in)), _rng.normal(size=(_in, _out)), _rng.normal(size=_out)
        _where = f"{_batch} examples, {_in} inputs, {_out} neurons and {_name!r}"
        _got = dense_forward(_X.copy(), _W.copy(), _b.copy(), _name)
        assert np.shape(_got) == (_batch, _out), f"For {_where} the shape is {np.shape(_got)}."
        assert np.allclose(_got, reference_dense_forward(_X, _W, _b, _name)), f"For {_where} the outputs are wrong."
        _layer = keras.layers.Dense(_out, activation=_name)
        _layer.build((None, _in))
        _layer.set_weights([_W, _b])
        assert np.allclose(_got, np.asarray(_layer(_X)), atol=1e-5), f"For {_where} Keras gives something else."
assert np.allclose(dense_forward(np.zeros((2, 3)), np.ones((3, 2)), np.array([0.5, -0.5]), "tanh"), np.tanh([0.5, -0.5])), (
    "When every input is zero, only the biases are left. Your layer gives something else."
)
_X, _b = np.ones((2, 2)), np.ones(2)
dense_forward(_X, np.ones((2, 2)), _b, "step")
assert np.array_equal(_X, np.ones((2, 2))) and np.array_equal(_b, np.ones(2)), (
    "Your function changes an array that it is given. Make a new one."
)
### END HIDDEN TESTS

# %% [markdown]
# ## 4. The forward pass
#
# A network is one layer after the other, and the output of each is the input of the next:
#
# $$H_1 = \varphi_1(X W_1 + b_1), \qquad H_2 = \varphi_2(H_1 W_2 + b_2), \qquad \dots$$
#
# Working out a network's answer like this, from the inputs to the last layer, is called
# **forward propagation (forward pass, inference)**: three names for one thing. No weight changes on the way.
# The batch runs through as a whole, and its shape tells where it is.

# %% tags=["demo"]
stations = [  # name, left edge, rows, columns, what its shape means
    ("$X$", 0.0, 3, 2, "(3, 2)"),
    ("$H_1$", 4.6, 3, 4, "(3, 4)"),
    ("$H_2$", 10.6, 3, 4, "(3, 4)"),
    (r"$\hat{Y}$", 16.6, 3, 1, "(3, 1)"),
]
steps_between = [("$W_1$ (2, 4)\n$b_1$ (4,)", 3.05), ("$W_2$ (4, 4)\n$b_2$ (4,)", 9.1), ("$W_3$ (4, 1)\n$b_3$ (1,)", 15.1)]
fig, ax = plt.subplots(figsize=(8.8, 2.9))
ax.set(xlim=(-0.4, 17.8), ylim=(-1.5, 4.6), aspect="equal")
ax.axis("off")
for name, left, rows, columns, shape in stations:
    for r in range(rows):
        for c in range(columns):
            look = {"facecolor": ORANGE, "hatch": "//"} if r == 0 else {"facecolor": "white"}
            ax.add_patch(plt.Rectangle((left + 0.75 * c, rows - 1 - r), 0.75, 1, edgecolor="#444444", linewidth=1.2, **look))
    ax.text(left + 0.375 * columns, 3.5, name, ha="center", va="center", fontsize=13)
    ax.text(left + 0.375 * columns, -0.7, shape, ha="center", va="center", fontsize=10)
for text, middle in steps_between:
    ax.annotate("", xy=(middle + 1.2, 1.5), xytext=(middle - 1.2, 1.5), arrowprops={"arrowstyle": "-|>", "color": "#444444"})
    ax.text(middle, 2.35, text, ha="center", va="center", fontsize=9.5, color="#a03f00")
ax.set_title("The batch stays 3 rows high; each layer sets a new number of columns")
show(
    fig,
    "Four tables from left to right, each three rows high: X with 2 columns, H1 with 4, H2 with 4, Y hat with 1. "
    "Between them arrows with the shapes of the weights and biases: (2, 4) and (4,), (4, 4) and (4,), (4, 1) "
    "and (1,). The first row, one example, is marked in all four tables.",
)

# %% [markdown]
# In code a network is a list of layers, and each layer is a *tuple* of three things: its weights, its biases,
# the name of its activation. Round brackets make a tuple. A `for` loop can take it apart at once.

# %%
tiny_network = [
    (np.array([[1.0, -1.0], [2.0, 0.5]]), np.array([0.0, 1.0]), "relu"),
    (np.array([[1.0], [-2.0]]), np.array([0.5]), "linear"),
]
for W, b, activation in tiny_network:
    print(W.shape, b.shape, activation)

# %% [markdown]
# ### Exercise 5.5: a whole network
#
# Write `mlp_forward(X, layers)`: the output of the network for the batch `X`. `layers` is a list like
# `tiny_network`. Use your `dense_forward`.

# %% exercise="mlp_forward"
def mlp_forward(X, layers):
    """Return what the last layer sends out, shape (batch, outputs).

    X: shape (batch, inputs). layers: a list of tuples (W, b, activation).
    """
    ### BEGIN SOLUTION
    H = X
    for W, b, activation in layers:
        H = dense_forward(H, W, b, activation)
    return H
    ### END SOLUTION

# %% wrong="mlp_forward" says="layer before it"
def mlp_forward(X, layers):
    for W, b, activation in layers:
        H = dense_forward(X, W, b, activation)
    return H

# %% wrong="mlp_forward" says="first layer only"
def mlp_forward(X, layers):
    H = X
    for W, b, activation in layers:
        H = dense_forward(H, W, b, activation)
        return H

# %% wrong="mlp_forward" says="activation of its own"
def mlp_forward(X, layers):
    H = X
    for W, b, _ in layers:
        H = dense_forward(H, W, b, "relu")
    return H

# %% wrong="mlp_forward" says="output of every layer"
def mlp_forward(X, layers):
    outputs = []
    H = X
    for W, b, activation in layers:
        H = dense_forward(H, W, b, activation)
        outputs.append(H)
    return outputs

# %% wrong="mlp_forward" says="last layer is left out"
def mlp_forward(X, layers):
    H = X
    for W, b, activation in layers[:-1]:
        H = dense_forward(H, W, b, activation)
    return H

# %% check="mlp_forward" points=5
_X = np.array([[1.0, 1.0], [-1.0, 2.0], [0.0, -1.0]])
_layers = [
    (np.array([[1.0, -1.0], [2.0, 0.5]]), np.array([0.0, 1.0]), "relu"),
    (np.array([[1.0, 0.0], [-2.0, 1.0]]), np.array([0.5, -3.0]), "linear"),
]
_h = np.array([[3.0, 0.5], [3.0, 3.0], [0.0, 0.5]])
_want = np.array([[2.5, -2.5], [-2.5, 0.0], [-0.5, -2.5]])
_got = mlp_forward(_X.copy(), _layers)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert not isinstance(_got, (list, tuple)), (
    "You return a list, perhaps the output of every layer. Only what the last layer sends out is wanted."
)
assert np.shape(_got) == (3, 2), f"For three examples and two outputs the shape is {np.shape(_got)}, not (3, 2)."
assert not np.allclose(_got, _h), (
    "This is the output of the hidden layer. Either you return after the first layer only (is `return` inside the "
    "loop?), or the last layer is left out."
)
assert not np.allclose(_got, _X @ _layers[1][0] + _layers[1][1]), (
    "Your last layer looks at X. It should take the output of the layer before it."
)
assert not np.allclose(_got, np.where(_want > 0, _want, 0)), (
    "Your output has no negative number: ReLU stands at the end, too. Each layer has an activation of its own."
)
assert np.allclose(_got, _want), f"Your network gives\n{_got}\nWork out the first row by hand: which h, and then?"
print("mlp_forward is right for a network with one hidden layer and three examples.")
### BEGIN HIDDEN TESTS
# reference: mlp_forward
_rng = np.random.default_rng(55)
for _sizes in ([3, 2], [2, 4, 4, 1], [5, 7, 6, 5, 4], [1, 30, 1]):
    _names = [*["tanh", "relu", "sigmoid"][: len(_sizes) - 2], "linear"]
    _layers = [
        (_rng.normal(size=(_m, _n)), _rng.normal(size=_n), _name)
        for _m, _n, _name in zip(_sizes[:-1], _sizes[1:], _names, strict=True)
    ]
    _X = _rng.normal(size=(6, _sizes[0]))
    _before = [_W.copy() for _W, _, _ in _layers]
    _want, _got = reference_mlp_forward(_X, _layers), mlp_forward(_X.copy(), list(_layers))
    _where = f"{len(_sizes) - 2} hidden layers"
    assert np.shape(_got) == (6, _sizes[-1]), f"With {_where} the shape is {np.shape(_got)}, not {(6, _sizes[-1])}."
    assert np.allclose(_got, _want), f"With {_where} the output is wrong."
    _model = keras.Sequential(
        [keras.Input((_sizes[0],)), *[keras.layers.Dense(_W.shape[1], activation=_a) for _W, _, _a in _layers]]
    )
    _model.set_weights([_part for _W, _b, _ in _layers for _part in (_W, _b)])
    assert np.allclose(_got, np.asarray(_model(_X)), atol=1e-4), f"With {_where} Keras gives something else."
    assert np.allclose(mlp_forward(_X[2:3].copy(), list(_layers)), _want[2:3]), (
        "One example alone gives another answer than the same example in a batch."
    )
    assert all(np.array_equal(_W, _old) for (_W, _, _), _old in zip(_layers, _before, strict=True)), (
        "Your function changes the weights that it is given."
    )
### END HIDDEN TESTS

# %% [markdown]
# ### When shapes do not fit
#
# Most first errors with networks are errors of shape. NumPy stops with a sentence like this one.

# %% tags=["demo"]
try:
    np.ones((3, 4)) @ np.ones((5, 2))
except ValueError as error:
    print(error)

# %% [markdown]
# "size 5 is different from 4": the right matrix expects 5 numbers, and 4 come. (`try` runs some lines;
# `except` says what to do if they fail.)
#
# Some mistakes are worse, because nothing stops. A vector of shape `(n,)` minus a column of shape `(n, 1)`
# does not give $n$ differences. NumPy stretches both, and out comes a whole table.

# %%
outputs = np.array([[1.0], [2.0], [3.0]])
targets = np.array([1.0, 2.0, 3.0])
(outputs - targets).shape

# %% [markdown]
# The same happens with biases. If `b` has the shape `(n, 1)` instead of `(n,)`, then for a batch of $n$
# examples it is added down the rows, one bias for each *example*, without a word. So check shapes before you
# compute. `W.shape` is a tuple; `W.shape[0]` is its first number, `W.shape[1]` its second. A tuple of one
# number needs a comma: `(5,)`. Without it, `(5)` is only the number 5.
#
# ### Exercise 5.6: how far does the batch get?
#
# Write `layers_passed(inputs, layers)`. A batch has `inputs` numbers in each row; through how many layers
# does it run before the first one that does not fit? A layer fits if its `W` takes as many numbers as come
# in, and if its `b` has exactly the shape `(out,)`, one number for each column of `W`. What it sends out
# comes in at the next layer. When all fit, the answer is `len(layers)`, the number of layers. Compute no
# outputs, compare shapes only. (`break` leaves a loop at once. For shapes, `==` asks whether they are the
# same, `!=` whether they differ, and `or` whether at least one of two things holds.)

# %% exercise="layers_passed"
def layers_passed(inputs, layers):
    """Return how many layers fit, counted from the first one up to the first misfit.

    inputs: how many numbers an example has. layers: a list of tuples (W, b, activation).
    """
    ### BEGIN SOLUTION
    width = inputs
    passed = 0
    for W, b, _ in layers:
        if W.shape[0] != width or b.shape != (W.shape[1],):
            break
        width = W.shape[1]
        passed += 1
    return passed
    ### END SOLUTION

# %% wrong="layers_passed" says="first number of its shape"
def layers_passed(inputs, layers):
    width, passed = inputs, 0
    for W, b, _ in layers:
        if W.shape[1] != width or b.shape != (W.shape[1],):
            break
        width, passed = W.shape[0], passed + 1
    return passed

# %% wrong="layers_passed" says="by the layer before"
def layers_passed(inputs, layers):
    passed = 0
    for W, b, _ in layers:
        if W.shape[0] != inputs or b.shape != (W.shape[1],):
            break
        passed += 1
    return passed

# %% wrong="layers_passed" says="behind the misfit"
def layers_passed(inputs, layers):
    width, passed = inputs, 0
    for W, b, _ in layers:
        if W.shape[0] == width and b.shape == (W.shape[1],):
            passed += 1
        width = W.shape[1]
    return passed

# %% wrong="layers_passed" says="column of biases"
def layers_passed(inputs, layers):
    width, passed = inputs, 0
    for W, b, _ in layers:
        if W.shape[0] != width or len(b) != W.shape[1]:
            break
        width, passed = W.shape[1], passed + 1
    return passed

# %% wrong="layers_passed" says="looks at the biases"
def layers_passed(inputs, layers):
    width, passed = inputs, 0
    for W, _, _ in layers:
        if W.shape[0] != width:
            break
        width, passed = W.shape[1], passed + 1
    return passed

# %% wrong="layers_passed" says="yes or no"
def layers_passed(inputs, layers):
    width = inputs
    for W, b, _ in layers:
        if W.shape[0] != width or b.shape != (W.shape[1],):
            return False
        width = W.shape[1]
    return True

# %% check="layers_passed" points=3
_good = [(np.ones((3, 5)), np.ones(5), "relu"), (np.ones((5, 4)), np.ones(4), "relu"), (np.ones((4, 2)), np.ones(2), "linear")]
_got = layers_passed(3, _good)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (), f"Return one number; yours has the shape {np.shape(_got)}."
assert not isinstance(_got, (bool, np.bool_)), f"You return {_got}, a yes or no. How many layers are passed?"
assert _got != 0, (
    "Three layers (3, 5), (5, 4), (4, 2) fit 3 inputs, yet you stop at the first. How many numbers W takes is the "
    "first number of its shape; and `b.shape` is a tuple, here (5,), not a number."
)
assert _got != 1, (
    "Three layers (3, 5), (5, 4), (4, 2) fit 3 inputs, yet you stop at the second. What comes in there was made by "
    "the layer before. (Or does `return` stand inside the loop?)"
)
assert _got == 3, f"Three layers (3, 5), (5, 4), (4, 2) fit 3 inputs, and you count {_got}."
_got = layers_passed(4, _good)
assert _got != 2, (
    "With 4 inputs the first layer, of shape (3, 5), does not fit, yet you count the other two, behind the misfit. Stop there."
)
assert _got == 0, f"With 4 inputs the first layer, of shape (3, 5), does not fit, yet you count {_got}."
print("layers_passed is right for a network that fits, and for one whose first layer does not.")
### BEGIN HIDDEN TESTS
# reference: layers_passed
_bad = [_good[0], (np.ones((4, 5)), np.ones(5), "relu"), (np.ones((5, 2)), np.ones(2), "linear")]
_got = layers_passed(3, _bad)
assert _got != 2, "Where the second of three layers does not fit, you go on counting behind the misfit. Stop there."
assert _got == 1, f"Where the second of three layers does not fit, you count {_got}."
_got = layers_passed(3, [_good[0], (np.ones((5, 4)), np.ones((4, 1)), "relu"), _good[2]])
_other = layers_passed(3, [_good[0], (np.ones((5, 4)), np.ones(3), "relu"), _good[2]])
assert _other == 1, (
    "A layer with four neurons and three biases counts as fitting. Make sure that something looks at the biases."
)
assert _got == 1, "A column of biases, of shape (4, 1), counts as fitting. It would be added down the rows."
assert layers_passed(7, []) == 0, "A network without layers should give 0."
_rng = np.random.default_rng(56)
for _ in range(40):
    _shapes = _rng.integers(1, 3, size=(4, 2))
    _layers = [(np.ones(_s), np.ones(_s[1]), "tanh") for _s in _shapes]
    _inputs = int(_rng.integers(1, 3))
    _got, _want = layers_passed(_inputs, _layers), reference_layers_passed(_inputs, _layers)
    assert _got == _want, f"For {_inputs} inputs and weights of the shapes {_shapes.tolist()} you count {_got}."
    _H, _ran = np.ones((6, _inputs)), 0
    try:  # a second opinion: run it
        for _W, _b, _ in _layers:
            _H, _ran = _H @ _W + _b, _ran + 1
    except ValueError:
        pass
    assert _got == _ran, f"NumPy itself gets through {_ran} layers of the shapes {_shapes.tolist()}, and you count {_got}."
### END HIDDEN TESTS

# %% [markdown]
# ## 5. XOR, solved
#
# One neuron cannot compute XOR (lecture 03). But XOR is easily said with two questions that a neuron *can*
# answer: is at least one of the two bits 1, and are they not both 1? So take a hidden layer of two neurons,
# one for each question, and let the output neuron combine the answers.
#
# Why does that help? The output neuron does not see $x_1$ and $x_2$ any more. It sees $h_1$ and $h_2$, what
# the hidden neurons make of them. The hidden layer moves the four corners to new places, and if it moves them
# well, one line is enough there.
#
# $$h = \text{step}(x W_1 + b_1), \qquad \hat y = \text{step}(h W_2 + b_2)$$
#
# Each column of $W_1$ holds the two weights of one hidden neuron. Remember that step(0) = 1.

# %%
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
XOR_TARGETS = np.array([0, 1, 1, 0])

# %% [markdown]
# ### Exercise 5.7: a network for XOR
#
# Choose the numbers of a network with two inputs, two hidden neurons and one output neuron, all three with
# the step function: `W1` of shape (2, 2), `b1` of shape (2,), `W2` of shape (2, 1), `b2` of shape (1,). Its
# answers at the four corners should be `XOR_TARGETS`. Many choices are right. Begin with a pencil: which line
# does each hidden neuron draw? Your `mlp_forward` tells you what the network answers.

# %% exercise="xor_network"
### BEGIN SOLUTION
W1 = np.array([[1.0, 1.0], [1.0, 1.0]])  # first column: OR, second column: AND
b1 = np.array([-0.5, -1.5])
W2 = np.array([[1.0], [-1.0]])  # OR, but not AND
b2 = np.array([-0.5])
### END SOLUTION

# %% wrong="xor_network" says="send out the same"
W1 = np.array([[1.0, 1.0], [1.0, 1.0]])
b1 = np.array([-0.5, -0.5])
W2 = np.array([[1.0], [-1.0]])
b2 = np.array([-0.5])

# %% wrong="xor_network" says="output neuron"
W1 = np.array([[1.0, 1.0], [1.0, 1.0]])
b1 = np.array([-0.5, -1.5])
W2 = np.array([[1.0], [1.0]])
b2 = np.array([-0.5])

# %% wrong="xor_network" says="step(0)"
W1 = np.array([[1.0, 1.0], [1.0, 1.0]])
b1 = np.array([-0.5, -1.5])
W2 = np.array([[1.0], [-1.0]])
b2 = np.array([0.0])

# %% wrong="xor_network" says="(2, 1)"
W1 = np.array([[1.0, 1.0], [1.0, 1.0]])
b1 = np.array([-0.5, -1.5])
W2 = np.array([1.0, -1.0])
b2 = np.array([-0.5])

# %% check="xor_network" points=3
for _array, _name, _shape in ((W1, "W1", (2, 2)), (b1, "b1", (2,)), (W2, "W2", (2, 1)), (b2, "b2", (1,))):
    assert np.shape(_array) == _shape, f"`{_name}` has the shape {np.shape(_array)}. It should be {_shape}."
_W1, _b1, _W2, _b2 = (np.asarray(_array, dtype=float) for _array in (W1, b1, W2, b2))
_h = np.where(_W1.T @ CORNERS.T + _b1[:, np.newaxis] >= 0, 1, 0).T
for _i in range(4):
    for _j in range(_i):
        assert XOR_TARGETS[_i] == XOR_TARGETS[_j] or not np.array_equal(_h[_i], _h[_j]), (
            f"At {tuple(map(int, CORNERS[_j]))} and at {tuple(map(int, CORNERS[_i]))} your hidden neurons send out the "
            f"same, {tuple(map(int, _h[_i]))}, but XOR differs there. No output neuron can tell them apart any more."
        )
_z = (_h @ _W2 + _b2)[:, 0]
for _i in range(4):
    if _z[_i] == 0 and XOR_TARGETS[_i] == 0:
        raise AssertionError(
            f"At {tuple(map(int, CORNERS[_i]))} the output neuron has z = 0, and step(0) is 1. It should answer 0 there."
        )
    assert int(_z[_i] >= 0) == XOR_TARGETS[_i], (
        f"At {tuple(map(int, CORNERS[_i]))} your hidden neurons send out {tuple(map(int, _h[_i]))}, and the output neuron "
        f"has z = {_z[_i]:g}: it answers {int(_z[_i] >= 0)}, and that is wrong. Look at W2 and b2."
    )
print("Your network answers all four corners of XOR rightly.")
### BEGIN HIDDEN TESTS
# reference: mlp_forward
_want = np.logical_xor(CORNERS[:, 0] > 0, CORNERS[:, 1] > 0)
_got = reference_mlp_forward(CORNERS, [(_W1, _b1, "step"), (_W2, _b2, "step")])
assert np.array_equal(_got[:, 0], _want), "Run as a network, your numbers differ from NumPy's logical_xor."
### END HIDDEN TESTS

# %% [markdown]
# This cell draws *your* network: on the left what it answers in the whole plane, on the right where your
# hidden layer moves the corners. Each corner keeps its old name, $(x_1, x_2)$, at its new place.

# %% tags=["demo"] title="The four corners, as inputs and behind the hidden layer"
from matplotlib.colors import ListedColormap

xor_layers = [(np.asarray(W1), np.asarray(b1), "step"), (np.asarray(W2), np.asarray(b2), "step")]
axis = np.linspace(-0.6, 1.6, 221)
grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
hidden_corners = dense_forward(CORNERS, *xor_layers[0])
shades = ListedColormap(["#ffffff", "#fbe0cc"])
fig, axes = plt.subplots(1, 2, figsize=(8.6, 4.2), layout="constrained")
for ax, answer in (
    (axes[0], mlp_forward(grid, xor_layers)),
    (axes[1], dense_forward(grid, *xor_layers[1])),
):
    ax.contourf(axis, axis, answer.reshape(221, 221), levels=[-0.5, 0.5, 1.5], cmap=shades)
    ax.set(xlim=(-0.6, 1.6), ylim=(-0.6, 1.6), xticks=[0, 1], yticks=[0, 1], aspect="equal")
for neuron, style in ((0, "-"), (1, "--")):
    z_hidden = (grid @ xor_layers[0][0][:, neuron] + xor_layers[0][1][neuron]).reshape(221, 221)
    axes[0].contour(axis, axis, z_hidden, levels=[0], colors="#222222", linestyles=style)
    axes[0].plot([], [], style, color="#222222", label=f"line of hidden neuron {neuron + 1}")
for number, (corner, moved, target) in enumerate(zip(CORNERS, hidden_corners, XOR_TARGETS, strict=True)):
    look = {"marker": "s", "color": VERMILION} if target else {"marker": "o", "color": BLUE}
    for ax, place in ((axes[0], corner), (axes[1], moved)):
        ax.plot(*place, markersize=11, **look)
    axes[0].annotate(f"({corner[0]:.0f}, {corner[1]:.0f})", corner, xytext=(-16, -21), textcoords="offset points")
    axes[1].annotate(
        f"({corner[0]:.0f}, {corner[1]:.0f})", moved, xytext=(-16, 11 if number >= 2 else -21), textcoords="offset points"
    )
axes[0].set(xlabel="$x_1$", ylabel="$x_2$", title="In the inputs XOR needs two lines")
axes[1].set(xlabel="$h_1$", ylabel="$h_2$", title="After the hidden layer one line is enough")
axes[0].fill_between([], [], color="#fbe0cc", label="the network answers 1")
axes[0].legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), frameon=False, fontsize=9.5, ncols=2)
show(
    fig,
    "Left, the plane of the inputs with the four corners and the two lines of the hidden neurons: where the "
    "network answers 1 the plane is shaded, and the two squares, targets 1, lie there. Right, the plane of the "
    "hidden neurons' outputs: the corners have moved, and one straight border separates squares from circles.",
)

# %% [markdown]
# ### Exercise 5.8: what the hidden layer does (in your own words, 4 points)
#
# "A hidden layer makes new features", people say. In four or five sentences: what does the hidden layer of
# your XOR network do to the four corners, and why can the output neuron now answer with a single line? What
# would become of your network if its hidden neurons had no activation function (lectures 03 and 04), and
# could it then still compute XOR?

# %% [markdown] written="hidden_layer" points=4
# ### BEGIN SOLUTION
# Each hidden neuron answers one question about the inputs, in the reference network "at least one is 1" and
# "both are 1". So the corners get new coordinates: (0, 0) goes to (0, 0), (0, 1) and (1, 0) both go to (1,
# 0), and (1, 1) goes to (1, 1). The two corners that need the answer 1 now lie in one place, and a line
# separates it from the other two: $h_1 - h_2 - 0.5 = 0$. Without an activation the hidden layer would be
# $xW_1 + b_1$ and the output step of $(xW_1 + b_1)W_2 + b_2 = x(W_1W_2) + (b_1W_2 + b_2)$: a single neuron
# with other numbers. No single neuron computes XOR, so this network could not either.
#
# **Mark scheme**
# - 1 point: says what the hidden neurons answer, or where the corners go
# - 1 point: says that in the hidden coordinates the two classes can be separated by one line
# - 1 point: without an activation the two layers collapse into one
# - 1 point: concludes that this one layer draws one line, so XOR is out of reach
# ### END SOLUTION

# %% [markdown]
# ## 6. The function space
#
# Gather all weights and biases of a network in one long list, and call it $\theta$ (theta), as in lecture 01.
# Once the list is filled with numbers, the network gives one answer to each input: it is a function,
# $f_\theta$. Other numbers make another function. The set of all of them,
#
# $$\{f_\theta\},$$
#
# is the network's **function space**: everything that it can become. The curly brackets read "the set of
# all".
#
# You fix the space when you fix the two sets of numbers of part 2. Training then looks in that space for one
# list $\theta^*$ (theta star) whose function comes as close as possible to the goal, the unknown $f^*$. What
# is not in the space cannot be found there, however long you train.
#
# Here are twelve members of one space: a network with one input, two hidden layers of four tanh neurons and
# one linear output. Each time its 33 numbers are drawn at random.

# %% tags=["demo"]
x_axis = np.linspace(-2, 2, 201).reshape(-1, 1)  # a column: 201 examples with one input each
draws = np.random.default_rng(0)
fig, ax = plt.subplots(figsize=(6.8, 3.7))
for number in range(12):
    member = [
        (draws.normal(scale=1.5, size=(m, n)), draws.normal(scale=1.5, size=n), name)
        for m, n, name in ((1, 4, "tanh"), (4, 4, "tanh"), (4, 1, "linear"))
    ]
    colour, style = (BLUE, VERMILION, GREEN, ORANGE)[number % 4], ("-", "--", "-.")[number // 4]
    ax.plot(x_axis, mlp_forward(x_axis, member), style, color=colour, linewidth=1.6)
ax.set(xlabel="input $x$", ylabel=r"output $f_\theta(x)$")
ax.set_title(r"One network, twelve lists $\theta$, twelve functions")
show(
    fig,
    "Twelve smooth curves over inputs from minus 2 to 2. Some rise, some fall, some have a bump or a dip, some "
    "are nearly flat with a steep step. All come from the same network with other random parameters.",
)

# %% [markdown]
# Two things about function spaces are worth knowing.
#
# - A wider network can become all that the narrower one could. Give the new neuron the output weight 0, and
#   it has no say. So widening a hidden layer never takes a function away.
# - Different lists $\theta$ can make the *same* function. Swap two neurons of a hidden layer, with all their
#   weights, and the output stays as it was. A layer of four neurons has $4 \cdot 3 \cdot 2 \cdot 1 = 24$ such
#   orders. There is not one right set of weights.

# %% [markdown]
# ## 7. Bumps from sigmoids, curves from bumps
#
# How large is a function space? Build one thing with your own hands, and you know most of the answer.
#
# Take one input $x$ and one hidden layer of sigmoid neurons. In this part $\sigma$ (sigma) stands for the
# sigmoid. A sigmoid neuron with a large weight $s$ is a steep step: $\sigma(s \cdot (x - c))$ is almost 0
# left of the place $c$ and almost 1 right of it. We call $s$ the *steepness*.
#
# One step up at the place $l$ (left), and the same step *subtracted* at the place $r$ (right): that leaves a
# bump.
#
# $$\text{bump}(x) = a \cdot \big(\sigma(s\,(x - l)) - \sigma(s\,(x - r))\big)$$
#
# The number $a$ is its height.

# %% tags=["demo"] title="Two sigmoids and their sum"
x_axis = np.linspace(0, 1, 401)
fig, axes = plt.subplots(1, 2, figsize=(9, 3.3), layout="constrained", sharey=True)
axes[0].plot(x_axis, expit(60 * (x_axis - 0.3)), color=BLUE, label=r"$\sigma(60\,(x - 0.3))$")
axes[0].plot(x_axis, -expit(60 * (x_axis - 0.6)), "--", color=VERMILION, label=r"$-\,\sigma(60\,(x - 0.6))$")
axes[0].set(xlabel="input $x$", ylabel="output", title="One sigmoid up, one sigmoid down …")
axes[0].legend(frameon=False, loc="lower left")
for steepness, colour, style in ((20, ORANGE, ":"), (60, GREEN, "-"), (400, "#222222", "--")):
    both = expit(steepness * (x_axis - 0.3)) - expit(steepness * (x_axis - 0.6))
    axes[1].plot(x_axis, both, style, color=colour, label=f"$s$ = {steepness}")
axes[1].set(xlabel="input $x$", title="… make a bump between 0.3 and 0.6")
axes[1].legend(frameon=False, loc="lower left", title="steepness")
show(
    fig,
    "Left: a sigmoid that rises from 0 to 1 at 0.3, and one with a minus sign that falls from 0 to minus 1 at "
    "0.6. Right: their sum, a bump from 0.3 to 0.6, for the steepness 20, 60 and 400. The steeper, the more it "
    "looks like a box.",
)

# %% [markdown]
# ### Exercise 5.9: a bump
#
# Write `bump(x, left, right, height, steepness)`, with the formula above. `x` is an array, and the result has
# its shape. Use `expit` for the sigmoid.

# %% exercise="bump"
def bump(x, left, right, height, steepness):
    """Return a bump between left and right, made of two sigmoids. x: an array of any shape."""
    ### BEGIN SOLUTION
    return height * (expit(steepness * (x - left)) - expit(steepness * (x - right)))
    ### END SOLUTION

# %% wrong="bump" says="never comes down"
def bump(x, left, right, height, steepness):
    return height * (expit(steepness * (x - left)) + expit(steepness * (x - right)))

# %% wrong="bump" says="whole distance"
def bump(x, left, right, height, steepness):
    return height * (expit(steepness * x - left) - expit(steepness * x - right))

# %% wrong="bump" says="upside down"
def bump(x, left, right, height, steepness):
    return height * (expit(steepness * (x - right)) - expit(steepness * (x - left)))

# %% wrong="bump" says="both sigmoids"
def bump(x, left, right, height, steepness):
    return height * expit(steepness * (x - left)) - expit(steepness * (x - right))

# %% wrong="bump" says="has no effect"
def bump(x, left, right, height, steepness):
    return height * (expit(x - left) - expit(x - right))

# %% wrong="bump" says="0, 3, 0"
def bump(x, left, right, height, steepness):
    return height * (expit(steepness * (x + left)) - expit(steepness * (x + right)))

# %% check="bump" points=3
_x = np.array([-3.0, 1.5, 9.0])
_got = bump(_x.copy(), 1.0, 2.0, 3.0, 40.0)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (3,), f"For three inputs the shape is {np.shape(_got)}, not (3,)."
assert not np.isclose(_got[2], 6), (
    "Far to the right of the bump your curve stands at twice its height: it goes up twice and never comes down."
)
assert not np.isclose(_got[1], -3), "Your bump is upside down: inside it the curve should be at +height."
assert not np.isclose(_got[2], 2), (
    "Far to the right your curve is at height − 1, not at 0. The height belongs to both sigmoids."
)
assert not np.allclose(_got, 3 * (expit(_x - 1) - expit(_x - 2))), (
    "Your curve is the same for every steepness: it has no effect. It multiplies x − left and x − right."
)
_near = np.array([0.02, 0.05])
_low = bump(_near.copy(), 1.0, 2.0, 3.0, 40.0)
assert not np.allclose(_low, 3 * (expit(40 * _near - 1) - expit(40 * _near - 2))), (
    "Your steepness multiplies x only. It should multiply the whole distance from the edge."
)
assert np.allclose(_got, [0, 3, 0], atol=1e-6), (
    f"A bump of height 3 between 1 and 2 should be near 0, 3, 0 at the inputs -3, 1.5, 9. Yours is {np.round(_got, 4)}: "
    "go through the formula piece by piece."
)
print("bump is low on both sides and high in the middle.")
### BEGIN HIDDEN TESTS
# reference: bump
_rng = np.random.default_rng(59)
for _shape in ((1,), (50,), (4, 3)):
    _x = _rng.uniform(-1, 2, size=_shape)
    _left, _wide, _height, _steep = (float(_v) for _v in _rng.uniform(0.1, 1, size=4))
    for _s in (_steep, 30 * _steep):
        _got = bump(_x.copy(), _left, _left + _wide, -_height, _s)
        assert np.shape(_got) == _shape, f"For inputs of shape {_shape} the shape is {np.shape(_got)}."
        assert np.allclose(_got, reference_bump(_x, _left, _left + _wide, -_height, _s)), (
            "For random edges and a random negative height the curve is wrong."
        )
        _half = (np.tanh(_s * (_x - _left) / 2) - np.tanh(_s * (_x - _left - _wide) / 2)) / 2
        assert np.allclose(_got, -_height * _half), "The curve differs from the one written with tanh."
with np.errstate(all="ignore"):
    assert np.allclose(bump(np.array([-1e6, 0.5, 1e6]), 0.0, 1.0, 2.0, 1e4), [0, 2, 0]), (
        "For very large inputs and a very steep bump the result is wrong."
    )
_x = np.array([0.0, 1.0])
bump(_x, 0.2, 0.4, 1.0, 10.0)
assert np.array_equal(_x, [0.0, 1.0]), "Your function changes the inputs that it is given."
### END HIDDEN TESTS

# %% [markdown]
# One bump next to the other, each as high as the curve is there, and the sum follows the curve like a
# staircase. Where one bump ends and the next begins is an *edge*; $k$ bumps have $k + 1$ edges.

# %% [markdown]
# ### Exercise 5.10: a curve of bumps
#
# Write `sum_of_bumps(x, edges, heights, steepness)`. Bump number 0 stands between `edges[0]` and `edges[1]`
# and has the height `heights[0]`, and so on. Give back the sum of all bumps, an array of the shape of `x`.
#
# A `for` loop over `range(len(heights))` counts the bumps, from 0. Begin with `total = np.zeros(x.shape)`,
# zeros in the shape of `x`.

# %% exercise="sum_of_bumps"
def sum_of_bumps(x, edges, heights, steepness):
    """Return the sum of k bumps side by side. edges: k + 1 numbers. heights: k numbers."""
    ### BEGIN SOLUTION
    total = np.zeros(np.shape(x))
    for k in range(len(heights)):
        total = total + bump(x, edges[k], edges[k + 1], heights[k], steepness)
    return total
    ### END SOLUTION

# %% wrong="sum_of_bumps" says="last bump only"
def sum_of_bumps(x, edges, heights, steepness):
    for k in range(len(heights)):
        total = bump(x, edges[k], edges[k + 1], heights[k], steepness)
    return total

# %% wrong="sum_of_bumps" says="first bump only"
def sum_of_bumps(x, edges, heights, steepness):
    total = np.zeros(np.shape(x))
    for k in range(len(heights)):
        total = total + bump(x, edges[k], edges[k + 1], heights[k], steepness)
        return total

# %% wrong="sum_of_bumps" says="left edge"
def sum_of_bumps(x, edges, heights, steepness):
    total = np.zeros(np.shape(x))
    for k in range(len(heights)):
        total = total + bump(x, edges[0], edges[k + 1], heights[k], steepness)
    return total

# %% wrong="sum_of_bumps" says="an average"
def sum_of_bumps(x, edges, heights, steepness):
    total = np.zeros(np.shape(x))
    for k in range(len(heights)):
        total = total + bump(x, edges[k], edges[k + 1], heights[k], steepness)
    return total / len(heights)

# %% wrong="sum_of_bumps" says="the last bump is missing"
def sum_of_bumps(x, edges, heights, steepness):
    total = np.zeros(np.shape(x))
    for k in range(len(heights) - 1):
        total = total + bump(x, edges[k], edges[k + 1], heights[k], steepness)
    return total

# %% wrong="sum_of_bumps" says="taken from `edges`"
def sum_of_bumps(x, edges, heights, steepness):
    total = np.zeros(np.shape(x))
    for k in range(len(heights)):
        total = total + bump(x, k, k + 1, heights[k], steepness)
    return total

# %% check="sum_of_bumps" points=4
_x = np.array([0.5, 1.5, 2.5, 3.5, 6.0])
_got = sum_of_bumps(_x.copy(), np.array([0.0, 1.0, 3.0, 5.0]), np.array([2.0, -1.0, 4.0]), 100.0)
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert np.shape(_got) == (5,), f"For five inputs the shape is {np.shape(_got)}, not (5,)."
_got = np.asarray(_got, dtype=float)
assert not np.allclose(_got, [0, 0, 0, 4, 0], atol=1e-3), "This is the last bump only. Does each round add, or begin anew?"
assert not np.allclose(_got, [2, 0, 0, 0, 0], atol=1e-3), (
    "This is the first bump only. Does `return` stand inside the loop?"
)
assert not np.allclose(_got, [2, -1, -1, 0, 0], atol=1e-3), "Two of three bumps are there: the last bump is missing."
assert not np.allclose(_got, np.array([2, -1, -1, 4, 0]) / 3, atol=1e-3), (
    "Your sum is an average: it is divided by how many bumps there are."
)
assert not np.allclose(_got, [5, 3, 3, 4, 0], atol=1e-3), (
    "Your bumps overlap. Each has its own left edge, not the first of all edges."
)
assert not np.allclose(_got, [2, -1, 4, 0, 0], atol=1e-3), (
    "Your bumps stand from 0 to 1, from 1 to 2, from 2 to 3. Their places should be taken from `edges`."
)
assert np.allclose(_got, [2, -1, -1, 4, 0], atol=1e-3), (
    "Bumps of the heights 2, -1, 4 with the edges 0, 1, 3, 5 should give 2, -1, -1, 4, 0 at the inputs 0.5, 1.5, 2.5, "
    f"3.5, 6. You get {np.round(_got, 3)}."
)
print("sum_of_bumps is right inside three bumps and to the right of them.")
### BEGIN HIDDEN TESTS
# reference: sum_of_bumps
_rng = np.random.default_rng(510)
for _k, _shape in ((1, (7,)), (6, (40,)), (25, (5, 4))):
    _edges, _heights = np.sort(_rng.uniform(0, 1, size=_k + 1)), _rng.normal(size=_k)
    _x = _rng.uniform(-0.2, 1.2, size=_shape)
    for _s in (5.0, 80.0):
        _want = reference_sum_of_bumps(_x, _edges, _heights, _s)
        _got = sum_of_bumps(_x.copy(), _edges.copy(), _heights.copy(), _s)
        assert np.shape(_got) == _shape, f"For inputs of shape {_shape} the shape is {np.shape(_got)}."
        assert np.allclose(_got, _want), f"For {_k} random bumps the sum is wrong."
        _jumps = np.diff(np.concatenate([[0.0], _heights, [0.0]]))  # the same curve, written edge by edge
        assert np.allclose(_got, (_jumps * expit(_s * (_x[..., np.newaxis] - _edges))).sum(axis=-1)), (
            f"For {_k} random bumps the sum differs from the one added edge by edge."
        )
_x = np.array([0, 1, 2, 3])
_got = sum_of_bumps(_x, np.array([-0.5, 1.5, 3.5]), np.array([0.5, 1.5]), 50.0)
assert np.allclose(_got, [0.5, 0.5, 1.5, 1.5], atol=1e-3), "When `x` holds whole numbers the sum is wrong."
assert np.array_equal(_x, [0, 1, 2, 3]), "Your function changes the inputs that it is given."
### END HIDDEN TESTS

# %% [markdown]
# Try it on a curve. The heights come from the curve itself, at the middle of each bump. No training is
# needed.

# %%
def curve(x):
    """The curve that the rest of the lecture wants to imitate, for x from 0 to 1."""
    return np.sin(2 * np.pi * x) + 0.5 * np.sin(6 * np.pi * x)


x_fine = np.linspace(0, 1, 401)

# %% tags=["demo"]
fig, axes = plt.subplots(1, 3, figsize=(9.8, 3.2), sharey=True, layout="constrained")
for ax, count in zip(axes, (6, 15, 60), strict=True):
    edges = np.linspace(0, 1, count + 1)  # count + 1 numbers from 0 to 1, evenly spaced
    edges[0], edges[-1] = -1.0, 2.0  # the outer bumps reach beyond the picture
    middles = (np.arange(count) + 0.5) / count
    g = sum_of_bumps(x_fine, edges, curve(middles), 20 * count)
    ax.plot(x_fine, curve(x_fine), "--", color=VERMILION, label="the curve")
    ax.plot(x_fine, g, color=BLUE, linewidth=1.6, label="sum of bumps")
    ax.set(xlabel="input $x$", title=f"{count} bumps: off by up to {np.max(np.abs(g - curve(x_fine))):.2f}")
axes[0].set_ylabel("output")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
fig.suptitle("The more bumps, the closer the staircase comes to the curve", fontsize=12)
show(
    fig,
    "Three panels with the same wavy curve, dashed, and a staircase made of bumps: 6, 15 and 60 of them. The "
    "titles give the largest distance between the two, which shrinks from panel to panel.",
)

# %% [markdown]
# Now look at what you have written. Each bump is two sigmoids of $x$, each with a weight and a bias, and
# everything is added up with weights of its own. That *is* a network: one hidden layer of sigmoid neurons and
# one linear output neuron. $k$ bumps need $2k$ hidden neurons (or $k + 1$, as neighbours can share an edge).
#
# Written for any weights, with $m$ hidden neurons, such a network is
#
# $$g(x) = \sum_{j=1}^{m} w^{(2)}_j\, \sigma\big(x \cdot w^{(1)}_j - b_j\big).$$
#
# ($\sum$ says "add up", here over all $m$ hidden neurons.) The small numbers in brackets say which layer a
# weight belongs to; they are no powers. With $n$ inputs, $x \cdot w^{(1)}_j$ is the weighted sum
# $\sum_i x_i w^{(1)}_{j,i}$. The bias is *subtracted* here; ours is $-b_j$. For a bump, $w^{(1)} = s$ and
# $b = s \cdot l$ on the left, $b = s \cdot r$ on the right, and $w^{(2)}$ is $a$ and $-a$.

# %% [markdown]
# ### The theorem
#
# George Cybenko proved in 1989 that this always works. The **universal approximation theorem** says: take any
# *continuous* function $f$ (its graph has no jump) on a closed box, such as all inputs from 0 to 1 (closed:
# with its borders), and any error $\varepsilon > 0$ (epsilon), as small as you like. Then there are a number
# $m$ and weights and biases such that
#
# $$|g(x) - f(x)| < \varepsilon \quad \text{for every } x \text{ in the box.}$$
#
# (The upright bars make a difference positive: they give a distance.)
#
# The slides say it in a mathematician's words: these sums "are dense in $C(I_n)$ with respect to the supremum
# norm". $C(I_n)$ is the set of continuous functions on the box with $n$ inputs. The supremum norm is the
# largest distance anywhere. *Dense* means that some sum lies as close as you wish to each function. (This
# "dense" has nothing to do with dense layers.)
#
# One hidden layer is enough, then. The sentence is often told as more than it is. What it does not say:
#
# - **Not how many neurons.** $m$ may be enormous. See below.
# - **Not how to find the weights.** It promises that weights exist, not that training finds them.
# - **Not anything outside the box**, and nothing about places between your samples. It speaks of a function
#   that is known everywhere; you have examples.
# - **Not every activation.** You may read that any non-linear function will do. It will not:
#   $\varphi(z) = z^2$ is not linear, but a sum of parabolas is one parabola, however many there are. Leshno
#   and colleagues (1993) found the exact condition: any usual activation function (continuous, say) works if
#   and only if it is not a polynomial.
#
# So it does not mean that a network "can learn anything". It can *be* almost anything. Learning is another
# matter.

# %% tags=["demo"]
x_fit = np.linspace(0, 1, 101)
wavy_hill = 4 * x_fit * (1 - x_fit) + 0.3 * np.cos(6 * np.pi * x_fit)
draws = np.random.default_rng(2)
fig, axes = plt.subplots(1, 2, figsize=(8.8, 3.3), sharey=True, layout="constrained")
places_50, slopes_50 = draws.uniform(-0.1, 1.1, size=50), draws.uniform(-25, 25, size=50)
z_50 = (x_fit.reshape(-1, 1) - places_50) * slopes_50
for ax, H, name in ((axes[0], expit(z_50), "sigmoid"), (axes[1], z_50**2, "$z^2$")):
    table = np.column_stack([H, np.ones(101)])
    best = table @ np.linalg.lstsq(table, wavy_hill, rcond=None)[0]
    ax.plot(x_fit, wavy_hill, "--", color=VERMILION, linewidth=3, label="the curve")
    ax.plot(x_fit, best, color=BLUE, linewidth=1.6, label="best fit")
    ax.set(xlabel="input $x$", title=f"50 hidden neurons with {name}")
axes[0].set_ylabel("output")
axes[1].legend(frameon=False, loc="lower center")
fig.suptitle("Not every bent function will do: parabolas add up to a parabola", fontsize=12)
show(
    fig,
    "Two panels with a hill that has waves on it, dashed. Left, the best fit of a network with 50 sigmoid neurons lies "
    "on the curve. Right, the best fit with 50 neurons whose activation is the square is one plain parabola: it follows "
    "the hill and none of the waves.",
)

# %% [markdown]
# (How the best fit is found, you learn in part 8.)
#
# How many neurons are enough? Think of the bumps. Ten along one input make a rough staircase. With two inputs
# the same recipe needs a grid of ten by ten bumps, with three inputs ten by ten by ten. A digit of MNIST has
# 784 inputs (lecture 10).

# %% tags=["demo"]
for inputs in (1, 2, 3, 6):
    print(f"{inputs} inputs: {10**inputs:,} bumps")
print("784 inputs: a number with", len(str(10**784)), "digits")

# %% [markdown]
# The whole visible universe has about $10^{80}$ atoms, a number with 81 digits. So "enough neurons" is a
# promise that nobody can pay for, at least by this recipe. That networks work on images has another reason:
# images are far from being arbitrary tables of numbers.

# %% [markdown]
# ### Depth instead of width
#
# If one hidden layer is enough for everything, why do people stack them? Because for some functions depth is
# far cheaper. Here is one that shows it well.
#
# Two ReLU neurons and a weighted sum make a *tent*: $2\,\text{ReLU}(x) - 4\,\text{ReLU}(x - 0.5)$ climbs from
# 0 to 1 and comes back to 0. Let a second tent look at the output of the first. While the first goes up *and*
# down, the second runs through its tent twice. Each further layer of two neurons doubles the teeth.

# %% tags=["demo"] title="Teeth made by networks with more and more layers"
tent_in = (np.array([[1.0, 1.0]]), np.array([0.0, -0.5]), "relu")
tent_between = (np.array([[2.0, 2.0], [-4.0, -4.0]]), np.array([0.0, -0.5]), "relu")
tent_out = (np.array([[2.0], [-4.0]]), np.array([0.0]), "linear")
x_axis = np.linspace(0, 1, 1025).reshape(-1, 1)
fig, axes = plt.subplots(1, 3, figsize=(9.6, 2.7), sharey=True, layout="constrained")
for ax, depth in zip(axes, (1, 3, 5), strict=True):
    teeth = mlp_forward(x_axis, [tent_in, *[tent_between] * (depth - 1), tent_out])[:, 0]
    ax.plot(x_axis[:, 0], teeth, color=BLUE, linewidth=1.6)
    peaks = int(np.sum((teeth[1:-1] > teeth[:-2]) & (teeth[1:-1] > teeth[2:])))
    numbers = count_parameters([1, *[2] * depth, 1])
    ax.set(xlabel="input $x$", title=f"{depth} hidden layers of 2:\n{peaks} teeth, {numbers} parameters")
axes[0].set_title(axes[0].get_title().replace("layers", "layer").replace("teeth", "tooth"))
axes[0].set_ylabel("output")
show(
    fig,
    "Three panels. One hidden layer of two ReLU neurons makes one tooth, with 7 parameters. Three such layers make "
    "four teeth, with 19 parameters. Five layers make sixteen teeth, with 31 parameters.",
)

# %% [markdown]
# Sixteen teeth have 32 straight pieces, so 31 bends. In *one* hidden layer each ReLU neuron adds at most one
# bend, so at least 31 neurons are needed.

# %% tags=["demo"]
print(count_parameters([1, 31, 1]), "parameters with one hidden layer,", count_parameters([1, 2, 2, 2, 2, 2, 1]), "with five")

# %% [markdown]
# Three times as many. One more layer costs the deep network 6 parameters; the wide one has to double its
# neurons. (This is an example made for the purpose, after Matus Telgarsky, 2016. For
# other functions depth gains nothing.)
#
# Often told in this place: the theorem is of 1989, and then the world waited until 2012 for computers fast
# enough. It is not so simple. Networks of several layers read handwriting in banks in the 1990s, and what the
# theorem says is about networks with *one* hidden layer.

# %% [markdown]
# ### Exercise 5.11: what the theorem promises (in your own words, 4 points)
#
# A colleague has the temperatures of the last 500 days and wants to forecast the next 30. "By the universal
# approximation theorem", she says, "one hidden layer is enough. I only have to train long enough, and the
# forecast will be as exact as I like."
#
# What does the theorem promise her, and which of her conclusions does not follow? Give three gaps in her
# argument.

# %% [markdown] written="theorem" points=4
# ### BEGIN SOLUTION
# The theorem says: for each continuous function on a closed box and each error there is a network with one
# hidden layer that stays within this error all over the box. So a suitable network exists, if the temperature
# is a continuous function of whatever she feeds in. Gaps: it does not say how many hidden neurons are needed;
# there may be far more than she can afford. It does not say that training finds the weights, however long it
# runs. It speaks of a box that is known, while the next 30 days lie outside the days that she has: a network
# may fit every past day and be arbitrarily wrong later. And it needs the values of the function, while she
# has 500 samples with noise; many functions go through them, and nothing in the theorem picks the right one.
#
# **Mark scheme**
# - 1 point: says correctly what is promised (existence of a network, for a continuous function, to any given
#   error)
# - 3 points: one for each valid gap, at most three: the number of neurons, training need not find the
#   weights, outside the box (the future), samples and noise instead of the function, a fixed network (not one
#   with enough neurons), the future need not be a function of the inputs at all
# ### END SOLUTION

# %% [markdown]
# ## 8. Learnt instead of chosen
#
# The bumps were placed by hand. Can the numbers come from the samples? Here is a way that needs nothing but
# linear algebra. Draw the weights and biases of the *hidden* layer at random, and leave them. Then only the
# output neuron is open, and its output is a weighted sum plus a bias:
#
# $$\hat y = H w + b.$$
#
# $H$ holds what the hidden neurons send out, one row for each sample and one column for each neuron. We want
# $w$ and $b$ for which the $\hat y$ come close to the targets $y$. *Least squares* means: make the sum of the
# squared differences as small as possible. For a weighted sum there is a formula for the best $w$, and
# `np.linalg.lstsq(A, y, rcond=None)` knows it: it gives the $w$ for which `A @ w` comes closest to `y` in
# this sense. It returns four things, of which the first, at `[0]`, is the solution.
#
# One piece is missing: `A @ w` has no bias. The bias is a weight whose input is always 1. So give `A` one
# more column, of ones. `np.ones(n)` makes $n$ ones, and `np.column_stack([H, ones])` puts them to the right
# of `H`.

# %% [markdown]
# ### Exercise 5.12: the best output weights
#
# Write `fit_output(H, y)`. It returns two things: the weights `w`, shape `(neurons,)`, and the bias `b`, one
# number, for which `H @ w + b` is closest to `y` in the sense of least squares. (To take a vector apart: `v[-1]`
# is the last entry of `v`, and `v[:-1]` is all before it.)

# %% exercise="fit_output"
def fit_output(H, y):
    """Return the weights, shape (neurons,), and the bias of the best output neuron.

    H: outputs of the hidden neurons, shape (n, neurons). y: targets, shape (n,).
    """
    ### BEGIN SOLUTION
    A = np.column_stack([H, np.ones(len(H))])
    solution = np.linalg.lstsq(A, y, rcond=None)[0]
    return solution[:-1], solution[-1]
    ### END SOLUTION

# %% wrong="fit_output" says="without a bias"
def fit_output(H, y):
    return np.linalg.lstsq(H, y, rcond=None)[0], 0.0

# %% wrong="fit_output" says="first place"
def fit_output(H, y):
    A = np.column_stack([H, np.ones(len(H))])
    solution = np.linalg.lstsq(A, y, rcond=None)[0]
    return solution[1:], solution[0]

# %% wrong="fit_output" says="two neurons that are alike"
def fit_output(H, y):
    A = np.column_stack([H, np.ones(len(H))])
    solution = np.linalg.solve(A.T @ A, A.T @ y)
    return solution[:-1], solution[-1]

# %% wrong="fit_output" says="mean of the targets"
def fit_output(H, y):
    return np.linalg.lstsq(H, y - y.mean(), rcond=None)[0], y.mean()

# %% wrong="fit_output" says="one list"
def fit_output(H, y):
    A = np.column_stack([H, np.ones(len(H))])
    return np.linalg.lstsq(A, y, rcond=None)[0]

# %% wrong="fit_output" says="first column"
def fit_output(H, y):
    A = np.column_stack([np.ones(len(H)), H])
    solution = np.linalg.lstsq(A, y, rcond=None)[0]
    return solution[:-1], solution[-1]

# %% wrong="fit_output" says="afterwards"
def fit_output(H, y):
    w = np.linalg.lstsq(H, y, rcond=None)[0]
    return w, np.mean(y - H @ w)

# %% wrong="fit_output" says="still among them"
def fit_output(H, y):
    A = np.column_stack([H, np.ones(len(H))])
    solution = np.linalg.lstsq(A, y, rcond=None)[0]
    return solution, solution[-1]

# %% check="fit_output" points=4
_H = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [2.0, 5.0], [3.0, -1.0]])
_y = _H @ np.array([2.0, -1.0]) + 7.0
_got = fit_output(_H.copy(), _y.copy())
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert isinstance(_got, (tuple, list)) and len(_got) == 2, (
    "Return two things, `w` and `b`. If you have all numbers in one list, take it apart."
)
_w, _b = np.asarray(_got[0], dtype=float), _got[1]
assert np.shape(_w) != (3,), "For two neurons your `w` has three numbers. Is the bias still among them?"
assert np.shape(_w) == (2,), f"For two neurons `w` should have the shape (2,), not {np.shape(_w)}."
assert np.shape(_b) == (), f"`b` should be one number; yours has the shape {np.shape(_b)}."
assert not (np.isclose(_b, 2) and np.allclose(_w, [-1, 7])), (
    "You take the bias from the first place of the solution. In which column of your table do the ones stand?"
)
assert not (np.isclose(_b, -1) and np.allclose(_w, [7, 2])), (
    "The ones stand in the first column of your table, and you take the bias from the last place of the solution."
)
assert not np.isclose(_b, 0), "Your output neuron is without a bias: b is 0, and the targets cannot be met."
assert not np.isclose(_b, _y.mean()), (
    "Your bias is the mean of the targets. That is right only if every column of H has the mean 0. Find b together with w."
)
assert not np.allclose(_w, np.linalg.lstsq(_H, _y, rcond=None)[0]), (
    "Your weights are the best ones without a bias, and the bias was put on afterwards. Find b together with w."
)
assert np.allclose(_H @ _w + _b, _y), (
    f"Five targets that an output neuron can meet exactly are missed by up to {np.abs(_H @ _w + _b - _y).max():.3g}."
)
print("fit_output finds the weights and the bias behind five targets.")
### BEGIN HIDDEN TESTS
# reference: fit_output
_rng = np.random.default_rng(512)
for _n, _m in ((6, 1), (40, 5), (200, 30), (3, 3)):
    _H, _y = _rng.normal(size=(_n, _m)) + 0.5, _rng.normal(size=_n)
    _want_w, _want_b = reference_fit_output(_H, _y)
    _w, _b = fit_output(_H.copy(), _y.copy())
    _want, _mine = _H @ _want_w + _want_b, _H @ np.asarray(_w) + _b
    assert np.allclose(_mine, _want, atol=1e-6), f"For {_n} random samples and {_m} neurons the outputs are not the best ones."
    _left = _y - _mine  # at the best weights what is left is at a right angle to every column
    assert np.allclose(_H.T @ _left, 0, atol=1e-6) and np.isclose(_left.sum(), 0, atol=1e-6), (
        f"For {_n} random samples and {_m} neurons a small change of the weights or the bias would come closer."
    )
_H, _y = _rng.normal(size=(20, 3)), _rng.normal(size=20)
_H = np.column_stack([_H, _H[:, 0]])
_want_w, _want_b = reference_fit_output(_H, _y)
_trouble = "With two neurons that are alike, many weights are equally good, and your function finds none. Let lstsq do it."
try:
    _w, _b = fit_output(_H.copy(), _y.copy())
except Exception:
    raise AssertionError(_trouble) from None
assert np.allclose(_H @ np.asarray(_w) + _b, _H @ _want_w + _want_b, atol=1e-4) and np.max(np.abs(_w)) < 1e4, _trouble
_H, _y = np.ones((3, 1)), np.array([1.0, 2.0, 3.0])
fit_output(_H, _y)
assert np.array_equal(_H, np.ones((3, 1))) and np.array_equal(_y, [1, 2, 3]), "Your function changes an array that it is given."
### END HIDDEN TESTS

# %% [markdown]
# Now draw hidden neurons. Neuron $j$ is $\sigma(s \cdot r_j \cdot (x - c_j))$: a soft step at the place
# $c_j$. The number $r_j$ makes it rise or fall, more or less steeply, and $s$ is the steepness of all. So its
# weight is $s\,r_j$ and its bias $-s\,r_j\,c_j$. Forty are drawn, and a network with $m$ neurons takes the
# first $m$.

# %%
places = np.round(rng.uniform(0, 1, size=40), 3)
slopes = np.round(rng.uniform(0.5, 1.5, size=40) * rng.choice([-1, 1], size=40), 3)
x_samples = np.linspace(0, 1, 101)


def hidden_outputs(x, neurons, steepness):
    """Return what the first hidden neurons send out, shape (len(x), neurons)."""
    # reshape(-1, 1) makes a column, however long, and reshape(1, -1) a row
    weights = steepness * slopes[:neurons]
    return dense_forward(x.reshape(-1, 1), weights.reshape(1, -1), -weights * places[:neurons], "sigmoid")


hidden_outputs(x_samples, 6, 12).shape

# %% tags=["demo"] title="Fits with few and with many random neurons, and their errors"
fig, axes = plt.subplots(1, 3, figsize=(10, 3.2), layout="constrained")
for ax, neurons in zip(axes[:2], (5, 12), strict=True):
    H = hidden_outputs(x_samples, neurons, 12)
    w, b = fit_output(H, curve(x_samples))
    error = np.sqrt(np.mean((H @ w + b - curve(x_samples)) ** 2))
    ax.plot(x_samples, curve(x_samples), "--", color=VERMILION, linewidth=3, label="the curve")
    ax.plot(x_samples, H @ w + b, color=BLUE, linewidth=1.6, label="best fit")
    ax.set(xlabel="input $x$", ylabel="output", title=f"{neurons} neurons: error {error:.3f}", ylim=(-1.6, 1.6))
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
errors_by_width = []
for neurons in range(1, 41):
    H = hidden_outputs(x_samples, neurons, 12)
    w, b = fit_output(H, curve(x_samples))
    errors_by_width.append(np.sqrt(np.mean((H @ w + b - curve(x_samples)) ** 2)))
axes[2].plot(range(1, 41), errors_by_width, "o-", color=GREEN, markersize=3.5)
axes[2].set(yscale="log", xlabel="hidden neurons", ylabel="error", title="More neurons, smaller error")
show(
    fig,
    "Left and middle: the wavy curve, dashed, and the best fit with 5 and with 12 random sigmoid neurons; with 12 "
    "it lies much closer. Right: the error over the number of neurons from 1 to 40, on a logarithmic axis. It "
    "falls step by step, from more than a tenth with one neuron to less than a millionth with forty.",
)

# %% [markdown]
# The *error* here is a typical distance between the two curves: square the differences at all samples, take
# the mean, then the root. (Lecture 06 says more about such measures.) It never rises when a neuron is added
# (but for rounding). That is the first of the two remarks of part 6 at work: the new neuron could always have
# been given the weight 0.
#
# The playground has the same forty neurons and the same curve. It finds the output weights in almost the same
# way, each time you move a slider: with a tiny penalty on huge weights. So there the error may rise a little.

# %% playground="fit" height=740
seed = {
    "curve": "waves",
    "neurons": 5,
    "steepness": 12,
    "places": places.tolist(),
    "slopes": slopes.tolist(),
}

# %% [markdown]
# Try these.
#
# 1. Add neurons one by one. At which number does the error first fall below 0.1, and at which below 0.01? How
#    many parameters has the network then?
# 2. Choose the curve *jump* and go to 40 neurons. Which of the two distances hardly improves? Which word in
#    the theorem says why?
# 3. Back to *waves*, with 12 neurons. Pull the steepness all the way up: what becomes of the fit, and how
#    large is the largest output weight? Then pull it all the way down. Where have the faint lines gone, one
#    for each neuron? (They are so large that they lie outside the picture, and they cancel each other.)
# 4. Choose *fast*, with the steepness 12. How many neurons does it take until the fit follows at all?
# 5. Back to *waves* with 8 neurons and the steepness 12. Press *Draw other neurons* a few times. How much
#    luck is in the error? (Training, from lecture 07 on, leaves less to luck: it moves the hidden weights
#    too.)

# %% [markdown]
# ## 9. The same in Keras
#
# Keras is a library that builds and trains networks. The slides' example in it, with one input:

# %%
keras.utils.set_random_seed(5)  # the same first weights, each time this cell is run
slides_model = keras.Sequential([
    keras.Input(shape=(1,)),
    keras.layers.Dense(4, activation="tanh"),
    keras.layers.Dense(4, activation="tanh"),
    keras.layers.Dense(1),
])
slides_model.count_params()

# %% [markdown]
# Read it line by line.
#
# - `Sequential` means one layer after the other.
# - `Input(shape=(1,))` says how many numbers an example has, as a tuple: mind the comma. It makes no neurons.
#   The slides leave it out. Then Keras waits for the first data, and until they come the model has no weights.
# - `Dense(4, activation="tanh")` is a dense layer of four tanh neurons. How many inputs it has, Keras sees
#   for itself.
# - `Dense(1)` names no activation, and then it is linear. (The slides write `activation=None`, which says the
#   same.) A network that should put out any number ends like this.
#
# So the two sets of numbers stand there plainly: two hidden layers, 4 and 4. `summary` lists layer after
# layer. `None` is the batch size, which is left open, as in part 3.

# %% tags=["demo"]
slides_model.summary()

# %% [markdown]
# `get_weights` gives all parameters as a list of arrays: the weights of the first layer, its biases, the
# weights of the second layer, its biases, and so on. A fresh Keras model has random weights and zero biases.
# (Why random, you see in lecture 12.)

# %%
[array.shape for array in slides_model.get_weights()]

# %% [markdown]
# ### Exercise 5.13: build a model
#
# Write `build_mlp(inputs, hidden, outputs)`. It returns a Keras model with `inputs` inputs, a dense tanh
# layer for each number in the list `hidden`, and a linear output layer of `outputs` neurons. `layers = []`
# makes an empty list, and `layers.append(layer)` adds one at its end.

# %% exercise="build_mlp"
def build_mlp(inputs, hidden, outputs):
    """Return a Keras model, not trained: tanh in the hidden layers, a linear output layer."""
    ### BEGIN SOLUTION
    layers = [keras.Input(shape=(inputs,))]
    for neurons in hidden:
        layers.append(keras.layers.Dense(neurons, activation="tanh"))
    layers.append(keras.layers.Dense(outputs))
    return keras.Sequential(layers)
    ### END SOLUTION

# %% wrong="build_mlp" says="between -1 and 1"
def build_mlp(inputs, hidden, outputs):
    layers = [keras.Input(shape=(inputs,))]
    for neurons in [*hidden, outputs]:
        layers.append(keras.layers.Dense(neurons, activation="tanh"))
    return keras.Sequential(layers)

# %% wrong="build_mlp" says="computes nothing"
def build_mlp(inputs, hidden, outputs):
    layers = [keras.Input(shape=(inputs,)), keras.layers.Dense(inputs, activation="tanh")]
    for neurons in hidden:
        layers.append(keras.layers.Dense(neurons, activation="tanh"))
    layers.append(keras.layers.Dense(outputs))
    return keras.Sequential(layers)

# %% wrong="build_mlp" says="each number in `hidden`"
def build_mlp(inputs, hidden, outputs):
    return keras.Sequential([
        keras.Input(shape=(inputs,)),
        keras.layers.Dense(hidden[0], activation="tanh"),
        keras.layers.Dense(outputs),
    ])

# %% wrong="build_mlp" says="collapses"
def build_mlp(inputs, hidden, outputs):
    layers = [keras.Input(shape=(inputs,))]
    for neurons in [*hidden, outputs]:
        layers.append(keras.layers.Dense(neurons))
    return keras.Sequential(layers)

# %% wrong="build_mlp" says="has no weights yet"
def build_mlp(inputs, hidden, outputs):
    layers = []
    for neurons in hidden:
        layers.append(keras.layers.Dense(neurons, activation="tanh"))
    layers.append(keras.layers.Dense(outputs))
    return keras.Sequential(layers)

# %% check="build_mlp" points=4
_model = build_mlp(3, [6, 5], 2)
assert _model is not None, "Your function gives nothing back. Does it end with `return`?"
assert isinstance(_model, keras.Model), f"Return a Keras model; yours is of the type {type(_model).__name__}."
_shapes = [tuple(_each.shape) for _each in _model.get_weights()]
assert _shapes, "Your model has no weights yet: nothing tells it how many inputs there are."
_units = [_shape[1] for _shape in _shapes if len(_shape) == 2]
assert _shapes[0][0] == 3, f"Your model takes {_shapes[0][0]} inputs, and 3 are asked for."
assert _units != [3, 6, 5, 2], (
    "There is a Dense layer with as many neurons as inputs. The input layer computes nothing; `keras.Input` is all of it."
)
assert _units == [6, 5, 2], (
    f"For hidden = [6, 5] and 2 outputs your dense layers have {_units} neurons. There should be one for each number in "
    "`hidden`, and then the output layer."
)
assert len(_shapes) == 6, "Some dense layer has no biases. Leave `use_bias` as it is."
_names = [_each.get_config()["activation"] for _each in _model.layers if isinstance(_each, keras.layers.Dense)]
assert _names != ["linear"] * 3, (
    "No layer names an activation, so all are linear, and the network collapses into one linear layer."
)
assert _names[-1] == "linear", (
    f"Your output layer has the activation {_names[-1]!r}. With tanh, say, no output leaves the range between -1 and 1; a "
    "linear one can put out any number."
)
assert _names == ["tanh", "tanh", "linear"], f"The activations of your layers are {_names}. Each hidden layer should have tanh."
print("build_mlp makes the right layers for 3 inputs, two hidden layers and 2 outputs.")
### BEGIN HIDDEN TESTS
# reference: build_mlp
_rng = np.random.default_rng(513)
for _inputs, _hidden, _outputs in ((1, [4, 4], 1), (5, [], 3), (2, [7], 1), (4, [3, 6, 2], 2)):
    _where = f"{_inputs} inputs, hidden = {_hidden} and {_outputs} outputs"
    _want, _model = reference_build_mlp(_inputs, _hidden, _outputs), build_mlp(_inputs, list(_hidden), _outputs)
    _weights = [_rng.normal(size=_each.shape) for _each in _want.get_weights()]
    assert [_each.shape for _each in _model.get_weights()] == [_each.shape for _each in _weights], (
        f"For {_where} the weights have wrong shapes."
    )
    _want.set_weights(_weights)
    _model.set_weights(_weights)
    _X = _rng.normal(size=(6, _inputs)).astype("float32")
    assert np.allclose(np.asarray(_model(_X)), np.asarray(_want(_X)), atol=1e-5), (
        f"For {_where} the model computes something else. Does every hidden layer have tanh, and only these?"
    )
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 5.14: read a model
#
# Somebody hands you a model, and you look at its `get_weights()`. Write `sizes_of(weights)`: from this list
# of arrays, make the list of sizes, from the inputs to the outputs. For the slides' model it is
# `[1, 4, 4, 1]`. `weights[::2]` takes every second entry of a list, beginning with the first.

# %% exercise="sizes_of"
def sizes_of(weights):
    """Return the sizes of a dense network, a list of whole numbers. weights: [W1, b1, W2, b2, …]."""
    ### BEGIN SOLUTION
    sizes = [weights[0].shape[0]]
    for W in weights[::2]:
        sizes.append(W.shape[1])
    return sizes
    ### END SOLUTION

# %% wrong="sizes_of" says="biases"
def sizes_of(weights):
    return [len(array) for array in weights]

# %% wrong="sizes_of" says="The inputs are missing"
def sizes_of(weights):
    return [W.shape[1] for W in weights[::2]]

# %% wrong="sizes_of" says="The outputs are missing"
def sizes_of(weights):
    return [W.shape[0] for W in weights[::2]]

# %% wrong="sizes_of" says="appear twice"
def sizes_of(weights):
    sizes = []
    for W in weights[::2]:
        sizes.append(W.shape[0])
        sizes.append(W.shape[1])
    return sizes

# %% wrong="sizes_of" says="single numbers"
def sizes_of(weights):
    return [W.shape for W in weights[::2]]

# %% check="sizes_of" points=2
_weights = [np.ones((2, 7)), np.ones(7), np.ones((7, 5)), np.ones(5), np.ones((5, 3)), np.ones(3)]
_got = sizes_of(list(_weights))
assert _got is not None, "Your function gives nothing back. Does it end with `return`?"
assert isinstance(_got, (list, tuple, np.ndarray)), f"Return a list; yours is of the type {type(_got).__name__}."
assert all(np.shape(_each) == () for _each in _got), (
    f"Your list is {list(_got)}. Its entries should be single numbers. A shape is a tuple: which of its numbers is wanted?"
)
_got = [int(_each) for _each in _got]
assert _got != [2, 7, 7, 5, 5, 3], (
    "Your list is 2, 7, 7, 5, 5, 3: the hidden sizes appear twice. Either the biases are counted as layers, or each weight "
    "matrix gives two sizes where one is new."
)
assert _got != [7, 5, 3], "Your list begins at the first hidden layer. The inputs are missing."
assert _got != [2, 7, 5], "Your list ends at the last hidden layer. The outputs are missing."
assert _got == [2, 7, 5, 3], f"From weights of the shapes (2, 7), (7, 5), (5, 3) you read {_got}."
print("sizes_of reads a network with two hidden layers.")
### BEGIN HIDDEN TESTS
# reference: sizes_of
_rng = np.random.default_rng(514)
for _layers in (1, 2, 3, 6):
    _sizes = [int(_n) for _n in _rng.integers(1, 20, size=_layers + 1)]
    _model = keras.Sequential([keras.Input((_sizes[0],)), *[keras.layers.Dense(_n) for _n in _sizes[1:]]])
    _want = reference_sizes_of(_model.get_weights())
    assert list(sizes_of(_model.get_weights())) == _want == _sizes, (
        f"For a model with {_layers - 1} hidden layers the sizes are wrong."
    )
### END HIDDEN TESTS

# %% [markdown]
# ### Existing is not finding
#
# `compile` and `fit` train a Keras model. Take them as a black box today: lectures 07 to 11 open it. The
# slides' network is trained twice to follow the curve, with everything alike but the random numbers that it
# starts from.

# %% tags=["demo"]
inputs_fit = np.tile(2 * x_samples.reshape(-1, 1) - 1, (100, 1))  # from -1 to 1, a hundred times over
targets_fit = np.tile(curve(x_samples).reshape(-1, 1), (100, 1))
fig, axes = plt.subplots(1, 2, figsize=(8.4, 3.5), sharey=True, layout="constrained")
for ax, start in zip(axes, (1, 2), strict=True):
    keras.utils.set_random_seed(start)
    trained = build_mlp(1, [4, 4], 1)
    trained.compile(optimizer=keras.optimizers.Adam(learning_rate=0.1), loss="mse", steps_per_execution=100)
    trained.fit(inputs_fit, targets_fit, batch_size=101, epochs=20, verbose=0)
    answer = np.asarray(trained(inputs_fit[:101]))[:, 0]
    error = np.sqrt(np.mean((answer - curve(x_samples)) ** 2))
    ax.plot(x_samples, curve(x_samples), "--", color=VERMILION, linewidth=3, label="the curve")
    ax.plot(x_samples, answer, color=BLUE, linewidth=1.6, label="the network")
    ax.set(xlabel="input $x$", title=f"start {start}: error {error:.2f}")
axes[0].set_ylabel("output")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
fig.suptitle("One network, one curve, two starts, two results", fontsize=12)
show(
    fig,
    "Two panels with the wavy curve, dashed, and what the same small network has learnt from two random starts. The "
    "errors in the titles differ: from one start the network follows the waves, from the other it passes some by.",
)

# %% [markdown]
# The 33 numbers of the better panel exist for the other start as well. Training did not find them from there.
# That is what the theorem leaves open, seen with your own eyes.

# %% [markdown]
# ## 10. A network of your own
#
# The last exercise puts the lecture together. From nothing but a list of sizes you make a network, run it in
# NumPy, and let Keras check it.
#
# Two tools. `rng.normal(size=(m, n))` draws a table of random numbers around 0, and `np.sqrt` is the square
# root. And a Keras model takes over given parameters with `model.set_weights([W1, b1, W2, b2, …])`, in the
# order of `get_weights`.
#
# ### Exercise 5.15: from sizes to answers
#
# Write two functions.
#
# 1. `random_network(sizes, activation, seed)` returns a list of layers `(W, b, activation)` for your
#    `mlp_forward`. `sizes` goes from the inputs to the outputs. The weights of each layer are normal random
#    numbers divided by $\sqrt{m}$, where $m$ is the number of its inputs; the biases are zeros. Hidden layers
#    have the given activation, the last layer is `"linear"`. Make one generator,
#    `rng = np.random.default_rng(seed)`, *before* the loop: so the same seed makes the same network, and no
#    two layers are alike.
# 2. `to_keras(layers)` returns a Keras model that computes the same as `mlp_forward(X, layers)`: the same
#    sizes, the same activations, the same weights and biases. (`"step"` does not occur: Keras has no such name.)

# %% exercise="closing"
def random_network(sizes, activation, seed):
    """Return a list of layers (W, b, activation) with random weights and zero biases."""
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    layers = []
    for m, n in pairwise(sizes):
        layers.append((rng.normal(size=(m, n)) / np.sqrt(m), np.zeros(n), activation))
    W, b, _ = layers[-1]
    layers[-1] = (W, b, "linear")
    return layers
    ### END SOLUTION


def to_keras(layers):
    """Return a Keras model that computes what mlp_forward does with these layers."""
    ### BEGIN SOLUTION
    model = keras.Sequential([keras.Input(shape=(layers[0][0].shape[0],))])
    weights = []
    for W, b, activation in layers:
        model.add(keras.layers.Dense(W.shape[1], activation=activation))
        weights += [W, b]
    model.set_weights(weights)
    return model
    ### END SOLUTION

# %% wrong="closing" says="Every layer is bent"
def random_network(sizes, activation, seed):
    rng = np.random.default_rng(seed)
    pairs = pairwise(sizes)
    return [(rng.normal(size=(m, n)) / np.sqrt(m), np.zeros(n), activation) for m, n in pairs]


def to_keras(layers):
    dense = [keras.layers.Dense(W.shape[1], activation=a) for W, _, a in layers]
    model = keras.Sequential([keras.Input(shape=(layers[0][0].shape[0],)), *dense])
    model.set_weights([array for W, b, _ in layers for array in (W, b)])
    return model

# %% wrong="closing" says="before the loop"
def random_network(sizes, activation, seed):
    layers = []
    for m, n in pairwise(sizes):
        rng = np.random.default_rng(seed)
        layers.append((rng.normal(size=(m, n)) / np.sqrt(m), np.zeros(n), activation))
    layers[-1] = (*layers[-1][:2], "linear")
    return layers


def to_keras(layers):
    dense = [keras.layers.Dense(W.shape[1], activation=a) for W, _, a in layers]
    model = keras.Sequential([keras.Input(shape=(layers[0][0].shape[0],)), *dense])
    model.set_weights([array for W, b, _ in layers for array in (W, b)])
    return model

# %% wrong="closing" says="rows and columns exchanged"
def random_network(sizes, activation, seed):
    rng = np.random.default_rng(seed)
    pairs = pairwise(sizes)
    layers = [(rng.normal(size=(n, m)) / np.sqrt(m), np.zeros(n), activation) for m, n in pairs]
    layers[-1] = (*layers[-1][:2], "linear")
    return layers


def to_keras(layers):
    dense = [keras.layers.Dense(W.shape[1], activation=a) for W, _, a in layers]
    model = keras.Sequential([keras.Input(shape=(layers[0][0].shape[0],)), *dense])
    model.set_weights([array for W, b, _ in layers for array in (W, b)])
    return model

# %% wrong="closing" says="weights of its own"
def random_network(sizes, activation, seed):
    rng = np.random.default_rng(seed)
    pairs = pairwise(sizes)
    layers = [(rng.normal(size=(m, n)) / np.sqrt(m), np.zeros(n), activation) for m, n in pairs]
    layers[-1] = (*layers[-1][:2], "linear")
    return layers


def to_keras(layers):
    dense = [keras.layers.Dense(W.shape[1], activation=a) for W, _, a in layers]
    return keras.Sequential([keras.Input(shape=(layers[0][0].shape[0],)), *dense])

# %% wrong="closing" says="biases are lost"
def random_network(sizes, activation, seed):
    rng = np.random.default_rng(seed)
    pairs = pairwise(sizes)
    layers = [(rng.normal(size=(m, n)) / np.sqrt(m), np.zeros(n), activation) for m, n in pairs]
    layers[-1] = (*layers[-1][:2], "linear")
    return layers


def to_keras(layers):
    dense = [keras.layers.Dense(W.shape[1], activation=a) for W, _, a in layers]
    model = keras.Sequential([keras.Input(shape=(layers[0][0].shape[0],)), *dense])
    model.set_weights([array for W, b, _ in layers for array in (W, 0 * b)])
    return model

# %% check="closing" part="network" points=3
_layers = random_network([3, 6, 4, 2], "tanh", 1)
assert _layers is not None, "`random_network` gives nothing back. Does it end with `return`?"
assert isinstance(_layers, (list, tuple)), f"`random_network` should return a list, not a {type(_layers).__name__}."
assert all(isinstance(_each, (list, tuple)) and len(_each) == 3 for _each in _layers), (
    "`random_network` should return a list with three things for each layer: (W, b, activation)."
)
_shapes = [tuple(np.shape(_W)) for _W, _, _ in _layers]
assert len(_shapes) == 3, f"The sizes 3, 6, 4, 2 make three layers with weights; yours has {len(_shapes)}."
assert _shapes != [(6, 3), (4, 6), (2, 4)], (
    f"The shapes of your weights are {_shapes}: rows and columns exchanged. W is (in, out)."
)
assert _shapes == [(3, 6), (6, 4), (4, 2)], f"The shapes of your weights are {_shapes}. Each should be (in, out)."
assert [np.shape(_b) for _, _b, _ in _layers] == [(6,), (4,), (2,)], (
    "Some biases have a wrong shape: one number for each neuron."
)
assert not any(np.any(_b) for _, _b, _ in _layers), "Some biases are not zero."
_names = [_name for _, _, _name in _layers]
assert _names != ["tanh"] * 3, "Every layer is bent by tanh, the last one too. The last layer should be 'linear'."
assert _names == ["tanh", "tanh", "linear"], f"The activations are {_names}."
print("random_network makes layers of the right shapes, with zero biases and a linear end.")
### BEGIN HIDDEN TESTS
# reference: random_network
_again, _other = random_network([3, 6, 4, 2], "tanh", 1), random_network([3, 6, 4, 2], "tanh", 2)
assert all(np.array_equal(_p[0], _q[0]) for _p, _q in zip(_layers, _again, strict=True)), (
    "The same seed makes another network."
)
assert not np.array_equal(_layers[0][0], _other[0][0]), "Another seed makes the same network."
_square = random_network([5, 5, 5, 5], "relu", 3)
assert not np.array_equal(_square[0][0], _square[1][0]), (
    "Two layers of the same size have the same weights. Make the generator before the loop, not in it."
)
assert [_name for _, _, _name in _square] == ["relu", "relu", "linear"], "With 'relu' the activations are wrong."
assert [_name for _, _, _name in random_network([4, 3], "relu", 1)] == ["linear"], (
    "Without a hidden layer, the one layer is linear."
)
for _m in (4, 400):
    _W = np.asarray(random_network([_m, 20_000 // _m, 1], "tanh", 4)[0][0])
    assert abs(_W.std() * np.sqrt(_m) - 1) < 0.05 and abs(_W.mean()) * np.sqrt(_m) < 0.05, (
        f"With {_m} inputs the weights spread by {_W.std():.3f}. Draw with `rng.normal` and divide by the root of the inputs."
    )
### END HIDDEN TESTS

# %% check="closing" part="keras" points=3
_rng = np.random.default_rng(515)
_layers = [
    (_rng.normal(size=(3, 5)), _rng.normal(size=5), "relu"),
    (_rng.normal(size=(5, 4)), _rng.normal(size=4), "tanh"),
    (_rng.normal(size=(4, 2)), _rng.normal(size=2), "linear"),
]
_X = _rng.normal(size=(7, 3)).astype("float32")
_H = np.where(_X @ _layers[0][0] + _layers[0][1] > 0, _X @ _layers[0][0] + _layers[0][1], 0)
_want = np.tanh(_H @ _layers[1][0] + _layers[1][1]) @ _layers[2][0] + _layers[2][1]
_model = to_keras(list(_layers))
assert _model is not None, "`to_keras` gives nothing back. Does it end with `return`?"
assert isinstance(_model, keras.Model), f"Return a Keras model; yours is of the type {type(_model).__name__}."
_theirs = [np.asarray(_each) for _each in _model.get_weights()]
_ours = [_part for _W, _b, _ in _layers for _part in (_W, _b)]
assert [_each.shape for _each in _theirs] == [_each.shape for _each in _ours], (
    f"The arrays of your model have the shapes {[_each.shape for _each in _theirs]}."
)
assert all(np.allclose(_p, _q, atol=1e-6) for _p, _q in zip(_theirs[::2], _ours[::2], strict=True)), (
    "Your model has the right sizes, but still weights of its own. Did you hand yours over with `set_weights`?"
)
assert not all(np.all(_each == 0) for _each in _theirs[1::2]), (
    "The weights have arrived, but the biases are lost: they are all 0."
)
_got = np.asarray(_model(_X))
assert np.allclose(_got, _want, atol=1e-4), (
    f"With the right weights your model is still off by up to {np.abs(_got - _want).max():.2g}. Has each layer its own "
    "activation?"
)
print("Keras, given the same numbers, computes the same as the formulas of this lecture.")
### BEGIN HIDDEN TESTS
# reference: mlp_forward
for _sizes in ([2, 1], [1, 8, 1], [6, 5, 4, 3, 2]):
    for _name in ("sigmoid", "relu"):
        _layers = [
            (_rng.normal(size=(_m, _n)), _rng.normal(size=_n), _name) for _m, _n in pairwise(_sizes)
        ]
        _X = _rng.normal(size=(5, _sizes[0]))
        assert np.allclose(np.asarray(to_keras(list(_layers))(_X)), reference_mlp_forward(_X, _layers), atol=1e-4), (
            f"For a network with {len(_sizes) - 2} hidden layers and {_name!r} in every layer, the model computes something "
            "else."
        )
### END HIDDEN TESTS

# %% [markdown]
# Now run your own network, once with NumPy and once with Keras.

# %% tags=["demo"]
own_sizes = [6, 12, 8, 3]
own_network = random_network(own_sizes, "relu", 5)
animals = rng.normal(size=(1000, 6))
ours, theirs = mlp_forward(animals, own_network), np.asarray(to_keras(own_network)(animals))
print(f"{count_parameters(own_sizes)} parameters, outputs of shape {ours.shape}")
print("NumPy and Keras agree to five decimals:", np.allclose(ours, theirs, rtol=0, atol=1e-5))

# %% [markdown]
# (Keras counts with about seven digits, NumPy with about sixteen; so the two are not equal to the last
# digit.)
#
# The network answers, but its answers mean nothing yet: nobody has trained it. To train it we must first say
# what a bad answer is. That is lecture 06.

# %% [markdown]
# ## Quiz
#
# One point for each question. In the cell below it, give the name that stands there the letter of your
# choice, in quotes. Run that cell and its check: it explains every choice.

# %% quiz="what_fixes" points=1

# %% quiz="count_one" points=1

# %% quiz="prints_shape" points=1

# %% quiz="broadcast_trap" points=1

# %% quiz="hidden_use" points=1

# %% quiz="same_function" points=1

# %% quiz="theorem_says" points=1

# %% quiz="polynomial" points=1

# %% [markdown]
# ## Recap
#
# - A network is layers of neurons: an input layer that only holds numbers, hidden layers, an output layer.
# - Two sets of numbers fix a dense network: how many hidden layers, and how many neurons in each. The two
#   ends come from the data.
# - A layer with $m$ inputs and $n$ neurons has $(m + 1)\,n$ parameters. Weights and biases are learnt; the
#   widths and the depth are hyperparameters.
# - $Z = XW + b$, then the activation: (batch, in) · (in, out) → (batch, out). The forward pass does this
#   layer after layer.
# - A hidden layer gives the examples new coordinates. There XOR needs only one line.
# - All functions that a network can become make up its function space $\{f_\theta\}$. Training looks for one
#   in it.
# - Sigmoids make bumps, bumps make curves. With one hidden layer and enough neurons a network comes as close
#   as you like to any continuous function on a box. Enough may be very many, and that the weights exist does
#   not mean that training finds them.
#
# **Next**: lecture 06 says how bad an answer is, with a number: the loss. Lecture 07 makes that number
# smaller.
#
# **Glossary**: neural network · layer · input layer · hidden layer · output layer · width · depth · dense
# (fully connected) layer · feedforward network · multilayer perceptron (MLP) · hyperparameter · linear
# transformation · forward propagation (forward pass, inference) · function space · universal approximation
# theorem
#
# **Sources**: G. Cybenko, "Approximation by superpositions of a sigmoidal function", *Mathematics of Control,
# Signals and Systems* 2 (1989). M. Leshno, V. Y. Lin, A. Pinkus and S. Schocken, "Multilayer feedforward
# networks with a nonpolynomial activation function can approximate any function", *Neural Networks* 6 (1993).
# M. Telgarsky, "Benefits of depth in neural networks", *COLT* (2016). Y. LeCun, L. Bottou, Y. Bengio and P.
# Haffner, "Gradient-based learning applied to document recognition" (1998), for LeNet-5. A. Krizhevsky, I.
# Sutskever and G. Hinton (2012), for AlexNet. K. Simonyan and A. Zisserman (2014), for VGG-16. K. He et al.
# (2015), for ResNet-50. J. Devlin et al. (2018), for BERT. T. Brown et al. (2020), for GPT-3.
