/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that runs out.  Each scenario is run once to see how many times it
 * asks for memory and what comes out, and then with the first, second, third
 * ... of these refused.  Every time it must end in an error, or come out the
 * same (what was refused was a convenience); and nothing may stay allocated.
 *
 * The linker puts the functions below in the place of libc's (--wrap, see the
 * Makefile), in the library as well; other libraries keep theirs.
 */
#include "tap.h"

#include <pkw/build.h>
#include <pkw/capture.h>
#include <pkw/defrag.h>
#include <pkw/format.h>
#include <pkw/picture.h>
#include <pkw/registry.h>
#include <pkw/show.h>
#include <pkw/stream.h>
#include <pkw/text.h>
#include <pkw/tmpl.h>

#include <stdlib.h>
#include <unistd.h>

/* ---- the allocator ---- */

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t align, size_t n);
void __real_free(void *p);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void __wrap_free(void *p);
void *__wrap_aligned_alloc(size_t align, size_t n);
char *__wrap_strdup(const char *s);

static long asked, refuse, live; /* refuse: the number of the one, 0: none */

static int refused(void)
{
	return ++asked == refuse;
}

static void *counted(void *p)
{
	live += p != NULL;
	return p;
}

void *__wrap_malloc(size_t n)
{
	return refused() ? NULL : counted(__real_malloc(n));
}

void *__wrap_calloc(size_t n, size_t size)
{
	return refused() ? NULL : counted(__real_calloc(n, size));
}

void *__wrap_realloc(void *p, size_t n)
{
	if (refused())
		return NULL;
	return p ? __real_realloc(p, n) : counted(__real_malloc(n));
}

void *__wrap_aligned_alloc(size_t align, size_t n)
{
	return refused() ? NULL : counted(__real_aligned_alloc(align, n));
}

char *__wrap_strdup(const char *s)
{
	char *p = __wrap_malloc(strlen(s) + 1);

	return p ? strcpy(p, s) : NULL;
}

void __wrap_free(void *p)
{
	live -= p != NULL;
	__real_free(p);
}

/* ---- what comes out of a scenario ---- */

static uint64_t outcome;

static void note(const void *bytes, size_t n)
{
	for (const uint8_t *b = bytes; n-- > 0; b++)
		outcome = (outcome ^ *b) * UINT64_C(1099511628211);
}

static void note_packet(const struct pkw_pkt *p)
{
	note(pkw_bytes(p).p, pkw_bytes(p).len);
}

/* ---- scenarios: 0, or a negative error ---- */

/* A SYN with options, and a DNS answer whose names are compressed. */
static const uint8_t syn[] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45,
	0, 0, 60, 0x1c, 0x46, 0x40, 0, 0x40, 6, 0xb1, 0xe6, 172, 16, 10, 99,
	172, 16, 10, 12, 0x9c, 0x40, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0xa0, 2,
	0x72, 0x10, 0, 0, 0, 0, 2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0x9c, 0x27, 0x24,
	0, 0, 0, 0, 1, 3, 3, 7 };
static const uint8_t answer[] = { 0x45, 0, 0, 72, 0, 1, 0, 0, 64, 17, 0, 0, 192,
	0, 2, 1, 192, 0, 2, 2, 0, 53, 0x9c, 0x40, 0, 52, 0, 0, 0, 7, 0x81, 0x80,
	0, 1, 0, 1, 0, 0, 0, 0, 1, 'a', 2, 'x', 'y', 0, 0, 5, 0, 1, 0xc0, 12, 0,
	5, 0, 1, 0, 0, 0, 60, 0, 4, 1, 'b', 0xc0, 14 };
static const char craft[] =
    "Ether(src=\"02:00:00:00:00:01\",dst=\"02:00:00:00:00:02\")/"
    "IP(src=\"192.0.2.1\",dst=\"198.51.100.2\",options=[IPOption_RR()])/"
    "UDP(sport=53)/DNS(qd=DNSQR(qname=\"www.example.com\"),an=DNSRR("
    "rrname=\"www.example.com\",type=\"MX\",rdata=\"x\")/DNSRR(type=\"TXT\","
    "rdata=[\"some text\",\"more\"]))";

