"""The models a person has and may have: listed, added, downloaded on request, chosen, removed."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.assistant import Assistant
from core.errors import BadInput, ModelMissing, ModelProblem
from core.inference import catalog
from core.inference.download import fetch
from core.inference.generator import Generator, LlamaGenerator
from core.paths import ProfilePaths
from core.settings import Settings
from core.store import preferences
from core.store.vault import Vault

_HASHES = "model_hashes"
BUNDLED = "bundled"
"""How the embedder that comes with Mneme is called where one is chosen."""


class Shelf:
    """The models of one open profile; their SHA-256 are kept in the vault."""

    def __init__(self, paths: ProfilePaths, vault: Vault, assistant: Assistant | None) -> None:
        self._paths, self._vault, self._assistant = paths, vault, assistant

    def _hashes(self) -> dict[str, str]:
        with self._vault.read() as db:
            return dict(json.loads(preferences.noted(db, _HASHES) or "{}"))

    def _note(self, hashes: dict[str, str]) -> None:
        with self._vault.write() as db:
            preferences.note(db, _HASHES, json.dumps(hashes))

    def listed(self) -> dict[str, Any]:
        """What answers by meaning and whether the chosen one still reads for that, models here, models on offer."""
        hashes = self._hashes()
        chosen = {} if self._assistant is None else self._assistant.settings.model.model_dump()
        in_use = "" if self._assistant is None else self._assistant.embedder_file
        return {
            "meaning": {"by": in_use or BUNDLED, "reading": chosen.get("embedder", in_use) != in_use},
            "models": [
                {
                    "name": name,
                    "bytes": (self._paths.models / name).stat().st_size,
                    "sha256": hashes.get(name, ""),
                    "used_for": [use for use in ("answering", "embedder") if chosen.get(use) == name],
                }
                for name in catalog.listed(self._paths)
            ],
            "offers": [asdict(offer) for offer in catalog.offers()],
        }

    def add(self, source: Path, *, trust: bool, sha256: str = "") -> str:
        """Copy a GGUF file into the profile; its name there. Raises ModelProblem."""
        catalog.describe(source)
        added = catalog.add(self._paths, source, sha256=sha256, trust=trust)
        self._note(self._hashes() | {added.file: added.sha256})
        return added.file

    def download(
        self, name: str, *, trust: bool, told: Callable[[int, int], None], cancelled: Callable[[], bool]
    ) -> str:
        """Fetch one of the offers, check its hash, add it. The only thing in Mneme that opens a connection."""
        offer = next((one for one in catalog.offers() if name in (one.name, one.file)), None)
        if offer is None:
            raise BadInput(f"There is no model {name!r} on offer.", "`mneme models list` shows them.")
        if not offer.sha256 and not trust:
            raise ModelProblem(
                "No published hash of this model was read.", "Say that you trust its publisher: --trust."
            )
        fetched = fetch(
            offer.url,
            catalog.incoming(self._paths),
            offer.file,
            sha256=offer.sha256,
            progress=told,
            cancelled=cancelled,
        )
        return self.add(fetched.path, trust=trust, sha256=offer.sha256 or fetched.sha256)

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
        assistant.set_setting("model.embedder" if facts.is_embedder else "model.answering", name)

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
        catalog.remove(self._paths, name)
        hashes = self._hashes()
        hashes.pop(name, None)
        self._note(hashes)

    def located(self, name: str) -> Path:
        """Where one of the profile's models lies, its bytes checked against the kept hash. Raises ModelProblem."""
        pinned = self._hashes().get(name)
        if pinned is None:
            raise ModelMissing("The chosen model was never added to this profile.", "`mneme models add` takes it in.")
        return catalog.located(self._paths, name, pinned)

    def generator(self, settings: Settings) -> Generator | None:
        """The engine for the chosen model, its bytes checked; None when none is chosen. Raises ModelProblem."""
        name = settings.model.answering
        if not name:
            return None
        return LlamaGenerator(self.located(name), memory_mb=settings.model.memory_mb)
