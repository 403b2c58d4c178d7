"""Drafts as files: what is read, and that no file gets further than one sentence."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rongjian.documents.draft_files import (
    LARGEST,
    LONGEST,
    ClassifiedDraft,
    DraftError,
    admitted,
    read_draft,
)

TEXT = "一、工作情况\n依法批捕涉黑涉恶犯罪嫌疑人369人、起诉1591人。\n"
NAMES = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
COMPATIBLE = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/officeDocument" Target="{target}"/></Relationships>'
)


def package(body: str, target: str = "word/document.xml", head: str = "") -> bytes:
    """A .docx with this XML inside its body."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", RELATIONS.format(target=target))
        document = f"<w:document {NAMES} {COMPATIBLE}><w:body>{body}</w:body></w:document>"
        archive.writestr(target.lstrip("/"), head + document)
    return buffer.getvalue()


def words(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def refusal(name: str, data: bytes) -> str:
    with pytest.raises(DraftError) as refused:
        admitted(read_draft(name, data))
    return str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_files_are_read_in_the_encodings_of_the_office(encoding: str) -> None:
    assert read_draft("稿.txt", TEXT.encode(encoding)) == TEXT


def test_paragraphs_and_tables_are_read_in_their_order() -> None:
    document = docx.Document()
    document.add_paragraph("先看表：")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ("指标", "数", "起诉", "1591人"), strict=True):
        cell.text = text
    document.add_paragraph("表后的话。")
    buffer = io.BytesIO()
    document.save(buffer)
    lines = read_draft("稿.docx", buffer.getvalue()).splitlines()
    assert lines == ["先看表：", "指标\t数\t", "起诉\t1591人\t", "表后的话。"]


def test_what_is_not_printed_is_not_read() -> None:
    body = (
        "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr>"
        "<w:r><w:t>起诉</w:t></w:r><w:del><w:r><w:delText>159</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>1591</w:t></w:r></w:ins>"
        "<w:r><w:instrText>PAGE 12件</w:instrText></w:r><w:r><w:tab/><w:t>人</w:t></w:r></w:p>"
        f"<mc:AlternateContent><mc:Choice>{words('框')}</mc:Choice>"
        f"<mc:Fallback>{words('框')}</mc:Fallback></mc:AlternateContent>"
    )
    assert read_draft("稿.docx", package(body)) == "起诉1591\t人\n框\n"


def test_the_part_with_the_text_may_have_any_name() -> None:
    assert read_draft("稿.docx", package(words("一"), target="/word/document2.xml")) == "一\n"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("稿.pdf", b"%PDF-1.7", "只能读 .txt 和 .docx"),
        ("稿.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧版 Word"),
        ("稿.docx", b"", "打不开"),
        ("稿.docx", b"PK\x03\x04", "打不开"),
        ("稿.docx", package("<w:p>"), "打不开"),
        ("稿.docx", package(""), "没有读到文字"),
        ("稿.txt", b"", "没有读到文字"),
        ("稿.txt", b" \r\n", "没有读到文字"),
        ("稿.txt", bytes(range(256)) * 4, "文字编码"),
        ("稿.txt", b"\x89PNG\r\n\x1a\n" + bytes(64), "文字编码"),
        ("稿.txt", b"\xff\xfe\x00", "文字编码"),
        ("稿.txt", ("字" * (LONGEST + 1)).encode(), "超过 500,000 字"),
        ("稿.txt", b"a" * (LARGEST + 1), "超过 20 MB"),
        ("稿.docx", package(words("字" * (LONGEST + 1))), "超过 500,000 字"),
        ("稿.txt", "机密★10年\n起诉12人。".encode(), "国家秘密"),
        ("稿.txt", "内部资料 严禁外传\n起诉12人。".encode(), "内部资料"),
    ],
)
def test_what_cannot_be_checked_is_refused_in_one_sentence(
    name: str, data: bytes, reason: str
) -> None:
    said = refusal(name, data)
    assert reason in said
    assert "\n" not in said


def test_a_classified_draft_is_told_apart() -> None:
    with pytest.raises(ClassifiedDraft):
        admitted("绝密\n\n起诉12人。")


def test_entities_are_refused() -> None:
    head = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    assert "不像正常的 Word 文件" in refusal("稿.docx", package(words("&x;"), head=head))


def test_a_bomb_is_not_unpacked_to_its_end() -> None:
    assert "不像正常的 Word 文件" in refusal("稿.docx", package("<w:p/>" + " " * (70 << 20)))


def test_a_draft_of_the_greatest_length_is_admitted() -> None:
    text = "起诉十二人。" * (LONGEST // 6)
    assert admitted(read_draft("稿.docx", package(words(text)))).strip() == text


def answered(name: str, data: bytes) -> bool:
    """Whether a file was read, or refused; anything else is an error of ours."""
    try:
        read_draft(name, data)
    except DraftError as refused:
        return bool(str(refused))
    return True


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300), st.sampled_from(["稿.txt", "稿.docx", "稿"]))
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    assert answered(name, data)


GOOD = package(words("依法起诉1591人"))


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255), st.integers(1, 40))
def test_a_damaged_file_is_read_or_refused(at: int, byte: int, length: int) -> None:
    damaged = GOOD[:at] + bytes([byte]) * length + GOOD[at + length :]
    assert answered("稿.docx", damaged)
