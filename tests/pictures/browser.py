"""A page in a real browser, used by a script as somebody with a mouse and a keyboard would."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic",
    "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip
_WATCH = "<script>window.seen = []; for (const each of ['error', 'unhandledrejection', 'securitypolicyviolation']) addEventListener(each, (event) => seen.push(each + ' ' + (event.message || event.reason || event.blockedURI)));</script>"
_TOOLS = Path(__file__).with_name("driver.js")


def browsed(folder: Path, page: str, driver: str) -> dict[str, Any]:
    """Return what a driver told when it used a page, with all errors that the browser `seen`."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        if os.environ.get("DBMAN_TEST_REQUIRE_BROWSER") == "1":
            pytest.fail("no browser is installed", pytrace=False)
        pytest.skip(f"a browser ({', '.join(BROWSERS)}) is not installed")
    page = page.replace("</title>", f"</title>{_WATCH}", 1)
    script = _TOOLS.read_text("utf-8") + _TOOLS.with_name(driver).read_text("utf-8")
    page = page.replace("</body>", f"<script>{script}</script></body>")
    (folder / "page.html").write_bytes(page.encode("utf-8", "replace"))
    done = subprocess.run(
        [
            browser, *FLAGS, f"--user-data-dir={folder / 'profile'}", "--window-size=1200,700",
            "--virtual-time-budget=60000", "--dump-dom", (folder / "page.html").as_uri(),
        ],
        capture_output=True, encoding="utf-8", timeout=150, check=True,
        env={"HOME": str(folder), "PATH": os.environ["PATH"]},
    )  # fmt: skip
    (told,) = re.findall(r'<script type="text/plain" id="told">(.*?)</script>', done.stdout, re.S)
    found: dict[str, Any] = json.loads(told)
    return found
