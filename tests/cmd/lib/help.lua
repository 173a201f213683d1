-- Prints what has no help, and rows of help about what there is not.
local core = debug.getregistry()["pkw.core"]
local rows, kinds = core.help_rows, core.help_kinds
local count = 0

local function want(name)
	count = count + 1
	if not rows[name] then
		print("no help: " .. name)
	end
end

for name, v in pairs(_G) do
	if core.lua_globals[name] or core.is_layer(v) or name == "arg" then
		goto on
	end
	if type(v) == "table" and not getmetatable(v) then
		for member in pairs(v) do
			want(name .. "." .. member)
		end
	else
		want(name)
	end
	::on::
end

-- Tables of methods, told of or not.
local known = {}
for _, kind in ipairs(kinds) do
	known[kind.methods] = true
	for name, v in pairs(kind.methods) do
		if type(v) == "function" and not name:find("^__") then
			want(kind.letter .. ":" .. name)
		end
	end
end
local function look(where)
	for name, t in pairs(where) do
		local methods = type(t) == "table" and rawget(t, "__index")
		if type(methods) == "table" and not known[methods]
		    and methods ~= string and name ~= "FILE*" then
			for method, v in pairs(methods) do
				if type(v) == "function" and not method:find("^__") then
					print(("no core.kind(): %s, which has %s")
						:format(name, method))
				end
			end
		end
	end
end
look(core)
look(debug.getregistry())

for _, row in ipairs(rows) do
	if core.help_resolve(row.name) == nil then
		print("nothing is there: " .. row.name)
	end
	if row.usage == "" or row.brief == "" or row.brief:find("%.$")
	    or not row.brief:find("^[%u%d]") then
		print("no good row: " .. row.name)
	end
end
print(count > 30 and "all looked at" or "what was looked at?")
