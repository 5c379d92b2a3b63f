"""This machine's configuration of pip, for a container.

In: the file to write it to. Out: that file, and the options that mount it, and all files and folders that it names.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path


def main(target: Path) -> None:
    listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
    settings: dict[str, dict[str, str]] = {}
    for line in listed.stdout.splitlines():
        name, value = line.split("=", 1)
        section, key = name.split(".", 1)
        settings.setdefault(section, {})[key] = ast.literal_eval(value)
    # What the environment sets comes before what the files set.
    settings["global"] = {**settings.get("global", {}), **settings.pop(":env:", {})}
    mounted = {target: "/etc/pip.conf"}
    with target.open("w", encoding="utf-8") as file:
        for section, pairs in settings.items():
            file.write(f"[{section}]\n")
            for key, value in pairs.items():
                file.write(f"{key} = {' '.join(value.split())}\n")
                mounted |= {path: str(path) for word in value.split() if (path := _path(word))}
    for path, place in mounted.items():
        print(f"--volume={path}:{place}:ro")


def _path(word: str) -> Path | None:
    """The file or folder that a setting names; of an index the folder above, since its pages link to files beside it."""
    path = Path(word.removeprefix("file://"))
    if not (path.is_absolute() and path.exists()):
        return None
    return path.parent if word.startswith("file://") and len(path.parts) > 2 else path


if __name__ == "__main__":
    main(Path(sys.argv[1]))
