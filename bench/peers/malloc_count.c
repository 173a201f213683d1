/* SPDX-License-Identifier: BSD-2-Clause */
/* malloc_count.so - LD_PRELOAD: prints the number of allocations of a run to stderr at exit (divide by the packets) */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdint.h>
static uint64_t n, bytes;
extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
void *malloc(size_t s) { n++; bytes += s; return __libc_malloc(s); }
void *calloc(size_t a, size_t b) { n++; bytes += a * b; return __libc_calloc(a, b); }
void *realloc(void *p, size_t s) { n++; bytes += s; return __libc_realloc(p, s); }
__attribute__((destructor)) static void end(void) { fprintf(stderr, "ALLOC %lu calls %lu bytes\n", (unsigned long)n, (unsigned long)bytes); }
