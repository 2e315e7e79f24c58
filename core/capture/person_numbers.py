"""Numbers that states give to persons, by their published form, their check digits and what they are called. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from core.capture import person_checks
from core.capture.code_evidence import other_number
from core.capture.stretches import matches_in, stretches
from core.pattern import Pattern

Found = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """One state's number. `names` empty: its form and check are enough alone."""

    form: Pattern
    check: Callable[[str], bool]
    """Over the number without blanks, dashes, dots and strokes."""
    names: str = ""
    also: str = ""
    """What it is called where it needs no name, unless it is torn."""
    called: Pattern = field(init=False)
    called_after: Pattern = field(init=False)
    called_whole: Pattern = field(init=False)

    def __post_init__(self) -> None:
        names = self.names or self.also
        named = rf"(?i)(?<![^\W\d_])(?:{names})(?![^\W\d_])[^\n]{{0,40}}\n?[^\d\n]{{0,12}}$"
        object.__setattr__(self, "called", Pattern(named))
        after = rf"(?i)[ \t]*(?:[(\[|–—\-,][ \t]*|\b(?:is|as|ist|est|es)[ \t]+(?:\w+ )?)(?:{names})(?![^\W\d_])"
        object.__setattr__(self, "called_after", Pattern(after))
        object.__setattr__(self, "called_whole", Pattern(rf"(?i)(?:{names})(?![^\W\d_])"))

    def is_one(self, written: str) -> bool:
        """Whether its check digits are right."""
        return self.check("".join(sign for sign in written if sign.isalnum()))


_BEFORE, _AFTER = r"(?<![\w.,\-/])", r"(?![\w\-/]|[.,]\d)"


def _kind(form: str, check: Callable[[str], bool], names: str = "", *, also: str = "") -> _Kind:
    return _Kind(form=Pattern(rf"{_BEFORE}(?:{form}){_AFTER}"), check=check, names=names, also=also)


def _any(_: str) -> bool:
    return True


_MBI = "[AC-HJKMNP-RT-Y]"
"""The letters of a Medicare Beneficiary Identifier: none that is taken for a digit."""
_KINDS = (
    _kind(r"\d{3}\.\d{3}\.\d{3}-\d{2}", person_checks.cpf, also="cpf"),
    _kind(r"\d{11}", person_checks.cpf, "cpf"),
    _kind(
        r"[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[ABab]) ?\d{3} ?\d{3} ?\d{2}",
        person_checks.nir,
        also="nir|n(?:um[ée]ro|o|[°º]|r)?\\.? (?:de )?(?:s[ée]cu(?:rit[ée] sociale)?|ss)|s[ée]curit[ée] sociale|s[ée]cu"
             "|(?:carte )?vitale|assur[ée]e?",
    ),
    _kind(r"[1-9]\d ?\d{3} ?\d{3} ?\d{3}", person_checks.steuer_id,
          "steuer|steuer-?id(?:entifikationsnummer)?|steuerliche|id-?nr|identifikationsnummer|tax|tin|steuernummer"),
    _kind(r"\d{8}-?[A-HJ-NP-TV-Z]|[XYZ]-?\d{7}-?[A-HJ-NP-TV-Z]", person_checks.dni, also="dni|nie|nif"),
    _kind(r"\d{8}[ \-]?[A-Za-z]|[XYZxyz][ \-]?\d{7}[ \-]?[A-Za-z]", person_checks.dni, "dni|nie|nif"),
    _kind(r"\d{2}\.\d{3}\.\d{3}[ \-]?[A-HJ-NP-TV-Z]", person_checks.dni),
    _kind(r"756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}", person_checks.ean13, also="ahv(?:-?n(?:umme)?r\\.?)?|avs|oasi"),
    _kind(r"\d{4}[. ]?\d{2}[. ]?\d{3}|\d{3}[ .]\d{3}[ .]\d{3}|\d{9}", person_checks.bsn,
          "bsn|burgerservicenummer|sofi-?nummer|citizen service number"),
    _kind(r"\d{3}[ \-]?\d{3}[ \-]?\d{3}", person_checks.luhn,
          r"(?-i:SIN|NAS)|social insurance(?: number| no\.?)?|num[ée]ro d.assurance sociale"),
    _kind(r"\d{11}", person_checks.pesel, "pesel"),
    _kind(r"[A-Za-z]{6}[0-9LMNP-Vlmnp-v]{2}[ABCDEHLMPRSTabcdehlmprst][0-9LMNP-Vlmnp-v]{2}[A-Za-z]"
          r"[0-9LMNP-Vlmnp-v]{3}[A-Za-z]", person_checks.codice, also="codice fiscale|c\\.?f\\.?|cod\\. fisc\\.?"),
    _kind(r"\d{2}\.\d{2}\.\d{2}[\- ]\d{3}[. ]\d{2}", person_checks.rijksregister,
          also="rijksregister(?:nummer)?|registre national|insz|niss|num[ée]ro national"),
    _kind(r"\d{11}", person_checks.rijksregister,
          "rijksregister(?:nummer)?|registre national|national register|insz|niss|num[ée]ro national"),
    _kind(r"\d{6}[+\-A-FU-Ya-fu-y]\d{3}[0-9A-FHJ-NPR-Ya-fhj-npr-y]", person_checks.hetu,
          also="henkil[öo]tunnus|hetu|personbeteckning"),
    _kind(r"\d{6} ?\d{5}", person_checks.fodselsnummer, "f[øo]dselsnummer|personnummer|fnr|national id"),
    _kind(r"(?:19|20)?\d{6}[\-+]?\d{4}", lambda digits: person_checks.luhn(digits[-10:]),
          "personnummer|personnr|pnr|samordningsnummer|personal identity number"),
    _kind(r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}-?\d{4}", _any, "cpr(?:-?n(?:umme)?r)?|personnummer"),
    _kind(r"\d{3} ?\d{3} ?\d{3}", person_checks.nif, "nif|contribuinte|n[úu]mero fiscal"),
    _kind(r"\d{4} ?\d{6}", person_checks.svnr, "svnr|sv-?nummer|sv-?nr|sozialversicherungsnummer|versicherungsnummer"),
    _kind(r"\d{2} ?\d{6} ?[A-Z] ?\d{3}", _any,
          "rv-?nummer|rvnr|svnr|sozialversicherungsnummer|rentenversicherungsnummer|versicherungsnummer|sv-?nr"
              r"|sv-?nummer"),
    _kind(r"\d{7} ?[A-Wa-w][A-IWa-iw]?", person_checks.pps,
          "ppsn?|pps (?:no|number)|personal public service(?: number)?"),
    _kind(r"[2-9]\d{3} ?\d{4} ?\d{4}", person_checks.aadhaar, "aadhaar|aadhar|uidai|uid|आधार"),
    _kind(r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]", person_checks.resident_id,
          also="身份证(?:号码?)?|身份證(?:號碼?)?|公民身份号码"),
    _kind(r"[1-9]\d{10}", person_checks.tckn, r"t\.?c\.?(?: kimlik)?|tckn|kimlik|vatanda[şs]l[ıi]k"),
    _kind(r"\d{2}(?:[0257][1-9]|[1368][0-2])\d{2}/?\d{4}", person_checks.rodne_cislo, "rodn[ée] č[íi]slo|r\\. ?č|rč"),
    _kind(r"[1-8]\d{2}(?:0[1-9]|1[0-2])\d{8}", person_checks.cnp, "cnp|cod numeric personal"),
    _kind(r"\d{11}", person_checks.luhn, "amka|αμκα|α\\.μ\\.κ\\.α"),
    _kind(r"\d{11}", person_checks.mod_11_10, "oib"),
    _kind(r"\d{3} ?\d{3} ?\d{2,3}", person_checks.tfn, "tfn|tax file(?: number)?"),
    _kind(r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]) ?\d{4} ?[01]\d ?\d", person_checks.luhn,
          "id (?:no\\.?|number)|identity number|(?:rsa|sa) id"),
    _kind(r"\d{6}-[1-8]\d{6}", _any, "rrn|주민등록번호|주민번호|resident registration(?: number)?"),
    _kind(r"\d{4} ?\d{4} ?\d{4}", person_checks.my_number, "my ?number|マイナンバー|個人番号"),
    _kind(r"[A-Z]{4}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[HMX][A-Z]{5}[A-Z0-9]\d", _any),
    _kind(r"\d{1,2}\.\d{3}\.\d{3}-[\dKk]", person_checks.rut, also="rut|run"),
    _kind(r"\d{7,8}-?[\dKk]", person_checks.rut, r"rut|(?-i:RUN)|rol [úu]nico(?: tributario| nacional)?"),
    _kind(r"(?:20|23|24|25|26|27)-\d{8}-\d", person_checks.cuil, also="cui[lt]"),
    _kind(r"(?:20|23|24|25|26|27)\d{9}", person_checks.cuil, "cui[lt]"),
    _kind(r"\d\.\d{3}\.\d{3}-\d", person_checks.cedula_uy),
    _kind(r"\d{7}-?\d", person_checks.cedula_uy, r"c[ée]dula|c\.i\."),
    _kind(r"[1-6]\d{10}", person_checks.isikukood,
          "isikukoo\\w*|isiku ?kood|id-?kood|asmens kod\\w*|personal (?:identification )?code"),
    _kind(r"(?:0[1-9]|[12]\d|3[012])(?:0[1-9]|1[0-2]|\d\d)\d{2}-?\d{5}", person_checks.personas_kods, "personas"
        r" kod\\w*"),
    _kind(r"\d{10}", person_checks.egn, "егн|egn|единен граждански номер"),
    _kind(r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])[09]\d{8}", person_checks.jmbg, "jmbg|јмбг|em[šs]o|ембг|embg"),
    _kind(r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}-?\d{4}", person_checks.kennitala, "kennit[aö]l\\w*|kt\\."),
    _kind(r"\d{3}-\d{3}-\d{3} \d{2}", person_checks.snils, also="снилс|snils"),
    _kind(r"\d{11}", person_checks.snils, "снилс|snils"),
    _kind(r"\d{12}", person_checks.inn, "инн|inn"),
    _kind(r"\d{9}", person_checks.luhn, "ת\\.ז\\.?|תעודת זהות|teudat zehut|israeli id(?: number)?"),
    _kind(r"[STFGstfg]\d{7}[A-Za-z]", person_checks.nric, "nric|fin|ic(?: no\\.?| number)?|identity card"),
    _kind(r"[A-Z][1289]\d{8}", person_checks.taiwan,
          "身分證\\w*|身份證\\w*|national id|id (?:no\\.?|number)|taiwan\\w*"),
    _kind(r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-\d{2}-\d{4}", _any,
          "mykad|nric|kad pengenalan|ic(?: no\\.?)?"),
    _kind(r"\d{3} ?\d{3} ?\d{4}", person_checks.nhs, "nhs(?: no\\.?| number)?"),
    _kind(r"[A-Za-z]{3}[ABCFGHJLPTabcfghjlpt][A-Za-z]\d{4}[A-Za-z]", _any,
          "pan(?: card)?(?: no\\.?| number)?|permanent account(?: number| no\\.?)?|पैन"),
    _kind(r"\d{3}[ \-]?\d{2}[ \-]?\d{4}", person_checks.ssn,
          "ssn|social security(?: number| no\\.?| nr\\.?| #)?|(?:my|his|her|their|your) social|itin"),
    _kind(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ \-]?\d{2}[ \-]?\d{2}[ \-]?\d{2}[ \-]?[A-D]", person_checks.nino,
          r"(?-i:NI(?:NO)?)(?: no\.?| number)?|national insurance(?: number| no\.?)?|n\.i\."),
    _kind(rf"[1-9]{_MBI}(?:{_MBI}|\d)\d-?{_MBI}(?:{_MBI}|\d)\d-?{_MBI}{{2}}\d\d", _any,
          "medicare(?: beneficiary)?(?: id(?:entifier)?| number| no\\.?)?|mbi"),
    _kind(r"(?=(?:[A-Z]*\d){5})[A-Z0-9]{8,9}", _any,
          r"passport (?:no\.?|nr\.?|number|#)|(?:reise)?pass-?(?:nummer|nr\.?)|num[ée]ro de passeport"
          r"|passeport n[°o]\.?"
              r"|n[úu]mero de pasaporte|pasaporte (?:n[°º.]|no\.?)|numero (?:di|del) passaporto|passaporto n\.?"
              r"|paspoortnummer"),
)  # fmt: skip
_ANY_NAME = "|".join(kind.names or kind.also for kind in _KINDS if kind.names or kind.also)
_NAMES = Pattern(rf"(?i)(?<![^\W\d_])(?:{_ANY_NAME})(?![^\W\d_])")
_DIGITS = Pattern(r"\d(?:[^\d]{0,4}\d){3,}")
"""Enough digits near each other for a person's number; the dearer expressions read nothing else."""
_GAPS = (
    Pattern(r"(?<=\d)[ \t]{0,2}(?:\n[ \t]*|[ \t])(?=\d)"),
    Pattern(r"(?<=\d)[ \t]?(?:\n|[ \t])(?=[\dA-Z])|(?<=[A-Z])[ \t]?(?:\n|[ \t])(?=\d)"),
)
"""Between digits; and also between a digit and a letter."""
_MARGIN = 12
"""Letters that may stand before the first of these digits or after the last."""
_CELLS = Pattern(r"[ \t]{2,}|\t|[ \t]*[|;,][ \t]*")
_ABOVE = 600
"""Characters above a row in which the head of its table may stand."""
_SSN = Pattern(
    r"(?<![\d+\-.])(?<!\d[ .\-])(?<!\+\d\d )(?!000|666|9\d\d)\d{3}(?:([ \-])(?!00)\d{2}\1|(?:-| -|- "
    r"| - )(?!00)\d{2}(?:-| -|- | - ))(?!0000)\d{4}(?![\d\-]|[ .]\d)"
)
_SSN_NAMED = Pattern(
    r"(?i)(?<![a-z])(?:ssn|social security(?: number| no\.?| nr\.?| #)?|(?:my|his|her|their|your) social"
    r"|itin)\b[^\d\n]{0,40}\n?[^\d\n]{0,12}"
    r"(?<![\d.,])((?!000|666)\d{9}|9\d\d-\d\d-\d{4})(?![\d\-])"
)
_NINO_NAME = r"NI|NINO|NI no|NI number|[Nn]ational [Ii]nsurance|[Nn]ational [Ii]nsurance (?:[Nn]umber|[Nn]o\.?)|N\.I\."
_NINO_BODY = r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ \-]?\d{2}[ \-]?\d{2}[ \-]?\d{2}[ \-]?[A-D]"
_NINO = Pattern(
    rf"(?<![A-Za-z0-9])(?:(?:{_NINO_NAME})(?![A-Za-z])[^\n\dA-Z]{{0,24}}\n?[ \t]*(?P<named>{_NINO_BODY})"
    rf"|(?P<grouped>(?=[A-Z]{{2}} \d\d \d\d \d\d [A-D]){_NINO_BODY})"
    rf"|(?P<before>{_NINO_BODY})(?=[^\n]{{0,16}}(?:\bNI\b|\bNINO\b|[Nn]ational [Ii]nsurance)))(?![A-Za-z0-9])"
)
_REACH = 72
"""Characters before a number in which its name may stand."""