static int take_apart(const uint8_t *bytes, size_t n, unsigned link)
{
	struct pkw_pkt *p = pkw_pkt_new();
	const struct pkw_note *notes;

	if (!p)
		return -PKW_ENOMEM;
	pkw_dissect(p, pkw_link_proto(link), bytes, n, 0);
	pkw_notes(p, &notes);
	int r = pkw_pkt_err(p);
	for (int i = 0; pkw_node(p, i); i++)
		note(&pkw_node(p, i)->off, 2 * sizeof(uint32_t));
	note_packet(p);
	pkw_pkt_free(p);
	return r;
}

static int dissecting(void)
{
	int r = take_apart(syn, sizeof syn, 1);

	return r < 0 ? r : take_apart(answer, sizeof answer, 101);
}

static int editing(void)
{
	struct pkw_pkt *p = pkw_pkt_new(), *q = pkw_pkt_new();
	const struct pkw_proto *dns = pkw_proto_find("DNS");
	int r = -PKW_ENOMEM;

	if (!p || !q)
		goto out;
	pkw_dissect(p, pkw_link_proto(101), answer, sizeof answer, 0);
	int layer = pkw_layer_find(p, dns, 0);
	int root = pkw_root(p, layer), an = pkw_field_find(&dns->rec, "an");
	if (root < 0) {
		r = root;
		goto out;
	}
	pkw_list_add(p, root, (unsigned)an, 0, NULL);
	root = pkw_root(p, 0);
	pkw_field_set_raw(p, root,
	    (unsigned)pkw_field_named(p, root, "ttl"), "xyz", 3);
	pkw_push(p, pkw_proto_find("TCP"));
	pkw_push_raw(p, syn, sizeof syn);
	pkw_push_bytes(p, pkw_proto_find("Ether"), syn, sizeof syn);
	pkw_layer_cut(p, 5);
	r = pkw_seal(p, PKW_SEAL_PAD60 | PKW_SEAL_FCS);
	if (r == 0)
		r = pkw_pkt_copy(q, p);
	if (r == 0)
		note_packet(q);
out:
	pkw_pkt_free(p);
	pkw_pkt_free(q);
	return r;
}

static int parsing(void)
{
	struct pkw_diag d = { 0 };
	struct pkw_pkt *p = pkw_pkt_new();
	int r = p ? pkw_parse(p, craft, &d) : -PKW_ENOMEM;

	if (r == 0)
		note_packet(p);
	pkw_pkt_free(p);
	return r;
}

static int printing(void)
{
	struct pkw_printer *pr = pkw_printer_new(NULL);
	struct pkw_pkt *p = pkw_pkt_new();
	struct pkw_str s = PKW_STR_INIT;
	int r = -PKW_ENOMEM;

	if (!p || !pr)
		goto out;
	pkw_dissect(p, pkw_link_proto(101), answer, sizeof answer, 0);
	pkw_printer_opts(pr)->flags = PKW_PRINT_FIELDS | PKW_PRINT_SUMS;
	r = pkw_line(pr, p, NULL, &s);
	if (r == 0)
		r = pkw_json(pr, p, NULL, &s);
	if (r == 0)
		r = pkw_show(pr, p, NULL, &s);
	if (r == 0)
		r = pkw_hexdump(pr, p, &s);
	if (r == 0)
		r = s.err;
	if (r == 0)
		note(s.s, s.len);
out:
	pkw_str_free(&s);
	pkw_pkt_free(p);
	pkw_printer_free(pr);
	return r;
}

