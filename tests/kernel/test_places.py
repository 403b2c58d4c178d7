"""The places of Guangxi, what their procuratorates are called, and how others write them."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rongjian.kernel.content import ContentError
from rongjian.kernel.places import (
    Gazetteer,
    aliases,
    level_of,
    load_places,
    parent_code,
    written_plainly,
)

PLACES = load_places()
BY_CODE = {place.code: place for place in PLACES}
GAZETTEER = Gazetteer.of(PLACES)


def shorts(text: str, gazetteer: Gazetteer = GAZETTEER) -> list[str]:
    return [place.court_short for place in gazetteer.candidates(text)]


def test_one_region_fourteen_cities_and_their_counties():
    levels = [place.level for place in PLACES]
    assert [levels.count(level) for level in ("region", "city", "county")] == [1, 14, 111]
    per_city = {
        city.court_short: sum(place.parent_code == city.code for place in PLACES)
        for city in PLACES
        if city.level == "city"
    }
    assert list(per_city.values()) == [12, 10, 17, 7, 4, 4, 4, 5, 7, 12, 5, 11, 6, 7]


def test_codes_and_names_are_unique_and_in_code_order():
    codes = [place.code for place in PLACES]
    assert codes == sorted(set(codes))
    assert len({place.court_name for place in PLACES}) == len(PLACES)
    assert len({place.court_short for place in PLACES}) == len(PLACES)
    former = [each.code for place in PLACES for each in place.former]
    assert len(former) == len(set(former))
    assert not set(former) & set(codes)


def test_every_place_lies_under_its_parent():
    for place in PLACES:
        if place.level == "region":
            assert place.parent_code is None
        else:
            above = BY_CODE[place.parent_code or ""]
            assert (above.level, place.level) in (("region", "city"), ("city", "county"))
            assert place.city == (above.name if place.level == "county" else "")


@pytest.mark.parametrize(
    ("code", "court_name", "court_short"),
    [
        ("450000", "广西壮族自治区人民检察院", "自治区院"),
        ("450100", "南宁市人民检察院", "南宁市院"),
        ("450103", "南宁市青秀区人民检察院", "青秀区院"),
        ("450124", "马山县人民检察院", "马山县院"),
        ("450181", "横州市人民检察院", "横州市院"),
        ("450225", "融水苗族自治县人民检察院", "融水县院"),
        ("450328", "龙胜各族自治县人民检察院", "龙胜县院"),
        ("450422", "藤县人民检察院", "藤县院"),
        ("450502", "北海市海城区人民检察院", "海城区院"),
        ("450503", "北海市银海区人民检察院", "银海区院"),
        ("450603", "防城港市防城区人民检察院", "防城区院"),
        ("450981", "北流市人民检察院", "北流市院"),
        ("451225", "罗城仫佬族自治县人民检察院", "罗城县院"),
        ("451226", "环江毛南族自治县人民检察院", "环江县院"),
    ],
)
def test_names_of_procuratorates(code, court_name, court_short):
    assert (BY_CODE[code].court_name, BY_CODE[code].court_short) == (court_name, court_short)


def test_only_districts_carry_the_name_of_their_city():
    for place in PLACES:
        if place.level == "county":
            assert place.court_name.startswith(place.city) == place.name.endswith("区")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("广西", "450000"),
        ("自治区检察院", "450000"),
        ("广西区院", "450000"),
        ("广西壮族自治区人民检察院", "450000"),
        ("南宁", "450100"),
        ("南宁市院", "450100"),
        ("南宁市检察院", "450100"),
        ("广西南宁市人民检察院", "450100"),
        ("青秀", "450103"),
        ("青秀区院", "450103"),
        ("青秀区检察院", "450103"),
        ("南宁市青秀区人民检察院", "450103"),
        ("南宁青秀区", "450103"),
        ("广西壮族自治区马山县人民检察院", "450124"),
        ("融水苗族自治县", "450225"),
        ("融水县检察院", "450225"),
        ("柳州市融水", "450225"),
        ("藤县检察院", "450422"),
        ("防城区", "450603"),
        ("防城港市", "450600"),
        ("防城港", "450600"),
        ("横县检察院", "450181"),
        ("450127", "450181"),
        ("柳州市柳江县", "450206"),
        ("宜州市院", "451203"),
        ("　青秀 区　检察院\n", "450103"),
        ("４５０１０３", "450103"),
    ],
)
def test_what_other_lists_write_is_found(text, code):
    assert [place.code for place in GAZETTEER.candidates(text)] == [code]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "广东",
        "藤",
        "藤县法院",
        "桂林市城中区",
        "南宁铁路运输检察分院",
        "青秀区人民法院",
        "450199",
    ],
)
def test_what_is_no_place_of_ours_is_not_guessed(text):
    assert shorts(text) == []


def test_the_only_ambiguous_names_are_those_that_name_no_place():
    tails = ("院", "检察", "检察院", "人民检察院")
    assert set(GAZETTEER.ambiguous) == {kind + tail for kind in "区市县" for tail in tails}
    assert shorts("市院")[:3] == ["南宁市院", "横州市院", "柳州市院"]
    assert len(shorts("县检察院")) == sum(place.name.endswith("县") for place in PLACES)
    # Within the region 区院 is said of the region's own procuratorate too.
    assert shorts("区院")[:2] == ["自治区院", "兴宁区院"]


def test_a_district_name_that_two_cities_share_is_reported_and_not_guessed(tmp_path):
    (tmp_path / "units.yaml").write_text(
        """\
