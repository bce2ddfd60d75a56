"""Bytes of a text file → its text: UTF-8, else the encoding that its characters fit best, told by charset-normalizer.

UTF-16 and UTF-32 are certain. Of the older code pages several may fit alike; then it is windows-1252, as in browsers,
unless the text looks like a language of Central Europe, for which that page has not the letters.
"""

from __future__ import annotations

_UNICODE = ["utf_32", "utf_16", "utf_16_le", "utf_16_be"]
_WESTERN = "cp1252"
_PAGES = "cp1250 cp1251 cp1253 cp1254 cp1257 iso8859_2 koi8_r koi8_u mac_roman cp866"  # of before Unicode, by alphabet
_ASIAN = "cp932 euc_jp iso2022_jp gb18030 big5 cp949"
_CENTRAL = {"Croatian", "Czech", "Hungarian", "Polish", "Romanian", "Slovak", "Slovene"}
_MESS = 0.1  # share of odd characters, half of the library's own bar: a wrong text is worse than none
_ALIKE = 0.01


def decode(data: bytes) -> tuple[str, str | None]:
    """The text, line ends and all, and the encoding where it is not UTF-8.

    Raises `ValueError` with the reason where the bytes are no text, or in no encoding that can be told.
    """
    try:
        text, encoding = data.decode("utf-8"), None
    except UnicodeDecodeError:
        text, encoding = _detected(data)
    else:
        if "\0" in text:  # UTF-16 without a mark at its start looks like this
            text, encoding = _detected(data)
    if "\0" in text:
        raise ValueError("NUL characters in it: no text")
    if not text.strip("\ufeff \t\r\n"):
        raise ValueError("empty")
    return text, encoding


def _detected(data: bytes) -> tuple[str, str]:
    from charset_normalizer import from_bytes

    known = [*_UNICODE, _WESTERN, *_PAGES.split(), *_ASIAN.split()]
    matches = list(from_bytes(data, cp_isolation=known, threshold=_MESS))
    if not matches:
        raise ValueError("no text in an encoding that can be told: save it as UTF-8")
    quality = {match.encoding: match.coherence - match.chaos for match in matches}
    alike = [match for match in matches if quality[match.encoding] >= max(quality.values()) - _ALIKE]
    western = (match for match in alike if match.encoding == _WESTERN and match.language not in _CENTRAL)
    best = next(western, alike[0])
    return str(best), best.encoding
