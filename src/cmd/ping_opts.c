/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options of pkw ping.  Letters and long names are hping3's wherever they
 * do not clash with -i (interface) and -h; a script for it that uses the others
 * needs no change, and the personality (hping.c) shares the first table.  Those
 * that merely set a field are rows of `ping_fields'.
 */
#include "cmd/ping.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
	F_GW = OPT_FIELD,
	F_IPVER,
	F_IPHLEN,
	F_IPLEN,
	F_IPID,
	F_IPPROTO,
	F_IPSRC,
	F_IPDST,
	F_SRCPORT,
	F_DSTPORT,
	F_CKSUM
};

const struct ping_field ping_fields[] = {
	{ 'a', "IP", "src", "src", 0 },
	{ 't', "IP", "ttl", "hlim", 0 },
	{ 'N', "IP", "id", NULL, 0 },
	{ 'g', "IP", "frag", NULL, 0 },
	{ 'o', "IP", "tos", "tc", 1 },
	{ 'H', "RAW", "proto", "nh", 0 },
	{ 'w', "TCP", "window", "window", 0 },
	{ 'O', "TCP", "dataofs", "dataofs", 0 },
	{ 'M', "TCP", "seq", "seq", 0 },
	{ 'L', "TCP", "ack", "ack", 0 },
	{ 'C', "ICMP", "type", NULL, 0 },
	{ 'K', "ICMP", "code", "code", 0 },
	{ F_GW, "ICMP", "gw", NULL, 0 },
	{ F_CKSUM, "ICMP", "chksum", "cksum", 0 },
	{ F_IPVER, "IPerror", "version", NULL, 0 },
	{ F_IPHLEN, "IPerror", "ihl", NULL, 0 },
	{ F_IPLEN, "IPerror", "len", NULL, 0 },
	{ F_IPID, "IPerror", "id", NULL, 0 },
	{ F_IPPROTO, "IPerror", "proto", NULL, 0 },
	{ F_IPSRC, "IPerror", "src", NULL, 0 },
	{ F_IPDST, "IPerror", "dst", NULL, 0 },
	{ F_SRCPORT, "UDPerror", "sport", NULL, 0 },
	{ F_DSTPORT, "UDPerror", "dport", NULL, 0 },
	{ 0 },
};

const struct opt ping_hping_opts[] = {
	{ 'c', "count", "N", "stop after so many probes" },
	{ OPT_FAST, "fast", NULL, "ten probes a second" },
	{ OPT_FASTER, "faster", NULL, "a hundred probes a second" },
	{ OPT_FLOOD, "flood", NULL,
	    "as fast as it goes; replies are not shown" },
	{ 'n', "numeric", NULL, "no host name is looked up" },
	{ 'q', "quiet", NULL, "only the statistics" },
	{ 'V', "verbose", NULL, "more of each reply" },
	{ 'D', "debug", NULL, "each probe as an expression" },
	{ 'z', "bind", NULL,
	    "Ctrl+Z once: a larger TTL, twice: a smaller one" },
	{ 'Z', "unbind", NULL, "Ctrl+Z suspends" },
	{ OPT_BEEP, "beep", NULL, "beep for every reply" },
	{ '0', "rawip", NULL, "IP with data of a protocol (-H)" },
	{ '1', "icmp", NULL, "ICMP: echo, or -C and -K" },
	{ '2', "udp", NULL, "UDP" },
	{ '9', "listen", "TEXT",
	    "send nothing; print what follows TEXT in packets that come" },
	{ 'a', "spoof", "ADDR", "a false source address" },
	{ OPT_RAND_SOURCE, "rand-source", NULL, "a random source each time" },
	{ OPT_RAND_DEST, "rand-dest", NULL,
	    "a random number for each x of a target like 10.0.0.x" },
	{ 't', "ttl", "N", "time to live, hop limit" },
	{ 'N', "id", "N", "IP identification; else random" },
	{ 'W', "winid", NULL, "show identifications with bytes swapped" },
	{ 'r', "rel", NULL, "show identifications as increments" },
	{ 'f', "frag", NULL, "in fragments of 16 bytes, or of -m" },
	{ 'x', "morefrag", NULL, "set more fragments" },
	{ 'y', "dontfrag", NULL, "set do not fragment" },
	{ 'g', "fragoff", "N", "fragment offset, in bytes" },
	{ 'm', "mtu", "N",
	    "in fragments if there are more bytes behind the IP header" },
	{ 'o', "tos", "HEX", "type of service, traffic class" },
	{ 'G', "rroute", NULL, "record the route" },
	{ OPT_LSRR, "lsrr", "LIST", "loose source route: A/B/C" },
	{ OPT_SSRR, "ssrr", "LIST", "strict source route" },
	{ 'H', "ipproto", "N", "IP protocol number, with -0 (253)" },
	{ 'C', "icmptype", "N", "ICMP type (8, echo request)" },
	{ 'K', "icmpcode", "N", "ICMP code" },
	{ OPT_FORCE_ICMP, "force-icmp", NULL, "every type is sent anyway" },
	{ F_GW, "icmp-gw", "ADDR", "gateway of a redirect" },
	{ OPT_ICMP_TS, "icmp-ts", NULL, "ask for the time: -C 13" },
	{ OPT_ICMP_ADDR, "icmp-addr", NULL, "ask for the netmask: -C 17" },
	{ F_IPVER, "icmp-ipver", "N",
	    "of the header an error quotes: version" },
	{ F_IPHLEN, "icmp-iphlen", "N", "... header length in words" },
	{ F_IPLEN, "icmp-iplen", "N", "... total length" },
	{ F_IPID, "icmp-ipid", "N", "... identification" },
	{ F_IPPROTO, "icmp-ipproto", "N", "... protocol (6)" },
	{ F_IPSRC, "icmp-ipsrc", "ADDR", "... source" },
	{ F_IPDST, "icmp-ipdst", "ADDR", "... destination" },
	{ F_SRCPORT, "icmp-srcport", "PORT", "... source port" },
	{ F_DSTPORT, "icmp-dstport", "PORT", "... destination port" },
	{ F_CKSUM, "icmp-cksum", "N", "ICMP checksum; else the right one" },
	{ 's', "baseport", "PORT", "source port of the first probe" },
	{ 'p', "destport", "PORT",
	    "destination port; +PORT: next after a reply, ++PORT: each time" },
	{ 'k', "keep", NULL, "do not count the source port up" },
	{ 'w', "win", "N", "TCP window" },
	{ 'O', "tcpoff", "N", "TCP data offset in words; else the right one" },
	{ 'M', "tcpseq", "N", "TCP sequence number; else random" },
	{ 'L', "tcpack", "N", "TCP acknowledgement number" },
	{ 'Q', "seqnum", NULL,
	    "show sequence numbers and by how much they differ" },
	{ 'b', "badcksum", NULL, "a wrong checksum" },
	{ 'F', "fin", NULL, "TCP flags: FIN" },
	{ 'S', "syn", NULL, "SYN" },
	{ 'R', "rst", NULL, "RST" },
	{ 'P', "push", NULL, "PSH" },
	{ 'A', "ack", NULL, "ACK" },
	{ 'U', "urg", NULL, "URG" },
	{ 'X', "xmas", NULL, "0x40, ECE" },
	{ 'Y', "ymas", NULL, "0x80, CWR" },
	{ OPT_TCP_MSS, "tcp-mss", "N", "option: maximum segment size" },
	{ OPT_TCP_TS, "tcp-timestamp", NULL,
	    "option: time stamp; guess how long the host is up" },
	{ OPT_TCPEXITCODE, "tcpexitcode", NULL,
	    "exit status: the flags of the last TCP reply" },
	{ 'd', "data", "N", "bytes of data" },
	{ 'E', "file", "FILE", "data from a file, piece by piece" },
	{ 'e', "sign", "TEXT", "data begins with this signature" },
	{ 'u', "end", NULL, "end where the file ends, instead of again" },
	{ 'j', "dump", NULL, "replies in hexadecimal" },
	{ 'J', "print", NULL, "printable characters of replies" },
	{ 'T', "traceroute", NULL,
	    "TTL from 1 (or -t) on, next when a hop has answered" },
	{ OPT_TR_STOP, "tr-stop", NULL,
	    "with -T: stop at the first reply that is from no hop" },
	{ OPT_TR_KEEP, "tr-keep-ttl", NULL, "with -T: stay at one hop" },
	{ OPT_TR_NO_RTT, "tr-no-rtt", NULL, "with -T: no times" },
	{ OPT_OWN, "i-own-this-network", NULL,
	    "spoof and flood also what is not on this link" },
	OPT_STOP
};

const struct opt ping_own_opts[] = {
	{ 'i', NULL, "IF", "interface; else as routed" },
	{ OPT_INTERVAL, "interval", "SECONDS",
	    "between probes (1); also 20ms and u500, microseconds" },
	{ OPT_TIMEOUT, "timeout", "SECONDS",
	    "wait so long for the last replies (2)" },
	{ '4', NULL, NULL, "IPv4 only" },
	{ '6', NULL, NULL, "IPv6 only" },
	{ OPT_TCP, "tcp", NULL, "TCP: a SYN, or the flags given" },
	{ OPT_FLAGS, "flags", "LETTERS", "TCP flags: SA, \"\" for none" },
	{ OPT_ARP, "arp", NULL, "ask by ARP" },
	{ OPT_ND, "nd", NULL, "ask by neighbour solicitation" },
	{ OPT_WITH, "with", "EXPR",
	    "layers, fields, data of your own: IP(ttl=3)/TCP(urgptr=1)" },
	{ OPT_DRY, "dry-run", NULL, "send nothing; print the expression" },
	{ OPT_JSON, "json", NULL, "a line of JSON for each reply" },
	{ OPT_HISTOGRAM, "histogram", NULL,
	    "how the times are spread, while it runs" },
	{ OPT_MAX_PPS, "max-pps", "PPS", "never more packets a second" },
	{ OPT_SEED, "seed", "N", "random values that can be had again" },
	OPT_STOP
};

void ping_init(struct ping *s)
{
	*s = (struct ping){ .interval = INT64_C(1000000000),
		.timeout = INT64_C(2000000000) };
}

/* "2", "0.5", "20ms", and hping3's "u500" */
static int interval(struct ping *s, struct args *a)
{
	char *end;

	s->interval_given = 1;
	if (*a->value != 'u')
		return args_seconds(a, &s->interval);
	s->interval = (int64_t)strtoull(a->value + 1, &end, 10) * 1000;
	if (end == a->value + 1 || *end || s->interval < 0) {
		usage(a->cmd, "`%s' is no number of microseconds, like u500",
		    a->value);
		return ARGS_BAD;
	}
	return 0;
}

