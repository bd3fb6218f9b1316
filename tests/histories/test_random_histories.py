"""The random histories hold what they promise: git and plain counting are asked."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, settings
from tests.histories.blame import blame, unquoted
from tests.histories.builder import History, lines
from tests.histories.objects import FILE, SUBMODULE, SYMLINK, run_git
from tests.histories.random_histories import RandomHistory, random_histories
from tests.histories.random_trees import ACTIONS, Thing, Tree

STEADY = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


ODD_ATTRIBUTES_ALLOWED = (
    *("-c", "fsck.gitattributesBlob=ignore"),
    *("-c", "fsck.gitattributesMissing=ignore"),
    *("-c", "fsck.gitattributesSymlink=ignore"),
)


@settings(STEADY, max_examples=15)
@given(plan=random_histories())
def test_git_finds_random_histories_sound_and_sees_every_commit(plan: RandomHistory) -> None:
    with TemporaryDirectory() as directory:
        built = plan.build(Path(directory) / "repo")
        built.show()
        run_git(built.path, *ODD_ATTRIBUTES_ALLOWED, "fsck", "--full", "--no-dangling")
        listed = run_git(built.path, "rev-list", "--all", "--parents").stdout.decode()

    parents = {row.split(" ")[0]: row.split(" ")[1:] for row in listed.splitlines()}
    assert parents == {
        commit: [built.commits[parent] for parent in step.parents]
        for commit, step in zip(built.commits, plan.steps, strict=True)
    }


@settings(STEADY, max_examples=5)
@given(plan=random_histories(largest=12))
def test_the_script_of_a_history_builds_the_same_history(plan: RandomHistory) -> None:
    with TemporaryDirectory() as directory:
        built = plan.build(Path(directory) / "built")
        names: dict[str, object] = {"History": History, "tmp_path": Path(directory)}
        exec(plan.script(), names)

    assert names["commits"] == list(built.commits)


def test_random_histories_hold_every_edge_many_times() -> None:
    seen: Counter[str] = Counter()

    @settings(STEADY, max_examples=150)
    @given(plan=random_histories())
    def count(plan: RandomHistory) -> None:
        seen.update(_edges(plan))

    count()

    promised = {
        "root",
        "merge",
        "octopus",
        "criss-cross",
        "merge that takes one parent's tree",
        "merge with text of no parent",
        "empty commit",
        "no newline at end",
        "empty file",
        "CRLF",
        "binary",
        "text after binary",
        "symlink became file",
        "file became symlink",
        "submodule became file",
        "file became submodule",
        "mode change",
        "file in place of directory",
        "directory in place of file",
        "exact rename",
        "revived as it was",
        "date zero",
        "dates run backwards",
        "path not UTF-8",
        "path with newline",
        "identical files",
    }
    assert {edge for edge in promised if seen[edge] < 10} == set()
    told = {action.__name__.replace("_", " ") for action in ACTIONS}
    assert {action for action in told if seen[action] < 10} == set()


def _edges(plan: RandomHistory) -> set[str]:
    edges: set[str] = set()
    for number, step in enumerate(plan.steps):
        edges.update(step.told)
        edges.update(_edges_of_tree(plan, number))
        parents = [plan.steps[parent].tree for parent in step.parents]
        if len(parents) > 1:
            edges.add("octopus" if len(parents) > 2 else "merge")
            if any(step.tree == tree for tree in parents):
                edges.add("merge that takes one parent's tree")
            if any(
                path in parents[0] and all(tree.get(path) != thing for tree in parents)
                for path, thing in step.tree.items()
            ):
                edges.add("merge with text of no parent")
            if any(other.parents == step.parents[::-1] for other in plan.steps):
                edges.add("criss-cross")
        for tree in parents[:1]:
            edges.update(_edges_of_change(tree, step.tree))
        for parent in step.parents:
            if step.committed_at < plan.steps[parent].committed_at:
                edges.add("dates run backwards")
    return edges


def _edges_of_tree(plan: RandomHistory, number: int) -> set[str]:
    step = plan.steps[number]
    files = {path: thing.content for path, thing in step.tree.items() if thing.is_file}
    texts = [content for content in files.values() if b"\0" not in content]
    found = {
        "no newline at end": any(text and not text.endswith(b"\n") for text in texts),
        "empty file": b"" in texts,
        "CRLF": any(b"\r\n" in text for text in texts),
        "binary": len(texts) < len(files),
        "date zero": step.committed_at == 0,
        "path not UTF-8": any(b"\xff" in path or b"\xe9.py" in path for path in files),
        "path with newline": b"new\nline.py" in files,
        "identical files": len(set(texts)) < len(texts),
    }
    earlier = [past.tree for past in plan.steps[: max(0, number - 1)]]
    before = [plan.steps[parent].tree for parent in step.parents]
    for path, thing in step.tree.items():
        absent = bool(before) and not any(path in tree for tree in before)
        if absent and any(tree.get(path) == thing for tree in earlier):
            found["revived as it was"] = True
    return {edge for edge, holds in found.items() if holds}


def _edges_of_change(before: Tree, after: Tree) -> set[str]:
    edges = set()
    if before == after:
        edges.add("empty commit")
    gone = {path: thing for path, thing in before.items() if path not in after}
    for path, thing in after.items():
        old = before.get(path)
        edges.update(_edges_of_path(old, thing))
        if old is None and thing in gone.values():
            edges.add("exact rename")
        if any(other.startswith(path + b"/") for other in gone):
            edges.add("file in place of directory")
        if any(path.startswith(other + b"/") for other in gone):
            edges.add("directory in place of file")
    return edges


def _edges_of_path(old: Thing | None, new: Thing) -> set[str]:
    if old is None or old == new:
        return set()
    names = {SYMLINK: "symlink", SUBMODULE: "submodule"}
    was, became = names.get(old.mode, "file"), names.get(new.mode, "file")
    if was != became:
        return {f"{was} became {became}"}
    if old.mode != new.mode:
        return {"mode change"}
    if b"\0" in old.content and b"\0" not in new.content and new.mode == FILE:
        return {"text after binary"}
    return set()


def test_the_witness_reads_blame_through_renames_and_odd_names(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    history.write("plain", lines("one", "two", "three", "four"))
    first = history.commit("filename of a summary")
    history.rename("plain", b'a"\n\t\\\xff\x01')
    history.commit("\tlooks like a line")
    history.write(b'a"\n\t\\\xff\x01', lines("zero", "one", "two", "three", "four"))
    third = history.commit()

    assert blame(history.path, third, b'a"\n\t\\\xff\x01') == [
        (third, b'a"\n\t\\\xff\x01', 1),
        *((first, b"plain", number) for number in (1, 2, 3, 4)),
    ]


def test_quoted_names_are_read_as_git_writes_them() -> None:
    assert unquoted(b"plain name") == b"plain name"
    assert unquoted(rb'"tab\there \"and\" \\ \303\251\001"') == b'tab\there "and" \\ \xc3\xa9\x01'
