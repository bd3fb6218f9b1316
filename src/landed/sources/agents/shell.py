"""What a shell command that an agent ran may have done: change files, make commits.

Agents also write files through their shell (redirections, heredocs, `sed -i`), and no log holds a
patch of that. A command counts as one that may change files when one of its parts writes into a
file, moves or deletes one, or rewrites files in place. Reading, searching, building, testing and
moving content about inside git (`git add`, `commit`, `checkout`, `revert`) do not count; nor does
a script file whose text the log does not show.
"""

from __future__ import annotations

import re

from landed.sources.agents.shell_words import Command, commands

_WRITERS = frozenset(
    [
        "cp",
        "dd",
        "ed",
        "ex",
        "install",
        "ln",
        "mv",
        "patch",
        "rm",
        "shred",
        "tee",
        "truncate",
        "unlink",
        "unzip",
        "wget",
        "add-content",
        "clear-content",
        "copy-item",
        "del",
        "erase",
        "move-item",
        "new-item",
        "out-file",
        "remove-item",
        "rename-item",
        "set-content",
    ]
)
_FORMATTERS = frozenset(
    ["autoflake", "autopep8", "black", "gofumpt", "isort", "pyupgrade", "rustfmt", "yapf"]
)
_IN_PLACE = {
    "awk": re.compile(r"-i|--include"),
    "clang-format": re.compile(r"-i|--i"),
    "eslint": re.compile(r"--fix"),
    "gawk": re.compile(r"-i|--include"),
    "gofmt": re.compile(r"-[a-z]*w"),
    "goimports": re.compile(r"-[a-z]*w"),
    "perl": re.compile(r"-[0a-z]*i"),
    "prettier": re.compile(r"--write|-w"),
    "ruby": re.compile(r"-[a-z]*i"),
    "sed": re.compile(r"-[nErsuz]*i|--in-place"),
    "sort": re.compile(r"-[a-z]*o|--output"),
    "curl": re.compile(r"-[a-zA-Z]*[oO]|--output|--remote-name"),
    "find": re.compile(r"-delete|-fprint"),
    "tar": re.compile(r"-[a-z]*x|--extract|--get"),
}
_SUBCOMMANDS = {
    "cargo": frozenset({"add", "fix", "fmt", "init", "new"}),
    "dotnet": frozenset({"format", "new"}),
    "git": frozenset({"am", "apply", "mv", "rm"}),
    "go": frozenset({"fix", "fmt", "generate", "mod"}),
    "npm": frozenset({"init", "install", "i", "uninstall"}),
    "pnpm": frozenset({"add", "init", "install", "remove"}),
    "poetry": frozenset({"add", "init", "new", "remove"}),
    "ruff": frozenset({"format"}),
    "uv": frozenset({"add", "init", "remove"}),
    "yarn": frozenset({"add", "init", "remove"}),
}
_ONLY_LOOKING = frozenset({"--check", "--diff", "--dry-run", "--help", "--version"})
_SHELLS = frozenset({"bash", "dash", "fish", "ksh", "sh", "zsh"})
_INTERPRETERS = re.compile(r"(?:python|pypy|node|ruby|perl|php|deno|bun|lua)[0-9.]*")
_SCRIPT_WRITES = re.compile(
    r"""open\([^)]*,\s*(?:mode\s*=\s*)?["'][rbt+]*[wax]"""
    r"|\.write_(?:text|bytes)\(|\.(?:unlink|rename|touch)\("
    r"|(?:write|append|rename|unlink|copy|rm)(?:File)?(?:Sync)?\("
    r"|os\.(?:remove|replace)\(|shutil\.|file_put_contents\(|File\.write\("
)
_NOT_FILES = ("/dev/null", "/dev/stdout", "/dev/stderr", "/dev/tty", "$null", "nul")
_WRAPPERS = frozenset(
    [
        "!",
        "{",
        "bunx",
        "builtin",
        "command",
        "corepack",
        "do",
        "doas",
        "elif",
        "else",
        "env",
        "exec",
        "if",
        "nice",
        "nohup",
        "npx",
        "pnpx",
        "stdbuf",
        "sudo",
        "then",
        "time",
        "timeout",
        "until",
        "uvx",
        "while",
        "xargs",
    ]
)
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_RUNNERS = {("poetry", "run"), ("uv", "run"), ("pnpm", "exec"), ("yarn", "run"), ("npm", "exec")}
_DEEPEST = 8

