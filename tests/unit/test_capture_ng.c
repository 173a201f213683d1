/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading pcapng, from blocks written by hand after
 * draft-ietf-opsawg-pcapng, in both byte orders.
 */
#include "capture_bytes.h"
#include "tap.h"

static struct bytes f;
static uint8_t *mem;
static struct pkw_diag d;

static void fresh(int big)
{
	memset(&f, 0, sizeof f);
	section(&f, big);
}

static struct pkw_reader *open_bytes(void)
{
	free(mem);
	mem = exact(f.b, f.n);
	d = (struct pkw_diag){ 0 };
	return pkw_reader_open_mem(mem, f.n, &d);
}

/* Copies f through a writer that continues it: is the file the same? */
static void same_copy(const char *what)
{
	char name[64];
	struct pkw_frame fr;
	struct pkw_reader *r = open_bytes();
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
	unlink(name);
}

/* What ends the reading of f, whose packets are counted. */
static int outcome(int *packets)
{
	struct pkw_frame fr;
	struct pkw_reader *r = open_bytes();
	int e = d.code;

	*packets = 0;
	while (r && (e = pkw_reader_next(r, &fr, &d)) > 0)
		++*packets;
	if (r && e < 0 && pkw_reader_next(r, &fr, NULL) != e)
		e = 1; /* an error must stay */
	pkw_reader_close(r);
	return e;
}

static void full_iface(void)
{
	uint8_t resol = 9, fcs = 4;
	uint8_t offset[8] = { 0 };

	offset[f.big ? 7 : 0] = 10;
	begin(&f, 1);
	u16(&f, 113);
	u16(&f, 0);
	u32(&f, 96);
	option(&f, 2, "eth0", 4);
	option(&f, 3, "the uplink", 10);
	option(&f, 4, "\12\0\0\1\377\0\0\0", 8); /* address: not looked at */
	option(&f, 9, &resol, 1);
	option(&f, 13, &fcs, 1);
	option(&f, 14, offset, 8);
	option(&f, 0, NULL, 0);
	end(&f, 0);
}

static void interfaces(void)
{
	for (int big = 0; big < 2; big++) {
		struct pkw_frame fr;
		fresh(big);
		iface(&f, 1, 0);
		full_iface();
		packet(&f, 1, 5, 1, 64, 64);
		end(&f, 1);
		packet(&f, 0, 7, 1, 3, 9);
		end(&f, 1);
		struct pkw_reader *r = open_bytes();
		ok(pkw_reader_iface(r, 0)->link == 1 &&
		    pkw_reader_iface(r, 1)->link == 113 &&
		    !pkw_reader_iface(r, 2), "known at once");
		is_int(pkw_reader_next(r, &fr, &d), 1, "a packet");
		is_int(fr.link, 113, "link type of its interface");
		is_int(fr.ts_ns, 10000000005, "time with unit and offset");
		is_int(fr.flags, 4 << 5, "FCS of its interface");
		is_int(fr.ifindex, 1, "its number");
		const struct pkw_iface *i = pkw_reader_iface(r, 1);
		is_str(i->name, "eth0", "name");
		is_str(i->description, "the uplink", "description");
		is_int(i->snaplen, 96, "snaplen");
		is_int(i->tsresol, 9, "unit");
		is_int(i->tsoffset, 10, "offset");
		is_int(i->fcs, 4, "FCS");
		is_int(pkw_reader_iface(r, 0)->tsresol, 6, "the usual unit");
		ok(pkw_reader_iface(r, 2) == NULL, "no third");
		is_int(pkw_reader_next(r, &fr, &d), 1, "another packet");
		is_int(fr.ts_ns, 7000, "microseconds");
		ok(fr.caplen == 3 && fr.len == 9, "lengths");
		is_int(pkw_reader_format(r), PKW_FORMAT_PCAPNG, "format");
		is_int(pkw_reader_next(r, &fr, &d), 0, "the end");
		pkw_reader_close(r);
		same_copy("interfaces kept");
	}
}

