"""Start here: the memory itself, without a window or a scheduler; it works from a plain script.

The flow, and the order in which to read::

    capture -> gate -> store -> (recall -> answer)      while the person is there
                        store -> sleep: consolidate, fade, thin -> store     while they are not

`memory.py` has the shapes that flow (Observation -> Draft -> Memory -> Recalled -> Answer), `assistant/` every way
in and the whole way through, `errors.py` what can go wrong, `store/migrations.py` what lies in the vault.

Words, one for each thing: a *profile* is one person's folder; the *vault* its encrypted database and the only
truth; an *observation* something captured exactly as it came in; an *episode* observations that belong together;
a *memory* what is kept and recalled; *strength* how firmly it is held now; *recall* finding, *answer* saying with
grounds; *sleep* the upkeep, its *journal* what it changed; *forget* out of live files, *erase* out of old disk
blocks too; the *archive* the exported file; the *engine* the process that runs the language model.
"""
