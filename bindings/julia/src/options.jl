# Options of a load: the names of the Python binding, which are those of numpy and pandas where these have one, as fields of the
# library's structs. Nothing is decided here: values are put into the form that C takes, and C checks them.

const CHOICES = Dict{Symbol, Dict{Symbol, Int}}(
    :header => Dict(Symbol("false") => 1, Symbol("true") => 2, :nothing => 1),
    :child_output => Dict(:off => 1, :inherit => 2, Symbol("false") => 1, Symbol("true") => 2),
    :on_error => Dict(:fail => 1, :skip => 2, :null => 3, :error => 1),
    :percent => Dict(:off => 1, :fraction => 2, :number => 3),
    :hex => Dict(Symbol("false") => 1, Symbol("true") => 2),
    :encoding => Dict(:bytes => 1, Symbol("utf-8") => 2, :utf8 => 2, Symbol("latin-1") => 3, :latin1 => 3),
    :overlong => Dict(:fail => 1, :truncate => 2),
    :layout => Dict(:rows => 1, :columns => 2),
    :order => Dict(:source => 1, :any => 2),
    :batch => Dict(:chunk => 1, :rows => 2, :source => 3),
    :format => Dict(:auto => 1, :text => 2, :npy => 3, :npz => 4, :raw => 5),
)
const CHARACTERS = (:delimiter, :quote, :decimal, :thousands)
const TEXTS = (:comment, :columns, :na, :fill, :true_words, :false_words, :member, :program)
const SECONDS = (start_timeout = :start_timeout_ms, progress_timeout = :progress_timeout_ms, total_timeout = :total_timeout_ms)
const NUMBERS = (:children, :memory_bytes, :batch_rows, :split_bytes, :skip_rows, :keep_rejects, :max_errors, :max_rows, :header_bytes,
                 :retries)
const OF_A_FILE = (:max_rows, :header_bytes, :member, :format)

# Names of numpy.loadtxt, pandas.read_csv, polars.read_csv, CSV.jl -> ours.
const ALIASES = Dict{Symbol, Symbol}(
    :sep => :delimiter, :separator => :delimiter, :delim => :delimiter, :quotechar => :quote, :skiprows => :skip_rows,
    :comments => :comment, :comment_prefix => :comment, :usecols => :columns, :select => :columns, :na_values => :na,
    :missing_values => :na, :null_values => :na, :missingstring => :na, :filling_values => :fill, :true_values => :true_words,
    :false_values => :false_words, :truestrings => :true_words, :falsestrings => :false_words, :on_bad_lines => :on_error,
    :chunksize => :batch_rows, :nrows => :max_rows, :limit => :max_rows, :n_threads => :children, :ntasks => :children,
    :groupmark => :thousands,
)
# Of these a plain string is one text, as in pandas; by our own names it is a list as C has it.
const ONE_TEXT = (:na_values, :missing_values, :null_values, :missingstring, :true_values, :false_values)
const KNOWN = sort!([collect(keys(CHOICES)); CHARACTERS...; TEXTS...; keys(SECONDS)...; NUMBERS...])

"A text as an entry of one of the library's lists, whatever is in it."
quoted(text) = string('"', replace(c_text(string(text)), '"' => "\"\""), '"')
is_bare(text) = occursin(r"^[^\s,:\"]+$", text) # needs no quotes in a list

list_text(value) = value isa AbstractString ? String(value) : join(map(quoted, value), ",")

"Numbers from 1, as everywhere in Julia, or names. A string is passed on as C has it: \"1,3-26,name\"."
function columns_text(value)
    value isa AbstractString && return String(value)
    value isa Union{Integer, Symbol} && return columns_text((value,))
    return join((entry isa Integer ? string(Int(entry)) : quoted(entry) for entry in value), ",")
end

function fill_text(value)
    value isa AbstractString && return String(value)
    word(entry) = (text = entry isa Bool ? string(Int(entry)) : lowercase_nan(entry); is_bare(text) ? text : quoted(text))
    return join(("$(word(key)):$(word(entry))" for (key, entry) in pairs(value)), ",")
