#!/bin/sh
# Writes requirements/*.lock: every version with its hashes, for Python 3.11 to 3.13 on Linux and macOS.
# No address of a registry and no path of a machine stands in them. Usage: requirements/lock.sh [UV [further options]]
set -eu
cd "$(dirname "$0")/.."
uv=${1:-uv}
[ $# -eq 0 ] || shift

# What builds the project stands in each lock, so that installing it needs no network of its own.
for name in run test dev; do
    extra=""
    [ "$name" = run ] || extra="--extra $name"
    # test and dev repeat run's versions: one environment may hold any of them.
    constraint=""
    [ "$name" = run ] || constraint="--constraint requirements/run.lock"
    # shellcheck disable=SC2086 # none of these holds a space
    printf 'hatchling\neditables\n' | "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-emit-index-url --no-annotate --upgrade $extra $constraint "$@" \
        --output-file "requirements/$name.lock" pyproject.toml -
done
! grep -n -i -E 'https?:|file:|find-links|index-url' requirements/*.lock
