"""Two ticks at the same moment, in real transactions: one round, one letter."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.core import mail

from rongjian.log.audit import verify
from rongjian.notices.models import Address, Delivery, Digest
from rongjian.notices.rounds import make
from rongjian.notices.sending import deliver
from tests.notices.office import Office, at
from tests.racing import at_once

if TYPE_CHECKING:
    from tests.house import House

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
DAY = date(2026, 6, 24)


def test_two_ticks_make_one_round_and_send_it_once(emptied: House, settings: Any) -> None:
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.gx.jcy", "rongjian@gx.jcy"
    settings.MAIL_DOMAINS = ["gx.jcy"]
    for name, person in emptied.people.items():
        person.account = User.objects.create_user(name)
        person.save(update_fields=["account"])
        Address.objects.create(person=person, channel="mail", address=f"{name}@gx.jcy")
    Office(emptied).owe(DAY)

    assert sorted(at_once(lambda: make(at(DAY)))) == [0, 2]
    assert Digest.objects.count() == Delivery.objects.count() == 2
    assert sum(at_once(lambda: deliver(at(DAY)))) == 2
    assert len(mail.outbox) == 2
    assert not verify().breaks
