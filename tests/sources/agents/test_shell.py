"""Which shell commands may change files, and what they tell of git."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landed.sources.agents.shell import (
    commits_made,
    may_change_files,
    opens_request,
    requests_made,
)

WRITING = [
    "cat > a.py <<'EOF'\nx > y\nEOF",
    "cat <<EOF > a.py && pytest\nbody\nEOF",
    "echo hi >> notes.txt",
    "make &> build.log",
    "cat a | tee b",
    "sed -i 's/a/b/' a.py",
    "sed -i.bak -e 's/a/b/' a.py",
    "perl -pi -e 's/a/b/' a.py",
    "cp a b",
    "A=1 sudo mv a b",
    "if test -f a; then rm a; fi",
    "for f in *.pyc; do rm $f; done",
    "find . -name '*.pyc' -delete",
    "find . -name '*.pyc' -exec rm {} \\;",
    "ls | xargs -n 1 rm",
    "cd web && npx prettier --write .",
    "poetry run black .",
    "ruff check --fix src",
    "cargo fmt",
    "git apply fix.patch",
    "git -C sub mv a b",
    "patch -p1 < fix.patch",
    'bash -lc "rm -rf build"',
    "bash <<'EOF'\nrm a\nEOF",
    "eval 'touch a > b'",
    "python - <<'EOF'\nopen('a.py', 'w').write('x')\nEOF",
    "python3 -c \"from pathlib import Path; Path('a').write_text('x')\"",
    "node -e \"require('fs').writeFileSync('a', 'x')\"",
    'echo "$(echo a > b)"',
    "curl -o a.tar.gz https://example.com/a.tar.gz",
    "tar xzf a.tar.gz",
    "Set-Content -Path a.txt -Value hi",
]

READING = [
    "ls -la",
    "cat a.py",
    "grep -rn 'rm -rf' .",
    "sed -n 1,20p a.py",
    "awk '$1 > 2' a.txt",
    "pytest -q 2>&1 | tail -5",
    "make > /dev/null 2>&1",
    "python -m pytest",
    "python -c 'print(1)'",
    "node -e 'console.log(1 > 2)'",
    "npm test",
    "[[ $a > $b ]] && echo bigger",
    "black --check .",
    "echo '->' # > b",
    "git add -A && git commit -q -m 'Say a > b; rm c'",
    "git log --oneline | head",
    "git checkout -b topic",
    "git revert HEAD",
    'git commit -m "$(cat <<\'EOF\'\nFix the "quoted" > thing; rm it\nEOF\n)"',
    "tar -cf - src | wc -c",
    "ruff check src",
    "apply_patch <<'EOF'\n*** Begin Patch\n*** End Patch\nEOF",
    "",
]


@pytest.mark.parametrize("command", WRITING)
def test_a_command_that_may_change_files(command: str) -> None:
    assert may_change_files(command)


@pytest.mark.parametrize("command", READING)
def test_a_command_that_only_reads_or_moves_content_inside_git(command: str) -> None:
    assert not may_change_files(command)


@pytest.mark.parametrize("command", WRITING)
def test_what_follows_another_command_counts_too(command: str) -> None:
    assert may_change_files(f"ls\n{command}")
    assert may_change_files(f"git status && {command}")


def test_nesting_too_deep_to_follow_counts_as_writing() -> None:
    command = "ls"
    for _ in range(20):
        command = f"eval {command}"
    assert may_change_files(command)
    assert not may_change_files("$(" * 500 + "ls")


@given(st.text(alphabet="ab $()`'\"\\<>&|;\n#EOF-{}[]", max_size=60))
def test_any_text_is_read_to_its_end(command: str) -> None:
    assert may_change_files(command) in (True, False)
    # What ends in an unclosed quote or heredoc cannot be followed by anything.
    assert may_change_files("echo done; rm a\n" + command)


def test_commits_are_those_that_git_says_it_made() -> None:
    output = (
        "[main (root-commit) abc1234] Start\n 1 file changed\n"
        "[detached HEAD 0123abc] More\n"
        "[topic/x-1 89abcdef01] Third\n"
        "[INFO] not a commit\nabc9999 in a log\n"
    )
    assert commits_made(output) == ["abc1234", "0123abc", "89abcdef01"]


def test_a_request_is_known_by_its_address() -> None:
    assert opens_request("cd web && gh pr create --fill")
    assert not opens_request("gh pr view 7")
    output = "Creating pull request\nhttps://github.example/dev/web/pull/7\n"
    assert requests_made(output) == ["https://github.example/dev/web/pull/7"]
    assert requests_made("https://gitlab.example/a/b/-/merge_requests/12") == [
        "https://gitlab.example/a/b/-/merge_requests/12"
    ]
