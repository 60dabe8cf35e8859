"""Pages to PDF bytes with reportlab's canvas. In memory only; the same pages always give the same bytes."""

import io
import zlib
from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import Any

from reportlab.pdfbase import pdfdoc, pdfmetrics, ttfonts
from reportlab.pdfgen import canvas

from jiandang_desktop.printing.display import Lines, Op, Page, Path, Rect, Text
from jiandang_desktop.printing.fonts import FontBook


def _to_unicode(font_name: str, subset: Sequence[int]) -> str:
    """The ToUnicode map of a font subset, in UTF-16.

    reportlab 5.1 writes the bare code point, so characters outside the BMP are drawn rightly but read back
    wrongly (a name with 𬱖 can't be found or copied). This is the one place where we replace a part of it.
    """
    lines = [f"<{code:02X}> <{chr(point).encode('utf-16-be').hex().upper()}>" for code, point in enumerate(subset)]
    blocks: list[str] = []
    for start in range(0, len(lines), 100):
        part = lines[start : start + 100]
        blocks += [f"{len(part)} beginbfchar", *part, "endbfchar"]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            f"/CIDSystemInfo << /Registry ({font_name}) /Ordering ({font_name}) /Supplement 0 >> def",
            f"/CMapName /{font_name} def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            "<00> <FF>",
            "endcodespacerange",
            *blocks,
            "endcmap",
            "CMapName currentdict /CMap defineresource pop",
            "end",
            "end",
        ]
    )


ttfonts.makeToUnicodeCMap = _to_unicode


class _GrowingFile(pdfdoc.PDFFile):  # type: ignore[misc]
    """reportlab collects the parts of a file in a list and joins them at the end: every page is held twice."""

    def __init__(self, *version: Any) -> None:
        super().__init__(*version)
        begun: list[bytes] = self.strings
        self.strings: list[bytes] = []
        self._file = io.BytesIO(b"".join(begun))
        self._file.seek(0, io.SEEK_END)
        self.write = self._file.write

    def format(self, _document: Any) -> bytes:
        return self._file.getvalue()


pdfdoc.PDFFile = _GrowingFile


class _PageStream(pdfdoc.PDFStream):  # type: ignore[misc]
    """A page's drawing, compressed; let go as soon as it stands in the file."""

    def format(self, document: Any) -> bytes:
        made: bytes = super().format(document)
        self.content = b""
        return made


class _LeanPage(pdfdoc.PDFPage):  # type: ignore[misc]
    """A page that lets go of its parts as soon as it stands in the file."""

    def format(self, document: Any) -> bytes:
        made: bytes = super().format(document)
        self.MediaBox = self.Resources = None
        return made


_FLATE = pdfdoc.PDFDictionary({"Filter": pdfdoc.PDFArray([pdfdoc.PDFName("FlateDecode")])})


def register_font(name: str, path: FilePath) -> Any:
    """Load a TrueType font once for the whole process (parsing costs 50-180 ms) and return it."""
    try:
        return pdfmetrics.getFont(name)
    except KeyError:
        font = ttfonts.TTFont(name, str(path))
        pdfmetrics.registerFont(font)
        return font


class PdfWriter:
    """One PDF written page by page: what is added is compressed at once, so that a long document stays small."""

    def __init__(self, fonts: FontBook, title: str) -> None:
        """``title`` must hold no personal data."""
        self._fonts = fonts
        fonts.face("regular")
        self._paper = canvas.Canvas(
            io.BytesIO(), invariant=1, pageCompression=1, initialFontName=fonts.face_name("regular")
        )
        self._paper.setTitle(title)
        self._paper._doc.info.producer = self._paper._doc.info.creator = "Jiandang Desktop"

    def add(self, pages: Sequence[Page]) -> None:
        """Write these pages (GLYPH_MISSING)."""
        for page in pages:
            self._paper.setPageSize((page.width, page.height))
            _draw(self._paper, page, self._fonts)
            self._paper.showPage()
            _compress(self._paper._doc.Pages.pages[-1])

    def finish(self) -> bytes:
        """The whole file with all fonts embedded; nothing can be added any more."""
        data: bytes = self._paper.getpdfdata()
        return data


def _compress(page: Any) -> None:
    """reportlab keeps each page as text until the end: 60 kB each."""
    page.Contents = _PageStream(_FLATE, zlib.compress(page.stream.encode("latin-1")), [])
    page.stream = None
    page.__class__ = _LeanPage


def write_pdf(pages: Sequence[Page], fonts: FontBook, title: str) -> bytes:
    """The pages as one PDF with all fonts embedded (GLYPH_MISSING). ``title`` must hold no personal data."""
    writer = PdfWriter(fonts, title)
    writer.add(pages)
    return writer.finish()


def _draw(paper: Any, page: Page, fonts: FontBook) -> None:
    texts: list[Text] = []
    for op in page.ops:
        if isinstance(op, Text):
            texts.append(op)
        else:
            _draw_shape(paper, op, page.height)
    _draw_texts(paper, texts, page.height, fonts)


def _draw_texts(paper: Any, texts: Sequence[Text], height: float, fonts: FontBook) -> None:
    """All text of a page in one text object: switching between text and lines is what costs time."""
    block = paper.beginText()
    colour = None
    for op in texts:
        if op.colour != colour:
            colour = op.colour
            block.setFillColorRGB(*colour)
        block.setTextOrigin(op.x, height - op.y)
        for face, part in fonts.runs(op.text, op.weight):
            block.setFont(fonts.face_name(face), op.size)
            block.textOut(part)
    paper.drawText(block)


def _draw_shape(paper: Any, op: Op, height: float) -> None:
    match op:
        case Lines():
            _stroke(paper, op.colour, op.width)
            paper.setDash(*([op.dash, op.dash] if op.dash else []))
            paper.lines([(x1, height - y1, x2, height - y2) for x1, y1, x2, y2 in op.segments])
            paper.setDash()
        case Rect():
            _stroke(paper, op.colour, op.line)
            if op.fill is not None:
                paper.setFillColorRGB(*op.fill)
            paper.rect(op.x, height - op.y - op.height, op.width, op.height, bool(op.line), int(op.fill is not None))
        case Path():
            outline = paper.beginPath()
            for points in op.outlines:
                outline.moveTo(points[0][0], height - points[0][1])
                for x, y in points[1:]:
                    outline.lineTo(x, height - y)
                outline.close()
            paper.setFillColorRGB(*op.colour)
            paper.drawPath(outline, stroke=0, fill=1)
        case _:
            raise TypeError(op)


def _stroke(paper: Any, colour: tuple[float, float, float], width: float) -> None:
    paper.setStrokeColorRGB(*colour)
    paper.setLineWidth(width)
