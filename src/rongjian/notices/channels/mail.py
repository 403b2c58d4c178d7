"""Mail to the office's own mailboxes, through the mail server that the settings name."""

from __future__ import annotations

import smtplib
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email

from rongjian.notices.channels.channel import NotReached, NotSent

if TYPE_CHECKING:
    from rongjian.notices.channels.channel import Parcel
    from rongjian.org.models import Person


class Mail:
    """SMTP; only mailboxes of the office's own domains are written to."""

    code = "mail"
    name = "邮件"
    asks = "单位内网邮箱"

    @property
    def ready(self) -> bool:
        """Whether a mail server is named."""
        return bool(settings.EMAIL_HOST)

    def address_of(self, person: Person, given: str) -> str:
        """What they gave themselves, as long as it is a mailbox of the office."""
        return "" if self.faults(given) else given

    def faults(self, address: str) -> str:
        """A mailbox outside the office's domains is none: nothing of the office goes there."""
        try:
            validate_email(address)
        except ValidationError:
            return "邮箱地址写得不对，应如 zhangsan@单位域名"
        domains = settings.MAIL_DOMAINS
        if address.rpartition("@")[2].lower() not in domains:
            return f"只能填写单位内网邮箱（@{'、@'.join(domains)}）"
        return ""

    def send(self, parcel: Parcel) -> None:
        """One message for one person; the message number stays the same at every try."""
        host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
        message = EmailMessage(
            subject=parcel.letter.heading,
            body=parcel.letter.text,
            to=[parcel.to],
            headers={"Message-ID": f"<{parcel.key}@{host}>", "Auto-Submitted": "auto-generated"},
        )
        try:
            message.send()
        except smtplib.SMTPResponseException as error:
            raise NotSent(f"邮件服务器拒收（{error.smtp_code}）") from error
        except smtplib.SMTPRecipientsRefused as error:
            raise NotSent("邮件服务器不接受这个邮箱") from error
        except (OSError, smtplib.SMTPException) as error:
            raise NotReached("连接不上邮件服务器") from error
