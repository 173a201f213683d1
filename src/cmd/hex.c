/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkw hex: dissects packets given as text.
 *
 * A line of digits (with or without blanks and colons) is a packet.  Lines that
 * begin with an offset, as tcpdump -x, xxd, hexdump -C and Wireshark print
 * them, continue a packet until the offset is 0 again; what stands behind the
 * bytes is not looked at.  Everything else is passed over.
 *
 * With --diff two packets are gathered, which may also be expressions, and
 * compared byte by byte.
 *
 * Unless told, the first layer is guessed: IP or IPv6 where the version and the
 * length fit, else Ethernet.
 */
#include "cmd/view.h"

#include <pkw/text.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

struct hex {
	struct view view;
	const struct pkw_proto *first; /* NULL: guess */
	struct pkw_pkt *p;
	struct pkw_str bytes;          /* of the packet being gathered */
	uint64_t packets;
	int diff;                      /* gather in .side, do not show */
	struct pkw_str side[2];
};

enum { OPT_DIFF = OPT_LONG };

static const struct opt opts[] = {
	{ 'L', "link", "LINK",
	    "first layer: ether, a LINKTYPE_ name or number, or a layer" },
	{ OPT_DIFF, "diff", NULL, "two packets aligned, what differs marked" },
	OPT_STOP
};

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const struct pkw_proto *guess(const uint8_t *b, size_t n)
{
	size_t total = n >= 4 ? (size_t)b[2] << 8 | b[3] : 0;
	size_t after = n >= 6 ? (size_t)b[4] << 8 | b[5] : 0;

	if (n >= 20 && b[0] >> 4 == 4 && (b[0] & 15) >= 5 && total <= n &&
	    total >= 20)
		return pkw_proto_find("IP");
	if (n >= 40 && b[0] >> 4 == 6 && after + 40 <= n)
		return pkw_proto_find("IPv6");
	return pkw_proto_find("Ether");
}

static void flush(struct hex *h)
{
	const uint8_t *b = (const uint8_t *)h->bytes.s;

	if (h->bytes.len == 0)
		return;
	h->packets++;
	if (h->diff) {
		if (h->packets <= 2)
			pkw_str_addn(&h->side[h->packets - 1], h->bytes.s,
			    h->bytes.len);
		pkw_str_clear(&h->bytes);
		return;
	}
	pkw_dissect(h->p, h->first ? h->first : guess(b, h->bytes.len), b,
	    h->bytes.len, 0);
	view_packet(&h->view, h->p, NULL);
	pkw_str_clear(&h->bytes);
}

/* An offset at the beginning of a line: 0x0010:  00000010  0010: */
static const char *offset(const char *s, unsigned long *value)
{
	char *end;
	const char *start = s;
	int prefix;

	s += strspn(s, " \t");
	prefix = s[0] == '0' && (s[1] | 0x20) == 'x';
	if (digit(*s) < 0)
		return NULL;
	*value = strtoul(s, &end, 16);
	size_t n = (size_t)(end - s);
	if (*end == ':' && (prefix || end[1] == ' '))
		return end + 1;
	if (n >= 4 && n <= 8 && strncmp(end, "  ", 2) == 0)
		return end;
	(void)start;
	return NULL;
}

/* Pairs of digits; stops at two blanks (then comes text) or anything else. */
static void take_pairs(struct hex *h, const char *s, int dump)
{
	s += strspn(s, " \t");
	for (;;) {
		if (digit(s[0]) >= 0 && digit(s[1]) >= 0) {
			pkw_str_addc(&h->bytes,
			    (char)(digit(s[0]) << 4 | digit(s[1])));
			s += 2;
		} else if (*s == ':' || *s == '-' ||
		    (*s == ' ' && (!dump || s[1] != ' ')) || *s == '\t') {
			s++;
		} else if (dump && s[0] == ' ' && s[1] == ' ' &&
		    digit(s[2]) >= 0 && digit(s[3]) >= 0 &&
		    (s[4] == ' ' || !s[4]) && h->bytes.len % 16 == 8) {
			s += 2; /* the gap in the middle of a row */
		} else {
			return;
		}
	}
}

static int is_hex(const char *s)
{
	size_t digits = 0;

	for (; *s; s++) {
		if (digit(*s) >= 0)
			digits++;
		else if (!strchr(" \t:-", *s))
			return 0;
	}
	return digits > 0 && digits % 2 == 0;
}

static void take_line(struct hex *h, const char *line)
{
	unsigned long at = 0;
	const char *bytes = offset(line, &at);

	if (bytes) {
		if (at == 0)
			flush(h);
		if (at == h->bytes.len)
			take_pairs(h, bytes, 1);
		return;
	}
	flush(h);
	if (is_hex(line)) {
		take_pairs(h, line, 0);
		flush(h);
	}
}

static int from_file(struct hex *h, const char *name)
{
	int pipe = strcmp(name, "-") == 0;
	FILE *f = pipe ? stdin : fopen(name, "r");
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	uint64_t before = h->packets;
	int status = STATUS_DONE;

	if (!f) {
		say("`%s' is neither an even number of hexadecimal digits nor "
		    "a file: %s",
		    name, strerror(errno));
		return STATUS_FAILED;
	}
	while (!stdout_gone && (n = getline(&line, &cap, f)) >= 0) {
		while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
			line[--n] = '\0';
		take_line(h, line);
	}
	flush(h);
	if (ferror(f)) {
		say("%s: %s", name, strerror(errno));
		status = STATUS_FAILED;
	} else if (h->packets == before) {
		say("%s: no line of hexadecimal digits in it", name);
		status = STATUS_FAILED;
	}
	free(line);
	if (!pipe)
		fclose(f);
	return status;
}

