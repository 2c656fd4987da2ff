# Guessing dtype and options of a text file, to look at and to freeze.

"""
    Forebay.Sniffed

What a file was guessed to be: `dtype` (the text to freeze), `options` (a NamedTuple that goes with it), `confidence` (percent, a rough measure),
`rows_sampled` and `notes` (what is doubtful). `Forebay.load(path, guess.dtype; guess.options...)` loads it so.
"""
struct Sniffed
    dtype::String
    options::NamedTuple
    confidence::Int
    rows_sampled::Int
    notes::Vector{String}
end

# What a guess may say of a file, by the names of load().
const OF_A_GUESS = (:delimiter, :quote, :header, :skip_rows, :comment, :decimal, :na, :program, :start_timeout, :progress_timeout, :child_output)
const NOT_OF_C = (:loader, :config)

"A guessed dtype, and the options with those that were guessed."
function complete(path, given)
    others = filter(pair -> first(pair) in NOT_OF_C, Dict{Symbol, Any}(pairs(given)))
    own = canonical(filter(pair -> !(first(pair) in NOT_OF_C), Dict{Symbol, Any}(pairs(given))))
    guess = sniff(path; filter(pair -> first(pair) in OF_A_GUESS, own)...)
    return guess.dtype, merge(Dict{Symbol, Any}(pairs(guess.options)), own, others)
end

guessed_character(code) = code <= 1 ? nothing : Char(code)

function sniffed_of(handle::Ptr{Cvoid})
    info = blank(CSniffInfo)
    call(forebay_sniff_info_get, handle, info)
    said = info[]
    options = Dict{Symbol, Any}(:delimiter => guessed_character(said.delimiter), :quote => guessed_character(getfield(said, :quote)),
                                :header => said.header == FOREBAY_LOADER_HEADER_ON)
    said.skip_rows > 0 && (options[:skip_rows] = Int(said.skip_rows))
    said.decimal in (0, UInt32('.')) || (options[:decimal] = Char(said.decimal))
    isempty(text_of(said.comment)) || (options[:comment] = text_of(said.comment))
    isempty(text_of(said.na)) || (options[:na] = text_of(said.na))
    notes = listed(index -> (note = forebay_sniff_note(handle, index); note == C_NULL ? nothing : unsafe_string(note)))
    return Sniffed(text_of(forebay_sniff_dtype_text(handle)), (; options...), Int(said.confidence), Int(said.rows_sampled), String[notes...])
end

"""
    Forebay.sniff(path; sample_bytes = 0, also_at = 0, options...)

Guesses dtype and options of a text file from samples, in a child process: a [`Forebay.Sniffed`](@ref). Options of [`Forebay.load`](@ref) that are given are taken as they
are. `sample_bytes` are looked at at the top, an eighth of that in each of some other places, and the surroundings of byte `also_at`, such as that of an error.

```julia
write("sold.csv", "id;price;sold\\n1;2,50;7\\n2;3,75;9\\n")
guess = Forebay.sniff("sold.csv")
guess.dtype             # "id:i4,price:f8,sold:i4"
guess.options.decimal   # ','
```
"""
function sniff(path; sample_bytes = 0, also_at = 0, given...)
    options, how = loader_options(canonical(given)), blank(CSniffOptions)
    put!(how, :sample_bytes, sample_bytes)
    put!(how, :also_at, also_at)
    handle = made((arguments...) -> forebay_sniff_file(c_path(path), options, how, arguments...))
    try
        return sniffed_of(handle)
    finally
        forebay_sniff_free(handle)
    end
end
