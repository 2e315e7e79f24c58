"""A machine's speeds on their way to the engine's process."""

import pytest

from core.inference.stream.speeds import USUAL, CpuSpeed, DiskSpeed, Speeds


def test_they_arrive_as_they_were_sent() -> None:
    none = Speeds(
        disk=DiskSpeed(long_bytes_s=2.5e8), cpu=CpuSpeed(one_bytes_s=1.0, batch_bytes_s=2, repacked_bytes_s=3)
    )
    cached = Speeds(disk=DiskSpeed(long_bytes_s=1e9, direct=False), cpu=none.cpu)
    for speeds in (USUAL, none, cached):
        assert Speeds.from_numbers(speeds.as_numbers()) == speeds


@pytest.mark.parametrize("numbers", [[], [1.0, 2.0, 3.0], [1.0] * 6, [1.0] * 7])
def test_anything_else_is_refused(numbers: list[float]) -> None:
    with pytest.raises(ValueError, match=r"unpack|zip"):
        Speeds.from_numbers(numbers)
