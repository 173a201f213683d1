/* SPDX-License-Identifier: BSD-2-Clause */
/* The only place for what goes beyond C11. */
#ifndef PKW_BASE_COMPILER_H
#define PKW_BASE_COMPILER_H

#if defined(__GNUC__)
#define PKW__INLINE static inline __attribute__((always_inline))
#define PKW__LIKELY(x) __builtin_expect(!!(x), 1)
#define PKW__UNLIKELY(x) __builtin_expect(!!(x), 0)
#define PKW__NOINLINE __attribute__((noinline))
#define PKW__PREFETCH(p) __builtin_prefetch((const void *)(p))
#else
#define PKW__INLINE static inline
#define PKW__LIKELY(x) (x)
#define PKW__UNLIKELY(x) (x)
#define PKW__NOINLINE
#define PKW__PREFETCH(p) ((void)(p))
#endif

/* The number of the lowest set bit of a number that is not 0. */
static inline unsigned ctz64(unsigned long long v)
{
#if defined(__GNUC__)
	return (unsigned)__builtin_ctzll(v);
#else
	unsigned n = 0;

	while (!(v & 1)) {
		v >>= 1;
		n++;
	}
	return n;
#endif
}

/* Zeros below the lowest bit set; v is not 0. */
#define PKW__CTZ64(v) ((unsigned)__builtin_ctzll(v))
/* Between the machine's byte order and the others. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define PKW__LE64(v) (v)
#define PKW__BE64(v) __builtin_bswap64(v)
#else
#define PKW__LE64(v) __builtin_bswap64(v)
#define PKW__BE64(v) (v)
#endif

/*
 * Sixteen bytes in one register, and two of them interleaved byte by byte: the
 * lower and the upper halves.
 */
#if defined(__GNUC__)
typedef unsigned char pkw__v16 __attribute__((vector_size(16)));
typedef signed char pkw__v16s __attribute__((vector_size(16)));
#if defined(__clang__)
#define PKW__ZIP(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define PKW__ZIP(a, b, ...) __builtin_shuffle(a, b, (pkw__v16){ __VA_ARGS__ })
#endif
typedef unsigned char pkw__v32 __attribute__((vector_size(32)));
typedef signed char pkw__v32s __attribute__((vector_size(32)));
#if defined(__clang__)
#define PKW__ZIP32(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define PKW__ZIP32(a, b, ...)                                                  \
	__builtin_shuffle(a, b, (pkw__v32){ __VA_ARGS__ })
#endif
#define PKW__ZIP32_LOW(a, b)                                                   \
	PKW__ZIP32(a, b, 0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7,   \
	    39, 8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47)
#define PKW__ZIP32_HIGH(a, b)                                                  \
	PKW__ZIP32(a, b, 16, 48, 17, 49, 18, 50, 19, 51, 20, 52, 21, 53, 22,   \
	    54, 23, 55, 24, 56, 25, 57, 26, 58, 27, 59, 28, 60, 29, 61, 30,    \
	    62, 31, 63)
#define PKW__ZIP_LOW(a, b)                                                     \
	PKW__ZIP(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define PKW__ZIP_HIGH(a, b)                                                    \
	PKW__ZIP(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30,   \
	    15, 31)
#endif

/*
 * PKW__X86: one function may be compiled for instructions that the rest of the
 * library does not take for granted, and asked for at run time.
 */
#if defined(__GNUC__) && defined(__x86_64__)
#define PKW__X86 1
#define PKW__TARGET(isa) __attribute__((target(isa)))
#define PKW__CPU_HAS(isa) __builtin_cpu_supports(isa)
#else
#define PKW__X86 0
#endif

#endif
