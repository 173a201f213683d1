/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options of pkw ping.  Letters and long names are hping3's wherever they
 * do not clash with -i (interface) and -h; a script for it that uses the others
 * needs no change, and the personality (hping.c) shares the first table.  Those
 * that merely set a field are rows of `ping_fields'.
 */
#include "cmd/ping.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	F_GW = OPT_FIELD, F_IPVER, F_IPHLEN, F_IPLEN, F_IPID, F_IPPROTO,
	F_IPSRC, F_IPDST, F_SRCPORT, F_DSTPORT, F_CKSUM
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
	{ 0 }
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
	{ F_IPVER, "icmp-ipver", "N", "of the header an error quotes: version" },
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
static int *mark(struct ping *s, int id)
{
	switch (id) {
	case 'n': return &s->numeric;
	case 'q': return &s->quiet;
	case 'V': return &s->verbose;
	case 'D': return &s->debug;
	case 'z': return &s->bind_ttl;
	case 'W': return &s->winid;
	case 'r': return &s->relid;
	case 'f': return &s->frag;
	case 'x': return &s->more;
	case 'y': return &s->dont;
	case 'G': return &s->rroute;
	case 'k': return &s->keep;
	case 'Q': return &s->seqnum;
	case 'b': return &s->badsum;
	case 'u': return &s->end_of_file;
	case 'j': return &s->dump;
	case 'J': return &s->print;
	case 'T': return &s->traceroute;
	case OPT_BEEP: return &s->beep;
	case OPT_FLOOD: return &s->flood;
	case OPT_RAND_SOURCE: return &s->rand_source;
	case OPT_RAND_DEST: return &s->rand_dest;
	case OPT_FORCE_ICMP: return &s->force_icmp;
	case OPT_TCP_TS: return &s->tcp_ts;
	case OPT_TCPEXITCODE: return &s->exitcode;
	case OPT_TR_STOP: return &s->tr_stop;
	case OPT_TR_KEEP: return &s->tr_keep;
	case OPT_TR_NO_RTT: return &s->tr_no_rtt;
	case OPT_OWN: return &s->own;
	case OPT_DRY: return &s->dry;
	case OPT_JSON: return &s->json;
	case OPT_HISTOGRAM: return &s->histogram;
	}
	return NULL;
}

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

int ping_option(struct ping *s, struct args *a, int id)
{
	static const char letters[] = "FSRPAUXY";
	static const char *const names[] = { "F", "S", "R", "P", "A", "U",
		"E", "C" };
	int *m = mark(s, id);

	if (m) {
		*m = 1;
		return 0;
	}
	for (unsigned i = 0; ping_fields[i].id; i++)
		if (ping_fields[i].id == id)
			return field_value(s, a, i);
	if (id < OPT_LONG && strchr(letters, id))
		return flag(s, a, names[strchr(letters, id) - letters]);
	switch (id) {
	case 'c': return args_count(a, 1, UINT32_MAX, &s->count);
	case 'd': return data_size(s, a);
	case 'i': s->iface = a->value; return 0;
	case 'e': s->sign = a->value; return 0;
	case 'E': s->file = a->value; return 0;
	case 'm': return args_count(a, 8, 65535, &s->mtu);
	case 'p': return destport(s, a);
	case 's': return baseport(s, a);
	case 'Z': s->bind_ttl = s->bind_port = 0; return 0;
	case '0': return kind(s, a, PING_RAW);
	case '1': return kind(s, a, PING_ICMP);
	case '2': return kind(s, a, PING_UDP);
	case '4': s->family = 4; return 0;
	case '6': s->family = 6; return 0;
	case '9': s->listen = a->value; return 0;
	case OPT_FAST: return every(s, INT64_C(100000000));
	case OPT_FASTER: return every(s, INT64_C(10000000));
	case OPT_INTERVAL: return interval(s, a);
	case OPT_TIMEOUT: return args_seconds(a, &s->timeout);
	case OPT_LSRR: s->route = a->value; return 0;
	case OPT_SSRR: s->strict = a->value; return 0;
	case OPT_TCP: return kind(s, a, PING_TCP);
	case OPT_ARP: return kind(s, a, PING_ARP);
	case OPT_ND: return kind(s, a, PING_ND);
	case OPT_FLAGS: return flags_given(s, a);
	case OPT_TCP_MSS: return number(a, &s->mss);
	case OPT_WITH: s->with = a->value; return 0;
	case OPT_MAX_PPS: return args_rate(a, &s->max_pps);
	case OPT_SEED:
		s->seed_given = 1;
		return args_count(a, 0, UINT64_MAX, &s->seed);
	case OPT_ICMP_TS:
	case OPT_ICMP_ADDR:
		for (unsigned i = 0; ping_fields[i].id; i++)
			if (ping_fields[i].id == 'C')
				s->value[i] = id == OPT_ICMP_TS ? "13" : "17";
		return kind(s, a, PING_ICMP);
	}
	return 0;
}
