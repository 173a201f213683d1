/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reader is one buffer and a position in it.  Frames are handed out where
 * they lie; the buffer is filled again, by one read(2) of 256 KiB, when the
 * record at hand is not whole.  What is left of the old bytes moves before the
 * place where the new ones go, so that reads keep their alignment and always
 * have their full size:
 *
 *	buf          front                                    buf + cap
 *	|   <-- left |  the next 256 KiB go here              |  slack
 *
 * A pipe gives less at a time; then bytes are appended as long as there is
 * room.  A record over the buffer's size makes it grow, by no more than is
 * really there to be read, so that a length which lies costs nothing.
 *
 * Bytes may also lie in a map of the file, or in the caller's memory; then
 * nothing ever moves, and filling means to go on a bit.  Pages of a map behind
 * the position are given back, which keeps the memory constant.
 *
 * Three places know a format: pcap.c and pcapng.c, and the first lines of
 * pkw_reader_next(), which take plain pcap records as fast as possible.
 */
#include "reader.h"
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PAGE = 4096, /* what buffers are aligned to */
	MAP_CHUNK = 1 << 20,
	/* bytes a record, up to and from which a map is faster than read(2) */
	MAP_TINY = 112,
	MAP_HUGE = 16 << 10,
	DEFAULT_LIMIT = 256 << 10
};

int pkw__reader_stick(struct pkw_reader *r, int code)
{
	snprintf(r->diag.file, sizeof r->diag.file, "%s", r->name);
	if (code != -PKW_EAGAIN && code != -PKW_EINTR)
		r->err = code;
	return code;
}

static int no_memory(struct pkw_reader *r)
{
	return pkw__reader_stick(r,
	    pkw_fail(&r->diag, -PKW_ENOMEM, "out of memory"));
}

/* An empty buffer of `cap' bytes, `front' of them for what is left over. */
static int new_buffer(struct pkw_reader *r, size_t front, size_t cap)
{
	size_t size = (cap + PKW_FRAME_SLACK + PAGE - 1) / PAGE * PAGE;
	uint8_t *buf = aligned_alloc(PAGE, size);

	if (!buf)
		return no_memory(r);
	memset(buf + cap, 0, size - cap);
	r->buf = buf;
	r->cap = cap;
	r->front = buf + front;
	return 0;
}

static int grow_buffer(struct pkw_reader *r, size_t have)
{
	size_t front = (have + PAGE - 1) / PAGE * PAGE;
	size_t more = front > READ_SIZE ? front : READ_SIZE;
	uint8_t *old = r->buf, *bytes = r->at;
	int e = new_buffer(r, front, front + more);

	if (e < 0)
		return e;
	memcpy(r->front - have, bytes, have);
	free(old);
	return 0;
}

/* Sees to it that there is room to read into at r->end. */
static int make_room(struct pkw_reader *r)
{
	size_t have = (size_t)(r->end - r->at);

	if (have && (size_t)(r->buf + r->cap - r->end) >= READ_SIZE / 4)
		return 0;
	if (have > (size_t)(r->front - r->buf)) {
		int e = grow_buffer(r, have);
		if (e < 0)
			return e;
	} else {
		memmove(r->front - have, r->at, have);
	}
	r->at = r->front - have;
	r->end = r->front;
	return 0;
}

static int fill_map(struct pkw_reader *r)
{
	size_t left = (size_t)(r->map_end - r->end);
	size_t n = left < MAP_CHUNK ? left : MAP_CHUNK;
	uint8_t *from = r->map + (r->lo - r->map) / PAGE * PAGE;
	uint8_t *to = r->map + (r->at - r->map) / PAGE * PAGE;

	if (n == 0)
		return 0;
	if (to > from)
		madvise(from, (size_t)(to - from), MADV_DONTNEED);
	r->end += n;
	return 1;
}

