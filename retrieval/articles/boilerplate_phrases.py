"""The standing phrases of web pages: calls to the reader, forms, rights, credits.

Every pattern is about how pages talk to their readers, never about what an article reports: most must begin the
line, and address the reader or point at the page itself. They are meant for lines of a few hundred characters.
"""

from __future__ import annotations

import re

_NETWORK = (
    r"(?:"
    r"twitter|x|facebook|instagram|telegram|tiktok|you ?tube|linkedin|whats ?app|threads|bluesky|mastodon|"
    r"reddit|pinterest|viber|signal|flipboard|google news|apple news|messenger|vk|snapchat"
    r")"
)
_AGENCY = (
    r"(?:"
    r"getty(?: images)?|reuters|ap|afp|epa(?:-efe)?|efe|tns|upi|ap photo|ap file|associated press|shutterstock|"
    r"alamy|istock(?:photo)?|unsplash|pexels|pixabay|adobe ?stock|bloomberg|xinhua|tass|sputnik|imago|dpa|ansa|"
    r"pa wire|pa images|zuma|wikimedia(?: commons)?|flickr|nurphoto|sipa|anadolu|picture alliance|rex|handout|"
    r"pool|file|file photo|courtesy|screenshot|supplied|contributed"
    r")"
)
_PICTURE = (
    r"(?:"
    r"photo(?:graph)?s?|pictures?|images?|pics?|illustrations?|graphics?|video|credit|foto|fotos|bild|imagen|"
    r"crédito"
    r")"
)


_NAMES = {
    "NETWORK": _NETWORK,
    "AGENCY": _AGENCY,
    "PICTURE": _PICTURE,
    "NAMED": r"[\w.'’& -]",
    "THIS": r"this (?:article|story|report|piece|post|page|content|essay|column|interview|commentary|text|item|feature)",
    "PRINTED": r"(?:appeared|published|posted|ran|printed|aired)",
    "OTHER": r"(?:related|recommended|popular|trending|latest|featured|further|more|other|top|most|recent|suggested)",
}


def _any(patterns: str, *, whole: bool = False) -> re.Pattern[str]:
    """One pattern a line, names in capitals put in; a line that holds any of them, or (`whole`) is one of them."""
    for name, pattern in _NAMES.items():
        patterns = patterns.replace(name, pattern)
    either = "|".join(f"(?:{pattern.strip()})" for pattern in patterns.split("\n") if pattern.strip())
    return re.compile(f"(?:{either}){'$' if whole else ''}", re.IGNORECASE)


