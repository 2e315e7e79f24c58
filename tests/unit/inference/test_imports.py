"""The host never loads native model code."""

import subprocess
import sys
from pathlib import Path


def test_the_hosts_side_does_not_import_llama_cpp() -> None:
    modules = ["embedder", "generator", "catalog", "download", "wordpiece", "header", "child"]
    script = "import sys\n" + "".join(f"import core.inference.{name}\n" for name in modules)
    script += "sys.exit('llama_cpp' in sys.modules or 'core.inference.llama' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[3], check=False)
    assert done.returncode == 0
