/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pcap and its variants, from bytes written by hand after
 * draft-ietf-opsawg-pcap and the layouts which libpcap and Wireshark read.
 */
#include "capture_bytes.h"
#include "tap.h"

static struct bytes f;

enum { T = 1700000000 }; /* s */

static void head(uint32_t magic, unsigned minor, uint32_t link, int big)
{
	memset(&f, 0, sizeof f);
	f.big = big;
	u32(&f, magic);
	u16(&f, 2);
	u16(&f, minor);
	u32(&f, 0);
	u32(&f, 0);
	u32(&f, 65535);
	u32(&f, link);
}

static void record(uint32_t s, uint32_t frac, uint32_t caplen, uint32_t len,
    size_t extra, unsigned k)
{
	u32(&f, s);
	u32(&f, frac);
	u32(&f, caplen);
	u32(&f, len);
	num(&f, 2, extra < 4 ? (int)extra : 4); /* interface */
	if (extra > 4)
		data(&f, 1, extra - 4);
	data(&f, k, caplen);
	mark(&f, 1);
}

static struct pkw_reader *open_bytes(uint8_t **mem, size_t n)
{
	struct pkw_diag d = { 0 };

	*mem = exact(f.b, n);
	struct pkw_reader *r = pkw_reader_open_mem(*mem, n, &d);
	if (!r)
		printf("# %s\n", d.text);
	return r;
}

/* Copies f through a writer that continues it: is the file the same? */
static void same_copy(const char *what)
{
	char name[64];
	uint8_t *mem;
	struct pkw_frame fr;
	struct pkw_reader *r = open_bytes(&mem, f.n);
	struct pkw_writer_opts o = { .source = r };
	struct pkw_writer *w = pkw_writer_open(temp_name(name, ""), &o, NULL);

	while (pkw_reader_next(r, &fr, NULL) > 0)
		pkw_writer_put(w, &fr, NULL);
	pkw_writer_close(w, NULL);
	pkw_reader_close(r);
	size_t n;
	uint8_t *copy = slurp(name, &n);
	is_mem(copy, n, f.b, f.n, what);
	free(copy);
	free(mem);
	unlink(name);
}

/* Three packets: T + frac, 60 of 60; T + 1 s, 0 of 9; T + 2 s, 4 of 1514. */
static void check_three(const char *what, int64_t frac_ns, uint16_t link)
{
	static const uint32_t caplen[] = { 60, 0, 4 }, len[] = { 60, 9, 1514 };
	static const uint8_t first[] = { 0x10, 0x11, 0x12, 0x13 };
	uint8_t *mem;
	struct pkw_frame fr;
	struct pkw_reader *r = open_bytes(&mem, f.n);
	int good = r != NULL;

	for (int i = 0; r && i < 3; i++) {
		good &= pkw_reader_next(r, &fr, NULL) == 1;
		good &= fr.caplen == caplen[i] && fr.len == len[i];
		good &= fr.ts_ns == (T + i) * INT64_C(1000000000) +
		    (i == 0 ? frac_ns : 0);
		good &= fr.link == link && fr.ifindex == 0 && !fr.options;
		good &= i == 1 || memcmp(fr.data, first, 4) == 0;
	}
	good &= r && pkw_reader_next(r, &fr, NULL) == 0;
	good &= r && pkw_reader_next(r, &fr, NULL) == 0;
	good &= r && pkw_reader_offset(r) == f.n;
	ok(good, "%s", what);
	pkw_reader_close(r);
	free(mem);
	same_copy(what);
}

static void three(uint32_t frac, size_t extra)
{
	record(T, frac, 60, 60, extra, 0x10);
	record(T + 1, 0, 0, 9, extra, 0);
	record(T + 2, 0, 4, 1514, extra, 0x10);
}

