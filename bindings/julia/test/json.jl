# As much of JSON as the conformance table has; Julia's standard library has none.

function parse_json(text::AbstractString)
    value, place = json_value(collect(text), 1)
    return value
end

blank_after(text, place) = (while place <= length(text) && isspace(text[place]); place += 1; end; place)

function json_value(text, place)
    place = blank_after(text, place)
    sign = text[place]
    sign == '{' && return json_object(text, place + 1)
    sign == '[' && return json_list(text, place + 1)
    sign == '"' && return json_string(text, place + 1)
    for (word, value) in (("true", true), ("false", false), ("null", nothing))
        text[place:min(end, place + length(word) - 1)] == collect(word) && return value, place + length(word)
    end
    stop = place
    while stop <= length(text) && text[stop] in "+-.eE0123456789"
        stop += 1
    end
    word = String(text[place:(stop - 1)])
    return (any(in(".eE"), word) ? parse(Float64, word) : parse(Int128, word)), stop
end

function json_string(text, place)
    out = IOBuffer()
    while text[place] != '"'
        if text[place] == '\\'
            place += 1
            sign = text[place]
            if sign == 'u'
                code, place = parse(UInt32, String(text[(place + 1):(place + 4)]), base = 16), place + 4
                if 0xd800 <= code < 0xdc00
                    low, place = parse(UInt32, String(text[(place + 3):(place + 6)]), base = 16), place + 6
                    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
                end
                print(out, Char(code))
            else
                print(out, get(Dict('n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f'), sign, sign))
            end
        else
            print(out, text[place])
        end
        place += 1
    end
    return String(Base.take!(out)), place + 1
end

function json_list(text, place)
    out = Any[]
    while (place = blank_after(text, place); text[place] != ']')
        value, place = json_value(text, place)
        push!(out, value)
        place = blank_after(text, place)
        text[place] == ',' && (place += 1)
    end
    return out, place + 1
end

function json_object(text, place)
    out = Dict{String, Any}()
    while (place = blank_after(text, place); text[place] != '}')
        key, place = json_string(text, place + 1)
        place = blank_after(text, place) + 1 # the colon
        out[key], place = json_value(text, place)
        place = blank_after(text, place)
        text[place] == ',' && (place += 1)
    end
    return out, place + 1
end