/* Facts from exact fractions. */
static void clocks(void)
{
	static const struct {
		uint8_t resol;
		int64_t offset;
		uint64_t stamp;
		int64_t ns;
	} c[] = {
	{ 0x06, 0, UINT64_C(0x60a2418202240), INT64_C(1700000000123456000) },
	{ 0x09, 0, UINT64_C(0x17979cfe3d85cd15), INT64_C(1700000000123456789) },
	{ 0x03, 0, UINT64_C(0x18bcfe5687b), INT64_C(1700000000123000000) },
	{ 0x00, 0, UINT64_C(0x6553f100), INT64_C(1700000000000000000) },
	{ 0x0c, 0, UINT64_C(0x17979cfe3d85cd15), INT64_C(1700000000123456) },
	{ 0x12, 0, UINT64_C(0x17979cfe3d85cd15), INT64_C(1700000000) },
	{ 0x1c, 0, UINT64_C(0x8000000000000000), INT64_C(0) },
	{ 0x1d, 0, UINT64_C(0xffffffffffffffff), INT64_C(0) },
	{ 0x7f, 0, UINT64_C(0xffffffffffffffff), INT64_C(0) },
	{ 0x80, 0, UINT64_C(0x6553f100), INT64_C(1700000000000000000) },
	{ 0x8a, 0, UINT64_C(0x1954fc40201), INT64_C(1700000000500976562) },
	{ 0x94, 0, UINT64_C(0x6553f10000001), INT64_C(1700000000000000953) },
	{ 0x9e, 0, UINT64_C(0x1954fc4020000001), INT64_C(1700000000500000000) },
	{ 0xa0, 0, UINT64_C(0x6553f100ffffffff), INT64_C(1700000000999999999) },
	{ 0xa1, 0, UINT64_C(0xcaa7e201ffffffff), INT64_C(1700000000999999999) },
	{ 0xa2, 0, UINT64_C(0xffffffffffffffff), INT64_C(1073741823999999999) },
	{ 0xa8, 0, UINT64_C(0xffffffffffffffff), INT64_C(16777215999999999) },
	{ 0xc0, 0, UINT64_C(0xffffffffffffffff), INT64_C(999999999) },
	{ 0xda, 0, UINT64_C(0xffffffffffffffff), INT64_C(14) },
	{ 0xff, 0, UINT64_C(0xffffffffffffffff), INT64_C(0) },
	{ 0x06, 1000, UINT64_C(0x5), INT64_C(1000000005000) },
	{ 0x09, -5, UINT64_C(0x1), INT64_C(-4999999999) },
	{ 0x06, -1700000000, UINT64_C(0x1), INT64_C(-1699999999999999000) },
	};

	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct pkw_frame fr = { 0 };
		uint8_t offset[8];
		for (int k = 0; k < 8; k++)
			offset[k] = (uint8_t)((uint64_t)c[i].offset >> 8 * k);
		fresh(0);
		begin(&f, 1);
		u32(&f, 1);
		u32(&f, 0);
		option(&f, 9, &c[i].resol, 1);
		option(&f, 14, offset, 8);
		end(&f, 0);
		packet(&f, 0, c[i].stamp, 1, 4, 4);
		end(&f, 1);
		struct pkw_reader *r = open_bytes();
		pkw_reader_next(r, &fr, NULL);
		char what[32];
		snprintf(what, sizeof what, "time in unit %02x", c[i].resol);
		is_int(fr.ts_ns, c[i].ns, what);
		pkw_reader_close(r);
	}
}

