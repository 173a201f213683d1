/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checksums against RFC 1071 §3's example, RFC 3720 B.4's CRC vectors, and a
 * reference that adds 16-bit big-endian words one after another.
 */
#include "base/sum.h"
#include "pkw/proto.h"
#include "tap.h"

static uint8_t noise[400];

static void fill(uint32_t seed)
{
	for (size_t i = 0; i < sizeof noise; i++) {
		seed = seed * 1664525 + 1013904223;
		noise[i] = (uint8_t)(seed >> 24);
	}
}

/* Big-endian words, as RFC 1071 states the sum. */
static uint16_t naive(const uint8_t *p, size_t n, size_t skip)
{
	uint32_t s = 0;

	for (size_t i = 0; i < n; i++) {
		if (i == skip || i == skip + 1)
			continue;
		s += (uint32_t)p[i] << (i & 1 ? 0 : 8);
		s = (s & 0xffff) + (s >> 16);
	}
	return (uint16_t)s;
}

static uint16_t stored(uint64_t partial)
{
	uint16_t w = pkw__sum_fold(partial);
	uint8_t b[2];

	memcpy(b, &w, 2);
	return (uint16_t)(b[0] << 8 | b[1]);
}

static uint16_t inet(const uint8_t *p, size_t n, size_t at, uint64_t pseudo)
{
	struct pkw_sum_in in = {
		.bytes = p, .len = n, .at = at, .pseudo = pseudo
	};

	return (uint16_t)pkw_sum_inet.fn(&in);
}

static void rfc1071(void)
{
	static const uint8_t ex[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6,
		0xf7 };

	is_int(stored(pkw__sum_partial(ex, 8)), 0xddf2, "RFC 1071 §3");
	is_int(inet(ex, 8, 8, 0), 0x220d, "its complement");
}

static void all_lengths(void)
{
	int sums = 1, copies = 1, whole = 1;

	for (size_t off = 0; off < 40; off++)
		for (size_t n = 0; n <= 300; n++) {
			uint8_t to[400];
			const uint8_t *p = noise + off;
			const uint16_t want = naive(p, n, n);

			memset(to, 0xaa, sizeof to);
			sums &= stored(pkw__sum_partial(p, n)) == want;
			copies &= stored(pkw__sum_copy(to + off, p, n)) == want;
			whole &=
			    memcmp(to + off, p, n) == 0 && to[off + n] == 0xaa;
		}
	ok(sums, "sums of 0..300 bytes at 40 offsets");
	ok(copies, "sums while copying");
	ok(whole, "what was copied, and no more");
}

static void long_ones(void)
{
	static uint8_t ones[65536], to[65536];

	memset(ones, 0xff, sizeof ones);
	is_int(pkw__sum_fold(pkw__sum_partial(ones, sizeof ones)), 0xffff,
	    "64 KiB of ones are not 0");
	is_int(pkw__sum_fold(pkw__sum_copy(to, ones, 65535)),
	    pkw__sum_fold(pkw__sum_partial(ones, 65535)), "odd, copied");
	memset(ones, 0, sizeof ones);
	is_int(pkw__sum_fold(pkw__sum_partial(ones, sizeof ones)), 0,
	    "64 KiB of zeros are");
}

static void field(void)
{
	int good = 1;
	uint8_t z[8] = { 0, 0, 0, 0, 0xab, 0xcd, 0, 0 };

	for (size_t n = 1; n < 200; n++)
		for (size_t at = 0; at <= n; at++)
			good &= inet(noise, n, at, 0) + naive(noise, n, at) ==
				0xffff;
	ok(good, "the field counts as zero wherever it is");
	is_int(inet(z, 8, 4, 0), 0xffff, "nothing but the field: ffff");
	is_int(inet(z, 8, 4, 0xffff), 0, "the rest is ffff: 0");
}

static void parts(void)
{
	int good = 1;

	for (size_t cut = 0; cut <= 200; cut++) {
		uint64_t a = pkw__sum_partial(noise, cut);
		uint64_t b = pkw__sum_partial(noise + cut, 200 - cut);

		good &=
		    stored(pkw__sum_add(a, cut & 1 ? pkw__sum_odd(b) : b)) ==
		    naive(noise, 200, 200);
	}
	ok(good, "parts add up, also from odd offsets");
}

static void crc32c(void)
{
	/* RFC 3720 B.4: zeros, ones, rising, falling, an iSCSI read command */
	static const uint8_t read10[48] = { 0x01,
		0xc0, [16] = 0x14, [22] = 0x04, [27] = 0x14, [31] = 0x18,
		[32] = 0x28, [40] = 0x02 };
	uint8_t b[32];
	struct pkw_sum_in in = { .bytes = noise, .len = 100, .at = 8 };
	uint8_t copy[400];
	int good = 1;

	memset(b, 0, 32);
	is_int(pkw__crc32c(0, b, 32), 0x8a9136aa, "32 zeros");
	memset(b, 0xff, 32);
	is_int(pkw__crc32c(0, b, 32), 0x62a8ab43, "32 ones");
	for (unsigned i = 0; i < 32; i++)
		b[i] = (uint8_t)i;
	is_int(pkw__crc32c(0, b, 32), 0x46dd794e, "rising");
	for (unsigned i = 0; i < 32; i++)
		b[i] = (uint8_t)(31 - i);
	is_int(pkw__crc32c(0, b, 32), 0x113fdb5c, "falling");
	is_int(pkw__crc32c(0, read10, 48), 0xd9963a56, "SCSI read(10)");
	for (size_t cut = 0; cut <= 48; cut++)
		good &= pkw__crc32c(pkw__crc32c(0, read10, cut), read10 + cut,
			    48 - cut) == 0xd9963a56;
	ok(good, "in two parts");

	memcpy(copy, noise, sizeof copy);
	memset(copy + 8, 0, 4);
	is_int((int64_t)pkw_sum_crc32c.fn(&in),
	    __builtin_bswap32(pkw__crc32c(0, copy, 100)),
	    "the field counts as zero, least significant byte first");
	/* the checksum of "IP()/SCTP()" as Scapy 2.5 computes it */
	memset(b, 0, 12);
	in = (struct pkw_sum_in){ .bytes = b, .len = 12, .at = 8 };
	is_int((int64_t)pkw_sum_crc32c.fn(&in), 0x5db5602b, "an SCTP header");
}

int main(void)
{
	fill(1);
	rfc1071();
	all_lengths();
	long_ones();
	field();
	parts();
	crc32c();
	return done();
}
