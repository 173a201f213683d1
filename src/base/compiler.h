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