static void packet_kinds(void)
{
	for (int big = 0; big < 2; big++) {
		struct pkw_frame fr;
		fresh(big);
		iface(&f, 1, 8);
		begin(&f, 3); /* simple: 8 of 20 */
		u32(&f, 20);
		data(&f, 1, 8);
		end(&f, 1);
		begin(&f, 3); /* simple: 5 of 5 and padding */
		u32(&f, 5);
		data(&f, 1, 8);
		end(&f, 1);
		begin(&f, 2); /* obsolete, with a count of drops */
		u16(&f, 0);
		u16(&f, 3);
		u32(&f, 0);
		u32(&f, 9);
		u32(&f, 4);
		u32(&f, 4);
		data(&f, 1, 4);
		option(&f, 1, "old", 3);
		end(&f, 1);
		begin(&f, 2); /* drops unknown */
		u32(&f, big ? 0x0000ffff : 0xffff0000);
		u32(&f, 0);
		u32(&f, 9);
		u32(&f, 0);
		u32(&f, 4);
		end(&f, 1);
		struct pkw_reader *r = open_bytes();
		is_int(pkw_reader_next(r, &fr, &d), 1, "simple packet");
		ok(fr.caplen == 8 && fr.len == 20, "cut by its snaplen");
		is_int(fr.flags, PKW_FRAME_NO_TIME, "without time");
		pkw_reader_next(r, &fr, &d);
		ok(fr.caplen == 5 && fr.len == 5 && fr.data[4] == 5, "padded");
		is_int(pkw_reader_next(r, &fr, &d), 1, "obsolete packet");
		ok(fr.ts_ns == 9000 && fr.dropped == 3 && fr.caplen == 4,
		    "its time and drops");
		ok(fr.comment_len == 3 && !memcmp(fr.comment, "old", 3),
		    "its comment");
		is_int(pkw_reader_next(r, &fr, &d), 1, "obsolete, empty");
		is_int(fr.dropped, 0, "unknown drops are none");
		is_int(pkw_reader_next(r, &fr, &d), 0, "the end");
		pkw_reader_close(r);
		same_copy("all kinds of packet kept");
	}
}

static void options(void)
{
	static const uint8_t value[2][4] = { { 5, 2, 1, 0 }, { 0, 1, 2, 5 } };
	static const uint8_t drops[2][8] = { { 7, 0, 0, 0, 1 },
		{ 0, 0, 0, 1, 0, 0, 0, 7 } };

	for (int big = 0; big < 2; big++) {
		struct pkw_frame fr;
		struct pkw_option o;
		uint32_t at = 0;
		fresh(big);
		iface(&f, 1, 0);
		packet(&f, 0, 1, 1, 4, 4);
		option(&f, 2, value[big], 4);
		option(&f, 1, "one", 3);
		option(&f, 1, "two\0x", 5);
		option(&f, 4, drops[big], 8);
		option(&f, 2988, "\0\0\1\2hello", 9);
		option(&f, 0, NULL, 0);
		u32(&f, 0); /* behind the end: not an option */
		end(&f, 1);
		packet(&f, 0, 1, 1, 4, 4);
		option(&f, 1, "cut\0", 4);
		u16(&f, 1);
		u16(&f, 100);
		end(&f, 1);
		struct pkw_reader *r = open_bytes();
		pkw_reader_next(r, &fr, &d);
		is_int(fr.flags & ~(uint32_t)PKW_FRAME_OPTIONS_BE, 0x10205,
		    "the flags as they stand");
		is_int((fr.flags & PKW_FRAME_OPTIONS_BE) != 0, big, "order");
		ok(fr.comment_len == 3 && !memcmp(fr.comment, "one", 3),
		    "the first comment");
		is_int(fr.dropped, UINT32_MAX, "more drops than 32 bits hold");
		static const uint16_t codes[] = { 2, 1, 1, 4, 2988 };
		static const uint16_t lens[] = { 4, 3, 5, 8, 9 };
		int good = 1;
		for (int i = 0; i < 5; i++) {
			good &= pkw_option_next(&fr, &at, &o) == 1;
			good &= o.code == codes[i] && o.len == lens[i];
		}
		ok(good && !memcmp(o.value + 4, "hello", 5), "five options");
		is_int(pkw_option_next(&fr, &at, &o), 0, "and no more");
		is_int(pkw_reader_next(r, &fr, &d), 1, "a faulty list");
		ok(fr.flags & PKW_FRAME_OPTIONS_BAD, "is marked");
		ok(fr.comment_len == 3 && !memcmp(fr.comment, "cut", 3),
		    "its good part is used, up to a NUL");
		at = 0;
		ok(pkw_option_next(&fr, &at, &o) && o.code == 1 &&
		    !pkw_option_next(&fr, &at, &o), "and nothing else");
		pkw_reader_close(r);
		same_copy("options kept, faulty ones too");
	}
}

struct seen { uint32_t types[16]; int n, stop; };

static int see(void *arg, const struct pkw_block *b)
{
	struct seen *s = arg;

	s->types[s->n++] = b->type;
	s->stop -= b->type == 0x0bad;
	if (b->big_endian != f.big ||
	    memcmp(b->bytes, f.b + (b->bytes - mem), b->len))
		return -PKW_EIO;
	return b->type == 0x0bad && s->stop >= 0 ? -PKW_EPERM : 0;
}

