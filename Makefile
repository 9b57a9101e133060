# Every command installs what it needs first. `make` alone lists them.
SHELL := /bin/bash
PATH := $(CURDIR)/.uv/bin:$(PATH)
export PATH
unexport VIRTUAL_ENV
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test check coverage train evaluate bench install packages

help: ## list the commands
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1\t/' | expand -t 16

run: install ## prepare everything, start the assistant, print the addresses; Ctrl-C stops it
	@exec $(BIN)/zhuwo run

test: install packages ## the whole suite
	@$(BIN)/pytest -q

check: install ## lint, types, import contracts, catalogue and sentences
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/zhuwo check

coverage: install ## count anew what the catalogue says, into docs/coverage.md
	@$(BIN)/zhuwo catalogue coverage --write docs/coverage.md

train: install ## train the model for the present sentences
	@$(BIN)/zhuwo train

evaluate: install ## ask the model the held-out sentences
	@$(BIN)/zhuwo evaluate

bench: install ## CPU, memory and training cost against stock Rasa, in one run
	@$(BIN)/python -m tests.bench

# Two environments: Rasa 3.6 needs Python 3.10, everything else is current.
install:
	@command -v uv >/dev/null || { python3 -m venv .uv && .uv/bin/pip install --quiet uv; }
	@uv sync --frozen --quiet
	@cd assistant && uv sync --frozen --quiet \
	  || { echo "Rasa 的环境没有装好：需要 Python 3.10。请先装上它（例如 uv python install 3.10），再运行一次。" >&2; exit 1; }

# What the tests drive for real: a browser with Chinese fonts, a PostgreSQL server.
packages:
	@command -v chromium >/dev/null && compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null \
	  && fc-list :lang=zh 2>/dev/null | grep -q . || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	  apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig postgresql >/dev/null; }
