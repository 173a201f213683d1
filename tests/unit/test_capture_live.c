/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Captures that are not all there yet: pipes that give a byte at a time or
 * nothing, files that grow, waits that are interrupted; and memory that runs
 * out at every single allocation.
 */
#include "capture_bytes.h"
#include "tap.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <zlib.h>

static struct bytes f;
static struct pkw_diag d;

enum { PACKETS = 12 };

static void make_pcap(int big)
{
	memset(&f, 0, sizeof f);
	f.big = big;
	u32(&f, 0xa1b2c3d4);
	u16(&f, 2);
	u16(&f, 4);
	num(&f, 0, 8);
	u32(&f, 65535);
	u32(&f, 1);
	for (unsigned i = 0; i < PACKETS; i++) {
		u32(&f, i);
		u32(&f, 0);
		u32(&f, 10 * i);
		u32(&f, 10 * i);
		data(&f, i, 10 * i);
	}
}

static void make_ng(int big)
{
	memset(&f, 0, sizeof f);
	section(&f, big);
	iface(&f, 1, 0);
	for (unsigned i = 0; i < PACKETS; i++) {
		packet(&f, 0, 1000000 * (uint64_t)i, i, 10 * i, 10 * i);
		end(&f, 1);
	}
}

/* gzip's bytes of f, by zlib itself */
static void make_gzip(void)
{
	static struct bytes plain;
	z_stream z = { 0 };

	plain = f;
	deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
	z.next_in = plain.b;
	z.avail_in = (uInt)plain.n;
	z.next_out = f.b;
	z.avail_out = sizeof f.b;
	deflate(&z, Z_FINISH);
	f.n = sizeof f.b - z.avail_out;
	deflateEnd(&z);
}

static void nap_us(long us)
{
	nanosleep(&(struct timespec){ 0, us * 1000 }, NULL);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct feed { int fd; size_t piece; long pause_us; int close; };

static void *feed(void *arg)
{
	const struct feed *k = arg;
	size_t n;

	for (size_t at = 0; at < f.n; at += n) {
		n = f.n - at < k->piece ? f.n - at : k->piece;
		if (write(k->fd, f.b + at, n) != (ssize_t)n)
			break;
		nap_us(k->pause_us);
	}
	if (k->close)
		close(k->fd);
	return NULL;
}

/* All packets, as made above; `e' is what came after them. */
static int all_there(struct pkw_reader *r, int *e)
{
	struct pkw_frame fr;
	int n = 0;

	while (r && (*e = pkw_reader_next(r, &fr, &d)) > 0) {
		int good = fr.caplen == 10 * (uint32_t)n &&
		    fr.ts_ns == n * INT64_C(1000000000);
		for (uint32_t i = 0; i < fr.caplen; i++)
			good &= fr.data[i] == (uint8_t)((uint32_t)n + i);
		if (!good)
			return -1;
		n++;
	}
	return n;
}

static void pipes(void)
{
	static void (*const make[])(int) = { make_pcap, make_ng };
	static const struct feed ways[] = {
		{ 0, 1, 5, 1 }, { 0, 7, 5, 1 }, { 0, 100, 5, 1 },
		{ 0, 1 << 16, 0, 1 }
	};

	for (int k = 0; k < 6; k++)
		for (size_t i = 0; i < 4; i++) {
			int p[2], e = 1;
			pthread_t t;
			make[k % 2](k & 1);
			if (k >= 4)
				make_gzip();
			if (pipe(p) < 0)
				return;
			struct feed w = ways[i];
			w.fd = p[1];
			pthread_create(&t, NULL, feed, &w);
			struct pkw_reader *r = pkw_reader_open_fd(p[0], "pipe",
			    0, &d);
			is_int(all_there(r, &e), PACKETS, "through a pipe");
			is_int(e, 0, "to its end");
			pthread_join(t, NULL);
			pkw_reader_close(r);
			close(p[0]);
		}
}

static void *stop_soon(void *r)
{
	nap_us(150000);
	pkw_reader_stop(r);
	return NULL;
}

static void on_signal(int n)
{
	(void)n;
}

static void *signal_soon(void *main_thread)
{
	nap_us(50000);
	pthread_kill(*(pthread_t *)main_thread, SIGUSR1);
	return NULL;
}

/* No packet comes: each way in which a wait ends. */
static void waits(struct pkw_reader *r, const char *what)
{
	struct pkw_frame fr;
	pthread_t t, self = pthread_self();

	pkw_reader_timeout(r, 60);
	double t0 = now();
	is_int(pkw_reader_next(r, &fr, &d), -PKW_EAGAIN, what);
	t0 = now() - t0;
	ok(t0 > 0.05 && t0 < 2, "after its time: %.3f s", t0);
	is_int(pkw_reader_next(r, &fr, &d), -PKW_EAGAIN, "and again");
	pkw_reader_timeout(r, 0);
	is_int(pkw_reader_next(r, &fr, &d), -PKW_EAGAIN, "or at once");

	pkw_reader_timeout(r, -1);
	pkw_reader_stop(r);
	is_int(pkw_reader_next(r, &fr, &d), -PKW_EINTR, "stopped before");
	pthread_create(&t, NULL, stop_soon, r);
	is_int(pkw_reader_next(r, &fr, &d), -PKW_EINTR, "stopped meanwhile");
	pthread_join(t, NULL);
	sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = on_signal },
	    NULL);
	pthread_create(&t, NULL, signal_soon, &self);
	is_int(pkw_reader_next(r, &fr, &d), -PKW_EINTR, "a signal");
	pthread_join(t, NULL);
}

