"""Problems: what can go wrong, said in the reader's words with what to do about it.

Problem
  +- BadInput            what was given cannot be used
  +- VaultProblem        the store cannot be opened or written
  |    +- WrongKey  Locked  NewerVault  DamagedVault  UnsafeProfile  DiskFull  ProfileBusy  Interrupted
  +- ArchiveProblem      an archive cannot be read or written
  +- ModelProblem        a model is missing or unusable
  |    +- ModelMissing  ChildDied  NoModelLibrary (also Missing)
  +- CaptureProblem      the screen cannot be read
  +- Missing             something that must be installed is not there
  +- NotAllowed          the person has not allowed another assistant this
  +- Cancelled           the person stopped it
"""


class Problem(Exception):
    """A known error: `title` says what is wrong, `remedy` what to do. Never holds content."""

    exit_code = 1

    def __init__(self, title: str, remedy: str = "") -> None:
        super().__init__(title if not remedy else f"{title} {remedy}")
        self.title = title
        self.remedy = remedy


class BadInput(Problem):
    """What was given cannot be used."""


class VaultProblem(Problem):
    """The store cannot be opened or written."""


class WrongKey(VaultProblem):
    """No key slot opens with what was given."""


class Locked(VaultProblem):
    """The key has been dropped."""

    def __init__(self) -> None:
        super().__init__("Mneme is locked.", "Unlock it in its window.")


class NewerVault(VaultProblem):
    """Written by a later Mneme."""


class DamagedVault(VaultProblem):
    """Bytes of the store have changed."""


class UnsafeProfile(VaultProblem):
    """Others could read or replace the profile."""


class DiskFull(VaultProblem):
    """No room left to save in."""


class ProfileBusy(VaultProblem):
    """Another process is host and does not answer."""


class Interrupted(VaultProblem):
    """A read gave way to a forget or a lock."""

    def __init__(self) -> None:
        super().__init__("The search was interrupted by a forget.", "Ask again.")


class ArchiveProblem(Problem):
    """An archive cannot be read or written."""


class ModelProblem(Problem):
    """A model is missing or unusable."""


class ModelMissing(ModelProblem):
    """No such model here."""


class ChildDied(ModelProblem):
    """A child process ended while it was needed."""


class CaptureProblem(Problem):
    """The screen cannot be read."""


class NotAllowed(Problem):
    """The person has not allowed another assistant this."""


class Missing(Problem):
    """Something that must be installed is not there."""


class NoModelLibrary(ModelProblem, Missing):
    """No model can run on this machine: it goes on by words only."""


class Cancelled(Problem):
    """The person stopped it."""

    exit_code = 130

    def __init__(self, what: str = "It") -> None:
        super().__init__(f"{what} was cancelled.", "What was saved until then is kept.")