static int columns(void)
{
	struct pkw_diag d = { 0 };
	struct pkw_printer *pr = pkw_printer_new(NULL);
	struct pkw_pkt *p = pkw_pkt_new();
	struct pkw_columns *c =
	    pkw_columns_new("IP.src,DNS.an[0].rrname,line,len", &d);
	struct pkw_str s = PKW_STR_INIT;
	int r = -PKW_ENOMEM;

	if (!p || !pr || !c)
		goto out;
	pkw_dissect(p, pkw_link_proto(101), answer, sizeof answer, 0);
	r = pkw_csv_head(c, &s);
	if (r == 0)
		r = pkw_csv(pr, c, p, NULL, &s);
	if (r == 0)
		r = s.err;
	if (r == 0)
		note(s.s, s.len);
out:
	pkw_str_free(&s);
	pkw_columns_free(c);
	pkw_pkt_free(p);
	pkw_printer_free(pr);
	return r;
}

static int drawing(void)
{
	struct pkw_diag d = { 0 };
	struct pkw_printer *pr = pkw_printer_new(NULL);
	struct pkw_pkt *p = pkw_pkt_new();
	struct pkw_picture *svg = pkw_picture_new(PKW_PICTURE_SVG);
	struct pkw_picture *pdf = pkw_picture_new(PKW_PICTURE_PDF);
	struct pkw_str s = PKW_STR_INIT;
	int r = -PKW_ENOMEM;

	if (!p || !pr || !svg || !pdf)
		goto out;
	pkw_dissect(p, pkw_link_proto(101), answer, sizeof answer, 0);
	r = pkw_diagram(pr, p, &s);
	if (r == 0)
		r = pkw_picture_add(svg, pr, p, NULL);
	if (r == 0)
		r = pkw_picture_put(svg, &s);
	if (r == 0)
		r = pkw_picture_add(pdf, pr, p, NULL);
	if (r == 0)
		r = pkw_picture_put(pdf, &s);
	if (r == 0)
		r = pkw_sprintf(pr, p, NULL,
		    "%ttl% %IP.src% {DNS:%-9s,DNS.an[0].rrname%}", &s, &d);
	if (r == 0)
		r = pkw_hexdiff(syn, sizeof syn, answer, sizeof answer, 0, &s);
	if (r == 0)
		note(s.s, s.len);
out:
	pkw_str_free(&s);
	pkw_picture_free(svg);
	pkw_picture_free(pdf);
	pkw_pkt_free(p);
	pkw_printer_free(pr);
	return r;
}

static int expressing(void)
{
	struct pkw_pkt *p = pkw_pkt_new();
	struct pkw_str s = PKW_STR_INIT;
	int r = -PKW_ENOMEM;

	if (!p)
		return r;
	pkw_dissect(p, pkw_link_proto(1), syn, sizeof syn, 0);
	r = pkw_expression(p, &s);
	pkw_str_addc(&s, ' ');
	pkw_dissect(p, pkw_link_proto(101), answer, sizeof answer, 0);
	if (r == 0)
		r = pkw_expression(p, &s);
	if (r == 0)
		r = pkw_lua(p, &s);
	if (r == 0)
		r = s.err;
	if (r == 0)
		note(s.s, s.len);
	pkw_str_free(&s);
	pkw_pkt_free(p);
	return r;
}

static int edits(void)
{
	struct pkw_diag d = { 0 };
	struct pkw_edit *e = pkw_edit_new("IP.ttl=3; del UDP.chksum; "
	    "DNS.an[0].rrname=\"a.longer.name\"; DNS.qd=None", &d);
	struct pkw_pkt *p = pkw_pkt_new();
	int r = -PKW_ENOMEM;

	if (e && p) {
		pkw_dissect(p, pkw_link_proto(101), answer, sizeof answer, 0);
		r = pkw_edit_apply(e, p, &d);
		if (r > 0)
			note_packet(p);
	}
	pkw_edit_free(e);
	pkw_pkt_free(p);
	return r < 0 ? r : 0;
}

