"""Which indicator a quantity means, by the words around it; each text is our own."""

from __future__ import annotations

import pytest

from rongjian.documents.draft_matching import Matcher
from rongjian.documents.draft_words import draft_words
from rongjian.indicators import spec
from rongjian.kernel.catalogue import load_campaigns
from rongjian.kernel.quantities import find
from rongjian.kernel.quantity_lexicon import product_lexicon

MATCHER = Matcher(
    tuple(spec.load().newest.values()),
    tuple(load_campaigns()),
    draft_words(),
    product_lexicon(),
)


def told(text: str) -> list[str]:
    """The indicator of each quantity of a text, or a dash."""
    quantities = find(text, product_lexicon())
    found = MATCHER.matches(text, quantities)
    assert len(found) == len(quantities)
    return [match.definition.code if match else "-" for match in found]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        # the verb is the quantity's own, the campaign may stand with its neighbour
        ("批捕涉黑涉恶嫌疑人369人、起诉1591人。", ["arrested-gang", "prosecuted-gang"]),
        ("起诉涉黑涉恶嫌疑人1591人、批捕369人。", ["prosecuted-gang", "arrested-gang"]),
        ("对涉黑涉恶犯罪，1591人被依法提起公诉。", ["prosecuted-gang"]),
        (
            "批准逮捕、起诉涉黑涉恶犯罪嫌疑人分别为369人、1591人。",
            ["arrested-gang", "prosecuted-gang"],
        ),
        # the noun may stand behind the number
        ("扫黑除恶专班组建临时党支部206个。", ["temporary-branches"]),
        ("在206个扫黑除恶专班建立临时党支部。", ["temporary-branches"]),
        ("22件案例入选全国检察机关典型案例。", ["model-cases-selected"]),
        ("服务自贸试验区建设，出台20条意见。", ["opinion-articles-ftz"]),
        # a campaign named before carries on, in the sentence and in the item, until the next one
        (
            "推进扫黑除恶，查扣冻涉案财产35亿余元，制发检察建议428份。",
            ["assets-gang", "recommendations-gang"],
        ),
        (
            "一是做好定点帮扶。协调资金2.17亿元，解决困难问题1278件。",
            ["assistance-funds", "assistance-problems"],
        ),
        ("（一）扫黑除恶\n各地批捕369人，起诉1591人。", ["arrested-gang", "prosecuted-gang"]),
        (
            "扫黑除恶起诉1591人，涉疫犯罪起诉314人，印发指导性文件11件。",
            ["prosecuted-gang", "prosecuted-covid", "guidance-covid"],
        ),
        ("一是推进扫黑除恶。二是加强办案，起诉300人。", ["-"]),
        # with a comma before the number the words of the clause before count
        ("生态环境和资源保护领域公益诉讼稳步推进，共2586件。", ["pil-ecology"]),
        # a total is a total, whatever campaign was named before
        ("推进扫黑除恶专项斗争。批准逮捕各类犯罪嫌疑人5000人。", ["arrested"]),
        # rates and kinds of meetings
        ("不捕率为41.08%，不起诉率为25.6%。", ["non-arrest-rate", "non-prosecution-rate"]),
        ("支部开展主题党日48次、党课12次。", ["theme-days", "party-lectures"]),
        ("已出台26项为民办实事方案，已办结20项。", ["practical-deeds", "practical-deeds-done"]),
        ("发出社会治理检察建议30件。", ["recommendations-governance"]),
    ],
)
def test_the_words_around_a_number_tell_its_indicator(text: str, codes: list[str]) -> None:
    assert told(text) == codes


@pytest.mark.parametrize(
    "text",
    [
        "不起诉涉黑涉恶嫌疑人12件。",
        "移送起诉涉黑涉恶嫌疑人800人。",
        "支持起诉涉疫纠纷80件。",
        # narrower than the indicator
        "起诉涉黑涉恶犯罪中的国家工作人员15人。",
        "起诉涉黑涉恶嫌疑人中未成年人15人。",
        "起诉毒品犯罪各类人员700人。",
        "共办理文物保护领域公益诉讼立案58件。",
        # another unit of measure, another campaign, a change, a place in an order
        "起诉涉黑涉恶案件312件。",
        "出台服务自贸试验区意见3个。",
        "办理医疗废弃物专班临时党支部12个。",
        "起诉涉黑涉恶人数同比上升12人。",
        "帮扶资金同比增加2.17亿元。",
        "涉黑涉恶起诉工作列第1名。",
        # words that only look like ours
        "我国公共服务批捕系统5000人参加培训。",
        "参加公益诉讼培训200人。",
    ],
)
def test_what_resembles_an_indicator_and_is_none(text: str) -> None:
    assert set(told(text)) <= {"-"}


def test_a_part_is_not_taken_for_its_whole() -> None:
    text = "起诉涉黑涉恶嫌疑人1591人，其中起诉组织者120人、起诉涉黑涉恶骨干40人。"
    assert told(text) == ["prosecuted-gang", "-", "-"]


def test_the_words_that_decided_are_kept_for_the_reader() -> None:
    text = "推进扫黑除恶，依法批捕369人。"
    [match] = MATCHER.matches(text, find(text, product_lexicon()))
    assert match is not None
    assert match.words == ("批捕", "扫黑除恶")


def test_every_indicator_is_found_by_its_own_words() -> None:
    """The first word of each group and the unit: the least that a draft can say of a figure."""
    missed = []
    for definition in MATCHER.definitions:
        words = [group[0] for group in definition.words]
        for order in (words, words[::-1]):
            said = f"{''.join(order)}12{definition.unit}。"
            if definition.code in told(said):
                break
        else:
            missed.append(definition.code)
    assert missed == []
