#!/usr/bin/env bash
# Proves the Dockerfile, and the ways to run its image: the command in its first lines, and `grader grade --sandbox docker`.
# In: a machine with root, apt, podman, debootstrap, catatonit, runc or crun, and the project's .venv. Out: exit code 0 if one
# real notebook gets the same scores in the container as outside; 77 if no container can be had here, with the reason; else 1.
#
# Podman takes Docker's place, and a root file system by debootstrap, from this machine's own apt source, that of the base image.
# pip gets this machine's own configuration.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
bin=$here/.venv/bin

cannot() {
    echo "No container can be had here: $*" >&2
    exit 77
}

[ "$(id -u)" = 0 ] || cannot "debootstrap needs root. Run this as root."
for program in apt-get podman debootstrap; do
    command -v $program >/dev/null || cannot "the program $program is missing. Type: apt install podman runc catatonit debootstrap"
done

work=$(mktemp -d)
clean() {
    umount "$work/images/overlay" 2>/dev/null || true # podman leaves it mounted
    rm -rf "$work"
}
trap clean EXIT
mkdir "$work/bin" "$work/trial" "$work/course" "$work/submissions"

# An engine of our own, whose images go with the work folder.
# shellcheck disable=SC2016
printf '#!/bin/sh\nexec podman --root %q --runroot %q "$@"\n' "$work/images" "$work/state" >"$work/bin/docker"
chmod +x "$work/bin/docker"
export CONTAINERS_CONF=$work/containers.conf PATH=$work/bin:$PATH

# Podman asks for more open files and processes than some machines may give, and crun refuses some layouts of cgroups.
limits='"nofile=4096:4096", "nproc=4096:4096"'
use_runtime() {
    printf '[containers]\ndefault_ulimits = [%s]\n[engine]\nruntime = "%s"\n' "$limits" "$1" >"$CONTAINERS_CONF"
}
starts_with() { # an empty image, with this machine's programs in it
    local volumes=()
    for folder in /usr /lib /lib64; do [ ! -e $folder ] || volumes+=(--volume "$folder:$folder:ro"); done
    use_runtime "$1"
    docker run --rm --init --network none "${volumes[@]}" --entrypoint /usr/bin/true trial >"$work/$1.log" 2>&1
}
use_runtime crun
tar --directory "$work/trial" --create . | docker import --quiet - trial >"$work/import.log" 2>&1 ||
    cannot "podman takes no image. $(tail -1 "$work/import.log")"
starts_with crun || starts_with runc ||
    cannot "podman starts none. With crun: $(tail -1 "$work/crun.log") With runc: $(tail -1 "$work/runc.log")"

echo "A root file system in place of the base image …"
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
read -r mirror components < <(
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
        awk -v suite="$codename" '$2 == suite && (!uri || $1 == uri) { uri = $1; found = found "," $3 } END { print uri, substr(found, 2) }'
)
debootstrap --variant=minbase --components="$components" --include=ca-certificates,python3,python3-pip \
    "$codename" "$work/system" "$mirror" >"$work/debootstrap.log" 2>&1 || {
    tail "$work/debootstrap.log" >&2
    exit 1
}
rm -f "$work"/system/usr/lib/python3*/EXTERNALLY-MANAGED # the Python of the base image has no such mark
tar --directory "$work/system" --create . | docker import --quiet - base >/dev/null

echo "The Dockerfile's steps …"
mapfile -t volumes < <("$bin/python" "$here/tests/container/pip_configuration.py" "$work/pip.conf")
docker build --from localhost/base --network host --layers=false "${volumes[@]}" --tag grader "$here" \
    >"$work/build.log" 2>&1 || {
    tail -30 "$work/build.log" >&2
    exit 1
}

echo "One notebook, outside a container …"
mkdir "$work/course/solutions" "$work/course/notebooks"
cp -r "$here/data" "$work/course"
cp -r "$here/solutions/playgrounds" "$here"/solutions/03_*.py "$work/course/solutions"
[ ! -d "$here/solutions/setup" ] || cp -r "$here/solutions/setup" "$work/course/solutions"
"$bin/grader" sample "$work/class" --course "$work/course" >/dev/null
cp -r "$work/class/Ada Achterberg" "$work/submissions/Ada"
cd "$work"
"$bin/grader" grade submissions --course course --out outside >grading.log 2>&1 || { cat grading.log >&2; exit 1; }

same() {
    diff outside/grades.csv "$1/grades.csv" && [ "$(grep -c '^Ada,' "$1/grades.csv")" = 1 ] || {
        cat grading.log >&2
        echo "$2: the scores are not those from outside." >&2
        exit 1
    }
}

echo "With grader grade --sandbox docker …"
"$bin/grader" grade submissions --course course --out inside --sandbox docker >grading.log 2>&1 || { cat grading.log >&2; exit 1; }
same inside "grader grade --sandbox docker"

echo "With the command at the top of the Dockerfile …"
command=$(sed -n '/^#  *docker run/,/^#$/{s/^#//;s/\\$//;p}' "$here/Dockerfile" | tr '\n' ' ')
[[ $command == *" grader grade …"* ]] || { echo "The Dockerfile shows no such command: $command" >&2; exit 1; }
chmod 777 "$work"
(eval "${command/…/submissions --course course --out by-the-dockerfile}") >grading.log 2>&1 || { cat grading.log >&2; exit 1; }
same by-the-dockerfile "The Dockerfile's command"

echo "The container grades as the machine does: $(sed -n 2p outside/grades.csv)"