static int templates(void)
{
	struct pkw_diag d = { 0 };
	struct pkw_tmpl *t = pkw_tmpl_parse("IP(dst=\"10.0.0.0/30\","
	    "src=RandIP())/TCP(dport=[22,(80,82)],options=[(\"MSS\",[1,2])])/"
	    "fuzz(DNS(qd=DNSQR(qname=[\"a\",\"bb\"])))", &d);
	struct pkw_pkt *p = pkw_pkt_new();
	int r = t && p ? 1 : -PKW_ENOMEM;

	for (int i = 0; i < 40 && r > 0; i++) {
		r = pkw_tmpl_next(t, p);
		if (r > 0)
			note_packet(p);
	}
	pkw_tmpl_free(t);
	pkw_pkt_free(p);
	return r < 0 ? r : 0;
}

static struct pkw_pkt *parts[8];
static int nparts;

static int keep(void *arg, struct pkw_pkt *p)
{
	(void)arg;
	return nparts < 8 ? pkw_pkt_copy(parts[nparts++], p) : 0;
}

static int put_together(struct pkw_defrag *g)
{
	struct pkw_pkt *q;
	int r = 0;

	for (int i = nparts; i-- > 0 && r >= 0;) {
		q = parts[i];
		r = pkw_defrag_put(g, NULL, &q);
		if (r > 0)
			note_packet(q);
	}
	return r < 0 ? r : 0;
}

/* Cut up, and put together from the last to the first. */
static int fragments(void)
{
	struct pkw_defrag *g = pkw_defrag_new(NULL);
	struct pkw_pkt *p = pkw_pkt_new();
	int r = -PKW_ENOMEM, have = g && p;

	nparts = 0;
	for (int i = 0; i < 8; i++) {
		parts[i] = pkw_pkt_new();
		have = have && parts[i];
	}
	if (have)
		r = pkw_parse(p, "IP(src=\"10.0.0.1\",dst=\"10.0.0.2\",options=["
		    "IPOption_RR()])/UDP()/Raw(load=b\"0123456789abcdefghij"
		    "0123456789abcdefghij0123456789abcdefghij\")", NULL);
	if (r >= 0)
		r = pkw_seal(p, 0);
	if (r >= 0)
		r = pkw_fragment(p, &(struct pkw_fragment_opts){ .size = 16 },
		    keep, NULL);
	if (r >= 0)
		r = put_together(g);
	for (int i = 0; i < 8; i++)
		pkw_pkt_free(parts[i]);
	pkw_pkt_free(p);
	pkw_defrag_free(g);
	return r;
}

static int on_stream(void *arg, const struct pkw_stream_event *e)
{
	(void)arg;
	note(e->bytes, e->what == PKW_STREAM_DATA ? (size_t)e->len : 0);
	return 0;
}

/* Segments from the last to the first. */
static int streams(void)
{
	struct pkw_streams *t = pkw_streams_new(
	    &(struct pkw_streams_opts){ .on_event = on_stream });
	struct pkw_pkt *p = pkw_pkt_new();
	char text[128];
	int r = t && p ? 0 : -PKW_ENOMEM;

	for (int i = 0; i < 5 && r >= 0; i++) {
		snprintf(text, sizeof text,
		    "IP(src=\"10.0.0.1\",dst=\"10.0.0.2\")/TCP(seq=%d,"
		    "flags=\"%s\")/\"%s\"", i ? 1000 - i * 9 : 900,
		    i ? "A" : "S", i ? "123456789" : "");
		r = pkw_parse(p, text, NULL);
		if (r >= 0)
			r = pkw_seal(p, 0);
		if (r >= 0)
			r = pkw_streams_put(t, NULL, p);
	}
	if (t)
		pkw_streams_end(t);
	pkw_streams_free(t);
	pkw_pkt_free(p);
	return r < 0 ? r : 0;
}

static int tables(void)
{
	struct pkw_str s = PKW_STR_INIT;
	const struct pkw_proto *tcp = pkw_proto_find("TCP");

	pkw_ls("TCP", 0, &s);
	pkw_ls_proto(tcp, 0, &s);
	pkw_doc(tcp, PKW_DOC_TEXT, 0, &s);
	pkw_doc(tcp, PKW_DOC_MAN, 0, &s);
	pkw_check(tcp, &s);
	int r = s.err;
	if (r == 0)
		note(s.s, s.len);
	pkw_str_free(&s);
	return r;
}

