"""The signature against vectors that several independent clients agree on."""

import pytest

from batch.core.service.protocol import sign

A = ("MDEyMzQ1Njc4OWFiY2RlZg==", "QUJDREVGR0g=", 1700000000)
B = ("7v+/u8P0+sdf/x9Kz2Yb+Q==", "q+/Zk3x1Lw8=", 1700000000)
CANVAS = ("test_secret_key", "test_access_key", 1327001480)

VECTORS = {
    "create": (A, "create", "zC6FpPShe6e/irWVUJRwTT8PsY0="),
    "cancel": (A, "cancel", "hhBfgRbYRh4E3GttMDH0aExzzyY="),
    "add_attendees": (A, "add_attendees", "28tnedIpppz2S6uLNQnXNbr0Qts="),
    "get_data": (A, "get_data", "thXPB7bBxa729MGlZawfz/v+fPU="),
    "create_recurring": (A, "create_recurring", "WcJAywYymCJdLNcqln/T4mA/Ljc="),
    "get_account_info": (A, "get_account_info", "WOzTIO/aEVRBk8wS2DvcITs98Pw="),
    "a secret with plus and slash": (B, "create", "FXNT//2qdXgXF/9xk70k64Cgi00="),
    "a secret with plus and slash, get_data": (B, "get_data", "ZMyrKOyG7O/7NbblsUABllAOJow="),
    "the public pair, create": (CANVAS, "create", "uUM2sHKLqq9kIsbs+AzQOczqV0Y="),
    "the public pair, add_attendees": (CANVAS, "add_attendees", "73ePU2fH8k7YMUrP6g561ktvxQ4="),
}

MISTAKES = {
    "the secret not encoded": "PoSRwwJHIFHcysJiBflurN14QVk=",
    "lower-case hex": "djw1vKSWAyWN7OklAjgqnNARbeU=",
    "the access key encoded in the base string": "f2IS4xqpcs7WEieHzvy7TrhdPds=",
    "the secret base64-decoded": "sHT4oDTtE/8w/8Tp4rFl0w7utq4=",
}


@pytest.mark.parametrize(("credentials", "method", "signature"), VECTORS.values(), ids=VECTORS)
def test_the_signature_is_the_one_that_wiziq_computes(
    credentials: tuple[str, str, int], method: str, signature: str
) -> None:
    assert sign(*credentials, method) == signature


@pytest.mark.parametrize("wrong", MISTAKES.values(), ids=MISTAKES)
def test_a_common_mistake_is_not_made(wrong: str) -> None:
    assert sign(*A, "create") != wrong
