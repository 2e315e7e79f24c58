"""Whether words tell someone what to do: verbs that instructions begin with, in English and German."""

import re

_ENGLISH = """\
add adjust aim align apply ask attach bake back beat begin bend blend block boil book bring brush
build bury buy call carry catch change charge check choose chop clamp clean clear click clip close
coat collect combine come configure confirm connect cook cool copy count cover create crop cross cut
dampen delete deploy detach dial dig dilute dip disconnect discard dissolve divide do download drag
drain draw drill drop dry empty enable enter erase export face fasten feed fetch fill find finish
fit fix flip fold follow freeze fry gather get give glue go grab grate grease grind hang heat hide
hit hold import insert install iron join keep knead knock label lay leave let lift light line load
lock loosen look lower make mark mash measure melt mix mount move nail note oil open order pack
paint paste peel pick pin place plant plug point poke pour preheat press prick print prune pull pump
push put raise reboot rebuild refill refit register release reload remove rename repeat replace
reply reseal reserve reset rest restart return ring rinse roll rotate rub run sand save say scan
scatter scoop scrape screw scroll scrub seal search season select send separate serve set shake
shift show shut sieve sift sign simmer sit skim skip slice slide slip soak sort spin split spray
spread sprinkle squeeze stand start state steam step stick stir stop store strain stretch submit
swap sweep switch swipe take tap tape tell test tick tie tighten tilt tip top toss touch train
transfer trim try turn twist type undo unlock unmount unplug unscrew untie unwrap update upload use
verify wait walk wash watch water wear weigh whisk wind wipe wrap write zip
"""
_GERMAN = """\
nimm nehmen drück drücke drücken öffne öffnen schließ schließe schließen wähl wähle wählen klick
klicke klicken gib geben stell stelle stellen warte warten misch mische mischen rühr rühre rühren
back backe backen leg lege legen zieh ziehe ziehen steck stecke stecken schneid schneide schneiden
koch koche kochen lass lassen trag trage tragen schalt schalte schalten dreh drehe drehen halt halte
halten speicher speichere speichern füll fülle füllen
"""
_VERBS = frozenset([*_ENGLISH.split(), *_GERMAN.split()])
_LEAD = re.compile(
    r"^(?:and |then |now |next |first(?:ly)? |second(?:ly)? |third(?:ly)? |last(?:ly)? |finally "
    r"|after that "
    r"|afterwards |also |again |please |always |just |gently |slowly |carefully |quickly |simply |immediately "
    r"|dann |und |zuerst |jetzt |danach |never |do not |don['’]t |step \d+:? |\w+ly |,|:)+",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"^(?:when|once|if|after|before|while|as soon as|for|with|in|on|from|wenn|sobald)\b[^,]*,\s*", re.I
)
_COMMAND = re.compile(r"^[`$>]|^\w+\(\)|^(?:sudo|git|make|pip|npm|docker|cd|ssh|apt)\b")
_INFINITIVE = re.compile(r"\s[a-zäöüß]{2,}(?:en|eln|ern)$")
_FORMERLY = re.compile(r"^\w+\s+(?:was|were|is|are|came|went|has|had)\b", re.IGNORECASE)


def imperative(words: str, language: str = "") -> bool:
    """Whether it tells someone to do something: a verb in its base form first, or a command to type.

    In German (`language` "de") an infinitive at the end does it too.
    """
    bare = words.strip(" .;,()[]\"'“”*_-–•")
    if _COMMAND.match(words.strip(" .;,")):
        return True
    if language == "de" and _INFINITIVE.search(bare):
        return True
    bare = _LEAD.sub("", _CLAUSE.sub("", _LEAD.sub("", f"{bare} "))).strip()
    first = re.match(r"[^\W\d_]+", bare)
    return first is not None and first[0].casefold() in _VERBS and _FORMERLY.match(bare) is None
