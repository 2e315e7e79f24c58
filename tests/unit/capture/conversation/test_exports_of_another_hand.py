"""Exports by somebody who had not seen the importers: what is to be taken is taken, and nothing that nobody said."""

import pytest

from tests.exported.another_hand import SET, Compared, compared, imported, names, truth_of

ARGUED = {
    # told in words of the message's own card, or with whose words are passed on: more than the truth asks for
    "slack_zip": Compared(("v2.3 is live",), (), ("v2.3 is live\n12 commits",)),
    "tg_account": Compared(
        ("Wetter: 3 Grad, trocken",), (), ("[forwarded from Wetterdienst]\nWetter: 3 Grad, trocken",)
    ),
    "tg_channel_zip": Compared((), (), ("[place: 48.2, 16.37]",)),
    # what a mail quotes or passes on is kept under the name of whoever wrote it
    "eml_forwarded": Compared((), (), ("Die Übergabe ist am 3. März um 9 Uhr.",)),
    "eml_outlook_reply": Compared((), (), ("Guten Tag Herr Reiter, wie viele Türen brauchen Sie?",)),
    "eml_plain_reply": Compared((), (), ("Hallo Ulla,\n\nFichte oder Eiche?\nKai",)),
    "mbox_list_broken_dates": Compared((), (), ("Sow leeks now?",)),
    # instructions of a project are a page, not a turn
    "claude_zip": Compared((), (), ("House\n\nYou know roofs.\n[attached: plan.md]",)),
}
REFUSED = {
    "signal_conversations_json": "a form that no program is known to write",
    "signal_db_json": "a dump of a database by one person's script",
    "parts_zip_of_zips": "a download of downloads, which says what to do",
}


@pytest.mark.parametrize("name", [*names("dev"), *names("held")])
def test_what_is_to_be_taken_of_an_export_by_another_hand_is_taken(name: str) -> None:
    truth = truth_of(name)
    found = imported(name, truth)
    if name in REFUSED or (truth.get("refusal_ok") and not found.turns):
        assert (found.turns, bool(found.refused)) == ((), True)
        return
    if not truth["turns"] and not found.turns:
        assert found.refused or found.said
        return
    assert compared(truth, found.turns) == ARGUED.get(name, Compared((), (), ()))


def test_every_fixture_is_in_one_half_and_the_argued_ones_exist() -> None:
    dev, held = set(names("dev")), set(names("held"))
    assert not dev & held
    assert dev | held == {path.name.removesuffix(".truth.json") for path in SET.glob("*.truth.json")}
    assert {*ARGUED, *REFUSED} <= dev | held
    assert len(dev | held) > 100