/* A capture written, with an interface, and read again. */
static int capture(enum pkw_format format, unsigned flags)
{
	struct pkw_diag d = { 0 };
	struct pkw_writer_opts o = { .format = format, .flags = flags,
		.comment = "memory runs out" };
	uint8_t bytes[sizeof syn + PKW_FRAME_SLACK];
	char path[] = "/tmp/pkw-oom-XXXXXX";
	struct pkw_frame f = { .data = bytes, .caplen = sizeof syn,
		.len = sizeof syn, .link = 1, .comment = "one",
		.comment_len = 3 };
	int r = 0, closed = 0, fd = mkstemp(path);

	if (fd < 0)
		return -PKW_EIO;
	unlink(path);
	memcpy(bytes, syn, sizeof syn);
	struct pkw_writer *w = pkw_writer_open_fd(fd, "test", &o, &d);
	for (int i = 0; w && i < 3 && r == 0; i++)
		r = pkw_writer_put(w, &f, &d);
	if (w)
		closed = pkw_writer_close(w, &d);
	if (!w || r < 0 || closed < 0) {
		close(fd);
		return !w ? d.code : r < 0 ? r : closed;
	}
	lseek(fd, 0, SEEK_SET);
	struct pkw_reader *rd = pkw_reader_open_fd(fd, "test", 0, &d);
	r = rd ? 1 : d.code;
	while (r > 0 && (r = pkw_reader_next(rd, &f, &d)) > 0)
		note(f.data, f.caplen);
	if (rd)
		pkw_reader_close(rd);
	close(fd);
	return r;
}

static int pcap(void)
{
	return capture(PKW_FORMAT_PCAP, 0);
}

static int pcapng(void)
{
	return capture(PKW_FORMAT_PCAPNG, 0);
}

static int gzip(void)
{
	return capture(PKW_FORMAT_PCAPNG, PKW_WRITE_GZIP);
}

static int zstd(void)
{
	return capture(PKW_FORMAT_PCAP_NS, PKW_WRITE_ZSTD);
}

/* ---- */

enum { MOST = 5000 };

static void starve(const char *what, int (*scenario)(void))
{
	refuse = 0;
	scenario(); /* what is made once stays */
	asked = 0;
	long before = live;
	outcome = 0;
	int r = scenario();
	long n = asked;
	uint64_t good = outcome;
	if (!is_int(r, 0, what) || !ok(n > 0 && n < MOST,
	    "%s: asks for memory %ld times", what, n))
		return;
	is_int(live - before, 0, what);
	long leaks = 0, wrong = 0, errors = 0, first = 0;
	for (refuse = 1; refuse <= n; refuse++) {
		asked = 0;
		outcome = 0;
		before = live;
		r = scenario();
		leaks += live != before;
		errors += r < 0;
		wrong += (r == 0 && outcome != good) || r > 0;
		if (!first && (live != before || r > 0 ||
			(r == 0 && outcome != good)))
			first = refuse;
	}
	refuse = 0;
	ok(errors > 0, "%s: refusals are errors (%ld of %ld)", what, errors, n);
	ok(!leaks, "%s: nothing leaks", what);
	ok(!wrong, "%s: no wrong outcome", what);
	if (first)
		printf("# first with refusal %ld; %ld leak, %ld are wrong\n",
		    first, leaks, wrong);
}

int main(void)
{
	asked = 0;
	ok(pkw_proto_find("IP") != NULL, "the library starts");
	is_int(asked, 0, "without asking for memory, so that this cannot fail");
	starve("dissect", dissecting);
	starve("change", editing);
	starve("parse", parsing);
	starve("print", printing);
	starve("csv", columns);
	starve("drawing", drawing);
	starve("expression", expressing);
	starve("edit", edits);
	starve("template", templates);
	starve("fragments", fragments);
	starve("streams", streams);
	starve("tables", tables);
	starve("pcap", pcap);
	starve("pcapng", pcapng);
	starve("gzip", gzip);
	starve("zstd", zstd);
	return done();
}