/* ether, RAW, 113, IP */
static int set_link(struct hex *h, const char *word)
{
	char *end;
	unsigned long n = strtoul(word, &end, 10);
	int number = strcasecmp(word, "ether") == 0 ? 1 : pkw_link_number(word);

	if (*word && !*end && n <= 0xffff)
		number = (int)n;
	if (number >= 0) {
		h->first = pkw_link_proto((unsigned)number);
		return 0;
	}
	h->first = pkw_proto_find(word);
	if (h->first)
		return 0;
	const char *near = pkw_proto_nearest(word);
	say("--link: `%s' is no link type and no layer%s%s%s", word,
	    near ? "; did you mean `" : "", near ? near : "",
	    near ? "'?" : "");
	return -1;
}

static int hex_all(struct hex *h, struct args *a)
{
	int status = view_begin(&h->view, VIEW_SHOW, PKW_PRINT_SUMS);

	h->p = pkw_pkt_new();
	if (status)
		return status;
	if (!h->p) {
		say("%s", pkw_strerror(PKW_ENOMEM));
		return STATUS_FAILED;
	}
	/* words of digits belong together: 45 00 00 1c ... */
	int words = 0;
	while (words < a->argc && is_hex(a->argv[words]))
		take_pairs(h, a->argv[words++], 0);
	flush(h);
	for (int i = words; i < a->argc; i++)
		if (from_file(h, a->argv[i]))
			status = STATUS_FAILED;
	if (h->bytes.err) {
		say("%s", pkw_strerror(h->bytes.err));
		status = STATUS_FAILED;
	}
	return status;
}

/* An operand of --diff: digits, a file, or else an expression. */
static int take_side(struct hex *h, const char *word)
{
	struct pkw_diag d;

	if (is_hex(word)) {
		take_pairs(h, word, 0);
		flush(h);
		return STATUS_DONE;
	}
	if (strcmp(word, "-") == 0 || access(word, F_OK) == 0)
		return from_file(h, word);
	if (pkw_parse(h->p, word, &d) < 0)
		return complain(&d, word);
	struct pkw_span b = pkw_bytes(h->p);
	pkw_str_addn(&h->bytes, (const char *)b.p, b.len);
	flush(h);
	return STATUS_DONE;
}

static int diff_all(struct hex *h, struct args *a)
{
	int status = view_begin(&h->view, VIEW_LINE, 0);

	h->p = pkw_pkt_new();
	if (status == STATUS_DONE && !h->p) {
		say("%s", pkw_strerror(PKW_ENOMEM));
		status = STATUS_FAILED;
	}
	for (int i = 0; i < a->argc && status == STATUS_DONE; i++)
		status = take_side(h, a->argv[i]);
	if (status != STATUS_DONE)
		return status;
	if (h->packets != 2) {
		say("--diff wants two packets, not %llu",
		    (unsigned long long)h->packets);
		return STATUS_USAGE;
	}
	pkw_hexdiff(h->side[0].s, h->side[0].len, h->side[1].s,
	    h->side[1].len, h->view.o.flags, &h->view.out);
	return STATUS_DONE;
}

static int run(struct args *a)
{
	struct hex h = { .packets = 0 };
	int id;

	while ((id = args_next(a)) != ARGS_END) {
		if (id == ARGS_BAD)
			return STATUS_USAGE;
		if (id == ARGS_HELP)
			return a->status;
		if (view_option(&h.view, a, id) < 0)
			return STATUS_USAGE;
		if (id == 'L' && set_link(&h, a->value) < 0)
			return STATUS_USAGE;
		if (id == OPT_DIFF)
			h.diff = 1;
	}
	if (a->argc == 0)
		return usage(a->cmd,
		    "hexadecimal digits are wanted, or a file (- is standard "
		    "input)");
	int status = h.diff ? diff_all(&h, a) : hex_all(&h, a);
	pkw_pkt_free(h.p);
	pkw_str_free(&h.bytes);
	pkw_str_free(&h.side[0]);
	pkw_str_free(&h.side[1]);
	if (view_end(&h.view))
		status = STATUS_FAILED;
	return status;
}

static const struct opt *const tables[] = { opts, view_opts, common_opts,
	NULL };
static const char *const examples[] = {
	"pkw hex 4500001c000100004001f6dcc6336401c0000201 08 00 f7 ff 00000000",
	"What these bytes mean",
	"tcpdump -xx -r old.pcap | pkw hex - --json",
	"Packets out of somebody's hexdump",
	"pkw hex dump.txt --link IPv6 --fields",
	"Each field with its bytes",
	"pkw hex --diff 'IP()/TCP(dport=80)' 'IP()/TCP(dport=443)'",
	"Where two packets differ",
	NULL
};

const struct command cmd_hex = {
	.name = "hex",
	.usage = "HEX...|FILE|- [--link LINK]",
	.brief = "Dissect hexadecimal digits or a hexdump",
	.operand = "FILE",
	.opts = tables,
	.examples = examples,
	.run = run,
};