static void other_blocks(void)
{
	static const uint32_t types[] = { 0x0a0d0d0a, 1, 4, 10, 0x0bad, 5 };

	for (int big = 0; big < 2; big++) {
		struct pkw_frame fr;
		uint8_t v[3][8] = { { 0 } };
		for (int i = 0; i < 3; i++)
			v[i][big ? 7 : 0] = (uint8_t)(100 + i);
		fresh(big);
		iface(&f, 1, 0);
		begin(&f, 4); /* name resolution */
		u16(&f, 1);
		u16(&f, 8);
		add(&f, "\12\0\0\1abc", 8);
		u32(&f, 0);
		end(&f, 0);
		begin(&f, 10); /* secrets */
		u32(&f, 0x544c534b);
		u32(&f, 5);
		add(&f, "hello\0\0", 8);
		end(&f, 0);
		packet(&f, 0, 1, 1, 4, 4);
		end(&f, 1);
		begin(&f, 0x0bad); /* nobody's */
		end(&f, 0);
		begin(&f, 5); /* statistics */
		u32(&f, 0);
		u32(&f, 0);
		u32(&f, 1);
		option(&f, 4, v[0], 8);
		option(&f, 5, v[1], 8);
		option(&f, 7, v[2], 8);
		end(&f, 0);
		struct seen s = { .stop = 1 };
		struct pkw_reader *r = open_bytes();
		pkw_reader_on_block(r, see, &s);
		is_int(pkw_reader_next(r, &fr, &d), 1, "the packet");
		is_int(s.n, 4, "and the blocks before it");
		is_int(pkw_reader_next(r, &fr, &d), -PKW_EPERM,
		    "the callback's answer ends next()");
		is_int(pkw_reader_next(r, &fr, &d), 0, "but only once");
		is_mem(s.types, (size_t)s.n * 4, types, sizeof types,
		    "each in its place");
		const struct pkw_iface *i = pkw_reader_iface(r, 0);
		ok(i->received == 100 && i->dropped == 101 &&
		    i->os_dropped == 102, "statistics");
		pkw_reader_close(r);
		same_copy("all blocks kept");
	}
}

static void sections(void)
{
	struct pkw_frame fr;

	fresh(0);
	iface(&f, 1, 0);
	packet(&f, 0, 1000, 1, 4, 4);
	end(&f, 1);
	section(&f, 1);
	iface(&f, 101, 0);
	iface(&f, 113, 0);
	packet(&f, 1, 2000, 2, 8, 8);
	end(&f, 1);
	section(&f, 0);
	section(&f, 1);
	iface(&f, 12, 0);
	packet(&f, 0, 3000, 3, 12, 12);
	end(&f, 1);
	struct pkw_reader *r = open_bytes();
	pkw_reader_next(r, &fr, &d);
	ok(fr.link == 1 && fr.ts_ns == 1000000, "first section");
	is_int(pkw_reader_next(r, &fr, &d), 1, "second, of other byte order");
	ok(fr.link == 113 && fr.ts_ns == 2000000 && fr.caplen == 8 &&
	    fr.ifindex == 1, "its numbers");
	is_int(pkw_reader_next(r, &fr, &d), 1, "fourth");
	ok(fr.link == 12 && fr.ifindex == 0, "counts its own interfaces");
	ok(pkw_reader_iface(r, 1) == NULL, "and only those");
	is_int(pkw_reader_next(r, &fr, &d), 0, "the end");
	pkw_reader_close(r);
	same_copy("sections kept");
}

static void prefixes(void)
{
	for (int big = 0; big < 2; big++) {
		int good = 1, got;
		fresh(big);
		iface(&f, 1, 0);
		packet(&f, 0, 1, 1, 5, 5);
		option(&f, 1, "x", 1);
		end(&f, 1);
		begin(&f, 77);
		end(&f, 0);
		begin(&f, 3);
		u32(&f, 2);
		u32(&f, 0);
		end(&f, 1);
		section(&f, !big);
		size_t all = f.n;
		for (f.n = 0; f.n <= all; f.n++) {
			int packets = 0, clean = 0, e = outcome(&got);
			for (int i = 0; i < f.n_ends; i++) {
				packets += f.is_packet[i] && f.ends[i] <= f.n;
				clean |= f.ends[i] == f.n;
			}
			good &= got == packets;
			good &= e == (f.n < 4 ? -PKW_EFORMAT
				      : clean ? 0 : -PKW_ETRUNC);
		}
		ok(good, "every prefix gives its whole packets");
	}
}

