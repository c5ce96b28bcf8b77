"""What client and sandbox agree on: how a call is signed the way WizIQ checks it, and how a sandbox is known.

The trap: the secret is percent-encoded before it becomes the HMAC key, and
nothing else is. The class itself is not signed; only TLS protects it.
"""

import base64
import hmac
from dataclasses import field
from urllib.parse import quote

from batch.core.quick_dataclass import dataclass

#: A sandbox says so in each response, so that its results can never pass for real ones.
SANDBOX_HEADER = "X-Classbatch-Sandbox"


@dataclass(frozen=True, slots=True)
class Credentials:
    """The pair that WizIQ gave the school. Its repr shows neither."""

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)


def sign(secret: str, access_key: str, timestamp: int, method: str) -> str:
    """The `signature` field of one call: standard base64 with padding.

    Args:
        secret: as the school was given it, not encoded.
        access_key: likewise.
        timestamp: seconds since the Unix epoch, the same as is sent.
        method: the API's name of it, such as `create`.
    """
    key = quote(secret, safe="").encode("ascii")
    base = f"access_key={access_key}&timestamp={timestamp}&method={method}"
    return base64.b64encode(hmac.digest(key, base.encode(), "sha1")).decode("ascii")
