"""The vault's schema as numbered steps; append only, one transaction each. Never edit a step that has landed."""

from collections.abc import Sequence
from typing import NamedTuple


class Migration(NamedTuple):
    """One step: its number (1, 2, ...), what it is for, its statements."""

    number: int
    purpose: str
    statements: Sequence[str]


_UNINDEX = (
    "INSERT INTO words(words, rowid, text) SELECT 'delete', i.row, i.text FROM indexed i WHERE i.seq = {}.seq"
    " AND EXISTS (SELECT 1 FROM words_docsize d WHERE d.id = i.row)"
)

MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        1,
        "memories, words, vectors, pictures, sleeps, journal",
        (
            "CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID",
            """
            CREATE TABLE memory (
              seq INTEGER PRIMARY KEY AUTOINCREMENT,
              id TEXT NOT NULL UNIQUE,
              kind TEXT NOT NULL, facet TEXT NOT NULL, state TEXT NOT NULL,
              text TEXT NOT NULL, caption TEXT NOT NULL DEFAULT '',
              at REAL NOT NULL, at_offset INTEGER NOT NULL, at_given INTEGER NOT NULL DEFAULT 1,
              created REAL NOT NULL,
              channel TEXT NOT NULL, app TEXT NOT NULL DEFAULT '', window TEXT NOT NULL DEFAULT '',
              url TEXT NOT NULL DEFAULT '', conversation TEXT NOT NULL DEFAULT '',
              external_id TEXT NOT NULL DEFAULT '', session TEXT NOT NULL DEFAULT '',
              speaker TEXT NOT NULL DEFAULT '', addressee TEXT NOT NULL DEFAULT '',
              role TEXT NOT NULL DEFAULT '', mine INTEGER NOT NULL DEFAULT 0,
              language TEXT NOT NULL DEFAULT '', importance REAL NOT NULL DEFAULT 1,
              stability_days REAL NOT NULL, trust INTEGER NOT NULL, sensitivity TEXT NOT NULL,
              masked INTEGER NOT NULL DEFAULT 0, picture TEXT, boxes TEXT NOT NULL DEFAULT '[]',
              subject TEXT, attribute TEXT, value TEXT,
              valid_from REAL, valid_to REAL, reason TEXT NOT NULL DEFAULT '',
              version INTEGER NOT NULL DEFAULT 1, episode TEXT, superseded_by TEXT, folded_into TEXT,
              boilerplate INTEGER NOT NULL DEFAULT 0,
              uses INTEGER NOT NULL DEFAULT 0, last_used REAL, pinned INTEGER NOT NULL DEFAULT 0,
              tags TEXT NOT NULL DEFAULT '[]', content_key BLOB NOT NULL
            )
            """,
            "CREATE UNIQUE INDEX memory_identity ON memory(conversation, external_id) WHERE external_id != ''",
            "CREATE INDEX memory_conversation ON memory(conversation, at, seq)",
            "CREATE INDEX memory_at ON memory(at)",
            "CREATE INDEX memory_content ON memory(content_key)",
            "CREATE INDEX memory_facet ON memory(facet, state)",
            "CREATE INDEX memory_attribute ON memory(subject, attribute) WHERE attribute IS NOT NULL",
            "CREATE INDEX memory_episode ON memory(episode) WHERE episode IS NOT NULL",
            "CREATE TABLE memory_version (memory TEXT NOT NULL, version INTEGER NOT NULL, fields TEXT NOT NULL,"
            " replaced REAL NOT NULL, PRIMARY KEY (memory, version)) WITHOUT ROWID",
            "CREATE TABLE source (memory TEXT NOT NULL, observation TEXT NOT NULL, rank INTEGER NOT NULL,"
            " PRIMARY KEY (memory, observation)) WITHOUT ROWID",
            "CREATE INDEX source_observation ON source(observation)",
            "CREATE TABLE link (a TEXT NOT NULL, b TEXT NOT NULL, relation TEXT NOT NULL, reason TEXT NOT NULL,"
            " PRIMARY KEY (a, b, relation)) WITHOUT ROWID",
            "CREATE INDEX link_b ON link(b)",
            "CREATE TABLE episode (id TEXT PRIMARY KEY, title TEXT NOT NULL, begins REAL NOT NULL, ends REAL NOT NULL,"
            " at_offset INTEGER NOT NULL, app TEXT NOT NULL, conversation TEXT NOT NULL) WITHOUT ROWID",
            "CREATE VIRTUAL TABLE words USING fts5(text, tokenize = 'porter unicode61 remove_diacritics 2')",
            "INSERT INTO words(words, rank) VALUES('secure-delete', 1)",
            "CREATE TABLE vector (memory TEXT NOT NULL, embedder TEXT NOT NULL, floats BLOB NOT NULL,"
            " PRIMARY KEY (memory, embedder)) WITHOUT ROWID",
            "CREATE TABLE outbox (seq INTEGER PRIMARY KEY, memory TEXT NOT NULL UNIQUE)",
            # key: NULL once thinned to the thumbnail; generation: which file on disk is the whole picture
            "CREATE TABLE picture (id TEXT PRIMARY KEY, key BLOB, width INTEGER NOT NULL,"
            " height INTEGER NOT NULL, bytes INTEGER NOT NULL, form TEXT NOT NULL, small_key BLOB NOT NULL,"
            " small_bytes INTEGER NOT NULL, generation INTEGER NOT NULL DEFAULT 1) WITHOUT ROWID",
            "CREATE TABLE tombstone (mac BLOB PRIMARY KEY) WITHOUT ROWID",
            "CREATE TABLE sleep_run (id TEXT PRIMARY KEY, night TEXT NOT NULL, begins REAL NOT NULL, ends REAL,"
            " at_offset INTEGER NOT NULL, lease_until REAL, step TEXT NOT NULL DEFAULT '', state TEXT NOT NULL,"
            " counts TEXT NOT NULL DEFAULT '{}') WITHOUT ROWID",
            "CREATE TABLE journal (id INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, step TEXT NOT NULL,"
            " operation TEXT NOT NULL, memory TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,"
            " sources TEXT NOT NULL, reason TEXT NOT NULL, reverted INTEGER NOT NULL DEFAULT 0,"
            " forgotten INTEGER NOT NULL DEFAULT 0)",
            "CREATE INDEX journal_run ON journal(run)",
            "CREATE INDEX journal_memory ON journal(memory)",
            "CREATE TABLE conflict (id INTEGER PRIMARY KEY AUTOINCREMENT, memory TEXT NOT NULL,"
            " against TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'open', UNIQUE (memory, against))",
            "CREATE TABLE gap (id INTEGER PRIMARY KEY AUTOINCREMENT, begins REAL NOT NULL, ends REAL NOT NULL,"
            " at_offset INTEGER NOT NULL, reason TEXT NOT NULL)",
            "CREATE TABLE rule (id INTEGER PRIMARY KEY AUTOINCREMENT, field TEXT NOT NULL, pattern TEXT NOT NULL,"
            " action TEXT NOT NULL, seeded INTEGER NOT NULL DEFAULT 0, UNIQUE (field, pattern, action))",
            "CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        ),
    ),
    Migration(
        2,
        "long texts in pieces: words and vectors by piece",
        (
            # one row a memory with more than one piece; a row of `words` is seq * 4096 + number
            "CREATE TABLE piece (seq INTEGER NOT NULL, number INTEGER NOT NULL, begins INTEGER NOT NULL,"
            " ends INTEGER NOT NULL, PRIMARY KEY (seq, number)) WITHOUT ROWID",
            "DROP TABLE words",
            "CREATE VIRTUAL TABLE words USING fts5(text, tokenize = 'porter unicode61 remove_diacritics 2')",
            "INSERT INTO words(words, rank) VALUES('secure-delete', 1)",
            "INSERT INTO words(rowid, text) SELECT seq * 4096,"
            " concat_ws(char(10), nullif(text, ''), nullif(caption, ''), nullif(window, '')) FROM memory ORDER BY seq",
            "CREATE TABLE vector_by_piece (memory TEXT NOT NULL, embedder TEXT NOT NULL, piece INTEGER NOT NULL,"
            " floats BLOB NOT NULL, PRIMARY KEY (memory, embedder, piece)) WITHOUT ROWID",
            "INSERT INTO vector_by_piece SELECT memory, embedder, 0, floats FROM vector",
            "DROP TABLE vector",
            "ALTER TABLE vector_by_piece RENAME TO vector",
            # the first piece that has no vector yet
            "ALTER TABLE outbox ADD COLUMN piece INTEGER NOT NULL DEFAULT 0",
            # whole until the background splits them, and found as they are until then
            "CREATE TABLE unsplit (seq INTEGER PRIMARY KEY)",
            "INSERT INTO unsplit SELECT seq FROM memory WHERE length(text) > 1000",
        ),
    ),
    Migration(
        3,
        "parts of words for languages other than English",
        (
            # a row is seq * 4096 + the piece's number, as in `words`; its text is spread out by core/store/grams.py
            "CREATE VIRTUAL TABLE grams USING fts5(text, tokenize = 'trigram')",
            "INSERT INTO grams(grams, rank) VALUES('secure-delete', 1)",
            # every term of `words`, read from its index: holds nothing of its own
            "CREATE VIRTUAL TABLE term USING fts5vocab(words, row)",
            # whose language nobody has looked at yet
            "CREATE TABLE untold (seq INTEGER PRIMARY KEY)",
            "INSERT INTO untold SELECT seq FROM memory WHERE language = ''",
        ),
    ),
    Migration(
        4,
        "when each memory was of use, for its curve",
        (
            # stability_days: how stable it was until then; what it is since stands in `memory`
            "CREATE TABLE used (memory TEXT NOT NULL, at REAL NOT NULL, stability_days REAL NOT NULL,"
            " PRIMARY KEY (memory, at)) WITHOUT ROWID",
            # what is offered looks at what was ever of use
            "CREATE INDEX memory_used ON memory(uses) WHERE uses > 0",
            "CREATE INDEX memory_folded ON memory(folded_into) WHERE folded_into IS NOT NULL",
        ),
    ),
    Migration(
        5,
        "what the frames of a screen showed and when, without their words",
        (
            "CREATE INDEX frame_url ON memory(url, at) WHERE facet = 'frame' AND url != ''",
            "CREATE INDEX frame_window ON memory(window, at) WHERE facet = 'frame' AND url = ''",
            # all that routines are told by, so that weeks of it are read without the pages of the texts
            "CREATE INDEX frame_at ON memory(at, app, window, url, at_offset, state) WHERE facet = 'frame'",
        ),
    ),
    Migration(
        6,
        "other assistants: what each may read, and every time one asked",
        (
            # times as ISO 8601 with their offset; key_hash: SHA-256 of the key that it must show, NULL without one
            "CREATE TABLE client (name TEXT PRIMARY KEY, standing TEXT NOT NULL, kinds TEXT NOT NULL,"
            " sensitivities TEXT NOT NULL, may_write INTEGER NOT NULL DEFAULT 0, key_hash BLOB,"
            " first_asked TEXT NOT NULL, last_asked TEXT NOT NULL, asked INTEGER NOT NULL DEFAULT 0,"
            " given INTEGER NOT NULL DEFAULT 0, held_back INTEGER NOT NULL DEFAULT 0,"
            " refused INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID",
            "CREATE TABLE access (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, client TEXT NOT NULL,"
            " tool TEXT NOT NULL, given INTEGER NOT NULL, held_back INTEGER NOT NULL DEFAULT 0,"
            " refused INTEGER NOT NULL)",
            "CREATE INDEX access_client ON access(client)",
            # who asked before was allowed or refused with all others: each asks for itself from now on
            "INSERT INTO access (at, client, tool, given, refused) SELECT value ->> 'at', value ->> 'client',"
            " value ->> 'tool', value ->> 'given', value ->> 'refused' FROM json_each("
            "(SELECT value FROM meta WHERE key = 'mcp_access'))",
            "INSERT INTO client (name, standing, kinds, sensitivities, first_asked, last_asked, asked, given, refused)"
            " SELECT client, 'asks', '[]', '[]', min(at), max(at), count(*), sum(given), sum(refused) FROM access"
            " GROUP BY client",
            "DELETE FROM meta WHERE key = 'mcp_access'",
            "DELETE FROM setting WHERE key IN ('mcp.allowed', 'mcp.may_remember')",
        ),
    ),
    Migration(
        7,
        "pictures that are patches on another one",
        (
            # base: the whole picture below it, NULL for a whole one; laid: where the patch lies, JSON [left, top].
            # small_bytes 0 with an empty small_key: its thumbnail is made when it is asked for
            "ALTER TABLE picture ADD COLUMN base TEXT",
            "ALTER TABLE picture ADD COLUMN laid TEXT NOT NULL DEFAULT ''",
            "CREATE INDEX picture_base ON picture(base) WHERE base IS NOT NULL",
            "CREATE INDEX memory_picture ON memory(picture) WHERE picture IS NOT NULL",
        ),
    ),
    Migration(
        8,
        "the full-text index without a second copy of the texts",
        (
            # what is indexed of each piece; a row is seq * 4096 + its number. The index is told these texts, both when
            # they come and when they go, so that what it is told to take out is what it was given
            "CREATE VIEW indexed AS SELECT m.seq AS seq, m.seq * 4096 AS row, concat_ws(char(10), nullif(m.text, ''),"
            " nullif(m.caption, ''), nullif(m.window, '')) AS text FROM memory m"
            " WHERE NOT EXISTS (SELECT 1 FROM piece p WHERE p.seq = m.seq)"
            " UNION ALL SELECT p.seq, p.seq * 4096 + p.number, CASE p.number WHEN 0 THEN concat_ws(char(10),"
            " nullif(substr(m.text, p.begins + 1, p.ends - p.begins), ''), nullif(m.caption, ''),"
            " nullif(m.window, '')) ELSE substr(m.text, p.begins + 1, p.ends - p.begins) END"
            " FROM piece p JOIN memory m ON m.seq = p.seq",
            "DROP TABLE term",
            "DROP TABLE words",
            "CREATE VIRTUAL TABLE words USING fts5(text, content = 'indexed', content_rowid = 'row',"
            " tokenize = 'porter unicode61 remove_diacritics 2')",
            "INSERT INTO words(words, rank) VALUES('secure-delete', 1)",
            "INSERT INTO words(words) VALUES('rebuild')",
            "CREATE VIRTUAL TABLE term USING fts5vocab(words, row)",
            # whoever changes a text or where its pieces lie: its words go first, while they can still be told
            f"CREATE TRIGGER words_of_deleted BEFORE DELETE ON memory BEGIN {_UNINDEX.format('old')}; END",
            "CREATE TRIGGER words_of_changed BEFORE UPDATE OF text, caption, window ON memory"
            " WHEN (old.text, old.caption, old.window) IS NOT (new.text, new.caption, new.window)"
            f" BEGIN {_UNINDEX.format('old')}; END",
            f"CREATE TRIGGER words_before_split BEFORE INSERT ON piece BEGIN {_UNINDEX.format('new')}; END",
            f"CREATE TRIGGER words_before_joined BEFORE DELETE ON piece BEGIN {_UNINDEX.format('old')}; END",
        ),
    ),
)

NEWEST = MIGRATIONS[-1].number
"""The schema this program writes; kept in `PRAGMA user_version`."""