static int every(struct ping *s, int64_t ns)
{
	s->interval = ns;
	s->interval_given = 1;
	return 0;
}

static int kind(struct ping *s, struct args *a, enum ping_kind k)
{
	if (s->kind != PING_AUTO && s->kind != k) {
		usage(a->cmd, "one kind of probe, please");
		return ARGS_BAD;
	}
	s->kind = k;
	return 0;
}

/* Flags add up, and make the probe a TCP one. */
static int flag(struct ping *s, struct args *a, const char *letter)
{
	if (!strstr(s->flag_letters, letter))
		strcat(s->flag_letters, letter);
	s->flags = s->flag_letters;
	return kind(s, a, PING_TCP);
}

static int destport(struct ping *s, struct args *a)
{
	uint64_t v;

	s->dport_step = (int)strspn(a->value, "+");
	if (s->dport_step > 2)
		s->dport_step = 2;
	a->value += s->dport_step;
	int e = args_count(a, 0, 65535, &v);
	if (e == 0)
		s->dport = (uint32_t)v;
	s->dport_given = 1;
	return e;
}

static int baseport(struct ping *s, struct args *a)
{
	uint64_t v;
	int e = args_count(a, 0, 65535, &v);

	if (e == 0)
		s->sport = (uint16_t)v;
	s->baseport_given = 1;
	return e;
}

