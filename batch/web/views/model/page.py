"""What every page has, and small things that several pages show."""

from batch.core.quick_dataclass import dataclass
from batch.web.state.notice import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What every page has: in each template as `page`."""

    title: str  #: of this page: for <title> and the one <h1>
    csrf: str  #: goes into every form as the hidden field `csrf`
    user: str | None = None  #: who it is; None where it is whoever has the token
    leave_href: str = ""  #: POST with csrf: sign out; "" where that is done elsewhere
    language: str = "en"  #: of its texts
    sandbox: bool = False
    sandbox_says: str = ""  #: a sentence, wherever `sandbox`
    version: str = ""
    home_href: str = "/"
    past_href: str = "/batches"
    template_href: str = "/template.xlsx"
    upload_mib: int = 0  #: how much a file may have
    accept: str = ".xlsx,.xlsm,.csv,.tsv,.txt,.ics"  #: for the file input


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One outcome's number."""

    outcome: str
    number: int
    tone: Tone
    name: str  #: in people's words
    explained: str = ""  #: "" where the name says it all
