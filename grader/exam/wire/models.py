"""Keras models as plain values: their configuration as JSON, their weights as arrays.

In: a Sequential or Functional model of built-in layers, or its description. Out: the description, or a model built anew by
this process's own Keras, so that it is measured here. A description is not trusted: every class that it names must be on the
lists below before Keras sees it, and no layer gets more memory than the weights that came with it need.
"""

from __future__ import annotations

import contextlib
import json
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from grader.core.errors import GraderError
from grader.exam.wire.arrays import is_array
from grader.exam.wire.keras_private import FUNCTIONAL, functional_class


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LAYERS = _words("""
    Activation ActivityRegularization Add AdditiveAttention AlphaDropout Attention Average AveragePooling1D AveragePooling2D
    AveragePooling3D BatchNormalization Bidirectional CategoryEncoding CenterCrop Concatenate Conv1D Conv1DTranspose Conv2D
    Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D Cropping1D Cropping2D Cropping3D Dense DepthwiseConv1D
    DepthwiseConv2D Discretization Dot Dropout EinsumDense ELU Embedding Flatten GaussianDropout GaussianNoise
    GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D
    GlobalMaxPooling3D GroupNormalization GroupQueryAttention GRU GRUCell Identity InputLayer LayerNormalization LeakyReLU
    LSTM LSTMCell Masking Maximum MaxPooling1D MaxPooling2D MaxPooling3D Minimum MultiHeadAttention Multiply Normalization
    Permute PReLU RandomBrightness RandomContrast RandomCrop RandomFlip RandomRotation RandomTranslation RandomZoom ReLU
    RepeatVector Rescaling Reshape Resizing RMSNormalization RNN SeparableConv1D SeparableConv2D SimpleRNN SimpleRNNCell
    Softmax SpatialDropout1D SpatialDropout2D SpatialDropout3D SpectralNormalization StackedRNNCells Subtract ThresholdedReLU
    TimeDistributed UnitNormalization UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D
""")
INITIALIZERS = _words("""
    Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity IdentityInitializer LecunNormal LecunUniform Ones
    Orthogonal OrthogonalInitializer RandomNormal RandomUniform TruncatedNormal VarianceScaling Zeros
""")
ACTIVATIONS = _words("""
    celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear log_sigmoid
    log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid sparsemax
    squareplus swish tanh tanh_shrink threshold
""")
OPTIMIZERS = _words("Adadelta Adafactor Adagrad Adam Adamax AdamW Ftrl Lion Lamb Muon Nadam RMSprop SGD")
SCHEDULES = _words(
    "CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay PiecewiseConstantDecay PolynomialDecay"
)
LOSSES = _words("""
    BinaryCrossentropy BinaryFocalCrossentropy CategoricalCrossentropy CategoricalFocalCrossentropy CategoricalHinge
    CosineSimilarity Dice Hinge Huber KLDivergence LogCosh MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError
    MeanSquaredLogarithmicError Poisson SparseCategoricalCrossentropy SquaredHinge Tversky
""")
# Metrics that measure what their name says, whatever their settings. Top-k accuracy is not one: with k classes it is always 1.
METRICS = _words("""
    AUC Accuracy CategoricalAccuracy CategoricalCrossentropy BinaryCrossentropy CosineSimilarity F1Score KLDivergence
    MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError MeanSquaredLogarithmicError Precision R2Score Recall
    RootMeanSquaredError SparseCategoricalAccuracy SparseCategoricalCrossentropy
""")
METRIC_NAMES = METRICS | _words(
    """acc accuracy auc binary_accuracy binary_crossentropy categorical_accuracy categorical_crossentropy bce ce mae mape mse
    msle mean_absolute_error mean_squared_error root_mean_squared_error sparse_categorical_accuracy crossentropy
    sparse_categorical_crossentropy precision recall"""
)
MODELS = {("keras", "Sequential"), ("keras", "Functional"), FUNCTIONAL}
IN_MODELS = MODELS | {("keras", "DTypePolicy")} | {("keras.layers", name) for name in LAYERS}
IN_MODELS |= {("keras.initializers", name) for name in INITIALIZERS}
IN_MODELS |= {("keras.regularizers", name) for name in ("L1", "L2", "L1L2", "OrthogonalRegularizer")}
IN_MODELS |= {("keras.constraints", name) for name in ("MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm")}
KEYS = {"module", "class_name", "config", "registered_name", "build_config", "compile_config", "name", "inbound_nodes"}
ACTIVATED = ("activation", "recurrent_activation")
FILES = ("vocabulary", "filepath", "idf_weights")  # settings that Keras would read from a file

