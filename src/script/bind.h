/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the Lua binding share: packets, values, state. */
#ifndef PKW_SCRIPT_BIND_H
#define PKW_SCRIPT_BIND_H

/*
 * Lua sees one type for packets, "packet", with three ways of being (see
 * packet.c): captured (bytes and nothing else), own (built or changed here) and
 * a view (a packet from one of its layers on, as p[TCP] is).
 *
 * C code asks packet_look() for reading and packet_change() for writing; what
 * they return is good until the next call of either.
 */

#include "script/script.h"

#include <pkw.h>

/* A Lua thread that runs, and the one that waits for it. */
struct script_run {
	lua_State *L;
	struct script_run *outer;
};

struct script {
	lua_State *L;
	struct script_run run;
	unsigned flags; /* enum script_flags */
	size_t used;    /* bytes, in a sandbox */
	struct pkw_pkt *slot[4];        /* captured packets, dissected */
	uint64_t in_slot[4];            /* whose they are, by serial number */
	uint64_t serial;                /* of the last captured packet */
	unsigned turn;
	struct pkw_pkt *work;           /* for changes that may fail */
	struct pkw_printer *printer;
	struct pkw_net *net;            /* NULL until it is needed */
	/* metatables, to know things by; packet_ref: where it is registered */
	const void *packet_mt, *layer_mt, *reader_mt;
	int packet_ref;
	struct field_cache *cache;
	struct pkw_str text;            /* see script_text() */
	int color;                      /* texts have ANSI colours */
};

static inline struct script *script_of(lua_State *L)
{
	return *(struct script **)lua_getextraspace(L);
}

/* As luaL_error(), but the place is the user's: the nearest caller that is
   neither C nor one of our modules. */
int script_raise(lua_State *L, const char *fmt, ...);
/* Fails with the diagnosis, or with the code's sentence, and the caller's
   line; do not return. */
int script_fail(lua_State *L, const struct pkw_diag *d);
int script_error(lua_State *L, int code);
/* A buffer that is freed when it goes out of scope in Lua: pushed on the
   stack, where it has to stay as long as it is used. */
struct pkw_str *script_str(lua_State *L);
/* The state's own buffer, emptied: for text that is used at once. */
struct pkw_str *script_text(lua_State *L);
/* Pushes room for one pointer, freed by `gc'. */
void *script_box(lua_State *L, const char *name, lua_CFunction gc);
/* Pushes the table of what only our own modules see (their `...'); adds to
   it. */
void script_core(lua_State *L);
void script_core_add(lua_State *L, const luaL_Reg *functions);
/* Pushes the buffer's text; fails if memory ran out. */
int script_push_str(lua_State *L, const struct pkw_str *s);
/* Fails in a sandbox: `what' is not to be had there. */
void script_allow(lua_State *L, const char *what);

/*
 * The wait that is on: script_interrupt() calls stop(arg).  Nested ones are put
 * back by the caller.
 */
struct script_wait {
	void (*stop)(void *arg);
	void *arg;
	struct script_wait *outer;
	int stopped; /* it was interrupted */
};
void script_wait_begin(struct script_wait *w);
void script_wait_end(struct script_wait *w);
/* From begin to end an interrupt fails this Lua thread too. */
void script_run_begin(struct script_run *r, lua_State *L);
void script_run_end(struct script_run *r);

/* ---- packet.c ---- */

struct packet {
	struct pkw_pkt *own;          /* built or changed; else as captured */
	const struct packet *of;      /* a view: of this packet, from ... */
	uint32_t from;                /* ... this layer on */
	uint8_t sets;                 /* it stands for several packets */
	/* a view ends here */
	struct pkw_frame frame;       /* .data: caplen bytes behind this */
	const struct pkw_proto *first;
	uint64_t serial;              /* captured: tells it from all others */
};

/* User values of a packet. */
enum {
	PACKET_KEEPS = 1, /* own: the box of its pkw_pkt; a view: its packet */
	PACKET_SETS,      /* sets: {{layer=, path=, text=, value=}, ...} */
	PACKET_VIEW,      /* the view that was asked for last */
	PACKET_LATER,     /* fields that wait for a layer below */
	PACKET_VALUES = PACKET_LATER
};

