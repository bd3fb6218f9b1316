"""Which paths are left out: lock files, vendored, generated and minified code.

The rules are git attributes of our own (`pattern -diff`), so git itself matches them and never
reads the files' content. They say nothing about the user's attributes, which have no effect.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from landed.globs import translated
from landed.sources.git.scratch import Scratch


class Exclusion(NamedTuple):
    """A pattern of paths in gitattributes syntax and the reason to leave them out."""

    pattern: str
    reason: str


DEFAULT_EXCLUSIONS = tuple(
    Exclusion(pattern, reason)
    for reason, patterns in {
        "lock": (
            "*.lock",
            "*.lockb",
            "package-lock.json",
            "npm-shrinkwrap.json",
            "pnpm-lock.yaml",
            "go.sum",
            "Package.resolved",
            "gradle.lockfile",
            "*.terraform.lock.hcl",
        ),
        "vendored": ("**/node_modules/**", "vendor/**", "**/third_party/**", "**/vendored/**"),
        "generated": (
            "*.pb.go",
            "*_pb2.py",
            "*_pb2.pyi",
            "*_pb2_grpc.py",
            "*.pb.cc",
            "*.pb.h",
            "*.g.dart",
            "*.snap",
            "*.ipynb",
        ),
        "minified": ("*.min.js", "*.min.css", "*.map", "*.bundle.js"),
    }.items()
    for pattern in patterns
)
"""What is left out unless the configuration says otherwise."""


def exclusions(exclude: Sequence[str], include: Sequence[str]) -> tuple[Exclusion, ...]:
    """Return the default rules, then the configured ones; `include` takes paths back in.

    Later rules win, as in gitattributes.
    """
    return (
        *DEFAULT_EXCLUSIONS,
        *(Exclusion(pattern, "configured") for pattern in exclude),
        *(Exclusion(pattern, "") for pattern in include),
    )


def attribute_rows(rules: Sequence[Exclusion]) -> list[str]:
    """Return the rules as rows of a gitattributes file; `landed` is the number of the rule."""
    return [
        f"{_quoted(rule.pattern)} {f'-diff landed={index}' if rule.reason else '!diff !landed'}"
        for index, rule in enumerate(rules)
    ]


def excluded_paths(
    scratch: Scratch, commit: str, rules: Sequence[Exclusion]
) -> list[tuple[bytes, Exclusion]]:
    """Return the files of a commit that the rules leave out, with the rule that decided."""
    if not rules:
        return []
    listing = scratch.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit)
    answer = scratch.run("check-attr", "-z", "--stdin", "landed", stdin=listing).split(b"\0")
    return [
        (path, rules[int(value)])
        for path, value in zip(answer[0::3], answer[2::3], strict=False)
        if value.isdigit()
    ]


def excluding(rules: Sequence[Exclusion]) -> Callable[[str], bool]:
    """Return whether the rules leave a path out, for paths that stand in no commit.

    A pattern without a slash is matched against the last part of the path, others from the top,
    as gitattributes(5) says; the last rule that matches decides.
    """
    compiled = [(_pattern(rule.pattern), bool(rule.reason)) for rule in rules]

    def is_excluded(path: str) -> bool:
        verdict = False
        for pattern, leaves_out in compiled:
            if leaves_out != verdict and pattern.match(path):
                verdict = leaves_out
        return verdict

    return is_excluded


def _pattern(glob: str) -> re.Pattern[str]:
    try:
        text = translated(glob.removeprefix("/"))
    except ValueError:
        return re.compile(r"(?!)")
    return re.compile(f"{'' if '/' in glob else '(?:.*/)?'}{text}\\Z", re.DOTALL)


def _quoted(pattern: str) -> str:
    if not any(character in pattern for character in ' "\t\\#!'):
        return pattern
    escaped = pattern.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'"{escaped}"'