_OPENING = {("gh", "pr", "create"), ("glab", "mr", "create"), ("tea", "pr", "create")}
_REQUEST = re.compile(r"https?://[^\s/]+/[^\s]{1,200}/(?:pulls?|merge_requests)/\d+")
_COMMIT = re.compile(
    r"^\[(?:[^\s\]]+|detached HEAD)(?: \(root-commit\))? ([0-9a-f]{4,64})\] ", re.MULTILINE
)


_DECISIVE = (
    _WRITERS
    | _FORMATTERS
    | _SHELLS
    | {"eval"}
    | _IN_PLACE.keys()
    | (_SUBCOMMANDS.keys() - {"git"})
    | _SUBCOMMANDS["git"]
)
_NAME = re.compile(r"[a-z][a-z0-9_+-]*")
_OTHER_SIGN = re.compile(r">(?!&\d|[ \t]*/dev/null)|<<|-[a-z]*[cer]\b|--eval|--fix|[\\]|\w['\"]\w")
"""Redirections, scripts given as an option, and what could hide the name of a command."""


def may_change_files(command: str) -> bool:
    """Tell whether a shell command may have changed the content of files."""
    # most commands only look: without any sign of another kind they need not be taken apart
    names = _NAME.findall(command.lower())
    if _DECISIVE.isdisjoint(names) and _OTHER_SIGN.search(command) is None:
        return False
    return _may_change(command, 0)


def commits_made(output: str) -> list[str]:
    """Return the (abbreviated) hashes of the commits that `git commit` says it made, in order."""
    return _COMMIT.findall(output)


def opens_request(command: str) -> bool:
    """Tell whether a shell command opens a pull or merge request."""
    return any(
        tuple(words[:3]) in _OPENING
        for words in (_unwrapped(one.words) for one in commands(command))
    )


def requests_made(output: str) -> list[str]:
    """Return the addresses of pull and merge requests that a text names, in order."""
    return _REQUEST.findall(output)


def _may_change(text: str, depth: int) -> bool:
    if depth > _DEEPEST:
        return True
    return any(_one_may_change(command, depth) for command in commands(text))


def _one_may_change(command: Command, depth: int) -> bool:
    if any(target.lower() not in _NOT_FILES for target in command.writes):
        return True
    words = _unwrapped(command.words)
    if not words:
        return False
    name, rest = words[0].rsplit("/", 1)[-1].lower(), words[1:]
    if name in _SHELLS or name == "eval":
        return _may_change("\n".join([*_given_text(name, rest), command.input]), depth + 1)
    if _INTERPRETERS.fullmatch(name) and _interprets_writing(rest, command.input):
        return True
    if _ONLY_LOOKING.intersection(rest):
        return False
    if name in _WRITERS or name in _FORMATTERS:
        return True
    if name == "tar" and re.match(r"[a-z]*x", rest[0] if rest else ""):
        return True
    if name in _IN_PLACE and any(_IN_PLACE[name].match(word) for word in rest):
        return True
    if name == "find" and "-exec" in rest:
        return _one_may_change(Command(rest[rest.index("-exec") + 1 :], [], ""), depth + 1)
    if name == "ruff" and "--fix" in rest:
        return True
    return _subcommand(rest) in _SUBCOMMANDS.get(name, frozenset())


def _unwrapped(words: list[str]) -> list[str]:
    """Return the words from the program that does the work on: no keyword, wrapper, variable."""
    at = 0
    while at < len(words):
        word = words[at]
        if tuple(words[at : at + 2]) in _RUNNERS:
            at += 2
        elif word in _WRAPPERS:
            at += 1
            while at < len(words) and (words[at].startswith("-") or words[at][:1].isdigit()):
                at += 1
        elif _ASSIGNMENT.match(word):
            at += 1
        else:
            break
    return words[at:]


def _given_text(name: str, rest: list[str]) -> list[str]:
    """Return the commands that a shell is given in its arguments."""
    if name == "eval":
        return [" ".join(rest)]
    for at, word in enumerate(rest[:-1]):
        if re.fullmatch(r"-[a-z]*c", word):
            return [rest[at + 1]]
    return []


def _interprets_writing(rest: list[str], given: str) -> bool:
    """Tell whether a program given in the arguments or on standard input writes files."""
    texts = [given] + [
        rest[at + 1] for at, word in enumerate(rest[:-1]) if word in ("-c", "-e", "--eval", "-r")
    ]
    return any(_SCRIPT_WRITES.search(text) for text in texts)


def _subcommand(rest: list[str]) -> str:
    """Return the first argument that is no option; git's -C and -c take a value each."""
    at = 0
    while at < len(rest) and rest[at].startswith("-"):
        at += 2 if rest[at] in ("-C", "-c") else 1
    return rest[at] if at < len(rest) else ""
