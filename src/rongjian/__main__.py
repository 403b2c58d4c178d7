"""The `rongjian` command: finds the data directory, starts Django, runs one subcommand."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path

COMMANDS = {
    "serve": "启动网站",
    "demo": "建立演示数据并启动网站",
    "tick": "执行到期的例行工作（刷新数据、数字快照）",
    "import": "导入一个表格文件",
    "figure": "查一个数字及其背后的记录",
    "dues": "查一个单位应办什么、办了没有",
    "document": "生成文稿（网页或 Word）",
    "check-draft": "读稿核数：找出文稿里的数量并与记录比对",
    "verify": "校验：数字重算、日志链、权限",
}


class ChineseFormatter(argparse.HelpFormatter):
    """Help texts with Chinese section names."""

    def add_usage(self, usage, actions, groups, prefix=None):  # type: ignore[no-untyped-def]
        """The usage line, in Chinese."""
        super().add_usage(usage, actions, groups, prefix or "用法：")


class ChineseParser(argparse.ArgumentParser):
    """An argument parser that speaks Chinese and exits with 2 on wrong arguments."""

    def __init__(self, prog: str, description: str) -> None:
        super().__init__(
            prog=prog, description=description, formatter_class=ChineseFormatter, add_help=False
        )
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def error(self, message: str) -> None:  # type: ignore[override]
        """Print what is wrong with the arguments and leave with 2."""
        self.print_usage(sys.stderr)
        sys.stderr.write(f"参数有误：{message}。用 --help 查看说明。\n")
        raise SystemExit(2)


def _overview() -> str:
    lines = [f"  {name:<12} {words}" for name, words in COMMANDS.items()]
    return (
        "用法：rongjian <命令> [选项]\n\n命令：\n"
        + "\n".join(lines)
        + ("\n\n每个命令都有 --help。数据目录由 --dir 或环境变量 RONGJIAN_DIR 指定。\n")
    )


def main(argv: list[str] | None = None) -> int:
    """Run one subcommand; the exit code is 0 for done, 1 for found faults, 2 for wrong use."""
    arguments = sys.argv[1:] if argv is None else argv
    if not arguments or arguments[0] in {"-h", "--help"}:
        sys.stdout.write(_overview())
        return 0 if arguments else 2
    name = arguments[0]
    if name not in COMMANDS:
        sys.stderr.write(f"没有命令“{name}”。\n{_overview()}")
        return 2
    parser = ChineseParser(prog=f"rongjian {name}", description=COMMANDS[name])
    parser.add_argument("--dir", type=Path, help="数据目录（默认 ./rongjian-data）")
    # The directory decides the settings, so it is read before anything imports them.
    for position, word in enumerate(arguments):
        if word == "--dir" and position + 1 < len(arguments):
            os.environ["RONGJIAN_DIR"] = arguments[position + 1]
        elif word.startswith("--dir="):
            os.environ["RONGJIAN_DIR"] = word.removeprefix("--dir=")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rongjian.settings")
    command = importlib.import_module("rongjian.ops.commands")
    return int(command.run(name.replace("-", "_"), parser, arguments[1:]))


if __name__ == "__main__":
    sys.exit(main())
