/* SPDX-License-Identifier: BSD-2-Clause */
/* The command as hping3. */
#ifndef PKW_CMD_HPING_H
#define PKW_CMD_HPING_H

struct ping;
struct args;

/* Is the command called so that it shall be hping3? */
int hping_is_meant(const char *argv0);
int hping_main(int argc, char **argv);
/* Says it as hping3 does, and returns its exit status. */
int hping_usage(const char *why);

/* hping_scan.c: --scan PORTS. */
int hping_scan(struct ping *s);

/* ping.c: all options are read; what is left in `a' are operands. */
int ping_go(struct ping *s, struct args *a);

#endif
