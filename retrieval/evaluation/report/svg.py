"""A plot's SVG → one that may stand inside a strict page: told in words, coloured by the page, without style or links.

Inline style is what a content security policy keeps out, so each declaration becomes an attribute. A colour of the
palette also becomes a class, so that the page can give another one in the dark; alone in a file the plot has its own.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

PALETTE = {"ink": "#1f2328", "faint": "#8c959f", "paper": "#ffffff", "first": "#0b62a8", "second": "#b3541e"}
_SVG = "{http://www.w3.org/2000/svg}"
_CLASSES = {colour: name for name, colour in PALETTE.items()}
_DROPPED = ("metadata", "style")


def settle(source: str, name: str, title: str, description: str) -> str:
    """The SVG of a plot under its title and description, whose ids begin with `name`."""
    ET.register_namespace("", _SVG[1:-1])
    ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    root = ET.fromstring(source)  # noqa: S314  # what the plotting library has just written
    for parent in list(root.iter()):
        for child in [child for child in parent if child.tag in {_SVG + tag for tag in _DROPPED}]:
            parent.remove(child)
    for element in root.iter():
        _restyle(element)
    _describe(root, name, title, description)
    return ET.tostring(root, encoding="unicode")


def _restyle(element: ET.Element) -> None:
    if element.tag == f"{_SVG}g":
        element.attrib.pop("id", None)  # nothing refers to a group, and two plots on a page have the same ones
    declarations = [part.split(":", 1) for part in element.attrib.pop("style", "").split(";") if ":" in part]
    for key, value in ((key.strip(), value.strip()) for key, value in declarations):
        element.set(key, value)
    classes = [f"{key}-{_CLASSES[element.get(key, '')]}" for key in ("fill", "stroke") if element.get(key) in _CLASSES]
    if classes:
        element.set("class", " ".join(classes))


def _describe(root: ET.Element, name: str, title: str, description: str) -> None:
    for place, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = ET.Element(_SVG + tag, {"id": f"{name}-{tag}"})
        element.text = text
        root.insert(place, element)
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title")
    root.set("aria-describedby", f"{name}-desc")
