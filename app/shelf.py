"""The models a person has and may have: added, downloaded on request, chosen, checked before use, removed."""

import json
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app import drafting
from app.machine import this_machine
from app.measuring import kept_speeds, speeds_of, was_busy
from app.model_notes import about_the_same, as_json, spent_of
from app.picker import Picker
from app.preparing import costs_of, needs_choice, prepared_file, prepared_name
from core.assistant import Assistant
from core.errors import BadInput, ModelMissing, ModelProblem
from core.events import Events, Noticed
from core.inference import adding, catalog
from core.inference.catalog import Offer
from core.inference.chat_format import KNOWN, PLAIN, format_as_json, format_from_json
from core.inference.download import Published, fetch, published
from core.inference.generator import Generator, KeptInstructions, LlamaGenerator
from core.inference.learning import chat_format_of
from core.inference.preparing import Costs
from core.inference.recommend import MIB, Machine, given_mb
from core.inference.seals import Seal
from core.inference.spent import Spent
from core.inference.stream.speeds import USUAL, Speeds
from core.paths import ProfilePaths
from core.settings import Settings
from core.store import preferences
from core.store.vault import Vault

_KEPT = "models"
_HASHES = "model_hashes"
"""Where earlier versions kept the hashes alone."""
BUNDLED = "bundled"
"""How the embedder that comes with Mneme is called where one is chosen."""
_QUICK = 64 * MIB
"""Smaller models read any prompt in time on any machine: to measure it first would take longer."""
_writing = threading.Lock()

Progress = Callable[[int, int], None]
Asked = Callable[[], bool]