- {code: "450000", name: 广西壮族自治区}
- {code: "450200", name: 柳州市}
- {code: "450202", name: 城中区}
- {code: "630000", name: 青海省}
- {code: "630100", name: 西宁市}
- {code: "630103", name: 城中区}
""",
        encoding="utf-8",
    )
    places = load_places(tmp_path)
    gazetteer = Gazetteer.of(reversed(places))
    both = [place for place in places if place.name == "城中区"]
    for text in ("城中区", "城中", "城中区院", "城中区检察院", "城中区人民检察院"):
        assert list(gazetteer.candidates(text)) == both
        assert list(gazetteer.ambiguous[text]) == both
    assert [place.code for place in gazetteer.candidates("西宁市城中区院")] == ["630103"]
    assert [place.code for place in gazetteer.candidates("柳州城中")] == ["450202"]
    assert shorts("青海省检察院", gazetteer) == ["省院"]
    assert shorts("青海西宁", gazetteer) == ["西宁市院"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('- {code: "450000", name: 广西}\n- {code: "450102", name: 兴宁区}', 2, "上级 450100 不在"),
        ('- {code: "4501", name: 南宁市}', 1, "行政区划代码应为 6 位数字，不能是“4501”"),
        (
            '- {code: "450000", name: 广西, former: [{code: x, name: 桂}]}',
            1,
            "6 位数字，不能是“x”",
        ),
        ('- {code: "450000", name: 甲}\n- {code: "450000", name: 乙}', 2, "代码“450000”重复"),
    ],
)
def test_a_broken_list_is_refused_at_its_line(tmp_path, text, line, words):
    (tmp_path / "units.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=words) as caught:
        load_places(tmp_path)
    assert caught.value.line == line


@given(st.sampled_from(PLACES), st.data())
def test_every_alias_leads_back_to_its_place(place, data):
    alias = data.draw(st.sampled_from(sorted(aliases(place))))
    blanks = data.draw(st.lists(st.sampled_from(" 　\t"), max_size=3))
    at = data.draw(st.integers(0, len(alias)))
    assert place in GAZETTEER.candidates(alias[:at] + "".join(blanks) + alias[at:])


@given(st.sampled_from(PLACES))
def test_full_and_short_names_are_never_ambiguous(place):
    for name in (place.code, place.name, place.court_name, place.court_short):
        assert GAZETTEER.candidates(name) == (place,)


@given(st.integers(10, 99), st.integers(0, 99), st.integers(0, 99))
def test_climbing_from_any_code_ends_at_its_region(region, city, county):
    assume(city or not county)
    code = f"{region}{city:02}{county:02}"
    seen = [code]
    while (above := parent_code(seen[-1])) is not None:
        seen.append(above)
    assert seen[-1] == f"{region}0000"
    assert [level_of(each) for each in seen] == ["county", "city", "region"][-len(seen) :]


@given(st.text(max_size=20))
def test_writing_plainly_is_final(text):
    assert written_plainly(written_plainly(text)) == written_plainly(text)
