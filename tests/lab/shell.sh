#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The shell beside another host: see shell_story.py.  Run by tools/private.
ip netns add far
ip link add near address 02:00:00:00:00:01 type veth peer name far \
    address 02:00:00:00:00:02 netns far
ip addr add 10.9.0.1/24 dev near
ip link set near up
ip -n far addr add 10.9.0.2/24 dev far
ip -n far link set far up
exec /usr/bin/python3 tests/lab/shell_story.py
