"""English word tables for answering: what to pass over, odd past tenses, words near each other."""

_STOP = """
a about according after again all also am an and any anything are as ask at be because been before being
between both but by called can could currently date day describe described did discuss discussed do does doing
done during each else ever every first for from get give given go going got had has have having he her hers
him his how i if in into is it its itself just kind know last like lot made make many may me mention mentioned
might mine month more most much my myself name names new no nor not now of off on one or other our ours
out over own please put really recently remember said same say share shared she should since so some someone
something sort still such take talk talked tell than that the their theirs them then there these they thing
things this those through time to today told too type under until up upon us use used very was we week
well were what when where whether which while who whom whose why will with within without would year yes yet
you your yours
"""
_ASKING = """
are at can could describe did do does for from had has have how i if in is list name of on please remind
should tell was were what when where which who whom whose why will would
"""
_IRREGULAR = """
broke:break broken:break went:go gone:go bought:buy told:tell met:meet left:leave gave:give took:take
taken:take saw:see seen:see ran:run wrote:write written:write drew:draw drawn:draw sold:sell began:begin
begun:begin thought:think taught:teach felt:feel found:find kept:keep lost:lose sent:send spent:spend paid:pay
won:win drove:drive driven:drive flew:fly flown:fly grew:grow grown:grow knew:know known:know rode:ride
ridden:ride sang:sing sung:sing spoke:speak spoken:speak swam:swim wore:wear worn:wear children:child
people:person men:man women:woman feet:foot ate:eat eaten:eat came:come became:become brought:bring
built:build caught:catch chose:choose chosen:choose cost:cost drank:drink fell:fall fallen:fall forgot:forget
forgotten:forget held:hold heard:hear hurt:hurt led:lead lent:lend let:let lived:live lives:live living:live
moved:move moving:move read:read rose:rise shot:shoot slept:sleep stole:steal stood:stand threw:throw
thrown:throw understood:understand woke:wake died:die dying:die lying:lie mum:mother mom:mother dad:father
kids:child kid:child wives:wife favourite:favorite bigger:big photos:photo pictures:picture
"""

STOP = frozenset(_STOP.split())
"""Words that say nothing about what is asked."""
ASKING = frozenset(_ASKING.split())
"""Words with a capital only because a question begins with them."""
IRREGULAR = dict(pair.split(":") for pair in _IRREGULAR.split())
"""Forms that no ending explains."""
_SAME_IN_BOTH = "cost hurt let read become come run put children people men women feet lives living moving"
_NO_VERBS = "dying lying mum mom dad kids kid wives favourite bigger photos pictures"
PAST = frozenset(IRREGULAR) - frozenset(f"{_SAME_IN_BOTH} {_NO_VERBS}".split())
"""Past forms of verbs that do not end in -ed."""
SAME = {
    "live": ("move", "reside"),
    "cost": ("pay", "price"),
    "pay": ("cost", "price"),
    "price": ("cost", "pay"),
    "repair": ("fix", "mend"),
    "fix": ("repair", "mend"),
    "begin": ("start",),
    "start": ("begin",),
    "invoice": ("bill",),
    "job": ("work",),
    "buy": ("purchase",),
    "favorite": ("prefer",),
    "prefer": ("favorite",),
}
"""For a question's word, others that say the same of a thing: who moved to a town lives there."""
NEAR = {
    "live": ("address", "home", "flat", "apartment", "house"),
    "cost": ("spend", "charge", "fee"),
    "pay": ("spend",),
    "work": ("employ", "company", "office", "career"),
    "job": ("career", "employ"),
    "buy": ("order", "pick"),
    "visit": ("see", "travel", "trip", "go"),
    "travel": ("trip", "visit", "fly", "drive"),
    "birthday": ("born", "turn"),
    "prefer": ("rather", "love", "enjoy"),
    "favorite": ("love", "best", "enjoy"),
    "enjoy": ("love", "fun", "favorite"),
    "hobby": ("enjoy", "love", "fun"),
    "start": ("found",),
    "adopt": ("get", "rescue"),
    "pet": ("dog", "cat", "puppy", "kitten"),
    "appointment": ("dentist", "doctor"),
    "child": ("son", "daughter"),
    "marry": ("wedding", "husband", "wife"),
    "die": ("pass", "death"),
    "research": ("look",),
}
"""For a question's word, other words that speak of the same thing; worth less than the word itself."""