static int number(struct args *a, const char **to)
{
	uint64_t v;

	*to = a->value;
	return args_count(a, 0, UINT32_MAX, &v);
}

static int field_value(struct ping *s, struct args *a, unsigned i)
{
	const struct ping_field *f = &ping_fields[i];
	struct pkw_addr addr;
	char *end;

	s->value[i] = a->value;
	if (f->id == 'C' || f->id == 'K') {
		if (kind(s, a, PING_ICMP) != 0)
			return ARGS_BAD;
	} else if (f->id == 'a' || f->id == F_GW || f->id == F_IPSRC ||
		   f->id == F_IPDST) {
		if (pkw_addr_parse(a->value, &addr) == 0 && addr.len != 6)
			return 0;
		usage(a->cmd, "`%s' is no address", a->value);
		return ARGS_BAD;
	} else if (f->hex) {
		if (strtoul(a->value, &end, 16) <= 255 && *a->value && !*end)
			return 0;
		usage(a->cmd, "`%s' is no byte in hexadecimal", a->value);
		return ARGS_BAD;
	}
	return number(a, &s->value[i]);
}

/* Those that are no more than a mark. */
static const struct {
	int id;
	size_t at;
} marks[] = {
	{ 'n', offsetof(struct ping, numeric) },
	{ 'q', offsetof(struct ping, quiet) },
	{ 'V', offsetof(struct ping, verbose) },
	{ 'D', offsetof(struct ping, debug) },
	{ 'z', offsetof(struct ping, bind_ttl) },
	{ 'W', offsetof(struct ping, winid) },
	{ 'r', offsetof(struct ping, relid) },
	{ 'f', offsetof(struct ping, frag) },
	{ 'x', offsetof(struct ping, more) },
	{ 'y', offsetof(struct ping, dont) },
	{ 'G', offsetof(struct ping, rroute) },
	{ 'k', offsetof(struct ping, keep) },
	{ 'Q', offsetof(struct ping, seqnum) },
	{ 'b', offsetof(struct ping, badsum) },
	{ 'u', offsetof(struct ping, end_of_file) },
	{ 'j', offsetof(struct ping, dump) },
	{ 'J', offsetof(struct ping, print) },
	{ 'T', offsetof(struct ping, traceroute) },
	{ OPT_BEEP, offsetof(struct ping, beep) },
	{ OPT_FLOOD, offsetof(struct ping, flood) },
	{ OPT_RAND_SOURCE, offsetof(struct ping, rand_source) },
	{ OPT_RAND_DEST, offsetof(struct ping, rand_dest) },
	{ OPT_FORCE_ICMP, offsetof(struct ping, force_icmp) },
	{ OPT_TCP_TS, offsetof(struct ping, tcp_ts) },
	{ OPT_TCPEXITCODE, offsetof(struct ping, exitcode) },
	{ OPT_TR_STOP, offsetof(struct ping, tr_stop) },
	{ OPT_TR_KEEP, offsetof(struct ping, tr_keep) },
	{ OPT_TR_NO_RTT, offsetof(struct ping, tr_no_rtt) },
	{ OPT_OWN, offsetof(struct ping, own) },
	{ OPT_DRY, offsetof(struct ping, dry) },
	{ OPT_JSON, offsetof(struct ping, json) },
	{ OPT_HISTOGRAM, offsetof(struct ping, histogram) },
};

