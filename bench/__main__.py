"""Run every bench, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys

SCRIPTS = (
    "bulk_write",
    "import_file",
    "import_rows",
    "duplicates",
    "refresh",
    "as_of",
    "pages",
    "batch_of_206",
    "grid",
    "find",
    "screening",
    "dues",
    "deployments",
)


def main() -> None:
    """Run and print; stops at the first that fails."""
    for name in SCRIPTS:
        if "--json" not in sys.argv:
            print(f"— {name}", flush=True)
        subprocess.run([sys.executable, "-m", f"bench.{name}", *sys.argv[1:]], check=True)


if __name__ == "__main__":
    main()
