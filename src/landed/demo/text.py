"""Plausible code text of several languages: functions whose lines are seldom the same."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from landed.demo.company import Language

_VERB_IN_ONE = """
accept adjust allot apply arrange assign batch bind book build cancel charge check claim clear
close collect compare confirm count credit deliver derive dispatch drop enrol expire fetch
file flag fold forward grant group hold index issue join label limit load lock mark match
merge move note offer open order pack pick place plan post price print queue quote rank read
refund release renew repeat reserve return route scan score send settle ship sign sort split
stage start stop store sum sync tag take tally trace track trim update verify void weigh wrap
"""
VERBS = _VERB_IN_ONE.split()
_NOUN_IN_ONE = """
account address agent alert amount bag balance banner barcode basket batch bay bill box branch
bundle carrier cart case charge claim clerk coupon courier credit crew customer customs day
deposit depot desk discount dock driver duty event fare fee fleet freight gate gift grid hub
invoice item journey label lane ledger limit line load locker manifest map margin market meter
notice offer option order outlet pallet parcel partner pass payout permit pickup pledge plan
point pool postcode price profile promise quota quote rack rate rebate receipt refund region
return reward route rule sack scale scan season segment sender session shelf shift signal slot
sorter stamp station stock stop store street surcharge tariff tax ticket token tour tracker
trailer transfer trip truck van vendor voucher wallet warehouse weight window zone
"""
NOUNS = _NOUN_IN_ONE.split()


@dataclass(frozen=True)
class _Grammar:
    """How functions look: `{f}` is the function, `{a}` to `{e}` names, `{T}` a type, `{n}` `{m}`
    numbers, `{w}` words; a leading `>` is one level of indentation."""

    suffix: str
    folder: str
    test: str
    camel: bool
    head: tuple[str, ...]
    opening: tuple[str, ...]
    statements: tuple[tuple[str, ...], ...]
    closing: tuple[str, ...]


_GRAMMARS: dict[Language, _Grammar] = {
    "python": _Grammar(
        ".py",
        "src/",
        "tests/test_",
        False,
        ('"""The {w} of each {e}."""', "", "from __future__ import annotations", ""),
        ("def {f}({a}: {T}, {b}: int = {n}) -> {T}:", '>"""Work out the {w} of {a}."""'),
        (
            (">{c} = {a}.{d}_for({b} + {n})",),
            (">if {a}.{d} > {n}:", ">>{a} = {a}.without_{e}({b}, {m})"),
            (">for {c} in {a}.{d}s[:{n}]:", ">>{c}.{e} += {b} * {m}"),
            (">{c} = max({b}, {a}.{d}_{e}, {n})",),
            (">{a}.{d}.append(({b}, {n}, '{w}'))",),
            (">log.info('{w} {d} %s after %s', {a}.{e}, {b} - {n})",),
            (">if not {a}.has_{d}({n}):", ">>raise {T}Error('no {w} for {e}', {b})"),
            (">{c} = {{key: {b} for key in {a}.{d}_keys if key != {n}}}",),
        ),
        (">return {a}.with_{e}({b}, {m})",),
    ),
    "typescript": _Grammar(
        ".ts",
        "src/",
        "test/",
        True,
        ("// The {w} of each {e}.", "import {{ {T} }} from './{e}';", ""),
        ("export function {f}({a}: {T}, {b} = {n}): {T} {{",),
        (
            (">const {c} = {a}.{d}For({b} + {n});",),
            (">if ({a}.{d} > {n}) {{", ">>{a}.{e} = {b} - {m};", ">}}"),
            (">for (const {c} of {a}.{d}s.slice({n})) {{", ">>{c}.{e} += {b} * {m};", ">}}"),
            (">const {c} = Math.max({b}, {a}.{d}, {n});",),
            (">{a}.{d}.push({{ {e}: {b}, at: {n}, why: '{w}' }});",),
            (">logger.info(`{w} {d} ${{{a}.{e}}} after ${{{b} - {n}}}`);",),
            (">await {a}.{d}Store.save('{w}', {b}, {n});",),
        ),
        (">return {{ ...{a}, {e}: {b} + {m} }};", "}}"),
    ),
    "go": _Grammar(
        ".go",
        "internal/",
        "internal/check_",
        True,
        ("package {e}", "", 'import "fmt"', ""),
        ("// {f} works out the {w} of a {e}.", "func {f}({a} *{T}, {b} int) (*{T}, error) {{"),
        (
            (">{c} := {a}.{d}For({b} + {n})", ">{a}.{e} = {c}"),
            (">if {a}.{d} > {n} {{", ">>{a}.{e} = {b} - {m}", ">}}"),
            (">for _, {c} := range {a}.{d}s[:{n}] {{", ">>{c}.{e} += {b} * {m}", ">}}"),
            (">{a}.{d} = append({a}.{d}, {b}+{n})",),
            (
                ">if err := {a}.check{d}({b}, {n}); err != nil {{",
                '>>return nil, fmt.Errorf("{w} {e}: %w", err)',
                ">}}",
            ),
            ('>{a}.log("{w} {d}", {b}, {n})',),
        ),
        (">return {a}.with{e}({b}, {m}), nil", "}}"),
    ),
    "java": _Grammar(
        ".java",
        "src/main/",
        "src/test/",
        True,
        ("// The {w} of each {e}.", "package example.fennbrook.{e};", ""),
        ("{T} {f}({T} {a}, int {b}) {{",),
        (
            (">var {c} = {a}.{d}For({b} + {n});", ">{a}.set{e}({c});"),
            (">if ({a}.{d}() > {n}) {{", ">>{a}.{e}({b} - {m});", ">}}"),
            (">for (var {c} : {a}.{d}s({n})) {{", ">>{c}.add{e}({b} * {m});", ">}}"),
            ('>log.info("{w} {d} {{}} after {{}}", {a}.{e}(), {b} - {n});',),
            (">{a}.{d}().put({b}, {n});",),
            (
                ">if (!{a}.has{d}({n})) {{",
                '>>throw new {T}Exception("no {w} for {e}", {b});',
                ">}}",
            ),
        ),
        (">return {a}.with{e}({b}, {m});", "}}"),
    ),
    "kotlin": _Grammar(
        ".kt",
        "app/main/",
        "app/test/",
        True,
        ("// The {w} of each {e}.", "package example.fennbrook.{e}", ""),
        ("fun {f}({a}: {T}, {b}: Int = {n}): {T} {{",),
        (
            (">val {c} = {a}.{d}For({b} + {n})", ">{a}.{e} = {c}"),
            (">if ({a}.{d} > {n}) {a}.{e} = {b} - {m}",),
            (">{a}.{d}s.take({n}).forEach {{ it.{e} += {b} * {m} }}",),
            ('>require({a}.{d} < {n}) {{ "no {w} for {e} ${b}" }}',),
            (">{a}.{d}.add({b} to {n})",),
            ('>log.info("{w} {d} ${b} after {n}")',),
        ),
        (">return {a}.copy({e} = {b} + {m})", "}}"),
    ),
}


class Writer:
    """Writes code of one language for one repository, with `indent` spaces a level."""

    def __init__(self, language: Language, random: Random) -> None:
        self._grammar = _GRAMMARS[language]
        self._random = random
        self.indent = 2 if language in ("typescript", "kotlin") else 4

    def path(self, *, test: bool = False) -> str:
        """A path for a new file, most likely one of its own."""
        grammar = self._grammar
        folder, name, more = self._random.choices(NOUNS, k=3)
        if test:
            return f"{grammar.test}{folder}_{name}_{more}{grammar.suffix}"
        return f"{grammar.folder}{folder}/{name}_{more}{grammar.suffix}"

    def head(self) -> list[str]:
        """The first lines of a file."""
        return self._filled([self._grammar.head])

    def function(self, lines: int) -> list[str]:
        """A function of about so many lines."""
        grammar = self._grammar
        groups = [grammar.opening]
        while sum(map(len, groups)) + len(grammar.closing) < lines:
            groups.append(self._random.choice(grammar.statements))
        return self._filled([*groups, grammar.closing])

    def statements(self, lines: int) -> list[str]:
        """About so many lines of the inside of a function."""
        groups: list[tuple[str, ...]] = []
        while sum(map(len, groups)) < lines:
            groups.append(self._random.choice(self._grammar.statements))
        return self._filled(groups)

    def laid_out_anew(self, line: str, indent: int) -> str:
        """A line as a formatter with another indentation leaves it."""
        bare = line.lstrip(" ")
        return " " * ((len(line) - len(bare)) // self.indent * indent) + bare

    def _filled(self, groups: list[tuple[str, ...]]) -> list[str]:
        """Rows with names put in: some are the same in all rows, the others within a group."""
        choice = self._random.choice
        own = {"f": self._name(choice(VERBS), choice(NOUNS), choice(NOUNS))}
        own["a"], own["b"] = self._name(choice(NOUNS), choice(NOUNS)), choice(NOUNS)
        own["T"] = choice(NOUNS).capitalize()
        found = []
        for group in groups:
            one, two, three, four = self._random.choices(NOUNS, k=4)
            name = self._name(one, two)
            n, m = int(self._random.random() * 900) + 2, int(self._random.random() * 90) + 2
            for row in group:
                bare = row.lstrip(">")
                text = bare.format(**own, c=name, d=three, e=four, w=f"{two} {three}", n=n, m=m)
                found.append(" " * ((len(row) - len(bare)) * self.indent) + text)
        return found

    def _name(self, *words: str) -> str:
        if self._grammar.camel:
            return words[0] + "".join(word.capitalize() for word in words[1:])
        return "_".join(words)
