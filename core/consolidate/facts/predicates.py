"""What people say of somebody, as rules: an attribute, the words behind the subject, and what the value must be."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.consolidate.days import day_in_year
from core.consolidate.facts.told import Told
from core.consolidate.facts.values import (
    allergen,
    anything,
    contact,
    employer,
    job,
    liked,
    person,
    place,
    postal,
    street,
)
from core.consolidate.facts.vocabulary import (
    DIETS,
    INSTRUMENTS,
    INTOLERANCES,
    KIN,
    LANGUAGES,
    NAME,
    OCCUPATION,
    PERSON,
    PETS,
    TAIL,
)
from core.pattern import Pattern


@dataclass(frozen=True, slots=True)
class Rule:
    """An attribute, how it is said behind the subject, and what its `value` must look like."""

    attribute: str
    pattern: Pattern
    fits: Callable[[str], bool]
    anyone: bool = True
    """Also when it is said of somebody else."""


def _rule(attribute: str, pattern: str, fits: Callable[[str], bool] = anything, *, anyone: bool = True) -> Rule:
    return Rule(attribute, Pattern(pattern), fits, anyone)


_END = r"(?=\s*(?:$|[,;.!(]|\s-\s|\b(?:and|but|now|already|aged|so|too|since|these days|anyway|instead)\b))"
_LIKED = r"(?=\s*(?:$|[,;:!.(]|\s-\s|\b(?:the most|a lot|so much|very much|too|now|together|lately|these days)\b))"
_JOB = (
    r"(?:an?|the|our|their)\s+(?!(?:guest|member|friend|bridesmaid|volunteer|speaker|fan|participant|customer|tester"
    r"|joke|backup|charm|treat|dream|example|favou?r|team|replacement|last|human|result|whole|couple|kid|child"
    r"|favor)\b)"
    r"(?P<value>(?:[\w-]+\s+){0,3}?[\w-]+)(?=\s*(?:$|[,.;!(]|\s-\s|\b(?:at|for|in|with|and|since|here|now|again)\b))"
)
_PLACE_OF_WORK = (
    r"(?:city|town|county|railway|police|government|fire brigade|library|hospital|university|school|council|bank"
    r"|bakery|museum|post office|airport|factory|town hall|clinic"
    r"|harbour|warehouse|theatre|court|pharmacy|brewery|kindergarten|nursery|zoo|station|university hospital|cinema"
    r"|ministry|embassy|restaurant|hotel|garage|supermarket|print shop|bookshop|gallery|observatory|laboratory|lab)"
)
_WORKPLACE = rf"(?:the\s+|our\s+)?(?P<value>{NAME}|(?<=the\s)(?:[a-z]+\s){{0,2}}{_PLACE_OF_WORK}(?:\s+in\s+[A-Z]\w+)?)"
_WORKING = r"(?:works?|BE working|BE employed|started work(?:ing)?|started|starts?|BE starting)"
_THE = (
    r"(?:the\s+(?=UK|US|USA|Netherlands|Hague|Philippines|Midlands|Highlands|Bahamas|Algarve|Bronx|Ruhr"
    r"|Black Forest))?"
)
_NUMBER = r"(?P<value>\+?\(?\d[\d\s()/.-]{5,18}\d)(?!\d)"
_MAIL = r"(?P<value>[\w.+-]+@[\w-]+\.[\w.-]*\w)"
_MONEY = (
    r"(?:[€$£]\s?\d[\d.,]*\d?k?|\d[\d.,]*k?\s?(?:€|£|\$|euros?|dollars?|pounds?|bucks|francs?|quid|EUR|USD|GBP|CHF"
    r"|kr(?:on[aeo]r?|oner)?|zł|yen|rupees)(?!\w))(?!\s+worth)"
)
_PER = r"(?:\s+(?:a|per|an|each|every)\s+(?:day|week|month|year|hour|night|lesson|session|person))?"
_MEASURE = r"(?:mg|mcg|µg|g|ml|units?|drops|tablets?|puffs?)"
_CONDITION = (
    r"(?:type (?:1|2|one|two) )?diabetes|asthma|epilepsy|migraines?|arthritis|adhd|ADHD|autism|high blood pressure"
    r"|(?:coeliac|celiac) disease|hay ?fever|eczema|psoriasis|an(?:a)?emia|glaucoma|tinnitus|endometriosis|IBS"
    r"|crohn's(?: disease)?|Crohn's(?: disease)?|hypothyroidism|osteoporosis|a heart condition|a pacemaker"
    r"|multiple sclerosis"
)
_PLAYED = rf"(?:(?:electric|bass|classical|acoustic|first|second|lead|jazz)\s)?(?:{INSTRUMENTS})"
_SPOKEN = rf"(?:(?:fluent|bad|good|some|a little|a bit of|basic|broken)\s+)?(?i:{LANGUAGES})"

RULES: tuple[Rule, ...] = (
    _rule("lives in", rf"^lives?\s+in\s+{_THE}(?P<value>{NAME})(?!\s+and\s+[A-Z]){TAIL}", place),
    _rule("lives in", rf"^HAVE lived\s+in\s+(?P<value>{NAME})(?=\s+(?:for|since|all my life)\b)", place),
    _rule(
        "lives in",
        r"^(?:HAVE\s+)?(?:moved|relocated)\s+(?:(?:back|over|down|up|out|away|house|here|across|in)\s+)?"
        rf"(?:from\s+{NAME}\s+)?to\s+{_THE}(?P<value>{NAME})(?!\s+and\s+[A-Z]){TAIL}",
        place,
    ),
    _rule(
        "lives in",
        r"^(?:HAVE\s+)?moved\s+(?:in)?to\s+(?:my own|our own|a(?:\s[a-z]+){0,2}|the(?:\s[a-z]+){0,2}|our new|my new)"
        rf"\s+(?:flat|house|place|apartment|studio|room|cottage)\s+in\s+(?P<value>{NAME}){TAIL}",
        place,
    ),
    _rule("lives in", rf"^(?:BE\s+)?(?:living|based|settled|at home)\s+in\s+{_THE}(?P<value>{NAME}){TAIL}", place),
    _rule("lives in", rf"^HAVE\s+settled\s+(?:down\s+)?in\s+(?P<value>{NAME}){TAIL}", place),
    _rule("lives in", rf"^HAVE\s+(?:a|our|my)\s+(?:flat|house|home|place)\s+in\s+(?P<value>{NAME}){TAIL}", place),
    _rule(
        "address",
        r"^(?:lives?|BE living|(?:HAVE\s+)?moved|BE)\s+(?:at|on|to|in)\s+(?:the\s+)?"
        r"(?P<value>\d+\w?(?:[/-]\d+)?,?\s+[A-Z][^;!?]*?|[A-Z][^;!?,]*?\s\d+\w?(?:(?:,"
        r"|\s+in)\s[^;!?]*?[A-Z][^;!?]*?)?)(?=\s+now\b|\s*$)",
        postal,
    ),
    _rule("address", rf"^(?:lives?|BE living)\s+(?:on|in)\s+(?:the\s+)?(?P<value>{NAME}){TAIL}", street),
    _rule("works at", rf"^{_WORKING}\s+(?:(?:full|part)[- ]time\s+)?(?:at|for|with|by)\s+{_WORKPLACE}{TAIL}", employer),
    _rule(
        "works at",
        r"^(?:HAVE\s+)?(?:got|started|landed|took|found|accepted|have)\s+(?:an?|the|my|our)\s+"
        rf"(?:new\s+)?(?:job|position|role|post)\s+(?:at|with)\s+{_WORKPLACE}{TAIL}",
        employer,
    ),
    _rule("works at", rf"^(?:HAVE\s+)?joined\s+(?P<value>{NAME})\s+as\s+{_JOB.replace('?P<value>', '')}", employer),
    _rule("works as", rf"^(?:HAVE\s+)?joined\s+{NAME}\s+as\s+{_JOB}"),
    _rule(
        "works as",
        rf"^(?:works?|BE working|BE employed|(?:HAVE )?started(?: work(?:ing)?| out)?|retrained)\s+as\s+{_JOB}",
        job,
    ),
    _rule("works at", rf"^(?:works?|BE working)\s+as\s+an?\s+[\w -]+?\s+(?:at|for)\s+{_WORKPLACE}{TAIL}", employer),
    _rule(
        "works as",
        rf"^(?:BE|became|HAVE become)\s+(?:an?|the|now the"
        rf"|now a)\s+(?P<value>{OCCUPATION}){TAIL}(?!\s*,?\s*(?:tonight|today|for (?:the|a) (?:day|night|evening)"
        rf"|this))",
    ),
    _rule("works as", rf"^BE\s+an?\s+(?P<value>(?:[a-z-]+\s+){{0,2}}[a-z-]+)\s+(?:at|for)\s+(?=[A-Z]){NAME}"),
    _rule(
        "works as",
        rf"^(?:HAVE\s+)?(?:got|been|WAS|BE|just got)?\s*promoted\s+to\s+(?:the\s+)?(?P<value>{OCCUPATION}){TAIL}",
    ),
    _rule("boss", rf"^reports?\s+to\s+(?P<value>{PERSON}){TAIL}", person),
    _rule("works as", r"^BE\s+(?P<value>freelance|self-employed|retired)" + _END),
    _rule(
        "works at",
        rf"^BE\s+(?:an?|the)\s+(?:[a-z-]+\s+){{0,3}}[a-z-]+\s+(?:at|for|with)\s+{_WORKPLACE}{TAIL}",
        employer,
    ),
    _rule(
        "works at", rf"^BE\s+(?:now\s+)?(?:at|with)\s+the\s+(?P<value>(?:[a-z]+\s)?{_PLACE_OF_WORK})\s+now\b", employer
    ),
    _rule("works at", rf"^teach(?:es)?\s+(?:[a-z]+\s+){{0,3}}at\s+(?:the\s+)?(?P<value>{NAME}){TAIL}", employer),
    _rule("works in", rf"^(?:works?|BE working)\s+in\s+(?:the\s+[a-z]+\s+in\s+)?(?P<value>{NAME}){TAIL}", place),
    _rule("birthday", r"^(?:have|HAVE)\s+(?:his|her|my)\s+birthday\s+(?P<value>on\s+.+)$"),
    _rule(
        "studies",
        r"^BE\s+enrolled\s+in\s+(?P<value>[a-z]+(?:\s(?:science|engineering|history|studies|law))?)(?=\s*(?:$|[,.;!]"
        r"|\bat\b))",
    ),
    _rule("birthday", r"^was\s+born\s+(?P<value>on\s+.+)$"),
    _rule("birthday", r"^WAS\s+born\s+(?P<value>on\s+.+)$"),
    _rule("birthday", r"^(?:(?:BE|WILL)\s+)?(?:turn(?:s|ing)?|be)\s+(?:\d{1,3}|[a-z]+)\s+(?P<value>on\s+.+)$"),
    _rule("born in", rf"^WAS\s+born\s+(?:in\s+\d{{4}}\s+)?in\s+(?P<value>{NAME}){TAIL}", place),
    _rule(
        "allergic to",
        r"^(?:BE\s+)?(?:(?:very|severely|badly|also|highly|deathly)\s+)?allergic\s+to"
        r"\s+(?P<value>[a-z][a-z' -]*?(?:,\s[a-z ]+?)*(?:,?\s+and\s+[a-z ]+)?)(?=\s*(?:$|[.;!(,]|\s-\s|\bso\b))",
    ),
    _rule(
        "allergic to", r"^(?:HAVE|have)\s+an?\s+(?:severe\s+|bad\s+|strong\s+)?(?P<value>[a-z]+)\s+allergy", allergen
    ),
    _rule(
        "likes",
        r"^(?:love|like|enjoy|take|have|drink)s?\s+my\s+(?P<value>(?:tea|coffee|eggs|steak"
        r"|toast)\s(?:with(?:out)?\s)?[a-z]+)"
        r"(?=\s*(?:$|[,;:!.(]|\bwith\b|\band\b))",
    ),
    _rule("likes", rf"^(?:love|like|enjoy|adore)s?\s+(?P<value>[\w'& -]+?){_LIKED}", liked),
    _rule(
        "likes",
        rf"^(?:BE\s+)?(?:a\s+(?:big|huge|great)\s+fan\s+of|(?:really |totally )?into|crazy about|mad about|fond of)"
        rf"\s+(?P<value>[\w'& -]+?){_LIKED}",
        liked,
    ),
    _rule("dislikes", rf"^(?:hate|detest|dislike|loathe)s?\s+(?P<value>[\w'& -]+?){_LIKED}", liked),
    _rule("prefers", r"^prefers?\s+(?P<value>[\w' -]+?\s+(?:to|over)\s+[\w' -]+?)(?=\s*(?:$|[,;.!(]))"),
    _rule("prefers", r"^prefers?\s+(?P<value>[\w' -]+?)(?=\s*(?:$|[,;.!(]|\brather\b))", liked),
    _rule("intolerance", rf"^(?:BE|HAVE been)\s+(?:an?\s+)?(?P<value>{INTOLERANCES})\b"),
    _rule("bank", rf"^(?:BE\s+)?bank(?:s|ing)?\s+(?:at|with)\s+(?:the\s+)?(?P<value>{NAME}){TAIL}", employer),
    _rule(
        "gets up at",
        r"^gets?\s+up\s+at\s+(?P<value>\d{1,2}(?:[:.]\d\d)?|(?:half past )?[a-z]+)(?=\s*(?:$|[,.;!]|\b(?:on|now)\b))",
    ),
    _rule("salary", rf"^gets?\s+(?P<value>{_MONEY}{_PER[:-1]})"),
    _rule("rent", r"^(?:pays?|BE paying)\s+(?P<value>\d[\d.,]*\d)\s+(?:in\s+|of\s+)?rent\b"),
    _rule(
        "diet",
        rf"^(?:BE|HAVE gone|went|HAVE turned|turned|HAVE become|became|HAVE been)\s+(?:an?\s+)?(?P<value>{DIETS})\b",
    ),
    _rule("does not eat", r"^(?:HAVE\s+)?(?:stopped|quit|given up|gave up)\s+eating\s+(?P<value>[a-z]+)" + _END),
    _rule("does not drink", r"^(?:HAVE\s+)?(?:stopped|quit|given up|gave up)\s+drinking\s+(?P<value>[a-z]+)" + _END),
    _rule("does not eat", r"^avoids?\s+(?P<value>gluten|dairy|meat|pork|sugar|nuts|wheat|shellfish|lactose)" + _END),
    _rule("medication", rf"^takes?\s+(?P<value>\d[\d.,]*\s?{_MEASURE}\s+(?:of\s+)?[a-zA-Z][\w-]+)\b"),
    _rule(
        "speaks",
        rf"^(?:also\s+)?speaks?\s+(?P<value>{_SPOKEN}(?:,\s*{_SPOKEN})*(?:,?\s+and\s+{_SPOKEN})?)"
        r"(?=\s*(?:$|[,;.!(]|\b(?:and|but|at|now|fluently|well|too|a)\b))",
    ),
    _rule(
        "learning",
        rf"^(?:(?:HAVE|BE)\s+)?(?:started\s+)?(?:learning|learns?|studying)\s+(?P<value>(?i:{LANGUAGES})"
        rf"|(?:to play )?(?:the )?(?:{INSTRUMENTS}))" + _END,
    ),
    _rule("comes from", rf"^(?:BE|comes?)\s+(?:originally\s+)?from\s+(?P<value>{NAME}){TAIL}", place),
    _rule("grew up in", rf"^grew\s+up\s+in\s+(?P<value>{NAME}){TAIL}", place),
    _rule(
        "studies",
        r"^(?:BE\s+)?stud(?:y|ies|ying)\s+(?P<value>(?!hard|late|alone|abroad|every|all|more|less|for|at|in|with|a\b"
        r"|the"
        r"|my)[a-z]+(?:\s(?:science|engineering|history|studies|law|arts|design|chemistry|physics|planning"
        r"|sciences))?)"
        r"(?=\s*(?:$|[,.;!]|\b(?:at|in|now|and|since|with)\b))",
    ),
    _rule(
        "studies at",
        rf"^(?:BE\s+)?stud(?:y|ies|ying)\s+(?:[a-z]+\s+){{0,3}}at\s+(?:the\s+)?(?P<value>{NAME}){TAIL}",
        employer,
    ),
    _rule(
        "plays",
        rf"^plays?\s+(?:the\s+)?(?P<value>{_PLAYED})(?=\s*(?:$|[,.;!]|\b(?:in|and|at|since|with|for|on|every)\b))",
    ),
    _rule("plays", rf"^(?:HAVE\s+)?(?:taken up|took up)\s+(?:the\s+)?(?P<value>{_PLAYED})" + _END),
    _rule("engaged to", rf"^(?:(?:HAVE\s+)?got|BE)\s+engaged\s+to\s+(?P<value>{PERSON}){TAIL}", person),
    _rule("married to", rf"^(?:(?:HAVE\s+)?got|BE)\s+married\s+to\s+(?P<value>{PERSON}){TAIL}", person),
    _rule("drives", r"^drives?\s+an?\s+(?P<value>(?:[a-z]+\s)?[A-Z][\w-]+(?:\s[A-Z0-9][\w-]*)?)" + _END),
    _rule(
        "",
        rf"^(?:have|HAVE)\s+(?:got\s+)?(?:an?|one|two|three|four|\d)\s+(?:(?:new|little|younger|older|big|small|twin"
        rf"|black|old)\s+)*"
        rf"(?P<what>{KIN}|{PETS})s?(?:,?\s+(?:called|named)|,)\s+(?P<value>[A-Z][\w-]+(?:(?:,\s"
        rf"|\sand\s)[A-Z][\w-]+)*)"
        rf"(?=\s*(?:$|[,.;!(]|\s-\s|\b(?:and|who|she|he)\b))",
        person,
    ),
    _rule("height", r"^BE\s+(?P<value>1\.\d\d(?:\s?m)?|1\d\d\s?cm|\d'\d{1,2}\"?)(?:\s+tall)?(?=\s|$|,)"),
    _rule("height", r"^BE\s+(?P<value>\d{3}\s?(?:cm|centimetres))\s+tall"),
    _rule("weight", r"^weighs?\s+(?P<value>\d{2,3}(?:[.,]\d)?\s?(?:kg|kilos?|pounds|lbs|stone))\b"),
    _rule(
        "condition", r"^BE\s+(?:an?\s+)?(?P<value>type (?:1|2|one|two) diabetic|asthmatic|epileptic|colou?r[- ]blind)\b"
    ),
    _rule(
        "",
        rf"^(?:have|HAVE)?\s*(?:got|adopted|bought)?\s*(?:an?|another)\s+(?:(?:new|little"
        rf"|rescue)\s+)*(?P<what>{PETS})(?:,|\s+and|;)\s+"
        r"(?:(?:she|he|it)'s\s+called|we\s+(?:named|called)\s+(?:her|him|it)|(?:named|called)\s+(?:her|him|it))\s+"
        r"(?P<value>[A-Z][\w-]+)\b",
        person,
    ),
    _rule(
        "age",
        r"^BE\s+(?P<value>three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen)(?=\s*$"
        r"|,)",
    ),
    _rule(
        "phone",
        rf"^(?:have|HAVE)\s+(?:got\s+)?a\s+new\s+(?:phone\s+|mobile\s+)?number[:,]?\s+(?:it's\s+)?{_NUMBER}",
        contact,
    ),
    _rule("age", r"^BE\s+(?P<value>[1-9]\d)(?:\s+years\s+old)?(?=\s*(?:$|[.;!]|,\s+(?!\d)|\band\b|\bnow\b))"),
    _rule(
        "size", r"^(?:wears?|takes?)\s+(?:an?\s+)?size\s+(?P<value>\d{2}(?:[.,]5)?|xs|s|m|l|xl|xxl|XS|S|M|L|XL|XXL)\b"
    ),
    _rule(
        "condition", rf"^(?:have|HAVE)\s+(?:got\s+)?(?:(?:mild|severe|chronic|bad)\s+)?(?P<value>{_CONDITION}){_END}"
    ),
    _rule(
        "medication",
        r"^takes?\s+(?P<value>[a-z]{3,}(?:in|ol|ine|one|ide|ate|il|am|ium|ole|zole|ron)|vitamin [A-Z]\d*|iron)\s+"
        r"(?:once|twice|daily|every (?:day|morning|evening|night)|three times|at night|in the morning|for my)\b",
    ),
    _rule("name", rf"^(?:BE\s+)?(?:called|named)\s+(?P<value>{PERSON}){_END}", person, anyone=False),
    _rule("nickname", rf"^go(?:es)?\s+by\s+(?P<value>{PERSON}){_END}", person),
    _rule(
        "children",
        r"^(?:have|HAVE)\s+(?:got\s+)?(?P<value>one|two|three|four|five|six|\d)\s+(?:kids|children|kid|child)" + _END,
    ),
    _rule("cats", r"^(?:have|HAVE)\s+(?:got\s+)?(?P<value>one|two|three|four|five|\d)\s+cats?" + _END),
    _rule("dogs", r"^(?:have|HAVE)\s+(?:got\s+)?(?P<value>one|two|three|four|five|\d)\s+dogs?" + _END),
    _rule(
        "salary",
        rf"^(?:earns?|makes?|BE (?:earning|making|on))\s+(?P<value>(?:{_MONEY}|\d{{2,3}}k){_PER})",
        anyone=False,
    ),
    _rule("salary", rf"^(?:gets?|BE paid)\s+(?P<value>{_MONEY}{_PER[:-1]})", anyone=False),
    _rule(
        "rent",
        rf"^(?:pays?|BE paying)\s+(?P<value>{_MONEY}{_PER})\s+(?:in\s+|of\s+|for\s+)?(?:the\s+|our\s+|my\s+)?rent\b",
    ),
    _rule("salary", rf"^(?:gets?|BE paid)\s+(?P<value>{_MONEY}{_PER[:-1]})", anyone=False),
    _rule(
        "rent",
        rf"^(?:pays?|BE paying)\s+(?P<value>{_MONEY}{_PER})\s+(?:a month\s+)?for\s+(?:the|my|our|this)\s+(?:flat"
        rf"|house|room|apartment|studio)\b",
    ),
)
_REACH = Pattern(
    r"^(?:you can (?:always\s+)?(?:reach|get|call|text|ring|find) (?:me|us)|you(?:'ll)? reach me|reach me|call me"
    r"|text me"
    r"|ring me|write (?:to )?me|mail me|email me|e-mail me|I can be reached|I'm (?:now\s+)?reachable)\s+(?:at|on"
    r"|under|via)\s+"
    rf"(?:my (?:new )?(?:number|mobile)[,:]?\s+)?(?:{_MAIL}|{_NUMBER.replace('?P<value>', '?P<number>')})",
    re.IGNORECASE,
)


def predicates(said: str, subject: str, *, own: bool) -> Iterator[Told]:
    """What the words behind the subject say of it; `own` when it is the speaker."""
    for rule in RULES:
        if own or rule.anyone:
            match = rule.pattern.match(said)
            if match and rule.fits(match["value"].strip()):
                for value in _values(rule.attribute, match["value"].strip()):
                    yield Told(rule.attribute or match["what"].lower(), subject, value)


def reached(clause: str, subject: str) -> Iterator[Told]:
    """Where one can be reached: "call me on 0171 ..."."""
    match = _REACH.match(clause)
    if match and match["value"]:
        yield Told("email", subject, match["value"])
    elif match and contact(match["number"]):
        yield Told("phone", subject, match["number"])


def _values(attribute: str, value: str) -> list[str]:
    if attribute == "birthday":
        day = day_in_year(re.split(r"[,;(]|\s+(?:and|so|but)\b", value)[0])
        return [day] if day else []
    if attribute in ("allergic to", "speaks"):
        parts = re.split(r",\s*(?:and\s+)?|\s+and\s+", value)
        bared = [re.sub(r"^(?:some|fluent|bad|good|a little|basic|broken|both)\s+", "", part) for part in parts]
        return [part for part in bared if part and (attribute == "speaks" or allergen(part))]
    if not attribute:
        return re.split(r",\s*(?:and\s+)?|\s+and\s+", value)
    if attribute == "studies" and value.endswith("ly"):
        return []
    return [re.sub(r"^(?:the|a|an)\s+(?=[a-z])", "", value)] if attribute.startswith("works") else [value]
