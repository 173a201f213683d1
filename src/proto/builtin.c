/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The list of built-in protocols, made from the rows of builtin.h.  It is the
 * only place where the engine meets them: core registers what it finds here
 * and knows none by name.
 */
#include "proto/builtin.h"

#include <pkw/proto.h>
#include <stddef.h>

#define PKW_X(name) extern const struct pkw_proto *const pkw__protos_##name[];
PKW_BUILTIN(PKW_X)
#undef PKW_X

extern const struct pkw_proto *const *const pkw__builtin[];
const struct pkw_proto *const *const pkw__builtin[] = {
#define PKW_X(name) pkw__protos_##name,
	PKW_BUILTIN(PKW_X)
#undef PKW_X
	NULL
};
