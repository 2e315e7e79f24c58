"""Every test: no display needed, nothing of the real profile touched."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for name in ("MNEME_PROFILE", "MNEME_PASSPHRASE"):
    os.environ.pop(name, None)
# As in our child processes: numpy's threads would spin beside those of llama.cpp.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Tests never reach the keyring of the person who runs them.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
