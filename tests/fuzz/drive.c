/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Drives a fuzz target without libFuzzer, so that any compiler will do:
 *
 *	fuzz_packet [-s SECONDS] [-n RUNS] [-r SEED] [-o FILE] SEEDS...
 *
 * First every file of SEEDS (files, or folders of files) is run as it is.  Then,
 * for so long or so often, mutations of them: blind ones, since nothing measures
 * coverage here; that is libFuzzer's work (`make fuzz').  The same seed makes
 * the same inputs.
 *
 * An input that kills the target, or takes more than ten seconds, is written to
 * FILE first.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 4096, SEEDS_MAX = 8192, TOO_LONG = 10 };

struct input {
	uint8_t *bytes;
	size_t len;
};

static struct input seeds[SEEDS_MAX];
static size_t nseeds;
static struct input now;
static const char *crash_file = "crash";
static uint64_t state;

static uint32_t rnd(uint32_t n)
{
	state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return n ? (uint32_t)(state >> 33) % n : 0;
}

static void on_death(int sig)
{
	int fd = open(crash_file, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	static const char alarmed[] = "fuzz: took more than 10 seconds\n";

	if (sig == SIGALRM && write(2, alarmed, sizeof alarmed - 1) < 0)
		_exit(1);
	if (fd >= 0 && write(fd, now.bytes, now.len) == (ssize_t)now.len)
		close(fd);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void run(const uint8_t *bytes, size_t len)
{
	now = (struct input){ (uint8_t *)(uintptr_t)bytes, len };
	alarm(TOO_LONG);
	LLVMFuzzerTestOneInput(bytes, len);
}

static void add_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t buf[INPUT_MAX];

	if (!f || nseeds == SEEDS_MAX) {
		fprintf(stderr, "fuzz: cannot use %s\n", path);
		exit(2);
	}
	size_t n = fread(buf, 1, sizeof buf, f);
	fclose(f);
	uint8_t *copy = malloc(n + 1);
	if (!copy)
		exit(2);
	memcpy(copy, buf, n);
	seeds[nseeds++] = (struct input){ copy, n };
}

static void add(const char *path)
{
	struct stat st;
	DIR *d;

	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode)) {
		add_file(path);
		return;
	}
	d = opendir(path);
	for (struct dirent *e; d && (e = readdir(d));) {
		char name[4096];
		if (*e->d_name == '.')
			continue;
		snprintf(name, sizeof name, "%s/%s", path, e->d_name);
		add_file(name);
	}
	if (d)
		closedir(d);
}

/* Numbers on which lengths and offsets trip. */
static const uint8_t odd[] = { 0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127,
	128, 0xc0, 254, 255 };

static size_t mutate(uint8_t *b, size_t n)
{
	const struct input *other = &seeds[rnd((uint32_t)nseeds)];
	size_t at = rnd((uint32_t)n), k = rnd(8) + 1;

	switch (rnd(8)) {
	case 0:
	case 1:
		if (n)
			b[at] = (uint8_t)(b[at] ^ 1u << rnd(8));
		return n;
	case 2:
		if (n)
			b[at] = odd[rnd(sizeof odd)];
		return n;
	case 3:
		if (n)
			b[at] = (uint8_t)rnd(256);
		return n;
	case 4: /* without some bytes */
		if (k > n - at)
			k = n - at;
		memmove(b + at, b + at + k, n - at - k);
		return n - k;
	case 5: /* with some more */
		if (n + k > INPUT_MAX)
			return n;
		memmove(b + at + k, b + at, n - at);
		for (size_t i = 0; i < k; i++)
			b[at + i] = odd[rnd(sizeof odd)];
		return n + k;
	case 6: /* cut */
		return rnd(4) ? n : at;
	default: /* going on as another does */
		if (at >= other->len || rnd(4))
			return n;
		memcpy(b + at, other->bytes + at, other->len - at);
		return other->len;
	}
}

static void mutations(uint64_t runs, long seconds)
{
	static uint8_t buf[INPUT_MAX];
	time_t end = time(NULL) + seconds;
	uint64_t i = 0;

	for (; runs ? i < runs : i % 256 || time(NULL) < end; i++) {
		const struct input *s = &seeds[rnd((uint32_t)nseeds)];
		size_t n = s->len;
		memcpy(buf, s->bytes, n);
		for (uint32_t k = rnd(6) + 1; k-- > 0;)
			n = mutate(buf, n);
		run(buf, n);
	}
	printf("# %llu mutations of %zu inputs\n", (unsigned long long)i,
	    nseeds);
}

int main(int argc, char **argv)
{
	long seconds = 0;
	uint64_t runs = 0;
	int c;

	while ((c = getopt(argc, argv, "s:n:r:o:")) > 0)
		switch (c) {
		case 's':
			seconds = strtol(optarg, NULL, 10);
			break;
		case 'n':
			runs = strtoull(optarg, NULL, 10);
			break;
		case 'r':
			state = strtoull(optarg, NULL, 10);
			break;
		case 'o':
			crash_file = optarg;
			break;
		default:
			return 2;
		}
	for (int i = optind; i < argc; i++)
		add(argv[i]);
	if (nseeds == 0) {
		fprintf(stderr, "fuzz: nothing to begin with\n");
		return 2;
	}
	signal(SIGABRT, on_death);
	signal(SIGALRM, on_death);
	for (size_t i = 0; i < nseeds; i++)
		run(seeds[i].bytes, seeds[i].len);
	if (seconds || runs)
		mutations(runs, seconds);
	alarm(0);
	for (size_t i = 0; i < nseeds; i++)
		free(seeds[i].bytes);
	return 0;
}