LONGEST_JSON = 8 << 20
MOST_CLASSES = 20_000  # named in one configuration
MOST_LAYERS = 1000
LARGEST_NUMBER = 10_000_000  # of units, filters, steps


class ModelError(GraderError):
    """A description of a model that must not be built here."""


def describe(model: Any) -> list[Any] | None:
    """A model as ``[configuration, weights]``; None where it is not made of built-in layers alone."""
    keras = sys.modules["keras"]
    if type(model) is not keras.Sequential and type(model) is not functional_class():
        return None
    try:
        with warnings.catch_warnings():  # about a lambda, in the student's output
            warnings.simplefilter("ignore")
            text = model.to_json()
        _checked(text)
        return [text, list(model.get_weights())]
    except Exception:  # Keras raises many kinds of error about a model that it cannot describe
        return None


def rebuild(parts: Any) -> Any:
    """Build the model that is described.

    Raises:
        ModelError: it names something that is not built into Keras, or its weights do not fit.
    """
    if type(parts) is not list or len(parts) != 2 or type(parts[0]) is not str or type(parts[1]) is not list:
        raise ModelError("a model is not described by its configuration and its weights")
    text, weights = parts
    if any(not is_array(array) or array.dtype.kind not in "fiub" for array in weights):
        raise ModelError("the weights of a model are not arrays of numbers")
    config = _checked(text)
    compiled = config.pop("compile_config", None)
    import keras  # type: ignore[import-untyped]

    try:
        # Layers within layers are made more than once before they are used.
        with _memory_for(4 * sum(array.size for array in weights) + 1000):
            model = keras.saving.deserialize_keras_object(config, safe_mode=True)
            if weights:
                model.set_weights(weights)
    except ModelError:
        raise
    except Exception as error:  # Keras raises many kinds of error about a configuration that makes no sense
        raise ModelError(f"Keras cannot build the model: {type(error).__name__}") from error
    if compiled:
        _compile(model, compiled)
    return model


def metrics_of(model: Any) -> str | None:
    """The metrics that a model is compiled with, as JSON; None where it is not compiled."""
    return json.dumps(model.get_compile_config().get("metrics")) if model.compiled else None


def measure_by(model: Any, metrics: str) -> None:
    """Compile a compiled model again with these ``metrics``, unless they are its own already."""
    if metrics_of(model) not in (None, metrics):
        _compile(model, {**model.get_compile_config(), "metrics": json.loads(metrics)})


def _checked(text: str) -> dict[str, Any]:
    """The configuration, if everything that it names is built into Keras."""
    if len(text) > LONGEST_JSON:
        raise ModelError("the configuration of a model is too long")
    try:
        config = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ModelError("the configuration of a model is no JSON") from error
    if not isinstance(config, dict) or (config.get("module"), config.get("class_name")) not in MODELS:
        raise ModelError("only Sequential and Functional models of built-in layers can be measured")
    compiled = config.pop("compile_config", None)
    _check_classes(config, IN_MODELS)
    config["compile_config"] = compiled
    return config


