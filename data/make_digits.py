"""Makes digits.npz: 1 797 handwritten digits in the format of MNIST, for use without a network.

In: scikit-learn's bundled digits, 8x8 pixels from 0 to 16. Out: x_train, y_train (1 437) and x_test, y_test (360), images of
28x28 pixels from 0 to 255, one byte each. Run it in any folder: python make_digits.py
"""

import io
import zipfile
from pathlib import Path

import numpy as np
from scipy import ndimage
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

TEST_SIZE = 360
SPLIT_SEED = 0
OUT = Path(__file__).with_name("digits.npz")


def enlarge(image):
    """Return a digit of 8x8 pixels as 28x28 bytes: enlarged to 20x20 pixels, with its centre of mass in the middle."""
    large = ndimage.zoom(image / 16, 20 / 8, order=3, grid_mode=True, mode="grid-constant").clip(0, 1)
    large[large < 0.05] = 0  # removes the faint rings that a cubic spline leaves around strokes
    frame = np.zeros((28, 28))
    frame[4:24, 4:24] = large
    row, column = ndimage.center_of_mass(frame)
    shift = round(13.5 - row), round(13.5 - column)
    frame = ndimage.shift(frame, shift, order=0, mode="constant", cval=0.0)
    return np.round(255 * frame).astype(np.uint8)


def save(path, **arrays):
    """Write a compressed npz whose bytes depend only on the arrays, not on the time or the machine."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(entry, content.getvalue(), compresslevel=9)


def main():
    small = load_digits()
    images = np.stack([enlarge(image) for image in small.images])
    labels = small.target.astype(np.uint8)
    x_train, x_test, y_train, y_test = train_test_split(
        images, labels, test_size=TEST_SIZE, random_state=SPLIT_SEED, stratify=labels
    )
    save(OUT, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    print(f"{OUT.name}: {len(x_train)} + {len(x_test)} digits, {OUT.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