static void silent_pipe(void)
{
	int p[2], e;

	make_pcap(0);
	if (pipe(p) < 0)
		return;
	if (write(p[1], f.b, f.n - 3) < 0)
		return;
	struct pkw_reader *r = pkw_reader_open_fd(p[0], "pipe", 0, &d);
	pkw_reader_timeout(r, 0);
	is_int(all_there(r, &e), PACKETS - 1, "what is whole");
	is_int(e, -PKW_EAGAIN, "but no more yet");
	waits(r, "a silent pipe");
	if (write(p[1], f.b + f.n - 3, 3) < 0)
		return;
	struct pkw_frame fr;
	is_int(pkw_reader_next(r, &fr, &d), 1, "the rest came");
	is_int(fr.caplen, 10 * (PACKETS - 1), "and makes the last packet");
	close(p[1]);
	is_int(pkw_reader_next(r, &fr, &d), 0, "the end");
	pkw_reader_close(r);
	close(p[0]);
}

static void follow(void)
{
	char name[64];
	int e = 1;
	pthread_t t;
	struct pkw_frame fr;

	for (int k = 0; k < 3; k++) {
		if (k == 0)
			make_pcap(1);
		else
			make_ng(0);
		if (k == 2)
			make_gzip();
		struct feed w = { .piece = 37, .pause_us = 2000 };
		w.fd = open(temp_name(name, ""), O_WRONLY | O_CREAT | O_TRUNC,
		    0600);
		pthread_create(&t, NULL, feed, &w);
		/* the file may well be empty yet */
		struct pkw_reader *r = pkw_reader_open(name, PKW_READ_FOLLOW,
		    &d);
		pkw_reader_timeout(r, 300);
		is_int(all_there(r, &e), PACKETS, "a file that grows");
		is_int(e, -PKW_EAGAIN, "might grow on");
		pthread_join(t, NULL);
		if (k == 1) {
			waits(r, "a file that does not grow");
			pkw_reader_timeout(r, -1);
			if (ftruncate(w.fd, 100) == 0)
				is_int(pkw_reader_next(r, &fr, &d),
				    -PKW_ETRUNC, "cut shorter: an error");
		}
		pkw_reader_close(r);
		close(w.fd);
		unlink(name);
	}
}

static void maps(void)
{
	char name[64], copy[64];
	uint8_t *p, *q;
	size_t n, m;
	int e;

	/* ends on a page's end: the slack must be readable all the same */
	make_pcap(0);
	u32(&f, 0);
	u32(&f, 0);
	u32(&f, (uint32_t)(8192 - f.n - 8));
	u32(&f, 9999);
	memset(f.b + f.n, 7, 8192 - f.n);
	f.n = 8192;
	int fd = open(temp_name(name, ""), O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (write(fd, f.b, f.n) < 0)
		return;
	struct pkw_reader *r = pkw_reader_open(name, PKW_READ_MMAP, &d);
	struct pkw_writer *w = pkw_writer_open(temp_name(copy, "-copy"),
	    &(struct pkw_writer_opts){ .source = r }, &d);
	struct pkw_frame fr;
	unsigned sum = 0;
	for (n = 0; (e = pkw_reader_next(r, &fr, &d)) > 0; n++) {
		for (int i = 0; i < PKW_FRAME_SLACK; i++)
			sum += fr.data[fr.caplen + (uint32_t)i];
		if (fr.caplen)
			fr.data[0] = 0xaa; /* in place, but not in the file */
		pkw_writer_put(w, &fr, &d);
	}
	is_int((int64_t)n, PACKETS + 1, "packets of a mapped file");
	is_int(e, 0, "to its end");
	ok(sum != 1, "slack behind each");
	is_int((int64_t)pkw_reader_offset(r), (int64_t)f.n, "offset");
	pkw_reader_close(r);
	pkw_writer_close(w, NULL);
	p = slurp(name, &n);
	is_mem(p, n, f.b, f.n, "the file stays as it was");
	q = slurp(copy, &m);
	is_int((int64_t)m, (int64_t)n, "the copy is as long");
	is_int(m == n ? q[24 + 16 + 16] : 0, 0xaa, "and edited");
	free(p);
	free(q);

	/* by descriptor, from its position */
	r = pkw_reader_open_fd(fd, "x", PKW_READ_MMAP, &d);
	ok(!r && d.code == -PKW_EFORMAT, "at the end of the file: %s", d.text);
	lseek(fd, 0, SEEK_SET);
	r = pkw_reader_open_fd(fd, "x", PKW_READ_HEADERS, &d);
	n = 0;
	while (pkw_reader_next(r, &fr, &d) > 0)
		n++;
	is_int((int64_t)n, PACKETS + 1, "from its beginning");
	pkw_reader_close(r);
	close(fd);
	unlink(name);
	unlink(copy);
}

/*
 * An allocator which fails at the n-th call, in glibc's way of replacing it.
 * What is not given back is counted.
 */
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t m);
extern void *__libc_realloc(void *p, size_t n);
extern void *__libc_memalign(size_t a, size_t n);
extern void __libc_free(void *p);
void *malloc(size_t n);
void *calloc(size_t n, size_t m);
void *realloc(void *p, size_t n);
void *aligned_alloc(size_t a, size_t n);
void free(void *p);

