/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing captures: every byte of small files against bytes written by hand
 * after the two drafts, copies that must keep what they do not change, refusals
 * and full disks.
 */
#include "capture_bytes.h"
#include "tap.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static struct bytes f; /* what goes in */
static struct bytes g; /* what should come out */
static struct pkw_diag d;
static uint8_t *mem;
static char name[64];
static uint8_t payload[65536 * 8];

static struct pkw_frame frame(int64_t ts_ns, uint16_t link, uint32_t ifindex,
    unsigned k, uint32_t caplen)
{
	static uint8_t buf[256];

	for (uint32_t i = 0; i < caplen && i < sizeof buf; i++)
		buf[i] = (uint8_t)(k + i);
	return (struct pkw_frame){ .data = buf, .caplen = caplen,
		.len = caplen, .ts_ns = ts_ns, .link = link,
		.ifindex = ifindex };
}

static struct pkw_writer *create(const char *suffix,
    const struct pkw_writer_opts *o)
{
	d = (struct pkw_diag){ 0 };
	struct pkw_writer *w = pkw_writer_open(temp_name(name, suffix), o, &d);
	if (!w)
		printf("# %s: %s\n", d.file, d.text);
	return w;
}

static void put(struct pkw_writer *w, struct pkw_frame fr)
{
	if (pkw_writer_put(w, &fr, &d) < 0)
		ok(0, "put: %s", d.text);
}

/* The file is what g says, up to here. */
static void is_file(const char *what)
{
	size_t n;
	uint8_t *p = slurp(name, &n);

	is_mem(p, n, g.b, g.n, what);
	free(p);
}

static void close_is(struct pkw_writer *w, const char *what)
{
	if (pkw_writer_close(w, &d) < 0)
		ok(0, "close: %s", d.text);
	is_file(what);
	unlink(name);
}

static struct pkw_reader *open_bytes(void)
{
	free(mem);
	mem = exact(f.b, f.n);
	return pkw_reader_open_mem(mem, f.n, &d);
}

static void pcap_head(uint32_t magic, uint32_t snaplen, uint32_t link)
{
	memset(&g, 0, sizeof g);
	u32(&g, magic);
	u16(&g, 2);
	u16(&g, 4);
	u32(&g, 0);
	u32(&g, 0);
	u32(&g, snaplen);
	u32(&g, link);
}

static void pcap_record(struct bytes *b, uint32_t s, uint32_t frac, unsigned k,
    uint32_t caplen, uint32_t len)
{
	u32(b, s);
	u32(b, frac);
	u32(b, caplen);
	u32(b, len);
	data(b, k, caplen);
}

static void plain_pcap(void)
{
	struct pkw_writer *w = create(".pcap", NULL);

	put(w, frame(1999999999, 1, 3, 1, 60));
	put(w, frame(1000000000, 1, 9, 2, 0));
	put(w, frame(INT64_C(4294967295999999999), 1, 0, 3, 7));
	pcap_head(0xa1b2c3d4, 262144, 1);
	is_file("the header is there at once");
	pcap_record(&g, 1, 999999, 1, 60, 60);
	pcap_record(&g, 1, 0, 0, 0, 0);
	pcap_record(&g, 4294967295, 999999, 3, 7, 7);
	is_int(pkw_writer_flush(w, &d), 0, "flush");
	is_file("the packets after a flush");
	close_is(w, "pcap with microseconds");

	w = create("", &(struct pkw_writer_opts){
	    .format = PKW_FORMAT_PCAP_NS });
	struct pkw_iface i = { .link = 113, .snaplen = 96, .fcs = 4 };
	is_int(pkw_writer_iface(w, &i, &d), 0, "an interface for pcap");
	pcap_head(0xa1b23c4d, 96, 113 | 1u << 26 | 2u << 28);
	is_file("its header at once");
	struct pkw_frame fr = frame(1999999999, 113, 0, 1, 60);
	fr.len = 1514;
	put(w, fr);
	pcap_record(&g, 1, 999999999, 1, 60, 1514);
	close_is(w, "pcap with nanoseconds, snaplen and FCS");

	w = create(".pcap", NULL);
	pcap_head(0xa1b2c3d4, 262144, 1);
	close_is(w, "a pcap file without packets");
}

