"""English words whose forms share no stem: irregular verbs and plurals, each with its other forms."""

from __future__ import annotations

_WORDS = (
    "arise/arose/arisen awake/awoke/awoken bear/bore/borne/born beat/beaten become/became begin/began/begun bend/bent bet "
    "bind/bound bite/bit/bitten bleed/bled blow/blew/blown break/broke/broken breed/bred bring/brought build/built "
    "burn/burnt buy/bought catch/caught choose/chose/chosen cling/clung come/came creep/crept deal/dealt dig/dug do/did/done "
    "draw/drew/drawn dream/dreamt drink/drank/drunk drive/drove/driven eat/ate/eaten fall/fell/fallen feed/fed feel/felt "
    "fight/fought find/found flee/fled fly/flew/flown forbid/forbade/forbidden foresee/foresaw/foreseen "
    "forget/forgot/forgotten forgive/forgave/forgiven freeze/froze/frozen get/got/gotten give/gave/given go/went/gone "
    "grind/ground grow/grew/grown hang/hung have/had hear/heard hide/hid/hidden hold/held keep/kept kneel/knelt "
    "know/knew/known lay/laid lead/led lean/leant leap/leapt learn/learnt leave/left lend/lent lie/lay/lain light/lit "
    "lose/lost make/made mean/meant meet/met mistake/mistook/mistaken overcome/overcame overtake/overtook/overtaken "
    "overthrow/overthrew/overthrown pay/paid prove/proven ride/rode/ridden ring/rang/rung rise/rose/risen run/ran say/said "
    "see/saw/seen seek/sought sell/sold send/sent sew/sewn shake/shook/shaken shine/shone shoot/shot show/shown "
    "shrink/shrank/shrunk sing/sang/sung sink/sank/sunk sit/sat sleep/slept slide/slid smell/smelt sow/sown speak/spoke/spoken "
    "speed/sped spend/spent spill/spilt spin/spun spit/spat spoil/spoilt spring/sprang/sprung stand/stood steal/stole/stolen "
    "stick/stuck sting/stung stink/stank/stunk strike/struck/stricken swear/swore/sworn sweep/swept swell/swollen "
    "swim/swam/swum swing/swung take/took/taken teach/taught tear/tore/torn tell/told think/thought throw/threw/thrown "
    "tread/trod/trodden understand/understood undertake/undertook/undertaken uphold/upheld wake/woke/woken wear/wore/worn "
    "weave/wove/woven weep/wept win/won wind/wound withdraw/withdrew/withdrawn withhold/withheld withstand/withstood "
    "wring/wrung write/wrote/written "
    "child/children foot/feet goose/geese louse/lice man/men mouse/mice ox/oxen person/people tooth/teeth woman/women "
    "calf/calves half/halves knife/knives leaf/leaves life/lives loaf/loaves self/selves shelf/shelves thief/thieves "
    "wife/wives wolf/wolves analysis/analyses basis/bases crisis/crises criterion/criteria phenomenon/phenomena "
    "medium/media bad/worse/worst good/better/best far/further/furthest"
)
_ROWS = [frozenset(row.split("/")) for row in _WORDS.split()]
_FORMS: dict[str, frozenset[str]] = {}
for _row in _ROWS:
    for _form in _row:
        _FORMS[_form] = _FORMS.get(_form, frozenset()) | _row


def irregular_forms(word: str) -> frozenset[str]:
    """The forms of an English word in lower case that are made irregularly, itself included; none for most words."""
    return _FORMS.get(word, frozenset())
