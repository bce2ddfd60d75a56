"""Every sentence that the bot says, in English: what the catalogues in `locale/` translate, by way of `bot.translation`.

Sentences with a number are pairs, for one and for many. Only sentences for the case that nothing answers deny anything: see
`NOTHING`.
"""

from __future__ import annotations

DESCRIPTION = (
    "Ask a question about the news articles that I hold. I answer with a passage out of them, word for word, with who says "
    "it, which outlet printed it, when, and a link. Where they do not say, I tell you so."
)
SHORT_DESCRIPTION = "Answers out of news articles, word for word, with their sources."
MENU = (
    ("ask", "Ask the articles a question"),
    ("quote", "Check a quote, word for word"),
    ("cite", "The citation of an answer"),
    ("sources", "The articles, with their dates and links"),
    ("collection", "Choose which articles answer"),
    ("help", "How to ask"),
    ("privacy", "What becomes of your questions"),
    ("forget", "Forget my answers in this chat"),
    ("start", "What this is, and questions to try"),
)

START = (
    "Ask me a question about the news articles that I hold. I answer with a passage out of them, word for word, "
    "with its source. Where they do not say, I tell you so."
)
TRY = "Questions to try:"
HELP = (
    "Write your question in plain words. The sentence that answers it stands out in its passage; "
    "under the passage are who says it and where it was printed, and then more passages that belong to it.\n\n"
    "Words in quotation marks are checked: whether the articles have them, and whose they are. Forward me a text, and I "
    "look up each of its claims.\n\n"
    'You may narrow it down: after:2022-02 before:2022-04 source:"Harbour Post" by:Sullivan'
)
EDIT = "You may edit your question: my answer changes with it."
INLINE = "In any other chat, write {me} and your question, and pick a passage to send it there."
COMMANDS = "Commands:"
GROUP_READS_ALL = "In a group, ask with /ask and your question, reply to one of my messages, or mention {me}."
GROUP_PRIVATE = (
    "In a group, ask with /ask and your question, or reply to one of my messages. A bare mention of {me} does not "
    "reach me there, unless I am an administrator."
)

PRIVACY = (
    "I search your question in the articles on the machine where I run; no other service gets it, and no log holds it."
)
PRIVACY_FORGOTTEN = "Its words are written into no file, and I forget them when I have answered."
PRIVACY_WAITS = (
    "Its words wait in a file until I have answered, so that no question is lost; then they are wiped from it."
)
PRIVACY_KEPT = (
    "Whoever runs this bot keeps the words of questions for {count} day, without any name, to make the answers better.",
    "Whoever runs this bot keeps the words of questions for {count} days, without any name, to make the answers better.",
)
PRIVACY_TELEGRAM = (
    "So that I can change my answer when you edit your question, and so that you can ask on from it, I remember for two "
    "days, as numbers, which of my messages answers which of yours. So that the buttons under an answer work, I remember "
    "for 90 days which passages are in it, without a name or a number of yours.\n\n"
    "With /forget I delete what I remember of this chat. Telegram itself carries and keeps this chat, under its own "
    "privacy policy."
)
PRIVACY_VOTES = (
    "A thumb up or down, and a question left without an answer, are counted for {count} day, without your name.",
    "A thumb up or down, and a question left without an answer, are counted for {count} days, without your name.",
)
PRIVACY_COLLECTION = "Which collection you chose here I remember with the number of this chat, until you choose another one or write /forget."
FORGOTTEN = (
    "I have forgotten which of my messages in this chat answer which, and the passages and words of those answers and "
    "questions; the buttons under them are out of date. Of answers older than two days I have only the passages, without "
    "anything that points to this chat. The messages themselves stay here until you delete them."
)
FORGOTTEN_HERE = "I have forgotten my answers."