static void refusals(void)
{
	struct pkw_writer *w = create(".pcap", NULL);
	uint64_t written, lost;

	put(w, frame(5000, 1, 0, 1, 4));
	struct pkw_frame fr = frame(-1, 1, 0, 1, 4);
	is_int(pkw_writer_put(w, &fr, &d), -PKW_ERANGE, "before 1970");
	ok(strstr(d.text, "1970") != NULL, "says so: %s", d.text);
	is_str(d.file, name, "and names the file");
	fr = frame(INT64_C(4294967296000000000), 1, 0, 1, 4);
	is_int(pkw_writer_put(w, &fr, &d), -PKW_ERANGE, "after 2106");
	fr = frame(5000, 101, 0, 1, 4);
	is_int(pkw_writer_put(w, &fr, &d), -PKW_ETYPE, "another link type");
	ok(strstr(d.text, "pcapng") != NULL, "says what to do: %s", d.text);
	fr = frame(5000, 1, 0, 1, 4);
	fr.caplen = (64 << 20) + 1;
	is_int(pkw_writer_put(w, &fr, &d), -PKW_EMSGSIZE, "over 64 MiB");
	struct pkw_iface i = { .link = 101 };
	is_int(pkw_writer_iface(w, &i, &d), -PKW_ETYPE, "another interface");
	put(w, frame(5000, 1, 0, 1, 4));
	pkw_writer_counts(w, &written, &lost);
	ok(written == 2 && lost == 0, "refused frames are not lost ones");
	pcap_head(0xa1b2c3d4, 262144, 1);
	pcap_record(&g, 0, 5, 1, 4, 4);
	pcap_record(&g, 0, 5, 1, 4, 4);
	close_is(w, "and leave no trace");

	w = create(".pcapng", NULL);
	for (uint32_t k = 0; k < 4096; k++)
		put(w, frame(5000, 1, k + 7, 1, 4));
	fr = frame(5000, 1, 5000, 1, 4);
	is_int(pkw_writer_put(w, &fr, &d), -PKW_ELIMIT, "one interface more");
	put(w, frame(5000, 1, 8, 1, 4));
	is_int(pkw_writer_close(w, &d), 0, "is refused alone");
	unlink(name);

	ok(!pkw_writer_open("/nonexistent/x", NULL, &d), "no such directory");
	is_int(d.code, -PKW_ENOENT, "says so");
	is_str(d.file, "/nonexistent/x", "and where");
	ok(!pkw_writer_open("/tmp", NULL, &d), "a directory: %s", d.text);
	ok(!pkw_writer_open(temp_name(name, ".gz"),
	    &(struct pkw_writer_opts){ .level = 77 }, &d),
	    "no such level: %s", d.text);
	is_int(d.code, -PKW_EINVAL, "an invalid argument");
	unlink(name);
}

static void ng_section(const char *app)
{
	memset(&g, 0, sizeof g);
	begin(&g, 0x0a0d0d0a);
	u32(&g, 0x1a2b3c4d);
	u16(&g, 1);
	u16(&g, 0);
	num(&g, UINT64_MAX, 8);
	if (app) {
		option(&g, 1, "a comment", 9);
		option(&g, 2, "a machine", 9);
		option(&g, 3, "Linux", 5);
		option(&g, 4, app, strlen(app));
		option(&g, 0, NULL, 0);
	}
	end(&g, 0);
}

static void ng_iface(unsigned link, uint32_t snaplen, const char *iname,
    uint8_t resol)
{
	begin(&g, 1);
	u16(&g, link);
	u16(&g, 0);
	u32(&g, snaplen);
	if (*iname)
		option(&g, 2, iname, strlen(iname));
	option(&g, 9, &resol, 1);
	option(&g, 0, NULL, 0);
	end(&g, 0);
}

