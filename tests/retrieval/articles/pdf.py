"""PDF files written by hand."""

from __future__ import annotations


def pdf(*blocks: list[str]) -> bytes:
    """One page, each block of lines a paragraph."""
    shown = "BT /F1 11 Tf 72 720 Td 13 TL " + " 0 -26 Td ".join(
        " ".join(f"({line}) Tj T*" for line in block) for block in blocks
    )
    return of_streams(f"{shown} ET".encode("latin-1"))


def of_streams(*streams: bytes, packed: str = "") -> bytes:
    """One page with the first stream as what it shows, which may draw the second as /X1, that the third as /X2, and so on."""
    forms = [
        b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X%d %d 0 R>>>>/Length %d>>\nstream\n%s\nendstream"
        % (number + 1, 6 + number, len(stream), stream)
        for number, stream in enumerate(streams[1:], 1)
    ]
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/XObject<</X1 6 0 R>>>>>>",
        b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(streams[0]), packed.encode(), streams[0]),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", *forms,
    ]  # fmt: skip
    data, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % at for at in places)
    size = len(objects) + 1
    return data + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        size,
        table,
        size,
        len(data),
    )
