"""The words that make a sentence somebody's: reporting verbs, their forms, and the nouns that can speak.

Lists only, of general English. A form that is as often a noun ("claims", "reports") is a verb only where a clause or
a quotation follows; a belief ("fears") only where something is believed; a finding ("shows") only of what can find.
"""

from __future__ import annotations


def word_set(words: str) -> frozenset[str]:
    """The words of a line."""
    return frozenset(words.split())


# Nothing but speech, whatever stands around it.
SPEECH = word_set(
    "informed informs assured assures said says say told tells tell added adds add warned warns insisted insists insist announced announces argued argues argue "
    "wrote writes tweeted tweets replied replies acknowledged acknowledges acknowledge admitted admits admit recalled recalls "
    "confirmed confirms explained explains denied denies deny asserted asserts alleged alleges allege contended contends contend "
    "conceded concedes predicted predicts cautioned cautions testified testifies remarked remarks stressed stresses "
    "emphasised emphasises emphasized emphasizes reiterated reiterates declared declares complained complains joked jokes "
    "quipped quips commented responded responds pledged pledges vowed vows urged urges countered counters reckons reckoned "
    "asked asks noted notes concluded concludes stated states claimed claims claim disclosed discloses accused accuses accuse "
    "criticised criticized condemned condemns condemn praised blamed blames blame hailed hails slammed slams lamented laments "
    "apologised apologized boasted boasts mused muses recounted recounts retorted retorts ruled rules advised advises "
    "demanded threatened promised promises warn note speaks spoke maintains maintained reported reports report "
    "described describes describe termed terms called calls call dismissed dismisses dismiss rejected rejects reject welcomed welcomes welcome "
    "dubbed branded labelled labeled expressed expresses express voiced voices demand disputes disputed dispute "
    "continued continues observed observes remembered remembers revealed reveals thanked proposed proposes agreed agrees agree "
    "identified identifies estimates estimated estimate suggested suggests suggest sighed sighs shouted shouts cried cries laughed laughs exclaimed "
    "whispered whispers muttered snapped snaps volunteered confessed confesses teased emailed emails texted tweets enthused "
    "enthuses gushed fumed thundered countered joked mumbled pleaded signalled signaled indicated indicates indicate posted posts"
)
# Verbs that fit a quotation or a clause behind them, and mean something else without.
CLAUSE = word_set(
    "continued continues observed observes remembered remembers revealed reveals proposed proposes agreed agrees agree "
    "estimates estimated estimate suggested suggests suggest indicated indicates indicate maintains maintained ruled rules "
    "claims claim reports report states notes note demand demands calls call posts posted promises responds responded "
    "assured assures termed terms called describes described describe identified identifies reported commented complains jokes remarks comments stresses signalled signaled "
    "concluded concludes asks asked agree dispute voices blame rules expresses speaks spoke boasts cries shouts laughs sighs "
    "informed informs laughed cried sighed shouted snapped snaps whispered whispers muttered exclaimed volunteered"
)
# Only beside a quotation: they are what a speaker does while speaking.
MANNER = word_set(
    "teased emailed emails texted gushed fumed thundered mumbled pleaded enthused enthuses laughed laughs cried cries sighed sighs shouted shouts snapped snaps whispered whispers muttered exclaimed volunteered "
    "continued continues posted posts ruled rules observed observes remembered remembers commented"
)
NAMING = word_set(
    "speaks spoke termed terms called calls call calling describe described describes describing dubbed branded labelled labeled dismissed dismisses identified identifies"
)
BELIEF = word_set(
    "believe believes believed think thinks thought fear fears feared expect expects expected hope hopes hoped feel feels felt "
    "suspect suspects suspected doubt doubts doubted worry worries worried assume assumes assumed consider considers "
    "considered reckon"
)
FINDING = word_set(
    "suggest suggests suggested indicate indicates indicated show shows showed shown find finds found estimate estimates "
    "estimated conclude concludes concluded reveal reveals revealed"
)
PARTICIPLE = word_set(
    "saying adding warning noting insisting arguing claiming suggesting telling stating explaining stressing emphasising "
    "emphasizing declaring announcing alleging acknowledging admitting calling describing writing predicting vowing "
    "pledging urging accusing confirming denying recalling reiterating asserting asking complaining joking concluding "
    "cautioning promising threatening"
)
BASE = word_set("say tell add argue insist claim warn admit deny note write")  # never a cue behind "to", "would", "not"
# Only with a quotation, a "that", or the words before: people also write novels.
STRICT = word_set(
    "wrote writes posted posts reported reports report continued continues states state find finds found show shows shown "
    "reveal reveals revealed"
)
# As a participle behind its noun ("a bombing blamed on them") each says what was done, not what was said.
DONE_TO = word_set(
    "accused blamed criticised criticized condemned praised hailed slammed described urged reported advised alleged rejected "
    "dismissed welcomed branded labelled labeled dubbed called confirmed proposed ruled estimated"
)