static void pcapng(void)
{
	struct pkw_writer_opts o = { .app = "pkw", .os = "Linux",
		.hardware = "a machine", .comment = "a comment" };
	struct pkw_writer *w = create(".pcapng", &o);
	struct pkw_iface eth = { .link = 1, .name = "eth0", .snaplen = 96 };
	struct pkw_iface raw = { .link = 101, .name = "tun0", .tsresol = 6 };
	static const char comment[] = "hi";

	ng_section("pkw");
	is_file("the section's header at once");
	is_int(pkw_writer_iface(w, &eth, &d), 0, "first interface");
	is_int(pkw_writer_iface(w, &raw, &d), 1, "second interface");
	struct pkw_frame fr = frame(1234567890123456789, 1, 0, 1, 5);
	fr.len = 9;
	put(w, fr);
	fr = frame(2000, 101, 1, 1, 4);
	fr.comment = comment;
	fr.comment_len = 2;
	fr.flags = PKW_FRAME_OUT | PKW_FRAME_OPTIONS_BE;
	fr.dropped = 7;
	put(w, fr);
	put(w, frame(3000, 1, 5, 1, 4)); /* nobody's number */
	put(w, frame(3000, 1, 5, 1, 4)); /* known by now */
	put(w, frame(3000, 1, 1, 1, 4)); /* a number of another link type */
	fr = frame(0, 1, 0, 1, 4);
	fr.flags = PKW_FRAME_NO_TIME;
	put(w, fr);
	fr.len = 5;
	put(w, fr);
	pkw_writer_stats(w, 0, 10, 3, 1);
	is_int(pkw_writer_stats(w, 77, 1, 1, 1), -PKW_EINVAL, "no such one");

	ng_iface(1, 96, "eth0", 9);
	ng_iface(101, 0, "tun0", 6);
	packet(&g, 0, 1234567890123456789, 1, 5, 9);
	end(&g, 1);
	packet(&g, 1, 2, 1, 4, 4);
	option(&g, 1, "hi", 2);
	option(&g, 2, "\2\0\0\0", 4);
	option(&g, 4, "\7\0\0\0\0\0\0\0", 8);
	option(&g, 0, NULL, 0);
	end(&g, 1);
	ng_iface(1, 0, "", 9);
	for (int i = 0; i < 2; i++) {
		packet(&g, 2, 3000, 1, 4, 4);
		end(&g, 1);
	}
	ng_iface(1, 0, "", 9);
	packet(&g, 3, 3000, 1, 4, 4);
	end(&g, 1);
	begin(&g, 3);
	u32(&g, 4);
	data(&g, 1, 4);
	end(&g, 1);
	packet(&g, 0, 0, 1, 4, 5);
	end(&g, 1);
	begin(&g, 5);
	u32(&g, 0);
	num(&g, 0, 8); /* when the last packet came */
	option(&g, 4, "\12\0\0\0\0\0\0\0", 8);
	option(&g, 5, "\3\0\0\0\0\0\0\0", 8);
	option(&g, 7, "\1\0\0\0\0\0\0\0", 8);
	option(&g, 0, NULL, 0);
	end(&g, 0);
	close_is(w, "pcapng");

	w = create(".ntar", NULL);
	ng_section(NULL);
	close_is(w, "a pcapng file without packets");
}

/* In: an interface in units of 2^-20 s, a packet with options, a second one. */
static void ng_source(int big)
{
	static const uint8_t flags[2][4] = { { 1 }, { 0, 0, 0, 1 } };
	static const uint8_t queue[2][4] = { { 3 }, { 0, 0, 0, 3 } };

	memset(&f, 0, sizeof f);
	section(&f, big);
	begin(&f, 1);
	u16(&f, 1);
	u16(&f, 0);
	u32(&f, 0);
	option(&f, 9, "\x94", 1);
	end(&f, 0);
	packet(&f, 0, 1048577, 1, 4, 4);
	option(&f, 1, "one", 3);
	option(&f, 6, queue[big], 4);
	option(&f, 1, "two", 3);
	option(&f, 2, flags[big], 4);
	end(&f, 1);
	packet(&f, 0, 2097155, 9, 8, 8);
	end(&f, 1);
	begin(&f, 77);
	end(&f, 0);
}