RELATED = "These passages come nearest:"
NOTHING = "The articles say nothing on this."
SMALL_TALK = {
    "greeting": "Hello. Ask me something about the articles; /help says how.",
    "thanks": "You are welcome.",
    "bye": "Goodbye.",
    "ack": "Go on and ask whenever you like.",
    "about": (
        "I answer out of news articles, word for word and with their sources. /help says how to ask, /sources which "
        "articles they are."
    ),
}
NO_SUMMARY = (
    "I do not summarise: every word here is an article’s own. Ask a question, or for a list, such as “who says what about "
    "…” or “timeline of …”."
)
GO_ON = (
    "Go on from an answer with “who said that?”, “why?” or “more”. Lists: “list everything Sullivan said”, “which articles "
    "mention sanctions?”, “who says what about sanctions?”, “timeline of the talks”."
)
FOLLOW_WHAT = "I do not know which answer this goes on from: reply to it, or write whom or what you mean."
FOLLOW_NOTHING = "The articles had no answer that this could go on from. Please write whom or what you mean."
NO_MORE = "That is all I have on this."
WHO = "These are the words of {speaker}."
WHO_ARTICLE = "These are the article’s own words; it names no speaker for them."
WHO_UNCLEAR = "The article does not say clearly whose words these are."
WHEN = "The article is dated {date}."
WHEN_UNKNOWN = "The article does not state its date."
WHERE = "From {name}."
WHERE_UNKNOWN = "The article does not name its outlet."
NO_REASON = "I find no reason given in so many words; this is what stands around the passage:"
AROUND = "This is what stands around the passage:"
EXAMPLES = "Examples"
NEAR_IT = "Near it: {question}"
EXAMPLE_FORMS = {
    "quotation": "Who said “{quotation}”?",
    "speaker": "What did {speaker} say about {topic}?",
    "mentions": "Which articles mention {name}?",
}
LISTS = {
    "statements": "Words of {about}",
    "mentions": "Where the articles mention: {about}",
    "compare": "Who says what: {about}",
    "timeline": "By date: {about}",
    "latest": "Newest first: {about}",
    "speakers": "Who speaks, and in how many sentences: {about}",
}
ASK_SPEAKER = "For all of one’s words: “list everything {speaker} said”."
WRITE_MORE = "{count} left: write “more”."

COVERAGE = "I hold {articles}{outlets}{dates}."
ARTICLES = ("{count} article", "{count} articles")
OUTLETS = " from {names}"
AND_MORE = "{names} and {count} more"
DATES = ", dated {first} to {last}"
DATE = ", dated {first}"
ALL_SOURCES = "All of them: /sources"
ASKED = "Question: "
SEARCHED = "Searched for: "
SEARCHED_HERE = "Searched for in the same article: "
VIA = "via {name}"
QUOTED_BY = "quoted by {name}"
OWN_WORDS = "the article’s own words"
MARKED = "Marked sentence: "
WITH_WORDS = "— with words of {name}"
SAME_ARTICLE = "From the same article:"
ALSO_IN = "Also in: {names}"
OTHERS_WORDS = "They may be others’ words than {speaker}’s."
WRITTEN_BY = "Written by {name}."
SILENT = "No words in the articles are surely of {speaker}."
UNKNOWN = "No article has: {words}."
CHANGED_FILES = (
    "{count} file of these passages has changed since I read it: {names}.",
    "{count} files of these passages have changed since I read them: {names}.",
)
GONE = (
    "{count} passage is left out: its article has changed or gone since.",
    "{count} passages are left out: their articles have changed or gone since.",
)
SINCE_CHANGED = "Since changed, on {date}. It said:"
SAYS_NOW = "It says now:"
SAID_NO_MORE = "These words are gone from it."
STILL_SAID = "It still has these words."
UNDATED = ("Left out, being undated: {count} article.", "Left out, being undated: {count} articles.")
UNMET = "No article fits {limits}."
UNDATABLE = "No date: {limits}. Write 2022-02-01, 2022-02 or 2022."
OTHER_LANGUAGE = "The articles are in {language}; I find far more when asked in it."

