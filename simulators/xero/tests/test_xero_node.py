"""Xero's SDK for Node against the simulator: a second reader beside that for Python."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from simulators.xero.tests.caller import Api

ROOT = Path(__file__).resolve().parents[3]
# Ignored by git: the package is fetched for this test only.
FOLDER = ROOT / "var" / "xero-node"
PACKAGE = "xero-node@20.0.0"
INSTALL_SECONDS = 300
SCRIPT_SECONDS = 60

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed"),
]


@pytest.fixture(scope="module")
def package() -> Path:
    FOLDER.mkdir(parents=True, exist_ok=True)
    npm = ["npm", "install", "--prefix", ".", "--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.run([*npm, PACKAGE], cwd=FOLDER, check=True, timeout=INSTALL_SECONDS)
    return FOLDER


def test_the_main_calls_go_through(api: Api, package: Path) -> None:
    script = Path(__file__).with_name("xero_node.mjs")
    access = api.tokens["access_token"]
    command = ["node", str(script), f"{api.url}/api.xro/2.0", access, api.tenant_id]
    run = subprocess.run(
        command, cwd=package, capture_output=True, text=True, timeout=SCRIPT_SECONDS, check=False
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == {
        "due": 74.5,
        "payments": 1,
        "credited": 20,
        "sent": True,
        "pdf": "%PDF",
    }
