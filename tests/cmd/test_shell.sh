#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The shell on a terminal.
exec /usr/bin/python3 tests/cmd/lib/shell.py
