/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two checksums of the transport layers: RFC 1071's sum of 16-bit words
 * (IP, ICMP, TCP, UDP, GRE) and the CRC32c of SCTP (RFC 9260 appendix A).
 *
 * The Internet checksum does not mind in which width it is added, since
 * 2^16 = 2^32 = 2^64 = 1 modulo 65535, nor in which byte order, since swapping
 * the bytes of all words swaps those of the sum.  So it is added in the widest
 * words there are, in memory's order: 64 bits with the carry brought round
 * for what is shorter than BULK, vectors above if the processor has them.
 * Both are exact integers or end-around sums of them, hence zero only when
 * every word is zero; a caller can rely on telling 0 from 65535.
 *
 * A checksum function must count its own field as zero.  The whole is added
 * and the field taken out again by adding its complement, which is right
 * modulo 65535; only where the outcome is then 0 modulo 65535, 0 and 65535
 * have to be told apart by adding the parts beside the field once more.
 */
#include "base/sum.h"

#include <string.h>

#include "base/compiler.h"
#include <pkw/sum.h>

#if PKW__X86
#include <immintrin.h>
#endif

enum { BULK = 128 }; /* below it, setting up vectors costs more than it saves */

PKW__INLINE uint64_t load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

/* What is left after the 64-bit words: n < 8. */
PKW__INLINE uint64_t sum_rest(const uint8_t *p, size_t n)
{
	uint32_t w4 = 0;
	uint16_t w2 = 0, w1 = 0;

	if (n & 4) {
		memcpy(&w4, p, 4);
		p += 4;
	}
	if (n & 2) {
		memcpy(&w2, p, 2);
		p += 2;
	}
	if (n & 1)
		memcpy(&w1, p, 1);
	return (uint64_t)w4 + w2 + w1;
}

/* Two chains, so that one's carry need not wait for the other's. */
static uint64_t sum_words(const uint8_t *p, size_t n)
{
	uint64_t a = 0, b = 0;

	for (; n >= 16; p += 16, n -= 16) {
		a = pkw__sum_add(a, load64(p));
		b = pkw__sum_add(b, load64(p + 8));
	}
	if (n >= 8) {
		a = pkw__sum_add(a, load64(p));
		p += 8;
		n -= 8;
	}
	return pkw__sum_add(pkw__sum_add(a, b), sum_rest(p, n));
}

static uint64_t copy_words(uint8_t *dst, const uint8_t *src, size_t n)
{
	uint64_t a = 0;

	for (; n >= 8; dst += 8, src += 8, n -= 8) {
		const uint64_t v = load64(src);

		memcpy(dst, &v, 8);
		a = pkw__sum_add(a, v);
	}
	for (size_t i = 0; i < n; i++)
		dst[i] = src[i];
	return pkw__sum_add(a, sum_rest(src, n));
}

#if PKW__X86
/*
 * 32-bit words gathered in 64-bit lanes: no carry can be lost before 2^32
 * rounds.  With dst the bytes are copied on the way.
 */
PKW__TARGET("avx2")
PKW__INLINE uint64_t sum_avx2(uint8_t *dst, const uint8_t *p, size_t n)
{
	const __m256i zero = _mm256_setzero_si256();
	__m256i a = zero, b = zero, c = zero, d = zero;
	uint64_t lane[4], s;

	for (; n >= 64; p += 64, n -= 64) {
		const __m256i x = _mm256_loadu_si256((const void *)p);
		const __m256i y = _mm256_loadu_si256((const void *)(p + 32));

		if (dst) {
			_mm256_storeu_si256((void *)dst, x);
			_mm256_storeu_si256((void *)(dst + 32), y);
			dst += 64;
		}
		a = _mm256_add_epi64(a, _mm256_unpacklo_epi32(x, zero));
		b = _mm256_add_epi64(b, _mm256_unpackhi_epi32(x, zero));
		c = _mm256_add_epi64(c, _mm256_unpacklo_epi32(y, zero));
		d = _mm256_add_epi64(d, _mm256_unpackhi_epi32(y, zero));
	}
	a = _mm256_add_epi64(_mm256_add_epi64(a, b), _mm256_add_epi64(c, d));
	_mm256_storeu_si256((void *)lane, a);
	_mm256_zeroupper(); /* else the SSE code that follows is slow */
	s = lane[0] + lane[1] + lane[2] + lane[3];
	return pkw__sum_add(s, dst ? copy_words(dst, p, n) : sum_words(p, n));
}

PKW__TARGET("avx2")
static uint64_t sum_bulk(const uint8_t *p, size_t n)
{
	return sum_avx2(NULL, p, n);
}

PKW__TARGET("avx2")
static uint64_t copy_bulk(uint8_t *dst, const uint8_t *src, size_t n)
{
	return sum_avx2(dst, src, n);
}