static void variants(void)
{
	static const struct {
		const char *what;
		uint32_t magic;
		size_t head, extra;
		uint32_t frac;
	} v[] = {
		{ "microseconds", 0xa1b2c3d4, 0, 0, 999999 },
		{ "nanoseconds", 0xa1b23c4d, 0, 0, 999999000 },
		{ "Kuznetzov's", 0xa1b2cd34, 0, 8, 999999 },
		{ "Kuznetzov's of SuSE 6.3", 0xa1b2cd34, 0, 12, 999999 },
		{ "Kuznetzov's of Red Hat 6.1", 0xa1b2c3d4, 0, 8, 999999 },
		{ "Nokia's", 0xa1b2c3d4, 0, 4, 999999 },
		{ "Navtel's", 0xa12b3c4d, 0, 0, 999999000 },
		{ "Mesquita's", 0xa1b234cd, 0, 0, 999999 },
		{ "a1b2c3cd", 0xa1b2c3cd, 0, 0, 999999 },
		{ "Ixia hardware", 0x1c0001ac, 4, 0, 999999000 },
		{ "Ixia software", 0x1c0001ab, 4, 0, 999999 },
	};
	char what[64];

	for (size_t i = 0; i < sizeof v / sizeof *v; i++)
		for (int big = 0; big < 2; big++) {
			head(v[i].magic, 4, 1, big);
			data(&f, 0, v[i].head);
			three(v[i].frac, v[i].extra);
			snprintf(what, sizeof what, "%s, %s-endian", v[i].what,
			    big ? "big" : "little");
			check_three(what, 999999000, 1);
		}
}

/* len before caplen up to version 2.2, either order in 2.3 */
static void old_versions(void)
{
	for (unsigned minor = 0; minor <= 3; minor++) {
		head(0xa1b2c3d4, minor, 1, 1);
		for (int i = 0; i < 3; i++) {
			static const uint32_t c[] = { 60, 0, 4 },
			    l[] = { 60, 9, 1514 };
			u32(&f, (uint32_t)(T + i));
			u32(&f, 0);
			u32(&f, l[i]);
			u32(&f, c[i]);
			data(&f, 0x10, c[i]);
		}
		check_three("lengths of version 2.0 to 2.3", 0, 1);
	}
	head(0xa1b2c3d4, 3, 1, 0);
	three(0, 0);
	check_three("version 2.3 with caplen first", 0, 1);
}

static void aix(void)
{
	head(0xa1b2c3d4, 2, 6, 1);
	u32(&f, 1);
	u32(&f, 5); /* nanoseconds */
	u32(&f, 4);
	u32(&f, 4);
	data(&f, 1, 4);
	uint8_t *mem;
	struct pkw_frame fr;
	struct pkw_reader *r = open_bytes(&mem, f.n);
	is_int(pkw_reader_next(r, &fr, NULL), 1, "AIX: a packet");
	is_int(fr.link, 1, "AIX: type 6 is Ethernet");
	is_int(fr.ts_ns, 1000000005, "AIX: nanoseconds");
	is_int(pkw_reader_format(r), PKW_FORMAT_PCAP_NS, "AIX: format");
	pkw_reader_close(r);
	free(mem);
}

static void kuznetzov_type(void)
{
	uint8_t *mem;
	struct pkw_frame fr;

	head(0xa1b2cd34, 4, 1, 0);
	u32(&f, 1);
	u32(&f, 0);
	u32(&f, 4);
	u32(&f, 4);
	u32(&f, 7);      /* interface */
	u16(&f, 0x0800); /* protocol */
	num(&f, 4, 1);   /* PACKET_OUTGOING */
	num(&f, 0, 1);
	data(&f, 1, 4);
	struct pkw_reader *r = open_bytes(&mem, f.n);
	is_int(pkw_reader_next(r, &fr, NULL), 1, "Kuznetzov: a packet");
	is_int(fr.flags, PKW_FRAME_OUT, "Kuznetzov: outgoing");
	pkw_reader_close(r);
	free(mem);
}

