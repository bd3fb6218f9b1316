"""Nothing that goes wrong in the hook stops or delays a commit."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import time

from tests.hook.shop import Shop, lines

from landed.hook.run import main


def test_a_crash_is_written_into_the_log_and_the_commit_is_made(shop: Shop) -> None:
    shop.session().write("cart.py", lines("total = price * count"))
    recent = shop.place.kept / "recent.json"
    recent.unlink()
    recent.mkdir()

    shop.commit("In spite of all")

    assert shop.git("log", "-1", "--format=%s") == "In spite of all"
    assert "post-commit: IsADirectoryError" in shop.complaints()


def test_what_is_remembered_and_damaged_is_begun_anew(shop: Shop) -> None:
    agent = shop.session()
    agent.write("cart.py", lines("total = price * count"))
    shop.commit()
    for damaged in (b"{", b"[1]", b'{"form": 1}', b'{"form": 99}'):
        (shop.place.kept / "recent.json").write_bytes(damaged)
        agent.write(f"{damaged.hex()}.py", lines("shipping = 5"))

        shop.commit()

        assert shop.attested() == {f"{damaged.hex()}.py": [1]}
    assert shop.complaints() == ""


def test_hostile_lines_in_a_log_do_no_harm(shop: Shop) -> None:
    agent = shop.session()
    with agent.path.open("ab") as file:
        file.write(b'\xff\xfe\n[1]\n{"type": "assistant"}\n{"type": 7, "message": []}\n{"torn')
        file.write(b"\n" + b"[" * 5000 + b"\n")
    agent.write("cart.py", lines("total = price * count"))

    shop.commit()

    assert shop.attested() == {"cart.py": [1]}


def test_a_commit_does_not_wait_for_work_that_takes_long(shop: Shop) -> None:
    shop.session().write("cart.py", lines("total = price * count"))
    shop.git("add", "-A")
    with (shop.place.kept / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        subprocess.run(["git", "commit", "-q", "-m", "Now"], cwd=shop.path, check=True)

        # git came back although the hook's work cannot even begin
        assert shop.note() == ""
    until = time.monotonic() + 30
    while not shop.note() and time.monotonic() < until:
        time.sleep(0.05)
    assert shop.attested() == {"cart.py": [1]}


def test_without_its_python_the_hook_does_nothing(shop: Shop) -> None:
    for hook in (shop.path / ".git" / "hooks").iterdir():
        hook.write_text(hook.read_text().replace(sys.executable, "/nowhere/python"))
    shop.session().write("cart.py", lines("total = price * count"))

    shop.commit()
    shop.git("commit", "-q", "--amend", "-m", "Once more")

    assert shop.note() == ""


def test_python_imports_nothing_from_the_repository(shop: Shop) -> None:
    trap = "raise SystemExit('imported')\n"
    for name in ("landed.py", "orjson.py", "sitecustomize.py", "landed/__init__.py"):
        shop.write(name, trap)
    shop.session().write("cart.py", lines("total = price * count"))

    shop.commit()

    assert shop.attested() == {"cart.py": [1]}


def test_the_hook_imports_nothing_heavy() -> None:
    program = "import sys, landed.hook.work, landed.hook.reading; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-E", "-P", "-c", program], capture_output=True, text=True, check=True
    )

    heavy = {"typer", "rich", "pydantic", "duckdb", "pyarrow", "numpy", "altair", "asyncio"}
    assert "landed.hook.landing" in done.stdout.split()
    assert heavy.isdisjoint(done.stdout.split())


def test_an_event_that_is_unknown_is_passed_over() -> None:
    assert main(["pre-push"]) == 0
    assert main(["post-commit"]) == 0
    assert main([]) == 0