PERSONS = word_set(
    "official officials officer officers spokesman spokeswoman spokesperson spokespeople minister ministers president secretary "
    "senator senators lawmaker lawmakers mp mps councillor councillors mayor governor ambassador diplomat diplomats envoy "
    "leader leaders chief chiefs boss head chairman chairwoman chair director manager coach captain companion analyst analysts economist "
    "economists expert experts scientist scientists researcher researchers author authors professor doctor doctors nurse "
    "nurses teacher teachers lawyer lawyers attorney prosecutor prosecutors judge judges witness witnesses police officer "
    "resident residents neighbour neighbours neighbor neighbors critic critics campaigner campaigners activist activists "
    "source sources observer observers pundit pundits commentator commentators investor investors trader traders farmer "
    "farmers worker workers employee employees executive executives founder owner editor reporter journalist historian "
    "historians people man woman men women mother father son daughter brother sister husband wife friend friends colleague "
    "colleagues family relatives parents students student fans player players driver passenger passengers survivor "
    "survivors victim victims soldier soldiers commander general pilot engineer engineers scholar scholars philosopher "
    "writer novelist poet artist singer actor veteran veterans protesters demonstrators organisers organizers opponents "
    "supporters defenders proponents advocates sceptics skeptics rivals allies republicans democrats conservatives "
    "coroner detective inspector sheriff firefighters paramedics meteorologists forecasters climatologist epidemiologist "
    "biologist physicist chemist psychologist sociologist curator conservationist conservationists insiders aide aides adviser "
    "advisers advisor advisors delegate delegates negotiator negotiators mediator representative representatives "
    "customer customers patient patients guest guests villagers locals tenants landlord shareholders backers bystander "
    "rebel rebels insurgent insurgents militant militants fighter fighters separatists guerrillas troops hostages refugees migrants "
    "detainees prisoners inmates commuters motorists shoppers pensioners tourists passer-by passers-by viewers readers listeners "
    "growers fishermen miners builders doctors medics carers pupils graduates lecturers therapists vets dentists consultants "
    "pharmacists landlords drugmakers carmakers automakers retailers airlines drinkers smokers lobbyist lobbyists organiser "
    "organizer campaigner defender star singer duo pair couple trio host presenter chef designer reader viewer caller pensioner "
    "someone others many some one treasurer accountant broker strategist strategists bishop priest pope king queen prince"
)
GROUPS = word_set(
    "government ministry department agency authority authorities administration council committee commission court jury "
    "parliament congress senate house party parties opposition coalition union unions federation association company firm "
    "group bank retailer manufacturer airline operator developer supplier maker startup club team charity foundation "
    "organisation organization institute university school hospital museum police army military navy force forces embassy "
    "kremlin pentagon alliance bloc nato un eu board management office bureau regulator watchdog publisher newspaper paper "
    "broadcaster channel magazine outlet daily website media press side sides country countries nation nations state "
    "trustees intelligence services service markets prosecution defence defense trust society network secretariat "
    "presidency campaign industry lobby utility cabinet treasury inquiry panel taskforce"
)
PAPERS = word_set(
    "study studies report survey poll research analysis review data figures estimates estimate assessment evidence "
    "statement document documents filing letter memo intelligence picture findings audit paper article investigation inquiry "
    "records view forecast forecasts projections transcript note post email interview briefing"
)
FACES = word_set("reporters journalists jurors listeners viewers delegates")
SPEECH_NOUNS = word_set(
    "promise warning claim statement assertion insistence suggestion vow pledge prediction remark comment admission "
    "argument allegation accusation message words"
)
ATTITUDES = word_set(
    "worried concerned confident convinced adamant sceptical skeptical hopeful optimistic pessimistic afraid certain sure"
)