/* NULL if there is no packet at idx; check: fails then. */
struct packet *packet_test(lua_State *L, int idx);
struct packet *packet_check(lua_State *L, int idx);
/* Pushes a packet captured as f; its bytes are copied. */
struct packet *packet_push_frame(lua_State *L, const struct pkw_frame *f);
/* Pushes p as a captured packet that came as f says. */
void packet_push_dissected(
    lua_State *L, const struct pkw_pkt *p, const struct pkw_frame *f);
/* Pushes a new, empty, own packet. */
struct packet *packet_push_new(lua_State *L);
/* Pushes the same packet with the same values once more, to be changed. */
struct packet *packet_push_copy(lua_State *L, int idx);
/* Pushes the view of packet idx from that layer on. */
void packet_push_view(lua_State *L, int idx, uint32_t layer);
/* The whole packet that a view belongs to (itself, if it is none), pushed. */
struct packet *packet_push_whole(lua_State *L, int idx);

/* For reading, sealed; `from' (may be NULL) is a view's first layer. */
const struct pkw_pkt *packet_look(lua_State *L, int idx, uint32_t *from);
/* The same, u being what packet_check() found at idx. */
const struct pkw_pkt *packet_seen(lua_State *L, const struct packet *u,
    int idx, uint32_t *from);
/* The protocol of its first layer if that is known without looking; NULL: of a
   view or an empty packet. */
const struct pkw_proto *packet_lowest(const struct packet *u);
/* For writing. */
struct pkw_pkt *packet_change(lua_State *L, int idx, uint32_t *from);
/* After a failed change of script->work's copy nothing has happened: begin
   copies the packet there, commit puts it in place. */
struct pkw_pkt *packet_begin(lua_State *L, int idx, uint32_t *from);
void packet_commit(lua_State *L, int idx);
/* The bytes of a packet or a view. */
struct pkw_span packet_bytes(lua_State *L, int idx);
/* The packet as a frame, with a link type if it begins with one; `p' is what
   packet_look() gave. */
struct pkw_frame packet_frame(lua_State *L, int idx, const struct pkw_pkt *p);

/* Puts two operands on top of each other: the `/' operator. */
int packet_div(lua_State *L);
/* Its one-line summary. */
void packet_line(lua_State *L, int idx, struct pkw_str *out);

/* ---- look.c ---- */

/* The printer, with these flags and, if they are wanted, colours. */
struct pkw_printer *script_printer(lua_State *L, unsigned flags);
/* The packet at idx or, for a view, a packet of its layers: pushed. */
const struct pkw_pkt *script_whole(lua_State *L, int idx);
/* What fn prints of the packet at index 1: pushed.  1. */
typedef int script_print_fn(struct pkw_printer *pr, const struct pkw_pkt *p,
    struct pkw_str *out);
int script_printed(lua_State *L, script_print_fn *fn);

/* ---- sets.c: packets that stand for several ---- */

/* The packets it stands for; pushed, to be kept on the stack. */
struct pkw_tmpl *packet_template(lua_State *L, int idx);
/* A field of layer `layer' of the packet at idx stands for what `text' says;
   the value at `value' is what is read.  text NULL: no longer.  path NULL:
   every free field of the layer is fuzzed. */
void sets_put(lua_State *L, int idx, uint32_t layer, const char *path,
    const char *text, int value);
/* Fails if the field cannot stand for that. */
void sets_check(lua_State *L, const struct pkw_pkt *p, uint32_t layer,
    const char *path, const char *text);
/* Whether the packet (or the one that is viewed) has any. */
int packet_has_sets(lua_State *L, int idx);
/* Pushes the value; 0, and nothing, if the field is no set. */
int sets_get(lua_State *L, int idx, uint32_t layer, const char *path);
/* The sets of packet `from' become those of packet `to', too, whose layers
   are higher by `up'; those that would be below the lowest do not. */
void sets_copy(lua_State *L, int to, int from, int up);
/* What varies in this layer and above does no longer. */
void sets_cut(lua_State *L, int idx, uint32_t layer);
/* After a change of the packet: what was made of it is old. */
void sets_changed(lua_State *L, int idx);

/* ---- command.c: what makes a packet ---- */