static void fcs(void)
{
	uint8_t *mem;
	struct pkw_frame fr;

	/* bit 26: the length is there; bits 28-31: two units of 16 bits */
	head(0xa1b2c3d4, 4, 1u << 26 | 2u << 28 | 1, 0);
	three(0, 0);
	struct pkw_reader *r = open_bytes(&mem, f.n);
	is_int(pkw_reader_iface(r, 0)->fcs, 4, "FCS of 4 bytes");
	ok(pkw_reader_iface(r, 1) == NULL, "pcap has one interface");
	pkw_reader_next(r, &fr, NULL);
	is_int(PKW_FRAME_FCS(fr.flags), 4, "FCS in a whole frame");
	pkw_reader_next(r, &fr, NULL);
	is_int(PKW_FRAME_FCS(fr.flags), 0, "no FCS in a cut one");
	pkw_reader_close(r);
	free(mem);
	same_copy("FCS length kept");
}

/* The outcome for the first n bytes of f: packets, and what ended them. */
static int outcome(size_t n, int *packets)
{
	uint8_t *mem = exact(f.b, n);
	struct pkw_diag d = { 0 };
	struct pkw_frame fr;
	struct pkw_reader *r = pkw_reader_open_mem(mem, n, &d);
	int e = d.code;

	*packets = 0;
	while (r && (e = pkw_reader_next(r, &fr, &d)) > 0)
		++*packets;
	if (r && e < 0 && pkw_reader_next(r, &fr, NULL) != e)
		e = 1; /* an error must stay */
	pkw_reader_close(r);
	free(mem);
	return e;
}

static void prefixes(void)
{
	for (int big = 0; big < 2; big++) {
		int good = 1, got;
		head(0xa1b2c3d4, 4, 1, big);
		three(5, 0);
		for (size_t n = 0; n <= f.n; n++) {
			int packets = 0, clean = n == 24, e = outcome(n, &got);
			for (int i = 0; i < 3; i++) {
				packets += f.ends[i] <= n;
				clean |= f.ends[i] == n;
			}
			good &= got == packets;
			good &= e == (n < 4 ? -PKW_EFORMAT
				     : clean ? 0 : -PKW_ETRUNC);
		}
		ok(good, "every prefix gives its whole packets");
	}
}

static void bad(void)
{
	int got;
	struct pkw_diag d;
	uint8_t *mem;
	struct pkw_frame fr;

	is_int((memset(&f, 0, sizeof f), f.n = 100, outcome(100, &got)),
	    -PKW_EFORMAT, "zeroes are no capture");
	head(0xa1b2c3d4, 5, 1, 0);
	is_int(outcome(f.n, &got), -PKW_EFORMAT, "version 2.5 is not known");
	head(0xa1b2c3d4, 4, 1, 0);
	three(0, 0);
	u32(&f, 1);
	u32(&f, 2);
	u32(&f, 262145);
	u32(&f, 262145);
	is_int(outcome(f.n, &got), -PKW_ELIMIT, "a length over the limit");
	is_int(got, 3, "... after what is whole");
	struct pkw_reader *r = open_bytes(&mem, f.n);
	while (pkw_reader_next(r, &fr, &d) > 0)
		;
	ok(strstr(d.text, "byte 136") != NULL, "the text says where: %s",
	    d.text);
	is_str(d.file, "memory", "and in what");
	pkw_reader_close(r);
	free(mem);
	r = open_bytes(&mem, f.n);
	is_int(pkw_reader_limit(r, 0), -PKW_ERANGE, "no limit of 0");
	is_int(pkw_reader_limit(r, (64 << 20) + 1), -PKW_ERANGE, "nor 64 MiB");
	is_int(pkw_reader_limit(r, 262145), 0, "one byte more is fine");
	int e;
	while ((e = pkw_reader_next(r, &fr, &d)) > 0)
		;
	is_int(e, -PKW_ETRUNC, "then the packet is only cut");
	pkw_reader_close(r);
	free(mem);
}

int main(void)
{
	variants();
	old_versions();
	aix();
	kuznetzov_type();
	fcs();
	prefixes();
	bad();
	return done();
}