static int counting, fail_at, calls, live;

static int refuse(void)
{
	return counting && ++calls == fail_at;
}

static void *given(void *p)
{
	live += counting && p;
	return p;
}

void *malloc(size_t n)
{
	return refuse() ? NULL : given(__libc_malloc(n));
}

void *calloc(size_t n, size_t m)
{
	return refuse() ? NULL : given(__libc_calloc(n, m));
}

void *aligned_alloc(size_t a, size_t n)
{
	return refuse() ? NULL : given(__libc_memalign(a, n));
}

void *realloc(void *p, size_t n)
{
	if (refuse())
		return NULL;
	return p ? __libc_realloc(p, n) : given(__libc_realloc(p, n));
}

void free(void *p)
{
	live -= counting && p;
	__libc_free(p);
}

/* Copies `from' into `to'; the code of the first failure. */
static int copy(const char *from, const char *to, int as_source)
{
	struct pkw_frame fr;
	int e;

	d = (struct pkw_diag){ 0 };
	struct pkw_reader *r = pkw_reader_open(from, 0, &d);
	if (!r)
		return d.code;
	pkw_reader_limit(r, 1 << 20);
	struct pkw_writer *w = pkw_writer_open(to, &(struct pkw_writer_opts){
	    .source = as_source ? r : NULL }, &d);
	if (!w) {
		pkw_reader_close(r);
		return d.code;
	}
	while ((e = pkw_reader_next(r, &fr, NULL)) > 0 &&
	    (e = pkw_writer_put(w, &fr, NULL)) == 0)
		;
	pkw_reader_close(r);
	int e2 = pkw_writer_close(w, NULL);
	return e < 0 ? e : e2;
}

static void no_memory(void)
{
	static const char *const suffixes[] = { "1", ".pcapng", "1.gz",
		".pcapng.zst" };
	static uint8_t big[600 << 10];
	char from[64], to[64];

	/* a source with several interfaces and a record over the buffer */
	temp_name(from, "-from");
	struct pkw_writer *w = pkw_writer_open(from,
	    &(struct pkw_writer_opts){ .format = PKW_FORMAT_PCAPNG }, &d);
	for (uint32_t i = 0; i < 6; i++)
		pkw_writer_put(w, &(struct pkw_frame){ .data = big,
		    .caplen = i == 4 ? sizeof big : 5, .len = 9, .link = 1,
		    .ifindex = i }, NULL);
	pkw_writer_close(w, NULL);
	for (size_t k = 0; k < 8; k++) {
		int e = -1, good = 1;
		temp_name(to, suffixes[k % 4]);
		if (k == 4 || k == 6) { /* from here on, compressed */
			char packed[64];
			temp_name(packed, k == 4 ? "-from.gz" : "-from.zst");
			copy(from, packed, 1);
			unlink(from);
			strcpy(from, packed);
		}
		for (fail_at = 1; e != 0 && fail_at < 500; fail_at++) {
			live = calls = 0;
			counting = 1;
			e = copy(from, to, k < 4);
			counting = 0;
			good &= e == 0 || e == -PKW_ENOMEM;
			good &= live == 0;
			if (calls < fail_at)
				break;
		}
		ok(good && e == 0, "%d allocations, each may fail", fail_at);
		unlink(to);
	}
	unlink(from);
}
#else
static void no_memory(void)
{
	ok(1, "allocations that fail # SKIP needs glibc's allocator");
}
#endif

int main(void)
{
	pipes();
	silent_pipe();
	follow();
	maps();
	no_memory();
	return done();
}
