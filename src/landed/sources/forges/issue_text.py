"""What the texts of changes and issues refer to: what is closed, reverted, picked, caused, fixed.

The texts themselves are never kept. They are anybody's: every pattern here is bounded, so that the
time taken grows with the length of the text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from landed.sources.forges.prose import prose

MOST = 1000
"""So many references are taken from one text; no person writes more."""

_FLAGS = re.IGNORECASE | re.ASCII
_GAP = r"[ \t]{1,4}"
_AFTER = rf"[*_]{{0,3}}:?[*_]{{0,3}}{_GAP}[*_]{{0,3}}"
"""What may stand between a word and what it refers to: a colon, and marks of emphasis."""
_PROJECT = r"[\w.-]{1,100}(?:/[\w.-]{1,100}){1,20}"
_ADDRESS = r"https?://[\w.:-]{1,250}/(?P<at>[\w./-]{1,1000})/"
_TARGET = re.compile(
    r"[\[(<]?(?:"
    + _ADDRESS
    + r"(?:(?P<page>issues|pull|merge_requests|work_items)/(?P<paged>[0-9]{1,18})(?!\w)"
    + r"|commits?/(?P<linked>[0-9a-f]{7,64})(?!\w))"
    + rf"|(?P<project>{_PROJECT})?(?:(?P<sign>[#!])|(?<!\w)GH-)(?P<number>[0-9]{{1,18}})(?!\w)"
    + rf"|(?:{_PROJECT}@)?(?P<commit>[0-9a-f]{{7,64}})(?!\w))",
    _FLAGS,
)
_CLOSES = re.compile(
    r"(?<!\w)(?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)|implement(?:s|ed|ing)?)"
    + _AFTER
    + rf"(?:issues?{_GAP})?",
    _FLAGS,
)
_NAMED = rf"(?:(?:the|this){_GAP})?(?:(?:commit|change|pull request|merge request|pr|mr){_GAP})?"
_REVERTS = re.compile(rf"(?<!\w)revert(?:s|ed|ing)?{_AFTER}{_NAMED}", _FLAGS)
_REVERTED_TITLE = re.compile(r'Revert "([^"]{1,1000})"')
_PICKS = re.compile(
    r"(?<!\w)(?:cherry[- ]pick(?:s|ed)?|back[- ]?port(?:s|ed)?)(?:[ \t]{1,4}(?:of|from))?"
    + _AFTER
    + _NAMED,
    _FLAGS,
)
_CAUSED = re.compile(
    r"(?<!\w)(?:root[- ]cause|caused[ \t]{1,4}by|introduced[ \t]{1,4}(?:in|by|with)|"
    r"regress(?:ed|ion)[ \t]{1,4}(?:in|of|from|by))(?:[ \t]{1,4}(?:is|was))?" + _AFTER + _NAMED,
    _FLAGS,
)
_FIXED = re.compile(
    r"(?<!\w)(?:fixed|resolved|repaired|mitigated)[ \t]{1,4}(?:by|in|with)" + _AFTER + _NAMED,
    _FLAGS,
)
_DEPLOYMENT = re.compile(
    r"(?<!\w)deploy(?:ment)?(?:[ \t]{1,4}id)?[*_]{0,3}:[*_]{0,3}[ \t]{1,4}"
    r"[\[(<#]?(?P<deployment>[\w.:@/-]{1,200})",
    _FLAGS,
)
_NEXT = re.compile(r"[)\]>]?(?:[ \t]{0,3},?[ \t]{1,3}(?:and|&)[ \t]{1,3}|[ \t]{0,3},[ \t]{0,3})")


def change_references(
    title: str, body: str | None, *, project: str | None = None
) -> list[tuple[str, str]]:
    """Return what a change says that it closes, reverts or was picked from: (kind, target).

    Kinds and targets are those of `ChangeReference`. With `project`, the full name of the change's
    own project, a target that names it is told as the number alone. Never raises.
    """
    found: dict[tuple[str, str], None] = {}
    reverted = _REVERTED_TITLE.fullmatch(title.strip())
    if reverted and (number := re.search(r"\(#([0-9]{1,18})\)$", reverted[1])):
        found[("reverts", str(int(number[1])))] = None
    for text in (title, prose(body or "")):
        for kind, words in (("closes", _CLOSES), ("reverts", _REVERTS), ("picks", _PICKS)):
            for target in _targets(words, text, project):
                if kind == "closes" and (target.commit or target.is_change):
                    continue
                found[(kind, target.text)] = None
                if len(found) >= MOST:
                    return list(found)
    return list(found)


def incident_links(body: str | None, *, project: str | None = None) -> list[tuple[str, str, str]]:
    """Return what an issue says of its cause and its repair: (kind, target, rule).

    Kinds and rules are those of `IncidentLink`: whoever writes "root cause", "caused by",
    "introduced in" or "regression from" states the cause (`root-cause`); a deployment or a repair
    that is named is a `mention`. A change of another project is told as `OWNER/NAME#N`. Never
    raises.
    """
    text = prose(body or "")
    found: dict[tuple[str, str, str], None] = {}
    for words, relation, rule in ((_CAUSED, "caused", "root-cause"), (_FIXED, "fixed", "mention")):
        for target in _targets(words, text, project):
            if target.is_issue:
                continue
            what = "commit" if target.commit else "change"
            found[(f"{relation}-by-{what}", target.text, rule)] = None
            if len(found) >= MOST:
                return list(found)
    for match in _DEPLOYMENT.finditer(text):
        deployment = match["deployment"].rstrip(".:-")
        # Every forge and tool numbers its deployments: what has no digit is a word of a sentence.
        if any("0" <= letter <= "9" for letter in deployment) and len(found) < MOST:
            found[("caused-by-deployment", deployment, "mention")] = None
    return list(found)


class _Target:
    """One thing that is referred to."""

    __slots__ = ("commit", "is_change", "is_issue", "text")

    def __init__(self, match: re.Match[str], project: str | None) -> None:
        commit = match["linked"] or match["commit"]
        self.commit = bool(commit)
        self.is_change = match["page"] in ("pull", "merge_requests") or match["sign"] == "!"
        self.is_issue = match["page"] in ("issues", "work_items")
        if commit:
            self.text = commit.lower()
            return
        place = match["project"] or (match["at"] or "").strip("/").removesuffix("/-")
        number = str(int(match["number"] or match["paged"]))
        own = project is not None and f"/{place}".lower().endswith(f"/{project}".lower())
        self.text = f"{place}#{number}" if place and not own else number


def _targets(words: re.Pattern[str], text: str, project: str | None) -> Iterator[_Target]:
    """Yield what follows each of `words`, and what is listed behind it."""
    for word in words.finditer(text):
        match = _TARGET.match(text, word.end())
        while match:
            if not _is_a_word(match["commit"]):
                yield _Target(match, project)
            separator = _NEXT.match(text, match.end())
            match = _TARGET.match(text, separator.end()) if separator else None


def _is_a_word(commit: str | None) -> bool:
    """Tell words of hexadecimal letters alone, such as "defaced", from abbreviated commit ids."""
    return commit is not None and len(commit) < 40 and commit.isalpha()
