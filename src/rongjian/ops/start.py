"""What must be right before the product starts: every content file is read once.

A malformed file stops the start with its name, line and reason instead of failing later on the
page that needs it.
"""

from __future__ import annotations

from rongjian.checkup.published import rules
from rongjian.documents.draft_words import draft_words
from rongjian.documents.templates import document_kinds
from rongjian.indicators.catalogue import indicators
from rongjian.kernel.catalogue import load_campaigns, load_departments, load_functions, load_lines
from rongjian.kernel.find_words import simplified
from rongjian.kernel.party_rules import party_rules
from rongjian.kernel.places import load_places
from rongjian.kernel.quantity_lexicon import product_lexicon
from rongjian.ledgers import burden_rules
from rongjian.ledgers.activity_types import activity_types
from rongjian.ledgers.force_results import results
from rongjian.notices import policy as notices
from rongjian.org import temporary
from rongjian.org.access import classes, roles
from rongjian.org.log_in_policy import policy
from rongjian.records.barred import bars
from rongjian.records.import_limits import import_limits
from rongjian.records.link_rules import link_rules
from rongjian.regimes.register import read_regimes
from rongjian.supervision.policy import read_policy


def read_content() -> None:
    """Read every content file; ContentError names the first fault. Django must be set up."""
    roles()
    classes()
    policy()
    load_places()
    simplified()
    load_functions()
    load_lines()
    load_departments()
    party_rules()
    load_campaigns()
    indicators()
    temporary.rules()
    temporary.afterwards()
    bars()
    activity_types()
    link_rules()
    import_limits()
    read_regimes()
    read_policy()
    notices.read_policy()
    results()
    burden_rules.limits()
    burden_rules.efforts()
    burden_rules.lengths()
    rules()
    document_kinds()
    draft_words()
    product_lexicon()