static int *mark(struct ping *s, int id)
{
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (marks[i].id == id)
			return (int *)(void *)((char *)s + marks[i].at);
	return NULL;
}

/* ... and those that are no more than a word. */
static const struct {
	int id;
	size_t at;
} words[] = {
	{ 'i', offsetof(struct ping, iface) },
	{ 'e', offsetof(struct ping, sign) },
	{ 'E', offsetof(struct ping, file) },
	{ '9', offsetof(struct ping, listen) },
	{ OPT_LSRR, offsetof(struct ping, route) },
	{ OPT_SSRR, offsetof(struct ping, strict) },
	{ OPT_WITH, offsetof(struct ping, with) },
};

static const char **word(struct ping *s, int id)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].id == id)
			return (const char **)(void *)((char *)s + words[i].at);
	return NULL;
}

/* ... and kinds of probes. */
static const struct {
	int id;
	enum ping_kind kind;
} kinds[] = { { '0', PING_RAW }, { '1', PING_ICMP }, { '2', PING_UDP },
	{ OPT_TCP, PING_TCP }, { OPT_ARP, PING_ARP }, { OPT_ND, PING_ND } };

static int data_size(struct ping *s, struct args *a)
{
	s->data_given = 1;
	return args_count(a, 0, 65000, &s->data);
}