/* A changed frame is written in the source's own terms. */
static void ng_changed(void)
{
	static const char mine[] = "mine";
	struct pkw_frame fr;

	for (int big = 0; big < 2; big++) {
		ng_source(big);
		struct pkw_reader *r = open_bytes();
		struct pkw_writer *w = create("",
		    &(struct pkw_writer_opts){ .source = r });
		pkw_reader_next(r, &fr, &d);
		fr.data[0] = 0x55; /* in place */
		put(w, fr);
		fr.len = 5;
		put(w, fr);
		fr.comment = mine;
		fr.comment_len = 4;
		fr.flags |= PKW_FRAME_OUT;
		fr.flags &= ~(uint32_t)PKW_FRAME_IN;
		put(w, fr);
		pkw_reader_next(r, &fr, &d);
		fr.caplen = 3;
		put(w, fr);
		pkw_reader_next(r, &fr, &d);
		pkw_reader_close(r);

		g = f;
		g.n = f.ends[2];
		g.b[f.ends[1] + 28] = 0x55;
		packet(&g, 0, 1048577, 1, 4, 5);
		g.b[g.n - 4] = 0x55;
		add(&g, f.b + f.ends[1] + 32, 32);
		option(&g, 0, NULL, 0);
		end(&g, 1);
		packet(&g, 0, 1048577, 1, 4, 5);
		g.b[g.n - 4] = 0x55;
		option(&g, 1, "mine", 4);
		add(&g, f.b + f.ends[1] + 40, 8);
		option(&g, 2, big ? "\0\0\0\2" : "\2\0\0\0", 4);
		option(&g, 0, NULL, 0);
		end(&g, 1);
		packet(&g, 0, 2097155, 9, 3, 8);
		end(&g, 1);
		begin(&g, 77);
		end(&g, 0);
		close_is(w, "changed frames among the others");
	}
}

/* The other byte order turns options round. */
static void ng_turned(void)
{
	struct pkw_frame fr;

	ng_source(1);
	struct pkw_reader *r = open_bytes();
	struct pkw_writer *w = create("", &(struct pkw_writer_opts){
	    .format = PKW_FORMAT_PCAPNG });
	pkw_reader_next(r, &fr, &d);
	put(w, fr);
	pkw_reader_close(r);
	ng_section(NULL);
	ng_iface(1, 0, "", 9);
	packet(&g, 0, 1000000953, 1, 4, 4);
	option(&g, 1, "one", 3);
	option(&g, 6, "\3\0\0\0", 4);
	option(&g, 1, "two", 3);
	option(&g, 2, "\1\0\0\0", 4);
	option(&g, 0, NULL, 0);
	end(&g, 1);
	close_is(w, "options of the other byte order");
}

static void convert(void)
{
	struct pkw_frame fr;

	ng_source(1);
	struct pkw_reader *r = open_bytes();
	struct pkw_writer *w = create("", &(struct pkw_writer_opts){
	    .source = r, .format = PKW_FORMAT_PCAP_NS });
	while (pkw_reader_next(r, &fr, &d) > 0)
		put(w, fr);
	pkw_reader_close(r);
	pcap_head(0xa1b23c4d, 262144, 1);
	pcap_record(&g, 1, 953, 1, 4, 4);
	pcap_record(&g, 2, 2861, 9, 8, 8);
	close_is(w, "pcapng to pcap");

	pcap_head(0xa1b2c3d4, 77, 1 | 1u << 26 | 2u << 28);
	pcap_record(&g, 1, 2, 1, 4, 4);
	f = g;
	r = open_bytes();
	w = create("", &(struct pkw_writer_opts){
	    .source = r, .format = PKW_FORMAT_PCAPNG });
	while (pkw_reader_next(r, &fr, &d) > 0)
		put(w, fr);
	pkw_reader_close(r);
	ng_section(NULL);
	begin(&g, 1);
	u32(&g, 1);
	u32(&g, 77);
	option(&g, 9, "\6", 1);
	option(&g, 13, "\4", 1);
	option(&g, 0, NULL, 0);
	end(&g, 0);
	packet(&g, 0, 1000002, 1, 4, 4);
	option(&g, 2, "\200\0\0\0", 4); /* FCS of 4 bytes */
	option(&g, 0, NULL, 0);
	end(&g, 1);
	close_is(w, "pcap to pcapng keeps what the header says");
}

