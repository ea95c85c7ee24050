"""The Python of the documents runs as it stands there, block after block, in a folder with the file that it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2]
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
ORDERS = """order_id,user_id,ordered_at,amount
1,ann,2024-01-05 10:00,120.00
2,ben,2024-02-01 09:30,80.50
3,ann,2024-03-20 18:00,60.00
C4,ann,2024-03-21 18:00,-60.00
5,,2024-03-21 12:00,10.00
"""


@pytest.mark.parametrize("name", ["docs/python.md", "docs/zh/python.md", "README.md", "README.zh-CN.md"])
def test_python_in_documents_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    names: dict[str, object] = {}
    for block in BLOCK.findall((DOCS / name).read_text(encoding="utf-8")):
        exec(compile(block, name, "exec"), names)  # noqa: S102 - our own documents
    assert capsys.readouterr().out