def person_numbers(text: str) -> Iterator[Found]:
    """Persons' numbers of some forty states: those with a form of their own alone, the others where they are named."""
    for match in _SSN.finditer(text):
        if not other_number(text, match.start()):
            yield match.span()
    for match in _SSN_NAMED.finditer(text):
        yield match.span(1)
    for match in _NINO.finditer(text):
        yield match.span(match.lastgroup or 0)
    parts = stretches(text, _DIGITS, _MARGIN, _MARGIN)
    for kind in _KINDS:
        for match in matches_in(text, parts, (kind.form,)):
            if kind.is_one(match.group()) and (not kind.names or _named(kind, text, *match.span())):
                yield match.span()
    for begin, end in parts:
        yield from _torn(text, begin, end)


def _torn(text: str, begin: int, end: int) -> Iterator[Found]:
    """Numbers called by name that have a blank or a line break where none belongs."""
    if all(gaps.search(text, begin, end) is None for gaps in _GAPS):
        return
    if _NAMES.search(text, max(0, begin - _REACH), end) is None:
        return
    for gaps in _GAPS:
        gone = {place for gap in gaps.compiled.finditer(text, begin, end) for place in range(*gap.span())}
        if not gone:
            continue
        places = [place for place in range(begin, end) if place not in gone]
        whole = "".join(text[place] for place in places)
        for kind in _KINDS:
            if not (kind.names or kind.also) or kind.check is _any:
                continue
            for match in kind.form.finditer(whole):
                first, last = places[match.start()], places[match.end() - 1]
                torn = last - first >= match.end() - match.start()
                if torn and kind.is_one(match.group()) and _named(kind, text, first, last + 1):
                    yield first, last + 1


def _named(kind: _Kind, text: str, begin: int, end: int) -> bool:
    if kind.called.search(text[max(0, begin - _REACH) : begin]) is not None:
        return True
    if kind.check is _any:
        return False
    return kind.called_after.match(text, end) is not None or _under(kind, text, begin)


def _under(kind: _Kind, text: str, begin: int) -> bool:
    """Whether it stands in a table whose head calls it so: as many cells, and the name in that of its place."""
    start = text.rfind("\n", 0, begin) + 1
    if not start:
        return False
    stop = text.find("\n", begin)
    cells = _CELLS.compiled.split(text[start : stop if stop >= 0 else len(text)].strip())
    place = len(_CELLS.compiled.split(text[start:begin].lstrip())) - 1
    for line in text[max(0, start - _ABOVE) : start - 1].split("\n"):
        heads = _CELLS.compiled.split(line.strip())
        if len(heads) == len(cells) > 1 and place < len(heads) and kind.called_whole.match(heads[place]):
            return True
    return False
