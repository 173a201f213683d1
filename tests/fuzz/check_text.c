/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The properties of packets as text, for any bytes and any first protocol:
 *
 *   - what printers write is printable ASCII, whatever the packet says; JSON is
 *     JSON;
 *   - an expression of the packet parses back to the same bytes, and there is
 *     one in Lua;
 *   - an integer's text, parsed into its field, is that integer;
 *   - edits by paths, templates and mutilated expressions leave sound packets,
 *     or an error with a text.
 */
#include "check.h"

#include <pkw/build.h>
#include <pkw/format.h>
#include <pkw/picture.h>
#include <pkw/show.h>
#include <pkw/text.h>
#include <pkw/tmpl.h>

#include <string.h>

#define TRACE(...) (tracing ? (void)fprintf(stderr, __VA_ARGS__) : (void)0)

static struct pkw_pkt *packet, *again;
static struct pkw_printer *printer;
static struct pkw_str out;

/* ---- JSON, as little as is needed to know that it is (RFC 8259) ---- */

enum { JSON_DEPTH = 256 };

static const char *json_string(const char *s)
{
	MUST(*s++ == '"');
	while (*s != '"') {
		MUST((unsigned char)*s >= 0x20);
		if (*s++ != '\\')
			continue;
		MUST(*s && strchr("\"\\/bfnrtu", *s));
		if (*s++ == 'u')
			for (int i = 0; i < 4; i++, s++)
				MUST(*s && strchr("0123456789abcdefABCDEF", *s));
	}
	return s + 1;
}

static const char *json_scalar(const char *s)
{
	static const char *const words[] = { "true", "false", "null" };
	char *end;

	if (*s == '"')
		return json_string(s);
	for (int i = 0; i < 3; i++)
		if (strncmp(s, words[i], strlen(words[i])) == 0)
			return s + strlen(words[i]);
	MUST(*s == '-' || (*s >= '0' && *s <= '9'));
	MUST(!(s[0] == '0' && s[1] >= '0' && s[1] <= '9'));
	strtod(s, &end);
	MUST(end > s);
	return end;
}

/* One value without spaces in it; returns what is behind. */
static const char *json_value(const char *s, unsigned depth)
{
	MUST(depth < JSON_DEPTH);
	if (*s != '{' && *s != '[')
		return json_scalar(s);
	char close = *s == '{' ? '}' : ']';
	if (*++s == close)
		return s + 1;
	for (;;) {
		if (close == '}') {
			s = json_string(s);
			MUST(*s++ == ':');
		}
		s = json_value(s, depth + 1);
		if (*s == close)
			return s + 1;
		MUST(*s++ == ',');
	}
}

/* ---- printers ---- */

static void is_printable(const char *what)
{
	TRACE("%s: %s\n", what, out.s ? out.s : "");
	MUST(out.err == 0);
	for (size_t i = 0; i < out.len; i++)
		MUST(out.s[i] == '\n' || out.s[i] == '\t' ||
		    (out.s[i] >= ' ' && out.s[i] <= '~'));
}

static void prints(uint32_t *seed)
{
	struct pkw_printer_opts *o = pkw_printer_opts(printer);

	o->flags = some(seed, PKW_PRINT_UTC << 1) & ~(unsigned)PKW_PRINT_COLOR;
	o->clock = (enum pkw_clock)some(seed, PKW_CLOCK__N);
	pkw_str_clear(&out);
	MUST(pkw_line(printer, packet, NULL, &out) == 0);
	is_printable("line");
	MUST(!out.s || !strchr(out.s, '\n'));
	pkw_str_clear(&out);
	MUST(pkw_json(printer, packet, NULL, &out) == 0);
	is_printable("json");
	MUST(out.s && *json_value(out.s, 0) == '\0');
	pkw_str_clear(&out);
	MUST(pkw_show(printer, packet, NULL, &out) == 0);
	is_printable("show");
	pkw_str_clear(&out);
	MUST(pkw_hexdump(printer, packet, &out) == 0);
	is_printable("hexdump");
}

/* Pictures are text, too; what is in them is for other tests to say. */
static void draws(uint32_t *seed)
{
	enum pkw_picture_form form =
	    some(seed, 2) ? PKW_PICTURE_SVG : PKW_PICTURE_PDF;
	struct pkw_picture *pic = pkw_picture_new(form);
	struct pkw_span b = pkw_bytes(packet);
	size_t n = b.len ? some(seed, (uint32_t)b.len) : 0;

	pkw_str_clear(&out);
	MUST(pkw_diagram(printer, packet, &out) == 0);
	is_printable("diagram");
	pkw_str_clear(&out);
	MUST(pic && pkw_picture_add(pic, printer, packet, NULL) == 0);
	MUST(pkw_picture_put(pic, &out) == 0);
	is_printable("picture");
	pkw_picture_free(pic);
	pkw_str_clear(&out);
	MUST(pkw_hexdiff(b.p, b.len, b.p + n, b.len - n, 0, &out) == 0);
	is_printable("hexdiff");
}

