# Sets $python to a Python that Mneme runs on (3.11 to 3.13), or says what to do. Sourced by mneme and run-tests.
python=
for candidate in ${MNEME_PYTHON:-} python3.13 python3.12 python3.11 python3 python; do
  if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "Mneme needs Python 3.11, 3.12 or 3.13, and none was found." >&2
  echo "Install one (Debian, Ubuntu: sudo apt install python3 python3-venv), or name it: MNEME_PYTHON=/path/to/python3.12 $0" >&2
  exit 1
fi