# What a call to the reader begins with.
CALL_START = _any(
    r"""
    (?:click|tap) (?:here|to|the|on|below)
    (?:to )?(?:read|learn|discover|see|view|watch) more(?:$|\s?[:»>.!…]| (?:here|about|on|at|from|in|stories|news)\b)
    (?:to )?(?:read|learn|discover|see|view|watch) (?:also|next|the full|the rest|the original|this next|full|all)\b
    (?:also|further|must) (?:read|reading|watch)\b
    (?:see|read|watch|listen|more|video|audio|podcast|photos|gallery|live|explainer|in pictures|up next)\s?:
    see also\b
    (?:continue|keep) reading
    (?:story|article|post|text|content|report|interview) continues (?:below|after|under)
    subscribe\b(?! rate)
    (?:sign|signing) up (?:for|to|here|now|today|and|free|below)
    join (?:our|us|the conversation|the discussion|the debate|thousands|millions|now|over)\b
    follow (?:us|our|@\w|me\b|.{1,60} on NETWORK\b)
    (?:like|find|contact|email|call|write to|reach|message) us\b
    contact (?:our|the (?:author|reporter|newsroom|editor|writer))\b
    (?:share|tweet|email|print|save|bookmark) (?:this|the) (?:article|story|post|page|on|via|with|link)\b
    share (?:this|on|via|your|with|it)\b
    get (?:our|the latest|the day|your daily|unlimited|full access|breaking|all the|news|more from|.{1,60} inbox)\b
    download (?:our|the .{1,40} app|now|free)\b
    (?:watch|listen to|listen) (?:live|now|our|this|below|on)\b
    (?:donate|pledge) (?:now|here|today|to (?:us|our|support))\b
    support (?:our|us|independent|quality|local|free|honest|public|.{1,40} journalism)\b
    support .{1,60} or become\b
    become (?:a|an) (?:\w+ )?(?:member|subscriber|patron|supporter)
    (?:already|not yet) (?:a|an) (?:\w+ )?(?:subscriber|member)
    already (?:have|registered|subscribed)
    (?:to|please) (?:continue|keep) reading
    to read (?:this|the) (?:full|rest|article|story)
    THIS is (?:for|only|reserved|exclusive|available|free)\b.*(?:subscriber|member|register|premium|free)
    unlock (?:this|your|full|unlimited|all)\b|start your (?:free|trial|subscription)\b
    you(?:['’]ve| have) (?:reached|read|used|\d).{0,40}\b(?:limit|free|articles?|left|remaining|month)\b
    (?:log|sign) ?in\b(?: (?:to|here|now|or|with))?(?:$| )
    (?:register|create) (?:to|now|here|an account|a free|for free)\b
    please (?:subscribe|support|consider|enable|sign|log|share|disable|upgrade|click|whitelist|donate)\b
    (?:enable|activate|turn on) (?:javascript|cookies|notifications)
    (?:we|this (?:site|website|page)|our (?:site|website|partners)) (?:use|uses|store)s?\b.{0,30}cookies
    by (?:clicking|continuing|signing up|submitting|subscribing|registering)\b
    (?:do you )?(?:have|got) an?y? (?:\w+ )?(?:tip|story|question|comment)s?\b.{0,40}(?:\?|us\b|$)
    send (?:us|your|tips|an email)\b
    let us know\b|tell us (?:your (?:story|stories|thoughts|experience|view)|what you think)
    what do you think\? (?:let|tell|share|comment|leave|write|join)\b
    have your say
    if you (?:enjoyed|liked|appreciate|value) (?:this|our|what)\b|if you have been affected by\b
    if you want to (?:read|support|receive|subscribe|know more)\b
    (?:thank you|thanks) for (?:reading|subscribing|your support|watching|listening|signing)
    (?:don['’]t|never) miss\b
    stay (?:up to date|up-to-date|informed|tuned|connected|ahead|in the know|in touch)\b
    skip (?:to|ad|advert|past|navigation|video)
    (?:scroll|swipe) (?:down|up|for|to|left|right)
    (?:view|load|show|see|hide) (?:all|more|comments|less|gallery|in browser|on map|the comments|image in)\b
    (?:back|return|go) to (?:top|home|the top|homepage|main|all)\b
    (?:you|readers) (?:may|might) (?:also )?(?:like|be interested|enjoy)
    (?:republished|reprinted|reproduced|reposted|syndicated|shared) (?:from|with|by|courtesy|under|via)\b
    (?:an? (?:\w+ )?version of )?THIS.{0,40}\b(?:originally|first|also|previously)\b.{0,12}\bPRINTED\b
    (?:an? (?:\w+ )?version of )THIS (?:will )?appear(?:s|ed)?\b
    (?:originally|first|previously) (?:appeared|published|posted)\b
    as an? (?:\w+ )?(?:subscriber|member|supporter|registered reader),? you\b
    an dieser stelle finden sie\b
    the post .{1,200} appeared first on\b
    THIS (?:was|has been|is) (?:\w+ )?(?:translated|produced|supported|generated|part of|adapted|funded)\b
    THIS (?:was|has been|is) (?:\w+ )?(?:republished|provided|brought|distributed|syndicated|sponsored)\b
    (?:except for the headline,? )?THIS has not been (?:edited|altered|reviewed|independently)
    our standards\s?:
    (?:additional |with |original )?(?:reporting|writing|editing|research|translation|production) by\b
    \(?(?:edited|written|compiled|translated|reported|produced|adapted) by\b
    with (?:files|inputs?|material|(?:additional )?reporting) (?:from|by)\b|with agenc(?:y inputs|ies)$
    (?:\W*free\W+)?(?:\w+ ){0,3}newsletters?$
    for more (?:information|news|stories|details|on|about|from|updates|visit)\b
    visit (?:our|us|www|https?)\b
    (?:this|these) (?:post|article|page|site)s? (?:may )?contains? affiliate
    as an amazon associate
    listen to (?:this|the) (?:article|story)
    disclaimer\s?:
    (?:have you been affected|are you affected|(?:were|are) you in the area)\b.{0,60}\?
    you(?:['’]re| are) (?:receiving|getting|reading (?:a|an|the|our|one))\b
    unsubscribe\b
    manage (?:your )?(?:preferences|subs)
    update your (?:profile|preferences|subscription)
    forward(?:ed)? (?:this|to a)
    was this .{0,40}(?:forwarded|helpful|useful)
    (?:the )?(?:views|opinions) (?:expressed|in this)
    this (?:article|column|essay|post) (?:reflects|represents|does not)
    (?:weitere|mehr) (?:nachrichten|zum thema|meldungen|artikel|infos|informationen)\b
    (?:lesen|lies|sehen) sie (?:auch|hier|mehr)
    lesen sie
    lies auch
    jetzt (?:abonnieren|anmelden|lesen|testen)
    (?:melden|abonnieren|folgen) sie\b
    folgen sie uns
    newsletter (?:abonnieren|bestellen)
    zur startseite
    artikel teilen
    (?:lea|lee|leer|ver|vea) (?:también|más|además)
    te puede interesar
    también te puede
    suscr[ií]b
    s[ií]guenos
    compart[ei]
    (?:à )?lire (?:aussi|la suite|plus|également)
    abonnez-vous
    inscrivez-vous
    suivez-nous
    recevez\b
    partage[rz]\b
    leggi anche
    iscriviti
    abbonati
    seguici
    leia também
    assine
    siga-nos
    lees ook
    abonneer
    czytaj także
    читайте также
    подпи[сш]
    присоединяйтесь
    поделиться
    """
)
# What an agency tells its editors about a new version of its copy.
ADVISORY = re.compile(
    r"\((?:adds|recasts|updates|corrects|refiles|repeats|clarifies|rewrites|releads|removes|drops)\b", re.IGNORECASE
)
# What a call to the reader holds.
CALL_INSIDE = _any(
    r"""
    \?.{0,12}\b(?:tell|send|e-?mail|contact|let|call|text) us\b
    \bin(?:to)? your inbox\b
    \b(?:our|free|daily|weekly|e-?mail) newsletters?\b.{0,60}(?:!|\bhere\b|\bbelow\b|\bnow\b|\btoday\b|$)
    \bfollow us on NETWORK
    \bsubscribe to our\b
    \bsubscribe (?:now|today|here)\b
    \bopens in (?:a )?new (?:window|tab)\b
    \bcontributed to this (?:report|story|article|post|piece)\b
    \bclick here\b
    \bclick the link\b
    \blink in bio\b
    \bappeared first on\b
    \bis an? (?:\w+[ -]){0,3}(?:newsroom|news (?:organi[sz]ation|site|outlet)) (?:that|which|covering|dedicated|based)\b
    \bmay (?:earn|receive) (?:a|an) (?:\w+ )?commission\b
    \bour (?:privacy|cookie) (?:policy|notice)\b
    \bjoin (?:our|the) .{0,60}(?:telegram|whatsapp|discord|youtube|signal|channel|community|group)\b.{0,60}!?$
    \bcan be reached (?:at|by|via|on) (?:\S+@|@|e-?mail)
    \bis a (?:staff writer|contributing editor|freelance writer)\b
    """
)
# The heading of a list of other articles.
SECTION = _any(
    r"""
    OTHER(?: (?:\w+ ){0,2}(?:stories|story|articles?|news|posts?|reading|content|coverage|topics|links|videos?))?
    OTHER (?:\w+ ){0,2}(?:read|viewed|popular|shared|headlines|searches|like this|for you|now)
    OTHER (?:\w+ ){0,2}(?:from .{1,40}|on this .{1,20})
    you (?:may|might) (?:also )?like.{0,20}|editors['’]? (?:picks?|choice)|don['’]t miss.{0,30}
    what to read next|read next|up next|more on this(?: story)?|more from .{1,50}|more stories
    in this (?:article|story|series)|on the same topic|recommended for you|from our partners
    around the web|promoted stories|sponsored stories|must reads?|in other news|also in the news
    elsewhere on .{1,30}|explore more|see also|read more|related|latest|most read|top stories
    (?:.{0,20} )?(?:other|more|related|similar|recent|latest|popular) (?:stories|articles|posts|news|reads|headlines)
    mehr zum thema|das könnte sie auch interessieren|weitere artikel|noticias relacionadas
    te puede interesar|más noticias|à lire aussi|sur le même sujet|potrebbe interessarti|leia também
    lees ook|meist gelesen
    """,
    whole=True,
)
# The heading of what readers wrote.
COMMENTS = _any(
    r"""
    leave (?:a|your) (?:reply|comment).{0,30}
    (?:post|add|write|submit) (?:a|your) (?:comment|reply)
    (?:\d+|one|no) (?:comments?|responses?|replies|thoughts?)(?: (?:to|on|so far)\b.{0,120})?
    (?:reader )?comments?(?: ?\(\d+\)| \d+)?
    join the (?:conversation|discussion|debate)
    show comments
    your email address will not be published.*
    discussion
    kommentare?(?: ?\(\d+\))?
    comentarios
    commentaires
    deja un comentario
    schreiben sie einen kommentar
    laisser un commentaire
    """,
    whole=True,
)
# Fields, buttons, counters, greetings, standing headings.
FORM = _any(
    r"""
    your (?:e-?mail|email address|name)\b.{0,80}
    (?:all )?required fields?.{0,40}
    .{0,40}fields? (?:is|are|marked) required
    (?:good (?:morning|afternoon|evening|day)|hello|hi|dear)(?: \w+){0,3}
    key (?:points|takeaways|facts|findings|moments)|takeaways|at a glance|in brief|in short|summary
    highlights|what (?:you need )?to know|the (?:facts|details|basics|bottom line|big picture)|background
    overview|analysis
    save my name.*
    notify me (?:of|by|when).*
    i['’]m not a robot
    remember me
    forgot (?:your )?password\??
    name|e-?mail|website|comment|message|submit|search|reply|cancel reply|post comment|send|menu|close
    home|next|previous|prev|print|share|tweet|pin|save|listen|play|pause|mute|login|logout|register|faq
    advertisement|advertising|advert|ad|sponsored|sponsored content|promoted|paid post|partner content
    anzeige|werbung|publicidad|publicité|pubblicità|реклама|newsletter|newsletters|loading|copy link
    link copied|breaking|live|exclusive|premium|video|photos?|gallery|audio
    (?:(?:share|copy link|copy|link|e-?mail|print|sms|more|on|via|this|with|and|or|NETWORK)[\s,|/·•()]*+)++
    \d+(?:[.,]\d+)?[km]? (?:comments?|shares?|likes?|views?|retweets?|replies|reactions?|followers?|reads?)
    (?:comments|shares|views|likes|replies|followers)\s?:\s?[\d.,]+[km]?
    \d{1,3}[ -]?min(?:ute)?s?\.? (?:read|de lectura|lesezeit|watch|listen)
    reading time.{0,30}
    (?:estimated )?read time.{0,20}
    (?:page )?\d+ (?:of|/) \d+
    page \d+
    \d+ (?:hours?|minutes?|days?|mins?) ago
    """,
    whole=True,
)
# Who owns the text, and what may be done with it.
RIGHTS = _any(
    r"""
    (?:©|\(c\)|&copy;)|copyright\s?(?:©|\(c\)|&copy;|[:,]|by\b|notice|(?:19|20)\d\d)|copyright(?: [\w.&]+){1,4}$
    .{0,80}all rights reserved
    .{0,120}\b(?:may|must|can) not be (?:published|reproduced|copied|re\w+|used without)
    (?:distributed|syndicated|provided|supplied) by\b
    (?:licen[sc]ed|published) under (?:a |the )?(?:creative commons|cc\b)
    no part of this
    privacy (?:note|notice|policy)\s?:
    .{2,60}\b(?:is|are) not (?:responsible|liable) for (?:the |any )?(?:content|accuracy|opinions|views|statements)\b
    reproduction (?:in whole|without|is prohibited)
    alle rechte vorbehalten
    todos los derechos
    tous droits
    (?:terms|privacy|cookies?|imprint|impressum|accessibility|sitemap|disclaimer)$
    (?:terms|privacy|cookies?|accessibility) (?:of|and|&|policy|notice|settings)\b.{0,60}$
    """
)
# Who made a picture.
CREDIT_LINE = _any(
    r"""
    PICTURE(?: (?:by|courtesy|credits?|source|via|from|copyright))?(?: of)?\s?[:|/©–-]\s?\S.{0,90}
    PICTURE (?:by|courtesy(?: of)?|via) .{1,60}
    (?:NAMED{1,60}\s?(?:/|\||–|—|-|,|via|for)\s?){0,4}AGENCY(?:\s?(?:/|\||,|-|via|–)\s?NAMED{1,40})*+\.?
    NAMED{2,40}/NAMED{2,40}(?:/NAMED{2,40})?
    """,
    whole=True,
)
