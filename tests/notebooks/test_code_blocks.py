"""The code in the README and in the documentation runs.

All Python blocks of a page run in one process, in order. Lines of ``console`` blocks that begin
with ``$ `` run in a shell, in a folder that holds the page's files (blocks such as
```` ```qasm bell.qasm ````). A block after a comment ``<!-- not run: why -->`` is left out, and so
are lines that run ``make``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import ketbridge

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(
    r"(?P<skip><!-- not run: [^>]+ -->\n)?^```(?P<kind>\w+)(?: (?P<file>\S+))?\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    kind: str
    file: str | None
    text: str


def blocks(page: Path) -> list[Block]:
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [Block(at["kind"], at["file"], at["text"]) for at in found if not at["skip"]]


def commands(page: Path) -> list[str]:
    lines = (line for block in blocks(page) if block.kind == "console" for line in _lines(block))
    return [line for line in lines if not line.startswith("make")]


def _lines(block: Block) -> list[str]:
    return [line[2:] for line in block.text.splitlines() if line.startswith("$ ")]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with ketbridge.sandbox.start() as running:
        yield {
            **os.environ,
            "KETBRIDGE_SANDBOX_URL": running.url,
            "KETBRIDGE_HOME": str(tmp_path_factory.mktemp("home")),
            "IONQ_API_KEY": "any",
            "IONQ_API_URL": f"{running.url}/v0.4",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }


def _succeeds(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command[-1]}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if any(block.kind == "python" for block in blocks(page))],
    ids=lambda page: page.name,
)
def test_python_blocks_run(page, tmp_path, environment):
    parts = [block.text for block in blocks(page) if block.kind == "python"]
    script = tmp_path / "page.py"
    body = "\n".join(parts)
    script.write_text(body, encoding="utf-8")
    _succeeds([sys.executable, str(script)], tmp_path, environment)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if commands(page)], ids=lambda page: page.name
)
def test_commands_run(page, tmp_path, environment):
    for block in blocks(page):
        if block.file:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
    for line in commands(page):
        _succeeds(["bash", "-c", line], tmp_path, environment)


def test_pages_link_to_files_that_exist():
    broken = [
        f"{page.name}: {target}"
        for page in [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"]
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []
