"""What `mneme bench stream` was asked for on its command line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.bench.stream.asked import Asked, Mode
from core.errors import BadInput
from core.inference.header import check_gguf

_RUN = ("--model", "--budget-mb", "--tokens", "--mode", "--prompt-file", "--draft", "--draft-model", "--window",
        "--bundle", "--limit-mb", "--context")  # fmt: skip
_WHOLE = ("--folder", "--part", "--rounds", "--table")
_SWITCHES = ("--clean", "--driver")
_PROMPT = "Tell in a few sentences what a memory is, what it is made of, and why some of it fades."
_MOST_MB = 2**22


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """The whole bench, or some of its parts."""

    folder: Path | None
    parts: tuple[str, ...]
    rounds: int
    table: Path | None
    clean: bool


def read(arguments: Sequence[str]) -> Asked | Whole:
    """One run where a model is named, else the whole bench. Raises BadInput, ModelProblem."""
    values, switches = _split(arguments)
    if "--model" in values:
        return _one(values)
    alone = [name for name in values if name in _RUN]
    if alone:
        raise BadInput(f"{alone[0]} is for one run, which needs a model.", "Add --model FILE.gguf.")
    return Whole(
        folder=Path(values["--folder"]).absolute() if "--folder" in values else None,
        parts=tuple(name for name in values.get("--part", "").split(",") if name),
        rounds=_number(values, "--rounds", 3, 99),
        table=Path(values["--table"]) if "--table" in values else None,
        clean="--clean" in switches,
    )


def _split(arguments: Sequence[str]) -> tuple[dict[str, str], set[str]]:
    values: dict[str, str] = {}
    switches: set[str] = set()
    left = list(arguments)
    while left:
        name, equals, value = left.pop(0).partition("=")
        if name in _SWITCHES and not equals:
            switches.add(name)
        elif name not in (*_RUN, *_WHOLE):
            known = ", ".join((*_RUN, *_WHOLE, "--clean"))
            raise BadInput(f"`mneme bench stream` does not know {name!r}.", f"It knows {known}.")
        elif not equals and not left:
            raise BadInput(f"{name} needs a value.", "`docs/benchmarks.md` says which.")
        else:
            value = value if equals else left.pop(0)
            values[name] = f"{values[name]},{value}" if name == "--part" and name in values else value
    return values, switches


def _one(values: Mapping[str, str]) -> Asked:
    model = Path(values["--model"]).absolute()
    check_gguf(model)
    try:
        mode = Mode(values.get("--mode", Mode.STREAM))
    except ValueError as error:
        raise BadInput(f"There is no mode {values['--mode']!r}.", f"There are: {', '.join(Mode)}.") from error
    if "--budget-mb" not in values and mode is not Mode.MEMORY:
        raise BadInput("How much memory may the engine use?", "Add --budget-mb N.")
    budget_mb = _number(values, "--budget-mb", -(-model.stat().st_size // 2**20), _MOST_MB)
    free = mode in (Mode.MEMORY, Mode.OWN)
    small = Path(values["--draft-model"]).absolute() if "--draft-model" in values else None
    if small is not None:
        check_gguf(small)
    return Asked(
        model=model,
        mode=mode,
        budget_mb=budget_mb,
        prompt=_prompt(values),
        tokens=_number(values, "--tokens", 16, 100_000),
        limit_mb=_number(values, "--limit-mb", 0 if free else budget_mb, _MOST_MB, least=0),
        draft=small is not None or _choice(values, "--draft", ("off", "lookup")) == "lookup",
        small=small,
        window=_choice(values, "--window", ("on", "off")) == "on",
        bundle=_choice(values, "--bundle", ("on", "off")) == "on",
        context=_number(values, "--context", 0, 2**17, least=0),
    )


def _prompt(values: Mapping[str, str]) -> str:
    if "--prompt-file" not in values:
        return _PROMPT
    try:
        text = Path(values["--prompt-file"]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("The prompt file cannot be read.", "Check its path, and that it is text.") from error
    if not text.strip():
        raise BadInput("The prompt file is empty.", "Write a prompt into it.")
    return text


def _choice(values: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    """The first is the usual one."""
    given = values.get(name, known[0])
    if given not in known:
        raise BadInput(f"{name} {given} says nothing here.", f"It is {' or '.join(known)}.")
    return given


def _number(values: Mapping[str, str], name: str, usual: int, most: int, least: int = 1) -> int:
    given = values.get(name, str(usual))
    if not given.isdigit() or not least <= int(given) <= most:
        raise BadInput(f"{name} {given} is no number for this.", f"A whole number from {least} to {most}.")
    return int(given)
