"""A core and two extensions, small enough to be seen at a glance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from scripts_text import makes, models, refers, script

PRODUCT = refers("product_id", "product.id")


def install_shop(make_extension: Callable[..., Path]) -> Path:
    """Install core, poser (depends on product, and says so) and gadget (forgot to say it)."""
    make_extension(
        "core",
        {
            "a1.py": script("a1", *makes("product"), label="core", created="2024-05-01"),
            "a2.py": script("a2", *makes("customer"), down="a1", created="2024-05-02"),
        },
        db=models("", product="", customer=""),
    )
    make_extension(
        "poser",
        {
            "b1.py": script("b1", *makes("poser_widget", PRODUCT), depends="a1", label="poser"),
            "b2.py": script("b2", *makes("poser_pose"), down="b1", depends="a2"),
        },
        db=models("poser_", poser_widget=PRODUCT, poser_pose=""),
    )
    return make_extension(
        "gadget",
        {"c1.py": script("c1", *makes("gadget_device", PRODUCT), label="gadget")},
        db=models("gadget_", gadget_device=PRODUCT),
    )
