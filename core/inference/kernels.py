"""Which of its kernels llama.cpp computes with: the ones that are the same for one token and for many, or the fastest.

Its attention divides a long cache among threads for a single token, and tiles it for sixty-four and more: three ways
with three roundings. ggml's switch for its reference kernels (`ggml_backend_cpu_set_use_ref`) leaves one way for any
number of tokens. It costs a prompt a third of its speed and a word nothing, so that it is on while words are written.
"""

import ctypes
from types import ModuleType

_SCHEDULER = "_ZNK13llama_context9get_schedEv"
"""llama_context::get_sched() const: there is no other way from a context to what computes for it."""


class Kernels:
    """The switch of one context; without effect where llama.cpp does not let it be reached."""

    def __init__(self, lib: ModuleType, context: int) -> None:
        self._backends: list[int] = []
        try:
            library = lib.llama_cpp._lib  # a handle finds what its dependencies have
            scheduler, count, backend, is_cpu, self._switch = (
                getattr(library, name)
                for name in (
                    _SCHEDULER,
                    "ggml_backend_sched_get_n_backends",
                    "ggml_backend_sched_get_backend",
                    "ggml_backend_is_cpu",
                    "ggml_backend_cpu_set_use_ref",
                )
            )
        except AttributeError:
            return
        scheduler.restype, scheduler.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
        count.restype, count.argtypes = ctypes.c_int, [ctypes.c_void_p]
        backend.restype, backend.argtypes = ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int]
        is_cpu.restype, is_cpu.argtypes = ctypes.c_bool, [ctypes.c_void_p]
        self._switch.restype, self._switch.argtypes = None, [ctypes.c_void_p, ctypes.c_bool]
        owner = scheduler(context)
        found = [backend(owner, number) for number in range(count(owner))]
        self._backends = [one for one in found if is_cpu(one)]

    @property
    def found(self) -> bool:
        """Whether the switch can be reached."""
        return bool(self._backends)

    def set_uniform(self, on: bool) -> None:
        """From the next computation on: one way for any number of tokens, or the fastest for each."""
        for backend in self._backends:
            self._switch(backend, on)
