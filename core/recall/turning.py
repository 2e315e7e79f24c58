"""Words that tell that something is another than it was, or has come to its end."""

import re

_CHANGED = (
    r"now|new|mov(?:ed|ing|e)|chang(?:ed|ing|es?)|switch(?:ed|ing)?|no longer|any ?more|instead|these days|"
    r"start(?:ing|ed|s)?|since|gave up|giv(?:en|ing) up|quit|stopp?(?:ed)?|sold|replac(?:ed|ing)|swapp?(?:ed)?|"
    r"updated?|upgraded?|renamed?|current(?:ly)?|left|from (?:now|next|\w+ on|(?:jan|febr)uary|march|april|may|"
    r"june|july|august|(?:septem|octo|novem|decem)ber|(?:mon|tues|wednes|thurs|fri|satur|sun)day)|"
    r"jetzt|neue[nrs]?|umgezogen|gewechselt|nicht mehr|kein\w* mehr|stattdessen|seit|ab sofort|aufgehört|"
    r"ahora|nuev[oa]s?|mudé|mudado|cambi\w+|ya no|dejé|desde"
)
_ENDED = (
    r"gone|died|dead|bankrupt|closed|scrap(?:ped)?|forget|goodbye|bye|after all|no more|never mind|lost|broken?|"
    r"retired|fell through|cancel\w*|another|next one|over|rid of|as of|on second thought|decided|overruled|rather|"
    r"turns out|actually|done with|through with|vorbei|weg|doch|sondern|statt|murió|cerró|en vez"
)
CHANGED = re.compile(rf"\b(?:{_CHANGED})\b", re.IGNORECASE)
"""That something has changed."""
TURNED = re.compile(rf"\b(?:{_CHANGED}|{_ENDED})\b", re.IGNORECASE)
"""That something has changed or is over: enough where it is also named what."""