/* ---- expressions ---- */

static void errs(const struct pkw_diag *d, int r)
{
	TRACE("  %d: %s\n", r, d->text);
	MUST(d->text[0] && memchr(d->text, '\0', sizeof d->text));
	for (const char *s = d->text; *s; s++)
		MUST((unsigned char)*s >= ' ' && *s != 0x7f);
}

/* A format with a few characters changed: an error or a text. */
static void formatted(uint32_t *seed)
{
	static const char signs[] = "%{}!:,.[]0-srxd IP\x01";
	char text[] = "{IP:%-15s,IP.src% %TCP.options[0].mss%}{!TCP:%r,"
	              "IP:2.ttl%}%.time%%%%(%)%05xr,UDP.len%%DNS.an[0]%"
	              "%load%%20s,Raw.load%";
	struct pkw_diag d = { 0 };

	for (uint32_t k = some(seed, 4); k > 0; k--)
		text[some(seed, sizeof text - 1)] =
		    signs[some(seed, sizeof signs - 1)];
	TRACE("format: %s\n", text);
	pkw_str_clear(&out);
	int r = pkw_sprintf(printer, packet, NULL, text, &out, &d);
	if (r < 0)
		errs(&d, r);
	else if (!strchr(text, 1))
		is_printable("formatted");
}

static void expressed(const uint8_t *bytes, size_t n)
{
	struct pkw_diag d = { 0 };

	pkw_str_clear(&out);
	MUST(pkw_lua(packet, &out) == 0);
	is_printable("Lua");
	pkw_str_clear(&out);
	MUST(pkw_expression(packet, &out) == 0);
	is_printable("expression");
	int r = pkw_parse(again, out.s, &d);
	if (r < 0)
		errs(&d, r);
	MUST(r == 0);
	trace_packet(again);
	is_sound(again);
	MUST(pkw_bytes(again).len == n);
	MUST(n == 0 || memcmp(pkw_bytes(again).p, bytes, n) == 0);
}

/* The expression in `out' with a few characters changed. */
static void mutilated(uint32_t *seed)
{
	static const char signs[] = "()[]{},=/\"'\\:.*-x0129bB# \n\t\x01\xff";
	struct pkw_diag d = { 0 };
	struct pkw_tmpl *t = NULL;
	char text[4096];
	size_t n = out.len < sizeof text - 1 ? out.len : sizeof text - 1;

	memcpy(text, out.s, n);
	text[n] = '\0';
	for (uint32_t k = 1 + some(seed, 3); k > 0 && n > 0; k--) {
		uint32_t at = some(seed, (uint32_t)n);
		if (some(seed, 4) == 0) {
			memmove(text + at, text + at + 1, n - at);
			n--;
		} else {
			text[at] = signs[some(seed, sizeof signs - 1)];
		}
	}
	TRACE("parse: %s\n", text);
	int r = pkw_parse(again, text, &d);
	if (r < 0)
		errs(&d, r);
	else
		is_sound(again);
	if (some(seed, 4) == 0)
		t = pkw_tmpl_parse(text, &d);
	for (int i = 0; t && i < 3 && pkw_tmpl_next(t, again) > 0; i++)
		is_sound(again);
	pkw_tmpl_free(t);
}

/* ---- values ---- */

/* Labels are in quotes where an expression has them. */
static void value_back(int node, unsigned k)
{
	struct pkw_str quoted = PKW_STR_INIT;
	struct pkw_diag d = { 0 };
	uint64_t want, got;

	pkw_str_clear(&out);
	if (pkw_field_text(packet, node, k, 0, &out) < 0)
		return;
	MUST(out.err == 0);
	if (pkw_field_u(packet, node, k, &want) < 0)
		return;
	const struct pkw_field *f = &pkw_node(packet, node)->rec->fields[k];
	if (f->type == PKW_BYTES || f->type == PKW_TEXT)
		return;
	if (f->type == PKW_FLAGS || pkw_field_label(packet, node, k, want))
		pkw_str_fmt(&quoted, "\"%s\"", out.s ? out.s : "");
	else
		pkw_str_add(&quoted, out.s ? out.s : "");
	TRACE("%s = %s\n", f->name, quoted.s);
	if (pkw_pkt_copy(again, packet) == 0) {
		int r = pkw_field_parse(again, node, k, quoted.s, &d);
		if (r < 0)
			errs(&d, r);
		MUST(r == 0);
		is_sound(again);
		MUST(pkw_field_u(again, node, k, &got) == 0);
		/* "Reserved" may be several */
		const char *l = pkw_field_label(packet, node, k, want);
		const char *m = pkw_field_label(packet, node, k, got);
		MUST(got == want || (l && m && strcmp(l, m) == 0));
	}
	pkw_str_free(&quoted);
}

