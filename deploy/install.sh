#!/bin/sh
# Makes the virtual environment and installs what requirements-dev.lock says, hashes checked.
# Called by make when the lock differs from the one that was installed (its copy is the stamp).
# usage: install.sh PYTHON VENV LOCK STAMP
set -eu
python=$1 venv=$2 lock=$3 stamp=$4
UV_VERSION=0.13.9
export UV_PYTHON_DOWNLOADS=never PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

if cmp -s "$lock" "$stamp"; then
    touch "$stamp"
    exit 0
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Reprise needs Python 3.11 or newer. Name one: make PYTHON=/path/to/python3.11 …" >&2
    exit 1
fi
# A user without a home has nowhere to keep downloads.
cache=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}
if ! mkdir -p "$cache/pip" "$cache/uv" 2>/dev/null || ! test -w "$cache/uv"; then
    export PIP_NO_CACHE_DIR=1 UV_NO_CACHE=1
fi

echo "Installing into $venv (once, about a minute)"
if ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then
    if ! "$python" -m venv --clear "$venv"; then
        echo "Python's venv module is missing or incomplete. On Debian: apt-get install python3-venv" >&2
        exit 1
    fi
fi
"$venv/bin/python" -m pip install --quiet "uv==$UV_VERSION"
"$venv/bin/python" -m uv pip install --quiet --python "$venv/bin/python" --require-hashes -r "$lock"
cp "$lock" "$stamp"
