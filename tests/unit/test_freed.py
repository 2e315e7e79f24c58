"""What was freed goes back: threads share their arenas, and what they leave there is handed back."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mallopt and malloc_trim are glibc's")

SCRIPT = """
import ctypes, sys, tempfile, threading
from pathlib import Path
from core.freed import few_arenas, give_back

libc = ctypes.CDLL(None)
libc.fopen.restype = libc.malloc.restype = ctypes.c_void_p
if sys.argv[1] == "few":
    few_arenas()
together = threading.Barrier(8)


def work():
    together.wait()
    held = [libc.malloc(ctypes.c_size_t(100_000)) for _ in range(200)]
    together.wait()
    for one in held:
        libc.free(ctypes.c_void_p(one))
    together.wait()


threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
give_back()
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "info.xml"
    out = libc.fopen(str(file).encode(), b"w")
    libc.malloc_info(0, ctypes.c_void_p(out))
    libc.fclose(ctypes.c_void_p(out))
    print(file.read_text().count("<heap nr="))
"""


def arenas(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", SCRIPT, how], capture_output=True, text=True, timeout=60, check=True)
    return int(done.stdout)


def test_threads_share_two_arenas_where_glibc_would_give_nearly_each_its_own() -> None:
    assert arenas("few") <= 2
    assert arenas("many") > 2, "glibc needs no telling here: the module can go"
