/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions for completion, in Lua: the fields of a layer, the labels of a
 * field, and file names.  A layer that is the variant of a record (DNSRRMX) has
 * the fields of that variant among its own.
 */
#include "shell/tables.h"

#include "script/bind.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

/* The variant of a field that the layer is called after. */
static const struct pkw_record *variant(
    const struct pkw_field *f, const char *name)
{
	const struct pkw_record *const *v = f->variants;

	if (f->type != PKW_VARIANT || !(f->flags & PKW_FLAT))
		return NULL;
	for (; v && *v; v++)
		if ((*v)->name && strcmp((*v)->name, name) == 0)
			return *v;
	return NULL;
}

static const struct layer *check_layer(lua_State *L)
{
	const struct layer *l = layer_test(L, 1);

	if (!l)
		luaL_typeerror(L, 1, "layer");
	return l;
}

static void add_fields(
    lua_State *L, const struct pkw_record *rec, const char *name)
{
	for (size_t k = 0; k < rec->nfields; k++) {
		const struct pkw_field *f = &rec->fields[k];
		const struct pkw_record *v = variant(f, name);
		if (f->type == PKW_ALIGN)
			continue;
		if (v) {
			add_fields(L, v, "");
			continue;
		}
		lua_createtable(L, 0, 2);
		lua_pushstring(L, f->name);
		lua_setfield(L, -2, "name");
		lua_pushstring(L, f->doc);
		lua_setfield(L, -2, "doc");
		lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
	}
}

/* layer_fields(layer): {{name=, doc=}, ...} */
static int layer_fields(lua_State *L)
{
	const struct layer *l = check_layer(L);

	lua_newtable(L);
	add_fields(L, &l->proto->rec, l->name);
	return 1;
}

static const struct pkw_field *find_field(
    const struct pkw_record *rec, const char *name, const char *layer)
{
	int at = pkw_field_find(rec, name);

	for (size_t k = 0; at < 0 && k < rec->nfields; k++) {
		const struct pkw_record *v = variant(&rec->fields[k], layer);
		if (v)
			return find_field(v, name, "");
	}
	return at < 0 ? NULL : &rec->fields[at];
}

/* Several fields may share a name, as their conditions exclude each other. */
static void add_labels(lua_State *L, const struct pkw_field *f)
{
	for (size_t i = 0; i < f->nlabels; i++) {
		lua_createtable(L, 0, 2);
		lua_pushstring(L, f->labels[i].name);
		lua_setfield(L, -2, "name");
		lua_pushinteger(L, (lua_Integer)f->labels[i].value);
		lua_setfield(L, -2, "value");
		lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
	}
}

/* labels(layer, field): {flags=, {name=, value=}, ...} or nil */
static int labels(lua_State *L)
{
	const struct layer *l = check_layer(L);
	const struct pkw_field *f = find_field(
	    &l->proto->rec, luaL_checkstring(L, 2), l->name);

	if (!f || !f->nlabels)
		return 0;
	lua_newtable(L);
	lua_pushboolean(L, f->type == PKW_FLAGS);
	lua_setfield(L, -2, "flags");
	add_labels(L, f);
	return 1;
}

static int is_folder(DIR *d, const struct dirent *e)
{
	struct stat st;

	return fstatat(dirfd(d), e->d_name, &st, 0) == 0 &&
	    S_ISDIR(st.st_mode);
}

/* files(folder, prefix): names of at most 1,000 files, folders with a / */
static int files(lua_State *L)
{
	const char *folder = luaL_checkstring(L, 1);
	const char *prefix = luaL_checkstring(L, 2);
	const struct dirent *e;
	lua_Integer n = 0;

	lua_newtable(L);
	DIR *d = opendir(folder);
	while (d && n < 1000 && (e = readdir(d))) {
		if (strncmp(e->d_name, prefix, strlen(prefix)) != 0 ||
		    (*e->d_name == '.' && *prefix != '.'))
			continue;
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		lua_pushfstring(L, "%s%s", e->d_name, is_folder(d, e) ? "/" : "");
		lua_rawseti(L, -2, ++n);
	}
	if (d)
		closedir(d);
	return 1;
}

void tables_open(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "layer_fields", layer_fields },
		{ "labels", labels },
		{ "files", files },
		{ NULL, NULL }
	};

	script_core_add(L, functions);
}