/* One good packet, then a block with this first word and these lengths. */
static void bad_block(const char *what, uint32_t type, uint32_t len,
    uint32_t len2, int code)
{
	int got;

	fresh(0);
	iface(&f, 1, 0);
	packet(&f, 0, 1, 1, 4, 4);
	end(&f, 1);
	size_t at = f.n;
	begin(&f, type);
	memset(f.b + f.n, 0xff, 64);
	f.n = at + 4;
	u32(&f, len);
	f.n = at + (len < 8 ? 8 : len < 64 ? len : 64) - 4;
	u32(&f, len2);
	f.n = at + 64;
	is_int(outcome(&got), code, what);
	is_int(got, 1, "... after what is whole");
	char where[32];
	snprintf(where, sizeof where, "byte %zu", at);
	ok(strstr(d.text, where) != NULL, "... and says where: %s", d.text);
}

static void bad(void)
{
	int got;

	bad_block("length under 12", 99, 8, 8, -PKW_EFORMAT);
	bad_block("length of 0", 6, 0, 0, -PKW_EFORMAT);
	bad_block("length no multiple of 4", 99, 30, 30, -PKW_EFORMAT);
	bad_block("lengths that differ", 99, 32, 28, -PKW_EFORMAT);
	bad_block("length of almost 4 GiB", 99, 0xfffffffc, 0, -PKW_ELIMIT);
	bad_block("that of a packet", 6, 0xfffffffc, 0, -PKW_ELIMIT);
	bad_block("a packet of 4 GiB", 6, 64, 64, -PKW_ELIMIT);
	bad_block("too short for a packet", 6, 28, 28, -PKW_EFORMAT);
	bad_block("too short for an interface", 1, 16, 16, -PKW_EFORMAT);
	bad_block("a section without magic", 0x0a0d0d0a, 28, 28,
	    -PKW_EFORMAT);
	bad_block("a huge unknown block, not there", 99, 60 << 20, 0,
	    -PKW_ETRUNC);

	fresh(0);
	packet(&f, 0, 1, 1, 4, 4);
	end(&f, 1);
	is_int(outcome(&got), -PKW_EFORMAT, "an interface never described");
	fresh(0);
	iface(&f, 1, 0);
	packet(&f, 0, 1, 1, 8, 8);
	end(&f, 1);
	f.b[f.ends[1] + 20] = 9;
	is_int(outcome(&got), -PKW_EFORMAT, "a packet over its block");
	fresh(0);
	f.b[12] = 2;
	is_int(outcome(&got), -PKW_EFORMAT, "a section of version 2");
	fresh(0);
	f.b[8] = 0;
	is_int(outcome(&got), -PKW_EFORMAT, "no byte-order magic at all");
}

/* No more interfaces than can be remembered. */
static void many_ifaces(void)
{
	size_t n = 28 + 65537 * 20;
	uint8_t *p = calloc(1, n + PKW_FRAME_SLACK);
	struct pkw_frame fr;

	fresh(0);
	iface(&f, 1, 0);
	memcpy(p, f.b, 28);
	for (size_t i = 0; i < 65537; i++)
		memcpy(p + 28 + 20 * i, f.b + 28, 20);
	struct pkw_reader *r = pkw_reader_open_mem(p, n, &d);
	is_int(pkw_reader_next(r, &fr, &d), -PKW_ELIMIT, "65537 interfaces");
	ok(pkw_reader_iface(r, 65535) != NULL, "65536 are fine");
	pkw_reader_close(r);
	free(p);
}

int main(void)
{
	interfaces();
	clocks();
	packet_kinds();
	options();
	other_blocks();
	sections();
	prefixes();
	bad();
	many_ifaces();
	free(mem);
	return done();
}
