/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Out of memory, everywhere once: the n-th allocation fails, for each n, while
 * a link is opened, a question asked and packets sniffed.  It must come back as
 * an error or not matter, and leave nothing behind.
 */
#include "lab.h"

#include <pkw/exchange.h>
#include <pkw/text.h>

#if defined(__SANITIZE_ADDRESS__)
int main(void)
{
	printf("1..0 # SKIP the sanitizer has an allocator of its own\n");
	return 0;
}
#else

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t m);
void *__libc_realloc(void *p, size_t n);

static long countdown = -1; /* negative: nothing fails */
static long asked;

static int fails(void)
{
	asked++;
	return countdown >= 0 && countdown-- == 0;
}

void *malloc(size_t n)
{
	return fails() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t m)
{
	return fails() ? NULL : __libc_calloc(n, m);
}

void *realloc(void *p, size_t n)
{
	return fails() ? NULL : __libc_realloc(p, n);
}

/* All that can fail, from the start: 0 or the first error. */
static int all_of_it(struct pkw_pkt *q, struct pkw_pkt *a)
{
	struct pkw_link *l = pkw_link_open("any", &(struct pkw_link_opts){
	    .flags = PKW_LINK_FOR_ASKING, .filter = "icmp or arp",
	    .buffer = 1 << 19 }, NULL);
	struct pkw_asked *r = pkw_asked_new();
	struct pkw_pkt *one[] = { q };
	struct pkw_array array = { one, 1, 0 };
	struct pkw_source s = pkw_array_source(&array);
	int e = l && r ? 0 : -PKW_ENOMEM;

	if (e == 0)
		e = pkw_ask(l, &s, &(struct pkw_ask_opts){ .timeout = 200 }, r,
		    NULL);
	if (e == 0)
		e = pkw_asked_stats(r)->answered == 1 ? 0 : -PKW_ETIMEDOUT;
	if (e == 0)
		e = pkw_ask1(l, q, 200, a, NULL) == 1 ? 0 : -PKW_ETIMEDOUT;
	if (e == 0)
		e = pkw_sniff(l, &(struct pkw_sniff_opts){ .timeout = 1 }, NULL,
		    NULL);
	pkw_asked_free(r);
	pkw_link_close(l);
	return e;
}

static int open_files(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

int main(void)
{
	long n, bad = 0, errors = 0;
	int e = 0;

	lab_begin();
	lab_veth();
	struct pkw_pkt *q = pkw_pkt_new(), *a = pkw_pkt_new();
	pkw_parse(q, "IP(dst='10.0.0.2')/ICMP(id=1)", NULL);
	is_int(all_of_it(q, a), 0, "with memory it works");
	int files = open_files();
	asked = 0;
	is_int(all_of_it(q, a), 0, "... again");
	long most = asked;
	for (n = 0; n < most; n++) {
		countdown = n;
		e = all_of_it(q, a);
		countdown = -1;
		errors += e < 0;
		/* what only loses an answer is no error of memory */
		bad += e < 0 && e != -PKW_ENOMEM && e != -PKW_ETIMEDOUT &&
		    e != -PKW_ESYNTAX && e != -PKW_EIO;
		if (pkw_pkt_err(q) || e < 0)
			pkw_parse(q, "IP(dst='10.0.0.2')/ICMP(id=1)", NULL);
	}
	printf("# %ld allocations, %ld errors\n", most, errors);
	ok(most > 20, "there are allocations to fail");
	ok(errors > most / 2, "most of them are noticed");
	is_int(bad, 0, "... as what they are");
	is_int(all_of_it(q, a), 0, "then it works again");
	is_int(open_files(), files, "and no descriptor is left over");
	pkw_pkt_free(q);
	pkw_pkt_free(a);
	return done();
}
#endif
