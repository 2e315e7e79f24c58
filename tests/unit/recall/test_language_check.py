import numpy as np

from core.inference.embedder import LlamaEmbedder
from core.recall.language_check import PASSES, bundled, checked, known, pairs
from core.urgency import Urgency
from tests.made import HashingEmbedder


def test_the_check_has_as_many_pairs_in_every_language() -> None:
    assert {len(listed) for listed in pairs().values()} == {24}
    assert {"en", "de", "es", "fr", "ja", "zh"} <= set(pairs())


def test_the_bundled_embedder_gives_what_is_written_down_for_it() -> None:
    embedder = LlamaEmbedder()
    try:
        written = bundled()[embedder.id]
        for language in ("en", "ja"):
            found = checked(lambda texts: embedder.embed(texts, Urgency.CAPTURE), language)
            assert abs(found - written[language]) < 0.05
    finally:
        embedder.close()
    assert written["en"] > PASSES > max(share for language, share in written.items() if language != "en")


def test_words_alone_pass_no_check_and_a_perfect_memory_of_the_pairs_does() -> None:
    hashing = HashingEmbedder()
    assert checked(lambda texts: hashing.embed(texts, Urgency.CAPTURE), "en") < PASSES
    assert checked(lambda texts: np.eye(len(texts), dtype=np.float32), "en") == 1.0


def test_a_language_that_was_not_checked_goes_with_most_of_them() -> None:
    narrow, broad = known({"en": 0.9, "de": 0.1, "fr": 0.1}), known({"en": 0.9, "de": 0.8, "fr": 0.1})
    assert [narrow(one) for one in ("en", "de", "sv", "")] == [True, False, False, True]
    assert [broad(one) for one in ("de", "fr", "sv")] == [True, False, True]
    assert known({})("ja")
