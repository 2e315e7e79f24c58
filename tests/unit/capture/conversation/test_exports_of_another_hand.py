"""Exports by somebody who had not seen the importers: what is to be taken is taken, and nothing that nobody said."""

import pytest

from tests.exported.another_hand import SETS, Compared, compared, imported, names, truth_of

ARGUED = {
    # a page of notes in which a talk is told: kept as a page, every word, though nobody is said to speak
    "notes-conversation": Compared(
        (
            "Brauche ich für den Schuppen eine Genehmigung?",
            "Bis 30 m³ nicht, wenn er 3 m Abstand hat.\nDas gilt auch für ",
            "Und mit Strom?",
            "Strom ist egal. Nur kein Abwasser: sonst gilt es als Aufenth",
        ),
        (),
        (
            "---\ncreated: 2026-09-17\ntags: [gespräch, haus]\n---\n# Gespräc",
            "Telefonat, ca. 15 min. Thema: Schuppen hinter dem Haus.",
            "Ich: Brauche ich für den Schuppen eine Genehmigung?",
            "Fr. Imhoff: Bis 30 m³ nicht, wenn er 3 m Abstand hat.\nDas gi",
            "Ich: Und mit Strom?",
            "Fr. Imhoff: Strom ist egal. Nur kein Abwasser: sonst gilt es",
            "## Nächste Schritte\n- [ ] Abstand messen\n- [ ] Skizze schick",
        ),
    ),
    # told in words of the message's own card, or with whose words are passed on: more than the truth asks for
    "slack_zip": Compared(("v2.3 is live",), (), ("v2.3 is live\n12 commits",)),
    "tg_account": Compared(
        ("Wetter: 3 Grad, trocken",), (), ("[forwarded from Wetterdienst]\nWetter: 3 Grad, trocken",)
    ),
    "telegram-group-forwards": Compared(
        ("Внимание: во вторник с 10 до 16 отключат свет.",),
        (),
        ("[forwarded from Энергосбыт Лесной]\nВнимание: во вторник с 10",),
    ),
    "tg_channel_zip": Compared((), (), ("[place: 48.2, 16.37]",)),
    # what a mail quotes or passes on is kept under the name of whoever wrote it
    "mail-eml-folder": Compared((), (), ("Bitte nennen Sie uns noch die Zählernummer.",)),
    "mail-mbox-iso2022jp": Compared((), (), ("来週の会議は水曜日でよろしいですか。",)),
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


EVERY = [(folder, name) for folder in SETS for half in ("dev", "held") for name in names(SETS[folder], half)]


@pytest.mark.parametrize(("folder", "name"), EVERY, ids=[name for _, name in EVERY])
def test_what_is_to_be_taken_of_an_export_by_another_hand_is_taken(folder: str, name: str) -> None:
    truth = truth_of(SETS[folder], name)
    found = imported(SETS[folder], name, truth)
    if name in REFUSED or (truth.get("refusal_ok") and not found.turns):
        assert (found.turns, bool(found.refused)) == ((), True)
        return
    if not truth["turns"] and not found.turns:
        assert found.refused or found.said
        return
    assert compared(truth, found.turns) == ARGUED.get(name, Compared((), (), ()))


@pytest.mark.parametrize("folder", SETS)
def test_every_fixture_is_in_one_half(folder: str) -> None:
    dev, held = (set(names(SETS[folder], half)) for half in ("dev", "held"))
    assert not dev & held
    assert dev | held == {path.name.removesuffix(".truth.json") for path in SETS[folder].glob("*.truth.json")}
    assert len(dev | held) >= 60


def test_the_argued_ones_exist_and_no_name_stands_twice() -> None:
    every = [name for _, name in EVERY]
    assert len(every) == len(set(every)) > 150
    assert {*ARGUED, *REFUSED} <= set(every)
