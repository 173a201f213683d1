/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tests/peers/test_capture.py needs of the library:
 *
 *	dump FILE [follow MS]    a line for each packet
 *	copy IN OUT HOW          HOW, letters: s continue the source, p pcap,
 *	                         n with nanoseconds, g pcapng, c comment each,
 *	                         e encode each anew, u unbuffered, t statistics
 *
 * Exits with 1 after an error, which is told on stderr with its number.
 */
#include <pkw/capture.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(int e, const struct pkw_diag *d)
{
	fprintf(stderr, "%d %s: %s\n", e, d->file, d->text);
	return 1;
}

static uint32_t sum(const uint8_t *p, uint32_t n)
{
	uint32_t a = 1, b = 0; /* Adler-32, RFC 1950 §8 */

	while (n--) {
		a = (a + *p++) % 65521;
		b = (b + a) % 65521;
	}
	return b << 16 | a;
}

/* One word of text, whatever is in it. */
static const char *word(const char *s)
{
	static char w[64];
	size_t n = 0;

	for (; s && s[n] && n < sizeof w - 1; n++)
		w[n] = s[n] > ' ' && s[n] != 127 ? s[n] : '.';
	w[n] = '\0';
	return n ? w : "-";
}

static int dump(const char *name, int follow, int ms)
{
	struct pkw_diag d;
	struct pkw_frame f;
	int e;
	struct pkw_reader *r = pkw_reader_open(name,
	    follow ? PKW_READ_FOLLOW : 0, &d);

	if (!r)
		return fail(d.code, &d);
	pkw_reader_timeout(r, ms);
	while ((e = pkw_reader_next(r, &f, &d)) > 0) {
		const struct pkw_iface *i = pkw_reader_iface(r, f.ifindex);
		printf("%" PRId64 " %u %u %u %08x %u %s %.*s\n", f.ts_ns,
		    f.caplen, f.len, f.link, sum(f.data, f.caplen), f.ifindex,
		    word(i ? i->name : NULL), (int)f.comment_len,
		    f.comment ? f.comment : "");
	}
	pkw_reader_close(r);
	return e < 0 ? fail(e, &d) : 0;
}

static int copy(const char *from, const char *to, const char *how)
{
	static uint8_t anew[64 << 20];
	struct pkw_diag d;
	struct pkw_frame f;
	struct pkw_writer_opts o = { .app = "capture_tool" };
	uint64_t written, lost, n = 0;
	int e;

	struct pkw_reader *r = pkw_reader_open(from, 0, &d);
	if (!r)
		return fail(d.code, &d);
	if (strchr(how, 's'))
		o.source = r;
	if (strchr(how, 'u'))
		o.flags = PKW_WRITE_UNBUFFERED;
	o.format = strchr(how, 'p') ? PKW_FORMAT_PCAP
	    : strchr(how, 'n') ? PKW_FORMAT_PCAP_NS
	    : strchr(how, 'g') ? PKW_FORMAT_PCAPNG : PKW_FORMAT_AUTO;
	struct pkw_writer *w = pkw_writer_open(to, &o, &d);
	if (!w)
		return fail(d.code, &d);
	while ((e = pkw_reader_next(r, &f, &d)) > 0) {
		char comment[32];
		if (strchr(how, 'c')) {
			snprintf(comment, sizeof comment, "number %" PRIu64,
			    ++n);
			f.comment = comment;
			f.comment_len = (uint32_t)strlen(comment);
		}
		if (strchr(how, 'e'))
			f.data = memcpy(anew, f.data, f.caplen);
		e = pkw_writer_put(w, &f, &d);
		if (e < 0)
			break;
	}
	int failed = e < 0 ? fail(e, &d) : 0;
	if (strchr(how, 't'))
		pkw_writer_stats(w, 0, 1000, 7, 3);
	pkw_reader_close(r);
	e = pkw_writer_flush(w, &d);
	pkw_writer_counts(w, &written, &lost);
	fprintf(stderr, "%" PRIu64 " written, %" PRIu64 " lost\n", written,
	    lost);
	e = pkw_writer_close(w, &d);
	return e < 0 && !failed ? fail(e, &d) : failed;
}

int main(int argc, char **argv)
{
	if (argc >= 3 && strcmp(argv[1], "dump") == 0)
		return dump(argv[2], argc > 4, argc > 4 ? atoi(argv[4]) : -1);
	if (argc == 5 && strcmp(argv[1], "copy") == 0)
		return copy(argv[2], argv[3], argv[4]);
	return 2;
}
