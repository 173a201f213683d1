/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mutate: the checks of the fuzz targets, without libFuzzer, over mutated
 * packets of captures.  The same seed gives the same packets on every machine.
 *
 *	mutate [-n PACKETS] [-s SEED] [-t SECONDS] CAPTURE...
 *	mutate -r INPUT         a saved input, told step by step
 *
 * A packet of the captures is taken from one of its layers on, changed in a few
 * places (bits, bytes, numbers that are likely lengths, runs put in, taken out
 * or copied from elsewhere, the end cut off) and handed to check_packet(), every
 * sixteenth also to check_text().  When a check fails or a sanitizer reports,
 * the input is saved as mutate-NUMBER in the format of the fuzz targets.
 */
#include "check.h"

#include <pkw/capture.h>
#include <pkw/registry.h>

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST = 600, MOST = 1 << 16, ROOM = 2048, HANG = 30, TEXT = 16 };

struct packet {
	uint8_t *bytes;
	uint32_t len;
	uint8_t head[INPUT_HEAD];
};

static struct packet *packets;
static size_t npackets;

/* The input that is worked on, for the handler of signals. */
static uint8_t input[INPUT_HEAD + ROOM];
static size_t input_len;
static uint64_t number;

/* ---- when something fails ---- */

/* Sanitizers end the program by a signal, so that the input is saved. */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *__asan_default_options(void)
{
	return "abort_on_error=1:handle_abort=0";
}

const char *__ubsan_default_options(void)
{
	return "abort_on_error=1:print_stacktrace=1";
}

static void save(int sig)
{
	char name[64], text[128];
	int n = snprintf(name, sizeof name, "mutate-%llu",
	    (unsigned long long)number);
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (n > 0 && fd >= 0 &&
	    write(fd, input, input_len) == (ssize_t)input_len) {
		n = snprintf(text, sizeof text, "%s: saved as %s\n",
		    sig == SIGALRM ? "hangs" : "failed", name);
		if (write(2, text, (size_t)n) < 0)
			_exit(1);
	}
	_exit(1);
}

/* ---- packets to begin with ---- */

static void keep(const uint8_t *bytes, uint32_t len, const uint8_t *head)
{
	if (npackets == MOST || len == 0)
		return;
	struct packet *p = &packets[npackets];
	p->len = len < LONGEST ? len : LONGEST;
	p->bytes = malloc(p->len);
	if (!p->bytes)
		return;
	memcpy(p->bytes, bytes, p->len);
	memcpy(p->head, head, INPUT_HEAD);
	npackets++;
}

/* A frame, and what is in it, each layer as the first one of a packet. */
static void keep_layers(struct pkw_pkt *p, const struct pkw_frame *f)
{
	uint8_t head[INPUT_HEAD] = { 0, 1, 1, 0 };
	const struct pkw_proto *first = pkw_link_proto(f->link);

	if (input_proto(head) == first)
		keep(f->data, f->caplen, head);
	pkw_dissect(p, first, f->data, f->caplen, 0);
	const struct pkw_view *v = pkw_view(p);
	head[2] = 0;
	for (uint32_t i = input_proto(head) == first; i < v->nlayers; i++) {
		uint16_t n = input_number(v->layers[i].proto);
		head[0] = (uint8_t)(n >> 8);
		head[1] = (uint8_t)n;
		if (v->layers[i].off < v->len)
			keep(v->bytes + v->layers[i].off,
			    v->len - v->layers[i].off, head);
	}
}

static int read_capture(const char *path)
{
	struct pkw_diag d = { 0 };
	struct pkw_reader *r = pkw_reader_open(path, 0, &d);
	struct pkw_pkt *p = pkw_pkt_new();
	struct pkw_frame f;
	int e = r && p ? 1 : -1;

	while (e > 0 && npackets < MOST && (e = pkw_reader_next(r, &f, &d)) > 0)
		keep_layers(p, &f);
	if (e < 0)
		fprintf(stderr, "mutate: %s: %s\n", path, d.text);
	if (r)
		pkw_reader_close(r);
	pkw_pkt_free(p);
	return e < 0 ? e : 0;
}

/* ---- mutations ---- */

static uint64_t state;

static uint32_t below(uint32_t n) /* xorshift64* */
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	uint32_t v = (uint32_t)((state * UINT64_C(2685821657736338717)) >> 32);
	return n ? v % n : 0;
}

static uint32_t put_in(uint8_t *b, uint32_t n, const uint8_t *from, uint32_t k)
{
	uint32_t at = below(n + 1);

	if (n + k > ROOM)
		return n;
	memmove(b + at + k, b + at, n - at);
	memmove(b + at, from, k);
	return n + k;
}