class Shelf:
    """The models of one open profile. What was checked of them, and measured with them, is kept in the vault."""

    def __init__(
        self, paths: ProfilePaths, vault: Vault, assistant: Assistant | None, events: Events | None = None
    ) -> None:
        self._paths, self._vault, self._assistant = paths, vault, assistant
        self._events = events

    # -- what is here

    def keep_measured(self) -> None:
        """Note with the model what its last answer took, in the place of the estimate."""
        ran = None if self._assistant is None else self._assistant.last_run()
        if ran is None or self._vault.read_only:
            return
        name, memory_mb, run = ran
        note = self._notes().get(name)
        if note is None:
            return
        before = note.get("measured", {})
        kept = before if before.get("memory_mb") == memory_mb else {}
        measured = kept | {"memory_mb": memory_mb}
        if run.tokens_per_s is not None:
            measured["tokens_per_s"] = run.tokens_per_s
        if run.prompt_tokens_per_s is not None:
            measured["prompt_tokens_per_s"] = run.prompt_tokens_per_s
        if not run.loaded:
            measured["first_word_s"] = run.first_word_s
        if run.spent is not None:
            measured["spent"] = run.spent.as_json()
        if not about_the_same(before, measured):
            self._note(name, note | {"measured": measured})

    def spent(self, name: str) -> Spent | None:
        """What a model's last answer took of memory and disk, with the memory that it is given now."""
        self.keep_measured()
        if self._assistant is None:
            return None
        return spent_of(self._notes().get(name, {}), self._assistant.settings.model.memory_mb)

    def listed(self, *, measuring: bool = False) -> dict[str, Any]:
        """What answers by meaning, models here and on offer with what each would do on this machine, leftovers.

        `measuring`: the machine is measured first where that was not done yet, in about three seconds.
        """
        self.keep_measured()
        kept = self._notes()
        chosen = {} if self._assistant is None else self._assistant.settings.model.model_dump()
        in_use = "" if self._assistant is None else self._assistant.embedder_file
        picker, here = self._picker(measuring), catalog.listed(self._paths)
        answering, drafter = chosen.get("answering", ""), chosen.get("draft", "")
        able = drafting.able(picker, self._paths.models, answering, here)
        return {
            "meaning": {"by": in_use or BUNDLED, "reading": chosen.get("embedder", in_use) != in_use},
            "models": [
                {
                    "name": name,
                    "bytes": (self._paths.models / name).stat().st_size,
                    "sha256": kept.get(name, {}).get("sha256", ""),
                    "used_for": [use for use in ("answering", "draft", "embedder") if chosen.get(use) == name],
                    **picker.of_file(
                        self._paths.models / name,
                        kept.get(name, {}).get("measured"),
                        drafter=self._paths.models / drafter if drafter and name == answering else None,
                    ),
                    **({"drafts": True} if name in able else {}),
                    **({"preparable": False} if prepared_name(name) in here else {}),
                    **as_json(spent_of(kept.get(name, {}), chosen.get("memory_mb", 0))),
                }
                for name in here
            ],
            "offers": [asdict(offer) | picker.of_offer(offer) for offer in catalog.offers()],
            "recommended": picker.recommended(catalog.offers()),
            "memory_mb": picker.memory_mb,
            "machine": asdict(picker.machine)
            | {"measured": picker.speeds is not USUAL, "measured_while_busy": was_busy(self._vault)},
            "left": [asdict(one) for one in adding.leftovers(self._paths)],
        }

    def _picker(self, measuring: bool) -> Picker:
        settings = Settings() if self._assistant is None else self._assistant.settings
        machine = this_machine(self._paths.root)
        speeds = kept_speeds(self._vault, machine, self._paths) or USUAL
        if measuring:
            speeds = speeds_of(self._vault, machine, self._paths)
        return Picker(machine, memory_mb=given_mb(settings.model.memory_mb, machine), speeds=speeds)

    # -- taking in

    def add(
        self,
        source: Path,
        *,
        trust: bool,
        sha256: str = "",
        told: Progress | None = None,
        cancelled: Asked | None = None,
    ) -> str:
        """Take a GGUF file into the profile; its name there. Raises ModelProblem."""
        facts = catalog.describe(source)
        if not facts.is_embedder and not facts.vocabulary:
            raise ModelProblem("This model does not write text.", "Choose one that answers, or an embedder.")
        learned = {} if facts.is_embedder else _learned(source)
        here = {name: note["sha256"] for name, note in self._notes().items()}
        added = adding.add(
            self._paths, source, sha256=sha256, trust=trust, here=here, progress=told, cancelled=cancelled
        )
        if not added.was_here:
            # Of the copy that is sealed: the source may be another file by now.
            learned = _learned(self._paths.models / added.file) if learned else learned
            self._note(added.file, added.seal.as_json() | learned)
        return added.file

    def offered(self, name: str) -> Offer | None:
        """The offer of this name or file, if there is one."""
        return next((one for one in catalog.offers() if name in (one.name, one.file)), None)

    def published(self, name: str) -> Published:
        """What the host says of an offer, or of a file at an address. Opens a connection. Raises ModelProblem."""
        offer = self.offered(name)
        if offer is None and "://" not in name:
            raise BadInput(
                f"There is no model {name!r} on offer.", "`mneme models list` shows them; or give an address."
            )
        return published(name if offer is None else offer.url)

    def download(
        self, name: str, *, trust: bool, told: Progress, cancelled: Asked, promised: Published | None = None
    ) -> str:
        """Fetch one of the offers, or what a host `promised`, check it, add it; its name in the profile.

        Asked for by the person, this and `published` are the only things in Mneme that open a connection.
        """
        offer = self.offered(name)
        if offer is not None and offer.sha256:
            return self._fetched(offer.url, offer.file, offer.sha256, offer.bytes, trust, told, cancelled)
        promised = promised or self.published(name)
        if not trust:
            raise ModelProblem(
                "No published hash of this model was read beforehand.",
                f"{_in_words(promised)} Say --trust to fetch it.",
            )
        file = adding.safe_name(promised.file)
        return self._fetched(promised.url, file, promised.sha256, promised.bytes, trust, told, cancelled)

    def _fetched(
        self, url: str, file: str, sha256: str, size: int, trust: bool, told: Progress, cancelled: Asked
    ) -> str:
        here = next((name for name, note in self._notes().items() if sha256 and note["sha256"] == sha256), "")
        if here in catalog.listed(self._paths):
            return here
        folder = adding.incoming(self._paths)
        fetched = fetch(url, folder, file, sha256=sha256, size=size, progress=told, cancelled=cancelled)
        return self.add(fetched.path, trust=trust, sha256=sha256 or fetched.sha256, cancelled=cancelled)

    def throw_away(self, name: str) -> None:
        """Delete what an interrupted download or copy left."""
        adding.throw_away(self._paths, name)

    def prepare(
        self, name: str, told: Progress, cancelled: Asked, *, keep: float | None = None, text: str | None = None
    ) -> str:
        """Write another file of a model, of which only the neurons a token needs are read; its name in the profile.

        Takes minutes. `told` in bytes of the model. BadInput (cannot be prepared, no room), ModelProblem, Cancelled.
        """
        source, threads = self.located(name).path, this_machine(self._paths.root).cores
        file = prepared_file(self._paths, source, told, cancelled, threads=threads, keep=keep, text=text)
        return self.add(file, trust=True, cancelled=cancelled)

    def costs(self, name: str, told: Progress, cancelled: Asked, *, text: str | None = None) -> Costs | None:
        """What leaving neurons of a model out would cost; None where it costs nothing. As `prepare`."""
        source = self.located(name).path
        return costs_of(source, self._picker(False), told, cancelled, text) if needs_choice(source) else None

    # -- choosing

    def use(self, name: str) -> None:
        """Choose a model: an embedder for meaning (`bundled`: the one that comes with Mneme), any other for answers.

        `none`: no model for answers.
        """
        assistant = self._assistant
        if assistant is None:
            raise ModelMissing("The profile is not open.", "Unlock it first.")
        if name == "none":
            assistant.set_setting("model.answering", "")
            return
        if name == BUNDLED:
            assistant.set_setting("model.embedder", "")
            return
        if name not in catalog.listed(self._paths):
            raise ModelMissing(f"There is no model {name!r} in this profile.", "`mneme models list` shows them.")
        facts = catalog.describe(self._paths.models / name)
        note = self._notes().get(name, {})
        if not facts.is_embedder and note and "chat" not in note:
            self._note(name, note | _learned(self._paths.models / name))
        assistant.set_setting("model.embedder" if facts.is_embedder else "model.answering", name)
        self._keep_draft_fitting(assistant)

    def draft_with(self, name: str) -> None:
        """Choose the small model that drafts beside the one for answers; `none`: no model does. Raises ModelProblem."""
        assistant = self._assistant
        if assistant is None:
            raise ModelMissing("The profile is not open.", "Unlock it first.")
        if name in ("", "none"):
            assistant.set_setting("model.draft", "")
            return
        if name not in catalog.listed(self._paths):
            raise ModelMissing(f"There is no model {name!r} in this profile.", "`mneme models list` shows them.")
        answering = assistant.settings.model.answering
        assistant.set_setting("model.draft", drafting.checked(self._picker(False), self._paths.models, answering, name))

    def _keep_draft_fitting(self, assistant: Assistant) -> None:
        """Another model answers now: what drafted for the former one stays chosen only if it can for this one too."""
        model = assistant.settings.model
        if model.draft and model.draft not in drafting.able(
            self._picker(False), self._paths.models, model.answering, catalog.listed(self._paths)
        ):
            assistant.set_setting("model.draft", "")

    def embed_with(self, named: str) -> None:
        """Choose the model for meaning by its name, `bundled`, or the path of a GGUF file, which is then added."""
        if named in ("", BUNDLED) or named in catalog.listed(self._paths):
            self.use(named or BUNDLED)
            return
        path = Path(named)
        if not catalog.describe(path).is_embedder:
            raise ModelProblem("This model is not an embedder.", "Choose one that makes sentence vectors.")
        self.use(self.add(path, trust=True))

    def remove(self, name: str) -> None:
        """Delete a model's file. Raises ModelMissing, or ModelProblem for the embedder whose vectors answer."""
        assistant = self._assistant
        if name not in catalog.listed(self._paths):
            raise ModelMissing("There is no such model in this profile.", "See the list in Settings.")
        if assistant is not None:
            in_use = assistant.embedder_file
            if name == in_use:
                raise ModelProblem(
                    "Memories are found by meaning with this model.",
                    "Choose another one (`mneme models use bundled`); this one can go when that has read everything.",
                )
            if assistant.settings.model.embedder == name:
                assistant.set_setting("model.embedder", in_use)
            if assistant.settings.model.answering == name:
                assistant.set_setting("model.answering", "")
                assistant.stop_model()
            if assistant.settings.model.draft == name:
                assistant.set_setting("model.draft", "")
                assistant.stop_model()
        catalog.remove(self._paths, name)
        self._note(name, None)

    # -- using

    def located(self, name: str) -> catalog.Located:
        """One of the profile's models, its bytes seen to be those that were added. Raises ModelProblem."""
        note = self._notes().get(name)
        if note is None:
            raise ModelMissing("The chosen model was never added to this profile.", "`mneme models add` takes it in.")
        seal = Seal.from_json(note)
        found = catalog.located(self._paths, name, seal)
        if found.seal != seal and not self._vault.read_only:
            self._note(name, note | found.seal.as_json())
        return found

    def generator(self, settings: Settings) -> Generator | None:
        """The engine for the chosen model, its bytes checked; None when none is chosen. Raises ModelProblem."""
        name = settings.model.answering
        if not name:
            return None
        found = self.located(name)
        note = self._notes()[name]
        learned, measured = note.get("chat"), note.get("measured", {})
        same = measured.get("memory_mb") == settings.model.memory_mb
        machine = this_machine(self._paths.root)
        return LlamaGenerator(
            found.path,
            memory_mb=given_mb(settings.model.memory_mb, machine),
            identity=found.seal.identity,
            instructions=KeptInstructions(
                folder=self._paths.instructions,
                key=self._vault.derived_key("instructions"),
                model=found.seal.sha256,
            ),
            chat=None if learned is None else format_from_json(learned),
            speeds=self._speeds(found.path, machine),
            prompt_tokens_per_s=measured.get("prompt_tokens_per_s") if same else None,
            small=drafting.small_model(settings.model.draft, self.located, self._events),
            on_death=self._engine_ended,
            on_no_draft=drafting.told(self._events),
        )

    def _speeds(self, model: Path, machine: Machine) -> Speeds | None:
        """What the first question's share of the prompt is reckoned from: measured now, where that was not done yet."""
        if model.stat().st_size < _QUICK:
            return kept_speeds(self._vault, machine, self._paths)
        return kept_speeds(self._vault, machine, self._paths) or speeds_of(self._vault, machine, self._paths)

    def _engine_ended(self, said: str) -> None:
        if self._events is not None:
            remedy = "It is started again with the next question. More memory or a smaller model in Settings may help."
            self._events.tell(Noticed(said, remedy, problem=True))

    # -- what is kept in the vault

    def _notes(self) -> dict[str, dict[str, Any]]:
        with self._vault.read() as db:
            kept = preferences.noted(db, _KEPT)
            if kept is not None:
                return dict(json.loads(kept))
            hashes: dict[str, str] = json.loads(preferences.noted(db, _HASHES) or "{}")
        return {name: {"sha256": sha256} for name, sha256 in hashes.items()}

    def _note(self, name: str, note: dict[str, Any] | None) -> None:
        with _writing:
            notes = self._notes()
            if note is None:
                notes.pop(name, None)
            else:
                notes[name] = note
            with self._vault.write() as db:
                preferences.note(db, _KEPT, json.dumps(notes))
                preferences.note(db, _HASHES, None)


def _learned(path: Path) -> dict[str, Any]:
    """The note of a format that no model known to Mneme has; empty for a known one. Raises ModelProblem."""
    chat = chat_format_of(path)
    return {} if chat in (PLAIN, *KNOWN) else {"chat": format_as_json(chat)}


def _in_words(promised: Published) -> str:
    """What a host says of a file, for a person who is to decide whether to trust it."""
    size = f"{promised.bytes / 2**30:.1f} GB" if promised.bytes else "of unknown size"
    hashed = f"SHA-256 {promised.sha256}" if promised.sha256 else "no SHA-256 is published"
    pinned = f", revision {promised.revision[:12]}" if promised.revision else ", not pinned to a revision"
    return f"Its host says of {promised.file}: {size}, {hashed}{pinned}."
