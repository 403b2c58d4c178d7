"""The password rules, case by case: what is refused, why, and what is not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongjian.org.log_in_policy import policy
from rongjian.org.passwords import LONGEST, Owner, faults

LISI = Owner(least=10, staff_no="450100077", username="lisi", name="李四", house="南宁市院")
ADMINISTRATOR = Owner(least=14)
SHORT, KINDS, YEAR, SAME, RUN, OWN, HOUSE, COMMON, LONG = (
    "太短",
    "中的至少",
    "年份",
    "相同",
    "顺序",
    "本人",
    "行业",
    "很多人",
    "太长",
)

GOOD = [
    "Bravo7-Delta",
    "Tkm9#fVr2&x",
    "Zhu2Yu!Fei4",
    "雨后的街道十分安静A7",
    "Grün8wald!k",
    "p7Q-r9T-w2X",
    "kd8Fh#2mVw",
    "Wm!59kdTrp",
    "9Tulpen_Ufer",
    "Regen&Bogen7",
    "Mt-Fuji77x",
    "V3rmeer+Blau",
    "Xn#4jHt8&b",
    "fT6!ycRz-h",
    "Lw4%kvNp8s",
    "B8^gZdx3Ru",
    "hN2@tkWy7q",
    "Q5*rmVbz8c",
    "Tg7;nfHk4w",
    "Dv9:xrJm5z",
    "Kp3<ztBf8y",
    "Rf6>hwQn4b",
    "Ym8/vkTd5r",
    "Jc4?bnZx9h",
    "Ug7|kmRw3t",
    "Ez5~dfHy8n",
    "Ow9_vtKb4m",
    "Ib6+xhNr3z",
    "Ac8=tjVf5k",
    "Nd4,zwQm7h",
    "茶马古道行人渐远A7",
    "Blume7!Garten9",
    "三月桃花水流过村B4x",
    "correct-Horse7battery",
    "vier.Kilo9meter",
    "Stein&Turm6alt",
    "Fluss7/Ufer",
    "Nacht!Zug8.fahrt",
    "12-Zwölf-Elf",
    "Kerze9#brennt",
    "M0hn&Rose7k",
    "Eis7Zapfen!",
    "Wolke_7Turm",
    "Hafen7*Licht",
    "Pfad7-Wald",
    "Brücke9@Fluss",
    "aB3$aB3$aB3$",
    "XyXy7!7!kk",
    "Ab1!Ab1!Ab1!",
    "Glas7#Perle",
    "Rad8+Weg-k",
    "Uhr9=Turm-q",
]

BAD = (
    # too short, one character fewer than asked for and much fewer
    *[
        (text, SHORT)
        for text in ("", "a", "Tk9#fVr2&", "aB3$xY7!z", "Rx7#", "雨A7bc!def", "Zt9!Zt8!Q")
    ],
    # fewer than three of the four kinds
    *[
        (text, KINDS)
        for text in (
            "kdwfhrmvwtb",
            "KDWFHRMVWTB",
            "80413967258",
            "#!&%#!&*+-~",
            "kdwfHRMvwtB",
            "kdw8fh3mv7tb",
            "KDW8FH3MV7TB",
            "kdw#fh!mv&tb",
            "KDW#FH!MV&TB",
            "80#41!96&72%",
            "雨后的街道很安静呀",
            "雨后abc的街道很静",
        )
    ],
    # years
    *[
        (f"Tk#{year}fVr&x", YEAR)
        for year in (
            1900,
            1949,
            1966,
            1978,
            1980,
            1985,
            1988,
            1990,
            1995,
            1999,
            2000,
            2008,
            2019,
            2020,
            2021,
            2024,
            2025,
            2026,
            2030,
            2099,
        )
    ],
    # the same character four times
    *[(f"Tk#{letter * 4}Vr9&x", SAME) for letter in "aZ0!-雨.9"],
    # rows of keys, digits, letters, in either direction and case
    *[
        (f"Tk#{run}#Vr8x", RUN)
        for run in (
            "12345",
            "23456",
            "34567",
            "45678",
            "56789",
            "01234",
            "98765",
            "87654",
            "54321",
            "43210",
            "abcde",
            "bcdef",
            "vwxyz",
            "edcba",
            "zyxwv",
            "qwert",
            "werty",
            "yuiop",
            "poiuy",
            "asdfg",
            "sdfgh",
            "hjkl".join(["g", ""]),
            "lkjhg",
            "zxcvb",
            "xcvbn",
            "cvbnm",
            "mnbvc",
            "QWERT",
            "AsDfG",
            "ABCDE",
            "ZxCvB",
        )
    ],
    # one's own staff number, account, name, procuratorate, plainly, by pinyin, and in disguise
    *[
        (text, OWN)
        for text in (
            "Tk#450100077x",
            "x450100077!A",
            "Vr#lisi8Tkm",
            "LISI-8tk#mv",
            "l1si.8tk#MV",
            "L!si_8tk#MV",
            "李四Tk9#fVr2",
            "Tk9#李四fVr",
            "Nanning#8tkV",
            "NANNING8#tkv",
            "n4nning#8TKv",
            "tk8#Nanningx",
            "nanningshi#8T",
            "Tk9#南宁fVr2",
            "南宁市-Tk9#fV",
            "Tk#Lisi.Vr8x",
        )
    ],
    # the house's own words
    *[
        (text, HOUSE)
        for text in (
            "Jiancha#8tkv",
            "JIANCHA8#tkv",
            "j1ancha#8TKv",
            "ji4nch4#8TKv",
            "Tk#jcy8Vrmx",
            "JCY-8tk#mvx",
            "Tk8#检察fVrx",
            "检察院Tk9#fVr",
            "Jianchayuan8#",
            "Rongjian#8tk",
            "r0ngjian#8TK",
            "Tk8#融检fVrx",
        )
    ],
    # what many people use, plainly and in disguise
    *[
        (text, COMMON)
        for text in (
            "Password#8tk",
            "p@ssw0rd#8TK",
            "P4SSW0RD-8tk",
            "pa$$word#8TK",
            "Admin#8tkvrx",
            "4dmin#8TKvrx",
            "adm!n#8TKvrx",
            "Welcome#8tkv",
            "w3lcome#8TKv",
            "Letmein#8tkv",
            "Iloveyou#8tk",
            "il0veyou#8TK",
            "Monkey#8tkvr",
            "Dragon#8tkvr",
            "Woaini#8tkvr",
            "wo4ini#8TKvr",
            "Tk#5201314Vr",
            "Tk#1314520Vr",
            "Tk#112233Vrx",
            "Tk#123123Vrx",
            "Tk#147258Vrx",
            "Tk#110110Vrx",
            "Abcd#8tkvrx",
            "Nihao#8tkvrx",
            "Zhongguo8#tk",
            "Guangxi#8tkv",
            "Liuzhou#8tkv",
            "Guilin#8tkvr",
            "Beijing#8tkv",
            "Xiaomi#8tkvr",
            "Huawei#8tkvr",
            "Hello#8tkvrx",
            "h3llo#8TKvrx",
            "Secret#8tkvr",
            "s3cret#8TKvr",
            "Changeme#8tk",
            "Football#8tk",
            "Summer#8tkvr",
            "Winter#8tkvr",
            "Login#8tkvrx",
            "Mima#8tkvrxz",
            "Qazwsx#8tkvr",
            "Zaoshang#8tk",
            "Laopo#8tkvrx",
            "Baobao#8tkvr",
            "Gongzuo#8tkv",
            "Superman#8tk",
            "Shadow#8tkvr",
        )
    ],
)


def test_there_are_enough_cases() -> None:
    assert len(GOOD) + len(BAD) >= 200
    assert len({text for text, _ in BAD} | set(GOOD)) == len(GOOD) + len(BAD)


@pytest.mark.parametrize("text", GOOD)
def test_a_good_password_may_be_used(text: str) -> None:
    assert faults(text, LISI, policy()) == []


@pytest.mark.parametrize(("text", "why"), BAD)
def test_a_bad_one_is_refused_with_its_reason(text: str, why: str) -> None:
    found = faults(text, LISI, policy())
    assert any(why in fault for fault in found), found


@pytest.mark.parametrize("length", range(8, 18))
def test_administrators_need_fourteen_characters(length: int) -> None:
    text = "Tk9#fVr2&xWm!5bQz"[:length]
    assert (faults(text, ADMINISTRATOR, policy()) == []) is (length >= 14)
    assert (faults(text, LISI, policy()) == []) is (length >= 10)


def test_long_ones_are_welcome_up_to_a_limit() -> None:
    sentence = "Der alte Turm am Fluss steht seit langer Zeit im Regen und wartet 7 Tage"
    assert len(sentence) > 64
    assert faults(sentence, LISI, policy()) == []
    tooth = ("Tk9#fVr2&x" * 13)[: LONGEST + 1]
    assert faults(tooth[:LONGEST], LISI, policy()) == []
    assert LONG in faults(tooth, LISI, policy())[0]


@given(st.text(max_size=200))
def test_any_text_is_judged_and_never_repeated(text: str) -> None:
    found = faults(text, LISI, policy())
    marked = re.sub(r"[\s0-9a-z检察、。，（）]", "", text, flags=re.IGNORECASE)
    if len(marked) > 3:
        assert not any(text in fault for fault in found)
    assert (len(text) >= 10) or found


@given(st.text(alphabet="abcXYZ789!?", min_size=10, max_size=40))
def test_a_password_with_the_own_staff_number_is_never_good(text: str) -> None:
    for place in (0, len(text) // 2, len(text)):
        assert faults(text[:place] + LISI.staff_no + text[place:], LISI, policy())


def test_the_owner_decides_which_names_are_refused() -> None:
    other = Owner(least=10, staff_no="X1Y2", username="wangwu", name="王五", house="柳州市院")
    assert faults("Tk9#lisifVr2", other, policy()) == []
    assert faults("Tk9#wangwufVr2", other, policy())
    assert faults("Tk9#wangwufVr2", LISI, policy()) == []