HE = word_set("he she")
PRONOUNS = word_set("he she they it")
ALL_PRONOUNS = word_set(
    "he she they it i we you who which that this these those his her their its my our your him them us me"
)
BE = word_set("is are was were be been being 's")
HAVE = word_set("has have had having")
AUXILIARY = BE | HAVE | word_set("does did do")
MODAL = word_set("will would could may might must should can shall to cannot")
NOT = word_set("not never n't cannot nobody neither nor without hardly no")
ADVERBS = word_set(
    "also still later earlier then already once twice again meanwhile afterwards afterward yesterday today tonight now "
    "first long always often ever even just further instead simply only nevertheless nonetheless too so far"
)
DAYS = word_set("monday tuesday wednesday thursday friday saturday sunday")
MONTHS = word_set(
    "january february march april may june july august september october november december jan feb sept oct nov dec "
    "jan. feb. sept. oct. nov. dec."
)
SPANS = word_set("week month year morning afternoon evening night weekend day spring summer autumn winter fall")
DETERMINERS = word_set(
    "the a an this that these those his her its their our my your some many several both all another any each every"
)
NUMBERS = word_set("one two three four five six seven eight nine ten several some many most few")
PREPOSITIONS = word_set(
    "of for at in from with to by on about over under between among against near into across within inside behind"
)
BORDERS = word_set(
    "and but or as while because after before when if that which who whose so though although since than whether where until "
    "unless once how what why yet nor despite amid like including citing"
)

