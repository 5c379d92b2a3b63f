# Keras, without the log lines that TensorFlow writes while it starts, whatever its log level.
import logging
import os
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
_stderr, _nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
os.dup2(_nowhere, 2)
try:
    import keras
finally:
    os.dup2(_stderr, 2)
    os.close(_stderr)
    os.close(_nowhere)
logging.getLogger("tensorflow").setLevel(logging.ERROR)
warnings.filterwarnings("ignore", message="Do not pass an `input_")

keras.utils.set_random_seed(SEED)
