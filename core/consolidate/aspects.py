"""Words of what a value is of: sums, days that come once, moments; and those that tell nothing of it (English)."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NOT_ABOUT = _words(
    "schedul status confirm plan date dat time day week month year stand order amount total clock number have"
    " ha put take get got know rememb remind note pleas wa fyi dear hi hello info mr mr. mrs ms"
)
SAME = {
    "land": "arriv", "marri": "wed", "marry": "wed", "born": "birthdai", "bdai": "birthdai", "leav": "depart",
    "begin": "start", "doctor": "appoint", "dentist": "appoint", "checkup": "appoint", "cost": "price",
    "fare": "price", "wage": "salari", "mobil": "phone", "cell": "phone", "telephon": "phone", "due": "deadlin",
    "monthli": "month",
}  # fmt: skip
ONE_SUM = frozenset(
    {"rent", "deposit", "salari", "rate", "budget", "price", "fee", "premium", "pension", "mortgag", "tuition"}
    | {"allow", "instal", "invoic", "bill", "refund", "fine", "tax", "loan", "balanc"}
)
"""What a sum is of; two sums contradict each other only when both are of the same."""
STEADY_SUM = ONE_SUM - {"invoic", "bill", "refund", "fine", "balanc", "price", "instal"}
"""Those that are the same from one time to the next."""
ONCE = frozenset(
    {"birthdai", "wed", "funer", "graduat", "deadlin", "launch", "releas", "surgeri", "oper", "premier", "christen"}
    | {"exam", "handov", "concert", "move"}
)
"""What has one day."""
BY_NAME = frozenset({"launch", "releas", "surgeri", "oper", "premier", "exam", "handov", "concert", "move"})
"""Of these there may be several, unless they are told apart by more than one word."""
MOMENTS = frozenset(
    {"arriv", "depart", "start", "end", "finish", "close", "open", "board", "pickup", "check", "deadlin"}
    | {"door", "gate", "kickoff", "meet", "lunch", "dinner", "breakfast", "sunset", "sunris", "return", "collect"}
)
"""What a time of day is of."""
QUALIFIERS = _words(
    "net gross member student adult child paid owe open due remain left half part save spent parti morn afternoon even"
    " night weekend summer winter spring autumn work offic home privat landlin busi resit retak first second"
    " third final upstair downstair minimum maximum min max daili weekli annual yearli total tax vat"
)
"""What tells two values of one kind apart when only one of two statements has it, or each another."""
ATTRIBUTES = (
    ONE_SUM
    | ONCE
    | MOMENTS
    | _words("size shoe ring collar dress hour month year annual gate platform seat room floor termin tabl")
    | _words("phone appoint dr son daughter child brother sister husband wife mother father dog cat")
)
"""Words that many things share: with these alone two statements are not about the same."""
LITTLE = _words(
    "i i'm i'll i've we we're we'll you your my our the a an it it's he she they his her their this that is are am be"
    " on in at for of to and but from by with has have not no yes ok so here there weekly every all"
)
"""Words that are never about anything, also with a capital."""
