"""Bytes become text in the encoding they were written in; what is no text is refused."""

import random

import pytest

from retrieval.articles.files import decode

TEXTS = {
    "cp1252": "The mayor of São Paulo opened the bridge. “That is a lot,” he said—and left the café.",
    "latin-1": "El alcalde inauguró el nuevo puente el lunes. Costó nueve millones, según dijo el señor Núñez.",
    "cp1250": "Starosta v pondělí otevřel nový most. Stál devět milionů korun, uvedla rada, řekl pan Žižka.",
    "cp1251": "Мэр открыл новый мост в понедельник. Он стоил девять миллионов крон, сообщил совет.",
    "koi8_u": "Мер відкрив новий міст у понеділок. Він коштував дев'ять мільйонів крон, повідомила рада.",
    "cp1253": "Ο δήμαρχος εγκαινίασε τη νέα γέφυρα τη Δευτέρα. Κόστισε εννέα εκατομμύρια, είπε το συμβούλιο.",
    "shift_jis": "市長は月曜日に新しい橋を開通させた。議会によると、費用は九百万クローナだった。",
    "gb18030": "市长星期一为新桥剪彩。市议会表示，这座桥耗资九百万克朗。乐队一直演奏到黄昏。",
}


@pytest.mark.parametrize("encoding", TEXTS)
def test_older_encodings_are_told_by_their_characters(encoding: str):
    text, known = decode(TEXTS[encoding].encode(encoding))
    assert text == TEXTS[encoding]
    assert known is not None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("text", TEXTS.values())
def test_utf_16_and_32_are_read_with_and_without_a_mark_at_the_start(encoding: str, text: str):
    assert decode(text.encode(encoding))[0] == text


def test_utf_8_is_never_anything_else_and_its_mark_counts():
    text = "\ufeffÃ¤ is what a wrong reader makes of it.\r\n"
    assert decode(text.encode()) == (text, None)


@pytest.mark.parametrize(
    "data", [random.Random(1).randbytes(1000), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", b"\0" * 9, b" \n"]
)
def test_what_is_no_text_is_refused_with_the_reason(data: bytes):
    with pytest.raises(ValueError, match=r"no text|empty"):
        decode(data)
