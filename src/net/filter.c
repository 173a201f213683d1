/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Filters: libpcap compiles the text, the kernel or libpcap's interpreter runs
 * the result.  A filter holds the text and one program for each link type it
 * met, since where things lie depends on it.
 *
 * In a socket the program sees less than the user does: the kernel has taken
 * the VLAN tag off, so "vlan 5" would never match and "ip" would match frames
 * which in a file it does not.  And on "any" there are frames without an
 * Ethernet header among the others.  A prologue therefore passes what the
 * program cannot judge,
 *
 *	ld   vlan_tag_present
 *	jeq  #0, program
 *	ret  #snaplen
 *
 * and the link asks again, with the frame as it will be lent.  A filter means
 * the same on a link and on a file.
 *
 * libpcap says what is wrong with a text and not where.  For a syntax error we
 * look: the first word after which no completion makes sense is the place.
 */
#include "net/filter.h"

#include <ctype.h>
#include <net/if_arp.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

enum { PROGRAMS = 8, SNAPLEN = 262144 };

struct program {
	unsigned link;
	int valid; /* 0: the text means nothing there */
	struct bpf_program code;
};

struct pkw_filter {
	char *text;
	uint32_t snaplen, netmask;
	unsigned n;
	struct program programs[PROGRAMS];
};

/* LINKTYPE_ numbers for which libpcap has another one inside. */
static int dlt_of(unsigned link)
{
	static const struct {
		uint16_t link, dlt;
	} odd[] = {
		{ 50, DLT_PPP_SERIAL },
		{ 51, DLT_PPP_ETHER },
		{ 100, DLT_ATM_RFC1483 },
		{ 101, DLT_RAW },
		{ 102, DLT_SLIP_BSDOS },
		{ 103, DLT_PPP_BSDOS },
		{ 106, DLT_ATM_CLIP },
	};

	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		if (odd[i].link == link)
			return odd[i].dlt;
	return (int)link;
}

/* 0, or -1 with libpcap's words in `why' (PCAP_ERRBUF_SIZE bytes). */
static int compile(const struct pkw_filter *f, const char *text, unsigned link,
    struct bpf_program *out, char *why)
{
	pcap_t *p = pcap_open_dead(dlt_of(link), (int)f->snaplen);
	int e = -1;

	if (!p) {
		strcpy(why, "out of memory");
		return -1;
	}
	e = pcap_compile(
	    p, out, text, 1, f->netmask ? f->netmask : PCAP_NETMASK_UNKNOWN);
	if (e < 0) {
		strncpy(why, pcap_geterr(p), PCAP_ERRBUF_SIZE - 1);
		why[PCAP_ERRBUF_SIZE - 1] = '\0';
	}
	pcap_close(p);
	return e;
}

/* Can the first n bytes of the text become a filter? */
static int viable(const struct pkw_filter *f, size_t n, unsigned link)
{
	static const char *const ends[] = { "", " 1", " 1.1.1.1",
		" 0:0:0:0:0:0", " ip", " tcp", " host 1.1.1.1", " port 1",
		" net 10.0.0.0/8", ")", " 1)", " 1.1.1.1)", " = 1", " 1 = 1",
		"1] = 1", " multicast", " proto 1" };
	char why[PCAP_ERRBUF_SIZE], *t = malloc(n + 32);
	struct bpf_program code;
	int yes = 0;

	if (!t)
		return 1;
	for (size_t i = 0; !yes && i < sizeof ends / sizeof *ends; i++) {
		memcpy(t, f->text, n);
		strcpy(t + n, ends[i]);
		if (compile(f, t, link, &code, why) == 0) {
			pcap_freecode(&code);
			yes = 1;
		}
	}
	free(t);
	return yes;
}

/* Where the word lies at which the text goes wrong, and its length. */
static size_t locate(const struct pkw_filter *f, unsigned link, size_t *len)
{
	const char *t = f->text;
	size_t at = 0, n = 0;

	for (size_t i = 0; t[i];) {
		while (isspace((unsigned char)t[i]))
			i++;
		if (!t[i])
			break;
		at = i;
		while (t[i] && !isspace((unsigned char)t[i]))
			i++;
		n = i - at;
		if (!viable(f, i, link))
			break;
	}
	*len = n;
	return at;
}

static int complain(const struct pkw_filter *f, unsigned link, const char *why,
    struct pkw_diag *d)
{
	static const char prefix[] = "can't parse filter expression: ";
	size_t at, len;