/* Changed frames of a swapped pcap file stay swapped. */
static void pcap_changed(void)
{
	struct pkw_frame fr;

	memset(&f, 0, sizeof f);
	f.big = 1;
	u32(&f, 0xa1b2cd34);
	u16(&f, 2);
	u16(&f, 4);
	num(&f, 0, 8);
	u32(&f, 65535);
	u32(&f, 1);
	for (unsigned i = 1; i < 4; i++) {
		u32(&f, i);
		u32(&f, 1000000 + i); /* over a second: kept as it stands */
		u32(&f, 4);
		u32(&f, 4);
		data(&f, 0xe0, 8);
		data(&f, i, 4);
	}
	struct pkw_reader *r = open_bytes();
	struct pkw_writer *w = create(".pcapng",
	    &(struct pkw_writer_opts){ .source = r });
	g = f;
	for (int i = 0; pkw_reader_next(r, &fr, &d) > 0; i++) {
		if (i == 1)
			fr.len = 9;
		put(w, fr);
	}
	pkw_reader_close(r);
	size_t at = 24 + 28;
	g.n = at;
	u32(&g, 3);
	u32(&g, 2);
	u32(&g, 4);
	u32(&g, 9);
	num(&g, 0, 8);
	g.n = f.n;
	close_is(w, "a changed record among Kuznetzov's");
}

/* An interface made here pushes the source's own ones up. */
static void shifted(void)
{
	struct pkw_frame fr;

	memset(&f, 0, sizeof f);
	section(&f, 1);
	iface(&f, 1, 0);
	packet(&f, 0, 1, 1, 4, 4);
	end(&f, 1);
	iface(&f, 113, 0);
	packet(&f, 1, 2, 2, 4, 4);
	end(&f, 1);
	begin(&f, 5);
	u32(&f, 1);
	num(&f, 0, 8);
	end(&f, 0);
	section(&f, 0);
	iface(&f, 12, 0);
	packet(&f, 0, 3, 3, 4, 4);
	end(&f, 1);
	struct pkw_reader *r = open_bytes();
	struct pkw_writer *w = create("",
	    &(struct pkw_writer_opts){ .source = r });
	pkw_reader_next(r, &fr, &d);
	put(w, fr);
	struct pkw_iface i = { .link = 101, .name = "mine" };
	int mine = pkw_writer_iface(w, &i, &d);
	put(w, frame(7, 101, (uint32_t)mine, 7, 4));
	while (pkw_reader_next(r, &fr, &d) > 0)
		put(w, fr);
	pkw_reader_close(r);
	g = f;
	g.big = 1;
	g.n = f.ends[2];
	ng_iface(101, 0, "mine", 9);
	packet(&g, 1, 7, 7, 4, 4);
	end(&g, 1);
	iface(&g, 113, 0);
	packet(&g, 2, 2, 2, 4, 4);
	end(&g, 1);
	begin(&g, 5);
	u32(&g, 2);
	num(&g, 0, 8);
	end(&g, 0);
	add(&g, f.b + f.ends[5], f.n - f.ends[5]);
	close_is(w, "an own interface among the source's");
}

/* After the first packet, the source's interfaces are described anew. */
static void late(void)
{
	struct pkw_frame fr;

	memset(&f, 0, sizeof f);
	section(&f, 1);
	iface(&f, 1, 0);
	iface(&f, 113, 5);
	packet(&f, 0, 1, 1, 4, 4);
	end(&f, 1);
	packet(&f, 1, 2, 2, 4, 4);
	end(&f, 1);
	struct pkw_reader *r = open_bytes();
	pkw_reader_next(r, &fr, &d);
	struct pkw_writer *w = create("",
	    &(struct pkw_writer_opts){ .source = r });
	pkw_reader_next(r, &fr, &d);
	put(w, fr);
	pkw_reader_close(r);
	memset(&g, 0, sizeof g);
	section(&g, 1);
	ng_iface(1, 0, "", 6);
	ng_iface(113, 5, "", 6);
	add(&g, f.b + f.ends[3], f.n - f.ends[3]);
	close_is(w, "a writer opened late");
}