PKW__TARGET("sse4.2")
static uint32_t crc_sse42(uint32_t crc, const uint8_t *p, size_t n)
{
	uint64_t c = crc;

	for (; n >= 8; p += 8, n -= 8)
		c = _mm_crc32_u64(c, load64(p));
	crc = (uint32_t)c;
	for (; n; p++, n--)
		crc = _mm_crc32_u8(crc, *p);
	return crc;
}
#endif

uint64_t pkw__sum_partial(const uint8_t *p, size_t n)
{
#if PKW__X86
	if (n >= BULK && PKW__CPU_HAS("avx2"))
		return sum_bulk(p, n);
#endif
	return sum_words(p, n);
}

uint64_t pkw__sum_copy(uint8_t *dst, const uint8_t *src, size_t n)
{
#if PKW__X86
	if (n >= BULK && PKW__CPU_HAS("avx2"))
		return copy_bulk(dst, src, n);
#endif
	return copy_words(dst, src, n);
}

/* Half bytes: the fallback is for correctness, not for speed. */
static uint32_t crc_table(uint32_t crc, const uint8_t *p, size_t n)
{
	static const uint32_t half[16] = {
		0x00000000,
		0x105ec76f,
		0x20bd8ede,
		0x30e349b1,
		0x417b1dbc,
		0x5125dad3,
		0x61c69362,
		0x7198540d,
		0x82f63b78,
		0x92a8fc17,
		0xa24bb5a6,
		0xb21572c9,
		0xc38d26c4,
		0xd3d3e1ab,
		0xe330a81a,
		0xf36e6f75,
	};

	for (; n; p++, n--) {
		crc ^= *p;
		crc = crc >> 4 ^ half[crc & 15];
		crc = crc >> 4 ^ half[crc & 15];
	}
	return crc;
}

uint32_t pkw__crc32c(uint32_t crc, const uint8_t *p, size_t n)
{
	crc = ~crc;
#if PKW__X86
	if (PKW__CPU_HAS("sse4.2"))
		return ~crc_sse42(crc, p, n);
#endif
	return ~crc_table(crc, p, n);
}

/* A native word's two bytes as the big-endian number they spell. */
static uint16_t big(uint16_t w)
{
	uint8_t b[2];

	memcpy(b, &w, 2);
	return (uint16_t)(b[0] << 8 | b[1]);
}

/* The sum of all but the field, part by part. */
static uint64_t sum_around(const struct pkw_sum_in *in)
{
	const size_t behind = in->at + 2;
	uint64_t s = pkw__sum_partial(in->bytes, in->at);
	uint64_t t;

	if (behind > in->len)
		return s;
	t = pkw__sum_partial(in->bytes + behind, in->len - behind);
	return pkw__sum_add(s, behind & 1 ? pkw__sum_odd(t) : t);
}

static uint64_t sum_inet(const struct pkw_sum_in *in)
{
	uint64_t s = pkw__sum_partial(in->bytes, in->len);
	uint16_t field, r;

	if (in->at >= in->len) /* the field is not among these bytes */
		return (uint16_t)~big(
		    pkw__sum_fold(pkw__sum_add(s, in->pseudo)));
	if (in->at & 1 || in->len - in->at < 2) {
		s = pkw__sum_add(sum_around(in), in->pseudo);
		return (uint16_t)~big(pkw__sum_fold(s));
	}
	memcpy(&field, in->bytes + in->at, 2);
	s = pkw__sum_add(s, (uint16_t)~field);
	r = pkw__sum_fold(pkw__sum_add(s, in->pseudo));
	if (r == 0xffff)
		r = pkw__sum_fold(pkw__sum_add(sum_around(in), in->pseudo));
	return (uint16_t)~big(r);
}

/* The field lies in front: the CRC of a whole SCTP packet with 0 in its place.
   It is sent least significant byte first, RFC 9260 appendix A. */
static uint64_t sum_crc32c(const struct pkw_sum_in *in)
{
	static const uint8_t zero[4];
	const size_t at = in->at < in->len ? in->at : in->len;
	const size_t gap = in->len - at < 4 ? in->len - at : 4;
	uint32_t c = pkw__crc32c(0, in->bytes, at);

	c = pkw__crc32c(c, zero, gap);
	c = pkw__crc32c(c, in->bytes + at + gap, in->len - at - gap);
	return c >> 24 | (c >> 8 & 0xff00) | (c << 8 & 0xff0000) |
	       (uint64_t)(uint32_t)(c << 24);
}

const struct pkw_sum pkw_sum_inet = { "inet", sum_inet, 1 };
const struct pkw_sum pkw_sum_crc32c = { "crc32c", sum_crc32c, 0 };
