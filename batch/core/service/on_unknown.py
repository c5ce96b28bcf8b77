"""What to do about a class whose answer was lost."""

from enum import StrEnum


class OnUnknown(StrEnum):
    """The policies that a person may choose from."""

    AUTO = "auto"  #: RESEND_AFTER_SETTLE where the account lists its classes, else ASK
    ASK = "ask"
    RESEND_AFTER_SETTLE = "resend-after-settle"
    RESEND_TRUST_1032 = "resend-trust-1032"