/* Two writers divide one source, a third takes every frame twice. */
static void several(void)
{
	char other[64], third[64];
	struct pkw_frame fr;
	struct pkw_writer_opts o = { 0 };

	memset(&f, 0, sizeof f);
	section(&f, 1);
	iface(&f, 1, 0);
	for (unsigned i = 0; i < 40; i++) {
		packet(&f, 0, i, i, 4, 4);
		end(&f, 1);
	}
	o.source = open_bytes();
	struct pkw_writer *w = create("", &o);
	struct pkw_writer *x = pkw_writer_open(temp_name(other, "x"), &o, &d);
	struct pkw_writer *y = pkw_writer_open(temp_name(third, "y"), &o, &d);
	for (int i = 0; pkw_reader_next(o.source, &fr, &d) > 0; i++) {
		put(i % 3 ? w : x, fr);
		put(y, fr);
		put(y, fr);
	}
	pkw_writer_close(x, NULL);
	pkw_reader_close(o.source);
	g = f;
	struct bytes h = f, k = f;
	g.n = h.n = k.n = f.ends[1];
	for (int i = 0; i < 40; i++) {
		size_t at = f.ends[i + 1], n = f.ends[i + 2] - at;
		add(i % 3 ? &g : &h, f.b + at, n);
		add(&k, f.b + at, n);
		add(&k, f.b + at, n);
	}
	close_is(w, "two frames of three");
	g = h;
	strcpy(name, other);
	is_file("the third of three");
	unlink(name);
	pkw_writer_close(y, NULL);
	g = k;
	strcpy(name, third);
	is_file("each frame twice");
	unlink(name);
}

static void blocks(void)
{
	struct pkw_writer *w = create(".pcapng", NULL);
	struct pkw_block b = { .big_endian = 1 };

	memset(&f, 0, sizeof f);
	section(&f, 1);
	iface(&f, 113, 0);
	begin(&f, 77);
	end(&f, 0);
	b.bytes = f.b + f.ends[1];
	b.len = 12;
	b.type = 77;
	is_int(pkw_writer_block(w, &b, &d), -PKW_EINVAL, "the other order");
	b = (struct pkw_block){ 0x0a0d0d0a, 28, f.b, 1 };
	is_int(pkw_writer_block(w, &b, &d), 0, "a section");
	b = (struct pkw_block){ 1, 20, f.b + 28, 1 };
	is_int(pkw_writer_block(w, &b, &d), 0, "its interface");
	b = (struct pkw_block){ 77, 16, f.b + 48, 1 };
	is_int(pkw_writer_block(w, &b, &d), -PKW_EINVAL, "a wrong length");
	b.len = 12;
	is_int(pkw_writer_block(w, &b, &d), 0, "another block");
	put(w, frame(5000, 113, 0, 1, 4));
	ng_section(NULL);
	g.big = 1;
	add(&g, f.b, f.n);
	packet(&g, 0, 5, 1, 4, 4);
	end(&g, 1);
	close_is(w, "blocks copied one by one");
}

/* Reads a file back: packets; -1 if it is not clean. */
static int count(const char *path)
{
	struct pkw_frame fr;
	int n = 0, e;
	struct pkw_reader *r = pkw_reader_open(path, 0, &d);

	while ((e = pkw_reader_next(r, &fr, &d)) > 0)
		n++;
	pkw_reader_close(r);
	return e < 0 ? -1 : n;
}