SOURCES = "The articles I answer from"
TAKEN_IN = "taken in {first}"
TAKEN_IN_SINCE = "taken in from {first} to {last}"
MISSING = "Not stated in the files: {facts}"
DISTRIBUTED = "distributed by {name}"
BY = "by {name}"
FACTS = {
    "title": "title",
    "publisher": "publisher",
    "source": "source",
    "distributor": "distributor",
    "author": "author",
    "date": "date",
    "url": "address",
}
PAGE = "{page}/{pages}"

COLLECTION = "Collection: {name}"
CHOOSE = "Which one should answer here?"
EMPTY = "Write your question in words, please."
ASK_WHAT = "What would you like to know?"
PROMPT = "Your question"
TOO_LONG = "That is more than 4,096 characters. Please ask in fewer words."
TEXT_ONLY = "I read text alone: please write your question in words."
UNKNOWN_COMMAND = "I do not know this command. /help says which ones I know."
OLD_BUTTON = "This button is from an earlier collection. Please write your question."
BUSY = "You have many questions waiting here. I answer those first; please ask this one again in a while."
FAILED = "Something went wrong here, and your question is unanswered. Please ask it again in a while."

QUOTE_WHAT = "Write /quote and the words that somebody is said to have said, or send them in quotation marks."
VERBATIM = "Word for word in the articles:"
ALTERED = "In the articles, but with other words:"
STITCHED = "Joined out of several places:"
MISATTRIBUTED = "These are not the words of {speaker}."
NOT_FOUND = ("Not in the {count} article that I hold.", "Not in these {count} articles.")
NEAREST = "What comes nearest to it:"
CHANGED = "{original} → {quoted}"
FLAGS = {"negation": "negation", "number": "number", "name": "name", "modal": "modal verb"}
OPEN = "Open at the sentence"
COPY = "Copy the citation"
SHARE = "Share"
CONTEXT = "More context"
EARLIER = "‹ Previous"
LATER = "Next ›"
OTHERS = "More ⋯"
FEWER = "‹ Back"
BACK = "‹ Back to the answer"
PROOF = "Where it stands"
CHECK = "Copy the check"
STANDS = "Word for word in the file {file}, paragraph {number}."
TO_CHECK = "To check it, “Copy the check” gives you a command."
THANKS = "Thank you."
CLAIMS = "What the articles say to this text:"
CLAIM = "To:"
NO_ANSWER = "No passage answers this:"
CITE_WHAT = "Ask a question first, then /cite gives the citation of its answer; as a reply to an answer, of that one."
CITATION_TOO_LONG = "This citation is too long for a message. Its source is in the list of articles: /sources"
DEEP_LINK = "This link opens the passage here:"
OTHER_FORMATS = "Other formats: {formats}"
GREETING = "Hello. I answer out of news articles, word for word and with their sources."
NEAR = "Near this question:"
INLINE_SHORT = "Ask the articles a question"
INLINE_NOTHING = "The articles say nothing on this"

ADMIN_COMMANDS = "For you, who run this bot:"
ADMIN_MENU = (
    ("add", "As the caption of a file: it becomes an article"),
    ("remove", "With a file’s name: its article goes, the file is kept"),
    ("reload", "Look at the folder of articles now"),
    ("stats", "The articles, votes, and questions left open"),
)
ADD_WHAT = "Send me a file with /add as its caption, or reply to a file with /add."
ADDED = "{file} is among the articles now."
STORED = "{file} is stored; it counts once I have read it."
REFUSED = "{file} is left out: {reason}"
UNREAD = "it could not be read; the log says why"
NO_FOLDER = "These articles have no folder that I could change."
REMOVED = "{file} is out of the articles; the file is kept as {kept}."
REMOVE_WHAT = "Write /remove and the name of one of these files:"
SENTENCES = ("{count} sentence", "{count} sentences")
VOTES = "Votes: {up} up, {down} down"
UNANSWERED = ("{count} question left without an answer", "{count} questions left without an answer")

ANSWERING = "Marked sentence:"
PICK = "A number asks that question."
GOODBYE = "Goodbye."
