"""An embedder on a machine where llama.cpp could not be built: its import fails."""

import sys

from core.inference.embedder_child import main

sys.modules["llama_cpp"] = None  # type: ignore[assignment]
sys.argv = ["missing_child"]

if __name__ == "__main__":
    main()