static uint32_t take_out(uint8_t *b, uint32_t n)
{
	uint32_t at = below(n), k = 1 + below(n - at < 16 ? n - at : 16);

	memmove(b + at, b + at + k, n - at - k);
	return n - k;
}

/* Numbers on which lengths and counts turn. */
static uint8_t likely(uint32_t n)
{
	static const uint8_t some_of[] = { 0, 1, 2, 3, 4, 5, 7, 8, 12, 16, 20,
		0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xfe, 0xff };
	uint32_t k = below(sizeof some_of + 4);

	return k < sizeof some_of ? some_of[k] : (uint8_t)(n + k);
}

static uint32_t mutation(uint8_t *b, uint32_t n)
{
	const struct packet *other = &packets[below((uint32_t)npackets)];
	uint32_t at = below(n), k;

	switch (n < 2 ? 6 : below(12)) {
	case 0:
	case 1:
		b[at] ^= (uint8_t)(1u << below(8));
		return n;
	case 2:
		b[at] = (uint8_t)below(256);
		return n;
	case 3:
	case 4:
		b[at] = likely(n - at);
		return n;
	case 5:
		b[at] = (uint8_t)(b[at] + below(9) - 4);
		return n;
	case 6:
		at = below(other->len);
		return put_in(b, n, other->bytes + at,
		    1 + below(other->len - at < 40 ? other->len - at : 40));
	case 7:
		k = below(n - at < 40 ? n - at : 40);
		return put_in(b, n, b + at, k);
	case 8:
		return take_out(b, n);
	case 9:
		k = below(n - at < other->len ? n - at : other->len);
		memcpy(b + at, other->bytes, k);
		return n;
	case 10:
		k = below(n - at < 8 ? n - at : 8);
		memset(b + at, below(2) ? 0 : 0xff, k);
		return n;
	case 11:
		return at;
	}
	return n;
}

static void mutate(void)
{
	const struct packet *p = &packets[below((uint32_t)npackets)];
	uint8_t *b = input + INPUT_HEAD;
	uint32_t n = p->len;

	memcpy(input, p->head, INPUT_HEAD);
	memcpy(b, p->bytes, n);
	if (below(32) == 0) { /* as something else than it is */
		input[0] = (uint8_t)below(256);
		input[1] = (uint8_t)below(256);
	}
	input[2] = (uint8_t)((input[2] & 1) | (below(256) & 0xfe));
	input[3] = (uint8_t)below(256);
	for (uint32_t k = below(5); k > 0; k--)
		n = mutation(b, n);
	input_len = INPUT_HEAD + n;
}

static void check_input(int text)
{
	size_t n = input_len - INPUT_HEAD;
	uint8_t *exact = malloc(n); /* for ASan */

	memcpy(exact, input + INPUT_HEAD, n);
	check_packet(input_proto(input), exact, n, input_seed(input));
	if (text)
		check_text(input_proto(input), exact, n, input_seed(input));
	free(exact);
}

/* ---- main ---- */

static int replay(const char *path)
{
	FILE *f = fopen(path, "rb");

	if (!f) {
		perror(path);
		return 1;
	}
	input_len = fread(input, 1, sizeof input, f);
	fclose(f);
	if (input_len < INPUT_HEAD)
		return 1;
	tracing = 1;
	check_input(1);
	return 0;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int usage(void)
{
	fputs("mutate [-n PACKETS] [-s SEED] [-t SECONDS] CAPTURE...\n"
	      "mutate -r INPUT\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	uint64_t count = 1000000, seed = 1;
	double limit = 0, start = seconds();
	int c, r = 0;

	while ((c = getopt(argc, argv, "n:r:s:t:")) != -1) {
		if (c == 'n')
			count = strtoull(optarg, NULL, 0);
		else if (c == 'r')
			return replay(optarg);
		else if (c == 's')
			seed = strtoull(optarg, NULL, 0);
		else if (c == 't')
			limit = strtod(optarg, NULL);
		else
			return usage();
	}
	if (optind == argc)
		return usage();
	packets = calloc(MOST, sizeof *packets);
	for (int i = optind; packets && i < argc && r == 0; i++)
		r = read_capture(argv[i]);
	if (r < 0 || npackets == 0)
		return 1;
	signal(SIGABRT, save);
	signal(SIGALRM, save);
	state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	for (number = 0; number < count; number++) {
		if (number % 256 == 0) {
			alarm(HANG);
			if (limit > 0 && seconds() - start > limit)
				break;
		}
		mutate();
		check_input(number % TEXT == 0);
	}
	printf("%llu mutated packets, no report, %.0f s\n",
	    (unsigned long long)number, seconds() - start);
	return 0;
}
