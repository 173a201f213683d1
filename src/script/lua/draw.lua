-- SPDX-License-Identifier: BSD-2-Clause
-- Files written whole or not at all, and graphs drawn by Graphviz.

local core = ...
local open, rename, remove, popen = io.open, os.rename, os.remove, io.popen

-- Replaces a file by a text, so that it is never half of one.
function core.write_file(path, text)
	core.allow("writing files")
	local new = path .. ".new"
	local f, why = open(new, "w")
	if not f then core.fail("cannot write %s", why) end
	local ok
	ok, why = f:write(text)
	local closed, also = f:close()
	if not ok or not closed then
		remove(new)
		core.fail("cannot write %s: %s", path, why or also)
	end
	ok, why = rename(new, path)
	if not ok then
		remove(new)
		core.fail("cannot write %s", why)
	end
end

-- A graph in DOT as a picture; the ending of the name says which kind.
function core.draw(dot, path)
	core.allow("running programs")
	local kind = path:match("%.(%w+)$") or "svg"
	local file = "'" .. path:gsub("'", "'\\''") .. "'"
	local p = popen(("dot -T%s -o %s"):format(kind, file), "w")
	p:write(dot)
	local ok, _, status = p:close()
	if not ok then
		core.fail(status == 127 and "Graphviz is not installed: no `dot'"
			or "dot could not draw %s", path)
	end
end
