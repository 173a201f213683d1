/* SPDX-License-Identifier: BSD-2-Clause */
/* The network as scripts have it: links, and what is sent over them. */
#ifndef PKW_SCRIPT_LINK_H
#define PKW_SCRIPT_LINK_H

#include "script/bind.h"

/* What the host knows of the net; opened when first asked for. */
struct pkw_net *script_net(lua_State *L);
/* Opens a link as the options at idx say; pushes the object that owns it. */
struct pkw_link *script_link(lua_State *L, int idx, unsigned flags);
/* The link at idx; closing it before it is collected. */
struct pkw_link *script_link_at(lua_State *L, int idx);
void script_link_close(lua_State *L, int idx);
/* Copies the packet at idx (the first of its sets), to be sent. */
void packet_to_send(lua_State *L, int idx, struct pkw_pkt *to);

#endif