/* Every field has a text; a few are parsed. */
static void values(uint32_t *seed)
{
	int nodes = 0;

	while (pkw_node(packet, nodes))
		nodes++;
	for (int i = 0; i < nodes; i++) {
		const struct pkw_node *n = pkw_node(packet, i);
		if (n->kind != PKW_NODE_RECORD)
			continue;
		if (some(seed, 4) == 0 && n->rec->nfields)
			value_back(
			    i, some(seed, (uint32_t)pkw_node(packet, i)
				       ->rec->nfields));
	}
}

/* ---- edits and templates ---- */

static const char *const some_values[] = { "1", "0", "0xff", "-1", "65535",
	"\"x\"", "b\"\\x00\\xff\"", "10.0.0.1", "\"::1\"", "[]", "[1, 2]",
	"None", "\"a.example.\"", "[(\"MSS\", 1460)]", "IP()", "\"S\"", "3.5" };

static void edited(uint32_t *seed)
{
	const struct pkw_view *v = pkw_view(packet);
	struct pkw_diag d = { 0 };
	char text[512];

	if (v->nlayers == 0)
		return;
	const struct pkw_record *rec =
	    &v->layers[some(seed, v->nlayers)].proto->rec;
	if (rec->nfields == 0)
		return;
	const struct pkw_field *f =
	    &rec->fields[some(seed, (uint32_t)rec->nfields)];
	const char *value = some_values[some(
	    seed, sizeof some_values / sizeof *some_values)];
	switch (some(seed, 5)) {
	case 0:
		snprintf(text, sizeof text, "del %s.%s", rec->name, f->name);
		break;
	case 1:
		snprintf(text, sizeof text, "%s.%s[0]=%s", rec->name, f->name,
		    value);
		break;
	case 2:
		snprintf(text, sizeof text, "del %s.%s[0]; del %s", rec->name,
		    f->name, rec->name);
		break;
	default:
		snprintf(text, sizeof text, "%s.%s=%s", rec->name, f->name,
		    value);
	}
	TRACE("edit: %s\n", text);
	struct pkw_edit *e = pkw_edit_new(text, &d);
	if (!e) {
		errs(&d, 0);
		return;
	}
	if (pkw_pkt_copy(again, packet) == 0) {
		int r = pkw_edit_apply(e, again, &d);
		if (r < 0)
			errs(&d, r);
		trace_packet(again);
		is_sound(again);
	}
	pkw_edit_free(e);
}

static void varied(uint32_t *seed)
{
	struct pkw_diag d = { 0 };
	struct pkw_tmpl *t = pkw_tmpl_new(packet, &d);

	if (!t) {
		errs(&d, 0);
		return;
	}
	const struct pkw_view *v = pkw_view(packet);
	int layer = (int)some(seed, v->nlayers + 1) - 1;
	if (layer >= 0 && some(seed, 2)) {
		const struct pkw_record *rec = &v->layers[layer].proto->rec;
		struct pkw_vary vary = { .kind = PKW_VARY_RANDOM };
		unsigned k = rec->nfields
		    ? some(seed, (uint32_t)rec->nfields)
		    : 0;
		TRACE("vary %d, %u\n", layer, k);
		pkw_tmpl_vary(t, layer, k, &vary, &d);
	} else {
		TRACE("fuzz %d\n", layer);
		pkw_tmpl_fuzz(t, layer, &d);
	}
	pkw_tmpl_limit(t, 3);
	while (pkw_tmpl_next(t, again) > 0) {
		trace_packet(again);
		is_sound(again);
	}
	pkw_tmpl_free(t);
}

void check_text(const struct pkw_proto *first, const uint8_t *bytes, size_t n,
    uint32_t seed)
{
	if (!packet) {
		packet = pkw_pkt_new();
		again = pkw_pkt_new();
		printer = pkw_printer_new(NULL);
	}
	pkw_dissect(packet, first, bytes, n, 0);
	trace_packet(packet);
	prints(&seed);
	draws(&seed);
	formatted(&seed);
	if (n)
		expressed(bytes, n);
	if (n)
		mutilated(&seed);
	values(&seed);
	edited(&seed);
	varied(&seed);
}
