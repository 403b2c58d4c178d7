"""A real site over files: what it refused has left no byte in the database, its log, temporary files or output."""

from __future__ import annotations

import http.cookiejar
import io
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.request
import zlib
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from rongjian.ops.demo.cast import PASSWORD
from tests.contract.pages_with_forms import PageForm, forms_of
from tests.databases import free_port
from tests.world import NOW, PATIENCE, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "zq7disk"
SECRET = f"{TOKEN} 机密★10年"
NUMBER = "11010519491231002X"


@dataclass
class Client:
    """Somebody logged in to the site, without a browser."""

    site: str
    opener: urllib.request.OpenerDirector

    def get(self, path: str) -> tuple[int, str]:
        return self._ask(urllib.request.Request(self.site + path))  # noqa: S310  # our own site

    def send(self, path: str, form: PageForm, **more: Any) -> tuple[int, str]:
        """Send a form of a page, with its token, and whatever else is said."""
        data = encode_multipart(BOUNDARY, {**form.values, **more})
        asked = urllib.request.Request(self.site + path, data)  # noqa: S310
        asked.add_header("Content-Type", MULTIPART_CONTENT)
        return self._ask(asked)

    def _ask(self, asked: urllib.request.Request) -> tuple[int, str]:
        try:
            with self.opener.open(asked, timeout=120) as answer:
                return answer.status, answer.read().decode(errors="replace")
        except HTTPError as error:
            with error:
                return error.code, error.read().decode(errors="replace")


@dataclass(frozen=True)
class Site:
    """A running site, and every place where it could write."""

    address: str
    directory: Path
    temporary: Path
    said: Path

    def visitor(self, account: str) -> Client:
        opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )
        client = Client(self.address, opener)
        form = next(
            each for each in forms_of(client.get("/login/")[1]) if "password" in each.values
        )
        status, page = client.send("/login/", form, username=account, password=PASSWORD)
        assert status == 200
        assert "退出" in page
        return client


@pytest.fixture
def site(demo_dir: Path, tmp_path: Path) -> Iterator[Site]:
    """The site over a copy of the demo; what it says on its outputs is kept."""
    directory, temporary, said = tmp_path / "data", tmp_path / "tmp", tmp_path / "said.log"
    shutil.copytree(demo_dir, directory)
    temporary.mkdir()
    address = f"127.0.0.1:{free_port()}"
    words = ("serve", "--dir", str(directory), "--address", address)
    with (
        said.open("wb") as out,
        subprocess.Popen(
            [sys.executable, "-m", "rongjian", *words],
            env=environment(NOW) | {"TMPDIR": str(temporary)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        ) as running,
    ):
        try:
            _await(running, f"http://{address}/login/")
            yield Site(f"http://{address}", directory, temporary, said)
        finally:
            running.terminate()


def _await(running: subprocess.Popen[bytes], page: str) -> None:
    for _ in range(PATIENCE * 10):
        assert running.poll() is None, "rongjian serve ended by itself"
        try:
            with urllib.request.urlopen(page, timeout=5):  # noqa: S310  # our own address
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail("rongjian serve does not answer")


def left_in(site: Site, text: str) -> list[str]:
    """Files that hold the text in an encoding of the office, and images of the log that do, unpacked."""
    forms = [text.encode(code) for code in ("utf-8", "utf-16-le", "gb18030")]
    forms.append(quote(text).encode())
    forms.append(text.encode("ascii", "backslashreplace"))
    places = [*site.directory.rglob("*"), *site.temporary.rglob("*"), site.said]
    found = [
        str(path)
        for path in places
        if path.is_file() and any(form in path.read_bytes() for form in forms)
    ]
    with closing(sqlite3.connect(site.directory / "rongjian.sqlite3")) as database:
        for (body,) in database.execute(
            "SELECT body FROM log_image ORDER BY event_id DESC LIMIT 500"
        ):
            if text.encode() in zlib.decompress(body):
                found.append("log_image")
    return found


def sheet() -> bytes:
    """A book with a mark in one cell."""
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("实事")
    page.append(["单位", "日期", "实事", "完成时限"])
    page.append(["450100", "2026-06-01", SECRET, "2026-07-01"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


LARGE = f"单位,日期,实事\n450100,2026-06-01,{SECRET}\n".encode() * 500_000
"""More than may be sent: what is too large is not put aside on the disk either."""


def test_nothing_refused_is_left_on_the_disk(site: Site) -> None:
    office = site.visitor("weiw")
    page = office.get("/ledger/practical-deed/new")[1]
    form = next(each for each in forms_of(page) if "title" in each.values)
    fitting = {"unit": "450100", "happened_on": "2026-06-01", "done_by": "2026-07-01"}
    status, said = office.send("/ledger/practical-deed/new", form, title=SECRET, **fitting)
    assert (status, "国家秘密标志" in said) == (422, True)
    status, said = office.send(
        "/ledger/practical-deed/new", form, title=f"联系 {NUMBER}", **fitting
    )
    assert (status, "居民身份证" in said) == (422, True)
    for path in (
        f"/ledger/practical-deed?{urlencode({'q': SECRET})}",
        f"/people/?q={quote(SECRET)}",
    ):
        assert office.get(path)[0] == 400
    assert office.get(f"/{quote(SECRET)}")[0] == 404
    page = office.get("/imports/new?kind=practical-deed")[1]
    form = next(each for each in forms_of(page) if each.files)
    for name, content in (("实事.xlsx", sheet()), (f"{SECRET}.xlsx", sheet())):
        file = SimpleUploadedFile(name, content)
        status, said = office.send(form.action or "/imports/new", form, **{form.files[0]: file})
        assert status < 500
        assert "国家秘密标志" in said
    file = SimpleUploadedFile("实事.csv", LARGE)
    status, said = office.send(form.action or "/imports/new", form, **{form.files[0]: file})
    assert (status < 500, "没有" in said or "超过" in said) == (True, True)
    page = office.get("/draft-check/")[1]
    form = next(each for each in forms_of(page) if each.files)
    status, said = office.send("/draft-check/", form, text=SECRET)
    assert (status, "国家秘密标志" in said) == (422, True)
    for text in (TOKEN, NUMBER):
        assert left_in(site, text) == []


def test_the_search_would_find_what_was_stored(site: Site) -> None:
    """The same way of looking finds an ordinary title: in the database and in the log's image."""
    office = site.visitor("weiw")
    page = office.get("/ledger/practical-deed/new")[1]
    form = next(each for each in forms_of(page) if "title" in each.values)
    sent = {"unit": "450100", "happened_on": "2026-06-01", "done_by": "2026-07-01"}
    title = f"{TOKEN}便民窗口"
    status, _ = office.send("/ledger/practical-deed/new", form, title=title, **sent)
    assert status == 200
    assert {path.rpartition("/")[2] for path in left_in(site, TOKEN)} & {
        "rongjian.sqlite3",
        "rongjian.sqlite3-wal",
    }
    assert "log_image" in left_in(site, TOKEN)
