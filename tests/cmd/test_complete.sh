#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The shell's completion, without a terminal.
exec "${PKW:-build/pkw}" shell --no-init tests/cmd/lib/complete.lua </dev/null
