/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP segments of any kind and order.  An input is a byte of options and then
 * eight bytes for each segment: who sends it and which flow, flags, sequence
 * number (2), acknowledgement (2), length, how the clock moves.
 *
 * Data and gaps of a direction must follow each other without a hole; memory
 * stays below its limit; each flow opens once and closes once.  Unless segments
 * lie on purpose, each byte is a function of its sequence number, so that it
 * can be told whether it is told of at its place.
 */
#include "check.h"

#include <pkw/build.h>
#include <pkw/stream.h>

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RECORD = 8, LIES = 128, MEMORY = 64 << 10 };

struct seen {
	uint64_t at[2];
};

static int lies;
static uint64_t opened, closed;

static uint8_t byte_of(uint32_t seq)
{
	return (uint8_t)(seq * 2654435761u >> 24);
}

static int on_event(void *arg, const struct pkw_stream_event *e)
{
	struct seen *s = e->flow->user;
	struct pkw_str text = PKW_STR_INIT;

	(void)arg;
	MUST(pkw_stream_name(e->what) != NULL);
	switch (e->what) {
	case PKW_STREAM_OPEN:
		MUST(!s);
		e->flow->user = calloc(1, sizeof *s);
		opened++;
		pkw_flow_text(e->flow, &text);
		MUST(text.len > 0);
		pkw_str_free(&text);
		return 0;
	case PKW_STREAM_DATA:
		MUST(e->len > 0 && e->offset == s->at[e->way]);
		s->at[e->way] += e->len;
		for (uint64_t i = 0; i < e->len && !lies; i++)
			MUST(e->bytes[i] == byte_of(e->flow->way[e->way].seq +
			    (uint32_t)(e->offset + i)));
		return 0;
	case PKW_STREAM_GAP:
		MUST(e->len > 0 && e->offset == s->at[e->way]);
		s->at[e->way] += e->len;
		return 0;
	case PKW_STREAM_OVERLAP:
		MUST(lies && e->differ > 0 && e->differ <= e->len &&
		    e->taken <= e->len);
		return 0;
	case PKW_STREAM_CLOSE:
		MUST(s && pkw_close_name(e->reason) != NULL);
		MUST(s->at[0] == e->flow->way[0].bytes + e->flow->way[0].lost);
		free(s);
		e->flow->user = NULL;
		closed++;
		return 0;
	case PKW_STREAM__N:
		break;
	}
	MUST(0);
	return 0;
}

static void be(uint8_t *b, unsigned bytes, uint32_t v)
{
	while (bytes-- > 0) {
		b[bytes] = (uint8_t)v;
		v >>= 8;
	}
}

/* A number near to where the sequence numbers of a way begin. */
static uint32_t number(const uint8_t *r, int server)
{
	uint32_t v = (uint32_t)(r[0] << 8 | r[1]);

	/* they wrap; some are far away */
	v = r[0] > 0xf0 ? v << 16 : r[0] > 0x80 ? v : v & 0x3ff;
	return v + (server ? 0xfffffe00u : 1000);
}

static size_t build(uint8_t *b, const uint8_t *r)
{
	int server = r[0] & 1;
	uint32_t seq = number(r + 2, server), ack = number(r + 4, !server);
	unsigned flags = r[1] & 0x1f;
	size_t len = r[6] < 128 ? r[6] : (r[6] - 127u) * 32;

	memset(b, 0, 40);
	b[0] = 0x45;
	be(b + 2, 2, (uint32_t)(40 + len));
	b[9] = 6;
	b[15] = server ? 2 : 1;
	b[19] = server ? 1 : 2;
	be(b + 20, 2, server ? 80 : 4000u + (r[0] >> 1) % 3);
	be(b + 22, 2, server ? 4000u + (r[0] >> 1) % 3 : 80);
	be(b + 24, 4, seq);
	be(b + 28, 4, ack);
	b[32] = 0x50;
	b[33] = (uint8_t)flags;
	be(b + 34, 2, r[1] & 0x20 ? 0 : 5000);
	for (size_t i = 0; i < len; i++)
		b[40 + i] = lies ? (uint8_t)(r[7] + i / 3)
		    : byte_of(seq + (flags >> 1 & 1) + (uint32_t)i);
	return 40 + len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t b[40 + 130 * 32];
	struct pkw_streams_stats s;
	int64_t now = 0;

	if (size < 1)
		return 0;
	lies = data[0] & LIES;
	struct pkw_streams *t = pkw_streams_new(&(struct pkw_streams_opts){
	    .policy = (enum pkw_policy)(data[0] % 7), .memory = MEMORY,
	    .flows = data[0] & 8 ? 2 : 0, .wait = data[0] & 16 ? 4096 : 0,
	    .history = data[0] & 32 ? 512 : 0, .on_event = on_event });
	struct pkw_pkt *p = pkw_pkt_new();

	opened = closed = 0;
	for (size_t i = 1; i + RECORD <= size; i += RECORD) {
		size_t len = build(b, data + i);
		uint8_t *exact = malloc(len);
		memcpy(exact, b, len);
		now += (int64_t)(data[i + 7] > 250 ? 100000 : 1) * 1000000;
		struct pkw_frame f = { .data = exact, .ts_ns = now };
		pkw_dissect(p, pkw_link_proto(101), exact, len, 0);
		MUST(pkw_streams_put(t, &f, p) == 1);
		pkw_streams_stats(t, &s);
		MUST(s.memory <= MEMORY);
		free(exact);
	}
	MUST(pkw_streams_end(t) == 0);
	pkw_streams_stats(t, &s);
	MUST(s.open == 0 && s.memory == 0 && opened == closed);
	pkw_streams_free(t);
	pkw_pkt_free(p);
	return 0;
}