def _check_classes(config: Any, allowed: set[tuple[str, str]]) -> None:
    """Refuse every class that is not allowed, wherever it is named."""
    waiting, classes, layers = [config], 0, 0
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            waiting += [value for key, value in part.items() if key != "seed" or not isinstance(value, int)]
            if any(isinstance(part.get(name), str) for name in FILES) or part.get("quantization_config"):
                raise ModelError("a layer reads a file, or is quantised")
            if not all(_is_activation(part.get(name)) for name in ACTIVATED):
                raise ModelError("an activation is not built into Keras, so the model cannot be measured")
            if "class_name" in part or "module" in part or "registered_name" in part:
                classes += 1
                layers += part.get("module") == "keras.layers"
                _check_class(part, allowed)
        elif isinstance(part, str) and len(part) > 10_000:
            raise ModelError("the configuration of a model holds a long text")
        elif isinstance(part, (int, float)) and abs(part) > LARGEST_NUMBER:
            raise ModelError("a layer is too large")
    if classes > MOST_CLASSES or layers > MOST_LAYERS:
        raise ModelError("a model has too many layers")


def _is_activation(value: Any) -> bool:
    """A name that Keras knows, or an object whose class is checked separately. A lambda is described as neither."""
    return (
        value is None
        or (isinstance(value, str) and value in ACTIVATIONS)
        or (isinstance(value, dict) and "class_name" in value)
    )


def _check_class(part: dict[str, Any], allowed: set[tuple[str, str]]) -> None:
    name = part.get("class_name")
    if name == "__keras_tensor__" and set(part) == {"class_name", "config"}:
        return
    if (
        not isinstance(name, str)
        or not isinstance(part.get("module"), str)
        or not set(part) <= KEYS | {"shared_object_id"}
    ):
        raise ModelError("a part of a model is not described as Keras describes it")
    if (part["module"], name) not in allowed or part.get("registered_name") not in (None, name):
        raise ModelError(f"`{name[:80]}` is not built into Keras, so the model cannot be measured")


@contextlib.contextmanager
def _memory_for(numbers: int) -> Iterator[None]:
    """Let layers make no more weights than were sent: a configuration of ten bytes can ask for a terabyte."""
    import keras  # type: ignore[import-untyped]

    original = keras.Layer.add_weight
    left = numbers

    def add_weight(self: Any, shape: Any = None, *args: Any, **kwargs: Any) -> Any:
        nonlocal left
        size = 1
        for length in shape or ():
            size *= int(length)
        left -= size
        if left < 0:
            raise ModelError("a model has layers without weights")
        return original(self, shape, *args, **kwargs)

    keras.Layer.add_weight = add_weight
    try:
        yield
    finally:
        keras.Layer.add_weight = original


def _compile(model: Any, config: Any) -> None:
    """Compile with a built-in optimizer, loss and metrics. If anything else is named, the model stays uncompiled."""
    import keras  # type: ignore[import-untyped]

    optimizer, loss, metrics = config.get("optimizer"), config.get("loss"), config.get("metrics")
    if any(isinstance(part, dict) and "class_name" not in part for part in (optimizer, loss)) or isinstance(loss, list):
        return  # several losses, by output: not supported
    try:
        _check_classes([optimizer], {("keras.optimizers", name) for name in OPTIMIZERS}
                       | {("keras.optimizers.schedules", name) for name in SCHEDULES})  # fmt: skip
        _check_classes([loss], {("keras.losses", name) for name in LOSSES})
        kept = [metric for metric in metrics or [] if _is_honest(metric)]
        model.compile(
            optimizer=optimizer if isinstance(optimizer, str) else keras.optimizers.deserialize(optimizer),
            loss=keras.losses.deserialize(loss) if isinstance(loss, dict) else loss,
            metrics=[keras.metrics.deserialize(metric) if isinstance(metric, dict) else metric for metric in kept]
            or None,
        )
    except (ModelError, TypeError, ValueError, KeyError, AttributeError):
        model.compiled = False


def _is_honest(metric: Any) -> bool:
    """A metric that measures what its name says. Others are left out."""
    import keras  # type: ignore[import-untyped]

    if isinstance(metric, str):
        return metric in METRIC_NAMES
    try:
        _check_classes(metric, {("keras.metrics", name) for name in METRICS})
        default = getattr(keras.metrics, metric["class_name"])
        return bool(metric["config"].get("name") == default().name)
    except (ModelError, TypeError, KeyError, AttributeError):
        return False
