"""Whether "he" or "she" can be meant: by title, by trade, by a common first name. It only ever rules people out."""

from __future__ import annotations

from retrieval.speakers.cues import word_set

_HE = word_set(
    "mr mr. sir lord king prince duke baron count father brother son husband himself chairman spokesman policeman "
    "congressman james john robert michael william david richard joseph thomas charles christopher daniel matthew "
    "anthony mark paul steven stephen andrew kenneth george joshua kevin brian edward ronald timothy jason jeffrey "
    "ryan jacob gary nicholas eric jonathan larry justin scott brandon frank benjamin gregory samuel raymond patrick "
    "alexander jack dennis tom peter henry martin simon ian neil alan colin graham keith derek nigel stuart ben joe "
    "jim bob mike dave steve vladimir sergei ivan dmitry mohammed muhammad ahmed ali omar hassan carlos juan jose "
    "luis pedro pierre jean hans karl lars erik"
)
_SHE = word_set(
    "mrs mrs. ms ms. miss dame lady queen princess duchess baroness mother sister daughter wife herself chairwoman "
    "spokeswoman policewoman congresswoman actress mary patricia jennifer linda elizabeth barbara susan jessica sarah "
    "karen lisa nancy betty margaret sandra ashley emily donna michelle carol amanda melissa deborah stephanie "
    "rebecca laura sharon cynthia kathleen amy angela shirley anna brenda pamela emma nicole helen samantha katherine "
    "christine rachel carolyn janet catherine maria heather diane ruth julie olivia joyce virginia victoria kelly "
    "lauren christina joan judith megan andrea hannah jacqueline martha gloria teresa ann anne jane alice sue julia "
    "kate claire clare rosa elena fatima aisha ingrid marie sophie charlotte lucy wendy ursula"
)


def can_be(pronoun: str, words: tuple[str, ...], role: str) -> bool:
    """Can the bearer of this name and role be a "he", or a "she"?"""
    known = set(role.lower().split()) | set(words[:1])
    if pronoun in {"he", "his", "him"}:
        return not known & _SHE or bool(known & _HE)
    return not known & _HE or bool(known & _SHE)