end
lowercase_nan(entry) = entry isa AbstractFloat && !isfinite(entry) ? lowercase(string(entry)) : string(entry)

function character(name, value)
    value in (nothing, false) && return name in (:delimiter, :quote) ? 1 : 0
    name === :delimiter && string(value) == "blanks" && return 1
    name === :quote && string(value) in ("off", "") && return 1
    value isa AbstractChar && return Int(codepoint(value))
    value isa AbstractString && length(value) == 1 && return Int(codepoint(first(value)))
    throw(ArgumentError("$name is $(repr(value)), not one character"))
end

function choice(name, value)
    choices = CHOICES[name]
    found = value === nothing ? get(choices, :nothing, nothing) : get(choices, Symbol(value), nothing)
    found === nothing || return found
    throw(ArgumentError("$name is $(repr(value)); it must be one of $(join(sort!(string.(keys(choices))), ", "))"))
end

function milliseconds(name, value)
    value isa Real && value > 0 || throw(ArgumentError("$name is $(repr(value)), not a number of seconds above 0"))
    return max(1, round(Int, value * 1000))
end

function number(name, value)
    value isa Real && isinteger(value) && value >= 0 || throw(ArgumentError("$name is $(repr(value)), not a whole number from 0"))
    return name === :retries && value == 0 ? FOREBAY_LOADER_RETRIES_NONE : UInt64(value)
end

function text_option(name, value)
    name === :columns && return columns_text(value)
    name === :fill && return fill_text(value)
    name in (:na, :true_words, :false_words) && return list_text(value)
    return string(value)
end

"Options by our own names. `nothing` means the default, but for delimiter (blanks), quote (off) and header (none)."
function canonical(given)
    own = Dict{Symbol, Any}()
    for (name, value) in pairs(given)
        known_as = get(ALIASES, name, name)
        known_as in KNOWN || throw(ArgumentError("there is no option $name; there are $(join(KNOWN, ", "))"))
        haskey(own, known_as) && throw(ArgumentError("$name and another option both say $known_as"))
        value === nothing && !(known_as in (:delimiter, :quote, :header)) && continue
        own[known_as] = name in ONE_TEXT && value isa AbstractString ? (value,) : value
    end
    return own
end

"Options of a loader, and of each of its files."
split_options(own) = filter(pair -> !(first(pair) in OF_A_FILE), own), filter(pair -> first(pair) in OF_A_FILE, own)

"A struct of C, with what its pointers need."
struct Options{T}
    struct_::Base.RefValue{T}
    kept::Vector{Any}
end
Options{T}() where {T} = Options{T}(blank(T), Any[])
Base.cconvert(::Type{Ptr{T}}, options::Options{T}) where {T} = options
Base.unsafe_convert(::Type{Ptr{T}}, options::Options{T}) where {T} = Base.unsafe_convert(Ptr{T}, options.struct_)

function put_text!(options::Options, name, text)
    given = c_text(text)
    push!(options.kept, given)
    return put!(options.struct_, name, pointer(given))
end

function put_option!(options::Options, name, value)
    name in TEXTS && return put_text!(options, name, text_option(name, value))
    field, code = haskey(SECONDS, name) ? (SECONDS[name], milliseconds(name, value)) :
                  haskey(CHOICES, name) ? (name, choice(name, value)) :
                  name in CHARACTERS ? (name, character(name, value)) : (name, number(name, value))
    try
        return put!(options.struct_, field, code)
    catch failure
        failure isa InexactError || rethrow()
        throw(ArgumentError("$name is $value, which is too large"))
    end
end

function c_options(::Type{T}, own) where {T}
    options = Options{T}()
    foreach(pair -> put_option!(options, pair...), pairs(own))
    return options
end
loader_options(own) = c_options(CLoaderOptions, own)
file_options(own) = c_options(CLoaderFileOptions, own)
