"""The forms of a page as a browser would find them: where they go, what they hold, where one may type."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = {"text", "search", "tel", "email", "url", "", "password"}
"""Types of inputs that take any words."""
_FITTING = {"date": "2026-06-01", "number": "3", "month": "2026-06"}


@dataclass
class PageForm:
    """One form: its values as the page has them, the names one may type into, its files and buttons."""

    action: str = ""
    method: str = "get"
    values: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _FormReader(HTMLParser):
    """Reads the forms out of a page; an input outside of a form belongs to the one that it names."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._named: dict[str, PageForm] = {}
        self._open: PageForm | None = None
        self._select = self._area = ""
        self._chosen = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in a form or one of its parts."""
        at = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = PageForm(at.get("action", ""), at.get("method", "get").lower())
            self.forms.append(self._open)
            self._named[at.get("id", "")] = self._open
            return
        if tag == "option":
            self._option(at)
            return
        form = self._named.get(at.get("form", "")) if "form" in at else self._open
        name = at.get("name", "")
        if form is None or not name or "disabled" in at:
            return
        if tag == "input":
            _input(form, name, at)
        elif tag == "textarea":
            form.values[name] = ""
            form.typed.append(name)
            self._area = name
        elif tag == "select":
            self._select, self._chosen = name, False
        elif tag == "button":
            form.buttons.append((name, at.get("value", "")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that closes itself."""
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        """The words inside a text area."""
        if self._area and self._open:
            self._open.values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        """The end of a form or of one of its parts."""
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""

    def _option(self, at: dict[str, str]) -> None:
        """The first choice that says something, or the chosen one."""
        form, value = self._open, at.get("value", "")
        if form is None or not self._select:
            return
        if "selected" in at or (value and not self._chosen and not form.values.get(self._select)):
            form.values[self._select] = value
            self._chosen = self._chosen or "selected" in at


def _input(form: PageForm, name: str, at: dict[str, str]) -> None:
    kind, value = at.get("type", ""), at.get("value", "")
    if kind == "file":
        form.files.append(name)
    elif kind in {"checkbox", "radio"}:
        if "checked" in at or (kind == "radio" and name not in form.values):
            form.values[name] = value
    elif kind in {"submit", "button"}:
        form.buttons.append((name, value))
    else:
        form.values[name] = value or _FITTING.get(kind, "")
        if kind in TYPED:
            form.typed.append(name)


def forms_of(page: str) -> list[PageForm]:
    """The forms of a page."""
    return _FormReader(page).forms