static void packed(void)
{
	static const struct { const char *suffix; uint32_t magic; } kinds[] = {
		{ ".pcap.gz", 0x00088b1f }, { ".pcapng.zst", 0xfd2fb528 }
	};

	for (size_t k = 0; k < 2; k++) {
		struct pkw_writer *w = create(kinds[k].suffix, NULL);
		uint64_t written, lost;
		for (unsigned i = 0; i < 10000; i++) {
			struct pkw_frame fr = frame(i, 1, 0, i, 100);
			put(w, fr);
		}
		pkw_writer_counts(w, &written, &lost);
		is_int((int64_t)written, 10000, "packets put");
		is_int(pkw_writer_close(w, &d), 0, "closed");
		size_t n;
		uint8_t *p = slurp(name, &n);
		uint32_t magic = 0;
		if (p && n >= 4)
			memcpy(&magic, p, 4);
		is_int(magic & (k ? 0xffffffff : 0xffffff), kinds[k].magic,
		    "compressed as the name says");
		ok(n < 200000, "smaller: %zu bytes", n);
		is_int(count(name), 10000, "read back");

		/* every cut loses only what is behind it */
		int good = 1, last = 0;
		for (size_t cut = n; cut > 200; cut -= cut > 997 ? 997 : 100) {
			int got = 0, e = d.code;
			struct pkw_frame fr;
			if (truncate(name, (off_t)cut) < 0)
				break;
			struct pkw_reader *r = pkw_reader_open(name, 0, &d);
			while (r && (e = pkw_reader_next(r, &fr, &d)) > 0)
				got += fr.ts_ns / (k ? 1 : 1000) ==
				    (k ? got : got / 1000);
			pkw_reader_close(r);
			if (cut == n)
				last = got;
			else
				good &= e == -PKW_ETRUNC || e == 0;
			good &= got <= last;
			last = got;
		}
		ok(good, "cut anywhere, whole packets come in order");
		free(p);
		unlink(name);
	}
	struct pkw_writer *w = create(".pcap.gz", &(struct pkw_writer_opts){
	    .flags = PKW_WRITE_PLAIN });
	put(w, frame(5000, 1, 0, 1, 4));
	pcap_head(0xa1b2c3d4, 262144, 1);
	pcap_record(&g, 0, 5, 1, 4, 4);
	close_is(w, "plain, whatever the name says");
}

/* A file that may have no more than so many bytes: as a full disk, but EFBIG */
static void full(const char *suffix, unsigned flags, size_t limit,
    struct pkw_reader *src, size_t record)
{
	struct rlimit old, tight;
	uint64_t written, lost;
	int e = 0, n = 0;
	struct pkw_writer *w = create(suffix,
	    &(struct pkw_writer_opts){ .flags = flags, .source = src });

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	tight = old;
	tight.rlim_cur = limit;
	setrlimit(RLIMIT_FSIZE, &tight);
	struct pkw_frame fr = frame(0, 1, 0, 1, 100);
	for (n = 0; n < 9000 && e == 0; n++) {
		if (src && pkw_reader_next(src, &fr, NULL) <= 0)
			break;
		e = pkw_writer_put(w, &fr, &d);
	}
	if (e == 0)
		e = pkw_writer_flush(w, &d);
	is_int(e, -PKW_EFBIG, "no more room");
	ok(strstr(d.text, "lost") != NULL, "says so: %s", d.text);
	is_str(d.file, name, "and where");
	is_int(pkw_writer_put(w, &fr, NULL), -PKW_EFBIG, "the error stays");
	pkw_writer_counts(w, &written, &lost);
	is_int((int64_t)(written + lost), n + 1, "nobody is forgotten");
	setrlimit(RLIMIT_FSIZE, &old);
	is_int(pkw_writer_close(w, &d), -PKW_EFBIG, "close tells it too");
	is_int(count(name), (int64_t)written, "the file is whole");
	struct stat st;
	if (record && stat(name, &st) == 0)
		ok((size_t)st.st_size + record > limit,
		    "and holds all that fits: %lld", (long long)st.st_size);
	unlink(name);
}

