# The grader with everything that it needs, for macOS and Windows:
#
#     docker build -t grader .
#     docker run --rm --network none --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
#         --security-opt systempaths=unconfined --mount type=bind,source="$PWD",target=/work grader grade …
#
# The three options let bubblewrap raise its walls within the container; Docker's own profile forbids it. The image's user, number
# 1000, writes into the folder. `make container` runs this command.
FROM python:3.12-slim
# The system's bubblewrap: pip brings one for x86-64 only.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/source
COPY pyproject.toml README.md LICENSE ./
COPY grader grader
RUN pip install --no-cache-dir ".[course]"
RUN useradd --create-home teacher
USER teacher
WORKDIR /work
ENTRYPOINT ["grader"]