static int flags_given(struct ping *s, struct args *a)
{
	if (a->value[strspn(a->value, "FSRPAUECN0")]) {
		usage(a->cmd, "`%s' are no TCP flags: F S R P A U E C N",
		    a->value);
		return ARGS_BAD;
	}
	s->flags = strcmp(a->value, "0") == 0 ? "" : a->value;
	return kind(s, a, PING_TCP);
}

/* --icmp-ts and the like: a type by name. */
static int icmp_type(struct ping *s, struct args *a, const char *type)
{
	for (unsigned i = 0; ping_fields[i].id; i++)
		if (ping_fields[i].id == 'C')
			s->value[i] = type;
	return kind(s, a, PING_ICMP);
}

static int with_argument(struct ping *s, struct args *a, int id)
{
	switch (id) {
	case 'c':
		return args_count(a, 1, UINT32_MAX, &s->count);
	case 'd':
		return data_size(s, a);
	case 'm':
		return args_count(a, 8, 65535, &s->mtu);
	case 'p':
		return destport(s, a);
	case 's':
		return baseport(s, a);
	case OPT_INTERVAL:
		return interval(s, a);
	case OPT_TIMEOUT:
		return args_seconds(a, &s->timeout);
	case OPT_FLAGS:
		return flags_given(s, a);
	case OPT_TCP_MSS:
		return number(a, &s->mss);
	case OPT_MAX_PPS:
		return args_rate(a, &s->max_pps);
	case OPT_SEED:
		s->seed_given = 1;
		return args_count(a, 0, UINT64_MAX, &s->seed);
	}
	return 0;
}

static int without_argument(struct ping *s, struct args *a, int id)
{
	switch (id) {
	case 'Z':
		s->bind_ttl = s->bind_port = 0;
		return 0;
	case '4':
	case '6':
		s->family = id - '0';
		return 0;
	case OPT_FAST:
		return every(s, INT64_C(100000000));
	case OPT_FASTER:
		return every(s, INT64_C(10000000));
	case OPT_ICMP_TS:
		return icmp_type(s, a, "13");
	case OPT_ICMP_ADDR:
		return icmp_type(s, a, "17");
	}
	return 0;
}

int ping_option(struct ping *s, struct args *a, int id)
{
	static const char letters[] = "FSRPAUXY";
	static const char *const names[] = { "F", "S", "R", "P", "A", "U", "E",
		"C" };
	const char **w = word(s, id);
	int *m = mark(s, id);

	if (m)
		*m = 1;
	else if (w)
		*w = a->value;
	if (m || w)
		return 0;
	for (unsigned i = 0; ping_fields[i].id; i++)
		if (ping_fields[i].id == id)
			return field_value(s, a, i);
	for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].id == id)
			return kind(s, a, kinds[i].kind);
	if (id < OPT_LONG && strchr(letters, id))
		return flag(s, a, names[strchr(letters, id) - letters]);
	return a->value ? with_argument(s, a, id) : without_argument(s, a, id);
}
