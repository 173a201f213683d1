-- SPDX-License-Identifier: BSD-2-Clause
-- TAP for tests in Lua: `local t = dofile "tests/script/tap.lua"', and t.done()
-- at the end.  Not run by itself.

local t = { n = 0, failed = 0 }

local function remark(text)
	io.stdout:write("# ", (text:gsub("\n", "\n# ")), "\n")
end

-- The condition holds.
function t.ok(condition, text)
	t.n = t.n + 1
	if not condition then
		t.failed = t.failed + 1
	end
	print(("%sok %d - %s"):format(condition and "" or "not ", t.n, text))
	return condition
end

local function shown(v)
	return type(v) == "string" and v or tostring(v) .. " (" .. type(v) .. ")"
end

-- Both are the same.
function t.is(got, wanted, text)
	if not t.ok(got == wanted, text) then
		remark("got:    " .. shown(got))
		remark("wanted: " .. shown(wanted))
	end
end

-- The text has this piece in it (no pattern).
function t.has(got, piece, text)
	if not t.ok(type(got) == "string" and got:find(piece, 1, true), text) then
		remark("got:       " .. shown(got))
		remark("wanted in: " .. piece)
	end
end

-- The function fails, and each of the pieces is in what it says, which is
-- returned.
function t.fails(f, pieces, text)
	local fine, message = pcall(f)
	if not t.ok(not fine, text) then
		return remark("it did not fail")
	end
	for _, piece in ipairs(type(pieces) == "table" and pieces or { pieces }) do
		t.has(tostring(message), piece, text .. ": " .. piece)
	end
	return message
end

function t.skip(text, why)
	t.n = t.n + 1
	print(("ok %d - %s # SKIP %s"):format(t.n, text, why))
end

function t.done()
	print("1.." .. t.n)
	os.exit(t.failed == 0)
end

return t