# Words in front of a name that say what its bearer is.
TITLES = PERSONS | word_set(
    "mr mrs ms miss dr prof sir dame lord lady sen rep gov gen lt col capt sgt maj adm rev cllr mr. mrs. ms. dr. prof. sen. rep. "
    "gov. gen. lt. col. capt. sgt. maj. adm. rev. hon. cllr. premier chancellor vice-president secretary-general commissioner "
    "constable superintendent justice attorney-general congressman congresswoman ceo cfo cto coo co-founder cofounder "
    "co-author violinist pianist conductor striker defender midfielder goalkeeper winger forward speaker archbishop "
    "co-star co-chair co-captain co-owner co-host co-director co-writer co-leader co-pilot co-worker shri smt mla mlc td msp cardinal rabbi imam sheikh ayatollah marshal admiral colonel major lieutenant sergeant commodore baroness baron count "
    "countess duke duchess princess comrade deputy whip solicitor barrister det con insp supt det. con. insp. supt. pc dc dci di ds "
    "cpl pte brig cmdr cpl. pte. brig. cmdr. fr fr. pastor reverend vicar nun monk abbot brother sister father mother uncle aunt "
    "grandmother grandfather cousin substitute debutant skipper goalkeeper keeper fullback batsman bowler batter pitcher "
    "quarterback sprinter swimmer cyclist rider jockey boxer wrestler golfer racer referee umpire champion medallist team-mate "
    "teammate opponent pundit actress comedian rapper musician guitarist drummer bassist pianist composer dancer model "
    "influencer youtuber blogger columnist essayist playwright screenwriter filmmaker photographer sculptor painter illustrator "
    "baker butcher barber plumber electrician mechanic carpenter shopkeeper publican landlady gardener beekeeper shepherd "
    "fisherman miner builder surgeon midwife paramedic consultant dentist vet psychiatrist therapist pharmacist virologist "
    "ecologist geologist astronomer mathematician archaeologist anthropologist geographer linguist lecturer headteacher "
    "headmaster headmistress principal pupil graduate apprentice intern volunteer carer pensioner retiree tourist holidaymaker "
    "shopper commuter motorist walker hiker climber sailor lifeguard master warden ranger firefighter meteorologist forecaster "
    "neuroscientist sommelier billionaire entrepreneur tycoon magnate heiress dissident defector whistleblower suspect "
    "defendant plaintiff claimant toddler teenager schoolboy schoolgirl mum dad newcomer veteran legend star host presenter "
    "broadcaster trainer jeweller tailor librarian archivist translator interpreter interim caretaker incumbent nominee candidate"
)
# Trades and ranks that are family names as well.
SURNAMES = word_set(
    "abbot baker barber baron butcher carpenter count duke gardener justice keeper major marshal miner monk sailor "
    "shepherd tailor walker"
)
OFFICES = word_set(
    "state defense defence treasury commerce energy education labor labour health transportation agriculture homeland"
)
COMPANY = word_set("plc inc inc. corp corp. ltd ltd. llc group holdings company co co. gmbh ag sa nv")
# What makes a row of capitals something other than a person.
NOT_PERSONS = (
    COMPANY
    | GROUPS
    | word_set(
        "street road lane avenue square park river lake mountain hill valley county city town village port island coast sea ocean "
        "north south east west northern southern eastern western central united states kingdom republic union college centre center "
        "church cathedral tower bridge building hall room monument memorial theatre theater act bill law treaty agreement "
        "accord war battle crisis games cup league championship rovers united fc festival prize award times post journal gazette herald tribune "
        "news tv radio today programme program show telegraph guardian mirror mail sun star observer review weekly express "
        "independent monday tuesday wednesday thursday friday saturday sunday january february march april june july august "
        "september october november december agency committee crown rail energy homes robotics systems technologies capital "
        "partners securities data organization corporation limited trust fund minister president nobel ministry"
    )
)
OUTLETS = word_set(
    "reuters ap afp bbc cnn nbc cbs abc npr pbs bloomberg politico axios cnbc msnbc rt tass xinhua ansa dpa efe aljazeera "
    "itv guardian economist wsj semafor propublica vox buzzfeed vice breitbart newsweek fortune variety rte nhk cbc "
    "sputnik interfax"
)
OUTLET_WORDS = word_set(
    "news times post journal gazette herald tribune tv radio telegraph guardian mirror mail chronicle observer review express "
    "broadcasting press newspaper daily weekly broadcaster magazine channel inquirer examiner dispatch monde figaro spiegel "
    "zeitung globe sentinel courier podcast programme today newswire sport network"
)

# Small words inside names; first names that end like a trade.
PARTICLES = word_set("de van von der den di da dos del bin ibn al la le du ter ten y zu")
FIRST_NAMES = word_set(
    "peter walter oliver alexander christopher jennifer heather roger esther christian adrian julian brian ian vivian "
    "lillian victor hector trevor connor conor taylor hunter spencer parker carter cooper tyler tanner skyler skylar "
    "amber summer ginger xavier javier olivier didier gunter günter dieter rainer werner xander sander homer elmer "
    "lester chester luther omer amer fabian florian damian dorian gillian marian miriam lilian sebastian bastian "
    "cristian maximilian killian cillian igor eleanor elinor viktor nestor salvador junior señor tenor easter foster "
    "porter archer asher fletcher jasper casper kasper rutger holger rüdiger gregor ferrer escher major walker piper "
    "harper sawyer ryder xanthier alistair evangelist baptist"
)

# What a noun phrase may hold inside, what never is its part, and what ends it.
INNER = word_set("of for at from in with to by on near across along behind against inside within about")
OBJECTS = word_set("me us him them i we who whom which what there here this these those such so")
STOPS = word_set("quoted cited based speaking published released carried obtained seen posted made during earlier")
