"""The door for content that must never be stored: classification marks and personal identifiers.

`screen` looks for *marks* (机密★10年, a line that says only 绝密, 密级：秘密, 内部资料 严禁外传), not for
talk about secrecy, which is everyday work here (保密教育, 商业秘密, 机密大案). It sees through full width,
traditional characters, blanks and invisible characters put between the characters of a mark. Numbers
count only if their check digits are right; case numbers only if they name a kind of case.

Every pattern has bounded repetition, so the cost is linear in the text. A message never repeats
what was found: it may be logged, the finding may not.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Finding:
    """Something that must not be stored: by which rule, where in the text, what to tell the user."""

    rule: str
    start: int
    end: int
    message: str


_MESSAGES = {
    "secret_mark": "有国家秘密标志，本系统不得存储涉密内容。请勿录入，并报告保密员。",
    "internal_mark": "有“内部资料、严禁外传”一类标注。请核实能否录入，能录入的请先去掉标注。",
    "resident_id": "有居民身份证号码。请删去后再保存。",
    "bank_card": "有银行卡号。请删去后再保存。",
    "mobile": "有手机号码。请删去后再保存。",
    "case_number": "有案号。请删去，或改用本系统的记录编号。",
}
RULES = tuple(_MESSAGES)
MARKS = ("secret_mark", "internal_mark")
"""What speaks for the whole paper that it stands on; the other rules speak for one text."""


def screen(text: str) -> list[Finding]:
    """Everything in `text` that must not be stored, in order; positions are those of `text`."""
    plain, origins = _unmasked(text)
    found: list[Finding] = []
    taken = bytearray(len(plain))
    for rule, sign, pattern, is_real in _RULES:
        if not sign.search(plain):
            continue
        for match in pattern.finditer(plain):
            start, end = match.span("hit")
            if not any(taken[start:end]) and is_real(match["hit"]):
                taken[start:end] = b"\1" * (end - start)
                found.append(Finding(rule, origins[start], origins[end - 1] + 1, _MESSAGES[rule]))
    return sorted(found, key=lambda finding: finding.start)


# --- seeing through disguise -----------------------------------------------------------------

_NOTHING = "\u115f\u1160\u17b4\u17b5"  # letters that print nothing
_BREAKS = "\n\r\t\v\f\x85\u2028\u2029"
_BLANKS = "\u2800\u3164\uffa0"
_TRADITIONAL = str.maketrans("絕機祕級內資嚴傳長啟", "绝机秘级内资严传长启")


@lru_cache(maxsize=65_536)
def _folded(character: str) -> str:
    """What one character stands for: nothing, a line break, or its plain form."""
    if character in _BREAKS:
        return "\n"
    if character in _BLANKS:
        return " "
    category = unicodedata.category(character)
    if character in _NOTHING or category in ("Cf", "Cc", "Cs", "Mn", "Me"):
        return ""
    if category == "Nd":
        return str(unicodedata.digit(character))
    return unicodedata.normalize("NFKC", character).translate(_TRADITIONAL)


_AS_THEY_ARE = re.compile("[\n -~一-鿿。、；？！“”‘’]*")


def _unmasked(text: str) -> tuple[str, list[int]]:
    """The text with disguises taken off, and for each of its characters the place it came from."""
    pieces: list[str] = []
    origins: list[int] = []
    at = 0
    while at < len(text):
        if run := _AS_THEY_ARE.match(text, at)[0]:  # type: ignore[index]  # matches always
            piece = run.translate(_TRADITIONAL)
            origins.extend(range(at, at + len(run)))
            at += len(run)
        else:
            piece = _folded(text[at])
            origins.extend([at] * len(piece))
            at += 1
        pieces.append(piece)
    return "".join(pieces), origins


# --- classification marks --------------------------------------------------------------------

_GAP = r"[\s.·•・\-_*|/\\~'\"`^+=#…]{0,8}"
_HAN = "[一-鿿]"
_EDGE = r"(?:[^\w\n]|[\dA-Za-z_]){0,24}"
_STAR = "[★☆⭐⭑✩✪✫✬✭✮✯✰⋆✡✦✧]"
_FOR_A_STAR = "[*※◆◇●○▲#]"  # typed where there is no star on the keyboard


def _spaced(*words: str) -> str:
    """A pattern for any of the words, with gaps allowed between their characters."""
    return "(?:" + "|".join(_GAP.join(word) for word in words) + ")"


_LEVEL = _spaced("绝密", "机密", "秘密")
_NUMERAL = "[一二三四五六七八九十两]"
_COUNT = rf"(?:\d{_GAP}\d?|{_NUMERAL}(?:{_GAP}{_NUMERAL}){{0,2}})"
_TERM = rf"(?:{_COUNT}{_GAP}{_spaced('年', '个月', '月', '天', '日')}|{_spaced('长期', '永久', '启用前', '解密前')})"
_JOINT = r"[\s.·•・\-_*|/\\~:;#※△▲◆●(\[【<]{0,8}"
_NOT_A_TERM = "(?![后前来间内中以之多余起])"
_URGENCY = _spaced("特急", "加急", "急件", "特提", "平急", "启用前", "使用完毕前")
_CARRIER = _spaced("级", "件", "文件", "资料", "材料", "级文件", "电报", "内部资料")
_HEADER = _spaced("密级", "定密", "标密", "保密级别", "保密等级", "涉密等级", "秘密等级")
_RANK = rf"(?:{_GAP}级)?"
_NOT_A_STATEMENT = r"(?!\s{0,4}级?[、/,和或及与的以]|\s{0,4}级?(?:别|事项|国家|信息))"
_MARKS = (
    # 机密★10年, and a star alone where prose would not have one
    rf"{_LEVEL}{_RANK}{_GAP}{_STAR}{_GAP}{_TERM}",
    rf"{_LEVEL}{_RANK}{_GAP}{_FOR_A_STAR}{_GAP}{_TERM}{_NOT_A_TERM}",
    rf"[(\[【〖]{_GAP}{_LEVEL}{_RANK}[\s、,;]{{1,4}}{_TERM}{_GAP}[)\]】〗]",
    rf"(?<!{_HAN}){_LEVEL}{_RANK}{_GAP}{_STAR}",
    rf"{_LEVEL}{_RANK}{_GAP}{_STAR}(?!\s{{0,4}}{_HAN})",
    rf"{_STAR}{_GAP}{_LEVEL}(?!{_HAN}|\s{{0,4}}{_HAN}{{2}})",
    rf"{_STAR}{_GAP}{_LEVEL}{_GAP}{_TERM}",
    # 机密 10年, 秘密（五年）, 机密级，保密期限：10年
    rf"(?<!{_HAN}){_LEVEL}{_JOINT}{_TERM}{_NOT_A_TERM}",
    rf"{_LEVEL}{_GAP}级?[\s,;.·\-]{{0,8}}{_spaced('保密期限')}[\s:为是.·\-]{{0,8}}{_TERM}",
    # a line of its own, as at the top of a document
    rf"^{_EDGE}(?:{_URGENCY}{_EDGE})?{_LEVEL}(?:{_GAP}{_CARRIER})?{_EDGE}(?:{_URGENCY}{_EDGE})?$",
    rf"^{_EDGE}{_LEVEL}\s{{1,8}}{_URGENCY}",
    rf"^{_EDGE}{_LEVEL}(?:[^\S\n]|[_\-—·.+]){{1,12}}{_spaced('关于')}",
    # 【机密】 anywhere, （机密） at either end of a line
    rf"[【〖\[]{_GAP}{_LEVEL}{_GAP}级?{_GAP}[】〗\]]",
    rf"^[^\w\n]{{0,8}}\({_GAP}{_LEVEL}{_GAP}级?{_GAP}\)",
    rf"\({_GAP}{_LEVEL}{_GAP}级?{_GAP}\)[^\w\n]{{0,8}}$",
    # 密级：机密
    rf"{_HEADER}[\s:=为是.·•・\-_*|/\"“'()\[\]【】]{{0,8}}{_LEVEL}{_NOT_A_STATEMENT}",
)
_PAPERS = _spaced("资料", "文件", "材料", "刊物", "文稿", "数据", "使用", "参考", "传阅", "掌握")
_INTERNAL = rf"{_spaced('内部', '涉密', '保密')}{_GAP}{_PAPERS}?"
_CARE = _spaced("注意保存", "注意保管", "妥善保管", "注意保密", "仅供参考", "用后收回")
_BAN = _spaced("严禁", "不得", "禁止", "请勿", "切勿", "不准", "勿") + _GAP
_BAN += _spaced("对外", "擅自", "") + _GAP
_BAN += _spaced(
    "外传", "外泄", "外流", "扩散", "传播", "转发", "转载", "复印", "复制", "翻印", "泄露"
)
_THIS = rf"(?:{_spaced('本', '此')}{_GAP}{_spaced('文件', '文', '件', '刊', '资料', '材料', '')}{_GAP})?"
_THIS += rf"(?:{_spaced('为', '系', '属于', '属', '是')}{_GAP})?"
_ENDS = r"(?=[^\w\n]{0,8}$|\s|[】〗\])>”\"'])"
_WARNINGS = (
    # standing by itself, in a line or in brackets; in a sentence or a numbered list it is an order
    rf"(?:^|[【〖\[(<“\"'])[^\w\n]{{0,12}}{_THIS}{_INTERNAL}[^\w\n]{{0,8}}(?:{_CARE}[^\w\n]{{0,8}})?{_BAN}{_ENDS}",
    # a blank, star or dash between the halves is how marks are set, not how sentences are written
    rf"{_INTERNAL}[\s·•!★☆*|/\-—~]{{1,8}}{_BAN}(?!\w)",
)

# --- numbers ---------------------------------------------------------------------------------

_PROVINCES = {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55)}
_PROVINCES |= {*range(61, 66), 71, 81, 82, 83}
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_SPACE = r"[\s.\-_·]?"


def _digits(number: str) -> str:
    return re.sub(r"[^0-9Xx]", "", number).upper()


def _is_resident_id(number: str) -> bool:
    digits = _digits(number)
    body, year, month = digits[:17], int(digits[6:10]), int(digits[10:12])
    if int(digits[:2]) not in _PROVINCES or not (1800 <= year <= 2100 and 1 <= month <= 12):
        return False
    if not 1 <= int(digits[12:14]) <= monthrange(year, month)[1]:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return _CHECK_DIGITS[total % 11] == digits[17]


def _is_card(number: str) -> bool:
    """The check digit of bank cards: every second digit from the right is doubled."""
    total = 0
    for at, digit in enumerate(reversed(_digits(number))):
        value = int(digit) * (1 + at % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


# Written without a check digit, so the beginnings that exist must do: UnionPay, Visa, Mastercard, JCB.
_CARD = rf"(?:(?:6[0-9]|95)(?:{_SPACE}\d){{14,17}}|(?:4\d|5[1-5]|35)(?:{_SPACE}\d){{14}})"
_CENTURY = rf"(?:1{_SPACE}[89]|2{_SPACE}[01]){_SPACE}"
_PERSONAL = rf"(?:\d{_SPACE}){{6}}{_CENTURY}(?:\d{_SPACE}){{9}}[\dXx]"
_MOBILE = rf"(?:\+?86{_SPACE})?1[3-9]\d{_SPACE}\d{{4}}{_SPACE}\d{{4}}"

_YEAR = r"[(\[〔【{<]?\s?(?:19|20)\d\d\s?年?[)\]〕】}>]?\s?"
_BRACKETED_YEAR = r"[(\[〔【{<]\s?(?:19|20)\d\d\s?[)\]〕】}>]\s?"
_COURT_CASE = (
    "(?:[刑民行商知破](?:[一二三四五]|事|政)?(?:初|终|申|再|抗|监|更|核|医|特|辖|督|撤|他|提|审|赔|保|罚)"
    "|执(?:保|异|复|恢|监|协|他|行|前)?|(?:国|委|法)?赔(?:初|监|他)?|司救|财保|强清|清申|破申|诉前调|诉调)"
)
_SERIAL = r"\s?字?\s?第?\s?[A-Z]?\d{1,8}(?:-\d{1,3})?\s?号"
_COURTS = "最京津冀晋内蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新兵军"
_OFFICE_CASE = (
    "(?:刑诉|不诉|诉刑|变诉|追诉|刑抗|刑申|刑捕|刑检|批捕|不捕|侦监|公诉|刑受|刑执|刑赔|刑立|羁审|民监|民抗|民支"
    "|民受|行监|行抗|行受|民公|行公|公益|附民公|赔监|控申|未检|拘字|捕字|诉字|立字)"
)
# Numbers of documents, not of cases: issued (高检发…字), replies (函), interpretations (释) …
_NOT_ISSUED = "(?<![检法]发)(?<![检法]发.)(?<![检法]发..)"
_PLAIN_HAN = "[^\\W\\d_发函释规令党办会建]"
_CASES = (
    rf"{_YEAR}[{_COURTS}]{_HAN}{{0,4}}\s?\d{{2,4}}\s?{_HAN}{{0,2}}{_COURT_CASE}{_SERIAL}",
    rf"{_BRACKETED_YEAR}{_HAN}{{1,5}}{_COURT_CASE}{_SERIAL}",
    rf"{_NOT_ISSUED}{_OFFICE_CASE}{_PLAIN_HAN}{{0,4}}{_BRACKETED_YEAR}{_SERIAL}",
    rf"案号\s?:?\s?{_BRACKETED_YEAR}[一-鿿0-9]{{0,14}}{_SERIAL}",
)


def _always(_: str) -> bool:
    return True


@dataclass(frozen=True)
class _Group:
    """Patterns of one rule; a text without `sign` is passed by quickly, as nearly all texts are."""

    rule: str
    sign: str
    patterns: tuple[str, ...]
    is_real: Callable[[str], bool] = _always


_MANY_DIGITS = rf"(?:\d{_SPACE}){{10}}\d"
_GROUPS = (
    _Group("secret_mark", "密", _MARKS),
    _Group("internal_mark", "[部密]", _WARNINGS),
    _Group("case_number", "号", _CASES),
    # inside a look-ahead, so that a false start does not swallow the number behind it
    _Group(
        "resident_id", _MANY_DIGITS, (rf"(?<!\d)(?=(?P<hit>{_PERSONAL})(?!\d))",), _is_resident_id
    ),
    # not the number of a page in an address
    _Group("bank_card", _MANY_DIGITS, (rf"(?<![\d./])(?=(?P<hit>{_CARD})(?!\d))",), _is_card),
    _Group("mobile", _MANY_DIGITS, (rf"(?<![\d.])(?P<hit>{_MOBILE})(?!\d)",)),
)


def _compiled() -> Iterator[tuple[str, re.Pattern[str], re.Pattern[str], Callable[[str], bool]]]:
    for group in _GROUPS:
        for pattern in group.patterns:
            whole = pattern if "(?P<hit>" in pattern else f"(?P<hit>{pattern})"
            whole_pattern = re.compile(whole, re.MULTILINE)
            yield group.rule, re.compile(group.sign), whole_pattern, group.is_real


_RULES = tuple(_compiled())
