"""What the reader's process leaves outside the profile: nothing, and nothing is sent."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from core.capture.screen.reader import Reader


def test_the_reader_leaves_no_file_behind_and_onnxruntime_reports_to_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform != "linux":
        pytest.skip("looks into /proc")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY", raising=False)
    image = Image.new("RGB", (400, 80), "white")
    ImageDraw.Draw(image).text((20, 20), "Dear neighbour", fill="black", font=ImageFont.load_default(28))
    reader = Reader()
    try:
        assert "neighbour" in reader.read(np.asarray(image)).text
        libraries = Path(f"/proc/{reader.pid}/maps").read_text()
    finally:
        reader.close()
    assert "onnxruntime" in libraries, "another engine was tried than the one this is about"
    assert list(tmp_path.iterdir()) == []
