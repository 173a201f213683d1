/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a capture file.  Reading must end, every byte lent must be there
 * to be read, and three writers take what was read: one continues the file, one
 * makes pcapng of it, one pcap with nanoseconds (with microseconds, odd records
 * may be taken for those of a variant).  Where nothing is changed, what the
 * first one wrote must be the file itself, up to where reading ended; and what
 * was written must read back, with as many packets.
 *
 * The first byte says what is done to the frames, and where the bytes come
 * from: memory, a socket which gives them piece by piece, or a mapped file.
 */
#include <pkw/capture.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

enum { CHANGE_LEN = 1, CHANGE_PLACE = 2, COMMENT = 4, DROP = 8, LATE = 16,
	FOREIGN = 32, PIECES = 64, MAPPED = 128 };

enum { WRITERS = 3 };

static volatile unsigned sink;

#define MUST(x)                                                                \
	do {                                                                   \
		if (!(x)) {                                                    \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__,     \
			    #x);                                               \
			abort();                                               \
		}                                                              \
	} while (0)

static void touch(const struct pkw_frame *f)
{
	struct pkw_option o;
	uint32_t at = 0;

	for (uint32_t i = 0; i < f->caplen + PKW_FRAME_SLACK; i++)
		sink += f->data[i];
	for (uint32_t i = 0; i < f->comment_len; i++)
		sink += (unsigned)f->comment[i];
	while (pkw_option_next(f, &at, &o))
		for (uint32_t i = 0; i < o.len; i++)
			sink += o.value[i];
	MUST(at <= f->options_len);
}

static int on_block(void *arg, const struct pkw_block *b)
{
	(void)arg;
	for (uint32_t i = 0; i < b->len; i++)
		sink += b->bytes[i];
	return 0;
}

static struct pkw_frame change(struct pkw_frame f, unsigned how, uint8_t *copy)
{
	if (how & CHANGE_LEN && f.caplen)
		f.caplen--;
	if (how & CHANGE_PLACE && f.caplen <= 4096)
		f.data = memcpy(copy, f.data, f.caplen);
	if (how & COMMENT) {
		f.comment = "fuzz";
		f.comment_len = 4;
		f.dropped++;
	}
	return f;
}

/* How many packets the file holds; it must be whole. */
static uint64_t read_back(int fd)
{
	struct pkw_frame f;
	struct pkw_diag d;
	uint64_t n = 0;
	int e;

	lseek(fd, 0, SEEK_SET);
	struct pkw_reader *r = pkw_reader_open_fd(fd, "back", 0, &d);
	MUST(r != NULL);
	pkw_reader_limit(r, 64 << 20);
	while ((e = pkw_reader_next(r, &f, &d)) > 0)
		n++;
	if (e < 0)
		fprintf(stderr, "%s\n", d.text);
	MUST(e == 0);
	pkw_reader_close(r);
	return n;
}

static void same_bytes(int fd, const uint8_t *p, size_t n)
{
	uint8_t *q = malloc(n + 1);

	MUST(pread(fd, q, n + 1, 0) == (ssize_t)n && memcmp(p, q, n) == 0);
	free(q);
}

/* A descriptor that gives the bytes, each read(2) no more than a piece. */
static int pieces(const uint8_t *p, size_t n)
{
	size_t piece = 32 + n / 64, len;
	int fd[2];

	MUST(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd) == 0);
	for (; n; n -= len, p += len) {
		len = n < piece ? n : piece;
		if (send(fd[0], p, len, MSG_DONTWAIT) < 0)
			break;
	}
	close(fd[0]);
	MUST(n == 0);
	return fd[1];
}

static int file(const uint8_t *p, size_t n)
{
	int fd = memfd_create("in", 0);

	MUST(write(fd, p, n) == (ssize_t)n && lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const enum pkw_format formats[WRITERS] = {
		PKW_FORMAT_AUTO, PKW_FORMAT_PCAPNG, PKW_FORMAT_PCAP_NS
	};
	struct pkw_writer *w[WRITERS] = { NULL };
	uint8_t copy[4096];
	struct pkw_frame f;
	struct pkw_diag d = { 0 };
	uint64_t put[WRITERS] = { 0 }, written, lost;
	int fd[WRITERS], in = -1, e = 0, count = 0;

	if (n == 0)
		return 0;
	unsigned how = *p++;
	n--;
	uint8_t *mem = calloc(1, n + PKW_FRAME_SLACK);
	memcpy(mem, p, n);
	if (how & PIECES)
		in = pieces(p, n);
	else if (how & MAPPED)
		in = file(p, n);
	struct pkw_reader *r = in < 0 ? pkw_reader_open_mem(mem, n, &d)
	    : pkw_reader_open_fd(in, "in", PKW_READ_MMAP, &d);
	MUST((r != NULL) == (d.code == 0));
	if (!r)
		goto out;
	pkw_reader_on_block(r, on_block, NULL);
	if (how & LATE)
		e = pkw_reader_next(r, &f, &d);
	for (int i = 0; i < WRITERS; i++) {
		fd[i] = memfd_create("fuzz", 0);
		/* the second does not know where the frames come from */
		w[i] = pkw_writer_open_fd(fd[i], "fuzz",
		    &(struct pkw_writer_opts){ .format = formats[i],
		    .source = i == 1 ? NULL : r }, NULL);
		MUST(w[i] != NULL);
	}
	if (how & FOREIGN) {
		memset(copy, 7, sizeof copy);
		f = (struct pkw_frame){ .data = copy, .caplen = 9, .len = 9,
			.link = 147, .ifindex = 1 };
		put[0] += pkw_writer_put(w[0], &f, NULL) == 0;
	}
	while (e >= 0 && (e = pkw_reader_next(r, &f, &d)) > 0) {
		touch(&f);
		if (how & DROP && count++ % 3 == 0)
			continue;
		struct pkw_frame g = change(f, how, copy);
		for (int i = 0; i < WRITERS; i++)
			put[i] += pkw_writer_put(w[i], &g, NULL) == 0;
	}
	MUST(e >= 0 || (d.code == e && d.text[0]));
	uint64_t end = pkw_reader_offset(r);
	/* compressed input has other offsets */
	int packed = mem[0] == 0x1f || mem[0] == 0x28 || mem[0] >> 4 == 5;
	/* the layout of some pcap files is guessed from their first records */
	int guessed = pkw_reader_format(r) != PKW_FORMAT_PCAPNG;
	for (int i = 0; i < WRITERS; i++) {
		if (i == WRITERS - 1) {
			pkw_reader_close(r);
			r = NULL;
		}
		MUST(pkw_writer_flush(w[i], &d) == 0);
		pkw_writer_counts(w[i], &written, &lost);
		MUST(written == put[i] && lost == 0);
		MUST(pkw_writer_close(w[i], &d) == 0);
		if (i == 0 && !(how & ~(unsigned)(PIECES | MAPPED)) && !packed && end)
			same_bytes(fd[0], mem, (size_t)end);
		else if (i || (e == 0 && !guessed))
			MUST(read_back(fd[i]) == put[i]);
		close(fd[i]);
	}
out:
	pkw_reader_close(r);
	if (in >= 0)
		close(in);
	free(mem);
	return 0;
}
