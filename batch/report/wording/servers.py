"""Why the page, or a sandbox, cannot be started."""

from batch.core.message import ServerFault
from batch.report.wording.phrases import Words


def words_of(what: ServerFault) -> Words:
    match what:
        case ServerFault.CLOSED_STATE:
            return Words(
                "{folder} cannot be written: {why}.",
                "Let the user who runs this server read and write that folder.",
            )
        case ServerFault.CANNOT_LISTEN:
            return Words(
                "The page cannot listen on {bind}, port {port}: {why}.",
                "Another `classbatch serve` may be there already; or give another --port or --bind.",
            )
        case ServerFault.EVERY_ADDRESS:
            return Words(
                "The page would listen on every address of this computer ({bind}), under names that are not known.",
                "Say with --public-url how browsers get to it, such as https://timetable.school.example, "
                "or give --bind one address.",
            )
        case ServerFault.NO_PROXY:
            return Words(
                "{proxy!r} is no address of a proxy.", "Set trusted_proxy to addresses such as 10.0.0.5."
            )
        case ServerFault.SIGNED_IN_ELSEWHERE:
            return Words(
                "People sign in to the page at its reverse proxy, which says who they are (user_header).",
                "Let them in there.",
            )
        case ServerFault.NO_SANDBOX:
            return Words("The sandbox cannot be started: {why}.", "See: classbatch sandbox --help.")
