"""Answers that are no plain yes or no, read by the client's own code."""

from random import Random

from batch.wiziq import replies, transport
from batch.wiziq.errors import WiziqError

#: Of servers, proxies and error pages.
_STATUSES = (
    301,
    302,
    307,
    400,
    401,
    403,
    404,
    405,
    408,
    409,
    410,
    413,
    425,
    429,
    451,
    499,
    500,
    502,
    503,
    504,
)

_CREATED = (
    "<rsp status='ok' call_id='odd'><method>create</method><create status='true'>"
    "<class_id>{}</class_id></create></rsp>"
)
_ODD = (
    _CREATED.replace("<method>create</method>", ""),
    _CREATED.replace("create", "cancel"),
    _CREATED.replace("'true'", "'false'"),
    _CREATED.replace("</rsp>", "<error code='1031' msg='It is not valid.'/></rsp>"),
    _CREATED.replace("'ok'", "'fail'").replace("</rsp>", "<error code='1031' msg='It is not valid.'/></rsp>"),
    _CREATED.replace("{}", "0"),
    _CREATED.replace("{}", "-{}"),
    _CREATED.replace("{}", "{}</class_id><class_id>1{}"),
    _CREATED.replace("<class_id>{}</class_id>", ""),
    "<rsp status='fail'><error msg='Sorry.'/></rsp>",
    "<rsp status='fail'><method>cancel</method><error code='1009' msg='class_id is invalid.'/></rsp>",
)


def by_status(random: Random) -> WiziqError:
    """What a client is told that got an HTTP status and an error page."""
    headers = random.choice(({}, {}, {"Retry-After": "20"}, {"Retry-After": "86400"}))
    attempt = transport.Attempt(
        head_left=True, body_left=True, status=random.choice(_STATUSES), headers=headers
    )
    failure = transport.failure_of_status(attempt, host="wiziq.example", now_s=0)
    assert failure is not None
    return failure


def odd(random: Random, class_id: str) -> replies.Created:
    """The same of an answer that contradicts itself, or names no class that there can be.

    Raises:
        WiziqError: as the client has it.
    """
    body = random.choice(_ODD).replace("{}", class_id)
    return replies.created(replies.parse_reply(body.encode(), "create"))
