"""What a forget says afterwards in the window."""

import pytest

from core.memory import Forgotten, MemoryId, Proof
from ui.forgetting import proof_words

ONE, TWO = MemoryId("01J" + "1".zfill(23)), MemoryId("01J" + "2".zfill(23))


@pytest.mark.parametrize(
    ("cut", "unshown", "said"),
    [
        ((), 0, "7 traces were found before, 0 after."),
        ((ONE,), 0, "One screen showed it and stays: the words are out of its text and black in its picture. 7 traces"),
        (
            (ONE, TWO),
            1,
            "2 screens showed it and stay: the words are out of their text and black in their pictures. 1 of",
        ),
    ],
)
@pytest.mark.usefixtures("dressed")
def test_the_receipt_names_the_screens_that_showed_it(cut: tuple[MemoryId, ...], unshown: int, said: str) -> None:
    gone = Forgotten(forgotten=(ONE,), cut=cut, unshown=unshown, proof=Proof(places={"memories": (7, 0)}))
    assert proof_words(gone).startswith(said)
