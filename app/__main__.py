"""`python -m app`: the window, a command, or a child process of a frozen build."""

import gc
import os
import sys

# One thread for numpy's products: a second one spins beside the window and the embedder and gains nothing here.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main() -> int:
    """Children of a frozen build come through here too: they must not load the rest."""
    if sys.argv[1:2] == ["--child"]:
        from core.inference.child import child_main

        return 0 if child_main(sys.argv[1:]) else 2
    gc.disable()  # nothing that is imported goes again, so nobody need look through it
    try:
        from app.cli.main import run
    except ImportError as error:
        sys.stderr.write(f"Mneme's installation is not whole: {error.name or error} cannot be loaded.\n")
        sys.stderr.write("Remove the folder .venv beside ./mneme and start Mneme again: it sets itself up anew.\n")
        return 1
    gc.freeze()
    gc.enable()
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