static int fill_buffer(struct pkw_reader *r)
{
	int e = make_room(r);

	if (e < 0)
		return e;
	size_t room = (size_t)(r->buf + r->cap - r->end);
	/* small reads stay in the cache; a huge record had better be quick */
	if (room > READ_SIZE && r->end - r->at < READ_SIZE)
		room = READ_SIZE;
	ssize_t n = pkw__source_read(&r->src, r->end, room, &r->diag);
	if (n < 0)
		return pkw__reader_stick(r, (int)n);
	r->end += n;
	return n > 0;
}

int pkw__reader_fill(struct pkw_reader *r)
{
	size_t used = (size_t)(r->at - r->lo);

	for (struct pkw_writer *w = r->writers; w;)
		w = pkw__writer_settle(w);
	int e = r->map ? fill_map(r) : r->buf ? fill_buffer(r) : 0;
	r->origin += used;
	r->lo = r->at;
	return e;
}

int pkw__reader_more(struct pkw_reader *r, uint64_t want, const char *what)
{
	int e = pkw__reader_fill(r);
	unsigned long long have = (unsigned long long)(r->end - r->at);

	if (e != 0 || have == 0)
		return e;
	return pkw__reader_stick(r, pkw_fail(&r->diag, -PKW_ETRUNC,
	    "the file is cut: the %s at byte %llu wants %llu bytes, %llu are "
	    "there", what, (unsigned long long)pkw_reader_offset(r),
	    (unsigned long long)want, have));
}

struct pkw__iface *pkw__reader_add_iface(struct pkw_reader *r)
{
	if (r->n_ifaces == r->cap_ifaces) {
		uint32_t cap = r->cap_ifaces ? 2 * r->cap_ifaces : 1;
		void *p = realloc(r->ifaces, cap * sizeof *r->ifaces);
		if (!p) {
			no_memory(r);
			return NULL;
		}
		r->ifaces = p;
		r->cap_ifaces = cap;
	}
	return memset(&r->ifaces[r->n_ifaces++], 0, sizeof *r->ifaces);
}

/* Reads until n bytes are there or the file ends: 0 or an error. */
static int top_up(struct pkw_reader *r, size_t n)
{
	int e = 1;

	while (e > 0 && (size_t)(r->end - r->at) < n)
		e = pkw__reader_fill(r);
	return e < 0 ? e : 0;
}

/* The bytes read so far turn out to be compressed: inflate from here on. */
static int begin_inflate(struct pkw_reader *r)
{
	size_t n = (size_t)(r->end - r->at);
	uint8_t *in = r->at;
	int owned = r->buf != NULL;

	if (owned)
		in = memmove(r->buf, r->at, n);
	int e = pkw__inflate_new(&r->src.z, in, owned ? r->cap : n, n, owned,
	    &r->diag);
	if (e < 0)
		return pkw__reader_stick(r, e);
	r->buf = NULL;
	e = new_buffer(r, FRONT_SIZE, FRONT_SIZE + READ_SIZE);
	r->lo = r->at = r->end = r->front;
	return e;
}

/* The mean length of the records which are in the buffer. */
static size_t mean_record(const struct pkw_reader *r)
{
	const uint8_t *p = r->at;
	size_t n = 0, span;

	for (; p < r->end; p += span, n++) {
		size_t left = (size_t)(r->end - p);
		span = r->ng ? pkw__ng_span(p, left, r->swap)
			     : pkw__pcap_span(&r->pcap, p, left);
		if (span == 0 || span > left)
			break;
	}
	return n ? (size_t)(p - r->at) / n : 0;
}

/*
 * Replaces the buffer by a private map of the whole file, `start' being the
 * offset of the capture in it.  One page more is mapped, without a file behind
 * it, for the slack.  If it cannot be done, reading goes on.
 */
