"""Links as people and pages write them: which of them are the same."""

from urllib.parse import SplitResult, unquote_plus, urlsplit, urlunsplit

from fetcher.addresses import SCHEMES

TRACKING = frozenset(
    {
        *("fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid"),
        *("twclid", "ttclid", "igshid", "igsh", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok"),
        *("_hsenc", "_hsmi", "__twitter_impression", "at_medium", "at_campaign", "ns_source"),
        *("ns_mchannel", "ns_campaign", "cmpid", "ocid", "ito", "smid", "smtyp", "ncid", "sfnsn"),
        *("wt_mc", "oly_anon_id", "oly_enc_id", "rb_clickid", "s_cid", "vero_id"),
    }
)
"""Names of parameters that say who sent a link, and nothing of where it leads."""
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "hsa_", "at_custom", "stm_")


def canonical_link(url: str) -> str:
    """The one form of a link that all ways of writing and sharing it have; no address is changed.

    Scheme and host in lower case, no default port, no fragment, no tracking parameters.
    """
    try:
        split = urlsplit(url.strip())
        port = split.port
    except ValueError:
        return url
    host = (split.hostname or "").removesuffix(".")
    host = f"[{host}]" if ":" in host else host
    if port is not None and port != SCHEMES.get(split.scheme):
        host = f"{host}:{port}"
    if "@" in split.netloc:
        host = f"{split.netloc.rpartition('@')[0]}@{host}"
    query = _without_tracking(split.query)
    return urlunsplit(SplitResult(split.scheme, host, split.path or "/", query, ""))


def _without_tracking(query: str) -> str:
    kept = (pair for pair in query.split("&") if pair and not _is_tracking(pair))
    return "&".join(kept)


def _is_tracking(pair: str) -> bool:
    name = unquote_plus(pair.partition("=")[0]).lower()
    return name in TRACKING or name.startswith(_TRACKING_PREFIXES)
