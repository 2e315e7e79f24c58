"""The only sqlcipher3: one writes, many read (one module because nothing else may see that library)."""

import hashlib
import hmac
import json
import os
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from secrets import token_bytes

import sqlcipher3.dbapi2 as sqlcipher
from sqlite_utils import Database

from core.errors import (
    Cancelled,
    DamagedVault,
    DiskFull,
    Interrupted,
    Locked,
    Missing,
    NewerVault,
    Problem,
    UnsafeProfile,
    VaultProblem,
    WrongKey,
)
from core.paths import ProfilePaths
from core.store import faults
from core.store.counter import Counter, Mark, Reading, Witness, compare, seal, unseal
from core.store.cover import Cover
from core.store.migrations import MIGRATIONS, NEWEST
from core.store.pages import count, decrypted, decrypted_wal
from core.store.readers import Readers

OLDEST_SQLITE = (3, 51, 3)
"""Before it, a reset of the log could lose a commit."""
KEY_BYTES = 32
READERS = 4
_PAGES_AT_ONCE = 1000
DRAIN_S = 5.0
LAST_DRAIN_S = 1.0
"""When the vault is closed: nearly all have ended by then, as the log was settled."""
_PLAIN_HEADER = b"SQLite format 3\x00"
_RESTORE = "Restore the last backup: `mneme backup list`, `mneme backup restore`."
# cipher_memory_security stays off: measured, it makes a full-text query 5 times slower (0.40 -> 2.3 ms at 8,000
# rows); the key is in this process's memory either way, which dumps no core.
_PRAGMAS = ("temp_store=MEMORY", "mmap_size=0", "foreign_keys=OFF", "trusted_schema=OFF")
_WRITER_PRAGMAS = ("synchronous=FULL", "fullfsync=ON", "checkpoint_fullfsync=ON", "secure_delete=ON")

# Traps of sqlite-utils on this connection: `alter=True`, `drop(ignore=True)`, `query("... RETURNING")` catch
# the wrong sqlite3's errors; `db.begin/commit/rollback()` move the transaction's ends (caught below). All else
# joins the open transaction: its `atomic()` becomes a savepoint.


class BadStatement(Exception):
    """A bug, not a problem: SQL that the schema does not allow."""


def as_problem(error: sqlcipher.Error) -> Exception:
    """Our exception for one of SQLite's; its own message never reaches a person."""
    name = str(getattr(error, "sqlite_errorname", ""))
    if name == "SQLITE_FULL":
        return DiskFull("The disk is full.", "What was saved is safe; free some space and save again.")
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return DamagedVault("The vault is damaged.", _RESTORE)
    if name == "SQLITE_INTERRUPT":
        return Interrupted()
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return VaultProblem("The vault is busy.", "Another program holds its file open; try again.")
    if name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_PROTOCOL")):
        return VaultProblem("The vault's file cannot be used.", "Check that its disk is there and writable.")
    if name in ("SQLITE_NOMEM", "SQLITE_TOOBIG"):
        return VaultProblem("That is too large to keep.", "Split it into smaller pieces.")
    return BadStatement(str(error))


@contextmanager
def translated() -> Iterator[None]:
    """Turns SQLite's exceptions into ours."""
    try:
        yield
    except sqlcipher.Error as error:
        raise as_problem(error) from error


def check_library() -> None:
    """Raises Missing when this SQLite could lose a commit."""
    if tuple(sqlcipher.sqlite_version_info) < OLDEST_SQLITE:
        raise Missing(f"SQLite {sqlcipher.sqlite_version} can lose a save.", "Install sqlcipher3 0.6.4 or later.")


def check_file(path: Path) -> None:
    """Refuses what cannot be a vault, before SQLite reads it.

    Raises UnsafeProfile (a link, a plaintext database), DamagedVault (empty or cut off), Missing.
    """
    if path.is_symlink():
        raise UnsafeProfile("The vault is a symbolic link.", f"Put the file itself in its place: {path}.")
    try:
        with path.open("rb") as file:
            head = file.read(len(_PLAIN_HEADER))
            size = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        raise Missing("There is no vault here.", "Restore a backup, or make a new profile.") from None
    except OSError as error:
        raise VaultProblem("The vault cannot be read.", "Check its disk and its permissions.") from error
    if head == _PLAIN_HEADER:
        raise UnsafeProfile("An unencrypted database lies in the vault's place.", _RESTORE)
    if size < 1024:
        raise DamagedVault("The vault is empty or cut off.", _RESTORE)