static void try_map(struct pkw_reader *r, off_t start)
{
	struct stat st;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (start < 0 || fstat(r->src.fd, &st) < 0 || st.st_size <= start ||
	    (uint64_t)st.st_size > SIZE_MAX - 2 * page)
		return;
	size_t size = (size_t)st.st_size, len = size + 2 * page;
	int prot = PROT_READ | PROT_WRITE;
	uint8_t *p = mmap(NULL, len, prot,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return;
	if (mmap(p, size, prot, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE,
	    r->src.fd, 0) == MAP_FAILED) {
		munmap(p, len);
		return;
	}
	r->map = p;
	r->map_len = len;
	r->map_end = p + size;
	r->origin = pkw_reader_offset(r);
	r->lo = r->at = r->end = p + start + r->origin;
	r->fast = 0;
	free(r->buf);
	r->buf = NULL;
}

static int no_capture(struct pkw_reader *r, size_t n)
{
	const uint8_t *p = r->at;
	int e = n == 0
	    ? pkw_fail(&r->diag, -PKW_EFORMAT, "the file is empty")
	    : n < 4
	    ? pkw_fail(&r->diag, -PKW_EFORMAT, "no capture: only %zu bytes", n)
	    : pkw_fail(&r->diag, -PKW_EFORMAT, "no pcap or pcapng file: it "
	    "begins with %02x %02x %02x %02x", p[0], p[1], p[2], p[3]);

	return pkw__reader_stick(r, e);
}

/* Tells what the bytes are and reads the first header. */
static int detect(struct pkw_reader *r)
{
	int e = top_up(r, 4);
	size_t n = (size_t)(r->end - r->at);

	if (e == 0 && pkw__inflate_detect(r->at, n)) {
		e = begin_inflate(r);
		if (e == 0)
			e = top_up(r, 4);
		n = (size_t)(r->end - r->at);
	}
	if (e < 0)
		return e;
	if (n >= 4 && get32(r->at, 0) == BLOCK_SECTION)
		return pkw__ng_open(r);
	if (n >= 4 && pkw__pcap_match(r->at))
		return pkw__pcap_open(r);
	return no_capture(r, n);
}

static struct pkw_reader *new_reader(const char *name)
{
	struct pkw_reader *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	snprintf(r->name, sizeof r->name, "%s", name);
	r->src.fd = r->src.watch = r->src.timeout = -1;
	r->limit = DEFAULT_LIMIT;
	return r;
}

/*
 * Measured on ext4 and tmpfs, kernel 6.18: copying costs less than missing the
 * cache and the TLB for every packet, but for packets so small that the next
 * one is there already, and for those so large that most pages go untouched.
 */
static int map_is_faster(const struct pkw_reader *r)
{
	size_t mean = mean_record(r);

	return mean && (mean <= MAP_TINY || mean >= MAP_HUGE);
}

static struct pkw_reader *refuse(struct pkw_reader *r, struct pkw_diag *d)
{
	if (d)
		*d = r->diag;
	pkw_reader_close(r);
	return NULL;
}

static struct pkw_reader *open_fd(int fd, int owned, const char *name,
    unsigned flags, struct pkw_diag *d)
{
	struct pkw_reader *r = new_reader(name);
	struct stat st;

	if (!r) {
		if (owned)
			close(fd);
		pkw_fail(d, -PKW_ENOMEM, "out of memory");
		return NULL;
	}
	r->src.fd = fd;
	r->src.owned = owned;
	r->src.regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	r->src.follow = (flags & PKW_READ_FOLLOW) != 0;
	off_t start = lseek(fd, 0, SEEK_CUR);
	if (new_buffer(r, FRONT_SIZE, FRONT_SIZE + READ_SIZE) < 0)
		return refuse(r, d);
	r->lo = r->at = r->end = r->front;
	if (detect(r) < 0)
		return refuse(r, d);
	if (r->src.regular && !r->src.follow && !r->src.z &&
	    (flags & PKW_READ_MMAP ||
	    (flags & PKW_READ_HEADERS && map_is_faster(r))))
		try_map(r, start);
	return r;
}

struct pkw_reader *pkw_reader_open(const char *path, unsigned flags,
    struct pkw_diag *d)
{
	if (strcmp(path, "-") == 0)
		return open_fd(STDIN_FILENO, 0, "standard input", flags, d);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		return open_fd(fd, 1, path, flags, d);
	pkw_fail(d, -errno, "cannot open: %s", pkw_strerror(errno));
	if (d)
		snprintf(d->file, sizeof d->file, "%s", path);
	return NULL;
}

struct pkw_reader *pkw_reader_open_fd(int fd, const char *name,
    unsigned flags, struct pkw_diag *d)
{
	return open_fd(fd, 0, name, flags, d);
}

struct pkw_reader *pkw_reader_open_mem(uint8_t *bytes, size_t len,
    struct pkw_diag *d)
{
	struct pkw_reader *r = new_reader("memory");

	if (!r) {
		pkw_fail(d, -PKW_ENOMEM, "out of memory");
		return NULL;
	}
	r->lo = r->at = bytes;
	r->end = bytes + len;
	return detect(r) < 0 ? refuse(r, d) : r;
}

void pkw_reader_close(struct pkw_reader *r)
{
	if (!r)
		return;
	for (struct pkw_writer *w = r->writers; w;)
		w = pkw__writer_orphan(w);
	pkw__source_fini(&r->src);
	if (r->map)
		munmap(r->map, r->map_len);
	free(r->buf);
	free(r->ifaces);
	free(r);
}

/* Apart, so that the quick path below needs no stack frame. */
static PKW__NOINLINE int step(struct pkw_reader *r, struct pkw_frame *f,
    struct pkw_diag *d)
{
	int e = r->err ? r->err : r->step(r, f);

	if (e < 0 && d)
		*d = r->diag;
	return e;
}

int pkw_reader_next(struct pkw_reader *r, struct pkw_frame *f,
    struct pkw_diag *d)
{
	enum { HEAD = 16 };
	uint8_t *p = r->at;

	if (r->fast < HEAD)
		return step(r, f, d);
	uint32_t caplen = get32(p + 8, 0);
	if (caplen > r->fast - HEAD || caplen > r->limit)
		return step(r, f, d);
	prefetch(p);
	*f = (struct pkw_frame){
		.data = p + HEAD,
		.caplen = caplen,
		.len = get32(p + 12, 0),
		.ts_ns = (int64_t)get32(p, 0) * 1000000000 +
		    (int64_t)get32(p + 4, 0) * r->unit,
		.link = r->link,
	};
	r->at = p + HEAD + caplen;
	r->fast -= HEAD + caplen;
	return 1;
}

void pkw_reader_timeout(struct pkw_reader *r, int milliseconds)
{
	r->src.timeout = milliseconds < 0 ? -1 : milliseconds;
}

void pkw_reader_stop(struct pkw_reader *r)
{
	r->src.stop = 1;
}

int pkw_reader_limit(struct pkw_reader *r, uint32_t bytes)
{
	if (bytes == 0 || bytes > MAX_PACKET)
		return -PKW_ERANGE;
	r->limit = bytes;
	return 0;
}

enum pkw_format pkw_reader_format(const struct pkw_reader *r)
{
	if (r->ng)
		return PKW_FORMAT_PCAPNG;
	return r->pcap.unit == 1 ? PKW_FORMAT_PCAP_NS : PKW_FORMAT_PCAP;
}

const struct pkw_iface *pkw_reader_iface(const struct pkw_reader *r,
    uint32_t index)
{
	return index < r->n_ifaces ? &r->ifaces[index].pub : NULL;
}

uint64_t pkw_reader_offset(const struct pkw_reader *r)
{
	return r->origin + (uint64_t)(r->at - r->lo);
}

void pkw_reader_on_block(struct pkw_reader *r, pkw_block_fn *fn, void *arg)
{
	r->on_block = fn;
	r->on_block_arg = arg;
}