	if (!d)
		return -PKW_ESYNTAX;
	if (strncmp(why, prefix, sizeof prefix - 1) == 0)
		why += sizeof prefix - 1;
	if (!strstr(why, "syntax error"))
		return pkw_fail(
		    d, -PKW_ESYNTAX, "bad filter `%s': %s", f->text, why);
	at = locate(f, link, &len);
	pkw_fail(d, -PKW_ESYNTAX, "bad filter `%s': %s at `%.*s'", f->text, why,
	    (int)len, f->text + at);
	d->line = 1;
	d->column = (int)at + 1;
	return -PKW_ESYNTAX;
}

struct pkw_filter *pkw__filter_new(const char *text, unsigned link,
    uint32_t snaplen, uint32_t netmask, struct pkw_diag *d)
{
	char why[PCAP_ERRBUF_SIZE];
	struct pkw_filter *f = calloc(1, sizeof *f);

	if (!f || !(f->text = strdup(text ? text : ""))) {
		pkw_fail(d, -PKW_ENOMEM, "out of memory");
		free(f);
		return NULL;
	}
	f->snaplen = snaplen ? snaplen : SNAPLEN;
	f->netmask = netmask;
	if (!*f->text)
		return f;
	f->programs[0].link = link;
	if (compile(f, f->text, link, &f->programs[0].code, why) < 0) {
		complain(f, link, why, d);
		pkw_filter_free(f);
		return NULL;
	}
	f->programs[0].valid = 1;
	f->n = 1;
	return f;
}

struct pkw_filter *pkw_filter_new(
    const char *text, unsigned link, struct pkw_diag *d)
{
	return pkw__filter_new(text, link, 0, 0, d);
}

void pkw_filter_free(struct pkw_filter *f)
{
	if (!f)
		return;
	for (unsigned i = 0; i < f->n; i++)
		if (f->programs[i].valid)
			pcap_freecode(&f->programs[i].code);
	free(f->text);
	free(f);
}

/* The program for a link type, made when first met. */
static struct program *program_for(struct pkw_filter *f, unsigned link)
{
	char why[PCAP_ERRBUF_SIZE];
	struct program *p;

	for (unsigned i = 0; i < f->n; i++)
		if (f->programs[i].link == link)
			return &f->programs[i];
	if (f->n == PROGRAMS) { /* the youngest makes room */
		p = &f->programs[--f->n];
		if (p->valid)
			pcap_freecode(&p->code);
	}
	p = &f->programs[f->n++];
	p->link = link;
	p->valid = compile(f, f->text, link, &p->code, why) == 0;
	return p;
}

int pkw_filter_match(struct pkw_filter *f, const struct pkw_frame *fr)
{
	if (!*f->text)
		return 1;
	struct program *p = program_for(f, fr->link);
	if (!p->valid)
		return 0;
	struct pcap_pkthdr h = { .caplen = fr->caplen, .len = fr->len };
	return pcap_offline_filter(&p->code, &h, fr->data) != 0;
}

struct sock_filter *pkw__filter_kernel(
    const struct pkw_filter *f, int any, size_t *n)
{
	const struct sock_filter pass = BPF_STMT(BPF_RET | BPF_K, f->snaplen);
	const struct sock_filter other_kinds[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    (uint32_t)(SKF_AD_OFF + SKF_AD_HATYPE)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARPHRD_ETHER, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARPHRD_LOOPBACK, 1, 0),
		pass,
	};
	const struct sock_filter tagged[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    (uint32_t)(SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
		pass,
	};
	struct sock_filter *out, *at;

	*n = 0;
	if (!f->n && f->snaplen == SNAPLEN)
		return NULL;
	*n = 1;
	unsigned len = f->n ? f->programs[0].code.bf_len : 1;
	out = at = calloc(len + 8, sizeof *out);
	if (!out)
		return NULL;
	if (!f->n) {
		*at++ = pass;
	} else {
		if (any) {
			memcpy(at, other_kinds, sizeof other_kinds);
			at += sizeof other_kinds / sizeof *at;
		}
		memcpy(at, tagged, sizeof tagged);
		at += sizeof tagged / sizeof *at;
		/* libpcap's instruction is the kernel's by another name */
		memcpy(at, f->programs[0].code.bf_insns, len * sizeof *at);
		at += len;
	}
	*n = (size_t)(at - out);
	return out;
}
