/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pcap files: a header of 24 bytes, then records of 16 bytes and the packet:
 *
 *	magic  major minor  zone  sigfigs  snaplen  link type
 *	seconds  fraction  caplen  len   bytes ...
 *
 * all in the byte order of the machine that wrote them, which the magic number
 * tells, and with variants, most of which it tells too (see `magics'):
 *
 * - fractions are micro- or nanoseconds;
 * - Kuznetzov's patches of 1999 put the interface's index, the protocol and the
 *   packet's type behind a record's header, and some of them more bytes, or the
 *   same under the standard magic number; Nokia's boxes put four bytes there.
 *   So where the first records make no sense at the usual size, but do at
 *   another one, that one is taken;
 * - Ixia's lcap adds the file's length to the file's header;
 * - before version 2.3, and in DG/UX's 543.0, len came before caplen; files of
 *   version 2.3 have either order;
 * - AIX writes version 2.2, nanoseconds, and interface types of RFC 1573.
 *
 * The upper bits of the link type tell the length of the FCS, if bit 26 is set:
 * bits 28-31, in units of 16 bits.
 */
#include "reader.h"
#include "wire.h"

enum {
	HEAD = 24,
	RECORD = 16,
	MAX_SANE = 256 << 10, /* bytes a packet, when guessing a layout */
	MAX_IFINDEX = 10000,
	MAX_TYPE = 8
};

enum lengths { CAPLEN_FIRST, LEN_FIRST, SMALLER_IS_CAPLEN };

static const struct magic {
	uint32_t number;
	uint16_t unit; /* ns */
	uint8_t record_len, other_len, third_len; /* in order of trust, or 0 */
	uint8_t head_len;
} magics[] = {
	{ 0xa1b2c3d4, 1000, 16, 24, 20, 24 }, /* standard; Red Hat 6.1; Nokia */
	{ 0xa1b23c4d, 1, 16, 0, 0, 24 },      /* nanoseconds */
	{ 0xa1b2cd34, 1000, 24, 28, 0, 24 },  /* Kuznetzov; in SuSE 6.3 */
	{ 0xa12b3c4d, 1, 16, 0, 0, 24 },      /* Navtel */
	{ 0xa1b234cd, 1000, 16, 24, 28, 24 }, /* reserved by libpcap */
	{ 0xa1b2c3cd, 1000, 16, 24, 28, 24 }, /* seen, never described */
	{ 0x1c0001ac, 1, 16, 0, 0, 28 },      /* Ixia lcap, hardware */
	{ 0x1c0001ab, 1000, 16, 0, 0, 28 },   /* Ixia lcap, software */
};

static const struct magic *find_magic(const uint8_t *p, uint8_t *swap)
{
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
		for (uint8_t s = 0; s < 2; s++)
			if (get32(p, s) == magics[i].number) {
				*swap = s;
				return &magics[i];
			}
	return NULL;
}

int pkw__pcap_match(const uint8_t magic[4])
{
	uint8_t swap;

	return find_magic(magic, &swap) != NULL;
}

struct lengths_of { uint32_t caplen, len; };

static inline struct lengths_of lengths_at(const struct pkw__pcap *l,
    const uint8_t *p)
{
	struct lengths_of v = { get32(p + 8, l->swap), get32(p + 12, l->swap) };
	int back = l->lengths == LEN_FIRST ||
	    (l->lengths == SMALLER_IS_CAPLEN && v.caplen > v.len);

	return back ? (struct lengths_of){ v.len, v.caplen } : v;
}

static inline int64_t time_at(const struct pkw__pcap *l, const uint8_t *p)
{
	return (int64_t)get32(p, l->swap) * 1000000000 +
	    (int64_t)get32(p + 4, l->swap) * l->unit;
}

/* Whether the first record of n bytes makes sense at this size. */
static int sane(const struct pkw__pcap *l, uint8_t record_len,
    const uint8_t *p)
{
	struct lengths_of v = lengths_at(l, p);

	if (v.caplen > MAX_SANE || v.caplen > v.len || v.len > MAX_PACKET ||
	    get32(p + 4, l->swap) >= 1000000)
		return 0;
	if (record_len == RECORD)
		return 1;
	/* zeroes, say of a payload, must not pass for a record of a variant */
	if (v.len == 0 || get32(p, l->swap) == 0)
		return 0;
	return record_len < 24 ||
	    (get32(p + 16, l->swap) < MAX_IFINDEX && p[22] < MAX_TYPE);
}

/* How many of the first three records do, before one that does not. */
static int sense(const struct pkw__pcap *l, uint8_t record_len,
    const uint8_t *p, size_t n, int *bad)
{
	int good = 0;

	*bad = 0;
	for (; n >= record_len && good < 3; good++) {
		if (!sane(l, record_len, p)) {
			*bad = 1;
			break;
		}
		size_t span = record_len + (size_t)lengths_at(l, p).caplen;
		if (span > n)
			break;
		p += span;
		n -= span;
	}
	return good;
}

/* Another size is taken if two records speak for it, and none for the usual. */
static uint8_t guess_record_len(const struct pkw__pcap *l,
    const struct magic *m, const uint8_t *p, size_t n)
{
	const uint8_t others[] = { m->other_len, m->third_len };
	int bad;

	if (l->lengths != CAPLEN_FIRST ||
	    sense(l, m->record_len, p, n, &bad) > 1 || !bad)
		return m->record_len;
	for (size_t i = 0; i < sizeof others && others[i]; i++)
		if (sense(l, others[i], p, n, &bad) > 1 && !bad)
			return others[i];
	return m->record_len;
}

/* Link types of AIX, which are RFC 1573's: 0 if this is no file of theirs. */
static int aix_link(uint32_t type, uint16_t *link)
{
	static const uint16_t pairs[][2] = {
		{ 6, 1 }, { 9, 6 }, { 15, 10 }, { 24, 0 }
	};

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		if (type == pairs[i][0]) {
			*link = pairs[i][1];
			return 1;
		}
	return 0;
}

static int bad_header(struct pkw_reader *r, size_t have, size_t want)
{
	return pkw__reader_stick(r, pkw_fail(&r->diag, -PKW_ETRUNC,
	    "the file is cut inside its header: %zu of %zu bytes", have, want));
}

static int set_version(struct pkw_reader *r, uint16_t major, uint16_t minor)
{
	if (major == 543 || (major == 2 && minor < 3))
		r->pcap.lengths = LEN_FIRST;
	else if (major == 2 && minor == 3)
		r->pcap.lengths = SMALLER_IS_CAPLEN;
	else if (major != 2 || minor != 4)
		return pkw__reader_stick(r, pkw_fail(&r->diag, -PKW_EFORMAT,
		    "pcap version %u.%u is not known, only 2.0 to 2.4",
		    major, minor));
	return 0;
}

int pkw__pcap_open(struct pkw_reader *r)
{
	struct pkw__pcap *l = &r->pcap;
	const struct magic *m = find_magic(r->at, &l->swap);
	int e = 1;

	if (!m)
		return pkw__reader_stick(r, -PKW_EFORMAT);
	l->head_len = m->head_len;
	l->unit = m->unit;
	while (e > 0 && r->end - r->at < l->head_len)
		e = pkw__reader_fill(r);
	if (e < 0)
		return e;
	if (e == 0)
		return bad_header(r, (size_t)(r->end - r->at), l->head_len);
	const uint8_t *p = memcpy(l->head, r->at, l->head_len);
	uint16_t minor = get16(p + 6, l->swap);
	e = set_version(r, get16(p + 4, l->swap), minor);
	if (e < 0)
		return e;
	struct pkw__iface *i = pkw__reader_add_iface(r);
	if (!i)
		return r->err;
	uint32_t type = get32(p + 20, l->swap);
	i->pub.link = (uint16_t)type;
	i->pub.snaplen = get32(p + 16, l->swap);
	if (type & 1u << 26)
		i->pub.fcs = (uint8_t)(type >> 28 << 1);
	if (m == magics && minor == 2 && aix_link(type, &i->pub.link))
		l->unit = 1;
	i->pub.tsresol = l->unit == 1 ? 9 : 6;
	r->at += l->head_len;
	l->record_len = guess_record_len(l, m, r->at, (size_t)(r->end - r->at));
	r->unit = l->unit;
	r->link = i->pub.link;
	r->step = pkw__pcap_step;
	return 0;
}

/* Bytes of FCS which are still at the end of the data. */
static uint32_t fcs_left(uint32_t fcs, struct lengths_of v)
{
	uint32_t cut = v.len > v.caplen ? v.len - v.caplen : 0;

	return fcs > cut ? fcs - cut : 0;
}

/* The kernel's packet types, of Kuznetzov's records. */
static uint32_t packet_type(uint8_t type)
{
	static const uint32_t flags[] = {
		PKW_FRAME_IN | PKW_FRAME_UNICAST,
		PKW_FRAME_IN | PKW_FRAME_BROADCAST,
		PKW_FRAME_IN | PKW_FRAME_MULTICAST,
		PKW_FRAME_IN | PKW_FRAME_OTHERHOST,
		PKW_FRAME_OUT
	};

	return type < sizeof flags / sizeof *flags ? flags[type] : 0;
}

int pkw__pcap_standard(const struct pkw__pcap *l)
{
	return l->head_len == HEAD && l->record_len == RECORD &&
	    l->lengths == CAPLEN_FIRST;
}

/* Whether records need nothing but what pkw_reader_next() does inline. */
static int is_plain(const struct pkw_reader *r)
{
	return !r->pcap.swap && pkw__pcap_standard(&r->pcap) &&
	    r->ifaces->pub.fcs == 0;
}

int pkw__pcap_step(struct pkw_reader *r, struct pkw_frame *f)
{
	const struct pkw__pcap *l = &r->pcap;
	size_t head = l->record_len;

	for (;;) {
		size_t left = (size_t)(r->end - r->at);
		uint64_t want = head;
		if (left >= head) {
			struct lengths_of v = lengths_at(l, r->at);
			if (v.caplen > r->limit)
				return pkw__reader_stick(r, pkw_fail(&r->diag,
				    -PKW_ELIMIT, "the record at byte %llu "
				    "claims a packet of %u bytes, over the "
				    "limit of %u: damaged?",
				    (unsigned long long)pkw_reader_offset(r),
				    v.caplen, r->limit));
			if (v.caplen <= left - head)
				break;
			want += v.caplen;
		}
		int e = pkw__reader_more(r, want, "packet record");
		if (e <= 0)
			return e;
	}
	uint8_t *p = r->at;
	struct lengths_of v = lengths_at(l, p);
	prefetch(p);
	*f = (struct pkw_frame){
		.data = p + head,
		.caplen = v.caplen,
		.len = v.len,
		.ts_ns = time_at(l, p),
		.link = r->link,
		.flags = fcs_left(r->ifaces->pub.fcs, v) << 5,
	};
	if (head >= 24)
		f->flags |= packet_type(p[22]);
	r->at += head + v.caplen;
	r->fast = is_plain(r) ? (size_t)(r->end - r->at) : 0;
	r->begun = 1;
	return 1;
}

const uint8_t *pkw__pcap_record(const struct pkw_reader *r,
    const struct pkw_frame *f, size_t *len)
{
	const struct pkw__pcap *l = &r->pcap;
	size_t head = l->record_len;

	if ((uintptr_t)f->data < (uintptr_t)r->lo + head ||
	    (uintptr_t)f->data > (uintptr_t)r->at ||
	    f->caplen > (size_t)(r->at - f->data))
		return NULL;
	const uint8_t *p = f->data - head;
	struct lengths_of v = lengths_at(l, p);
	if (v.caplen != f->caplen || v.len != f->len || f->link != r->link ||
	    time_at(l, p) != f->ts_ns)
		return NULL;
	*len = head + v.caplen;
	return p;
}

size_t pkw__pcap_span(const struct pkw__pcap *l, const uint8_t *p, size_t n)
{
	if (n < l->record_len)
		return 0;
	return l->record_len + (size_t)lengths_at(l, p).caplen;
}

/* `seconds' is what time f->ts_ns falls into, which the caller knows. */
void pkw__pcap_encode(const struct pkw__pcap *l, const struct pkw_frame *f,
    uint32_t seconds, uint32_t ns, uint8_t *p)
{
	int back = l->lengths == LEN_FIRST;

	put32(p, seconds, l->swap);
	put32(p + 4, l->unit == 1 ? ns : ns / 1000, l->swap);
	put32(p + 8, back ? f->len : f->caplen, l->swap);
	put32(p + 12, back ? f->caplen : f->len, l->swap);
	if (l->record_len > RECORD)
		memset(p + RECORD, 0, (size_t)l->record_len - RECORD);
}