enum language { IN_SCAPY, IN_LUA };
/* The text of a packet with its sets. */
void sets_text(
    lua_State *L, int idx, enum language lang, struct pkw_str *out);

/* ---- later.c: fields that a layer has on top of another only ---- */

/* 1 if the field waits for a layer below the packet's lowest: the value at idx
   (nil: none) is kept until then.  0 if it does not. */
int later_put(lua_State *L, int packet, const struct pkw_pkt *p, int node,
    unsigned field, int idx);
/* The lowest layer of packet `from' is now layer `layer' of packet `to'. */
void later_copy(lua_State *L, int to, int from, uint32_t layer);

/* ---- value.c: Lua values to text and back ---- */

/*
 * Appends the value at idx as what stands behind `field=' in an expression.
 * f (may be NULL) is the field, of that record.  Returns 1 if it stands for several values.
 */
int value_text(lua_State *L, int idx, const char *record,
    const struct pkw_field *f, struct pkw_str *out);
/* Appends the value at idx as it is written in Lua. */
void value_literal(lua_State *L, int idx, struct pkw_str *out);
/* Pushes a field's value; nil if absent.  Lists and records are parts (see
   part.c) of the packet at index `packet'. */
void value_push(lua_State *L, int packet, const struct pkw_pkt *p, int node,
    unsigned field);
/* The same of a layer's field that is there always, if it is an address; 0,
   and nothing, if it is not. */
int value_push_address(lua_State *L, const struct pkw_pkt *p, uint32_t layer,
    unsigned field);

/* ---- field.c ---- */

/*
 * Sets the field `key' of a layer of p, which is that of the packet at index
 * `packet', from the value at idx (nil: unsets it).
 */
void field_set(lua_State *L, int packet, struct pkw_pkt *p, uint32_t layer,
    const char *key, int idx);
int packet_index(lua_State *L);
/* After a protocol came: what names meant before may be wrong now. */
void field_forget(lua_State *L);
int packet_newindex(lua_State *L);
/* "TCP:2", as paths name a layer, pushed. */
const char *layer_path(
    lua_State *L, const struct pkw_pkt *p, uint32_t layer);

/* ---- part.c: lists and records inside a packet ---- */

/* Pushes the part that a field of a node of packet `packet' is. */
void part_push(lua_State *L, int packet, const struct pkw_pkt *p, int node,
    unsigned field);
/* ... that a node itself is: an element of a list. */
void part_push_node(
    lua_State *L, int packet, const struct pkw_pkt *p, int node);
/* Pushes the path of a node: "TCP:1.options[0]". */
void node_path(lua_State *L, const struct pkw_pkt *p, int node);
/* Sets a field of a node of p from the value at idx. */
int packet_pairs(lua_State *L);
/* Appends the part at idx as an expression has it; 0: it is no part. */
int part_text(lua_State *L, int idx, struct pkw_str *out);
void part_set(lua_State *L, struct pkw_pkt *p, int node, unsigned field,
    int idx);

/* ---- layer.c: constructors ---- */

/*
 * What a name constructs, "IP" or "DNSRRMX": a layer with defaults that is
 * copied for every packet.  Its protocol may have other names, too.
 */
struct layer {
	const struct pkw_proto *proto;
	struct pkw_pkt *plain; /* the layer with its defaults */
	char name[64];
};
/* NULL if the value at idx is none. */
const struct layer *layer_test(lua_State *L, int idx);
/* 1 and pushed, 0: there is no such layer. */
int layer_push_named(lua_State *L, const char *name);

/* Each adds what it has to the globals. */
void open_packet(lua_State *L);
void open_value(lua_State *L);
void open_field(lua_State *L);
void open_layer(lua_State *L);
void open_part(lua_State *L);
void open_frame(lua_State *L);
void open_look(lua_State *L);
void open_link(lua_State *L);
void open_exchange(lua_State *L);
void open_files(lua_State *L);
void open_hosts(lua_State *L);
void open_clock(lua_State *L);
void open_fields(lua_State *L);
void open_pictures(lua_State *L);
void open_fragments(lua_State *L);
void open_streams(lua_State *L);
void open_background(lua_State *L);
void open_protocol(lua_State *L);

/* hooks.c: the state's functions will not be called any more. */
void close_hooks(lua_State *L);

#endif