static void full_disk(void)
{
	char source[64];

	full(".pcap", 0, 300000, NULL, 116);
	full(".pcap", PKW_WRITE_UNBUFFERED, 5000, NULL, 116);
	full(".pcapng", 0, 300001, NULL, 132);
	full(".pcap.gz", PKW_WRITE_UNBUFFERED, 5000, NULL, 0);
	full(".pcapng.zst", PKW_WRITE_UNBUFFERED, 5000, NULL, 0);

	strcpy(source, temp_name(name, "-source"));
	struct pkw_writer *w = pkw_writer_open(source,
	    &(struct pkw_writer_opts){ .format = PKW_FORMAT_PCAPNG }, &d);
	for (unsigned i = 0; i < 8000; i++)
		put(w, frame(i, 1, 0, i, 100));
	pkw_writer_close(w, NULL);
	for (size_t limit = 200; limit < 600000; limit += 133333) {
		struct pkw_reader *r = pkw_reader_open(source, 0, &d);
		full("", 0, limit, r, 132);
		pkw_reader_close(r);
	}
	struct pkw_reader *r = pkw_reader_open(source, 0, &d);
	ok(!pkw_writer_open(source, &(struct pkw_writer_opts){ .source = r },
	    &d), "not onto the source: %s", d.text);
	pkw_reader_close(r);
	is_int(count(source), 8000, "which is unhurt");
	unlink(source);

	w = pkw_writer_open("/dev/full", NULL, &d);
	struct pkw_frame fr = frame(0, 1, 0, 1, 100);
	is_int(pkw_writer_put(w, &fr, &d), -PKW_ENOSPC, "/dev/full");
	is_int(pkw_writer_close(w, &d), -PKW_ENOSPC, "and at close");
}

/* Records larger than any buffer, and the way they go through. */
static void large(void)
{
	struct pkw_frame fr;
	size_t n = sizeof payload;

	for (size_t i = 0; i < n; i++)
		payload[i] = (uint8_t)(i * 7 >> 3);
	for (int ng = 0; ng < 2; ng++) {
		struct pkw_writer *w = create(ng ? ".pcapng" : ".pcap", NULL);
		for (uint32_t i = 0; i < 5; i++)
			put(w, (struct pkw_frame){ .data = payload, .link = 1,
			    .caplen = (uint32_t)n - i, .len = (uint32_t)n });
		is_int(pkw_writer_close(w, &d), 0, "half a MiB a packet");
		struct pkw_reader *r = pkw_reader_open(name, 0, &d);
		is_int(pkw_reader_next(r, &fr, &d), -PKW_ELIMIT,
		    "is over the usual limit");
		pkw_reader_close(r);
		char copy[64];
		r = pkw_reader_open(name, 0, &d);
		pkw_reader_limit(r, 1 << 20);
		w = pkw_writer_open(temp_name(copy, "-copy"),
		    &(struct pkw_writer_opts){ .source = r }, &d);
		int good = 0;
		while (pkw_reader_next(r, &fr, &d) > 0) {
			good += fr.caplen == n - (size_t)good &&
			    !memcmp(fr.data, payload, fr.caplen);
			put(w, fr);
		}
		pkw_reader_close(r);
		pkw_writer_close(w, NULL);
		is_int(good, 5, "but not over a larger one");
		size_t len;
		uint8_t *p = slurp(name, &len), *q = slurp(copy, &n);
		is_int(n == len && !memcmp(p, q, n), 1, "and copied");
		n = sizeof payload;
		free(p);
		free(q);
		unlink(name);
		unlink(copy);
	}
}

static void descriptor(void)
{
	int fd = open(temp_name(name, ""), O_RDWR | O_CREAT | O_TRUNC, 0600);
	struct pkw_writer *w = pkw_writer_open_fd(fd, "fd", NULL, &d);

	put(w, frame(5000, 1, 0, 1, 4));
	pkw_writer_close(w, NULL);
	is_int((int64_t)lseek(fd, 0, SEEK_CUR), 24 + 20, "left open behind it");
	lseek(fd, 0, SEEK_SET);
	struct pkw_reader *r = pkw_reader_open_fd(fd, "fd", 0, &d);
	struct pkw_frame fr;
	is_int(pkw_reader_next(r, &fr, &d), 1, "and read from it");
	pkw_reader_close(r);
	is_int(close(fd), 0, "the caller closes it");
	unlink(name);
}

int main(void)
{
	plain_pcap();
	refusals();
	pcapng();
	ng_changed();
	ng_turned();
	convert();
	pcap_changed();
	shifted();
	late();
	several();
	blocks();
	packed();
	full_disk();
	large();
	descriptor();
	free(mem);
	return done();
}
