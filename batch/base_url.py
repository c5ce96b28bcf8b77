"""The address of the service, as a person may write it.

The promise: nothing but https leaves this computer. The signature does not
cover the class, so TLS is all that protects it.
"""

import ipaddress

#: Seen to work with https in 2020; newer accounts are on classapi.wiziqxt.com.
DEFAULT_BASE_URL = "https://class.api.wiziq.com/"


def check_base_url(url: str) -> str:
    """The base URL as it is used: https, or http on this computer only; always with a path.

    >>> check_base_url("https://Class.api.wiziq.com")
    'https://class.api.wiziq.com/'

    Raises:
        ValueError: with a sentence for the person who typed it.
    """
    if "@" in url:  # first, so that a password is never shown
        raise ValueError(
            "The base URL holds a user name or a password. Leave out everything between // and the host."
        )
    from yarl import URL  # noqa: PLC0415 - slow to import, and most runs keep to the default

    try:
        base = URL(url.strip())
        host = base.host or ""
        host.encode("idna")  # what the name look-up does first, and fails on in a way nobody expects
    except ValueError:  # UnicodeError is one
        base, host = URL(), ""
    if (
        base.scheme not in {"https", "http"}
        or not host
        or any(character.isspace() for character in host)
        or "\\" in url
    ):
        raise ValueError(
            f"The base URL {_shown(url)} is not a web address. Write it in full, such as {DEFAULT_BASE_URL}"
        )
    if "?" in url or "#" in url:
        raise ValueError(
            f"The base URL {_shown(url)} goes on after its path. Leave out the ? or # and what follows."
        )
    if base.scheme == "http" and not is_loopback(host):
        raise ValueError(
            f"The base URL {_shown(url)} would send the classes unprotected. Write https:// instead; http:// "
            "is taken only for this computer itself, such as http://127.0.0.1:8080/"
        )
    return str(base.with_path(base.raw_path or "/", encoded=True))


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _shown(url: str) -> str:
    return repr(url if len(url) <= 100 else url[:100] + "...")
