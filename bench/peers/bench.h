/* SPDX-License-Identifier: BSD-2-Clause */
/* bench.h - timing, one RESULT line, preload and reference pcap helpers shared by the C and C++ programs. */
#ifndef BENCH_H
#define BENCH_H
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static double bench_c0, bench_w0;
static inline double bench_clk(clockid_t c) { struct timespec t; clock_gettime(c, &t); return t.tv_sec + t.tv_nsec * 1e-9; }
static inline void bench_start(void) { bench_w0 = bench_clk(CLOCK_MONOTONIC); bench_c0 = bench_clk(CLOCK_PROCESS_CPUTIME_ID); }
/* RESULT peer workload packets cpu_seconds wall_seconds peak_kib check */
static inline void bench_stop(const char *peer, const char *work, uint64_t n, uint64_t check)
{
	double c = bench_clk(CLOCK_PROCESS_CPUTIME_ID) - bench_c0, w = bench_clk(CLOCK_MONOTONIC) - bench_w0;
	long hwm = 0; char l[128]; FILE *f = fopen("/proc/self/status", "r");	/* ru_maxrss would include the parent's from before exec */
	while (f && fgets(l, sizeof l, f)) if (sscanf(l, "VmHWM: %ld", &hwm) == 1) break;
	if (f) fclose(f);
	printf("RESULT %s %s %lu %.6f %.6f %ld %016lx\n", peer, work, (unsigned long)n, c, w, hwm, (unsigned long)check);
}
/* whole file in private memory (not the page cache), for the "mem" workloads: no I/O cost is counted */
static inline uint8_t *bench_load(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY); struct stat st;
	if (fd < 0 || fstat(fd, &st)) { perror(path); exit(1); }
	uint8_t *b = (uint8_t *)malloc(st.st_size + 64);
	for (size_t o = 0; o < (size_t)st.st_size;) { ssize_t r = read(fd, b + o, st.st_size - o); if (r <= 0) exit(1); o += r; }
	memset(b + st.st_size, 0, 64); close(fd); *len = st.st_size;
	return b;
}
/* "hot": the first HOTKB KiB (1024) again and again, about a million packets in all. 1 MiB stays in L2, but its 3350
 * packets repeat so often that the branch predictor learns them; HOTKB=16384 is too long to learn and stays in L3. */
static inline size_t bench_hot(const uint8_t *b, size_t len, int *rep)
{
	size_t lim = (getenv("HOTKB") ? atol(getenv("HOTKB")) : 1024) * 1024ul, o = 24, n; uint32_t cl;
	for (; o + 16 <= len; o += 16 + cl) { memcpy(&cl, b + o + 8, 4); if (o + 16 + cl > lim || o + 16 + cl > len) break; }
	n = o; *rep = (int)((300ul << 20) / lim); if (*rep < 1) *rep = 1;
	return n;
}
#define BE16(p) ((uint32_t)(p)[0] << 8 | (p)[1])
static inline uint32_t BE32(const uint8_t *p) { uint32_t v; memcpy(&v, p, 4); return __builtin_bswap32(v); }
static inline uint32_t LE32(const uint8_t *p) { uint32_t v; memcpy(&v, p, 4); return v; }
/* template of the build workload: 66 bytes of Ethernet/IPv4/TCP(12 option bytes) + payload */
enum { BUILD_N = 1000000 };
#endif