def made_private(path: Path) -> None:
    """An empty file only its owner can read. Raises VaultProblem when one is there or none can be made."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        raise VaultProblem("There is a vault here already.", "Open it, or choose another folder.") from None
    except OSError as error:
        raise VaultProblem("No vault can be made there.", "Check the folder and its disk.") from error


def connect(path: Path, key: bytes, *, mode: str = "rw") -> sqlcipher.Connection:
    """A keyed connection in autocommit; `mode` is SQLite's: rw, ro or `ro&immutable=1`.

    Raises WrongKey (or a page 1 that is damaged: SQLite cannot tell), Missing (not SQLCipher), VaultProblem.
    """
    if len(key) != KEY_BYTES:
        raise WrongKey("The key has the wrong length.", "Unlock with the passphrase or the recovery key.")
    with translated():
        conn = sqlcipher.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=5.0,
            cached_statements=256,
        )
    try:
        conn.execute("PRAGMA cipher_log_level=NONE")
        conn.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        if not conn.execute("PRAGMA cipher_version").fetchone():
            raise Missing("This SQLite cannot encrypt.", "Reinstall Mneme: its sqlcipher3 was replaced.")
        for pragma in _PRAGMAS:
            conn.execute(f"PRAGMA {pragma}")
        conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlcipher.Error as error:
        conn.close()
        if getattr(error, "sqlite_errorname", "") == "SQLITE_NOTADB":
            raise WrongKey("The key does not open this vault.", "Try the recovery key.") from error
        raise as_problem(error) from error
    except Missing:
        conn.close()
        raise
    return conn


class _Reader:
    """One pooled read-only connection."""

    def __init__(self, path: Path, key: bytes, mode: str) -> None:
        self._conn = connect(path, key, mode=mode)
        self._conn.execute("PRAGMA query_only=ON")
        self.db = Database(self._conn, recursive_triggers=False, execute_plugins=False)

    def begin(self) -> None:
        self._conn.execute("BEGIN")

    def end(self) -> bool:
        try:
            if self._conn.in_transaction:
                self._conn.execute("ROLLBACK")
        except sqlcipher.Error:
            return False
        return True

    def interrupt(self) -> None:
        self._conn.interrupt()

    def close(self) -> None:
        self._conn.close()


class Vault:
    """The open vault of one profile. Only the host has one; any thread may use it."""

    def __init__(
        self,
        paths: ProfilePaths,
        key: bytes,
        *,
        mode: str,
        clock: Callable[[], float],
        witness: Witness | None,
        making: bool = False,
        trusting: bool = False,
    ) -> None:
        self.paths = paths
        self.read_only = mode != "rw"
        self.cover = Cover()
        """While it is on, `read` and `write` raise Locked without its lease."""
        self._key = key
        self._mode = mode
        self._clock = clock
        self._witness = witness
        self._notices: list[str] = []
        self._writing = threading.RLock()
        self._here = threading.local()
        self._closed = False
        self._secret = b""
        self._mark = Mark(commits=0, settled=0, at=0.0)
        self._readers = Readers(lambda: _Reader(paths.vault, self._key, mode), READERS)
        self._conn = connect(paths.vault, key, mode=mode)
        self._db = Database(self._conn, recursive_triggers=False, execute_plugins=False)
        try:
            with translated():
                self._bring_up_to_date(making)
                self._read_meta(making, trusting)
        except BaseException:
            self._conn.close()
            raise

    @classmethod
    def create(
        cls,
        paths: ProfilePaths,
        key: bytes,
        *,
        clock: Callable[[], float] = time.time,
        witness: Witness | None = None,
    ) -> "Vault":
        """A new encrypted file with the newest schema; `key` is 32 random bytes. Raises VaultProblem."""
        check_library()
        if len(key) != KEY_BYTES:
            raise WrongKey("The key has the wrong length.", "It must be 32 random bytes.")
        try:
            os.close(os.open(paths.vault, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            raise VaultProblem("There is a vault here already.", "Open it, or choose another folder.") from None
        except OSError as error:
            raise VaultProblem("No vault can be made there.", "Check the folder and its disk.") from error
        vault = cls(paths, key, mode="rw", clock=clock, witness=witness, making=True)
        vault.checkpoint()
        return vault

    @classmethod
    def open(
        cls,
        paths: ProfilePaths,
        key: bytes,
        *,
        read_only: bool = False,
        clock: Callable[[], float] = time.time,
        witness: Witness | None = None,
        trusting: bool = False,
    ) -> "Vault":
        """Opens it and brings an older schema up to date (never when `read_only`).

        `clock` gives POSIX seconds for the sentences about lost saves; `trusting` takes the vault's word for how
        many there were (after a restore). A read-only vault may lie in a folder that cannot be written.
        Raises Missing, UnsafeProfile, DamagedVault, WrongKey and, unless `read_only`, NewerVault.
        """
        check_library()
        check_file(paths.vault)
        if not read_only:
            return cls(paths, key, mode="rw", clock=clock, witness=witness, trusting=trusting)
        try:
            return cls(paths, key, mode="ro", clock=clock, witness=witness)
        except (DamagedVault, WrongKey):
            raise
        except VaultProblem:
            return cls(paths, key, mode="ro&immutable=1", clock=clock, witness=witness)

    def _bring_up_to_date(self, making: bool) -> None:
        have = int(self._conn.execute("PRAGMA user_version").fetchone()[0])
        if not have and not making:
            raise DamagedVault("The vault was never finished, or has been cut off.", _RESTORE)
        if self.read_only:
            self._conn.execute("PRAGMA query_only=ON")
            return
        if have > NEWEST:
            raise NewerVault(
                f"A later Mneme wrote this vault (its schema is {have}, this one knows {NEWEST}).",
                "Update Mneme; until then the vault can only be read.",
            )
        if self._conn.execute("PRAGMA journal_mode=WAL").fetchone()[0] != "wal":
            raise VaultProblem("The vault's log cannot be kept here.", "Move the profile to a local disk.")
        for pragma in _WRITER_PRAGMAS:
            self._conn.execute(f"PRAGMA {pragma}")
        for migration in MIGRATIONS[have:]:
            self._conn.execute("BEGIN IMMEDIATE")
            for number, statement in enumerate(migration.statements):
                faults.at(f"migration {migration.number}.{number}")
                self._conn.execute(statement)
            self._conn.execute(f"PRAGMA user_version = {migration.number}")
            faults.at(f"migration {migration.number} before commit")
            self._conn.execute("COMMIT")
            faults.at(f"migration {migration.number} after commit")

    def _read_meta(self, making: bool, trusting: bool) -> None:
        wanted = "SELECT key, value FROM meta WHERE key IN ('secret', 'commits', 'committed')"
        meta = dict(self._conn.execute(wanted).fetchall())
        if "secret" not in meta and not making:
            raise DamagedVault("The vault was never finished, or has been cut off.", _RESTORE)
        if making:
            meta = {"secret": token_bytes(KEY_BYTES), "commits": 0, "committed": self._clock()}
            self._conn.execute("BEGIN IMMEDIATE")
            self._conn.executemany("INSERT INTO meta(key, value) VALUES (?, ?)", list(meta.items()))
            self._conn.execute("COMMIT")
        self._secret = bytes(meta["secret"])
        self._mark = Mark(commits=int(meta["commits"]), settled=0, at=float(meta["committed"]))
        self._counter = Counter(self.paths.counter, self.derived_key("commit counter"))
        if not making and not trusting:
            self._compare()
            return
        self._tell(self._counter.renew)
        self._tell_witness()

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences for the person about what opening it, or a later save, found."""
        return tuple(self._notices)

    @property
    def schema(self) -> int:
        """The number of the schema in the file."""
        with self.read() as db:
            return int(db.execute("PRAGMA user_version").fetchone()[0])

    @property
    def commits(self) -> int:
        """How many commits the vault has seen."""
        return self._mark.commits

    def derived_key(self, purpose: str) -> bytes:
        """32 bytes for one purpose: HKDF-SHA256 (RFC 5869) of a secret in the vault, which a new key keeps."""
        if not self._secret:
            raise Locked
        pseudorandom = hmac.new(b"mneme vault", self._secret, hashlib.sha256).digest()
        return hmac.new(pseudorandom, purpose.encode() + b"\x01", hashlib.sha256).digest()

    def close(self) -> None:
        """Settles the log, interrupts running reads, closes every connection and drops the key."""
        with self._writing:
            if self._closed:
                return
            if self._inside_write:
                raise RuntimeError("a vault is not closed inside a write")
            try:
                if not self.read_only:
                    self.checkpoint()
            except Problem:
                self._notices.append("The log could not be settled; nothing is lost, the next start does it.")
            self._closed = True
            self._readers.close(LAST_DRAIN_S)
            self._counter.close()
            self._conn.close()
            self._key = self._secret = b""

    # -- writing and reading

    @property
    def _inside_write(self) -> bool:
        return bool(getattr(self._here, "writing", False))

    @contextmanager
    def write(self) -> Generator[Database, None, None]:
        """One transaction, durable when the block ends; rolled back whole on any exception.

        Serial over all threads. A write inside a write joins it; an exception undoes the inner part alone.
        Raises DiskFull, DamagedVault, Locked, VaultProblem; RuntimeError inside a read of the same thread.
        """
        if self._readers.current is not None:
            raise RuntimeError("a write inside a read of the same thread would wait for itself")
        self.cover.check()
        with self._writing, translated():
            self._check_writable()
            if self._inside_write:
                with self._db.atomic():
                    yield self._db
                return
            faults.at("before begin")
            self._conn.execute("BEGIN IMMEDIATE")
            self._here.writing = True
            try:
                faults.at("after begin")
                before = self._conn.total_changes
                yield self._db
                if not self._conn.in_transaction:
                    raise RuntimeError("the transaction was ended inside the write")
                mark = self._bumped() if self._conn.total_changes != before else None
                faults.at("before commit")
                self._conn.execute("COMMIT")
            except BaseException:
                if self._conn.in_transaction:
                    self._conn.execute("ROLLBACK")
                raise
            finally:
                self._here.writing = False
            faults.at("after commit")
            if mark is not None:
                self._mark = mark
                self._tell(self._counter.write)

    def _bumped(self) -> Mark:
        at = self._clock()
        self._conn.execute("UPDATE meta SET value = ? WHERE key = 'committed'", (at,))
        rows = self._conn.execute("UPDATE meta SET value = value + 1 WHERE key = 'commits' RETURNING value").fetchall()
        return replace(self._mark, commits=int(rows[0][0]), at=at)

    @contextmanager
    def read(self) -> Generator[Database, None, None]:
        """A consistent snapshot, from any thread. Rows are lazy: use them up inside the block, and be short.

        A read inside a read of the same thread shares its snapshot; one inside a write sees what was written.
        Raises Interrupted when a forget or a lock needs the log (ask again), Locked when the vault is closed.
        """
        self.cover.check()
        with translated():
            if self._inside_write:
                yield self._db
            elif (outer := self._readers.current) is not None:
                yield outer.db
            else:
                with self._readers.reading() as db:
                    yield db

    def interrupt_readers(self) -> None:
        """Stops every running read: each raises Interrupted."""
        self._readers.interrupt()

    def _check_writable(self) -> None:
        if self._closed:
            raise Locked
        if self.read_only:
            raise VaultProblem("The vault is open for reading only.", "Update Mneme, or restore a backup.")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else reads or writes inside the block."""
        if self._inside_write or self._readers.current is not None:
            raise RuntimeError("not inside a write or a read")
        with self._writing, translated():
            self._check_writable()
            with self._readers.away(DRAIN_S):
                yield

    # -- upkeep

    def checkpoint(self) -> None:
        """Empties the log into the file (`wal_checkpoint(TRUNCATE)`).

        Running reads are interrupted, new ones wait. Raises VaultProblem when one does not end, or the disk fails.
        """
        with self._alone():
            self._settle()
        self._tell_witness()

    def _settle(self) -> None:
        faults.at("before checkpoint")
        if self._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            raise VaultProblem("The vault's log cannot be emptied.", "Another program holds its file open.")
        faults.at("after checkpoint")
        if self._mark.settled != self._mark.commits:
            self._mark = replace(self._mark, settled=self._mark.commits)
            self._tell(self._counter.write)

    def renew(self, key: bytes) -> None:
        """VACUUM, then every page under the new 32-byte key, then an empty log: what an erase needs.

        Whoever calls keeps both keys until it returns; after a crash exactly one of them opens the vault.
        """
        with self._alone():
            self._settle()
            faults.at("before vacuum")
            self._conn.execute("VACUUM")
            self._settle()
            faults.at("before rekey")
            self._readers.renew()
            self._conn.execute(f"PRAGMA rekey = \"x'{key.hex()}'\"")
            faults.at("after rekey")
            self._key = key
            self._settle()

    def copy_to(self, path: Path) -> None:
        """A consistent copy under the same key at `path`, which must not exist (online backup API); read back.

        Raises DamagedVault when the copy is not whole, Locked, DiskFull, VaultProblem.
        """
        with self._writing, translated():
            if self._closed:
                raise Locked
            faults.at("before backup")
            made_private(path)
            copy = connect(path, self._key, mode="rw")
            try:
                self._conn.backup(copy)
            finally:
                copy.close()
            faults.at("after backup copy")
        verify(path, self._key)

    def copy_under(self, path: Path, key: bytes, *, stop: Callable[[], bool] = lambda: False) -> None:
        """A copy of this moment under another key at `path`, which must not exist; writes go on meanwhile.

        Raises Cancelled when `stop` says so, Interrupted when a forget or a lock needs the log, DiskFull, VaultProblem.
        """
        self.cover.check()
        made_private(path)
        copy = connect(path, key, mode="rw")

        def looked(*_: int) -> None:
            if stop():
                raise Cancelled("The copy")
            if self._readers.draining:
                raise Interrupted

        try:
            with translated(), self._readers.reading(once=True) as db:
                db.execute("SELECT count(*) FROM meta").fetchone()  # the snapshot that every page is taken from
                assert isinstance(db.conn, sqlcipher.Connection)
                db.conn.backup(copy, pages=_PAGES_AT_ONCE, progress=looked)
        finally:
            copy.close()

    def traces(self, needles: Sequence[bytes]) -> int:
        """How many of `needles` stand in a decrypted page of the file or its log, free pages too."""
        with self._writing:
            if self._closed:
                raise Locked
            path = self.paths.vault
            return count(list(needles), chain(decrypted(path, self._key), decrypted_wal(path, self._key)))

    def may_be_in(self, copy: Path, ids: Sequence[str], content_keys: Sequence[bytes]) -> bool:
        """Whether one of these memories, or its content, is in this own copy; also where that cannot be told."""
        if copy.with_name(copy.name + "-wal").exists():
            return True  # what its log adds could only be told by settling it
        try:
            with translated():
                conn = connect(copy, self._key, mode="ro&immutable=1")
                try:
                    found = conn.execute(
                        "SELECT 1 FROM memory WHERE id IN (SELECT value FROM json_each(?)) UNION ALL "
                        "SELECT 1 FROM memory WHERE content_key IN (SELECT unhex(value) FROM json_each(?)) LIMIT 1",
                        (json.dumps(list(ids)), json.dumps([mac.hex() for mac in content_keys])),
                    )
                    return found.fetchone() is not None
                finally:
                    conn.close()
        except (Problem, BadStatement):
            return True

    def check(self) -> tuple[str, ...]:
        """Every page's MAC and SQLite's own integrity check: what is wrong, nothing when all is well. Slow."""
        with translated(), self._readers.reading(once=True) as db:
            return checked(db.conn)

    # -- the commit counter

    def _compare(self) -> None:
        try:
            reading = self._counter.read()
        except OSError:
            reading = Reading(mark=None, whole=False)
        kept = self._witness.recall() if self._witness is not None else None
        witnessed = unseal(self.derived_key("commit counter"), kept) if kept else None
        commits = self._mark.commits
        sentence, self._mark = compare(self._mark, reading, witnessed, self._clock())
        if sentence is not None:
            self._notices.append(sentence)
        healthy = reading.whole and reading.mark is not None and reading.mark.commits == commits
        if not self.read_only and not healthy:
            self._tell(self._counter.renew)

    def _tell(self, write: Callable[[Mark], None]) -> None:
        """Writes the mark outside. What was committed is kept, so a failure here is told, never raised."""
        sentence = "The commit counter cannot be written: lost saves could go unnoticed."
        try:
            write(self._mark)
        except OSError:
            if sentence not in self._notices:
                self._notices.append(sentence)

    def _tell_witness(self) -> None:
        if self._witness is not None:
            self._witness.keep(seal(self.derived_key("commit counter"), self._mark))


def checked(conn: object) -> tuple[str, ...]:
    """What `cipher_integrity_check` and `quick_check` say of a keyed connection; empty when all is well."""
    assert isinstance(conn, sqlcipher.Connection)
    found = [str(row[0]) for row in conn.execute("PRAGMA cipher_integrity_check")]
    found += [str(row[0]) for row in conn.execute("PRAGMA quick_check") if row[0] != "ok"]
    return tuple(found)


def verify(path: Path, key: bytes) -> tuple[int, int]:
    """(schema, commits) of a copy that is whole. Raises DamagedVault, WrongKey, Missing, NewerVault."""
    check_file(path)
    conn = connect(path, key, mode="ro&immutable=1")
    try:
        with translated():
            if checked(conn):
                raise DamagedVault("This copy of the vault is damaged.", "Use another backup.")
            schema = int(conn.execute("PRAGMA user_version").fetchone()[0])
            if schema > NEWEST:
                raise NewerVault(f"A later Mneme wrote this copy (schema {schema}, this one knows {NEWEST}).")
            row = conn.execute("SELECT value FROM meta WHERE key = 'commits'").fetchone()
    finally:
        conn.close()
    return schema, int(row[0])
